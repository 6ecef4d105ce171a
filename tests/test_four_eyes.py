"""Four eyes as the published file tells of them: two known, different persons, also where the night took it in."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.people import Person
from tasks.approve import approve
from tests.deliveries_for_tests import MINISTRY_LIST, ask, catalogue_asking, entries_of, run
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
SOURCE = "ministry_list"


@pytest.mark.parametrize(("approver", "is_four_eyes"), [("LAYER_1", False), ("other_1", True)])
def test_of_an_inbox_file_only_another_one_s_approval_than_its_owner_s_is_four_eyes(
    data_folder: Path, approver, is_four_eyes
):
    data = DataDirectory(data_folder)
    data.prepare()
    path = data.inbox / SOURCE / "liste.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(MINISTRY_LIST.read_bytes())
    os.utime(path, (0, 0))
    people = (
        Person(person_id="layer_1", name=path.owner(), roles=("steward",)),
        Person(person_id="other_1", name="Økonomien", roles=("steward",)),
    )
    catalogue = replace(catalogue_asking("steward", SOURCE), people=people)
    run(data, SOURCE, catalogue=catalogue)
    (received,) = entries_of(data, "delivery_received")
    approve(data, catalogue, received.body["delivery_id"], actor=approver)
    run(data, SOURCE, catalogue=catalogue)
    told = ask(data, "SELECT received_by, laid_by, handed_in_by, approved_by, is_four_eyes FROM audit.approval")
    assert told == [(received.actor, "layer_1", "layer_1", approver.lower(), is_four_eyes)]
