"""Invented answers of the StatBank API for tables that nobody recorded, in the shape of recorded answers.

The figures follow the synthetic municipality of the LBF samples, so that most cross-checks agree, as they
would between two real sources. They are round, so that nobody takes one for a count: to tens, those of elections
to thousands. FVKOM's figures are real and lie beside; only its description is written here.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sample_statbank_tables import FVKOM, HFUDD21, KVRES, NEET1, RAS209
from sample_writing import write_csv

SLAGELSE = "330"
FVKOM_CAVEAT = (
    "Tallene i data.csv er rigtige (FVKOM); denne beskrivelse er genskabt ud fra tabellens linje i "
    "Danmarks Statistiks tabelliste fra september 2025: `updated` er fra før valget i 2026, "
    "og id'er er antaget ud fra data."
)
AGE_PROFILE = pd.Series([0.6, 0.9, 1.1, 1.15, 1.1, 1.05, 1.05, 1.05, 1.0, 1.0, 1.0, 1.0], index=range(18, 30))
ENROLLED_BASIC_SHARE = pd.Series(
    [0.80, 0.45, 0.20, 0.13, 0.10, 0.08, 0.06, 0.05, 0.05, 0.04, 0.04, 0.03], index=range(18, 30)
)
NOT_ENROLLED_SHARE = pd.Series(np.linspace(0.15, 0.80, 12), index=range(18, 30))
# age band: share of the 18-64-year-olds, weight of "no attachment", weight of "in education"
BANDS = pd.DataFrame(
    [
        ("1824", 0.15, 0.70, 5.00),
        ("2529", 0.11, 0.75, 0.90),
        ("3039", 0.20, 0.80, 0.25),
        ("4049", 0.21, 0.90, 0.10),
        ("5059", 0.22, 1.10, 0.03),
        ("6064", 0.11, 1.80, 0.01),
    ],
    columns=["ALDER", "population", "no_attachment", "in_education"],
)
STATUS_SHARE = {"20": 0.42, "25": 0.23, "30": 0.35}


def _as_bulk(path: Path, table: pd.DataFrame) -> None:
    """Write rows as BULK does: UTF-8 with BOM, CRLF, semicolons, codes."""
    write_csv(path, table.to_csv(sep=";", index=False, lineterminator="\n"), "utf-8-sig")


def _write_tableinfo(folder: Path, tableinfo: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(tableinfo, ensure_ascii=False, separators=(",", ":"))
    (folder / "tableinfo.json").write_bytes(text.encode())


def _yearly(municipality: pd.DataFrame, indicator: str, years: range) -> pd.DataFrame:
    """Denominator and share of the synthetic municipality, one row per year."""
    rows = municipality[(municipality.indicator == indicator) & municipality.year.isin(list(years))]
    return pd.DataFrame(
        {"year": rows.year, "denominator": rows.denominator, "share": rows.numerator / rows.denominator}
    )


def _municipal_elections(municipality: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    rows = municipality[municipality.indicator == "I9-KV"]
    slagelse = pd.DataFrame({"TID": rows.year, "eligible": rows.denominator, "cast": rows.numerator})
    earlier = pd.DataFrame({"TID": [2009, 2013], "eligible": [60_000, 61_000], "cast": [39_000, 43_000]})
    neighbours = pd.DataFrame({"OMRÅDE": ["329", "340"], "eligible": [25_650, 22_840], "turnout": [0.71, 0.74]})
    neighbours = neighbours.merge(pd.DataFrame({"TID": [2009, 2013, 2017, 2021]}), how="cross")
    neighbours["eligible"] = (neighbours.eligible * (1 + 0.004 * (neighbours.TID - 2017))).round(-3)
    wobble = 0.01 * random.standard_normal(len(neighbours))
    neighbours["cast"] = (neighbours.eligible * (neighbours.turnout + wobble)).round(-3)
    frame = pd.concat([pd.concat([earlier, slagelse]).assign(OMRÅDE=SLAGELSE), neighbours], ignore_index=True)
    frame = frame.assign(VAELG=frame.eligible, GYLD_IALT=frame.cast - 1_000, UGYLD_IALT=1_000)
    results = ["VAELG", "GYLD_IALT", "UGYLD_IALT"]
    long = frame.melt(["OMRÅDE", "TID"], results, "VALRES", "INDHOLD").astype({"INDHOLD": int})
    return long[["OMRÅDE", "VALRES", "TID", "INDHOLD"]]


def _education(municipality: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """HFUDD21: all, grundskole and unknown; all and not enrolled; single ages 18-29. One row is left out."""
    frame = _yearly(municipality, "I3", range(2017, 2025)).merge(pd.DataFrame({"age": range(18, 30)}), how="cross")
    size = (frame.denominator + 21) / 12 * (1 + 0.03 * random.standard_normal(len(frame)))
    everyone = size.round(-1)
    basic = (everyone * frame.share * frame.age.map(AGE_PROFILE / AGE_PROFILE.mean()) * 1.02).round(-1)
    counts = {
        ("TOT", "TOT"): everyone,
        ("TOT", "00"): (everyone * frame.age.map(NOT_ENROLLED_SHARE)).round(-1),
        ("H10", "TOT"): basic + (everyone * frame.age.map(ENROLLED_BASIC_SHARE)).round(-1),
        ("H10", "00"): basic,
        ("H90", "TOT"): (everyone * 0.021).round(-1),
        ("H90", "00"): (everyone * 0.017).round(-1),
    }
    cells = pd.concat(counts, names=["HFUDD", "IGUDD"]).rename("INDHOLD").astype(int).reset_index(["HFUDD", "IGUDD"])
    cells = cells.join(frame[["age", "year"]]).rename(columns={"age": "ALDER", "year": "TID"})
    cells = cells.assign(BOPOMR=SLAGELSE, HERKOMST="TOT", KØN="TOT")
    absent = (cells.HFUDD == "H10") & (cells.IGUDD == "00") & (cells.ALDER == 27) & (cells.TID == 2019)
    return cells.loc[~absent, ["BOPOMR", "HERKOMST", "HFUDD", "IGUDD", "ALDER", "KØN", "TID", "INDHOLD"]]


def _labour_market(municipality: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """RAS209: labour-market status by age band; one value is `..`."""
    frame = _yearly(municipality, "I5", range(2016, 2024)).merge(BANDS, how="cross")
    everyone = ((frame.denominator - 34) * frame.population * (1 + 0.01 * random.standard_normal(len(frame)))).round(-1)
    weight = frame.no_attachment / (BANDS.no_attachment * BANDS.population).sum()
    outside = everyone * frame.share * weight * 0.985
    education = 0.07 * frame.in_education / (BANDS.in_education * BANDS.population).sum()
    counts = {status: (outside * share).round(-1) for status, share in STATUS_SHARE.items()}
    counts |= {"10": (everyone * 0.031).round(-1), "15": (everyone * education).round(-1)}
    counts["05"] = everyone - pd.DataFrame(counts).sum(axis=1)
    counts["TOT"] = everyone
    cells = pd.concat(counts, names=["SOCIO"]).rename("INDHOLD").astype(int).astype(str).reset_index("SOCIO")
    cells = cells.join(frame[["ALDER", "year"]]).rename(columns={"year": "TID"})
    cells = cells.assign(OMRÅDE=SLAGELSE, UDDANNELSE="TOT", KØN="TOT")
    cells.loc[(cells.SOCIO == "25") & (cells.ALDER == "6064") & (cells.TID == 2018), "INDHOLD"] = ".."
    return cells[["OMRÅDE", "UDDANNELSE", "SOCIO", "ALDER", "KØN", "TID", "INDHOLD"]]


def _category(values: dict[str, str]) -> dict:
    return {"index": {code: position for position, code in enumerate(values)}, "label": values}


def _neet(municipality: pd.DataFrame, random: np.random.Generator) -> dict:
    """NEET1 as JSONSTAT 1.x: three statuses, eight years."""
    rows = _yearly(municipality, "I4", range(2016, 2024))
    everyone = (rows.denominator * 0.607 * (1 + 0.004 * random.standard_normal(len(rows)))).round(-1)
    neet = (everyone * (rows.share - 0.011)).round(-1)
    values = pd.concat([everyone, neet, everyone - neet]).astype(int).tolist()
    asked = {"KØN": ["TOT"], "BOPOMR": [SLAGELSE], "Tid": rows.year.astype(str).tolist()}
    contents = {"NEET1": "Befolkningen (16-24 år) (SYNTETISK)"}
    dimension = {}
    for variable in NEET1.variables:
        shown = {code: variable.values[code] for code in asked.get(variable.variable_id, variable.values)}
        if variable.variable_id == "Tid":
            unit = {"NEET1": {"base": "Antal", "decimals": 0}}
            dimension["ContentsCode"] = {"label": "Indhold", "category": _category(contents) | {"unit": unit}}
        dimension[variable.variable_id] = {"label": variable.text, "category": _category(shown)}
    ids = list(dimension)
    size = [len(dimension[name]["category"]["index"]) for name in ids]
    role = {"metric": ["ContentsCode"], "time": ["Tid"]}
    dataset = {
        "dimension": dimension | {"id": ids, "size": size, "role": role},
        "label": "Befolkningen (16-24 år) efter NEET-status, køn, bopælsområde, Indhold og tid (SYNTETISK)",
        "source": "SYNTETISKE DATA – ikke Danmarks Statistik",
        "updated": "2025-05-01T06:00:00Z",
        "value": values,
        "extension": {"px": {"tableid": "NEET1", "decimals": 0}},
    }
    return {"dataset": dataset}


def write_statbank(folder: Path, municipality: pd.DataFrame, seed: int) -> None:
    """Write a folder per table; `municipality` holds the counts of the synthetic LBF municipality."""
    random = np.random.default_rng(seed)
    bodies = ((KVRES, _municipal_elections), (HFUDD21, _education), (RAS209, _labour_market))
    for table, make in bodies:
        _write_tableinfo(folder / table.table_id, table.tableinfo())
        _as_bulk(folder / table.table_id / "data.csv", make(municipality, random))
    _write_tableinfo(folder / "NEET1", NEET1.tableinfo())
    text = json.dumps(_neet(municipality, random), ensure_ascii=False, separators=(",", ":"))
    (folder / "NEET1" / "data.json").write_bytes(text.encode())
    _write_tableinfo(folder / "FVKOM", FVKOM.rebuilt_tableinfo(FVKOM_CAVEAT))
