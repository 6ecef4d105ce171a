"""Every table and column says what it holds: in the warehouse itself, and in the help of `helhedsplan sql`."""

import json
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.deliveries_for_tests import the_catalogue
from warehouse.build import Request, build
from warehouse.column_comments import meaning_of
from warehouse.paths import shipped


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Path:
    """A warehouse of which nothing has been delivered: every table, no rows."""
    data = tmp_path_factory.mktemp("described")
    request = Request((), (), (), the_catalogue(), "run-000001", "2026-01-01T00:00:00+00:00")
    return build(request, data / "warehouse.duckdb")


def asked(warehouse: Path, query: str) -> list[tuple]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(query).fetchall()


def columns_of(warehouse: Path) -> list[tuple[str, str, str | None]]:
    return asked(
        warehouse,
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal",
    )


def test_every_table_and_view_says_what_it_holds(warehouse):
    query = """SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal
        UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal"""
    found = dict(asked(warehouse, query))
    assert len(found) >= 33
    assert [table for table, comment in found.items() if not comment] == []


def test_every_column_says_what_it_means(warehouse):
    found = columns_of(warehouse)
    assert len(found) > 400
    assert sorted({f"{table}.{column}" for table, column, comment in found if not comment}) == []


def test_no_meaning_is_stated_of_what_is_not_there(warehouse):
    found = columns_of(warehouse)
    content = yaml.safe_load((shipped("sql") / "columns.yml").read_text("utf-8"))
    assert sorted(content["columns"].keys() - {column for _, column, _ in found}) == []
    stated = {(table, column) for table, meanings in content["tables"].items() for column in meanings}
    assert sorted(stated - {(table, column) for table, column, _ in found}) == []


def test_a_table_may_mean_something_else_by_the_same_name():
    assert meaning_of("mart.freshness", "state") != meaning_of("audit.action", "state")
    assert meaning_of("mart.goal_indicator", "no_such_column") is None


@pytest.fixture(autouse=True)
def described(warehouse, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(warehouse.parent))


def test_the_help_of_sql_lists_tables_and_describes_one(run):
    tables = json.loads(run("sql", "--tables", "--json")[1])
    assert tables[0]["table"].startswith("mart.")
    assert {"mart.goal_indicator", "audit.duty", "ledger.entry"} <= {one["table"] for one in tables}
    described = json.loads(run("sql", "--describe", "Mart.Goal_Indicator", "--json")[1])
    assert {"column": "verdict", "type": "VARCHAR", "means": meaning_of("mart.goal_indicator", "verdict")} in described
    assert "better or" not in run("sql", "--describe", "audit.duty")[1]


def test_the_help_of_sql_lists_macros_with_their_parameters_and_describes_one(run):
    listed = {one["table"]: one["holds"] for one in json.loads(run("sql", "--tables", "--json")[1])}
    gap_low = "stat.gap_low(x_area, n_area, x_municipality, n_municipality)"
    assert {gap_low, "mart.figure_as_known_on(day)"} <= set(listed)
    macros = {name: holds for name, holds in listed.items() if "(" in name}
    assert {name.partition(".")[0] for name in macros} == {"mart", "audit", "stat"}
    assert [name for name, holds in macros.items() if not holds] == []
    for asked in ("stat.gap_low", gap_low):
        (described,) = json.loads(run("sql", "--describe", asked, "--json")[1])
        assert described["parameters"] == "x_area, n_area, x_municipality, n_municipality"
        assert described["means"] == listed[gap_low]
        assert described["means"].startswith("Lower 95 % limit")


def test_what_cannot_be_described_is_said(run):
    code, _, told = run("sql", "--describe", "mart.nothing")
    assert (code, "there is no such table or macro" in told) == (1, True)
    assert run("sql")[0] == 2
    assert run("sql", "from mart.freshness", "--tables")[0] == 2
