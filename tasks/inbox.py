"""What waits, for whom, since when: read off the ledger and the inbox folders, whatever is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from catalogue.load import Catalogue
from tasks.approve import ACT_OF_POLICY
from tasks.checking.outcomes import NOT_CHECKED, OF_OUR_CORRECTIONS
from tasks.freshness import is_followed
from tasks.people import people_for
from tasks.rehearsals import rehearsals_of, who_saw
from warehouse.deliveries import Delivery, Shown, deliveries, shown
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory, in_letters
from warehouse.quarantine_cases import cases

THE_NEXT_RUN = "the next run"


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: its state, for whom, since when (UTC, ISO 8601), why, and the command that moves it on."""

    state: str
    source_id: str
    delivery_id: str | None
    name: str
    waits_for: str
    since: str
    because: str
    do: str


def waiting(data: DataDirectory, catalogue: Catalogue) -> list[Waiting]:
    """Everything that waits, oldest first."""
    entries = Ledger(data.ledger).entries()
    known = deliveries(entries)
    found = [
        *_in_folders(data, catalogue),
        *_in_no_sources_folder(data, catalogue),
        *_of_deliveries(catalogue, entries, list(known.values())),
        *_in_quarantine(catalogue, entries, known),
    ]
    return sorted(found, key=lambda one: (one.since, one.source_id, one.delivery_id or ""))


def _in_folders(data: DataDirectory, catalogue: Catalogue) -> Iterator[Waiting]:
    """Files that lie in an inbox and are not received yet."""
    for source in catalogue.sources:
        for path in _shown_entries(data.inbox / source.source_id):
            if path.is_symlink():
                yield _link(catalogue, source.source_id, path)
                continue
            yield Waiting(
                "in_the_inbox", source.source_id, None, in_letters(path.name), THE_NEXT_RUN, _changed_at(path),
                "the nightly run takes in what has lain still for a minute", "helhedsplan refresh",
            )  # fmt: skip


def _link(catalogue: Catalogue, source_id: str, path: Path) -> Waiting:
    name = in_letters(path.name)
    return Waiting(
        "in_the_inbox", source_id, None, name, people_for(catalogue, "deliver"), _changed_at(path),
        "no run takes it in: it is a link, and none is followed", f"rm '{path.parent}/{name}'",
    )  # fmt: skip


def _in_no_sources_folder(data: DataDirectory, catalogue: Catalogue) -> Iterator[Waiting]:
    """What lies in the inbox beside the sources' folders, or in one that no source has: no run ever takes it in."""
    known = {source.source_id for source in catalogue.sources}
    for entry in _shown_entries(data.inbox):
        if entry.name in known and entry.is_dir():
            continue
        for path in _shown_entries(entry) if entry.is_dir() and not entry.is_symlink() else [entry]:
            name = in_letters(str(path.relative_to(data.inbox)))
            yield Waiting(
                "in_no_sources_folder", "", None, name, people_for(catalogue, "deliver"), _changed_at(path),
                "no run takes it in: its folder bears no source's id",
                f"mv '{data.inbox}/{name}' '{data.inbox}/SOURCE_ID/'",
            )  # fmt: skip


def _shown_entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []


def _changed_at(path: Path) -> str:
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC).isoformat(timespec="seconds")


def _of_deliveries(catalogue: Catalogue, entries: Sequence[Entry], known: Sequence[Delivery]) -> Iterator[Waiting]:
    publications = shown(entries)
    made = next((one for one in reversed(entries) if one.kind == "publication_made"), None)
    stands = made.body["deliveries"] if made else []
    for delivery in known:
        state = delivery.state
        if state == "awaiting_approval":
            yield _awaiting(catalogue, entries, delivery)
        elif state in ("delivered", "checked"):
            yield _told(delivery, THE_NEXT_RUN, delivery.received_at, "it is not read and checked yet", "refresh")
        elif state in ("stopped", "unreadable") and not _is_followed(catalogue, delivery, known):
            yield _stopped(catalogue, entries, delivery)
        elif state == "rejected" and delivery.delivery_id in stands:
            because = "it is rejected and still in the publication that stands"
            yield _told(delivery, THE_NEXT_RUN, delivery.rejected_at or "", because, "refresh")
        elif _waits_for_a_publication(delivery, publications):
            yield _told(
                delivery, THE_NEXT_RUN, delivery.approved_at or "", "it is approved and not published yet", "refresh"
            )


