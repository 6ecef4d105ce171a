"""The command that explains one figure: where it comes from, how it is made, and what became of it."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(
    indicator: Annotated[str, typer.Argument(help="Id, number or Danish name, such as 9 or sigtede.")],
    area: Annotated[str, typer.Argument(help='Id or name of an area, "total" or "kommunen".')],
    period: Annotated[str | None, typer.Argument(help="Such as 2023; without it the newest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
    english: Annotated[bool, typer.Option("--english", help="In English.")] = False,
) -> None:
    """Explain a figure.

    Its formula, cells, checks, people, revisions and definition; also why a cell is empty.
    """
    from tasks.explain import explain as explained
    from tasks.reporting.explained import explained_in_words
    from warehouse.paths import DataDirectory

    found = explained(DataDirectory.from_environment().warehouse, indicator, area, period)
    if as_json:
        from flows.cli_show import print_json

        print_json(found)
        return
    for number, one in enumerate(found):
        if number:
            typer.echo("")
        _show([line for line in explained_in_words(one, "en" if english else "da") if line[1]])


def _show(lines: list[tuple[str, str]]) -> None:
    widest = max(len(label) for label, _ in lines)
    for number, (label, text) in enumerate(lines):
        typer.echo(f"  {label.ljust(widest)}  {text}" if number else text)
