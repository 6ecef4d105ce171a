"""When the next delivery is expected, by the publisher's calendar, and what counts as having come."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.calendar import counts_until, expected
from catalogue.definitions import Wording
from catalogue.sources import Calendar

WORDS = Wording(da="to gange om året", en="twice a year")
TWICE_A_YEAR = Calendar(rule="months", months=(5, 11), days_until_late=45, words=WORDS)
ELECTIONS = Calendar(rule="elections", election_days=("2025-11-18", "2029-11-16"), days_until_late=30, words=WORDS)
YEARLY_LIST = Calendar(rule="months", months=(12,), newest_period_counts_for_days=364, words=WORDS)


@pytest.mark.parametrize(
    ("last_received", "today", "state", "next_day"),
    [
        (date(2026, 5, 4), date(2026, 10, 31), "fresh", date(2026, 11, 1)),
        (date(2026, 5, 4), date(2026, 11, 1), "due", date(2026, 11, 1)),
        (date(2026, 5, 4), date(2026, 12, 16), "due", date(2026, 11, 1)),
        (date(2026, 5, 4), date(2026, 12, 17), "late", date(2026, 11, 1)),
        (date(2026, 11, 20), date(2026, 12, 17), "fresh", date(2027, 5, 1)),
        (None, date(2026, 11, 2), "due", date(2026, 11, 1)),
        (None, date(2026, 12, 30), "late", date(2026, 11, 1)),
    ],
)
def test_a_source_is_due_on_its_publishers_day_and_late_some_weeks_after(
    last_received: date | None, today: date, state: str, next_day: date
) -> None:
    found = expected(TWICE_A_YEAR, last_received, today)
    assert (found.state, found.next_day) == (state, next_day)


def test_an_election_is_expected_on_the_first_working_day_after_it() -> None:
    assert expected(ELECTIONS, date(2025, 11, 20), date(2026, 1, 1)).next_day == date(2029, 11, 19)
    assert expected(ELECTIONS, None, date(2025, 11, 19)).state == "due"


def test_nothing_is_expected_of_a_source_without_a_calendar() -> None:
    never = Calendar(rule="none", words=WORDS)
    assert expected(never, date(2020, 1, 1), date(2026, 1, 1)) == expected(never, date(2025, 1, 1), date(2026, 1, 1))
    assert expected(never, date(2020, 1, 1), date(2026, 1, 1)).state == "fresh"


def test_an_old_list_that_came_today_does_not_make_its_source_fresh() -> None:
    today = date(2026, 11, 23)
    old = counts_until(YEARLY_LIST, today, date(2019, 12, 1))
    new = counts_until(YEARLY_LIST, today, date(2025, 12, 1))
    assert expected(YEARLY_LIST, old, today).state == "late"
    assert expected(YEARLY_LIST, new, today).state == "fresh"
    assert counts_until(TWICE_A_YEAR, today, date(2019, 12, 1)) == today
