"""Recording a meeting: what the ledger then says, and each thing that is refused."""

import json
import re
import sys
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from catalogue.errors import HelhedsplanError
from catalogue.people import Person
from flows import cli
from tasks.meeting_file import read_meeting
from tasks.meetings import meetings, record_meeting
from tests.deliveries_for_tests import entries_of, the_catalogue
from tests.meetings_for_tests import MINUTES, a_meeting, an_action, an_item, written
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

FIRST, SECOND, BLOCKED = "20260301T020000-aaaaaaaa", "20260315T020000-bbbbbbbb", "20260310T020000-cccccccc"


@pytest.fixture
def data(data_folder, monkeypatch) -> DataDirectory:
    """A ledger with two publications and a blocked one, on a clock that stands on 12 June 2026."""
    data = DataDirectory(data_folder)
    data.prepare()
    ledger = Ledger(data.ledger)
    told = [
        ("2026-01-01", "data_directory_marked", {"mark": "sample"}),
        ("2026-03-01", "publication_made", {"publication_id": FIRST}),
        ("2026-03-10", "publication_blocked", {"publication_id": BLOCKED, "problem": "en prøve"}),
        ("2026-03-15", "publication_made", {"publication_id": SECOND}),
    ]
    for day, kind, body in told:
        monkeypatch.setenv("HELHEDSPLAN_CLOCK", f"{day}T02:00:00+00:00")
        ledger.append(kind, body, actor="test")
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2026-06-12T12:00:00+00:00")
    return data


def publication(data: DataDirectory, publication_id: str) -> Entry:
    return next(one for one in entries_of(data, "publication_made") if one.body["publication_id"] == publication_id)


def record(data: DataDirectory, tmp_path, meeting: dict, minutes: bytes | None = MINUTES):
    return record_meeting(data, the_catalogue(), written(tmp_path / "m", meeting, minutes), actor="Åse")


def recorded(data: DataDirectory) -> list[dict]:
    return meetings(entries_of(data))


def test_a_meeting_is_tied_to_the_publication_whose_digest_stands_on_the_paper(data, tmp_path):
    digest = publication(data, SECOND).digest
    result = record(data, tmp_path, a_meeting(digest[:16], "2026-06-10"))
    assert (result.publication_id, result.superseded_by, result.is_new) == (SECOND, None, True)
    (entry,) = entries_of(data, "meeting_recorded")
    assert (entry.actor, entry.body["publication_digest"]) == ("Åse", digest)
    assert entry.body["meeting_id"] == "en_faelles_indsats-2026-06-10"
    (item,) = [one for one in entry.body["indicators"] if one["indicator_id"] == "feels_safe"]
    told = {"action": "Spørg skolerne", "owner": "Bo Prøve", "due": "2026-09-01"}
    assert item["actions"] == [told | {"action_id": "en_faelles_indsats-2026-06-10-1"}]
    minutes = entry.body["minutes"]
    assert minutes["reference"] == "Sag 26/0012, punkt 4"
    kept = data.snapshots / "minutes" / minutes["sha256"] / minutes["name"]
    assert kept.read_bytes() == MINUTES
    assert file_sha256(kept) == minutes["sha256"]


def test_the_same_file_again_is_nothing_new(data, tmp_path):
    meeting = a_meeting(SECOND, "2026-06-10")
    assert [record(data, tmp_path, meeting).is_new for _ in range(2)] == [True, False]
    assert len(entries_of(data, "meeting_recorded")) == 1


def test_a_meeting_on_a_superseded_publication_is_recorded_and_says_so(data, tmp_path):
    assert record(data, tmp_path, a_meeting(FIRST, "2026-06-10")).superseded_by == SECOND
    assert recorded(data)[0]["superseded_by"] == SECOND
    assert record(data, tmp_path, a_meeting(FIRST, "2026-03-12")).superseded_by is None, "it was the newest that day"


def test_a_meeting_that_is_recorded_otherwise_needs_a_reason_and_then_counts(data, tmp_path):
    record(data, tmp_path, a_meeting(SECOND, "2026-06-10"))
    changed = a_meeting(SECOND, "2026-06-10", present=[{"name": "Anne Prøve"}])
    with pytest.raises(HelhedsplanError, match="recorded already and says otherwise"):
        record(data, tmp_path, changed)
    assert record(data, tmp_path, changed | {"corrects": "Bo var ikke til stede."}).is_new
    assert [len(one["present"]) for one in recorded(data)] == [1]
    assert entries_of(data, "meeting_recorded")[-1].reason == "Bo var ikke til stede."


