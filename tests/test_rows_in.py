"""Rows in = rows loaded + rows in quarantine, counted in the built warehouse: else there is no publication."""

from pathlib import Path
from shutil import copyfile

import duckdb
import pytest

from catalogue.errors import PublicationBlockedError
from tests.checking_of import by_one_check
from tests.deliveries_for_tests import ask, entries_of, good_run, run, small_data
from warehouse.deliveries import deliveries, in_force
from warehouse.parsed import parsed_path

pytestmark = pytest.mark.end_to_end

CHECK = "indicator_series_rests_on_every_row_that_came_in"
A_ROW = "(delivery_id, row_number) = (SELECT (delivery_id, row_number) FROM {} ORDER BY ALL LIMIT 1)"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return good_run(tmp_path_factory.getbasetemp()).data


def test_in_the_good_samples_every_row_is_loaded_or_in_quarantine(good):
    outcome = by_one_check(good.warehouse, CHECK)
    assert (outcome.success, outcome.severity, outcome.observed) == (True, "critical", "none found")
    rows_in = sum(one.good["rows_in"] for one in in_force(deliveries(entries_of(good)).values()))
    counted = "(SELECT count(*) FROM {})"
    tables = ("core.observation", "audit.quarantine", "mart.milestone")
    ((loaded, quarantined, milestones),) = ask(good, f"SELECT {', '.join(counted.format(one) for one in tables)}")
    assert min(loaded, quarantined, milestones) > 0
    assert loaded + quarantined + milestones == rows_in


@pytest.mark.parametrize(
    ("table", "change", "by"),
    [
        ("core.observation", "DELETE FROM {table} WHERE {row}", -1),
        ("core.observation", "INSERT INTO {table} SELECT * FROM {table} WHERE {row}", 1),
        ("audit.quarantine", "DELETE FROM {table} WHERE {row}", -1),
        ("audit.quarantine", "INSERT INTO {table} SELECT * FROM {table} WHERE {row}", 1),
        ("mart.milestone", "DELETE FROM {table} WHERE locator = (SELECT min(locator) FROM {table})", -1),
    ],
)
def test_one_row_too_few_or_too_many_is_told_with_its_delivery_and_the_numbers(good, tmp_path, table, change, by):
    copy = Path(copyfile(good.warehouse, tmp_path / "changed.duckdb"))
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as connection:
        before = dict(connection.execute(f"SELECT delivery_id, count(*) FROM {table} GROUP BY ALL").fetchall())
        connection.execute(change.format(table=table, row=A_ROW.format(table)))
        after = dict(connection.execute(f"SELECT delivery_id, count(*) FROM {table} GROUP BY ALL").fetchall())
        [changed] = [name for name in before if after.get(name, 0) != before[name]]
        (rows_in, quarantined) = connection.execute(
            "SELECT rows_in, rows_quarantined FROM ledger.delivery WHERE delivery_id = ?", [changed]
        ).fetchone()
    loaded = rows_in - quarantined
    if table == "audit.quarantine":
        quarantined += by
    else:
        loaded += by
    told = f"delivery_id={changed}, rows_in={rows_in}, rows_loaded={loaded}, rows_quarantined={quarantined}"
    outcome = by_one_check(copy, CHECK)
    assert (outcome.action, outcome.observed) == ("stopped", f"1 found: {told}")


@pytest.mark.parametrize(
    ("select", "by"),
    [("SELECT * FROM reading OFFSET 1", -1), ("FROM reading UNION ALL (FROM reading LIMIT 1)", 1)],
)
def test_a_row_that_is_lost_or_doubled_on_the_way_blocks_the_publication(tmp_path_factory, tmp_path, select, by):
    data = small_data(tmp_path_factory.getbasetemp(), tmp_path / "data")
    before = data.warehouse.read_bytes()
    [delivery] = [one for one in deliveries(entries_of(data)).values() if one.source_id == "ministry_list"]
    change_reading(parsed_path(data, delivery.sha256, delivery.good["reading_version"]), select)
    data.steward.unlink()
    rows_in = delivery.good["rows_in"]
    numbers = f"rows_in={rows_in}, rows_loaded={rows_in + by}, rows_quarantined=0"
    with pytest.raises(PublicationBlockedError, match=f"{CHECK}: .*delivery_id={delivery.delivery_id}, {numbers}"):
        run(data, "ministry_list")
    assert CHECK in entries_of(data, "publication_blocked")[-1].body["problem"]
    assert data.warehouse.read_bytes() == before
    assert len(entries_of(data, "publication_made")) == 1


def change_reading(path, select):
    """Write a delivery's kept rows anew, as a faulty program or disk might have left them."""
    other = path.with_suffix(".changed")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE reading AS FROM read_parquet('{path}')")
        connection.execute(f"COPY ({select}) TO '{other}' (FORMAT parquet)")
    other.replace(path)
