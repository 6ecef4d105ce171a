"""The live StatBank client against a server on this machine that answers as recorded, and with every fault."""

import json
import socket
from pathlib import Path

import httpx
import pytest

from catalogue.errors import DeliveryError, HelhedsplanError, SourceUnavailableError
from catalogue.statbank import StatBank, StatBankTable
from tasks import statbank
from tasks.network_words import in_words
from tasks.statbank import MOST_CELLS_UNLESS_STREAMED, REQUEST, fetch_table
from tests.reading_of import contract_of
from tests.statbank_server import ERRORS, Answer, StatBankServer, refusal, statbank_server


@pytest.fixture
def server(repository_root):
    with statbank_server(repository_root / "samples" / "statbank") as running:
        yield running


@pytest.fixture
def contract(server) -> StatBank:
    return contract_of("statbank").statbank.model_copy(update={"base_url": server.base_url, "timeout_seconds": 60.0})


def table_of(contract: StatBank, table_id: str) -> StatBankTable:
    return next(table for table in contract.tables if table.table_id == table_id)


def body(repository_root: Path, table_id: str, name: str) -> bytes:
    return (repository_root / "samples" / "statbank" / table_id / name).read_bytes()


def changed_tableinfo(repository_root: Path, table_id: str, change) -> Answer:
    described = json.loads(body(repository_root, table_id, "tableinfo.json"))
    change(described)
    return Answer(200, json.dumps(described).encode())


@pytest.mark.parametrize("table_id", ["FVKOM", "KVRES", "HFUDD21", "NEET1", "RAS209"])
def test_a_tables_bodies_are_kept_unchanged(contract, server, repository_root, tmp_path, table_id):
    fetched = fetch_table(contract, table_of(contract, table_id), tmp_path)
    assert fetched is not None
    data = "data.json" if table_id == "NEET1" else "data.csv"
    assert sorted(path.name for path in fetched.iterdir()) == sorted([data, REQUEST, "tableinfo.json"])
    for name in (data, "tableinfo.json"):
        assert (fetched / name).read_bytes() == body(repository_root, table_id, name)


def test_tableinfo_is_asked_first_and_gives_the_ids_of_the_second_question(contract, server, tmp_path):
    fetch_table(contract, table_of(contract, "HFUDD21"), tmp_path)
    (first, question), (second, request) = server.asked
    assert (first, second) == ("tableinfo", "data")
    assert question == {"table": "HFUDD21", "lang": "da", "format": "JSON"}
    assert (request["format"], request["valuePresentation"]) == ("BULK", "Code")
    assert {one["code"]: one["values"] for one in request["variables"]} == {
        "BOPOMR": ["330"],
        "HERKOMST": ["TOT"],
        "HFUDD": ["H10", "TOT"],
        "IGUDD": ["00", "TOT"],
        "ALDER": [str(age) for age in range(18, 30)],
        "KØN": ["TOT"],
        "Tid": ["*"],
    }


def test_ids_follow_the_table_and_not_the_contract(contract, server, repository_root, tmp_path):
    def rename(described):
        described["variables"][1]["id"] = "VALRESULTAT"

    server.fault["tableinfo"] = changed_tableinfo(repository_root, "KVRES", rename)
    server.fault["data"] = Answer(200, b"x\r\n")
    fetch_table(contract, table_of(contract, "KVRES"), tmp_path)
    assert [one["code"] for one in server.asked[1][1]["variables"]] == ["OMRÅDE", "VALRESULTAT", "Tid"]


def test_a_table_that_was_not_updated_is_nothing_new_and_its_data_are_not_asked_for(contract, server, tmp_path):
    first = fetch_table(contract, table_of(contract, "FVKOM"), tmp_path / "first")
    server.asked.clear()
    second = fetch_table(contract, table_of(contract, "FVKOM"), tmp_path / "second", first / "tableinfo.json")
    assert second is None
    assert [function for function, _ in server.asked] == ["tableinfo"]
    assert list((tmp_path / "second").iterdir()) == []


def test_a_table_that_was_updated_is_fetched_again(contract, server, repository_root, tmp_path):
    first = fetch_table(contract, table_of(contract, "FVKOM"), tmp_path / "first")
    server.fault["tableinfo"] = changed_tableinfo(
        repository_root, "FVKOM", lambda described: described.update(updated="2026-04-10T08:00:00")
    )
    assert fetch_table(contract, table_of(contract, "FVKOM"), tmp_path / "second", first / "tableinfo.json")


