"""The life of rejected rows in the ledger, the letter about them, and that nothing received becomes a formula."""

import zipfile
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from catalogue.errors import HelhedsplanError
from tasks.approve import reject
from tasks.context import Night, Plain
from tasks.expectations import COMMON, for_source
from tasks.quarantine_letter import write_letter
from tasks.quarantine_life import close_by_hand, open_case, tell_what_came_good
from tasks.reporting.folder import checks_in_danish
from tests.checking_of import area_row, checked, municipality_row
from tests.deliveries_for_tests import entries_of, the_catalogue
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.quarantine_cases import cases

LBF = "lbf_boligsociale_data"
ID = f"{LBF}-0123456789ab"
FORMULA = '=HYPERLINK("http://example.org";"klik")'


@pytest.fixture
def data(data_folder) -> DataDirectory:
    """A ledger in which a delivery was received; what its checks make of two rows at fault lies in quarantine."""
    data = DataDirectory(data_folder)
    data.prepare()
    ledger = Ledger(data.ledger)
    file = {"name": "may.xlsx", "sha256": "0" * 64, "size_bytes": 1}
    received = {
        "delivery_id": ID, "source_id": LBF, "part_id": "", "sha256": "0" * 64, "files": [file],
        "is_synthetic": False, "origin": "mail",
    }  # fmt: skip
    ledger.append("delivery_received", received, actor="bo")
    rows = [
        area_row(), municipality_row(),
        area_row(numerator=160, value=None, note=FORMULA, period="2022"),
        area_row(numerator=float("inf"), value=None, unit_name="@SUM(A1)", period="2021"),
    ]  # fmt: skip
    outcomes = checked(data.root.parent, LBF, rows)
    body = outcomes.to_body() | {
        "delivery_id": ID, "check_version": outcomes.quarantine_path.stem, "reading_version": "r1",
    }  # fmt: skip
    open_case(night_of(data), deliveries(ledger.entries())[ID], outcomes.rows_quarantined, outcomes.quarantine_sha256)
    ledger.append("delivery_checked", body, actor="night")
    return data


def night_of(data: DataDirectory) -> Night:
    return Night(data, the_catalogue(), "night", "run-000001", "2026-11-20T10:00:00+00:00", Plain(), ())


def case_of(data: DataDirectory):
    return cases(entries_of(data))[ID]


def test_the_same_rows_found_again_are_no_second_case_and_none_left_close_it(data):
    case, delivery = case_of(data), deliveries(entries_of(data))[ID]
    assert (case.state, case.rows) == ("open", 2)
    open_case(night_of(data), delivery, 2, case.sha256)
    assert len(entries_of(data, "quarantine_opened")) == 1
    open_case(night_of(data), delivery, 1, "another")
    assert (case_of(data).rows, case_of(data).opened_at) == (1, case.opened_at)
    open_case(night_of(data), delivery, 0, None)
    assert (case_of(data).state, case_of(data).closed_how) == ("closed", "let_through")


def test_a_letter_is_ready_to_be_sent_and_stands_in_the_ledger_with_its_digests(data):
    letter = write_letter(data, the_catalogue(), ID, actor="Bo  Steward")
    text = letter.text.read_text("utf-8")
    assert text.startswith("Til Landsbyggefonden (LBF)")
    assert text.endswith("Venlig hilsen\nBo Steward\n")
    for said in ("»may.xlsx«", "2 af dens 4 rækker", "- 1 række: Tallet er uendeligt eller ikke et tal.", ID):
        assert said in text
    (entry,) = entries_of(data, "quarantine_letter_made")
    assert (entry.actor, entry.body["letter_id"], entry.body["rows"]) == ("Bo Steward", "letter-0001", 2)
    assert (case_of(data).state, case_of(data).letter_made_by) == ("letter_made", "Bo Steward")
    assert write_letter(data, the_catalogue(), ID, actor="bo").letter_id == "letter-0002"


