"""One line of the table of faults, with the day and the commit on which it was measured, and the table."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Line:
    """One fault: what was done, how often, what must hold, what was found, and whatever did not hold."""

    fault: str
    how_often: str
    must_hold: str
    found: str
    offences: list[str] = field(default_factory=list)
    seconds: float = 0.0
    was_tried: bool = True

    @property
    def held(self) -> str:
        """'yes', 'no', or 'not tried'."""
        if not self.was_tried:
            return "not tried here"
        return "**no**" if self.offences else "yes"

    def markdown(self) -> str:
        """The line of the table."""
        minutes, seconds = divmod(round(self.seconds), 60)
        took = f"{minutes}:{seconds:02}"
        cells = (self.fault, self.how_often, self.must_hold, self.found, self.held, took, measured())
        return f"| {' | '.join(cells)} |"


HEAD = "| fault | how often | must hold | found | held | min:s | measured |\n|---|---|---|---|---|---|---|"


@cache
def measured() -> str:
    """The day (UTC) on which this run began and the commit that it is of, such as '2026-11-26, 2ed30bc'."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    commit = _git("rev-parse", "--short", "HEAD").stdout.strip()
    if not commit:
        return f"{day}, of no commit"
    # The page itself is written line by line while the others are measured.
    is_changed = _git("diff", "--quiet", "HEAD", "--", ".", ":!benchmarks/faults.md").returncode
    return f"{day}, {commit}{' with changes' if is_changed else ''}"


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)


def page(lines: list[Line], remarks: str, before: str = "") -> str:
    """The whole of faults.md; a fault that this run did not do stays as the page before it had it."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "prefect", "great-expectations"))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}."
    stays = [row for row in before.splitlines() if row.startswith("| ") and not row.startswith("| fault |")]
    earlier = [row for row in stays if "| cut off |" not in row]
    rows = {row.split(" | ")[0]: row for row in [*earlier, *(line.markdown() for line in lines)]}
    table = "\n".join([HEAD, *rows.values()])
    offences = [f"- {line.fault}: {' '.join(one.split())}" for line in lines for one in line.offences]
    told = "\n\n## What did not hold\n\n" + "\n".join(offences) if offences else ""
    return f"# Survived\n\n{machine}\n\n{remarks}\n{table}{told}\n"
