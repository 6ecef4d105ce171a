"""Invented results of the survey of safety and volunteering: two waves as CSV, the 2023 wave as Excel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sample_writing import SYNTHETIC, danish_text, synthetic_workbook, write_csv, write_guide, write_sheet

SAFE = "I7 Føler sig grundlæggende tryg i boligområdet"
VOLUNTEERS = "I8 Laver frivilligt arbejde"
VIVE, LBF = "VIVE 2018/2021", "LBF 2023 (forkortet)"
HEADERS = [
    "Niveau",
    "Område",
    "Bølge",
    "Instrument",
    "Spørgsmål",
    "Antal svar",
    "Andel (pct)",
    "Designeffekt",
    "Svarprocent",
    "Bemærkning",
]
# level, unit, expected answers, per cent safe in 2018, 2021, 2023, per cent volunteering in the same waves
UNITS = pd.DataFrame(
    [
        ("Boligområde", "Motalavej", 52, (66.4, 73.1, 71.6), (27.3, 25.2, 28.4)),
        ("Boligområde", "Ringparken", 66, (63.2, 68.7, 74.9), (24.1, 30.8, 31.7)),
        ("Boligområde", "Sydbyen", 44, (77.6, 72.4, 0.0), (29.4, 26.1, 0.0)),
        ("Helhedsplan", "En Fælles Indsats", 0, (67.8, 70.9, 0.0), (26.3, 27.9, 0.0)),
        ("Kommune", "Slagelse", 610, (88.6, 89.3, 0.0), (38.7, 40.4, 0.0)),
    ],
    columns=["Niveau", "Område", "answers", SAFE, VOLUNTEERS],
)
WAVES = (2018, 2021, 2023)
BELOW_THRESHOLD, NOT_MEASURED = "..", "-"
FOOTNOTE = f"{SYNTHETIC}. Andel og svarprocent er i procent (0-100); andele er vægtede."
SIGNS = [
    (BELOW_THRESHOLD, "området er ikke blandt de 198 største og indgår ikke i bølgen"),
    (NOT_MEASURED, "totalen opgøres ikke, fordi et område mangler"),
]


def _results(random: np.random.Generator) -> pd.DataFrame:
    """One row per unit, wave and question, all as numbers."""
    frame = UNITS.melt(["Niveau", "Område", "answers"], [SAFE, VOLUNTEERS], "Spørgsmål", "shares")
    frame = frame.assign(Bølge=[list(WAVES)] * len(frame)).explode(["shares", "Bølge"], ignore_index=True)
    areas = frame.Niveau == "Boligområde"
    answers = frame.answers + np.where(areas, random.integers(-4, 5, len(frame)), random.integers(-15, 16, len(frame)))
    totals = answers.where(areas).groupby([frame["Spørgsmål"], frame["Bølge"]]).transform("sum")
    frame["Antal svar"] = answers.where(frame.Niveau != "Helhedsplan", totals).astype(int)
    frame["Andel (pct)"] = (frame.shares.astype(float) + random.uniform(-0.4, 0.4, len(frame))).round(1)
    effect = np.where(frame.Niveau == "Kommune", 1.2, random.uniform(1.25, 1.6, len(frame)))
    frame["Designeffekt"] = pd.Series(effect).round(2)
    rates = pd.Series(38 + random.uniform(-0.8, 0.8, len(frame)).round(1))
    frame["Svarprocent"] = rates.groupby([frame["Område"], frame["Bølge"]]).transform("first")
    frame["Instrument"] = frame["Bølge"].map({2018: VIVE, 2021: VIVE, 2023: LBF})
    return frame.assign(Bemærkning="")[HEADERS].sort_values("Bølge", kind="stable", ignore_index=True)


def _wave_2023(results: pd.DataFrame) -> pd.DataFrame:
    """The short wave: no municipality, Sydbyen too small, hence no total either."""
    table = results[(results["Bølge"] == 2023) & (results.Niveau != "Kommune")].astype(object).reset_index(drop=True)
    figures = ["Antal svar", "Andel (pct)", "Designeffekt", "Svarprocent"]
    table.loc[table["Område"] == "Sydbyen", [*figures, "Bemærkning"]] = [BELOW_THRESHOLD] * 4 + [
        "Ikke blandt de 198 største områder"
    ]
    table.loc[table.Niveau == "Helhedsplan", [*figures, "Bemærkning"]] = [NOT_MEASURED] * 4 + [
        "Total opgøres ikke, da ét område mangler"
    ]
    return table


def _as_csv(path: Path, table: pd.DataFrame) -> None:
    decimals = {"Andel (pct)": 1, "Designeffekt": 2, "Svarprocent": 1}
    text = table.assign(**{name: danish_text(table[name], places) for name, places in decimals.items()})
    body = text.to_csv(sep=";", index=False, lineterminator="\n")
    separators = ";" * (len(HEADERS) - 1)
    top = [
        f"Tryghedssurvey i boligsociale helhedsplaner 2018 og 2021{separators}",
        f"{SYNTHETIC}{separators}",
    ]
    write_csv(path, "\n".join([*top, body, FOOTNOTE, ""]), "cp1252")


def write_survey(folder: Path, seed: int) -> None:
    """Write the CSV of the waves 2018 and 2021 and the workbook of the wave 2023."""
    results = _results(np.random.default_rng(seed))
    _as_csv(folder / "tryghedssurvey_2018_2021.csv", results[results["Bølge"] < 2023])
    title = "Trivsels- og tryghedsundersøgelse 2023"
    created = datetime(2024, 4, 15)  # noqa: DTZ001 Excel has no time zone
    with synthetic_workbook(folder / "tryghedssurvey_2023.xlsx", title, created) as writer:
        write_sheet(writer, _wave_2023(results), [title, SYNTHETIC], [FOOTNOTE])
        write_guide(writer, SIGNS)
