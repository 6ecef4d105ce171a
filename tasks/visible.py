"""Texts of sources, shown: marks that a reader cannot see, or that turn the line, are written out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any


def visible(text: str) -> str:
    """A text in which marks that hide or turn others are seen, such as ⟨U+202E⟩."""
    return text if text.isprintable() else "".join(_seen(text))


def visible_in(value: Any) -> Any:
    """The same value, every text in it visible, however deep it lies in lists and structs."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: visible_in(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [visible_in(inner) for inner in value]
    return value


def _seen(text: str) -> Iterator[str]:
    for letter in text:
        # A line's end, a tab, a soft hyphen and the joiner of one sign hide nothing.
        hidden = unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") and letter not in "\n\t\u00ad\u200d"
        yield f"⟨U+{ord(letter):04X}⟩" if hidden else letter
