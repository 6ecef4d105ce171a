"""A small StatBank on 127.0.0.1 for tests: it answers with recorded bodies, and with every fault on request.

`with statbank_server(samples / "statbank") as server:` serves the folders <TABLE>/ with tableinfo.json and
data.csv or data.json; `server.base_url` goes into the contract. `server.fault["data"] = Answer(...)` replaces
the answer of a function; `server.asked` lists (function, body) of all requests. By hand:
`python -m tests.statbank_server samples/statbank` prints its address and serves until Enter.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

ERRORS = {
    "EXTRACT-NOTFOUND": (400, "Tabel findes ikke: {}"),
    "REQUEST-MISSING": (400, "Format ikke angivet, eller ikke gyldigt."),
    "EXTRACT-NOTALLOWED": (400, "Der skal vælges værdier for variabel: {}"),
    "REQUEST-EMPTY": (
        400,
        "Medsend gyldigt JSON-objekt når der postes. / Supply valid JSON-object when posting.",
    ),
    "REQUEST-NOTFOUND": (404, "Siden kan ikke findes. / Page not found."),
}
MEDIA_TYPES = {".json": "text/json; charset=utf-8", ".csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True)
class Answer:
    """What to answer, and how: `whole`; `cut` after half of the body, with or without a stated length; `silent`
    until the server stops; `drip`, a byte at a time.
    """

    status: int = 200
    body: bytes = b""
    manner: Literal["whole", "cut", "cut_without_length", "silent", "drip"] = "whole"


def refusal(code: str, subject: str = "") -> Answer:
    """An error as the service words it (recorded on 30 October 2025)."""
    status, message = ERRORS[code]
    body = {"errorTypeCode": code, "message": message.format(subject)}
    return Answer(status, json.dumps(body, ensure_ascii=False).encode())


@dataclass
class StatBankServer:
    """The running server, its faults by function (`tableinfo`, `data`), and what it was asked."""

    folder: Path
    base_url: str = ""
    fault: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def answer(self, function: str, body: bytes) -> Answer:
        """The answer to a request, checked as the service checks it."""
        try:
            question = json.loads(body)
        except ValueError:
            return refusal("REQUEST-EMPTY")
        self.asked.append((function, question))
        if function not in ("tableinfo", "data"):
            return refusal("REQUEST-NOTFOUND")
        if function in self.fault:
            return self.fault[function]
        folder = self.folder / question.get("table", "")
        if not (folder / "tableinfo.json").is_file():
            return refusal("EXTRACT-NOTFOUND", question.get("table", ""))
        if function == "tableinfo":
            return Answer(200, (folder / "tableinfo.json").read_bytes())
        return self._data(folder, question)

    @staticmethod
    def _data(folder: Path, question: dict[str, Any]) -> Answer:
        suffix = {"BULK": "csv", "CSV": "csv", "JSONSTAT": "json"}.get(question.get("format", ""))
        if suffix is None:
            return refusal("REQUEST-MISSING")
        chosen = {variable["code"] for variable in question.get("variables", [])}
        for variable in json.loads((folder / "tableinfo.json").read_bytes())["variables"]:
            if not variable["elimination"] and variable["id"] not in chosen:
                return refusal("EXTRACT-NOTALLOWED", variable["id"])
        return Answer(200, (folder / f"data.{suffix}").read_bytes())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    statbank: StatBankServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.statbank.answer(self.path.rsplit("/", 1)[-1], body)
        if answer.manner == "silent":
            self.statbank.stopping.wait()
            return
        self.close_connection = True
        self.send_response(answer.status)
        if answer.manner != "cut_without_length":
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.send_header("Content-Type", MEDIA_TYPES[".json" if answer.body[:1] == b"{" else ".csv"])
        self.end_headers()
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if answer.manner.startswith("cut"):
            self.wfile.write(answer.body[: len(answer.body) // 2])
        elif answer.manner == "drip":
            for byte in answer.body:
                if self.statbank.stopping.wait(0.01):
                    return
                self.wfile.write(bytes([byte]))
        else:
            self.wfile.write(answer.body)

    def log_message(self, *_words: object) -> None:
        """Say nothing: the tests read `asked`."""


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is what some tests are about."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def statbank_server(folder: Path) -> Iterator[StatBankServer]:
    """Run the server over a folder of tables, on a free port of this machine, until the block ends."""
    statbank = StatBankServer(folder)
    handler = type("Handler", (_Handler,), {"statbank": statbank})
    with _QuietServer(("127.0.0.1", 0), handler) as server:
        statbank.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield statbank
        finally:
            statbank.stopping.set()
            server.shutdown()


if __name__ == "__main__":
    with statbank_server(Path(sys.argv[1])) as running:
        input(f"StatBank for tests at {running.base_url}; Enter stops it.\n")
