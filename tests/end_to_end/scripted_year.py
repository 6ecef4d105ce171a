"""A year as it may pass, told in seconds: four quarters, three meetings, a late correction, a series never delivered.

Every step is the real one; only the ledger's clock is set (see warehouse/clock.py), in a data directory that is marked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tasks.approve import approve
from tasks.meetings import Recorded, record_meeting
from tasks.receive import deliver
from tasks.rehearse import rehearse
from tests.deliveries_for_tests import lbf_workbook, read_and_checked, run, the_catalogue
from tests.meetings_for_tests import a_meeting, an_action, an_item, written
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

LBF, SURVEY = "lbf_boligsociale_data", "tryghedssurvey"
YEAR, NEVER_DELIVERED = 2024, "volunteers"
UNITS = {("Boligområde", "MOT", "Motalavej"): 1, ("Boligområde", "RIN", "Ringparken"): 2,
         ("Boligområde", "SYD", "Sydbyen"): 1.5, ("Kommune", "330", "Slagelse"): 60}  # fmt: skip
# Indicator as published -> (numerator, denominator) of the smallest area; periods by the year that they end in.
COUNTS = {
    "I1 Andel 1-5-årige i dagtilbud": (60, 80),
    "I3 Andel 18-29-årige med grundskole": (60, 200),
    "I4 Andel 15-29-årige uden uddannelse eller beskæftigelse": (50, 240),
    "I5 Andel 18-64-årige uden tilknytning": (200, 600),
    "I6 Andel 15-29-årige, der er sigtet": (20, 240),
}
DATED = {"I3": "30-09-{}", "I4": "30-11-{}", "I5": "30-11-{}"}
SEEN = (
    "daycare_1_5", "grade_average_danish_mathematics", "basic_school_only_18_29",
    "neither_education_nor_employment_15_29", "no_attachment_18_64", "charged_15_29", "feels_safe",
    "turnout_municipal_election", "turnout_general_election",
)  # fmt: skip
CORRECTED = ("daycare_1_5", "motalavej", "2023")


@dataclass
class ScriptedYear:
    """The data directory, and what was published and recorded in it, in order."""

    data: DataDirectory
    folder: Path
    publications: list[str] = field(default_factory=list)
    meetings: list[Recorded] = field(default_factory=list)


@contextmanager
def clock_at(day: str) -> Iterator[None]:
    """The ledger's clock stands at noon of this day."""
    os.environ["HELHEDSPLAN_CLOCK"] = f"{day}T12:00:00+00:00"
    try:
        yield
    finally:
        del os.environ["HELHEDSPLAN_CLOCK"]


def the_scripted_year(data: DataDirectory, folder: Path) -> ScriptedYear:
    """Live through the year."""
    told = ScriptedYear(data, folder)
    data.prepare()
    folder.mkdir(parents=True, exist_ok=True)
    with clock_at("2024-01-02"):
        Ledger(data.ledger).append(
            "data_directory_marked", {"mark": "scripted"}, actor="test", reason="a scripted year"
        )
    quarter(told, "2024-01-20", lbf=(2021, 2022), survey=2021)
    meeting(told, "2024-02-15", told.publications[0])
    quarter(told, "2024-04-20", lbf=(2021, 2022, 2023))
    done = [{"action": "en_faelles_indsats-2024-02-15-1", "note": "Svar den 3. maj"}]
    meeting(told, "2024-06-12", told.publications[1], actions_done=done)
    quarter(told, "2024-07-20", lbf=(2021, 2022, 2023), corrected=True)
    quarter(told, "2024-10-20", survey=2023, papers=False)
    meeting(told, "2024-11-20", told.publications[2])
    with clock_at("2025-01-05"):
        told.publications.append(run(data, LBF, papers=False).publication_id)
    return told


