"""The indicators as tables of schema `catalogue`."""

from __future__ import annotations

from typing import Any

from catalogue.definitions import Indicator, Series
from catalogue.load import Catalogue
from warehouse.rows import NUMBER, TEXT, TRUTH, WHOLE, select_of


def indicators(catalogue: Catalogue) -> str:
    """One row per series of an indicator, with its definition."""
    columns = {
        "indicator_id": TEXT,
        "indicator_number": WHOLE,
        "series_number": WHOLE,
        "parent_indicator_id": TEXT,
        "goal_id": TEXT,
        "role": TEXT,
        "official_wording": TEXT,
        "official_wording_en": TEXT,
        "indicator": TEXT,
        "indicator_en": TEXT,
        "short_name": TEXT,
        "short_name_en": TEXT,
        "also_called": TEXT,
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
        "numerator_en": TEXT,
        "denominator": TEXT,
        "denominator_en": TEXT,
        "municipality_numerator": TEXT,
        "municipality_numerator_en": TEXT,
        "municipality_denominator": TEXT,
        "municipality_denominator_en": TEXT,
        "municipality_definition_status": TEXT,
        "age_from": WHOLE,
        "age_to": WHOLE,
        "checks_indicator_id": TEXT,
        "tolerance": NUMBER,
        "is_exact_check": TRUTH,
    }
    pairs = ((indicator, series) for indicator in catalogue.indicators for series in indicator.all_series())
    return select_of(columns, (_indicator_row(indicator, series) for indicator, series in pairs))


def _indicator_row(indicator: Indicator, series: Series) -> tuple[Any, ...]:
    definition, there, check = indicator.definition, series.municipality_definition, indicator.cross_check
    return (
        series.indicator_id,
        indicator.indicator_number,
        indicator.all_series().index(series) + 1,
        indicator.indicator_id,
        indicator.goal_id,
        indicator.role,
        indicator.name.da,
        indicator.name.en,
        series.name.da,
        series.name.en,
        series.short_name.da,
        series.short_name.en,
        "; ".join(indicator.also_called).lower() or None,
        indicator.kind,
        indicator.unit,
        indicator.better,
        indicator.period_kind,
        indicator.source_id,
        series.municipality_source_id or indicator.municipality_source_id or indicator.source_id,
        indicator.publication_lag_months,
        definition.version,
        definition.status,
        definition.numerator.da,
        definition.numerator.en,
        definition.denominator.da,
        definition.denominator.en,
        there.numerator.da if there else None,
        there.numerator.en if there else None,
        there.denominator.da if there else None,
        there.denominator.en if there else None,
        there.status if there else None,
        indicator.population.age_from,
        indicator.population.age_to,
        check.indicator_id if check else None,
        check.tolerance if check else None,
        check.exact if check else None,
    )


def linked_counts(catalogue: Catalogue) -> str:
    """Which other indicator tells of an indicator's denominator."""
    columns = {
        "indicator_id": TEXT, "other_indicator_id": TEXT, "relation": TEXT, "years_later": WHOLE, "because": TEXT,
    }  # fmt: skip
    rows = (
        (indicator.indicator_id, link.indicator_id, link.relation, link.years_later, link.because)
        for indicator in catalogue.indicators
        for link in indicator.linked_counts
    )
    return select_of(columns, rows)
