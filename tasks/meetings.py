"""Recording a board meeting: the board's act, tied by a digest to the very publication that it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.meeting_actions import items_with_ids, why_refused
from tasks.meeting_file import Meeting, read_meeting
from tasks.people import acting_for
from warehouse import clock
from warehouse.ledger import Entry, Ledger
from warehouse.lock import receiving
from warehouse.minutes import keep_minutes
from warehouse.papers import papers_before
from warehouse.paths import DataDirectory

RECORDED = "meeting_recorded"


@dataclass(frozen=True)
class Recorded:
    """A meeting in the ledger. `superseded_by`: the newer publication that stood on the day of the meeting."""

    meeting_id: str
    publication_id: str
    superseded_by: str | None
    is_new: bool


def record_meeting(data: DataDirectory, catalogue: Catalogue, file: Path, *, actor: str) -> Recorded:
    """Record the meeting that a file tells of. The same file again is nothing new.

    Raises HelhedsplanError where the actor may not, or the file is not understood or speaks of a publication, an
    indicator, an action or minutes that are not there; nothing is recorded then.
    """
    meeting = read_meeting(file)
    with receiving(data):
        ledger = Ledger(data.ledger)
        entries = ledger.entries()
        recorder = acting_for(catalogue, entries, actor, "record_meeting")
        agreement_id = _agreement_of(meeting, catalogue, file)
        meeting_id = "-".join(filter(None, (agreement_id, meeting.date.isoformat(), meeting.part)))
        seen = _publication_seen(meeting, entries, file)
        _refuse_other_days(meeting, seen, clock.day_of(clock.now(data.ledger, RECORDED)), file)
        _refuse_unknown(meeting, catalogue, file)
        recorded = {one["meeting_id"]: one for one in meetings(entries)}
        last = recorded.pop(meeting_id, None)
        body = _body(meeting, meeting_id, agreement_id, seen, _superseded_by(meeting.date, seen, entries))
        body["indicators"] = items_with_ids(meeting, meeting_id, last)
        if refused := why_refused(body, list(recorded.values()), last):
            raise _refused(file, *refused)
        kept = keep_minutes(data, file.parent, meeting.minutes.file)
        body["minutes"] = {"reference": meeting.minutes.reference, **vars(kept.files[0])}
        body["papers_sha256"] = papers_before(entries, body["publication_id"], meeting.date)
        is_new = _is_new(body, entries, file)
        if is_new:
            ledger.append(RECORDED, body, actor=recorder, reason=meeting.corrects or "")
    return Recorded(meeting_id, body["publication_id"], body["superseded_by"], is_new)


def meetings(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every meeting as it was last recorded, oldest first: its body, recorded_at (UTC) and recorded_by."""
    found = {
        entry.body["meeting_id"]: entry.body | {"recorded_at": entry.time, "recorded_by": entry.actor}
        for entry in entries
        if entry.kind == RECORDED
    }
    return sorted(found.values(), key=lambda one: (one["date"], one["meeting_id"]))


def _agreement_of(meeting: Meeting, catalogue: Catalogue, file: Path) -> str:
    known = [agreement.agreement_id for agreement in catalogue.agreements]
    if meeting.agreement is None and len(known) == 1:
        return known[0]
    if meeting.agreement not in known:
        raise _refused(
            file, "agreement", f"one of {', '.join(known)}", meeting.agreement or "none, and there are several"
        )
    return meeting.agreement


def _publication_seen(meeting: Meeting, entries: Sequence[Entry], file: Path) -> Entry:
    """The ledger's entry of the publication that the paper named, by its id or the begin of its digest."""
    named = meeting.publication
    made = [one for one in entries if one.kind == "publication_made"]
    found = [one for one in made if one.body["publication_id"] == named or one.digest.startswith(named.lower())]
    if len(found) == 1:
        return found[0]
    blocked = [one for one in entries if one.kind == "publication_blocked" and one.body["publication_id"] == named]
    if blocked:
        told = f"{named}, which was blocked on {clock.day_of(blocked[0].time)} and never shown to anybody"
    else:
        told = named if not found else f"{named}, which {len(found)} publications begin with"
    raise _refused(
        file, "publication", "the id or the digest of a publication that was made (see the paper's foot)", told
    )


def _refuse_other_days(meeting: Meeting, seen: Entry, today: date, file: Path) -> None:
    made_on = clock.day_of(seen.time)
    if not made_on <= meeting.date <= today:
        expected = f"a day from {made_on}, when that publication was made, to {today}"
        raise _refused(file, "date", expected, meeting.date.isoformat())


def _refuse_unknown(meeting: Meeting, catalogue: Catalogue, file: Path) -> None:
    series = _series(catalogue)
    twice: set[str] = set()
    for item in meeting.indicators:
        if item.indicator not in series:
            expected = f"one of {', '.join(series)}"
            raise _refused(file, "indicators", expected, item.indicator)
        if item.indicator in twice:
            raise _refused(file, "indicators", "each indicator once", f"{item.indicator} twice")
        twice.add(item.indicator)


def _series(catalogue: Catalogue) -> list[str]:
    fixed = [indicator for indicator in catalogue.indicators if indicator.role == "fixed"]
    return [series.indicator_id for indicator in fixed for series in indicator.all_series()]


def _superseded_by(day: date, seen: Entry, entries: Sequence[Entry]) -> str | None:
    """The newest publication that had been made before the day of the meeting, if it is not the one that was seen."""
    stood = [one for one in entries if one.kind == "publication_made" and clock.day_of(one.time) < day]
    newest = stood[-1] if stood else seen
    return newest.body["publication_id"] if newest.sequence > seen.sequence else None


def _body(
    meeting: Meeting, meeting_id: str, agreement_id: str, seen: Entry, superseded_by: str | None
) -> dict[str, Any]:
    return {
        "meeting_id": meeting_id,
        "agreement_id": agreement_id,
        "date": meeting.date.isoformat(),
        "publication_id": seen.body["publication_id"],
        "publication_digest": seen.digest,
        "superseded_by": superseded_by,
        "present": [one.model_dump() for one in meeting.present],
        "actions_done": [{"action_id": one.action, "note": one.note} for one in meeting.actions_done],
        "corrects": meeting.corrects,
    }


def _is_new(body: dict[str, Any], entries: Sequence[Entry], file: Path) -> bool:
    """Whether the ledger does not say it yet. Raises HelhedsplanError where it says otherwise, unexplained."""
    recorded = [one.body for one in entries if one.kind == RECORDED and one.body["meeting_id"] == body["meeting_id"]]
    # Which papers lay there is looked up, not told: a record from before papers were kept says the same.
    told = recorded[-1] | {"papers_sha256": body["papers_sha256"]} if recorded else None
    if told is None or told == body:
        return told is None
    if body["corrects"] is None:
        expected = (
            "a reason, for the meeting of that day is recorded already and says otherwise; "
            "another meeting of the same day has a `part` of its own, such as part: evening"
        )
        raise _refused(file, "corrects", expected, "nothing")
    return True


def _refused(file: Path, key: str, expected: str, found: str) -> HelhedsplanError:
    return HelhedsplanError(
        "the meeting was not recorded",
        place=f"{file}, key {key}",
        expected=expected,
        found=found,
        do="correct the file and record the meeting again; docs/board.md shows a whole file",
    )
