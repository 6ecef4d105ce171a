"""The steward's decisions: who may approve what, what a rejection takes out, and what the ledger and the inbox say."""

import os
import shutil
from dataclasses import replace

import pytest

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from tasks.approve import approve, reject
from tasks.inbox import waiting
from tasks.receive import deliver
from tasks.summary import RunSummary
from tests.deliveries_for_tests import (
    MINISTRY_LIST,
    ask,
    catalogue_asking,
    entries_of,
    read_and_checked,
    replaced,
    run,
    small_data,
)
from warehouse.deliveries import Delivery, deliveries, shown
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
SOURCE = "ministry_list"


@pytest.fixture
def data(data_folder) -> DataDirectory:
    return DataDirectory(data_folder)


AUTOMATIC = catalogue_asking("automatic", SOURCE)
STEWARD, FOUR_EYES = catalogue_asking("steward", SOURCE), catalogue_asking("four_eyes", SOURCE)


def hand_in(data: DataDirectory, catalogue: Catalogue, path=MINISTRY_LIST, again: bool = False) -> str:
    delivery_id, is_new = deliver(data, catalogue, path, SOURCE, actor="bo", again=again)
    assert is_new
    return delivery_id


def state_of(data: DataDirectory, delivery_id: str) -> str:
    entries = entries_of(data)
    delivery, known = deliveries(entries)[delivery_id], shown(entries).get(delivery_id)
    if delivery.state != "approved" or known is None:
        return delivery.state
    return "superseded" if known.superseded_in else "published"


def states_told(data: DataDirectory, delivery_id: str) -> list[tuple]:
    query = (
        f"SELECT state, moved_by FROM audit.delivery_move WHERE delivery_id = '{delivery_id}' ORDER BY ledger_sequence"
    )
    return ask(data, query)


def shown_value(data: DataDirectory) -> list[tuple]:
    query = "SELECT value FROM mart.indicator_series WHERE indicator_id = 'ministry_non_western_background'"
    return ask(data, f"{query} AND value IS NOT NULL")


@pytest.fixture(scope="module")
def waited(tmp_path_factory) -> tuple[DataDirectory, str, RunSummary, str]:
    """A delivery by Bo that a run left to its steward, what the run told, how it waited before; to be copied."""
    data = DataDirectory(tmp_path_factory.mktemp("waited") / "data")
    delivery_id = hand_in(data, STEWARD)
    ((before),) = waiting(data, STEWARD)
    return data, delivery_id, run(data, SOURCE, catalogue=STEWARD), before.state


@pytest.fixture
def delivery_id(data, waited) -> str:
    """A delivery in `data` that waits for its steward."""
    shutil.copytree(waited[0].root, data.root)
    return waited[1]


def test_a_delivery_waits_for_its_steward_and_is_published_after_the_approval(data, delivery_id, waited):
    *_, told, before = waited
    assert before == "delivered"
    (of_list,) = (one for one in told.sources if one.source_id == SOURCE)
    assert (told.problems, told.waiting) == ((), {"awaiting_approval": 1})
    assert (of_list.new_deliveries, of_list.rows_loaded, of_list.rows_published) == (1, 5, 0)
    assert shown_value(data) == []
    ((found),) = waiting(data, STEWARD)
    assert (found.state, found.delivery_id, found.waits_for) == (
        "awaiting_approval",
        delivery_id,
        "steward or approver",
    )
    assert not run(data, SOURCE, catalogue=STEWARD).is_new_publication, "a night in which nobody decides is quiet"
    assert approve(data, STEWARD, delivery_id, actor="eva").is_new
    assert [(one.state, one.waits_for) for one in waiting(data, STEWARD)] == [("approved", "the next run")]
    told = run(data, SOURCE, catalogue=STEWARD)
    (of_list,) = (one for one in told.sources if one.source_id == SOURCE)
    assert (told.is_new_publication, of_list.new_deliveries, of_list.rows_published) == (True, 0, 5)
    assert shown_value(data) == [(0.57,)]
    assert (state_of(data, delivery_id), waiting(data, STEWARD)) == ("published", [])
    kinds = [entry.kind for entry in entries_of(data) if entry.body.get("delivery_id") == delivery_id]
    assert kinds == ["delivery_received", "delivery_checked", "delivery_awaits_approval", "delivery_approved"]
    assert states_told(data, delivery_id) == [
        ("delivered", "bo"), ("checked", "test"), ("awaiting_approval", "test"), ("approved", "eva"),
        ("published", "test"),
    ]  # fmt: skip


