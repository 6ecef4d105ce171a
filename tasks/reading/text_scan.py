"""One quick look through a text file: its encoding, and what would make its line numbers lie."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalogue.errors import DeliveryError

_CHUNK_BYTES = 1 << 20
_LINE_END, _QUOTE, _TWO_LINE_ENDS = 10, 34, 0x0A0A


@dataclass(frozen=True)
class Scan:
    """What a text file is like. `encoding` is 'utf-8' or 'cp1252'; quotes may hide line ends inside a cell."""

    encoding: str
    has_quotes: bool
    has_blank_lines: bool
    synthetic_mark_found: bool


def scan_text(path: Path, encodings: Sequence[str], synthetic_mark: str) -> Scan:
    """Look through a text file once. Raises DeliveryError where it is not text in one of these encodings."""
    is_utf8, has_quotes, has_blank_lines, mark_found = True, False, False, False
    marks = {synthetic_mark.encode(encoding, "replace") for encoding in encodings}
    for chunk, end in _chunks_and_line_ends(path):
        if b"\0" in chunk:
            raise _not_this_text(path, encodings, "bytes of no text (perhaps UTF-16, or another kind of file)")
        is_utf8 = is_utf8 and _is_utf8(chunk, end)
        has_quotes = has_quotes or b'"' in chunk
        has_blank_lines = has_blank_lines or _has_blank_line(chunk)
        mark_found = mark_found or any(mark in chunk for mark in marks)
    encoding = _encoding(path, encodings, is_utf8=is_utf8)
    return Scan(encoding, has_quotes, has_blank_lines, mark_found)


def _chunks_and_line_ends(path: Path) -> Iterator[tuple[bytes, int]]:
    """A file's bytes in large pieces that begin with a line, and where in each the next piece begins.

    What lies behind that is looked at twice: cheaper than copying every piece.
    """
    position = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            end = (chunk.rfind(b"\n") + 1 or len(chunk)) if len(chunk) == _CHUNK_BYTES else len(chunk)
            yield chunk, end
            position += end
            file.seek(position)


def _has_blank_line(chunk: bytes) -> bool:
    """Whether a line of a piece that begins with a line is empty."""
    if chunk[:1] in b"\r\n" or (b"\r" in chunk and b"\n\r\n" in chunk):
        return True
    # Two line ends as one number, at even and at odd bytes: twice as fast as looking for the text.
    pairs = [np.frombuffer(chunk, np.uint16, count=(len(chunk) - at) // 2, offset=at) for at in (0, 1)]
    return any(bool((pair == _TWO_LINE_ENDS).any()) for pair in pairs)


def chunks_of_lines(path: Path, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
    """A file's bytes from `begin` to `end` in large pieces, each of whole lines."""
    left = (path.stat().st_size if end is None else end) - begin
    with path.open("rb") as file:
        file.seek(begin)
        carried = b""
        while chunk := file.read(min(_CHUNK_BYTES, left)):
            left -= len(chunk)
            whole, line_end, carried = (carried + chunk).rpartition(b"\n")
            if line_end:
                yield whole + line_end
        if carried:
            yield carried


def lines_of_records(path: Path, begin: int, end: int, first_line: int) -> np.ndarray:
    """The line on which each record of a CSV file begins, counted from 1 as editors do.

    Args:
        path: the file.
        begin: byte at which the first record begins; it is line `first_line`.
        end: byte behind the last record.
        first_line: number of the line at `begin`.

    Returns:
        An array of whole numbers, one per record; empty lines are no records, and a line end inside
        quotes does not end one.
    """
    ends, lines, position, line, parity = [], [], begin, first_line, 0
    for chunk in chunks_of_lines(path, begin, end):
        content = np.frombuffer(chunk, np.uint8)
        inside = (np.cumsum(content == _QUOTE, dtype=np.uint8) + np.uint8(parity)) & 1
        line_ends = np.flatnonzero(content == _LINE_END)
        outside = inside[line_ends] == 0
        ends.append(position + line_ends[outside])
        lines.append(line + np.flatnonzero(outside))
        position, line, parity = position + len(chunk), line + len(line_ends), int(inside[-1])
    all_ends = np.append(np.concatenate([*ends, []]), end)
    last_lines = np.concatenate([*lines, []])
    starts = np.concatenate([[first_line], last_lines + 1])
    lengths = np.diff(all_ends, prepend=begin - 1) - 1
    # A record of one byte is the \r of an empty line; one cell of one letter is no table.
    return starts[lengths > 1].astype(np.int64)


def _is_utf8(chunk: bytes, end: int) -> bool:
    try:
        str(memoryview(chunk)[:end], "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _encoding(path: Path, encodings: Sequence[str], *, is_utf8: bool) -> str:
    candidates = [name for name in encodings if name != "utf-8" or is_utf8]
    if not candidates:
        raise _not_this_text(
            path, encodings, f"a byte that is not {encodings[0]} in {_first_fault(path, encodings[0])}"
        )
    if is_utf8 and "utf-8" in encodings:
        return "utf-8"
    fault = _first_fault(path, candidates[0])
    if fault:
        raise _not_this_text(path, encodings, f"a byte that is none of these in {fault}")
    return candidates[0]


def _first_fault(path: Path, encoding: str) -> str:
    """'line N' of the first byte that an encoding does not know; empty where it knows all."""
    line = 1
    for chunk in chunks_of_lines(path):
        try:
            codecs.decode(chunk, encoding)
        except UnicodeDecodeError as error:
            line += chunk.count(b"\n", 0, error.start)
            return f"line {line}"
        line += chunk.count(b"\n")
    return ""


def _not_this_text(path: Path, encodings: Sequence[str], found: str) -> DeliveryError:
    return DeliveryError(
        "the text's encoding is not understood",
        place=path.name,
        expected=f"text in {' or '.join(encodings)}",
        found=found,
        do="export the file again as CSV UTF-8",
    )
