"""Log lines of Prefect about a server that is gone: the reason in words, and no other error hidden."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import httpx
import pytest

from flows.serve_log import tell_in_words


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """What a logger of a library writes to its own handler while serve runs."""
    written = io.StringIO()
    handler, logger = logging.StreamHandler(written), logging.getLogger("a.library")
    before = [(one, list(one.filters)) for one in [*logging.root.handlers, *logging.getLogger("prefect").handlers]]
    logger.addHandler(handler)
    logger.propagate = False
    tell_in_words()
    yield written
    logger.removeHandler(handler)
    for one, filters in before:
        one.filters = filters


def fail(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "last_line", "has_traceback"),
    [
        (
            ConnectionRefusedError(111, "refused"),
            "watching 3 runs (ConnectionRefusedError: [Errno 111] refused)",
            False,
        ),
        (httpx.ReadTimeout("no answer"), "watching 3 runs (ReadTimeout: no answer)", False),
        (KeyError("state"), "KeyError: 'state'", True),
        (asyncio.CancelledError(), "", False),
    ],
)
def test_a_connection_that_failed_is_told_with_its_reason_and_any_other_error_whole(
    told, error, last_line, has_traceback
):
    try:
        fail(error)
    except BaseException:
        logging.getLogger("a.library").exception("watching %d runs", 3)
    assert told.getvalue().rstrip().rpartition("\n")[2] == last_line
    assert ("Traceback" in told.getvalue()) == has_traceback
