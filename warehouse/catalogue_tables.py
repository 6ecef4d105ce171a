"""The catalogue as tables: what the SQL under sql/ knows of goals, indicators, units and sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from catalogue.definitions import Agreement, Indicator, Series
from catalogue.load import Catalogue

TEXT, DAY, WHOLE, NUMBER, TRUTH = pa.string(), pa.date32(), pa.int32(), pa.float64(), pa.bool_()


def load_catalogue_tables(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make schema `catalogue` and fill its tables; the same catalogue gives the same rows."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS catalogue")
    tables = {
        "goal": _goals(catalogue),
        "indicator": _indicators(catalogue),
        "series_break": _breaks(catalogue),
        "caveat": _caveats(catalogue),
        "agreement": _agreements(catalogue),
        "area": _areas(catalogue),
        "membership": _memberships(catalogue),
        "unit_published_as": _published_as(catalogue),
        "source": _sources(catalogue),
        "baseline": _baselines(catalogue),
        "correction": _corrections(catalogue),
    }
    for name, table in tables.items():
        connection.register("catalogue_rows", table)
        connection.execute(f"CREATE OR REPLACE TABLE catalogue.{name} AS FROM catalogue_rows")
        connection.unregister("catalogue_rows")


def _table(columns: dict[str, pa.DataType], rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    kept = list(rows)
    arrays = [pa.array([row[index] for row in kept], type=kind) for index, kind in enumerate(columns.values())]
    return pa.table(arrays, names=list(columns))


def _goals(catalogue: Catalogue) -> pa.Table:
    columns = {"goal_id": TEXT, "goal_number": WHOLE, "goal": TEXT, "goal_en": TEXT}
    return _table(columns, ((g.goal_id, g.goal_number, g.name.da, g.name.en) for g in catalogue.goals))


def _indicators(catalogue: Catalogue) -> pa.Table:
    columns = {
        "indicator_id": TEXT,
        "indicator_number": WHOLE,
        "series_number": WHOLE,
        "parent_indicator_id": TEXT,
        "goal_id": TEXT,
        "role": TEXT,
        "indicator": TEXT,
        "indicator_en": TEXT,
        "short_name": TEXT,
        "short_name_en": TEXT,
        "kind": TEXT,
        "unit": TEXT,
        "better": TEXT,
        "period_kind": TEXT,
        "source_id": TEXT,
        "municipality_source_id": TEXT,
        "publication_lag_months": WHOLE,
        "definition_version": TEXT,
        "definition_status": TEXT,
        "numerator": TEXT,
        "denominator": TEXT,
        "age_from": WHOLE,
        "age_to": WHOLE,
        "checks_indicator_id": TEXT,
        "tolerance": NUMBER,
    }
    pairs = ((indicator, series) for indicator in catalogue.indicators for series in indicator.all_series())
    return _table(columns, (_indicator_row(indicator, series) for indicator, series in pairs))


def _indicator_row(indicator: Indicator, series: Series) -> tuple[Any, ...]:
    definition, check = indicator.definition, indicator.cross_check
    return (
        series.indicator_id,
        indicator.indicator_number,
        indicator.all_series().index(series) + 1,
        indicator.indicator_id,
        indicator.goal_id,
        indicator.role,
        series.name.da,
        series.name.en,
        series.short_name.da,
        series.short_name.en,
        indicator.kind,
        indicator.unit,
        indicator.better,
        indicator.period_kind,
        indicator.source_id,
        series.municipality_source_id or indicator.municipality_source_id or indicator.source_id,
        indicator.publication_lag_months,
        definition.version,
        definition.status,
        definition.numerator,
        definition.denominator,
        indicator.population.age_from,
        indicator.population.age_to,
        check.indicator_id if check else None,
        check.tolerance if check else None,
    )


def _breaks(catalogue: Catalogue) -> pa.Table:
    columns = {
        "agreement_id": TEXT, "indicator_id": TEXT, "unit_level": TEXT,
        "from_day": DAY, "because": TEXT, "because_en": TEXT,
    }  # fmt: skip
    of_indicators = (
        (None, series.indicator_id, level, cut.from_day, cut.because.da, cut.because.en)
        for indicator in catalogue.indicators
        for series in indicator.all_series()
        for cut in indicator.breaks
        for level in (cut.unit_levels or (None,))
    )
    of_agreements = (
        (agreement.agreement_id, None, level, cut.from_day, cut.because.da, cut.because.en)
        for agreement in catalogue.agreements
        for cut in agreement.breaks
        for level in (cut.unit_levels or (None,))
    )
    return _table(columns, [*of_indicators, *of_agreements])


def _caveats(catalogue: Catalogue) -> pa.Table:
    columns = {"indicator_id": TEXT, "caveat_number": WHOLE, "caveat": TEXT, "caveat_en": TEXT}
    rows = (
        (series.indicator_id, number, caveat.da, caveat.en)
        for indicator in catalogue.indicators
        for series in indicator.all_series()
        for number, caveat in enumerate(indicator.caveats, start=1)
    )
    return _table(columns, rows)


def _agreements(catalogue: Catalogue) -> pa.Table:
    columns = {
        "agreement_id": TEXT, "agreement": TEXT, "municipality_code": TEXT, "municipality": TEXT,
        "period_from": DAY, "period_to": DAY,
    }  # fmt: skip
    names = {row["municipality_code"]: row["name"] for row in catalogue.municipalities}
    rows = (
        (a.agreement_id, a.name, a.municipality_code, names[a.municipality_code], a.period_from, a.period_to)
        for a in catalogue.agreements
    )
    return _table(columns, rows)


def _areas(catalogue: Catalogue) -> pa.Table:
    columns = {
        "agreement_id": TEXT, "area_id": TEXT, "area": TEXT, "area_number": WHOLE, "ministry_list_name": TEXT,
    }  # fmt: skip
    rows = (
        (agreement.agreement_id, area.area_id, area.name, number, area.ministry_list_name)
        for agreement in catalogue.agreements
        for number, area in enumerate(agreement.areas, start=1)
    )
    return _table(columns, rows)


def _memberships(catalogue: Catalogue) -> pa.Table:
    columns = {
        "child_level": TEXT, "child_id": TEXT, "child": TEXT, "parent_level": TEXT, "parent_id": TEXT,
        "valid_from": DAY, "valid_to": DAY,
    }  # fmt: skip
    departments = (
        ("department", d.department_id, d.name, "area", area.area_id, d.valid_from, d.valid_to)
        for agreement in catalogue.agreements
        for area in agreement.areas
        for d in area.departments
    )
    areas = (
        ("area", area.area_id, area.name, "agreement", agreement.agreement_id, None, None)
        for agreement in catalogue.agreements
        for area in agreement.areas
    )
    rows = [*departments, *areas]
    districts = (
        ("polling_district", row["dagi_id"], row["name"], "municipality", row["municipality_code"], row["valid_from"], row["valid_to"])
        for row in catalogue.polling_districts
    )  # fmt: skip
    return pa.concat_tables([_table(columns, rows), _dated(columns, districts)])


def _dated(columns: dict[str, pa.DataType], rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    as_text = {name: TEXT for name in columns}
    table = _table(as_text, (tuple(cell or None for cell in row) for row in rows))
    return table.cast(pa.schema(list(columns.items())))


def _published_as(catalogue: Catalogue) -> pa.Table:
    columns = {"unit_level": TEXT, "published_as": TEXT, "unit_id": TEXT, "unit": TEXT}
    rows = [row for agreement in catalogue.agreements for row in _names_of(agreement)]
    rows += [
        ("municipality", name.casefold(), row["municipality_code"], row["name"])
        for row in catalogue.municipalities
        for name in (row["municipality_code"], row["name"], f"{row['name']} Kommune")
    ]
    rows += [("polling_district", row["dagi_id"], row["dagi_id"], row["name"]) for row in catalogue.polling_districts]
    return _table(columns, dict.fromkeys(rows))


def _names_of(agreement: Agreement) -> Iterable[tuple[str, str, str, str]]:
    for name in (agreement.agreement_id, agreement.name, *agreement.published_as):
        yield "agreement", name.casefold(), agreement.agreement_id, agreement.name
    for area in agreement.areas:
        for name in (area.area_id, area.name, *area.published_as):
            yield "area", name.casefold(), area.area_id, area.name
        if area.ministry_list_name:
            yield "ministry_area", area.ministry_list_name.casefold(), area.area_id, area.ministry_list_name
        for department in area.departments:
            for name in (department.department_id, department.name, *department.published_as):
                yield "department", name.casefold(), department.department_id, department.name


def _sources(catalogue: Catalogue) -> pa.Table:
    columns = {
        "source_id": TEXT, "source": TEXT, "source_en": TEXT, "publisher": TEXT, "licence": TEXT, "url": TEXT,
        "arrives": TEXT, "approval": TEXT, "expected": TEXT, "expected_en": TEXT, "disclosure_limit": WHOLE,
    }  # fmt: skip
    rows = (
        (s.source_id, s.title.da, s.title.en, s.publisher, s.licence, s.url, s.arrives, s.approval,
         s.calendar.words.da, s.calendar.words.en, s.disclosure.limit)
        for s in catalogue.sources
    )  # fmt: skip
    return _table(columns, rows)


def _baselines(catalogue: Catalogue) -> pa.Table:
    columns = {"agreement_id": TEXT, "indicator_id": TEXT, "period": TEXT, "because": TEXT}
    rows = ((a.agreement_id, b.indicator_id, b.period, b.because) for a in catalogue.agreements for b in a.baselines)
    return _table(columns, rows)


def _corrections(catalogue: Catalogue) -> pa.Table:
    names = ("source_id", "indicator_id", "unit_level", "unit_published_as", "period", "column")
    columns = dict.fromkeys(names, TEXT) | {
        "as_published": NUMBER, "corrected": NUMBER, "reason": TEXT, "corrected_by": TEXT, "corrected_on": TEXT,
    }  # fmt: skip
    rows = (
        (*(row[name] for name in names), float(row["as_published"]), float(row["corrected"]),
         row["reason"], row["corrected_by"], row["corrected_on"])
        for row in catalogue.corrections
    )  # fmt: skip
    return _table(columns, rows)
