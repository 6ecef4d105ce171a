"""Samples: synthetic files are reproducible and say so; real files hold the recorded figures."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLES = REPOSITORY / "samples"
LBF = SAMPLES / "lbf_boligsociale_data"
STATBANK = SAMPLES / "statbank"
SYNTHETIC_TABLES = ("KVRES", "HFUDD21", "NEET1", "RAS209")
KEY = ["Niveau", "Kode", "Navn", "Indikator", "Periode"]
AREA_OF_DEPARTMENT = {"BK-15": "MOT", "BK-21": "MOT", "BK-35": "MOT", "SB-12": "SYD", "FOB-34": "SYD"} | {
    f"FOB-{number}": "RIN" for number in (23, 24, 26, 32)
}


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> list[Path]:
    """Two folders, each written by a run of the script of its own."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for folder in folders:
        subprocess.run([sys.executable, REPOSITORY / "tools" / "make_samples.py", folder], check=True)
    return folders


def files_of(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def contents(path: Path) -> object:
    """Bytes; of a workbook its members' bytes, since machines compress the same bytes differently."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as workbook:
        return {name: workbook.read(name) for name in workbook.namelist()}


def danish_numbers(cells: pd.Series) -> pd.Series:
    """Numbers as they are; Danish text as numbers; signs as missing."""
    is_text = cells.map(lambda cell: isinstance(cell, str))
    text = cells.where(is_text).str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    return pd.to_numeric(text.where(is_text, cells), errors="coerce")


@pytest.fixture(scope="session")
def long_file() -> pd.DataFrame:
    table = pd.read_excel(LBF / "boligsociale_data_2025-05.xlsx", engine="calamine", header=4, dtype=object)
    table["Periode"] = table.Periode.map(lambda period: f"{period:%d-%m-%Y}" if hasattr(period, "day") else str(period))
    return table.dropna(subset=["Indikator"])


@pytest.fixture(scope="session")
def wide_file() -> pd.DataFrame:
    """The wide file turned long: a row per unit, indicator and period."""
    table = pd.read_excel(LBF / "boligsociale_data_2026-05.xlsx", engine="calamine", header=5, dtype=object)
    table = table.dropna(subset=["Indikator"])
    table[["Niveau", "Navn"]] = table[["Niveau", "Navn"]].ffill()
    cells = table.melt([*KEY[:4], "Opgørelse"], var_name="Periode").dropna(subset=["value"])
    return cells.set_index([*KEY, "Opgørelse"])["value"].unstack("Opgørelse").reset_index()


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    return table[KEY].join(table[["Tæller", "Nævner"]].apply(danish_numbers))


def test_the_seeded_script_makes_the_committed_files(made):
    for name in files_of(made[0]):
        assert contents(made[0] / name) == contents(SAMPLES / name), name


def test_two_runs_of_the_script_give_the_same_bytes(made):
    assert files_of(made[0]) == files_of(made[1])
    assert all((made[0] / name).read_bytes() == (made[1] / name).read_bytes() for name in files_of(made[0]))


def test_the_script_writes_no_real_file(made):
    written = {name.as_posix() for name in files_of(made[0])}
    assert "statbank/FVKOM/data.csv" not in written
    assert not {name for name in written if name.startswith(("valg_dk", "agreement_figures", "ministry_list"))}


def test_every_synthetic_file_says_so():
    for path in [*LBF.glob("*.xlsx"), SAMPLES / "tryghedssurvey" / "tryghedssurvey_2023.xlsx"]:
        members = contents(path)
        assert b"SYNTETISK" in members["docProps/core.xml"]
        assert b"SYNTETISK" in members["docProps/custom.xml"]
        assert members["xl/sharedStrings.xml"].count(b"SYNTETISK") >= 2, "title and footnote"
    lines = (SAMPLES / "tryghedssurvey" / "tryghedssurvey_2018_2021.csv").read_text("cp1252").splitlines()
    assert lines[1].startswith("SYNTETISKE DATA")
    assert lines[-1].startswith("SYNTETISKE DATA")
    for table in SYNTHETIC_TABLES:
        tableinfo = json.loads((STATBANK / table / "tableinfo.json").read_bytes())
        assert "SYNTETISK" in tableinfo["text"]
        assert "SYNTETISK" in tableinfo["description"]
        assert tableinfo["footnote"]["mandatory"] is True
    assert "SYNTETISK" not in (STATBANK / "FVKOM" / "tableinfo.json").read_text("utf-8")


@pytest.mark.parametrize("file", ["long_file", "wide_file"])
def test_departments_add_up_to_their_area_unless_withheld_or_spoilt(file, request):
    figures = numbers(request.getfixturevalue(file))
    departments = figures[figures.Niveau == "Afdeling"]
    departments = departments.assign(Kode=departments.Kode.map(AREA_OF_DEPARTMENT))
    sums = departments.groupby(["Kode", "Indikator", "Periode"])[["Tæller", "Nævner"]].agg(
        lambda part: part.sum(skipna=False)
    )
    areas = figures[figures.Niveau == "Boligområde"].set_index(["Kode", "Indikator", "Periode"])[["Tæller", "Nævner"]]
    compared = sums.join(areas.add_suffix(" i alt"), how="inner")
    for measure in ("Tæller", "Nævner"):
        both = compared[[measure, f"{measure} i alt"]].dropna()
        assert len(both) > 50
        spoilt = both[both[measure] != both[f"{measure} i alt"]]
        assert len(spoilt) == (1 if (file, measure) == ("wide_file", "Tæller") else 0)


@pytest.mark.parametrize("file", ["long_file", "wide_file"])
def test_areas_add_up_to_the_plan_and_stay_within_the_municipality(file, request):
    figures = numbers(request.getfixturevalue(file))
    figures = figures[figures.Navn != "Nørrevang"]
    levels = figures.groupby(["Niveau", "Indikator", "Periode"])[["Tæller", "Nævner"]].sum(min_count=1)
    assert levels.loc["Boligområde"].equals(levels.loc["Helhedsplan"])
    assert not (levels.loc["Helhedsplan"] > levels.loc["Kommune"]).any(axis=None)


def test_only_the_rows_that_the_readme_lists_are_bad(long_file, wide_file):
    shares = danish_numbers(long_file.Andel)
    assert long_file[shares > 100][["Kode", "Periode"]].values.tolist() == [["FOB-26", "30-11-2020"]]
    for table, bad in ((long_file, []), (wide_file, [["BK-21", "30-11-2022"]])):
        figures = numbers(table)
        over = figures[figures.Tæller > figures.Nævner]
        assert over[["Kode", "Periode"]].values.tolist() == bad
    assert (wide_file.Navn == "Nørrevang").sum() == 1


def test_the_bad_cells_stand_where_the_readme_says():
    long = pd.read_excel(LBF / "boligsociale_data_2025-05.xlsx", engine="calamine", header=None, dtype=object)
    wide = pd.read_excel(LBF / "boligsociale_data_2026-05.xlsx", engine="calamine", header=None, dtype=object)
    assert long.iat[369, 7] == 250
    assert (wide.iat[40, 41], wide.iat[41, 41]) == (147, 87)
    assert (wide.iat[305, 2], wide.iat[305, 53]) == ("Nørrevang", 412)


def test_the_newest_period_differs_by_indicator_and_by_export(long_file, wide_file):
    for table, newest in ((long_file, ("2022", "2023")), (wide_file, ("2023", "2024"))):
        figures = numbers(table).dropna(subset=["Tæller"])
        for code, period in zip(("I1 ", "I6 "), newest, strict=True):
            assert figures[figures.Indikator.str.startswith(code)].Periode.max() == period
    assert (long_file.Tæller == "..").sum() == 14, "day care of the next year waits at every unit"


def test_the_newer_export_revises_some_earlier_counts_slightly(long_file, wide_file):
    both = numbers(long_file).merge(numbers(wide_file), on=KEY, suffixes=(" før", " nu"))
    area_counts = both[both.Niveau == "Boligområde"].dropna(subset=["Tæller før", "Tæller nu"])
    change = area_counts["Tæller nu"] - area_counts["Tæller før"]
    assert 0 < (change != 0).sum() <= 18
    assert (change / area_counts["Tæller nu"]).between(0, 0.06).all()


@pytest.mark.parametrize("file", ["long_file", "wide_file"])
def test_nobody_takes_a_synthetic_turnout_of_a_municipality_for_a_published_one(file, request):
    figures = numbers(request.getfixturevalue(file))
    municipality = figures[(figures.Niveau == "Kommune") & figures.Periode.str.startswith(("KV", "FV"))]
    assert len(municipality) == 4
    assert (municipality[["Tæller", "Nævner"]] % 1_000 == 0).all(axis=None)
    statbank = pd.read_csv(STATBANK / "KVRES" / "data.csv", sep=";").INDHOLD
    assert (statbank % 1_000 == 0).all()


def test_every_count_of_a_synthetic_statbank_table_is_round():
    for table in ("HFUDD21", "RAS209"):
        counts = pd.to_numeric(pd.read_csv(STATBANK / table / "data.csv", sep=";").INDHOLD, errors="coerce").dropna()
        assert (counts % 10 == 0).all()
    assert {one % 10 for one in json.loads((STATBANK / "NEET1" / "data.json").read_bytes())["dataset"]["value"]} == {0}


def test_the_municipal_election_of_2025_has_its_real_counts():
    files = list((SAMPLES / "valg_dk" / "KV-2025-11-18").glob("*.json"))
    districts = pd.DataFrame([json.loads(path.read_bytes()) for path in files])
    assert districts["AfstemningsområdeDagiId"].nunique() == len(files) == 18
    assert districts["AntalStemmeberettigedeVælgere"].sum() == 65_812
    assert districts["AfgivneStemmer"].sum() == 42_578


def test_fvkom_holds_the_received_bytes_and_the_real_counts():
    path = STATBANK / "FVKOM" / "data.csv"
    digest = "d41e5b4882546027499ce7a43329873d1a6dc7cfda949c3c6487f4dcbdc8f4f2"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    counts = pd.read_csv(path, sep=";").query("OMRÅDE == '330 Slagelse'").pivot_table("INDHOLD", "TID", "VALRES")
    assert counts.VAELG.tolist() == [60_183, 60_670]
    assert (counts.GYLD_IALT + counts.UGYLD_IALT).tolist() == [47_946, 48_206]


def test_statbank_bodies_have_the_recorded_shape_one_absent_row_and_one_withheld_value():
    bodies = {}
    for table in ("KVRES", "HFUDD21", "RAS209"):
        data = (STATBANK / table / "data.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\r\n") == data.count(b"\n")
        bodies[table] = pd.read_csv(STATBANK / table / "data.csv", sep=";", dtype=str)
    assert len(bodies["HFUDD21"]) == 8 * 12 * 6 - 1
    assert (bodies["RAS209"].INDHOLD == "..").sum() == 1
    dataset = json.loads((STATBANK / "NEET1" / "data.json").read_bytes())["dataset"]
    assert len(dataset["value"]) == 24
    assert dataset["dimension"]["size"] == [3, 1, 1, 1, 1, 8]


def test_agreement_figures_state_value_wording_and_section():
    figures = pd.read_csv(SAMPLES / "agreement_figures" / "agreement_figures.csv", sep=";", decimal=",")
    assert len(figures) == 29
    assert not figures.duplicated(["figure_id", "unit_level", "unit_name", "period"]).any()
    assert set(figures.unit) == {"percent", "DKK", "per_1000"}
    assert set(figures.exactness) == {"exact", "approximate", "pooled"}
    assert set(figures.section) == {1, 6}
    for_both = figures[figures.exactness == "pooled"]
    assert for_both.unit_name.tolist() == ["Ringparken", "Sydbyen"]
    assert for_both.wording.str.contains("ét tal for begge").all()
    first = figures.iloc[0]
    assert (first.value, first.wording, first.exactness) == (40, "godt 40 pct.", "approximate")


def test_the_ministry_list_has_the_five_figures_of_ringparken():
    figures = pd.read_csv(SAMPLES / "ministry_list" / "ministry_list.csv", sep=";", decimal=",")
    assert figures["værdi"].tolist() == [57.0, 41.2, 2.07, 70.2, 57.7]


def test_the_readme_tells_of_every_sample():
    readme = (SAMPLES / "README.md").read_text("utf-8")
    parts = {part for path in files_of(SAMPLES) for part in (path.parts[0], path.parts[-1])}
    parts = {part for part in parts if part != "README.md" and not part.startswith("valgresultater")}
    unnamed = {part for part in parts if part not in readme}
    assert not unnamed
