"""Commands about board meetings: `meeting record`, `meetings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs.")]
meeting = typer.Typer(help="Record a board meeting.", no_args_is_help=True, rich_markup_mode=None)


@meeting.callback()
def _group() -> None:
    """A group with one command, which keeps its name."""


@meeting.command()
def record(
    file: Annotated[Path, typer.Argument(help="The meeting in YAML; docs/board.md shows one.")],
    by: Annotated[str, typer.Option(metavar="NAME", envvar="HELHEDSPLAN_ACTOR", help="Who records it.")],
) -> None:
    """Record a board meeting in the ledger.

    It is tied by a digest to the publication that the board saw; its minutes are kept for good.
    """
    from catalogue.load import load_catalogue
    from tasks.meetings import record_meeting
    from warehouse.paths import DataDirectory

    recorded = record_meeting(DataDirectory.from_environment(), load_catalogue(), file, actor=by)
    if not recorded.is_new:
        typer.echo(f"Nothing new: {recorded.meeting_id} was recorded before, and says the same.")
        return
    typer.echo(f"Recorded {recorded.meeting_id}, which saw publication {recorded.publication_id}.")
    if recorded.superseded_by:
        typer.echo(f"That publication had been superseded by then: {recorded.superseded_by} was the current one.")
    typer.echo("The next refresh shows it in audit.follow_up, audit.duty and the next paper.")


def meetings(as_json: AsJson = False) -> None:
    """List the board's meetings.

    Each with the publication that it saw, what it took up, and its open actions.
    """
    from flows.cli_show import print_json
    from flows.cli_tables import show_table
    from tasks.meetings import meetings as recorded
    from warehouse.ledger import Ledger
    from warehouse.paths import DataDirectory

    found = recorded(Ledger(DataDirectory.from_environment().ledger).entries())
    if as_json:
        print_json(found)
        return
    done = {action["action_id"] for one in found for action in one["actions_done"]}
    columns = ("date", "meeting", "publication seen", "superseded by", "indicators", "open actions", "minutes", "by")
    show_table(columns, [_row(one, done) for one in found])


def _row(one: dict[str, Any], done: set[str]) -> tuple[Any, ...]:
    actions = [action["action_id"] for item in one["indicators"] for action in item["actions"]]
    return (
        one["date"], one["meeting_id"], one["publication_id"], one["superseded_by"] or "", len(one["indicators"]),
        len(set(actions) - done), one["minutes"]["reference"], one["recorded_by"],
    )  # fmt: skip
