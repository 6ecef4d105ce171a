"""When the next delivery is expected, by the publisher's calendar, and what counts as having come."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.calendar import Calendar, counts_until, expected
from catalogue.definitions import Wording
from tests.deliveries_for_tests import the_catalogue

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
    found = expected(TWICE_A_YEAR, [last_received] if last_received else [], today)
    assert (found.state, found.next_day) == (state, next_day)


def test_an_election_is_expected_on_the_first_working_day_after_it() -> None:
    assert expected(ELECTIONS, [date(2025, 11, 20)], date(2026, 1, 1)).next_day == date(2029, 11, 19)
    assert expected(ELECTIONS, [], date(2025, 11, 19)).state == "due"


def test_nothing_is_expected_of_a_source_without_a_calendar() -> None:
    never = Calendar(rule="none", words=WORDS)
    assert expected(never, [date(2020, 1, 1)], date(2026, 1, 1)) == expected(
        never, [date(2025, 1, 1)], date(2026, 1, 1)
    )
    assert expected(never, [date(2020, 1, 1)], date(2026, 1, 1)).state == "fresh"


def test_an_old_list_that_came_today_does_not_make_its_source_fresh() -> None:
    today = date(2026, 11, 23)
    old = counts_until(YEARLY_LIST, today, date(2019, 12, 1))
    new = counts_until(YEARLY_LIST, today, date(2025, 12, 1))
    assert expected(YEARLY_LIST, [old], today).state == "late"
    assert expected(YEARLY_LIST, [new], today).state == "fresh"
    assert counts_until(TWICE_A_YEAR, today, date(2019, 12, 1)) == today
    # The day before the next list is due is no early delivery of it.
    assert expected(YEARLY_LIST, [new], date(2026, 12, 1)).state == "due"


@pytest.mark.parametrize(
    ("releases", "today", "state", "next_day"),
    [
        # May's came three weeks early: nothing is due on 1 May, and none of it is November's.
        (["2025-11-03", "2026-04-10"], "2026-04-20", "fresh", "2026-11-01"),
        (["2025-11-03", "2026-04-10"], "2026-07-30", "fresh", "2026-11-01"),
        (["2025-11-03", "2026-04-10"], "2026-12-31", "late", "2026-11-01"),
        # Five weeks before is no early release of May's.
        (["2025-11-03", "2026-03-25"], "2026-06-16", "late", "2026-05-01"),
        # What comes five months late, and just before the next, is still the one that was outstanding.
        (["2025-05-03", "2026-04-10"], "2026-05-01", "due", "2026-05-01"),
        # Two files of one release are one.
        (["2025-11-03", "2025-11-20"], "2026-05-01", "due", "2026-05-01"),
        (["2026-04-10"], "2026-04-20", "fresh", "2026-11-01"),
    ],
)
def test_a_release_meets_the_day_it_was_expected_on_also_when_it_comes_up_to_thirty_days_before(
    releases: list[str], today: str, state: str, next_day: str
) -> None:
    found = expected(TWICE_A_YEAR, [date.fromisoformat(day) for day in releases], date.fromisoformat(today))
    assert (found.state, str(found.next_day)) == (state, next_day)


def test_an_election_is_met_by_its_own_figures_alone_whenever_they_came() -> None:
    local, general = date(2025, 11, 18), date(2026, 3, 24)
    both = Calendar(rule="elections", election_days=(str(local), str(general)), days_until_late=30, words=WORDS)
    today = date(2026, 5, 4)
    assert expected(both, [counts_until(both, today, local)], today).state == "late"
    assert expected(both, [counts_until(both, today, one) for one in (local, general)], today).state == "fresh"


A_YEAR_AFTER = Calendar(rule="updated", every_months=12, days_until_late=60, words=WORDS)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 5, 14), "fresh"),
        (date(2026, 5, 15), "due"),
        (date(2026, 7, 14), "due"),
        (date(2026, 7, 15), "late"),
    ],
)
def test_a_table_is_expected_a_year_after_its_publisher_last_changed_it(today: date, state: str) -> None:
    found = expected(A_YEAR_AFTER, [date(2025, 5, 15)], today)
    assert (found.next_day, found.late_after, found.state) == (date(2026, 5, 15), date(2026, 7, 14), state)


def test_the_last_day_of_a_month_is_followed_by_the_last_day_of_a_shorter_one() -> None:
    half_yearly = A_YEAR_AFTER.model_copy(update={"every_months": 6})
    assert expected(half_yearly, [date(2025, 8, 31)], date(2026, 1, 1)).next_day == date(2026, 2, 28)
    assert expected(half_yearly, [], date(2026, 1, 1)).state == "due"


def test_what_was_fetched_today_is_no_newer_than_the_day_its_publisher_changed_it() -> None:
    today = date(2026, 11, 25)
    assert counts_until(A_YEAR_AFTER, today, None, date(2025, 5, 15)) == date(2025, 5, 15)
    assert counts_until(A_YEAR_AFTER, today, None, None) == today


def test_an_election_table_is_expected_after_each_election_that_its_periods_name() -> None:
    statbank = the_catalogue().source("statbank")
    found = expected(statbank.calendar_of("KVRES"), [date(2022, 4, 7)], date(2025, 12, 1))
    assert (found.next_day, found.state) == (date(2025, 11, 19), "due")
    assert statbank.calendar_of("HFUDD21").rule == "updated"
    assert the_catalogue().source("valg_dk").calendar_of("KV-2025-11-18").rule == "elections"


def test_a_rhythm_belongs_to_the_rule_that_counts_from_the_last_change() -> None:
    with pytest.raises(ValueError, match="every_months belongs to rule updated"):
        Calendar(rule="updated", words=WORDS)
    with pytest.raises(ValueError, match="every_months belongs to rule updated"):
        Calendar(rule="none", every_months=12, words=WORDS)
