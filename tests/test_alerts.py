"""Alerts: one message for each cause, on a real SMTP server and a real HTTP server; no figure and no secret in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NoReturn

import pytest
from aiosmtpd.controller import Controller

from catalogue.errors import CatalogueError, LockHeldError
from flows.alerts import tell_without_fault
from tasks.alert_causes import Cause, standing_causes
from tasks.alert_channels import channels
from tasks.alerts import tell, told_on
from tasks.doctor import examine
from tasks.night import refresh
from tests.deliveries_for_tests import entries_of, the_catalogue
from tests.end_to_end.harness import free_port
from tests.mail_server import PASSWORD, USER, Mailbox, mail_server
from warehouse.ledger import Ledger
from warehouse.lock import writing
from warehouse.paths import DataDirectory

WEBHOOK_SECRET = "T0ken-of-the-hook"  # noqa: S105
SOURCE = "ministry_list"


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory) -> Iterator[Mailbox]:
    with mail_server(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture
def by_mail(mailbox, monkeypatch) -> Mailbox:
    """A mailbox that is empty, and the settings that lead to it."""
    mailbox.messages.clear()
    mailbox.refuses = False
    given = {
        "HOST": "127.0.0.1", "PORT": str(mailbox.port), "USER": USER, "PASSWORD": PASSWORD, "FROM": "hp@example.org",
        "TO": "steward@example.org, vagt@example.org", "CA_FILE": str(mailbox.certificate),
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"HELHEDSPLAN_SMTP_{name}", value)
    return mailbox


@pytest.fixture
def hook(monkeypatch) -> Iterator[list[dict]]:
    """A webhook on this machine: what it was told; the address to it is set."""
    told: list[dict] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HELHEDSPLAN_WEBHOOK_URL", f"http://127.0.0.1:{server.server_port}/{WEBHOOK_SECRET}")
        yield told
        server.shutdown()


@pytest.fixture
def data(data_folder) -> DataDirectory:
    found = DataDirectory(data_folder)
    found.prepare()
    return found


def told(data: DataDirectory) -> list[Cause]:
    found = tell(data, the_catalogue(), actor="test")
    assert found.problems == ()
    return [cause for cause in found.causes if cause.kind != "delivery_late"]


def run_in_ledger(
    data: DataDirectory, run_id: str, outcome: str = "nothing new", found: str = "", **failed: str
) -> None:
    """A run of the ministry list, as the ledger tells of it; `failed`: source -> delivery, or nothing."""
    ledger = Ledger(data.ledger)
    ledger.append("run_started", {"run_id": run_id, "source_ids": [SOURCE], "samples": False}, actor="test")
    for source_id, delivery_id in failed.items():
        body = {"run_id": run_id, "source_id": source_id, "delivery_id": delivery_id or None, "problem": "41,7 pct."}
        ledger.append("source_failed", body, actor="test")
    ledger.append("run_finished", {"run_id": run_id, "outcome": outcome, "found": found, "problems": []}, actor="test")


def test_a_source_that_fails_night_after_night_is_one_message_until_it_works_again_and_fails_anew(data, by_mail):
    sent = []
    for night, is_failing in enumerate([True, True, True, False, True], start=1):
        run_in_ledger(data, f"run-{night:06}", **({SOURCE: ""} if is_failing else {}))
        sent.append([cause.kind for cause in told(data)])
    assert sent == [["fetch_failed"], [], [], [], ["fetch_failed"]]
    assert [entry.body["cause"] for entry in entries_of(data, "alert_over")] == [f"fetch_failed {SOURCE}"]
    of_source = [
        message for message in by_mail.messages if SOURCE in message["Subject"] and "hentes" in message["Subject"]
    ]
    assert len(of_source) == 2
    assert all(by_mail.was_encrypted)


def test_a_message_says_what_stands_and_what_to_do_in_both_languages_and_no_figure_or_secret(data, by_mail, hook):
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    told(data)
    message = next(one for one in by_mail.messages if "hentes" in one["Subject"])
    assert message["Subject"] == f"helhedsplan: Kilden {SOURCE} kunne ikke hentes"
    assert message["To"] == "steward@example.org, vagt@example.org"
    text = message.get_content()
    assert "could not be fetched" in text
    assert "helhedsplan status" in text
    (posted,) = [one for one in hook if one["kind"] == "fetch_failed"]
    assert posted["about"] == SOURCE
    ledger = data.ledger.read_text("utf-8")
    for said in (message.as_string(), json.dumps(posted)):
        assert "41,7" not in said
    for secret in (PASSWORD, WEBHOOK_SECRET):
        assert secret not in message.as_string() + json.dumps(posted) + ledger


def test_what_one_channel_refused_is_told_there_the_next_time_and_not_twice_on_the_other(data, by_mail, hook):
    by_mail.refuses = True
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    found = tell(data, the_catalogue(), actor="test")
    assert found.problems == ("e-mail by 127.0.0.1: the server refused it (code 550); ask who runs the server",)
    posted = len(hook)
    by_mail.refuses = False
    told(data)
    assert len(hook) == posted >= 1
    assert sum("hentes" in message["Subject"] for message in by_mail.messages) == 1
    assert told_on(entries_of(data))[f"fetch_failed {SOURCE}"] == {"email", "webhook"}


def test_a_server_whose_certificate_is_not_known_is_given_no_password_and_no_message(data, by_mail, monkeypatch):
    monkeypatch.delenv("HELHEDSPLAN_SMTP_CA_FILE")
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    found = tell(data, the_catalogue(), actor="test")
    assert found.problems == (
        "e-mail by 127.0.0.1: its certificate is not trusted; name its authority in HELHEDSPLAN_SMTP_CA_FILE",
    )
    assert by_mail.messages == []


def test_a_wrong_password_is_said_without_saying_it(data, by_mail, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_SMTP_PASSWORD", "another secret")
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    (problem,) = tell(data, the_catalogue(), actor="test").problems
    assert "user and password (code 535); correct HELHEDSPLAN_SMTP_USER and _PASSWORD" in problem
    assert "another secret" not in problem


@contextmanager
def plain_server() -> Iterator[int]:
    """A mail server without STARTTLS; its port."""
    controller = Controller(object(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def test_a_server_without_starttls_is_said_and_doctor_tells_that_nobody_was_told(data, by_mail, monkeypatch):
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    with plain_server() as port:
        monkeypatch.setenv("HELHEDSPLAN_SMTP_PORT", str(port))
        (problem,) = tell(data, the_catalogue(), actor="test").problems
    assert problem.startswith(f"e-mail by 127.0.0.1: the server offers no STARTTLS on port {port}; name one that does")
    (finding,) = [one for one in examine(data) if one.name == "alerts"]
    assert finding.state == "warning"
    number = len(standing_causes(data, the_catalogue(), datetime.now(UTC)))
    assert finding.found == f"{number} causes stand, {number} of them told to nobody: {problem}"
    monkeypatch.setenv("HELHEDSPLAN_SMTP_PORT", str(by_mail.port))
    told(data)
    assert [one.state for one in examine(data) if one.name == "alerts"] == ["ok"]


def test_a_mail_server_that_is_not_there_is_said_in_words(data, by_mail, monkeypatch):
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    monkeypatch.setenv("HELHEDSPLAN_SMTP_PORT", str(free_port()))
    (problem,) = tell(data, the_catalogue(), actor="test").problems
    assert problem.startswith("e-mail by 127.0.0.1: 127.0.0.1 refused the connection; correct HELHEDSPLAN_SMTP_HOST")


def test_a_delivery_that_waits_is_told_once_and_is_over_when_it_is_approved(data, by_mail):
    ledger = Ledger(data.ledger)
    body = {
        "delivery_id": f"{SOURCE}-0a1b", "source_id": SOURCE, "part_id": "", "sha256": "0a1b", "files": [],
        "original_name": "liste.csv", "is_synthetic": False, "origin": "",
    }  # fmt: skip
    ledger.append("delivery_received", body, actor="test")
    ledger.append("delivery_awaits_approval", {"delivery_id": body["delivery_id"], "policy": "steward"}, actor="test")
    assert [cause.kind for cause in told(data)] == ["approval_waits"]
    ledger.append("delivery_approved", {"delivery_id": body["delivery_id"], "policy": "steward"}, actor="test")
    assert told(data) == []
    assert told_on(entries_of(data)).keys().isdisjoint({f"approval_waits {body['delivery_id']}"})


def test_a_blocked_publication_names_its_checks_and_is_over_when_one_is_made(data, by_mail):
    ledger = Ledger(data.ledger)
    failed = {"check": "every_series_once", "severity": "critical", "success": False, "observed": "7 rows"}
    for run_id in ("run-000001", "run-000002"):
        ledger.append("marts_checked", {"run_id": run_id, "publication_id": "p", "outcomes": [failed]}, actor="test")
        ledger.append(
            "publication_blocked", {"run_id": run_id, "publication_id": "p", "problem": "7 rows"}, actor="test"
        )
        run_in_ledger(data, run_id, "failed", "PublicationBlockedError: 7 rows")
        found = told(data)
        assert [(cause.kind, cause.about) for cause in found] == (
            [("publication_blocked", "every_series_once")] if run_id == "run-000001" else []
        )
    run_in_ledger(data, "run-000003")
    told(data)
    assert entries_of(data, "alert_over")[-1].body == {"cause": "publication_blocked every_series_once"}


def test_a_run_that_was_cut_off_is_told_but_not_while_it_is_at_work(data, by_mail):
    Ledger(data.ledger).append(
        "run_started", {"run_id": "run-000001", "source_ids": [], "samples": False}, actor="test"
    )
    with writing(data, "test"):
        assert told(data) == []
    assert [(cause.kind, cause.about) for cause in told(data)] == [("run_cut_off", "run-000001")]


def test_a_late_delivery_is_a_cause_by_its_expected_day_and_a_due_one_is_none(data):
    def late(moment: datetime) -> set[str]:
        found = standing_causes(data, the_catalogue(), moment)
        return {cause.key for cause in found if cause.kind == "delivery_late" and SOURCE in cause.key}

    assert late(datetime(2026, 12, 2, tzinfo=UTC)) == set()
    assert late(datetime(2027, 1, 20, tzinfo=UTC)) == {f"delivery_late {SOURCE} 2026-12-01"}


def test_while_the_ledger_cannot_be_written_a_cause_is_told_once_and_noted_when_it_can_be_again(data, by_mail):
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    in_the_way = data.root / "ledger.jsonl.lock"
    in_the_way.unlink()
    in_the_way.mkdir()
    first, second = (tell(data, the_catalogue(), actor="test") for _ in range(2))
    assert "fetch_failed" in {cause.kind for cause in first.causes}
    assert "the ledger cannot be written" in first.problems[0]
    assert second.causes == ()
    in_the_way.rmdir()
    assert told(data) == []
    assert f"fetch_failed {SOURCE}" in {entry.body["cause"] for entry in entries_of(data, "alert_sent")}
    assert sum(SOURCE in message["Subject"] and "hentes" in message["Subject"] for message in by_mail.messages) == 1


def test_a_night_without_a_run_is_told_only_where_one_is_expected(data):
    run_in_ledger(data, "run-000001")
    begun = datetime.fromisoformat(entries_of(data, "run_started")[0].time)

    def kinds(hours: int, *, is_scheduled: bool) -> list[str]:
        found = standing_causes(data, the_catalogue(), begun + timedelta(hours=hours), is_scheduled=is_scheduled)
        return [cause.kind for cause in found if cause.kind != "delivery_late"]

    assert kinds(25, is_scheduled=True) == []
    assert kinds(27, is_scheduled=True) == ["no_run"]
    assert kinds(27, is_scheduled=False) == []


def night_that_waits_in_vain(data: DataDirectory, *, is_expected: bool) -> None:
    with writing(data, "bo"), pytest.raises(LockHeldError):
        refresh(data, the_catalogue(), actor="night", source_ids=[SOURCE], patience_seconds=0, is_expected=is_expected)


def test_a_night_that_waited_in_vain_is_told_with_who_held_the_lock_until_a_run_has_begun(data, by_mail):
    night_that_waits_in_vain(data, is_expected=False)
    assert entries_of(data) == [], "a person is told at once"
    night_that_waits_in_vain(data, is_expected=True)
    (noted,) = entries_of(data)
    assert (noted.kind, noted.actor) == ("run_not_begun", "night")
    assert "bo (process" in noted.body["problem"]
    assert [(cause.kind, cause.about) for cause in told(data)] == [("run_not_begun", "LockHeldError")]
    assert by_mail.messages[-1]["Subject"] == "helhedsplan: Nattens kørsel kom ikke i gang (LockHeldError)"
    (finding,) = [one for one in examine(data) if one.name == "last night"]
    assert finding.state == "fault"
    assert "another run is at work" in finding.found
    run_in_ledger(data, "run-000001")
    assert told(data) == []
    assert entries_of(data, "alert_over")[-1].body == {"cause": "run_not_begun LockHeldError"}
    assert [one for one in examine(data) if one.name == "last night"] == []


def test_a_night_whose_catalogue_cannot_be_read_is_told_and_what_stood_of_sources_is_not_over(
    data, by_mail, monkeypatch
):
    from prefect.client.schemas.objects import StateType

    from flows.refresh import nightly_refresh

    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    told(data)
    monkeypatch.setattr("flows.alerts.load_catalogue", no_catalogue)
    monkeypatch.setattr("flows.refresh.load_catalogue", no_catalogue)
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "one of the schedule")
    assert nightly_refresh.fn().type == StateType.FAILED
    assert entries_of(data, "run_not_begun")[-1].body["problem"].startswith("sources/x.yml is no YAML")
    assert entries_of(data, "alert_sent")[-1].body["kind"] == "run_not_begun"
    assert entries_of(data, "alert_over") == []


def no_catalogue() -> NoReturn:
    raise CatalogueError("sources/x.yml is no YAML")


def test_without_a_channel_nothing_is_told_and_nothing_written(data):
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    before = data.ledger.read_bytes()
    assert tell(data, the_catalogue(), actor="test").causes == ()
    assert data.ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("FROM", "", "no HELHEDSPLAN_SMTP_FROM"),
        ("PORT", "smtp", "HELHEDSPLAN_SMTP_PORT=smtp"),
        ("PASSWORD_FILE", "/nowhere", "/nowhere"),
    ],
)
def test_settings_by_halves_are_complained_of_and_no_run_fails(data, by_mail, monkeypatch, setting, value, said):
    monkeypatch.setenv(f"HELHEDSPLAN_SMTP_{setting}", value)
    run_in_ledger(data, "run-000001", **{SOURCE: ""})
    complaints: list[str] = []
    tell_without_fault(data, "test", complaints.append)
    (complaint,) = complaints
    assert said in complaint


def test_a_password_may_stand_in_a_file(tmp_path):
    (tmp_path / "password").write_text("x y\n", encoding="utf-8")
    names = {"HOST": "h", "FROM": "a@b", "TO": "c@d", "PASSWORD_FILE": str(tmp_path / "password")}
    (mail,) = channels({f"HELHEDSPLAN_SMTP_{name}": value for name, value in names.items()})
    assert (mail.password, mail.port) == ("x y", 587)
