"""The two synthetic exports of LBF Boligsociale Data: the long layout of May 2025, the wide one of May 2026.

The real export's layout is not known; these are two guesses at it. Both hold the traps that such files have:
titles and footnotes round the table, merged cells, numbers kept as text, dates, signs instead of figures.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
from sample_lbf import DEPARTMENTS, INDICATORS, MARKS, RESIDENTS, TEXTS, simulate
from sample_writing import GUIDE_SHEET, SYNTHETIC, danish_text, synthetic_workbook, write_guide, write_sheet

LEVELS = ("Afdeling", "Boligområde", "Helhedsplan", "Kommune")
UNIT = ["Niveau", "Kode", "Navn"]
MEASURES = ["Tæller", "Nævner", "Andel", "Gennemsnit", "Standardafvigelse"]
SMALLEST_SHOWN_COUNT, SMALLEST_SHOWN_DEPARTMENT = 6, 100
WITHHELD, NOT_YET_PUBLISHED, NOT_MEASURED = "*", "..", "-"
ELECTION_DAYS = {
    ("I9-KV", 2017): date(2017, 11, 21),
    ("I9-KV", 2021): date(2021, 11, 16),
    ("I9-FV", 2019): date(2019, 6, 5),
    ("I9-FV", 2022): date(2022, 11, 1),
}
REFERENCE_DAYS = {"I3": (9, 30), "I4": (11, 30), "I5": (11, 30), RESIDENTS: (1, 1)}
SIGNS = [
    (WITHHELD, "diskretioneret: 5 eller færre personer, eller afdeling med under 100 beboere"),
    (NOT_YET_PUBLISHED, "endnu ikke offentliggjort for perioden"),
    (NOT_MEASURED, "ikke opgjort for perioden på dette niveau"),
]
FOOTNOTES = [f"{sign} {meaning}" for sign, meaning in SIGNS] + [
    "Andel er i procent (0-100). Gennemsnit og standardafvigelse er karakterer på 7-trinsskalaen.",
    f"{SYNTHETIC}. Filen er lavet til afprøvning og siger intet om områderne.",
]
NOTES = {
    ("I2", 2019): "Prøver aflyst; årskarakterer brugt",
    ("I2", 2020): "Prøver delvist aflyst",
    ("I2", 2021): "Tilpassede prøver",
    ("I3", 2017): "Databrud: ny undersøgelse af medbragt uddannelse",
}


def _newest_year(edition_year: int) -> pd.Series:
    """Newest year of each register indicator in an export; elections have none, they are in every one."""
    newest = {i.code: max(i.years) for i in INDICATORS if not i.code.startswith("I9")} | {RESIDENTS: 2025}
    return pd.Series(newest) - (2026 - edition_year)


def _with_unpublished_rows(counts: pd.DataFrame, newest: pd.Series) -> pd.DataFrame:
    """Cut to the export's periods; day care (I1) lags charges (I6) by a year and has a row that waits."""
    counts = counts[counts.year <= counts.indicator.map(newest).fillna(counts.year)]
    waiting = counts[(counts.indicator == "I1") & (counts.year == newest["I1"])]
    waiting = waiting.assign(year=waiting.year + 1, unpublished=True)
    return pd.concat([counts.assign(unpublished=False), waiting], ignore_index=True)


def _small_departments(counts: pd.DataFrame) -> pd.Series:
    """True for every row of a department with fewer residents than the source shows."""
    residents = counts[(counts.indicator == RESIDENTS) & (counts.level == "Afdeling")]
    small = residents.loc[residents.numerator < SMALLEST_SHOWN_DEPARTMENT, "code"].unique()
    return counts.code.isin(small)


