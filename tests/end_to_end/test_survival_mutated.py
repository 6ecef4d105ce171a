"""Deliveries gone wrong at random: each is told of in words, and no row is missing. `make faults` does two thousand."""

from __future__ import annotations

import pytest

from tests.deliveries_for_tests import good_data
from tests.end_to_end.mutated_nights import night_of_mutated

pytestmark = pytest.mark.end_to_end
SEED, FIRST, COUNT = 20261125, 22, 11


def test_a_night_of_mutated_deliveries_tells_of_each_and_accounts_for_every_row(
    runs, tmp_path_factory, data_folder, tmp_path
):
    data = good_data(tmp_path_factory.getbasetemp(), data_folder)
    account = night_of_mutated(runs, data, range(FIRST, FIRST + COUNT), SEED, tmp_path / "mutated")
    assert account.without_message == []
    assert account.unaccounted == []
    assert account.surprised == []
    assert account.count == COUNT
    assert {"not readable, and said so", "loaded whole"} <= set(account.outcomes)
