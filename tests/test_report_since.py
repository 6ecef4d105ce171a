"""What the first page says of the board's meetings: what changed since the last one, old papers, open actions."""

import re

from python_calamine import CalamineWorkbook

from tasks.report import write_report
from tests.report_fixture import warehouse_for_the_page, words_of, write_site


def test_without_a_meeting_the_page_says_so_plainly(site):
    words = words_of(site / "index.html")
    assert "Der er endnu ikke registreret et møde" in words
    assert "Der er ingen åbne aktionspunkter" in words
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
        "Sidste møde var 1. september 2026 og byggede på udgivelsen 20260801T020000-aaaa. Siden da: 2 ændrede tal."
        in words
    )
    assert "Sigtede 15-29 år, Ringparken, 2022: fra 11,0 pct. til 12,5 pct. (rettelse)" in words
    assert (
        "Børn i dagtilbud, Motalavej, 2019: fra et tal, der blev vist til tilbageholdt her (tilbageholdelse)" in words
    )
    assert "Sydbyen, 2022: fra" not in words


def test_a_delivery_that_states_a_known_figure_otherwise_is_told_as_correcting_it(tmp_path):
    redelivered = OUTDATED.replace("0.125, NULL,\n     'correction'", "0.1104, NULL,\n     'new_delivery'")
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, redelivered), tmp_path / "report").parent
    # To one decimal the two would be the same.
    assert (
        "Sigtede 15-29 år, Ringparken, 2022: fra 11,00 pct. til 11,04 pct. "
        "(rettet i en senere leverance fra LBF – Boligsociale Data)"
    ) in words_of(site / "index.html")


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
    assert (
        "Siden da er der ikke kommet nye perioder, og hverken vurderinger eller tal, der blev vist dengang, er ændret."
        in words_of(site / "index.html")
    )


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
    assert "Alle åbne aktionspunkter" not in words_of(site / "sources.html")


def test_of_many_open_actions_the_most_urgent_are_told_how_many_more_and_where_all_stand(tmp_path):
    actions = """INSERT INTO audit.action BY NAME
        SELECT 'a' || number AS action_id, 'en_proeveaftale' AS agreement_id, 'Opgave ' || number AS action,
            DATE '2026-10-01' + number::INTEGER AS due, 'open' AS state
        FROM range(1, 7) AS listed (number)"""
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, actions), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert ("Opgave 4 (" in words, "Opgave 5 (" in words) == (True, False)
    assert "2 til. Alle åbne aktionspunkter står i fuld længde under Kilder og kontrol ." in words
    assert 'href="sources.html#actions"' in (site / "index.html").read_text("utf-8")
    assert words_of(site / "sources.html").count("Opgave") == 6


VERDICTS = """INSERT INTO audit.verdict_given BY NAME
    SELECT 'en_proeveaftale' AS agreement_id, 'charged_15_29' AS indicator_id, 'ringparken' AS area_id, * FROM (VALUES
    ('20260801T020000-aaaa', TIMESTAMP '2026-07-31', 'worse', 'new_delivery', 'tryghedssurvey-0123456789ab'),
    ('20260901T020000-bbbb', TIMESTAMP '2026-09-01', 'no_certain_difference', 'correction', NULL),
    ('20261101T020000-cccc', TIMESTAMP '2026-11-01', 'better', 'new_delivery', 'lbf_boligsociale_data-0123456789ab')
) AS given (publication_id, given_at, verdict, cause, delivery_id)"""
NEW_PERIODS = """UPDATE core.observation SET known_from = TIMESTAMP '2026-10-01'
    WHERE indicator_id = 'charged_15_29' AND period IN ('2022', '2023')"""
LATEST = "Nye tal: Sigtede 15-29 år 2022 og 2023 (ny leverance fra LBF – Boligsociale Data, modtaget 20. november 2026)"


def test_verdicts_that_are_others_than_the_meeting_saw_are_told_with_the_delivery_that_changed_them(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, VERDICTS), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Siden da: 1 ændret vurdering." in words
    assert (
        "Sigtede 15-29 år, Ringparken: vurderingen var »Dårligere udvikling« og er nu »Bedre udvikling« "
        "(ny leverance fra LBF – Boligsociale Data, modtaget 20. november 2026)"
    ) in words


