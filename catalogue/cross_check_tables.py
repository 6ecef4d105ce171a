"""That the catalogue's tables and its register of people hold together: codes, days, numbers, names, reasons."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import get_args

from catalogue.definitions import UnitLevel
from catalogue.faults import Fault, given_twice, unknown
from catalogue.load import MUNICIPALITY_OF_CORRECTION, PEOPLE, Catalogue
from catalogue.people import is_system_actor
from catalogue.sources import NumberColumn
from catalogue.units import published_names

CORRECTIONS, DISTRICTS, MUNICIPALITIES = "corrections.csv", "polling_districts.csv", "municipalities.csv"
Row = Mapping[str, str]


def faults_of_municipalities(catalogue: Catalogue) -> Iterator[Fault]:
    """Codes of three digits, each code and each name once."""
    for key, row in _keyed(catalogue.municipalities):
        code = row["municipality_code"]
        if len(code) != len("330") or not code.isdecimal():
            yield Fault(
                "a municipality code is not understood",
                MUNICIPALITIES,
                key,
                "three digits, such as 330",
                code,
            )
        yield from _filled(MUNICIPALITIES, key, row, ("name",))
    for column in ("municipality_code", "name"):
        found = ((MUNICIPALITIES, row[column]) for row in catalogue.municipalities)
        yield from given_twice(f"municipality ({column})", found)


def faults_of_polling_districts(catalogue: Catalogue) -> Iterator[Fault]:
    """Each DAGI id once, in a known municipality, with days or nothing."""
    codes = {row["municipality_code"] for row in catalogue.municipalities}
    yield from given_twice("polling district", ((DISTRICTS, row["dagi_id"]) for row in catalogue.polling_districts))
    for key, row in _keyed(catalogue.polling_districts):
        yield from _filled(DISTRICTS, key, row, ("dagi_id", "name"))
        reference = (f"{key}, municipality_code", row["municipality_code"])
        yield from unknown("municipality", DISTRICTS, [reference], codes)
        days = (column for column in ("valid_from", "valid_to") if row[column])
        yield from _days(DISTRICTS, key, row, days)


def faults_of_corrections(catalogue: Catalogue) -> Iterator[Fault]:
    """A correction says what, from which number to which, why, who and when; none of it may be left out."""
    known = {
        "source_id": set(catalogue.source_by_id),
        "indicator_id": {series.indicator_id for one in catalogue.indicators for series in one.all_series()},
        "unit_level": set(get_args(UnitLevel)),
    }
    for key, row in _keyed(catalogue.corrections):
        for column, identifiers in known.items():
            yield from unknown(column, CORRECTIONS, [(f"{key}, {column}", row[column])], identifiers)
        columns = {*get_args(NumberColumn), *_numbers_of(catalogue, row["source_id"])}
        yield from unknown("column with numbers", CORRECTIONS, [(f"{key}, column", row["column"])], columns)
        yield from _of_one_unit(catalogue, key, row)
        yield from _filled(CORRECTIONS, key, row, ("unit_published_as", "period", "reason", "corrected_by"))
        yield from _numbers(CORRECTIONS, key, row, ("as_published", "corrected"))
        yield from _days(CORRECTIONS, key, row, ("corrected_on",))
        if catalogue.people and row["corrected_by"].strip():
            people = {one.person_id for one in catalogue.people}
            yield from unknown("person", CORRECTIONS, [(f"{key}, corrected_by", row["corrected_by"])], people)


def _of_one_unit(catalogue: Catalogue, key: str, row: Row) -> Iterator[Fault]:
    """A name that units of two municipalities share would correct both, unless the row tells the municipality."""
    code, asked = row.get(MUNICIPALITY_OF_CORRECTION, ""), row["unit_published_as"].strip().casefold()
    named = [
        one for one in published_names(catalogue) if (one.unit_level, one.published_as) == (row["unit_level"], asked)
    ]
    if code:
        codes = {one.municipality_code for one in named} or {
            one["municipality_code"] for one in catalogue.municipalities
        }
        yield from unknown(
            "municipality of the unit", CORRECTIONS, [(f"{key}, {MUNICIPALITY_OF_CORRECTION}", code)], codes
        )
    elif len(units := {one.unit_id for one in named}) > 1:
        expected = f"a code of one unit alone, or the municipality in a last column {MUNICIPALITY_OF_CORRECTION}; "
        expected += f"this is a name of {', '.join(sorted(units))}"
        yield Fault(
            "a correction is about several units", CORRECTIONS, f"{key}, unit_published_as", expected,
            row["unit_published_as"],
        )  # fmt: skip


def _numbers_of(catalogue: Catalogue, source_id: str) -> Iterator[str]:
    source = catalogue.source_by_id.get(source_id)
    return (name for name, kind in source.extra_columns.items() if kind == "number") if source else iter(())


def _keyed(rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    """Each row with the line that it stands on, below a heading."""
    return ((f"line {number}", row) for number, row in enumerate(rows, start=2))


def _filled(file: str, key: str, row: Row, columns: Iterable[str]) -> Iterator[Fault]:
    for column in columns:
        if not row[column].strip():
            yield Fault("a cell must not be empty", file, f"{key}, {column}", "a text", "nothing")


def _numbers(file: str, key: str, row: Row, columns: Iterable[str]) -> Iterator[Fault]:
    for column in columns:
        if not _is_number(row[column]):
            expected = "a number with a decimal point, such as 12.5"
            yield Fault("a number is not understood", file, f"{key}, {column}", expected, row[column] or "nothing")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _days(file: str, key: str, row: Row, columns: Iterable[str]) -> Iterator[Fault]:
    for column in columns:
        try:
            date.fromisoformat(row[column])
        except ValueError:
            expected = "a day such as 2026-03-31"
            yield Fault("a day is not understood", file, f"{key}, {column}", expected, row[column] or "nothing")


def faults_of_people(catalogue: Catalogue) -> Iterator[Fault]:
    """The ledger has the id, and whoever acts may give the name or be known by a login: all lead to one person."""
    names = ((PEOPLE, name) for one in catalogue.people for name in sorted({*one.names}))
    yield from given_twice("person's id, name or login", names)
    for one in catalogue.people:
        for name in (one.person_id, one.name, *one.logins):
            if is_system_actor(name):
                what = "a system actor is registered as a person; it needs no entry"
                yield Fault(what, PEOPLE, one.person_id, "people alone", name)
