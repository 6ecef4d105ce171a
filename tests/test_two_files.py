"""Two files for two circles: what is withheld stands in no schema of the shared file, and in the steward's alone."""

import shutil
import stat
import struct
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tasks.disclosure.withhold import Withholding
from tests.checking_of import by_one_check
from tests.deliveries_for_tests import the_catalogue
from tests.test_build import AS_OF, DELIVERY, ledger_of, write_quarantine, write_reading
from warehouse.build import Input, Request, build
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import publish, settle
from warehouse.steward import make_steward_file, setting_aside

pytestmark = pytest.mark.end_to_end

PERIOD = "2021"
# Numbers that stand nowhere else, long enough not to turn up in a digest by chance.
# Ringparken has 3 of 791947; what goes with it is Sydbyen; one row lies in quarantine.
SECRET = ("791947", "685733", "642101", "550351")


def row(level: str, name: str, numerator: float, denominator: float) -> tuple:
    return (level, name, "charged_15_29", PERIOD, numerator, denominator, None, None, None)


ROWS = [
    row("area", "Ringparken", 3, 791947),
    row("area", "Sydbyen", 642101, 685733),
    row("area", "Motalavej", 6833, 820903),
    row("agreement", "EFI", 648937, 2298583),
    row("municipality", "330", 2000011, 9000001),
    row("department", "FOB-23", 2, 550351),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("two-files")


@pytest.fixture(scope="module")
def request_and_file(home):
    entries = tuple(ledger_of(home / "ledger.jsonl").entries())
    reading = write_reading(home / "rows.parquet", ROWS)
    quarantine = write_quarantine(home / "quarantine.parquet", reading, 5)
    given = Input(DELIVERY, "lbf_boligsociale_data", reading, quarantine, "reading-1 check-1")
    correction = {
        "source_id": "lbf_boligsociale_data", "indicator_id": "charged_15_29", "unit_level": "area",
        "unit_published_as": "Ringparken", "period": PERIOD, "column": "numerator", "as_published": "3",
        "corrected": "4", "reason": "4 af 791947", "corrected_by": "test", "corrected_on": "2026-01-01",
    }  # fmt: skip
    catalogue = replace(the_catalogue(), corrections=(correction,))
    request = Request((given,), entries, (), catalogue, "run-000001", AS_OF)
    step = Withholding()
    built = build(request, home / "built.duckdb", setting_aside(step, home / "built.duckdb"))
    assert step.report.passed
    return request, built


@pytest.fixture(scope="module")
def steward_file(request_and_file):
    return make_steward_file(*request_and_file)


def ask(path, query):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def places_of(path, texts):
    """Every table and column of a file in which one of these texts stands, numbers written out."""
    query = """SELECT schema_name || '.' || table_name, list(column_name) FROM duckdb_columns() WHERE NOT internal
        GROUP BY ALL"""
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute(query).fetchall()
        assert sum(len(columns) for _, columns in tables) > 200
        found = []
        for table, columns in tables:
            alike = ", ".join(f"coalesce(bool_or({_alike(column, texts)}), false)" for column in columns)
            (answers,) = connection.execute(f"SELECT {alike} FROM {table}").fetchall()
            found += [f"{table}.{column}" for column, stands in zip(columns, answers, strict=True) if stands]
        return found


def _alike(column, texts):
    return " OR ".join(f"contains(\"{column}\"::VARCHAR, '{text}')" for text in texts)


def written_in(path, numbers):
    """The numbers that stand in a file's bytes as text or as DOUBLE, whichever table they belong or belonged to."""
    content = path.read_bytes()
    return [one for one in numbers if one.encode() in content or struct.pack("<d", int(one)) in content]


def test_what_is_withheld_stands_in_no_table_and_column_of_the_shared_file(request_and_file):
    _, built = request_and_file
    assert places_of(built, ("820903",)) != [], "what is shown is found"
    # Also the shares that would tell them.
    assert places_of(built, (*SECRET, str(3 / 791947)[:8], str(642101 / 685733)[:8])) == []


def test_no_row_about_a_withheld_figure_has_any_number_from_which_it_could_be_worked_back(request_and_file):
    """Neither limits, gaps, developments, chi-squared nor the smallest change: whatever is measured is empty there."""
    _, built = request_and_file
    keyed = """SELECT schema_name || '.' || table_name,
            list(column_name) FILTER (data_type = 'DOUBLE' AND NOT contains(column_name, 'municipality')),
            list(column_name) FILTER (column_name IN ('area_id', 'unit_id'))[1]
        FROM duckdb_columns() WHERE NOT internal GROUP BY ALL
        HAVING bool_or(column_name = 'indicator_id') AND bool_or(column_name IN ('area_id', 'unit_id'))
            AND bool_or(data_type = 'DOUBLE')"""
    shown = {}
    with duckdb.connect(built, read_only=True) as connection:
        for table, measured, unit in connection.execute(keyed).fetchall():
            told = " + ".join(f'count("{name}")' for name in measured)
            query = f"""SELECT coalesce(sum(numbers) FILTER ({unit} IN ('ringparken', 'sydbyen')), 0),
                    coalesce(sum(numbers) FILTER ({unit} = 'motalavej'), 0)
                FROM (SELECT {unit}, {told} AS numbers FROM {table}
                    WHERE indicator_id = 'charged_15_29' GROUP BY ALL)"""
            ((of_withheld, shown[table]),) = connection.execute(query).fetchall()
            assert of_withheld == 0, f"{table}: {measured}"
    assert {"core.observation", "core.figure", "mart.indicator_series"} <= {
        one for one, found in shown.items() if found
    }
    assert {"mart.development", "mart.goal_indicator", "mart.trend"} <= shown.keys()


def test_neither_the_macros_nor_the_bytes_of_the_shared_file_tell_what_is_withheld(request_and_file):
    _, built = request_and_file
    queries = [f"audit.explain('sigtede', '{area}')" for area in ("Motalavej", "Ringparken", "Sydbyen", "total")]
    queries += [f"mart.figure_as_known_on('{day}')" for day in ("2026-01-02", "2100-01-01")]
    # The least and the greatest of each block of a column stand in the file too.
    queries += [f"pragma_storage_info('{table}')" for table in ("core.observation", "core.figure", "core.added_up")]
    with duckdb.connect(built, read_only=True) as connection:
        answers = [str(connection.execute(f"FROM {query}").fetchall()) for query in queries]
    assert ["820903" in answer for answer in answers].count(True) >= 4, "what is shown is found"
    bare = [answer.replace(".", "").replace(",", "") for answer in answers]
    assert [query for query, answer in zip(queries, bare, strict=True) if any(one in answer for one in SECRET)] == []
    assert written_in(built, ("820903",)) != [], "what is shown is found"
    assert written_in(built, SECRET) == []


def test_the_steward_has_it_all_and_can_be_read_by_its_owner_alone(steward_file):
    assert stat.S_IMODE(steward_file.stat().st_mode) == 0o600
    rows = ask(
        steward_file, "SELECT unit_id, numerator, denominator, role FROM steward.withheld_observation ORDER BY ALL"
    )
    assert rows == [
        ("ringparken", 3.0, 791947.0, "primary"), ("ringparken", 4.0, 791947.0, "primary"),
        ("sydbyen", 642101.0, 685733.0, "secondary"),
    ]  # fmt: skip
    series = """SELECT numerator FROM {}
        WHERE area_id IN ('ringparken', 'total') AND indicator_id = 'charged_15_29' ORDER BY ALL"""
    assert ask(steward_file, series.format("steward.indicator_series")) == [(4.0,), (648938.0,)]
    assert ask(steward_file, series.format("mart.indicator_series")) == [(None,), (None,)]
    assert ask(steward_file, "SELECT denominator FROM steward.quarantine") == [(550351.0,)]


def test_a_withheld_figure_reaches_the_marts_as_withheld_and_so_does_the_total_that_it_is_part_of(request_and_file):
    _, built = request_and_file
    series = (
        "SELECT area_id, missing_reason FROM mart.indicator_series WHERE indicator_id = 'charged_15_29' ORDER BY ALL"
    )
    assert ask(built, series) == [
        ("motalavej", None), ("municipality", None), ("ringparken", "withheld_here"), ("sydbyen", "withheld_here"),
        ("total", "withheld_here"),
    ]  # fmt: skip
    told = ask(built, "SELECT unit_level, withheld_here, passed FROM audit.disclosure ORDER BY ALL")
    assert told == [("agreement", 0, True), ("area", 3, True), ("municipality", 0, True)]


@pytest.mark.parametrize(("rows_in", "found"), [(len(ROWS), 0), (len(ROWS) + 1, 1)])
def test_the_second_row_of_a_correction_that_is_withheld_counts_as_none_that_came_in(
    tmp_path, request_and_file, rows_in, found
):
    _, built = request_and_file
    copy = Path(shutil.copyfile(built, tmp_path / "counted.duckdb"))
    with duckdb.connect(copy) as connection:
        connection.execute("UPDATE ledger.delivery SET rows_in = ?", [rows_in])
    assert by_one_check(copy, "indicator_series_rests_on_every_row_that_came_in").failing_rows == found


@pytest.mark.parametrize("crash", ["before the ledger", "after the ledger", "none"])
def test_the_stewards_file_is_put_in_place_with_its_publication_whatever_is_cut_off(
    tmp_path, request_and_file, steward_file, crash
):
    request, built = request_and_file
    data = DataDirectory(tmp_path / "data")
    data.prepare()
    mine = tmp_path / "mine.duckdb"
    mine.write_bytes(built.read_bytes())
    own = Path(shutil.copy(steward_file, tmp_path))
    if crash == "before the ledger":
        own.replace(data.published / f"{request.publication_id}.steward.arriving")
    else:
        publish(data, mine, request, actor="test", steward_file=own)
        if crash == "after the ledger":
            data.steward.replace(data.published / f"{request.publication_id}.steward.arriving")
    settle(data, Ledger(data.ledger).entries())
    assert data.steward.exists() is (crash != "before the ledger")
    assert list(data.published.glob("*.arriving")) == []
    if data.steward.exists():
        assert stat.S_IMODE(data.steward.stat().st_mode) == 0o600


def test_a_small_count_beside_a_share_without_its_denominator_is_withheld_too(home):
    told = [
        ("area", "Ringparken", "charged_15_29", PERIOD, 3, None, 0.0333, None, None),
        ("department", "FOB-23", "charged_15_29", PERIOD, 2, None, 0.05, None, None),
        *ROWS[1:3],
    ]
    given = Input(DELIVERY, "lbf_boligsociale_data", write_reading(home / "shares.parquet", told), None, "r c")
    entries = tuple(ledger_of(home / "shares.jsonl").entries())
    request = Request((given,), entries, (), the_catalogue(), "run-000001", AS_OF)
    step = Withholding()
    built = build(request, home / "shares.duckdb", step)
    assert step.report.passed
    small = "SELECT unit_id, numerator, value, missing_reason FROM core.observation WHERE unit_id IN ({}) ORDER BY ALL"
    assert ask(built, small.format("'ringparken', 'fob_23'")) == [
        ("fob_23", None, None, "withheld_here"), ("ringparken", None, None, "withheld_here"),
    ]  # fmt: skip


ADDED_UP = [row("department", name, 2 if name == "FOB-23" else 30, 400) for name in ("FOB-23", "FOB-24")]


@pytest.mark.parametrize(
    ("rows", "marts_lack"),
    [
        ([row("area", "Ringparken", 300, 791947), row("department", "FOB-23", 2, 550351), *ROWS[1:5]], False),
        ([*ADDED_UP, *ROWS[1:5]], True),
    ],
    ids=["departments alone", "departments that their area is added up from"],
)
def test_the_stewards_marts_are_those_of_a_build_that_withholds_nothing(tmp_path, rows, marts_lack):
    given = Input(DELIVERY, "lbf_boligsociale_data", write_reading(tmp_path / "rows.parquet", rows), None, "r c")
    entries = tuple(ledger_of(tmp_path / "ledger.jsonl").entries())
    request = Request((given,), entries, (), the_catalogue(), "run-000001", AS_OF)
    built = build(request, tmp_path / "built.duckdb", setting_aside(Withholding(), tmp_path / "built.duckdb"))
    own, whole = make_steward_file(request, built), build(request, tmp_path / "whole.duckdb")
    assert ("fob_23", 2.0) in ask(own, "SELECT unit_id, numerator FROM steward.withheld_observation")
    for mart in ("indicator_series", "goal_indicator"):
        everything = ask(whole, f"FROM mart.{mart} ORDER BY ALL")
        assert ask(own, f"FROM steward.{mart} ORDER BY ALL") == everything
        assert (ask(built, f"FROM mart.{mart} ORDER BY ALL") != everything) is marts_lack
    assert sorted(path.name for path in tmp_path.glob("built.*")) == ["built.duckdb", "built.steward"]
