"""Alerts: what stands (see alert_causes.py) is told once for each cause.

The ledger says which causes were told (`alert_sent`) and which have gone away since (`alert_over`); one that comes
back is told again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from catalogue.errors import LedgerError
from catalogue.load import Catalogue
from tasks.alert_causes import BY_THE_CATALOGUE, Cause, standing_causes
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory

if TYPE_CHECKING:
    from tasks.alert_channels import Channel


@dataclass(frozen=True)
class Told:
    """What a round of alerts did: causes told for the first time, and what could not be sent, in words."""

    causes: tuple[Cause, ...] = ()
    problems: tuple[str, ...] = ()


def tell(data: DataDirectory, catalogue: Catalogue | None, *, actor: str, is_scheduled: bool = False) -> Told:
    """Tell each new cause on each channel that is set up, and write into the ledger what was told and what is over.

    What a channel refuses is tried again the next time. Without a channel nothing is read or written; without a
    catalogue (it cannot be read) the rest is told.
    """
    from tasks.alert_channels import channels

    ways = channels(os.environ)
    if not ways or not data.ledger.exists():
        return Told()
    try:
        with FileLock(data.root / "alerts.lock", timeout=0):
            ledger = Ledger(data.ledger)
            standing = standing_causes(data, catalogue, datetime.now(UTC), is_scheduled=is_scheduled)
            told = told_on(ledger.entries())
            outcome = _tell_each(ledger, standing, told, ways, actor)
            _keep_problems(data, outcome.problems)
            # Only who knows that a run is expected can say that a missing one has come; so with the catalogue.
            unknown = {*(() if is_scheduled else ("no_run",)), *(() if catalogue else BY_THE_CATALOGUE)}
            for key in told.keys() - {one.key for one in standing}:
                if key.partition(" ")[0] not in unknown:
                    ledger.append("alert_over", {"cause": key}, actor=actor)
            return outcome
    except Timeout:
        return Told()


def _keep_problems(data: DataDirectory, problems: Sequence[str]) -> None:
    """Why the last round could not be told, for `doctor`; no part of the truth, so in no ledger."""
    kept = problems_of(data)
    if problems:
        kept.write_text("\n".join(problems) + "\n", encoding="utf-8")
    else:
        kept.unlink(missing_ok=True)


def problems_of(data: DataDirectory) -> Path:
    """The file that says, where there is one, why the last round of alerts could not be told."""
    return data.root / "alerts.problems.txt"


def told_on(entries: Sequence[Entry]) -> dict[str, set[str]]:
    """Cause that stands as told -> the channels that it was told on."""
    told: dict[str, set[str]] = {}
    for entry in entries:
        if entry.kind == "alert_sent":
            told.setdefault(entry.body["cause"], set()).update(entry.body["channels"])
        elif entry.kind == "alert_over":
            told.pop(entry.body["cause"], None)
    return told


# Sent while the ledger could not be written, by ledger, cause and way: told once by this process, not every round.
_UNWRITTEN: set[tuple[Path, str, str]] = set()


def _tell_each(
    ledger: Ledger, standing: Sequence[Cause], told: dict[str, set[str]], ways: Sequence[Channel], actor: str
) -> Told:
    new, problems = [], {}
    for cause in standing:
        noted_late = [way.name for way in ways if (ledger.path, cause.key, way.name) in _UNWRITTEN]
        known, reached = {*told.get(cause.key, ()), *noted_late}, []
        for way in ways:
            # A channel that failed once is left alone until the next time: each try may take seconds.
            if way.name in problems or way.name in known:
                continue
            if problem := way.send(cause):
                problems[way.name] = problem
            else:
                reached.append(way.name)
        if reached:
            new.append(cause)
        if problem := _not_noted(ledger, cause, [*noted_late, *reached], actor):
            problems["ledger"] = problem
    return Told(tuple(new), tuple(problems.values()))


def _not_noted(ledger: Ledger, cause: Cause, reached: Sequence[str], actor: str) -> str:
    """Write into the ledger on which channels a cause was told; why that could not be written, '' if it was."""
    told = {(ledger.path, cause.key, way) for way in reached}
    if not told:
        return ""
    body = {"cause": cause.key, "kind": cause.kind, "channels": list(reached)}
    try:
        ledger.append("alert_sent", body, actor=actor)
    except LedgerError as error:
        _UNWRITTEN.update(told)
        return f"{error.what}; {cause.key} was told all the same"
    _UNWRITTEN.difference_update(told)
    return ""
