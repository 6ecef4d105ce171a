"""What is withheld, and what the attack finds: small tables of departments, areas, their total and municipality."""

import pytest

from tasks.disclosure import batches
from tests.withholding_of import count, published, withholding

# Areas without departments; each row and column of (periods, areas) is a table of its own.
AREAS_ALONE = [count("a", 3, 90), count("b", 20, 100), count("c", 31, 110), count("total", 54, 300)]


def test_nothing_small_means_nothing_withheld():
    found = withholding([count("a", 13, 90), count("b", 20, 100), count("total", 33, 190)])
    assert found.withheld == {}
    assert found.report.passed
    assert (found.report.body["cells"], found.report.body["narrowest_interval"]) == (3, None)


def test_a_total_that_would_reveal_the_third_area_takes_a_second_one_with_it():
    found = withholding(AREAS_ALONE)
    assert found.withheld == {("a", "may"): "primary", ("b", "may"): "secondary"}
    assert found.report.passed
    assert found.report.body["narrowest_interval"] == 23


def test_many_rows_are_looked_at_an_indicator_at_a_time_with_the_same_outcome(monkeypatch):
    other = {"indicator_id": "employed", "delivery_id": "november", "release": 4}
    rows = [*AREAS_ALONE, *(row | other for row in (count("a", 30, 90), count("b", 2, 100), count("total", 32, 190)))]
    at_once = withholding(rows)
    monkeypatch.setattr(batches, "_MOST_ROWS", 1)
    apart = withholding(rows)
    assert apart.withheld == at_once.withheld
    assert {("a", "may"), ("b", "november")} <= apart.withheld.keys()
    assert apart.report == at_once.report


def test_departments_go_before_areas_and_areas_before_the_total():
    small = [count("a1", 3, 30), count("a2", 20, 60), count("a", 23, 90), count("b", 20, 100), count("total", 43, 190)]
    assert withholding(small).units == {"a1", "a2"}


def test_an_area_that_is_withheld_takes_one_of_its_departments_and_another_area_with_one_of_its_own():
    rows = [
        count("a1", 2, 30), count("a2", 2, 30), count("a", 4, 60),
        count("b1", 11, 40), count("b2", 9, 50), count("b", 20, 90),
        count("c1", 15, 50), count("c2", 16, 60), count("c", 31, 110), count("total", 55, 260),
    ]  # fmt: skip
    found = withholding(rows)
    assert {"a", "a1", "a2", "b"} <= found.units
    assert {"b1", "b2"} & found.units
    assert not {"c", "c1", "c2", "total"} & found.units
    assert found.report.passed


def test_two_withheld_cells_in_every_row_and_column_still_give_one_away_and_a_third_must_go():
    # a and b together hold 6 persons and c 5 at most: within a sum of two the interval would be too narrow.
    rows = [count("a", 2, 90), count("b", 2, 100), count("c", 31, 110), count("total", 35, 300)]
    found = withholding(rows)
    assert found.units == {"a", "b", "c"}
    assert found.report.body["narrowest_interval"] >= 6


def test_what_lies_outside_a_numerator_is_protected_like_the_numerator():
    found = withholding([count("a", 87, 90), count("b", 20, 100), count("c", 31, 110), count("total", 138, 300)])
    assert found.units == {"a", "b"}


def test_a_count_that_its_source_withheld_is_not_given_away_by_what_is_published_beside_it():
    by_source = count("a1", None, 30, is_small=False, is_withheld_by_source=True)
    found = withholding([by_source, count("a2", 20, 60), count("a", 23, 90), count("total", 23, 90)])
    assert found.withheld == {("a1", "may"): "secondary", ("a2", "may"): "secondary"}
    assert found.report.passed


def test_a_share_alone_that_may_be_one_of_few_persons_is_not_given_away_by_the_counts_beside_it():
    alone = count("a", None, None, is_small=True, is_share_alone=True)
    found = withholding([alone, count("b", 20, 100), count("c", 31, 110), count("total", 54, 300)])
    assert found.withheld == {("a", "may"): "primary", ("b", "may"): "secondary"}
    assert found.report.passed


def test_public_counts_are_neither_withheld_nor_reckoned_with():
    public = [row | {"rule_applies": False, "is_small": False, "source_id": "valg"} for row in AREAS_ALONE]
    assert withholding(public).withheld == {}


def test_sums_that_do_not_hold_in_the_figures_stop_nothing():
    found = withholding([count("a", 3, 90), count("b", 20, 100), count("c", 31, 110), count("total", 40, 250)])
    assert {"a"} < found.units
    assert found.report.passed


def test_a_small_count_of_a_second_questionnaire_is_withheld_and_the_first_ones_count_is_not():
    found = withholding([
        count("a", 40, 90, kind="survey_share", instrument="long", delivery_id="long"),
        count("a", 3, 90, kind="survey_share", instrument="short", delivery_id="short"),
    ])  # fmt: skip
    assert found.withheld == {("a", "short"): "primary"}


