"""What a run tells while it goes on, and what it leaves behind for the process that started it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.summary import RunSummary


class Progress:
    """Hears of each step of a run; this one keeps quiet. Called from several threads."""

    def begun(self, step: str, keys: Sequence[str]) -> None:
        """A step begins, for these sources or deliveries; none where the step is one piece of work."""

    def done(self, step: str, key: str, seconds: float, problem: str) -> None:
        """One piece of work is done; `problem` is empty if it went well."""


@dataclass
class Attendance:
    """What the process that started a run hears of it, and what came of it."""

    progress: Progress = field(default_factory=Progress)
    has_begun: bool = False
    summary: RunSummary | None = None
    error: Exception | None = None
    # What to say before the process is ended by force; None where the process has other things to do
    # than this run, and must not be ended.
    last_words: Callable[[Attendance], None] | None = None

    # Prefect's server took part when the run began and no longer answers.
    server_is_gone: bool = False

    @property
    def exit_code(self) -> int:
        """0 where the run is done, or had nothing new to do; 1 where something failed."""
        return self.summary.exit_code if self.summary is not None else 1


attended: ContextVar[Attendance | None] = ContextVar("attended", default=None)
