"""Commands for whoever keeps it running: doctor, alerts, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_show import AsJson, print_json

By = Annotated[str, typer.Option(metavar="NAME", envvar="HELHEDSPLAN_ACTOR", help="Who does it.")]


def doctor(as_json: AsJson = False) -> None:
    """Say whether all is well.

    Environment, disk, lock, ledger, snapshots, schedule, alerts, backup: each with what to do. Exit code 1 on a fault.
    """
    from dataclasses import asdict

    from flows.doctor import examine_prefect
    from tasks.doctor import examine
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    found = [*examine(data), *examine_prefect(data)]
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            typer.echo(f"{one.state:<8} {one.name:<15} {one.found}")
            if one.do:
                typer.echo(f"{'':<24} do this: {one.do}")
    if any(one.state == "fault" for one in found):
        raise typer.Exit(1)


def alerts(as_json: AsJson = False) -> None:
    """Show what an alert stands for, and where it was told.

    Nothing is sent from here: runs and `helhedsplan serve` send.
    """
    from dataclasses import asdict
    from datetime import UTC, datetime

    from catalogue.load import load_catalogue
    from flows.cli_tables import show_table
    from tasks.alert_causes import standing_causes
    from tasks.alerts import told_on
    from warehouse.clock import in_minutes
    from warehouse.ledger import Ledger
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    told = told_on(Ledger(data.ledger).entries())
    causes = standing_causes(data, load_catalogue(), datetime.now(UTC))
    if as_json:
        print_json([asdict(one) | {"told_on": sorted(told.get(one.key, ()))} for one in causes])
    elif not causes:
        typer.echo("Nothing stands.")
    else:
        rows = [
            (one.kind, one.about, in_minutes(one.since), ", ".join(sorted(told.get(one.key, ())))) for one in causes
        ]
        show_table(("alert", "about", "since", "told by"), rows)


def backup(
    folder: Annotated[Path, typer.Argument(help="Where to; on another disk. A second time copies what is new.")],
    by: By,
) -> None:
    """Copy snapshots and ledger, and verify the copy.

    Everything else follows from these two.
    """
    from catalogue.load import load_catalogue
    from tasks.people import acting
    from warehouse.backup import back_up
    from warehouse.paths import DataDirectory

    made = back_up(DataDirectory.from_environment(), folder, actor=acting(load_catalogue(), by))
    typer.echo(
        f"Backed up to {made.folder}: {made.entries} ledger entries, {made.snapshots} snapshots ({made.copied} new), "
        f"all verified. Last digest {made.last_digest[:16]}."
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="The folder that a backup was made to.")],
    to: Annotated[Path, typer.Option(metavar="DATA", help="The data directory to make; it must hold nothing yet.")],
    by: By,
) -> None:
    """Put a backup into an empty data directory.

    The next refresh there builds and publishes from it.
    """
    from catalogue.load import load_catalogue
    from tasks.people import acting
    from warehouse.backup import restore as put_back
    from warehouse.paths import DataDirectory

    made = put_back(folder, DataDirectory(to.absolute()), actor=acting(load_catalogue(), by))
    typer.echo(f"Restored {made.entries} ledger entries and {made.snapshots} snapshots, all verified.")
    typer.echo(f"To build and publish: HELHEDSPLAN_DATA={to} helhedsplan refresh")
