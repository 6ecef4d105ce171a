"""That the catalogue holds together: what is referred to exists, and no id or name means two things."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import get_args

from catalogue.cross_check_tables import (
    faults_of_corrections,
    faults_of_municipalities,
    faults_of_people,
    faults_of_polling_districts,
)
from catalogue.definitions import Agreement, Indicator, UnitLevel
from catalogue.errors import CatalogueError
from catalogue.faults import Fault, given_twice, unknown
from catalogue.load import Catalogue
from catalogue.sources import Column, Source
from catalogue.units import PublishedName, names_of_agreement, names_of_municipalities

INDICATORS = "indicators.yml"


def cross_check(catalogue: Catalogue, home: Path) -> None:
    """Hold the catalogue's files against one another.

    Args:
        catalogue: all files, each valid by itself.
        home: the folder that they were read from.

    Raises:
        CatalogueError: the first fault with its file, key, what was expected and found; how many more.
    """
    faults = [
        *_faults_of_file_names(catalogue, home),
        *(fault for check in _CHECKS for fault in check(catalogue)),
    ]
    if not faults:
        return
    first, more = faults[0], f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise CatalogueError(
        f"{first.what}{more}",
        place=f"{home / first.file}, key {first.key}",
        expected=first.expected,
        found=first.found,
        do="correct the key, or declare what is missing; CONTRIBUTING.md shows how",
    )


def _faults_of_file_names(catalogue: Catalogue, home: Path) -> Iterator[Fault]:
    """A file bears the id that it declares, so that an error can name it and an id can be found."""
    declared = {
        "agreements": [("agreement_id", agreement.agreement_id) for agreement in catalogue.agreements],
        "sources": [("source_id", source.source_id) for source in catalogue.sources],
    }
    for folder, identifiers in declared.items():
        paths = sorted((home / folder).glob("*.yml"))
        for path, (key, identifier) in zip(paths, identifiers, strict=True):
            if path.stem != identifier:
                file = f"{folder}/{path.name}"
                yield Fault("a file bears another name than what it declares", file, key, path.stem, identifier)


def _faults_of_goals(catalogue: Catalogue) -> Iterator[Fault]:
    yield from given_twice("goal", (("goals.yml", goal.goal_id) for goal in catalogue.goals))
    yield from given_twice("goal number", (("goals.yml", str(goal.goal_number)) for goal in catalogue.goals))


def _faults_of_indicators(catalogue: Catalogue) -> Iterator[Fault]:
    indicators = catalogue.indicators
    parts = [part.indicator_id for one in indicators for part in (one, *one.series)]
    numbers = [str(one.indicator_number) for one in indicators if one.indicator_number]
    goals = [(f"{one.indicator_id}.goal_id", one.goal_id) for one in indicators if one.goal_id]
    yield from given_twice("indicator", ((INDICATORS, part) for part in parts))
    yield from given_twice("indicator number", ((INDICATORS, number) for number in numbers))
    yield from unknown("goal", INDICATORS, goals, {goal.goal_id for goal in catalogue.goals})
    yield from unknown("source", INDICATORS, _sources_named_by(indicators), catalogue.source_by_id)


def _sources_named_by(indicators: Iterable[Indicator]) -> Iterator[tuple[str, str]]:
    for one in indicators:
        yield f"{one.indicator_id}.source_id", one.source_id
        for part in (one, *one.series):
            if part.municipality_source_id:
                yield f"{part.indicator_id}.municipality_source_id", part.municipality_source_id


def _faults_of_cross_checks(catalogue: Catalogue) -> Iterator[Fault]:
    """A check that can never meet the figures that it is for would pass in silence."""
    checked = {name: one for name, one in _indicator_by_series(catalogue).items() if one.role != "cross_check"}
    for one in catalogue.indicators:
        if one.cross_check is None:
            continue
        key, name = f"{one.indicator_id}.cross_check.indicator_id", one.cross_check.indicator_id
        yield from unknown("indicator to check", INDICATORS, [(key, name)], checked)
        own = f"{one.period_kind}, {one.unit}"
        other = f"{checked[name].period_kind}, {checked[name].unit}" if name in checked else own
        if own != other:
            yield Fault("a cross-check has other periods or units than what it checks", INDICATORS, key, other, own)


def _indicator_by_series(catalogue: Catalogue) -> dict[str, Indicator]:
    """What has figures of its own; an indicator with several series has none under its own id."""
    return {series.indicator_id: one for one in catalogue.indicators for series in one.all_series()}


def _faults_of_agreements(catalogue: Catalogue) -> Iterator[Fault]:
    goals = {goal.goal_id for goal in catalogue.goals}
    series, codes = _indicator_by_series(catalogue), _municipality_codes(catalogue)
    for agreement in catalogue.agreements:
        file = _file_of(agreement)
        focus = [(f"focus_areas.{area.focus_area_id}.goal_id", area.goal_id) for area in agreement.focus_areas]
        baselines = [baseline.indicator_id for baseline in agreement.baselines]
        yield from unknown("municipality", file, [("municipality_code", agreement.municipality_code)], codes)
        yield from unknown("goal", file, focus, goals)
        yield from unknown("indicator", file, [("baselines.indicator_id", name) for name in baselines], series)
        broken = [name for cut in agreement.breaks for name in cut.indicator_ids]
        yield from unknown("indicator", file, [("breaks.indicator_ids", name) for name in broken], series)
        yield from given_twice("baseline", ((file, name) for name in baselines))
        yield from given_twice("focus area", ((file, area.focus_area_id) for area in agreement.focus_areas))


def _faults_of_units(catalogue: Catalogue) -> Iterator[Fault]:
    """Ids of areas and departments are keys of the warehouse: unique over all agreements."""
    areas = [(_file_of(agreement), area) for agreement in catalogue.agreements for area in agreement.areas]
    yield from given_twice("area", ((file, area.area_id) for file, area in areas))
    yield from given_twice("department", ((file, d.department_id) for file, area in areas for d in area.departments))
    unit_of: dict[tuple[str, str, str], PublishedName] = {}
    for file, name in _names_with_files(catalogue):
        key = (name.unit_level, name.published_as, name.municipality_code)
        first = unit_of.setdefault(key, name)
        if first.unit_id != name.unit_id:
            what = f"a published name leads to two units of level {name.unit_level} in one municipality"
            yield Fault(what, file, name.published_as, f"{first.unit_id} alone", f"{name.unit_id} as well")


def _names_with_files(catalogue: Catalogue) -> Iterator[tuple[str, PublishedName]]:
    for agreement in catalogue.agreements:
        for name in names_of_agreement(agreement):
            yield _file_of(agreement), name
    for name in names_of_municipalities(catalogue):
        yield "municipalities.csv", name


def _faults_of_sources(catalogue: Catalogue) -> Iterator[Fault]:
    known: dict[str, Collection[str]] = {
        "indicator_id": _indicator_by_series(catalogue),
        "unit_level": get_args(UnitLevel),
        "municipality_code": _municipality_codes(catalogue),
    }
    for source in catalogue.sources:
        file = f"sources/{source.source_id}.yml"
        for key, column, rule in _columns_of(source):
            if column in known:
                references = ((f"{key}.{place}", text) for place, text in _texts_of(rule))
                yield from unknown(column.removesuffix("_id"), file, references, known[column])
        yield from _faults_of_statbank(source, file, known)
        yield from _faults_of_instruments(source, file)


def _faults_of_instruments(source: Source, file: str) -> Iterator[Fault]:
    """A column that tells the questionnaire needs the list of them: an unknown one would be a series of its own."""
    yield from given_twice("instrument", ((file, instrument) for instrument in source.instruments))
    for key, column, rule in _columns_of(source):
        if column == "instrument" and not source.instruments:
            yield Fault("a contract names no instruments", file, "instruments", f"those that {key} may hold", "none")
        if column == "instrument":
            references = ((f"{key}.{place}", text) for place, text in _texts_of(rule))
            yield from unknown("instrument", file, references, source.instruments)


def _columns_of(source: Source) -> Iterator[tuple[str, str, Column]]:
    """Each column of a contract: where it stands, its name, and its rule."""
    for layout in source.layouts:
        for group, columns in (("columns", layout.columns), ("alternatives", layout.alternatives)):
            for column, rule in columns.items():
                yield f"layouts.{layout.layout_id}.{group}.{column}", column, rule
    for number, row in enumerate(source.json_documents.rows if source.json_documents else ()):
        for column, rule in row.items():
            yield f"json_documents.rows.{number}.{column}", column, rule


def _texts_of(rule: Column) -> Iterator[tuple[str, str]]:
    """The texts of ours that a column can hold: what its codes lead to, else its constant."""
    if rule.codes:
        return ((f"codes.{published}", ours) for published, ours in rule.codes.items())
    return iter([("constant", rule.constant)] if rule.constant and not rule.template else [])


def _faults_of_statbank(source: Source, file: str, known: dict[str, Collection[str]]) -> Iterator[Fault]:
    for table in source.statbank.tables if source.statbank else ():
        key = f"statbank.tables.{table.table_id}"
        series = ((f"{key}.series", one.indicator_id) for one in table.series)
        yield from unknown("indicator", file, series, known["indicator_id"])
        yield from unknown(
            "municipality", file, ((f"{key}.areas", area) for area in table.areas), known["municipality_code"]
        )


def _municipality_codes(catalogue: Catalogue) -> set[str]:
    return {row["municipality_code"] for row in catalogue.municipalities}


def _file_of(agreement: Agreement) -> str:
    return f"agreements/{agreement.agreement_id}.yml"


def _faults_of_linked_counts(catalogue: Catalogue) -> Iterator[Fault]:
    """Only counts of persons of one source are tied, so that both are about the same units at the same time."""
    by_id = {indicator.indicator_id: indicator for indicator in catalogue.indicators if not indicator.series}
    for indicator in catalogue.indicators:
        for link in indicator.linked_counts:
            key = f"{indicator.indicator_id}, linked_counts"
            yield from unknown("indicator", INDICATORS, [(key, link.indicator_id)], by_id)
            other = by_id.get(link.indicator_id)
            if other is None:
                continue
            counts = ("share",) if link.relation == "same_denominator" else ("share", "amount")
            if indicator.kind != "share" or other.kind not in counts or other.unit not in ("fraction", "persons"):
                expected = f"a share's denominator, held against a {' or '.join(counts)} that counts persons"
                yield Fault("these counts cannot be tied", INDICATORS, key, expected, f"{indicator.kind}, {other.kind}")
            if other.source_id != indicator.source_id or other is indicator:
                expected = f"another indicator of the source {indicator.source_id}"
                yield Fault("these counts cannot be tied", INDICATORS, key, expected, other.indicator_id)


_CHECKS: tuple[Callable[[Catalogue], Iterator[Fault]], ...] = (
    _faults_of_goals,
    _faults_of_indicators,
    _faults_of_cross_checks,
    _faults_of_linked_counts,
    _faults_of_agreements,
    faults_of_municipalities,
    faults_of_polling_districts,
    _faults_of_units,
    _faults_of_sources,
    faults_of_corrections,
    faults_of_people,
)
