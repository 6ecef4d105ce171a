"""Commands that show something and change nothing that is published: status, sql, report."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from catalogue.errors import HelhedsplanError

AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


def sql(
    query: Annotated[
        str | None, typer.Argument(help='One reading statement, such as "from mart.goal_indicator".')
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV for programs.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="Stop the query after so long, and printing likewise.")] = 30,
    tables: Annotated[bool, typer.Option("--tables", help="List every table and macro with what it holds.")] = False,
    describe: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="List a table's columns, or a macro's parameters, and what they mean."),
    ] = None,
) -> None:
    """Ask the published warehouse.

    Nothing can be changed and no other file can be read from here.
    """
    from flows.cli_described import question_of
    from flows.cli_tables import show_first_rows
    from warehouse.paths import DataDirectory
    from warehouse.query import in_time, run_query

    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    warehouse = DataDirectory.from_environment().warehouse
    result = run_query(warehouse, question_of(warehouse, query, tables, describe), seconds=seconds)
    rows = in_time(result.rows, seconds)
    if as_json:
        _print_json_rows(dict(zip(result.columns, row, strict=True)) for row in rows)
    elif as_csv:
        import csv

        lines = csv.writer(sys.stdout, lineterminator="\n")
        lines.writerow(result.columns)
        lines.writerows(rows)
    else:
        show_first_rows(result.columns, result.rows)


def status(as_json: AsJson = False) -> None:
    """Show sources, deliveries and the last run.

    Also which publication stands, and what in it is synthetic.
    """
    from flows.cli_status import read_status, show_status
    from warehouse.paths import DataDirectory

    state = read_status(DataDirectory.from_environment())
    if as_json:
        print_json(state)
    else:
        show_status(state)


def report(
    to: Annotated[Path | None, typer.Option(help="Write it to this folder instead.")] = None,
) -> None:
    """Write the board's site, paper (PDF) and workbook (Excel) again.

    All are made from the current publication, in Danish and in English. Their bytes are kept, as what the board got;
    not so with --to.
    """
    from catalogue.load import load_catalogue
    from tasks.people import acting, actor_from_environment
    from tasks.report import write_report
    from warehouse.ledger import Ledger
    from warehouse.papers import keep_papers
    from warehouse.paths import DataDirectory
    from warehouse.publish import last_publication

    data = DataDirectory.from_environment()
    if not data.warehouse.exists():
        raise HelhedsplanError(
            "there is no published warehouse to report on yet",
            place=str(data.warehouse),
            do="run `helhedsplan refresh` first, or name the data directory in HELHEDSPLAN_DATA",
        )
    folder = (to or data.report).absolute()
    entries = Ledger(data.ledger).entries()
    write_report(data.warehouse, folder, entries, is_our_folder=folder == data.report.absolute())
    published = last_publication(entries)
    if to is None and published is not None:
        actor = acting(load_catalogue(), actor_from_environment())
        keep_papers(data, folder, published.publication_id, actor=actor)
    typer.echo(f"Board page: {folder / 'index.html'}")
    for path in sorted(path for kind in ("*.pdf", "*.xlsx") for path in folder.rglob(kind)):
        typer.echo(f"            {path}")


def print_json(value: Any) -> None:
    """Print a value as JSON: UTF-8, moments in ISO 8601, null where a figure is no number."""
    typer.echo(json.dumps(_plain(value), ensure_ascii=False, indent=2))


def _print_json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """What print_json makes of a list of rows, a row at a time."""
    texts = (json.dumps(_plain(row), ensure_ascii=False, indent=2).replace("\n", "\n  ") for row in rows)
    between = "[\n  "
    for text in texts:
        sys.stdout.write(between + text)
        between = ",\n  "
    sys.stdout.write("[]\n" if between.startswith("[") else "\n]\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
