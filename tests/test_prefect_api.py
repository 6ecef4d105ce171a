"""What asks Prefect's server over HTTP asks again while it is busy, and no longer than that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from flows import prefect_api
from flows.prefect_api import ask


@contextmanager
def server_that_says(*statuses: int) -> Iterator[tuple[str, list[dict]]]:
    """A server that answers with these statuses in turn, the last one for good; and what it was asked."""
    asked: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = statuses[min(len(asked), len(statuses)) - 1]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b'{"is": "there"}')

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _without_a_pause(monkeypatch):
    monkeypatch.setattr(prefect_api, "PAUSE_SECONDS", 0)


def test_a_server_whose_database_is_locked_is_asked_again():
    with server_that_says(503, 503, 200) as (api_url, asked):
        assert ask(api_url, "deployments/filter", limit=1) == {"is": "there"}
    assert asked == [{"limit": 1}] * 3


def test_what_is_no_matter_of_waiting_is_told_at_once():
    with server_that_says(404) as (api_url, asked), pytest.raises(httpx.HTTPStatusError):
        ask(api_url, "deployments/filter")
    assert len(asked) == 1


def test_a_server_that_stays_busy_is_given_up(monkeypatch):
    monkeypatch.setattr(prefect_api, "PATIENCE_SECONDS", 0)
    with server_that_says(503) as (api_url, asked), pytest.raises(httpx.HTTPStatusError):
        ask(api_url, "deployments/filter")
    assert len(asked) == 1
