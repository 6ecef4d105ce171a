"""When a source's next delivery is expected, by its publisher's calendar, and whether it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from catalogue.sources import Calendar

_SATURDAY = 5


@dataclass(frozen=True)
class Expected:
    """The next day on which a delivery is due, the day after which it is late, and the state today."""

    next_day: date | None
    late_after: date | None
    state: Literal["fresh", "due", "late"]


def counts_until(calendar: Calendar, received_on: date, newest_period_end: date | None) -> date:
    """The day up to which a delivery counts as the newest: its receipt, or earlier if its figures are old."""
    if calendar.newest_period_counts_for_days is None or newest_period_end is None:
        return received_on
    return min(received_on, newest_period_end + timedelta(days=calendar.newest_period_counts_for_days))


def expected(calendar: Calendar, last_received: date | None, today: date) -> Expected:
    """What the calendar says today of a source whose last delivery came on `last_received` (None: never)."""
    days = _release_days(calendar, today)
    upcoming = min((day for day in days if day > today), default=None)
    passed = max((day for day in days if day <= today), default=None)
    if calendar.rule == "none":
        return Expected(None, None, "fresh" if last_received else "due")
    if passed is None or (last_received and last_received >= passed):
        late_after = upcoming + timedelta(days=calendar.days_until_late) if upcoming else None
        return Expected(upcoming, late_after, "fresh" if last_received else "due")
    late_after = passed + timedelta(days=calendar.days_until_late)
    return Expected(passed, late_after, "late" if today > late_after else "due")


def _release_days(calendar: Calendar, today: date) -> list[date]:
    if calendar.rule == "months":
        return [date(year, month, 1) for year in range(today.year - 1, today.year + 2) for month in calendar.months]
    if calendar.rule == "elections":
        return [_next_working_day(date.fromisoformat(day)) for day in calendar.election_days]
    return []


def _next_working_day(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() >= _SATURDAY:
        following += timedelta(days=1)
    return following
