"""A synthetic country: a catalogue of 100 agreements and an LBF-shaped CSV file of about 1 or 10 million rows.

Nothing in it is measured. Counts are drawn by DuckDB from hashes of what they are about, so the same seed
gives the same bytes, and are added up from department to area, plan and municipality, as in a real export.
Run as `python -m benchmarks.generate FOLDER ROWS`: writes FOLDER/catalogue and FOLDER/ROWS.csv.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

AGREEMENTS, AREAS_EACH, DEPARTMENTS_EACH = 100, 4, 17
SEED = 20210930
CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue"
HEADERS = [
    "Niveau",
    "Kode",
    "Navn",
    "Indikator",
    "Periode",
    "Tæller",
    "Nævner",
    "Andel",
    "Gennemsnit",
    "Standardafvigelse",
    "Bemærkning",
]
# Rows asked for -> periods of a series by years and by days; each pair of series and period has 7,398 units.
PERIODS = {100_000: (1, 2), 1_000_000: (13, 16), 10_000_000: (120, 165)}
# code, words, how its periods are written, share of the residents that its denominator holds, level
SERIES = (
    ("I1", "Andel 1-5-årige i dagtilbud", "year", 0.075, 0.85),
    ("I2", "Karaktergennemsnit i dansk og matematik for 9.-klasseselever", "school_year", 0.015, 5.5),
    ("I3", "Andel 18-29-årige med grundskole som højest fuldførte uddannelse", "day", 0.175, 0.27),
    ("I4", "Andel 15-29-årige, der hverken er i uddannelse eller beskæftigelse", "day", 0.225, 0.23),
    ("I5", "Andel 18-64-årige uden tilknytning til arbejdsmarked og uddannelse", "day", 0.565, 0.37),
    ("I6", "Andel 15-29-årige, der er sigtet mindst én gang", "year", 0.226, 0.07),
    ("I9-KV", "Andel stemmeberettigede, der har stemt ved seneste kommunalvalg", "KV", 0.62, 0.45),
    ("I9-FV", "Andel stemmeberettigede, der har stemt ved seneste folketingsvalg", "FV", 0.5, 0.62),
    ("B", "Beboere i alt", "day", 1.0, 0.0),
)


def write_catalogue(folder: Path) -> Path:
    """The project's own catalogue with 100 invented agreements in the place of its real one."""
    home = folder / "catalogue"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for path in [*CATALOGUE.glob("*.yml"), *CATALOGUE.glob("*.csv")]:
        shutil.copy(path, home)
    shutil.copytree(CATALOGUE / "sources", home / "sources")
    (home / "agreements").mkdir()
    codes = _municipality_codes()
    for number in range(1, AGREEMENTS + 1):
        agreement = _agreement(number, codes[(number - 1) % len(codes)])
        (home / "agreements" / f"plan_{number:03}.yml").write_text(agreement, encoding="utf-8")
    return home


def _municipality_codes() -> list[str]:
    with (CATALOGUE / "municipalities.csv").open(encoding="utf-8") as file:
        return [row["municipality_code"] for row in csv.DictReader(file)]


def _agreement(number: int, municipality_code: str) -> str:
    areas = "".join(_area(number, area) for area in range(1, AREAS_EACH + 1))
    return (
        f"agreement_id: plan_{number:03}\nname: Helhedsplan {number:03}\npublished_as: [P{number:03}]\n"
        f"parties:\n  - {{name: Boligselskab {number:03}, role: administering_organisation}}\n"
        f'municipality_code: "{municipality_code}"\nperiod_from: 2021-10-01\nperiod_to: 2025-09-30\n'
        f"focus_areas: []\nareas:\n{areas}"
    )


def _area(agreement: int, area: int) -> str:
    departments = "".join(
        f"      - department_id: plan_{agreement:03}_{area}_{number:02}\n"
        f"        organisation: Boligselskab {agreement:03}\n"
        f"        name: Plan {agreement:03} afd. {area}-{number:02}\n"
        f"        published_as: [P{agreement:03}-{area}-{number:02}]\n"
        for number in range(1, DEPARTMENTS_EACH + 1)
    )
    return (
        f"  - area_id: plan_{agreement:03}_area_{area}\n    name: Boligområde {agreement:03}-{area}\n"
        f"    published_as: [P{agreement:03}-{area}]\n    departments:\n{departments}"
    )


