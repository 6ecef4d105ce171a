"""Checks of a built warehouse: what must hold before it may become the publication."""

from pathlib import Path
from shutil import copyfile

import duckdb
import pytest

from tasks.check import check_marts
from tasks.checking.outcomes import is_stopped
from tasks.expectations import for_marts
from tests.deliveries_for_tests import the_catalogue
from warehouse.build import Request, build
from warehouse.snapshots import file_sha256

RINGPARKEN = "WHERE indicator_id = 'daycare_1_5' AND area_id = 'ringparken'"
A_FIGURE = f"""
    INSERT INTO mart.indicator_series BY NAME
    SELECT agreement_id, indicator_id, area_id, 'area' AS area_level, kind, '2023' AS period, 90 AS numerator,
      150 AS denominator, 0.6 AS value, 0.52 AS low, 0.68 AS high, source_id, 'a delivery' AS delivery_id,
      is_synthetic, TIMESTAMP '2026-01-01' AS known_at
    FROM mart.goal_indicator {RINGPARKEN}
"""
A_RELEASE = """
    INSERT INTO core.observation (indicator_id, unit_level, unit_id, period, numerator, denominator, source_id)
    VALUES ('daycare_1_5', 'department', 'fob_23', '2023', {}, 150, 'lbf_boligsociale_data')
"""
JUDGED = f"""
    UPDATE mart.goal_indicator
    SET (verdict, development, development_low, development_high) = ({{}}), verdict_reason = NULL, better = 'higher',
      smallest_detectable_change = 0.1
    {RINGPARKEN}
"""
SEALED = [
    """INSERT INTO ledger.entry (sequence, kind, body) VALUES
    (3, 'baseline_sealed', '{"publication_id": "p1", "agreement_id": "en_faelles_indsats",
      "rows": [{"indicator_id": "daycare_1_5", "area_id": "ringparken", "value": 0.6}]}'),
    (4, 'publication_made', '{"publication_id": "p1"}')"""
]


@pytest.fixture(scope="module")
def without_deliveries(tmp_path_factory) -> Path:
    """A warehouse built from no delivery at all: every cell of the board's table says why it is empty."""
    request = Request((), (), (), the_catalogue(), "run", "2026-11-20T02:00:00+00:00")
    return build(request, tmp_path_factory.mktemp("built") / "warehouse.duckdb")


@pytest.fixture
def changed(tmp_path, without_deliveries, monkeypatch):
    """Gives the outcomes of checking a copy of the warehouse after some statements, by every check or by one."""

    def outcomes_after(*statements: str, only: str = ""):
        chosen = {table: [one for one in checks if only in ("", one.check)] for table, checks in for_marts().items()}
        monkeypatch.setattr("tasks.check.for_marts", lambda: {table: some for table, some in chosen.items() if some})
        copy = Path(copyfile(without_deliveries, tmp_path / "changed.duckdb"))
        with duckdb.connect(str(copy)) as connection:
            for statement in statements:
                connection.execute(statement)
        return check_marts(copy)

    return outcomes_after


def failures(outcomes) -> list[str]:
    return [one.check for one in outcomes if not one.success]


def test_a_warehouse_without_deliveries_holds_and_is_not_changed(without_deliveries):
    before = file_sha256(without_deliveries)
    outcomes = check_marts(without_deliveries)
    assert failures(outcomes) == []
    assert len(outcomes) >= 16
    assert file_sha256(without_deliveries) == before
    assert [path.name for path in without_deliveries.parent.iterdir()] == ["warehouse.duckdb"]
    with duckdb.connect(str(without_deliveries)) as connection:
        assert connection.execute("SELECT count(*) FROM mart.goal_indicator").fetchone() == (40,)


def test_a_figure_of_the_series_that_is_in_order_passes(changed):
    assert failures(changed(A_FIGURE, A_RELEASE.format(6), A_RELEASE.format(0))) == []


