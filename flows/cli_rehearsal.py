"""How a rehearsal is shown on a terminal: the head count, what moved, then one line for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from catalogue.counted import counted
from flows.cli_tables import show_table

if TYPE_CHECKING:
    from catalogue.load import Catalogue
    from tasks.rehearsal_counts import FigureChange
    from tasks.rehearse import Rehearsal
    from warehouse.compare import ChangedFigure

MOST_LISTED = 15
_MOST_MOVED = 5


def show_rehearsal(made: Rehearsal, catalogue: Catalogue, *, everything: bool) -> None:
    """Print a rehearsal for whoever is to approve it; `everything` lists each figure."""
    from tasks.rehearsal_counts import figure_changes, units_of

    typer.echo(f"{made.rehearsal_id} of {made.delivery_id}\nagainst {made.base_publication_id or 'no publication yet'}")
    typer.echo(_head_count(made))
    if made.also_new:
        typer.echo(f"Approved and not published yet, so in it as well: {', '.join(made.also_new)}")
    _show_replays(made, everything)
    moved = [one for one in made.changes if one.column in ("verdict", "state")]
    _show("What moved", ("what", "of", "area", "old", "new"), [_moved(one) for one in moved], everything, _MOST_MOVED)
    units = units_of(catalogue)
    figures = [_figure(one, units.get(one.indicator_id, "fraction")) for one in figure_changes(made.changes)]
    _show("Figures", ("indicator", "area", "period", "old", "new"), figures, everything, MOST_LISTED)
    if made.blocked_by:
        typer.echo(f"\nIt could not be published: {made.blocked_by}")
    typer.echo(f"\nPage: {made.page}\nNothing published was changed.")
    if not made.blocked_by:
        typer.echo(f"To take it in:    helhedsplan approve {made.delivery_id} --by NAME")
    typer.echo(f"To turn it down:  helhedsplan reject {made.delivery_id} --by NAME --because WHY")


def _head_count(made: Rehearsal) -> str:
    count = made.counts
    withheld = counted(count.withheld, "cell")
    return "\n".join(
        [
            f"  figures     {count.figures_new} new, {count.figures_changed} changed, {count.figures_gone} gone",
            f"  verdicts    {count.verdicts} moved",
            f"  empty       {withheld} newly withheld, {count.other_empty_cells} for another reason",
            f"  freshness   {counted(count.states, 'state')} changed",
            f"  quarantine  {counted(count.rows_replayed, 'row')} would be replayed by it",
            f"  its rows    {made.rows_loaded} would be loaded, {made.rows_quarantined} are in quarantine",
        ]
    )


def _show_replays(made: Rehearsal, everything: bool) -> None:
    rows = [(one.delivery_id, one.locator, one.failed_checks) for one in made.replays]
    _show("Rows in quarantine that it would replay", ("delivery", "place", "checks"), rows, everything, _MOST_MOVED)


def _show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], everything: bool, most: int) -> None:
    if not rows:
        return
    typer.echo(f"\n{title}")
    show_table(columns, rows if everything else rows[:most])
    if len(rows) > most and not everything:
        typer.echo(f"... and {len(rows) - most} more: --all, --json, or the page")


def _moved(one: ChangedFigure) -> tuple[object, ...]:
    old = one.old if one.was_shown else "not shown"
    return one.column, one.indicator_id or one.source_id, one.area_id or "", old or "none", one.new or "none"


def _figure(one: FigureChange, unit: str) -> tuple[str, ...]:
    from tasks.rehearsal_counts import in_words

    what = "" if one.column in ("value", "missing_reason") else f"{one.column} "
    old, new = (in_words(value, one.column, unit) for value in (one.old, one.new))
    return one.indicator_id, one.area_id or "", one.period or "", what + old, new
