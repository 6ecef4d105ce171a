"""Sentences about developments, verdicts, baselines and findings, in the words of a board member."""

import re
from datetime import UTC, date, datetime

import pytest

from tasks.reporting.folder import texts
from tasks.reporting.words import Words

DANISH, ENGLISH = Words(texts("da")), Words(texts("en"))


def cell(**changes) -> dict:
    usual = {
        "area_id": "ringparken",
        "kind": "share",
        "unit": "fraction",
        "baseline_period": "2020",
        "baseline_value": 0.343,
        "baseline_missing_reason": None,
        "baseline_municipality": 0.262,
        "baseline_municipality_missing_reason": None,
        "baseline_value_as_signed": 0.343,
        "baseline_revised_because": None,
        "latest_period": "2023",
        "latest_value": 0.312,
        "missing_reason": None,
        "latest_municipality": 0.25,
        "municipality_missing_reason": None,
        "change": -0.031,
        "change_municipality": -0.012,
        "verdict": "better",
        "verdict_reason": None,
        "smallest_detectable_change": 0.011,
        "development": -0.019,
        "development_low": -0.031,
        "development_high": -0.007,
        "newer_period": None,
        "newer_period_missing_reason": None,
        "newer_municipality": None,
    }
    return usual | changes


def unjudged(reason: str, **changes) -> dict:
    return cell(verdict="cannot_be_judged", verdict_reason=reason, change=None, **changes)


def told(words: Words, given: dict) -> str:
    return words.told(given).replace("\u00a0", " ")


def test_the_development_is_told_for_area_and_municipality_and_then_the_verdict():
    assert DANISH.told_in_short(cell()).replace("\u00a0", " ") == (
        "Andelen faldt 3,1 procentpoint; i kommunen faldt den 1,2. Området har udviklet sig bedre end kommunen."
    )
    assert told(ENGLISH, cell()) == (
        "The share fell 3.1 percentage points from 2020 to 2023; in the municipality it fell 1.2. "
        "The area developed better than the municipality."
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
            "Andelen faldt 3,1 procentpoint fra 2020 til 2023.",
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
    ],
)
def test_every_kind_of_development_has_its_sentence(changes, sentence):
    assert told(DANISH, cell(**changes)) == f"{sentence} Området har udviklet sig bedre end kommunen."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (cell(area_id="total", verdict="worse"), "Områderne har udviklet sig dårligere end kommunen."),
        (
            cell(kind="mean", unit="mark", verdict="no_certain_difference", smallest_detectable_change=0.9),
            (
                "Ingen sikker forskel: Udviklingen ligger 0,0 karakterpoint fra kommunens; "
                "med så få elever skulle der mindst 0,9 karakterpoint til."
            ),
        ),
        (
            cell(verdict="no_certain_difference", smallest_detectable_change=0.09),
            (
                "Ingen sikker forskel: Udviklingen ligger 1,9 procentpoint fra kommunens; "
                "med så få personer skulle der mindst 9,0 procentpoint til."
            ),
        ),
        (
            cell(verdict="no_certain_difference", smallest_detectable_change=None),
            "Der er ingen sikker forskel fra kommunens udvikling.",
        ),
        (
            unjudged("not_delivered", latest_value=None, missing_reason="not_delivered"),
            "Kan ikke vurderes: intet tal for området i 2023 (ikke leveret).",
        ),
        (
            unjudged("not_delivered", latest_municipality=None, municipality_missing_reason="not_yet_published"),
            "Kan ikke vurderes: intet tal for kommunen i 2023 (endnu ikke offentliggjort).",
        ),
        (
            unjudged("withheld", baseline_value=None, baseline_missing_reason="withheld_by_source"),
            "Kan ikke vurderes: baseline for 2020 mangler (tilbageholdt af kilden).",
        ),
        (
            unjudged("withheld", baseline_municipality=None, baseline_municipality_missing_reason="withheld_here"),
            "Kan ikke vurderes: kommunens baseline for 2020 mangler (tilbageholdt her).",
        ),
        (
            unjudged("no_baseline", baseline_value=None, baseline_period=None),
            "Kan ikke vurderes: der er ingen baseline.",
        ),
        (unjudged("break_in_series"), "Kan ikke vurderes: databrud mellem 2020 og 2023."),
        (
            unjudged("counts_not_delivered"),
            "Kan ikke vurderes: antallene bag tallene er ikke leveret, så usikkerheden er ukendt.",
        ),
        (
            unjudged("different_instrument"),
            "Kan ikke vurderes: tallene for 2020 og 2023 kommer fra hver sin kilde.",
        ),
        (
            unjudged("different_instrument", kind="survey_share"),
            "Kan ikke vurderes: 2020 og 2023 har hver sit spørgeskema eller hver sin kilde.",
        ),
        (unjudged("same_period"), "Kan ikke vurderes: der er ikke kommet nyere tal end baseline."),
        (unjudged("definition_changed"), "Kan ikke vurderes: indikatoren er opgjort på en ny måde siden 2020."),
        (
            unjudged("too_few_persons", kind="mean", unit="mark"),
            "Kan ikke vurderes: for få elever til at regne en usikkerhed.",
        ),
        (
            unjudged("area_not_within_municipality"),
            "Kan ikke vurderes: området har flere personer end kommunen, så tallene passer ikke sammen.",
        ),
    ],
)
def test_every_verdict_and_every_reason_has_its_sentence(given, sentence):
    assert DANISH.verdict_told(given).replace("\u00a0", " ") == sentence


