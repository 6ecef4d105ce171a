"""Packs of odd years and odd texts, and the commands of the auditor."""

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.errors import HelhedsplanError
from tasks.audit_pack import corrections_of, make_pack
from tasks.audit_verify import verify
from tasks.auditing.index import Shown, index_page
from tasks.auditing.metadata import datapackage
from tasks.auditing.rendering import as_html
from tasks.auditing.sample import draw
from tasks.auditing.tables import Table, read_tables, visible
from tasks.auditing.year import the_year
from tasks.meetings import record_meeting
from tests.deliveries_for_tests import entries_of, good_run, small_data, the_catalogue
from tests.meetings_for_tests import a_meeting, written
from warehouse.column_comments import meaning_of
from warehouse.figures import figure_lines
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> DataDirectory:
    """A publication of the samples, to look at only."""
    return small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("audited") / "data")


def this_year(data: DataDirectory) -> int:
    return int(entries_of(data)[0].time[:4])


def test_a_year_with_no_meeting_gives_a_pack_that_says_so_and_verifies(published, tmp_path, run, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    year, target = this_year(published), tmp_path / "pack.zip"
    code, told, _ = run("audit", "pack", str(year), "--to", str(target))
    assert (code, "0 of 10 series followed up, at 0 meetings" in told) == (0, True)
    with zipfile.ZipFile(target) as archive:
        page = archive.read(f"helhedsplan-audit-{year}/index.html").decode()
        duty = archive.read(f"helhedsplan-audit-{year}/tables/duty.csv").decode().splitlines()
    assert f"Der er ikke registreret noget bestyrelsesmøde i {year}." in page
    assert len(duty) == 11
    assert all(",no_meeting," in line for line in duty[1:])
    code, told, _ = run("audit", "verify", str(target))
    assert (code, "this very pack was made by" in told) == (0, True)


def test_a_year_without_any_publication_gives_a_pack_in_which_nothing_was_followed_up(published, tmp_path):
    year = this_year(published) - 1
    made = make_pack(published, the_catalogue(), year, tmp_path / "pack.zip")
    assert (made.followed_up, made.series, made.meetings) == (0, 10, 0)
    root = unzipped(tmp_path / "pack.zip", tmp_path)
    duty = (root / "tables" / "duty.csv").read_text("utf-8").splitlines()[1:]
    assert (len(duty), all(",no_meeting," in line for line in duty)) == (10, True)
    told: list[str] = []
    verify(root, the_catalogue(), told.append, published)
    assert "duty: 0 series followed up at 0 meetings, as the ledger tells" in told


@pytest.mark.parametrize("year", [2019, 2099])
def test_a_year_outside_every_agreement_is_refused_in_words(published, tmp_path, run, monkeypatch, year):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    code, _, told = run("audit", "pack", str(year), "--to", str(tmp_path / "pack.zip"))
    assert (code, "no duty to document" in told, "2021-10-01 to 2025-09-30" in told) == (1, True, True)
    assert not (tmp_path / "pack.zip").exists()


def unzipped(pack: Path, to: Path) -> Path:
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(to / "unzipped")
    (root,) = (to / "unzipped").iterdir()
    return root


@pytest.fixture
def packed(published, tmp_path) -> Path:
    """An unzipped pack of this year, to be changed."""
    make_pack(published, the_catalogue(), this_year(published), tmp_path / "pack.zip")
    return unzipped(tmp_path / "pack.zip", tmp_path)


def forged(root: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """The file changed or added, and the pack's list of files brought in line with it."""
    path = root / name
    content = change(path.read_bytes() if path.exists() else b"")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    about = json.loads((root / "pack.json").read_text("utf-8"))
    about["files"][name] = hashlib.sha256(content).hexdigest()
    (root / "pack.json").write_text(json.dumps(about), "utf-8")


def taken_up(content: bytes) -> bytes:
    return content.replace(b",False,0,", b",True,1,", 1)


A_MEETING = b"m,en_faelles_indsats,2026-06-10" + b"," * 13 + b"\n"
FORGED = {
    "a series that was not followed up": ("tables/duty.csv", taken_up, "is_followed_up is True, where"),
    "a reason that cannot be": (
        "tables/duty.csv", lambda content: content.replace(b"no_meeting", b"not_taken_up", 1), "cannot be",
    ),
    "a meeting that nobody recorded": (
        "tables/meetings.csv", lambda content: content + A_MEETING, "it is not what the ledger tells: m en_faelles",
    ),
    "minutes that nobody recorded": (
        f"snapshots/minutes/{'a' * 64}/referat.pdf", lambda _: b"%PDF-", "the ledger tells of no such file",
    ),
    "a page that nobody made": ("index.html", lambda content: content + b" ", None),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_pack_whose_list_was_brought_in_line_does_not_hold(published, packed, case):
    name, change, found = FORGED[case]
    told: list[str] = []
    verify(packed, the_catalogue(), told.append, published)
    assert "living ledger: this very pack was made by" in " ".join(told)
    forged(packed, name, change)
    if found:
        with pytest.raises(HelhedsplanError) as raised:
            verify(packed, the_catalogue(), print)
        assert found in (raised.value.found or "")
    with pytest.raises(HelhedsplanError):
        verify(packed, the_catalogue(), print, published)


def test_what_a_pack_alone_does_not_prove_the_living_ledger_does(published, packed, tmp_path):
    forged(packed, "index.html", lambda content: content + b" ")
    verify(packed, the_catalogue(), print)
    with pytest.raises(HelhedsplanError, match="living ledger tells of") as raised:
        verify(packed, the_catalogue(), print, published)
    assert "was ever made" in (raised.value.found or "")
    another = DataDirectory(tmp_path / "another")
    another.prepare()
    Ledger(another.ledger).append("data_directory_marked", {"mark": "sample"}, actor="somebody else")
    told: list[str] = []
    verify(packed, the_catalogue(), told.append, another)
    assert "another data directory" in " ".join(told)


def test_a_file_that_is_not_on_the_packs_list_is_named(packed):
    (packed / "papers").mkdir(exist_ok=True)
    (packed / "papers" / "extra.html").write_text("x", "utf-8")
    with pytest.raises(HelhedsplanError) as raised:
        verify(packed, the_catalogue(), print)
    assert "papers/extra.html is not on the pack's list" in (raised.value.found or "")


def test_what_lies_elsewhere_is_counted_alike_and_not_said_to_hold(tmp_path_factory, tmp_path, run, monkeypatch):
    """Over all samples, of which small counts are withheld."""
    published = good_run(tmp_path_factory.getbasetemp()).data
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    target = tmp_path / "pack.zip"
    said = run("audit", "pack", str(this_year(published)), "--to", str(target))[1]
    left_out = re.findall(r"(\d+) received deliveries left out", said)
    told = run("audit", "verify", str(target))[1]
    assert re.findall(r"(\d+) deliveries are left out", told) == left_out != []
    (parts,) = re.findall(r"^As far as it can be followed here, all of this holds; (\d+) parts lie", told, re.MULTILINE)
    figures = [json.loads(line) for line in figure_lines(published.warehouse)]
    here = {path.parent.name for path in unzipped(target, tmp_path).glob("snapshots/*/*/*")}
    assert int(parts) == sum(part["snapshot_sha256"] not in here for one in figures for part in one["parts"]) > 0


def test_a_pack_keeps_the_numbers_of_corrections_to_itself_where_small_counts_are_withheld():
    """The same catalogue, with a correction of a source that withholds and one of a public source."""
    row = {
        "indicator_id": "i", "unit_level": "area", "unit_published_as": "Ringparken", "period": "2023",
        "column": "numerator", "as_published": "9", "corrected": "3", "reason": "3 af 90", "corrected_by": "eva",
        "corrected_on": "2026-11-01",
    }  # fmt: skip
    both = tuple({"source_id": source_id, **row} for source_id in ("lbf_boligsociale_data", "valg_dk"))
    catalogue = replace(the_catalogue(), corrections=both)
    _, withheld, public = corrections_of(catalogue).decode().splitlines()
    assert withheld == "lbf_boligsociale_data,i,area,Ringparken,2023,numerator,,,,eva,2026-11-01"
    assert public == "valg_dk,i,area,Ringparken,2023,numerator,9,3,3 af 90,eva,2026-11-01"


def test_a_data_directory_is_verified_down_to_figures_that_are_built_anew(published, run, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    code, told, _ = run("audit", "verify")
    assert code == 0
    assert "steward: steward.duckdb has the bytes that the ledger tells" in told
    assert "comes out of the received rows the same, in every mart" in told


def test_the_stewards_own_file_is_held_against_the_ledger_too(tmp_path_factory, tmp_path):
    data = small_data(tmp_path_factory.getbasetemp(), tmp_path / "data")
    data.steward.chmod(0o600)
    data.steward.write_bytes(data.steward.read_bytes() + b" ")
    with pytest.raises(HelhedsplanError) as raised:
        verify(data.root, the_catalogue(), print)
    assert raised.value.found == "steward.duckdb was changed: its SHA-256 is not the one in the ledger"


def test_what_does_not_hold_ends_in_words_and_exit_code_1(published, tmp_path, run):
    (tmp_path / "ledger.jsonl").write_bytes(published.ledger.read_bytes().replace(b"sample", b"real", 1))
    code, _, told = run("audit", "verify", str(tmp_path))
    assert code == 1
    assert "ledger.jsonl, line 1: it was changed" in told
    assert "restore what is named" in told
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04 half")
    assert "no whole zip file" in run("audit", "verify", str(tmp_path / "half.zip"))[2]
    assert "is not there" in run("audit", "verify", str(tmp_path / "nowhere"))[2]


def test_a_meeting_that_no_publication_shows_yet_asks_for_a_refresh(tmp_path_factory, data_folder, tmp_path):
    data = small_data(tmp_path_factory.getbasetemp(), data_folder)
    made = entries_of(data, "publication_made")[-1]
    file = written(tmp_path / "m", a_meeting(made.digest[:16], made.time[:10]))
    record_meeting(data, the_catalogue(), file, actor="Åse")
    with pytest.raises(HelhedsplanError, match="does not show yet"):
        make_pack(data, the_catalogue(), this_year(data), tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()


def test_nothing_published_is_nothing_to_audit(data_folder, tmp_path, run):
    data = DataDirectory(data_folder)
    data.prepare()
    Ledger(data.ledger).append("data_directory_marked", {"mark": "sample"}, actor="test")
    assert "nothing to audit yet" in run("audit", "pack", "2024")[2]
    assert "no published warehouse to draw from" in run("audit", "sample", "3", "--seed", "1")[2]


def test_the_same_seed_draws_the_same_figures_and_another_one_others(published, run, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    lines = figure_lines(published.warehouse)
    drawn = draw("p", lines, 20, 7)
    assert [one.leaf for one in drawn] == [one.leaf for one in draw("p", list(lines), 20, 7)]
    assert len({one.leaf for one in drawn}) == 20
    assert {one.leaf for one in drawn} != {one.leaf for one in draw("p", lines, 20, 8)}
    listed = json.loads(run("audit", "sample", "20", "--seed", "7", "--json")[1])
    assert [one["leaf"] for one in listed] == [one.leaf for one in drawn]
    assert all(one["figure"]["parts"] for one in listed)
    shown = run("audit", "sample", "2", "--seed", "7")[1]
    assert listed[0]["figure"]["parts"][0]["locator"] in shown
    assert len(draw("p", lines, 100_000, 1)) == sum(json.loads(line)["value"] is not None for line in lines)


ODD = "=cmd()|<script>alert(1)</script>|Bo \u202egpj.exe"


def test_odd_names_come_out_clean_in_csv_html_and_metadata():
    table = Table(
        "t", "T", {"owner": "VARCHAR", "share": "DOUBLE", "n": "BIGINT"}, ((ODD, -0.5, None), ("-1+2", 1.0, 3))
    )
    assert table.as_csv().decode() == (
        "owner,share,n\n'=cmd()|<script>alert(1)</script>|Bo ⟨U+202E⟩gpj.exe,-0.5,\n'-1+2,1.0,3\n"
    )
    about = ("agreements", "mark", "mark_told", "skip", "other_language", "other_language_file", "other_language_hint")
    texts = dict.fromkeys((*about, "other_language_name", "contents"), "")
    page = texts | {"title": visible(ODD), "lead": [], "sections": []}
    html = as_html(page, "da").decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    (resource,) = datapackage("p", "P", "2026-01-01", [table])["resources"]
    assert [one["type"] for one in resource["schema"]["fields"]] == ["string", "number", "integer"]
    assert resource["schema"]["fields"][0]["description"] == meaning_of("audit.action", "owner")


def test_an_index_with_odd_texts_is_clean_in_every_cell(published):
    year = the_year(published, this_year(published))
    tables = read_tables(year)
    columns = tables["meetings"].columns
    row = dict.fromkeys(columns) | {"meeting_id": ODD, "present": ODD, "publication_digest": "f" * 64,
                                    "minutes_reference": ODD, "recorded_by": ODD}  # fmt: skip
    tables["meetings"] = Table("meetings", "M", columns, (tuple(row.values()),))
    page = index_page(year, tables, Shown([], 1, [], [], []), "en")
    assert "\u202e" not in json.dumps(page, ensure_ascii=False)
    assert "<script>" not in as_html(page, "en").decode()


def test_verify_tells_of_a_publication_from_before_the_ledger_told_of_figures(published, tmp_path_factory, tmp_path):
    told: list[str] = []
    data = small_data(tmp_path_factory.getbasetemp(), tmp_path / "data")
    for path in data.published.glob("*.duckdb"):
        path.unlink()
    verify(data.root, the_catalogue(), told.append)
    assert any("is not here" in line for line in told)


def test_verify_reads_received_bytes_again_and_says_where_another_contract_cannot(
    published, tmp_path_factory, tmp_path
):
    told: list[str] = []
    data = small_data(tmp_path_factory.getbasetemp(), tmp_path / "data")
    shutil.rmtree(data.parsed)
    verify(data.root, the_catalogue(), told.append)
    assert told[-2].endswith("comes out of the received rows the same, in every mart")
    shutil.rmtree(data.parsed)
    source = the_catalogue().source("ministry_list")
    other = source.model_copy(update={"signs": source.signs | {"x": "not_delivered"}})
    sources = tuple(other if one == source else one for one in the_catalogue().sources)
    verify(data.root, replace(the_catalogue(), sources=sources), told.append)
    assert "other code or contracts read ministry_list-" in told[-2]
