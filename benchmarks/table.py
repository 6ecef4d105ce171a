"""The table of a run: what was measured against what must be reached, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Timing

OURS = "ours"
HEAD = (
    "| work | must reach | ours | beside it, in turns | ratio | peak memory | reached |\n|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Result:
    """One line: `timings` has `ours` and what was run beside it; the first of these makes the ratio."""

    work: str
    must_reach: str
    timings: Mapping[str, Timing]
    is_reached: bool
    steps: Mapping[str, object] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Median of ours over the median of the first peer; None without a peer."""
        return ratio_to_first_peer(self.timings)

    def line(self) -> str:
        """The line as Markdown."""
        peers = [f"{name}: {_spread(timing)}" for name, timing in self.timings.items() if name != OURS]
        ours = self.timings[OURS]
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else "–"
        reached = "yes" if self.is_reached else "**no**"
        cells = (
            self.work,
            self.must_reach,
            _spread(ours),
            "<br>".join(peers) or "–",
            ratio,
            f"{ours.peak_mib:,.0f} MiB",
        )
        return f"| {' | '.join(cells)} | {reached} |"

    def as_dict(self) -> dict[str, object]:
        """Everything that was measured."""
        return {
            "must_reach": self.must_reach,
            "is_reached": self.is_reached,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "runs": {name: timing.as_dict() for name, timing in self.timings.items()},
            "steps_of_the_last_run": dict(self.steps),
        }


def ratio_to_first_peer(timings: Mapping[str, Timing]) -> float | None:
    """See Result.ratio."""
    peers = [timing for name, timing in timings.items() if name != OURS]
    return timings[OURS].median / peers[0].median if peers else None


def _spread(timing: Timing) -> str:
    seconds = sorted(run.seconds for run in timing.runs)
    return f"{timing.median:.2f} s ({seconds[0]:.2f}–{seconds[-1]:.2f})"


def keep(folder: Path, results: Sequence[Result], remarks: str) -> None:
    """Write RESULTS.md and results.json; a line that this run did not measure stays as an earlier one left it."""
    path = folder / "results.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    lines = kept.get("lines", {}) | {result.work: result.line() for result in results}
    measured = kept.get("measured", {}) | {result.work: result.as_dict() for result in results}
    content = {"machine": _machine(), "lines": lines, "measured": measured}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = f"# Measured\n\n{_machine()}\n\n{remarks}\n{HEAD}\n" + "\n".join(lines.values()) + "\n"
    (folder / "RESULTS.md").write_text(text, encoding="utf-8")


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "prefect", "great-expectations"))
    memory_gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, Python {platform.python_version()}, {packages}."
