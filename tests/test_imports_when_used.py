"""What is imported when it is first used: another's import of it alone carries nothing out."""

import importlib
import sys

import pytest

from tasks.checking.imports import import_when_used


@pytest.fixture
def package(tmp_path, monkeypatch) -> str:
    """A package, and a module in it, that each leave a file behind when they are carried out."""
    name = "seldom_used_package"
    folder = tmp_path / name
    folder.mkdir()
    carried_out = "from pathlib import Path\nPath(__file__).with_suffix('.done').touch()\nanswer = 42\n"
    for module in ("__init__", "charts"):
        (folder / f"{module}.py").write_text(carried_out, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    for module in (name, f"{name}.charts"):
        sys.modules.pop(module, None)


def carried_out(tmp_path) -> set[str]:
    return {path.stem for path in tmp_path.rglob("*.done")}


def test_an_import_carries_nothing_out_until_something_is_asked_for(package, tmp_path):
    import_when_used(package)
    imported = importlib.import_module(package)
    assert carried_out(tmp_path) == set()
    assert imported.answer == 42
    assert carried_out(tmp_path) == {"__init__"}
    assert sys.modules[package] is not imported
    assert importlib.import_module(package).answer == 42


def test_a_module_within_a_package_is_found_there_and_waits_too(package, tmp_path):
    parent = importlib.import_module(package)
    import_when_used(f"{package}.charts")
    assert importlib.import_module(f"{package}.charts") is parent.charts
    assert carried_out(tmp_path) == {"__init__"}
    assert parent.charts.answer == 42
    assert carried_out(tmp_path) == {"__init__", "charts"}


def test_what_is_imported_already_stays_as_it_is(package):
    before = importlib.import_module(package)
    import_when_used(package)
    assert sys.modules[package] is before


def test_what_is_not_there_is_said_when_something_of_it_is_imported():
    import_when_used("no_such_package")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        importlib.import_module("no_such_package")
