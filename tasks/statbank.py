"""The live StatBank client: one table's description and data, as answered, into files.

It asks once and retries nothing: SourceUnavailableError says that a later try may help, DeliveryError
that the contract or the table must change first.
"""

from __future__ import annotations

import json
import shutil
from math import prod
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from catalogue.errors import DeliveryError, HelhedsplanError, SourceUnavailableError
from catalogue.statbank import StatBank, StatBankTable
from tasks.network_words import in_words
from tasks.reading.tableinfo import REQUEST, TABLEINFO, Resolved, TableInfo, read_tableinfo, resolve

MOST_CELLS_UNLESS_STREAMED = 1_000_000
_DATA_FILES = {"BULK": "data.csv", "CSV": "data.csv", "JSONSTAT": "data.json"}
_LATER_MAY_HELP = {408, 425, 429}
_ERROR_BYTES = 1 << 16
# An answer as a whole may take this many times the contract's timeout, which is for each silence in it.
_WHOLE_ANSWER_TIMES = 10


def fetch_table(
    contract: StatBank, table: StatBankTable, folder: Path, last_tableinfo: Path | None = None
) -> Path | None:
    """Fetch a table into `folder/<table_id>`: tableinfo.json, request.json and data.csv or data.json.

    Returns that folder, or None where the table is as `last_tableinfo` (the file that the last fetch left)
    has it. Raises SourceUnavailableError (5xx, no answer in time, a cut connection) and DeliveryError (a
    refused request, a table whose variables changed). Source: api.statbank.dk, functions tableinfo and data.
    """
    home = folder / table.table_id
    try:
        home.mkdir(parents=True)
        with _client(contract) as client:
            is_new = _fetch_into(client, home, contract, table, last_tableinfo)
    except OSError as error:
        raise HelhedsplanError(
            "StatBank's answer could not be written",
            place=str(error.filename or home),
            found=error.strerror or str(error),
            do="free disk space or correct the permissions, then run again",
        ) from error
    return home if is_new else None


def _client(contract: StatBank) -> httpx.Client:
    # Bodies are kept as they were answered, so no compression is asked for.
    headers = {"User-Agent": "helhedsplan", "Accept-Encoding": "identity"}
    return httpx.Client(base_url=contract.base_url.rstrip("/") + "/", headers=headers, timeout=contract.timeout_seconds)


def _fetch_into(
    client: httpx.Client, home: Path, contract: StatBank, table: StatBankTable, last_tableinfo: Path | None
) -> bool:
    question = {"table": table.table_id, "lang": contract.language, "format": "JSON"}
    _post(client, "tableinfo", question, home / TABLEINFO)
    info = _described(client, home, table)
    request = data_request(contract, table, resolve(table, info))
    request_text = json.dumps(request, ensure_ascii=False, indent=1) + "\n"
    if last_tableinfo is not None and _is_known(info, request_text, last_tableinfo):
        shutil.rmtree(home)
        return False
    (home / REQUEST).write_text(request_text, encoding="utf-8")
    _post(client, "data", request, home / _DATA_FILES[table.data_format])
    return True


def _described(client: httpx.Client, home: Path, table: StatBankTable) -> TableInfo:
    try:
        info = read_tableinfo(home / TABLEINFO)
    except DeliveryError as error:
        raise _unavailable(client, "tableinfo", error.found) from error
    if info.table_id != table.table_id:
        raise _unavailable(client, "tableinfo", f"the description of table {info.table_id}")
    return info


def _is_known(info: TableInfo, request_text: str, last_tableinfo: Path) -> bool:
    """Whether the last fetch already brought this: the same time of change, and the same question."""
    last_request = last_tableinfo.with_name(REQUEST)
    asked_alike = not last_request.is_file() or last_request.read_text(encoding="utf-8") == request_text
    return asked_alike and read_tableinfo(last_tableinfo).updated == info.updated


