"""One line of the table of faults, and the table."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version


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
        cells = (self.fault, self.how_often, self.must_hold, self.found, self.held, f"{minutes}:{seconds:02}")
        return f"| {' | '.join(cells)} |"


HEAD = "| fault | how often | must hold | found | held | min:s |\n|---|---|---|---|---|---|"


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
