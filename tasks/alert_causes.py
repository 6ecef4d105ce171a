"""What a steward must hear of without looking, read off the ledger: each trouble that stands at this moment.

A cause has a key that stays the same for as long as it is the same trouble. Nothing in it comes out of a delivery or
an error: no figure and no secret can be in a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from catalogue.load import Catalogue
from tasks.freshness import freshness
from tasks.not_begun import last_not_begun
from warehouse.build import ExpectedDelivery
from warehouse.clock import begin_of
from warehouse.deliveries import deliveries
from warehouse.ledger import Entry, Ledger
from warehouse.lock import is_held
from warehouse.paths import DataDirectory

Kind = Literal[
    "fetch_failed", "delivery_stopped", "delivery_late", "approval_waits", "publication_blocked", "run_failed",
    "run_cut_off", "run_not_begun", "no_run",
]  # fmt: skip
# Without a catalogue it is not known whether these stand.
BY_THE_CATALOGUE: tuple[Kind, ...] = ("fetch_failed", "delivery_stopped", "delivery_late")
# A night and two hours: the schedule is daily, and a run takes less than that.
LONGEST_WITHOUT_A_RUN = timedelta(hours=26)


@dataclass(frozen=True)
class Cause:
    """One trouble that stands: its key, what kind, about what, and since when (UTC, ISO 8601)."""

    key: str
    kind: Kind
    about: str
    since: str


def standing_causes(
    data: DataDirectory, catalogue: Catalogue | None, now: datetime, *, is_scheduled: bool = False
) -> list[Cause]:
    """Every trouble that stands at this moment; `is_scheduled`: a run is expected every night.

    Where the catalogue cannot be read there is none, and what only it can tell (BY_THE_CATALOGUE) is left out.
    """
    entries = Ledger(data.ledger).entries()
    runs = {entry.body["run_id"]: entry for entry in entries if entry.kind == "run_started"}
    ended = {entry.body["run_id"]: entry for entry in entries if entry.kind == "run_finished"}
    return [
        *(_fetches(catalogue, entries, runs, ended) if catalogue else ()),
        *(_parts(data, catalogue, entries, now) if catalogue else ()),
        *_approvals(entries),
        *_publication(entries),
        *_last_run(data, runs, ended),
        *_not_begun(entries),
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
    return begin_of(date.fromisoformat(part.late_after or "") + timedelta(days=1)).isoformat()


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
        elif entry.kind == "disclosure_attacked" and not entry.body["passed"]:
            # It comes before the marts' checks, and stands among them in words.
            checked[entry.body["run_id"]] = "disclosure_attack"
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


def _not_begun(entries: Sequence[Entry]) -> Iterator[Cause]:
    """A night that did not begin, until a run has."""
    if entry := last_not_begun(entries):
        yield Cause(f"run_not_begun {entry.body['error']}", "run_not_begun", entry.body["error"], entry.time)


def _missing_run(entries: Sequence[Entry], runs: dict[str, Entry], now: datetime) -> Iterator[Cause]:
    last = list(runs.values())[-1].time if runs else next((entry.time for entry in entries), None)
    if last is not None and now - datetime.fromisoformat(last) > LONGEST_WITHOUT_A_RUN:
        yield Cause("no_run", "no_run", "", last)
