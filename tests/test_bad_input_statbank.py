"""A StatBank that fails in every way at once, taken through a whole night, and the night when it is well again.

Each of its five tables has a fault of its own, first when it is described, then when its figures are asked for.
What the client makes of each fault is in test_statbank_client.py and test_statbank_refusals.py.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalogue.load import Catalogue
from tasks.summary import RunSummary
from tests.deliveries_for_tests import ask, entries_of, marts, run, small_data, the_catalogue
from tests.statbank_server import Answer, StatBankServer, refusal, statbank_server
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
# A busy machine must answer in time what is not at fault; in a night of faults one table is waited for in vain.
PATIENCE_SECONDS, IN_A_NIGHT_OF_FAULTS = 60.0, 2.0


@pytest.fixture(scope="module")
def server(repository_root, tmp_path_factory) -> Iterator[StatBankServer]:
    """A StatBank over a copy of the samples, so that its tables may be changed."""
    folder = tmp_path_factory.mktemp("statbank") / "tables"
    shutil.copytree(repository_root / "samples" / "statbank", folder)
    with statbank_server(folder) as running:
        yield running


def catalogue_asking_for_figures_at(server: StatBankServer, timeout_seconds: float) -> Catalogue:
    """The catalogue with the address of this machine's StatBank, and so much patience."""
    real = the_catalogue()
    statbank = real.source("statbank").statbank.model_copy(
        update={"base_url": server.base_url, "timeout_seconds": timeout_seconds}
    )
    sources = [
        one.model_copy(update={"statbank": statbank}) if one.source_id == "statbank" else one for one in real.sources
    ]
    return dataclasses.replace(real, sources=tuple(sources))


@dataclass(frozen=True)
class Night:
    """One night: what it said, and what it left."""

    summary: RunSummary
    problem: str
    marts: dict[str, list[tuple[Any, ...]]]
    freshness: dict[str, tuple[str, bool]]
    kinds: list[str]


@pytest.fixture(scope="module")
def data(tmp_path_factory, server) -> DataDirectory:
    """A data directory with a good publication, whose StatBank figures came over HTTP."""
    data = small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("fetched") / "data")
    summary = run(data, "statbank", catalogue=catalogue_asking_for_figures_at(server, PATIENCE_SECONDS))
    assert (summary.problems, summary.is_new_publication) == ((), True)
    return data


@pytest.fixture(scope="module")
def a_night(data, server):
    def night(timeout_seconds: float = PATIENCE_SECONDS) -> Night:
        so_far = len(entries_of(data))
        summary = run(data, "statbank", catalogue=catalogue_asking_for_figures_at(server, timeout_seconds))
        query = (
            "SELECT part_id, state, last_good_delivery_id IS NOT NULL FROM mart.freshness WHERE source_id = 'statbank'"
        )
        return Night(
            summary=summary,
            problem="\n".join(summary.problems),
            marts=marts(data),
            freshness={part: (state, has_good) for part, state, has_good in ask(data, query)},
            kinds=[one.kind for one in entries_of(data)[so_far:]],
        )

    return night


def faults_by_table(server: StatBankServer, faults: dict[str, tuple[str, Answer]]) -> None:
    """Let the server answer each table's question to one function with a fault of its own."""

    def answer(function: str, body: bytes) -> Answer:
        good = StatBankServer.answer(server, function, body)
        wanted, fault = faults.get(json.loads(body).get("table", ""), ("", good))
        return fault if function == wanted else good

    server.answer = answer


def change_table(folder: Path, change=dict) -> None:
    """Change a table's description (`change` is given it), which also says that it was updated since."""
    path = folder / "tableinfo.json"
    described = json.loads(path.read_bytes())
    described["updated"] = "2026-11-20T08:00:00"
    change(described)
    path.write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")


