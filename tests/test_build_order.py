"""The order in which the SELECTs are run follows from what each reads."""

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from warehouse.sql_files import SELECT_SCHEMAS, SqlFile, in_order, sql_files, tables_read


@pytest.mark.parametrize("listed", [list, reversed], ids=["as_listed", "the_other_way_round"])
def test_each_select_comes_after_all_that_it_reads_however_the_files_are_listed(listed):
    files = list(listed(sql_files(SELECT_SCHEMAS)))
    with duckdb.connect() as connection:
        ordered = in_order(connection, files)
        made: set[str] = set()
        for file in ordered:
            assert tables_read(connection, file) & {other.table for other in files} <= made, file.table
            made.add(file.table)
    assert {file.table for file in files} == made


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"one": "FROM core.two", "two": "SELECT (SELECT max(x) FROM core.one)"}, r"in a circle[\s\S]*core.two"),
        ({"one": "DELETE FROM core.two"}, r"is not one SELECT[\s\S]*sql/core/one.sql"),
        ({"one": "SELECT 1; SELECT 2"}, r"is not one SELECT[\s\S]*sql/core/one.sql"),
        ({"one": "SELEC 1"}, r"is not one SELECT[\s\S]*sql/core/one.sql"),
    ],
)  # fmt: skip
def test_sql_that_has_no_order_is_refused_by_its_file(texts, told):
    files = [SqlFile("core", name, f"-- A table.\n{text}") for name, text in texts.items()]
    with duckdb.connect() as connection, pytest.raises(HelhedsplanError, match=told):
        in_order(connection, files)
