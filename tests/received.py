"""Files as they may be received, and reading them as a run does: for tests of readers."""

import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from catalogue.errors import DeliveryError
from catalogue.sources import Source
from tasks.read import Reading, read_delivery
from tests.deliveries_for_tests import the_catalogue
from warehouse.deliveries import Delivery
from warehouse.paths import DataDirectory
from warehouse.snapshots import keep

LBF = "lbf_boligsociale_data"
UNIT = ["Boligområde", "RIN", "Ringparken"]
I3 = "I3 Andel 18-29-årige med grundskole som højest fuldførte uddannelse"
ROW = [*UNIT, I3, "2023", 88, 333, 26.4, None, None, None]


def read_file(path: Path, data: Path, source_id: str = LBF, contract: Source | None = None) -> Reading:
    """The reading of a delivered file or folder, under the catalogue's contract or another one."""
    catalogue, directory = the_catalogue(), DataDirectory(data)
    if contract is not None:
        catalogue, source_id = replace(catalogue, sources=(contract,)), contract.source_id
    directory.prepare()
    kept = keep(directory, source_id, path)
    delivery = Delivery(
        delivery_id=kept.delivery_id, source_id=source_id, part_id="", sha256=kept.sha256, files=kept.files,
        is_synthetic=True, origin="test", received_at="2026-01-01T00:00:00+00:00", received_by="test", sequence=1,
    )  # fmt: skip
    return read_delivery(directory, catalogue, delivery)


def refusal(path: Path, data: Path, **how) -> DeliveryError:
    """The error with which a file is refused; nothing may be left of the attempt, and the snapshot is kept."""
    with pytest.raises(DeliveryError) as refused:
        read_file(path, data, **how)
    assert [left for left in (data / "parsed").rglob("*") if left.is_file() or left.name.startswith(".")] == []
    assert [kept for kept in (data / "snapshots").rglob("*") if kept.is_file()]
    assert all([refused.value.what, refused.value.place, refused.value.found, refused.value.do])
    return refused.value


def rows_of(reading: Reading, columns: str = "*") -> list[tuple]:
    """The reading's rows in their order."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT {columns} FROM read_parquet(?, file_row_number = true) ORDER BY file_row_number",
            [str(reading.path)],
        ).fetchall()


def csv_file(path: Path, *lines: str, encoding: str = "utf-8", line_end: str = "\r\n") -> Path:
    """A CSV file of these lines."""
    path.write_bytes("".join(line + line_end for line in lines).encode(encoding))
    return path


def csv_line(row: list) -> str:
    """A row as LBF's CSV would hold it."""
    texts = (str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row)
    return ";".join("" if text is None else str(text) for text in texts)


def workbook(path: Path, *rows: list, sheet: str = "Data", top: int = 0, left: int = 0) -> Path:
    """A workbook with these rows, None for an empty cell, '=…' for a formula whose result is left out."""
    with xlsxwriter.Workbook(path) as book:
        cells, day = book.add_worksheet(sheet), book.add_format({"num_format": "dd-mm-yyyy"})
        for row_number, row in enumerate(rows, top):
            for column, cell in enumerate(row, left):
                if isinstance(cell, date | datetime):
                    cells.write_datetime(row_number, column, cell, day)
                elif isinstance(cell, str) and cell.startswith("="):
                    cells.write_formula(row_number, column, cell, value="")
                elif isinstance(cell, str):
                    cells.write_string(row_number, column, cell)
                elif cell is not None:
                    cells.write(row_number, column, cell)
    return path


def with_changed_part(path: Path, part: str, change) -> Path:
    """A copy of a workbook in which one part's bytes are `change(bytes)`."""
    changed = path.with_name(f"changed_{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            new.writestr(member.filename, change(content) if member.filename == part else content)
    return changed
