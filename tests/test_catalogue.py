"""The catalogue says what the agreement says."""

import csv
import re

import pytest

from catalogue.load import Catalogue, load_catalogue

# Word for word from section 5 of the agreement.
GOALS = {
    "education": (
        "Der skal ske et fagligt løft af børn og unge, så flere bliver skoleparate, og flere tager en uddannelse"
    ),
    "employment": "Flere bliver tilknyttet arbejdsmarkedet",
    "crime_and_safety": "Børn og unge skal støttes i et liv uden kriminalitet, og områderne skal opleves trygge",
    "community": "Flere er en del af fællesskabet og deltager aktivt i samfundet",
}
THE_NINE = [
    ("daycare_1_5", "education", "higher", "Andel 1-5 årige i dagtilbud"),
    (
        "grade_average_danish_mathematics",
        "education",
        "higher",
        "Karaktergennemsnit i dansk og matematik for 9.-klasseselever",
    ),
    (
        "basic_school_only_18_29",
        "education",
        "lower",
        (
            "Andel 18-29-årige, der har grundskole som højest fuldførte uddannelse, "
            "og som ikke er i gang med en uddannelse."
        ),
    ),
    (
        "neither_education_nor_employment_15_29",
        "employment",
        "lower",
        "Andel 15-29-årige, der hverken er i gang med en uddannelse eller er i beskæftigelse (restgruppen)",
    ),
    (
        "no_attachment_18_64",
        "employment",
        "lower",
        "Andel 18-64 årige, der er uden tilknytning til arbejdsmarked og uddannelse",
    ),
    ("charged_15_29", "crime_and_safety", "lower", "Andel 15-29-årige, der er sigtet mindst én gang"),
    (
        "feels_safe",
        "crime_and_safety",
        "higher",
        "Andel beboere over 18 år, der føler sig grundlæggende trygge i boligområdet",
    ),
    ("volunteers", "community", "higher", "Andel beboere over 18 år, der laver frivilligt arbejde"),
    (
        "turnout",
        "community",
        "higher",
        "Andel stemmeberettigede, der har stemt ved seneste kommunalvalg/ folketingsvalg",
    ),
]
DEPARTMENTS = {
    "motalavej": {"boligkorsoer_15", "boligkorsoer_21", "boligkorsoer_35"},
    "ringparken": {"fob_23", "fob_24", "fob_26", "fob_32"},
    "sydbyen": {"slagelse_boligselskab_12", "fob_34"},
}
FOCUS_AREAS = {
    "Uddannelse og livschancer": "education",
    "Beskæftigelse": "employment",
    "Kriminalitetsforebyggelse": "crime_and_safety",
    "Sammenhængskraft og medborgerskab": "community",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_four_goals_are_worded_as_in_the_agreement(catalogue):
    assert {goal.goal_id: goal.name.da for goal in catalogue.goals} == GOALS
    assert [goal.goal_number for goal in catalogue.goals] == [1, 2, 3, 4]


def test_the_nine_indicators_are_worded_as_in_the_agreement(catalogue):
    fixed = [one for one in catalogue.indicators if one.role == "fixed"]
    assert [(one.indicator_id, one.goal_id, one.better, one.name.da) for one in fixed] == THE_NINE
    assert [one.indicator_number for one in fixed] == list(range(1, 10))


def test_the_nine_are_ten_series_because_two_kinds_of_election_are_never_compared(catalogue):
    series = [series for one in catalogue.indicators if one.role == "fixed" for series in one.all_series()]
    assert len(series) == 10
    own_source = {s.indicator_id: s.municipality_source_id for s in series if s.municipality_source_id}
    assert own_source == {
        "turnout_municipal_election": "valg_dk",
        "turnout_general_election": "lbf_boligsociale_data",
    }


def test_no_definition_of_the_nine_counts_as_confirmed_yet(catalogue):
    awaiting = "awaiting confirmation against LBF's datagrundlag"
    nine = [one.definition for one in catalogue.indicators if one.role == "fixed"]
    assert {(one.version, one.status) for one in nine} == {("1", awaiting)}


def test_what_every_definition_counts_is_told_in_english_too_and_not_in_danish_words(catalogue):
    told = [one.definition for one in catalogue.indicators]
    series = [series for one in catalogue.indicators for series in one.all_series()]
    told += [one.municipality_definition for one in series if one.municipality_definition]
    wordings = [wording for one in told for wording in (one.numerator, one.denominator)]
    assert len(wordings) > 60
    assert [one.en for one in wordings if one.en == one.da or re.search("[æøåÆØÅ]", one.en)] == []


def test_only_the_nine_have_a_goal_and_a_direction(catalogue):
    others = [one for one in catalogue.indicators if one.role != "fixed"]
    assert {(one.goal_id, one.better, one.indicator_number) for one in others} == {(None, None, None)}


def test_the_known_breaks_are_data(catalogue):
    breaks = {one.indicator_id: [str(cut.from_day) for cut in one.breaks] for one in catalogue.indicators}
    assert breaks["daycare_1_5"] == ["2015-01-01", "2021-01-01"]
    assert breaks["grade_average_danish_mathematics"] == ["2019-08-01", "2020-08-01", "2021-08-01"]
    assert breaks["basic_school_only_18_29"] == ["2017-09-30"]
    assert breaks["neither_education_nor_employment_15_29"] == breaks["no_attachment_18_64"] == ["2008-11-30"]
    assert breaks["feels_safe"] == breaks["volunteers"] == ["2023-01-01"]


def test_the_agreement_has_its_three_areas_and_their_departments(catalogue):
    (agreement,) = catalogue.agreements
    here = {area.area_id: {d.department_id for d in area.departments if d.valid_to is None} for area in agreement.areas}
    assert here == DEPARTMENTS
    assert (str(agreement.period_from), str(agreement.period_to)) == ("2021-10-01", "2025-09-30")
    assert agreement.municipality_code == "330"


def test_the_departments_that_were_sold_belong_to_ringparken_until_the_agreement_begins(catalogue):
    (agreement,) = catalogue.agreements
    left = [(area.area_id, d) for area in agreement.areas for d in area.departments if d.valid_to]
    assert [(area_id, d.department_id, str(d.valid_to)) for area_id, d in left] == [
        ("ringparken", "schackenborgvaenge", "2021-09-30")
    ]
    assert left[0][1].note is not None


def test_each_focus_area_points_to_its_goal_and_one_party_administers(catalogue):
    (agreement,) = catalogue.agreements
    assert {area.name.da: area.goal_id for area in agreement.focus_areas} == FOCUS_AREAS
    administering = [party.name for party in agreement.parties if party.role == "administering_organisation"]
    assert administering == ["FOB, Fællesorganisationens Boligforening"]


def test_every_municipality_and_the_polling_districts_of_slagelse_are_known(catalogue):
    names = {row["municipality_code"]: row["name"] for row in catalogue.municipalities}
    assert len(names) == 98
    assert (names["330"], names["101"], names["851"]) == ("Slagelse", "København", "Aalborg")
    assert len(catalogue.polling_districts) == 18
    assert {row["municipality_code"] for row in catalogue.polling_districts} == {"330"}


def test_every_figure_that_the_agreement_states_is_a_context_indicator(catalogue, repository_root):
    sample = repository_root / "samples" / "agreement_figures" / "agreement_figures.csv"
    with sample.open(encoding="utf-8-sig", newline="") as file:
        stated = {(row["figure_id"], row["period"] == "as_signed") for row in csv.DictReader(file, delimiter=";")}
    declared = {
        (one.indicator_id, one.period_kind == "as_signed")
        for one in catalogue.indicators
        if one.source_id == "agreement_figures" and one.role == "context"
    }
    assert declared == stated
