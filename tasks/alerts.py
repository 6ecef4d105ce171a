"""What a steward must hear of without looking: read off the ledger, told once for each cause.

A cause has a key that stays the same for as long as it is the same trouble. The ledger says which causes were told
(`alert_sent`) and which have gone away since (`alert_over`); one that comes back is told again. Nothing that a
message says comes out of a delivery or an error: no figure and no secret can be in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock, Timeout

from catalogue.errors import LedgerError
from catalogue.load import Catalogue
from tasks.freshness import freshness
from warehouse.build import ExpectedDelivery
from warehouse.clock import HOME_TIME
from warehouse.deliveries import deliveries
from warehouse.ledger import Entry, Ledger
from warehouse.lock import is_held
from warehouse.paths import DataDirectory

if TYPE_CHECKING:
    from tasks.alert_channels import Channel

Kind = Literal[
    "fetch_failed", "delivery_stopped", "delivery_late", "approval_waits", "publication_blocked", "run_failed",
    "run_cut_off", "no_run",
]  # fmt: skip
# A night and two hours: the schedule is daily, and a run takes less than that.
LONGEST_WITHOUT_A_RUN = timedelta(hours=26)


@dataclass(frozen=True)
class Cause:
    """One trouble that stands: its key, what kind, about what, and since when (UTC, ISO 8601)."""

    key: str
    kind: Kind
    about: str
    since: str


@dataclass(frozen=True)
class Told:
    """What a round of alerts did: causes told for the first time, and what could not be sent, in words."""

    causes: tuple[Cause, ...] = ()
    problems: tuple[str, ...] = ()


def standing_causes(
    data: DataDirectory, catalogue: Catalogue, now: datetime, *, is_scheduled: bool = False
) -> list[Cause]:
    """Every trouble that stands at this moment; `is_scheduled`: a run is expected every night."""
    entries = Ledger(data.ledger).entries()
    runs = {entry.body["run_id"]: entry for entry in entries if entry.kind == "run_started"}
    ended = {entry.body["run_id"]: entry for entry in entries if entry.kind == "run_finished"}
    return [
        *_fetches(catalogue, entries, runs, ended),
        *_parts(data, catalogue, entries, now),
        *_approvals(entries),
        *_publication(entries),
        *_last_run(data, runs, ended),
        *(_missing_run(entries, runs, now) if is_scheduled else ()),
    ]


def _fetches(
    catalogue: Catalogue, entries: Sequence[Entry], runs: dict[str, Entry], ended: dict[str, Entry]
) -> Iterator[Cause]:
    """Sources that could not be fetched in the last run that asked them."""
    failed = {
        (entry.body["run_id"], entry.body["source_id"]): entry
        for entry in entries
        if entry.kind == "source_failed" and entry.body["delivery_id"] is None
    }
    for source in catalogue.sources:
        asked = [run_id for run_id, run in runs.items() if source.source_id in run.body["source_ids"]]
        last = next((run_id for run_id in reversed(asked) if run_id in ended), None)
        if last is not None and (entry := failed.get((last, source.source_id))):
            yield Cause(f"fetch_failed {source.source_id}", "fetch_failed", source.source_id, entry.time)


def _parts(data: DataDirectory, catalogue: Catalogue, entries: Sequence[Entry], now: datetime) -> Iterator[Cause]:
    """Deliveries that could not be used, and such that are late by their publisher's calendar."""
    known = [one for one in deliveries(entries).values() if one.rejected_at is None]
    for part in freshness(data, catalogue, entries, "", now.isoformat()):
        name = " ".join(filter(None, [part.source_id, part.part_id]))
        if part.state == "stopped":
            newest = [one for one in known if (one.source_id, one.part_id) == (part.source_id, part.part_id)][-1]
            yield Cause(
                f"delivery_stopped {newest.delivery_id}", "delivery_stopped", newest.delivery_id, newest.received_at
            )
        elif part.state == "late":
            yield Cause(f"delivery_late {name} {part.expected_next}", "delivery_late", name, _late_since(part))


def _late_since(part: ExpectedDelivery) -> str:
    """The first moment here of the day after the last one on which it was not late."""
    day = date.fromisoformat(part.late_after or "") + timedelta(days=1)
    return datetime.combine(day, time(), HOME_TIME).astimezone(UTC).isoformat()


def _approvals(entries: Sequence[Entry]) -> Iterator[Cause]:
    for one in deliveries(entries).values():
        if one.state == "awaiting_approval":
            yield Cause(
                f"approval_waits {one.delivery_id}",
                "approval_waits",
                one.delivery_id,
                one.awaits_since or one.received_at,
            )


def _publication(entries: Sequence[Entry]) -> Iterator[Cause]:
    """The blocked publication, unless one was made since, or a run found that there was nothing to make."""
    checked: dict[str, str] = {}
    blocked = None
    for entry in entries:
        if entry.kind == "marts_checked":
            failed = [one for one in entry.body["outcomes"] if one["severity"] == "critical" and not one["success"]]
            checked[entry.body["run_id"]] = ", ".join(sorted(one["check"] for one in failed))
        elif entry.kind == "publication_blocked":
            checks = checked.get(entry.body["run_id"], "")
            since = blocked.since if blocked and blocked.about == checks else entry.time
            blocked = Cause(f"publication_blocked {checks}", "publication_blocked", checks, since)
        elif entry.kind == "publication_made" or (
            entry.kind == "run_finished" and entry.body["outcome"] == "nothing new"
        ):
            blocked = None
    yield from filter(None, [blocked])


def _last_run(data: DataDirectory, runs: dict[str, Entry], ended: dict[str, Entry]) -> Iterator[Cause]:
    """The newest run, if it ended by a fault of its own or did not come to an end."""
    if not runs:
        return
    run_id, begun = list(runs.items())[-1]
    last = ended.get(run_id)
    if last is None and not is_held(data):
        yield Cause("run_cut_off", "run_cut_off", run_id, begun.time)
    elif last is not None and last.body["outcome"] == "failed":
        error = str(last.body["found"]).partition(":")[0]
        if error != "PublicationBlockedError":
            yield Cause(f"run_failed {error}", "run_failed", f"{run_id} ({error})", last.time)


def _missing_run(entries: Sequence[Entry], runs: dict[str, Entry], now: datetime) -> Iterator[Cause]:
    last = list(runs.values())[-1].time if runs else next((entry.time for entry in entries), None)
    if last is not None and now - datetime.fromisoformat(last) > LONGEST_WITHOUT_A_RUN:
        yield Cause("no_run", "no_run", "", last)


def tell(data: DataDirectory, catalogue: Catalogue, *, actor: str, is_scheduled: bool = False) -> Told:
    """Tell each new cause on each channel that is set up, and write into the ledger what was told and what is over.

    What a channel refuses is tried again the next time. Without a channel nothing is read or written.
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
            # Only who knows that a run is expected can say that a missing one has come.
            for key in told.keys() - {one.key for one in standing} - (set() if is_scheduled else {"no_run"}):
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
