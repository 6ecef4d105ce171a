"""Two published files side by side: what the later one shows otherwise, also where the earlier one is of older make."""

from pathlib import Path

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from warehouse.compare import ChangedFigure, changed_figures

ENTRY = (
    "CREATE TABLE ledger.entry AS SELECT sequence::BIGINT AS sequence, kind, body::JSON AS body FROM (VALUES"
    """ (1, 'delivery_approved', '{"delivery_id": "d1"}'), (2, 'delivery_approved', '{"delivery_id": "d2"}'))"""
    " AS entries (sequence, kind, body) WHERE sequence <= "
)


def publication(path: Path, newest_entry: int, *statements: str) -> Path:
    """A published file with the tables that are compared, of so many ledger entries."""
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA ledger; CREATE SCHEMA mart")
        connection.execute(f"{ENTRY}{newest_entry}")
        connection.execute("CREATE TABLE ledger.build AS SELECT 'p' || ? AS publication_id", [newest_entry])
        connection.execute(
            "CREATE TABLE ledger.delivery AS SELECT body ->> 'delivery_id' AS delivery_id, true AS is_in_force"
            " FROM ledger.entry"
        )
        for statement in statements:
            connection.execute(statement)
    return path


def series(columns: str, *rows: str) -> str:
    return f"CREATE TABLE mart.indicator_series AS FROM (VALUES {', '.join(rows)}) AS rows ({columns})"


KEY = "agreement_id, indicator_id, area_id, period"
OLD_SERIES = series(f"{KEY}, value, missing_reason, delivery_id", "('a', 'i', 'x', '2023', 0.5, NULL, 'd1')")
NEW_SERIES = series(
    f"{KEY}, value, missing_reason, delivery_id, delivery_ids, numerator, verdict",
    "('a', 'i', 'x', '2023', 0.25, NULL, 'd2', ['d2'], 5, 'no column that is compared')",
)
FRESHNESS = "CREATE TABLE mart.freshness AS SELECT 's' AS source_id, '' AS part_id, {} AS state, 'd1' AS delivery_id"


def test_files_of_older_make_are_compared_by_the_columns_that_they_have(tmp_path):
    earlier = publication(tmp_path / "1.duckdb", 1, OLD_SERIES, FRESHNESS.format("'fresh'"))
    later = publication(tmp_path / "2.duckdb", 2, NEW_SERIES, FRESHNESS.format("'late'"))
    of_figure = {"cause": "new_delivery", "old_delivery_id": "d1", "new_delivery_id": "d2", "was_shown": True}
    assert changed_figures(earlier, later) == [
        ChangedFigure("a", "i", "x", "2023", "numerator", None, 5.0, source_id=None, **of_figure),
        ChangedFigure("a", "i", "x", "2023", "value", 0.5, 0.25, source_id=None, **of_figure),
        ChangedFigure(None, None, None, None, "state", "fresh", "late", "time_passed", "d1", "d1", "s", True),
    ]
    assert changed_figures(later, later) == []


def test_a_verdict_that_turns_has_the_cause_of_the_figure_that_it_rests_on(tmp_path):
    verdict = """CREATE TABLE mart.goal_indicator AS SELECT 'a' AS agreement_id, 'i' AS indicator_id, 'x' AS area_id,
        '2023' AS latest_period, '{}' AS verdict, {} AS verdict_reason, 'd2' AS delivery_id"""
    earlier = publication(tmp_path / "1.duckdb", 1, OLD_SERIES, verdict.format("better", "NULL"))
    later = publication(tmp_path / "2.duckdb", 2, NEW_SERIES, verdict.format("cannot_be_judged", "'withheld'"))
    found = [
        (one.column, one.old, one.new, one.cause)
        for one in changed_figures(earlier, later)
        if one.column.startswith("verdict")
    ]
    assert found == [
        ("verdict", "better", "cannot_be_judged", "new_delivery"),
        ("verdict_reason", None, "withheld", "new_delivery"),
    ]


def test_what_is_no_publication_is_refused_in_words(tmp_path):
    (tmp_path / "notes.txt").write_text("no warehouse")
    with pytest.raises(HelhedsplanError, match="cannot be compared"):
        changed_figures(tmp_path / "notes.txt", tmp_path / "nothing.duckdb")