def test_the_same_cells_in_another_order_are_withheld_again():
    assert withholding(AREAS_ALONE[::-1]).withheld == withholding(AREAS_ALONE).withheld


def test_a_release_that_repeats_a_withheld_count_is_withheld_too_and_a_revised_one_stands_for_itself():
    later = {"delivery_id": "november", "release": 4}
    revised = [count("a", 3, 90), count("b", 20, 100), count("c", 33, 110), count("total", 56, 300)]
    found = withholding([*AREAS_ALONE, *(row | later for row in revised)])
    assert {("a", "may"), ("a", "november"), ("b", "may"), ("b", "november")} <= found.withheld.keys()
    assert found.report.passed


def test_what_a_publication_withheld_the_next_one_withholds_again():
    first = withholding(AREAS_ALONE)
    again = withholding(AREAS_ALONE, published(1, first, "may"))
    assert again.withheld == first.withheld
    assert again.report.passed
    assert again.report.body["withheld_as_in"] == "publication-1"
    third = withholding(AREAS_ALONE, [*published(1, first, "may"), *published(2, again, "may")])
    assert third.withheld == first.withheld


def test_two_publications_held_side_by_side_give_nothing_away():
    """The first withheld a and b; c and the total are known. The redelivery makes c small, and b must stay unknown."""
    first = withholding(AREAS_ALONE)
    later = {"delivery_id": "november", "release": 4}
    revised = [count("a", 3, 90), count("b", 20, 100), count("c", 4, 110), count("total", 27, 300)]
    found = withholding([*AREAS_ALONE, *(row | later for row in revised)], published(1, first, "may"))
    assert {("a", "november"), ("b", "november"), ("c", "november")} <= found.withheld.keys()
    assert found.report.passed


def test_a_difference_between_two_publications_that_nothing_can_close_stops_the_second():
    """Everything was shown when area a had 13; now it has 3, and what was shown gives it away."""
    before = [count("a", 13, 90), count("b", 20, 100), count("c", 31, 110), count("total", 64, 300)]
    first = withholding(before)
    assert first.withheld == {}
    later = {"delivery_id": "november", "release": 4}
    # The total is stated as it was, so b and c, known since, leave 3 for a.
    revised = [count("a", 3, 90), count("b", 30, 100), count("c", 31, 110), count("total", 64, 300)]
    safe = withholding([*before, *(row | later for row in revised)], published(1, first, "may"))
    assert safe.report.passed
    assert ("b", "november") in safe.withheld
    second = withholding([*before, *(row | later for row in revised)], [*published(1, first, "may", "november")])
    assert not second.report.passed
    assert any("area a, 2023" in name for name in second.report.failed)


@pytest.mark.parametrize(("until", "passes"), [("2026-06-01", True), ("2026-05-31", False), (None, False)])
def test_a_small_count_that_was_shown_stops_the_publication_until_a_person_has_accepted_it(until, passes):
    """The limit was raised: what is small now was shown before, and withholding it cannot make it unknown."""
    first = withholding([row | {"is_small": False} for row in AREAS_ALONE])
    rows = [row | {"exposure_accepted_until": until} for row in AREAS_ALONE]
    found = withholding(rows, published(1, first, "may", day="2026-06-01"))
    assert ("a", "may") in found.withheld
    assert found.report.passed is passes


def test_what_a_delivery_showed_that_is_out_of_force_by_now_is_reckoned_with():
    first = withholding([row | {"is_small": False} for row in AREAS_ALONE])
    withdrawn = [row | {"is_in_force": False, "is_small": False} for row in AREAS_ALONE[1:]]
    later = {"delivery_id": "november", "release": 4}
    rows = [*withdrawn, *(row | later for row in AREAS_ALONE)]
    found = withholding(rows, published(1, first, "may"))
    # b, c and the total are known from the withdrawn delivery, and so is a.
    assert not found.report.passed


def test_a_delivery_that_is_withdrawn_stays_withheld_as_it_was_and_stops_nothing():
    first = withholding(AREAS_ALONE)
    withdrawn = [row | {"is_in_force": False} for row in AREAS_ALONE]
    found = withholding(withdrawn, published(1, first, "may"))
    assert found.report.passed
    assert found.withheld == first.withheld


def test_the_report_names_no_value():
    found = withholding(AREAS_ALONE)
    assert found.report.body["withheld"] == [
        {"indicator_id": "charged", "period": "2023", "unit_level": "area", "unit_ids": ["a", "b"]}
    ]
    told = {name for name in found.report.body if name not in ("publication_id", "run_id", "withheld")}
    assert told == {
        "cells", "relations", "withheld_by_source", "withheld_here", "narrowest_interval",
        "passed",
    }  # fmt: skip
