"""Cells as a library gives them, a column at a time, become the text that a Danish reader would see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

# Excel keeps 15 significant digits; what comes after is noise of binary fractions.
_DIGITS = "%.15g"
_LARGEST_WHOLE = 1e15


def texts_of(cells: Sequence[Any], decimal_mark: str = ",") -> np.ndarray:
    """One column's cells as text: 27.5 -> '27,5', 31.0 -> '31', a date -> ISO; an empty cell stays empty.

    The array holds objects: a text for each cell, None for one without.
    """
    kinds = set(map(type, cells))
    if kinds <= {float, int}:
        return _number_texts(np.array(cells, dtype=float), decimal_mark)
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    if kinds <= {str}:
        return values
    kind_of = np.array(list(map(type, cells)), dtype=object)
    texts = np.full(len(cells), None, dtype=object)
    for kind in kinds - {type(None)}:
        chosen = kind_of == kind
        texts[chosen] = _texts_of_one_kind(kind, values[chosen], decimal_mark)
    return texts


def _texts_of_one_kind(kind: type, values: np.ndarray, decimal_mark: str) -> np.ndarray:
    if kind is bool:
        return np.where(values.astype(bool), "SAND", "FALSK")
    if kind in (float, int):
        return _number_texts(values.astype(float), decimal_mark)
    if kind in (date, datetime):
        days_or_moments = values.astype("datetime64[D]" if kind is date else "datetime64[s]")
        return np.char.replace(days_or_moments.astype(str), "T", " ").astype(object)
    return values if kind is str else values.astype(str)


def _number_texts(numbers: np.ndarray, decimal_mark: str) -> np.ndarray:
    """Numbers as text without a thousands mark, and without decimals where there are none."""
    texts = np.empty(len(numbers), dtype=object)
    is_whole = (np.abs(numbers) < _LARGEST_WHOLE) & (numbers == np.trunc(numbers))
    texts[is_whole] = numbers[is_whole].astype(np.int64).astype(str)
    if not is_whole.all():
        texts[~is_whole] = np.char.replace(np.char.mod(_DIGITS, numbers[~is_whole]), ".", decimal_mark)
    return texts


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 -> 'A', 26 -> 'AA'."""
    letters = ""
    while index >= 0:
        index, rest = index // 26 - 1, index % 26
        letters = chr(ord("A") + rest) + letters
    return letters
