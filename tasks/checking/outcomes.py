"""What came of checking: one outcome per check, and the arithmetic of a delivery's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from catalogue.errors import HelhedsplanError
from tasks.expectations import Expectation

Action = Literal["quarantined", "kept", "stopped", "none"]
SOMETHING_IS_LEFT = "something_is_left"
# The one check of a delivery that asks for a change of ours, not of the publisher.
OF_OUR_CORRECTIONS = "corrections_match_their_source"
# So begins what was observed where the check itself is at fault.
NOT_CHECKED = "could not be checked: "


@dataclass(frozen=True)
class Found:
    """What Great Expectations found for one check: did it hold, how many rows or findings failed, in words.

    `was_checked` is False where the check itself could not be run; the words then say why.
    """

    success: bool
    failing_rows: int
    observed: str
    was_checked: bool = True


@dataclass(frozen=True)
class CheckOutcome:
    """One check's outcome. `failing_rows` counts rows, or findings of a query; `action` is what became of them."""

    check: str
    expectation: str
    severity: Literal["critical", "warning"]
    because: str
    success: bool
    failing_rows: int
    observed: str
    action: Action

    def to_body(self) -> dict[str, Any]:
        """The outcome as the ledger keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class CheckOutcomes:
    """The outcome of checking one delivery; rows_in = rows_loaded + rows_quarantined.

    A stopped delivery is held back whole: none of its rows is loaded, and all count as quarantined. The file
    at `quarantine_path` (None if no row is at fault) lists the rows at fault alone, with the reasons.
    """

    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    stopped: bool
    outcomes: tuple[CheckOutcome, ...]
    quarantine_path: Path | None = None
    quarantine_sha256: str | None = None

    def __post_init__(self) -> None:
        """Raise HelhedsplanError where rows have been lost or invented on the way."""
        if self.rows_in != self.rows_loaded + self.rows_quarantined:
            raise HelhedsplanError(
                "rows were lost or invented while checking, so nothing is loaded",
                expected=f"{self.rows_in} rows in = rows loaded + rows quarantined",
                found=f"{self.rows_loaded} + {self.rows_quarantined}",
                do="report this error: it is a fault of the program, not of the delivery",
            )

    def to_body(self) -> dict[str, Any]:
        """The outcomes as the ledger keeps them; the quarantine's path is below the data directory."""
        path = self.quarantine_path
        return {
            "rows_in": self.rows_in,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "stopped": self.stopped,
            "outcomes": [one.to_body() for one in self.outcomes],
            "quarantine_path": "/".join(path.parts[-3:]) if path else None,
            "quarantine_sha256": self.quarantine_sha256,
        }


def outcome_of(expectation: Expectation, found: Found, *, may_quarantine: bool) -> CheckOutcome:
    """A check and what was found, as one outcome; where nothing can be quarantined (a mart) rows are kept.

    A check that could not be run counts as critical: nobody knows which rows it would have found.
    """
    if not found.was_checked:
        expectation = expectation.model_copy(update={"severity": "critical", "keep_rows": False})
    return CheckOutcome(
        check=expectation.check,
        expectation=expectation.expectation,
        severity=expectation.severity,
        because=" ".join(expectation.because.split()),
        success=found.success,
        failing_rows=found.failing_rows,
        observed=found.observed if found.was_checked else f"{NOT_CHECKED}{found.observed}",
        action=_action(expectation, found, may_quarantine),
    )


def _action(expectation: Expectation, found: Found, may_quarantine: bool) -> Action:
    if found.success:
        return "none"
    if expectation.severity == "critical":
        return "stopped"
    return "quarantined" if may_quarantine and quarantines(expectation) else "kept"


def quarantines(expectation: Expectation) -> bool:
    """True for a warning that sends the rows which fail it to quarantine."""
    return expectation.severity == "warning" and expectation.predicate is not None and not expectation.keep_rows


def something_is_left(rows_in: int, rows_quarantined: int) -> CheckOutcome:
    """The check that no file declares: a delivery must keep at least one row."""
    success = rows_in == 0 or rows_quarantined < rows_in
    return CheckOutcome(
        check=SOMETHING_IS_LEFT,
        expectation="rows_loaded >= 1",
        severity="critical",
        because="If every row is at fault the file or its contract is wrong; an empty load would look like success.",
        success=success,
        failing_rows=0 if success else rows_in,
        observed=f"{rows_in - rows_quarantined:,} of {rows_in:,} rows left",
        action="none" if success else "stopped",
    )


def is_stopped(outcomes: Sequence[CheckOutcome]) -> bool:
    """True if any critical check failed."""
    return any(one.severity == "critical" and not one.success for one in outcomes)
