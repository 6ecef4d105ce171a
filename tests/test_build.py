"""A build makes the same warehouse of the same inputs, whole, described, and in the order that its SQL asks for."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from tasks.explain import explain
from tasks.reporting.explained import explained_in_words
from tests.deliveries_for_tests import the_catalogue
from warehouse.build import ExpectedDelivery, Input, Request, build
from warehouse.described import fingerprints
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import last_publication, publish, settle
from warehouse.query import run_query
from warehouse.reading_columns import READING_COLUMNS
from warehouse.sql_files import MACRO_SCHEMAS, SELECT_SCHEMAS, sql_files

DELIVERY = "lbf_boligsociale_data-0123456789ab"
INDICATOR, MARKS = "charged_15_29", "grade_average_danish_mathematics"
AS_OF = "2026-11-23T01:00:00+00:00"
WITHHELD = "withheld_by_source"
# level, code, indicator, period, numerator, denominator, value, deviation, reason
ROWS = [
    ("department", "SB-12", INDICATOR, "2023", 10, 20, None, None, None),
    ("department", "FOB-34", INDICATOR, "2023", 10, 80, None, None, None),
    ("area", "Ringparken", INDICATOR, "2023", None, None, None, None, WITHHELD),
    ("area", "Motalavej", INDICATOR, "2023", 12, 10, None, None, None),
    ("municipality", "330", INDICATOR, "2023", 300, 12000, None, None, None),
    ("department", "BK-15", MARKS, "2023/2024", None, 7, 6.1, 2.3, None),
    ("department", "BK-21", MARKS, "2023/2024", None, 11, 4.3, 3.1, None),
    ("department", "BK-35", MARKS, "2023/2024", None, 13, 9.7, 1.9, None),
]
ROW_COLUMNS = (
    "unit_level, unit_code, indicator_id, period, numerator, denominator, value, standard_deviation, missing_reason"
)
BAD_ROW = 3
PREVIOUS = {"ledger.shown_before", "ledger.publication_before", "ledger.revised_before", "ledger.verdict_before"}


def write_reading(path: Path, rows: list[tuple]) -> Path:
    """A reading as tasks/read.py leaves it: one Parquet row per published row, with its place."""
    columns = ", ".join(f"{name} {kind}" for name, kind in READING_COLUMNS.items())
    places = [(*row, "data.xlsx", f"Data!D{number}", 0) for number, row in enumerate(rows, start=5)]
    marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in places)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE reading ({columns}, valid_votes DOUBLE)")
        statement = f"INSERT INTO reading ({ROW_COLUMNS}, file_name, place, first_line) VALUES {marks}"
        connection.execute(statement, [value for row in places for value in row])
        connection.execute(f"COPY reading TO '{path}' (FORMAT parquet)")
    return path


def write_quarantine(path: Path, reading: Path, row_number: int) -> Path:
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (SELECT * EXCLUDE (file_row_number), file_row_number AS row_number,
            'data.xlsx, Data!D8' AS locator, ['numerator_at_most_denominator'] AS failed_checks,
            'for stor' AS because, 'numerator=12' AS found
            FROM read_parquet('{reading}', file_row_number = true) WHERE file_row_number = {row_number})
            TO '{path}' (FORMAT parquet)"""
        )
    return path


def ledger_of(path: Path) -> Ledger:
    """A ledger in which the delivery was received, checked and approved."""
    ledger = Ledger(path)
    received = {"delivery_id": DELIVERY, "source_id": "lbf_boligsociale_data", "part_id": "", "sha256": "0123456789ab"}
    received |= {"original_name": "data.xlsx", "is_synthetic": True, "origin": "test", "files": []}
    outcomes = [
        {"check": "there_are_rows", "success": True},
        {"check": "numerator_at_most_denominator", "success": False},
    ]
    ledger.append("run_started", {"run_id": "run-000001"}, actor="steward")
    ledger.append("delivery_received", received, actor="steward")
    ledger.append("delivery_checked", {"delivery_id": DELIVERY, "rows_in": 8, "outcomes": outcomes}, actor="steward")
    ledger.append("delivery_approved", {"delivery_id": DELIVERY}, actor="steward")
    return ledger


@pytest.fixture(scope="module")
def catalogue():
    return the_catalogue()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="module")
