"""The texts of both languages: none is missing, none claims an effect, each figure and reason has its words."""

import re
from typing import get_args

import pytest

from catalogue.sources import MissingReason
from tasks.alert_causes import Kind
from tasks.reporting.folder import LANGUAGES, texts
from tasks.reporting.words import Words

DANISH, ENGLISH = Words(texts("da")), Words(texts("en"))


def told(words: Words, given: dict) -> str:
    return words.told(given).replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_seven_reasons_is_told_and_explained_and_so_is_0_or_withheld(language):
    reasons = {*get_args(MissingReason), "zero_or_withheld"}
    assert set(texts(language)["missing"]["reason"]) == reasons == set(texts(language)["missing"]["explained"])


def flat(section: object, path: str = "") -> dict[str, str]:
    """Every text under the path of its keys."""
    if isinstance(section, dict):
        nested = [flat(value, f"{path}/{key}") for key, value in section.items()]
        return {key: value for part in nested for key, value in part.items()}
    if isinstance(section, list):
        return {f"{path}/{number}": str(value) for number, value in enumerate(section)}
    return {path: str(section)}


def test_both_languages_have_the_same_keys_and_no_text_is_empty():
    danish, english = flat(texts("da")), flat(texts("en"))
    assert danish.keys() == english.keys()
    assert [key for key, value in (*danish.items(), *english.items()) if not value.strip()] == []


def test_both_languages_put_the_same_figures_into_a_text():
    danish, english = flat(texts("da")), flat(texts("en"))
    differing = [
        key
        for key in danish
        if set(re.findall(r"\{(\w+)\}", danish[key])) != set(re.findall(r"\{(\w+)\}", english[key]))
    ]
    assert differing == []


def test_no_text_claims_an_effect_and_only_verdicts_judge():
    effects = (
        r"forbedre\w*|takket være|på grund af planen|skyldes planen|succes\w*|improve\w*|thanks to|because of the plan"
    )
    effect = re.compile(rf"\b({effects}|success\w*|effekt\w*)\b", re.IGNORECASE)
    verdict = re.compile(r"\b(bedre|værre|dårligere|better|worse)\b", re.IGNORECASE)
    found = {
        f"{language}{key}"
        for language in LANGUAGES
        for key, value in flat(texts(language)).items()
        if effect.search(value) or (verdict.search(value) and not key.startswith("/verdict/"))
    }
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_speaks_of_the_area_and_the_municipality_and_never_of_the_plan(language):
    told = flat(texts(language)["verdict"])
    assert {key for key, value in told.items() if re.search(r"plan", value, re.IGNORECASE)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("file", "section"),
    [
        ("mart/development", ("because",)),
        ("core/baseline_figure", ("revised", "because")),
        ("mart/trend", ("trend",)),
    ],
)
def test_every_word_that_a_mart_gives_for_a_reason_or_a_trend_has_a_text(repository_root, file, section, language):
    given = set(re.findall(r"(?:THEN|ELSE) '(\w+)'", (repository_root / "sql" / f"{file}.sql").read_text("utf-8")))
    told = texts(language)["verdict"]
    for name in section:
        told = told[name]
    assert len(given) > 1
    assert given - {"cannot_be_judged"} <= set(told)


@pytest.mark.parametrize("form", ["mark", "short"])
def test_a_mark_is_about_development_and_claims_no_level(form):
    # An area may have developed better and still lie below the municipality.
    for words, stem in ((DANISH, "udvikling"), (ENGLISH, "develop")):
        marks = words.texts["verdict"][form]
        assert all(stem in marks[verdict].lower() for verdict in ("better", "worse"))
        assert marks["better"] != marks["worse"]


@pytest.mark.parametrize("words", [DANISH, ENGLISH])
def test_every_text_of_an_explanation_is_of_the_kind_that_is_asked_for(words):
    told = words.texts["explain"]
    groups = {"since_last_publication", "cause", "carried_over_because", "severity", "checks_told"}
    assert {name for name, text in told.items() if not isinstance(text, str)} == groups


@pytest.mark.parametrize("section", ["what", "do"])
def test_every_kind_of_alert_has_its_text_and_no_text_is_of_a_kind_that_is_not_sent(section):
    assert set(texts("da")["alert"][section]) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("section", "template", "filled_by"),
    [
        ("letter", "letter.txt.j2", ("quarantine_letter", "letter_faults")),
        ("rehearsal", "rehearsal.html.j2", ("steward_pages",)),
    ],
)
def test_the_letter_and_the_rehearsals_page_use_each_of_their_texts_and_have_none_of_their_own(
    repository_root, section, template, filled_by
):
    shown = (repository_root / "reports" / "templates" / template).read_text("utf-8")
    code = "".join((repository_root / "tasks" / f"{name}.py").read_text("utf-8") for name in filled_by)
    in_code = set(re.findall(r'(?:told|\["letter"\])\["(\w+)"\]', code))
    assert set(re.findall(r"\btold\.(\w+)", shown)) | in_code == set(texts("da")[section])
    own = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "", shown)
    assert own.strip() == ""


def test_every_column_that_two_publications_are_compared_by_has_its_title():
    compared = {
        "value",
        "low",
        "high",
        "numerator",
        "denominator",
        "missing_reason",
        "verdict",
        "verdict_reason",
        "state",
    }
    assert set(texts("da")["rehearsal"]["column"]) == compared
