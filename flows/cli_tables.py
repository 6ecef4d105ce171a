"""Tables for people: ruled ones on a terminal, aligned plain text in a pipe.

What is wider than the terminal has its texts wrapped, and is a block a row where that does not do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import TextWrapper
from typing import Any

from catalogue.counted import counted

Row = Sequence[Any]


_NARROWEST_TEXT = 14
# A table is set as a whole: ten thousand rows take half a second, and nobody reads as many.
MOST_ROWS_SHOWN = 10_000
# Rules and colours take a hundred times as long.
_MOST_ROWS_RULED = 500


def room() -> int | None:
    """How many characters a line may have: the terminal's, or COLUMNS in a pipe; None in a pipe without."""
    return get_terminal_size().columns if sys.stdout.isatty() or os.environ.get("COLUMNS") else None


def show_first_rows(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Print a table as show_table does; of one that nobody reads the beginning, and on stderr how to have it all."""
    show_table(columns, rows[:MOST_ROWS_SHOWN])
    if len(rows) > MOST_ROWS_SHOWN:
        told = f"The first {MOST_ROWS_SHOWN:,} of {len(rows):,} rows are shown; --csv and --json give all."
        print(told, file=sys.stderr)


def show_table(columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Print a table to stdout in the form that fits."""
    texts = [[shown(value) for value in row] for row in rows]
    right, is_terminal, width = _right(columns, rows), sys.stdout.isatty(), room()
    is_ruled = is_terminal and len(rows) <= _MOST_ROWS_RULED
    # Each column of a ruled table takes two blanks and a rule more, of a plain one two blanks.
    around = 3 * len(columns) + 1 if is_ruled else 2 * (len(columns) - 1)
    widths = _fitting(columns, texts, right, None if width is None else width - around)
    if widths is None:
        print(blocks(columns, texts, width))
    elif is_ruled:
        _show_ruled(columns, texts, right, widths)
    else:
        print(_aligned(columns, texts, right, widths))
    if is_terminal:
        print(counted(len(rows), "row"))


def _fitting(
    columns: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool], width: int | None
) -> list[int] | None:
    """The width of each column, the widest running text made narrower until all fit; None if that does not do."""
    widths = _widths(columns, texts)
    if width is None:
        return widths
    least = [
        natural
        if to_right
        else min(natural, max(_NARROWEST_TEXT, *(len(word) for cell in cells for word in cell.split())))
        for natural, to_right, *cells in zip(widths, right, columns, *texts, strict=True)
    ]
    while sum(widths) > width:
        at = max(range(len(widths)), key=lambda one: (widths[one] > least[one], widths[one]))
        if widths[at] <= least[at]:
            return None
        widths[at] -= 1
    return widths


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


def aligned(columns: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Columns side by side, two blanks between them, numbers to the right."""
    return _aligned(columns, texts, right, _widths(columns, texts))


def _wrapped(text: str, width: int) -> list[str]:
    """Never within a word: an id or a path is copied as it stands."""
    return TextWrapper(width, break_long_words=False, break_on_hyphens=False).wrap(text)


def _aligned(
    columns: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool], widths: Sequence[int]
) -> str:
    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        ]
        return "  ".join(padded).rstrip()

    def lines(cells: Sequence[str]) -> list[str]:
        wrapped = [
            _wrapped(cell, width) if len(cell) > width else [cell] for cell, width in zip(cells, widths, strict=True)
        ]
        return [line(parts) for parts in zip_longest(*wrapped, fillvalue="")]

    ruled = line(["-" * width for width in widths])
    return "\n".join([*lines(columns), ruled, *(one for cells in texts for one in lines(cells))])


def blocks(columns: Sequence[str], texts: Sequence[Sequence[str]], width: int | None = None) -> str:
    """One block for each row, one line for each column that says something; long texts wrapped."""
    widest = max(map(len, columns), default=0)
    lines = []
    for number, cells in enumerate(texts, start=1):
        lines.append(f"-- row {number} ".ljust(widest + 20, "-"))
        for column, cell in zip(columns, cells, strict=True):
            parts = _wrapped(cell, max(width - widest - 2, _NARROWEST_TEXT)) if width else [cell] if cell else []
            lines += [f"{name.ljust(widest)}  {part}" for name, part in zip_longest([column], parts, fillvalue="")][
                : len(parts)
            ]
    return "\n".join(lines)


def _show_ruled(
    columns: Sequence[str], texts: Sequence[Sequence[str]], right: Sequence[bool], widths: Sequence[int]
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column, to_right, width in zip(columns, right, widths, strict=True):
        table.add_column(Text(column), justify="right" if to_right else "left", min_width=width, max_width=width)
    for cells in texts:
        table.add_row(*map(Text, cells))
    Console().print(table)
