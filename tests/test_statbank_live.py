"""StatBank from end to end but for the checks: fetched over HTTP, kept, read; and a night with nothing new."""

import dataclasses

import duckdb
import pytest

from catalogue.errors import SourceUnavailableError
from catalogue.load import load_catalogue
from tasks.fetch import fetch_source
from tasks.read import read_delivery
from tests.statbank_server import Answer, statbank_server
from warehouse.deliveries import deliveries
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory


@pytest.fixture
def server(repository_root):
    with statbank_server(repository_root / "samples" / "statbank") as running:
        yield running


@pytest.fixture
def catalogue(server):
    """The real catalogue, with the address of this machine's StatBank."""
    real = load_catalogue()
    statbank = real.source("statbank").statbank.model_copy(update={"base_url": server.base_url})
    sources = [
        one.model_copy(update={"statbank": statbank}) if one.source_id == "statbank" else one for one in real.sources
    ]
    return dataclasses.replace(real, sources=tuple(sources))


@pytest.fixture
def fetch(catalogue, data_folder):
    return lambda: fetch_source(DataDirectory(data_folder), catalogue, "statbank", actor="test")


def received(data_folder):
    return deliveries(Ledger(DataDirectory(data_folder).ledger).entries())


def test_each_table_becomes_a_delivery_of_its_own_and_is_read(fetch, catalogue, data_folder):
    assert len(fetch()) == 5
    found = received(data_folder).values()
    assert [one.part_id for one in found] == ["FVKOM", "KVRES", "HFUDD21", "NEET1", "RAS209"]
    readings = {one.part_id: read_delivery(DataDirectory(data_folder), catalogue, one) for one in found}
    assert {part: (one.rows_in, one.is_synthetic) for part, one in readings.items()} == {
        "FVKOM": (2, False),
        "KVRES": (4, True),
        "HFUDD21": (8, True),
        "NEET1": (8, True),
        "RAS209": (8, True),
    }
    query = f"SELECT period, numerator, denominator FROM '{readings['FVKOM'].path}'"
    assert duckdb.sql(query).fetchall() == [("FV-2022-11-01", 47946, 60183), ("FV-2026-03-24", 48206, 60670)]


def test_a_second_night_asks_for_descriptions_only_and_finds_nothing_new(fetch, server):
    fetch()
    server.asked.clear()
    assert fetch() == []
    assert [function for function, _ in server.asked] == ["tableinfo"] * 5


def test_a_service_that_fails_in_the_middle_keeps_what_had_come(fetch, server, data_folder):
    def fail_from_the_third_table(function, body, answer=server.answer):
        good = answer(function, body)
        return Answer(503) if len(server.asked) > 4 else good

    server.answer = fail_from_the_third_table
    with pytest.raises(SourceUnavailableError):
        fetch()
    assert [one.part_id for one in received(data_folder).values()] == ["FVKOM", "KVRES"]
    del server.answer
    assert len(fetch()) == 3
