"""An election is known by its day, whatever its folder is called; and what came before it is read again if it is gone.

One data directory goes from test to test: no test but the first spoils what stands.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import HelhedsplanError
from tasks.context import Night, Plain
from tasks.freshness import freshness
from tasks.process import process_delivery
from tasks.receive import deliver
from tasks.waves import waiting_waves
from tests.deliveries_for_tests import ELECTION, Spoil, ask, election, entries_of, run, small_data, the_catalogue
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
VALG, DAY = "valg_dk", "KV-2025-11-18"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> DataDirectory:
    return small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("elections") / "data")


def delivered(data: DataDirectory, folder: Path, spoil: Spoil) -> str:
    """The id of a new delivery of a folder that is spoilt so."""
    spoil(folder)
    delivery_id, is_new = deliver(data, the_catalogue(), folder, VALG, actor="test")
    assert is_new
    return delivery_id


def with_more_votes(documents: dict[str, Any]) -> None:
    """A recount found a hundred votes more in one district."""
    (district,) = [one for name, one in documents.items() if "Broskolen" in name]
    for field in ("AfgivneStemmer", "GyldigeStemmer"):
        district[field] += 100


def saying(word: str) -> Spoil:
    """Other bytes, the same figures."""
    return election(lambda documents: next(iter(documents.values())).update(Bemærkning=word))


def without_its_first_district(documents: dict[str, Any]) -> None:
    del documents[next(iter(documents))]


def a_day_later(documents: dict[str, Any]) -> None:
    """Every document is about a general election."""
    for document in documents.values():
        document |= {"Valgart": "Folketingsvalg", "Valgdag": "24-03-2026"}


def night_of(data: DataDirectory) -> Night:
    entries = entries_of(data)
    return Night(data, the_catalogue(), "test", "run-000009", entries[-1].time, Plain(), (VALG,))


def parts(data: DataDirectory) -> dict[str, str]:
    found = freshness(data, the_catalogue(), Ledger(data.ledger).entries(), "", "2026-11-25T01:00:00+00:00")
    return {one.part_id: one.state for one in found if one.source_id == VALG}


def test_the_same_files_under_another_name_are_nothing_new(data, tmp_path):
    folder = shutil.copytree(ELECTION, tmp_path / "hentet i dag")
    ((known, _),) = [deliver(data, the_catalogue(), folder, VALG, actor="test")]
    assert deliver(data, the_catalogue(), folder, VALG, actor="test", again=True) == (known, False)


def test_other_figures_of_an_election_under_another_name_supersede_the_earlier_ones_and_are_held_against_them(
    data, tmp_path
):
    newer = delivered(data, tmp_path / "rettet optælling", election(with_more_votes))
    assert run(data, VALG).exit_code == 0
    assert ask(data, f"SELECT part_id, delivery_id, state FROM mart.freshness WHERE source_id = '{VALG}'") == [
        # Of the general election in March 2026 nothing has come.
        (DAY, newer, "late")
    ]
    turnout = f"""SELECT numerator, denominator FROM mart.indicator_series
        WHERE area_level = 'municipality' AND indicator_id = 'turnout_municipal_election' AND period = '{DAY}'"""
    assert ask(data, turnout) == [(42_678.0, 65_812.0)]
    states = "SELECT state FROM audit.delivery WHERE source_id = 'valg_dk' ORDER BY received_at"
    assert ask(data, states) == [("superseded",), ("published",)]


def test_a_district_that_another_name_leaves_out_is_seen_also_where_the_earlier_rows_are_gone(data, tmp_path):
    shutil.rmtree(data.parsed)
    short = delivered(data, tmp_path / "slagelse", election(without_its_first_district))
    with pytest.raises(HelhedsplanError, match="the last good figures stand and are marked stale"):
        process_delivery(night_of(data), short)
    body = entries_of(data, "delivery_stopped")[-1].body
    seen = {one["check"] for one in body["outcomes"] if not one["success"]}
    assert (body["delivery_id"], body["part_id"]) == (short, DAY)
    assert {"keeps_every_unit_of_the_last_delivery", "has_every_district_of_the_newest_election"} <= seen
    assert parts(data) == {DAY: "stopped"}


def test_two_files_of_one_election_under_two_names_are_checked_one_after_the_other(data, tmp_path):
    first, second = (delivered(data, tmp_path / name, saying(name)) for name in ("b", "a"))
    waves = [[one for one in wave if one in (first, second)] for wave in waiting_waves(night_of(data))]
    assert [wave for wave in waves if wave] == [[first], [second]]


def test_another_election_is_another_part_and_mends_nothing_of_the_first(data, tmp_path):
    general = delivered(data, tmp_path / DAY, election(a_day_later))
    process_delivery(night_of(data), general)
    assert deliveries(entries_of(data))[general].part_id == "FV-2026-03-24"
    assert parts(data)[DAY] == "stopped"


def test_where_the_earlier_rows_cannot_be_read_again_the_delivery_waits_and_says_so(data, tmp_path):
    *_, before = [one for one in deliveries(entries_of(data)).values() if one.approved_at and one.part_id == DAY]
    shutil.rmtree(data.parsed)
    kept = before.snapshot(data).paths[0]
    kept.chmod(0o644)
    kept.write_text("{", encoding="utf-8")
    waits = delivered(data, tmp_path / "igen", saying("igen"))
    with pytest.raises(HelhedsplanError, match="cannot be read again, so this one waits unchecked") as told:
        process_delivery(night_of(data), waits)
    assert told.value.place == before.delivery_id
    assert kept.name in told.value.found
    assert deliveries(entries_of(data))[waits].state == "delivered"
