"""A night that did not begin says so in the ledger: why, and when. It has no run of its own there to say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from catalogue.errors import LedgerError
from warehouse.ledger import Entry, Ledger
from warehouse.paths import DataDirectory


@contextmanager
def noted_if_not_begun(data: DataDirectory, actor: str, *, is_expected: bool) -> Iterator[None]:
    """Around all that comes before a run's first line: what ends it there is noted, if a run is expected, and raised.

    Whoever holds the data directory keeps no other from a line in the ledger. Where that cannot be written either,
    the first error is the one that explains.
    """
    try:
        yield
    except Exception as error:
        if is_expected and data.root.is_dir():
            body = {"error": type(error).__name__, "problem": str(error)}
            with suppress(LedgerError):
                Ledger(data.ledger).append("run_not_begun", body, actor=actor)
        raise


def last_not_begun(entries: Sequence[Entry]) -> Entry | None:
    """The note of the newest night, if it did not begin and no run has begun since."""
    last = next((one for one in reversed(entries) if one.kind in ("run_not_begun", "run_started")), None)
    return last if last is not None and last.kind == "run_not_begun" else None
