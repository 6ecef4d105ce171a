"""A night whose figures would give a small count away: nothing of it is published, and the last publication stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalogue.errors import PublicationBlockedError
from tasks.alert_causes import standing_causes
from tasks.receive import deliver
from tests.deliveries_for_tests import entries_of, lbf_workbook, run, the_catalogue
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end
SOURCE = "lbf_boligsociale_data"
CHARGED = "I6 Andel 15-29-årige, der er sigtet mindst én gang"
RINGPARKEN = ("Boligområde", "RIN", "Ringparken")
AROUND = (
    (("Boligområde", "MOT", "Motalavej"), 31, 410), (("Boligområde", "SYD", "Sydbyen"), 20, 400),
    (("Helhedsplan", "EFI", "En Fælles Indsats"), 64, 1224), (("Kommune", "330", "Slagelse"), 1300, 19000),
)  # fmt: skip


def hand_in(data, workbook, *stated) -> str:
    rows = [[*unit, CHARGED, "2025", x, n, round(100 * x / n, 1), None] for unit, x, n in stated]
    lbf_workbook(workbook, rows)
    return deliver(data, the_catalogue(), workbook, SOURCE, actor="test")[0]


def test_a_small_count_that_figures_shown_before_give_away_blocks_the_publication(
    tmp_path,
):
    data = DataDirectory(tmp_path / "data")
    data.prepare()
    # Nobody need approve there.
    Ledger(data.ledger).append("data_directory_marked", {"mark": "sample"}, actor="test")
    hand_in(data, tmp_path / "january.xlsx", (RINGPARKEN, 13, 414), *AROUND)
    assert run(data, SOURCE).problems == ()
    stands = data.warehouse.read_bytes()
    # Total and other areas are known, and stand: they leave 3 and nothing else.
    july = hand_in(data, tmp_path / "july.xlsx", (RINGPARKEN, 3, 414))
    with pytest.raises(PublicationBlockedError) as blocked:
        run(data, SOURCE)
    assert blocked.value.found == (
        f"small counts that are withheld could be worked out: charged_15_29, area ringparken, 2025 ({july})"
    )
    assert "accepted_exposure" in (blocked.value.do or "")
    assert data.warehouse.read_bytes() == stands
    assert entries_of(data, "disclosure_attacked")[-1].body["passed"] is False
    assert entries_of(data, "publication_blocked")[-1].body["problem"] == blocked.value.found
    told = standing_causes(data, the_catalogue(), datetime.now(UTC))
    assert [one.about for one in told if one.kind == "publication_blocked"] == ["disclosure_attack"]