def nothing(catalogue):
    return Request((), (), (), catalogue, "run-000001", AS_OF)


@pytest.fixture(scope="module")
def request_of(catalogue, home):
    """A build's request for these rows; the row that is at fault lies in quarantine."""
    entries = tuple(ledger_of(home / "ledger.jsonl").entries())
    expected = (ExpectedDelivery("lbf_boligsociale_data", "", "2027-05-01", "2027-06-15", "fresh", None),)

    def requested(name: str, rows: list[tuple]) -> Request:
        reading = write_reading(home / f"{name}.parquet", rows)
        at_fault = [number for number, row in enumerate(rows) if row == ROWS[BAD_ROW]]
        quarantine = write_quarantine(home / f"{name}-quarantine.parquet", reading, at_fault[0]) if at_fault else None
        given = Input(DELIVERY, "lbf_boligsociale_data", reading, quarantine, "reading-1 check-1")
        return Request((given,), entries, expected, catalogue, "run-000001", AS_OF)

    return requested


@pytest.fixture(scope="module")
def full(request_of):
    return request_of("full", ROWS)


@pytest.fixture(scope="module")
def empty_build(nothing, home):
    return build(nothing, home / "new_folder" / "empty.duckdb")


@pytest.fixture(scope="module")
def full_build(full, home):
    return build(full, home / "full.duckdb")


def ask(file: Path, question: str) -> list[tuple]:
    return list(run_query(file, question).rows)


def test_before_anything_came_the_boards_table_has_its_forty_rows_and_a_reason_in_each(empty_build):
    rows = ask(
        empty_build,
        """SELECT count(*), count(DISTINCT indicator_id), count(DISTINCT indicator_number), count(DISTINCT area_id),
        count(latest_value), list(DISTINCT missing_reason), list(DISTINCT baseline_missing_reason),
        list(DISTINCT municipality_missing_reason), bool_or(is_synthetic) FROM mart.goal_indicator""",
    )
    assert rows == [(40, 10, 9, 4, 0, ["not_delivered"], ["not_delivered"], ["not_delivered"], False)]
    filled = {table: marks["rows"] for table, marks in fingerprints(empty_build).items() if marks["rows"]}
    assert filled == {"mart.comparison": 40, "mart.development": 40, "mart.goal_indicator": 40}


# Board and auditor ask for these by name.
PROMISED = {
    "mart.goal_indicator": """agreement_id goal_id goal indicator_number indicator_id indicator area_id area unit better
        baseline_period baseline_value baseline_municipality latest_period latest_value latest_low latest_high
        latest_municipality change change_municipality missing_reason series_break source_id delivery_id
        definition_version is_synthetic known_at development development_low development_high verdict verdict_reason
        smallest_detectable_change municipality_uncertainty_left_out baseline_low baseline_high
        baseline_municipality_missing_reason baseline_period_as_signed baseline_value_as_signed
        baseline_municipality_as_signed baseline_signed_at baseline_revised_because trend trend_chi2""",
    "mart.indicator_series": """agreement_id goal_id goal indicator_number indicator_id indicator role kind unit better
        area_level area_id area municipality_code period period_start period_end numerator denominator value low high
        missing_reason series_break instrument wording note source_id delivery_id definition_version is_synthetic
        known_at gap gap_low gap_high municipality_uncertainty_left_out""",
    "mart.freshness": "source_id part_id received_at newest_period expected_next late_after state is_synthetic",
    "mart.cross_check": "indicator_id period municipality_value cross_check_value difference tolerance state",
    "audit.figure_trace": """agreement_id indicator_id area_id period source_id delivery_id snapshot_sha256 locator
        checks_passed checks_failed run_id publication_id""",
    "audit.delivery": "delivery_id source_id part_id snapshot_sha256 received_at received_by state",
    "audit.check_outcome": "delivery_id check_id severity because success",
    "audit.quarantine": "delivery_id row_number locator failed_checks because found",
    "audit.run": "run_id started_at finished_at outcome",
    "audit.publication": "publication_id as_of inputs_digest",
}


@pytest.mark.parametrize("table", PROMISED)
def test_the_tables_that_outsiders_use_have_the_columns_that_were_promised(empty_build, table):
    found = {name for name, *_ in ask(empty_build, f"DESCRIBE {table}")}
    assert set(PROMISED[table].split()) - found == set()