def test_a_verdict_that_a_corrected_figure_moved_says_so(tmp_path):
    known = "UPDATE audit.verdict_given SET is_known_figure = true WHERE cause = 'new_delivery'"
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, VERDICTS, known), tmp_path / "report").parent
    assert (
        "er nu »Bedre udvikling« (rettet i en senere leverance fra LBF – Boligsociale Data, modtaget 20. november 2026)"
    ) in words_of(site / "index.html")


def test_a_verdict_that_has_come_back_to_what_the_meeting_saw_is_no_change(tmp_path):
    changed = VERDICTS.replace("'worse'", "'better'")
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, changed), tmp_path / "report").parent
    assert "Siden da er der ikke kommet nye perioder" in words_of(site / "index.html")


def test_where_the_verdicts_of_the_meeting_are_not_known_the_page_says_so(tmp_path):
    later = "UPDATE audit.verdict_given SET given_at = TIMESTAMP '2026-10-01'"
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, later), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Hvilke vurderinger der stod dengang, kan ikke ses i denne udgivelse." in words


def test_periods_that_have_come_since_are_told_for_each_indicator_with_their_delivery(tmp_path):
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, NEW_PERIODS), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Siden da: nye tal for 1 indikator." in words
    assert LATEST in words


def test_new_periods_of_one_delivery_share_a_sentence_that_counts_them_where_they_are_many(tmp_path):
    all_new = (
        "UPDATE core.observation SET known_from = '2026-10-01' WHERE indicator_id IN ('charged_15_29', 'feels_safe')"
    )
    site = write_site(warehouse_for_the_page(tmp_path, MEETING, all_new), tmp_path / "report").parent
    words = words_of(site / "index.html")
    assert "Siden da: nye tal for 2 indikatorer." in words
    assert re.search(r"Nye tal: Sigtede 15-29 år \d perioder, senest 2023 \(ny leverance fra LBF", words)
    assert "Føler sig trygge Måling 2018, Måling 2021 og Måling 2023 (ny leverance fra Trygheds-survey" in words


def test_the_kinds_of_change_take_turns_on_the_first_page_and_all_stand_on_the_last(tmp_path):
    revised = """INSERT INTO audit.outdated_paper BY NAME
        SELECT 'en_proeveaftale' AS agreement_id, 'meeting-1' AS meeting_id, indicator_id, area_id, period,
            0.1 AS shown_value, 0.2 AS value, 'correction' AS cause
        FROM mart.indicator_series WHERE indicator_id = 'charged_15_29' AND area_level = 'area' AND period > '2019'"""
    warehouse = warehouse_for_the_page(tmp_path, MEETING, revised, VERDICTS, NEW_PERIODS)
    site = write_site(warehouse, tmp_path / "report").parent
    first, last = words_of(site / "index.html"), words_of(site / "sources.html")
    told = first[first.index("Siden da: 1 ændret vurdering, nye tal for 1 indikator og ") :]
    assert told.index("vurderingen var") < told.index(LATEST) < told.index("(rettelse)")
    assert "Alle ændringer står under Kilder og kontrol" in told
    assert 'href="sources.html#changes"' in (site / "index.html").read_text("utf-8")
    assert last.count("(rettelse)") > told.count("(rettelse)")


def test_the_workbook_has_every_change_with_figures_as_numbers_and_its_cause(tmp_path):
    warehouse = warehouse_for_the_page(tmp_path, MEETING, OUTDATED, VERDICTS, NEW_PERIODS)
    folder = write_report(warehouse, tmp_path / "report", forms=("workbook",)).parent
    lines = CalamineWorkbook.from_path(folder / "tal.xlsx").get_sheet_by_name("Ændringer").to_python()
    assert lines[4][0].startswith("Sidste møde var 1. september 2026 og byggede på udgivelsen 20260801T020000-aaaa.")
    told = [line[:7] for line in lines[6:]]
    delivery = "ny leverance fra LBF – Boligsociale Data, modtaget 20. november 2026"
    verdict = ["Vurdering", "Sigtede 15-29 år", "Ringparken", "", "Dårligere udvikling", "Bedre udvikling", delivery]
    assert told[0] == verdict
    assert told[1] == ["Nye tal", "Sigtede 15-29 år", "", "2022\n2023", "", "", delivery]
    assert ["Tal", "Sigtede 15-29 år", "Ringparken", "2022", 0.110, 0.125, "rettelse"] in told
    assert len(told) == 4
