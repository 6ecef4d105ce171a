"""1,000 random tables of counts, published in one build: drawn, delivered, built, and what a reader is shown of each.

A table is what one agreement states of one indicator (or of two that count the same persons) in one period, or in two.
Its leaves are the smallest units: departments, or areas without any. Every other unit is a sum of leaves.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from catalogue.definitions import Agreement, Area, Department
from catalogue.load import Catalogue
from tasks.disclosure.withhold import Report, Withholding
from tests.deliveries_for_tests import the_catalogue
from warehouse.build import Input, Request, build
from warehouse.ledger import Ledger
from warehouse.reading_columns import READING_COLUMNS

SOURCE, MAY, NOVEMBER = "lbf_boligsociale_data", "lbf-may", "lbf-november"
LIMIT, WIDTH = 2, 3
AGREEMENTS_EACH = 10
# How many departments each area has; 0: the area is delivered alone.
SHAPES = {
    "two areas": (0, 0), "three areas": (0, 0, 0), "four areas": (0, 0, 0, 0), "departments": (2, 2),
    "some with departments": (2, 0), "an area of one department": (1, 2),
}  # fmt: skip
# In this shape the second department leaves the first area.
CHANGES, LEAVES = "departments", date(2018, 12, 31)
LINKED = ("charged_15_29", "neither_education_nor_employment_15_29")
OVER, UNDER = (0, 0, 0, 1, 2, 3, 4, 5, 6, 7), (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
OUTSIDE = 20
# How many small counts of departments the source withholds itself.
BY_SOURCE = {"one period": 0.4, "two periods": 0.1, "two indicators of the same persons": 0.3}


@dataclass(frozen=True)
class Unit:
    """A reported unit and its leaves, as their places among the shape's."""

    unit_level: str
    unit_id: str
    leaves: tuple[int, ...]


@dataclass(frozen=True)
class Stated:
    """One indicator and period as one delivery states it: the leaves' counts, as {leaf: (numerator, the others)}."""

    indicator_id: str
    period: str
    delivery_id: str
    counts: dict[int, tuple[int, int]]
    revised: int | None = None


@dataclass(frozen=True)
class Table:
    """One of the thousand."""

    kind: str
    shape: str
    agreement_id: str
    code: str
    total_is_delivered: bool
    # Else those that have departments are added up of them.
    areas_are_delivered: bool
    stated: tuple[Stated, ...]

    def units(self, period: str) -> Iterator[Unit]:
        """Departments, areas and the total of a period, at the membership then in force."""
        leaf, of_all = 0, []
        for number, departments in enumerate(SHAPES[self.shape]):
            own = list(range(leaf, leaf + max(1, departments)))
            leaf += len(own)
            if number == 0 and self.shape == CHANGES and int(period[:4]) > LEAVES.year:
                own = own[:1]
            area_id = f"{self.agreement_id}_{number}"
            if departments:
                yield from (Unit("department", f"{area_id}_{one}", (one,)) for one in own)
            yield Unit("area", area_id, tuple(own))
            of_all += own
        yield Unit("agreement", self.agreement_id, tuple(of_all))

    def is_delivered(self, unit: Unit) -> bool:
        """Whether a unit's own row comes, or what is shown of it can only be a sum of others'."""
        if unit.unit_level == "area":
            return self.areas_are_delivered or not SHAPES[self.shape][int(unit.unit_id.rpartition("_")[2])]
        return unit.unit_level == "department" or self.total_is_delivered


def catalogue_of(tables: list[Table]) -> Catalogue:
    """The catalogue with invented agreements and municipalities in the place of its own, and a lower limit."""
    known = the_catalogue()
    own = {one.agreement_id: one for one in tables}
    sources = tuple(
        one.model_copy(update={"disclosure": one.disclosure.model_copy(update={"limit": LIMIT})})
        if one.source_id == SOURCE
        else one
        for one in known.sources
    )
    return replace(
        known,
        agreements=tuple(map(_agreement, own.values())),
        municipalities=tuple({"municipality_code": one.code, "name": f"By {one.code}"} for one in own.values()),
        polling_districts=(),
        sources=sources,
    )


def _agreement(table: Table) -> Agreement:
    areas = []
    for number, departments in enumerate(SHAPES[table.shape]):
        first = sum(max(1, one) for one in SHAPES[table.shape][:number])
        area_id = f"{table.agreement_id}_{number}"
        ids = [f"{area_id}_{leaf}" for leaf in range(first, first + departments)]
        leaves = [LEAVES if table.shape == CHANGES and (number, place) == (0, 1) else None for place in range(len(ids))]
        members = tuple(
            Department(department_id=one, organisation="B", name=f"Afd. {one}", published_as=(), valid_to=day)
            for one, day in zip(ids, leaves, strict=True)
        )
        areas.append(Area(area_id=area_id, name=f"Område {area_id}", published_as=(), departments=members))
    return Agreement(
        agreement_id=table.agreement_id, name=f"Plan {table.agreement_id}", published_as=(), parties=(),
        municipality_code=table.code, period_from=date(2021, 10, 1), period_to=date(2025, 9, 30), areas=tuple(areas),
        focus_areas=(),
    )  # fmt: skip


def drawn() -> list[Table]:
    """The thousand tables, the same in every run."""
    draw = random.Random(20261126)  # noqa: S311 - counts to try, no secret
    return [
        Table(kind, shape, f"plan_{number}", f"{100 + number}", number % 2 == 0, number % 5 > 0, stated)
        for number, shape in enumerate(shape for shape in SHAPES for _ in range(AGREEMENTS_EACH))
        for kind, stated in _of_agreement(draw, shape)
    ]


