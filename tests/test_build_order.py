"""The order in which a build makes its tables follows from what each reads."""

import json
import re
import threading

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from warehouse.build import _READ_BY_WITHHOLDING
from warehouse.paths import shipped
from warehouse.side_by_side import Step, carry_out
from warehouse.sql_files import MACRO_SCHEMAS, SELECT_SCHEMAS, SqlFile, in_order, sql_files
from warehouse.steward import _SET_ASIDE

FILES = sql_files(SELECT_SCHEMAS)
_NAMED = re.compile(rf"\b(?:{'|'.join(SELECT_SCHEMAS)})\.\w+")


@pytest.mark.parametrize("listed", [list, reversed], ids=["as_listed", "the_other_way_round"])
def test_each_select_comes_after_all_that_it_reads_however_the_files_are_listed(listed):
    made: set[str] = set()
    for file in in_order(listed(FILES)):
        assert file.names & {other.table for other in FILES} <= made, file.table
        made.add(file.table)
    assert {file.table for file in FILES} == made


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.table)
def test_each_file_is_one_select_that_reads_the_tables_that_it_names_as_duckdbs_own_parser_sees_them(file):
    with duckdb.connect() as connection:
        (told,) = connection.execute("SELECT json_serialize_sql(?)", [file.text]).fetchone()
    tree = json.loads(told)
    assert not tree["error"], tree
    assert len(tree["statements"]) == 1
    assert {name for name in file.names if name.partition(".")[0] not in MACRO_SCHEMAS} == read_in(tree)


def read_in(tree) -> set[str]:
    """The tables of a parsed SELECT; a macro for rows is told by name of which table."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        if not isinstance(node, dict):
            continue
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            found.add(f"{node['schema_name']}.{node['table_name']}")
        if node.get("type") == "TABLE_FUNCTION" and node["function"]["schema"] in MACRO_SCHEMAS:
            told = [child["value"]["value"] for child in node["function"]["children"] if "value" in child]
            found.update(name for name in told if "." in str(name))
    return found


def test_files_that_read_each_other_are_refused_by_their_names():
    texts = {"one": "FROM core.two", "two": "SELECT (SELECT max(x) FROM core.one)"}
    files = [SqlFile("core", name, f"-- A table.\n{text}") for name, text in texts.items()]
    with pytest.raises(HelhedsplanError, match=r"in a circle[\s\S]*core.two"):
        in_order(files)


def test_withholding_waits_for_every_table_that_its_sql_names():
    made = {file.table for file in FILES}
    texts = [path.read_text() for path in (shipped("sql").parent / "tasks" / "disclosure").glob("*.py")]
    texts.append(_SET_ASIDE)
    named = {name for text in texts for name in _NAMED.findall(text)} & made
    assert named <= waited_for(_READ_BY_WITHHOLDING)


def waited_for(names) -> set[str]:
    by_table = {file.table: file for file in FILES}
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        found |= waiting
        waiting = {read for name in waiting for read in by_table[name].names} & by_table.keys() - found
    return found


def test_steps_are_carried_out_side_by_side_each_after_those_that_make_what_it_reads():
    both, done = threading.Barrier(2, timeout=60), []

    def step(makes: str, reads: str = "", meet: bool = False) -> Step:
        def make(connection: duckdb.DuckDBPyConnection) -> None:
            if meet:
                both.wait()
            for name in reads.split():
                connection.execute(f"FROM {name}")
            connection.execute(f"CREATE TABLE {makes} AS SELECT 1 AS one")
            done.append(makes)

        return Step(frozenset({makes}), frozenset(reads.split()), make)

    with duckdb.connect() as connection:
        # The first two can only end if they run at the same time.
        steps = [
            step("last", "second other"),
            step("second", "one"),
            step("one", meet=True),
            step("other", meet=True),
        ]
        carry_out(connection, steps)
        assert connection.execute("SELECT count(*) FROM last").fetchone() == (1,)
    assert done.index("one") < done.index("second") < done.index("last")


def test_a_step_that_fails_cuts_its_neighbour_off_and_is_told_and_what_needs_it_is_not_begun():
    both, begun = threading.Barrier(2, timeout=60), []

    def fail(connection: duckdb.DuckDBPyConnection) -> None:
        both.wait()
        connection.execute("FROM nowhere")

    def endless(connection: duckdb.DuckDBPyConnection) -> None:
        both.wait()
        try:
            connection.execute(
                "SELECT sum(one.range % two.range) FROM range(1, 10_000_000) one, range(1, 10_000_000) two"
            )
        except duckdb.InterruptException:
            begun.append("cut off")

    steps = [
        Step(frozenset({"failed"}), frozenset(), fail),
        Step(frozenset({"endless"}), frozenset(), endless),
        Step(frozenset({"after"}), frozenset({"failed"}), lambda _: begun.append("after")),
    ]
    with duckdb.connect() as connection, pytest.raises(duckdb.CatalogException, match="nowhere"):
        carry_out(connection, steps)
    assert begun == ["cut off"]


def test_steps_that_wait_for_each_other_are_refused_by_what_they_make():
    def never(connection: duckdb.DuckDBPyConnection) -> None:
        pytest.fail("a step of a circle was begun")

    circle = [Step(frozenset({"a"}), frozenset({"b"}), never), Step(frozenset({"b"}), frozenset({"a"}), never)]
    told = r"in a circle[\s\S]*(?:a -> b -> a|b -> a -> b)"
    with duckdb.connect() as connection, pytest.raises(HelhedsplanError, match=told):
        carry_out(connection, circle)


def test_nothing_reads_the_numbers_of_corrections_before_withholding_has_emptied_them():
    readers = [file for file in FILES if "catalogue.correction" in file.names]
    assert readers != []
    for file in readers:
        numbers = re.findall(r"\b(?:as_published|corrected|reason)\b", file.text)
        assert numbers == [] or "raw.withheld" in waited_for({file.table}), file.table