def test_scratch_tables_and_raw_rows_are_gone_from_what_is_published(full_build):
    schemas = (
        "SELECT DISTINCT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'main' ORDER BY ALL"
    )
    assert [name for (name,) in ask(full_build, schemas)] == [
        "audit", "catalogue", "core", "ledger", "mart", "read", "stat"
    ]  # fmt: skip
    built = {file.table for file in sql_files(SELECT_SCHEMAS) if file.kind != "scratch"}
    tables = "SELECT schema || '.' || name FROM (SHOW ALL TABLES)"
    assert {name for (name,) in ask(full_build, tables) if not name.startswith(("catalogue.", "ledger."))} == {
        name for name in built if not name.startswith("ledger.")
    }


def test_every_table_and_view_says_what_it_holds(full_build):
    silent = ask(
        full_build,
        """SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL
        SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''""",
    )
    assert silent == []
    comment = "SELECT comment FROM duckdb_tables() WHERE schema_name = 'mart' AND table_name = 'goal_indicator'"
    ((told,),) = ask(full_build, comment)
    assert told.startswith("The board's table: one row per agreement")
    assert "kind:" not in told


def test_the_same_request_builds_the_same_rows_in_every_mart(full, full_build, home):
    again = build(full, home / "again.duckdb")
    assert fingerprints(again) == fingerprints(full_build)
    assert set(fingerprints(full_build)) == {f"mart.{file.name}" for file in sql_files(["mart"])}


def test_the_order_of_the_delivered_rows_changes_no_digit(request_of, full_build, home):
    turned_round = build(request_of("turned_round", ROWS[::-1]), home / "turned_round.duckdb")
    assert fingerprints(turned_round) == fingerprints(full_build)


def test_departments_become_an_area_and_every_other_cell_says_why_it_is_empty(full_build):
    cells = ask(
        full_build,
        f"""SELECT area_id, value, numerator, denominator, added_up_from, missing_reason, is_synthetic
        FROM mart.indicator_series WHERE indicator_id = '{INDICATOR}' ORDER BY area_order""",
    )
    assert cells == [
        ("motalavej", None, None, None, None, "rejected_by_a_check", False),
        ("ringparken", None, None, None, None, WITHHELD, True),
        ("sydbyen", 0.2, 20.0, 100.0, "department", None, True),
        ("total", None, None, None, "area", WITHHELD, True),
        ("municipality", 0.025, 300.0, 12000.0, None, None, True),
    ]


def test_an_empty_figure_is_explained_by_the_check_that_rejected_its_row_and_by_the_rows_place(full_build):
    (one,) = explain(full_build, INDICATOR, "motalavej", "2023")
    danish, english = ([f"{label}: {text}" for label, text in explained_in_words(one, to)] for to in ("da", "en"))
    assert danish[0].endswith("i Motalavej i 2023: afvist af en kontrol.")
    rejected = "Afvist række: data.xlsx, Data!D8: Tælleren er større end nævneren (numerator_at_most_denominator)."
    assert rejected in danish
    assert "Rejected row: data.xlsx, Data!D8: for stor (numerator_at_most_denominator)." in english
    (other,) = explain(full_build, INDICATOR, "sydbyen", "2023")
    assert other["rows_rejected"] == []


def test_an_added_up_figure_leads_to_the_cells_that_it_was_made_of(full_build):
    trace = ask(
        full_build,
        f"""SELECT part_id, numerator, locator, snapshot_sha256, checks_passed, checks_failed, received_by, run_id
        FROM audit.figure_trace WHERE indicator_id = '{INDICATOR}' AND area_id = 'sydbyen' ORDER BY ALL""",
    )
    whole = ("0123456789ab", 1, 1, "steward", "run-000001")
    assert trace == [
        ("fob_34", 10.0, "data.xlsx, Data!D6", *whole),
        ("slagelse_boligselskab_12", 10.0, "data.xlsx, Data!D5", *whole),
    ]


def test_every_figure_of_the_series_leads_to_at_least_one_delivered_row(full_build):
    lost = """SELECT area_id, indicator_id, period FROM (FROM mart.indicator_series WHERE value IS NOT NULL) AS shown
        ANTI JOIN audit.figure_trace USING (agreement_id, indicator_id, area_id, period)"""
    assert ask(full_build, lost) == []


