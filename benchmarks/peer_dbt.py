"""A peer of the core: the same tables by dbt-duckdb, `dbt build` in a project made of the files under sql/.

`python -m benchmarks.peer_dbt DATA PROJECT` writes the project: each SELECT becomes a model in which the tables that
it reads are refs, and inputs.duckdb holds what no SELECT makes (catalogue, ledger, macros, the parsed rows of DATA,
which `python -m benchmarks.core DATA` left). dbt is then spared receiving, reading and publishing.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import ROOT, Command

ENVIRONMENT = ROOT / ".benchmarks" / "dbt"
# dbt-core 1.12 downloads while it is built, which a closed network refuses.
PACKAGES = ("dbt-core<1.12", "dbt-duckdb", "duckdb==1.5.6")
_PROJECT = """name: helhedsplan
version: "1.0.0"
profile: helhedsplan
model-paths: [models]
macro-paths: [macros]
flags: {send_anonymous_usage_stats: false, use_colors: false}
"""
_PROFILE = """helhedsplan:
  target: here
  outputs:
    here: {type: duckdb, path: warehouse.duckdb, threads: 2, settings: {preserve_insertion_order: false}}
"""
# As it comes, dbt puts its own prefix before a model's schema.
_SCHEMA_MACRO = "{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name }}{% endmacro %}\n"


def command(project: Path) -> Command:
    """`dbt build` of a project on a fresh copy of its inputs."""
    copy = ("cp", str(project / "inputs.duckdb"), str(project / "warehouse.duckdb"))
    words = ("build", "--quiet", "--no-version-check", "--project-dir", str(project), "--profiles-dir", str(project))
    dbt = str(ENVIRONMENT / "bin" / "dbt")
    return Command((dbt, *words), folder=project, make_ready=lambda: subprocess.run(copy, check=True))


def make_environment() -> None:
    """A virtual environment for dbt alone, once. Raises CalledProcessError where packages cannot be had."""
    if (ENVIRONMENT / "bin" / "dbt").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    install = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet"]
    subprocess.run([*install, "--python", str(ENVIRONMENT / "bin" / "python"), *PACKAGES], check=True)


def write_project(data: Path, project: Path) -> None:
    """Models, settings and inputs; `data` is a data directory that benchmarks.core has filled."""
    from warehouse.sql_files import SELECT_SCHEMAS, sql_files

    files = {file.table: file for file in sql_files(SELECT_SCHEMAS)}
    reference = re.compile(rf"\b(?:{'|'.join(re.escape(table) for table in files)})\b")
    for table, file in files.items():
        kind = "table" if file.kind == "table" else "view"
        text = reference.sub(lambda found: f"{{{{ ref('{_model(found[0])}') }}}}", _without_comments(file.text))
        head = f"{{{{ config(schema='{file.schema}', alias='{file.name}', materialized='{kind}') }}}}\n"
        _write(project / "models" / file.schema / f"{_model(table)}.sql", head + text)
    _write(project / "macros" / "generate_schema_name.sql", _SCHEMA_MACRO)
    _write(project / "dbt_project.yml", _PROJECT)
    _write(project / "profiles.yml", _PROFILE)
    _write_inputs(data, project / "inputs.duckdb")


def _model(table: str) -> str:
    return table.replace(".", "__")


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--")) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_inputs(data: Path, target: Path) -> None:
    """A whole warehouse, of which then everything that a SELECT made is dropped."""
    import duckdb

    from benchmarks.core import request_of
    from catalogue.load import load_catalogue
    from warehouse.build import form_of, make_tables
    from warehouse.paths import DataDirectory

    with duckdb.connect(target) as connection:
        # dbt cannot attach a publication before; it makes the first one, as the core does.
        request = replace(request_of(DataDirectory(data), load_catalogue()), previous=None)
        for file in reversed(make_tables(connection, request)):
            connection.execute(f"DROP {form_of(request, file)} {file.table}")


if __name__ == "__main__":
    write_project(Path(sys.argv[1]), Path(sys.argv[2]))