@pytest.mark.parametrize(
    ("check", "statements"),
    [
        ("goal_indicator_has_every_cell_of_the_agreement", [f"DELETE FROM mart.goal_indicator {RINGPARKEN}"]),
        (
            "goal_indicator_has_every_row_once",
            [f"INSERT INTO mart.goal_indicator SELECT * FROM mart.goal_indicator {RINGPARKEN}"],
        ),
        (
            "goal_indicator_has_a_value_or_a_reason",
            [f"UPDATE mart.goal_indicator SET missing_reason = NULL {RINGPARKEN}"],
        ),
        ("goal_indicator_gives_a_known_reason", [f"UPDATE mart.goal_indicator SET missing_reason = '0' {RINGPARKEN}"]),
        ("goal_indicator_stays_in_range", [f"UPDATE mart.goal_indicator SET baseline_value = 40 {RINGPARKEN}"]),
        (
            "goal_indicator_has_its_value_within_its_limits",
            [f"UPDATE mart.goal_indicator SET latest_value = 0.5, latest_low = 0.6, latest_high = 0.7 {RINGPARKEN}"],
        ),
        ("goal_indicator_says_what_is_synthetic", [f"UPDATE mart.goal_indicator SET is_synthetic = NULL {RINGPARKEN}"]),
        (
            "goal_indicator_has_traceable_figures",
            [f"UPDATE mart.goal_indicator SET latest_value = 0.5, missing_reason = NULL {RINGPARKEN}"],
        ),
        ("goal_indicator_has_a_verdict", [f"UPDATE mart.goal_indicator SET verdict = 'fine' {RINGPARKEN}"]),
        (
            "goal_indicator_says_why_it_cannot_be_judged",
            [f"UPDATE mart.goal_indicator SET verdict_reason = NULL {RINGPARKEN}"],
        ),
        (
            "goal_indicator_gives_a_known_verdict_reason",
            [f"UPDATE mart.goal_indicator SET verdict_reason = 'unlucky' {RINGPARKEN}"],
        ),
        ("goal_indicator_has_no_verdict_stronger_than_its_interval", [JUDGED.format("'better', 0.1, -0.1, 0.3")]),
        ("goal_indicator_has_no_verdict_stronger_than_its_interval", [JUDGED.format("'worse', 0.2, 0.1, 0.3")]),
        ("goal_indicator_has_its_development_within_its_limits", [JUDGED.format("'better', 0.4, 0.1, 0.3")]),
        ("goal_indicator_has_its_development_within_its_limits", [JUDGED.format("'better', 0.2, NULL, NULL")]),
        (
            "goal_indicator_says_what_could_have_been_seen",
            [
                JUDGED.format("'better', 0.2, 0.1, 0.3"),
                "UPDATE mart.goal_indicator SET smallest_detectable_change = NULL",
            ],
        ),
        (
            "goal_indicator_compares_nothing_across_a_break",
            [f"UPDATE mart.goal_indicator SET series_break = 'brud', change = 0.1 {RINGPARKEN}"],
        ),
        ("goal_indicator_has_a_known_trend", [f"UPDATE mart.goal_indicator SET trend = 'rising' {RINGPARKEN}"]),
        (
            "goal_indicator_shows_the_baseline_as_it_was_signed",
            [*SEALED, f"UPDATE mart.goal_indicator SET baseline_value_as_signed = 0.61 {RINGPARKEN}"],
        ),
        (
            "goal_indicator_says_why_a_baseline_was_revised",
            [f"UPDATE mart.goal_indicator SET baseline_value = 0.7, baseline_value_as_signed = 0.6 {RINGPARKEN}"],
        ),
        ("indicator_series_has_every_row_once", [A_FIGURE, A_FIGURE]),
        ("indicator_series_has_a_value_or_a_reason", [A_FIGURE, "UPDATE mart.indicator_series SET value = NULL"]),
        (
            "indicator_series_gives_a_known_reason",
            [A_FIGURE, "UPDATE mart.indicator_series SET value = NULL, missing_reason = 'lost'"],
        ),
        ("indicator_series_stays_in_range", [A_FIGURE, "UPDATE mart.indicator_series SET value = 60, high = 60"]),
        ("indicator_series_has_its_value_within_its_limits", [A_FIGURE, "UPDATE mart.indicator_series SET low = 0.65"]),
        ("indicator_series_says_what_is_synthetic", [A_FIGURE, "UPDATE mart.indicator_series SET is_synthetic = NULL"]),
        (
            "indicator_series_has_its_gap_within_its_limits",
            [A_FIGURE, "UPDATE mart.indicator_series SET gap = 0.1, gap_low = 0.2, gap_high = 0.3"],
        ),
        (
            "indicator_series_knows_where_figures_come_from",
            [A_FIGURE, "UPDATE mart.indicator_series SET delivery_id = NULL"],
        ),
        ("indicator_series_shows_no_small_count", [A_FIGURE, "UPDATE mart.indicator_series SET numerator = 5"]),
        ("indicator_series_releases_show_no_small_count", [A_RELEASE.format(145)]),
    ],
)
def test_a_mart_that_breaks_a_rule_stops_the_publication(changed, check, statements):
    outcomes = changed(*statements, only=check)
    assert failures(outcomes) == [check]
    assert is_stopped(outcomes)
    [outcome] = outcomes
    assert (outcome.action, outcome.to_body()["severity"]) == ("stopped", "critical")
    assert outcome.failing_rows >= 1


@pytest.mark.parametrize(
    "statement",
    [
        JUDGED.format("'better', 0.2, 0.1, 0.3"),
        JUDGED.format("'worse', -0.2, -0.3, -0.1"),
        JUDGED.format("'no_certain_difference', 0, -0.1, 0"),
        SEALED[0] + f"; UPDATE mart.goal_indicator SET baseline_value_as_signed = 0.6 {RINGPARKEN}",
    ],
)
def test_a_verdict_that_its_interval_carries_and_a_baseline_as_it_was_signed_pass(changed, statement):
    assert failures(changed(statement)) == []


@pytest.mark.parametrize(("counted", "holds"), [(270, True), (271, False)])
def test_a_total_unlike_the_sum_of_its_areas_is_noted(changed, counted, holds):
    others = [A_FIGURE.replace("ringparken", area) for area in ("motalavej", "sydbyen")]
    total = A_FIGURE.replace("'ringparken'", "'total'").replace("'area' AS", "'total' AS")
    total = total.replace("90 AS", f"{counted} AS").replace("150 AS", "450 AS")
    outcomes = changed(A_FIGURE, *others, total)
    assert failures(outcomes) == ([] if holds else ["indicator_series_total_is_the_sum_of_its_areas"])
    assert not is_stopped(outcomes)
