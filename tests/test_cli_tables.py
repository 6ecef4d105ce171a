"""How results are laid out for people: tables, the summary of a run, lines of progress."""

from dataclasses import replace
from datetime import date

import pytest

from catalogue.errors import DeliveryError, SourceUnavailableError
from flows.cli_progress import Lines
from flows.cli_summary import summary_text
from flows.cli_tables import MOST_ROWS_SHOWN, aligned_rows, blocks, show_first_rows, show_table, shown
from flows.progress import Progress
from tasks.summary import RunSummary, SourceSummary, synthetic_in_words


def test_numbers_stand_to_the_right_and_words_to_the_left():
    table = aligned_rows(["område", "n"], [("Ringparken", 5), ("Motalavej", 1200)])
    assert table.splitlines() == ["område         n", "----------  ----", "Ringparken     5", "Motalavej   1200"]


def test_a_table_without_rows_still_names_its_columns():
    assert aligned_rows(["a", "bb"], []).splitlines() == ["a  bb", "-  --"]


def test_a_row_too_wide_for_the_screen_becomes_a_block():
    assert blocks(["area", "value"], [["Sydbyen", "0.5"]]).splitlines()[1:] == ["area   Sydbyen", "value  0.5"]


def test_of_a_table_that_nobody_reads_to_its_end_the_beginning_is_shown_and_said_to_be_that(capsys):
    show_first_rows(["n"], [(number,) for number in range(MOST_ROWS_SHOWN + 1)])
    told = capsys.readouterr()
    assert told.out.splitlines()[-1].strip() == str(MOST_ROWS_SHOWN - 1)
    assert told.err == "The first 10,000 of 10,001 rows are shown; --csv and --json give all.\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "NULL"), (0.1 + 0.2, "0.3"), (True, "True"), (date(2025, 11, 18), "2025-11-18"), ("a\nb", "a b")],
)
def test_values_are_shown_without_false_digits_and_on_one_line(value, text):
    assert shown(value) == text


def summary(problems: tuple[str, ...] = (), how_real: str = "real", state: str = "fresh") -> RunSummary:
    source = SourceSummary("statbank", state, 5, 1, 30, 28, 9, 2, how_real, None)
    return RunSummary(
        run_id="run-000007", publication_id="P", is_new_publication=True, sources=(source,),
        indicators_with_figures=9, indicators_without_figures=("volunteers",), problems=problems,
        warehouse="data/warehouse.duckdb", report="data/report/index.html",
    )  # fmt: skip


def test_a_summary_of_real_figures_speaks_of_no_synthetic_ones():
    text = summary_text(summary())
    assert "9 of 10 series have figures of areas; none yet for volunteers." in text
    assert "SYNTHETIC" not in text


def test_a_summary_names_what_is_synthetic_in_part():
    assert "SYNTHETIC: the figures of part of statbank" in summary_text(summary(how_real="partly synthetic"))
    assert synthetic_in_words([("a", "real"), ("b", "nothing delivered")]) == ""


def test_a_quiet_night_says_what_still_stands_stopped_and_is_no_failure():
    quiet = summary(state="stopped")
    assert "STILL STOPPED since an earlier night: statbank; the last good figures stand" in summary_text(quiet)
    assert quiet.exit_code == 0
    assert "STILL STOPPED" not in summary_text(summary())
    assert "STILL STOPPED" not in summary_text(summary(("statbank: no answer",), state="stopped"))


def test_a_summary_tells_each_problem():
    text = summary_text(summary(problems=("statbank: no answer",)))
    assert "1 problem; the last good figures stand:\n- statbank: no answer" in text


def test_last_good_figures_are_said_to_stand_only_where_there_are_some():
    with_figures = summary(problems=("statbank: no answer", "valg_dk: no answer"))
    (statbank,) = with_figures.sources
    empty = replace(statbank, source_id="valg_dk", rows_published=0)
    assert "2 problems; the last good figures of statbank stand:" in summary_text(
        replace(with_figures, sources=(statbank, empty))
    )
    alone = replace(with_figures, sources=(replace(empty, state="stopped"),), problems=("valg_dk: no answer",))
    assert "1 problem:\n- valg_dk" in summary_text(alone)
    assert "STILL STOPPED since an earlier night: valg_dk.\n" in summary_text(replace(alone, problems=()))


def test_a_summary_says_that_deliveries_wait_and_tells_loaded_rows_from_published_ones():
    text = summary_text(replace(summary(), waiting={"awaiting_approval": 2, "in_quarantine": 1}))
    assert (
        "Waiting: 2 deliveries for approval (not in the publication), 1 in quarantine, see `helhedsplan inbox`." in text
    )
    header, _, row, *_ = text[text.index("source") :].splitlines()
    assert dict(zip(header.split()[6:8], row.split()[5:7], strict=True)) == {"loaded": "28", "published": "9"}
    assert "Waiting" not in summary_text(summary())