def test_a_rejected_row_is_kept_whole_and_loaded_nowhere(full_build):
    assert ask(
        full_build, "SELECT delivery_id, row_number, locator, failed_checks, found, numerator FROM audit.quarantine"
    ) == [(DELIVERY, BAD_ROW, "data.xlsx, Data!D8", ["numerator_at_most_denominator"], "numerator=12", 12.0)]
    assert ask(full_build, "SELECT count(*) FROM core.observation") == [(len(ROWS) - 1,)]


def test_an_auditor_can_compute_a_printed_limit_again_with_sql_alone(full_build):
    question = f"""SELECT low = stat.wilson_low(numerator, denominator), high = stat.wilson_high(numerator, denominator)
        FROM mart.indicator_series WHERE indicator_id = '{INDICATOR}' AND value IS NOT NULL"""
    assert ask(full_build, question) == [(True, True)] * 2


@pytest.fixture(scope="module")
def corrected(full):
    """The full build's request with one count of a department corrected from 10 to 11."""
    correction = {
        "source_id": "lbf_boligsociale_data", "indicator_id": INDICATOR, "unit_level": "department",
        "unit_published_as": "SB-12", "period": "2023", "column": "numerator", "as_published": "10",
        "corrected": "11", "reason": "told by the publisher", "corrected_by": "steward", "corrected_on": "2026-11-22",
    }  # fmt: skip
    return replace(full, catalogue=replace(full.catalogue, corrections=(correction,), digest="another"))


CORRECTION = "SELECT as_published, corrected, reason, corrected_by FROM catalogue.correction"


def test_a_correction_takes_effect_in_the_build_that_knows_it(full, corrected, home):
    built = build(corrected, home / "corrected.duckdb")
    question = f"SELECT numerator FROM mart.indicator_series WHERE area_id = 'sydbyen' AND indicator_id = '{INDICATOR}'"
    assert ask(built, question) == [(21.0,)]
    assert ask(built, CORRECTION) == [(10, 11, "told by the publisher", "steward")]
    assert corrected.inputs_digest != full.inputs_digest


def test_a_published_file_can_be_read_by_the_older_duckdb_too(full_build):
    ((tags,),) = ask(full_build, "SELECT tags FROM duckdb_databases() WHERE database_name = 'full'")
    assert tags["storage_version"].startswith("v1.5.0")
    assert not full_build.with_name("full.duckdb.wal").exists()


def test_counts_that_no_check_caught_stop_the_build_and_name_the_table(request_of, home):
    wrong = [("area", "Motalavej", INDICATOR, "2022", 12, 10, None, None, None)]
    with pytest.raises(HelhedsplanError, match=r"(?s)last publication stands\n.*/indicator_series\.sql\n.*wilson"):
        build(request_of("wrong", wrong), home / "wrong.duckdb")


def test_rows_that_are_no_longer_there_stop_the_build_in_words(full, home):
    gone = replace(full, inputs=(replace(full.inputs[0], reading=home / "gone.parquet"),))
    with pytest.raises(HelhedsplanError, match=r"could not be built[\s\S]*gone.parquet[\s\S]*do this:"):
        build(gone, home / "gone.duckdb")


def test_a_build_without_memory_asks_for_memory_and_not_for_disk(full, home):
    def fill_the_memory(connection, request):
        connection.execute("SET memory_limit = '1MB'; SELECT list(x) FROM range(10_000_000) AS numbers (x)")

    with pytest.raises(HelhedsplanError, match="Out of Memory") as raised:
        build(full, home / "without_memory.duckdb", fill_the_memory)
    assert "more memory" in raised.value.do


def test_every_table_that_a_select_reads_is_made_by_somebody(empty_build):
    by_python = ("parsed", "milestone", "quarantined", "published_before", "withheld", "attacked")
    given = {*PREVIOUS, *(f"raw.{name}" for name in by_python)} | {
        f"{schema}.{name}" for schema, name in ask(empty_build, "SELECT schema, name FROM (SHOW ALL TABLES)")
    }
    macros = {file.table for file in sql_files(MACRO_SCHEMAS)}
    read = {name for file in sql_files(SELECT_SCHEMAS) for name in file.names} - macros
    assert read - given - {file.table for file in sql_files(SELECT_SCHEMAS)} == set()


