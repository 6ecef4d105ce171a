"""StatBank answers into rows: real FVKOM counts, the recorded shapes, what is withheld or absent, what changed."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from catalogue.statbank import StatBank, StatBankSeries, StatBankSum
from tests.reading_of import REPOSITORY, contract_of, reading_of

SAMPLES = REPOSITORY / "samples" / "statbank"
FIGURES = "SELECT period, numerator, denominator, sign, missing_reason, unreadable FROM reading"
HEADER = "OMRÅDE;VALRES;TID;INDHOLD"
COUNTS = {"VAELG": "1000", "GYLD_IALT": "640", "UGYLD_IALT": "10"}


@pytest.fixture(scope="module")
def source():
    return contract_of("statbank")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A delivery of KVRES with its description and no data yet."""
    (tmp_path / "KVRES").mkdir()
    shutil.copy(SAMPLES / "KVRES" / "tableinfo.json", tmp_path / "KVRES")
    return tmp_path / "KVRES"


@pytest.fixture
def read(source, tmp_path):
    def rows(delivered: Path, query: str = FIGURES, contract=source, part_id: str = "") -> list[tuple]:
        with reading_of(contract, delivered, tmp_path / "data", part_id) as connection:
            return connection.execute(query).fetchall()

    return rows


def lines(counts: dict[str, str | None], time: str = "2021", area: str = "330") -> list[str]:
    return [f"{area};{result};{time};{count}" for result, count in counts.items() if count is not None]


def write_csv(folder: Path, rows: list[str], header: str = HEADER, encoding: str = "utf-8-sig") -> None:
    (folder / "data.csv").write_bytes("".join(f"{row}\r\n" for row in [header, *rows]).encode(encoding))


def change_description(folder: Path, change) -> None:
    described = json.loads((folder / "tableinfo.json").read_bytes())
    change(described)
    (folder / "tableinfo.json").write_text(json.dumps(described), "utf-8")


def test_the_general_elections_of_2022_and_2026_have_their_real_counts(read):
    assert read(SAMPLES / "FVKOM", FIGURES.replace("period", "indicator_id, unit_code, unit_name, period")) == [
        ("statbank_turnout_general_election", "330", "Slagelse", "FV-2022-11-01", 47946, 60183, None, None, None),
        ("statbank_turnout_general_election", "330", "Slagelse", "FV-2026-03-24", 48206, 60670, None, None, None),
    ]


def test_a_row_names_the_lines_that_its_figure_was_added_up_from(read):
    assert read(SAMPLES / "FVKOM", "SELECT file_name, place, first_line FROM reading") == [
        ("data.csv", "data.csv line 3,4 / 2", 0),
        ("data.csv", "data.csv line 6,7 / 5", 0),
    ]
    assert read(SAMPLES / "NEET1", "SELECT place FROM reading LIMIT 1") == [("data.json#/dataset/value/8 / 0",)]
    assert read(SAMPLES / "HFUDD21", "SELECT place FROM reading LIMIT 1") == [
        ("data.csv line 290,291,292…301 (12 lines) / 2,3,4…13 (12 lines)",)
    ]


def test_sums_over_many_cells_agree_with_pandas(read):
    import pandas as pd

    cells = pd.read_csv(SAMPLES / "HFUDD21" / "data.csv", sep=";", encoding="utf-8-sig", dtype={"IGUDD": str})
    basic = cells[(cells.HFUDD == "H10") & (cells.IGUDD == "00")].groupby("TID").INDHOLD.sum()
    everyone = cells[(cells.HFUDD == "TOT") & (cells.IGUDD == "TOT")].groupby("TID").INDHOLD.sum()
    expected = [(f"{year}-09-30", basic[year], everyone[year]) for year in everyone.index if year != 2019]
    assert (
        read(SAMPLES / "HFUDD21", "SELECT period, numerator, denominator FROM reading WHERE sign IS NULL") == expected
    )


def test_an_absent_row_is_no_zero_and_its_sum_has_no_figure(read):
    found = read(SAMPLES / "HFUDD21", f"{FIGURES} WHERE sign IS NOT NULL")
    assert found == [("2019-09-30", None, 11550, "absent", "withheld_by_source", None)]
    notes = read(SAMPLES / "HFUDD21", "SELECT note FROM reading WHERE sign = 'absent'")
    assert notes[0][0].startswith("fraværende række i BULK: 0 eller diskretioneret, uvist hvilket; SYNTETISKE DATA")


def test_a_withheld_cell_takes_its_sum_with_it(read):
    found = read(SAMPLES / "RAS209", f"{FIGURES} WHERE sign IS NOT NULL")
    assert found == [("2018-11-30", None, 44540, "..", "withheld_by_source", None)]


@pytest.mark.parametrize(
    ("counts", "figure"),
    [
        ({}, (650, 1000, None, None, None)),
        ({"UGYLD_IALT": ".."}, (None, 1000, "..", "withheld_by_source", None)),
        ({"VAELG": ".."}, (650, None, "..", "withheld_by_source", None)),
        ({"VAELG": None}, (650, None, "absent", "withheld_by_source", None)),
        ({"GYLD_IALT": "..", "UGYLD_IALT": None}, (None, 1000, "..", "withheld_by_source", None)),
        ({"GYLD_IALT": "0"}, (10, 1000, None, None, None)),
        ({"GYLD_IALT": "12x"}, (None, 1000, None, None, "numerator='12x in data.csv line 3'")),
        ({"GYLD_IALT": "1.640"}, (None, 1000, None, None, "numerator='1.640 in data.csv line 3'")),
        ({"GYLD_IALT": ""}, (None, 1000, None, None, "numerator='(tom) in data.csv line 3'")),
        ({"GYLD_IALT": "640,25", "UGYLD_IALT": "10,5"}, (650.75, 1000, None, None, None)),
        ({"GYLD_IALT": "42955,60"}, (42965.6, 1000, None, None, None)),
        ({"GYLD_IALT": "-5"}, (5, 1000, None, None, None)),
    ],
)
def test_what_a_cell_says_decides_what_its_sum_says(read, folder, counts, figure):
    write_csv(folder, lines(COUNTS | counts))
    assert read(folder) == [("KV-2021-11-16", *figure)]


