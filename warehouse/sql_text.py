"""Names and texts as SQL writes them. DuckDB's bound parameters would do, but make it import pandas first."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A text, or what stands for one such as a path, as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def texts(words: Iterable[str]) -> str:
    """Several texts as SQL writes them between parentheses."""
    return ", ".join(literal(word) for word in words)


def text_list(words: Iterable[str]) -> str:
    """A list of texts as SQL writes it."""
    return f"[{texts(words)}]::VARCHAR[]"
