"""Moments are kept in UTC and told by the clocks of Denmark; a day is a day there, whatever the machine's zone."""

import time
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from warehouse.clock import begin_of, day_of, in_minutes
from warehouse.deliveries import Delivery
from warehouse.sql_files import load_macros

HALF_PAST_MIDNIGHT_IN_MARCH = "2026-03-01T23:30:00.000000+00:00"
HALF_PAST_MIDNIGHT_IN_JUNE = "2026-06-01T22:30:00.000000+00:00"


@pytest.fixture(params=["UTC", "Europe/Copenhagen", "America/New_York"], autouse=True)
def zone_of_the_machine(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("moment", [HALF_PAST_MIDNIGHT_IN_MARCH, HALF_PAST_MIDNIGHT_IN_JUNE])
def test_what_comes_half_an_hour_into_the_second_came_on_the_second(moment):
    delivery = Delivery("s-0", "s", "", "0" * 64, (), True, "", moment, "test", 1)
    assert day_of(moment).day == delivery.received_on.day == 2
    assert begin_of(day_of(moment)) == datetime.fromisoformat(moment) - timedelta(minutes=30)
    assert in_minutes(moment)[8:16] == "02 00:30"


def test_a_moment_is_told_with_its_zone():
    assert in_minutes(HALF_PAST_MIDNIGHT_IN_MARCH) == "2026-03-02 00:30 CET"
    assert in_minutes("2026-06-01T22:30:00") == "2026-06-02 00:30 CEST"
    assert in_minutes(None) == ""


def test_sql_and_python_know_the_same_days_of_denmark():
    with duckdb.connect() as connection:
        load_macros(connection, ["read"])
        moments = "SELECT unnest(generate_series(TIMESTAMP '2024-12-31', TIMESTAMP '2026-01-02', INTERVAL 30 MINUTE))"
        found = connection.execute(f"SELECT moment, read.danish_day(moment) FROM ({moments} AS moment)").fetchall()
    assert len(found) == 367 * 48 + 1
    assert [moment for moment, day in found if day_of(moment) != day] == []
    assert begin_of(date(2025, 3, 31)) == datetime(2025, 3, 30, 22, tzinfo=UTC)
