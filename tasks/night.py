"""The order of a run, told once: fetch, read, check, approve, build, check the marts, publish, report.

How a unit of work is called (plainly, or as a task of an orchestrator) is the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from catalogue.errors import DeliveryError, HelhedsplanError, LedgerError
from catalogue.load import Catalogue
from tasks.check import preload
from tasks.context import Caller, Night, Plain
from tasks.expectations import understand_all
from tasks.fetch import fetch_source
from tasks.not_begun import noted_if_not_begun
from tasks.process import process_delivery
from tasks.publication import publish_what_is_new
from tasks.summary import RunSummary, summarise
from tasks.waves import waiting_waves
from warehouse.deliveries import deliveries
from warehouse.ledger import Entry, Ledger
from warehouse.lock import A_MOMENT_SECONDS, writing
from warehouse.paths import DataDirectory
from warehouse.publish import settle


def refresh(  # noqa: PLR0913 - what a run may be asked for
    data: DataDirectory,
    catalogue: Catalogue,
    *,
    actor: str,
    source_ids: Sequence[str] | None = None,
    samples: Path | None = None,
    call: Caller | None = None,
    force: bool = False,
    period: str | None = None,
    papers: bool = True,
    because: str = "",
    patience_seconds: float = A_MOMENT_SECONDS,
    is_expected: bool = False,
) -> RunSummary:
    """Run a refresh from fetch to report and return what came of it.

    `force` reads and checks these sources' deliveries again from their snapshots, with `period` only those that carry
    that period; the marts must come out the same, and the summary lists what does not. `because` stands in the ledger
    as the run's reason. Without `papers` no report is written, which takes most of a run's time; the next run with
    them writes it. Where a run `is_expected`, the ledger is told why it did not begin. A source that fails is told in
    the summary and leaves its last good figures in place. Raises LockHeldError while another run is at work and
    `patience_seconds` have passed, PublicationBlockedError where a mart fails a critical check, HelhedsplanError where
    nothing can be written.
    """
    chosen = tuple(source_ids or (source.source_id for source in catalogue.sources))
    for source_id in chosen:
        catalogue.source(source_id)
    with _in_words(data), ExitStack() as turn:
        with noted_if_not_begun(data, actor, is_expected=is_expected):
            understand_all({source.source_id: source.holds for source in catalogue.sources})
            data.prepare()
            turn.enter_context(writing(data, actor, patience_seconds))
            more = {"rerun": True, "period": period} if force else {}
            started = _begin(data, actor, samples, chosen, more, because)
        night = Night(
            data=data, catalogue=catalogue, actor=actor, run_id=started.body["run_id"], as_of=started.time,
            call=call or Plain(), source_ids=chosen, samples=samples, force=force,
            period=period, papers=papers,
        )  # fmt: skip
        try:
            return _run(night)
        except BaseException as error:
            # Where the ledger cannot be written either, the first error is the one that explains.
            with suppress(LedgerError):
                _end(night, "failed", f"{type(error).__name__}: {error}")
            raise


@contextmanager
def _in_words(data: DataDirectory) -> Iterator[None]:
    """Whatever the operating system refuses, wherever in a run, is said to a person."""
    try:
        yield
    except OSError as error:
        raise HelhedsplanError(
            "the run could not read or write a file, and ended; the last publication stands",
            place=str(error.filename or data.root),
            expected="a data directory that this user may write to, on a disk with room",
            found=error.strerror or str(error),
            do="free disk space or give this user write permission, then run refresh again; nothing received is lost",
        ) from error


def _begin(
    data: DataDirectory,
    actor: str,
    samples: Path | None,
    chosen: Sequence[str],
    more: dict[str, object],
    because: str,
) -> Entry:
    ledger = Ledger(data.ledger)
    entries = ledger.entries()
    if samples is not None:
        _keep_samples_apart(data, ledger, entries, actor)
    settle(data, entries)
    number = sum(entry.kind == "run_started" for entry in entries) + 1
    body = {"run_id": f"run-{number:06d}", "source_ids": list(chosen), "samples": samples is not None}
    return ledger.append("run_started", body | more, actor=actor, reason=because)


def _keep_samples_apart(data: DataDirectory, ledger: Ledger, entries: Sequence[Entry], actor: str) -> None:
    if any(entry.kind == "data_directory_marked" for entry in entries):
        return
    if entries:
        raise HelhedsplanError(
            "samples must not be mixed with real deliveries",
            place=str(data.root),
            expected="an empty data directory, or one that was begun with samples",
            found=f"a ledger with {len(entries)} entries of real work",
            do="name another data directory in HELHEDSPLAN_DATA, or run without --samples",
        )
    ledger.append("data_directory_marked", {"mark": "sample"}, actor=actor, reason="begun with samples")


def _run(night: Night) -> RunSummary:
    # What is run again comes from the snapshots; a night takes in what is new.
    if not night.force:
        _fetch(night)
    waves = waiting_waves(night)
    if waves:
        preload()
    for wave in waves:
        _process(night, wave)
    published = night.call.once(lambda: publish_what_is_new(night), name="build and publish")
    summary = summarise(night, published)
    _end(night, "published" if published.is_new else "nothing new", "")
    return summary


def _fetch(night: Night) -> None:
    def fetch(source_id: str) -> list[str]:
        try:
            return fetch_source(night.data, night.catalogue, source_id, actor=night.actor, samples=night.samples)
        except (HelhedsplanError, OSError):
            raise
        except Exception as found:
            raise DeliveryError(
                "a source could not be fetched, in a way that the program does not know itself",
                place=source_id,
                found=f"{type(found).__name__}: {found}",
                do="look at what lies in its inbox; if that is as it should be, report a fault of the program",
            ) from found

    results = night.call.each(fetch, night.source_ids, name="fetch {}", may_retry=True)
    for source_id, result in zip(night.source_ids, results, strict=True):
        if isinstance(result, HelhedsplanError):
            night.failed(source_id, result)


def _process(night: Night, wave: Sequence[str]) -> None:
    known = deliveries(night.ledger.entries())
    results = night.call.each(lambda one: process_delivery(night, one), wave, name="read and check {}")
    for delivery_id, result in zip(wave, results, strict=True):
        if isinstance(result, HelhedsplanError):
            night.failed(known[delivery_id].source_id, result, delivery_id)


def _end(night: Night, outcome: str, found: str) -> None:
    body = {"run_id": night.run_id, "outcome": outcome, "found": found, "problems": list(night.problems)}
    night.ledger.append("run_finished", body, actor=night.actor)