def test_a_contract_that_asks_for_more_fetches_again_though_the_table_is_the_same(contract, tmp_path):
    table = table_of(contract, "FVKOM")
    first = fetch_table(contract, table, tmp_path / "first")
    wider = table.model_copy(update={"areas": ("330", "340")})
    assert fetch_table(contract, wider, tmp_path / "second", first / "tableinfo.json")


def test_a_delivery_without_its_question_is_judged_by_its_time_of_change_alone(contract, repository_root, tmp_path):
    by_hand = repository_root / "samples" / "statbank" / "FVKOM" / "tableinfo.json"
    assert fetch_table(contract, table_of(contract, "FVKOM"), tmp_path, by_hand) is None


@pytest.mark.parametrize("function", ["tableinfo", "data"])
@pytest.mark.parametrize("code", ERRORS)
def test_a_refusal_is_quoted_and_is_not_to_be_tried_again(contract, server, tmp_path, function, code):
    server.fault[function] = refusal(code, "OMRÅDE")
    with pytest.raises(DeliveryError) as refused:
        fetch_table(contract, table_of(contract, "KVRES"), tmp_path)
    status, message = ERRORS[code]
    assert refused.value.found == f"HTTP {status} {code}: {message.format('OMRÅDE')}"
    assert refused.value.place == f"{server.base_url}/{function}"
    assert "contract" in refused.value.do


def test_the_servers_refusals_are_worded_as_they_were_recorded(repository_root):
    recorded = json.loads((repository_root / "tests" / "statbank_errors_recorded.json").read_text("utf-8"))
    served = [refusal(one["body"]["errorTypeCode"], one["body"]["message"].rpartition(": ")[2]) for one in recorded]
    assert [(one.status, json.loads(one.body)) for one in served] == [
        (one["http_status"], one["body"]) for one in recorded
    ]


def test_an_unknown_table_is_refused_by_its_name(contract, tmp_path):
    unknown = table_of(contract, "KVRES").model_copy(update={"table_id": "INVALIDTABLE999"})
    with pytest.raises(DeliveryError, match="EXTRACT-NOTFOUND: Tabel findes ikke: INVALIDTABLE999"):
        fetch_table(contract, unknown, tmp_path)


def test_a_refusal_that_is_no_json_is_quoted_from_its_beginning(contract, server, tmp_path):
    server.fault["tableinfo"] = Answer(403, b"<html><h1>Forbidden by\n the gateway</h1>" + b"x" * 1000)
    with pytest.raises(DeliveryError, match="HTTP 403 <html><h1>Forbidden by the gateway</h1>x") as refused:
        fetch_table(contract, table_of(contract, "KVRES"), tmp_path)
    assert len(refused.value.found) < 220


UNAVAILABLE = {
    "a 500": (Answer(500, b"Server Error"), "HTTP 500 Server Error"),
    "a 503": (Answer(503, b""), "HTTP 503"),
    "too many requests": (Answer(429, b""), "HTTP 429"),
    "a cut connection": (Answer(200, b"OMR;TID;INDHOLD\r\n330;2022;1\r\n", "cut"), "without sending complete"),
    "an empty answer": (Answer(200, b""), "an empty answer"),
    "silence": (Answer(manner="silent"), "no answer in time"),
    "an answer that never ends": (Answer(200, b"x" * 10_000, "drip"), "not complete after"),
    "a cut answer without a length": (
        Answer(200, b"OMR;TID;INDHOLD\r\n330;2022;1\r\n", "cut_without_length"),
        "stops in the middle",
    ),
}


@pytest.mark.parametrize("function", ["tableinfo", "data"])
@pytest.mark.parametrize("case", UNAVAILABLE)
def test_a_service_that_does_not_answer_as_agreed_may_be_tried_later(
    contract, server, tmp_path, monkeypatch, function, case
):
    answer, words = UNAVAILABLE[case]
    server.fault[function] = answer
    hurried = case in ("silence", "an answer that never ends")
    # Long enough for a busy machine to answer what is not at fault here.
    impatient = contract.model_copy(update={"timeout_seconds": 1.0 if hurried else 60.0})
    monkeypatch.setattr(statbank, "_WHOLE_ANSWER_TIMES", 1)
    with pytest.raises(SourceUnavailableError, match=words) as unavailable:
        fetch_table(impatient, table_of(contract, "KVRES"), tmp_path)
    assert unavailable.value.place == f"{server.base_url}/{function}"
    assert "next run" in unavailable.value.do


