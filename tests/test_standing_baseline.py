"""What the board signed stands: baselines are sealed once, revised beside it, and figures keep their definition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from catalogue.load import Catalogue
from tasks.receive import deliver
from tests.deliveries_for_tests import ask, entries_of, good_data, lbf_workbook, run, the_catalogue
from warehouse.baseline import unsealed_baselines
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
LBF = "lbf_boligsociale_data"
CHARGED = "I6 Andel 15-29-årige, der er sigtet"
RINGPARKEN, MOTALAVEJ = ("Boligområde", "RIN", "Ringparken"), ("Boligområde", "MOT", "Motalavej")
# Without its newest period a delivery is taken for an older one.
RESIDENTS = (*RINGPARKEN, "B Beboere i alt", "2025-01-01", 1826)
SHOWN = """
    SELECT area_id, baseline_period, baseline_value, baseline_value_as_signed, baseline_revised_because, latest_period,
      verdict, verdict_reason, development IS NOT NULL, baseline_signed_at, definition_version
    FROM mart.goal_indicator WHERE indicator_id = 'charged_15_29' ORDER BY ALL
"""


@dataclass(frozen=True)
class Told:
    """What the board's table said of one indicator after a night, area -> its row; and the seals so far."""

    rows: dict[str, tuple[Any, ...]]
    seals: list[dict[str, Any]]
    series: dict[tuple[str, str], float]


def raised(catalogue: Catalogue) -> Catalogue:
    """The catalogue with a new version of the definition of the charged."""
    indicators = tuple(
        one.model_copy(update={"definition": one.definition.model_copy(update={"version": "2"})})
        if one.indicator_id == "charged_15_29"
        else one
        for one in catalogue.indicators
    )
    return replace(catalogue, indicators=indicators)


def told(data: DataDirectory) -> Told:
    series = "SELECT area_id, period, value FROM mart.indicator_series WHERE indicator_id = 'charged_15_29'"
    return Told(
        rows={row[0]: row[1:] for row in ask(data, SHOWN)},
        seals=[entry.body for entry in entries_of(data, "baseline_sealed")],
        series={(area_id, period): value for area_id, period, value in ask(data, series)},
    )


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> tuple[DataDirectory, Told, Told, Told]:
    """The samples; a revised baseline that leaves all other periods out; a new year under a new definition."""
    data = good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("baselines") / "data")
    first, folder = told(data), tmp_path_factory.mktemp("delivered")
    lbf_workbook(folder / "rettet.xlsx", [RESIDENTS, (*RINGPARKEN, CHARGED, 2019, 31, 431)])
    deliver(data, the_catalogue(), folder / "rettet.xlsx", LBF, actor="test")
    assert run(data, LBF).problems == ()
    second = told(data)
    lbf_workbook(folder / "ny.xlsx", [RESIDENTS, (*MOTALAVEJ, CHARGED, 2024, 15, 232)])
    deliver(data, the_catalogue(), folder / "ny.xlsx", LBF, actor="test")
    assert run(data, LBF, catalogue=raised(the_catalogue())).problems == ()
    return data, first, second, told(data)


def test_every_baseline_figure_is_sealed_with_its_first_publication_and_never_again(nights):
    data, first, second, third = nights
    (seal,) = first.seals
    assert second.seals == third.seals == [seal]
    kinds = [entry.kind for entry in entries_of(data)]
    assert kinds[kinds.index("baseline_sealed") + 1] == "publication_made"
    assert seal["publication_id"] == entries_of(data, "publication_made")[0].body["publication_id"]
    sealed = {(row["indicator_id"], row["area_id"]) for row in seal["rows"]}
    shown = ask(data, "SELECT indicator_id, area_id FROM core.baseline_figure WHERE value IS NOT NULL")
    assert sealed == set(shown)
    assert len(seal["rows"]) == len(sealed) > 30
    assert unsealed_baselines(data.warehouse) == []


def test_a_revised_baseline_stands_beside_the_signed_one_with_its_cause(nights):
    _, first, second, third = nights
    period, value, signed, because, *_, signed_at, _ = first.rows["ringparken"]
    assert (period, because, signed) == ("2019", None, value)
    for later in (second, third):
        assert later.rows["ringparken"][:4] == ("2019", pytest.approx(31 / 431), signed, "new_delivery")
        assert later.rows["ringparken"][8] == signed_at
    # The total is added up from the revised area.
    assert second.rows["total"][3] == "new_delivery"
    assert second.rows["motalavej"][3] is None


def test_a_delivery_that_leaves_periods_out_leaves_their_figures_as_they_were(nights):
    _, first, second, _ = nights
    changed = {key for key, value in second.series.items() if value != first.series[key]}
    assert second.series.keys() == first.series.keys()
    assert changed == {("ringparken", "2019"), ("total", "2019")}


def test_a_definition_that_changed_after_the_baseline_forbids_the_comparison_where_it_is_used(nights):
    _, _, second, third = nights
    verdicts = {area: (row[5], row[6], row[7], row[9]) for area, row in third.rows.items()}
    assert verdicts["motalavej"] == ("cannot_be_judged", "definition_changed", False, "2")
    assert verdicts["ringparken"] == (second.rows["ringparken"][5], None, True, "1")
    # The total of the latest year has a part that was counted otherwise.
    assert verdicts["total"] == ("cannot_be_judged", "definition_changed", False, "2")
