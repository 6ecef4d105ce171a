"""`kill -9` at random moments of a refresh, and the run after the last of them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults.result import Line
from tests.deliveries_for_tests import good_data
from tests.end_to_end.children import Children, Ended
from tests.end_to_end.survival import SOURCE, Received

KILLS_PER_DIRECTORY = 20
_FIRST_PERMILLE = 500


def killed(runs: Children, folder: Path, kills: int, seed: int) -> Line:
    """Kill so many runs, each with a delivery of its own waiting; a run that ended before its moment does not count."""
    began = time.monotonic()
    moments = random.Random(seed)  # noqa: S311 - moments, not secrets
    done, directories, runs_in_all, offences = 0, 0, 0, []
    while done < kills:
        received = Received(good_data(folder, folder / f"killed-{directories}"))
        of_these, tried, found = _in_one_directory(runs, received, min(KILLS_PER_DIRECTORY, kills - done), moments)
        done, directories, runs_in_all = done + of_these, directories + 1, runs_in_all + tried
        offences += [f"directory {directories}: {one}" for one in found]
        calm = _undisturbed(runs, folder / f"calm-{directories}", folder, received)
        if received.content() != calm.content():
            offences.append(f"directory {directories}: other content than after an undisturbed run")
    return Line(
        "`kill -9` at a random moment of a refresh",
        f"{done} kills of {runs_in_all} runs, in {directories} data directories",
        "0 torn or lost publications, 0 lost deliveries, a whole ledger; the next run gives what an undisturbed one "
        "gives",
        f"{len(offences)} torn, lost or unlike",
        offences,
        time.monotonic() - began,
    )


def _in_one_directory(
    runs: Children, received: Received, kills: int, moments: random.Random
) -> tuple[int, int, list[str]]:
    """Returns runs that were killed, runs in all, and what did not hold."""
    whole_run_seconds = _seconds_of_a_run(runs, received)
    done, tried, offences = 0, 1, []
    while done < kills and tried < 4 * kills:
        received.lay(_FIRST_PERMILLE + tried)
        ended = runs.run(received.data.root, SOURCE, kill_after_seconds=moments.uniform(0, whole_run_seconds))
        done, tried = done + (ended == Ended(-9)), tried + 1
        offences += _offence(received.assert_whole, f"after kill {done}")
    if runs.run(received.data.root, SOURCE).code:
        offences.append("the run after the last kill failed")
    return done, tried + 1, offences + _offence(received.assert_gone_through, "at the end")


def _seconds_of_a_run(runs: Children, received: Received) -> float:
    received.lay(_FIRST_PERMILLE)
    began = time.monotonic()
    runs.run(received.data.root, SOURCE)
    return time.monotonic() - began


def _offence(assertion: Callable[[], None], when: str) -> list[str]:
    try:
        assertion()
    except AssertionError as error:
        return [f"{when}: {' '.join(str(error).split())[:300]}"]
    return []


def _undisturbed(runs: Children, to: Path, base: Path, disturbed: Received) -> Received:
    """The same deliveries in a run that nothing befalls."""
    calm = Received(good_data(base, to))
    for name in disturbed.laid:
        calm.lay(int(name.split()[1].removesuffix(".csv")))
    runs.run(calm.data.root, SOURCE)
    return calm
