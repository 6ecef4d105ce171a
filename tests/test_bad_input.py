"""Files that cannot be used, taken through a whole night that already has a good publication.

All of them come in one night, with one good file of another source between them. Each is refused in words and
kept; the good one goes through; every other figure stays as it was. What each reader makes of each fault is in
test_bad_files*.py, test_statbank*.py and test_valg_dk.py; tests/README.md lists every row of bad input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tasks.receive import deliver
from tasks.summary import RunSummary
from tests.deliveries_for_tests import (
    AGREEMENT_FIGURES,
    ELECTION,
    LBF_WORKBOOK,
    MINISTRY_LIST,
    OLE_MAGIC,
    PASSWORD_PROTECTED,
    SURVEY,
    Spoil,
    archive_of,
    ask,
    bytes_of,
    columns_of_csv,
    delivered_bytes,
    election,
    entries_of,
    good_data,
    kept_bytes,
    marts,
    part_of_workbook,
    replaced,
    run,
    the_catalogue,
)
from warehouse.ledger import Entry
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
LBF, SURVEY_ID, VALG, MINISTRY = "lbf_boligsociale_data", "tryghedssurvey", "valg_dk", "ministry_list"
ENTITIES = b'?><!DOCTYPE bomb [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
WEB_PAGE = b"<!DOCTYPE html>\n<html><body>Log ind med MitID</body></html>"


@dataclass(frozen=True)
class Bad:
    """A file that cannot be used: how it is spoilt, and words that its message must say."""

    source_id: str
    name: str
    spoil: Spoil
    where: str
    expected: str
    found: str


def cut_short(path: Path) -> None:
    path.write_bytes(LBF_WORKBOOK.read_bytes()[:20_000])


def climbing_archive(path: Path) -> None:
    documents = [(file.name, file.read_bytes()) for file in ELECTION.glob("*.json")]
    archive_of([*documents, ("../../outside.json", b"{}")])(path)


def one_district_twice(documents: dict[str, Any]) -> None:
    name, document = next(iter(documents.items()))
    more = {"AfgivneStemmer": document["AfgivneStemmer"] + 1, "GyldigeStemmer": document["GyldigeStemmer"] + 1}
    documents[f"igen {name}"] = document | more


def one_district_less(documents: dict[str, Any]) -> None:
    documents.pop(next(iter(documents)))


def in_another_order(documents: dict[str, Any]) -> None:
    """The fields of every document the other way round: other bytes, the same figures."""
    documents.update({name: dict(reversed(document.items())) for name, document in documents.items()})


def uncomputed(sheet: bytes) -> bytes:
    """The first cell with a decimal number becomes a formula that nobody has computed."""
    return re.sub(rb"<v>\d+\.\d+</v>", b"<f>SUM(A1:A2)</f>", sheet, count=1)


def bad(source_id: str, name: str, spoil: Spoil, *words: str) -> Bad:
    return Bad(source_id, name, spoil, *words)


NOT_ACCEPTED = "an Excel workbook (.xlsx) or a CSV file"
MAIN_PART, STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
BAD = {
    "an empty file": bad(LBF, "tom.xlsx", bytes_of(b""), "tom.xlsx", NOT_ACCEPTED, "an empty file"),
    "a workbook cut short": bad(LBF, "afbrudt.xlsx", cut_short, "afbrudt.xlsx", "whole .xlsx", "not a zip file"),
    "a web page as a workbook": bad(LBF, "side.xlsx", bytes_of(WEB_PAGE), "side.xlsx", NOT_ACCEPTED, "a web page"),
    "a workbook with a password": bad(
        LBF, "laast.xlsx", bytes_of(PASSWORD_PROTECTED), "laast.xlsx", NOT_ACCEPTED, "protected by a password"
    ),
    "an old workbook": bad(
        LBF, "gammel.xls", bytes_of(OLE_MAGIC + bytes(1000)), "gammel.xls", NOT_ACCEPTED, "an old Excel workbook"
    ),
    "a zip bomb": bad(
        LBF, "bombe.xlsx", archive_of([("xl/media/image1.bin", bytes(64 << 20))], LBF_WORKBOOK),
        "bombe.xlsx", "at most 250 times the packed size", "bytes that unpack to 67,",
    ),
    "an XML entity bomb": bad(
        LBF, "entiteter.xlsx", part_of_workbook(STRINGS, lambda part: part.replace(b"?>", ENTITIES, 1)),
        "entiteter.xlsx/xl/sharedStrings.xml", "XML without a DOCTYPE", "a DOCTYPE",
    ),
    "an archive that climbs out": bad(
        VALG, "KV-2025-11-18.zip", climbing_archive,
        "KV-2025-11-18.zip, member '../../outside.json'", "below the archive's own folder", "../../outside.json",
    ),
    "a workbook that climbs out": bad(
        LBF, "klatrer.xlsx", archive_of([("../outside.xml", b"<x/>")], LBF_WORKBOOK),
        "klatrer.xlsx, member '../outside.xml'", "below the archive's own folder", "../outside.xml",
    ),
    "UTF-16": bad(
        SURVEY_ID, "utf16.csv", replaced(SURVEY, "Motalavej", "Motalavej", "cp1252", "utf-16"),
        "utf16.csv", "utf-8 or cp1252", "UTF-16",
    ),
    "the letters of DOS": bad(
        SURVEY_ID, "dos.csv", replaced(SURVEY, "–", "-", "cp1252", "cp865"), "dos.csv, line 3", "Område", "Omr†de"
    ),
    "a column missing": bad(
        SURVEY_ID, "uden_andel.csv", columns_of_csv(SURVEY, lambda cells: cells[:6] + cells[7:], "cp1252"),
        "uden_andel.csv, line 3", "Andel (pct)", "Niveau, Område, Bølge, Instrument, Spørgsmål, Antal svar, Designeff",
    ),
    "a column twice": bad(
        SURVEY_ID, "to_andele.csv", columns_of_csv(SURVEY, lambda cells: [*cells, cells[6]], "cp1252"),
        "to_andele.csv", "one column Andel (pct)", "2 columns Andel (pct)",
    ),
    "a column renamed": bad(
        LBF, "omdoebt.xlsx", part_of_workbook(STRINGS, lambda part: part.replace("Opgørelse".encode(), b"Opgjort")),
        "omdoebt.xlsx, sheet Data, row 6", "Opgørelse", "Opgjort",
    ),
    "a sheet missing": bad(
        LBF, "ark.xlsx", part_of_workbook(MAIN_PART, lambda part: part.replace(b'name="Data"', b'name="Ark1"')),
        "ark.xlsx", "sheet Data", "sheet Ark1, sheet Vejledning",
    ),
    "formulas without stored values": bad(
        LBF, "formler.xlsx", part_of_workbook("xl/worksheets/sheet1.xml", uncomputed),
        "formler.xlsx, Data!", "a value in every cell", "1 formula that no program has computed",
    ),
    "a polling district twice, unlike": bad(
        VALG, "KV-2025-11-18 dobbelt", election(one_district_twice),
        "and 16 more", "Two counts of one polling district cannot both be right", "is_not_contradicted: 4 of 38 rows",
    ),
    "a polling district missing": bad(
        VALG, "KV-2025-11-18 mangler", election(one_district_less),
        "and 14 more", "Turnout without one of its districts", "has_every_district_of_the_newest_election: 1 found",
    ),
    "a document cut short": bad(
        VALG, "KV-2025-11-18.json", lambda path: path.write_bytes(b'{"Valgart": "Kommunalvalg", "Valgd'),
        "KV-2025-11-18.json", "one JSON object in each file", "text that is not JSON",
    ),
    "bytes of no text": bad(
        MINISTRY, "liste.csv", bytes_of(bytes(range(256)) * 4), "liste.csv", "utf-8 or cp1252", "bytes of no text"
    ),
    "not one good row": bad(
        MINISTRY, "fremtid.csv", replaced(MINISTRY_LIST, "2019-12-01", "2119-12-01"),
        "fremtid.csv", "Nobody can have counted what had not begun", "is_not_about_the_future: 5 of 5 rows: line 2",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Night:
    """One night and what it found and left."""

    data: DataDirectory
    before: dict[str, list[tuple[Any, ...]]]
    delivered: dict[str, Path]
    delivery_ids: dict[str, str]
    summary: RunSummary


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> Night:
    data = good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("bad") / "data")
    before = marts(data, where="source_id <> 'agreement_figures'")
    folder = tmp_path_factory.mktemp("delivered")
    delivered = {case: folder / one.name for case, one in BAD.items()}
    for case, one in BAD.items():
        one.spoil(delivered[case])
    ids = {case: receive(data, delivered[case], one.source_id) for case, one in BAD.items()}
    good = folder / "aftalens_tal.csv"
    replaced(AGREEMENT_FIGURES, ";40;percent;godt 40 pct.", ";41;percent;godt 41 pct.")(good)
    receive(data, good, "agreement_figures")
    summary = run(data, LBF, SURVEY_ID, VALG, MINISTRY, "agreement_figures")
    return Night(data, before, delivered, ids, summary)


def receive(data: DataDirectory, path: Path, source_id: str) -> str:
    delivery_id, is_new = deliver(data, the_catalogue(), path, source_id, actor="test")
    assert is_new
    return delivery_id


def about(night: Night, case: str, *kinds: str) -> list[Entry]:
    return [one for one in entries_of(night.data, *kinds) if one.body.get("delivery_id") == night.delivery_ids[case]]


def parts_of(problem: str) -> dict[str, str]:
    """The labelled lines of a message: where, expected, found, do this."""
    lines = [line.strip().partition(":") for line in problem.splitlines()[1:]]
    return {label: text.strip() for label, _, text in lines}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_words(night, case):
    (failed,) = about(night, case, "source_failed")
    told = parts_of(failed.body["problem"])
    assert BAD[case].where in told["where"]
    assert BAD[case].expected in told["expected"]
    assert BAD[case].found in told["found"]
    assert told["do this"]
    assert f"{BAD[case].source_id}: {failed.body['problem']}" in night.summary.problems


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_kept_and_the_ledger_tells_of_it(night, case):
    received, judged, failed = about(night, case)
    assert (received.kind, failed.kind) == ("delivery_received", "source_failed")
    assert judged.kind in ("delivery_unreadable", "delivery_stopped")
    assert kept_bytes(night.data, received) == delivered_bytes(night.delivered[case])
    ((state,),) = ask(
        night.data, f"SELECT state FROM audit.delivery WHERE delivery_id = '{received.body['delivery_id']}'"
    )
    assert judged.kind == f"delivery_{state}"


def test_the_run_fails_and_says_how_often(night):
    assert night.summary.exit_code == 1
    assert len(night.summary.problems) == len(BAD)
    assert not any("Traceback" in problem for problem in night.summary.problems)


def test_no_figure_of_any_other_delivery_moves(night):
    assert marts(night.data, where="source_id <> 'agreement_figures'") == night.before


def test_the_good_delivery_of_another_source_went_on(night):
    query = """SELECT value, wording FROM mart.indicator_series
        WHERE indicator_id = 'basic_school_as_highest_15_64' AND area_level = 'total'"""
    assert ask(night.data, query) == [(0.41, "godt 41 pct.")]


def test_what_stopped_is_marked_and_the_last_good_delivery_is_still_named(night):
    query = "SELECT source_id, part_id, state, last_good_delivery_id IS NOT NULL FROM mart.freshness"
    states = {(source_id, part): (state, has_good) for source_id, part, state, has_good in ask(night.data, query)}
    for source_id in (LBF, SURVEY_ID, MINISTRY):
        assert states[source_id, ""] == ("stopped", True)
    assert states["agreement_figures", ""] == ("fresh", True)
    assert states["statbank", "FVKOM"] in (("fresh", True), ("due", True), ("late", True))  # by its calendar
    assert states[VALG, "KV-2025-11-18"] == ("stopped", True)


def test_nothing_was_written_outside_the_data_directory_by_an_archive_that_climbs(night):
    assert not [path for path in night.data.root.parent.rglob("*") if path.name.startswith("outside")]


@dataclass(frozen=True)
class Following:
    """The nights after it: one in which nothing came, and one with the files corrected."""

    unchanged: RunSummary
    corrected: RunSummary
    data: DataDirectory


@pytest.fixture(scope="module")
def following(night, tmp_path_factory) -> Following:
    """Runs after every test of the night itself, for it goes on in the same data directory."""
    unchanged = run(night.data, LBF, SURVEY_ID, VALG, MINISTRY)
    folder = tmp_path_factory.mktemp("corrected")
    corrections: dict[tuple[str, str], Spoil] = {
        (LBF, "boligsociale_data.xlsx"): part_of_workbook(
            "xl/worksheets/sheet1.xml", lambda sheet: sheet.replace(b"<v>81</v>", b"<v>82</v>", 1)
        ),
        (SURVEY_ID, "survey.csv"): replaced(SURVEY, ";66,1;", ";66,2;", "cp1252"),
        (VALG, "KV-2025-11-18"): election(in_another_order),
        (MINISTRY, "liste.csv"): replaced(MINISTRY_LIST, ";57,0;", ";57,1;"),
    }
    for (source_id, name), spoil in corrections.items():
        spoil(folder / name)
        receive(night.data, folder / name, source_id)
    return Following(unchanged, run(night.data, LBF, SURVEY_ID, VALG, MINISTRY), night.data)


def test_a_night_in_which_nothing_better_came_is_nothing_new(following):
    assert (following.unchanged.exit_code, following.unchanged.is_new_publication) == (0, False)
    assert {one.source_id: one.state for one in following.unchanged.sources}[LBF] == "stopped"


def test_the_corrected_files_go_through(following):
    assert following.corrected.problems == ()
    states = dict(
        ask(following.data, "SELECT source_id, state FROM mart.freshness WHERE part_id IN ('', 'KV-2025-11-18')")
    )
    assert {states[source_id] for source_id in (LBF, SURVEY_ID)} == {"fresh"}
    assert {states[source_id] for source_id in (VALG, MINISTRY)} == {"late"}, "election and list are not the newest"
    query = "SELECT value FROM mart.indicator_series WHERE indicator_id = 'ministry_non_western_background'"
    assert ask(following.data, query) == [(0.571,)]
