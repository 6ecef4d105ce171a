"""Versions that follow from the source files themselves, so that nobody has to remember to raise them."""

import pytest

from tasks.reading.version import reading_version
from tests.deliveries_for_tests import the_catalogue
from warehouse.code_digest import EVERY_STEP, code_digest, folder_digest


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A folder of packages that may be edited."""
    for name in (*EVERY_STEP, "tasks/read.py", "tasks/reading/typed.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# code\n", encoding="utf-8")
    monkeypatch.setattr("warehouse.code_digest._PACKAGES", tmp_path)
    code_digest.cache_clear()
    yield tmp_path
    code_digest.cache_clear()


@pytest.mark.parametrize("edited", ["tasks/reading/typed.py", "tasks/reading/new.py", "warehouse/sql_text.py"])
def test_an_edited_or_added_source_file_makes_another_digest(packages, edited):
    before = code_digest("tasks/reading/*.py")
    (packages / edited).write_text("# other code\n", encoding="utf-8")
    code_digest.cache_clear()
    assert code_digest("tasks/reading/*.py") != before


def test_another_part_of_the_code_makes_no_other_digest(packages):
    before = code_digest("tasks/reading/*.py")
    (packages / "tasks/read.py").write_text("# other code\n", encoding="utf-8")
    code_digest.cache_clear()
    assert code_digest("tasks/reading/*.py") == before


def test_a_pattern_that_names_no_file_is_refused(packages):
    with pytest.raises(ValueError, match=r"no source file is named tasks/gone\.py"):
        code_digest("tasks/reading/*.py", "tasks/gone.py")


def test_other_readers_make_another_reading_version(monkeypatch):
    source = the_catalogue().source("valg_dk")
    before = reading_version(source)
    assert reading_version(source) == before
    monkeypatch.setattr("tasks.reading.version.code_digest", lambda *_: "other readers")
    assert reading_version(source) != before


def test_bytecode_makes_no_other_digest_of_a_folder_and_a_changed_file_does(tmp_path):
    (tmp_path / "page.html").write_text("page", encoding="utf-8")
    before = folder_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "verify.pyc").write_bytes(b"\0")
    assert folder_digest(tmp_path) == before
    (tmp_path / "page.html").write_text("another page", encoding="utf-8")
    assert folder_digest(tmp_path) != before
