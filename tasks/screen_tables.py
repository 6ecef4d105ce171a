"""What a run, the inbox, the quarantine and a rehearsal say on an orchestrator's screen: Markdown tables with links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from catalogue.load import Catalogue
from tasks.inbox import waiting
from tasks.summary import RunSummary
from warehouse.paths import DataDirectory
from warehouse.query import run_query

if TYPE_CHECKING:
    from tasks.rehearse import Rehearsal

MOST_ROWS = 200
_QUARANTINE = """
    SELECT delivery.source_id, delivery.delivery_id, delivery.original_name, quarantine.locator,
      array_to_string(quarantine.failed_checks, ', '), quarantine.because
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
            one.is_synthetic, one.problem,
        )
        for one in summary.sources
    ]  # fmt: skip
    columns = (
        "source", "state", "deliveries (new)", "rows in", "loaded", "published", "quarantined", "synthetic", "problem",
    )  # fmt: skip
    problems = "".join(f"\n- {_cell(problem)}" for problem in summary.problems)
    return (
        f"**{summary.run_id}**: {headline} `{summary.publication_id}`\n\n{table(columns, rows)}\n"
        + (f"\n**Problems**\n{problems}\n" if problems else "")
        + f"\nWhat waits: [inbox](/artifacts/key/inbox). Board page: `{summary.report}`\n"
    )


def inbox_table(data: DataDirectory, catalogue: Catalogue) -> str:
    """What waits, for whom, since when, and the command that moves it on."""
    rows = [
        (one.state, one.source_id, one.delivery_id, one.name, one.waits_for, one.since[:16], one.because, f"`{one.do}`")
        for one in waiting(data, catalogue)
    ]
    columns = ("state", "source", "delivery", "file", "waits for", "since (UTC)", "because", "to move it on")
    return table(columns, rows) if rows else "Nothing waits."


def quarantine_table(data: DataDirectory) -> str:
    """The rows in quarantine of what is published: where each stands and why; not what it says."""
    found = run_query(data.warehouse, _QUARANTINE).rows
    if not found:
        return "No row is in quarantine."
    told = table(("source", "delivery", "file", "place", "checks", "because"), found[:MOST_ROWS])
    left = len(found) - MOST_ROWS
    return told + (f"\n{left} more: `helhedsplan quarantine list`\n" if left > 0 else "")


def rehearsal_table(made: Rehearsal) -> str:
    """What a delivery would change, old beside new."""
    rows = [
        (
            one.indicator_id or one.source_id,
            one.area_id,
            one.period,
            one.column,
            _short(one.old),
            _short(one.new),
            one.cause,
        )
        for one in made.changes[:MOST_ROWS]
    ]  # fmt: skip
    columns = ("indicator", "area", "period", "what", "old", "new", "cause")
    changes = table(columns, rows) if rows else "It changes no figure, interval, verdict, empty cell or state.\n"
    left, count = len(made.changes) - MOST_ROWS, made.counts
    return (
        f"**{made.rehearsal_id}** of `{made.delivery_id}`: {made.rows_loaded} rows loaded, {made.rows_quarantined} "
        f"quarantined{', SYNTHETIC' if made.is_synthetic else ''}\n\n"
        f"Figures: {count.figures_new} new, {count.figures_changed} changed, {count.figures_gone} gone; "
        f"{count.verdicts} verdicts moved; {count.withheld} cells withheld; {count.states} states changed; "
        f"{count.rows_replayed} rows in quarantine replayed\n\n{changes}"
        + (f"\n{left} more on the page.\n" if left > 0 else "")
        + (f"\n**It could not be published:** {_cell(made.blocked_by)}\n" if made.blocked_by else "")
        + f"\nPage: `{made.page}`. To approve it: `helhedsplan approve {made.delivery_id} --by NAME`\n"
    )


def _short(value: float | str | None) -> float | str | None:
    return round(value, 6) if isinstance(value, float) else value


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
