"""The readers' connection answers questions about the publication, and does nothing else."""

import hashlib
import subprocess
import sys

import duckdb
import pytest

from catalogue.errors import HelhedsplanError, QueryRefusedError
from warehouse.query import MOST_ROWS, in_time, open_published, run_query


@pytest.fixture
def published(tmp_path):
    """A file with one table, as a publication is one, alone in its folder."""
    home = tmp_path / "data"
    home.mkdir()
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute("CREATE TABLE mart.figure (area VARCHAR, value DOUBLE, known_on DATE)")
        connection.execute(
            "INSERT INTO mart.figure VALUES ('Korsør – Ærø, Ågade', 0.5, '2026-05-01'), ('Sydbyen', NULL, NULL)"
        )
    (home / "warehouse.duckdb").chmod(0o444)
    return home / "warehouse.duckdb"


@pytest.fixture
def stranger(tmp_path):
    """A file that is none of the reader's business."""
    path = tmp_path / "other.csv"
    path.write_text("secret\n1\n", encoding="utf-8")
    return path


def test_a_question_is_answered_with_columns_types_and_danish_letters_intact(published):
    result = run_query(published, "FROM mart.figure ORDER BY area")
    assert result.columns == ("area", "value", "known_on")
    assert result.types == ("VARCHAR", "DOUBLE", "DATE")
    assert [row["area"] for row in result.as_dicts()] == ["Korsør – Ærø, Ågade", "Sydbyen"]
    assert run_query(published, "SELECT area AS område FROM mart.figure WHERE area LIKE '%ø%'").columns == ("område",)


@pytest.mark.parametrize(
    "question",
    [
        "SHOW ALL TABLES",
        "DESCRIBE mart.figure",
        "SUMMARIZE mart.figure",
        "EXPLAIN FROM mart.figure",
        "WITH a AS (FROM mart.figure) SELECT count(*) FROM a;",
        "-- a comment\nTABLE mart.figure",
    ],
)
def test_every_way_of_looking_is_allowed(published, question):
    assert run_query(published, question).rows


@pytest.mark.parametrize(
    "statement",
    [
        "COPY mart.figure TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{folder}/out.parquet'",
        "EXPLAIN ANALYZE COPY mart.figure TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "FROM read_text('{stranger}')",
        "FROM read_csv('{stranger}')",
        "FROM '{stranger}'",
        "FROM glob('{folder}/*')",
        "ATTACH '{folder}/another.duckdb'",
        "ATTACH ':memory:' AS another",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "SET enable_external_access = true",
        "RESET memory_limit",
        "PRAGMA threads = 1",
        "USE mart",
        "INSERT INTO mart.figure VALUES ('x', 1, NULL)",
        "UPDATE mart.figure SET value = 1",
        "DELETE FROM mart.figure",
        "DROP TABLE mart.figure",
        "CREATE TABLE mart.other AS SELECT 1",
        "CREATE TEMP TABLE other AS SELECT 1",
        "CREATE MACRO other() AS 1",
        "CALL pragma_version()",
        "BEGIN",
        "CHECKPOINT",
        "FROM mart.figure; FROM mart.figure",
        "FROM mart.figure; COPY mart.figure TO '{folder}/out.csv'",
        "SELEKT 1",
        "FROM mart.nothing_of_the_kind",
        "SELECT ?",
        "",
        "-- nothing but a comment",
    ],
)
def test_anything_but_one_reading_statement_is_refused_and_leaves_no_trace(published, stranger, statement):
    before = hashlib.sha256(published.read_bytes()).hexdigest()
    with pytest.raises(QueryRefusedError) as refused:
        run_query(published, statement.format(folder=published.parent, stranger=stranger))
    assert refused.value.do
    assert refused.value.found
    assert [path.name for path in published.parent.iterdir()] == ["warehouse.duckdb"]
    assert hashlib.sha256(published.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("COPY mart.figure TO 'out.csv'", "found:    COPY"),
        ("FROM read_text('/etc/hostname')", "disabled by configuration"),
        ("ATTACH 'another.duckdb'", "found:    ATTACH"),
        ("SET threads = 1", "found:    SET"),
        ("-- LOAD\n/* it */ install httpfs", "found:    INSTALL"),
        ("FROM mart.figure; (SELECT 1)", "found:    FROM, SELECT"),
        ("FROM mart.figur", 'Did you mean "figure"'),
        ("", "found:    nothing"),
    ],
)
def test_a_refusal_says_what_was_found_and_what_to_do_instead(published, statement, told):
    with pytest.raises(QueryRefusedError) as refused:
        run_query(published, statement)
    assert told in str(refused.value)
    assert "do this:" in str(refused.value)


