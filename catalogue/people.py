"""Who acts: the people of the register and their roles."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from catalogue.definitions import Declared, Identifier, Text

Role = Literal["steward", "approver", "board_secretary", "auditor"]


class Person(Declared):
    """A person, or a function that a person fills; the ledger keeps `person_id` alone."""

    person_id: Identifier
    name: Text
    roles: tuple[Role, ...] = Field(min_length=1)
