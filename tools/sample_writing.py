"""What every synthetic file shares: the words that say so, Danish numbers, workbooks of fixed bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pandas as pd

SYNTHETIC = "SYNTETISKE DATA – ikke rigtige tal"
SHEET, GUIDE_SHEET = "Data", "Vejledning"


def danish_text(numbers: pd.Series, decimals: int) -> pd.Series:
    """Numbers as Danish text: 1234.5 -> '1.234,5'; missing stays missing."""
    english = numbers.map(f"{{:,.{decimals}f}}".format, na_action="ignore").astype(object)
    return english.str.translate(str.maketrans(",.", ".,"))


@contextmanager
def synthetic_workbook(path: Path, title: str, created: datetime) -> Iterator[pd.ExcelWriter]:
    """A workbook whose properties say that it is synthetic; `created` is fixed so that bytes repeat."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pd.ExcelWriter(path, engine="xlsxwriter", date_format="dd-mm-yyyy") as writer:
        writer.book.set_properties(
            {
                "title": f"{title} – {SYNTHETIC}",
                "subject": SYNTHETIC,
                "keywords": "SYNTETISK",
                "comments": f"{SYNTHETIC}. Lavet af tools/make_samples.py.",
                "created": created,
            }
        )
        writer.book.set_custom_property("SYNTETISK", "ja")
        yield writer


def write_sheet(writer: pd.ExcelWriter, table: pd.DataFrame, titles: list[str], footnotes: list[str]) -> int:
    """Write titles (merged over the table's width), an empty row, the header, the rows and the footnotes.

    Returns:
        The row number of the header, counted from 1 as Excel does.
    """
    header_row = len(titles) + 2
    table.to_excel(writer, sheet_name=SHEET, startrow=header_row - 1, index=False)
    sheet = writer.sheets[SHEET]
    bold = writer.book.add_format({"bold": True})
    last_column = len(table.columns) - 1
    for row, text in enumerate(titles):
        sheet.merge_range(row, 0, row, last_column, text, bold)
    sheet.write_column(header_row + len(table) + 1, 0, footnotes)
    sheet.set_column(0, last_column, 13)
    return header_row


def write_guide(writer: pd.ExcelWriter, lines: list[tuple[str, str]]) -> None:
    """Write the second sheet, which explains signs and columns."""
    guide = pd.DataFrame([(SYNTHETIC, ""), *lines])
    guide.to_excel(writer, sheet_name=GUIDE_SHEET, index=False, header=False)
    writer.sheets[GUIDE_SHEET].set_column(0, 0, 24)


def write_csv(path: Path, lines: str, encoding: str) -> None:
    """Write text with CRLF line ends, as Danish offices export it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines.replace("\r\n", "\n").replace("\n", "\r\n").encode(encoding))
