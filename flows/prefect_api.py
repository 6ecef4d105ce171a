"""Prefect's server asked over HTTP; while it is merely busy it is asked again.

With SQLite it answers 503 where its database is locked at that moment. Prefect's own client asks once more after two
seconds; nothing that a person is to see may be lost for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

Answer = TypeVar("Answer")
BUSY = 503
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.5


def ask(api_url: str, path: str, *, method: str = "POST", **body: Any) -> Any:
    """The server's answer to a question (None if it is empty). Raises httpx.HTTPError where it gives none."""

    def send() -> httpx.Response:
        answer = httpx.request(method, f"{api_url.rstrip('/')}/{path}", json=body, timeout=10)
        return answer.raise_for_status()

    answer = while_busy(send)
    return answer.json() if answer.content else None


def while_busy(send: Callable[[], Answer]) -> Answer:
    """What `send` gives, which is called again for ten seconds where the server says that it is busy."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return send()
        except httpx.HTTPStatusError as error:  # Prefect's own are of this kind, too
            if error.response.status_code != BUSY or time.monotonic() >= give_up:
                raise
        time.sleep(PAUSE_SECONDS)
