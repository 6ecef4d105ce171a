"""Commands for the auditor: `audit pack`, `audit verify`, `audit sample`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

audit = typer.Typer(help="Document and verify the board's follow-up.", no_args_is_help=True, rich_markup_mode=None)


@audit.command()
def pack(
    year: Annotated[int, typer.Argument(min=2000, max=2100, help="The calendar year.")],
    to: Annotated[Path | None, typer.Option(help="The zip file to write; else packs/ in the data directory.")] = None,
    seed: Annotated[int | None, typer.Option(help="The seed of the sample; else the year.")] = None,
    with_withheld: Annotated[
        bool,
        typer.Option("--with-withheld", help="With received files that hold withheld figures: for the auditor alone."),
    ] = False,
) -> None:
    """Write the auditor's pack of a year.

    Duty table, meetings and minutes, publications, deliveries, approvals, a sample, and verify.py, in one zip file.
    """
    from catalogue.load import load_catalogue
    from tasks.audit_pack import make_pack
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    target = (to or data.root / "packs" / f"helhedsplan-audit-{year}.zip").absolute()
    made = make_pack(
        data, load_catalogue(), year, target, seed=seed, with_withheld=with_withheld, may_replace=to is None
    )
    typer.echo(f"Audit pack of {year}: {made.path} ({made.files} files)")
    at = f"{made.meetings} meeting{'' if made.meetings == 1 else 's'}"
    typer.echo(f"  {made.followed_up} of {made.series} series followed up, at {at}")
    if made.left_out:
        typer.echo(
            f"  {len(made.left_out)} received deliveries left out, for they hold withheld figures (--with-withheld)"
        )


@audit.command()
def verify(
    path: Annotated[Path | None, typer.Argument(help="A pack (zip or folder), or a data directory.")] = None,
) -> None:
    """Verify ledger, received files, publications and figures.

    It names the first thing that does not hold. The same is told by verify.py in a pack, without this program. A pack
    is also held against the ledger of the data directory, if that is at hand.
    """
    from catalogue.load import load_catalogue
    from tasks.audit_verify import verify as verify_all
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    verify_all(path or data.root, load_catalogue(), typer.echo, living=data)


@audit.command()
def sample(
    count: Annotated[int, typer.Argument(min=1, max=10_000, help="How many figures.")],
    seed: Annotated[int, typer.Option(help="The same seed draws the same figures.")],
    publication: Annotated[
        str | None, typer.Option(help="Id or digest of an earlier publication; else the current one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
) -> None:
    """Draw printed figures by lot, each with its trail.

    From one publication: the figure, the deliveries that it was made of, and the places in the received files.
    """
    from flows.cli_show import print_json
    from flows.cli_tables import show_table
    from tasks.auditing.sample import draw_of
    from warehouse.paths import DataDirectory

    drawn = draw_of(DataDirectory.from_environment(), publication, count, seed)
    if as_json:
        print_json([one.as_dict() | {"figure": one.figure} for one in drawn])
        return
    rows = [
        (
            figure["indicator_id"],
            figure["area_id"],
            figure["period"],
            figure["value"],
            part["delivery_id"],
            part["locator"],
        )
        for figure in (one.figure for one in drawn)
        for part in figure["parts"]
    ]
    show_table(("indicator", "area", "period", "value", "delivery", "place in the received file"), rows)
