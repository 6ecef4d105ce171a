"""What a publisher is told of a file that cannot be read: Danish for every fault that a reader knows, and no advice."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from catalogue.errors import DeliveryError
from tasks.inbox import waiting
from tasks.letter_faults import fault_in_danish, place_in_danish
from tasks.quarantine_letter import write_letter
from tasks.reporting.folder import checks_in_danish, texts
from tests.deliveries_for_tests import the_catalogue
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

# Faults of our own, which no publisher mends.
OURS = ("the delivery could not be read", "does not describe JSON documents")


def faults_of_readers(root: Path) -> Iterator[str]:
    """What each DeliveryError of a reader begins with, anything put into it written as 1."""
    for path in sorted((root / "tasks/reading").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DeliveryError":
                what = node.args[0]
                parts = what.values if isinstance(what, ast.JoinedStr) else [what]
                yield "".join(one.value if isinstance(one, ast.Constant) else "1" for one in parts)


def test_every_fault_that_a_reader_knows_has_its_own_danish_sentence(repository_root: Path):
    faults = [one.replace("1 missing", "columns are missing") for one in faults_of_readers(repository_root)]
    assert len(faults) > 25
    not_read = texts("da")["letter"]["not_read"]
    assert [one for one in faults if fault_in_danish(one) == not_read and not any(ours in one for ours in OURS)] == []


def test_every_critical_check_has_its_danish_sentence(repository_root: Path):
    files = (repository_root / "expectations/raw").glob("*.yml")
    checks = [one for path in files for one in yaml.safe_load(path.read_text("utf-8"))]
    critical = {one["check"] for one in checks if one["severity"] == "critical"}
    assert len(critical) > 5
    assert critical - checks_in_danish().keys() == set()


@pytest.fixture
def unreadable(data_folder) -> tuple[DataDirectory, str]:
    data = DataDirectory(data_folder)
    data.prepare()
    delivery_id, source_id = "lbf_boligsociale_data-0123456789ab", "lbf_boligsociale_data"
    received = {
        "delivery_id": delivery_id, "source_id": source_id, "part_id": "", "sha256": "0" * 64, "is_synthetic": False,
        "files": [{"name": "may.xlsx", "sha256": "0" * 64, "size_bytes": 1}], "origin": "mail",
    }  # fmt: skip
    problem = DeliveryError(
        "columns are missing: Nævner", place="may.xlsx, sheet Data, row 4", found="Niveau", do="change the contract"
    )
    ledger = Ledger(data.ledger)
    ledger.append("delivery_received", received, actor="bo")
    body = {"delivery_id": delivery_id, "run_id": "run-000001", "reading_version": "r1", "problem": str(problem)}
    ledger.append("delivery_unreadable", body, actor="night")
    return data, delivery_id


def test_the_letter_about_an_unreadable_file_is_danish_alone_and_speaks_of_no_rows(unreadable):
    data, delivery_id = unreadable
    letter = write_letter(data, the_catalogue(), delivery_id, actor="bo")
    text = letter.text.read_text("utf-8")
    assert (letter.about, letter.excel) == ("unreadable_file", None)
    for said in ("en fil, som vi ikke kan læse", "Filen mangler kolonner, som vi venter: Nævner.", "ark Data, række 4"):
        assert said in text
    for ours in ("Rækkerne tages i brug", "rækker, som vi ikke", "do this", "contract", "missing", "expected"):
        assert ours not in text


def test_a_place_is_told_in_danish_and_left_out_where_it_is_not_known():
    assert place_in_danish("fault\n  where:    a.csv, b.csv and 2 more, line 7") == "a.csv, b.csv og 2 mere, linje 7"
    assert place_in_danish("fault") == ""


def test_an_unreadable_file_leaves_the_inbox_once_a_newer_one_of_its_part_was_checked_and_comes_back_without_it(
    unreadable,
):
    data, delivery_id = unreadable
    ledger = Ledger(data.ledger)
    first = next(one.body for one in ledger.entries() if one.kind == "delivery_received")

    def checked(newer: str, part_id: str) -> None:
        ledger.append("delivery_received", first | {"delivery_id": newer, "part_id": part_id}, actor="bo")
        ledger.append("delivery_checked", {"delivery_id": newer, "rows_in": 1}, actor="night")
        ledger.append("delivery_awaits_approval", {"delivery_id": newer, "policy": "steward"}, actor="night")

    checked("of another part", "other")
    assert [one.state for one in waiting(data, the_catalogue())] == ["unreadable", "awaiting_approval"]
    checked("newer", "")
    assert [one.state for one in waiting(data, the_catalogue())] == ["awaiting_approval", "awaiting_approval"]
    ledger.append("delivery_rejected", {"delivery_id": "newer"}, actor="eva", reason="The wrong file too")
    assert delivery_id in [one.delivery_id for one in waiting(data, the_catalogue())]
