"""A pack in which figures of an area are withheld: no file in it, whatever its kind, has their numbers."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pikepdf
import pytest

from tasks.audit_pack import make_pack
from tests.pdf_text import words_of_pages
from tests.test_build import AS_OF, ledger_of
from tests.test_two_files import SECRET, home, places_of, request_and_file  # noqa: F401  # its fixtures
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import publish

pytestmark = pytest.mark.end_to_end

SHOWN = "820903"
NUMBERS = tuple(f"{number[:3]}{mark}{number[3:]}" for number in SECRET for mark in ("", ".", ","))


@pytest.fixture
def pack(tmp_path, monkeypatch, request_and_file) -> Path:  # noqa: F811
    """The unzipped pack of the year of that publication, which no meeting saw."""
    request, built = request_and_file
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", AS_OF)
    data = DataDirectory(tmp_path / "data")
    data.prepare()
    Ledger(data.ledger).append("data_directory_marked", {"mark": "test"}, actor="test")
    ledger_of(data.ledger)
    mine = tmp_path / "mine.duckdb"
    mine.write_bytes(built.read_bytes())
    publish(data, mine, request, actor="test")
    made = make_pack(data, request.catalogue, int(AS_OF[:4]), tmp_path / "pack.zip")
    assert made.left_out == ("lbf_boligsociale_data/0123456789ab",)
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path / "unzipped")
    (root,) = (tmp_path / "unzipped").iterdir()
    return root


def texts_in(path: Path) -> Iterator[str]:
    """What a reader finds in a file that is no warehouse: its text, that of a PDF's pages, the parts of a workbook."""
    if path.suffix == ".pdf":
        with pikepdf.open(path) as document:
            yield from words_of_pages(document)
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
            yield from (parts.read(name).decode("utf-8") for name in parts.namelist())
    else:
        yield path.read_text("utf-8")


def kinds_with(texts: dict[Path, list[str]], numbers: tuple[str, ...]) -> set[str]:
    """The kinds of files in which one of these numbers stands, not within a longer row of letters and digits."""
    alone = re.compile(rf"(?<![\w.,])({'|'.join(map(re.escape, numbers))})(?![\w])")
    digits = tuple(number for number in numbers if number.isdigit())
    return {
        path.suffix or path.name
        for path, told in texts.items()
        if (places_of(path, digits) if path.suffix == ".duckdb" else any(alone.search(text) for text in told))
    }


def test_no_file_of_a_pack_gives_a_withheld_number_of_an_area_away(pack):
    with duckdb.connect(next(pack.glob("published/*.duckdb")), read_only=True) as connection:
        withheld = connection.execute(
            "SELECT area_id FROM mart.indicator_series WHERE missing_reason = 'withheld_here' ORDER BY ALL"
        ).fetchall()
    assert withheld == [("ringparken",), ("sydbyen",), ("total",)]
    files = [path for path in pack.rglob("*") if path.is_file()]
    texts = {path: [] if path.suffix == ".duckdb" else list(texts_in(path)) for path in files}
    shown = kinds_with(texts, (SHOWN, f"{SHOWN[:3]}.{SHOWN[3:]}", f"{SHOWN[:3]},{SHOWN[3:]}"))
    assert {".duckdb", ".html", ".pdf", ".xlsx", ".jsonl"} <= shown, "what is shown is found in each kind of file"
    assert kinds_with(texts, NUMBERS) == set()