def test_an_approval_twice_is_nothing_new(data, delivery_id):
    assert approve(data, STEWARD, delivery_id, actor="eva").is_new
    again = approve(data, STEWARD, delivery_id, actor="bo")
    assert (again.is_new, again.actor) == (False, "eva")
    assert len(entries_of(data, "delivery_approved")) == 1


@pytest.fixture(scope="module")
def awaiting_four_eyes(tmp_path_factory) -> tuple[DataDirectory, str, Delivery]:
    """A delivery by Bo and one that lay in the inbox, which wait for four eyes; to be refused only."""
    data = DataDirectory(tmp_path_factory.mktemp("four eyes") / "data")
    data.prepare()
    path = data.inbox / SOURCE / "fra indbakken.csv"
    path.parent.mkdir(parents=True)
    replaced(MINISTRY_LIST, ";57,0;", ";58,0;")(path)
    assert [one.state for one in waiting(data, FOUR_EYES)] == ["in_the_inbox"]
    os.utime(path, (0, 0))
    delivery_id = hand_in(data, FOUR_EYES)
    assert read_and_checked(data, SOURCE, catalogue=FOUR_EYES) == []
    (laid,) = (one for one in deliveries(entries_of(data)).values() if one.delivery_id != delivery_id)
    return data, delivery_id, laid


@pytest.mark.parametrize("actor", ["bo", " BO "])
def test_where_four_eyes_are_asked_for_nobody_approves_what_they_delivered(awaiting_four_eyes, actor):
    data, delivery_id, _ = awaiting_four_eyes
    with pytest.raises(HelhedsplanError, match="may not approve it: the source asks for four eyes"):
        approve(data, FOUR_EYES, delivery_id, actor=actor)
    assert entries_of(data, "delivery_approved") == []
    waits_for = {found.delivery_id: found.waits_for for found in waiting(data, FOUR_EYES)}
    assert waits_for[delivery_id] == "approver (not bo)"


def test_where_four_eyes_are_asked_for_an_approval_names_a_rehearsal(awaiting_four_eyes):
    data, delivery_id, _ = awaiting_four_eyes
    with pytest.raises(HelhedsplanError, match="the approval asks for a rehearsal") as refused:
        approve(data, FOUR_EYES, delivery_id, actor="eva")
    assert f"`helhedsplan rehearse {delivery_id} --by eva`" in refused.value.do


def test_the_owner_of_a_file_in_the_inbox_is_who_delivered_it(awaiting_four_eyes):
    data, _, laid = awaiting_four_eyes
    (laid_by,) = (one.body["laid_by"] for one in entries_of(data, "delivery_received") if "laid_by" in one.body)
    assert laid.deliverers == {"test", laid_by}
    with pytest.raises(HelhedsplanError, match="four eyes"):
        approve(data, FOUR_EYES, laid.delivery_id, actor=laid_by)


def test_a_file_that_no_run_would_ever_take_in_waits_for_the_steward(data):
    data.prepare()
    for place in ("liste.csv", "lbf/maj.xlsx", f"{SOURCE}/liste.csv", ".skjult"):
        path = data.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    found = sorted((one.state, one.name, one.waits_for) for one in waiting(data, FOUR_EYES))
    assert found == [
        ("in_no_sources_folder", "lbf/maj.xlsx", "steward"), ("in_no_sources_folder", "liste.csv", "steward"),
        ("in_the_inbox", "liste.csv", "the next run"),
    ]  # fmt: skip


def test_what_is_not_checked_yet_cannot_be_approved(data):
    delivery_id = hand_in(data, STEWARD)
    with pytest.raises(HelhedsplanError, match="does not wait for an approval") as refused:
        approve(data, STEWARD, delivery_id, actor="eva")
    assert (refused.value.found, refused.value.do.split(",")[0]) == ("delivered", "run `helhedsplan refresh`")


