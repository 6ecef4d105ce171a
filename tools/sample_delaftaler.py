"""An invented milestone plan of the four sub-agreements, as CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sample_writing import SYNTHETIC

PLAN = "En Fælles Indsats"
HEADERS = ["Helhedsplan", "Delaftale", "Indsatsområde", "Delmål", "Aktivitet", "Milepæl", "Frist", "Nået", "Ansvarlig"]
EDUCATION, EMPLOYMENT = "Uddannelse og livschancer", "Beskæftigelse"
CRIME, COHESION = "Kriminalitetsforebyggelse", "Sammenhængskraft og medborgerskab"
# focus area, sub-goal, activity, milestone, due, reached, responsible
MILESTONES = [
    (EDUCATION, "Flere børn i dagtilbud", "Åben legestue", "Legestue i alle tre beboerhuse", "01-09-2023", "28-08-2023", "FOB"),
    (EDUCATION, "Flere børn i dagtilbud", "Åben legestue", "Aftale med sundhedsplejen", "01-03-2024", "15-04-2024", "Slagelse Kommune"),
    (EDUCATION, "Mindre fravær i skolen", "Lektiecafé", "20 faste deltagere", "01-06-2025", "", "FOB"),
    (EDUCATION, "Mindre fravær i skolen", "Lektiecafé", "Frivillige har overtaget driften", "30-06-2027", "", "FOB"),
    (EMPLOYMENT, "Flere kvinder i job", "Jobcafé", "30 samtaler gennemført", "31-12-2024", "12-12-2024", "Slagelse Kommune"),
    (EMPLOYMENT, "Flere unge i fritidsjob", "Fritidsjobpatrulje", "25 unge i fritidsjob", "31-12-2025", "", "BoligKorsør"),
    (CRIME, "Færre unge i gadeorienterede miljøer", "Get2Sport", "Aftaler med fire foreninger", "01-10-2023", "01-10-2023", "FOB"),
    (CRIME, "Tryggere stier", "Tryghedsvandring", "En vandring i hvert område", "01-11-2025", "20-11-2025", "Politiet"),
    (COHESION, "Stærkere foreningsliv", "Foreningsguide", "Guide udgivet", "01-05-2024", "30-04-2024", "Slagelse Boligselskab"),
    (COHESION, "Stærkere foreningsliv", "Beboerakademi", "To hold gennemført", "31-12-2026", "", "Slagelse Boligselskab"),
]  # fmt: skip


def write_delaftaler(folder: Path) -> None:
    """Write the plan: a title, the words that it is invented, headings, rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = pd.DataFrame([(PLAN, f"Delaftale: {row[0]}", *row) for row in MILESTONES], columns=HEADERS)
    table = rows.to_csv(sep=";", index=False, lineterminator="\r\n")
    empty = ";" * (len(HEADERS) - 1)
    text = f"Milepælsplan oktober 2026{empty}\r\n{SYNTHETIC}{empty}\r\n{table}"
    (folder / "milepaelsplan_2026-10.csv").write_bytes(text.encode())
