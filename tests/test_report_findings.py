"""What checks found and where, in the words and the language of a reader."""

import pytest

from tasks.reporting.folder import texts
from tasks.reporting.words import Words

DANISH, ENGLISH = Words(texts("da")), Words(texts("en"))

NAMES = {
    "feels_safe": {"name": "Grundlæggende trygge", "name_en": "Feel safe"},
    "motalavej": {"name": "Motalavej", "name_en": "Motalavej"},
    "330": {"name": "Slagelse", "name_en": "Slagelse"},
}


@pytest.mark.parametrize(
    ("observed", "danish", "english"),
    [
        ("1 of 1,009 rows: Data!H370", "1 af 1.009 rækker: Data!H370", "1 of 1,009 rows: Data!H370"),
        ("2 of 9 rows: line 3; line 12", "2 af 9 rækker: linje 3; linje 12", "2 of 9 rows: line 3; line 12"),
        (
            "2 found: indicator_id=feels_safe, period=2023-wave; indicator_id=x, period=2022; …",
            "2 fundet: Grundlæggende trygge, Måling 2023; x, 2022; …",
            "2 found: Feel safe, Survey 2023; x, 2022; …",
        ),
        ("1 found: unit_level=municipality, unit=330", "1 fundet: Slagelse Kommune", "1 found: Slagelse Municipality"),
        ("1 found: unit_level=area, unit=motalavej", "1 fundet: Motalavej", "1 found: Motalavej"),
        ("1 found: unit_level=department, unit=330", "1 fundet: afdeling 330", "1 found: department 330"),
        ("1 of 9 rows: area_id=total", "1 af 9 rækker: Områderne i alt", "1 of 9 rows: All areas together"),
        (
            "1 found: unit_published_as=A, b, period=2023, corrected_column=numerator, corrected=7",
            "1 fundet: A, b, 2023, tælleren, rettet til 7",
            "1 found: A, b, 2023, the numerator, corrected to 7",
        ),
        ("none found", "none found", "none found"),
        ("could not be checked: no", "could not be checked: no", "could not be checked: no"),
        (None, "", ""),
    ],
)  # fmt: skip
def test_a_finding_is_told_in_the_words_and_the_language_of_its_reader(observed, danish, english):
    warning = {"observed": observed, "names": NAMES}
    assert (DANISH.observed(warning), ENGLISH.observed(warning)) == (danish, english)


@pytest.mark.parametrize(
    ("place", "danish"),
    [
        ("tal.csv, line 12", "tal.csv, linje 12"),
        ("line 3.csv, Data!F17, Data!G17", "line 3.csv, Data!F17, Data!G17"),
        ("data.csv line 290,291…301 (12 lines) / -", "data.csv linje 290,291…301 (12 linjer) / -"),
        ("data.json#/dataset/value/8,9…20 (7 values)", "data.json#/dataset/value/8,9…20 (7 værdier)"),
    ],
)
def test_a_place_in_a_file_is_told_in_the_language_of_its_reader(place, danish):
    assert (DANISH.located(place), ENGLISH.located(place)) == (danish, place)


def test_a_check_says_in_danish_what_is_wrong_and_in_english_why_it_is_checked():
    assert DANISH.check("has_rows", "An empty one.") == "Filen har ingen rækker."
    assert DANISH.check("a_new_check", "An empty one.") == ENGLISH.check("has_rows", "An empty one.") == "An empty one."
