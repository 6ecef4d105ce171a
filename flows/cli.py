"""The command line. Nothing heavy is imported until a command needs it, so that --help stays quick.

Exit code 0: done, or nothing new; 1: something failed or is blocked, and the message says what, why and
what to do; 2: wrong usage; 130: stopped by Ctrl-C.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from catalogue.errors import HelhedsplanError
from flows import cli_audit, cli_explain, cli_meetings, cli_operate, cli_quarantine, cli_run, cli_show, cli_steward
from flows.process import begin_process, ready_to_end

app = typer.Typer(
    name="helhedsplan",
    help="Follow-up warehouse of a boligsocial helhedsplan: from received file to board page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="HELHEDSPLAN_DATA names the data directory (default: data), HELHEDSPLAN_ACTOR the acting person.",
)
for command in (cli_run.refresh, cli_run.deliver, cli_run.rerun, cli_run.demo, cli_run.serve):
    app.command()(command)
for command in (cli_steward.inbox, cli_steward.rehearse, cli_steward.approve, cli_steward.reject):
    app.command()(command)
for command in (cli_show.status, cli_show.sql, cli_show.report):
    app.command()(command)
app.add_typer(cli_quarantine.app, name="quarantine", help="Look after rows that checks rejected.")
for command in (cli_operate.doctor, cli_operate.alerts, cli_operate.backup, cli_operate.restore):
    app.command()(command)
app.command()(cli_explain.explain)
app.command()(cli_meetings.meetings)
app.add_typer(cli_meetings.meeting, name="meeting")
app.add_typer(cli_audit.audit, name="audit")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"helhedsplan {version('helhedsplan')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run the command line; every error that reaches a person is words, never a traceback."""
    _speak_utf8()
    begin_process()
    try:
        app()
    except HelhedsplanError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the traceback is kept in a file
        typer.echo(f"helhedsplan failed: {_in_one_line(error)}", err=True)
        typer.echo(f"  details:  {_keep_traceback(error)}", err=True)
        typer.echo("  do this:  run it again; if it fails again, send that file to whoever maintains this", err=True)
        sys.exit(1)
    finally:
        ready_to_end()


def _speak_utf8() -> None:
    """Danish letters survive a pipe and a terminal that knows none of them."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _keep_traceback(error: Exception) -> str:
    """Write the traceback below the data directory, or where temporary files go; returns the file's path."""
    import tempfile
    import traceback
    from datetime import UTC, datetime
    from pathlib import Path

    from warehouse.paths import DataDirectory

    text = "".join(traceback.format_exception(error))
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-error.txt"
    for folder in (DataDirectory.from_environment().root / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return str(path)
    return "could be written nowhere"
