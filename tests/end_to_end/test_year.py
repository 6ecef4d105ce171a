"""The scripted year: its duty table, meetings, papers and approvals say just what happened."""

import csv
import io
import re
from pathlib import Path

import duckdb
import pikepdf
import pytest

from tasks.auditing.names import Names
from tasks.auditing.tables import read_tables
from tasks.auditing.year import the_year
from tests.deliveries_for_tests import ask
from tests.end_to_end.chromium import chromium, low_contrasts, violations
from tests.end_to_end.scripted_year import (
    CORRECTED,
    LBF,
    NEVER_DELIVERED,
    SEEN,
    SURVEY,
    YEAR,
)
from tests.pdf_text import words_of_pages
from tests.report_fixture import rows_of, words_of
from warehouse.ledger import Ledger
from warehouse.query import run_query

pytestmark = pytest.mark.end_to_end


def table(root: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((root / "tables" / f"{name}.csv").read_text("utf-8"))))


def test_the_duty_table_says_just_what_happened(unzipped, year):
    duty = {row["indicator_id"]: row for row in table(unzipped, "duty")}
    assert set(duty) == {*SEEN, NEVER_DELIVERED}
    followed = {name for name, row in duty.items() if row["is_followed_up"] == "True"}
    assert followed == set(SEEN)
    assert {row["year"] for row in duty.values()} == {str(YEAR)}
    assert {duty[name]["reason"] for name in SEEN} == {""}
    assert (duty[NEVER_DELIVERED]["reason"], duty[NEVER_DELIVERED]["meetings_held"]) == ("not_delivered", "3")
    last = {(row["meetings"], row["first_followed_up_on"], row["last_followed_up_on"], row["publication_id"])
            for row in duty.values() if row["meetings"] != "0"}  # fmt: skip
    assert last == {("3", "2024-02-15", "2024-11-20", year.publications[2])}
    assert {row["year_is_over"] for row in duty.values()} == {"True"}


def test_the_pack_holds_each_meeting_with_its_publication_paper_and_minutes(unzipped, year):
    meetings = table(unzipped, "meetings")
    assert [row["publication_id"] for row in meetings] == year.publications[:3]
    assert [row["superseded_by"] for row in meetings] == ["", "", year.publications[3]]
    for row in meetings:
        assert (unzipped / "snapshots" / "minutes" / row["minutes_sha256"] / row["minutes_name"]).is_file()
        assert (unzipped / "published" / f"{row['publication_id']}.duckdb").is_file()
        papers = unzipped / "snapshots" / "papers" / row["papers_sha256"]
        assert row["publication_id"] in (papers / "index.html").read_text("utf-8")
        assert (papers / "bestyrelsespapir.pdf").is_file()
    actions = {row["action_id"]: row["state"] for row in table(unzipped, "actions")}
    assert actions == {
        "en_faelles_indsats-2024-02-15-1": "done",
        "en_faelles_indsats-2024-06-12-1": "overdue",
        "en_faelles_indsats-2024-11-20-1": "overdue",
    }


def test_approvals_show_four_eyes(unzipped):
    approvals = table(unzipped, "approvals")
    assert len(approvals) == 5
    assert {
        (row["source_id"], row["received_by"], row["approved_by"], row["policy_of_the_source"], row["is_four_eyes"])
        for row in approvals
    } == {
        (LBF, "Anne Prøve", "Dan Prøve", "four_eyes", "True"),
        (SURVEY, "Anne Prøve", "Dan Prøve", "steward", "True"),
    }
    rehearsals = {row["delivery_id"]: row["rehearsal_id"] for row in approvals}
    assert sorted(rehearsals.values()) == ["", "", "rehearsal-000001", "rehearsal-000002", "rehearsal-000003"]
    assert {one.partition("-")[0] for one, rehearsal in rehearsals.items() if rehearsal} == {LBF}
    assert f"Godkendelser i {YEAR} med fire øjne: 5 af 5." in (unzipped / "index.html").read_text("utf-8")


def test_the_late_correction_is_told_of_the_meeting_that_saw_the_old_figure_and_of_no_other(unzipped, year):
    indicator_id, area_id, period = CORRECTED
    outdated = [row for row in table(unzipped, "outdated_papers") if row["indicator_id"] == indicator_id]
    assert {(row["meeting_id"], row["publication_id"], row["cause"]) for row in outdated} == {
        ("en_faelles_indsats-2024-06-12", year.publications[1], "new_delivery")
    }
    old, new = {(row["area_id"], row["period"]): (float(row["shown_value"]), float(row["value"])) for row in outdated}[
        area_id, period
    ]
    assert (old, new) == (62 / 80, 68 / 80)
    assert {row["area_id"] for row in outdated} == {area_id, "total"}
    assert {row["publication_id"] for row in table(unzipped, "revisions")} == {year.publications[2]}
    assert [
        "12. juni 2024",
        "1-5-årige i dagtilbud",
        "Motalavej",
        "2023",
        "77,5 pct.",
        "85,0 pct.",
        "rettet i en senere leverance",
    ] in (rows_of(unzipped / "index.html"))


