"""Election results of valg.dk: the real files of 2025, and every way in which a file may be another than expected."""

import json
import zipfile
from pathlib import Path

import pytest

from catalogue.errors import DeliveryError
from tests.reading_of import REPOSITORY, contract_of, reading_of

SAMPLE = REPOSITORY / "samples" / "valg_dk" / "KV-2025-11-18"
BROSKOLEN = "valgresultater-Kommunalvalg-Slagelse_Kommune-Korsør_-_Broskolen.json"


@pytest.fixture(scope="module")
def source():
    return contract_of("valg_dk")


@pytest.fixture
def read(source, tmp_path):
    """Read a delivery, and answer a query on its rows in the order of the file."""

    def rows(delivered: Path, query: str) -> list[tuple]:
        with reading_of(source, delivered, tmp_path / "data") as connection:
            return connection.execute(query).fetchall()

    return rows


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "delivered").mkdir()
    return tmp_path / "delivered"


def result(name: str = BROSKOLEN, **changes: object) -> bytes:
    """The body of a real result file with some fields changed; None removes a field."""
    document = json.loads((SAMPLE / name).read_bytes()) | changes
    return json.dumps(
        {key: value for key, value in document.items() if value != "removed"}, ensure_ascii=False
    ).encode()


def test_the_districts_of_2025_add_up_to_the_known_turnout(read):
    query = """
        SELECT period, count(*), sum(numerator) AS votes, sum(denominator) AS voters, round(100 * votes / voters, 2)
        FROM reading GROUP BY period ORDER BY period"""
    assert read(SAMPLE, query) == [
        ("KV-2021-11-16", 18, 41044, 64466, 63.67),
        ("KV-2025-11-18", 18, 42578, 65812, 64.70),
    ]


def test_votes_cast_are_valid_and_invalid_votes_in_both_elections(read):
    query = "SELECT count(*) FROM reading WHERE numerator = valid_votes + invalid_votes AND numerator <= denominator"
    assert read(SAMPLE, query) == [(36,)]


def test_a_district_is_one_row_per_election_with_its_counts_and_its_place(read):
    query = f"SELECT * EXCLUDE (file_name, note) FROM reading WHERE file_name = '{BROSKOLEN}'"
    common = ("turnout_municipal_election", "polling_district", "701164", "Korsør - Broskolen", "330")
    empty = (None,) * 6  # value, deviation, design effect, response rate, instrument, wording
    assert read(SAMPLE, query) == [
        (
            f"{BROSKOLEN}#/AfgivneStemmer",
            0,
            *common,
            "KV-2025-11-18",
            3337,
            5693,
            *empty,
            None,
            None,
            None,
            3242,
            95,
            "Slagelse Kommune",
        ),
        (
            f"{BROSKOLEN}#/AfgivneStemmer, /AfgivneStemmerDifferenceFraForrigeValg",
            *(0, *common, "KV-2021-11-16", 3280, 5796, *empty, None, None, None, 3211, 69, "Slagelse Kommune"),
        ),
    ]


def test_the_earlier_election_says_that_it_is_derived(read):
    derived = read(SAMPLE, "SELECT DISTINCT note FROM reading WHERE period = 'KV-2021-11-16'")
    assert len(derived) == 1
    assert derived[0][0].startswith('Afledt: filens tal minus dens egne felter "…DifferenceFraForrigeValg"')


def test_a_final_count_and_a_preliminary_one_say_what_they_are(read, folder):
    (folder / "a.json").write_bytes(result())
    (folder / "b.json").write_bytes(result(Resultatart="Foreløbig optælling"))
    assert read(folder, "SELECT note FROM reading WHERE period = 'KV-2025-11-18'") == [
        ("Optælling: endelig (Fintælling)",),
        ("Optælling: Foreløbig optælling",),
    ]
    derived = read(folder, "SELECT note FROM reading WHERE file_name = 'b.json' AND period = 'KV-2021-11-16'")
    assert "(filens optælling: Foreløbig optælling)" in derived[0][0]


def test_a_zip_gives_the_rows_of_its_folder(read, tmp_path):
    packed = tmp_path / "KV-2025-11-18.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in SAMPLE.iterdir():
            archive.write(path, f"resultater/{path.name}")
        archive.writestr("__MACOSX/resultater/._x.json", b"not a document")
    query = "SELECT * EXCLUDE (file_name, place) FROM reading"
    assert read(packed, query) == read(SAMPLE, query)
    place = "SELECT file_name, place FROM reading WHERE unit_code = '701164' LIMIT 1"
    assert read(packed, place) == [("KV-2025-11-18.zip", f"resultater/{BROSKOLEN}#/AfgivneStemmer")]


def test_a_district_that_comes_twice_is_left_in_sight_of_the_checks(read, folder):
    (folder / "a.json").write_bytes(result())
    (folder / "b.json").write_bytes(result(AfgivneStemmer=3400))
    assert read(folder, "SELECT unit_code, numerator FROM reading WHERE period = 'KV-2025-11-18'") == [
        ("701164", 3337),
        ("701164", 3400),
    ]


def test_another_municipality_is_left_in_sight_of_the_checks(read, folder):
    (folder / "a.json").write_bytes(result(Kommunekode=101, Kommune="Københavns Kommune"))
    assert read(folder, "SELECT DISTINCT municipality_code FROM reading") == [("101",)]


