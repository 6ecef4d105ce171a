"""A rehearsal tells what an approval would change, changes nothing itself, and no longer counts once its base moved."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue.errors import HelhedsplanError
from tasks.approve import approve, reject
from tasks.inbox import waiting
from tasks.receive import deliver
from tasks.rehearsal_opened import open_last
from tasks.rehearse import Rehearsal, rehearse
from tests.deliveries_for_tests import MINISTRY_LIST, catalogue_asking, entries_of, good_data, replaced, run
from warehouse.compare import changed_figures
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory
from warehouse.snapshots import file_sha256

pytestmark = pytest.mark.end_to_end
SOURCE, LBF = "ministry_list", "lbf_boligsociale_data"
FOUR_EYES = catalogue_asking("four_eyes", SOURCE)
FIGURE = "ministry_non_western_background"


@pytest.fixture
def data(data_folder) -> DataDirectory:
    return DataDirectory(data_folder)


def hand_in(data: DataDirectory, tmp_path: Path, figure: str) -> str:
    path = tmp_path / f"{figure}.csv"
    replaced(MINISTRY_LIST, ";57,0;", f";{figure};")(path)
    return deliver(data, FOUR_EYES, path, SOURCE, actor="bo")[0]


def publication_in(data: DataDirectory) -> Path:
    """What is delivered is published without anybody's approval: the publication's file."""
    assert run(data, SOURCE, catalogue=catalogue_asking("automatic", SOURCE)).is_new_publication
    data.report.mkdir(exist_ok=True)
    (data.report / "index.html").write_text("the page of this publication", "utf-8")
    return data.published / f"{entries_of(data, 'publication_made')[-1].body['publication_id']}.duckdb"


def files_of(data: DataDirectory) -> dict[str, str]:
    """Everything that is published: the current warehouse, those before it, and the site."""
    paths = [data.warehouse, *data.published.rglob("*"), *data.report.rglob("*")]
    return {os.fspath(path): file_sha256(path) for path in paths if path.is_file()}


def test_a_rehearsal_tells_just_what_the_publication_then_changes_and_changes_nothing_itself(data, tmp_path):
    hand_in(data, tmp_path, "57,0")
    old = publication_in(data)
    before, delivery_id = files_of(data), hand_in(data, tmp_path, "58,5")
    told = rehearse(data, FOUR_EYES, delivery_id, actor="eva")
    assert files_of(data) == before
    assert not list(data.building.glob("rehearsal-*"))
    of_figure = {one.column: (one.old, one.new) for one in told.changes if one.indicator_id == FIGURE}
    assert of_figure == {"value": (0.57, 0.585)}
    assert (told.rows_loaded, told.rows_quarantined, told.blocked_by) == (5, 0, "")
    (*_, entry) = entries_of(data, "rehearsed")
    assert (entry.actor, entry.body["delivery_id"], entry.body["changes"]["value"]) == ("eva", delivery_id, 1)
    assert json.loads((data.rehearsals / f"{told.rehearsal_id}.json").read_text("utf-8"))["delivery_id"] == delivery_id
    page = Path(told.page).read_text("utf-8").replace("\u00a0", " ")
    assert ("57 pct." in page, "58,5 pct." in page) == (True, True)
    assert page.index("0 nye, 1 ændrede, 0 bortfaldne") < page.index("58,5 pct.")
    assert "<td>rettet i en senere leverance</td>" in page
    approve(data, FOUR_EYES, delivery_id, actor="eva", rehearsal_id=told.rehearsal_id)
    run(data, SOURCE, catalogue=FOUR_EYES)
    assert tuple(changed_figures(old, data.warehouse)) == told.changes


def test_a_rehearsal_says_that_withheld_counts_could_be_worked_out_and_that_nothing_would_be_published(
    tmp_path, tmp_path_factory
):
    """The limit is raised: what is small now was shown by the publication before."""
    data = good_data(tmp_path_factory.getbasetemp(), tmp_path / "published")
    whole = FOUR_EYES
    raised = whole.source(LBF).disclosure.model_copy(update={"limit": 20})
    sources = (one.model_copy(update={"disclosure": raised}) if one.source_id == LBF else one for one in whole.sources)
    replaced(MINISTRY_LIST, ";57,0;", ";58,5;")(tmp_path / "58.csv")
    delivery_id, *_ = deliver(data, whole, tmp_path / "58.csv", SOURCE, actor="bo")
    told = rehearse(data, replace(whole, sources=tuple(sources)), delivery_id, actor="eva")
    assert told.blocked_by.startswith("small counts that are withheld could be worked out: ")
    (*_, entry) = entries_of(data, "rehearsed")
    assert entry.body["blocked_by"] == told.blocked_by
    assert "Kan ikke udgives:" in Path(told.page).read_text("utf-8")


def opens_before_approving(data: DataDirectory, delivery_id: str, last: Rehearsal) -> None:
    """Dan approves on Eva's rehearsal once he has opened it, and not on a kept one that was changed."""
    kept = data.rehearsals / f"{last.rehearsal_id}.json"
    as_made = kept.read_text("utf-8")
    for changed in (as_made.replace("0.585", "0.999"), "{}"):
        kept.write_text(changed, "utf-8")
        with pytest.raises(HelhedsplanError, match="no rehearsal that could be opened"):
            open_last(data, FOUR_EYES, delivery_id, actor="dan")
    kept.write_text(as_made, "utf-8")
    with pytest.raises(HelhedsplanError, match="dan has not seen the rehearsal"):
        approve(data, FOUR_EYES, delivery_id, actor="dan", rehearsal_id=last.rehearsal_id)
    for _ in range(2):
        assert open_last(data, FOUR_EYES, delivery_id, actor="dan") == last
    assert [entry.actor for entry in entries_of(data, "rehearsal_opened")] == ["dan"]
    (waits,) = [one for one in waiting(data, FOUR_EYES) if one.delivery_id == delivery_id]
    assert waits.because.endswith(f"{last.rehearsal_id} by eva, seen by dan")
    approve(data, FOUR_EYES, delivery_id, actor="dan")
    (*_, approved) = entries_of(data, "delivery_approved")
    assert (approved.body["rehearsal_id"], approved.body["rehearsed_by"]) == (last.rehearsal_id, "eva")
    assert approved.reason == f"approved after {last.rehearsal_id} by eva was seen and opened by dan"


