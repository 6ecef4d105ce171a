"""Four eyes as the published file tells of them: two known, different persons, also where the night took it in."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.people import Person
from tasks.approve import approve
from tests.deliveries_for_tests import MINISTRY_LIST, ask, catalogue_asking, entries_of, read_and_checked, replaced, run
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
SOURCE = "ministry_list"


def test_of_an_inbox_file_only_another_one_s_approval_than_its_owner_s_is_four_eyes(data_folder: Path):
    data = DataDirectory(data_folder)
    data.prepare()
    inbox = data.inbox / SOURCE
    inbox.mkdir(parents=True)
    for name, figure in (("by its owner.csv", "57,0"), ("by another.csv", "57,1")):
        replaced(MINISTRY_LIST, ";57,0;", f";{figure};")(inbox / name)
        os.utime(inbox / name, (0, 0))
    people = (
        Person(person_id="layer_1", name=(inbox / "by another.csv").owner(), roles=("steward",)),
        Person(person_id="other_1", name="Økonomien", roles=("steward",)),
    )
    catalogue = replace(catalogue_asking("steward", SOURCE), people=people)
    assert read_and_checked(data, SOURCE, catalogue=catalogue) == []
    received = {one.body["original_name"]: one.body["delivery_id"] for one in entries_of(data, "delivery_received")}
    approve(data, catalogue, received["by its owner.csv"], actor="LAYER_1")
    approve(data, catalogue, received["by another.csv"], actor="other_1")
    run(data, SOURCE, catalogue=catalogue)
    told = ask(
        data,
        """SELECT original_name, received_by, laid_by, handed_in_by, approved_by, is_four_eyes
        FROM audit.approval ORDER BY is_four_eyes""",
    )
    assert told == [
        ("by its owner.csv", "test", "layer_1", "layer_1", "layer_1", False),
        ("by another.csv", "test", "layer_1", "layer_1", "other_1", True),
    ]
