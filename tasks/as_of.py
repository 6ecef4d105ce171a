"""What was known on an earlier day: a warehouse built from the ledger up to then, in a file of its own."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.context import Night, Plain
from tasks.disclosure.withhold import Withholding
from tasks.publication import request_for
from tasks.read import read_delivery
from tasks.reading.version import reading_version
from warehouse import clock
from warehouse.build import build
from warehouse.compare import ChangedFigure, changed_figures
from warehouse.deliveries import deliveries, in_force
from warehouse.durable import replace
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory
from warehouse.publish import last_publication


@dataclass(frozen=True)
class AsOf:
    """A warehouse of what was known at the end of a day, and how it differs from what was published then.

    `publication_id` is the publication that stood then (None: none did); `differences` has what today's catalogue
    and code make otherwise of the same deliveries, None where the file of that publication is not here to compare.
    """

    path: Path
    day: date
    publication_id: str | None
    differences: tuple[ChangedFigure, ...] | None


def rebuild_as_of(data: DataDirectory, catalogue: Catalogue, day: date, *, to: Path | None = None) -> AsOf:
    """Build what was known at the end of `day` (Europe/Copenhagen) into `to`, or `data/as-of/<day>.duckdb`.

    Today's catalogue and code, that day's deliveries, approvals, rejections and corrections. The current publication
    is not touched. Raises HelhedsplanError where nothing was known yet, or rows of then cannot be had any more.
    """
    all_entries = Ledger(data.ledger).entries()
    after = clock.begin_of(day + timedelta(days=1))
    entries = tuple(entry for entry in all_entries if datetime.fromisoformat(entry.time) < after)
    target = (to or data.as_of / f"{day.isoformat()}.duckdb").absolute()
    _refuse(data, entries, all_entries, target, day)
    as_of = min(after - timedelta(microseconds=1), clock.now(data.ledger, "run_started")).isoformat(
        timespec="microseconds"
    )
    read_what_is_not_at_hand(data, catalogue, entries)
    corrections = tuple(one for one in catalogue.corrections if one["corrected_on"] <= day.isoformat())
    catalogue = dataclasses.replace(catalogue, corrections=corrections)
    night = Night(data, catalogue, "as-of", f"as-of-{day.isoformat()}", as_of, Plain(), ())
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving = target.with_name(f".{target.name}.arriving")
    arriving.unlink(missing_ok=True)
    try:
        replace(build(request_for(night, entries), arriving, Withholding()), target)
    finally:
        arriving.unlink(missing_ok=True)
    last = last_publication(entries)
    then = data.published / f"{last.publication_id}.duckdb" if last else None
    differences = tuple(changed_figures(then, target)) if then and then.exists() else None
    return AsOf(target, day, last.publication_id if last else None, differences)


def _refuse(data: DataDirectory, entries: tuple[Entry, ...], all_entries: list[Entry], target: Path, day: date) -> None:
    kept, root = data.as_of.resolve(), data.root.resolve()
    resolved = target.resolve()
    is_something_else = target.exists() and (not target.is_file() or not _is_warehouse(target))
    if is_something_else or (root in resolved.parents and kept not in resolved.parents):
        raise HelhedsplanError(
            "an earlier day must not take the place of anything else",
            place=str(target),
            expected=f"a new file outside {data.root}, or one in {data.as_of}",
            found="a file that is no warehouse"
            if is_something_else
            else "a place where the data directory keeps its own",
            do="name another file with --to, or leave it out",
        )
    if not entries:
        raise HelhedsplanError(
            "nothing was known on that day",
            place=str(data.ledger),
            expected=f"a day from {clock.day_of(all_entries[0].time)} on" if all_entries else "a ledger with entries",
            found=day.isoformat(),
            do="name a later day",
        )


def _is_warehouse(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def read_what_is_not_at_hand(data: DataDirectory, catalogue: Catalogue, entries: tuple[Entry, ...]) -> None:
    """Read deliveries again whose rows were thrown away, where today's contract still reads them as it did then."""
    for delivery in in_force(deliveries(entries).values()):
        version = (delivery.good or {})["reading_version"]
        if version == reading_version(catalogue.source(delivery.source_id)):
            read_delivery(data, catalogue, delivery)
