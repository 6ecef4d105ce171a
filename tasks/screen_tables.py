"""What a run, the inbox, the quarantine and a rehearsal say on an orchestrator's screen: Markdown tables with links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from catalogue.counted import counted
from catalogue.load import Catalogue
from tasks.inbox import waiting
from tasks.rehearsal_counts import in_words, units_of
from tasks.summary import RunSummary, synthetic_in_words
from warehouse.clock import in_minutes
from warehouse.paths import DataDirectory
from warehouse.query import run_query

if TYPE_CHECKING:
    from tasks.rehearse import Rehearsal
    from warehouse.compare import ChangedFigure

MOST_ROWS = 200
_QUARANTINE = """
    SELECT delivery.delivery_id, delivery.original_name, quarantine.locator, quarantine.state,
      quarantine.failed_checks, string_split(quarantine.because, ' | ')
    FROM audit.quarantine
    INNER JOIN audit.delivery USING (delivery_id)
    ORDER BY delivery.delivery_sequence DESC, quarantine.row_number
"""


def run_table(summary: RunSummary, catalogue: Catalogue) -> str:
    """What a run did: its publication, a row for each source that leads to its publisher, and where to look further."""
    headline = "new publication" if summary.is_new_publication else "nothing new; the publication stands:"
    rows = [
        (
            _linked(one.source_id, catalogue.source(one.source_id).url), one.state,
            f"{one.deliveries} ({one.new_deliveries})", one.rows_in, one.rows_loaded, one.rows_published,
            f"[{one.rows_quarantined}](/artifacts/key/quarantine)" if one.rows_quarantined else 0,
        )
        for one in summary.sources
    ]  # fmt: skip
    columns = ("source", "state", "files (new)", "rows", "loaded", "published", "quarantined")
    made_up = synthetic_in_words([(one.source_id, one.is_synthetic) for one in summary.sources])
    earlier = [f"{one.source_id}: {one.problem}" for one in summary.sources if one.problem]
    untold = [problem for problem in earlier if not _is_told(problem, summary.problems)]
    return "\n".join(
        [
            f"**{summary.run_id}**: {headline} `{summary.publication_id}`\n",
            table(columns, rows),
            *([f"{_cell(made_up)}\n"] if made_up else []),
            *_listed("Problems", summary.problems),
            *_listed("Still so since an earlier night", untold),
            *_differences(summary, catalogue),
            f"What waits: [inbox](/artifacts/key/inbox). Board page: `{summary.report}`\n",
        ]
    )


def _is_told(problem: str, told: Iterable[str]) -> bool:
    """Whether a problem is told already: the first line says which it is."""
    return any(one.partition("\n")[0] == problem.partition("\n")[0] for one in told)


def _differences(summary: RunSummary, catalogue: Catalogue) -> list[str]:
    """What a rerun published otherwise than before."""
    if not summary.was_rerun:
        return []
    if not summary.differences:
        return ["Read again: every figure came out as it was.\n"]
    told = f"**Read again: {counted(len(summary.differences), 'difference')} from the publication before**\n"
    return [told, _changes(summary.differences, catalogue, "more: `audit.revision`")]


def inbox_table(data: DataDirectory, catalogue: Catalogue) -> str:
    """What waits, for whom, since when; below it why, and the command that moves each on.

    Prefect's pages do not break the lines of a table and hide what is too wide: what is long is told below it.
    """
    found = waiting(data, catalogue)
    if not found:
        return "Nothing waits."
    rows = [(number, one.state, in_minutes(one.since), one.waits_for) for number, one in enumerate(found, start=1)]
    told = [
        f"{number}. `{one.delivery_id or one.source_id or 'inbox'}`, {_cell(one.name)}: {_cell(one.because)}. "
        f"To move it on: `{one.do}`"
        for number, one in enumerate(found, start=1)
    ]
    return "\n".join([table(("", "state", "since", "waits for"), rows), *told]) + "\n"


def quarantine_table(data: DataDirectory) -> str:
    """The rows in quarantine of what is published, by delivery: where each stands and why; not what it says.

    Checks come last: what is cut off of them is told below the table.
    """
    found = run_query(data.warehouse, _QUARANTINE).rows
    if not found:
        return "No row is in quarantine."
    parts = []
    for (delivery_id, name), rows in groupby(found[:MOST_ROWS], key=itemgetter(0, 1)):
        of_delivery = [(locator.removeprefix(f"{name}, "), *rest) for _, _, locator, *rest in rows]
        places = [(state, place, ", ".join(checks)) for place, state, checks, _ in of_delivery]
        why = {pair: None for *_, checks, because in of_delivery for pair in zip(checks, because, strict=False)}
        parts += [f"**{delivery_id}**, {_cell(name)}\n", table(("state", "place", "checks"), places)]
        parts += [*(f"- {check}: {_cell(because)}" for check, because in why), ""]
    left = len(found) - MOST_ROWS
    parts += [f"{left} more: `helhedsplan quarantine list`\n"] if left > 0 else []
    others = "Rows of a delivery that is not published: `helhedsplan quarantine show DELIVERY`\n"
    return "\n".join([*parts, others])


def rehearsal_table(made: Rehearsal, catalogue: Catalogue) -> str:
    """What a delivery would change, old beside new."""
    count = made.counts
    changes = _changes(made.changes, catalogue, "more on the page")
    return (
        f"**{made.rehearsal_id}** of `{made.delivery_id}`: {counted(made.rows_loaded, 'row')} loaded, "
        f"{made.rows_quarantined} quarantined{', SYNTHETIC' if made.is_synthetic else ''}\n\n"
        f"Figures: {count.figures_new} new, {count.figures_changed} changed, {count.figures_gone} gone; "
        f"{counted(count.verdicts, 'verdict')} moved; {counted(count.withheld, 'cell')} withheld; "
        f"{counted(count.states, 'state')} changed; {counted(count.rows_replayed, 'row')} in quarantine replayed\n\n"
        + (changes or "It changes no figure, interval, verdict, empty cell or state.\n")
        + (f"\n**It could not be published:** {_cell(made.blocked_by)}\n" if made.blocked_by else "")
        + f"\nPage: `{made.page}`. Whoever approves opens it under their name: "
        f"`helhedsplan rehearse {made.delivery_id} --last --by NAME`, "
        f"then `helhedsplan approve {made.delivery_id} --by NAME`\n"
    )


def _changes(changes: Sequence[ChangedFigure], catalogue: Catalogue, where_more: str) -> str:
    """Old beside new, a table for each cause; '' without any."""
    units, causes = units_of(catalogue), sorted({one.cause for one in changes})
    columns, parts = ("indicator", "area", "period", "what", "old", "new"), []
    for cause in causes:
        rows = [
            (
                one.indicator_id or one.source_id, one.area_id, one.period, one.column,
                *(in_words(side, one.column, units.get(one.indicator_id or "", "fraction"))
                  for side in (one.old, one.new)),
            )
            for one in changes[:MOST_ROWS] if one.cause == cause
        ]  # fmt: skip
        parts += [f"Cause: {cause}\n", table(columns, rows)] if rows else []
    left = len(changes) - MOST_ROWS
    return "\n".join([*parts, *([f"{left} {where_more}\n"] if left > 0 else [])])


def _listed(title: str, problems: Sequence[str]) -> list[str]:
    """A headline and a list; each line of a problem stays a line of its own."""
    if not problems:
        return []
    lines = ["  \n  ".join(map(_cell, problem.splitlines())) for problem in problems]
    return [f"**{title}**\n", *(f"- {line}" for line in lines), ""]


def _linked(text: str, url: str | None) -> str:
    return f"[{text}]({url})" if url else text


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; what would break out of its cell is written so that it does not."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(value: object) -> str:
    """A value on one line. Text of a received file must not become a link, a tag or a further column."""
    text = "" if value is None else " ".join(str(value).split())
    return text.replace("|", "\\|").replace("<", "&lt;")