def test_nothing_that_was_received_becomes_a_formula_in_the_letters_excel(data):
    excel = write_letter(data, the_catalogue(), ID, actor="bo").excel
    sheet = CalamineWorkbook.from_path(excel).get_sheet_by_index(0).to_python()
    assert [sheet[1][sheet[0].index("Bemærkning")], sheet[2][sheet[0].index("Navn")]] == [FORMULA, "@SUM(A1)"]
    assert [row[sheet[0].index("Tæller")] for row in sheet[1:]] == [160, "inf"]
    with zipfile.ZipFile(excel) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_rows_that_nobody_will_correct_are_closed_by_hand_with_a_reason(data):
    with pytest.raises(HelhedsplanError, match="needs a reason"):
        close_by_hand(data, the_catalogue(), ID, actor="bo", because=" ")
    assert close_by_hand(data, the_catalogue(), ID, actor="bo", because="LBF keeps to its figures")
    assert not close_by_hand(data, the_catalogue(), ID, actor="eva", because="Twice")
    case = case_of(data)
    assert (case.state, case.closed_how, case.closed_by) == ("closed", "by_hand", "bo")
    assert case.closed_because == "LBF keeps to its figures"
    with pytest.raises(HelhedsplanError, match="no rows of this delivery"):
        close_by_hand(data, the_catalogue(), "another", actor="bo", because="No such case")


def test_a_rejected_delivery_takes_its_case_with_it(data):
    reject(data, the_catalogue(), ID, actor="eva", because="The wrong file")
    assert (case_of(data).closed_how, case_of(data).closed_by) == ("rejected", "eva")


def test_a_case_that_is_opened_again_with_the_same_rows_keeps_its_letter(data):
    write_letter(data, the_catalogue(), ID, actor="bo")
    before = case_of(data)
    close_by_hand(data, the_catalogue(), ID, actor="bo", because="LBF keeps to its figures")
    for sha256, letter_id in ((before.sha256, "letter-0001"), ("other rows", None)):
        Ledger(data.ledger).append("quarantine_opened", {"delivery_id": ID, "rows": 2, "sha256": sha256}, actor="n")
        again = case_of(data)
        assert (again.closed_at, again.letter_id, again.opened_at) == (None, letter_id, before.opened_at)


def published(data: DataDirectory, *states: str) -> None:
    """A publication that shows the case's two rows like this; told to the ledger by the night."""
    data.warehouse.unlink(missing_ok=True)
    with duckdb.connect(data.warehouse) as connection:
        connection.execute("CREATE SCHEMA audit; CREATE SCHEMA ledger")
        connection.execute("CREATE TABLE ledger.delivery AS SELECT 'later' AS delivery_id, 'eva' AS approved_by")
        connection.execute(
            f"""CREATE TABLE audit.quarantine AS
            SELECT '{ID}' AS delivery_id, state, CASE state WHEN 'replayed' THEN 'later' END AS replayed_by_delivery_id,
              CASE state WHEN 'rejected_again' THEN 'later' END AS rejected_again_in_delivery_id
            FROM unnest({list(states)}) AS shown (state)"""
        )
    tell_what_came_good(night_of(data), is_new_publication=True)


def test_rows_that_come_again_no_better_wait_in_the_newer_case_alone(data):
    published(data, "open", "rejected_again")
    assert (case_of(data).state, case_of(data).rows_left) == ("partly_replayed", 1)
    published(data, "replayed", "rejected_again")
    case = case_of(data)
    assert (case.state, case.closed_how, case.closed_by) == ("closed", "rejected_again", "night")
    assert case.closed_because == (
        "1 of 2 rows came good in later, approved by eva; "
        "1 of 2 rows were rejected again in later and lie in quarantine there"
    )
    published(data, "open", "open")
    assert (case_of(data).state, case_of(data).rows_left) == ("open", 2)


def test_a_later_file_of_the_source_is_the_corrected_one_that_was_received(data):
    first = entries_of(data, "delivery_received")[0].body
    Ledger(data.ledger).append("delivery_received", first | {"delivery_id": "later", "sha256": "1" * 64}, actor="bo")
    assert (case_of(data).state, case_of(data).corrected_by) == ("corrected_file_received", "later")
    unreadable = {"delivery_id": "later", "run_id": "run-000009", "reading_version": "1", "problem": "no workbook"}
    Ledger(data.ledger).append("delivery_unreadable", unreadable, actor="night")
    assert (case_of(data).state, case_of(data).corrected_by) == ("open", None)


def test_there_is_no_letter_about_a_delivery_without_fault(data):
    first = entries_of(data, "delivery_received")[0].body
    Ledger(data.ledger).append("delivery_received", first | {"delivery_id": "good", "sha256": "1" * 64}, actor="bo")
    with pytest.raises(HelhedsplanError, match="nothing to write about"):
        write_letter(data, the_catalogue(), "good", actor="bo")


def test_every_check_of_a_delivery_says_in_danish_what_is_wrong(repository_root: Path):
    sources = [path.stem for path in (repository_root / "expectations/raw").glob("*.yml") if path.stem != COMMON]
    checks = {one.check for source_id in sources for one in for_source(source_id)}
    assert checks - checks_in_danish().keys() == set()
    assert len(checks) > 20
