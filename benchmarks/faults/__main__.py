"""`make faults`: every fault in one run; prints the table and writes benchmarks/faults.md.

The full run takes about an hour on two shared cores; `--quick` does a twentieth of the random part in a few minutes
and writes nothing. `--only WORD` does the lines whose name has that word; the others stay as the page has them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.faults import killed, mutated, prefect_gone, read, tested
from benchmarks.faults.result import HEAD, Line, page
from tests.end_to_end.children import Children, children

PAGE = Path(__file__).resolve().parent.parent / "faults.md"
SEED = 20261125
KILLS, MUTATED, READERS, PUBLICATIONS = 200, 2000, 50, 20
REMARKS = """\
Made by `make faults`. Random parts come from a seed. A run that is killed is a child of a process that has everything
imported, so that a kill meets the work and not the start of Python; its moment is drawn evenly from the length of a
whole run in the same data directory, and a run that ended before its moment is not counted. After every kill the
ledger's chain, every file that it tells of and the publication that is current are verified by their SHA-256. A
mutated delivery is taken through a whole night over a good publication, 44 in a night; rows are counted in the parsed
file and in the quarantine's, and held against the ledger. A small sample of all this is part of `make test`.
Each line says on which day and of which commit it was measured; lines can be measured one by one (`--only`).
"""


def main() -> None:
    """Do the faults, print the table, keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the random part; writes nothing")
    parser.add_argument("--only", default="", metavar="WORD", help="only the lines whose name has this word")
    options = parser.parse_args()
    lines = []
    print(HEAD)
    with tempfile.TemporaryDirectory(prefix="helhedsplan-faults-") as name, children() as runs:
        for fault, do in _faults(runs, Path(name), 20 if options.quick else 1).items():
            if options.only in fault:
                lines.append(_done(fault, do))
                print(lines[-1].markdown(), *lines[-1].offences, sep="\n  ", flush=True)
                _keep(lines, options.quick)
    if any(line.offences for line in lines):
        raise SystemExit(1)


def _keep(lines: list[Line], is_quick: bool) -> None:
    """Write the page, line by line as they come; a quick run leaves it as it was."""
    if not is_quick:
        before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(page(lines, REMARKS, before), encoding="utf-8")


def _done(fault: str, do: Callable[[], Line]) -> Line:
    """A line; a fault that could not be done to the end is one that did not hold, and the others go on."""
    try:
        return do()
    except Exception as error:  # noqa: BLE001 - told in the table
        return Line(fault, "cut off", "", "", [f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"])


def _faults(runs: Children, folder: Path, share: int) -> dict[str, Callable[[], Line]]:
    found: dict[str, Callable[[], Line]] = {
        "killed": partial(killed.killed, runs, folder, KILLS // share, SEED),
        "readers": partial(read.readers_meanwhile, folder, READERS, PUBLICATIONS),
        "mutated": partial(mutated.mutated_deliveries, runs, folder, MUTATED // share, SEED),
    }
    found |= {fault: partial(tested.by_test, fault) for fault in tested.TESTED}
    return found | {
        "server restarted": partial(prefect_gone.server_restarted, folder / "restarted"),
        "PostgreSQL gone": partial(prefect_gone.postgres_gone, folder / "postgres-gone"),
    }


if __name__ == "__main__":
    main()
