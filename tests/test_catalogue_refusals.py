"""A catalogue that does not hold together is refused, with the file, the key, and what was found."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.errors import CatalogueError
from catalogue.load import CORRECTION_COLUMNS, HOME, load_catalogue

AGREEMENT = "agreements/en_faelles_indsats.yml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the catalogue's files, for a test to spoil."""
    return Path(shutil.copytree(HOME, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


@pytest.fixture
def spoil(copy: Path) -> Callable[[str, str, str], None]:
    """Replace a text, where it first stands, in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def refusal(home: Path) -> CatalogueError:
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(home)
    return refused.value


def test_the_digest_follows_every_file(copy):
    before = load_catalogue(copy).digest
    (copy / "goals.yml").write_text((copy / "goals.yml").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_catalogue(copy).digest != before


def test_a_catalogue_without_agreements_is_read(copy):
    shutil.rmtree(copy / "agreements")
    assert load_catalogue(copy).agreements == ()


def test_a_catalogue_without_contracts_is_refused_in_words(copy):
    shutil.rmtree(copy / "sources")
    assert refusal(copy).expected == "one that is declared; none is"


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "found"),
    [
        pytest.param(
            "indicators.yml", "  kind: mean\n", "  kind: mean\n  colour: red\n",
            "grade_average_danish_mathematics.colour", "red", id="unknown key",
        ),
        pytest.param(
            "indicators.yml", "  kind: mean\n", "  kind: mean\n  kind: share\n",
            "", "the key kind is given twice", id="key given twice",
        ),
        pytest.param(
            "indicators.yml", "publication_lag_months: 24", "publication_lag_months: two years",
            "daycare_1_5.publication_lag_months", "two years", id="wrong type",
        ),
        pytest.param(
            "indicators.yml", "  unit: mark\n", "  unit: fraction\n",
            "grade_average_danish_mathematics", "unit", id="unit of another kind",
        ),
        pytest.param("goals.yml", "- goal_id: education", "goal_id: education", "", "", id="broken YAML"),
        pytest.param("goals.yml", "goal_number: 4", "goal_number: 3", "3", "3", id="goal number twice"),
        pytest.param(
            "indicators.yml", "  goal_id: education", "  goal_id: eduction",
            "daycare_1_5.goal_id", "eduction", id="unknown goal",
        ),
        pytest.param(
            "indicators.yml", "- indicator_id: volunteers", "- indicator_id: feels_safe",
            "feels_safe", "feels_safe", id="indicator twice",
        ),
        pytest.param(
            "indicators.yml", "- indicator_id: turnout_general_election", "- indicator_id: charged_15_29",
            "charged_15_29", "charged_15_29", id="series named as an indicator",
        ),
        pytest.param(
            "indicators.yml", "  source_id: lbf_boligsociale_data", "  source_id: lbf_data",
            "daycare_1_5.source_id", "lbf_data", id="unknown source",
        ),
        pytest.param(
            "indicators.yml", "municipality_source_id: valg_dk", "municipality_source_id: valg",
            "turnout_municipal_election.municipality_source_id", "valg", id="unknown source of a series",
        ),
        pytest.param(
            "indicators.yml", "cross_check: {indicator_id: turnout_general_election",
            "cross_check: {indicator_id: turnout",
            "statbank_turnout_general_election.cross_check.indicator_id", "turnout", id="check of no series",
        ),
        pytest.param(
            "indicators.yml", "cross_check: {indicator_id: turnout_general_election",
            "cross_check: {indicator_id: feels_safe",
            "statbank_turnout_general_election.cross_check.indicator_id", "election, fraction",
            id="check of other periods",
        ),
        pytest.param(
            AGREEMENT, 'municipality_code: "330"', 'municipality_code: "331"',
            "municipality_code", "331", id="unknown municipality",
        ),
        pytest.param(
            AGREEMENT, "goal_id: crime_and_safety", "goal_id: crime",
            "focus_areas.crime_prevention.goal_id", "crime", id="focus area of no goal",
        ),
        pytest.param(
            AGREEMENT, "area_id: sydbyen", "area_id: ringparken", "ringparken", "ringparken", id="area twice",
        ),
        pytest.param(
            AGREEMENT, "department_id: fob_34", "department_id: fob_32", "fob_32", "fob_32", id="department twice",
        ),
        pytest.param(
            AGREEMENT, "published_as: [FOB-34,", "published_as: [fob-32,",
            "fob-32", "fob_34 as well", id="published name of two departments",
        ),
        pytest.param(
            AGREEMENT, "unit_levels: [agreement]", "unit_levels: [plan]",
            "breaks.0.unit_levels.0", "plan", id="unknown unit level",
        ),
        pytest.param(
            AGREEMENT, "\nbreaks:", "\nbaselines: [{indicator_id: turnout, period: '2017', because: x}]\nbreaks:",
            "baselines.indicator_id", "turnout", id="baseline of no series",
        ),
        pytest.param(
            "sources/statbank.yml", "indicator_id: statbank_neet_16_24", "indicator_id: statbank_neet",
            "statbank.tables.NEET1.series", "statbank_neet", id="StatBank series unknown",
        ),
        pytest.param(
            "sources/statbank.yml", "area_variable: område\n", "area_variable: område\n      areas: ['000']\n",
            "statbank.tables.FVKOM.areas", "000", id="StatBank area unknown",
        ),
        pytest.param(
            "sources/valg_dk.yml", "turnout_municipal_election", "turnout",
            "json_documents.rows.0.indicator_id.codes.Kommunalvalg", "turnout", id="code of no indicator",
        ),
        pytest.param(
            "sources/valg_dk.yml", "constant: polling_district", "constant: district",
            "json_documents.rows.0.unit_level.constant", "district", id="constant of no level",
        ),
        pytest.param(
            "sources/tryghedssurvey.yml", "header: Instrument}", "header: Instrument, codes: {VIVE: VIVE 2018}}",
            "layouts.one_row_per_question.columns.instrument.codes.VIVE", "VIVE 2018", id="code of no instrument",
        ),
        pytest.param(
            "sources/tryghedssurvey.yml", "instruments:\n  - VIVE 2018/2021\n  - LBF 2023 (forkortet)\n", "",
            "instruments", "none", id="instruments that nobody names",
        ),
        pytest.param(
            "indicators.yml", "- indicator_id: charged_15_29\n   ", "- indicator_id: charged\n   ",
            "neither_education_nor_employment_15_29, linked_counts", "charged", id="link to no indicator",
        ),
        pytest.param(
            "indicators.yml", "- indicator_id: charged_15_29\n   ", "- indicator_id: residents\n   ",
            "neither_education_nor_employment_15_29, linked_counts", "amount", id="a denominator that is no share's",
        ),
        pytest.param(
            "indicators.yml", "- indicator_id: charged_15_29\n   ", "- indicator_id: employed_18_64\n   ",
            "neither_education_nor_employment_15_29, linked_counts", "employed_18_64", id="link to another source",
        ),
        pytest.param(
            "municipalities.csv", "147,", "101,", "101", "101", id="municipality twice",
        ),
        pytest.param(
            "municipalities.csv", "147,", "1470,", "line 3", "1470", id="municipality code too long",
        ),
        pytest.param(
            "municipalities.csv", "330,Slagelse", "330;Slagelse", "line 39", "330;Slagelse", id="semicolon",
        ),
        pytest.param(
            "polling_districts.csv", "711606", "748854", "748854", "748854", id="polling district twice",
        ),
        pytest.param(
            "polling_districts.csv", "330,,\n", "999,,\n",
            "line 2, municipality_code", "999", id="polling district nowhere",
        ),
        pytest.param(
            "polling_districts.csv", "330,,\n", "330,1.1.2025,\n",
            "line 2, valid_from", "1.1.2025", id="polling district since an unreadable day",
        ),
    ],
)  # fmt: skip
def test_what_does_not_hold_together_is_refused_with_file_and_key(copy, spoil, file, old, new, key, found):
    spoil(file, old, new)
    refused = refusal(copy)
    assert str(copy / file) in refused.place
    assert key in refused.place
    assert found in refused.found
    assert refused.what


def test_a_file_that_bears_another_name_than_its_id_is_refused(copy):
    (copy / "sources" / "valg_dk.yml").rename(copy / "sources" / "elections.yml")
    refused = refusal(copy)
    assert refused.place == f"{copy / 'sources' / 'elections.yml'}, key source_id"
    assert (refused.expected, refused.found) == ("elections", "valg_dk")


def test_a_missing_file_is_named(copy):
    (copy / "goals.yml").unlink()
    assert refusal(copy).place == str(copy / "goals.yml")


def test_a_table_in_another_encoding_is_refused_in_words(copy):
    table = copy / "municipalities.csv"
    table.write_bytes(table.read_text(encoding="utf-8").encode("cp1252"))
    assert refusal(copy).expected == "a CSV file with commas, in UTF-8"


CORRECTION = {
    "source_id": "valg_dk",
    "indicator_id": "turnout_municipal_election",
    "unit_level": "polling_district",
    "unit_published_as": "701164",
    "period": "KV-2025-11-18",
    "column": "valid_votes",
    "as_published": "32420",
    "corrected": "3242.0",
    "reason": "A digit too many; the publisher has confirmed it",
    "corrected_by": "Data steward",
    "corrected_on": "2026-03-31",
}


def correct(home: Path, **cells: str) -> None:
    with (home / "corrections.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, CORRECTION_COLUMNS).writerow(CORRECTION | cells)


def test_a_well_formed_correction_is_read(copy):
    correct(copy)
    assert load_catalogue(copy).corrections == (CORRECTION,)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("source_id", "lbf"),
        ("indicator_id", "turnout"),
        ("unit_level", "Boligområde"),
        ("unit_published_as", ""),
        ("period", ""),
        ("column", "note"),
        ("as_published", "12x"),
        ("corrected", "71,5"),
        ("corrected", "nan"),
        ("reason", " "),
        ("corrected_by", ""),
        ("corrected_on", "31.3.2026"),
        ("corrected_on", ""),
    ],
)
def test_a_correction_that_leaves_something_open_is_refused_with_line_and_column(copy, column, cell):
    correct(copy, **{column: cell})
    assert refusal(copy).place == f"{copy / 'corrections.csv'}, key line 2, {column}"


PERSON = "- {person_id: steward_1, name: Sekretariatet, roles: [steward]}\n"


def test_once_people_are_registered_a_correction_is_signed_by_one_of_them(copy):
    correct(copy)
    (copy / "people.yml").write_text(PERSON, encoding="utf-8")
    refused = refusal(copy)
    assert (refused.expected, refused.found) == ("one of steward_1", "Data steward")
    assert refused.place == f"{copy / 'corrections.csv'}, key line 2, corrected_by"


@pytest.mark.parametrize(
    ("people", "found"),
    [
        (PERSON + PERSON.replace("Sekretariatet", "Andre"), "steward_1"),
        (PERSON + PERSON.replace("steward_1", "steward_2"), "sekretariatet"),
        (PERSON + "- {person_id: b, name: B, roles: [steward], logins: [Steward_1]}\n", "steward_1"),
        (PERSON.replace("[steward]", "[king]"), "'king'"),
        (PERSON.replace("[steward]", "[]"), "[]"),
        (PERSON.replace("Sekretariatet", "Nightly schedule"), "Nightly schedule"),
        (PERSON.replace("steward_1", "nightly_schedule"), "nightly_schedule"),
        (PERSON.replace("roles: [steward]", "roles: [steward], mail: a@b"), "'a@b'"),
    ],
)
def test_a_register_of_people_that_leads_to_two_or_to_no_role_is_refused(copy, people, found):
    (copy / "people.yml").write_text(people, encoding="utf-8")
    refused = refusal(copy)
    assert str(copy / "people.yml") in refused.place
    assert refused.found == found


def test_the_register_of_people_is_no_part_of_the_digest_and_may_be_missing(copy):
    before = load_catalogue(copy).digest
    (copy / "people.yml").write_text(PERSON, encoding="utf-8")
    assert load_catalogue(copy).digest == before
    (copy / "people.yml").unlink()
    assert load_catalogue(copy).people == ()
