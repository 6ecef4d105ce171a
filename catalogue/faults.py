"""What a cross-check reports, and the two faults that recur: an unknown id, and one that is given twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

MOST_NAMES_LISTED = 12


class Fault(NamedTuple):
    """Something that does not hold together: in which file of the catalogue, at which key."""

    what: str
    file: str
    key: str
    expected: str
    found: str


def unknown(what: str, file: str, references: Iterable[tuple[str, str]], known: Collection[str]) -> Iterator[Fault]:
    """A fault for each reference, given as (key, id), to an id that is not among the known ones."""
    for key, found in references:
        if found not in known:
            yield Fault(f"there is no such {what}", file, key, _one_of(known, found), found)


def given_twice(what: str, declarations: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """A fault for each declaration, given as (file, id), of an id that has come before."""
    declared_in: dict[str, str] = {}
    for file, identifier in declarations:
        if identifier in declared_in:
            expected = f"another id than the one in {declared_in[identifier]}"
            yield Fault(f"one {what} is declared twice", file, identifier, expected, identifier)
        declared_in.setdefault(identifier, file)


def _one_of(known: Collection[str], found: str) -> str:
    if not known:
        return "one that is declared; none is"
    if len(known) <= MOST_NAMES_LISTED:
        return f"one of {', '.join(sorted(known))}"
    close = get_close_matches(found, sorted(known), n=3, cutoff=0.4)
    return f"one of the {len(known)} declared ones" + (f"; close to it: {', '.join(close)}" if close else "")
