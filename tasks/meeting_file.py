"""What a meeting's file says: the board's act, in YAML, read into a frozen model that refuses what it does not know."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, Field, ValidationError

from catalogue.definitions import Declared, Identifier
from catalogue.errors import HelhedsplanError

_MOST_BYTES = 1 << 20
# Marks that turn the direction of a line, so that a reader sees other words than were written.
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}


def _plain(text: str) -> str:
    for letter in text:
        if letter in _TURNING or (unicodedata.category(letter) == "Cc" and letter not in "\n\t"):
            raise ValueError(f"a text without the invisible mark U+{ord(letter):04X}")
    if not text.strip():
        raise ValueError("a text, not blanks alone")
    return text.strip()


Words = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(_plain)]


class Present(Declared):
    """One who was at the meeting."""

    name: Words
    organisation: Words | None = None


class Action(Declared):
    """What somebody is to do, and by when. `id` names it within its meeting; without one a digest of its words does."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)] | None = None
    action: Words
    owner: Words
    due: date


class Item(Declared):
    """One indicator that the meeting took up: what was seen of it, remarked and decided."""

    indicator: Identifier
    seen: Words
    remark: Words | None = None
    decision: Words | None = None
    actions: tuple[Action, ...] = ()


class Done(Declared):
    """An action of an earlier meeting that is done."""

    action: Words
    note: Words | None = None


class Minutes(Declared):
    """Where the minutes are filed, and the file; a path is taken from the meeting's file."""

    reference: Words
    file: Words


class Meeting(Declared):
    """One meeting of the board.

    `publication` is the id, or at least the first 16 characters of the digest, that stands on the paper which the
    board had before it. `part` tells a meeting from another one of the same day. `corrects` says why a meeting that was
    recorded before is recorded again.
    """

    agreement: Identifier | None = None
    date: date
    part: Identifier | None = None
    publication: Annotated[str, Field(pattern=r"^[0-9a-zA-Z-]{16,64}$")]
    present: tuple[Present, ...] = Field(min_length=1)
    indicators: tuple[Item, ...] = Field(min_length=1)
    actions_done: tuple[Done, ...] = ()
    minutes: Minutes
    corrects: Words | None = None


def read_meeting(path: Path) -> Meeting:
    """The meeting that a file tells of. Raises HelhedsplanError with the key and what was expected."""
    try:
        return Meeting.model_validate(_content(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise HelhedsplanError(
            "the meeting's file says something that is not understood",
            place=f"{path}, key {'.'.join(map(str, first['loc'])) or 'of the file as a whole'}",
            expected=first["msg"].removeprefix("Value error, "),
            found=repr(first["input"])[:200],
            do="correct the key; docs/board.md shows a whole file",
        ) from error


def _content(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unreadable(path, f"{path.stat().st_size} bytes")
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, found: str) -> HelhedsplanError:
    return HelhedsplanError(
        "the meeting's file cannot be read",
        place=str(path),
        expected="a YAML file in UTF-8 of at most 1 MB; docs/board.md shows one",
        found=found,
        do="correct the file and record the meeting again",
    )
