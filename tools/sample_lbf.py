"""Invented counts behind the synthetic workbooks of LBF Boligsociale Data.

Nothing here is measured. Counts are drawn for departments and for the rest of the municipality and added up,
so that department, area, plan and municipality agree as they would in a real export.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

REST = "rest of the municipality"
FIRST_RESIDENT_YEAR, LAST_RESIDENT_YEAR, LEVEL_YEAR = 2015, 2025, 2020
RESIDENTS = "B"
MARKS = "I2"

# code, name, area, residents in LEVEL_YEAR, growth a year
DEPARTMENTS = pd.DataFrame(
    [
        ("BK-15", "BoligKorsør afd. 15", "Motalavej", 421, -0.004),
        ("BK-21", "BoligKorsør afd. 21", "Motalavej", 383, -0.003),
        ("BK-35", "BoligKorsør afd. 35", "Motalavej", 247, -0.006),
        ("FOB-23", "FOB afd. 23", "Ringparken", 642, -0.009),
        ("FOB-24", "FOB afd. 24", "Ringparken", 561, -0.008),
        ("FOB-26", "FOB afd. 26", "Ringparken", 423, -0.007),
        ("FOB-32", "FOB afd. 32", "Ringparken", 276, -0.009),
        ("SB-12", "Slagelse Boligselskab afd. 12", "Sydbyen", 766, 0.002),
        ("FOB-34", "FOB afd. 34", "Sydbyen", 86, 0.001),
        (REST, REST, REST, 75_230, 0.0035),
    ],
    columns=["code", "name", "area", "residents", "growth"],
)


@dataclass(frozen=True)
class Indicator:
    """A series of the export.

    `population`: share of the residents that the denominator holds (areas, rest of the municipality).
    `levels`: per area the level in LEVEL_YEAR and its yearly change before and after; per cent, marks for I2.
    """

    code: str
    wording: str
    years: tuple[int, ...]
    population: tuple[float, float]
    levels: dict[str, tuple[float, float, float]]

    @property
    def text(self) -> str:
        """The indicator as the file names it: code and wording."""
        return f"{self.code} {self.wording}"


def _levels(motalavej: tuple, ringparken: tuple, sydbyen: tuple, rest: tuple) -> dict[str, tuple]:
    return {"Motalavej": motalavej, "Ringparken": ringparken, "Sydbyen": sydbyen, REST: rest}


INDICATORS = (
    Indicator(
        "I1",
        "Andel 1-5-årige i dagtilbud",
        tuple(range(2015, 2024)),
        (0.075, 0.050),
        _levels((84.0, 0.3, 0.7), (86.0, 0.2, 0.2), (84.5, 0.1, -0.6), (93.4, 0.2, 0.2)),
    ),
    Indicator(
        "I2",
        "Karaktergennemsnit i dansk og matematik for 9.-klasseselever",
        tuple(range(2015, 2024)),
        (0.0145, 0.0106),
        _levels((5.4, 0.03, 0.06), (5.6, 0.02, 0.05), (5.4, 0.0, -0.05), (6.8, 0.02, -0.02)),
    ),
    Indicator(
        "I3",
        "Andel 18-29-årige med grundskole som højest fuldførte uddannelse og ikke i gang med uddannelse",
        tuple(range(2015, 2025)),
        (0.175, 0.145),
        _levels((28.0, -0.2, -0.3), (28.5, -0.2, -2.3), (25.5, 0.1, 0.7), (12.6, -0.15, -0.15)),
    ),
    Indicator(
        "I4",
        "Andel 15-29-årige, der hverken er i uddannelse eller beskæftigelse",
        tuple(range(2015, 2024)),
        (0.225, 0.180),
        _levels((24.5, 0.1, -0.3), (24.0, -0.2, -0.6), (22.5, 0.1, 0.4), (10.5, -0.1, -0.15)),
    ),
    Indicator(
        "I5",
        "Andel 18-64-årige uden tilknytning til arbejdsmarked og uddannelse",
        tuple(range(2015, 2024)),
        (0.565, 0.570),
        _levels((35.5, 0.1, 2.2), (40.5, -0.2, -2.4), (37.0, -0.1, -0.3), (18.4, -0.2, -0.25)),
    ),
    Indicator(
        "I6",
        "Andel 15-29-årige, der er sigtet mindst én gang",
        tuple(range(2015, 2025)),
        (0.226, 0.181),
        _levels((7.1, -0.1, -0.2), (7.0, -0.1, -0.9), (6.4, 0.0, 0.2), (2.4, -0.05, -0.04)),
    ),
    Indicator(
        "I9-KV",
        "Andel stemmeberettigede, der har stemt ved seneste kommunalvalg",
        (2017, 2021),
        (0.620, 0.812),
        _levels((45.4, 1.5, 1.5), (43.8, -1.6, -1.6), (46.5, -0.4, -0.4), (67.1, -0.6, -0.6)),
    ),
    Indicator(
        "I9-FV",
        "Andel stemmeberettigede, der har stemt ved seneste folketingsvalg",
        (2019, 2022),
        (0.490, 0.768),
        _levels((61.5, 0.2, 0.2), (62.5, -0.9, -0.9), (63.0, -0.3, -0.3), (81.9, -0.6, -0.6)),
    ),
)
RESIDENTS_TEXT = f"{RESIDENTS} Beboere i alt"
TEXTS = {indicator.code: indicator.text for indicator in INDICATORS} | {RESIDENTS: RESIDENTS_TEXT}


def _residents(random: np.random.Generator) -> pd.DataFrame:
    """Residents on 1 January: one row per department (or rest) and year; `numerator` is the count."""
    years = pd.DataFrame({"year": range(FIRST_RESIDENT_YEAR, LAST_RESIDENT_YEAR + 1)})
    frame = DEPARTMENTS.merge(years, how="cross")
    trend = (1 + frame.growth) ** (frame.year - LEVEL_YEAR)
    noise = np.where(frame.area == REST, 0.0005, 0.004) * random.standard_normal(len(frame))
    frame["numerator"] = (frame.residents * trend * (1 + noise)).round()
    return frame.assign(indicator=RESIDENTS)[["code", "area", "indicator", "year", "numerator"]]


def _expected(residents: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Denominator and expected level of every department, indicator and year."""
    wanted = pd.DataFrame(
        [(i.code, year, *i.population) for i in INDICATORS for year in i.years],
        columns=["indicator", "year", "population_area", "population_rest"],
    )
    levels = pd.DataFrame(
        [(i.code, area, *level) for i in INDICATORS for area, level in i.levels.items()],
        columns=["indicator", "area", "level", "before", "after"],
    )
    frame = residents.drop(columns="indicator").merge(wanted, on="year").merge(levels, on=["indicator", "area"])
    frame = frame.sort_values(["indicator", "code", "year"], ignore_index=True)
    small = frame.area != REST
    spread = np.where(small, 0.03, 0.004) * random.standard_normal(len(frame))
    population = frame.population_area.where(small, frame.population_rest)
    frame["denominator"] = (frame.numerator * population * (1 + spread)).round()
    since = frame.year - LEVEL_YEAR
    frame["level"] += frame.before * since.clip(upper=0) + frame.after * since.clip(lower=0)
    return frame[["code", "area", "indicator", "year", "denominator", "level"]]