def test_a_general_election_is_another_series(read, folder):
    (folder / "a.json").write_bytes(result(Valgart="Folketingsvalg", Valgdag="24-03-2026"))
    assert read(folder, "SELECT indicator_id, period FROM reading") == [
        ("turnout_general_election", "FV-2026-03-24"),
        ("turnout_general_election", "FV-2022-11-01"),
    ]


def test_the_election_before_an_unlisted_one_is_never_taken_for_that_one(read, folder):
    (folder / "a.json").write_bytes(result(Valgdag="15-11-2033"))
    assert read(folder, "SELECT period, unreadable FROM reading") == [
        ("KV-2033-11-15", None),
        (None, "period='15-11-2033 Kommunalvalg'"),
    ]


def test_an_election_of_another_kind_stays_as_published(read, folder):
    (folder / "a.json").write_bytes(result(Valgart="Regionsrådsvalg"))
    query = "SELECT DISTINCT indicator_id, period FROM reading"
    assert read(folder, query) == [("Regionsrådsvalg", None)]


def test_a_new_district_without_a_difference_has_no_earlier_figure_and_says_so(read, folder):
    (folder / "a.json").write_bytes(result(AfgivneStemmerDifferenceFraForrigeValg=None))
    assert read(folder, "SELECT numerator, denominator, sign, missing_reason, unreadable FROM reading") == [
        (3337, 5693, None, None, None),
        (None, 5796, "null", "not_delivered", None),
    ]


def test_a_district_that_is_not_counted_yet_has_no_figure(read, folder):
    (folder / "a.json").write_bytes(result(AfgivneStemmer=None))
    assert read(folder, "SELECT DISTINCT numerator, sign, missing_reason FROM reading") == [
        (None, "null", "not_delivered")
    ]


@pytest.mark.parametrize("wrong", ["12x", "nan", True, [3337], {"antal": 3337}, ""])
def test_a_count_that_is_no_number_is_shown_as_unreadable(read, folder, wrong):
    (folder / "a.json").write_bytes(result(AntalStemmeberettigedeVælgere=wrong))
    rows = read(folder, "SELECT denominator, unreadable FROM reading")
    assert [denominator for denominator, _ in rows] == [None, None]
    assert wrong == "" or all("denominator='" in unreadable for _, unreadable in rows)


def test_a_byte_order_mark_and_line_ends_of_windows_do_no_harm(read, folder):
    (folder / "a.json").write_bytes(b"\xef\xbb\xbf" + result().replace(b', "', b',\r\n"'))
    assert read(folder, "SELECT numerator FROM reading") == [(3337,), (3280,)]


def test_what_an_operating_system_adds_is_no_document(read, folder):
    (folder / "a.json").write_bytes(result())
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (folder / name).write_bytes(b"\x00\x01")
    assert read(folder, "SELECT count(*) FROM reading") == [(2,)]


NO_DOCUMENTS = {
    "an empty file": (b"", "an empty file"),
    "a page": (b"<html><body>Not found</body></html>", "text that is not JSON: <html>"),
    "half a file": (result()[:2000], "text that is not JSON"),
    "a list": (b"[" + result() + b"]", "JSON, but not one object"),
    "Latin-1": (result().decode().encode("latin-1", "replace"), "not UTF-8"),
    "a workbook": (b"PK\x03\x04 and more \xff", "not UTF-8"),
}


@pytest.mark.parametrize("case", NO_DOCUMENTS)
def test_a_file_that_is_no_document_is_named_and_nothing_is_read(read, folder, case):
    content, words = NO_DOCUMENTS[case]
    (folder / "a.json").write_bytes(result())
    (folder / "b.json").write_bytes(content)
    with pytest.raises(DeliveryError, match="1 of the delivery's files cannot be read") as refused:
        read(folder, "FROM reading")
    assert refused.value.place == "b.json"
    assert words in refused.value.found
    assert "download" in refused.value.do


def test_a_missing_field_is_named_with_its_file(read, folder):
    (folder / "a.json").write_bytes(result())
    (folder / "b.json").write_bytes(result(AfgivneStemmer="removed", Kommunekode="removed"))
    with pytest.raises(DeliveryError, match="a field is missing in 1 of the delivery's files") as refused:
        read(folder, "FROM reading")
    assert refused.value.place == "b.json#/AfgivneStemmer"
    assert refused.value.expected == "/AfgivneStemmer, /Kommunekode"


def test_a_folder_with_nothing_but_hidden_files_is_no_delivery(read, folder):
    (folder / ".DS_Store").write_bytes(b"x")
    with pytest.raises(DeliveryError, match="holds no document"):
        read(folder, "FROM reading")


@pytest.mark.parametrize("says_so", [True, False])
def test_a_file_that_says_that_it_is_synthetic_is_believed(read, folder, says_so):
    (folder / "a.json").write_bytes(result(Kommune="SYNTETISK Kommune" if says_so else "Slagelse Kommune"))
    assert read(folder, "FROM mark_found") == [(says_so,)]


def test_thousands_of_documents_are_read_in_one_go(read, folder):
    for number in range(1_314):
        (folder / f"{number:04}.json").write_bytes(result(AfstemningsområdeDagiId=number))
    assert read(folder, "SELECT count(*), count(DISTINCT unit_code) FROM reading") == [(2_628, 1_314)]
