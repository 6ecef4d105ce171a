"""Withholding and the attack over a table of national size: the step of a build, on counts that are drawn.

Run as `python -m benchmarks.attack [REPORT]`: 100 agreements of 4 areas of 17 departments, their municipalities,
9 indicators, 10 periods; the newest two periods come a second time, revised. One area in twelve is tiny, so that areas
have to be withheld as well as departments, and the source withholds a quarter of the departments' small counts itself.
REPORT: a file for what the attack found. Ends with an error if it fails.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

from benchmarks.generate import AGREEMENTS, AREAS_EACH, DEPARTMENTS_EACH, SEED
from catalogue.load import load_catalogue
from tasks.disclosure.withhold import Withholding
from warehouse.build import Request, make_tables

PERIODS, REVISED_PERIODS = 10, 2
# Share of the residents in the denominator, and level; plain counts of residents come last.
INDICATORS = (
    (0.075, 0.85), (0.015, 0.5), (0.175, 0.27), (0.225, 0.23), (0.565, 0.37), (0.226, 0.07), (0.62, 0.45), (0.5, 0.62),
    (1.0, 0.0),
)  # fmt: skip
_UNITS = f"""
    CREATE TABLE unit AS
    SELECT unit, unit // {DEPARTMENTS_EACH} AS area, unit // {DEPARTMENTS_EACH * AREAS_EACH} AS agreement,
        CASE WHEN hash(unit // {DEPARTMENTS_EACH}, {SEED}) % 12 = 0 THEN 4 + (hash(unit, {SEED}) % 12)::INTEGER
            ELSE 120 + (hash(unit, {SEED}) % 600)::INTEGER END AS residents
    FROM range({AGREEMENTS * AREAS_EACH * DEPARTMENTS_EACH}) AS numbers(unit)
"""
_DRAWN = f"""
    CREATE TABLE drawn AS
    WITH release AS (
        SELECT 2 AS release, period FROM range({PERIODS}) AS places(period)
        UNION ALL SELECT 4, period FROM range({PERIODS - REVISED_PERIODS}, {PERIODS}) AS places(period)
    ), counted AS (
        SELECT *, round(residents * population * (0.9 + (hash(unit, place, period, 1) % 1000)::DOUBLE / 5000)) AS n,
            level * (1 + ((hash(unit, place, period, 2) % 1000)::DOUBLE - 500) / 1000) AS share,
            release = 4 AND hash(unit, place, period, 3) % 33 = 0 AS is_revised
        FROM unit CROSS JOIN asked CROSS JOIN release
    )
    SELECT * EXCLUDE (n, share), CASE WHEN place = {len(INDICATORS)} THEN NULL ELSE n END AS denominator,
        CASE WHEN place = {len(INDICATORS)} THEN n
            ELSE least(n, round(n * share) + is_revised::INTEGER) END AS numerator
    FROM counted
"""
_LEVELS = """
    CREATE TABLE stated AS
    SELECT 'department' AS unit_level, 'd' || unit AS unit_id, place, period, release, numerator, denominator FROM drawn
    UNION ALL
    SELECT 'area', 'a' || area, place, period, release, sum(numerator), sum(denominator) FROM drawn GROUP BY ALL
    UNION ALL
    SELECT 'agreement', 'p' || agreement, place, period, release, sum(numerator), sum(denominator)
    FROM drawn GROUP BY ALL
    UNION ALL
    SELECT 'municipality', 'm' || agreement, place, period, release, 31 * sum(numerator), 31 * sum(denominator)
    FROM drawn GROUP BY agreement, place, period, release
"""
_COUNTED = f"""
    CREATE OR REPLACE TABLE core.counted AS
    SELECT 'delivery-' || release AS delivery_id, row_number() OVER () AS row_number,
        'indicator-' || place AS indicator_id, unit_level, unit_id, period::VARCHAR AS period,
        NULL::VARCHAR AS instrument, NULL::VARCHAR AS missing_reason,
        NULL::DATE AS corrected_on, false AS is_rejected, true AS is_in_force, 'lbf' AS source_id, release,
        CASE WHEN place = {len(INDICATORS)} THEN 'amount' ELSE 'share' END AS kind, 'persons' AS unit,
        CASE WHEN NOT is_marked THEN numerator END AS numerator, denominator, false AS is_share_alone,
        true AS rule_applies, is_small AND NOT is_marked AS is_small, is_marked AS is_withheld_by_source,
        is_marked AS is_told_as_ours, NULL::INTEGER AS told_at_most, 6 AS protection_width,
        NULL::DATE AS exposure_accepted_until
    FROM stated,
        LATERAL (SELECT stat.is_small_count('share', numerator, denominator, NULL, 5, 0) AS is_small),
        LATERAL (SELECT is_small AND unit_level = 'department' AND hash(unit_id, place, period, 4) % 4 = 0 AS is_marked)
"""
_UNITS_OF_THE_COUNTRY = """
    CREATE OR REPLACE TABLE core.period AS
    SELECT DISTINCT period::VARCHAR AS period, DATE '2024-12-31' AS period_end FROM stated;
    CREATE OR REPLACE TABLE core.membership AS
    SELECT DISTINCT 'department' AS child_level, 'd' || unit AS child_id, 'area' AS parent_level,
        'a' || area AS parent_id, DATE '0001-01-01' AS valid_from, DATE '9999-12-31' AS valid_to, 1 AS steps FROM unit
    UNION SELECT 'area', 'a' || area, 'agreement', 'p' || agreement, DATE '0001-01-01', DATE '9999-12-31', 1 FROM unit;
    CREATE OR REPLACE TABLE catalogue.indicator AS SELECT DISTINCT indicator_id, kind FROM core.counted;
    CREATE OR REPLACE TABLE catalogue.source AS SELECT DISTINCT source_id FROM core.counted;
    INSERT INTO ledger.delivery BY NAME SELECT DISTINCT delivery_id FROM core.counted;
    CREATE OR REPLACE TABLE catalogue.agreement AS
    SELECT DISTINCT 'p' || agreement AS agreement_id, 'm' || agreement AS municipality_code FROM unit
"""


def main() -> None:
    nothing = Request((), (), (), load_catalogue(), "run-000001", "2026-11-23T01:00:00+00:00")
    with duckdb.connect() as connection:
        make_tables(connection, nothing)
        connection.execute("DROP TABLE core.counted")
        indicators = ", ".join(f"({place}, {share}, {level})" for place, (share, level) in enumerate(INDICATORS, 1))
        connection.execute(f"CREATE TABLE asked AS FROM (VALUES {indicators}) AS asked(place, population, level)")
        for statement in (_UNITS, _DRAWN, _LEVELS, _COUNTED, _UNITS_OF_THE_COUNTRY):
            connection.execute(statement)
        connection.execute("DROP TABLE drawn; DROP TABLE stated")
        step, began = Withholding(), time.perf_counter()
        step(connection, nothing)
        seconds = time.perf_counter() - began
    found = {name: value for name, value in step.report.body.items() if name not in ("withheld", "withheld_as_in")}
    found |= {"seconds_of_the_step": round(seconds, 2)}
    print(json.dumps(found))
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
    if not step.report.passed:
        raise SystemExit(f"the attack fails: {step.report.failed[:5]}")


if __name__ == "__main__":
    main()
