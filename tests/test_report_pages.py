"""The pages of the goals, of context, milestones and sources: what each says beside its figures."""

import re
from pathlib import Path

from tests.report_fixture import rows_of, warehouse_for_the_page, words_of, write_site

AREAS = ("Motalavej", "Ringparken", "Sydbyen", "Områderne i alt")


def row_of(page: Path, name: str, nth: int = 0) -> list[str]:
    return [row for row in rows_of(page) if row and row[0].startswith(name)][nth]


def area_rows(page: Path) -> list[list[str]]:
    """The rows of the first page's folded tables: area, verdict, sentence, latest figure, baseline."""
    return [row for row in rows_of(page) if len(row) == 5 and row[0] in AREAS]


def test_figures_of_a_stopped_source_are_marked_and_the_reason_is_told(site):
    page = site / "goal-crime_and_safety.html"
    assert "forældet" in row_of(page, "Motalavej", nth=3)[1]
    assert "forældet" not in row_of(page, "Motalavej", nth=1)[1]
    assert "stoppet Årsag: kolonnen" in words_of(site / "sources.html")


def test_the_goals_page_tells_the_difference_with_its_interval_and_the_trend(site):
    row = row_of(site / "goal-education.html", "Ringparken")
    assert row[3].startswith("+4,0 procentpoint syntetisk fra +0,9 til +7,1")
    assert row[4] == "Stigende"


def test_a_baseline_that_was_revised_is_shown_as_signed_too_with_the_cause(site):
    told = "Ved aftalens baseline stod der 37,6 pct.; ændret siden: rettet i en senere leverance."
    assert [row[4] for row in area_rows(site / "index.html") if told in row[4]] != []
    assert told in words_of(site / "goal-education.html")


def test_where_the_municipalitys_uncertainty_is_left_out_the_page_says_so(site):
    assert words_of(site / "goal-community.html").count("Kommunens egen usikkerhed er ikke regnet med") == 1


def test_warnings_of_the_checks_stand_on_the_page_with_what_was_done(site):
    rows = [row for row in rows_of(site / "sources.html") if len(row) == 4][1:]
    assert [row[-1] for row in rows] == ["Rækkerne er i karantæne", "Rækkerne er med"]
    assert "numerator_at_most_denominator" in rows[0][1]


def test_a_figure_that_only_an_earlier_delivery_has_says_so(site):
    assert "fra tidligere leverance" in row_of(site / "goal-education.html", "Motalavej", nth=5)[4]
    assert words_of(site / "goal-education.html").count("fra tidligere leverance") == 1
    assert "fra tidligere leverance, da den nyeste er afvist" in row_of(site / "index.html", "Motalavej", nth=4)[3]


def test_register_figures_are_told_from_samples(site):
    assert "Registertal dækker alle og ikke en stikprøve" in words_of(site / "index.html")
    assert "Register figures cover everybody and are not a sample" in words_of(site / "en" / "index.html")


def test_context_figures_stand_apart_with_the_wording_of_their_source(site):
    words = words_of(site / "context.html")
    assert "godt 40 pct." in words
    assert "325.000 kr." in words
    assert "2,07 pct." in words
    assert "58,6 pct." in row_of(site / "context.html", "Korsør - Broskolen")[1]
    assert "godt 40 pct." not in words_of(site / "index.html")
    assert "Næste leverance: Ingen bestemt dato. Ventes ikke igen." in words
    assert "Definition, forbehold" in words
    assert "Tæller: antal af dem, som indikatoren nævner. Nævner: alle beboere i aldersgruppen. Version 1" in words


def test_every_page_tells_each_source_and_when_its_next_delivery_is_expected(site):
    for page in site.glob("*.html"):
        assert re.search(r"Boligsociale Data: \w+ .*? · næste ventes 1. maj 2027", words_of(page)), page.name


def test_milestones_have_a_page_of_their_own_with_state_date_and_who_is_responsible(site):
    words = words_of(site / "milestones.html")
    assert "Milepæle: 1 nået, 1 ikke nået til tiden, 1 kommende." in words
    late = row_of(site / "milestones.html", "Tyve unge er i job")
    assert late[0] == "Tyve unge er i job syntetisk Flere i fritidsjob =venter på <kommunen>"
    assert late[1:] == ["ikke nået til tiden 53 dage over fristen", "1. oktober 2026", "endnu ikke", ""]
    assert "Ti aftaler er indgået" not in words_of(site / "index.html")


def test_cross_checks_say_in_words_whether_they_are_within_their_tolerance(site):
    rows = [row for row in rows_of(site / "sources.html") if len(row) == 7][1:]
    assert [row[-1] for row in rows] == ["Uden for tolerancen", "Inden for tolerancen", "Intet at sammenligne"]
    assert rows[0][4:6] == ["+2,30 procentpoint syntetisk", "1,0 procentpoint"]


def test_every_chart_has_a_text_for_those_who_do_not_see_it(site):
    text = (site / "goal-crime_and_safety.html").read_text("utf-8")
    labels = re.findall(r'<div role="img" aria-label="([^"]+)"><svg ', text)
    assert len(labels) == text.count('<figure class="panel">') == 8
    assert all(label.startswith("Linjediagram: ") and "syntetiske" in label for label in labels)
    assert "Databrud: 1. januar 2023" in labels[4]


def test_a_break_that_concerns_the_total_alone_breaks_no_other_line(tmp_path):
    total_only = """
        INSERT INTO catalogue.series_break
        VALUES ('en_proeveaftale', NULL, 'agreement', DATE '2021-10-01', 'Et område mindre.', 'One area less.')
    """
    site = write_site(warehouse_for_the_page(tmp_path, total_only), tmp_path / "report").parent
    panels = re.findall(
        r'<figure class="panel">.*?</figure>', (site / "goal-employment.html").read_text("utf-8"), re.DOTALL
    )
    assert [panel.count(">databrud<") for panel in panels] == [0, 0, 0, 1]
    assert "1. oktober 2021 (tallet for områderne i alt): Et område mindre." in words_of(site / "goal-employment.html")
    assert row_of(site / "goal-employment.html", "Områderne i alt", nth=1)[4].startswith("Databrud")
    assert not row_of(site / "goal-employment.html", "Motalavej", nth=1)[4].startswith("Databrud")


def test_a_definition_that_awaits_confirmation_says_so(site):
    words = words_of(site / "goal-education.html")
    assert "Version 1, afventer bekræftelse mod LBF's datagrundlag" in words
    assert "Ventes 1. maj 2027. To gange om året, maj og november." in words


def test_what_is_counted_is_told_in_the_language_of_the_page(site):
    for page in ("goal-education.html", "context.html"):
        danish, english = words_of(site / page), words_of(site / "en" / page)
        assert "antal af dem, som indikatoren nævner" in danish
        assert "the number of those whom the indicator names" in english
        assert "all residents of the age group" in english
        assert "antal af dem" not in english
        assert "alle beboere i aldersgruppen" not in english
