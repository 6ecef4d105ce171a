"""What a meeting decided: ids that stay, what may close what, and two meetings on one day."""

import pytest

from catalogue.errors import HelhedsplanError
from tasks.meetings import meetings, record_meeting
from tests.deliveries_for_tests import entries_of, the_catalogue
from tests.meetings_for_tests import a_meeting, an_action, an_item, written
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

PUBLICATION, DAY = "20260301T020000-aaaaaaaa", "2026-06-10"
MEETING_ID = f"en_faelles_indsats-{DAY}"


@pytest.fixture
def data(data_folder, monkeypatch) -> DataDirectory:
    """A ledger with one publication, on a clock that stands on 12 June 2026."""
    data = DataDirectory(data_folder)
    data.prepare()
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2026-03-01T02:00:00+00:00")
    Ledger(data.ledger).append("data_directory_marked", {"mark": "sample"}, actor="test")
    Ledger(data.ledger).append("publication_made", {"publication_id": PUBLICATION}, actor="test")
    monkeypatch.setenv("HELHEDSPLAN_CLOCK", "2026-06-12T12:00:00+00:00")
    return data


@pytest.fixture
def record(data, tmp_path):
    """Records a meeting whose actions are these, with further keys of its file; True if that is new."""

    def record(*actions: dict, day: str = DAY, **changes: object) -> bool:
        items = {"indicators": [an_item("feels_safe", actions=list(actions))]}
        file = written(tmp_path / "m", a_meeting(PUBLICATION, day) | items | changes)
        return record_meeting(data, the_catalogue(), file, actor="Åse").is_new

    return record


def ids(data: DataDirectory) -> dict[str, str]:
    """Words -> id of every action that is recorded."""
    items = [item for one in meetings(entries_of(data)) for item in one["indicators"]]
    return {action["action"]: action["action_id"] for item in items for action in item["actions"]}


ASK, CALL = an_action(id=None), an_action(id=None, action="Ring til politiet")


def test_an_actions_id_does_not_follow_its_place_in_the_file(data, record):
    record(ASK, CALL)
    before = ids(data)
    assert len(set(before.values())) == 2
    assert record(CALL, ASK, corrects="I anden rækkefølge.")
    assert ids(data) == before
    assert record(CALL, ASK, an_action(id="skriv", action="Skriv"), corrects="En til.")
    assert ids(data) == before | {"Skriv": f"{MEETING_ID}-skriv"}


def test_the_ids_of_a_ledger_that_counted_actions_go_on_working(data, record):
    record(an_action(id="1"), an_action(id="2", action="Ring til politiet"))
    # As the ledger has them of old: the file itself names no ids.
    assert record(ASK, CALL) is False
    assert record(CALL, ASK, corrects="I anden rækkefølge.")
    assert ids(data) == {"Spørg skolerne": f"{MEETING_ID}-1", "Ring til politiet": f"{MEETING_ID}-2"}


def test_an_action_that_another_meeting_told_done_stays_when_its_words_are_mended(data, record):
    record(an_action(id="1"), day="2026-05-01")
    record(CALL, actions_done=[{"action": "en_faelles_indsats-2026-05-01-1"}])
    mended = an_action(id=None, action="Spørg skolerne og dagtilbud")
    with pytest.raises(HelhedsplanError, match=r"told done; in other words with `id: '1'`"):
        record(mended, day="2026-05-01", corrects="Ordene.")
    assert record(mended | {"id": "1"}, day="2026-05-01", corrects="Ordene.")


def test_an_earlier_meeting_closes_no_action_of_a_later_one(data, record):
    record(an_action(id="1"))
    with pytest.raises(HelhedsplanError, match="an action of an earlier meeting: there is none"):
        record(CALL, day="2026-05-01", actions_done=[{"action": f"{MEETING_ID}-1"}])
    assert len(entries_of(data, "meeting_recorded")) == 1


def test_two_meetings_on_one_day_are_two_by_their_part(data, record):
    record(an_action(id="1"))
    with pytest.raises(HelhedsplanError, match="a `part` of its own"):
        record(CALL)
    assert record(CALL, part="evening", actions_done=[{"action": f"{MEETING_ID}-1"}])
    assert [one["meeting_id"] for one in meetings(entries_of(data))] == [MEETING_ID, f"{MEETING_ID}-evening"]
