"""The way from a fresh clone to a running program: the lock, the environment, the verbs, the wheel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
DATA_FOLDERS = ("expectations", "reports", "samples", "sql")
VERBS = ("refresh", "test", "lint", "format", "bench", "samples", "serve", "lock", "clean", "help")
HEAVY = ("prefect", "great_expectations", "pandas", "duckdb", "pyarrow", "altair", "httpx", "sqlalchemy")


def run(*command: str | Path, status: int = 0, **options) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; if it ends otherwise than meant, the test shows what it said."""
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)
    assert outcome.returncode == status, outcome.stdout + outcome.stderr
    return outcome


@pytest.fixture(scope="session")
def project(repository_root) -> dict:
    return tomllib.loads((repository_root / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="session")
def lock(repository_root) -> str:
    return (repository_root / "requirements.lock").read_text("utf-8")


@pytest.fixture(scope="session")
def locked_versions(lock) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", lock, re.MULTILINE))


@pytest.fixture(scope="session")
def wheel(repository_root, tmp_path_factory) -> zipfile.ZipFile:
    """The wheel of this checkout, built with what the environment already has."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=repository_root)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def refusal_of_bootstrap(folder: Path, python: Path) -> str:
    """What tools/bootstrap.sh says when it stops, in an empty folder where `python` is the only Python."""
    (folder / "tools").mkdir()
    script = shutil.copy(ROOT / "tools" / "bootstrap.sh", folder / "tools")
    message = run("bash", script, status=1, env=os.environ | {"PYTHON": str(python)}).stderr
    assert not (folder / ".venv").exists()
    return message


def python_that(folder: Path, behaviour: str) -> Path:
    """This Python behind a script that changes one answer of it."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\n{behaviour}\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def test_every_package_of_the_lock_has_one_exact_version_and_its_digests(lock):
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s+#.*\n?", "", lock, flags=re.MULTILINE).strip())
    assert len(entries) > 100
    pinned = re.compile(r"[a-z0-9.-]+==[^\s;]+( ; [^\\]+)?( \\\n +--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not pinned.fullmatch(entry.strip())] == []


def test_the_lock_names_no_index_and_no_place_on_a_machine(lock):
    assert re.findall(r"^.*(?:://|index-url|find-links|file:|@ |/\w+/\w+/).*$", lock, re.MULTILINE) == []


def test_the_lock_keeps_to_the_project_file(project, locked_versions):
    wanted = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]
    assert [str(one) for one in wanted if not one.specifier.contains(locked_versions.get(one.name, "0"))] == []


def test_the_environment_is_the_lock(project, locked_versions):
    names = [Requirement(text).name for text in project["dependencies"]]
    installed = {name: version(name) for name in names}
    assert installed == {name: locked_versions[name] for name in names}


def test_make_alone_lists_every_verb(repository_root):
    help_text = subprocess.run(["make"], cwd=repository_root, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^ +make ([a-z_]+) ", help_text, re.MULTILINE)
    assert set(VERBS) <= set(listed)
    makefile = (repository_root / "Makefile").read_text("utf-8")
    assert set(listed) == set(re.findall(r"^\.PHONY: (\w+)$", makefile, re.MULTILINE))


def test_continuous_integration_runs_the_tests_and_then_the_rules(repository_root):
    script = repository_root / ".ci" / "run"
    lines = script.read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("make")] == ["make test", "make lint"]
    assert "set -euo pipefail" in lines
    assert os.access(script, os.X_OK)


def test_a_python_that_is_too_old_is_named_with_what_to_do(tmp_path):
    too_old = 'case "$2" in *sys.exit*) exit 1;; *python_version*) echo 3.9.2; exit;; esac'
    message = refusal_of_bootstrap(tmp_path, python_that(tmp_path, too_old))
    assert "Python 3.11 to 3.14 is needed; found:" in message
    assert "is 3.9.2;" in message
    assert "make PYTHON=" in message


def test_a_python_without_venv_is_told_which_package_it_lacks(tmp_path):
    without_venv = 'case "$2" in *ensurepip*) exit 1;; esac'
    message = refusal_of_bootstrap(tmp_path, python_that(tmp_path, without_venv))
    assert "apt-get install python3-venv" in message


def test_a_missing_chromium_is_asked_for_by_name_where_nobody_is_root(repository_root, tmp_path):
    for name, text in {"id": "echo 1000", "bash": 'exec /bin/bash "$@"', "cat": 'exec /bin/cat "$@"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    script = repository_root / "tools" / "install_chromium.sh"
    message = run("/bin/bash", script, status=1, env={"PATH": str(tmp_path)}).stderr
    assert "apt-get install chromium" in message


def test_the_wheel_carries_every_file_that_the_program_reads(repository_root, wheel):
    packed = set(wheel.namelist())
    folders = (*DATA_FOLDERS, "catalogue", "warehouse", "tasks", "flows")
    listing = run("git", "ls-files", "-z", "--", *folders, cwd=repository_root).stdout
    files = [name for name in listing.split("\0") if (repository_root / name).is_file()]
    assert {name.partition("/")[0] for name in files} >= {*DATA_FOLDERS, "catalogue"}
    places = {name: f"warehouse/_shipped/{name}" if name.startswith(DATA_FOLDERS) else name for name in files}
    assert {name: place for name, place in places.items() if place not in packed} == {}


def test_the_wheel_carries_nothing_but_the_program(wheel):
    top = {name.partition("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {
        "catalogue",
        "warehouse",
        "tasks",
        "flows",
    }
    assert [name for name in wheel.namelist() if "__pycache__" in name or ".duckdb" in name] == []


@pytest.mark.parametrize("folder", DATA_FOLDERS)
def test_the_program_finds_its_folders_in_a_wheel_as_in_a_checkout(wheel, tmp_path, folder):
    wheel.extractall(tmp_path)
    script = f"from warehouse.paths import shipped; print(shipped({folder!r}))"
    command = [sys.executable, "-P", "-c", script]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    outcome = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(outcome.stdout.strip()) == tmp_path / "warehouse" / "_shipped" / folder


def test_the_help_text_imports_nothing_heavy():
    script = (
        "import sys, contextlib\n"
        "from flows.cli import main\n"
        "sys.argv = ['helhedsplan', '--help']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        f"print('imported:', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    assert run(sys.executable, "-c", script).stdout.splitlines()[-1] == "imported: []"
