"""The catalogue as tables: what the SQL under sql/ knows of goals, indicators, units and sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import duckdb

from catalogue.load import MUNICIPALITY_OF_CORRECTION, Catalogue
from warehouse.indicator_tables import indicators, linked_counts
from warehouse.rows import DAY, NUMBER, TEXT, TRUTH, WHOLE, select_of
from warehouse.unit_tables import memberships, published_as


def load_catalogue_tables(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make schema `catalogue` and fill its tables; the same catalogue gives the same rows."""
    make_catalogue_tables(connection, catalogue_selects(catalogue))


def make_catalogue_tables(connection: duckdb.DuckDBPyConnection, selects: Mapping[str, str]) -> None:
    """Make schema `catalogue` and a table in it of each SELECT."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS catalogue")
    for name, select in selects.items():
        connection.execute(f"CREATE OR REPLACE TABLE catalogue.{name} AS {select}")


# A run asks for the same catalogue's again and again; a process has one of them, tests have more.
@lru_cache(maxsize=4)
def catalogue_selects(catalogue: Catalogue) -> Mapping[str, str]:
    """Table of schema `catalogue` -> the SELECT that holds its rows."""
    return {
        "goal": _goals(catalogue),
        "indicator": indicators(catalogue),
        "linked_count": linked_counts(catalogue),
        "series_break": _breaks(catalogue),
        "caveat": _caveats(catalogue),
        "agreement": _agreements(catalogue),
        "area": _areas(catalogue),
        "focus_area": _focus_areas(catalogue),
        "membership": memberships(catalogue),
        "unit_published_as": published_as(catalogue),
        "source": _sources(catalogue),
        "instrument": _instruments(catalogue),
        "baseline": _baselines(catalogue),
        "correction": _corrections(catalogue),
    }


def _goals(catalogue: Catalogue) -> str:
    columns = {"goal_id": TEXT, "goal_number": WHOLE, "goal": TEXT, "goal_en": TEXT}
    return select_of(columns, ((g.goal_id, g.goal_number, g.name.da, g.name.en) for g in catalogue.goals))


def _breaks(catalogue: Catalogue) -> str:
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
        (agreement.agreement_id, indicator_id, level, cut.from_day, cut.because.da, cut.because.en)
        for agreement in catalogue.agreements
        for cut in agreement.breaks
        for indicator_id in (cut.indicator_ids or (None,))
        for level in (cut.unit_levels or (None,))
    )
    return select_of(columns, [*of_indicators, *of_agreements])


def _caveats(catalogue: Catalogue) -> str:
    columns = {"indicator_id": TEXT, "caveat_number": WHOLE, "caveat": TEXT, "caveat_en": TEXT}
    rows = (
        (series.indicator_id, number, caveat.da, caveat.en)
        for indicator in catalogue.indicators
        for series in indicator.all_series()
        for number, caveat in enumerate(indicator.caveats, start=1)
    )
    return select_of(columns, rows)


def _agreements(catalogue: Catalogue) -> str:
    columns = {
        "agreement_id": TEXT, "agreement": TEXT, "municipality_code": TEXT, "municipality": TEXT,
        "period_from": DAY, "period_to": DAY,
    }  # fmt: skip
    names = {row["municipality_code"]: row["name"] for row in catalogue.municipalities}
    rows = (
        (a.agreement_id, a.name, a.municipality_code, names[a.municipality_code], a.period_from, a.period_to)
        for a in catalogue.agreements
    )
    return select_of(columns, rows)


def _areas(catalogue: Catalogue) -> str:
    columns = {
        "agreement_id": TEXT, "area_id": TEXT, "area": TEXT, "area_number": WHOLE, "ministry_list_name": TEXT,
    }  # fmt: skip
    rows = (
        (agreement.agreement_id, area.area_id, area.name, number, area.ministry_list_name)
        for agreement in catalogue.agreements
        for number, area in enumerate(agreement.areas, start=1)
    )
    return select_of(columns, rows)


def _focus_areas(catalogue: Catalogue) -> str:
    columns: dict[str, str] = dict.fromkeys(
        ("agreement_id", "focus_area_id", "focus_area", "focus_area_en", "goal_id"), TEXT
    )
    rows = (
        (agreement.agreement_id, one.focus_area_id, one.name.da, one.name.en, one.goal_id)
        for agreement in catalogue.agreements
        for one in agreement.focus_areas
    )
    return select_of(columns, rows)


def _sources(catalogue: Catalogue) -> str:
    columns = {
        "source_id": TEXT, "source": TEXT, "source_en": TEXT, "publisher": TEXT, "publisher_en": TEXT,
        "licence": TEXT, "licence_en": TEXT, "url": TEXT, "arrives": TEXT, "approval": TEXT, "expected": TEXT,
        "expected_en": TEXT, "disclosure_applies": TRUTH,
        "disclosure_limit": WHOLE, "minimum_denominator": WHOLE, "protection_width": WHOLE,
        "exposure_accepted_until": DAY,
    }  # fmt: skip
    rows = (
        (s.source_id, s.title.da, s.title.en, s.publisher, s.publisher_en, s.licence, s.licence_en, s.url, s.arrives,
         s.approval, s.calendar.words.da, s.calendar.words.en, s.disclosure.applies, s.disclosure.limit,
         s.disclosure.minimum_denominator, s.disclosure.width,
         s.disclosure.accepted_exposure.until if s.disclosure.accepted_exposure else None)
        for s in catalogue.sources
    )  # fmt: skip
    return select_of(columns, rows)


def _instruments(catalogue: Catalogue) -> str:
    columns = {"source_id": TEXT, "instrument": TEXT, "instrument_number": WHOLE}
    rows = (
        (source.source_id, instrument, number)
        for source in catalogue.sources
        for number, instrument in enumerate(source.instruments, start=1)
    )
    return select_of(columns, rows)


def _baselines(catalogue: Catalogue) -> str:
    columns = {"agreement_id": TEXT, "indicator_id": TEXT, "period": TEXT, "because": TEXT}
    rows = ((a.agreement_id, b.indicator_id, b.period, b.because) for a in catalogue.agreements for b in a.baselines)
    return select_of(columns, rows)


def _corrections(catalogue: Catalogue) -> str:
    names = ("source_id", "indicator_id", "unit_level", "unit_published_as", "period", "column")
    columns = dict.fromkeys((*names, MUNICIPALITY_OF_CORRECTION), TEXT) | {
        "as_published": NUMBER, "corrected": NUMBER, "reason": TEXT, "corrected_by": TEXT, "corrected_on": TEXT,
    }  # fmt: skip
    rows = (
        (*(row[name] for name in names), row.get(MUNICIPALITY_OF_CORRECTION) or None,
         float(row["as_published"]), float(row["corrected"]), row["reason"], row["corrected_by"], row["corrected_on"])
        for row in catalogue.corrections
    )  # fmt: skip
    return select_of(columns, rows)