def test_inputs_digest_follows_from_what_figures_follow_from_and_not_from_the_hour(full):
    stale = replace(full.expected[0], state="late")
    others = [
        replace(full, inputs=()),
        replace(full, inputs=(replace(full.inputs[0], version="reading-1 check-2"),)),
        replace(full, catalogue=replace(full.catalogue, digest="another")),
        replace(full, expected=(stale,)),
    ]
    assert len({one.inputs_digest for one in [full, *others]}) == len(others) + 1
    later = replace(full, as_of="2026-11-24T01:00:00+00:00", run_id="run-000002")
    assert later.inputs_digest == full.inputs_digest
    digest = full.inputs_digest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.build.code_digest", lambda *_: "other code")
        assert replace(full).inputs_digest != digest
    assert (full.publication_id[:16], later.publication_id[:16]) == ("20261123T010000-", "20261124T010000-")


@pytest.fixture
def data(data_folder):
    directory = DataDirectory(data_folder)
    directory.prepare()
    return directory


def copied(built: Path, data: DataDirectory) -> Path:
    target = data.building / "run-000001" / built.name
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(built, target))


def test_a_publication_is_kept_written_into_the_ledger_with_its_fingerprints_and_made_current(data, full, full_build):
    published = publish(data, copied(full_build, data), full, actor="steward")
    (entry,) = Ledger(data.ledger).entries()
    assert entry.body["tables"] == fingerprints(full_build)
    assert entry.body["tables"]["mart.goal_indicator"]["rows"] == 40
    assert entry.body["deliveries"] == [DELIVERY]
    assert last_publication([entry]) == published
    kept = data.published / f"{full.publication_id}.duckdb"
    assert data.warehouse.read_bytes() == kept.read_bytes() == full_build.read_bytes()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o200) == (0o444, 0o200)
    assert sorted(path.name for path in data.root.iterdir() if "warehouse" in path.name) == ["warehouse.duckdb"]


def test_the_next_publication_replaces_the_current_one_and_keeps_the_one_before(
    data, nothing, full, empty_build, full_build
):
    publish(data, copied(empty_build, data), nothing, actor="steward")
    before = data.warehouse.read_bytes()
    publish(data, copied(full_build, data), full, actor="steward")
    assert (data.published / f"{nothing.publication_id}.duckdb").read_bytes() == before
    assert data.warehouse.read_bytes() == full_build.read_bytes()


def test_a_crash_between_ledger_and_current_file_is_settled_by_the_next_run(
    data, nothing, full, empty_build, full_build
):
    publish(data, copied(full_build, data), full, actor="steward")
    stale = copied(empty_build, data)
    data.warehouse.unlink()
    shutil.move(stale, data.warehouse)
    (data.building / "run-000002").mkdir(parents=True)
    settle(data, Ledger(data.ledger).entries())
    assert data.warehouse.read_bytes() == full_build.read_bytes()
    assert not data.building.exists()


def test_a_missing_current_file_comes_back_from_the_publication_that_the_ledger_names(data, full, full_build):
    publish(data, copied(full_build, data), full, actor="steward")
    data.warehouse.unlink()
    settle(data, Ledger(data.ledger).entries())
    assert data.warehouse.read_bytes() == full_build.read_bytes()


def test_fingerprints_see_one_changed_figure_and_not_the_order_of_rows(tmp_path):
    def made(name: str, select: str) -> dict:
        with duckdb.connect(tmp_path / name) as connection:
            connection.execute("CREATE SCHEMA mart")
            connection.execute(f"CREATE TABLE mart.figure AS {select}")
        return fingerprints(tmp_path / name)["mart.figure"]

    figures = "SELECT one, one / 7 AS value FROM range(1000) AS figure (one)"
    first = made("first.duckdb", figures)
    assert first["rows"] == 1000
    assert made("turned_round.duckdb", f"{figures} ORDER BY one DESC") == first
    assert made("changed.duckdb", figures.replace("one / 7", "one / 7 + (one = 500)::INTEGER * 1e-12")) != first
    assert made("shorter.duckdb", f"{figures} LIMIT 999") != first
