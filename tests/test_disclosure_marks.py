"""That a source withheld a count itself tells that it is small: withholding reckons with a reader who knows."""

import pytest

from tests import withholding_of
from tests.withholding_of import count, published, withholding

LIMIT = 5
MARKED = ("a", "b", "c")


def mark(unit, **columns):
    told = {"is_small": False, "is_withheld_by_source": True, "told_at_most": LIMIT}
    return count(unit, None, None, **told | columns)


def of_three_marks(over, under, **columns):
    """Three areas that the source withheld, and the total that is shown."""
    return [*(mark(unit, **columns) for unit in MARKED), count("total", over, over + under, **columns)]


@pytest.mark.parametrize(
    ("left", "is_told"),
    [(6, False), (7, True), (11, True), (12, False), (14, False), (15, False), (16, True), (300, True)],
)
def test_a_sum_that_leaves_marked_counts_less_than_1_to_the_limit_is_withheld_and_any_other_is_told(left, is_told):
    """Three that make 14 are 4 or 5 each. Three that make 16 are not all of at most five: the marks tell nothing."""
    for counts in ((left, 400), (400, left)):
        found = withholding(of_three_marks(*counts))
        assert found.units == (set() if is_told else {"total"})
        assert found.report.passed


@pytest.mark.parametrize(("persons", "is_told"), [(9, True), (14, False), (16, True)])
def test_a_mark_in_the_place_of_a_mean_is_about_the_persons_behind_it(persons, is_told):
    found = withholding(of_three_marks(7 * persons, -6 * persons, kind="mean"))
    assert found.units == (set() if is_told else {"total"})
    assert found.report.passed


def test_a_part_that_is_shown_goes_before_the_whole():
    rows = [mark("a1"), count("a2", 20, 60), count("a", 23, 90), count("b", 40, 90), count("total", 63, 180)]
    found = withholding(rows)
    assert found.units == {"a2"}
    assert found.report.passed


@pytest.mark.parametrize(("total", "withheld"), [(7, {"a", "a2"}), (9, {"a", "a2"}), (10, {"a", "a2"}), (11, {"a2"})])
def test_whether_a_whole_is_shown_over_a_mark_and_one_count_of_ours_does_not_follow_from_what_they_are(total, withheld):
    whole = [count("a", total, total + 120), count("b", 40, 130), count("total", total + 40, total + 250)]
    # Each of these reads the same to whoever has the figures, so each must come out the same.
    found = [
        withholding([mark("a1"), count("a2", total - marked, total - marked + 60), *whole]) for marked in range(1, 6)
    ]
    assert [one.units for one in found] == [withheld] * 5
    assert all(one.report.passed for one in found)


def test_of_a_count_that_is_not_small_itself_a_further_department_is_withheld_while_there_is_one(monkeypatch):
    monkeypatch.setitem(withholding_of.AREAS, "a", ("a1", "a2", "a3"))
    rows = [mark("a1"), count("a2", 20, 60), count("a3", 31, 90), count("a", 54, 170), count("total", 54, 170)]
    assert withholding(rows).units == {"a2", "a3"}


def test_marks_that_hide_other_counts_than_in_the_delivery_before_are_looked_at_in_each():
    later = {"delivery_id": "november", "release": 4}
    for may, november in ((9, 14), (14, 9)):
        rows = [*of_three_marks(may, 400), *(row | later for row in of_three_marks(november, 400))]
        found = withholding(rows)
        assert ("total", "may" if may == 14 else "november") in found.withheld
        assert found.report.passed


@pytest.mark.parametrize(("until", "passes"), [("2026-06-01", True), ("2026-05-31", False)])
def test_a_sum_that_was_shown_beside_its_marks_stops_the_publication_until_a_person_has_accepted_it(until, passes):
    rows = of_three_marks(14, 400)
    first = withholding([row | {"told_at_most": None} for row in rows])
    assert first.units == set()
    accepted = [row | {"exposure_accepted_until": until} for row in rows]
    redelivered = [row | {"delivery_id": "november", "release": 4} for row in accepted]
    for delivered in (accepted, [*accepted, *redelivered]):
        again = withholding(delivered, published(1, first, "may", day="2026-06-01"))
        assert again.report.passed is passes


def test_what_a_mark_tells_is_no_finding_of_the_attack():
    found = withholding(of_three_marks(9, 400))
    assert found.report.body["narrowest_interval"] == 9


def test_a_denominator_that_is_known_bounds_a_count_whatever_else_is_asked_in_the_same_programme():
    """Of 5 in area a department 2 can have 3 at most, so department 1 has 2: with one more table nearby as alone."""
    same = {"indicator_id": "employed", "other_indicator_id": "charged", "relation": "same_denominator"}

    def table(persons, left, period):
        of = {"a1": 11, "a2": persons, "a": 11 + persons}
        known = [count(unit, 0, n, period=period, protection_width=3, is_small=False) for unit, n in of.items()]
        counted = [mark("a1", told_at_most=2), count("a2", 3, persons), count("a", left, 11 + persons)]
        told = {"indicator_id": "employed", "period": period, "protection_width": 3, "is_small": False}
        return [*known, *(row | told for row in counted)]

    tight, other = table(3, 5, "2023"), table(20, 6, "2022")
    links = [same | {"years_later": 0}]
    alone = withholding(tight, links=links)
    assert "a" in alone.units
    both = withholding([*tight, *other], links=links)
    listed = {one["period"]: one["unit_ids"] for one in both.report.body["withheld"] if one["unit_level"] == "area"}
    assert listed.get("2023") == ["a"]