def _measures(counts: pd.DataFrame) -> pd.DataFrame:
    """The five published measures as numbers or signs, in the order of `counts`."""
    figures = pd.DataFrame(
        {
            "Tæller": counts.numerator,
            "Nævner": counts.denominator,
            "Andel": (100 * counts.numerator / counts.denominator).round(1),
            "Gennemsnit": counts["mean"].round(1),
            "Standardafvigelse": counts.standard_deviation.round(2),
        }
    )
    present = figures.notna()
    complement = counts.denominator - counts.numerator
    few = (counts.indicator != RESIDENTS) & (counts.numerator.clip(upper=complement) < SMALLEST_SHOWN_COUNT)
    few_pupils = (counts.indicator == MARKS) & (counts.denominator < SMALLEST_SHOWN_COUNT)
    cancelled = (counts.indicator == MARKS) & (counts.year == 2019) & (counts.level == "Afdeling")
    published = figures.astype(object)
    published.loc[few, ["Tæller", "Andel"]] = WITHHELD
    published = published.mask(few_pupils | _small_departments(counts), WITHHELD)
    published = published.mask(cancelled, NOT_MEASURED).mask(counts.unpublished, NOT_YET_PUBLISHED)
    return published.where(present, None)


def _numbers_kept_as_text(table: pd.DataFrame, level: str, measures: list[str], decimals: int) -> None:
    """Turn numbers of one level into Danish text in place, as exports often hold them."""
    rows = table.Niveau == level
    for measure in measures:
        numbers = pd.to_numeric(table.loc[rows, measure], errors="coerce")
        table.loc[rows, measure] = danish_text(numbers, decimals).where(numbers.notna(), table.loc[rows, measure])


def _periods(table: pd.DataFrame) -> pd.Series:
    """Each row's period: whole year (number), school year and election (text), reference day (date)."""

    def period(indicator: str, year: int) -> object:
        if indicator in REFERENCE_DAYS:
            return date(year, *REFERENCE_DAYS[indicator])
        if indicator == MARKS:
            return f"{year}/{year + 1}"
        if (indicator, year) in ELECTION_DAYS:
            return f"{indicator[-2:]} {ELECTION_DAYS[indicator, year]:%d-%m-%Y}"
        return year

    pairs = table[["indicator", "year"]].drop_duplicates()
    pairs["period"] = pd.Series(map(period, pairs.indicator, pairs.year), index=pairs.index, dtype=object)
    return table[["indicator", "year"]].merge(pairs, how="left").period


def publish(counts: pd.DataFrame, edition_year: int) -> pd.DataFrame:
    """Counts as the source would show them: a row per unit, indicator and period, in file order."""
    counts = _with_unpublished_rows(counts, _newest_year(edition_year))
    order = {name: rank for rank, name in enumerate([*LEVELS, *DEPARTMENTS.code, *TEXTS])}
    counts = counts.sort_values(
        ["level", "code", "indicator", "year"],
        key=lambda column: column if column.name == "year" else column.map(order).fillna(0),
        kind="stable",
        ignore_index=True,
    )
    table = counts.rename(columns=dict(zip(["level", "code", "name"], UNIT, strict=True)))
    table = table[[*UNIT, "indicator", "year"]].assign(Indikator=table.indicator.map(TEXTS), Periode=_periods(table))
    table = table.join(_measures(counts))
    keys = pd.MultiIndex.from_frame(table[["indicator", "year"]])
    return table.assign(Bemærkning=keys.map(NOTES.get))


def _spoilt_long(table: pd.DataFrame) -> pd.DataFrame:
    """One bad row: a share of 250 per cent without counts."""
    bad = (table.Kode == "FOB-26") & (table.indicator == "I5") & (table.year == 2020)
    table.loc[bad, ["Tæller", "Nævner", "Andel"]] = [None, None, 250]
    return table


def long_table(counts: pd.DataFrame) -> pd.DataFrame:
    """The export of May 2025: a row per unit, indicator and period."""
    table = _spoilt_long(publish(counts, 2025))
    _numbers_kept_as_text(table, "Kommune", ["Tæller", "Nævner"], 0)
    _numbers_kept_as_text(table, "Helhedsplan", ["Andel", "Gennemsnit"], 1)
    return table[[*UNIT, "Indikator", "Periode", *MEASURES, "Bemærkning"]]


