"""Every source: a small delivery as published, and the rows that it must become (tests/sources/)."""

from pathlib import Path

import duckdb
import pytest

from tests.received import read_file
from warehouse.reading_columns import READING_COLUMNS

SOURCES = Path(__file__).resolve().parent / "sources"
CASES = sorted(path.parent.relative_to(SOURCES).as_posix() for path in SOURCES.glob("**/as_loaded.csv"))


def delivery_of(case: str) -> Path:
    folder = SOURCES / case / "as_published"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return files[0] if len(files) == 1 else folder


@pytest.fixture(params=CASES)
def case(request) -> str:
    return request.param


def test_what_was_published_becomes_the_rows_that_must_be_loaded(case, data_folder):
    reading = read_file(delivery_of(case), data_folder, case.partition("/")[0])
    with duckdb.connect() as connection:
        expected = connection.read_csv(str(SOURCES / case / "as_loaded.csv"), all_varchar=True, header=True)
        texts = ", ".join(f'"{name}"::VARCHAR' for name in expected.columns)
        loaded = connection.execute(f"SELECT {texts} FROM '{reading.path}'").fetchall()
        assert loaded == expected.fetchall()
    assert reading.rows_in == len(loaded)


@pytest.mark.parametrize(
    ("case", "first_header"),
    [("lbf_boligsociale_data/csv", "Niveau"), ("tryghedssurvey/csv", "Niveau"), ("ministry_list", "liste_dato")],
)
def test_a_file_that_says_its_rows_municipality_is_read_with_it(case, first_header, tmp_path, data_folder):
    """So that areas of one name in two municipalities are told apart; without the column it stays empty."""
    (plain,) = (path for path in (SOURCES / case / "as_published").rglob("*.csv"))
    encoding = "cp1252" if case.startswith("trygheds") else "utf-8-sig"
    lines = plain.read_text(encoding).splitlines()
    (header,) = (number for number, line in enumerate(lines) if line.startswith(first_header))
    codes = ["Kommunekode;" if number == header else "0461;" for number in range(header, len(lines))]
    # A cell that goes on in the next line, and notes below the table, begin no row.
    rows = [code + line if ";" in line else line for line, code in zip(lines[header:], codes, strict=True)]
    named = tmp_path / plain.name
    named.write_text("\n".join(lines[:header] + rows), encoding=encoding)
    told = {}
    for path in (plain, named):
        reading = read_file(path, data_folder, case.partition("/")[0])
        with duckdb.connect() as connection:
            told[path] = connection.execute(f"SELECT DISTINCT municipality_code FROM '{reading.path}'").fetchall()
    assert told == {plain: [(None,)], named: [("461",)]}


def test_every_reading_has_the_same_columns_and_types(case, data_folder):
    reading = read_file(delivery_of(case), data_folder, case.partition("/")[0])
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE FROM '{reading.path}'").fetchall()
    assert dict(list({name: kind for name, kind, *_ in described}.items())[: len(READING_COLUMNS)]) == READING_COLUMNS


def test_every_source_has_a_delivery_as_published_and_as_loaded(repository_root):
    contracts = {path.stem for path in (repository_root / "catalogue" / "sources").glob("*.yml")}
    assert contracts == {case.partition("/")[0] for case in CASES}
