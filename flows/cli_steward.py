"""The steward's commands about deliveries: inbox, rehearse, approve, reject."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_show import AsJson, print_json

DeliveryId = Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, as `helhedsplan inbox` lists it.")]
By = Annotated[str, typer.Option(metavar="NAME", envvar="HELHEDSPLAN_ACTOR", help="Who acts.")]
Because = Annotated[str, typer.Option(metavar="TEXT", help="Why; an auditor reads it in a year.")]
_SHOWN = ("state", "source", "delivery", "file", "since", "waits for", "because", "do")


def inbox(as_json: AsJson = False) -> None:
    """Show what waits, for whom, and since when.

    Deliveries to approve, files to take in, what was stopped.
    """
    from dataclasses import asdict

    from catalogue.load import load_catalogue
    from flows.cli_tables import show_table
    from tasks.inbox import waiting
    from warehouse.clock import in_minutes
    from warehouse.paths import DataDirectory

    found = waiting(DataDirectory.from_environment(), load_catalogue())
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        typer.echo("Nothing waits.")
        return
    rows = [
        (
            one.state, one.source_id, one.delivery_id or "", one.name, in_minutes(one.since), one.waits_for,
            one.because, one.do,
        )
        for one in found
    ]  # fmt: skip
    show_table(_SHOWN, rows)


def rehearse(
    delivery: DeliveryId,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who looks (default: HELHEDSPLAN_ACTOR).")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every figure, not the first ones alone.")] = False,
    last: Annotated[
        bool, typer.Option("--last", help="Open the last one that was run; the ledger tells that you saw it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a delivery would change.

    Builds a copy with it in, old beside new; nothing published changes.
    """
    from catalogue.load import load_catalogue
    from flows.cli_rehearsal import show_rehearsal
    from tasks.people import actor_from_environment
    from tasks.rehearsal_opened import open_last
    from tasks.rehearse import rehearse as rehearse_it
    from warehouse.paths import DataDirectory

    actor = by or actor_from_environment()
    catalogue = load_catalogue()
    look = open_last if last else rehearse_it
    made = look(DataDirectory.from_environment(), catalogue, delivery, actor=actor)
    if as_json:
        print_json(made.as_dict())
    else:
        show_rehearsal(made, catalogue, everything=everything)


def approve(
    delivery: DeliveryId,
    by: By,
    rehearsal: Annotated[
        str | None, typer.Option(metavar="ID", help="The rehearsal that you saw (default: the last one).")
    ] = None,
) -> None:
    """Approve a delivery that waits for it.

    From now on its figures are known; the next refresh publishes them.
    """
    from catalogue.load import load_catalogue
    from tasks.approve import approve as approve_it
    from warehouse.paths import DataDirectory

    made = approve_it(DataDirectory.from_environment(), load_catalogue(), delivery, actor=by, rehearsal_id=rehearsal)
    if not made.is_new:
        typer.echo(f"Nothing to do: {delivery} was approved before, by {made.actor}.")
        return
    seen = f" after {made.rehearsal_id}" if made.rehearsal_id else ", without a rehearsal"
    typer.echo(f"Approved {delivery} by {made.actor}{seen}. `helhedsplan refresh` publishes it.")


def reject(delivery: DeliveryId, by: By, because: Because) -> None:
    """Reject a delivery, or withdraw an approved one.

    Its figures leave the next publication; its bytes are kept.
    """
    from catalogue.load import load_catalogue
    from tasks.approve import reject as reject_it
    from warehouse.paths import DataDirectory

    made = reject_it(DataDirectory.from_environment(), load_catalogue(), delivery, actor=by, because=because)
    if not made.is_new:
        typer.echo(f"Nothing to do: {delivery} was rejected before, by {made.actor}.")
    elif made.delivery.approved_at:
        typer.echo(f"Rejected {delivery} by {made.actor}. `helhedsplan refresh` publishes without it.")
    else:
        typer.echo(f"Rejected {delivery} by {made.actor}.")
