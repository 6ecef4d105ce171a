"""Many readers while publications are put in place."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.faults.result import Line
from tests.deliveries_for_tests import the_catalogue
from tests.readers import read_through
from warehouse.paths import DataDirectory


def readers_meanwhile(folder: Path, readers: int, publications: int) -> Line:
    """Let readers read without a pause through publications."""
    began = time.monotonic()
    data = DataDirectory(folder / "read")
    data.prepare()
    found = read_through(data, the_catalogue(), readers=readers, publications=publications)
    looks = sum(len(one.seen) for one in found)
    changes = sum(len({number for number, *_ in one.seen}) for one in found)
    errors = [one.complaints or f"exit code {one.code}" for one in found if one.code or one.complaints]
    mixed = sum(one.mixed for one in found)
    backwards = sum([number for number, *_ in one.seen] != sorted(number for number, *_ in one.seen) for one in found)
    offences = [*errors, *([f"{mixed} mixed reads"] if mixed else [])]
    offences += [f"{backwards} readers saw an older publication after a newer one"] if backwards else []
    return Line(
        "readers while publications are put in place",
        f"{readers} processes through {publications} publications",
        "0 errors, 0 mixed reads",
        f"{len(errors)} errors, {mixed} mixed of {looks:,} looks; a reader saw {changes / readers:.1f} publications",
        offences,
        time.monotonic() - began,
    )
