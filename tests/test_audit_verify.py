"""What `audit verify` proves of a pack and of a data directory, and what it names first where it does not hold."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from catalogue.errors import HelhedsplanError
from tasks.audit_pack import make_pack
from tasks.audit_verify import verify
from tests.deliveries_for_tests import good_run, small_data, the_catalogue
from tests.packs_for_tests import this_year, unzipped
from warehouse.figures import figure_lines
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> DataDirectory:
    """A publication of the samples, to look at only."""
    return small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("audited") / "data")


@pytest.fixture(scope="module")
def pack(published, tmp_path_factory) -> Path:
    """A pack of this year, made once and unzipped; to be copied."""
    folder = tmp_path_factory.mktemp("packed")
    make_pack(published, the_catalogue(), this_year(published), folder / "pack.zip")
    return unzipped(folder / "pack.zip", folder)


@pytest.fixture
def packed(pack, tmp_path) -> Path:
    """The unzipped pack, to be changed."""
    return Path(shutil.copytree(pack, tmp_path / pack.name))


def forged(root: Path, name: str, change: Callable[[bytes], bytes] | None) -> None:
    """The file changed, added or (without a change) taken out, and both list and index brought in line with it."""
    path, about = root / name, json.loads((root / "pack.json").read_text("utf-8"))
    before = list_digest_of(about)
    if change is None:
        path.unlink()
        del about["files"][name]
    else:
        content = change(path.read_bytes() if path.exists() else b"")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        about["files"][name] = hashlib.sha256(content).hexdigest()
    if (root / "index.html").exists():
        index = (root / "index.html").read_bytes().replace(before.encode(), list_digest_of(about).encode())
        (root / "index.html").write_bytes(index)
        about["files"]["index.html"] = hashlib.sha256(index).hexdigest()
    (root / "pack.json").write_text(json.dumps(about), "utf-8")


def list_digest_of(about: dict) -> str:
    told = {name: digest for name, digest in about["files"].items() if not re.match(r"index|data|ro-crate", name)}
    line = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


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


STRIPPED = {
    "published/*.duckdb": "is missing: the pack of",
    "figures/*.jsonl": "is missing: the pack of",
    "tables/approvals.csv": "tables/approvals.csv is missing: the pack of",
    "index-en.pdf": "index-en.pdf is missing: the pack of",
    "sample.jsonl": "sample.jsonl is missing: the pack of",
    "snapshots/valg_dk/*/*": "is missing, and is not told left out",
}


@pytest.mark.parametrize("pattern", STRIPPED)
def test_of_a_stripped_pack_the_first_missing_file_is_named_though_its_list_was_shortened_too(packed, pattern):
    folders = {path.parent for path in packed.glob(pattern)}
    names = sorted(path.relative_to(packed).as_posix() for path in packed.glob(pattern))
    for name in names:
        forged(packed, name, None)
    about = json.loads((packed / "pack.json").read_text("utf-8"))
    gone = {folder.relative_to(packed / "snapshots").as_posix() for folder in folders if "snapshots" in folder.parts}
    about["snapshots"] = sorted(set(about["snapshots"]) - gone)
    (packed / "pack.json").write_text(json.dumps(about), "utf-8")
    for folder in folders - {packed}:
        if not any(folder.iterdir()):
            folder.rmdir()
    with pytest.raises(HelhedsplanError) as raised:
        verify(packed, the_catalogue(), print)
    assert STRIPPED[pattern] in (raised.value.found or "")
    assert names[0].rpartition("/")[0] in (raised.value.found or "")


def test_a_pack_whose_list_is_gone_or_not_the_one_that_the_index_tells_does_not_hold(packed):
    about = (packed / "pack.json").read_text("utf-8")
    content = json.loads(about)
    content["files"]["catalogue/goals.yml"] = hashlib.sha256(b"x").hexdigest()
    (packed / "catalogue" / "goals.yml").write_bytes(b"x")
    (packed / "pack.json").write_text(json.dumps(content), "utf-8")
    with pytest.raises(HelhedsplanError) as raised:
        verify(packed, the_catalogue(), print)
    assert "is not the one that stands in index.html" in (raised.value.found or "")
    (packed / "pack.json").unlink()
    with pytest.raises(HelhedsplanError) as raised:
        verify(packed, the_catalogue(), print)
    assert "pack.json is gone" in (raised.value.found or "")


@pytest.mark.parametrize(("kept", "named"), [({"sample"}, "tell sample:"), (None, "tell year, ledger_head")])
def test_a_pack_of_an_earlier_version_is_told_so_in_words_by_both_programs(packed, run, kept, named):
    about = json.loads((packed / "pack.json").read_text("utf-8"))
    old = {key: told for key, told in about.items() if key not in kept} if kept else []
    (packed / "pack.json").write_text(json.dumps(old), "utf-8")
    code, _, told = run("audit", "verify", str(packed))
    assert (code, named in told, "an earlier version made this pack" in " ".join(told.split())) == (1, True, True)
    alone = subprocess.run([sys.executable, "-I", "verify.py"], cwd=packed, capture_output=True, text=True, check=False)
    assert (alone.returncode, alone.stderr, named in alone.stdout) == (1, "", True)


def test_a_sample_that_its_seed_does_not_draw_does_not_hold(packed):
    forged(packed, "sample.jsonl", lambda content: content.partition(b"\n")[2])
    with pytest.raises(HelhedsplanError) as raised:
        verify(packed, the_catalogue(), print)
    assert "it is not the sample of" in (raised.value.found or "")


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


def test_a_data_directory_is_verified_down_to_figures_that_are_built_anew(published, run, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    before = process_time()
    code, told, _ = run("audit", "verify")
    assert code == 0
    # A processor's time: another job on the machine does not take from it.
    assert process_time() - before < 60
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