def test_a_delivery_that_its_checks_stopped_cannot_be_approved_and_waits_for_the_publisher(data, tmp_path):
    (tmp_path / "liste.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    delivery_id = hand_in(data, STEWARD, tmp_path / "liste.csv")
    assert len(read_and_checked(data, SOURCE, catalogue=STEWARD)) == 1
    with pytest.raises(HelhedsplanError, match="does not wait for an approval"):
        approve(data, STEWARD, delivery_id, actor="eva")
    (found,) = waiting(data, STEWARD)
    assert (found.state, found.waits_for) == ("unreadable", "a corrected file from Social- og Boligministeriet")
    reject(data, STEWARD, delivery_id, actor="eva", because="Not the list at all")
    assert waiting(data, STEWARD) == []
    assert run(data, SOURCE, catalogue=STEWARD).problems == ()
    assert ask(data, f"SELECT state = 'stopped' FROM mart.freshness WHERE source_id = '{SOURCE}'") == [(False,)]


@pytest.mark.parametrize("because", ["", "  ", "--", "123"])
def test_a_rejection_without_a_reason_is_refused(data, because):
    delivery_id = hand_in(data, STEWARD)
    with pytest.raises(HelhedsplanError, match="needs a reason"):
        reject(data, STEWARD, delivery_id, actor="eva", because=because)
    assert entries_of(data, "delivery_rejected") == []


def test_a_rejected_delivery_stays_rejected_until_its_file_is_handed_in_anew(data, delivery_id):
    reject(data, STEWARD, delivery_id, actor="eva", because="The wrong year, it seemed")
    assert not reject(data, STEWARD, delivery_id, actor="bo", because="Again").is_new
    with pytest.raises(HelhedsplanError, match="does not wait for an approval") as refused:
        approve(data, STEWARD, delivery_id, actor="eva")
    assert refused.value.found == "rejected: The wrong year, it seemed"
    assert hand_in(data, STEWARD, again=True) == f"{delivery_id}-2"


def test_the_figures_of_an_approved_delivery_leave_with_its_rejection_and_those_before_it_come_back(
    data, delivery_id, tmp_path
):
    reject(data, STEWARD, delivery_id, actor="eva", because="The wrong year, it seemed")
    first = hand_in(data, STEWARD, again=True)
    replaced(MINISTRY_LIST, ";57,0;", ";58,0;")(tmp_path / "rettet.csv")
    second = hand_in(data, STEWARD, tmp_path / "rettet.csv")
    assert read_and_checked(data, SOURCE, catalogue=STEWARD) == []
    for one in (first, second):
        approve(data, STEWARD, one, actor="eva")
    run(data, SOURCE, catalogue=STEWARD)
    assert shown_value(data) == [(0.58,)]
    assert [state_of(data, one) for one in (delivery_id, first, second)] == ["rejected", "superseded", "published"]
    assert ask(data, "SELECT delivery_id, state FROM audit.delivery ORDER BY delivery_sequence") == [
        (delivery_id, "rejected"), (first, "superseded"), (second, "published"),
    ]  # fmt: skip
    reject(data, STEWARD, second, actor="eva", because="It was the draft")
    assert [(one.state, one.delivery_id, one.waits_for) for one in waiting(data, STEWARD)] == [
        ("rejected", second, "the next run")
    ]
    assert run(data, SOURCE, catalogue=STEWARD).is_new_publication
    assert (shown_value(data), waiting(data, STEWARD)) == ([(0.57,)], [])
    assert [state_of(data, one) for one in (first, second)] == ["published", "rejected"]
    told = "SELECT state, rejected_by, rejected_because FROM audit.delivery ORDER BY delivery_sequence"
    assert ask(data, told)[1:] == [("published", None, None), ("rejected", "eva", "It was the draft")]


def test_a_policy_that_becomes_automatic_lets_through_what_waited(data, delivery_id):
    run(data, SOURCE)
    assert (state_of(data, delivery_id), shown_value(data)) == ("published", [(0.57,)])


def test_a_correction_that_no_longer_matches_stops_its_source_in_words_and_the_last_figures_stand(
    data, tmp_path, tmp_path_factory
):
    small_data(tmp_path_factory.getbasetemp(), data.root)
    correction = {
        "source_id": SOURCE, "indicator_id": "ministry_non_western_background", "unit_level": "ministry_area",
        "unit_published_as": "Ringparken", "period": "2019-12-01", "column": "value", "as_published": "0.57",
        "corrected": "0.56", "reason": "Misread", "corrected_by": "eva", "corrected_on": "2026-11-20",
    }  # fmt: skip
    corrected = replace(AUTOMATIC, corrections=(correction,), digest="corrected")
    assert run(data, SOURCE, catalogue=corrected).problems == ()
    assert shown_value(data) == [(0.56,)]
    replaced(MINISTRY_LIST, ";57,0;", ";58,0;")(tmp_path / "anden.csv")
    hand_in(data, corrected, tmp_path / "anden.csv")
    (problem,) = run(data, SOURCE, catalogue=corrected).problems
    assert "corrections_match_their_source" in problem
    assert "anden.csv" in problem
    assert "take that row out of catalogue/corrections.csv" in problem
    ((waits),) = waiting(data, corrected)
    assert (waits.state, waits.waits_for, waits.do) == ("stopped", "steward", "helhedsplan status")
    assert shown_value(data) == [(0.56,)]
