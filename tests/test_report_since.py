"""What the first page says of the board's meetings: what changed since the last one, old papers, open actions."""

from tests.report_fixture import warehouse_for_the_page, words_of, write_site


def test_without_a_meeting_the_page_says_so_plainly(site):
    words = words_of(site / "index.html")
    assert "Der er endnu ikke registreret et møde" in words
    assert "Der er ingen åbne aktioner" in words
    assert "Ingen tidligere papirer viste tal, der siden er ændret." in words_of(site / "sources.html")


MEETING = """INSERT INTO audit.meeting VALUES
    ('meeting-1', 'en_proeveaftale', DATE '2026-09-01', '20260801T020000-aaaa', '2026-08-01', '2026-09-01')"""


OUTDATED = """INSERT INTO audit.outdated_paper BY NAME
    SELECT 'en_proeveaftale' AS agreement_id, * FROM (VALUES
    ('20260801T020000-aaaa', 'meeting-1', DATE '2026-09-01', 'charged_15_29', 'ringparken', '2022', 0.110, 0.125, NULL,
     'correction'),
    ('20260801T020000-aaaa', 'meeting-1', DATE '2026-09-01', 'daycare_1_5', 'motalavej', '2019', NULL, NULL,
     'withheld_here', 'withholding'),
    ('20260301T020000-bbbb', NULL, NULL, 'charged_15_29', 'sydbyen', '2022', 0.5, 0.6, NULL, 'new_delivery')
) AS outdated (publication_id, meeting_id, meeting_date, indicator_id, area_id, period, shown_value, value,
    missing_reason, cause)"""


def test_what_was_revised_since_the_last_meeting_is_told_with_old_new_and_cause(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, OUTDATED), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert (
        "Sidste møde var 1. september 2026 og byggede på udgivelsen 20260801T020000-aaaa. 2 tal er ændret siden:"
        in words
    )
    assert "Sigtede 15-29 år, Ringparken, 2022: fra 11,0 pct. til 12,5 pct. (rettelse)" in words
    assert (
        "Børn i dagtilbud, Motalavej, 2019: fra et tal, der blev vist til tilbageholdt her (tilbageholdelse)" in words
    )
    assert "Sydbyen, 2022: fra" not in words


def test_earlier_papers_that_showed_another_figure_are_listed_with_the_meeting_that_saw_them(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, OUTDATED), tmp_path / "report").parent
    words = words_of(site / "sources.html")
    assert (
        "Udgivelsen 20260801T020000-aaaa, set på mødet 1. september 2026: 2 tal er ændret siden (Børn i dagtilbud og "
        "Sigtede 15-29 år)."
    ) in words
    assert "Udgivelsen 20260301T020000-bbbb: 1 tal er ændret siden (Sigtede 15-29 år)." in words


def test_after_a_meeting_without_revisions_the_page_says_that_nothing_changed(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING), tmp_path / "report").parent
    assert "Ingen tal, der blev vist dengang, er ændret siden." in words_of(site / "index.html")


def test_open_actions_are_told_with_owner_and_date_and_those_done_are_not(tmp_path):
    actions = """INSERT INTO audit.action BY NAME FROM (VALUES
        ('a1', 'en_proeveaftale', 'charged_15_29', 'Tal med politiet', 'Anna Ager', DATE '2026-10-01', 'overdue'),
        ('a2', 'en_proeveaftale', 'feels_safe', 'Gå en tur <b>sammen</b>', NULL, DATE '2027-01-01', 'open'),
        ('a3', 'en_proeveaftale', 'feels_safe', 'Gjort', 'Bo', DATE '2026-10-01', 'done')
    ) AS action (action_id, agreement_id, indicator_id, action, owner, due, state)"""
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, actions), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Sigtede 15-29 år: Tal med politiet (Anna Ager, senest 1. oktober 2026) overskredet a1" in words
    assert "Gå en tur <b>sammen</b> (ingen ansvarlig, senest 1. januar 2027)" in words
    assert "Gjort" not in words
    assert "i fuld længde" not in words
    assert "Alle åbne aktioner" not in words_of(site / "sources.html")


def test_of_many_open_actions_the_most_urgent_are_told_how_many_more_and_where_all_stand(tmp_path):
    actions = """INSERT INTO audit.action BY NAME
        SELECT 'a' || number AS action_id, 'en_proeveaftale' AS agreement_id, 'Opgave ' || number AS action,
            DATE '2026-10-01' + number::INTEGER AS due, 'open' AS state
        FROM range(1, 7) AS listed (number)"""
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, actions), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert ("Opgave 4 (" in words, "Opgave 5 (" in words) == (True, False)
    assert "2 til. Alle åbne aktioner står i fuld længde under Kilder og kontrol ." in words
    assert 'href="sources.html#actions"' in (site / "index.html").read_text("utf-8")
    assert words_of(site / "sources.html").count("Opgave") == 6
