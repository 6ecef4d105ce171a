"""What calamine does not tell of a sheet: formulas without a stored result, and cells that hold an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from catalogue.errors import DeliveryError

_MOST_ERROR_CELLS = 10_000
_LONGEST_CELL_BYTES = 1 << 20
# Calamine keeps 32 bytes for every cell between the first and the last one, filled or not, and when it gets no
# memory it ends the whole process. A full sheet of 38 columns is within this.
_MOST_CELLS = 40_000_000


@dataclass
class SheetFindings:
    """Counts of a sheet's formulas by what is stored beside them, and its error cells (F17 -> '#N/A')."""

    formulas: int = 0
    without_result: int = 0
    with_result_zero: int = 0
    first_without_result: str = ""
    error_cells: dict[str, str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0

    def refuse_too_large(self, file_name: str, sheet: str) -> None:
        """Raise DeliveryError if the sheet reaches so far that no memory would hold it."""
        if self.last_row * self.last_column > _MOST_CELLS:
            raise DeliveryError(
                "the sheet reaches further than can be read",
                place=f"{file_name}, sheet {sheet}",
                expected=f"at most {_MOST_CELLS:,} cells between the first and the last one",
                found=f"{self.last_row:,} rows and {self.last_column:,} columns",
                do="delete the empty rows and columns that lie beyond the table, save the file and deliver it again",
            )

    def refuse_uncomputed(self, file_name: str, sheet: str, *, recalculates_when_opened: bool) -> None:
        """Raise DeliveryError if there are formulas of which nobody knows the result."""
        # A program that cannot compute stores 0 everywhere and asks Excel to compute when it opens the file.
        all_zero = recalculates_when_opened and self.with_result_zero == self.formulas > 0
        if not (self.without_result or all_zero):
            return
        count = self.without_result or self.formulas
        raise DeliveryError(
            "cells hold formulas without a stored result",
            place=f"{file_name}, {sheet}!{self.first_without_result}"
            if self.without_result
            else f"{file_name}, {sheet}",
            expected="a value in every cell",
            found=f"{count} formula{'s' if count > 1 else ''} that no program has computed",
            do="open the file in Excel, save it, and deliver the saved file",
        )


class SheetScan:
    """Takes a sheet's XML piece by piece; cells are never cut in two."""

    def __init__(self) -> None:
        self.findings = SheetFindings()
        self._carried = b""
        self._prefix: bytes | None = None
        self._patterns: tuple[re.Pattern[bytes], re.Pattern[bytes]] | None = None

    def take(self, chunk: bytes) -> None:
        """Look through the next piece."""
        text = self._carried + chunk
        if self._prefix is None:
            # Some programs write <x:worksheet>, and then <x:c> for every cell.
            found = re.search(rb"<(\w+:)?worksheet\b", text)
            self._prefix = (found[1] or b"") if found else b""
        cut = text.rfind(b"<" + self._prefix + b"c ")
        if cut < 0:
            cut = max(0, len(text) - 256)
        self._carried = text[cut:] if len(text) - cut < _LONGEST_CELL_BYTES else b""
        self._look_at(text[:cut])

    def finish(self) -> SheetFindings:
        """What was found in the whole sheet."""
        self._look_at(self._carried)
        return self.findings

    def _look_at(self, text: bytes) -> None:
        prefix = self._prefix or b""
        has_formulas = any(b"<" + prefix + b"f" + end in text for end in (b">", b" ", b"/"))
        if has_formulas:
            self._count_formulas(text, prefix)
        if b't="e"' in text:
            self._keep_errors(text, prefix)
        self._measure(text, prefix)

    def _measure(self, text: bytes, prefix: bytes) -> None:
        """How far the sheet reaches; columns A to Z alone can never be too many, so others are looked for."""
        cells = re.findall(rb'<%(p)sc r="([A-Z]{2,3})(\d{1,7})"[^>/]*>' % {b"p": prefix}, text)
        rows = re.findall(rb'<%(p)srow r="(\d{1,7})"' % {b"p": prefix}, text)
        columns = {letters for letters, _ in cells}
        self.findings.last_column = max([self.findings.last_column, *map(_column_number, columns)])
        self.findings.last_row = max([self.findings.last_row, *map(int, rows), *(int(row) for _, row in cells)])

    def _count_formulas(self, text: bytes, prefix: bytes) -> None:
        pattern = (
            rb"<%(p)sc ([^>]*)>\s*<%(p)sf(?:\s[^>]*)?(?:/>|>[^<]*</%(p)sf>)\s*"
            rb"(?:<%(p)sv>([^<]*)</%(p)sv>|(<%(p)sv\s*/>)?)"
        ) % {b"p": prefix}
        for attributes, result, _ in re.findall(pattern, text):
            self.findings.formulas += 1
            if result == b"0":
                self.findings.with_result_zero += 1
            # Excel stores an empty result of a text formula as such; it marks the cell as a string.
            elif not result and b't="str"' not in attributes:
                self.findings.without_result += 1
                self.findings.first_without_result = self.findings.first_without_result or _cell_name(attributes)

    def _keep_errors(self, text: bytes, prefix: bytes) -> None:
        pattern = rb'<%(p)sc ([^>]*\bt="e"[^>]*)>(?:\s*<%(p)sf[^>]*(?:/>|>[^<]*</%(p)sf>))?\s*<%(p)sv>([^<]+)<' % {
            b"p": prefix
        }
        for attributes, error in re.findall(pattern, text):
            if len(self.findings.error_cells) < _MOST_ERROR_CELLS:
                self.findings.error_cells[_cell_name(attributes)] = error.decode("ascii", "replace")


def _cell_name(attributes: bytes) -> str:
    found = re.search(rb'\br="([A-Z]+\d+)"', attributes)
    return found[1].decode() if found else "?"


def _column_number(letters: bytes) -> int:
    """A column counted from 1: AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
