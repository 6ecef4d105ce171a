"""A run that is killed at any moment leaves a whole publication and a whole ledger, and the next one gets there.

The runs are children of a process that has everything imported; each is killed by signal 9.
"""

from __future__ import annotations

import random
import time

import pytest

from tests.deliveries_for_tests import small_data
from tests.end_to_end.children import Ended
from tests.end_to_end.survival import SOURCE, Received

pytestmark = pytest.mark.end_to_end
KILLED = Ended(-9)
ROUNDS, SEED = 5, 20210930
# In the order of a run: each run gets one stage farther than the one before it. Two moments between which nothing is
# written to disk are one stage.
STAGES = [
    "before tasks.fetch:keep",
    "before warehouse.snapshots:_settle",
    "after tasks.fetch:keep",
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


@pytest.fixture
def received(tmp_path_factory, data_folder) -> Received:
    return Received(small_data(tmp_path_factory.getbasetemp(), data_folder))


@pytest.fixture
def undisturbed(tmp_path_factory, runs):
    """What the same deliveries give in a run that nothing befalls; its papers take time and are not looked at."""

    def content(*permilles: int, papers: bool = False) -> dict[str, list[tuple]]:
        calm = Received(small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("calm") / "data"))
        for permille in permilles:
            calm.lay(permille)
        assert runs.run(calm.data.root, SOURCE, papers=papers).code == 0
        return calm.content()

    return content


def test_a_run_killed_at_each_stage_in_turn_gets_there_in_the_end(runs, received, undisturbed):
    received.lay(571)
    for stage in STAGES:
        assert (stage, runs.run(received.data.root, SOURCE, stage=stage)) == (stage, KILLED)
        received.assert_whole()
    assert runs.run(received.data.root, SOURCE) == Ended(0)
    received.assert_gone_through()
    assert received.content() == undisturbed(571)


@pytest.mark.parametrize(
    "stage",
    ["after warehouse.publish:replace", "after ledger publication_made", "before tasks.report:_take_the_place_of"],
)
def test_one_run_after_a_kill_while_publishing_all_is_well(runs, received, stage):
    received.lay(572)
    assert runs.run(received.data.root, SOURCE, stage=stage) == KILLED
    received.assert_whole()
    assert runs.run(received.data.root, SOURCE).code == 0
    received.assert_gone_through()


def test_runs_killed_at_random_moments_leave_all_whole_and_the_next_gets_there(runs, received, undisturbed):
    began = time.monotonic()
    before = undisturbed(papers=True)
    whole_run_seconds = time.monotonic() - began
    assert received.content() == before
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    permilles = range(580, 580 + ROUNDS)
    for permille in permilles:
        received.lay(permille)
        runs.run(received.data.root, SOURCE, kill_after_seconds=moments.uniform(0, whole_run_seconds))
        received.assert_whole()
    assert runs.run(received.data.root, SOURCE).code == 0
    received.assert_gone_through()
    assert received.content() == undisturbed(*permilles)