def test_a_reader_cannot_reach_the_variables_of_the_program(published):
    figure = duckdb.sql("SELECT 1 AS secret").arrow()
    with pytest.raises(QueryRefusedError, match="figure does not exist"):
        run_query(published, "FROM figure")
    assert figure is not None


def test_the_settings_are_locked_also_for_who_holds_the_connection(published):
    with open_published(published) as connection:
        for setting in ("SET enable_external_access = true", "SET memory_limit = '8GB'"):
            with pytest.raises(duckdb.InvalidInputException, match="configuration has been locked"):
                connection.execute(setting)
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("CREATE TABLE mart.other AS SELECT 1")


@pytest.mark.parametrize(
    "question",
    [
        "SELECT count(*) FROM range(1_000_000_000_000)",
        "SELECT * FROM range(1_000_000_000_000) AS few (one) WHERE hash(one) % 1_000_000_000 = 0",
    ],
)
def test_a_question_that_takes_too_long_is_stopped(published, question):
    with pytest.raises(QueryRefusedError, match=r"too long and was stopped\n  expected: an answer within 0.1 seconds"):
        run_query(published, question, seconds=0.1)


def test_an_answer_that_is_too_long_is_refused_before_it_fills_the_memory(published):
    assert len(run_query(published, f"FROM range({MOST_ROWS})").rows) == MOST_ROWS
    with pytest.raises(QueryRefusedError, match=f"at most {MOST_ROWS} rows"):
        run_query(published, f"FROM range({MOST_ROWS + 1})")


def test_an_answer_of_huge_cells_is_refused_before_it_fills_the_memory(published):
    """Each cell is within DuckDB's limit; together they would be 800 MB in Python, four times as much as is allowed."""
    with pytest.raises(QueryRefusedError, match="the answer needs too much memory"):
        run_query(published, "SELECT repeat('x', 20_000) FROM range(40_000)", memory="200MB")


def test_an_answer_that_takes_too_long_to_write_out_is_stopped_too():
    rows = [(number,) for number in range(1000)]
    assert list(in_time(rows, 30)) == rows
    with pytest.raises(QueryRefusedError, match=r"writing the answer out took too long[\s\S]*within 0 seconds"):
        list(in_time(rows, 0))


def test_a_question_that_needs_too_much_memory_is_refused_and_writes_nothing_to_disk(published):
    with pytest.raises(QueryRefusedError, match="too much memory"):
        run_query(published, "FROM range(20_000_000) ORDER BY hash(range)", memory="50MB")
    assert [path.name for path in published.parent.iterdir()] == ["warehouse.duckdb"]


def test_before_the_first_publication_it_says_what_to_run(tmp_path):
    with pytest.raises(HelhedsplanError, match=r"no published warehouse yet[\s\S]*helhedsplan refresh"):
        run_query(tmp_path / "warehouse.duckdb", "SELECT 1")


def test_a_file_that_is_no_warehouse_is_told_as_such(tmp_path):
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(HelhedsplanError, match=r"cannot be opened[\s\S]*not a valid DuckDB database file"):
        run_query(tmp_path / "warehouse.duckdb", "SELECT 1")


def test_two_programs_may_ask_at_the_same_time(published):
    program = """
import pathlib, sys
from warehouse.query import run_query
print(run_query(pathlib.Path(sys.argv[1]), sys.argv[2]).rows)
"""
    with open_published(published):
        asked = subprocess.run(
            [sys.executable, "-c", program, str(published), "SELECT count(*) FROM mart.figure"],
            capture_output=True,
            text=True,
            check=True,
        )
    assert asked.stdout.strip() == "((2,),)"
