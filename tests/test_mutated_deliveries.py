"""Deliveries gone wrong as hypothesis chooses: each is received, read and checked, or refused in words; no row is lost.

The same deliveries each time in the suite; under HELHEDSPLAN_EVERY_FAULT (`make faults`) many, and others each time.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import HelhedsplanError
from tasks.context import Night, Plain
from tasks.process import process_delivery
from tasks.receive import deliver
from tests.deliveries_for_tests import AGREEMENT_FIGURES, ELECTION, MINISTRY_LIST, SAMPLES, entries_of, the_catalogue
from tests.end_to_end.mutated_nights import Account, account_for, lacks
from tests.end_to_end.survival import EVERY_FAULT
from tests.mutations import FURTHER_KINDS, KINDS, UNTOUCHED, Original, spoilt
from warehouse.deliveries import deliveries
from warehouse.paths import DataDirectory

IS_EVERY = EVERY_FAULT in os.environ
# Real ones, and the smallest made-up one of each further format.
SMALL: tuple[Original, ...] = (
    ("ministry_list", MINISTRY_LIST, ""),
    ("agreement_figures", AGREEMENT_FIGURES, ""),
    ("valg_dk", ELECTION, ""),
    ("tryghedssurvey", SAMPLES / "tryghedssurvey" / "tryghedssurvey_2023.xlsx", ""),
    ("statbank", SAMPLES / "statbank" / "NEET1", "NEET1"),
)


def told_of(folder: Path, original: Original, kind: str, choose: random.Random) -> Account:
    """What becomes of one mutated delivery in a data directory of its own, where nothing came before it."""
    one, account = spoilt(original, kind, choose, folder, "one"), Account()
    data = DataDirectory(folder / "data")
    data.prepare()
    try:
        delivery_id, _ = deliver(
            data, the_catalogue(), one.path, one.source_id, actor="test", part_id=one.part_id, is_synthetic=True
        )
        began = entries_of(data)[-1].time
        process_delivery(Night(data, the_catalogue(), "test", "run-000001", began, Plain(), ()), delivery_id)
    except HelhedsplanError as error:
        account.without_message += filter(None, [lacks(str(error))])
    for delivery in deliveries(entries_of(data)).values():
        account_for(account, data, delivery, one)
    return account


@settings(max_examples=1000 if IS_EVERY else 20, derandomize=not IS_EVERY, database=None, deadline=None)
@given(
    original=st.sampled_from(SMALL),
    kind=st.sampled_from((*KINDS, *FURTHER_KINDS)),
    choose=st.randoms(use_true_random=False),
)
def test_a_delivery_gone_wrong_is_refused_in_words_or_every_row_of_it_is_accounted_for(original, kind, choose):
    with tempfile.TemporaryDirectory() as folder:
        account = told_of(Path(folder), original, kind, choose)
    assert (account.without_message, account.unaccounted, account.surprised) == ([], [], [])


@pytest.mark.parametrize("original", SMALL, ids=lambda original: original[0])
def test_the_same_deliveries_unspoilt_are_loaded(original, tmp_path):
    account = told_of(tmp_path, original, UNTOUCHED, random.Random(0))  # noqa: S311
    assert account.outcomes.keys() == {"loaded whole"}