def test_an_approval_asks_for_a_new_rehearsal_once_another_publication_or_decision_came_between(data, tmp_path):
    first, second = hand_in(data, tmp_path, "57,0"), hand_in(data, tmp_path, "58,5")
    stale = rehearse(data, FOUR_EYES, second, actor="eva")
    assert stale.base_publication_id is None
    rehearse(data, FOUR_EYES, first, actor="eva")
    approve(data, FOUR_EYES, first, actor="eva")
    with pytest.raises(HelhedsplanError, match="moved since") as refused:
        approve(data, FOUR_EYES, second, actor="eva")
    assert refused.value.found == "other deliveries were approved or rejected since"
    anew = rehearse(data, FOUR_EYES, second, actor="eva")
    assert anew.also_new == (first,)
    run(data, SOURCE, catalogue=FOUR_EYES)
    with pytest.raises(HelhedsplanError, match="moved since") as refused:
        approve(data, FOUR_EYES, second, actor="eva", rehearsal_id=anew.rehearsal_id)
    assert refused.value.found.startswith("the publication was none and is ")
    assert f"`helhedsplan rehearse {second} --by eva`" in refused.value.do
    with pytest.raises(HelhedsplanError, match="that dan has seen"):
        approve(data, FOUR_EYES, second, actor="dan")
    with pytest.raises(HelhedsplanError, match="no such rehearsal"):
        approve(data, FOUR_EYES, second, actor="eva", rehearsal_id="rehearsal-000099")
    assert [entry.body["delivery_id"] for entry in entries_of(data, "delivery_approved")] == [first]
    last = rehearse(data, FOUR_EYES, second, actor="eva")
    other_rules = replace(FOUR_EYES, digest="of other definitions")
    with pytest.raises(HelhedsplanError, match="moved since") as refused:
        approve(data, other_rules, second, actor="eva", rehearsal_id=last.rehearsal_id)
    assert refused.value.found.startswith("the catalogue, with its definitions")
    seen = entries_of(data, "rehearsed")[-1]
    Ledger(data.ledger).append("rehearsed", seen.body | {"blocked_by": "a mart fails"}, actor="eva")
    with pytest.raises(HelhedsplanError, match="could not be published") as refused:
        approve(data, FOUR_EYES, second, actor="eva")
    assert refused.value.found == "a mart fails"
    Ledger(data.ledger).append("rehearsed", seen.body, actor="eva")
    opens_before_approving(data, second, last)
    reject(data, FOUR_EYES, second, actor="eva", because="The draft")
    with pytest.raises(HelhedsplanError, match="cannot be rehearsed"):
        rehearse(data, FOUR_EYES, second, actor="eva")
