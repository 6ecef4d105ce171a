"""Whether this installation and its data directory are well: one finding for each thing, each with what to do."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from catalogue.counted import counted
from catalogue.errors import HelhedsplanError
from catalogue.load import load_catalogue
from tasks.not_begun import last_not_begun
from warehouse.backup import what_a_backup_lacks
from warehouse.kept import faults_of_snapshots, snapshot_folders
from warehouse.ledger import Entry, Ledger
from warehouse.lock import held_since, holder_of
from warehouse.paths import DataDirectory
from warehouse.publish import last_publication
from warehouse.snapshots import file_sha256

State = Literal["ok", "warning", "fault"]
# A build is made aside, kept and linked: this many times the published file, and something to breathe.
_BUILDS = 4
_BREATH_BYTES = 1 << 30
_LONGEST_RUN = timedelta(hours=6)
_LONGEST_WITHOUT_A_BACKUP = timedelta(days=8)
_GB = 1e9
_BEGIN_IT = "correct that, then run `helhedsplan refresh`"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it is not well."""

    name: str
    state: State
    found: str
    do: str = ""


def examine(data: DataDirectory, now: datetime | None = None) -> list[Finding]:
    """Look at everything that does not need Prefect. Nothing is changed, and nothing is raised."""
    moment = now or datetime.now(UTC)
    return [finding for name, look in _LOOKS.items() for finding in guarded(name, lambda look=look: look(data, moment))]