def test_a_later_meeting_says_which_actions_are_done(data, tmp_path):
    record(data, tmp_path, a_meeting(FIRST, "2026-03-12"))
    done = [{"action": "en_faelles_indsats-2026-03-12-1", "note": "Sendt 1. april"}]
    record(data, tmp_path, a_meeting(SECOND, "2026-06-10", actions_done=done))
    assert recorded(data)[1]["actions_done"] == [{"action_id": done[0]["action"], "note": done[0]["note"]}]


def test_only_a_board_secretary_records_a_meeting_once_people_are_registered(data_folder, tmp_path, monkeypatch):
    data = DataDirectory(data_folder)
    data.prepare()
    ledger = Ledger(data.ledger)
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2026-03-01T02:00:00+00:00")
    ledger.append("data_directory_marked", {"mark": "scripted"}, actor="test")
    made = ledger.append("publication_made", {"publication_id": FIRST}, actor="test")
    people = (
        Person(person_id="secretary_1", name="Sekretariatet", roles=("board_secretary",)),
        Person(person_id="steward_1", name="Dataansvarlig", roles=("steward",)),
    )
    catalogue = replace(the_catalogue(), people=people)
    file = written(tmp_path / "m", a_meeting(made.digest[:16], "2026-03-01"))
    for stranger in ("steward_1", "Åse"):
        with pytest.raises(HelhedsplanError, match="may not record a board meeting"):
            record_meeting(data, catalogue, file, actor=stranger)
    assert record_meeting(data, catalogue, file, actor="sekretariatet").is_new
    assert entries_of(data)[-1].actor == "secretary_1"


