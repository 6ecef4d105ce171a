"""The measure of a large delivery: DuckDB alone loads the CSV as text, casts it and makes the same marts.

Run as `python -m benchmarks.peer_duckdb CSV TARGET PUBLISHED`: one process, one connection, the casts written
by hand for this one file, and then the same SELECTs under sql/. The tables that no CSV holds (catalogue and
ledger) are copied out of the warehouse PUBLISHED that helhedsplan made of the same file. It receives, checks,
traces and publishes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from warehouse.aside import ROWS_IN_A_GROUP, STORAGE_VERSION
from warehouse.raw_tables import make_raw
from warehouse.shown_before import make_shown_before
from warehouse.sql_files import SELECT_SCHEMAS, in_order, load_macros, sql_files

_CODES = {
    "I1": "daycare_1_5",
    "I2": "grade_average_danish_mathematics",
    "I3": "basic_school_only_18_29",
    "I4": "neither_education_nor_employment_15_29",
    "I5": "no_attachment_18_64",
    "I6": "charged_15_29",
    "I9-KV": "turnout_municipal_election",
    "I9-FV": "turnout_general_election",
    "B": "residents",
}


def _number(column: str) -> str:
    return f"""TRY_CAST(replace(replace("{column}", '.', ''), ',', '.') AS DOUBLE)"""


def _cast(file_name: str) -> str:
    indicators = " ".join(f"WHEN '{theirs}' THEN '{ours}'" for theirs, ours in _CODES.items())
    return f"""
        CREATE TABLE typed AS
        SELECT 0::BIGINT + row_number() OVER () - 1 AS row_number, '{file_name}' AS file_name,
            NULL::VARCHAR AS place, 2 AS first_line,
            CASE split_part("Indikator", ' ', 1) {indicators} END AS indicator_id,
            CASE "Niveau" WHEN 'Afdeling' THEN 'department' WHEN 'Boligområde' THEN 'area'
                WHEN 'Helhedsplan' THEN 'agreement' WHEN 'Kommune' THEN 'municipality' END AS unit_level,
            "Kode" AS unit_code, "Navn" AS unit_name, NULL::VARCHAR AS municipality_code,
            CASE WHEN length("Periode") IN (4, 9) THEN "Periode"
                WHEN length("Periode") = 10 THEN strptime("Periode", '%d-%m-%Y')::DATE::VARCHAR
                ELSE left("Periode", 2) || '-' || strptime(right("Periode", 10), '%d-%m-%Y')::DATE END AS period,
            {_number("Tæller")} AS numerator, {_number("Nævner")} AS denominator,
            coalesce({_number("Andel")} / 100, {_number("Gennemsnit")}) AS value,
            {_number("Standardafvigelse")} AS standard_deviation, NULL::DOUBLE AS design_effect,
            NULL::DOUBLE AS response_rate, NULL::VARCHAR AS instrument, NULL::VARCHAR AS wording,
            "Bemærkning" AS note, CASE WHEN "Tæller" = '*' THEN '*' END AS sign,
            CASE WHEN "Tæller" = '*' THEN 'withheld_by_source' END AS missing_reason, NULL::VARCHAR AS unreadable
        FROM text
    """


def main() -> None:
    csv, target, published = sys.argv[1:4]
    Path(target).unlink(missing_ok=True)
    with duckdb.connect() as connection:
        # What makes the SELECTs quick in helhedsplan's build makes them quick here.
        connection.execute("SET disabled_optimizers = 'common_subplan'")
        connection.execute(f"SET temp_directory = '{target}.spilled'")
        options = f"STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE no_wal_writes, ROW_GROUP_SIZE {ROWS_IN_A_GROUP}"
        connection.execute(f"ATTACH '{target}' AS warehouse ({options})")
        connection.execute("USE warehouse")
        read = f"read_csv('{csv}', all_varchar = true, delim = ';', header = true)"
        connection.execute(f"CREATE TABLE text AS FROM {read}")
        connection.execute(_cast(Path(csv).name))
        connection.execute("DROP TABLE text")
        connection.execute("SET preserve_insertion_order = false")
        _copy_inputs(connection, published)
        load_macros(connection)
        for file in in_order(sql_files(SELECT_SCHEMAS)):
            if file.schema != "ledger":
                # It traces no figure, though the trace is a table of a published warehouse.
                kind = "TABLE" if file.kind == "table" and file.table != "audit.figure_trace" else "VIEW"
                connection.execute(f"CREATE {kind} {file.table} AS {file.text}")
        connection.execute("DROP SCHEMA raw CASCADE; DROP TABLE typed")
        connection.execute("CHECKPOINT warehouse")
        connection.execute("USE memory; DETACH warehouse")


def _copy_inputs(connection: duckdb.DuckDBPyConnection, published: str) -> None:
    connection.execute(f"ATTACH '{published}' AS published (READ_ONLY)")
    for schema in (*SELECT_SCHEMAS, "catalogue"):
        connection.execute(f"CREATE SCHEMA {schema}")
    tables = connection.execute(
        """SELECT schema_name, table_name FROM duckdb_tables()
        WHERE database_name = 'published' AND schema_name IN ('catalogue', 'ledger')"""
    ).fetchall()
    for schema, table in tables:
        connection.execute(f"CREATE TABLE {schema}.{table} AS FROM published.{schema}.{table}")
    make_shown_before(connection, None)
    make_raw(connection, (), ())
    # What is to be withheld is told to it, so that both make the same marts; it decides and attacks nothing.
    connection.execute("INSERT INTO raw.withheld BY NAME FROM published.core.withheld")
    connection.execute("INSERT INTO raw.attacked FROM published.audit.disclosure")
    connection.execute("DETACH published")
    connection.execute(
        """CREATE OR REPLACE VIEW raw.parsed AS
        SELECT (SELECT delivery_id FROM ledger.delivery) AS delivery_id, *, NULL::DATE AS corrected_on,
            NULL::VARCHAR AS corrected_because
        FROM typed"""
    )


if __name__ == "__main__":
    main()
