"""What belongs to a year's audit: its meetings, the publications that they saw, and which received bytes go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.auditing.told import without_last_packs
from tasks.meetings import RECORDED, meetings
from warehouse.clock import day_of
from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Entry, Ledger
from warehouse.minutes import MINUTES
from warehouse.papers import PAPERS, papers_before
from warehouse.paths import DataDirectory
from warehouse.publish import last_publication


@dataclass(frozen=True)
class Year:
    """One year of a data directory, as its ledger tells it."""

    year: int
    data: DataDirectory
    entries: tuple[Entry, ...]
    meetings: tuple[dict[str, Any], ...]
    publications: tuple[Entry, ...]
    deliveries: tuple[Delivery, ...]

    @property
    def head(self) -> Entry:
        """The ledger's last entry."""
        return self.entries[-1]

    @property
    def seen(self) -> tuple[Entry, ...]:
        """The publications that the year's meetings saw; without a meeting the last one made by its end, if any."""
        digests = {meeting["publication_digest"] for meeting in self.meetings}
        found = tuple(one for one in self.publications if one.digest in digests)
        return found or self.publications[-1:]

    def papers_of(self, publication: Entry) -> tuple[str, ...]:
        """The addresses of the kept papers that the year's meetings had of a publication; none where none were kept."""
        name = publication.body["publication_id"]
        held = [one for one in self.meetings if one["publication_digest"] == publication.digest]
        asked = [(one.get("papers_sha256"), date.fromisoformat(one["date"])) for one in held]
        asked = asked or [(None, day_of(self.head.time))]
        found = [told or papers_before(self.entries, name, day) for told, day in asked]
        return tuple(dict.fromkeys(one for one in found if one))

    def file_of(self, publication: Entry) -> Path:
        """The warehouse of a publication. Raises HelhedsplanError where it is gone."""
        path = self.data.published / f"{publication.body['publication_id']}.duckdb"
        if not path.exists():
            raise HelhedsplanError(
                "a publication that the board saw is gone",
                place=str(path),
                expected="one file for each publication that was ever current",
                found="no such file",
                do="restore data/published from a backup",
            )
        return path


def the_year(data: DataDirectory, year: int) -> Year:
    """What the ledger tells of a year. Raises HelhedsplanError without a publication, or with one that is too old."""
    entries = without_last_packs(Ledger(data.ledger).entries())
    _refuse_what_is_not_shown_yet(data, entries)
    held = tuple(one for one in meetings(entries) if one["date"].startswith(f"{year:04d}-"))
    made = [entry for entry in entries if entry.kind == "publication_made"]
    by_then = [entry for entry in made if day_of(entry.time).year <= year]
    digests = {meeting["publication_digest"] for meeting in held}
    told = [entry for entry in by_then if day_of(entry.time).year == year or entry.digest in digests] or by_then[-1:]
    known = tuple(one for one in deliveries(entries).values() if one.received_on.year <= year)
    return Year(year, data, entries, held, tuple(told), known)


def _refuse_what_is_not_shown_yet(data: DataDirectory, entries: Sequence[Entry]) -> None:
    last = last_publication(entries)
    if last is None or not data.warehouse.exists():
        raise HelhedsplanError(
            "there is nothing to audit yet",
            place=str(data.root),
            expected="at least one publication",
            found="none",
            do="run `helhedsplan refresh` first, or name the data directory in HELHEDSPLAN_DATA",
        )
    made = next(entry for entry in reversed(entries) if entry.kind == "publication_made")
    later = [entry for entry in entries[made.body["ledger_sequence"] :] if entry.kind == RECORDED]
    if later:
        raise HelhedsplanError(
            "a meeting was recorded that the current publication does not show yet",
            place=later[-1].body["meeting_id"],
            expected=f"a publication made after line {later[-1].sequence} of the ledger",
            found=last.publication_id,
            do="run `helhedsplan refresh`, then this again",
        )


def refuse_without_duty(year: Year, catalogue: Catalogue, duty: Sequence[Sequence[Any]]) -> None:
    """Raise HelhedsplanError for a year of no duty: no agreement had begun, or the year is still to come."""
    if not duty:
        periods = (f"{one.name}: {one.period_from} to {one.period_to}" for one in catalogue.agreements)
        raise HelhedsplanError(
            "there is no duty to document in that year",
            place=str(year.year),
            expected=f"a year that had begun when the current publication was made, of {'; '.join(periods)}",
            found="a year before every agreement, or one that is still to come",
            do="name another year",
        )


def snapshots_of(year: Year, catalogue: Catalogue, *, with_withheld: bool) -> tuple[list[str], list[str]]:
    """Received bytes as `<source_id>/<sha256>`: those that go into the pack, and those of withheld sources left out."""
    inside, outside = [], []
    for delivery in _wanted(year):
        source = catalogue.source_by_id.get(delivery.source_id)
        withholds = source is None or source.disclosure.applies
        (outside if withholds and not with_withheld else inside).append(f"{delivery.source_id}/{delivery.sha256}")
    inside += [f"{PAPERS}/{address}" for publication in year.seen for address in year.papers_of(publication)]
    inside += [f"{MINUTES}/{meeting['minutes']['sha256']}" for meeting in year.meetings]
    return sorted(set(inside)), sorted(set(outside))


def _wanted(year: Year) -> Iterable[Delivery]:
    """Deliveries that came in the year, or that a publication of the year was made from."""
    in_force = {name for publication in year.seen for name in publication.body["deliveries"]}
    for delivery in year.deliveries:
        if delivery.received_on.year == year.year or delivery.delivery_id in in_force:
            yield delivery
