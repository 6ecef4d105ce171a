"""The sentences of the page, and the texts that they are made of."""

import re
from typing import get_args

import pytest

from catalogue.sources import MissingReason
from tasks.reporting.folder import LANGUAGES, texts
from tasks.reporting.words import Words

DANISH, ENGLISH = Words(texts("da")), Words(texts("en"))


def cell(**changes) -> dict:
    usual = {
        "kind": "share",
        "unit": "fraction",
        "baseline_period": "2020",
        "baseline_value": 0.343,
        "baseline_missing_reason": None,
        "latest_period": "2023",
        "latest_value": 0.312,
        "change": -0.031,
        "change_municipality": -0.012,
        "series_break": None,
        "newer_period": None,
        "newer_period_missing_reason": None,
        "newer_municipality": None,
    }
    return usual | changes


def told(words: Words, given: dict) -> str:
    return words.change(given).replace("\u00a0", " ")


def test_the_development_is_told_for_the_area_and_for_the_municipality():
    assert told(DANISH, cell()) == "Andelen faldt 3,1 procentpoint fra 2020 til 2023; i kommunen faldt den 1,2."
    assert told(ENGLISH, cell()) == (
        "The share fell 3.1 percentage points from 2020 to 2023; in the municipality it fell 1.2."
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"change": 0.0002, "change_municipality": 0.02},
            "Andelen var uændret fra 2020 til 2023; i kommunen steg den 2,0 procentpoint.",
        ),
        (
            {"change_municipality": 0.0},
            "Andelen faldt 3,1 procentpoint fra 2020 til 2023; i kommunen var den uændret.",
        ),
        (
            {"change_municipality": None},
            "Andelen faldt 3,1 procentpoint fra 2020 til 2023; for kommunen mangler der tal.",
        ),
        (
            {
                "kind": "mean",
                "unit": "mark",
                "change": 0.3,
                "change_municipality": -0.1,
                "latest_period": "2022/2023",
            },
            "Gennemsnittet steg 0,3 karakterpoint fra 2020 til skoleåret 2022/2023; i kommunen faldt det 0,1.",
        ),
        (
            {"kind": "turnout", "baseline_period": "KV-2017-11-21", "latest_period": "KV-2021-11-16"},
            (
                "Valgdeltagelsen faldt 3,1 procentpoint fra kommunalvalget 2017 til kommunalvalget 2021; "
                "i kommunen faldt den 1,2."
            ),
        ),
        ({"latest_value": None}, "Uden tal kan udviklingen ikke vises."),
        ({"baseline_period": None}, "Der er ingen baseline, så udviklingen kan ikke vises."),
        (
            {"baseline_value": None, "baseline_missing_reason": "withheld_by_source"},
            "Baseline for 2020 mangler (tilbageholdt af kilden), så udviklingen kan ikke vises.",
        ),
        (
            {"latest_period": "2020", "change": None},
            "Det seneste tal er ikke nyere end baseline. Udviklingen kan vises, når der kommer et nyere tal.",
        ),
        (
            {"series_break": "Nyt spørgeskema"},
            "Udviklingen vises ikke, fordi der er databrud mellem 2020 og 2023.",
        ),
    ],
)
def test_every_kind_of_development_has_its_sentence(changes, sentence):
    assert told(DANISH, cell(**changes)) == sentence


def test_a_development_across_a_break_is_never_shown():
    broken = cell(series_break="Nyt spørgeskema")
    assert not DANISH.shows_change(broken)
    assert re.findall(r"\d,\d", told(DANISH, broken)) == []


def test_a_newer_period_without_a_figure_says_why_and_what_the_municipality_has():
    newer = cell(
        newer_period="KV-2025-11-18", newer_period_missing_reason="not_yet_published", newer_municipality=0.647
    )
    assert DANISH.newer(newer).replace("\u00a0", " ") == (
        "For kommunalvalget 2025 mangler der tal for området (endnu ikke offentliggjort); kommunens tal er 64,7 pct."
    )
    assert DANISH.newer(newer | {"newer_municipality": None}).endswith("(endnu ikke offentliggjort).")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_seven_reasons_is_told_and_explained(language):
    reasons = set(get_args(MissingReason))
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


def test_no_text_gives_a_verdict_or_claims_an_effect():
    verdicts = re.compile(
        r"\b(bedre|værre|dårligere|forbedre\w*|takket være|på grund af planen|skyldes planen|succes\w*|better|worse"
        r"|improve\w*|thanks to|because of the plan|success\w*)\b",
        re.IGNORECASE,
    )
    found = {
        f"{language}{key}"
        for language in LANGUAGES
        for key, value in flat(texts(language)).items()
        if verdicts.search(value)
    }
    assert found == set()
