"""Runs a refresh in children of a process that has everything imported, so that they can be killed at any moment.

By hand: `python -m tests.end_to_end.children`, then a JSON object a line (see `Order`); it answers with what became
of the child. A child is killed from outside after `kill_after_seconds`, or ends itself at the `stage` that it meets.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from catalogue.errors import HelhedsplanError
from catalogue.load import Catalogue, load_catalogue

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PRELOADED = (
    "tasks.night", "tasks.reading.excel", "tasks.reading.delimited", "tasks.reading.json_documents",
    "tasks.reading.statbank", "tasks.reading.version", "tasks.report", "tasks.statbank", "duckdb_sqlalchemy",
    "great_expectations", "python_calamine", "altair", "vl_convert", "jinja2", "pandas", "pyarrow.parquet",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """One run: of which sources in which data directory, and what befalls it.

    `stage` is 'before' or 'after', then `module:function`, or `ledger` and a kind of entry.
    """

    data: str
    source_ids: tuple[str, ...]
    stage: str | None = None
    kill_after_seconds: float | None = None
    without_privileges: bool = False
    largest_file_bytes: int | None = None
    papers: bool = True


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code (negative: the signal that killed it), its problems, its error in parts."""

    code: int
    problems: tuple[str, ...] = ()
    is_new_publication: bool = False
    error: dict[str, str] | None = None


class Children:
    """The process that has everything imported, and its children."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, data: Path, *source_ids: str, **befalls: Any) -> Ended:
        """Run a refresh in a child and wait for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asdict(Order(str(data), source_ids, **befalls))), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return Ended(**answer | {"problems": tuple(answer["problems"])})


@contextmanager
def children() -> Iterator[Children]:
    """Start the process; it ends with the block."""
    command = [sys.executable, "-m", "tests.end_to_end.children"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(command, cwd=REPOSITORY, **pipes) as process:
        try:
            yield Children(process)
        finally:
            process.stdin.close()


def main() -> None:
    """Read orders until the end of the input."""
    for name in PRELOADED:
        importlib.import_module(name)
    catalogue = _without_outside_services(load_catalogue())
    _once_for_all(catalogue)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        print(json.dumps(asdict(_carry_out(order, catalogue)), default=str), flush=True)


def _without_outside_services(catalogue: Catalogue) -> Catalogue:
    """The catalogue with StatBank at an address of this machine where nobody answers."""
    sources = []
    for source in catalogue.sources:
        nowhere = source.statbank and source.statbank.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
        sources.append(source.model_copy(update={"statbank": nowhere}))
    return replace(catalogue, sources=tuple(sources))


def _once_for_all(catalogue: Catalogue) -> None:
    """A night that nothing befalls: what is prepared when it is first used is there for every child."""
    from tqdm import tqdm

    from tasks.night import refresh
    from warehouse.paths import DataDirectory

    samples, tqdm.monitor_interval = REPOSITORY / "samples", 0
    with TemporaryDirectory() as folder:
        refresh(DataDirectory(Path(folder)), catalogue, actor="child", source_ids=["ministry_list"], samples=samples,
                papers=False)  # fmt: skip
    # A child has no thread but its own, and could wait for ever for what another one holds.
    assert threading.active_count() == 1
    gc.freeze()


def _carry_out(order: Order, catalogue: Catalogue) -> Ended:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(_in_the_child(order, catalogue, writing))
    os.close(writing)
    _kill_in_time(child, order.kill_after_seconds)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code, **json.loads(told)) if told and code >= 0 else Ended(code)


def _kill_in_time(child: int, seconds: float | None) -> None:
    if seconds is None:
        return
    descriptor = os.pidfd_open(child)
    ended, _, _ = select.select([descriptor], [], [], seconds)
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(descriptor)


def _in_the_child(order: Order, catalogue: Catalogue, writing: int) -> int:
    code, told = 3, {}
    try:
        if order.stage:
            _die_at(order.stage)
        if order.largest_file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (order.largest_file_bytes, order.largest_file_bytes))
        if order.without_privileges:
            _give_up_privileges()
        code, told = _refreshed(order, catalogue)
    except BaseException:  # noqa: BLE001 - the child ends here; the test reads what it says
        told = {"error": {"traceback": traceback.format_exc()}}
    os.write(writing, json.dumps(told).encode())
    return code


def _give_up_privileges() -> None:
    """Root obeys the permissions of files from now on, as everybody else does; nobody else has any to give up."""
    if os.geteuid() != 0:
        return
    version_3_of_this_process = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none_effective_permitted_or_inheritable = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(version_3_of_this_process, none_effective_permitted_or_inheritable):
        raise OSError(ctypes.get_errno(), "capset")


def _refreshed(order: Order, catalogue: Catalogue) -> tuple[int, dict[str, Any]]:
    from tasks.night import refresh
    from warehouse.paths import DataDirectory

    data = DataDirectory(Path(order.data))
    try:
        summary = refresh(data, catalogue, actor="child", source_ids=order.source_ids, papers=order.papers)
    except HelhedsplanError as error:
        parts = {name: getattr(error, name) for name in ("what", "place", "expected", "found", "do")}
        return 1, {"error": parts | {"kind": type(error).__name__}}
    return summary.exit_code, {"problems": summary.problems, "is_new_publication": summary.is_new_publication}


def _die_at(stage: str) -> None:
    when, where, *kind = stage.split(" ")
    if where == "ledger":
        from warehouse.ledger import Ledger

        Ledger.append = _deadly(Ledger.append, when, lambda arguments: arguments[1] == kind[0])
        return
    module_name, _, function = where.partition(":")
    module = importlib.import_module(module_name)
    setattr(module, function, _deadly(getattr(module, function), when, lambda _: True))


def _deadly(original: Callable[..., Any], when: str, is_meant: Callable[[tuple[Any, ...]], bool]) -> Callable[..., Any]:
    def dies(*arguments: Any, **named: Any) -> Any:
        meant = is_meant(arguments)
        if meant and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return dies


if __name__ == "__main__":
    main()
