"""The unzipped pack of the scripted year: verify.py says what holds, and the same year gives the same bytes."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pikepdf
import pytest

from tasks.auditing.archive import write_archive
from tasks.auditing.rendering import as_pdf
from tests.deliveries_for_tests import entries_of

pytestmark = pytest.mark.end_to_end


def verify(root: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and words of the pack's own verify.py, without the project and without an environment."""
    command = [sys.executable, "-I", "-S", "verify.py", *arguments]
    done = subprocess.run(command, cwd=root, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_verify_says_of_the_unzipped_pack_what_holds_and_of_one_figure_where_it_comes_from(unzipped, year):
    code, told = verify(unzipped)
    assert (code, "all of this holds" in told.splitlines()[-1].lower()) == (0, True)
    assert told.count("are those of the ledger, each part from a delivery in force") == 3
    shown, not_shown = re.findall(r"(\d+) parts of figures have the number that their cell shows; (\d+) do not", told)[
        -1
    ]
    assert int(shown) > int(not_shown)
    assert "sample: 25 figures lead to" in told
    code, told = verify(unzipped, "--figure", "daycare_1_5", "motalavej", "2023", "--publication", year.publications[1])
    assert code == 0
    assert "62.0 of 80.0" in told
    assert "Data!F" in told


def test_one_figure_is_verified_within_a_second_and_a_whole_year_within_a_minute(unzipped, year):
    """Of a processor's time, which another job on the machine does not take from it."""

    def processor_seconds(*arguments: str) -> float:
        before = getrusage(RUSAGE_CHILDREN)
        assert verify(unzipped, *arguments)[0] == 0
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    one_figure = ("--figure", "daycare_1_5", "motalavej", "2023", "--publication", year.publications[1])
    assert 0 < processor_seconds(*one_figure) < 1
    assert 0 < processor_seconds() < 60


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
        with document.open_metadata() as about:
            assert [about[f"{name}:{key}"] for name, key in (("pdfuaid", "part"), ("pdfaid", "part"))] == ["1", "2"]
        # The moment of the ledger's last line, not of the making.
        assert str(document.docinfo["/CreationDate"]).startswith("D:20250105120000")
    page = {"title": "=cmd()", "mark": "<b>", "mark_told": "$x$", "lead": ["#panic()"], "made_at": "0", "sections": []}
    assert as_pdf(page, "da") == as_pdf(page, "da")


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
