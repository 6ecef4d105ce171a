"""verify.py: the standard library alone tells what holds, and names the first thing that does not."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.deliveries_for_tests import entries_of, good_data
from warehouse.figures import figure_lines, figures_root, leaf_digest, path_of, root_of
from warehouse.ledger import canonical_json, digest_of
from warehouse.paths import DataDirectory, shipped

pytestmark = pytest.mark.end_to_end
VERIFY = shipped("reports") / "pack" / "verify.py"


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> DataDirectory:
    """A publication of the samples with its figures written beside it, as a pack has them; to look at only."""
    data = good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("verified") / "data")
    folder = data.root / "figures"
    folder.mkdir()
    lines = figure_lines(data.warehouse)
    (folder / f"{publication(data)}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return data


@pytest.fixture
def data(published, data_folder) -> DataDirectory:
    """One of the test's own, without what verify.py does not look at."""
    left_out = shutil.ignore_patterns("parsed", "quarantine", "report", "*.duckdb.*", "steward.duckdb")
    shutil.copytree(published.root, data_folder, ignore=left_out)
    return DataDirectory(data_folder)


def publication(data: DataDirectory) -> str:
    return entries_of(data, "publication_made")[-1].body["publication_id"]


def verify(data: DataDirectory, *arguments: str) -> tuple[int, str]:
    """verify.py in an empty folder, by a Python that knows neither this project nor any package."""
    alone = data.root.parent / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(VERIFY, alone / "verify.py")
    command = [sys.executable, "-I", "-S", "verify.py", str(data.root), *arguments]
    done = subprocess.run(command, cwd=alone, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_whole_data_directory_holds_and_says_what(published):
    code, told = verify(published)
    assert code == 0
    entries = entries_of(published)
    assert f"ledger: {len(entries)} entries in one chain; its head is {entries[-1].digest}" in told
    assert f"figures: {len(figure_lines(published.warehouse))} of {publication(published)}" in told
    # StatBank's sums and the election that is told as a difference are not recomputed.
    shown, not_shown, _ = counted(published)
    assert shown > not_shown > 0
    assert told.splitlines()[-1].startswith(
        f"As far as it can be followed here, all of this holds; {shown} parts of figures have the number that their "
        f"cell shows; {not_shown} do not and were not recomputed here"
    )
    assert "follow from received rows" not in told


def counted(data: DataDirectory) -> tuple[int, int, int]:
    """How many parts lie in cells of their own, in sums and differences, and how many have no number."""
    parts = [part for line in figure_lines(data.warehouse) for part in json.loads(line)["parts"]]
    empty = [part for part in parts if part["numerator"] is None and part["value"] is None]
    summed = [part for part in parts if part not in empty and is_reckoned(part["locator"])]
    return len(parts) - len(empty) - len(summed), len(summed), len(empty)


def is_reckoned(locator: str) -> bool:
    return " lines)" in locator or "Difference" in locator or bool(re.search(r"line \d+,\d+", locator))


def changed_line(change):
    def spoil(data: DataDirectory) -> None:
        lines = data.ledger.read_bytes().splitlines(keepends=True)
        data.ledger.write_bytes(b"".join(change(lines)))

    return spoil


def by_hand(lines: list[bytes]) -> list[bytes]:
    """A line more, as somebody would write it who knows the form but copies a digest."""
    more = json.loads(lines[-1]) | {"sequence": len(lines) + 1, "previous": json.loads(lines[-1])["digest"]}
    return [*lines, canonical_json(more).encode() + b"\n"]


def flipped(pattern: str):
    def spoil(data: DataDirectory) -> None:
        path = next(path for path in sorted(data.root.glob(pattern)) if path.is_file())
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.chmod(0o644)
        path.write_bytes(content)

    return spoil


def without_a_snapshot(data: DataDirectory) -> None:
    shutil.rmtree(next(data.snapshots.glob("valg_dk/*")))


def a_figure_changed(data: DataDirectory) -> None:
    (path,) = (data.root / "figures").glob("*.jsonl")
    path.write_text(path.read_text("utf-8").replace('"numerator":42578.0', '"numerator":42579.0'), "utf-8")


SPOILT = {
    "a line removed": (changed_line(lambda lines: [*lines[:4], *lines[5:]]), "line 5: it does not follow line 4"),
    "a line changed": (
        changed_line(lambda lines: [lines[0].replace(b"sample", b"real  "), *lines[1:]]), "line 1: it was changed",
    ),
    "two lines swapped": (
        changed_line(lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]]), "line 3: it does not follow",
    ),
    "a line appended by hand": (changed_line(by_hand), "it was changed, for its digest is that of other words"),
    "a line of rubbish": (changed_line(lambda lines: [*lines, b"[]\n"]), "this is no entry"),
    "one byte of a snapshot changed": (flipped("snapshots/valg_dk/**/*"), "these are not the bytes that were received"),
    "a snapshot gone": (without_a_snapshot, "is gone"),
    "a published file edited": (flipped("published/*.duckdb"), "was edited"),
    "the current warehouse edited": (flipped("warehouse.duckdb"), "warehouse.duckdb was edited"),
    "a figure changed": (a_figure_changed, "these are not the figures whose root stands in the ledger"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_the_first_thing_that_does_not_hold_is_named(data, case):
    spoil, named = SPOILT[case]
    spoil(data)
    code, told = verify(data)
    assert code == 1
    (last,) = [line for line in told.splitlines() if line.startswith("DOES NOT HOLD")]
    assert named in last
    assert told.endswith(last + "\n")


def test_a_folder_that_is_neither_pack_nor_data_says_so(tmp_path):
    code, told = verify(DataDirectory(tmp_path / "data"))
    assert (code, "is not there" in told) == (1, True)


FIGURES = {
    ("turnout_municipal_election", "municipality", "KV-2025-11-18"): [
        "42578.0 of 65812.0", "#/AfgivneStemmer: ", "shows the numerator",
    ],
    ("charged_15_29", "total", "2021"): ["57.0 of 858.0", "Data!L246: 17", "Data!L271: 28", "Data!L296: 12"],
    ("statbank_turnout_general_election", "municipality", "FV-2022-11-01"): [
        "47946.0", "line 2: 330 Sl", "not recomputed here: a sum",
    ],
    ("basic_school_as_highest_15_64", "total", "as_signed"): ["value 0.4", "line 2: basic_school_as_highest_15_64"],
}  # fmt: skip


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure[0])
def test_one_figure_leads_from_the_printed_number_to_the_text_of_its_cells(published, figure):
    code, told = verify(published, "--figure", *figure)
    assert code == 0
    assert [piece for piece in FIGURES[figure] if piece not in told] == []
    assert "check code " + entries_of(published, "publication_made")[-1].digest[:16] in told