REFUSED = {
    "a publication that never existed": ({"publication": "f" * 16}, "publication that was made"),
    "a publication that was blocked": ({"publication": BLOCKED}, "was blocked on 2026-03-10"),
    "a digest that is too short": ({"publication": "abc"}, "key publication"),
    "a day before the publication was made": ({"date": "2026-03-14"}, "a day from 2026-03-15"),
    "a day that is still to come": ({"date": "2026-06-13"}, "to 2026-06-12"),
    "an unknown agreement": ({"agreement": "another"}, "one of en_faelles_indsats"),
    "an unknown indicator": ({"indicators": [an_item("residents")]}, "one of daycare_1_5"),
    "an indicator twice": ({"indicators": [an_item("feels_safe")] * 2}, "each indicator once"),
    "an action that nobody decided": ({"actions_done": [{"action": "x"}]}, "an action of an earlier meeting"),
    "an action due before the meeting": (
        {"indicators": [an_item("feels_safe", actions=[an_action("2026-06-09")])]},
        "a due date from 2026-06-10",
    ),
    "two actions under one id": (
        {"indicators": [an_item("feels_safe", actions=[an_action(), an_action(action="Ring")])]},
        "each action once",
    ),
    "nobody present": ({"present": []}, "key present"),
    "a key that is not known": ({"chair": "Bo"}, "key chair"),
    "a mark that turns the line": ({"present": [{"name": "Bo \u202egpj.exe"}]}, r"U\+202E"),
    "no minutes": ({"minutes": {"reference": "Sag 1", "file": "mangler.pdf"}}, "no such file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_recorded(data, tmp_path, case):
    changes, told = REFUSED[case]
    with pytest.raises(HelhedsplanError, match=told):
        record(data, tmp_path, a_meeting(SECOND, "2026-06-10") | changes)
    assert entries_of(data, "meeting_recorded") == []


def archive(*names: str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return content.getvalue()


def with_minutes(tmp_path, name: str, content: bytes | None = None) -> dict:
    """A meeting whose minutes are called so, and lie there if there is content."""
    if content is not None:
        (tmp_path / "m").mkdir(exist_ok=True)
        (tmp_path / "m" / name).write_bytes(content)
    return a_meeting(SECOND, "2026-06-10", minutes={"reference": "Sag 1", "file": name})


BAD_MINUTES = {
    "a Windows program": ("a.pdf", b"MZ\x90\x00" + bytes(100), "a program"),
    "a Linux program that is named PDF": ("a.pdf", b"\x7fELF" + bytes(100), "a program"),
    "a script": ("a.txt", b"#!/bin/sh\nrm -rf .\n", "a program"),
    "a batch file": ("run.bat", b"@echo off\r\ndel *\r\n", "ends in .bat"),
    "a script of PowerShell": ("run.PS1", b"Remove-Item *\n", "ends in .ps1"),
    "a script of Visual Basic": ("run.txt.vbs", b"MsgBox 1\n", "ends in .vbs"),
    "a page with a script": ("a.html", b"<script>alert(1)</script>", "ends in .html"),
    "a page that is named PDF": ("a.pdf", b"<script>alert(1)</script>", "not those of a .pdf file"),
    "a file without a kind": ("passwd", b"root:x:0:0\n", "ends in nothing"),
    "nothing": ("a.pdf", b"", "0 bytes"),
    "huge": ("a.pdf", b"%PDF-" + bytes((50 << 20) + 1), "52428806 bytes"),
    "a document with macros": ("a.docx", archive("word/document.xml", "word/vbaProject.bin"), "with macros"),
    "an archive": ("a.docx", archive("a.exe"), "no text document"),
    "half an archive": ("a.docx", archive("word/document.xml")[:40], "a damaged archive"),
    "bytes of no kind": ("a.txt", bytes(range(256)), "no text in UTF-8"),
}


@pytest.mark.parametrize("case", BAD_MINUTES)
def test_minutes_that_are_no_document_are_refused_by_their_name_or_bytes(data, tmp_path, case):
    name, content, told = BAD_MINUTES[case]
    with pytest.raises(HelhedsplanError, match=told):
        record(data, tmp_path, with_minutes(tmp_path, name, content), None)
    assert entries_of(data, "meeting_recorded") == []
    assert not (data.snapshots / "minutes").exists()


GOOD_MINUTES = {
    "referat.docx": archive("word/document.xml"),
    "referat.ODT": archive("content.xml"),
    "referat.rtf": b"{\\rtf1 M\\'f8det}",
    "referat.txt": "Mødet åbnedes.\n".encode(),
    "referat.md": b"# Referat\n",
}


@pytest.mark.parametrize("name", GOOD_MINUTES)
def test_minutes_may_be_a_word_document_or_text(data, tmp_path, name):
    assert record(data, tmp_path, with_minutes(tmp_path, name, GOOD_MINUTES[name]), None).is_new


def test_minutes_lie_in_the_folder_of_the_meetings_file_or_below_it(data, tmp_path):
    inside, outside = tmp_path / "m", tmp_path / "hemmeligt.txt"
    (inside / "referater").mkdir(parents=True)
    outside.write_text("Noget andet.\n", "utf-8")
    (inside / "link.txt").symlink_to(outside)
    for name in ("/etc/passwd", str(outside), "../hemmeligt.txt", "referater/../../hemmeligt.txt", "link.txt"):
        with pytest.raises(HelhedsplanError, match="outside the folder"):
            record(data, tmp_path, with_minutes(tmp_path, name), None)
    assert entries_of(data, "meeting_recorded") == []
    assert record(data, tmp_path, with_minutes(tmp_path, "referater/juni.pdf", MINUTES), None).is_new


def test_the_command_line_records_and_lists_meetings(data, tmp_path, monkeypatch, capsys):
    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["helhedsplan", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        return capsys.readouterr().out

    file = written(tmp_path / "m", a_meeting(FIRST, "2026-06-10", present=[{"name": "=cmd()"}]))
    assert f"superseded by then: {SECOND}" in run("meeting", "record", str(file), "--by", "Åse")
    assert "Nothing new" in run("meeting", "record", str(file), "--by", "Åse")
    (listed,) = json.loads(run("meetings", "--json"))
    assert (listed["publication_id"], listed["present"][0]["name"]) == (FIRST, "=cmd()")
    row = run("meetings").splitlines()[-1]
    assert "en_faelles_indsats-2026-06-10" in row
    assert row.endswith("Åse")


def test_the_file_that_the_board_is_shown_is_understood(data, tmp_path, repository_root):
    text = (repository_root / "docs" / "board.md").read_text("utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    file = written(tmp_path / "m", a_meeting(SECOND, "2026-06-10"))
    file.write_text(shown, encoding="utf-8")
    meeting = read_meeting(file)
    assert (meeting.date.isoformat(), len(meeting.indicators), len(meeting.actions_done)) == ("2026-03-12", 2, 1)
