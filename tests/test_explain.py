"""A figure explained: real and synthetic ones of the samples, at the command line, in SQL, in both languages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time

import pytest

from catalogue.errors import HelhedsplanError
from tasks.explain import explain
from tasks.reporting.explained import explained_in_words
from tasks.reporting.folder import texts
from tasks.reporting.words import Words
from tests.deliveries_for_tests import good_data
from warehouse.paths import DataDirectory
from warehouse.query import run_query
from warehouse.table_macros import table_macros

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> DataDirectory:
    """A good publication of the samples, to look at only."""
    return good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("explained") / "data")


def words_of(data: DataDirectory, *asked: str, language: str = "da") -> str:
    return "\n".join(
        f"{label}: {text}"
        for one in explain(data.warehouse, *asked)
        for label, text in explained_in_words(one, language)
    )


def test_the_real_turnout_is_explained_down_to_its_files_and_who_approved_them(data):
    told = words_of(data, "turnout_municipal_election", "kommunen", "2025")
    sentence, *_ = told.splitlines()
    assert (
        sentence
        == ': I Slagelse Kommune var "Valgdeltagelse, kommunalvalg" 64,7 pct. ved kommunalvalget den 18. november 2025.'
    )
    assert "Udregning: 42.578 / 65.812 = 64,7 pct." in told
    assert "Boeslunde_Hallen.json#/AfgivneStemmer" in told
    assert "og 12 til" in told
    assert re.search(r"KV-2025-11-18, modtaget .* af test, godkendt .* af sample", told)
    assert re.search(r"SHA-256 [0-9a-f]{64}", told)
    assert "Der er ingen tidligere udgivelse" in told
    assert "syntetisk" not in told
    assert "Afgivne stemmer i kommunens afstemningsområder / Stemmeberettigede vælgere" in told
    assert "med bopæl i området" not in told
    (one,) = explain(data.warehouse, "9", "kommunen", "KV-2025-11-18")
    assert sum(cell["numerator"] for cell in one["cells"]) == 42578
    assert sum(cell["denominator"] for cell in one["cells"]) == 65812


def test_what_a_source_says_of_how_a_figure_came_is_told_with_it(data):
    told = words_of(data, "turnout_municipal_election", "kommunen", "2021")
    assert "Bemærkning: Afledt: filens tal minus dens egne felter" in told
    told = words_of(data, "turnout_municipal_election", "kommunen", "2025", language="en")
    assert "Note: Optælling: endelig (Fintælling)" in told


def test_a_synthetic_share_says_so_in_both_languages(data):
    assert "Tallet er syntetisk." in words_of(data, "sigtede", "Ringparken")
    told = words_of(data, "charged", "ringparken", language="en")
    assert "The figure is synthetic." in told
    assert "Formula: 15 / 414 = 3.6%" in told
    assert re.search(
        r"Checks: \d+ passed. \d+ found something in the rest of the delivery, none about this very figure", told
    )
    assert "numerator_at_most_denominator" not in told
    assert "95% interval: 2.2–5.9%" in told
    assert "Definition: Share of" in told
    counted = "Residents aged 15-29 who were charged at least once during the year, each person counted once"
    assert f"{counted} / Residents aged 15-29" in " ".join(told.split())


def test_a_check_about_the_figure_itself_is_told_in_the_readers_language(data):
    asked = ("feels_safe", "ringparken", "2023")
    danish, english = (words_of(data, *asked, language=language) for language in ("da", "en"))
    check = "has_the_municipality_beside_the_areas"
    assert "1 fandt noget ved netop dette tal, 1 i resten af leverancen" in danish
    assert f"{check} (advarsel): Kommunens tal mangler for en periode, som områderne har tal for." in danish
    assert f"{check} (warning): The agreement judges" in english
    assert "keeps_every_unit_of_the_last_delivery" not in danish
    assert "afventer bekræftelse mod LBF's datagrundlag" in danish
    assert "awaiting" not in danish
    assert "%" not in danish


def test_a_surveys_total_is_empty_for_the_reason_of_its_part(data):
    assert "under kildens mindstegrænse" in words_of(data, "feels_safe", "total", "2023").splitlines()[0]


def test_an_empty_cell_says_why_and_has_no_number_anywhere(data):
    query = """SELECT indicator_id, area_id, period FROM mart.indicator_series
        WHERE area_level = 'area' AND value IS NULL QUALIFY row_number() OVER (PARTITION BY missing_reason) = 1"""
    empty = run_query(data.warehouse, query).rows
    assert len(empty) > 1
    for asked in empty:
        (one,) = explain(data.warehouse, *asked)
        assert one["sentence"].startswith("Der er intet tal for")
        assert (one["value"], one["low"], one["formula"]) == (None, None, None)
        assert texts("da")["missing"]["explained"][one["missing_reason"]] in words_of(data, *asked)


def test_a_row_that_statbank_left_out_is_told_as_0_or_withheld_unknown_which(data):
    asked = ("statbank_basic_school_only_18_29", "kommunen", "2019")
    danish, english = (words_of(data, *asked, language=language).splitlines() for language in ("da", "en"))
    assert danish[0].endswith(": 0 eller tilbageholdt af kilden, uvist hvilket. Leverancen er syntetisk.")
    assert ": 0 or withheld by the source, unknown which. " in english[0]
    assert "Hvorfor tomt: Kilden udelader både tal, der er 0, og tal, som den tilbageholder." in danish[1]
    (one,) = explain(data.warehouse, *asked)
    assert one["missing_reason"] == "withheld_by_source"


def test_what_is_asked_in_sql_is_answered_over_the_locked_connection(data):
    answer = run_query(data.warehouse, "SELECT sentence FROM audit.explain('sigtede', 'Ringparken', '2015')")
    assert answer.rows[0][0].startswith('I Ringparken var "15-29-årige, sigtede"')


def test_a_baseline_is_said_to_be_one_and_no_other_period_is(data):
    assert "Baseline: Tallet er aftalens baseline for indikatoren." in words_of(data, "sigtede", "ringparken", "2019")
    assert "Baseline" not in words_of(data, "sigtede", "ringparken", "2020")


def test_the_development_is_told_as_on_the_page_with_the_sum_that_it_rests_on(data):
    (one,) = explain(data.warehouse, "sigtede", "ringparken")
    cell = one["development"]
    for language in ("da", "en"):
        words = Words(texts(language))
        told = words_of(data, "sigtede", "ringparken", language=language)
        assert words.told(cell) in told
        assert f"= {words.development(cell)}" in told
        assert words.development_interval(cell) in told
        assert words.amount(cell["baseline_municipality"], "fraction") in told
    gaps = (cell["latest_value"] - cell["latest_municipality"], cell["baseline_value"] - cell["baseline_municipality"])
    assert gaps[0] - gaps[1] == pytest.approx(cell["development"], abs=1e-12)


def test_a_development_that_cannot_be_judged_is_told_with_its_reason_and_the_municipality_has_none(data):
    (one,) = explain(data.warehouse, "feels_safe", "ringparken")
    assert one["development"]["verdict"] == "cannot_be_judged"
    assert "Udvikling: " in words_of(data, "feels_safe", "ringparken")
    (municipality,) = explain(data.warehouse, "turnout_municipal_election", "kommunen")
    assert municipality["development"] is None


@pytest.mark.parametrize(
    ("asked", "indicators"),
    [
        ("tryghed", {"feels_safe"}),
        ("Kriminalitet", {"charged_15_29"}),
        ("valgdeltagelse", {"turnout_municipal_election", "turnout_general_election"}),
    ],
)
def test_everyday_words_of_the_catalogue_find_the_figure(data, asked, indicators):
    assert {one["indicator_id"] for one in explain(data.warehouse, asked, "ringparken")} == indicators


def test_a_misspelled_name_is_answered_with_the_nearest_one_first(data):
    with pytest.raises(HelhedsplanError) as refused:
        explain(data.warehouse, "sigtede", "ringpaken")
    assert refused.value.expected.startswith("perhaps ringparken (Ringparken); else one of: motalavej")
    with pytest.raises(HelhedsplanError) as refused:
        explain(data.warehouse, "sigtde", "ringparken")
    assert refused.value.expected.startswith("perhaps charged_15_29 (15-29-årige, sigtede); else one of: ")
    with pytest.raises(HelhedsplanError) as refused:
        explain(data.warehouse, "kriminalitt", "ringparken")
    assert refused.value.expected.startswith("perhaps charged_15_29 (15-29-årige, sigtede); else one of: ")


@pytest.mark.parametrize(
    ("asked", "wrong", "known"),
    [
        (("pensions", "ringparken"), "indicator", "charged_15_29 (15-29-årige, sigtede)"),
        (("sigtede", "Nørrebro"), "area", "ringparken (Ringparken)"),
        (("sigtede", "ringparken", "1999"), "period", "2015; 2016"),
    ],
)
def test_what_is_not_known_is_answered_with_what_is(data, asked, wrong, known):
    with pytest.raises(HelhedsplanError, match=f"the {wrong} is not known here") as refused:
        explain(data.warehouse, *asked)
    assert known in refused.value.expected


def test_a_figure_is_explained_in_less_than_a_second(data):
    """Of processor time, which other programs' load does not lengthen: opening the file, the query, and the words."""
    began = time.process_time()
    told = words_of(data, "sigtede", "Ringparken")
    taken = time.process_time() - began
    assert "Udregning: 15 / 414" in told
    assert taken < 1.0


def test_the_command_line_answers_in_json_and_imports_no_pandas(data, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(data.root))
    program = "import sys; from flows.cli import main; sys.argv = ['helhedsplan', *sys.argv[1:]]\n"
    program += "try: main()\nexcept SystemExit: pass\nprint('pandas' in sys.modules, file=sys.stderr)"
    run = [sys.executable, "-c", program, "explain", "sigtede", "ringparken", "2023", "--json"]
    done = subprocess.run(run, capture_output=True, check=True, text=True)
    (one,) = json.loads(done.stdout)
    assert (one["indicator_id"], one["area_id"], one["period"]) == ("charged_15_29", "ringparken", "2023")
    assert done.stderr.strip() == "False"


def test_reasons_are_worded_in_sql_as_on_the_page():
    (macro,) = (file for file in table_macros() if file.name == "explain")
    worded = re.findall(r"\('(\w+)', '([^']+)', '((?:[^']|'')+)'\)", macro.text)
    assert {reason: danish for reason, danish, _ in worded} == texts("da")["missing"]["reason"]
    assert {reason: english.replace("''", "'") for reason, _, english in worded} == texts("en")["missing"]["reason"]