def _of_agreement(draw: random.Random, shape: str) -> Iterator[tuple[str, tuple[Stated, ...]]]:
    leaves = sum(max(1, departments) for departments in SHAPES[shape])
    for year in range(2012, 2022):
        yield "one period", (Stated("daycare_1_5", f"{year}", MAY, _counts(draw, leaves)),)
    for year in range(2014, 2018):
        first, revised, other = _counts(draw, leaves), draw.randrange(leaves), _counts(draw, leaves)
        again, indicator = first | {revised: other[revised]}, "basic_school_only_18_29"
        yield (
            "two periods",
            (
                Stated(indicator, f"{year}-09-30", MAY, first),
                Stated(indicator, f"{year}-09-30", NOVEMBER, again, revised),
                Stated(indicator, f"{year + 6}-09-30", NOVEMBER, other),
            ),
        )
    for year in range(2018, 2022) if leaves <= 3 else ():
        first, second = _counts(draw, leaves), _counts(draw, leaves)
        whole = {leaf: sum(one) + draw.choice(OVER) for leaf, one in first.items()}
        parts = [{leaf: min(one[leaf][0], whole[leaf]) for leaf in whole} for one in (first, second)]
        yield (
            "two indicators of the same persons",
            tuple(
                Stated(indicator, period, MAY, {leaf: (part[leaf], whole[leaf] - part[leaf]) for leaf in whole})
                for indicator, period, part in zip(LINKED, (f"{year}", f"{year}-11-30"), parts, strict=True)
            ),
        )


def _counts(draw: random.Random, leaves: int) -> dict[int, tuple[int, int]]:
    return {leaf: (draw.choice(OVER), draw.choice(UNDER)) for leaf in range(leaves)}


def published(folder: Path, tables: list[Table]) -> list[tuple[Path, Report]]:
    """Two publications, after the delivery of May and after that of November: the shared file, the attack's report."""
    ledger, inputs, made = Ledger(folder / "ledger.jsonl"), [], []
    catalogue, rows = catalogue_of(tables), [row for table in tables for row in _rows(table)]
    for delivery_id in (MAY, NOVEMBER):
        received = {"delivery_id": delivery_id, "source_id": SOURCE, "part_id": "", "sha256": delivery_id, "files": []}
        received |= {"original_name": "data.xlsx", "is_synthetic": True, "origin": "drawn"}
        ledger.append("run_started", {"run_id": delivery_id}, actor="test")
        ledger.append("delivery_received", received, actor="test")
        ledger.append("delivery_checked", {"delivery_id": delivery_id, "rows_in": 0, "outcomes": []}, actor="test")
        ledger.append("delivery_approved", {"delivery_id": delivery_id}, actor="test")
        of_delivery = [row for one, *row in rows if one == delivery_id]
        inputs.append(Input(delivery_id, SOURCE, _reading(folder / f"{delivery_id}.parquet", of_delivery), None, "1"))
        entries, previous = tuple(ledger.entries()), made[-1][0] if made else None
        request = Request(tuple(inputs), entries, (), catalogue, delivery_id, "2026-11-23T01:00:00+00:00", previous)
        step = Withholding()
        made.append((build(request, folder / f"{delivery_id}.duckdb", step), step.report))
        ledger.append("disclosure_attacked", step.report.body, actor="test")
        shown = {"publication_id": request.publication_id, "deliveries": [one.delivery_id for one in inputs]}
        ledger.append("publication_made", shown, actor="test")
    return made


def _rows(table: Table) -> Iterator[tuple]:
    """Rows of deliveries: delivery, level, code, indicator, period, numerator, denominator, missing_reason."""
    for stated in table.stated:
        yield from _rows_stated(table, stated)


def is_small(over: int, of: int) -> bool:
    """The rule of small counts."""
    return 0 < over <= LIMIT or 0 < of - over <= LIMIT


def _is_marked(table: Table, stated: Stated, unit: Unit) -> bool:
    """Whether the source withholds this small count itself; in all its deliveries, if so."""
    name = f"{stated.indicator_id} {stated.period} {unit.unit_id}"
    return unit.unit_level == "department" and random.Random(name).random() < BY_SOURCE[table.kind]  # noqa: S311 - as above


def _rows_stated(table: Table, stated: Stated) -> Iterator[tuple]:
    over = under = 0
    for unit in table.units(stated.period):
        over, under = (sum(stated.counts[leaf][side] for leaf in unit.leaves) for side in (0, 1))
        if not table.is_delivered(unit):
            continue
        counts = (over, over + under, None)
        if is_small(over, over + under) and _is_marked(table, stated, unit):
            counts = (None, None, "withheld_by_source")
        yield (stated.delivery_id, unit.unit_level, unit.unit_id, stated.indicator_id, stated.period, *counts)
    outside = [amount + OUTSIDE for amount in (over, under)]
    counts = (outside[0], sum(outside), None)
    yield (stated.delivery_id, "municipality", table.code, stated.indicator_id, stated.period, *counts)


def _reading(path: Path, rows: list[list]) -> Path:
    """A reading as tasks/read.py leaves it."""
    names = ("unit_level", "unit_code", "indicator_id", "period", "numerator", "denominator", "missing_reason")
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    given = {"file_name": "'data.xlsx'", "place": "'Data!D' || row_number() OVER ()", "first_line": "0"}
    given |= {name: name for name in names}
    columns = ", ".join(f"{given.get(name, 'NULL')}::{kind} AS {name}" for name, kind in READING_COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (SELECT {columns} FROM read_csv('{path.with_suffix(".csv")}', all_varchar = true))
            TO '{path}' (FORMAT parquet)"""
        )
    return path
