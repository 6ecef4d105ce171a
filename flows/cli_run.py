"""Commands that do something: refresh, deliver, rerun, demo, serve."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from flows.progress import Attendance

Plain = Annotated[bool, typer.Option("--plain", help="Plain lines instead of progress bars.")]


def refresh(
    source: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this source; may be given several times.")
    ] = None,
    samples: Annotated[bool, typer.Option(help="Take the shipped samples as deliveries.")] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only rebuild what was known on that day, into its own file.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="With --as-of: the file (default: data/as-of/DATE.duckdb).")] = None,
    plain: Plain = False,
) -> None:
    """Take in what has come and publish it.

    Fetch, read, check, build, publish, report. Nothing new is a success.
    """
    if as_of is not None:
        if source or samples:
            raise typer.BadParameter("--as-of rebuilds every source; leave out --source and --samples")
        from flows.cli_as_of import rebuild

        rebuild(as_of, to)
        return
    if to is not None:
        raise typer.BadParameter("--to goes with --as-of")
    _run("nightly_refresh", {"source_ids": tuple(source or ()), "samples": samples}, plain)


def rerun(
    source: Annotated[str, typer.Option(metavar="ID", help="The source to read and check again.")],
    period: Annotated[
        str | None, typer.Option(help="Only deliveries that carry figures of this period; each is run as a whole.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who has it run again (default: HELHEDSPLAN_ACTOR).")
    ] = None,
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why; the ledger keeps it with the run.")] = "",
    plain: Plain = False,
) -> None:
    """Read and check a source's deliveries again.

    They are read from the received bytes. The same input gives the same marts, and nothing is published; what comes
    out otherwise is published and listed.
    """
    from tasks.people import actor_from_environment

    who = by or actor_from_environment()
    _run("rerun_source", {"source_id": source, "by": who, "period": period or "", "because": because}, plain)


def demo(
    to: Annotated[Path, typer.Option(help="The data directory to make.")] = Path("data-demo"),
    plain: Plain = False,
) -> None:
    """Try it out with the shipped samples.

    The same as refresh --samples, in a data directory of its own.
    """
    to.mkdir(parents=True, exist_ok=True)
    if not (to / ".gitignore").exists():
        (to / ".gitignore").write_text("*\n", encoding="utf-8")
    os.environ["HELHEDSPLAN_DATA"] = str(to.absolute())
    _run("nightly_refresh", {"samples": True}, plain)
    typer.echo(f"\nTo look further, set HELHEDSPLAN_DATA={to}")


def deliver(
    file: Annotated[Path, typer.Argument(help="The file, or a folder of files that belong together.")],
    source: Annotated[str, typer.Option(metavar="ID", help="The source that it comes from.")],
    by: Annotated[str, typer.Option(metavar="NAME", envvar="HELHEDSPLAN_ACTOR", help="Who hands it in.")],
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Its figures are made up, and must say so.")] = False,
    real: Annotated[
        bool, typer.Option("--real", help="Its figures are real, also where it lies beside samples.")
    ] = False,
) -> None:
    """Receive a file from a person.

    Its bytes are kept for good; the next refresh reads and checks it. Where samples lie, say --synthetic or --real.
    """
    from catalogue.load import load_catalogue
    from tasks.people import acting_for
    from tasks.receive import deliver as receive
    from tasks.receive import must_say_which
    from warehouse.ledger import Ledger
    from warehouse.paths import DataDirectory

    data, catalogue = DataDirectory.from_environment(), load_catalogue()
    entries = Ledger(data.ledger).entries()
    must_say_which(entries, file, synthetic=synthetic, real=real)
    actor = acting_for(catalogue, entries, by, "deliver")
    delivery_id, is_new = receive(data, catalogue, file, source, actor=actor, is_synthetic=synthetic, again=True)
    if is_new:
        typer.echo(f"Received as {delivery_id} in {data.root}. `helhedsplan refresh` reads and checks it.")
    else:
        typer.echo(f"Nothing new: the same bytes were received before, as {delivery_id}.")


def serve(
    port: Annotated[int, typer.Option(help="The port of Prefect's server on 127.0.0.1.")] = 4200,
) -> None:
    """Keep the nightly schedule running.

    A refresh every night at 02:00 Europe/Copenhagen, with Prefect's own pages to look at it.
    """
    from flows.settings import prepare_prefect
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    os.environ["HELHEDSPLAN_DATA"] = str(data.root)
    data.prepare()
    prepare_prefect(data, quiet=False)
    from flows.serve import serve_schedule

    serve_schedule(data, port)


def _run(flow_name: str, parameters: Mapping[str, Any], plain: bool) -> None:
    from flows.cli_progress import progress_shown
    from flows.settings import join_served, prepare_prefect
    from warehouse.paths import DataDirectory

    data = DataDirectory.from_environment()
    data.prepare()
    join_served(data)
    prepare_prefect(data, quiet=True)
    with progress_shown(plain) as progress:
        from flows import refresh as flows
        from flows.launch import launch
        from flows.progress import Attendance

        attendance = Attendance(progress, last_words=_last_words)
        try:
            launch(getattr(flows, flow_name), parameters, attendance, lambda words: typer.echo(words, err=True))
        except KeyboardInterrupt:
            typer.echo("Stopped; what is published stands, and nothing received is lost.", err=True)
            raise typer.Exit(130) from None
    _end(attendance)


def _end(attendance: Attendance) -> None:
    _tell(attendance)
    if attendance.server_is_gone:
        from flows.deadline import end_process_now

        typer.echo(_SERVER_GONE, err=True)
        end_process_now(attendance.exit_code)
    if attendance.exit_code:
        raise typer.Exit(attendance.exit_code)


_SERVER_GONE = "Prefect's server no longer answers: this run is complete, but its record there is not."


def _tell(attendance: Attendance) -> None:
    if attendance.error is not None:
        raise attendance.error
    if attendance.summary is not None:
        from flows.cli_summary import summary_text

        typer.echo(summary_text(attendance.summary))


def _last_words(attendance: Attendance) -> None:
    try:
        _tell(attendance)
    except Exception as error:  # noqa: BLE001 - the process ends here, and this is all that it says
        typer.echo(str(error), err=True)
    typer.echo(_SERVER_GONE, err=True)