@pytest.mark.parametrize(
    ("area", "result"),
    [
        ("330", "VAELG"),
        ("330 Slagelse", "VAELG Vælgere"),
        ("Slagelse", "Vælgere"),
        ("Slagelse 330", "Vælgere VAELG"),
        (" 330 ", '"Vælgere"'),
    ],
)
def test_cells_may_show_ids_texts_or_both(read, folder, area, result):
    write_csv(folder, [*lines({"GYLD_IALT": "640", "UGYLD_IALT": "10"}, area=area), f"{area};{result};2021;1000"])
    assert read(folder) == [("KV-2021-11-16", 650, 1000, None, None, None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_and_the_order_of_columns_do_not_matter(read, folder, encoding):
    rows = [f"{count};2021;{result};330" for result, count in COUNTS.items()]
    write_csv(folder, rows, "indhold;Tid;valres;område", encoding)
    assert read(folder) == [("KV-2021-11-16", 650, 1000, None, None, None)]


def test_each_time_and_each_area_of_the_contract_is_a_row_and_others_are_none(read, source, folder):
    rows = [
        *lines(COUNTS, "2017"),
        *lines(COUNTS, "2021"),
        *lines(COUNTS, "2021", "340"),
        *lines(COUNTS, "2021", "329"),
    ]
    write_csv(folder, rows)
    wider = with_table(source, areas=("330", "340"))
    query = "SELECT unit_code, municipality_code, unit_level, period, sign FROM reading"
    assert read(folder, query, wider) == [
        ("330", "330", "municipality", "KV-2017-11-21", None),
        ("330", "330", "municipality", "KV-2021-11-16", None),
        ("340", "340", "municipality", "KV-2017-11-21", "absent"),
        ("340", "340", "municipality", "KV-2021-11-16", None),
    ]


def with_table(source, **changes):
    """The contract with its KVRES table changed, and no other table."""
    table = next(one for one in source.statbank.tables if one.table_id == "KVRES").model_copy(update=changes)
    statbank = StatBank(**source.statbank.model_dump(exclude={"tables"}), tables=(table.model_dump(),))
    return source.model_copy(update={"statbank": statbank})


def test_a_cell_can_be_a_figure_itself_and_be_scaled(read, source, folder):
    shares = StatBankSeries(
        indicator_id="share", value=StatBankSum(select={"valgresultat": ("GYLD_IALT",)}), factor=0.01
    )
    write_csv(folder, lines({"GYLD_IALT": "64,5"}))
    contract = with_table(source, series=(shares,))
    assert read(folder, "SELECT value, numerator FROM reading", contract) == [(0.645, None)]


def test_a_sign_that_the_contract_calls_zero_counts_as_zero(read, source, folder):
    write_csv(folder, lines(COUNTS | {"UGYLD_IALT": "-"}))
    contract = source.model_copy(update={"signs": {**source.signs, "-": "zero"}})
    assert read(folder, contract=contract) == [("KV-2021-11-16", 640, 1000, None, None, None)]


def test_a_time_that_the_contract_does_not_know_is_shown_as_unreadable_or_as_it_is(read, source, folder):
    write_csv(folder, lines(COUNTS))
    assert read(folder, "SELECT period, unreadable FROM reading", with_table(source, periods={"2021": "2021U05"})) == [
        (None, "period='2021U05'")
    ]


def test_a_mandatory_footnote_goes_with_every_figure_and_another_does_not(read, folder):
    write_csv(folder, lines(COUNTS))
    change_description(
        folder, lambda d: d.update(footnote={"text": "Der mangler\r\n 330 afgørelser. ", "mandatory": True})
    )
    assert read(folder, "SELECT note FROM reading") == [("Der mangler 330 afgørelser.",)]
    change_description(folder, lambda d: d["footnote"].update(mandatory=False))
    assert read(folder, "SELECT note FROM reading") == [(None,)]
    change_description(folder, lambda d: d.update(footnote=None))
    assert read(folder, "SELECT note FROM reading") == [(None,)]


@pytest.mark.parametrize(
    ("table_id", "says_so"), [("FVKOM", False), ("KVRES", True), ("NEET1", True), ("RAS209", True)]
)
def test_a_table_that_says_that_it_is_synthetic_is_believed(read, table_id, says_so):
    assert read(SAMPLES / table_id, "FROM mark_found") == [(says_so,)]


def test_the_few_cells_that_a_sum_needs_are_found_among_a_hundred_thousand(read, folder):
    values = [{"id": f"N{number}", "text": f"Liste {number}"} for number in range(20_000)]
    change_description(folder, lambda described: described["variables"][1]["values"].extend(values))
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (
                SELECT '330' AS OMRÅDE, 'N' || number AS VALRES, 2005 + 4 * time AS TID, number AS INDHOLD
                FROM range(20000) AS numbers(number), range(5) AS times(time)
                UNION ALL SELECT '330', unnest({list(COUNTS)}), 2021, unnest([1000, 640, 10])
            ) TO '{folder / "data.csv"}' (DELIMITER ';', HEADER)"""
        )
    assert read(folder, f"{FIGURES} WHERE sign IS NULL") == [("KV-2021-11-16", 650, 1000, None, None, None)]