def test_the_paper_after_the_correction_tells_the_old_and_the_new_figure_the_cause_and_the_meeting(unzipped, year):
    (address,) = [row["papers_sha256"] for row in table(unzipped, "meetings") if row["meeting_date"] == "2024-11-20"]
    paper = unzipped / "snapshots" / "papers" / address
    told = (
        "1-5-årige i dagtilbud, Motalavej, 2023: fra 77,5 pct. til 85,0 pct. "
        "(rettet i en senere leverance fra LBF Boligsociale Data, modtaget 20. juli 2024)"
    )
    meeting = f"Sidste møde var 12. juni 2024 og byggede på udgivelsen {year.publications[1]}. Siden da: 2 ændrede tal."
    with pikepdf.open(paper / "bestyrelsespapir.pdf") as document:
        first, *_ = words_of_pages(document)
    for words in (words_of(paper / "index.html"), first):
        assert told in words
        assert meeting in words
        assert "Spørg skolerne (Bo Prøve, senest 1. december 2024)" in words
        # The paper begins with what the last meeting decided.
        assert words.index("Åbne aktionspunkter") < words.index("Ændret siden sidste møde") < words.index("Mål 1. ")
    listed = f"Udgivelsen {year.publications[1]}, set på mødet 12. juni 2024: 2 tal er ændret siden"
    assert listed in words_of(paper / "sources.html")


def test_the_paper_after_a_quarter_tells_the_new_periods_of_each_indicator_and_their_delivery(unzipped):
    (address,) = [row["papers_sha256"] for row in table(unzipped, "meetings") if row["meeting_date"] == "2024-06-12"]
    words = words_of(unzipped / "snapshots" / "papers" / address / "index.html")
    assert "Siden da: nye tal for 6 indikatorer. Nye tal: 1-5-årige i dagtilbud 2023; " in words
    assert "(ny leverance fra LBF Boligsociale Data, modtaget 20. april 2024)" in words


def test_each_publication_hands_on_since_when_a_verdict_stands(year):
    query = "SELECT publication_id, count(*) FROM audit.verdict_given GROUP BY ALL"
    assert ask(year.data, query) == [(year.publications[0], 40)]


def test_the_index_names_everything_and_writes_days_and_figures_as_the_papers_do(unzipped):
    words = words_of(unzipped / "index.html")
    assert "9 af 10 indikatorserier blev fulgt op i 2024. Møder i året: 3." in words
    held = [row for row in rows_of(unzipped / "index.html") if "Anne Prøve, Bo Prøve" in row]
    assert [row[0] for row in held] == ["15. februar 2024", "12. juni 2024", "20. november 2024"]
    assert [bool(row[3]) for row in held] == [False, False, True]
    # What lies in the pack keeps the name of its file.
    told = re.sub(r"\S+\.(xlsx|csv|html|jsonl|pdf|py)\S*|snapshots/\S+", "", words)
    assert re.findall(r"\w*_\w+|\d{4}-\d\d-\d\d|\b0\.\d+|Offentliggørelse|ovedbog|andling", told) == []


def test_the_index_names_a_publication_of_another_year_too(year):
    entries = Ledger(year.data.ledger).entries()
    made = [entry for entry in entries if entry.kind == "publication_made"][-1]
    names = Names(read_tables(the_year(year.data, YEAR)), entries, "da")
    assert made.time.startswith(f"{YEAR + 1}-")
    assert names.publication(made.body["publication_id"]) == f"5. januar {YEAR + 1} · kontrolkode {made.digest[:16]}"


def test_the_index_is_read_on_a_phone_and_axe_finds_nothing_in_it(unzipped):
    with chromium() as browser:
        for name, width in (("index", 390), ("index-en", 1280)):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.goto((unzipped / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert violations(page, color_contrast=False) == []
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert (name, scheme, low_contrasts(page)) == (name, scheme, [])


def test_the_next_publication_shows_the_meetings(year):
    assert ask(year.data, "SELECT count(*), count(DISTINCT meeting_id) FROM audit.follow_up") == [(27, 3)]


def test_the_way_from_pandas_gives_a_frame(unzipped, year, repository_root, monkeypatch):
    text = (repository_root / "docs" / "auditor.md").read_text("utf-8")
    (way,) = re.findall(r"^\| Python, pandas \| `(.+?)` \|$", text, re.MULTILINE)
    monkeypatch.chdir(year.data.root)
    frame = eval(way, {"duckdb": duckdb})  # noqa: S307  # the documented line itself
    assert len(frame) == len(ask(year.data, "FROM audit.duty"))
    assert set(frame.loc[frame["year"] == YEAR, "indicator_id"]) == {*SEEN, NEVER_DELIVERED}


def queries_of(text: str) -> list[str]:
    return re.findall(r"```sql\n(.*?)```", text, re.DOTALL)


def test_each_of_the_auditors_twelve_questions_has_an_answer(year, repository_root):
    text = (repository_root / "docs" / "auditor.md").read_text("utf-8")
    answers = {query: len(run_query(year.data.warehouse, query).rows) for query in queries_of(text)}
    assert len(answers) == 12
    assert [query for query, rows in answers.items() if not rows] == []
    unexplained = run_query(year.data.warehouse, next(query for query in answers if "unexplained" in query)).as_dicts()
    assert {row["unexplained"] for row in unexplained} == {0}
