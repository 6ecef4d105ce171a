"""The one clock: what time the ledger writes, how it is told here, and a way to let a year pass in seconds.

Moments are kept in UTC and told to people by the clocks of Denmark; a day is a day in Denmark, whatever the machine's
zone (docs/decisions/0047).

`HELHEDSPLAN_CLOCK` (a moment in ISO 8601 with its zone) is taken for now, but only in a data directory whose first
ledger entry marks it as not real. A real ledger can so never be written in another time than its machine's.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from catalogue.errors import LedgerError

HOME_TIME = ZoneInfo("Europe/Copenhagen")
SET_CLOCK = "HELHEDSPLAN_CLOCK"
MARK = "data_directory_marked"


def now(ledger: Path, kind: str) -> datetime:
    """The moment (UTC) that an entry of this kind gets in this ledger.

    Raises LedgerError where the clock is set and is no moment, or the data directory is not marked.
    """
    moment = os.environ.get(SET_CLOCK)
    if not moment:
        return datetime.now(UTC)
    if not (_is_marked(ledger) or (_is_empty(ledger) and kind == MARK)):
        raise LedgerError(
            "the clock must not be set for a ledger of real work, so nothing was done",
            place=str(ledger),
            expected="a data directory that was begun with samples",
            found=f"{SET_CLOCK}={moment}",
            do=f"unset {SET_CLOCK}, or name another data directory in HELHEDSPLAN_DATA",
        )
    return _understood(moment)


def in_minutes(moment: datetime | str | None) -> str:
    """A moment (UTC if it does not say) by the clocks of Denmark, such as 2026-11-26 08:55 CET; '' for none."""
    return f"{_at_home(moment):%Y-%m-%d %H:%M %Z}" if moment is not None else ""


def day_of(moment: datetime | str) -> date:
    """The day in Denmark at a moment (UTC if it does not say). `read.danish_day` is the same in SQL."""
    return _at_home(moment).date()


def begin_of(day: date) -> datetime:
    """The moment (UTC) at which a day begins in Denmark."""
    return datetime.combine(day, time(), HOME_TIME).astimezone(UTC)


def _at_home(moment: datetime | str) -> datetime:
    known = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (known if known.tzinfo else known.replace(tzinfo=UTC)).astimezone(HOME_TIME)


def _understood(moment: str) -> datetime:
    try:
        return datetime.fromisoformat(moment).astimezone(UTC)
    except ValueError as error:
        raise LedgerError(
            "the clock is set to what is no moment",
            place=SET_CLOCK,
            expected="a moment such as 2026-03-31T12:00:00+00:00",
            found=moment,
        ) from error


def _is_empty(ledger: Path) -> bool:
    return not ledger.exists() or ledger.stat().st_size == 0


def _is_marked(ledger: Path) -> bool:
    if _is_empty(ledger):
        return False
    with ledger.open("rb") as file:
        first = file.readline()
    try:
        return json.loads(first).get("kind") == MARK
    except (ValueError, AttributeError):
        return False
