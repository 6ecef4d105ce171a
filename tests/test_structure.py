"""The house rules that no other tool proves, read off the repository's own files.

The last test keeps the others from holding of nothing: each kind of file that they judge must exist.
"""

import ast
import json
import re
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml

PACKAGES = ("catalogue", "warehouse", "tasks", "flows")
PROGRAMS = (*PACKAGES, "tools", "benchmarks")
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEST = 60, 250, 500

# Written with brackets so that this file does not name what it forbids.
REGISTRY_HOSTS = re.compile(
    rb"py[p]i\.org|python[h]osted\.org|registry\.[n]pmjs|deb\.[d]ebian\.org|registry\.[y]arnpkg|[a]naconda\.org"
    rb"|conda\.[a]naconda|proxy\.[g]olang\.org|index\.[c]rates\.io"
)
MACHINE_PATHS = re.compile(rb"(?<![\w.~/-])/(?:work|home|root|farm)/[\w.-]")
# File -> why it may name a path of one machine, or a registry's host.
ALLOWED_TO_NAME_A_PLACE: dict[str, str] = {}

# What each schema of the warehouse may read: only what stands left of it, or itself.
STEP_OF_SCHEMA = {"raw": 0, "catalogue": 0, "ledger": 0, "core": 1, "mart": 2, "audit": 3}
STEP_OF_MACROS = {"stat": 0, "read": 0} | STEP_OF_SCHEMA
MACRO = re.compile(
    r"\s*CREATE\s+OR\s+REPLACE\s+MACRO\s+(?P<schema>\w+)\.\w+\s*\(.*?\)\s+AS\s+(?P<table>TABLE\s)?(?P<body>.*)",
    re.DOTALL | re.IGNORECASE,
)


@pytest.fixture(scope="session")
def repository_files(repository_root) -> list[Path]:
    """Every file that git tracks or would track, as a path below the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=repository_root, capture_output=True, check=True).stdout.decode()
    return [Path(name) for name in listing.split("\0") if name and (repository_root / name).is_file()]


@pytest.fixture(scope="session")
def syntax_trees(repository_root, repository_files) -> dict[Path, ast.Module]:
    """Path below the root -> syntax tree, of every Python file."""
    python_files = [path for path in repository_files if path.suffix == ".py"]
    return {path: ast.parse((repository_root / path).read_bytes(), filename=str(path)) for path in python_files}


def below(folder: str, suffix: str, files: list[Path]) -> list[Path]:
    return [path for path in files if path.is_relative_to(folder) and path.suffix == suffix]


def functions_of(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def imports_of(tree: ast.Module) -> set[str]:
    """The top-level packages that a file imports anywhere, also inside functions and by name."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names |= {str(word.value) for word in node.args if isinstance(word, ast.Constant)}
    return {name.partition(".")[0] for name in names}


def importers_of(package: str, trees: dict[Path, ast.Module]) -> set[Path]:
    return {path for path, tree in trees.items() if path.parts[0] in PACKAGES and package in imports_of(tree)}


