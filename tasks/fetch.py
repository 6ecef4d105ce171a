"""Fetching: bytes into a snapshot and a line in the ledger; the same bytes again are nothing new."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from catalogue.errors import DeliveryError, HelhedsplanError, SourceUnavailableError
from catalogue.load import Catalogue
from catalogue.sources import Source
from catalogue.statbank import StatBank
from warehouse.deliveries import Delivery, deliveries
from warehouse.ledger import Ledger
from warehouse.lock import receiving
from warehouse.paths import DataDirectory
from warehouse.snapshots import keep


def deliver(  # noqa: PLR0913 - what the ledger must know of a delivery
    data: DataDirectory,
    catalogue: Catalogue,
    path: Path,
    source_id: str,
    *,
    actor: str,
    part_id: str | None = None,
    is_synthetic: bool = False,
    origin: str = "",
) -> tuple[str, bool]:
    """Receive a file or a folder for a source; returns its delivery_id and whether it is new.

    The bytes are on disk and the ledger says so when this returns. Raises HelhedsplanError if not.
    """
    source = catalogue.source(source_id)
    data.prepare()
    snapshot = keep(data, source_id, path)
    body = {
        "delivery_id": snapshot.delivery_id,
        "source_id": source_id,
        "part_id": _part(source, path) if part_id is None else part_id,
        "sha256": snapshot.sha256,
        "files": [asdict(file) for file in snapshot.files],
        "original_name": path.name,
        "is_synthetic": is_synthetic,
        "origin": origin,
    }
    ledger = Ledger(data.ledger)
    with receiving(data):
        is_new = snapshot.delivery_id not in deliveries(ledger.entries())
        if is_new:
            ledger.append("delivery_received", body, actor=actor)
    return snapshot.delivery_id, is_new


def _part(source: Source, path: Path) -> str:
    if source.part_from == "none":
        return ""
    return path.stem if path.is_file() else path.name


def fetch_source(
    data: DataDirectory, catalogue: Catalogue, source_id: str, *, actor: str, samples: Path | None = None
) -> list[str]:
    """Fetch what has come for a source; returns the new deliveries' ids, oldest first.

    With `samples`, the contract's samples below that folder; otherwise what lies in the source's inbox
    and, for a source that arrives by API, what its publisher has changed since the last fetch.
    """
    source = catalogue.source(source_id)
    if samples is not None:
        return _fetch_samples(data, catalogue, source, samples, actor)
    found = _fetch_inbox(data, catalogue, source, actor)
    if source.statbank is not None:
        found += _fetch_statbank(data, catalogue, source, source.statbank, actor)
    return found


def _fetch_samples(data: DataDirectory, catalogue: Catalogue, source: Source, samples: Path, actor: str) -> list[str]:
    found = []
    for sample in source.samples:
        delivery_id, is_new = deliver(
            data,
            catalogue,
            samples / source.source_id / sample.path,
            source.source_id,
            actor=actor,
            is_synthetic=sample.is_synthetic,
            origin=sample.origin,
        )
        found += [delivery_id] if is_new else []
    return found


def _fetch_inbox(data: DataDirectory, catalogue: Catalogue, source: Source, actor: str) -> list[str]:
    inbox = data.inbox / source.source_id
    found = []
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        for path in sorted(inbox.iterdir()):
            if path.name.startswith("."):
                continue
            delivery_id, is_new = deliver(data, catalogue, path, source.source_id, actor=actor, origin="inbox")
            found += [delivery_id] if is_new else []
            # Only now that the bytes are kept and the ledger says so may the inbox let go of them.
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise HelhedsplanError(
            "the inbox cannot be read or emptied; what was received from it stays received",
            place=str(error.filename or inbox),
            expected="a folder that this user may read and remove files from",
            found=error.strerror or str(error),
            do="give this user write permission to the inbox, or remove the file by hand; then run refresh again",
        ) from error
    return found


def _fetch_statbank(
    data: DataDirectory, catalogue: Catalogue, source: Source, statbank: StatBank, actor: str
) -> list[str]:
    """Fetch table by table; one that fails does not keep the others back. Raises at the end if any failed."""
    from tasks.statbank import fetch_table

    found: list[str] = []
    failed: dict[str, HelhedsplanError] = {}
    known = list(deliveries(Ledger(data.ledger).entries()).values())
    for table in statbank.tables:
        with tempfile.TemporaryDirectory(prefix="helhedsplan-") as folder:
            try:
                fetched = fetch_table(statbank, table, Path(folder), _last_tableinfo(data, known, table.table_id))
            except (DeliveryError, SourceUnavailableError) as error:
                failed[table.table_id] = error
                continue
            if fetched is not None:
                delivery_id, is_new = deliver(
                    data,
                    catalogue,
                    fetched,
                    source.source_id,
                    actor=actor,
                    part_id=table.table_id,
                    origin=statbank.base_url,
                )
                found += [delivery_id] if is_new else []
    _raise_together(failed)
    return found


def _raise_together(failed: dict[str, HelhedsplanError]) -> None:
    """Raise what failed as one error, table by table, worth repeating if any of it is."""
    if not failed:
        return
    tables_by_problem: dict[str, list[str]] = {}
    for table_id, error in failed.items():
        tables_by_problem.setdefault(str(error), []).append(table_id)
    worth_repeating = any(isinstance(error, SourceUnavailableError) for error in failed.values())
    kind = SourceUnavailableError if worth_repeating else DeliveryError
    raise kind("\n".join(f"{', '.join(tables)}: {problem}" for problem, tables in tables_by_problem.items()))


def _last_tableinfo(data: DataDirectory, known: list[Delivery], table_id: str) -> Path | None:
    last = [one for one in known if one.source_id == "statbank" and one.part_id == table_id and not one.is_synthetic]
    if not last:
        return None
    return last[-1].snapshot(data).folder / "tableinfo.json"