def test_what_cannot_be_judged_for_want_of_figures_shows_no_number():
    assert re.findall(r"\d,\d", told(DANISH, unjudged("break_in_series"))) == []


def test_a_development_whose_counts_are_unknown_is_told_and_left_unjudged():
    given = cell(verdict="cannot_be_judged", verdict_reason="counts_not_delivered")
    assert told(DANISH, given).startswith(
        "Andelen faldt 3,1 procentpoint fra 2020 til 2023; i kommunen faldt den 1,2. Kan"
    )


def test_the_difference_is_told_with_its_sign_and_its_interval():
    assert DANISH.development(cell()).replace("\u00a0", " ") == "−1,9 procentpoint"
    assert DANISH.development_interval(cell(development_high=0.003)) == "fra −3,1 til +0,3"
    assert ENGLISH.development_interval(cell()) == "from −3.1 to −0.7"


def test_a_baseline_is_told_as_signed_only_where_it_was_revised():
    assert DANISH.baseline_as_signed(cell()) == ""
    revised = cell(baseline_value_as_signed=0.34, baseline_revised_because="own_fault")
    assert DANISH.baseline_as_signed(revised).replace("\u00a0", " ") == (
        "Ved aftalens baseline stod der 34,0 pct.; ændret siden: vores egen fejl."
    )


def test_a_newer_period_without_a_figure_says_why_and_what_the_municipality_has():
    newer = cell(
        newer_period="KV-2025-11-18", newer_period_missing_reason="not_yet_published", newer_municipality=0.647
    )
    assert DANISH.newer(newer).replace("\u00a0", " ") == (
        "For kommunalvalget 2025 mangler der tal (endnu ikke offentliggjort); kommunens tal er 64,7 pct."
    )
    assert DANISH.newer(newer | {"newer_municipality": None}).endswith("(endnu ikke offentliggjort).")


def test_a_figure_stands_as_its_source_words_it_and_a_bare_number_gets_its_unit():
    told = [DANISH.as_worded(wording, 495000, "kr") for wording in ("495.000", None, "knap en halv million")]
    assert [one.replace("\u00a0", " ") for one in told] == ["495.000 kr.", "495.000 kr.", "knap en halv million"]


def test_of_a_source_that_nothing_came_of_it_is_said_neither_that_it_is_real_nor_that_it_is_invented():
    told = [DANISH.how_real({"is_synthetic": one}) for one in (None, False, True)]
    assert told == ["endnu ukendt", "ægte", "syntetisk"]


def test_a_survey_share_stands_beside_its_answers_response_rate_and_design_effect():
    point = {"numerator": None, "denominator": 54.0, "response_rate": 0.388, "design_effect": 1.33}
    assert DANISH.counts(point, "survey_share") == "54 svar, svarprocent 38,8\xa0pct., designeffekt 1,33"
    assert ENGLISH.counts(point, "survey_share") == "54 answers, response rate 38.8%, design effect 1.33"
    bare = point | {"response_rate": None, "design_effect": None}
    assert DANISH.counts(bare, "survey_share") == "54 svar"


def test_a_share_whose_numerator_did_not_come_is_shown_without_counts():
    point = {"numerator": 134.0, "denominator": 430.0, "response_rate": None}
    assert DANISH.counts(point, "share") == "134 af 430"
    assert DANISH.counts(point | {"numerator": None}, "share") == ""


@pytest.mark.parametrize(("words", "said"), [
    (DANISH, ("Kilder: 2 ajour, 1 forsinket, 2 stoppede", "Milepæle: 2 nået, 1 ikke nået til tiden.")),
    (ENGLISH, ("Sources: 2 up to date, 1 late, 2 stopped", "Milestones: 2 reached, 1 not reached in time.")),
])  # fmt: skip
def test_counts_of_states_agree_in_number(words, said):
    sources = [{"state": state} for state in ("fresh", "fresh", "late", "stopped", "stopped")]
    areas = [{"milestones": [{"state": state} for state in ("reached", "late", "reached")]}]
    assert (words.states(sources), words.milestone_states(areas)) == said


@pytest.mark.parametrize(("made", "said"), [
    (datetime(2025, 9, 30, 12, tzinfo=UTC), "aftalen gælder 1. oktober 2021 til 30. september 2025"),
    (datetime(2025, 10, 1, 12, tzinfo=UTC), "aftalen gjaldt 1. oktober 2021 til 30. september 2025 og er udløbet"),
])  # fmt: skip
def test_an_agreement_that_had_ended_is_said_to_have(made, said):
    agreement = {"municipality": "Slagelse", "period_from": date(2021, 10, 1), "period_to": date(2025, 9, 30)}
    told = DANISH.agreement_period(agreement, {"as_of_seconds": made.timestamp()})
    assert told.replace("\u00a0", " ") == f"Slagelse Kommune · {said}"
