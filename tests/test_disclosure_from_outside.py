"""A reader from outside: what the samples' shared file lets anybody work out of the counts that it withholds.

Nothing of the product's own attack is used. Beside the sums the reader takes the residents that are shown for a unit as
the most that any of its denominators can be; another one would take marks of the source to tell that a count is 1 to 5.
"""

import duckdb
import numpy as np
import pytest

from tests.deliveries_for_tests import ask, good_data

pytestmark = pytest.mark.end_to_end
LEVELS = "('department', 'area', 'agreement')"
LIMIT = 5
CELLS = f"""
    SELECT indicator_id || ' ' || observation.period || ' ' || delivery_id AS state,
        unit_level || ' ' || unit_id AS unit, numerator, denominator,
        missing_reason IN ('withheld_here', 'withheld_by_source') AS is_withheld, residents.most,
        missing_reason = 'withheld_by_source' AS is_marked
    FROM core.observation LEFT JOIN (
        SELECT unit_level, unit_id, left(period, 4) AS period, max(coalesce(value, numerator)) AS most
        FROM core.observation WHERE indicator_id = 'residents' GROUP BY ALL
    ) AS residents USING (unit_level, unit_id, period)
    WHERE indicator_id IN ('charged_15_29', 'daycare_1_5') AND unit_level IN {LEVELS} ORDER BY ALL
"""
PARTS = f"""
    SELECT period.period, parent_level || ' ' || parent_id, child_level || ' ' || child_id
    FROM core.membership INNER JOIN core.period ON period_end BETWEEN valid_from AND valid_to
    WHERE steps = 1 AND parent_level IN {LEVELS} AND child_level IN {LEVELS}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("from-outside") / "data")


def known_of(cells: list[tuple], parts: list[tuple[str, str]]) -> tuple[list, list, list]:
    """What is known of one period and delivery: sums, limits, and between what numerator and rest of each unit are."""
    place = place_of(cells)
    equal, upper, bounds = [], [], [(0.0, None)] * (2 * len(cells))
    for unit, numerator, denominator, _, most, *_ in cells:
        at = place[unit]
        if numerator is not None:
            bounds[at : at + 2] = [(numerator, numerator), (denominator - numerator, denominator - numerator)]
        elif denominator is not None:
            equal.append(({at: 1, at + 1: 1}, denominator))
        elif most is not None:
            upper.append(({at: 1, at + 1: 1}, most))
    for whole in {whole for whole, _ in parts}:
        of_whole = [part for one, part in parts if one == whole]
        if whole in place and all(part in place for part in of_whole):
            equal += [({place[whole] + side: 1} | {place[part] + side: -1 for part in of_whole}, 0) for side in (0, 1)]
    return equal, upper, bounds


def place_of(cells: list[tuple]) -> dict[str, int]:
    """Where each unit's numerator stands; what lies outside it comes after."""
    return {unit: 2 * number for number, (unit, *_) in enumerate(cells)}


def widths_of(cells: list[tuple], parts: list[tuple[str, str]]) -> list[float]:
    """Per withheld unit of one period and delivery the widths of its numerator, the rest, and the denominator."""
    place, known = place_of(cells), known_of(cells, parts)
    found = []
    for unit, _, denominator, is_withheld, *_ in cells:
        asked = [(1, 0), (0, 1)] + ([(1, 1)] if denominator is None else [])
        for weights in asked if is_withheld else ():
            objective = np.zeros(2 * len(cells))
            objective[place[unit] : place[unit] + 2] = weights
            found.append(greatest(objective, *known) + greatest(-objective, *known))
    return found


def left_of_marks(cells: list[tuple], parts: list[tuple[str, str]], side: int) -> dict[str, list[float]]:
    """Per marked unit the least and most of its numerator (or, for side 1, of the rest) if all marks are 1 to LIMIT.

    Nothing where that cannot be.
    """
    equal, upper, bounds = known_of(cells, parts)
    place = place_of(cells)
    marked = {unit: place[unit] + side for unit, *_, is_marked in cells if is_marked}
    for at in marked.values():
        bounds[at] = (1, LIMIT)
    found = {}
    for unit, at in marked.items():
        objective = np.zeros(len(bounds))
        objective[at] = 1
        least, most = (greatest(one, equal, upper, bounds) for one in (-objective, objective))
        if not np.isnan(most):
            found[unit] = [-least, most]
    return found


