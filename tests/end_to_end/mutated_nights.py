"""Nights in which many mutated deliveries come at once, and the account of what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from catalogue.errors import HelhedsplanError
from tasks.receive import deliver
from tests.deliveries_for_tests import entries_of, the_catalogue
from tests.end_to_end.children import Children, Ended
from tests.mutations import Mutated, mutated
from warehouse.deliveries import Delivery, deliveries
from warehouse.parsed import parsed_path
from warehouse.paths import DataDirectory
from warehouse.quarantine import quarantine_path

LABELS = ("where:", "found:", "do this:")
# A reader that met something that it does not know says so in these words.
SURPRISED = "in a way that it does not know itself"


@dataclass
class Account:
    """What became of mutated deliveries: `outcomes` counts them by outcome; the lists name those at fault."""

    outcomes: Counter[str] = field(default_factory=Counter)
    without_message: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    surprised: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Deliveries in all."""
        return sum(self.outcomes.values())

    def add(self, other: Account) -> None:
        """Add another night's account to this one."""
        self.outcomes += other.outcomes
        self.without_message += other.without_message
        self.unaccounted += other.unaccounted
        self.surprised += other.surprised


def night_of_mutated(runs: Children, data: DataDirectory, numbers: Iterable[int], seed: int, folder: Path) -> Account:
    """Deliver the mutated deliveries of these numbers, run one refresh over them, and account for every row."""
    account, received = Account(), {}
    for one in (mutated(number, seed, folder) for number in numbers):
        try:
            delivery_id, is_new = deliver(
                data, the_catalogue(), one.path, one.source_id, actor="mutator", part_id=one.part_id, is_synthetic=True
            )
        except HelhedsplanError as error:
            account.outcomes["refused at receipt"] += 1
            _note(account.without_message, one, lacks(str(error)))
            continue
        if is_new:
            received[delivery_id] = one
        else:
            account.outcomes["the same bytes as before"] += 1
    ended = runs.run(data.root, *sorted({one.source_id for one in received.values()}))
    account.without_message += [f"the night of {folder.name}: {words}" for words in _silent(ended)]
    found = deliveries(entries_of(data))
    for delivery_id, one in received.items():
        account_for(account, data, found[delivery_id], one)
    return account


def _silent(ended: Ended) -> list[str]:
    """What of a run's end is no message for a person."""
    if ended.code not in (0, 1):
        return [f"ended with {ended.code}: {ended.error}"]
    if ended.error is not None:
        return [] if ended.error.get("what") and ended.error.get("do") else [str(ended.error)]
    return [problem for problem in ended.problems if lacks(problem)]


def lacks(message: str) -> str:
    """The message, if it says not where, what was found, and what to do; '' if it does."""
    return "" if all(label in message for label in LABELS) else message


def _note(faults: list[str], one: Mutated, fault: str) -> None:
    if fault:
        faults.append(f"{one.name}: {fault}")


def account_for(account: Account, data: DataDirectory, delivery: Delivery, one: Mutated) -> None:
    """Add what became of one delivery, and whether all of its rows are somewhere."""
    if delivery.unreadable is not None:
        problem = delivery.unreadable["problem"]
        account.outcomes["not readable, and said so"] += 1
        _note(account.without_message, one, lacks(problem))
        _note(account.surprised, one, problem if SURPRISED in problem else "")
        return
    if delivery.checked is None:
        account.outcomes["nothing is told of it"] += 1
        _note(account.unaccounted, one, "neither read nor refused")
        return
    body = delivery.checked
    if delivery.stopped:
        account.outcomes["stopped by a critical check"] += 1
    else:
        account.outcomes["rows in quarantine" if body["rows_quarantined"] else "loaded whole"] += 1
    _note(account.unaccounted, one, _rows_that_do_not_add_up(data, delivery, body))


def _rows_that_do_not_add_up(data: DataDirectory, delivery: Delivery, body: dict) -> str:
    """Rows read = rows loaded + rows quarantined, by the ledger and by the files themselves."""
    read = _rows(parsed_path(data, delivery.sha256, body["reading_version"]))
    stated = (body["rows_in"], body["rows_loaded"] + body["rows_quarantined"])
    if {read, *stated} != {read}:
        return f"{read} rows were read, the ledger says {stated}"
    kept = quarantine_path(data, delivery.delivery_id, body["check_version"])
    if not delivery.stopped and body["rows_quarantined"] and _rows(kept) != body["rows_quarantined"]:
        return f"{body['rows_quarantined']} rows went to quarantine, {_rows(kept)} lie there"
    return ""


def _rows(path: Path) -> int:
    with duckdb.connect() as connection:
        row = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    return row[0] if row else 0
