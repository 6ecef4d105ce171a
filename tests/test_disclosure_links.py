"""Denominators that another indicator tells of: withholding knows what the catalogue says of them."""

import pytest

from tests.deliveries_for_tests import the_catalogue
from tests.withholding_of import count, published, withholding

SAME = {"indicator_id": "charged", "other_indicator_id": "employed", "relation": "same_denominator", "years_later": 0}
WITHIN = SAME | {"other_indicator_id": "residents", "relation": "denominator_within"}


def table(*rows, **columns):
    """Counts of areas a, b and c and of their total."""
    total = [sum(one) for one in zip(*rows, strict=True)]
    return [count(unit, *one, **columns) for unit, one in zip(("a", "b", "c", "total"), (*rows, total), strict=True)]


def residents(*numbers):
    """Residents of the areas and of the total, which have no denominator."""
    told = {"indicator_id": "residents", "kind": "amount", "unit": "persons", "denominator": None, "is_small": False}
    return [row | told for row in table(*((one, 0) for one in numbers))]


def withheld(rows, links=()):
    """(indicator, unit) of what is withheld, where the attack passes."""
    report = withholding(rows, links=links).report
    assert report.passed
    return {(one["indicator_id"], unit) for one in report.body["withheld"] for unit in one["unit_ids"]}


CHARGED = table((3, 8), (20, 100), (31, 110), protection_width=9)
EMPLOYED = table((0, 8), (60, 100), (70, 110), indicator_id="employed", protection_width=9)


def test_a_denominator_that_another_indicator_shows_goes_there_too_where_it_is_too_small_to_hide_the_count():
    rows = [*CHARGED, *EMPLOYED]
    assert withheld(rows) == {("charged", "a"), ("charged", "b")}
    linked = withheld(rows, [SAME])
    assert ("employed", "a") in linked
    # Alone it would be given away by its total.
    assert len({unit for indicator, unit in linked if indicator == "employed"}) > 1


def test_a_denominator_that_cannot_be_withheld_any_more_where_it_is_shown_stops_the_publication():
    old = [row | {"delivery_id": "old", "release": 1} for row in EMPLOYED]
    shown = published(1, withholding(old), "old")
    of_old = [row | {"is_in_force": False} for row in old]
    assert not withholding([*CHARGED, *of_old], shown, links=[SAME]).report.passed


def test_denominators_that_are_stated_differently_are_not_one_count():
    other = table((0, 9), (60, 99), (70, 111), indicator_id="employed", protection_width=9)
    rows = [*CHARGED, *other]
    assert withheld(rows, [SAME]) == withheld(rows)


def test_what_two_indicators_withhold_of_different_units_must_not_give_a_denominator_away_together():
    """Charged withholds a and b, employed a and c: beside one another they leave a alone, the total less b and c."""
    charged = table((3, 90), (20, 100), (31, 110))
    employed = table((40, 90), (60, 100), (4, 110), indicator_id="employed")
    rows = [*charged, *employed]
    assert withheld(rows) == {("charged", "a"), ("charged", "b"), ("employed", "a"), ("employed", "c")}
    assert withheld(rows) < withheld(rows, [SAME])


def test_no_denominator_is_taken_for_larger_than_the_residents_who_are_shown():
    """Nearly everybody in areas a and b is counted: with the residents shown, the total gives both numbers."""
    rows = [*table((3, 50), (20, 100), (31, 110)), *residents(51, 101, 400)]
    assert withheld(rows) == {("charged", "a"), ("charged", "b")}
    assert withheld(rows) < withheld(rows, [WITHIN])


def test_residents_who_are_many_more_than_are_counted_change_nothing():
    rows = [*table((3, 50), (20, 100), (31, 110)), *residents(300, 400, 500)]
    assert withheld(rows, [WITHIN]) == withheld(rows)


@pytest.mark.parametrize("limiting", ["2023-01-01", "2023-07-01"])
def test_of_several_days_of_a_year_the_first_is_the_limit(limiting):
    """The labour market figures are about those who live there on 1 January: a July count says nothing of them."""
    counts = table((3, 50), (20, 100), (31, 110))
    told = {"2023-01-01": (300, 400, 500), "2023-07-01": (300, 400, 500), limiting: (51, 101, 400)}
    rows = [*counts, *(row | {"period": day} for day, numbers in told.items() for row in residents(*numbers))]
    assert (withheld(rows, [WITHIN]) == withheld(rows)) == (limiting == "2023-07-01")


@pytest.mark.parametrize("indicator", ["residents", "charged_15_29"])
def test_the_catalogue_says_which_indicators_tell_of_others_denominators(indicator):
    links = [link for one in the_catalogue().indicators for link in one.linked_counts]
    assert indicator in {link.indicator_id for link in links}
