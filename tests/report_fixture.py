"""A small published warehouse for the tests of the page: see report_fixture.sql."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tasks.report import write_report

TABLES = Path(__file__).with_suffix(".sql")


def warehouse_for_the_page(folder: Path, *changes: str) -> Path:
    """A warehouse file with every table that the page reads, changed by further statements if given."""
    path = folder / "warehouse.duckdb"
    path.write_bytes(_unchanged())
    with duckdb.connect(path) as connection:
        for change in changes:
            connection.execute(change)
    return path


@cache
def _unchanged() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        with duckdb.connect(path) as connection:
            connection.execute(TABLES.read_text("utf-8"))
        return path.read_bytes()


def write_site(warehouse_file: Path, target: Path) -> Path:
    """The site alone, without paper and workbook, for the tests of what the pages say."""
    return write_report(warehouse_file, target, forms=("site",))


class _Rows(HTMLParser):
    """Collects the text of each cell, row by row, and the words that stand outside of tags."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.in_cell = False

    def handle_starttag(self, tag, attrs):  # noqa: ARG002  # the parser passes both
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data):
        if self.in_cell:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]} {data}".replace("\u00a0", " ").split())


def rows_of(page: Path) -> list[list[str]]:
    """The text of every table row of a page, cell by cell; unbreakable spaces become plain ones."""
    parser = _Rows()
    parser.feed(page.read_text("utf-8"))
    return parser.rows


def words_of(page: Path) -> str:
    """All text of a page as a reader sees it, without style and tags."""
    collected: list[str] = []
    parser = HTMLParser()
    parser.handle_data = collected.append
    parser.feed(page.read_text("utf-8").partition("</style>")[2])
    return " ".join(" ".join(collected).replace("\u00a0", " ").split())
