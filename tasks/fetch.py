"""Fetching: what has come for a source, in its inbox, from its publisher's API or among the samples, is received."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from catalogue.errors import DeliveryError, HelhedsplanError, SourceUnavailableError
from catalogue.load import Catalogue
from catalogue.sources import Source
from catalogue.statbank import StatBank
from tasks.people import acting
from tasks.receive import deliver
from warehouse.deliveries import Delivery, deliveries, is_sample
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory, in_letters

# A file that somebody is still copying into the inbox must not be taken by halves.
INBOX_SETTLES_SECONDS = 60


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
    """Receive what lies in a source's inbox, entry by entry; one that cannot be received does not keep others back."""
    found: list[str] = []
    failed: list[str] = []
    # Nobody can be asked of a file in the inbox: beside samples it counts as made up, and says so.
    is_synthetic = is_sample(Ledger(data.ledger).entries())
    for path in _settled_entries(data.inbox / source.source_id):
        before = _last_change(path)
        try:
            _refuse_links(path)
            delivery_id, is_new = deliver(
                data, catalogue, path, source.source_id,
                actor=actor, is_synthetic=is_synthetic, origin="inbox", laid_by=acting(catalogue, _owner(path)),
            )  # fmt: skip
            # Only now that the bytes are kept, and are still the same, may the inbox let go of them.
            if _last_change(path) == before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            failed.append(str(_inbox_error(path, error)))
        except HelhedsplanError as error:
            failed.append(str(error))
        else:
            found += [delivery_id] if is_new else []
    if failed:
        raise HelhedsplanError("\n".join(failed))
    return found


def _settled_entries(inbox: Path) -> list[Path]:
    """What lies in an inbox and is not being written any more: nobody may have changed it for a minute."""
    try:
        inbox.mkdir(parents=True, exist_ok=True)
        # Excel lays a file "~$name.xlsx" beside each workbook for as long as somebody has it open.
        entries = [path for path in sorted(inbox.iterdir()) if not path.name.startswith((".", "~$"))]
        return [path for path in entries if time.time() - _last_change(path) >= INBOX_SETTLES_SECONDS]
    except OSError as error:
        raise _inbox_error(inbox, error) from error


def _refuse_links(path: Path) -> None:
    """Raises DeliveryError for a link, or a folder with one: it may lead to anything that the run's user can read."""
    links = [one for one in (path, *([] if path.is_symlink() else path.rglob("*"))) if one.is_symlink()]
    if links:
        raise DeliveryError(
            "what lies in the inbox is a link, or has one in it, and none is followed",
            place=in_letters(str(path)),
            expected="the file itself",
            found=in_letters(", ".join(f"{one.name} -> {one.readlink()}" for one in links[:3])),
            do="lay the file there in the link's place; the other files of the source are taken in",
        )


def _owner(path: Path) -> str:
    """Whose file it is: the run that finds it has not handed it in."""
    try:
        return path.owner()
    except KeyError:
        return f"user {path.stat().st_uid}"


def _last_change(path: Path) -> float:
    """When a file, or the youngest file of a folder, was last changed (seconds since 1970); a link counts itself."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    return max(one.lstat().st_mtime for one in (path, *inside))


def _inbox_error(path: Path, error: OSError) -> HelhedsplanError:
    return HelhedsplanError(
        "the inbox cannot be read or emptied; what was received from it stays received",
        place=in_letters(str(error.filename or path)),
        expected="a folder that this user may read and remove files from",
        found=error.strerror or str(error),
        do="give this user write permission to the inbox, or remove the file by hand; then run refresh again",
    )


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
                last = _last_tableinfo(data, known, source.source_id, table.table_id)
                fetched = fetch_table(statbank, table, Path(folder), last)
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
    """Raise what failed as one error that knows each table's own, worth repeating if any of it is."""
    if not failed:
        return
    tables_by_problem: dict[str, list[str]] = {}
    for table_id, error in failed.items():
        tables_by_problem.setdefault(str(error), []).append(table_id)
    worth_repeating = any(isinstance(error, SourceUnavailableError) for error in failed.values())
    kind = SourceUnavailableError if worth_repeating else DeliveryError
    together = kind("\n".join(f"{', '.join(tables)}: {problem}" for problem, tables in tables_by_problem.items()))
    together.parts = {table_id: str(error) for table_id, error in failed.items()}
    raise together


def _last_tableinfo(data: DataDirectory, known: list[Delivery], source_id: str, table_id: str) -> Path | None:
    """What the table said of itself when it last came and could be used: after a bad answer it is asked again."""
    last = [
        one
        for one in known
        if (one.source_id, one.part_id) == (source_id, table_id) and not one.is_synthetic and not one.stopped
    ]
    if not last:
        return None
    return last[-1].snapshot(data).folder / "tableinfo.json"
