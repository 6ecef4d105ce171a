"""What one run works with, and how its units of work are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

Result = TypeVar("Result")


class Caller(Protocol):
    """How the units of a run are called: plainly, or as tasks of an orchestrator."""

    def each(
        self, unit: Callable[[str], Result], keys: Sequence[str], *, name: str, may_retry: bool = False
    ) -> list[Result | HelhedsplanError]:
        """Call `unit` for every key, side by side if the caller can; `name` has {} for the key.

        A unit that raises HelhedsplanError gives that error in its place; others go on. With `may_retry`
        a SourceUnavailableError may be tried again after a while.
        """
        ...

    def once(self, unit: Callable[[], Result], *, name: str) -> Result:
        """Call one unit; what it raises is raised."""
        ...


class Plain:
    """Calls each unit in this thread, one after the other, without retries."""

    def each(
        self,
        unit: Callable[[str], Result],
        keys: Sequence[str],
        *,
        name: str,  # noqa: ARG002
        may_retry: bool = False,  # noqa: ARG002
    ) -> list[Result | HelhedsplanError]:
        """Call `unit` for every key in turn."""
        return [result_or_error(unit, key) for key in keys]

    def once(self, unit: Callable[[], Result], *, name: str) -> Result:  # noqa: ARG002
        """Call one unit."""
        return unit()


def result_or_error(unit: Callable[[str], Result], key: str) -> Result | HelhedsplanError:
    """What a unit returns, or the error for a person that it raised."""
    try:
        return unit(key)
    except HelhedsplanError as error:
        return error


@dataclass(frozen=True)
class Night:
    """One run: its data directory, catalogue, who started it, and the moment that it is `as_of`.

    `force` reads and checks deliveries again that need it not: all of `source_ids`, or those that carry `period`.
    Without `papers` the board's report is left as it is.
    """

    data: DataDirectory
    catalogue: Catalogue
    actor: str
    run_id: str
    as_of: str
    call: Caller
    source_ids: tuple[str, ...]
    samples: Path | None = None
    force: bool = False
    period: str | None = None
    papers: bool = True
    problems: list[str] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The data directory's ledger."""
        return Ledger(self.data.ledger)

    def failed(self, source_id: str, error: HelhedsplanError, delivery_id: str | None = None) -> None:
        """A source failed, or one delivery of it: ledger and summary say so; its last good figures stand."""
        self.problems.append(f"{source_id}: {error}")
        body = {"run_id": self.run_id, "source_id": source_id, "delivery_id": delivery_id, "problem": str(error)}
        body |= {"parts": dict(error.parts)} if error.parts else {}
        self.ledger.append("source_failed", body, actor=self.actor)