def guarded(name: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """What a look finds; an error that it meets is a fault with the error's own words."""
    try:
        return list(look())
    except HelhedsplanError as error:
        return [Finding(name, "fault", f"{error.what}: {error.place} {error.found}".strip(" :"), error.do)]
    except OSError as error:
        return [Finding(name, "fault", f"{error.filename}: {error.strerror}", "correct the permissions or the disk")]


def _environment(_data: DataDirectory, _now: datetime) -> Iterator[Finding]:
    from packaging.requirements import Requirement

    wrong = []
    for line in requires("helhedsplan") or []:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            found = "missing"
        if found == "missing" or not wanted.specifier.contains(found, prereleases=True):
            wrong.append(f"{wanted.name} {found}, not {wanted.specifier}")
    python = f"Python {platform.python_version()}, DuckDB {version('duckdb')}, Prefect {version('prefect')}"
    if wrong:
        yield Finding("environment", "fault", "; ".join(wrong), "make the environment again: make environment")
    else:
        yield Finding("environment", "ok", f"{python}; every package is within its bounds")


def _catalogue(_data: DataDirectory, _now: datetime) -> Iterator[Finding]:
    from tasks.expectations import understand_all

    found = load_catalogue()
    checks = understand_all({source.source_id: source.holds for source in found.sources})
    numbers = (len(found.sources), len(found.indicators), len(found.agreements), checks)
    count = ", ".join(map(counted, numbers, ("source", "indicator", "agreement", "check")))
    yield Finding("catalogue", "ok", f"{count}, digest {found.digest[:16]}")


def _directory(data: DataDirectory, _now: datetime) -> Iterator[Finding]:
    if not data.root.is_dir():
        yield Finding(
            "data directory",
            "fault",
            f"{data.root} does not exist",
            "run `helhedsplan refresh`, or set HELHEDSPLAN_DATA",
        )
        return
    if not os.access(data.root, os.W_OK):
        yield Finding("data directory", "fault", f"{data.root} may not be written", "give this user write permission")
    else:
        yield Finding("data directory", "ok", str(data.root))
    free = shutil.disk_usage(data.root).free
    built = data.warehouse.stat().st_size if data.warehouse.exists() else 0
    state: State = "fault" if free < built * _BUILDS else "warning" if free < built * _BUILDS + _BREATH_BYTES else "ok"
    do = "" if state == "ok" else "free disk space; data/parsed and data/published may be moved away"
    yield Finding("disk", state, f"{free / _GB:.1f} GB free; a publication takes {built / _GB:.2f} GB", do)


def _lock(data: DataDirectory, now: datetime) -> Iterator[Finding]:
    holder = holder_of(data)
    if holder is None:
        yield Finding("lock", "ok", "free: no run is at work")
        return
    since = held_since(data)
    is_long = since is not None and now - since > _LONGEST_RUN
    do = "look at that process; the lock is free when it ends" if is_long else ""
    yield Finding("lock", "warning" if is_long else "ok", holder, do)


def _ledger(data: DataDirectory, _now: datetime) -> Iterator[Finding]:
    entries = Ledger(data.ledger).entries()
    if not entries:
        yield Finding("ledger", "warning", "empty", "run `helhedsplan refresh`, or restore a backup")
        return
    yield Finding(
        "ledger",
        "ok",
        f"{counted(len(entries), 'entry', 'entries')}, the chain holds, last digest {entries[-1].digest[:16]}",
    )
    if torn := sorted(path.name for path in data.root.glob("ledger.jsonl.torn-*")):
        do = "nothing: a crash cut a line short that was never acknowledged; keep the file for the auditor"
        yield Finding("ledger", "warning", f"laid aside: {', '.join(torn)}", do)


def _snapshots(data: DataDirectory, _now: datetime) -> Iterator[Finding]:
    faults = list(faults_of_snapshots(data.snapshots, Ledger(data.ledger).entries()))
    if faults:
        found = "; ".join(faults[:3]) + (f"; and {len(faults) - 3} more" if len(faults) > 3 else "")
        yield Finding("snapshots", "fault", found, "put these back from a backup: its snapshots/ has the same names")
    else:
        yield Finding("snapshots", "ok", f"{len(snapshot_folders(data.snapshots))}, each with the bytes of its SHA-256")


def _publication(data: DataDirectory, _now: datetime) -> Iterator[Finding]:
    last = last_publication(Ledger(data.ledger).entries())
    if last is None:
        yield Finding("publication", "warning", "none yet", "run `helhedsplan refresh`")
    elif not data.warehouse.exists() or file_sha256(data.warehouse) != last.file_sha256:
        found = f"{data.warehouse.name} is not {last.publication_id} as it was published"
        yield Finding("publication", "fault", found, "run `helhedsplan refresh`: it puts the published file in place")
    else:
        yield Finding("publication", "ok", f"{last.publication_id} stands, with the bytes that the ledger tells")


def _last_run(data: DataDirectory, now: datetime) -> Iterator[Finding]:
    entries = Ledger(data.ledger).entries()
    if late := last_not_begun(entries):
        problem = " ".join(late.body["problem"].split())
        yield Finding("last night", "fault", f"did not begin, {_ago(late, now)}: {problem}", _BEGIN_IT)
    begun = _last(entries, "run_started")
    if begun is None:
        yield Finding("last run", "warning", "none yet", "run `helhedsplan refresh`")
        return
    run_id = begun.body["run_id"]
    ended = next((one for one in entries if one.kind == "run_finished" and one.body["run_id"] == run_id), None)
    outcome = ended.body["outcome"] if ended else "at work" if holder_of(data) else "cut off"
    found = f"{run_id} {_ago(begun, now)} by {begun.actor}: {outcome}"
    if outcome in ("failed", "cut off"):
        yield Finding("last run", "fault", found, "see `helhedsplan status`, then run `helhedsplan refresh` again")
    elif ended is not None and ended.body["problems"]:
        count = counted(len(ended.body["problems"]), "problem")
        yield Finding("last run", "warning", f"{found}, with {count}", "see `helhedsplan status`")
    else:
        yield Finding("last run", "ok", found)


def _alerts(data: DataDirectory, now: datetime) -> Iterator[Finding]:
    from tasks.alert_causes import standing_causes
    from tasks.alert_channels import channels
    from tasks.alerts import problems_of, told_on

    ways = [way.name for way in channels(os.environ)]
    standing = standing_causes(data, load_catalogue(), now)
    causes = f"{counted(len(standing), 'cause')} stand{'s' if len(standing) == 1 else ''}"
    found = f"{causes}; told by {' and '.join(ways) or 'nothing'}"
    untold = {one.key for one in standing} - told_on(Ledger(data.ledger).entries()).keys()
    if ways and problems_of(data).exists():
        told_to_nobody = f"{causes}, {len(untold)} of them told to nobody"
        problem = problems_of(data).read_text("utf-8").strip().replace("\n", "; ")
        yield Finding("alerts", "warning", f"{told_to_nobody}: {problem}", "correct that; the next run tries again")
    elif ways:
        found += f"; {len(untold)} of them not told yet, the next run does" if untold else ""
        yield Finding("alerts", "ok", found)
    else:
        do = "set HELHEDSPLAN_SMTP_HOST, _FROM and _TO, or HELHEDSPLAN_WEBHOOK_URL; docs/runbook.md"
        yield Finding("alerts", "warning", found, do)


def _backup(data: DataDirectory, now: datetime) -> Iterator[Finding]:
    entries = Ledger(data.ledger).entries()
    last = _last(entries, "backup_made") or _last(entries, "backup_restored")
    if last is None:
        yield Finding("backup", "warning", "never", "run `helhedsplan backup FOLDER --by NAME`, to another disk")
        return
    folder, since = last.body["folder"], entries[-1].sequence - last.sequence
    found = f"{_ago(last, now)} to {folder}; {counted(since, 'ledger entry', 'ledger entries')} since"
    # The ledger tells what was done then; whether it is still there, only the folder can tell.
    if lacks := what_a_backup_lacks(Path(folder), last.body["last_digest"]):
        yield Finding("backup", "fault", f"{found}; {lacks}", f"bring {folder} back into reach, or back up anew")
        return
    is_old = now - datetime.fromisoformat(last.time) > _LONGEST_WITHOUT_A_BACKUP
    do = f"run `helhedsplan backup {folder} --by NAME`" if is_old else ""
    yield Finding("backup", "warning" if is_old else "ok", found, do)


def _last(entries: list[Entry], kind: str) -> Entry | None:
    return next((entry for entry in reversed(entries) if entry.kind == kind), None)


def _ago(entry: Entry, now: datetime) -> str:
    hours = (now - datetime.fromisoformat(entry.time)).total_seconds() / 3600
    return f"{hours / 24:.0f} days ago" if hours >= 48 else f"{counted(max(round(hours), 0), 'hour')} ago"


_LOOKS: dict[str, Callable[[DataDirectory, datetime], Iterator[Finding]]] = {
    "environment": _environment,
    "catalogue": _catalogue,
    "data directory": _directory,
    "lock": _lock,
    "ledger": _ledger,
    "snapshots": _snapshots,
    "publication": _publication,
    "last run": _last_run,
    "alerts": _alerts,
    "backup": _backup,
}
