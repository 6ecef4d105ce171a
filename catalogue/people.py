"""Who acts: the people of the register and their roles, and the actors that are no persons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from catalogue.definitions import Declared, Identifier, Text

Role = Literal["steward", "approver", "board_secretary", "auditor"]
# The schedule, and whoever approves among samples. They stand in no register: what they may do is the same everywhere.
SYSTEM_ACTORS = ("nightly-schedule", "sample")


class Person(Declared):
    """A person, or a function that a person fills; the ledger keeps `person_id` alone."""

    person_id: Identifier
    name: Text
    roles: tuple[Role, ...] = Field(min_length=1)


def is_system_actor(name: str) -> bool:
    """Whether a name is that of an actor that is no person; blanks, underscores and case make no other name."""
    return "-".join(name.replace("_", " ").replace("-", " ").casefold().split()) in SYSTEM_ACTORS
