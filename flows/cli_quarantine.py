"""Commands about rows that checks rejected: list, show, letter, close."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_show import AsJson, print_json
from flows.cli_steward import Because, By, DeliveryId

_CASE = (
    "state", "source", "delivery", "rows", "replayed", "since", "letter", "corrected by", "closed by", "because",
)  # fmt: skip
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_cases(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False, as_json: AsJson = False
) -> None:
    """List deliveries with rows in quarantine.

    How far each has come: letter made, corrected file received, replayed, closed by whom.
    """
    from dataclasses import asdict

    from flows.cli_tables import show_table
    from warehouse.clock import in_minutes
    from warehouse.ledger import Ledger
    from warehouse.paths import DataDirectory
    from warehouse.quarantine_cases import cases

    known = cases(Ledger(DataDirectory.from_environment().ledger).entries()).values()
    found = [case for case in known if everything or case.closed_at is None]
    if as_json:
        print_json([asdict(case) | {"state": case.state} for case in found])
        return
    if not found:
        typer.echo("No rows are in quarantine." if everything else "No rows in quarantine are open.")
        return
    rows = [
        (
            case.state, case.source_id, case.delivery_id, case.rows, case.rows_replayed, in_minutes(case.opened_at),
            case.letter_id or "", ", ".join(case.replayed_by) or case.corrected_by or "", case.closed_by or "",
            case.closed_because,
        )
        for case in found
    ]  # fmt: skip
    show_table(_CASE, rows)


@app.command()
def show(delivery: DeliveryId, as_json: AsJson = False) -> None:
    """Show each rejected row of a delivery.

    Whole, with its place in the file, the checks it failed and why they matter.
    """
    from flows.cli_tables import blocks, room, shown
    from tasks.quarantine_rows import rows_shown
    from warehouse.deliveries import deliveries, the_delivery
    from warehouse.ledger import Ledger
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    rows = rows_shown(data, the_delivery(deliveries(Ledger(data.ledger).entries()), delivery))
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("No row of this delivery was rejected.")
    else:
        columns = ("locator", "state", "failed_checks", "because", "found")
        typer.echo(blocks(columns, [[shown(_in_words(row[name])) for name in columns] for row in rows], room()))


@app.command()
def letter(
    delivery: DeliveryId,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who writes (default: HELHEDSPLAN_ACTOR).")] = None,
    as_json: AsJson = False,
) -> None:
    """Write to the publisher about rejected rows, or about a delivery that could not be used at all.

    A ready text in Danish, with the rows as an Excel file beside it, if there are any.
    """
    from catalogue.counted import counted
    from catalogue.load import load_catalogue
    from tasks.people import actor_from_environment
    from tasks.quarantine_letter import write_letter
    from warehouse.paths import DataDirectory

    actor = by or actor_from_environment()
    made = write_letter(DataDirectory.from_environment(), load_catalogue(), delivery, actor=actor)
    if as_json:
        print_json(vars(made))
        return
    about = {
        "unreadable_file": "a file that could not be read",
        "stopped_delivery": "a delivery that its checks stopped as a whole",
    }.get(made.about, counted(made.rows, "row"))
    typer.echo(f"{made.letter_id} to {made.publisher}, about {about} ({made.delivery_id}):")
    typer.echo("\n".join(f"  {path}" for path in (made.text, made.excel) if path))


@app.command()
def close(delivery: DeliveryId, by: By, because: Because) -> None:
    """Close rows that no corrected file will ever answer.

    They stay out of the figures; the reason stands in the ledger.
    """
    from catalogue.load import load_catalogue
    from tasks.quarantine_life import close_by_hand
    from warehouse.paths import DataDirectory

    was_open = close_by_hand(DataDirectory.from_environment(), load_catalogue(), delivery, actor=by, because=because)
    typer.echo(f"Closed the rows of {delivery}." if was_open else "Nothing to do: they were closed before.")


def _in_words(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
