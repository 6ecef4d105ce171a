"""A baseline that was sealed as shown and is withheld since: nothing of it is left, and the board reads why."""

import json

import duckdb
import pytest

from tasks.disclosure.withhold import Withholding
from tests.deliveries_for_tests import the_catalogue
from tests.test_build import AS_OF, DELIVERY, ledger_of, write_reading
from warehouse.baseline import unsealed_baselines
from warehouse.build import Input, Request, build
from warehouse.ledger import Ledger, digest_of
from warehouse.redacted import redact_ledger

SOURCE, LATER = "lbf_boligsociale_data", "lbf_boligsociale_data-later"
# Numbers that stand nowhere else; by the later delivery Ringparken had 3 persons in the baseline year.
SHOWN, REVISED = (1717, 791947), (3, 791949)

STOPPED = "small counts that are withheld could be worked out: charged_15_29, area ringparken, 2019; and 2 more"


def row(level: str, name: str, period: str, numerator: float, denominator: float) -> tuple:
    return (level, name, "charged_15_29", period, numerator, denominator, None, None, None)


def rows(period: str, ringparken: tuple[int, int]) -> list[tuple]:
    return [
        row("area", "Ringparken", period, *ringparken), row("area", "Sydbyen", period, 6421, 685733),
        row("area", "Motalavej", period, 6833, 820903), row("municipality", "330", period, 200011, 9000001),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The second publication's file and the ledger that it was made from."""
    home = tmp_path_factory.mktemp("withheld-baseline")
    ledger, catalogue = ledger_of(home / "ledger.jsonl"), the_catalogue()
    reading = write_reading(home / "first.parquet", [*rows("2019", SHOWN), *rows("2021", (2828, 791941))])
    first = Request((Input(DELIVERY, SOURCE, reading, None, "1"),), tuple(ledger.entries()), (), catalogue, "r1", AS_OF)
    step = Withholding()
    [seal] = unsealed_baselines(build(first, home / "first.duckdb", step))
    ledger.append("disclosure_attacked", step.report.body | {"publication_id": "p1"}, actor="test")
    ledger.append("baseline_sealed", seal | {"publication_id": "p1"}, actor="test")
    ledger.append("publication_made", {"publication_id": "p1", "deliveries": [DELIVERY]}, actor="test")
    received = {"delivery_id": LATER, "source_id": SOURCE, "part_id": "", "sha256": "later", "files": []}
    received |= {"original_name": "later.xlsx", "is_synthetic": True, "origin": "test"}
    ledger.append("delivery_received", received, actor="test")
    ledger.append("delivery_checked", {"delivery_id": LATER, "rows_in": 4, "outcomes": []}, actor="test")
    ledger.append("delivery_approved", {"delivery_id": LATER}, actor="test")
    ledger.append("publication_blocked", {"publication_id": "p2", "problem": STOPPED}, actor="test")
    ledger.append("run_finished", {"run_id": "r2", "outcome": "failed", "found": f"x\n{STOPPED}\ny"}, actor="test")
    revised = write_reading(home / "second.parquet", rows("2019", REVISED))
    inputs = (*first.inputs, Input(LATER, SOURCE, revised, None, "1"))
    second = Request(inputs, tuple(ledger.entries()), (), catalogue, "r2", AS_OF)
    step = Withholding()
    target = build(second, home / "second.duckdb", step)
    assert step.report.passed
    return target, ledger


def ask(path, query):
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_withheld_baseline_cannot_be_judged_and_is_not_shown_as_it_was_signed_either(built):
    shown = """SELECT area_id, baseline_period, baseline_value, baseline_missing_reason, baseline_value_as_signed,
            baseline_revised_because, verdict, verdict_reason, development, change, smallest_detectable_change
        FROM mart.goal_indicator WHERE indicator_id = 'charged_15_29' AND area_id IN ('ringparken', 'total')"""
    withheld = ("2019", None, "withheld_here", None, None, "cannot_be_judged", "withheld", None, None, None)
    assert sorted(ask(built[0], shown)) == [("ringparken", *withheld), ("total", *withheld)]
    latest = (
        "SELECT latest_value FROM mart.goal_indicator WHERE area_id = 'ringparken' AND indicator_id = 'charged_15_29'"
    )
    assert ask(built[0], latest) == [(2828 / 791941,)]


def test_the_seal_is_redacted_in_the_shared_file_and_whole_in_the_ledger_that_can_still_be_verified(built):
    target, ledger = built
    [(body, digest)] = ask(target, "SELECT body::VARCHAR, digest FROM ledger.entry WHERE kind = 'baseline_sealed'")
    of_area = {figure["area_id"]: figure for figure in json.loads(body)["rows"]}
    assert json.loads(body)["redacted"] is True
    assert {area: "value" in figure for area, figure in of_area.items()} == {
        "ringparken": False, "total": False, "sydbyen": True, "motalavej": True, "municipality": True,
    }  # fmt: skip
    assert of_area["ringparken"]["period"] == "2019"
    assert of_area["ringparken"]["redacted"] is True
    [entry] = [one for one in Ledger(ledger.path).entries() if one.kind == "baseline_sealed"]
    assert entry.digest == digest
    unsigned = json.loads(entry.line())
    assert digest_of({name: value for name, value in unsigned.items() if name != "digest"}) == digest
    assert 1717 in [figure["numerator"] for figure in entry.body["rows"]]


def test_a_seal_of_which_nothing_is_withheld_stands_as_it_is():
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA ledger; CREATE SCHEMA core")
        body = '{"agreement_id":"a","rows":[{"indicator_id":"i","area_id":"x","period":"2019","value":0.1}]}'
        connection.execute(
            f"CREATE TABLE ledger.entry AS SELECT 1 AS sequence, 'baseline_sealed' AS kind, '{body}'::JSON AS body"
        )
        connection.execute(
            """CREATE TABLE core.withheld_figure AS
            SELECT 'a' AS agreement_id, 'x' AS area_id, 'i' AS indicator_id, '2020' AS period"""
        )
        redact_ledger(connection)
        assert connection.execute("SELECT body::VARCHAR FROM ledger.entry").fetchall() == [(body,)]
        connection.execute("UPDATE core.withheld_figure SET period = '2019'")
        redact_ledger(connection)
        [(redacted,)] = connection.execute("SELECT body::VARCHAR FROM ledger.entry").fetchall()
        assert "0.1" not in redacted


def test_which_figure_stopped_a_publication_is_told_by_the_ledger_alone(built):
    """Whoever reads in the shared file whose count could have been worked out knows that it is small."""
    target, ledger = built
    query = """SELECT coalesce(body ->> 'problem', body ->> 'found'), body -> 'redacted' FROM ledger.entry
        WHERE contains(body::VARCHAR, 'could be worked out') ORDER BY sequence"""
    told = STOPPED.partition(":")[0]
    assert ask(target, query) == [(told, "true"), (f"x\n{told}\ny", "true")]
    assert sum(STOPPED in str(entry.body) for entry in ledger.entries()) == 2
