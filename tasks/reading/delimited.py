"""CSV files: DuckDB reads them where they lie, in one pass; only their head and tail are looked at here."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import duckdb

from catalogue.sources import Source
from tasks.reading.headers import Table, find_table, headers_not_found, one_layout
from tasks.reading.published import Published, scratch_folder
from tasks.reading.text_scan import Scan, chunks_of_lines, lines_of_records, scan_text
from warehouse.snapshots import Snapshot
from warehouse.sql_text import literal, quoted

_HEAD_BYTES, _TAIL_BYTES = 1 << 18, 1 << 18
csv.field_size_limit(_HEAD_BYTES + _TAIL_BYTES)


@dataclass(frozen=True)
class _Text:
    """A CSV file and its table. Rows lie between the bytes `begin` and `end`, the first on `first_line`."""

    path: Path
    name: str
    delimiter: str
    scan: Scan
    table: Table
    first_line: int
    begin: int
    end: int

    @property
    def one_line_per_row(self) -> bool:
        """Whether row N stands on line first_line + N, so that no row needs a place of its own."""
        return not self.scan.has_quotes and not self.scan.has_blank_lines


def publish_csv(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, source: Source, _part_id: str) -> Published:
    """Leave `published`: the rows below the header of each file, up to its footnotes.

    Raises DeliveryError for an encoding that the contract does not name, and where the table's columns
    are not found; a line with too many or too few cells shows when the rows are read.
    """
    texts = [_open(path, path.name, source) for path in snapshot.paths]
    layout = one_layout([(one.name, one.table) for one in texts])
    selects = [_select(connection, number, text, alone=len(texts) == 1) for number, text in enumerate(texts)]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW published AS {' UNION ALL '.join(selects)}")
    return Published(
        columns=layout.columns,
        synthetic_mark_found=any(text.scan.synthetic_mark_found for text in texts),
        alternatives=layout.alternatives,
        notes=tuple(note for text in texts for note in text.table.note_of_extra_headers(text.name)),
    )


def _open(path: Path, name: str, source: Source) -> _Text:
    scan = scan_text(path, source.csv.encodings, source.synthetic_mark)
    layouts = [layout for layout in source.layouts if layout.period_columns is None]
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    reader = csv.reader(
        io.StringIO(head.decode(scan.encoding, "ignore").removeprefix("\ufeff"), newline=""),
        delimiter=source.csv.delimiter,
    )
    records, ends = [], []
    for record in islice(reader, max(layout.header_within_rows for layout in layouts)):
        records.append(record)
        ends.append(reader.line_num)
    table = find_table(records, layouts)
    if table is None:
        raise headers_not_found(records, layouts, name, "line")
    lines = head.splitlines(keepends=True)
    begin = sum(len(line) for line in lines[: ends[table.header_row]])
    text = _Text(path, name, source.csv.delimiter, scan, table, ends[table.header_row] + 1, begin, path.stat().st_size)
    return _without_footnotes(text)


def _without_footnotes(text: _Text) -> _Text:
    """The same file up to the last line that is a row; its last lines may be notes of any shape."""
    if text.table.layout.ends_when_empty is None:
        return text
    begin = _begin_of_tail(text)
    with text.path.open("rb") as file:
        file.seek(begin)
        tail = file.read()
    reader = csv.reader(io.StringIO(tail.decode(text.scan.encoding), newline=""), delimiter=text.delimiter)
    records = [(record, reader.line_num) for record in reader]
    ends_of_rows = [last_line for record, last_line in records if text.table.is_row(record)]
    rows_end = ends_of_rows[-1] if ends_of_rows else 0
    notes = [record for record, last_line in records if last_line > rows_end]
    if _may_hold_rows(notes, len(text.table.headers), is_cut_short=not tail.endswith(b"\n")):
        return text
    return replace(text, end=begin + sum(len(line) for line in tail.splitlines(keepends=True)[:rows_end]))


def _may_hold_rows(notes: list[list[str]], width: int, *, is_cut_short: bool) -> bool:
    """Whether what looks like notes may be rows that a stray quote swallowed, or a last row that was cut short."""
    if any("\n" in cell for note in notes for cell in note):
        return True
    return bool(notes) and is_cut_short and 1 < len(notes[-1]) < width


def _begin_of_tail(text: _Text) -> int:
    """Where the file's last part begins: at the begin of a line that is not inside quotes."""
    begin = max(text.begin, text.end - _TAIL_BYTES)
    if begin == text.begin:
        return begin
    with text.path.open("rb") as file:
        file.seek(begin)
        begin += len(file.readline())
        quotes = sum(chunk.count(b'"') for chunk in chunks_of_lines(text.path, text.begin, begin))
        while quotes % 2 and (line := file.readline()):
            begin, quotes = begin + len(line), quotes + line.count(b'"')
    return begin


def _select(connection: duckdb.DuckDBPyConnection, number: int, text: _Text, *, alone: bool) -> str:
    """SQL of a file's rows as `published` wants them."""
    place, first_line, lines = "NULL::VARCHAR", text.first_line, ""
    if not (alone and text.one_line_per_row):
        place, first_line, lines = "'line ' || line", 0, f" POSITIONAL JOIN lines_of_file_{number}"
        found = lines_of_records(text.path, text.begin, text.end, text.first_line)
        connection.register(f"lines_of_file_{number}", {"line": found})
    cells = [f"cell_{index} AS {quoted(name)}" for name, index in text.table.positions.items()]
    columns = ", ".join(f"'cell_{index}': 'VARCHAR'" for index in range(len(text.table.headers)))
    strict = str(text.scan.has_quotes).lower()  # Without quotes there is nothing to guess; line ends may differ then.
    rows = f"""read_csv({literal(str(_readable(connection, number, text)))}, auto_detect = false, header = false,
        skip = {text.table.header_row + 1}, delim = {literal(text.delimiter)}, quote = '"', escape = '"',
        strict_mode = {strict}, columns = {{{columns}}})"""
    return f"""SELECT {literal(text.name)} AS file_name, {place} AS place, {first_line} AS first_line,
        {", ".join(cells)} FROM {rows}{lines}"""


def _readable(connection: duckdb.DuckDBPyConnection, number: int, text: _Text) -> Path:
    """The file itself, or where DuckDB could not read it as it is, a copy in UTF-8 without footnotes."""
    if text.scan.encoding == "utf-8" and text.end == text.path.stat().st_size:
        return text.path
    copy = scratch_folder(connection) / str(number) / text.name
    copy.parent.mkdir(parents=True)
    with copy.open("wb") as file:
        for chunk in chunks_of_lines(text.path, 0, text.end):
            file.write(chunk if text.scan.encoding == "utf-8" else chunk.decode(text.scan.encoding).encode())
    return copy