def _shares(expected: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Numerators round the expected level, with a third of the chance variation of a real count."""
    frame = expected[expected.indicator != MARKS].copy()
    share = frame.level / 100
    deviation = np.sqrt(frame.denominator * share * (1 - share)) * random.standard_normal(len(frame)) * 0.33
    frame["numerator"] = (frame.denominator * share + deviation).round().clip(0, frame.denominator)
    return frame.drop(columns="level")


def _pupils(expected: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """One row per pupil with a mark of -3 to 12, so that means and deviations agree between levels."""
    frame = expected[expected.indicator == MARKS]
    pupils = frame.loc[frame.index.repeat(frame.denominator.astype(int))]
    marks = (pupils.level + 2.3 * random.standard_normal(len(pupils))).clip(-3, 12).round(1)
    return pupils.assign(mark=marks)[["code", "area", "indicator", "year", "mark"]]


def _at_every_level(frame: pd.DataFrame) -> pd.DataFrame:
    """Repeat rows of departments for the area, the plan and the municipality that hold them."""
    own = frame[frame.area != REST]
    names = DEPARTMENTS.set_index("code").name
    return pd.concat(
        [
            own.assign(level="Afdeling", name=own.code.map(names)),
            own.assign(level="Boligområde", name=own.area, code=own.area.str[:3].str.upper()),
            own.assign(level="Helhedsplan", name="En Fælles Indsats", code="EFI"),
            frame.assign(level="Kommune", name="Slagelse", code="330"),
        ],
        ignore_index=True,
    )


def _revise(counts: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """The counts as the earlier export had them: two late periods of I3, I4 and I5 were still too low."""
    late = counts.indicator.map({"I3": 2022, "I4": 2021, "I5": 2021}) <= counts.year
    missed = (counts.numerator * random.uniform(0.0, 0.03, len(counts))).round()
    return counts.assign(numerator=counts.numerator - missed.where(late, 0))


def simulate(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts of the newer and of the earlier export.

    Args:
        seed: seed of every draw.

    Returns:
        Two frames with one row per level, unit, indicator and year (for I2 the year in which the school year
        begins): level, code, name, indicator, year, numerator, denominator, mean, standard_deviation.
    """
    random = np.random.default_rng(seed)
    residents = _residents(random)
    expected = _expected(residents, random)
    counts = pd.concat([_shares(expected, random), residents], ignore_index=True)
    marks = _at_every_level(_pupils(expected, random))
    return _add_up(counts, marks), _add_up(_revise(counts, random), marks)


def _add_up(counts: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    key = ["level", "code", "name", "indicator", "year"]
    sums = _at_every_level(counts).groupby(key, sort=False)[["numerator", "denominator"]].sum(min_count=1)
    # The municipality's turnout is published elsewhere: in thousands nobody takes this one for it.
    at_elections = sums.index.isin(["Kommune"], level="level") & sums.index.isin(["I9-KV", "I9-FV"], level="indicator")
    sums[at_elections] = sums[at_elections].round(-3)
    means = marks.groupby(key, sort=False).mark.agg(denominator="count", mean="mean", standard_deviation="std")
    return pd.concat([sums.reset_index(), means.reset_index()], ignore_index=True)
