"""What `helhedsplan status` tells: the publication that stands, its sources, and the last run."""

from __future__ import annotations

import sys
from collections import Counter
from shutil import get_terminal_size
from typing import Any

from catalogue.load import load_catalogue
from flows.cli_tables import aligned_rows
from tasks.inbox import waiting
from tasks.not_begun import last_not_begun
from tasks.summary import synthetic_in_words
from warehouse.clock import in_minutes
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.query import run_query

# The warehouse keeps moments in UTC without saying so in their type.
_UTC = "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"
_PUBLICATION = (
    f"SELECT publication_id, run_id, {_UTC.format('as_of')} AS as_of FROM audit.publication WHERE is_this_one"
)
_SOURCES = f"""
    SELECT source_id, part_id, state, delivery_id, delivery_state, {_UTC.format("received_at")} AS received_at,
      newest_period, rows_in, rows_quarantined, expected_next, late_after, problem, is_synthetic,
      last_good_delivery_id
    FROM mart.freshness
    ORDER BY list_position(['stopped', 'late', 'due', 'fresh'], state), source_id, part_id
"""
_INDICATORS = """
    SELECT count(*) FILTER (has_figure) AS with_figures, count(*) AS series
    FROM (SELECT indicator_id, bool_or(latest_value IS NOT NULL) AS has_figure FROM mart.goal_indicator GROUP BY ALL)
"""
_SHOWN = ("state", "source", "received", "figures until", "rows", "quarantined", "next by", "newest delivery")


def read_status(data: DataDirectory) -> dict[str, Any]:
    """Everything that `status` tells, as plain values; see print_json for their form."""
    return {
        "data_directory": str(data.root),
        "publication": _one(data, _PUBLICATION),
        "indicators": _one(data, _INDICATORS),
        "sources": run_query(data.warehouse, _SOURCES).as_dicts(),
        "last_run": _last_run(data),
        "not_begun": _not_begun(data),
        "waiting": dict(Counter(one.state for one in waiting(data, load_catalogue()))),
    }


def _one(data: DataDirectory, query: str) -> dict[str, Any]:
    found = run_query(data.warehouse, query).as_dicts()
    return found[0] if found else {}


def _last_run(data: DataDirectory) -> dict[str, Any]:
    """The newest run of the ledger, also one that published nothing and so stands in no warehouse."""
    entries = Ledger(data.ledger).entries()
    begun = [entry for entry in entries if entry.kind == "run_started"]
    if not begun:
        return {}
    run_id = begun[-1].body["run_id"]
    ended = [entry for entry in entries if entry.kind == "run_finished" and entry.body["run_id"] == run_id]
    return {
        "run_id": run_id,
        "by": begun[-1].actor,
        "began": begun[-1].time,
        "ended": ended[-1].time if ended else None,
        "outcome": ended[-1].body["outcome"] if ended else "under way or cut off",
        "problems": ended[-1].body["problems"] if ended else [],
    }


def _not_begun(data: DataDirectory) -> dict[str, Any]:
    """The night since then that did not begin."""
    entry = last_not_begun(Ledger(data.ledger).entries())
    return {"by": entry.actor, "at": entry.time, "problem": entry.body["problem"]} if entry else {}


def show_status(status: dict[str, Any]) -> None:
    """Print a status for a person."""
    publication, run = status["publication"], status["last_run"]
    print(f"Publication {publication['publication_id']}, figures as of {in_minutes(publication['as_of'])}")
    if run:
        print(f"Last run    {run['run_id']} by {run['by']}, {in_minutes(run['began'])}: {run['outcome']}")
    _show_indicators(status["indicators"])
    if status["waiting"]:
        told = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in status["waiting"].items())
        print(f"Waiting     {told}: see helhedsplan inbox")
    print()
    print(_sources_text(status["sources"]))
    _show_words(status)


def _sources_text(sources: list[dict[str, Any]]) -> str:
    """One line for each source and part; a narrow terminal does without the deliveries' names."""
    rows = [_source_row(one) for one in sources]
    whole = aligned_rows(_SHOWN, rows)
    if not sys.stdout.isatty() or len(whole.partition("\n")[0]) <= get_terminal_size().columns:
        return whole
    return aligned_rows(_SHOWN[:-1], [row[:-1] for row in rows])


def _source_row(one: dict[str, Any]) -> tuple[Any, ...]:
    return (
        one["state"], _named(one), in_minutes(one["received_at"])[:10] or "never", one["newest_period"] or "",
        one["rows_in"] or 0, one["rows_quarantined"] or 0, one["expected_next"] or "", one["delivery_id"] or "",
    )  # fmt: skip


def _named(one: dict[str, Any]) -> str:
    return " ".join(filter(None, [one["source_id"], one["part_id"]]))


def _show_indicators(counted: dict[str, Any]) -> None:
    having, series = counted["with_figures"], counted["series"]
    print(f"Indicators  {having} of {series} series have figures of areas", end="")
    if not sys.stdout.isatty() or not series:
        print()
        return
    from rich.console import Console
    from rich.progress_bar import ProgressBar

    print("  ", end="", flush=True)
    Console().print(ProgressBar(total=series, completed=having, width=30))
    print()


def _show_words(status: dict[str, Any]) -> None:
    troubles = [one for one in status["sources"] if one["problem"]]
    for one in troubles:
        print(f"\n{_named(one)} ({one['state']}): {one['problem']}")
    if night := status["not_begun"]:
        print(f"\nThe night of {in_minutes(night['at'])} did not begin: {night['problem']}")
    for problem in status["last_run"].get("problems", []):
        print(f"\nlast run: {problem}")
    words = synthetic_in_words(_how_real(status["sources"]))
    if words:
        print(f"\n{words}")


def _how_real(sources: list[dict[str, Any]]) -> list[tuple[str, str]]:
    made_up = {one["source_id"] for one in sources if one["is_synthetic"]}
    real = {one["source_id"] for one in sources if one["last_good_delivery_id"] and not one["is_synthetic"]}
    return [(source_id, "partly synthetic" if source_id in real else "synthetic") for source_id in sorted(made_up)]
