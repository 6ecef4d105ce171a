"""The ledger: what was written stays, in its order, and any change by hand is noticed."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from catalogue.errors import LedgerError
from warehouse.ledger import FIRST_PREVIOUS, Ledger, canonical_json, digest_of

KINDS = ["run_started", "delivery_received", "delivery_checked", "run_finished"]


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """A ledger with four entries."""
    found = Ledger(tmp_path / "ledger.jsonl")
    for number, kind in enumerate(KINDS):
        found.append(kind, {"number": number, "område": "Sydbyen"}, actor="Åse", reason="en prøve")
    return found


def lines_of(ledger: Ledger) -> list[bytes]:
    return ledger.path.read_bytes().splitlines(keepends=True)


def test_what_was_written_is_read_again_in_its_order(ledger):
    entries = ledger.entries()
    assert [(one.sequence, one.kind, one.actor, one.reason) for one in entries] == [
        (number, kind, "Åse", "en prøve") for number, kind in enumerate(KINDS, start=1)
    ]
    assert entries[2].body == {"number": 2, "område": "Sydbyen"}
    assert [one.previous for one in entries] == [FIRST_PREVIOUS, *(one.digest for one in entries[:-1])]
    assert ledger.head() == entries[-1]


def test_a_line_is_json_that_anyone_can_check_without_this_program(ledger):
    line = json.loads(lines_of(ledger)[1])
    digest = line.pop("digest")
    assert sorted(line) == ["actor", "body", "kind", "previous", "reason", "sequence", "time"]
    assert digest == digest_of(line)
    assert "Sydbyen" in ledger.path.read_text("utf-8")
    assert "Åse" in ledger.path.read_text("utf-8")


def test_an_empty_ledger_has_no_entries_and_no_head(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    assert ledger.entries() == []
    assert ledger.head() is None


TAMPERING = {
    "a word changed": lambda lines: [lines[0], lines[1].replace(b"Sydbyen", b"Nordbyen"), *lines[2:]],
    "a line removed": lambda lines: [lines[0], *lines[2:]],
    "the first line removed": lambda lines: lines[1:],
    "two lines swapped": lambda lines: [lines[0], lines[2], lines[1], lines[3]],
    "a line told twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_a_change_by_hand_breaks_the_chain_and_the_line_is_named(ledger, tampering):
    ledger.path.write_bytes(b"".join(TAMPERING[tampering](lines_of(ledger))))
    with pytest.raises(LedgerError, match="chain is broken") as found:
        ledger.entries()
    assert "ledger.jsonl, line " in found.value.place
    assert found.value.expected
    assert found.value.found
    assert "restore" in found.value.do


def test_a_digest_that_was_computed_anew_breaks_the_link_to_the_line_after_it(ledger):
    entries = ledger.entries()
    forged = replace(entries[1], body={"number": 100})
    unsigned = {key: value for key, value in json.loads(forged.line()).items() if key != "digest"}
    lines = lines_of(ledger)
    lines[1] = replace(forged, digest=digest_of(unsigned)).line().encode() + b"\n"
    ledger.path.write_bytes(b"".join(lines))
    with pytest.raises(LedgerError, match="chain is broken") as found:
        ledger.entries()
    assert "line 3" in found.value.place


@pytest.mark.parametrize("line", [b"not JSON\n", b"[]\n", b'{"sequence": 5}\n', b"\n"])
def test_a_line_that_is_no_entry_is_named(ledger, line):
    with ledger.path.open("ab") as file:
        file.write(line)
    with pytest.raises(LedgerError, match="no entry") as found:
        ledger.entries()
    assert "line 5" in found.value.place


@pytest.mark.parametrize("cut_bytes", [1, 2, 40])
def test_a_line_that_a_crash_cut_short_was_never_acknowledged_and_is_laid_aside(ledger, cut_bytes):
    whole = ledger.path.read_bytes()
    torn = lines_of(ledger)[3][:-cut_bytes]
    ledger.path.write_bytes(whole[:-cut_bytes])
    assert [one.kind for one in ledger.entries()] == KINDS[:3]
    entry = ledger.append("run_started", {}, actor="Åse")
    assert entry.sequence == 4
    assert [one.kind for one in ledger.entries()] == [*KINDS[:3], "run_started"]
    (aside,) = ledger.path.parent.glob("ledger.jsonl.torn-at-byte-*")
    assert aside.read_bytes() == torn


def test_an_entry_that_is_longer_than_what_is_read_from_the_end_is_followed_like_any_other(ledger):
    ledger.append("delivery_checked", {"outcomes": ["x" * 1000] * 200}, actor="Åse")
    assert ledger.append("run_finished", {}, actor="Åse").sequence == 6
    assert len(ledger.entries()) == 6


def test_a_clock_that_was_set_back_makes_no_later_act_look_earlier(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    unsigned = {
        "sequence": 1, "time": "2999-01-01T00:00:00.000000+00:00", "actor": "Åse", "kind": "run_started",
        "reason": "", "body": {}, "previous": FIRST_PREVIOUS,
    }  # fmt: skip
    ledger.path.write_text(canonical_json(unsigned | {"digest": digest_of(unsigned)}) + "\n", encoding="utf-8")
    ledger.append("run_finished", {}, actor="Åse")
    assert [one.time for one in ledger.entries()] == [unsigned["time"]] * 2


def test_processes_that_write_at_the_same_time_make_one_chain(tmp_path, repository_root):
    ledger = tmp_path / "ledger.jsonl"
    program = (
        "import sys; from pathlib import Path; from warehouse.ledger import Ledger\n"
        "for number in range(40):\n"
        "    Ledger(Path(sys.argv[1])).append('run_started', {'number': number}, actor=sys.argv[2])\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(ledger), name], cwd=repository_root)
        for name in ("first", "second", "third")
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    entries = Ledger(ledger).entries()
    assert len(entries) == 120
    for name in ("first", "second", "third"):
        assert [one.body["number"] for one in entries if one.actor == name] == list(range(40))


def test_a_ledger_that_cannot_be_written_or_read_says_so_in_words(tmp_path):
    (tmp_path / "ledger.jsonl").mkdir()
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for act in (lambda: ledger.append("run_started", {}, actor="Åse"), ledger.entries):
        with pytest.raises(LedgerError, match="cannot be") as found:
            act()
        assert found.value.place == str(ledger.path)
        assert found.value.found
        assert found.value.do


def test_an_entry_is_on_disk_before_it_counts(ledger, monkeypatch):
    forced = []
    forces = os.fsync

    def fsync(descriptor: int) -> None:
        forced.append(os.fstat(descriptor).st_size)
        forces(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    ledger.append("run_finished", {}, actor="Åse")
    assert forced == [ledger.path.stat().st_size]


def test_the_clock_can_be_set_in_a_directory_that_is_marked_and_in_no_other(tmp_path, ledger, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2026-03-31T12:00:00+02:00")
    with pytest.raises(LedgerError, match="must not be set for a ledger of real work"):
        ledger.append("run_started", {}, actor="Åse")
    assert len(ledger.entries()) == len(KINDS)
    marked = Ledger(tmp_path / "marked" / "ledger.jsonl")
    marked.path.parent.mkdir()
    with pytest.raises(LedgerError, match="must not be set"):
        marked.append("run_started", {}, actor="Åse")
    marked.append("data_directory_marked", {"mark": "sample"}, actor="Åse")
    assert marked.append("run_started", {}, actor="Åse").time == "2026-03-31T10:00:00.000000+00:00"
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "i går")
    with pytest.raises(LedgerError, match="no moment"):
        marked.append("run_started", {}, actor="Åse")
