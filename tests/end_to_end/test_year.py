"""The scripted year: its duty table says just what happened, and verify.py says of the unzipped pack what holds."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pikepdf
import pytest

from tasks.audit_pack import Pack, make_pack
from tasks.auditing.archive import write_archive
from tasks.auditing.rendering import as_pdf
from tests.deliveries_for_tests import ask, entries_of, the_catalogue
from tests.end_to_end.chromium import chromium, violations
from tests.end_to_end.scripted_year import (
    CORRECTED,
    LBF,
    NEVER_DELIVERED,
    SEEN,
    SURVEY,
    YEAR,
    ScriptedYear,
    the_scripted_year,
)
from tests.pdf_text import words_of_pages
from tests.report_fixture import rows_of, words_of
from warehouse.paths import DataDirectory
from warehouse.query import run_query

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def year(tmp_path_factory) -> ScriptedYear:
    folder = tmp_path_factory.mktemp("year")
    return the_scripted_year(DataDirectory(folder / "data"), folder / "handed_in")


@pytest.fixture(scope="module")
def pack(year) -> Path:
    target = year.folder / "pack.zip"
    make_pack(year.data, the_catalogue(), YEAR, target, with_withheld=True)
    return target


@pytest.fixture(scope="module")
def unzipped(pack, tmp_path_factory) -> Path:
    """The pack in an otherwise empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    (root,) = folder.iterdir()
    return root


def table(root: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((root / "tables" / f"{name}.csv").read_text("utf-8"))))


