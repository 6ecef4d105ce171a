"""What a run says of itself when it ends: counts, problems, what is synthetic, where to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.context import Night
from tasks.inbox import waiting
from tasks.publication import Published
from warehouse.compare import ChangedFigure
from warehouse.deliveries import Delivery, Shown, deliveries, in_force, shown
from warehouse.ledger import Entry
from warehouse.query import open_published


@dataclass(frozen=True)
class SourceSummary:
    """One source after a run: rows of all its deliveries, `rows_published` those that a publication shows.

    `new_deliveries` are those that this run was the first to read and check.
    """

    source_id: str
    state: str
    deliveries: int
    new_deliveries: int
    rows_in: int
    rows_loaded: int
    rows_published: int
    rows_quarantined: int
    is_synthetic: str
    problem: str | None


@dataclass(frozen=True)
class RunSummary:
    """One run. `indicators` are the series of the nine fixed indicators, counted per agreement.

    `differences` is what a rerun published otherwise than before; the same input gives none. `waiting` counts what
    the inbox lists, by state.
    """

    run_id: str
    publication_id: str
    is_new_publication: bool
    sources: tuple[SourceSummary, ...]
    indicators_with_figures: int
    indicators_without_figures: tuple[str, ...]
    problems: tuple[str, ...]
    warehouse: str
    report: str
    was_rerun: bool = False
    differences: tuple[ChangedFigure, ...] = ()
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0: done, or nothing new; 1: something failed, and `problems` says what."""
        return 1 if self.problems else 0

    @property
    def rows_in(self) -> int:
        """Rows of all deliveries."""
        return sum(source.rows_in for source in self.sources)

    @property
    def rows_quarantined(self) -> int:
        """Rows that checks rejected, of all deliveries."""
        return sum(source.rows_quarantined for source in self.sources)

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self) | {"exit_code": self.exit_code}


_STATES = """
    SELECT source_id, arg_max(state, list_position(['fresh', 'due', 'late', 'stopped'], state)), any_value(problem)
    FROM mart.freshness GROUP BY ALL ORDER BY source_id
"""
_INDICATORS = """
    SELECT indicator_id, bool_or(latest_value IS NOT NULL) AS has_figure
    FROM mart.goal_indicator GROUP BY ALL ORDER BY min(indicator_number), indicator_id
"""


def summarise(night: Night, published: Published) -> RunSummary:
    """Read the summary of a run out of the ledger and the publication that it left as the current one."""
    with open_published(night.data.warehouse) as connection:
        states = connection.execute(_STATES).fetchall()
        indicators = connection.execute(_INDICATORS).fetchall()
    return RunSummary(
        run_id=night.run_id,
        publication_id=published.publication.publication_id,
        is_new_publication=published.is_new,
        sources=tuple(_source_summaries(night.ledger.entries(), night.run_id, states)),
        indicators_with_figures=sum(has_figure for _, has_figure in indicators),
        indicators_without_figures=tuple(name for name, has_figure in indicators if not has_figure),
        problems=tuple(night.problems),
        warehouse=str(night.data.warehouse),
        report=str(published.report),
        was_rerun=night.force,
        differences=published.differences,
        waiting=dict(Counter(one.state for one in waiting(night.data, night.catalogue))),
    )


def _source_summaries(
    entries: Sequence[Entry], run_id: str, states: Sequence[tuple[str, str, str | None]]
) -> Iterator[SourceSummary]:
    """Counted in the ledger: a run that publishes nothing leaves a warehouse that knows nothing of its deliveries."""
    known, publications, new = deliveries(entries), shown(entries), _first_processed_by(entries, run_id)
    for source_id, state, problem in states:
        own = [one for one in known.values() if one.source_id == source_id]
        told = [(one, one.good or one.checked or {}) for one in own]
        yield SourceSummary(
            source_id=source_id,
            state=state,
            deliveries=len(own),
            new_deliveries=sum(one.delivery_id in new for one in own),
            rows_in=sum(body.get("rows_in", 0) for _, body in told),
            rows_loaded=sum(body.get("rows_loaded", 0) for _, body in told),
            rows_published=sum(body["rows_loaded"] for one, body in told if _is_published(one, publications)),
            rows_quarantined=sum(body.get("rows_quarantined", 0) for _, body in told),
            is_synthetic=_how_real(own),
            problem=problem,
        )


def _first_processed_by(entries: Sequence[Entry], run_id: str) -> set[str]:
    kinds = ("delivery_checked", "delivery_stopped", "delivery_unreadable")
    first: dict[str, str] = {}
    for entry in entries:
        if entry.kind in kinds:
            first.setdefault(entry.body["delivery_id"], entry.body["run_id"])
    return {delivery_id for delivery_id, first_run in first.items() if first_run == run_id}


def _is_published(delivery: Delivery, publications: dict[str, Shown]) -> bool:
    return bool(in_force([delivery])) and delivery.delivery_id in publications


def synthetic_in_words(sources: Sequence[tuple[str, str]]) -> str:
    """Which sources' figures are made up, in words; empty if none are. Pairs of source_id and how real."""
    whole = [source_id for source_id, how_real in sources if how_real == "synthetic"]
    partly = [f"part of {source_id}" for source_id, how_real in sources if how_real == "partly synthetic"]
    if not whole + partly:
        return ""
    return (
        f"SYNTHETIC: the figures of {', '.join(whole + partly)} are made up to try things out;"
        "\n           they say nothing about any real place."
    )


def _how_real(own: Sequence[Delivery]) -> str:
    if not own:
        return "nothing delivered"
    # A file that was never read is neither, unless who delivered it said so.
    made_up = [one.is_synthetic for one in own if one.is_synthetic or one.checked]
    if not made_up:
        return "nothing usable yet"
    return "synthetic" if all(made_up) else "partly synthetic" if any(made_up) else "real"
