"""StatBank deliveries that are refused: each with its file, place, what was expected and what was found."""

import json
import shutil

import pytest

from catalogue.errors import DeliveryError
from catalogue.sources import Source
from catalogue.statbank import StatBankTable
from tests.reading_of import REPOSITORY, contract_of, reading_of

SAMPLE = REPOSITORY / "samples" / "statbank" / "KVRES"


@pytest.fixture(scope="module")
def source() -> Source:
    return contract_of("statbank")


@pytest.fixture
def folder(tmp_path):
    """A delivery of KVRES that may be spoilt."""
    shutil.copytree(SAMPLE, tmp_path / "KVRES")
    return tmp_path / "KVRES"


@pytest.fixture
def refused(source, tmp_path):
    def refusal(delivered, part_id: str = "KVRES") -> DeliveryError:
        with pytest.raises(DeliveryError) as found, reading_of(source, delivered, tmp_path / "data", part_id):
            pass
        assert found.value.place
        assert found.value.expected
        assert found.value.found
        assert found.value.do
        return found.value

    return refusal


def change_data(folder, change) -> None:
    text = (folder / "data.csv").read_bytes().decode("utf-8-sig")
    (folder / "data.csv").write_bytes(change(text).encode("utf-8-sig"))


def change_variables(folder, change) -> None:
    described = json.loads((folder / "tableinfo.json").read_bytes())
    change(described["variables"])
    (folder / "tableinfo.json").write_text(json.dumps(described), "utf-8")


def test_a_table_that_lost_a_variable_names_what_the_contract_expects_and_what_there_is(folder, refused):
    change_variables(folder, lambda variables: variables.pop(1))
    error = refused(folder)
    assert "StatBank table KVRES has other variables" in error.what
    assert (error.expected, error.found) == ("område, valgresultat, tid", "område, tid")
    assert error.place == "tableinfo.json, variables"


def test_a_table_that_gained_a_variable_is_refused_since_its_cells_are_parts_now(folder, refused):
    parties = {"id": "PARTI", "text": "parti", "elimination": True, "values": [{"id": "A", "text": "A"}]}
    change_variables(folder, lambda variables: variables.append(parties))
    assert refused(folder).found == "område, valgresultat, tid, parti"


def test_a_value_that_is_no_longer_there_is_named_with_those_that_are(folder, refused):
    change_variables(folder, lambda variables: variables[1]["values"].pop(2))
    error = refused(folder)
    assert error.place == "tableinfo.json, values of valgresultat"
    assert error.expected == "UGYLD_IALT"
    assert error.found == "VAELG Vælgere, GYLD_IALT Gyldige stemmer i alt"


def test_a_text_that_two_values_bear_names_neither(source, folder):
    change_variables(folder, lambda variables: variables[1]["values"].append({"id": "X", "text": "Vælgere"}))
    table = next(one for one in source.statbank.tables if one.table_id == "KVRES").model_dump()
    table["series"][0]["denominator"]["select"]["valgresultat"] = ["Vælgere"]
    statbank = source.statbank.model_copy(update={"tables": (StatBankTable.model_validate(table),)})
    contract = source.model_copy(update={"statbank": statbank})
    with (
        pytest.raises(DeliveryError, match="other values of valgresultat"),
        reading_of(contract, folder, folder.parent / "data"),
    ):
        pass


def test_data_of_other_variables_than_their_description_are_refused(folder, refused):
    change_data(folder, lambda text: text.replace("VALRES", "VALGRES", 1))
    error = refused(folder)
    assert error.place == "data.csv, line 1"
    assert error.expected == "OMRÅDE, VALRES, Tid and INDHOLD"
    assert error.found == "OMRÅDE;VALGRES;TID;INDHOLD"


def test_a_cell_that_comes_twice_is_refused_with_both_lines(folder, refused):
    change_data(folder, lambda text: text + "330;VAELG;2009;60000\r\n")
    error = refused(folder)
    assert "more than once" in error.what
    assert error.place == "data.csv line 2, 38"


def test_a_value_that_tableinfo_does_not_list_is_refused_with_its_line(folder, refused):
    change_data(folder, lambda text: text.replace("330;VAELG;2013", "330;VAELG;2014"))
    error = refused(folder)
    assert (error.place, error.found) == ("data.csv line 3", "2014")


def test_a_line_with_a_cell_too_many_is_refused(folder, refused):
    change_data(folder, lambda text: text.replace("330;VAELG;2013;61000", "330;VAELG;2013;61000;7"))
    error = refused(folder)
    assert "not the CSV that was agreed" in error.what
    assert "Line: 3" in error.found


def test_data_in_another_encoding_are_refused(folder, refused):
    text = (folder / "data.csv").read_bytes().decode("utf-8-sig").replace("VAELG", "Vælgere")
    (folder / "data.csv").write_bytes(text.encode("cp1252"))
    assert refused(folder).place.startswith("data.csv")


@pytest.mark.parametrize(
    "rest", ["", "OMRÅDE;VALRES;TID;INDHOLD\r\n", "OMRÅDE;VALRES;TID;INDHOLD\r\n340;VAELG;2021;7\r\n"]
)
def test_data_without_a_cell_of_the_area_are_refused(folder, refused, rest):
    (folder / "data.csv").write_text(rest, "utf-8")
    assert refused(folder).place.startswith("data.csv")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id": "KVRES"}', b"\xff\xfe", b"[" * 100_000])
def test_a_description_that_is_none_is_refused(folder, refused, body):
    (folder / "tableinfo.json").write_bytes(body)
    error = refused(folder)
    assert error.place == "tableinfo.json"
    assert "description cannot be read" in error.what


@pytest.mark.parametrize("odd", [7, True, ["KVRES"], {"id": "KVRES"}, None])
@pytest.mark.parametrize("key", ["id", "text"])
def test_a_description_with_something_else_where_a_text_is_expected_is_refused(folder, refused, key, odd):
    change_variables(folder, lambda variables: variables[0]["values"][0].update({key: odd}))
    error = refused(folder)
    assert error.place == "tableinfo.json"
    assert f"{key} is {type(odd).__name__}, not a text" in error.found


@pytest.mark.parametrize("name", ["tableinfo.json", "data.csv"])
def test_a_delivery_that_lacks_a_file_is_refused(folder, refused, name):
    (folder / name).unlink()
    assert name in f"{refused(folder).expected} {refused(folder).place}"


def test_a_delivery_with_two_files_of_data_is_refused(folder, refused):
    (folder / "data.json").write_text("{}")
    assert refused(folder).found == "data.csv, data.json, tableinfo.json"


@pytest.mark.parametrize("part_id", ["FVKOM", "download"])
def test_a_table_that_is_delivered_under_another_name_is_refused(folder, refused, part_id):
    error = refused(folder, part_id)
    assert error.found == f"table KVRES, delivered as {part_id}"


def test_a_contract_whose_sums_name_different_variables_is_refused(source):
    table = next(one for one in source.statbank.tables if one.table_id == "NEET1").model_dump()
    del table["series"][0]["numerator"]["select"]["køn"]
    with pytest.raises(ValueError, match="values of the same variables"):
        StatBankTable.model_validate(table)
