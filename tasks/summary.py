"""What a run says of itself when it ends: counts, problems, what is synthetic, where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tasks.context import Night
from tasks.publication import Published
from warehouse.compare import ChangedFigure
from warehouse.query import open_published


@dataclass(frozen=True)
class SourceSummary:
    """One source after a run; rows are those of its deliveries that are in the warehouse or stopped."""

    source_id: str
    state: str
    deliveries: int
    new_deliveries: int
    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    is_synthetic: str
    problem: str | None


@dataclass(frozen=True)
class RunSummary:
    """One run. `indicators` are the series of the nine fixed indicators, counted per agreement.

    `differences` is what a rerun published otherwise than before; the same input gives none.
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


_SOURCES = """
    WITH delivered AS (
      SELECT source_id, count(*) AS deliveries, sum(rows_in) AS rows_in, sum(rows_loaded) AS rows_loaded,
        sum(rows_quarantined) AS rows_quarantined,
        CASE WHEN bool_and(is_synthetic) THEN 'synthetic' WHEN bool_or(is_synthetic) THEN 'partly synthetic'
          WHEN count(is_synthetic) = 0 THEN 'nothing usable yet' ELSE 'real' END AS is_synthetic
      FROM ledger.delivery GROUP BY ALL
    ), state AS (
      SELECT source_id, arg_max(state, list_position(['fresh', 'due', 'late', 'stopped'], state)) AS state,
        any_value(problem) AS problem
      FROM mart.freshness GROUP BY ALL
    )
    SELECT source_id, state.state, coalesce(deliveries, 0), coalesce(rows_in, 0), coalesce(rows_loaded, 0),
      coalesce(rows_quarantined, 0), coalesce(is_synthetic, 'nothing delivered'), state.problem
    FROM state LEFT JOIN delivered USING (source_id) ORDER BY source_id
"""
_INDICATORS = """
    SELECT indicator_id, bool_or(latest_value IS NOT NULL) AS has_figure
    FROM mart.goal_indicator GROUP BY ALL ORDER BY min(indicator_number), indicator_id
"""


def summarise(night: Night, published: Published, new: Sequence[str]) -> RunSummary:
    """Read the summary of a run out of the publication that it left as the current one."""
    with open_published(night.data.warehouse) as connection:
        sources = connection.execute(_SOURCES).fetchall()
        indicators = connection.execute(_INDICATORS).fetchall()
    return RunSummary(
        run_id=night.run_id,
        publication_id=published.publication.publication_id,
        is_new_publication=published.is_new,
        sources=tuple(_source_summary(row, new) for row in sources),
        indicators_with_figures=sum(has_figure for _, has_figure in indicators),
        indicators_without_figures=tuple(name for name, has_figure in indicators if not has_figure),
        problems=tuple(night.problems),
        warehouse=str(night.data.warehouse),
        report=str(published.report),
        was_rerun=night.force,
        differences=published.differences,
    )


def _source_summary(row: tuple[Any, ...], new: Sequence[str]) -> SourceSummary:
    source_id, state, count, rows_in, rows_loaded, rows_quarantined, is_synthetic, problem = row
    return SourceSummary(
        source_id=source_id,
        state=state,
        deliveries=count,
        new_deliveries=sum(delivery_id.startswith(f"{source_id}-") for delivery_id in new),
        rows_in=rows_in,
        rows_loaded=rows_loaded,
        rows_quarantined=rows_quarantined,
        is_synthetic=is_synthetic,
        problem=problem,
    )
