"""The short summary that a refresh ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from catalogue.counted import counted
from flows.cli_tables import aligned, aligned_rows, room, shown
from tasks.summary import synthetic_in_words

if TYPE_CHECKING:
    from tasks.summary import RunSummary, SourceSummary

_COLUMNS = ("source", "state", "deliveries", "new", "rows in", "loaded", "published", "quarantined", "figures are")
_RIGHT = (False, False, *[True] * 6, False)
# What a narrow terminal does without: the sum of two other columns, and what is said in words below.
_WIDE_ONLY = ("rows in", "figures are")


def summary_text(summary: RunSummary) -> str:
    """Sources, rows, indicators with and without figures, what is synthetic, problems, where to look."""
    parts = [
        _headline(summary),
        _waiting(summary.waiting),
        _sources(summary.sources),
        _indicators(summary),
        synthetic_in_words([(one.source_id, one.is_synthetic) for one in summary.sources]),
        _problems(summary),
        _still_stopped(summary),
        _differences(summary),
        _where_to_look(summary),
    ]
    return "\n\n".join(part for part in parts if part)


def _headline(summary: RunSummary) -> str:
    if summary.is_new_publication:
        return f"Published {summary.publication_id} ({summary.run_id})."
    return f"Nothing new ({summary.run_id}); publication {summary.publication_id} stands."


def _waiting(waiting: Mapping[str, int]) -> str:
    """Deliveries that await an approval first: without it the run has not published them."""
    if not waiting:
        return ""
    count = waiting.get("awaiting_approval", 0)
    deliveries = f"{counted(count, 'delivery', 'deliveries')} for approval (not in the publication)" if count else ""
    others = [
        f"{number} {state.replace('_', ' ')}" for state, number in waiting.items() if state != "awaiting_approval"
    ]
    return f"Waiting: {', '.join(filter(None, [deliveries, *others]))}, see `helhedsplan inbox`."


def _sources(sources: Sequence[SourceSummary]) -> str:
    counts: list[tuple[int, ...]] = [
        (
            one.deliveries, one.new_deliveries, one.rows_in, one.rows_loaded, one.rows_published, one.rows_quarantined,
        )
        for one in sources
    ]  # fmt: skip
    counts.append(tuple(map(sum, zip(*counts, strict=True))))
    names = [(one.source_id, one.state) for one in sources] + [("all", "")]
    how_real = [one.is_synthetic for one in sources] + [""]
    rows = [[*name, *map(shown, numbers), real] for name, numbers, real in zip(names, counts, how_real, strict=True)]
    whole, width = aligned(_COLUMNS, rows, _RIGHT), room()
    if width is None or len(whole.partition("\n")[0]) <= width:
        return whole
    kept = [at for at, column in enumerate(_COLUMNS) if column not in _WIDE_ONLY]
    columns, right = [_COLUMNS[at] for at in kept], [_RIGHT[at] for at in kept]
    return aligned(columns, [[cells[at] for at in kept] for cells in rows], right)


def _indicators(summary: RunSummary) -> str:
    without = summary.indicators_without_figures
    total = summary.indicators_with_figures + len(without)
    text = f"Indicators: {summary.indicators_with_figures} of {total} series have figures of areas"
    text = f"{text}; none yet for {', '.join(without)}." if without else f"{text}."
    return fill(text, min(100, room() or 100), subsequent_indent=" " * len("Indicators: "), break_on_hyphens=False)


def _problems(summary: RunSummary) -> str:
    if not summary.problems:
        return ""
    told = {problem.partition(":")[0] for problem in summary.problems}
    stands = _what_stands([one for one in summary.sources if one.source_id in told])
    headline = f"{counted(len(summary.problems), 'problem')}{stands}:"
    return "\n".join([headline, *(f"- {problem}" for problem in summary.problems)])


def _what_stands(sources: Sequence[SourceSummary]) -> str:
    """That last good figures stand, of all of these sources or of those that have any."""
    good = [one.source_id for one in sources if one.rows_published]
    if not good:
        return ""
    of_some = "" if len(good) == len(sources) else f" of {', '.join(good)}"
    return f"; the last good figures{of_some} stand"


def _still_stopped(summary: RunSummary) -> str:
    """Sources that an earlier night left stopped and of which this one has no problem to tell (decision 0025)."""
    told = {problem.partition(":")[0] for problem in summary.problems}
    stopped = [one for one in summary.sources if one.state == "stopped" and one.source_id not in told]
    if not stopped:
        return ""
    return (
        f"STILL STOPPED since an earlier night: {', '.join(one.source_id for one in stopped)}{_what_stands(stopped)}."
        "\n               `helhedsplan status` says why, and a corrected delivery sets it going again."
    )


_DIFFERENCE = ("indicator", "area", "period", "what", "old", "new", "cause")
_MOST_LISTED = 40


def _differences(summary: RunSummary) -> str:
    """What a rerun made otherwise; the rest of a long list is in audit.revision."""
    if not summary.was_rerun:
        return ""
    if not summary.differences:
        return "Read again: every figure came out as it was."
    rows = [
        (one.indicator_id or one.source_id, one.area_id, one.period, one.column, one.old, one.new, one.cause)
        for one in summary.differences
    ]
    listed = aligned_rows(_DIFFERENCE, rows[:_MOST_LISTED])
    more = f"\n... and {len(rows) - _MOST_LISTED} more, in audit.revision" if len(rows) > _MOST_LISTED else ""
    return f"Read again: {counted(len(rows), 'difference')} from the publication before.\n{listed}{more}"


def _where_to_look(summary: RunSummary) -> str:
    return "\n".join(
        [
            "Where to look:",
            f"  board page  {summary.report}",
            f"  warehouse   {summary.warehouse}",
            "  sources     helhedsplan status",
            '  ask it      helhedsplan sql "from mart.goal_indicator"',
        ]
    )