def quarter(
    told: ScriptedYear, day: str, *, lbf: tuple[int, ...] = (), survey: int | None = None, corrected: bool = False,
    papers: bool = True,
) -> None:  # fmt: skip
    """What comes in a quarter is handed in and published; papers are written where a meeting is to see them."""
    with clock_at(day):
        if lbf:
            path = told.folder / f"udtraek_{day}.xlsx"
            lbf_workbook(path, list(lbf_rows(lbf, corrected=corrected)))
            delivered = handed_in(told, path, LBF)
            # Four eyes: another person than who handed it in rehearses it, looks, and approves.
            rehearse(told.data, the_catalogue(), delivered, actor="Dan Prøve")
            approve(told.data, the_catalogue(), delivered, actor="Dan Prøve")
        if survey:
            path = told.folder / f"survey_{survey}.csv"
            path.write_text("\n".join(survey_lines(survey)), encoding="utf-8")
            delivered = handed_in(told, path, SURVEY)
            assert read_and_checked(told.data, SURVEY) == []
            approve(told.data, the_catalogue(), delivered, actor="Dan Prøve")
        summary = run(told.data, LBF, SURVEY, papers=papers)
    assert (summary.problems, summary.is_new_publication) == ((), True)
    told.publications.append(summary.publication_id)


def handed_in(told: ScriptedYear, path: Path, source_id: str) -> str:
    """The id of a delivery that Anne hands in."""
    return deliver(told.data, the_catalogue(), path, source_id, actor="Anne Prøve", is_synthetic=True)[0]


def meeting(told: ScriptedYear, day: str, publication: str, **changes: object) -> None:
    """The board meets and takes up every series that it has a figure of; one of them leads to an action."""
    items = [an_item(SEEN[0], actions=[an_action(f"{date.fromisoformat(day).year}-12-01")]), *map(an_item, SEEN[1:])]
    file = written(told.folder / day, a_meeting(publication, day, indicators=items) | changes)
    with clock_at(day):
        told.meetings.append(record_meeting(told.data, the_catalogue(), file, actor="Cia Prøve"))


def lbf_rows(years: tuple[int, ...], *, corrected: bool) -> Iterator[tuple]:
    """The rows of an export: each area and the municipality, each indicator, each year."""
    for unit, scale in UNITS.items():
        for year in years:
            for name, (part, whole) in COUNTS.items():
                mended = 6 if corrected and (unit[1], year, name[:2]) == ("MOT", 2023, "I1") else 0
                period = DATED.get(name[:2], "{}").format(year)
                yield (
                    *unit,
                    name,
                    period,
                    round((part + year - 2021) * scale) + mended,
                    round(whole * scale),
                    None,
                    None,
                )
            marks = f"{5.5 + (year - 2021) / 10:.1f}".replace(".", ",")
            yield (*unit, "I2 Karaktergennemsnit", f"{year - 1}/{year}", None, round(20 * scale), None, marks)
        yield (
            *unit,
            "I9-KV Stemt ved kommunalvalg",
            "KV 16-11-2021",
            round(300 * scale),
            round(700 * scale),
            None,
            None,
        )
        yield (
            *unit,
            "I9-FV Stemt ved folketingsvalg",
            "FV 01-11-2022",
            round(320 * scale),
            round(650 * scale),
            None,
            None,
        )


def survey_lines(wave: int) -> Iterator[str]:
    """A survey that asks of safety alone."""
    yield "SYNTETISKE DATA – ikke rigtige tal;;;;;;;;;"
    yield "Niveau;Område;Bølge;Instrument;Spørgsmål;Antal svar;Andel (pct);Designeffekt;Svarprocent;Bemærkning"
    for area in ("Motalavej", "Ringparken", "Sydbyen"):
        yield (
            f"Boligområde;{area};{wave};VIVE 2018/2021;I7 Føler sig grundlæggende tryg i boligområdet;"
            f"60;{60 + wave - 2021},5;1,3;38,0;"
        )