def test_the_figure_that_the_auditor_is_shown_as_an_example_has_a_number(published, repository_root):
    text = (repository_root / "docs" / "auditor.md").read_text("utf-8")
    (asked,) = re.findall(r"verify\.py --figure (\w+ \w+ \w+)", text)
    code, told = verify(published, "--figure", *asked.split())
    assert (code, "value None" in told, "shows the numerator" in told) == (0, False, True)


def test_what_is_not_here_is_no_contradiction_and_ends_with_exit_code_2(published, data):
    code, told = verify(published, "--figure", "charged_15_29", "total", "1999")
    assert (code, "shows no such figure" in told, "DOES NOT HOLD" in told) == (2, True, False)
    shutil.rmtree(data.root / "figures")
    code, told = verify(data, "--figure", "charged_15_29", "total", "2021")
    assert (code, "needs the folder of an unzipped pack" in told, "DOES NOT HOLD" in told) == (2, True, False)


def test_a_changed_received_file_is_named_before_a_figure_quotes_it(data):
    figure = ("--figure", "turnout_municipal_election", "municipality", "KV-2025-11-18")
    quoted = re.search(r"([^ ]+\.json)#/AfgivneStemmer: (\d+)", verify(data, *figure)[1])
    assert quoted is not None
    path = next(data.snapshots.glob(f"valg_dk/**/{quoted[1]}"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(quoted[2].encode(), b"9" * len(quoted[2])))
    code, told = verify(data, *figure)
    assert code == 1
    assert told.splitlines()[-1].startswith("DOES NOT HOLD: snapshots/valg_dk/")
    assert f"{quoted[1]} was changed: these are not the bytes that were received" in told
    assert "AfgivneStemmer: 9" not in told


def with_a_new_chain(data: DataDirectory, change: Callable[[dict], None]) -> None:
    """One figure changed by who knows how to make the tree and the ledger anew."""
    (path,) = (data.root / "figures").glob("*.jsonl")
    figures = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for figure in figures:
        if tuple(figure[key] for key in ("indicator_id", "area_id", "period")) == ("charged_15_29", "total", "2021"):
            change(figure)
    lines = [json.dumps(figure, ensure_ascii=False, separators=(",", ":")) for figure in figures]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    entries, previous = [json.loads(line) for line in data.ledger.read_bytes().splitlines()], "0" * 64
    for entry in entries:
        if entry["kind"] == "publication_made":
            entry["body"]["figures_root"] = root_of([leaf_digest(line) for line in lines])
        del entry["digest"]
        entry["previous"] = previous
        entry["digest"] = previous = digest_of(entry)
    data.ledger.write_text("".join(f"{canonical_json(entry)}\n" for entry in entries), "utf-8")


def ten_fewer(figure: dict) -> None:
    """Fewer persons charged, in a part as in its figure."""
    part = max(figure["parts"], key=lambda one: one["numerator"])
    for one in (part, figure):
        one["numerator"] -= 10
        one["value"] = one["numerator"] / one["denominator"]


@pytest.mark.parametrize("corrections", ["none", "of this figure", "list not here"])
def test_a_figure_that_is_not_what_its_cells_show_is_named_or_counted(data, corrections):
    if corrections != "list not here":
        (data.root / "catalogue").mkdir()
        row = "lbf_boligsociale_data,charged_15_29\n" if corrections == "of this figure" else ""
        (data.root / "catalogue" / "corrections.csv").write_text(f"source_id,indicator_id\n{row}", "utf-8")
    shown, not_shown, _ = counted(data)
    code, told = verify(data)
    assert (code, f"{shown} parts" in told, f" {not_shown} do not" in told) == (0, True, True)
    with_a_new_chain(data, ten_fewer)
    code, told = verify(data)
    if corrections == "none":
        assert code == 1
        assert "DOES NOT HOLD: charged_15_29 total 2021: the numerator of its part" in told
    else:
        assert (code, f"{shown - 1} parts" in told, f" {not_shown + 1} do not" in told) == (0, True, True)


def test_a_papers_digest_names_its_publication(published):
    made = entries_of(published, "publication_made")[-1]
    assert made.body["publication_id"] in verify(published, "--digest", made.digest[:16])[1]
    assert verify(published, "--digest", "0" * 16)[0] == 1
    assert verify(published, "--digest", made.digest[:4])[0] == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 13])
def test_both_programs_make_the_same_tree_and_each_leaf_leads_to_its_root(count):
    digests = [leaf_digest(f"figure {number}") for number in range(count)]
    space: dict = {"__name__": "verify"}
    exec(compile(VERIFY.read_text("utf-8"), "verify.py", "exec"), space)  # noqa: S102 - the file is a program of its own
    root = root_of(digests)
    assert space["root_of"](digests) == root
    paths = [path_of(digests, place) for place in range(count)]
    assert [space["root_by_path"](f"figure {at}", path) for at, path in enumerate(paths)] == [root] * count


def test_the_root_in_the_ledger_is_that_of_the_published_figures(published):
    body = entries_of(published, "publication_made")[-1].body
    assert (body["figures_root"], body["figures"]) == figures_root(published.warehouse)
    lines = figure_lines(published.warehouse)
    assert body["figures_root"] == root_of([hashlib.sha256(f"leaf:{line}".encode()).hexdigest() for line in lines])


def test_verify_needs_no_newer_python_than_it_says_and_no_package():
    tree = ast.parse(VERIFY.read_text("utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    entry = {"a": "Å", "b": [1, 2.5, None, True]}
    assert digest_of(entry) == hashlib.sha256(canonical_json(entry).encode()).hexdigest()
