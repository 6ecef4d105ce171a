"""StatBank's JSONSTAT 1.x answers: the same figures as CSV gives, and every shape that is not it."""

import json
import shutil
from pathlib import Path

import pytest

from catalogue.errors import DeliveryError
from tests.reading_of import REPOSITORY, contract_of, reading_of

SAMPLE = REPOSITORY / "samples" / "statbank" / "NEET1"
FIGURES = "SELECT period, numerator, denominator, sign, missing_reason, unreadable FROM reading"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "NEET1").mkdir()
    return tmp_path / "NEET1"


@pytest.fixture
def read(tmp_path):
    def rows(delivered: Path, query: str = FIGURES) -> list[tuple]:
        with reading_of(contract_of("statbank"), delivered, tmp_path / "data") as connection:
            return connection.execute(query).fetchall()

    return rows


def write_jsonstat(folder: Path, change) -> None:
    dataset = json.loads((SAMPLE / "data.json").read_bytes())["dataset"]
    change(dataset)
    shutil.copy(SAMPLE / "tableinfo.json", folder)
    (folder / "data.json").write_text(json.dumps({"dataset": dataset}), "utf-8")


def test_jsonstat_gives_the_same_figures_as_its_cells_as_csv(read, folder):
    dataset = json.loads((SAMPLE / "data.json").read_bytes())["dataset"]
    cells = [(status, year) for status in ("TOT", "NEET", "IKKE") for year in range(2016, 2024)]
    shutil.copy(SAMPLE / "tableinfo.json", folder)
    rows = [
        f"{status};TOT;330;TOT;{year};{count}" for (status, year), count in zip(cells, dataset["value"], strict=True)
    ]
    answer = "\r\n".join(["NEET;KØN;BOPOMR;SOCIO;TID;INDHOLD", *rows, ""])
    (folder / "data.csv").write_bytes(answer.encode("utf-8-sig"))
    assert read(folder) == read(SAMPLE)
    assert read(folder, "SELECT numerator, denominator FROM reading LIMIT 1") == [(910, 8540)]


def test_null_in_jsonstat_is_a_withheld_cell_and_a_decimal_point_is_understood(read, folder):
    def change(dataset):
        dataset["value"][8:10] = [None, 926.5]

    write_jsonstat(folder, change)
    assert read(folder, f"{FIGURES} LIMIT 2") == [
        ("2016-11-30", None, 8540, "..", "withheld_by_source", None),
        ("2017-11-30", 926.5, 8700, None, None, None),
    ]


def test_jsonstat_may_list_its_categories(read, folder):
    def change(dataset):
        category = dataset["dimension"]["NEET"]["category"]
        category["index"] = list(category["index"])

    write_jsonstat(folder, change)
    assert read(folder) == read(SAMPLE)


def too_few(dataset):
    dataset["value"].pop()


def other_size(dataset):
    dataset["dimension"]["size"][0] = 4


def sparse(dataset):
    dataset["value"] = {str(place): value for place, value in enumerate(dataset["value"])}


def without_id(dataset):
    del dataset["dimension"]["id"]


def one_number(dataset):
    dataset["value"] = 42


def role_in_words(dataset):
    dataset["dimension"]["role"] = "metric"


def metric_that_is_no_list(dataset):
    dataset["dimension"]["role"] = {"metric": 1}


def category_without_text(dataset):
    dataset["dimension"]["NEET"]["category"]["index"] = [None, "NEET", "IKKE"]


@pytest.mark.parametrize(
    "change",
    [too_few, other_size, sparse, without_id, one_number, role_in_words, metric_that_is_no_list, category_without_text],
)
def test_jsonstat_of_another_shape_is_refused(read, folder, change):
    write_jsonstat(folder, change)
    with pytest.raises(DeliveryError, match="not the JSONSTAT that was agreed"):
        read(folder)
