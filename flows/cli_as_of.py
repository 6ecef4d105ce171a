"""`helhedsplan refresh --as-of DATE`: what was known on an earlier day."""

from __future__ import annotations

from pathlib import Path

import typer


def rebuild(day: str, to: Path | None) -> None:
    """Build what was known at the end of a day into a file of its own and tell how it differs from what stood then."""
    from datetime import date

    from catalogue.load import load_catalogue
    from tasks.as_of import rebuild_as_of
    from warehouse import clock
    from warehouse.paths import DataDirectory

    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter(f"--as-of needs a day such as 2026-03-14, not {day}") from None
    data = DataDirectory.from_environment()
    if wanted > clock.day_of(clock.now(data.ledger, "run_started")):
        raise typer.BadParameter(f"--as-of needs a day that has begun, not {day}")
    made = rebuild_as_of(data, load_catalogue(), wanted, to=to)
    typer.echo(f"What was known on {made.day}: {made.path}")
    if made.publication_id is None:
        typer.echo("Nothing was published by then.")
        return
    typer.echo(f"The publication that stood then is {made.publication_id}.")
    if made.differences is None:
        typer.echo("Its file is not here any more, so the two cannot be compared.")
        return
    if not made.differences:
        typer.echo("Every figure is as it was published.")
        return
    from flows.cli_tables import show_table

    typer.echo(f"Today's catalogue and code make {len(made.differences)} of its figures and states otherwise:\n")
    rows = [
        (one.indicator_id or one.source_id, one.area_id, one.period, one.column, one.old, one.new, one.cause)
        for one in made.differences
    ]
    show_table(("indicator", "area", "period", "what", "old", "new", "cause"), rows)