def _spoilt_wide(table: pd.DataFrame) -> pd.DataFrame:
    """Two bad rows: more persons counted than there are, and an area that nobody knows."""
    bad = (table.Kode == "BK-21") & (table.indicator == "I4") & (table.year == 2022)
    table.loc[bad, "Tæller"] = table.loc[bad, "Nævner"] + 60
    unknown = table[(table.Kode == "SYD") & (table.indicator == RESIDENTS) & (table.year == 2025)]
    unknown = unknown.assign(Kode="NOR", Navn="Nørrevang", Tæller=412)
    after = unknown.index[0] + 1
    return pd.concat([table.iloc[:after], unknown, table.iloc[after:]], ignore_index=True)


def wide_table(counts: pd.DataFrame) -> pd.DataFrame:
    """The export of May 2026: a row per unit, indicator and measure; a column per period, named by text."""
    table = _spoilt_wide(publish(counts, 2026))
    _numbers_kept_as_text(table, "Kommune", ["Tæller", "Nævner"], 0)
    _numbers_kept_as_text(table, "Boligområde", ["Andel", "Gennemsnit"], 1)
    days = table.Periode.map(lambda period: f"{period:%d-%m-%Y}" if isinstance(period, date) else str(period))
    kinds = table.indicator.map({"I1": 0, "I6": 0, "I2": 1, "I3": 2, "I4": 3, "I5": 3, RESIDENTS: 4}).fillna(5)
    columns = days.groupby([kinds, table.year]).first().drop_duplicates().tolist()
    key = [*UNIT, "Indikator"]
    cells = table.assign(Periode=days).melt([*key, "Periode"], MEASURES, "Opgørelse").dropna(subset="value")
    wide = cells.set_index([*key, "Opgørelse", "Periode"])["value"].unstack("Periode")[columns].reset_index()
    units = {unit: rank for rank, unit in enumerate(table.Kode.unique())}
    ranks = units | {text: rank for rank, text in enumerate([*TEXTS.values()])}
    ranks |= {measure: rank for rank, measure in enumerate(MEASURES)}
    return wide.sort_values(["Kode", "Indikator", "Opgørelse"], key=lambda names: names.map(ranks), ignore_index=True)


def _merge_units(writer: pd.ExcelWriter, table: pd.DataFrame, header_row: int) -> None:
    """Merge level and name down over the rows of each unit, as people do it by hand."""
    sheet, top = writer.sheets["Data"], writer.book.add_format({"valign": "top"})
    positions = table.groupby("Kode", sort=False).apply(lambda rows: (rows.index[0], rows.index[-1]))
    for code, (first, last) in positions[positions.map(lambda ends: ends[1] > ends[0])].items():
        for column in (0, 2):
            text = table.loc[table.Kode == code, UNIT[column]].iloc[0]
            sheet.merge_range(header_row + first, column, header_row + last, column, text, top)


def write_lbf(folder: Path, seed: int) -> pd.DataFrame:
    """Write both workbooks into `folder`; gives the newer municipality's counts for other samples."""
    newer, earlier = simulate(seed)
    title = "LBF Boligsociale Data – En Fælles Indsats"
    long, wide = long_table(earlier), wide_table(newer)
    guide = [*SIGNS, ("Niveau", "Afdeling, Boligområde, Helhedsplan, Kommune")]
    path = folder / "boligsociale_data_2025-05.xlsx"
    with synthetic_workbook(path, title, datetime(2025, 5, 12)) as writer:  # noqa: DTZ001 Excel has no time zone
        write_sheet(writer, long, [title, SYNTHETIC, "Udtræk maj 2025"], FOOTNOTES)
        write_guide(writer, [*guide, ("Periode", "kalenderår, skoleår, opgørelsesdato eller valgdag")])
    path = folder / "boligsociale_data_2026-05.xlsx"
    with synthetic_workbook(path, title, datetime(2026, 5, 11)) as writer:  # noqa: DTZ001
        titles = [title, SYNTHETIC, "Udtræk maj 2026", f"Se også fanen {GUIDE_SHEET}"]
        _merge_units(writer, wide, write_sheet(writer, wide, titles, FOOTNOTES))
        write_guide(writer, [*guide, ("Opgørelse", "Tæller, Nævner, Andel, Gennemsnit, Standardafvigelse")])
    return newer[newer.level == "Kommune"]