def test_tables_keep_to_the_width_of_the_terminal_and_never_break_an_id(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    delivery, because = "lbf_boligsociale_data-0123456789ab", "a row of the file says more than there are " * 3
    show_table(("delivery", "n", "because"), [(delivery, 12, because)])
    narrow = capsys.readouterr().out
    show_table(("state", "delivery", "corrected by", "because"), [("open", delivery, delivery, because)])
    in_blocks = capsys.readouterr().out
    monkeypatch.delenv("COLUMNS")
    show_table(("delivery", "because"), [(delivery, because)])
    assert f"{delivery}  {because}".strip() in capsys.readouterr().out
    for told in (narrow, in_blocks, narrow_summary(monkeypatch)):
        assert max(map(len, told.splitlines())) <= 80
    assert narrow.count(delivery) == 1
    assert in_blocks.count(delivery) == 2
    assert " ".join(" ".join(line[38:] for line in narrow.splitlines()[2:]).split()).endswith(because.strip())


def narrow_summary(monkeypatch) -> str:
    """The rows of sources in the summary on a narrow terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    one = SourceSummary(
        "lbf_boligsociale_data", "stopped", 12, 3, 123456, 120000, 120000, 3456, "partly synthetic", None
    )
    text = summary_text(replace(summary(), sources=(one,)))
    return text[text.index("source") : text.index("Indicators")]


@pytest.mark.parametrize(
    ("period", "near"),
    [("1800", "1970, 1971, 1972, 1973, 1974, 1975"), ("1999x", "1997, 1998, 1999, 2000, 2001, 2002")],
)
def test_a_period_that_a_source_has_not_is_answered_with_the_nearest_few_and_a_count(period, near):
    from flows.refresh import nearest_of

    periods = [str(year) for year in range(1970, 2024)]
    assert nearest_of(periods, period) == f"one of its 54 periods, the nearest: {near}"
    assert nearest_of(periods, "2050").endswith("2018, 2019, 2020, 2021, 2022, 2023")
    assert nearest_of(["2019", "2020"], "1800") == "one of 2019, 2020"


class Heard(Progress):
    def __init__(self):
        self.steps, self.outcomes = [], []

    def begun(self, step, keys):
        self.steps.append((step, list(keys)))

    def done(self, step, key, seconds, problem):  # noqa: ARG002 - see Progress
        self.outcomes.append((step, key, problem))


def unreliable(failures: int, error: Exception):
    tries = []

    def unit(key: str) -> str:
        tries.append(key)
        if len(tries) <= failures:
            raise error
        return f"{key} came"

    return unit


def test_a_fetch_is_tried_again_while_its_publisher_does_not_answer():
    from flows.callers import InThreads

    heard = Heard()
    unit = unreliable(2, SourceUnavailableError("no answer"))
    assert InThreads(heard, (0, 0, 0)).each(unit, ["statbank"], name="fetch {}", may_retry=True) == ["statbank came"]
    assert heard.steps == [("fetch", ["statbank"])]
    assert [problem for _, _, problem in heard.outcomes] == ["no answer", "no answer", ""]


def test_a_publisher_that_never_answers_is_given_up_after_the_last_try():
    from flows.callers import InThreads

    error = SourceUnavailableError("no answer")
    heard = Heard()
    assert InThreads(heard, (0, 0)).each(unreliable(9, error), ["a"], name="fetch {}", may_retry=True) == [error]
    assert len(heard.outcomes) == 3


def test_a_bad_delivery_is_not_fetched_again_and_others_go_on():
    from flows.callers import InThreads

    error, heard = DeliveryError("bad file"), Heard()

    def fetch(key: str) -> str:
        if key == "bad":
            raise error
        return f"{key} came"

    assert InThreads(heard, (0,)).each(fetch, ["bad", "good"], name="fetch {}", may_retry=True) == [error, "good came"]
    assert sorted(heard.outcomes) == [("fetch", "bad", "bad file"), ("fetch", "good", "")]


def test_a_single_step_raises_what_it_raises():
    from flows.callers import InThreads

    def fail():
        raise DeliveryError("blocked")

    with pytest.raises(DeliveryError, match="blocked"):
        InThreads(Progress()).once(fail, name="build and publish")


def test_a_line_of_progress_names_step_source_and_problem(capsys):
    from flows.callers import step_of

    Lines().done(step_of("fetch {}"), "statbank", 1.26, "no answer")
    assert capsys.readouterr().err == "fetch statbank: FAILED: no answer (1.3 s)\n"
