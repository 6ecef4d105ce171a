"""Tables for people: ruled ones on a terminal, aligned plain text in a pipe, a block a row if too wide."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import Any

Row = Sequence[Any]


def show_table(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Print a table to stdout in the form that fits."""
    texts = [[shown(value) for value in row] for row in rows]
    right = _right(columns, rows)
    if not sys.stdout.isatty():
        print(aligned(columns, texts, right))
    elif _width(columns, texts) > get_terminal_size().columns:
        print(blocks(columns, texts))
    else:
        _show_ruled(columns, texts, right)
    if sys.stdout.isatty():
        print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


def aligned_rows(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Rows as aligned plain text."""
    return aligned(columns, [[shown(value) for value in row] for row in rows], _right(columns, rows))


def _right(columns: Sequence[str], rows: Sequence[Row]) -> list[bool]:
    return [bool(rows) and all(_is_number(row[at]) for row in rows) for at in range(len(columns))]


def shown(value: Any) -> str:
    """A value as text: NULL for none, ISO for moments, no more digits than a figure has."""
    if value is None:
        return "NULL"
    if isinstance(value, float):
        return f"{value:.12g}"
    return " ".join(str(value).split("\n"))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _widths(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, cells)) for cells in zip(columns, *texts, strict=True)]


def _width(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> int:
    return sum(width + 3 for width in _widths(columns, texts)) + 1


def aligned(columns: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Columns side by side, two blanks between them, numbers to the right."""
    widths = _widths(columns, texts)

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(columns), line(["-" * width for width in widths]), *map(line, texts)])


def blocks(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> str:
    """One block for each row, one line for each column."""
    widest = max(map(len, columns), default=0)
    lines = []
    for number, cells in enumerate(texts, start=1):
        lines.append(f"-- row {number} ".ljust(widest + 20, "-"))
        lines += [f"{column.ljust(widest)}  {cell}" for column, cell in zip(columns, cells, strict=True)]
    return "\n".join(lines)


def _show_ruled(columns: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column, to_right in zip(columns, right, strict=True):
        table.add_column(Text(column), justify="right" if to_right else "left", no_wrap=True)
    for cells in texts:
        table.add_row(*map(Text, cells))
    Console().print(table)