def verify(root: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-I", "-S", "verify.py", *arguments]
    done = subprocess.run(command, cwd=root, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_duty_table_says_just_what_happened(unzipped, year):
    duty = {row["indicator_id"]: row for row in table(unzipped, "duty")}
    assert set(duty) == {*SEEN, NEVER_DELIVERED}
    followed = {name for name, row in duty.items() if row["is_followed_up"] == "True"}
    assert followed == set(SEEN)
    assert {row["year"] for row in duty.values()} == {str(YEAR)}
    assert {duty[name]["reason"] for name in SEEN} == {""}
    assert (duty[NEVER_DELIVERED]["reason"], duty[NEVER_DELIVERED]["meetings_held"]) == ("not_delivered", "3")
    last = {(row["meetings"], row["first_followed_up_on"], row["last_followed_up_on"], row["publication_id"])
            for row in duty.values() if row["meetings"] != "0"}  # fmt: skip
    assert last == {("3", "2024-02-15", "2024-11-20", year.publications[2])}
    assert {row["year_is_over"] for row in duty.values()} == {"True"}


def test_the_pack_holds_each_meeting_with_its_publication_paper_and_minutes(unzipped, year):
    meetings = table(unzipped, "meetings")
    assert [row["publication_id"] for row in meetings] == year.publications[:3]
    assert [row["superseded_by"] for row in meetings] == ["", "", year.publications[3]]
    for row in meetings:
        assert (unzipped / "snapshots" / "minutes" / row["minutes_sha256"] / row["minutes_name"]).is_file()
        assert (unzipped / "published" / f"{row['publication_id']}.duckdb").is_file()
        papers = unzipped / "snapshots" / "papers" / row["papers_sha256"]
        assert row["publication_id"] in (papers / "index.html").read_text("utf-8")
        assert (papers / "bestyrelsespapir.pdf").is_file()
    actions = {row["action_id"]: row["state"] for row in table(unzipped, "actions")}
    assert actions == {
        "en_faelles_indsats-2024-02-15-1": "done",
        "en_faelles_indsats-2024-06-12-1": "overdue",
        "en_faelles_indsats-2024-11-20-1": "overdue",
    }


def test_approvals_show_four_eyes(unzipped):
    approvals = table(unzipped, "approvals")
    assert len(approvals) == 5
    assert {
        (row["source_id"], row["received_by"], row["approved_by"], row["policy_of_the_source"], row["is_four_eyes"])
        for row in approvals
    } == {
        (LBF, "Anne Prøve", "Dan Prøve", "four_eyes", "True"),
        (SURVEY, "Anne Prøve", "Dan Prøve", "steward", "True"),
    }
    rehearsals = {row["delivery_id"]: row["rehearsal_id"] for row in approvals}
    assert sorted(rehearsals.values()) == ["", "", "rehearsal-000001", "rehearsal-000002", "rehearsal-000003"]
    assert {one.partition("-")[0] for one, rehearsal in rehearsals.items() if rehearsal} == {LBF}
    assert f"Godkendelser i {YEAR} med fire øjne: 5 af 5." in (unzipped / "index.html").read_text("utf-8")


def test_the_late_correction_is_told_of_the_meeting_that_saw_the_old_figure_and_of_no_other(unzipped, year):
    indicator_id, area_id, period = CORRECTED
    outdated = [row for row in table(unzipped, "outdated_papers") if row["indicator_id"] == indicator_id]
    assert {(row["meeting_id"], row["publication_id"], row["cause"]) for row in outdated} == {
        ("en_faelles_indsats-2024-06-12", year.publications[1], "new_delivery")
    }
    old, new = {(row["area_id"], row["period"]): (float(row["shown_value"]), float(row["value"])) for row in outdated}[
        area_id, period
    ]
    assert (old, new) == (62 / 80, 68 / 80)
    assert {row["area_id"] for row in outdated} == {area_id, "total"}
    assert {row["publication_id"] for row in table(unzipped, "revisions")} == {year.publications[2]}
    assert [
        "12. juni 2024",
        "1-5-årige i dagtilbud",
        "Motalavej",
        "2023",
        "77,5 pct.",
        "85,0 pct.",
        "ny leverance",
    ] in (rows_of(unzipped / "index.html"))


def test_the_paper_after_the_correction_tells_the_old_and_the_new_figure_the_cause_and_the_meeting(unzipped, year):
    (address,) = [row["papers_sha256"] for row in table(unzipped, "meetings") if row["meeting_date"] == "2024-11-20"]
    paper = unzipped / "snapshots" / "papers" / address
    told = "1-5-årige i dagtilbud, Motalavej, 2023: fra 77,5 pct. til 85,0 pct. (ny leverance)"
    meeting = f"Sidste møde var 12. juni 2024 og byggede på udgivelsen {year.publications[1]}. 2 tal er ændret siden:"
    with pikepdf.open(paper / "bestyrelsespapir.pdf") as document:
        first, *_ = words_of_pages(document)
    for words in (words_of(paper / "index.html"), first):
        assert told in words
        assert meeting in words
        assert "Spørg skolerne (Bo Prøve, senest 1. december 2024)" in words
        # The paper begins with what the last meeting decided.
        assert words.index("Åbne aktioner") < words.index("Ændret siden sidste møde") < words.index("Mål 1. ")
    listed = f"Udgivelsen {year.publications[1]}, set på mødet 12. juni 2024: 2 tal er ændret siden"
    assert listed in words_of(paper / "sources.html")


def test_verify_says_of_the_unzipped_pack_what_holds_and_of_one_figure_where_it_comes_from(unzipped, year):
    code, told = verify(unzipped)
    assert (code, told.splitlines()[-1]) == (0, "All of this holds.")
    assert told.count("follow from received rows") == 3
    assert "sample: 25 figures lead to" in told
    code, told = verify(unzipped, "--figure", "daycare_1_5", "motalavej", "2023", "--publication", year.publications[1])
    assert code == 0
    assert "62.0 of 80.0" in told
    assert "Data!F" in told


def test_a_changed_paper_or_minutes_in_the_pack_are_named(unzipped, tmp_path):
    for pattern in ("snapshots/papers/*/index.html", "snapshots/minutes/*/*"):
        path = next(unzipped.glob(pattern))
        content = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(content + b" ")
        code, told = verify(unzipped)
        path.write_bytes(content)
        assert (code, told.splitlines()[-1]) == (
            1, f"DOES NOT HOLD: {path.relative_to(unzipped)} was changed: its SHA-256 is not the one in pack.json",
        )  # fmt: skip


def test_lines_added_to_the_packs_ledger_are_named_even_with_a_right_digest(unzipped):
    path = unzipped / "ledger.jsonl"
    content = path.read_bytes()
    path.write_bytes(content[: content.rstrip(b"\n").rfind(b"\n") + 1])
    code, told = verify(unzipped)
    path.write_bytes(content)
    assert code == 1
    assert "ledger.jsonl was changed" in told


@pytest.fixture(scope="module")
def to_be_shared(year, tmp_path_factory) -> tuple[Pack, Path]:
    """The same pack without the received files of sources in which figures are withheld, unzipped."""
    folder = tmp_path_factory.mktemp("shared")
    made = make_pack(year.data, the_catalogue(), YEAR, folder / "shared.zip")
    with zipfile.ZipFile(folder / "shared.zip") as archive:
        archive.extractall(folder)
    return made, folder / f"helhedsplan-audit-{YEAR}"


def test_sources_that_are_withheld_leave_their_digests_alone_in_the_pack(year, to_be_shared):
    made, root = to_be_shared
    received = {f"{one.body['source_id']}/{one.body['sha256']}" for one in entries_of(year.data, "delivery_received")}
    assert set(made.left_out) == received
    assert {path.name for path in (root / "snapshots").iterdir()} == {"minutes", "papers"}
    assert "ikke med" in (root / "index.html").read_text("utf-8")
    code, told = verify(root)
    assert code == 0
    assert f"{len(received)} deliveries are left out" in told
    assert "As far as it can be followed here, all of this holds; " in told.splitlines()[-1]


def test_the_same_year_gives_the_same_bytes_again(unzipped, to_be_shared):
    """Two packs made one after the other differ in what was left out, and in what tells of that."""
    first, second = ({str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
                     for root in (unzipped, to_be_shared[1]))  # fmt: skip
    differing = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
    told = {"index.html", "index.pdf", "index-en.html", "index-en.pdf", "pack.json", "ro-crate-metadata.json"}
    assert {name for name in differing if not name.startswith("snapshots/")} == told
    assert {"published", "figures", "tables", "sample.jsonl"} <= {name.partition("/")[0] for name in second}


def test_an_archive_of_the_same_files_has_the_same_bytes(tmp_path):
    files = {"b.txt": b"2", "a/a.txt": "å".encode()}
    for name, order in (("first", list(files)), ("second", list(reversed(files)))):
        write_archive(tmp_path / name, "pack", {one: files[one] for one in order})
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    with zipfile.ZipFile(tmp_path / "first") as archive:
        assert archive.namelist() == ["pack/a/a.txt", "pack/b.txt"]


def test_the_pdf_is_tagged_names_its_language_and_comes_out_the_same_twice(unzipped):
    with pikepdf.open(unzipped / "index.pdf") as document:
        assert str(document.Root.Lang) == "da"
        assert document.Root.MarkInfo.Marked
        assert "ModDate" not in document.docinfo or "1970" in str(document.docinfo.get("/ModDate"))
    page = {"title": "=cmd()", "mark": "<b>", "mark_told": "$x$", "lead": ["#panic()"], "sections": []}
    assert as_pdf(page, "da") == as_pdf(page, "da")


def test_the_index_names_everything_and_writes_days_and_figures_as_the_papers_do(unzipped):
    words = words_of(unzipped / "index.html")
    assert "9 af 10 indikatorserier blev fulgt op i 2024. Møder i året: 3." in words
    held = [row for row in rows_of(unzipped / "index.html") if "Anne Prøve, Bo Prøve" in row]
    assert [row[0] for row in held] == ["15. februar 2024", "12. juni 2024", "20. november 2024"]
    assert [bool(row[3]) for row in held] == [False, False, True]
    # What lies in the pack keeps the name of its file.
    told = re.sub(r"\S+\.(xlsx|csv|html|jsonl|pdf|py)\S*|snapshots/\S+", "", words)
    assert re.findall(r"\w*_\w+|\d{4}-\d\d-\d\d|\b0\.\d+|Offentliggørelse|ovedbog|andling", told) == []


def test_the_index_is_read_on_a_phone_and_axe_finds_nothing_in_it(unzipped):
    with chromium() as browser:
        for name, width, scheme in (("index", 390, "light"), ("index-en", 1280, "dark")):
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page.goto((unzipped / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == width
            # Contrast takes axe longest; the page's colours are the site's, of which every text is looked at.
            assert violations(page, color_contrast=scheme == "dark") == []


def test_the_metadata_names_every_table_as_it_is(unzipped):
    package = json.loads((unzipped / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        path = unzipped / resource["path"]
        heading = path.read_text("utf-8").partition("\n")[0].split(",")
        assert [one["name"] for one in resource["schema"]["fields"]] == heading
        assert resource["bytes"] == path.stat().st_size
    assert {path.name for path in (unzipped / "tables").iterdir()} == {
        Path(resource["path"]).name for resource in package["resources"]
    }
    crate = json.loads((unzipped / "ro-crate-metadata.json").read_text("utf-8"))
    (root,) = [one for one in crate["@graph"] if one["@id"] == "./"]
    parts = {one["@id"] for one in root["hasPart"]}
    assert all((unzipped / part).is_file() for part in parts)
    assert {"index.html", "index.pdf", "verify.py", "tables/duty.csv"} <= parts


def test_the_next_publication_shows_the_meetings(year):
    assert ask(year.data, "SELECT count(*), count(DISTINCT meeting_id) FROM audit.follow_up") == [(27, 3)]


def test_the_way_from_pandas_gives_a_frame(unzipped, year, repository_root, monkeypatch):
    text = (repository_root / "docs" / "auditor.md").read_text("utf-8")
    (way,) = re.findall(r"^\| Python, pandas \| `(.+?)` \|$", text, re.MULTILINE)
    monkeypatch.chdir(year.data.root)
    frame = eval(way, {"duckdb": duckdb})  # noqa: S307  # the documented line itself
    assert len(frame) == len(ask(year.data, "FROM audit.duty"))
    assert set(frame.loc[frame["year"] == YEAR, "indicator_id"]) == {*SEEN, NEVER_DELIVERED}


def queries_of(text: str) -> list[str]:
    return re.findall(r"```sql\n(.*?)```", text, re.DOTALL)


def test_each_of_the_auditors_twelve_questions_has_an_answer(year, repository_root):
    text = (repository_root / "docs" / "auditor.md").read_text("utf-8")
    answers = {query: len(run_query(year.data.warehouse, query).rows) for query in queries_of(text)}
    assert len(answers) == 12
    assert [query for query, rows in answers.items() if not rows] == []
    unexplained = run_query(year.data.warehouse, next(query for query in answers if "unexplained" in query)).as_dicts()
    assert {row["unexplained"] for row in unexplained} == {0}
