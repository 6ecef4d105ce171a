"""A reader from outside: what the samples' shared file lets anybody work out of the counts that it withholds.

Nothing of the product's own attack is used. Beside the sums the reader takes the residents that are shown for a unit as
the most that any of its denominators can be.
"""

import numpy as np
import pytest

from tests.deliveries_for_tests import ask, good_data

pytestmark = pytest.mark.end_to_end
LEVELS = "('department', 'area', 'agreement')"
CELLS = f"""
    SELECT observation.period || ' ' || delivery_id AS state, unit_level || ' ' || unit_id AS unit, numerator,
        denominator, missing_reason IN ('withheld_here', 'withheld_by_source') AS is_withheld, residents.most
    FROM core.observation LEFT JOIN (
        SELECT unit_level, unit_id, left(period, 4) AS period, max(coalesce(value, numerator)) AS most
        FROM core.observation WHERE indicator_id = 'residents' GROUP BY ALL
    ) AS residents USING (unit_level, unit_id, period)
    WHERE indicator_id = 'charged_15_29' AND unit_level IN {LEVELS} ORDER BY ALL
"""
PARTS = f"""
    SELECT period.period, parent_level || ' ' || parent_id, child_level || ' ' || child_id
    FROM core.membership INNER JOIN core.period ON period_end BETWEEN valid_from AND valid_to
    WHERE steps = 1 AND parent_level IN {LEVELS} AND child_level IN {LEVELS}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return good_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("from-outside") / "data")


def widths_of(cells: list[tuple], parts: list[tuple[str, str]]) -> list[float]:
    """Per withheld unit of one period and delivery the widths of its numerator, the rest, and the denominator."""
    place = {unit: 2 * number for number, (unit, *_) in enumerate(cells)}
    equal, upper, bounds = [], [], [(0.0, None)] * (2 * len(cells))
    for unit, numerator, denominator, _, most in cells:
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
    found = []
    for unit, _, denominator, is_withheld, _ in cells:
        asked = [(1, 0), (0, 1)] + ([(1, 1)] if denominator is None else [])
        for weights in asked if is_withheld else ():
            objective = np.zeros(len(bounds))
            objective[place[unit] : place[unit] + 2] = weights
            found.append(greatest(objective, equal, upper, bounds) + greatest(-objective, equal, upper, bounds))
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
    assert answer.status in (0, 3), answer.message
    return np.inf if answer.status == 3 else -answer.fun


def test_a_reader_with_all_that_the_shared_file_shows_knows_no_withheld_count_to_within_six_persons(data):
    cells, parts = ask(data, CELLS), ask(data, PARTS)
    states = sorted({state for state, *_ in cells})
    widths = []
    for state in states:
        of_period = [(whole, part) for period, whole, part in parts if period == state.partition(" ")[0]]
        widths += widths_of([cell for one, *cell in cells if one == state], of_period)
    assert len(widths) > 200
    assert any(most is not None for *_, most in cells)
    assert min(widths) >= 6
    # And it is the sums that are worked with: nothing withheld here is without limits.
    assert np.isfinite(widths).sum() > 200


def test_a_reader_is_not_told_which_of_the_withheld_counts_are_the_small_ones(data):
    told = ask(data, "SELECT column_name FROM duckdb_columns() WHERE table_name IN ('withheld', 'disclosure')")
    assert not {"role", "withheld_primary", "withheld_secondary"} & {name for (name,) in told}
    bodies = ask(data, "SELECT body::VARCHAR FROM ledger.entry")
    assert not any("primary" in body for (body,) in bodies)


def test_a_rule_that_left_one_department_alone_would_have_been_seen():
    """The reader's own means: one unknown in a sum is known, two small ones are known too closely."""
    sums = [("area a", "department 1"), ("area a", "department 2"), ("area a", "department 3")]
    shown = ("area a", 30, 90, False, None)
    alone = [shown, ("department 1", 12, 40, False, None), ("department 2", 14, 40, False, None)]
    assert min(widths_of([*alone, ("department 3", None, None, True, None)], sums)) == 0
    two = [shown, alone[1], *((f"department {number}", None, None, True, 30) for number in (2, 3))]
    assert 0 < min(widths_of(two, sums)) == 10
