"""The recipes of CONTRIBUTING.md, carried out with the very files that it shows: they work, and need no other."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from catalogue.errors import CatalogueError, HelhedsplanError
from catalogue.load import HOME, load_catalogue
from tasks.expectations import understand_all
from tasks.night import refresh
from tests.deliveries_for_tests import ask
from warehouse.paths import DataDirectory

SOURCE = "library_loans"
CONTRACT, SAMPLE, CHECKS = (
    f"catalogue/sources/{SOURCE}.yml", f"samples/{SOURCE}/2024.csv", f"expectations/raw/{SOURCE}.yml",
)  # fmt: skip
SHARED = ("catalogue/indicators.yml", "catalogue/corrections.csv")
INDICATOR, CORRECTION = SHARED
AGREEMENT = "catalogue/agreements/nordbyen.yml"


def examples(repository_root: Path) -> dict[str, str]:
    """File -> what the recipes write into it, or add to it where it is there."""
    text = (repository_root / "CONTRIBUTING.md").read_text("utf-8")
    return dict(re.findall(r"^```\w+ (\S+/\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


@pytest.fixture
def checkout(tmp_path, repository_root, monkeypatch) -> Path:
    """A checkout of its own to add to: catalogue, checks and samples are copies, the rest is this one's."""
    home = tmp_path / "checkout"
    shutil.copytree(HOME, home / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(repository_root / "expectations", home / "expectations")
    for folder in ("sql", "reports"):
        (home / folder).symlink_to(repository_root / folder)
    monkeypatch.setattr("warehouse.paths._CHECKOUT", home)
    return home


def follow(checkout: Path, recipes: dict[str, str], *, but: str = "") -> None:
    """Write what the recipes show, all but one file."""
    for name, text in recipes.items():
        if name == but:
            continue
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")


def refreshed(checkout: Path, data: Path) -> DataDirectory:
    catalogue = load_catalogue(checkout / "catalogue")
    directory = DataDirectory(data)
    summary = refresh(
        directory, catalogue, actor="test", source_ids=[SOURCE], samples=checkout / "samples", papers=False
    )
    assert summary.problems == ()
    return directory


def understood(checkout: Path) -> None:
    """Read contracts and checks, as every run does before it begins."""
    catalogue = load_catalogue(checkout / "catalogue")
    understand_all({source.source_id: source.holds for source in catalogue.sources})


@pytest.mark.end_to_end
def test_source_indicator_check_correction_and_agreement_are_one_file_each(checkout, data_folder, repository_root):
    recipes = examples(repository_root)
    assert set(recipes) == {CONTRACT, SAMPLE, CHECKS, INDICATOR, CORRECTION, AGREEMENT}
    assert [name for name in recipes if (repository_root / name).exists()] == list(SHARED)
    follow(checkout, recipes)
    data = refreshed(checkout, data_folder)
    series = """SELECT area, numerator, denominator, corrected_because IS NOT NULL, is_synthetic
        FROM mart.indicator_series WHERE indicator_id = 'library_card_0_14' AND area_level = 'area'"""
    assert sorted(ask(data, series)) == [
        ("Motalavej", 50, 120, False, True),
        ("Nordbyen Vest", 30, 60, False, True),
        ("Ringparken", 98, 150, True, True),
    ]
    rejected = "SELECT failed_checks, unit_name, period FROM audit.quarantine"
    assert ask(data, rejected) == [(["is_a_year_with_cards"], "Sydbyen", "2019")]
    assert ask(data, "SELECT DISTINCT agreement_id FROM mart.goal_indicator ORDER BY ALL") == [
        ("en_faelles_indsats",), ("nordbyen",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("forgotten", "what", "named", "do"),
    [
        (INDICATOR, "there is no such indicator", "library_loans.yml", "declare what is missing"),
        (CHECKS, "a file of checks cannot be read", "expectations/raw/library_loans.yml", "write it"),
        (CONTRACT, "there is no such source", "indicators.yml", "declare what is missing"),
    ],
)
def test_a_step_that_is_forgotten_is_named(forgotten, what, named, do, checkout, repository_root):
    follow(checkout, examples(repository_root), but=forgotten)
    with pytest.raises(CatalogueError, match=what) as refused:
        understood(checkout)
    assert named in refused.value.place
    assert do in refused.value.do


def test_an_agreement_without_a_key_is_told_every_key_that_it_lacks(checkout, repository_root):
    recipes = examples(repository_root)
    lacking = re.sub(r"^published_as: .*\n|^    published_as: .*\n", "", recipes[AGREEMENT], flags=re.MULTILINE)
    follow(checkout, recipes | {AGREEMENT: lacking})
    with pytest.raises(HelhedsplanError) as refused:
        load_catalogue(checkout / "catalogue")
    assert refused.value.expected == "every required key; missing: published_as, areas.0.published_as"