def test_a_service_that_is_not_there_may_be_tried_later(contract, repository_root, tmp_path):
    with statbank_server(repository_root / "samples" / "statbank") as stopped:
        gone = contract.model_copy(update={"base_url": stopped.base_url})
    with pytest.raises(SourceUnavailableError) as refused:
        fetch_table(gone, table_of(contract, "KVRES"), tmp_path)
    assert refused.value.found == "127.0.0.1 refused the connection"


def test_a_name_that_cannot_be_looked_up_is_said_in_words():
    """The error as httpx raises it where a machine is off the network; the lookup itself would leave this machine."""
    error = httpx.ConnectError("[Errno -2] Name or service not known")
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    assert (
        in_words(error, "api.statbank.dk")
        == "the name api.statbank.dk cannot be looked up: is this machine on the network?"
    )


def test_a_maintenance_page_in_the_place_of_tableinfo_may_be_tried_later(contract, server, tmp_path):
    server.fault["tableinfo"] = Answer(200, b"<html>Statistikbanken er lukket</html>")
    with pytest.raises(SourceUnavailableError, match="JSONDecodeError"):
        fetch_table(contract, table_of(contract, "KVRES"), tmp_path)


def test_the_description_of_another_table_is_no_answer(contract, server, repository_root, tmp_path):
    server.fault["tableinfo"] = Answer(200, body(repository_root, "FVKOM", "tableinfo.json"))
    with pytest.raises(SourceUnavailableError, match="the description of table FVKOM"):
        fetch_table(contract, table_of(contract, "KVRES"), tmp_path)


def drop_variable(described):
    del described["variables"][1]


def add_variable(described):
    described["variables"].append({"id": "PARTI", "text": "parti", "values": [{"id": "A", "text": "A"}]})


def rename_value(described):
    described["variables"][1]["values"][0] = {"id": "STEMMEBER", "text": "Stemmeberettigede"}


def drop_every_variable(described):
    described["variables"] = []


@pytest.mark.parametrize(
    ("change", "expected", "found"),
    [
        (drop_every_variable, "område, valgresultat, tid", "none"),
        (drop_variable, "område, valgresultat, tid", "område, tid"),
        (add_variable, "område, valgresultat, tid", "område, valgresultat, tid, parti"),
        (rename_value, "VAELG", "STEMMEBER Stemmeberettigede, GYLD_IALT Gyldige stemmer i alt"),
    ],
)
def test_a_table_whose_variables_changed_is_refused_before_its_data_are_asked_for(
    contract, server, repository_root, tmp_path, change, expected, found
):
    server.fault["tableinfo"] = changed_tableinfo(repository_root, "KVRES", change)
    with pytest.raises(DeliveryError, match="StatBank table KVRES has other") as refused:
        fetch_table(contract, table_of(contract, "KVRES"), tmp_path)
    assert refused.value.expected == expected
    assert refused.value.found.startswith(found)
    assert [function for function, _ in server.asked] == ["tableinfo"]


def many_values(described):
    described["variables"][0]["values"] += [{"id": f"N{n}", "text": f"N{n}"} for n in range(70_000)]


def test_more_cells_than_are_allowed_unless_streamed_are_not_asked_for(contract, server, repository_root, tmp_path):
    table = table_of(contract, "NEET1")
    described = changed_tableinfo(repository_root, "NEET1", many_values)
    server.fault["tableinfo"] = described
    statuses = tuple(value["id"] for value in json.loads(described.body)["variables"][0]["values"])
    select = {**table.series[0].denominator.select, "NEET-status": statuses}
    series = table.series[0].model_copy(update={"denominator": type(table.series[0].denominator)(select=select)})
    with pytest.raises(DeliveryError, match="1,120,048 cells") as refused:
        fetch_table(contract, table.model_copy(update={"series": (series,)}), tmp_path)
    assert f"{MOST_CELLS_UNLESS_STREAMED:,}" in refused.value.expected
    assert [function for function, _ in server.asked] == ["tableinfo"]


def test_a_folder_that_cannot_be_written_is_said_in_words(contract, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(HelhedsplanError, match="could not be written"):
        fetch_table(contract, table_of(contract, "KVRES"), tmp_path / "file")


def test_the_server_asks_for_variables_that_cannot_be_left_out(repository_root):
    statbank = StatBankServer(repository_root / "samples" / "statbank")
    question = {"table": "KVRES", "format": "BULK", "variables": [{"code": "OMRÅDE", "values": ["330"]}]}
    answer = statbank.answer("data", json.dumps(question).encode())
    assert (answer.status, json.loads(answer.body)["errorTypeCode"]) == (400, "EXTRACT-NOTALLOWED")