# Counts of departments; `unit` is a number from 0, and hash() draws the same for the same words in every run.
_DEPARTMENTS = f"""
    CREATE TABLE drawn AS
    WITH unit AS (
        SELECT unit, unit // {DEPARTMENTS_EACH} AS area, unit // {DEPARTMENTS_EACH * AREAS_EACH} AS agreement,
            120 + (hash(unit, {SEED}) % 600)::INTEGER AS residents
        FROM range({AGREEMENTS * AREAS_EACH * DEPARTMENTS_EACH}) AS numbers(unit)
    ), counted AS (
        SELECT unit.*, asked.*, greatest(4, round(residents * population
            * (0.9 + (hash(unit, code, place, 1) % 1000)::DOUBLE / 5000))) AS denominator,
            ((hash(unit, code, place, 2) % 1000)::DOUBLE - 500) / 2500 AS swing
        FROM unit CROSS JOIN asked
    )
    SELECT unit, area, agreement, agreement % 98 AS municipality, code, place, denominator,
        CASE WHEN code = 'I2' THEN NULL WHEN code = 'B' THEN denominator
            ELSE least(denominator, round(denominator * level * (1 + swing))) END AS numerator,
        CASE WHEN code = 'I2' THEN round(level + swing * 5, 1) END AS mean
    FROM counted
"""
_LEVELS = f"""
    SELECT 1 AS rank, unit, 'Afdeling' AS niveau, code, place, denominator, numerator, mean,
        format('P{{:03d}}-{{}}-{{:02d}}', agreement + 1, area % {AREAS_EACH} + 1,
            unit % {DEPARTMENTS_EACH} + 1) AS kode,
        format('Plan {{:03d}} afd. {{}}-{{:02d}}', agreement + 1, area % {AREAS_EACH} + 1,
            unit % {DEPARTMENTS_EACH} + 1) AS navn
    FROM drawn
    UNION ALL
    SELECT 2, area, 'Boligområde', code, place, denominator, numerator, mean,
        format('P{{:03d}}-{{}}', area // {AREAS_EACH} + 1, area % {AREAS_EACH} + 1),
        format('Boligområde {{:03d}}-{{}}', area // {AREAS_EACH} + 1, area % {AREAS_EACH} + 1)
    FROM (SELECT area, {{added}} FROM drawn GROUP BY area, code, place)
    UNION ALL
    SELECT 3, agreement, 'Helhedsplan', code, place, denominator, numerator, mean,
        format('P{{:03d}}', agreement + 1), format('Helhedsplan {{:03d}}', agreement + 1)
    FROM (SELECT agreement, {{added}} FROM drawn GROUP BY agreement, code, place)
    UNION ALL
    SELECT 4, municipality, 'Kommune', code, place, denominator * 31, numerator * 31, mean, municipality_code, name
    FROM (SELECT municipality, {{added}} FROM drawn GROUP BY municipality, code, place)
    INNER JOIN municipality ON municipality = position
"""
_ADDED = """code, place, sum(denominator) AS denominator, sum(numerator) AS numerator,
        round(sum(mean * denominator) / sum(denominator), 1) AS mean"""
# Danish numbers: a decimal comma; the municipality's counts with thousands dots, as exports have them.
_PUBLISHED = """
    SELECT niveau AS "Niveau", kode AS "Kode", navn AS "Navn", words AS "Indikator", period AS "Periode",
        CASE WHEN numerator < 6 THEN '*' WHEN rank = 4 THEN replace(format('{:,d}', numerator::BIGINT), ',', '.')
            ELSE numerator::BIGINT::VARCHAR END AS "Tæller",
        CASE WHEN code = 'B' THEN NULL WHEN rank = 4 THEN replace(format('{:,d}', denominator::BIGINT), ',', '.')
            ELSE denominator::BIGINT::VARCHAR END AS "Nævner",
        CASE WHEN code IN ('B', 'I2') THEN NULL WHEN numerator < 6 THEN '*'
            ELSE replace(format('{:.1f}', 100 * numerator / denominator), '.', ',') END AS "Andel",
        replace(format('{:.1f}', mean), '.', ',') AS "Gennemsnit",
        CASE WHEN code = 'I2' THEN '2,31' END AS "Standardafvigelse",
        CASE WHEN code = 'I3' AND place = 4 THEN 'Databrud: ny undersøgelse af medbragt uddannelse' END AS "Bemærkning"
    FROM ({levels}) INNER JOIN (SELECT code, place, words, period FROM asked) USING (code, place)
    ORDER BY rank, unit, code, place
"""


def _asked(by_years: int, by_days: int) -> str:
    """SQL of one row per series and period, newest first; a day of an election is written after its type."""
    series = ", ".join(
        f"('{code}', '{code} {words}', '{way}', {share}, {level})" for code, words, way, share, level in SERIES
    )
    return f"""
        CREATE TABLE asked AS
        SELECT code, words, population, level, place, CASE way
            WHEN 'year' THEN (2024 - place)::VARCHAR
            WHEN 'school_year' THEN (2023 - place) || '/' || (2024 - place)
            WHEN 'day' THEN strftime(DATE '2025-01-01' - to_months(place::INTEGER), '%d-%m-%Y')
            ELSE way || ' ' || strftime(DATE '2024-11-01' - to_months(place::INTEGER), '%d-%m-%Y')
        END AS period
        FROM (VALUES {series}) AS series(code, words, way, population, level)
        CROSS JOIN range({max(by_years, by_days)}) AS places(place)
        WHERE place < CASE WHEN way IN ('year', 'school_year') THEN {by_years} ELSE {by_days} END
    """


def write_csv(path: Path, rows: int) -> None:
    """Write about so many rows (a key of PERIODS) as the source's CSV: semicolons, UTF-8, no quotes needed."""
    import duckdb

    with duckdb.connect(config={"temp_directory": str(path.parent / ".spilled")}) as connection:
        connection.execute(_asked(*PERIODS[rows]))
        municipalities = str(CATALOGUE / "municipalities.csv")
        connection.execute(
            f"""CREATE TABLE municipality AS
            SELECT row_number() OVER () - 1 AS position, * FROM read_csv('{municipalities}', all_varchar = true)"""
        )
        connection.execute(_DEPARTMENTS)
        select = _PUBLISHED.replace("{levels}", _LEVELS.replace("{added}", _ADDED))
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT csv, DELIMITER ';', HEADER true)")


def main() -> None:
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    write_catalogue(folder)
    write_csv(folder / f"{rows}.csv", rows)


if __name__ == "__main__":
    main()
