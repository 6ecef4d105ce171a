"""What DuckDB's complaints about a file mean to whoever must mend it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from catalogue.errors import DeliveryError, HelhedsplanError
from warehouse.snapshots import Snapshot

_LINE = re.compile(r"CSV Error on Line: (\d+)\s+Original Line:\s*([^\r\n]*)")
_CELLS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def explained(error: duckdb.Error, snapshot: Snapshot) -> HelhedsplanError:
    """The same error in words for a person: file, place, what was expected and found, what to do."""
    message = str(error)
    paths = [path for path in snapshot.paths if path.name in message] or list(snapshot.paths)
    names = ", ".join(path.name for path in paths)
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
        return HelhedsplanError(
            "a disk or the memory failed while the delivery was read",
            place=names,
            expected="room on the disk and in memory, and permission to write to the data directory",
            found=message.splitlines()[0],
            do="check free disk space, memory and permissions, then run again; nothing received is lost",
        )
    line = _LINE.search(message)
    place = f"{names}, line {_line_number(paths[0], line)}" if line else names
    if cells := _CELLS.search(message):
        return _many_or_few_cells(place, cells, line[2] if line else "")
    if "unterminated quote" in message:
        return _quote_without_end(place, line[2] if line else "")
    return DeliveryError(
        "the delivery could not be read",
        place=place,
        found=message.splitlines()[0],
        do="check quotes and line ends in the file, or export it again; if the file is right, report the reader",
    )


def _many_or_few_cells(place: str, cells: re.Match[str], line: str) -> DeliveryError:
    return DeliveryError(
        "a line has more or fewer cells than the table has columns",
        place=place,
        expected=f"{cells[1]} cells",
        found=f"{cells[2]}: {_without_digits(line)}",
        do="put cells that hold the delimiter in quotes, or complete the line (was the file cut short?)",
    )


def _quote_without_end(place: str, line: str) -> DeliveryError:
    return DeliveryError(
        "a cell begins with a quote that does not end",
        place=place,
        expected='quotes in pairs, and a quote inside a cell written twice ("")',
        found=_without_digits(line),
        do="correct the quotes or export the file again",
    )


def _without_digits(line: str) -> str:
    """The beginning of a line with # for each digit: the ledger keeps what is said here, also of counts to withhold."""
    return re.sub(r"\d", "#", line[:200])


def _line_number(path: Path, line: re.Match[str]) -> int:
    """The line as editors count; DuckDB counts a cell with line ends as one line, and leaves out empty ones."""
    wanted = {line[2].encode(encoding, "ignore").strip() for encoding in ("utf-8", "cp1252")} - {b""}
    with path.open("rb") as file:
        return next((number for number, text in enumerate(file, start=1) if text.strip() in wanted), int(line[1]))
