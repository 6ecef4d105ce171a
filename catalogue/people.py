"""Who acts: the people of the register and their roles, and the actors that are no persons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from catalogue.definitions import Declared, Identifier, Text

Role = Literal["steward", "approver", "board_secretary", "auditor"]
# The schedule, and whoever approves among samples. They stand in no register: what they may do is the same everywhere.
SYSTEM_ACTORS = ("nightly-schedule", "sample")


class Person(Declared):
    """A person, or a function that a person fills; the ledger keeps `person_id` alone.

    `logins` are their users of the machine: who acts without giving a name, or owns a file in an inbox.
    """

    person_id: Identifier
    name: Text
    roles: tuple[Role, ...] = Field(min_length=1)
    logins: tuple[Text, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that leads to this person; upper and lower case are the same."""
        return tuple(name.casefold() for name in (self.person_id, self.name, *self.logins))


def is_system_actor(name: str) -> bool:
    """Whether a name is that of an actor that is no person; blanks, underscores and case make no other name."""
    return "-".join(name.replace("_", " ").replace("-", " ").casefold().split()) in SYSTEM_ACTORS
