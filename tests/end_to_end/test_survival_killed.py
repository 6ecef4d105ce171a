"""A run that is killed at any moment leaves a whole publication and a whole ledger, and the next one gets there.

The runs are children of a process that has everything imported; each is killed by signal 9.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import pytest

from tests.deliveries_for_tests import small_data
from tests.end_to_end.children import Ended
from tests.end_to_end.survival import SOURCE, Received, some

pytestmark = pytest.mark.end_to_end
KILLED = Ended(-9)
SEED = 20210930
# In the order of a run: each run gets one stage farther than the one before it. Two moments between which nothing is
# written to disk are one stage.
STAGES = [
    "before tasks.receive:keep",
    "before warehouse.snapshots:_settle",
    "after tasks.receive:keep",
    "after ledger delivery_received",
    "before warehouse.parsed:replace",
    "after warehouse.parsed:replace",
    "after ledger delivery_checked",
    "after ledger delivery_approved",
    "before warehouse.build:_drop_scratch",
    "after tasks.publication:build",
    "after ledger marts_checked",
    "before warehouse.publish:replace",
    "after warehouse.publish:replace",
    "before ledger publication_made",
    "after ledger publication_made",
    "before tasks.report:_take_the_place_of",
    "after tasks.publication:_write_report",
    "after ledger run_finished",
]
OF_EACH_KIND = [
    "before warehouse.snapshots:_settle",
    "after ledger delivery_received",
    "after warehouse.parsed:replace",
    "after ledger delivery_checked",
    "after tasks.publication:build",
    "before warehouse.publish:replace",
    "before ledger publication_made",
    "before tasks.report:_take_the_place_of",
]
WHILE_PUBLISHING = ["after warehouse.publish:replace", "after ledger publication_made"]
LAID = (571, 572, 573)


@pytest.fixture
def received(tmp_path_factory, data_folder) -> Received:
    return Received(small_data(tmp_path_factory.getbasetemp(), data_folder))


@dataclass(frozen=True)
class Undisturbed:
    """What the same deliveries give in a run that nothing befalls, and how long it took; without papers."""

    content: dict[str, list[tuple]]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, runs) -> Undisturbed:
    calm = Received(small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("calm") / "data"))
    for permille in LAID:
        calm.lay(permille)
    began = time.monotonic()
    assert runs.run(calm.data.root, SOURCE, papers=False).code == 0
    return Undisturbed(calm.content(), time.monotonic() - began)


def test_a_run_killed_at_each_stage_in_turn_gets_there_in_the_end(runs, received, undisturbed):
    received.lay(LAID[0])
    for stage in some(OF_EACH_KIND, STAGES):
        assert (stage, runs.run(received.data.root, SOURCE, stage=stage)) == (stage, KILLED)
        received.assert_whole()
    assert runs.run(received.data.root, SOURCE) == Ended(0)
    received.assert_gone_through()
    for permille, stage in zip(LAID[1:], WHILE_PUBLISHING, strict=True):
        received.lay(permille)
        assert runs.run(received.data.root, SOURCE, stage=stage, papers=False) == KILLED
        received.assert_whole()
        assert runs.run(received.data.root, SOURCE, papers=False).code == 0
        received.assert_gone_through(page=False)
    assert received.content() == undisturbed.content


def test_runs_killed_at_random_moments_leave_all_whole_and_the_next_gets_there(runs, received, undisturbed):
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    for permille in LAID:
        received.lay(permille)
        runs.run(received.data.root, SOURCE, kill_after_seconds=moments.uniform(0, undisturbed.seconds))
        received.assert_whole()
    assert runs.run(received.data.root, SOURCE, papers=False).code == 0
    received.assert_gone_through(page=False)
    assert received.content() == undisturbed.content