def greatest(objective, equal, upper, bounds) -> float:
    from scipy.optimize import linprog

    def system(rows):
        matrix = np.zeros((len(rows), len(bounds)))
        for number, (row, _) in enumerate(rows):
            matrix[number, list(row)] = list(row.values())
        return matrix, [right for _, right in rows]

    (a_eq, b_eq), (a_ub, b_ub) = system(equal), system(upper)
    answer = linprog(-objective, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=bounds, method="highs")
    assert answer.status in (0, 2, 3), answer.message
    if answer.status == 2:  # there is no such table
        return np.nan
    return np.inf if answer.status == 3 else -answer.fun


@pytest.fixture(scope="module")
def states(data) -> list[tuple[list[tuple], list[tuple[str, str]]]]:
    """Each indicator, period and delivery: its cells, and which units were parts of which."""
    cells, parts = ask(data, CELLS), ask(data, PARTS)
    return [
        (
            [tuple(cell) for one, *cell in cells if one == state],
            [(whole, part) for period, whole, part in parts if period == state.split(" ")[1]],
        )
        for state in sorted({state for state, *_ in cells})
    ]


def test_a_reader_with_all_that_the_shared_file_shows_knows_no_withheld_count_to_within_six_persons(states):
    widths = [width for cells, parts in states for width in widths_of(cells, parts)]
    assert len(widths) > 400
    assert any(most is not None for cells, _ in states for *_, most, _ in cells)
    assert min(widths) >= 6
    # And it is the sums that are worked with: nothing withheld here is without limits.
    assert np.isfinite(widths).sum() > 400


def test_nobody_is_told_which_counts_of_departments_their_source_withheld_itself(data, states):
    hidden = "FROM core.observation WHERE unit_level = 'department' AND missing_reason = 'withheld_here'"
    marks = ask(
        data, f"SELECT count(*) FILTER (sign IS NOT NULL OR note IS NOT NULL OR denominator IS NOT NULL) {hidden}"
    )
    assert marks == [(0,)]
    told = "SELECT count(*) FROM core.observation WHERE unit_level = 'department' AND missing_reason LIKE '%source%'"
    assert ask(data, told) == [(0,)]
    # Those that we withhold and those that their source did stand side by side in the lists of what is withheld.
    assert ask(data, f"SELECT count(*) {hidden}") == ask(data, "SELECT count(*) FROM core.withheld") > [(300,)]
    assert ask(data, "SELECT sum(withheld_by_source) FROM audit.disclosure WHERE unit_level = 'department'") == [(0,)]
    with duckdb.connect(data.steward, read_only=True) as steward:
        own = "FROM steward.steward.withheld_observation WHERE missing_reason = 'withheld_by_source'"
        roles = steward.execute(f"SELECT DISTINCT role {own}").fetchall()
    assert roles == [("source",)]
    # So nobody can take these to be 1 to 5, and learn more of them by that.
    found = [left_of_marks(cells, parts, side) for cells, parts in states for side in (0, 1)]
    assert all(of_state == {} for of_state in found)


def test_a_reader_is_not_told_which_of_the_withheld_counts_are_the_small_ones(data):
    told = ask(data, "SELECT column_name FROM duckdb_columns() WHERE table_name IN ('withheld', 'disclosure')")
    assert not {"role", "withheld_primary", "withheld_secondary"} & {name for (name,) in told}
    bodies = ask(data, "SELECT body::VARCHAR FROM ledger.entry")
    assert not any("primary" in body for (body,) in bodies)


def test_a_rule_that_left_one_department_alone_would_have_been_seen():
    """The reader's own means: one unknown in a sum is known, two small ones are known too closely."""
    sums = [("area a", "department 1"), ("area a", "department 2"), ("area a", "department 3")]
    shown = ("area a", 30, 90, False, None, False)
    alone = [shown, ("department 1", 12, 40, False, None, False), ("department 2", 14, 40, False, None, False)]
    assert min(widths_of([*alone, ("department 3", None, None, True, None, True)], sums)) == 0
    two = [shown, alone[1], *((f"department {number}", None, None, True, 30, True) for number in (2, 3))]
    assert 0 < min(widths_of(two, sums)) == 10


def test_three_marks_that_make_14_would_have_been_seen():
    marks = [(f"department {number}", None, None, True, None, True) for number in (1, 2, 3)]
    sums = [("area a", f"department {number}") for number in (1, 2, 3)]
    cells = [("area a", 14, 90, False, None, False), *marks]
    assert list(left_of_marks(cells, sums, 0).values()) == [pytest.approx([4, 5])] * 3
    assert left_of_marks(cells, sums, 1) == {}
