"""Packs of odd years and odd texts, and the sample that is drawn."""

import json
import zipfile
from dataclasses import replace

import duckdb
import pytest

from catalogue.errors import HelhedsplanError
from tasks.audit_pack import corrections_of, make_pack
from tasks.audit_verify import verify
from tasks.auditing.in_force import duty_of_then, in_force
from tasks.auditing.index import Shown, index_page
from tasks.auditing.index_sections import approvals, sample
from tasks.auditing.metadata import datapackage
from tasks.auditing.names import Names
from tasks.auditing.rendering import as_html
from tasks.auditing.sample import draw
from tasks.auditing.tables import Table, read_tables
from tasks.auditing.year import the_year
from tasks.meetings import record_meeting
from tasks.visible import visible
from tests.deliveries_for_tests import entries_of, small_data, the_catalogue
from tests.meetings_for_tests import a_meeting, written
from tests.packs_for_tests import this_year, unzipped
from warehouse.column_comments import meaning_of
from warehouse.figures import figure_lines
from warehouse.ledger import Ledger
from warehouse.paths import DataDirectory

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> DataDirectory:
    """A publication of the samples, to look at only."""
    return small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("audited") / "data")


def test_a_year_with_no_meeting_gives_a_pack_that_says_so_and_verifies(published, tmp_path, run, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    year, target = this_year(published), tmp_path / "pack.zip"
    code, told, _ = run("audit", "pack", str(year), "--to", str(target))
    assert (code, "0 of 10 series followed up, at 0 meetings" in told) == (0, True)
    with zipfile.ZipFile(target) as archive:
        page = archive.read(f"helhedsplan-audit-{year}/index.html").decode()
        duty = archive.read(f"helhedsplan-audit-{year}/tables/duty.csv").decode().splitlines()
    assert f"Der er ikke registreret noget bestyrelsesmøde i {year}." in page
    assert len(duty) == 11
    assert all(",no_meeting," in line for line in duty[1:])
    code, told, _ = run("audit", "verify", str(target))
    assert (code, "this very pack was made by" in told) == (0, True)
    assert run("audit", "pack", str(year), "--to", str(target))[0] == 0, "the same pack again takes nothing away"
    target.write_bytes(b"another file")
    assert "take the place of another file" in run("audit", "pack", str(year), "--to", str(target))[2]
    assert target.read_bytes() == b"another file"


def definitions_after(data: DataDirectory, *statements: str) -> dict[str, dict]:
    """The pack's definition of one indicator by its numerator, once the kept publication was made otherwise."""
    kept = next(data.published.glob("*.duckdb"))
    content = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(content)
    with duckdb.connect(kept) as connection:
        for statement in statements:
            connection.execute(statement)
    rows = read_tables(the_year(data, this_year(data)))["definitions"].records()
    return {row["numerator"]: row for row in rows if row["indicator_id"] == "daycare_1_5"}


def test_the_definitions_of_a_pack_are_those_of_the_publication_that_was_seen_beside_those_of_now(tmp_path_factory):
    data = small_data(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("defined") / "data")
    found = definitions_after(data, "UPDATE catalogue.indicator SET numerator = 'Som dengang'")
    assert len(found) == 2
    assert list(found)[-1] == "Som dengang"
    assert {row["numerator_en"] for row in found.values()} == {"Children aged 1-5 who are enrolled in day care"}
    # Older publications tell the definitions in Danish alone; what they tell stands.
    columns = ("numerator_en", "denominator_en", "municipality_numerator_en", "municipality_denominator_en")
    found = definitions_after(data, *(f"ALTER TABLE catalogue.indicator DROP COLUMN {name}" for name in columns))
    assert (list(found)[-1], found["Som dengang"]["numerator_en"]) == ("Som dengang", None)
    assert found["Som dengang"]["denominator"] == "Børn på 1-5 år med bopæl i området"
    # Of a file that another version of this program made, the ledger knows the versions.
    found = definitions_after(data, "ALTER TABLE catalogue.indicator DROP COLUMN official_wording")
    assert {row["definition_version"] for row in found.values()} == {"1"}
    assert (len(found), list(found)[-1]) == (2, None)


def test_the_index_tells_what_was_in_force_then_and_the_duty_is_that_of_the_years_last_publication(published):
    year = the_year(published, this_year(published))
    tables, names = read_tables(year), Names(read_tables(year), year.entries, "da")
    digest = year.publications[-1].body["catalogue_digest"]
    told = in_force(year, tables, digest, names)
    assert told["rows"] == []
    assert " ".join(told["points"]).count("bygger på netop det katalog") == len(year.seen)
    assert told["points"][-1] == "Definitionerne af de faste indikatorer er i dag, som bestyrelsen så dem."
    assert duty_of_then(year, tables).rows == tables["duty"].rows
    # Today's catalogue defines one series otherwise, has another no longer, and a third only since then.
    definitions = tables["definitions"]
    then, at = definitions.rows, {name: number for number, name in enumerate(definitions.columns)}
    of_now = [dict(zip(at, row, strict=True)) | {"publication_id": "now"} for row in then]
    next(row for row in of_now if row["indicator_id"] == "daycare_1_5")["numerator"] = "Som nu"
    # That a text has come in English changes no definition.
    next(row for row in of_now if row["indicator_id"] == "turnout_general_election")["numerator_en"] = "In English now"
    next(row for row in of_now if row["indicator_id"] == "charged_15_29")["role"] = "context"
    was_context = [row if row[at["indicator_id"]] != "feels_safe" else _in_role(row, at, "context") for row in then]
    rows = (*(tuple(row.values()) for row in of_now), *was_context)
    tables |= {"definitions": replace(definitions, rows=rows)}
    told = in_force(year, tables, "another", names)
    assert [(row[0], row[2], row[4]) for row in told["rows"]] == [("1-5-årige i dagtilbud", "Tæller", "Som nu")]
    points = " ".join(told["points"])
    assert "bygger på et andet katalog end det nuværende" in points
    assert "Ikke længere faste og derfor ikke i tabellen: Andel 15-29-årige, der er sigtet mindst én gang." in points
    assert "Først faste senere og derfor ikke i tabellen: Andel beboere over 18 år, der føler sig" in points
    left = {row["indicator_id"] for row in duty_of_then(year, tables).records()}
    assert {row["indicator_id"] for row in tables["duty"].records()} - left == {"feels_safe"}


def _in_role(row: tuple, at: dict[str, int], role: str) -> tuple:
    return (*row[: at["role"]], role, *row[at["role"] + 1 :])


def test_a_year_without_any_publication_gives_a_pack_in_which_nothing_was_followed_up(published, tmp_path):
    year = this_year(published) - 1
    made = make_pack(published, the_catalogue(), year, tmp_path / "pack.zip")
    assert (made.followed_up, made.series, made.meetings) == (0, 10, 0)
    root = unzipped(tmp_path / "pack.zip", tmp_path)
    duty = (root / "tables" / "duty.csv").read_text("utf-8").splitlines()[1:]
    assert (len(duty), all(",no_meeting," in line for line in duty)) == (10, True)
    told: list[str] = []
    verify(root, the_catalogue(), told.append, published)
    assert "duty: 0 series followed up at 0 meetings, as the ledger tells" in told
    reason = "Intet møde i året" if year <= 2025 else "Aftalen var ikke i kraft i året"
    assert (root / "index.html").read_text("utf-8").count(f"<div>{reason}</div>") == 10


@pytest.mark.parametrize("year", [2019, 2099])
def test_a_year_outside_every_agreement_is_refused_in_words(published, tmp_path, run, monkeypatch, year):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    code, _, told = run("audit", "pack", str(year), "--to", str(tmp_path / "pack.zip"))
    assert (code, "no duty to document" in told, "2021-10-01 to 2025-09-30" in told) == (1, True, True)
    assert not (tmp_path / "pack.zip").exists()


def test_a_pack_keeps_the_numbers_of_corrections_to_itself_where_small_counts_are_withheld():
    """The same catalogue, with a correction of a source that withholds and one of a public source."""
    row = {
        "indicator_id": "i", "unit_level": "area", "unit_published_as": "Ringparken", "period": "2023",
        "column": "numerator", "as_published": "9", "corrected": "3", "reason": "3 af 90", "corrected_by": "eva",
        "corrected_on": "2026-11-01",
    }  # fmt: skip
    both = tuple({"source_id": source_id, **row} for source_id in ("lbf_boligsociale_data", "valg_dk"))
    catalogue = replace(the_catalogue(), corrections=both)
    _, withheld, public = corrections_of(catalogue).decode().splitlines()
    assert withheld == "lbf_boligsociale_data,i,area,Ringparken,2023,numerator,,,,eva,2026-11-01"
    assert public == "valg_dk,i,area,Ringparken,2023,numerator,9,3,3 af 90,eva,2026-11-01"


def test_a_meeting_that_no_publication_shows_yet_asks_for_a_refresh(tmp_path_factory, data_folder, tmp_path):
    data = small_data(tmp_path_factory.getbasetemp(), data_folder)
    made = entries_of(data, "publication_made")[-1]
    file = written(tmp_path / "m", a_meeting(made.digest[:16], made.time[:10]))
    record_meeting(data, the_catalogue(), file, actor="Åse")
    with pytest.raises(HelhedsplanError, match="does not show yet"):
        make_pack(data, the_catalogue(), this_year(data), tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()


def test_nothing_published_is_nothing_to_audit(data_folder, tmp_path, run):
    data = DataDirectory(data_folder)
    data.prepare()
    Ledger(data.ledger).append("data_directory_marked", {"mark": "sample"}, actor="test")
    assert "nothing to audit yet" in run("audit", "pack", "2024")[2]
    assert "no published warehouse to draw from" in run("audit", "sample", "3", "--seed", "1")[2]


def test_the_same_seed_draws_the_same_figures_and_another_one_others(published, run, monkeypatch):
    monkeypatch.setenv("HELHEDSPLAN_DATA", str(published.root))
    lines = figure_lines(published.warehouse)
    drawn = draw("p", lines, 20, 7)
    assert [one.leaf for one in drawn] == [one.leaf for one in draw("p", list(lines), 20, 7)]
    assert len({one.leaf for one in drawn}) == 20
    assert {one.leaf for one in drawn} != {one.leaf for one in draw("p", lines, 20, 8)}
    listed = json.loads(run("audit", "sample", "20", "--seed", "7", "--json")[1])
    assert [one["leaf"] for one in listed] == [one.leaf for one in drawn]
    assert all(one["figure"]["parts"] for one in listed)
    shown = run("audit", "sample", "2", "--seed", "7")[1]
    assert listed[0]["figure"]["parts"][0]["locator"] in shown
    made = entries_of(published, "publication_made")[-1]
    for name in (made.body["publication_id"], made.digest[:16]):
        again = json.loads(run("audit", "sample", "20", "--seed", "7", "--publication", name, "--json")[1])
        assert again == listed
    code, _, told = run("audit", "sample", "20", "--seed", "7", "--publication", "20200101T000000-ffffffff")
    assert (code, "no such publication" in told, "20200101T000000-ffffffff" in told) == (1, True, True)
    assert len(draw("p", lines, 100_000, 1)) == sum(json.loads(line)["value"] is not None for line in lines)


ODD = "=cmd()|<script>alert(1)</script>|Bo \u202egpj.exe"


def test_odd_names_come_out_clean_in_csv_html_and_metadata():
    table = Table(
        "t", "T", {"owner": "VARCHAR", "share": "DOUBLE", "n": "BIGINT"}, ((ODD, -0.5, None), ("-1+2", 1.0, 3))
    )
    assert table.as_csv().decode() == (
        "owner,share,n\n'=cmd()|<script>alert(1)</script>|Bo ⟨U+202E⟩gpj.exe,-0.5,\n'-1+2,1.0,3\n"
    )
    about = ("agreements", "mark", "mark_told", "skip", "other_language", "other_language_file", "other_language_hint")
    texts = dict.fromkeys((*about, "other_language_name", "contents"), "")
    page = texts | {"title": visible(ODD), "lead": [], "sections": []}
    html = as_html(page, "da").decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    (resource,) = datapackage("p", "P", "2026-01-01", [table])["resources"]
    assert [one["type"] for one in resource["schema"]["fields"]] == ["string", "number", "integer"]
    assert resource["schema"]["fields"][0]["description"] == meaning_of("audit.action", "owner")


def test_an_index_with_odd_texts_is_clean_in_every_cell(published):
    year = the_year(published, this_year(published))
    tables = read_tables(year)
    columns = tables["meetings"].columns
    row = dict.fromkeys(columns) | {"meeting_id": ODD, "present": ODD, "publication_digest": "f" * 64,
                                    "minutes_reference": ODD, "recorded_by": ODD}  # fmt: skip
    tables["meetings"] = Table("meetings", "M", columns, (tuple(row.values()),))
    page = index_page(year, tables, Shown([], 1, [], [], [], ""), "en")
    assert "\u202e" not in json.dumps(page, ensure_ascii=False)
    assert "<script>" not in as_html(page, "en").decode()


def test_the_index_tells_the_rule_of_the_approval_and_beside_it_the_sources_own_where_that_is_another(published):
    year = the_year(published, this_year(published))
    names = Names(read_tables(year), year.entries, "da")
    row = dict.fromkeys(("source_id", "original_name", "received_by", "approved_by", "policy_of_the_source"), "x")
    row |= {"received_at": None, "is_four_eyes": False, "policy_of_the_source": "four_eyes"}
    rules = []
    for rule in ("automatic", "four_eyes"):
        told = row | {"approved_under": rule}
        table = Table("approvals", "A", dict.fromkeys(told, "VARCHAR"), (tuple(told.values()),))
        rules += [line[-1] for line in approvals(table, names)["rows"]]
    assert rules == ["godkendes automatisk (kildens egen regel: to personer (fire øjne))", "to personer (fire øjne)"]


def test_every_figure_that_can_be_drawn_has_names_and_a_place_in_the_index(published):
    year = the_year(published, this_year(published))
    names = Names(read_tables(year), year.entries, "da")
    drawn = draw("p", figure_lines(published.warehouse), 100_000, 1)
    rows = sample(drawn, 1, names)["rows"]
    assert len(rows) == len(drawn) > 25
    assert [row for row in rows if not all(row) or "_" in "".join(row[:4])] == []
