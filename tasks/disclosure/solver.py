"""One linear programme asked many times over (HiGHS): the sums stay, what is to be least changes.

Each search begins where the last one ended, which is seldom far.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from tasks.disclosure.cells import Array


@dataclass(frozen=True)
class Entries:
    """The coefficients of a matrix that are not zero, in any order."""

    row: Array
    column: Array
    value: Array

    def beside(self, other: Entries, rows: int) -> Entries:
        """These, and below their so many rows the other ones."""
        return Entries(
            np.r_[self.row, rows + other.row], np.r_[self.column, other.column], np.r_[self.value, other.value]
        )

    def times(self, amounts: Array, rows: int) -> Array:
        """The matrix, which has so many rows, times one amount a column."""
        return np.bincount(self.row, weights=self.value * amounts[self.column], minlength=rows)


class NoAnswerError(RuntimeError):
    """HiGHS finds no amounts that fit."""


class Solver:
    """All amounts (one a column) within `bounds` (columns x 2) for which each row of `entries` makes its `right`."""

    def __init__(self, entries: Entries, right: Array, bounds: Array) -> None:
        columns, rows = len(bounds), len(right)
        order = np.lexsort((entries.column, entries.row))
        starts = np.r_[0, np.cumsum(np.bincount(entries.row, minlength=rows))].astype(np.int32)
        self._columns = np.arange(columns, dtype=np.int32)
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        # Where the last answer still holds, the search goes on from it.
        self._highs.setOptionValue("simplex_strategy", 0)
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(
            columns, rows, len(order), int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
            np.zeros(columns), bounds[:, 0].copy(), bounds[:, 1].copy(), right, right,
            starts, entries.column[order].astype(np.int32), entries.value[order],
            np.zeros(columns, dtype=np.int32),
        )  # fmt: skip

    def least(self, weights: Array) -> Array:
        """Amounts for which `weights` @ amounts is least. Raises NoAnswerError where HiGHS finds none."""
        self._highs.changeColsCost(len(weights), self._columns, weights)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise NoAnswerError(f"HiGHS: {self._highs.modelStatusToString(status)}")
        return np.array(self._highs.getSolution().col_value)