@pytest.fixture(scope="module")
def nights(data, server, a_night) -> dict[str, Night]:
    """The nights in their order: nothing new, five faults, five more, the same again, and well with new figures."""
    table = (server.folder / "KVRES" / "tableinfo.json").read_bytes()
    found = {"before": a_night()}
    faults_by_table(
        server,
        {
            "FVKOM": ("tableinfo", refusal("EXTRACT-NOTFOUND", "FVKOM")),
            "KVRES": ("tableinfo", Answer(500, b"<html>Internal Server Error</html>")),
            "HFUDD21": ("tableinfo", Answer(manner="silent")),
            "NEET1": ("tableinfo", Answer(200, table, manner="cut")),
            "RAS209": ("tableinfo", refusal("REQUEST-NOTFOUND")),
        },
    )
    found["tableinfo"] = a_night(IN_A_NIGHT_OF_FAULTS)
    for name in ("FVKOM", "KVRES", "HFUDD21", "NEET1"):
        change_table(server.folder / name)
    change_table(server.folder / "RAS209", lambda described: described["variables"].pop(1))
    faults_by_table(
        server,
        {
            "FVKOM": ("data", refusal("EXTRACT-NOTALLOWED", "VALRES")),
            "KVRES": ("data", Answer(503)),
            "HFUDD21": ("data", Answer(200, (server.folder / "HFUDD21" / "data.csv").read_bytes(), manner="cut")),
            "NEET1": ("data", Answer(manner="silent")),
        },
    )
    found["data"] = a_night(IN_A_NIGHT_OF_FAULTS)
    found["data again"] = a_night(IN_A_NIGHT_OF_FAULTS)
    del server.answer
    shutil.copy(
        Path(__file__).parent.parent / "samples" / "statbank" / "RAS209" / "tableinfo.json", server.folder / "RAS209"
    )
    change_table(server.folder / "RAS209")
    figures = (server.folder / "FVKOM" / "data.csv").read_text("utf-8")
    (server.folder / "FVKOM" / "data.csv").write_text(figures.replace(";VAELG;2026;60670", ";VAELG;2026;.."), "utf-8")
    found["well again"] = a_night()
    return found


FAULTS = {
    ("tableinfo", "FVKOM"): "HTTP 400 EXTRACT-NOTFOUND: Tabel findes ikke: FVKOM",
    ("tableinfo", "KVRES"): "HTTP 500 <html>Internal Server Error</html>",
    ("tableinfo", "HFUDD21"): "no answer in time (ReadTimeout)",
    ("tableinfo", "NEET1"): "peer closed connection",
    ("tableinfo", "RAS209"): "HTTP 404 REQUEST-NOTFOUND",
    ("data", "FVKOM"): "HTTP 400 EXTRACT-NOTALLOWED: Der skal vælges værdier for variabel: VALRES",
    ("data", "KVRES"): "HTTP 503",
    ("data", "HFUDD21"): "peer closed connection",
    ("data", "NEET1"): "no answer in time (ReadTimeout)",
    ("data", "RAS209"): "område, socioøkonomisk status, alder, køn, tid",
}


@pytest.mark.parametrize(("function", "table"), FAULTS)
def test_each_fault_is_told_with_its_table_and_what_to_do(nights, function, table):
    (told,) = [part for part in problems_by_table(nights[function].problem) if table in part[0]]
    _, problem = told
    assert FAULTS[function, table] in problem
    for label in ("where:", "expected:", "found:", "do this:"):
        assert label in problem


def problems_by_table(problem: str) -> list[tuple[str, str]]:
    """(tables, what went wrong) of each part of the message."""
    found: list[tuple[str, str]] = []
    for line in problem.removeprefix("statbank: ").splitlines():
        if not line.startswith("  "):
            found.append((line.partition(": ")[0], ""))
        found[-1] = (found[-1][0], f"{found[-1][1]}\n{line}")
    return found


@pytest.mark.parametrize("night", ["tableinfo", "data", "data again"])
def test_nothing_is_received_the_run_fails_and_every_figure_stands(nights, night, data, request):
    found = nights[night]
    assert found.summary.exit_code == 1
    assert "delivery_received" not in found.kinds
    assert found.kinds.count("source_failed") == 1
    assert found.marts == nights["before"].marts
    assert set(found.freshness.values()) == {("stopped", True)}


def test_a_night_in_which_no_table_was_updated_is_nothing_new(nights):
    assert (nights["before"].summary.exit_code, nights["before"].summary.is_new_publication) == (0, False)


def test_the_same_faults_another_night_are_no_new_publication(nights):
    assert nights["data again"].summary.is_new_publication is False


def test_the_night_when_it_is_well_again_brings_what_had_changed(nights, data):
    well = nights["well again"]
    assert well.summary.problems == ()
    assert well.kinds.count("delivery_received") == 5
    # Whether a table is late follows from when its publisher last changed it, not from tonight.
    assert {state for state, _ in well.freshness.values()} <= {"fresh", "due", "late"}
    assert all(has_good for _, has_good in well.freshness.values())


def test_a_withheld_figure_is_shown_as_withheld_and_never_as_a_number(nights, data):
    query = """SELECT numerator, value, missing_reason FROM mart.indicator_series WHERE area_level = 'municipality'
        AND indicator_id = 'statbank_turnout_general_election' AND period = 'FV-2026-03-24'"""
    assert ask(data, query) == [(48206.0, None, "withheld_by_source")]