def test_functions_are_at_most_sixty_lines_long(syntax_trees):
    too_long = [
        f"{path}:{function.lineno} {function.name}, {function.end_lineno - function.lineno + 1} lines"
        for path, tree in syntax_trees.items()
        for function in functions_of(tree)
        if function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_program_files_are_at_most_two_hundred_and_fifty_lines_long(repository_root, repository_files, syntax_trees):
    programs = [path for path in syntax_trees if path.parts[0] in PROGRAMS] + below("sql", ".sql", repository_files)
    lengths = {str(path): len((repository_root / path).read_text("utf-8").splitlines()) for path in programs}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_other_python_files_are_under_five_hundred_lines_long_but_the_auditors_one_file(repository_root, syntax_trees):
    others = [path for path in syntax_trees if path.parts[0] not in PROGRAMS]
    lengths = {str(path): len((repository_root / path).read_text("utf-8").splitlines()) for path in others}
    assert lengths["reports/pack/verify.py"] > LONGEST_FILE, "then it needs no exception"
    assert {path for path, lines in lengths.items() if lines >= LONGEST_TEST} <= {"reports/pack/verify.py"}


def test_only_flows_imports_prefect(syntax_trees):
    assert {path for path in importers_of("prefect", syntax_trees) if path.parts[0] != "flows"} == set()


def test_only_the_check_module_imports_great_expectations(syntax_trees):
    strangers = {path for path in importers_of("great_expectations", syntax_trees) if path.parts[0] in PACKAGES}
    assert strangers <= {Path("tasks/check.py")}


def test_programs_never_loop_over_the_rows_of_a_frame(syntax_trees):
    loops = [
        f"{path}:{node.lineno} {node.attr}"
        for path, tree in syntax_trees.items()
        if path.parts[0] in PACKAGES
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("iterrows", "itertuples")
    ]
    assert loops == []


def test_tests_are_named_as_sentences_and_neither_sleep_nor_mock(syntax_trees):
    offences = []
    for path, tree in syntax_trees.items():
        if path.parts[0] != "tests":
            continue
        names = [function.name for function in functions_of(tree) if function.name.startswith("test_")]
        offences += [f"{path}: {name} is not a sentence" for name in names if name.count("_") < 3]
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        offences += [f"{path}: sleeps" for call in calls if call in ("time.sleep", "sleep", "asyncio.sleep")]
        offences += [f"{path}: mocks" for package in imports_of(tree) & {"mock", "pytest_mock"}]
        offences += [f"{path}: mocks" for call in calls if "mock" in call.lower().split(".")]
    assert offences == []


def test_no_file_names_a_package_registry_or_a_place_on_one_machine(repository_root, repository_files):
    found = [
        f"{path}: {match.group().decode()}"
        for path in repository_files
        if str(path) not in ALLOWED_TO_NAME_A_PLACE
        for pattern in (REGISTRY_HOSTS, MACHINE_PATHS)
        if (match := pattern.search((repository_root / path).read_bytes()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (b"open('/" + b"work/somewhere/data')", True),
        (b"index: " + b"files.python" + b"hosted.org", True),
        (b"https://www.dst.dk/" + b"home/page", False),
        (b"../" + b"work/relative and sql/" + b"work/x", False),
    ],
)
def test_places_on_one_machine_are_told_from_addresses(text, is_found):
    assert bool(REGISTRY_HOSTS.search(text) or MACHINE_PATHS.search(text)) == is_found


def test_no_second_lock_and_no_database_is_tracked(repository_files):
    unwanted = [str(path) for path in repository_files if path.name == "uv.lock" or ".duckdb" in path.name]
    assert unwanted == []


def test_every_sql_file_stands_in_a_schema_and_begins_with_a_comment(repository_root, repository_files):
    sql_files = below("sql", ".sql", repository_files)
    assert [str(path) for path in sql_files if len(path.parts) != 3] == []
    texts = {str(path): (repository_root / path).read_text("utf-8") for path in sql_files}
    assert [path for path, text in texts.items() if not re.match(r"--\s*\S", text)] == []


def tables_read(statement: str) -> tuple[set[tuple[str, str]], str]:
    """The tables (schema, name) that a SELECT reads, without its own CTEs; and the parser's complaint."""
    row = duckdb.execute("SELECT json_serialize_sql(?::VARCHAR)", [statement]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        return set(), tree.get("error_message", "no answer")
    tables, own = set(), set()
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                tables.add((node["schema_name"].lower(), node["table_name"].lower()))
            own |= {("", entry["key"].lower()) for entry in (node.get("cte_map") or {}).get("map", [])}
        nodes += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return tables - own, ""


def selects_of(text: str) -> list[tuple[str, str]]:
    """(schema of the macro or '', SELECT) of each statement of a file; a scalar macro's body becomes one."""
    selects = []
    for statement in duckdb.extract_statements(text):
        query = re.sub(r"^(\s*--[^\n]*\n)+", "", statement.query)
        macro = MACRO.match(query)
        if macro is None:
            selects.append(("", query))
        else:
            body = macro["body"].strip().rstrip(";")
            selects.append((macro["schema"].lower(), body if macro["table"] else f"SELECT {body}"))
    return selects


def wrong_way(path: Path, text: str) -> list[str]:
    """What a SQL file reads that does not stand left of it; and whatever cannot be judged."""
    complaints = []
    for macro_schema, select in selects_of(text):
        step = STEP_OF_MACROS.get(macro_schema or path.parts[1])
        tables, complaint = tables_read(select)
        complaints += [f"{path}: cannot be read: {complaint}"] if complaint else []
        complaints += [f"{path}: schema {path.parts[1]} has no place in the order"] if step is None else []
        for schema, table in sorted(tables):
            if step is not None and STEP_OF_SCHEMA.get(schema, 99) > step:
                complaints.append(f"{path}: reads {schema or '(no schema)'}.{table}")
    return complaints


def test_sql_reads_from_left_to_right_only(repository_root, repository_files):
    texts = {path: (repository_root / path).read_text("utf-8") for path in below("sql", ".sql", repository_files)}
    assert [complaint for path, text in texts.items() for complaint in wrong_way(path, text)] == []


@pytest.mark.parametrize(
    ("path", "statement", "told"),
    [
        ("sql/core/a.sql", "-- a\nSELECT * FROM raw.parsed JOIN core.b USING (x)", ""),
        ("sql/core/a.sql", "-- a\nWITH b AS (SELECT 1) SELECT * FROM b", ""),
        ("sql/core/a.sql", "-- a\nSELECT * FROM mart.b", "reads mart.b"),
        ("sql/mart/a.sql", "-- a\nSELECT (SELECT max(x) FROM audit.b) FROM core.c", "reads audit.b"),
        ("sql/mart/a.sql", "-- a\nSELECT * FROM parsed", "reads (no schema).parsed"),
        ("sql/mart/a.sql", "-- a\nSELECT FROM WHERE", "cannot be read"),
        ("sql/elsewhere/a.sql", "-- a\nSELECT 1", "has no place in the order"),
        ("sql/stat/a.sql", "-- a\nCREATE OR REPLACE MACRO stat.low(x, n := 1) AS x / n;", ""),
        ("sql/mart/a.sql", "CREATE OR REPLACE MACRO mart.known(d) AS TABLE SELECT * FROM audit.b", "audit.b"),
    ],
)
def test_the_reading_order_of_sql_is_judged_as_meant(path, statement, told):
    try:
        complaints = wrong_way(Path(path), statement)
    except duckdb.ParserException:
        complaints = ["cannot be read"]
    assert bool(complaints) == bool(told)
    assert told in " ".join(complaints)


def test_every_expectation_says_how_severe_it_is_and_why(repository_root, repository_files):
    found = []
    for path in below("expectations", ".yml", repository_files):
        entries = yaml.safe_load((repository_root / path).read_text("utf-8"))
        found += [] if isinstance(entries, list) and entries else [f"{path}: holds no list of checks"]
        for number, entry in enumerate(entries or [], start=1):
            name = f"{path}: {entry.get('check', f'entry {number}')}"
            found += [f"{name}: severity"] if entry.get("severity") not in ("warning", "critical") else []
            found += [f"{name}: because"] if len(str(entry.get("because") or "").split()) < 4 else []
            found += [f"{name}: expectation"] if not str(entry.get("expectation", "")).isidentifier() else []
    assert found == []


def test_every_source_has_its_checks_its_sample_and_its_tests(repository_root, repository_files):
    missing = []
    for contract in below("catalogue/sources", ".yml", repository_files):
        source_id = contract.stem
        samples = (yaml.safe_load((repository_root / contract).read_text("utf-8")) or {}).get("samples") or []
        places = [f"expectations/raw/{source_id}.yml", f"tests/sources/{source_id}"]
        places += [f"samples/{source_id}/{sample['path']}" for sample in samples]
        missing += [f"{source_id}: {place}" for place in places if not (repository_root / place).exists()]
        missing += [] if samples else [f"{source_id}: a sample in its contract"]
    assert missing == []


@pytest.mark.parametrize("pattern", ["sql/*/*.sql", "expectations/*/*.yml", "catalogue/sources/*.yml", "flows/*.py"])
def test_the_rules_above_found_something_to_judge(repository_files, pattern):
    assert [path for path in repository_files if path.match(pattern)] != []
