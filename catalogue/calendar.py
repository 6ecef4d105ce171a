"""When a source's next delivery is expected, by its publisher's calendar, and whether it is late."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from catalogue.definitions import Declared, Wording

_SATURDAY = 5


class Calendar(Declared):
    """When the publisher is expected to deliver next.

    `months`: the first day of each of these months; `elections`: the first working day after each of
    these days; `updated`: so many months after the day on which the publisher says that it last changed
    what it publishes; `none`: nothing is expected on a date. Late is `days_until_late` days after that. A release
    that comes up to `days_early` days before its month is that month's. With `newest_period_counts_for_days` an old
    file that came today is not fresh: a delivery counts only until that many days after the end of its newest period,
    and none comes early, for the period itself tells which release it is.
    """

    rule: Literal["months", "elections", "updated", "none"]
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    election_days: tuple[str, ...] = ()
    every_months: Annotated[int, Field(ge=1, le=60)] | None = None
    days_until_late: int = Field(default=45, ge=1)
    days_early: int = Field(default=30, ge=0)
    newest_period_counts_for_days: int | None = Field(default=None, ge=1)
    words: Wording

    @model_validator(mode="after")
    def _has_what_its_rule_needs(self) -> Calendar:
        if (self.rule == "updated") != (self.every_months is not None):
            raise ValueError("every_months belongs to rule updated, and that rule needs it")
        if self.rule == "months" and not self.months:
            raise ValueError("rule months needs months")
        return self


@dataclass(frozen=True)
class Expected:
    """The next day on which a delivery is due, the day after which it is late, and the state today."""

    next_day: date | None
    late_after: date | None
    state: Literal["fresh", "due", "late"]


def counts_until(
    calendar: Calendar, received_on: date, newest_period_end: date | None, updated_on: date | None = None
) -> date:
    """The day up to which a delivery counts as the newest: its receipt, or earlier if its figures are old.

    `updated_on`: the day on which the publisher says that it last changed them; what is fetched from it today is
    no newer than that. Of elections, a delivery is the release of the newest that it is about, whenever it came.
    """
    received_on = min(received_on, updated_on or received_on)
    if newest_period_end is None:
        return received_on
    if calendar.rule == "elections":
        return min(received_on, _next_working_day(newest_period_end))
    if calendar.newest_period_counts_for_days is None:
        return received_on
    return min(received_on, newest_period_end + timedelta(days=calendar.newest_period_counts_for_days))


def expected(calendar: Calendar, releases: Collection[date], today: date) -> Expected:
    """What the calendar says today of a source whose releases count from these days (see counts_until)."""
    last = max(releases, default=None)
    if calendar.every_months is not None:
        return _by_rhythm(calendar.every_months, calendar.days_until_late, last, today)
    if calendar.rule == "none":
        return Expected(None, None, "fresh" if last else "due")
    days = _release_days(calendar, today)
    met = _met(calendar, days, releases)
    upcoming = min((day for day in days if day > max(today, *met, date.min)), default=None)
    passed = max((day for day in days if day <= today), default=None)
    if passed is None or max(met, default=date.min) >= passed:
        late_after = upcoming + timedelta(days=calendar.days_until_late) if upcoming else None
        return Expected(upcoming, late_after, "fresh" if last else "due")
    late_after = passed + timedelta(days=calendar.days_until_late)
    return Expected(passed, late_after, "late" if today > late_after else "due")


def _met(calendar: Calendar, days: Collection[date], releases: Collection[date]) -> set[date]:
    """The days on which a release was expected, and came: each release meets one.

    One that comes shortly before a day is early, unless the release before that day has still to come.
    """
    met: set[date] = set()
    can_be_early = calendar.rule == "months" and calendar.newest_period_counts_for_days is None
    early = timedelta(days=calendar.days_early if can_be_early else 0)
    for number, release in enumerate(sorted(releases)):
        passed = max((day for day in days if day <= release), default=None)
        coming = min((day for day in days if release < day <= release + early), default=None)
        if coming and (passed is None or passed in met or not number):
            met.add(coming)
        elif passed:
            met.add(passed)
    return met


def _by_rhythm(every_months: int, days_until_late: int, last: date | None, today: date) -> Expected:
    if last is None:
        return Expected(None, None, "due")
    next_day = _months_after(last, every_months)
    late_after = next_day + timedelta(days=days_until_late)
    if today < next_day:
        return Expected(next_day, late_after, "fresh")
    return Expected(next_day, late_after, "late" if today > late_after else "due")


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


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