def _waits_for_a_publication(delivery: Delivery, publications: dict[str, Shown]) -> bool:
    return delivery.state == "approved" and delivery.delivery_id not in publications


def _is_followed(catalogue: Catalogue, delivery: Delivery, known: Sequence[Delivery]) -> bool:
    """Whether a delivery that was read and checked came after it in its part, decided on or not."""
    checked = [one for one in known if one.good is not None and one.rejected_at is None]
    return is_followed(catalogue.source(delivery.source_id), delivery, checked)


def _awaiting(catalogue: Catalogue, entries: Sequence[Entry], delivery: Delivery) -> Waiting:
    four_eyes = delivery.awaits == "four_eyes"
    act = ACT_OF_POLICY[delivery.awaits or "steward"]
    whom = people_for(catalogue, act, but=delivery.deliverers if four_eyes else ())
    asks = "its source asks for four eyes" if four_eyes else "its source asks for a steward's approval"
    because = f"{asks}; {_rehearsed(entries, delivery)}"
    last = " --last" if rehearsals_of(entries, delivery.delivery_id) else ""
    do = f"rehearse {delivery.delivery_id}{last} --by NAME"
    return _told(delivery, whom, delivery.awaits_since or "", because, do)


def _rehearsed(entries: Sequence[Entry], delivery: Delivery) -> str:
    """Whose the last rehearsal is, and who else has seen it: an approval rests on what its approver saw."""
    made = list(rehearsals_of(entries, delivery.delivery_id).values())
    if not made:
        return "no rehearsal yet"
    rehearsal_id = made[-1].body["rehearsal_id"]
    others = [who for who in who_saw(entries, rehearsal_id) if who != made[-1].actor]
    return f"{rehearsal_id} by {made[-1].actor}" + (f", seen by {', '.join(others)}" if others else "")


def _stopped(catalogue: Catalogue, entries: Sequence[Entry], delivery: Delivery) -> Waiting:
    kinds = ("delivery_stopped", "delivery_unreadable")
    told = [one for one in entries if one.kind in kinds and one.body["delivery_id"] == delivery.delivery_id]
    problem = str(told[-1].body["problem"]).partition("\n")[0]
    if problem.startswith(f"{OF_OUR_CORRECTIONS}:") or f"({NOT_CHECKED}" in problem:
        # Not the publisher's fault, and no letter's business.
        return _told(delivery, people_for(catalogue, "deliver"), told[-1].time, problem, "status")
    whom = f"a corrected file from {catalogue.source(delivery.source_id).publisher}"
    return _told(delivery, whom, told[-1].time, problem, f"quarantine letter {delivery.delivery_id}")


def _in_quarantine(catalogue: Catalogue, entries: Sequence[Entry], known: dict[str, Delivery]) -> Iterator[Waiting]:
    """Rows that checks rejected and no corrected file has brought good yet."""
    for case in cases(entries).values():
        if case.closed_at is not None:
            continue
        delivery, left = known[case.delivery_id], case.rows_left
        whom = f"a corrected file from {catalogue.source(case.source_id).publisher}"
        whom = whom if case.letter_id else people_for(catalogue, "write_letter")
        do = f"quarantine {'show' if case.letter_id else 'letter'} {case.delivery_id}"
        because = f"{left} of its rows {'is' if left == 1 else 'are'} in quarantine"
        row = _told(delivery, whom, case.letter_made_at or case.opened_at, because, do)
        yield replace(row, state="in_quarantine")


def _told(delivery: Delivery, waits_for: str, since: str, because: str, do: str) -> Waiting:
    name = delivery.files[0].name if len(delivery.files) == 1 else f"{len(delivery.files)} files"
    return Waiting(
        delivery.state, delivery.source_id, delivery.delivery_id, name, waits_for, since, because, f"helhedsplan {do}"
    )
