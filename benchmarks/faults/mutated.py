"""Mutated deliveries, many in a night: none may end a run without a message, and no row may be missing."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from benchmarks.faults.result import Line
from tests.deliveries_for_tests import good_data
from tests.end_to_end.children import Children
from tests.end_to_end.mutated_nights import Account, night_of_mutated
from tests.mutations import KINDS, ORIGINALS

IN_ONE_NIGHT = len(KINDS) * len(ORIGINALS)


def mutated_deliveries(runs: Children, folder: Path, count: int, seed: int) -> Line:
    """Take so many mutated deliveries through whole nights; a night has one of each kind and original."""
    began, account = time.monotonic(), Account()
    for first in range(0, count, IN_ONE_NIGHT):
        place = folder / f"mutated-{first}"
        data = good_data(folder, place / "data")
        numbers = range(first, min(count, first + IN_ONE_NIGHT))
        account.add(night_of_mutated(runs, data, numbers, seed, place / "deliveries"))
        shutil.rmtree(place)
    outcomes = "; ".join(f"{number} {name}" for name, number in account.outcomes.most_common())
    return Line(
        "a delivery truncated, bit-flipped, shuffled or retyped",
        f"{account.count} deliveries of {len(ORIGINALS)} originals, seed {seed}",
        "0 crashes without a message, 0 rows unaccounted for",
        f"{len(account.without_message)} without a message; {len(account.unaccounted)} unaccounted for; "
        f"{len(account.surprised)} that the reader could not name itself. {outcomes}",
        account.without_message + account.unaccounted,
        time.monotonic() - began,
    )
