"""The site as files: whole or not there, nothing from outside, and errors in words."""

import hashlib
import re
from pathlib import Path

import pikepdf
import pytest

from catalogue.errors import HelhedsplanError
from tasks.report import write_report
from tests.pdf_text import words_of_pages
from tests.report_fixture import warehouse_for_the_page, words_of, write_site
from warehouse.ledger import Ledger

GOALS = ("education", "employment", "crime_and_safety", "community")


PAGES = ["index.html", *(f"goal-{goal}.html" for goal in GOALS), "milestones.html", "context.html", "sources.html"]


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_page_exists_in_danish_and_in_english(site):
    expected = [*PAGES, *(f"en/{page}" for page in PAGES)]
    assert sorted(digests(site)) == sorted(expected)
    for page in expected:
        language = "en" if page.startswith("en/") else "da"
        assert f'<html lang="{language}">' in (site / page).read_text("utf-8")


def test_the_check_code_is_that_of_the_ledgers_entry_for_this_publication(warehouse_file, tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    made = [
        ledger.append("publication_made", {"publication_id": publication_id}, actor="test")
        for publication_id in ("20261123T020000-0f3a9c", "another")
    ]
    site = write_report(warehouse_file, tmp_path / "report", ledger.entries(), forms=("site",)).parent
    pages = [*PAGES, *(f"en/{page}" for page in PAGES)]
    assert [page for page in pages if made[0].digest[:16] not in words_of(site / page)] == []
    assert made[1].digest[:16] not in words_of(site / "index.html")


def test_a_file_without_its_ledger_says_that_the_check_code_is_unknown(site):
    assert "kontrolkode ukendt" in words_of(site / "index.html")


def test_the_site_needs_nothing_from_outside_and_every_link_leads_to_a_page(site):
    for page in [*PAGES, *(f"en/{page}" for page in PAGES)]:
        text = (site / page).read_text("utf-8")
        addresses = re.findall(r'(?:href|src|action)="([^"]+)"', text) + re.findall(r"url\(([^)]+)\)", text)
        targets = [address.partition("#")[0] for address in addresses if not address.startswith("#")]
        assert [one for one in targets if not ((site / page).parent / one).resolve().is_file()] == []
        assert links_to_no_place(site / page) == []
        assert [one for one in re.findall(r"https?://[^\s\"'<]+", text) if "w3.org" not in one] == []
        assert "<script" not in text


def links_to_no_place(page: Path) -> list[str]:
    """The links of a page to a place within a page that is not there."""
    links = re.findall(r'href="([^"#]*)#([^"]+)"', page.read_text("utf-8"))
    assert links or page.name != "index.html"
    return [
        place for file, place in links if f'id="{place}"' not in (page.parent / (file or page.name)).read_text("utf-8")
    ]


def test_an_indicator_of_which_nothing_has_come_is_told_of_on_its_goals_page_and_in_the_paper(tmp_path):
    warehouse = warehouse_for_the_page(tmp_path, "DELETE FROM mart.indicator_series")
    page = write_report(warehouse, tmp_path / "report", forms=("site", "paper"))
    assert links_to_no_place(page) == []
    no_chart, series = "Der er ingen tal at tegne.", 8
    goals = [words_of(page.with_name(f"goal-{goal}.html")) for goal in GOALS]
    assert sum(words.count(no_chart) for words in goals) == series
    with pikepdf.open(page.with_name("bestyrelsespapir.pdf")) as paper:
        assert " ".join(words_of_pages(paper)).count(no_chart) == series


def test_the_new_site_takes_the_place_of_the_old_one_whole(warehouse_file, tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "goal-of-an-older-plan.html").write_text("old")
    write_site(warehouse_file, tmp_path / "report")
    assert not (tmp_path / "report" / "goal-of-an-older-plan.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_warehouse_that_cannot_be_shown_leaves_the_old_site_standing(tmp_path):
    broken = warehouse_for_the_page(tmp_path, "ALTER TABLE mart.goal_indicator DROP COLUMN latest_period")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").write_text("the last good one")
    with pytest.raises(HelhedsplanError, match=r"(?s)cannot be made from this warehouse.*latest_period.*do this"):
        write_site(broken, tmp_path / "report")
    assert (tmp_path / "report" / "index.html").read_text() == "the last good one"


def test_a_missing_warehouse_is_said_in_words(tmp_path):
    with pytest.raises(HelhedsplanError, match=r"no published warehouse"):
        write_site(tmp_path / "warehouse.duckdb", tmp_path / "report")


def test_a_place_that_cannot_be_written_is_said_in_words(warehouse_file, tmp_path):
    (tmp_path / "a_file").write_text("not a folder")
    with pytest.raises(HelhedsplanError, match=r"(?s)page cannot be written.*a_file.*do this"):
        write_site(warehouse_file, tmp_path / "a_file" / "report")


def test_the_warehouse_is_only_read(warehouse_file, site):
    before = hashlib.sha256(warehouse_file.read_bytes()).hexdigest()
    write_site(warehouse_file, site.parent / "once more")
    assert hashlib.sha256(warehouse_file.read_bytes()).hexdigest() == before
    assert list(warehouse_file.parent.iterdir()) == [warehouse_file]


def test_text_from_a_source_cannot_become_markup(tmp_path):
    name = "UPDATE mart.indicator_series SET area = '<script>alert(1)</script>' WHERE area_id = 'sydbyen'"
    note = "UPDATE mart.indicator_series SET note = '<img src=x>' WHERE role = 'context'"
    site = write_site(warehouse_for_the_page(tmp_path, name, note), tmp_path / "report").parent
    for page in PAGES:
        text = (site / page).read_text("utf-8")
        assert "<script" not in text
        assert "<img" not in text


def test_several_agreements_each_have_a_site_of_their_own(tmp_path):
    tables = (
        "mart.indicator_series",
        "mart.goal_indicator",
        "mart.cross_check",
        "mart.milestone",
        "catalogue.agreement",
        "catalogue.area",
    )
    copies = [
        f"INSERT INTO {table} BY NAME SELECT * REPLACE ('another' AS agreement_id) FROM {table}" for table in tables
    ]
    rename = "UPDATE catalogue.agreement SET agreement = 'En Anden' WHERE agreement_id = 'another'"
    site = write_site(warehouse_for_the_page(tmp_path, *copies, rename), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert words.endswith("En Anden , Slagelse En Prøveaftale , Slagelse")
    assert "Udgivelse 20261123T020000-0f3a9c, dannet 23. november 2026 kl. 02.02 dansk tid" in words
    assert "SYNTETISKE TAL INDGÅR" in words
    for folder in ("another", "another/en", "en_proeveaftale", "en_proeveaftale/en"):
        assert sorted(path.name for path in (site / folder).glob("*.html")) == sorted(PAGES)
    links = re.findall(r'href="([^"]+)"', (site / "en" / "index.html").read_text("utf-8"))
    assert [link for link in links if not (site / "en" / link).resolve().is_file()] == []


def test_a_publication_without_any_figure_still_makes_a_page(tmp_path):
    empty = [
        "DELETE FROM mart.indicator_series",
        "DELETE FROM mart.cross_check",
        "DELETE FROM mart.milestone",
        """UPDATE mart.goal_indicator SET latest_value = NULL, latest_low = NULL, latest_high = NULL, change = NULL,
           latest_period = NULL, baseline_period = NULL, baseline_value = NULL, latest_municipality = NULL,
           baseline_municipality = NULL, change_municipality = NULL, newer_period = NULL, is_synthetic = false,
           missing_reason = 'not_delivered'""",
    ]
    site = write_site(warehouse_for_the_page(tmp_path, *empty), tmp_path / "report").parent
    assert "0 af 32 felter har et seneste tal" in words_of(site / "index.html")
    assert "Der er ingen baggrundstal" in words_of(site / "context.html")
    assert "Der er ingen milepæle" in words_of(site / "milestones.html")
    assert "Der er ingen krydstjek" in words_of(site / "sources.html")
