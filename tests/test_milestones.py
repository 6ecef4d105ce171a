"""The milestone plan: read by its own contract, checked by its own checks, and never among the indicators."""

import pytest

from tasks.receive import deliver
from tests.deliveries_for_tests import SAMPLES, ask, entries_of, read_and_checked, run, the_catalogue
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
PLAN = SAMPLES / "delaftaler" / "milepaelsplan_2026-10.csv"
HEADING = "Helhedsplan;Delaftale;Indsatsområde;Delmål;Aktivitet;Milepæl;Frist;Nået;Ansvarlig"
GOOD = "En Fælles Indsats;D;Beskæftigelse;Mål;Jobcafé;{};{};{};{}"
ROWS = {
    GOOD.format("god", "01-05-2026", "", "FOB"): "",
    GOOD.format("uden ansvarlig", "01-05-2026", "", ""): "",
    GOOD.format("god", "01-05-2026", "", "FOB") + " ": "is_told_once",
    GOOD.format("frist", "snart", "", "FOB"): "is_readable",
    GOOD.format("et år", "2026", "", "FOB"): "is_due_on_a_day",
    GOOD.format("ja", "01-05-2026", "ja", "FOB"): "was_reached_on_a_day",
    GOOD.format("fremtid", "01-05-2026", "01-05-2099", "FOB"): "was_not_reached_in_the_future",
    GOOD.format("", "01-05-2026", "", "FOB"): "says_what_is_to_be_reached",
    GOOD.replace("Beskæftigelse", "Musik").format("fokus", "01-05-2026", "", "FOB"): "is_about_a_known_focus_area",
    GOOD.replace("En Fælles Indsats", "En anden").format("plan", "01-05-2026", "", "FOB"): "is_about_a_known_agreement",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> DataDirectory:
    """First the sample, then a plan with a row for each check."""
    folder = tmp_path_factory.mktemp("milestones")
    data = DataDirectory(folder / "data")
    data.prepare()
    deliver(data, the_catalogue(), PLAN, "delaftaler", actor="test", is_synthetic=True)
    assert read_and_checked(data, "delaftaler") == []
    path = folder / "plan.csv"
    path.write_text("\n".join(["SYNTETISK plan;;;;;;;;", HEADING, *ROWS]), encoding="utf-8")
    deliver(data, the_catalogue(), path, "delaftaler", actor="test", is_synthetic=True)
    assert run(data, "delaftaler").problems == ()
    return data


def test_each_bad_row_is_rejected_for_its_own_reason_and_the_good_ones_stay(data):
    found = dict(ask(data, "SELECT row_number, failed_checks FROM audit.quarantine"))
    expected = {number: check for number, check in enumerate(ROWS.values()) if check}
    assert {number: check for number, check in expected.items() if check not in found.get(number, [])} == {}
    assert found.keys() == expected.keys()
    assert ask(data, "SELECT milestone, responsible, state FROM mart.milestone ORDER BY milestone") == [
        ("god", "FOB", "late"), ("uden ansvarlig", None, "late"),
    ]  # fmt: skip


def test_milestones_are_never_mixed_with_the_indicators(data):
    for table in ("mart.indicator_series", "core.observation", "core.period"):
        assert ask(data, f"SELECT count(*) FROM {table}") == [(0,)]
    assert ask(data, "SELECT DISTINCT source_id, is_synthetic FROM mart.milestone") == [("delaftaler", True)]


def test_a_milestone_that_disappears_is_noted(data):
    (checked,) = entries_of(data, "delivery_checked")[-1:]
    outcome = {one["check"]: one for one in checked.body["outcomes"]}["keeps_every_milestone_of_the_last_delivery"]
    assert not outcome["success"]
    assert outcome["severity"] == "warning"