def data_request(contract: StatBank, table: StatBankTable, resolved: Resolved) -> dict[str, Any]:
    """The body of a request to `data`. Raises DeliveryError where it asks for more than is allowed."""
    chosen = {**resolved.selected(), resolved.area.variable_id: list(resolved.areas)}
    chosen[resolved.time.variable_id] = list(table.times)
    _refuse_too_many_cells(table, resolved, chosen)
    return {
        "table": table.table_id,
        "format": table.data_format,
        "lang": contract.language,
        "valuePresentation": "Code",
        "variables": [{"code": one.variable_id, "values": chosen[one.variable_id]} for one in resolved.variables],
    }


def _refuse_too_many_cells(table: StatBankTable, resolved: Resolved, chosen: dict[str, list[str]]) -> None:
    """BULK is streamed without a limit; the other formats are not."""
    known = resolved.time.values
    times = len(table.times) if all(time in known for time in table.times) else len(known)
    cells = times * prod(len(ids) for name, ids in chosen.items() if name != resolved.time.variable_id)
    if table.data_format != "BULK" and cells > MOST_CELLS_UNLESS_STREAMED:
        raise DeliveryError(
            f"the contract asks StatBank table {table.table_id} for too much at once",
            place=f"table {table.table_id}, data_format {table.data_format}",
            expected=f"at most {MOST_CELLS_UNLESS_STREAMED:,} cells",
            found=f"{cells:,} cells",
            do="choose data_format BULK, or fewer areas, times or values",
        )


def _post(client: httpx.Client, function: str, question: dict[str, Any], target: Path) -> None:
    try:
        with client.stream("POST", function, json=question) as response:
            if response.status_code != httpx.codes.OK:
                raise _refused(client, function, response)
            _write(client, function, response, target)
    except httpx.TimeoutException as error:
        raise _unavailable(client, function, f"no answer in time ({type(error).__name__})") from error
    except httpx.HTTPError as error:
        found = in_words(error, client.base_url.host) or str(error) or type(error).__name__
        raise _unavailable(client, function, found) from error


def _write(client: httpx.Client, function: str, response: httpx.Response, target: Path) -> None:
    """Stream the body into a file; a body that ends too early is no answer."""
    seconds = (client.timeout.read or 0) * _WHOLE_ANSWER_TIMES
    end, last = monotonic() + seconds, b""
    with target.open("wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)
            last = chunk or last
            if monotonic() > end:
                raise _unavailable(client, function, f"an answer that was not complete after {seconds:g} seconds")
    if not last.strip():
        raise _unavailable(client, function, "an empty answer")
    # With a length or in chunks, httpx notices a cut connection itself.
    says_its_end = "content-length" in response.headers or "transfer-encoding" in response.headers
    if not says_its_end and not last.endswith((b"\n", b"}")):
        raise _unavailable(client, function, "an answer that stops in the middle")


def _refused(client: httpx.Client, function: str, response: httpx.Response) -> HelhedsplanError:
    found = f"HTTP {response.status_code} {_quoted_error(response)}".strip()
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or response.status_code in _LATER_MAY_HELP:
        return _unavailable(client, function, found)
    return DeliveryError(
        "StatBank refused the request",
        place=f"{client.base_url}{function}",
        expected="an answer to the request that the contract makes",
        found=found,
        do="correct the table in its contract under catalogue/sources/; trying again will not help",
    )


def _quoted_error(response: httpx.Response) -> str:
    """The service's own words: errorTypeCode and message, or the beginning of what it sent instead."""
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _ERROR_BYTES:
            break
    try:
        stated = json.loads(body)
        return f"{stated['errorTypeCode']}: {stated['message']}"
    except (ValueError, KeyError, TypeError):
        return " ".join(body.decode(errors="replace").split())[:200]


def _unavailable(client: httpx.Client, function: str, found: str) -> SourceUnavailableError:
    return SourceUnavailableError(
        "StatBank did not answer as agreed",
        place=f"{client.base_url}{function}",
        expected="a complete answer",
        found=found,
        do="nothing: it is asked again in the next run; what was received before stays in place",
    )
