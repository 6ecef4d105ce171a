"""Whole processes against each other: A B A B …, wall-clock seconds, peak memory, medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Command:
    """A process to measure: its words, what its environment has more, where it runs, what is made ready before."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    make_ready: Callable[[], object] = _nothing


@dataclass(frozen=True)
class Run:
    """One run of a process from its start to its end: seconds and largest resident memory in bytes."""

    seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Timing:
    """Several runs of one process."""

    runs: tuple[Run, ...]

    @property
    def median(self) -> float:
        """Median seconds."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak_mib(self) -> float:
        """Largest resident memory of any run, in MiB."""
        return max(run.peak_bytes for run in self.runs) / 2**20

    def as_dict(self) -> dict[str, object]:
        """Seconds in the order of the runs, their median, and the peak in MiB."""
        seconds = [round(run.seconds, 3) for run in self.runs]
        return {
            "seconds": seconds,
            "min": min(seconds),
            "median": round(self.median, 3),
            "max": max(seconds),
            "peak_mib": round(self.peak_mib),
        }


def python(*words: str) -> tuple[str, ...]:
    """The words of a process of this environment's Python."""
    return (sys.executable, *words)


def helhedsplan(*words: str) -> tuple[str, ...]:
    """The words of the installed command line."""
    return (str(Path(sys.executable).with_name("helhedsplan")), *words)


def run(command: Command) -> Run:
    """Run a process once. Raises RuntimeError with its last words if it fails."""
    command.make_ready()
    # As `make` does it: bytecode may be kept, and nothing but .venv is on the path.
    environment = {name: text for name, text in os.environ.items() if name not in _NOT_HANDED_ON}
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command.words, cwd=command.folder, env=environment | dict(command.environment), stdout=said, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            last_words = said.read().decode(errors="replace")[-3000:]
            raise RuntimeError(f"{' '.join(command.words)} ended with {process.returncode}\n{last_words}")
    return Run(seconds, usage.ru_maxrss * 1024)


_NOT_HANDED_ON = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV")


def side_by_side(commands: Mapping[str, Command], times: int, *, warm: bool = True) -> dict[str, Timing]:
    """Run all commands `times` times in turns; with `warm`, each once before without counting it."""
    for command in commands.values() if warm else ():
        run(command)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(1, times + 1):
        for name, command in commands.items():
            runs[name].append(run(command))
            print(f"  {name}, {number} of {times}: {runs[name][-1].seconds:.2f} s", file=sys.stderr, flush=True)
    return {name: Timing(tuple(found)) for name, found in runs.items()}
