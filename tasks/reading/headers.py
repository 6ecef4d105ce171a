"""Finding a table in a sheet or a CSV file by its headers, and saying what is wrong when it is not there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from catalogue.errors import DeliveryError
from catalogue.sources import Column, Layout, NumberColumn


@dataclass(frozen=True)
class Table:
    """A table that a layout recognised in the first rows of a file.

    `header_row` counts the given rows from 0. `positions`: our column name (a second origin under
    `<column>_alternative`) -> index of its published column. `period_headers`: in a wide layout, index
    -> the period's text; `measure_position` the column that says what a row measures.
    """

    layout: Layout
    header_row: int
    headers: tuple[str, ...]
    positions: dict[str, int]
    period_headers: dict[int, str]
    measure_position: int | None

    @property
    def extra_headers(self) -> tuple[str, ...]:
        """Published columns that the contract does not name."""
        used = {*self.positions.values(), *self.period_headers, self.measure_position}
        return tuple(text for index, text in enumerate(self.headers) if text.strip() and index not in used)

    def is_row(self, cells: Sequence[str]) -> bool:
        """Whether the cells at a file's end are a row of the table still, and not a note below it."""
        wanted = self.layout.ends_when_empty
        if wanted is None:
            return True
        telling = [self.positions[wanted], *self.figure_positions]
        return any(index < len(cells) and cells[index].strip() for index in telling)

    @property
    def figure_positions(self) -> list[int]:
        """The published columns that hold figures."""
        figures = {*get_args(NumberColumn), *(f"{name}_alternative" for name in self.layout.alternatives)}
        return [*(index for name, index in self.positions.items() if name in figures), *self.period_headers]

    def note_of_extra_headers(self, file_name: str) -> tuple[str, ...]:
        """A note for the steward if there are such columns."""
        extra = ", ".join(self.extra_headers)
        return (f"{file_name}: columns that the contract does not name were left out: {extra}",) if extra else ()


def find_table(rows: Sequence[Sequence[str]], layouts: Sequence[Layout]) -> Table | None:
    """The first row, tried for one layout after the other, in which all headers of the layout stand."""
    for layout in layouts:
        for number, row in enumerate(rows[: layout.header_within_rows]):
            if not missing_headers(layout, row):
                return _table(layout, number, row)
    return None


def headers_not_found(
    rows: Sequence[Sequence[str]], layouts: Sequence[Layout], place: str, row_word: str
) -> DeliveryError:
    """The error for a file without its table, about the row that comes nearest to a header row."""
    candidates = [
        (len(wanted) - len(missing_headers(layout, row)), -len(missing_headers(layout, row)), -number, layout)
        for layout in layouts
        for number, row in enumerate(rows[: layout.header_within_rows])
        if (wanted := required_headers(layout))
    ]
    hits, _, number, layout = max(candidates, key=lambda one: one[:3], default=(0, 0, 0, layouts[0]))
    if hits == 0:
        return DeliveryError(
            "no table was found",
            place=place,
            expected=f"a row with the headers {', '.join(required_headers(layout))}",
            found=f"none of them in the first {min(len(rows), layout.header_within_rows)} {row_word}s",
            do="check that it is the right file, its encoding and its delimiter as the contract says; export it again",
        )
    return _columns_missing(layout, rows[-number], f"{place}, {row_word} {1 - number}")


def required_headers(layout: Layout) -> list[str]:
    """The published headers without which a layout is not recognised."""
    rules = [*layout.columns.values(), *layout.alternatives.values()]
    headers = [rule.header for rule in rules if rule.header and not rule.optional]
    if layout.period_columns:
        headers.append(layout.period_columns.measure_header)
    return list(dict.fromkeys(headers))


def missing_headers(layout: Layout, row: Sequence[str]) -> list[str]:
    """The required headers that a row lacks; in a wide layout also 'a column per period'."""
    present = {normal(text) for text in row}
    missing = [header for header in required_headers(layout) if normal(header) not in present]
    if layout.period_columns and not _period_headers(layout, row):
        missing.append(f"a column per period ({layout.period_columns.header_pattern})")
    return missing


def normal(header: str) -> str:
    """A header as it is compared: no matter how it is spaced or capitalised."""
    return " ".join(header.replace("\u00a0", " ").split()).casefold()


def _period_headers(layout: Layout, row: Sequence[str]) -> dict[int, str]:
    if layout.period_columns is None:
        return {}
    pattern = re.compile(layout.period_columns.header_pattern)
    return {index: text.strip() for index, text in enumerate(row) if pattern.fullmatch(text.strip())}


def _table(layout: Layout, number: int, row: Sequence[str]) -> Table:
    rules = dict(layout.columns) | {f"{name}_alternative": rule for name, rule in layout.alternatives.items()}
    measure = layout.period_columns and layout.period_columns.measure_header
    return Table(
        layout=layout,
        header_row=number,
        headers=tuple(row),
        positions={name: index for name, rule in rules.items() if (index := _position(rule, row)) is not None},
        period_headers=_period_headers(layout, row),
        measure_position=_position(Column(header=measure), row) if measure else None,
    )


def _position(rule: Column, row: Sequence[str]) -> int | None:
    if rule.header is None:
        return None
    found = [index for index, text in enumerate(row) if normal(text) == normal(rule.header)]
    if len(found) > 1:
        raise DeliveryError(
            "a column stands twice, and they may not agree",
            place=f"columns {' and '.join(str(index + 1) for index in found)} of the table",
            expected=f"one column {rule.header}",
            found=f"{len(found)} columns {rule.header}",
            do="remove or rename the one that is not meant, or have the publisher correct the file",
        )
    return found[0] if found else None


def _columns_missing(layout: Layout, row: Sequence[str], place: str) -> DeliveryError:
    missing = missing_headers(layout, row)
    known = {normal(header) for header in required_headers(layout)}
    unknown = {normal(text): text for text in row if text.strip() and normal(text) not in known}
    renamed = [
        f"{header} is perhaps called {unknown[near[0]]} now"
        for header in missing
        if (near := difflib.get_close_matches(normal(header), unknown, n=1, cutoff=0.6))
    ]
    named = ", ".join(text for text in row if text.strip()) or "no header"
    return DeliveryError(
        f"{'a column is' if len(missing) == 1 else 'columns are'} missing: {', '.join(missing)}",
        place=place,
        expected=", ".join(required_headers(layout)),
        found=named + "".join(f"; {words}" for words in renamed),
        do="export the file with all columns; if the publisher renamed one, change its header in the contract",
    )


def one_layout(found: Sequence[tuple[str, Table]]) -> Layout:
    """The layout of a delivery's tables (file name, table). Raises DeliveryError where they are of several."""
    layouts = {table.layout.layout_id: (name, table.layout) for name, table in found}
    if len(layouts) > 1:
        raise DeliveryError(
            "one delivery holds files of several layouts",
            place=", ".join(name for name, _ in layouts.values()),
            expected="files of one layout",
            found=", ".join(layouts),
            do="deliver the files of each layout by themselves",
        )
    return found[0][1].layout
