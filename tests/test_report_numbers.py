"""Numbers, days and periods in Danish and English."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reporting.folder import texts
from tasks.reporting.numbers import Numbers, period_on_axis, rounded

DANISH, ENGLISH = Numbers(texts("da")), Numbers(texts("en"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "unit", "danish", "english"),
    [
        (42578 / 65812, "fraction", "64,7 pct.", "64.7%"),
        (0.0, "fraction", "0,0 pct.", "0.0%"),
        (1.0, "fraction", "100,0 pct.", "100.0%"),
        (0.0625, "fraction", "6,3 pct.", "6.3%"),
        (6.75, "mark", "6,8", "6.8"),
        (-3, "mark", "−3,0", "−3.0"),
        (325000, "kr", "325.000 kr.", "DKK 325,000"),
        (29, "per_1000", "29 pr. 1.000", "29 per 1,000"),
        (65812, "persons", "65.812", "65,812"),
    ],
)
def test_a_figure_is_written_as_each_language_writes_it(value, unit, danish, english):
    assert plain(DANISH.amount(value, unit)) == danish
    assert plain(ENGLISH.amount(value, unit)) == english


def test_a_figure_and_its_unit_are_never_parted_by_a_line_break():
    assert " " not in DANISH.amount(0.647, "fraction")
    assert " " not in DANISH.difference(0.031, "fraction")


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0207, "2,07 pct."), (0.57, "57 pct."), (0.412, "41,2 pct."), (0.647, "64,7 pct.")]
)
def test_a_context_figure_keeps_the_decimals_that_its_source_gave(value, shown):
    assert plain(DANISH.amount_as_published(value, "fraction")) == shown


def test_two_figures_that_one_decimal_would_not_tell_apart_have_as_many_as_it_takes():
    told = [plain(one or "") for one in DANISH.told_apart(0.11, 0.1104, "fraction")]
    assert told == ["11,00 pct.", "11,04 pct."]
    assert [plain(one or "") for one in DANISH.told_apart(0.11, 0.125, "fraction")] == ["11,0 pct.", "12,5 pct."]
    assert DANISH.told_apart(6.1, None, "mark") == ["6,1", None]
    assert DANISH.told_apart(6.1, 6.1, "mark") == ["6,1", "6,1"]


def test_an_interval_has_one_unit_for_both_limits():
    assert plain(DANISH.interval(0.2791, 0.3468, "fraction")) == "27,9–34,7 pct."
    assert plain(ENGLISH.interval(5.11, 6.19, "mark")) == "5.1–6.2"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0231, "+2,31 procentpoint"), (-0.0004, "−0,04 procentpoint"), (0.0, "0,00 procentpoint")],
)
def test_a_difference_between_two_sources_has_its_sign(value, shown):
    assert plain(DANISH.signed_difference(value, "fraction")) == shown


@pytest.mark.parametrize(
    ("period", "in_words", "in_sentence", "in_table", "on_axis"),
    [
        ("2023", "2023", "2023", "2023", "2023"),
        ("2022/2023", "skoleåret 2022/2023", "skoleåret 2022/2023", "2022/2023", "22/23"),
        ("2023-09-30", "30. september 2023", "30. september 2023", "30. sep. 2023", "2023"),
        ("2021-wave", "målingen i 2021", "målingen i 2021", "Måling 2021", "2021"),
        ("KV-2025-11-18", "kommunalvalget 18. november 2025", "kommunalvalget 2025", "KV 2025", "2025"),
        ("FV-2022-11-01", "folketingsvalget 1. november 2022", "folketingsvalget 2022", "FV 2022", "2022"),
        ("as_signed", "ved aftalens indgåelse", "aftalens indgåelse", "Ved indgåelsen", "as_signed"),
        ("uge 12", "uge 12", "uge 12", "uge 12", "uge 12"),
    ],
)
def test_a_period_is_told_in_words(period, in_words, in_sentence, in_table, on_axis):
    told = [DANISH.period(period, form) for form in ("in_words", "in_sentence", "in_table")]
    assert [*told, period_on_axis(period)] == [in_words, in_sentence, in_table, on_axis]


def test_a_moment_is_told_in_the_boards_own_time_summer_and_winter():
    assert DANISH.moment(1795395723) == "23. november 2026 kl. 02.02"
    assert ENGLISH.moment(1782864000) == "1 July 2026 at 02:00"
    assert DANISH.day(date(2021, 10, 1)) == "1. oktober 2021"


@given(st.decimals(-1_000_000, 1_000_000, places=3))
def test_a_rounded_number_is_never_further_off_than_half_a_decimal(value):
    assert abs(rounded(float(value), 1) - value) <= Decimal("0.0500001")


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_danish_number_reads_back_to_what_was_rounded(value, decimals):
    written = DANISH.plain(value, decimals).replace(".", "").replace(",", ".").replace("−", "-")
    assert Decimal(written) == rounded(value, decimals)
