"""Who may do what: roles of the register against acts, and names that lead to one id."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from catalogue.people import Person
from flows.cli_operate import backup
from tasks.people import ROLES_OF_ACT, acting, acting_for, may, people_for, same_person
from tests.deliveries_for_tests import entries_of, small_data, the_catalogue

SAMPLE_MARK = [SimpleNamespace(kind="data_directory_marked", body={"mark": "sample"})]


@pytest.fixture(scope="module")
def registered() -> Catalogue:
    people = (
        Person(person_id="steward_1", name="Sekretariatet", roles=("steward",), logins=("se01",)),
        Person(person_id="approver_1", name="Økonomien", roles=("approver",)),
        Person(person_id="both_1", name="Ledelsen", roles=("steward", "board_secretary")),
        Person(person_id="auditor_1", name="Revisionen", roles=("auditor",)),
    )
    return replace(the_catalogue(), people=people)


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("deliver", ["steward_1", "both_1"]),
        ("approve", ["steward_1", "approver_1", "both_1"]),
        ("approve_with_four_eyes", ["approver_1"]),
        ("reject", ["steward_1", "approver_1", "both_1"]),
        ("record_meeting", ["both_1"]),
        ("write_letter", ["steward_1", "both_1"]),
    ],
)
def test_each_act_has_its_roles(registered, act, allowed):
    assert [one.person_id for one in registered.people if may(registered, one.person_id, act)] == allowed


def test_an_auditor_may_do_none_of_the_acts(registered):
    assert [act for act in ROLES_OF_ACT if may(registered, "auditor_1", act)] == []


def test_a_refusal_tells_the_act_the_role_that_may_and_who_has_it(registered):
    with pytest.raises(HelhedsplanError) as refused:
        acting_for(registered, [], "Revisionen", "approve_with_four_eyes")
    told = refused.value
    assert told.what == "auditor_1 may not approve a delivery that asks for four eyes"
    assert (told.expected, told.found) == ("one who is approver", "auditor")
    assert told.do == "have one of these do it: approver_1"


def test_whoever_is_not_in_a_register_that_has_entries_may_not_act(registered):
    with pytest.raises(HelhedsplanError) as refused:
        acting_for(registered, [], "Somebody", "deliver")
    assert refused.value.found == "nobody of that name in the register"


def test_while_the_register_is_empty_everybody_acts_under_the_name_they_give():
    empty = replace(the_catalogue(), people=())
    assert acting_for(empty, [], "  Åse   Sørensen ", "approve_with_four_eyes") == "Åse Sørensen"


def test_roles_are_not_asked_for_among_samples(registered):
    assert acting_for(registered, SAMPLE_MARK, "auditor_1", "reject") == "auditor_1"


def test_nobody_acts_without_a_name(registered):
    with pytest.raises(HelhedsplanError, match="needs a name behind it"):
        acting(registered, "  ")


def test_a_name_and_its_id_are_one_person_whatever_the_case(registered):
    assert same_person(registered, "økonomien", "APPROVER_1")
    assert same_person(registered, "Nobody Known", "nobody known")
    assert (acting(registered, "SE01"), acting(registered, "se02")) == ("steward_1", "se02")
    assert not same_person(registered, "steward_1", "approver_1")


def test_an_act_waits_for_the_people_who_may_do_it_but_not_for_who_delivered(registered):
    assert people_for(registered, "approve", but=["Sekretariatet"]) == "approver_1, both_1"
    assert people_for(replace(registered, people=()), "approve", but=["Bo"]) == "steward or approver (not Bo)"


def test_the_shipped_register_holds_nobody():
    assert the_catalogue().people == ()


@pytest.mark.end_to_end
def test_whoever_runs_and_backs_up_stands_in_the_ledger_by_their_id(
    registered, tmp_path_factory, data_folder, tmp_path, monkeypatch
):
    from flows.refresh import nightly_refresh

    data = small_data(tmp_path_factory.getbasetemp(), data_folder)
    for place in ("catalogue.load", "flows.refresh"):
        monkeypatch.setattr(f"{place}.load_catalogue", lambda: registered)
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(data.root))
    monkeypatch.setenv("HELHEDSPLAN_ACTOR", "Sekretariatet")
    nightly_refresh.fn(source_ids=("ministry_list",))
    backup(tmp_path / "backup", by="Ledelsen")
    assert [entries_of(data, kind)[-1].actor for kind in ("run_started", "backup_made")] == ["steward_1", "both_1"]


@pytest.mark.parametrize("name", ["nightly-schedule", "Nightly Schedule", "sample"])
def test_an_actor_that_is_no_person_rehearses_and_decides_nothing_whoever_is_registered(registered, name):
    for catalogue in (registered, replace(registered, people=())):
        assert [act for act in ROLES_OF_ACT if may(catalogue, name, act)] == ["rehearse"]
        for entries in ([], SAMPLE_MARK):
            with pytest.raises(HelhedsplanError, match="may not approve a delivery: it is no person"):
                acting_for(catalogue, entries, name, "approve")
    assert acting_for(registered, [], name, "rehearse") == name
