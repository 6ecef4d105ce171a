"""Who may do what: the roles of the register against the acts, and a refusal that names both."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable
from typing import Literal

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from catalogue.people import Person, Role, is_system_actor
from warehouse.deliveries import is_sample
from warehouse.ledger import Entry

Act = Literal[
    "deliver", "approve", "approve_with_four_eyes", "reject", "rehearse", "write_letter", "close_quarantine", "rerun",
    "record_meeting",
]  # fmt: skip
ROLES_OF_ACT: dict[Act, tuple[Role, ...]] = {
    "deliver": ("steward",),
    "approve": ("steward", "approver"),
    "approve_with_four_eyes": ("approver",),
    "reject": ("steward", "approver"),
    "rehearse": ("steward", "approver"),
    "write_letter": ("steward",),
    "close_quarantine": ("steward",),
    "rerun": ("steward",),
    "record_meeting": ("board_secretary",),
}
# What an actor that is no person may do: nothing that decides anything.
ACTS_OF_SYSTEM: tuple[Act, ...] = ("rehearse",)
IN_WORDS: dict[Act, str] = {
    "deliver": "hand in a delivery",
    "approve": "approve a delivery",
    "approve_with_four_eyes": "approve a delivery that asks for four eyes",
    "reject": "reject a delivery",
    "rehearse": "rehearse a delivery",
    "write_letter": "write to a publisher about rows in quarantine",
    "close_quarantine": "close rows in quarantine",
    "rerun": "run a source again",
    "record_meeting": "record a board meeting",
}


def actor_from_environment() -> str:
    """The acting person: HELHEDSPLAN_ACTOR, or else the user of the operating system."""
    return os.environ.get("HELHEDSPLAN_ACTOR") or getpass.getuser()


def acting(catalogue: Catalogue, name: str) -> str:
    """The person_id that a name or an id leads to; a name that is in no register is kept as it was given.

    Raises HelhedsplanError for no name at all.
    """
    if not name.strip():
        raise HelhedsplanError(
            "an act needs a name behind it", expected="who acts", do="name them with --by, or in HELHEDSPLAN_ACTOR"
        )
    person = _registered(catalogue, name)
    return person.person_id if person else " ".join(name.split())


def same_person(catalogue: Catalogue, one: str, other: str) -> bool:
    """Whether two names or ids lead to one person; upper and lower case are the same."""
    return acting(catalogue, one).casefold() == acting(catalogue, other).casefold()


def may(catalogue: Catalogue, actor: str, act: Act) -> bool:
    """Whether an actor's roles allow an act; while the register is empty every person may do everything."""
    if is_system_actor(actor):
        return act in ACTS_OF_SYSTEM
    person = _registered(catalogue, actor)
    return not catalogue.people or (person is not None and bool({*person.roles} & {*ROLES_OF_ACT[act]}))


def acting_for(catalogue: Catalogue, entries: Iterable[Entry], name: str, act: Act) -> str:
    """The actor as the ledger is to have them. Raises HelhedsplanError if their role does not allow the act.

    In a data directory of samples roles are not asked for; a system actor decides nothing there either.
    """
    actor = acting(catalogue, name)
    if is_system_actor(actor) and not may(catalogue, actor, act):
        raise _is_no_person(actor, act)
    if may(catalogue, actor, act) or is_sample(entries):
        return actor
    person = _registered(catalogue, actor)
    allowed = [one.person_id for one in catalogue.people if may(catalogue, one.person_id, act)]
    raise HelhedsplanError(
        f"{actor} may not {IN_WORDS[act]}",
        place="catalogue/people.yml",
        expected=f"one who is {' or '.join(ROLES_OF_ACT[act]).replace('_', ' ')}",
        found=f"{', '.join(person.roles).replace('_', ' ')}" if person else "nobody of that name in the register",
        do=f"have one of these do it: {', '.join(allowed)}" if allowed else "give somebody that role in the register",
    )


def _is_no_person(actor: str, act: Act) -> HelhedsplanError:
    return HelhedsplanError(
        f"{actor} may not {IN_WORDS[act]}: it is no person",
        expected=f"a person, who is {' or '.join(ROLES_OF_ACT[act]).replace('_', ' ')}",
        found=f"{actor}, which runs refreshes and rehearsals and decides nothing",
        do="name who acts, with --by or in HELHEDSPLAN_ACTOR",
    )


def given_reason(because: str, what: str) -> str:
    """The reason in one line. Raises HelhedsplanError if there is none."""
    reason = " ".join(because.split())
    if not any(letter.isalpha() for letter in reason):
        raise HelhedsplanError(
            f"{what} needs a reason",
            expected="words that an auditor understands in a year",
            found=reason or "nothing",
            do='say why with --because "..."',
        )
    return reason


def people_for(catalogue: Catalogue, act: Act, but: Iterable[str] = ()) -> str:
    """Whom an act waits for, in words: the registered people who may do it, or else the roles; `but` may not."""
    left_out = {acting(catalogue, name).casefold() for name in but}
    named = [
        one.person_id
        for one in catalogue.people
        if may(catalogue, one.person_id, act) and one.person_id.casefold() not in left_out
    ]
    words = ", ".join(named) or " or ".join(ROLES_OF_ACT[act]).replace("_", " ")
    return f"{words} (not {', '.join(sorted(but))})" if but and not named else words


def _registered(catalogue: Catalogue, name: str) -> Person | None:
    wanted = " ".join(name.split()).casefold()
    return next((one for one in catalogue.people if wanted in one.names), None)
