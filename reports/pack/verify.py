"""What holds of a helhedsplan's figures, told by the standard library of Python 3.9 or later alone.

    python verify.py                                    everything that lies beside this file
    python verify.py FOLDER                             another folder: an unzipped pack, or a data directory
    python verify.py --figure INDICATOR AREA PERIOD     one figure, from the printed number to its cells
    python verify.py --digest DIGEST                    which publication a paper's digest belongs to

It stops at the first thing that does not hold, names it, and ends with exit code 1.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

FIRST_PREVIOUS = "0" * 64
NUMBER = re.compile(r"[-−]?\d[\d.,\u00a0]*(?:[eE]-?\d+)?")


class DoesNotHold(Exception):
    """The first thing that does not hold: where, and what was expected."""


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def text_digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_ledger(root):
    """Every entry, each of which follows the one before it and matches its own digest."""
    path, entries, previous = root / "ledger.jsonl", [], FIRST_PREVIOUS
    if not path.is_file():
        raise DoesNotHold(f"{path} is not there: this is no unzipped pack and no data directory")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            entry = json.loads(line)
            digest = entry.pop("digest")
            follows = (entry["sequence"], entry["previous"]) == (number, previous)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DoesNotHold(f"ledger.jsonl, line {number}: this is no entry") from None
        if not follows:
            raise DoesNotHold(
                f"ledger.jsonl, line {number}: it does not follow line {number - 1}, which was swapped, "
                "removed or added by hand"
            )
        if text_digest(canonical(entry)) != digest:
            raise DoesNotHold(f"ledger.jsonl, line {number}: it was changed, for its digest is that of other words")
        entries.append(dict(entry, digest=digest))
        previous = digest
    return entries


def bodies(entries, kind):
    return [entry["body"] for entry in entries if entry["kind"] == kind]


def publications(entries):
    return {entry["body"]["publication_id"]: entry for entry in entries if entry["kind"] == "publication_made"}


def check_pack(root, pack):
    """Every file of the pack has the bytes that its list names, and none was added."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if (path.is_symlink() or not path.is_dir()) and name != "pack.json" and name not in pack["files"]:
            raise DoesNotHold(f"{name} is not on the pack's list: it was added")
    for name, digest in sorted(pack["files"].items()):
        path = root / name
        if not path.is_file():
            raise DoesNotHold(f"{name} is gone from the pack")
        if sha256(path) != digest:
            raise DoesNotHold(f"{name} was changed: its SHA-256 is not the one in pack.json")
    return len(pack["files"])


def check_snapshots(root, entries, pack):
    """Every received file has the bytes that the ledger tells of; returns how many hold, and who lie elsewhere."""
    held, elsewhere, seen = 0, [], set()
    for source_id, address, files in received(entries):
        folder = root / "snapshots" / source_id / address
        if (source_id, address) in seen:
            continue
        seen.add((source_id, address))
        if pack is not None and not folder.is_dir() and f"{source_id}/{address}" not in pack["snapshots"]:
            if source_id != "papers":  # a pack has those alone that its year's meetings saw
                elsewhere.append(f"{source_id}/{address}")
            continue
        for file in files:
            path = folder / file["name"]
            if not path.is_file():
                raise DoesNotHold(f"{path.relative_to(root)} is gone")
            if sha256(path) != file["sha256"]:
                raise DoesNotHold(
                    f"{path.relative_to(root)} was changed: these are not the bytes that were received or written"
                )
            held += 1
    return held, elsewhere


def check_nothing_more(root, entries):
    """No file lies among a pack's received ones that the ledger does not tell of."""
    told = {f"{source}/{address}/{file['name']}" for source, address, files in received(entries) for file in files}
    for path in sorted(path for path in (root / "snapshots").rglob("*") if path.is_file()):
        if path.relative_to(root / "snapshots").as_posix() not in told:
            raise DoesNotHold(f"{path.relative_to(root)}: the ledger tells of no such file")


def received(entries):
    for body in bodies(entries, "delivery_received"):
        yield body["source_id"], body["sha256"], body["files"]
    for body in bodies(entries, "meeting_recorded"):
        yield "minutes", body["minutes"]["sha256"], [body["minutes"]]
    for body in bodies(entries, "papers_written"):
        yield "papers", body["sha256"], body["files"]


def check_published(root, entries):
    """Every publication that lies here has the bytes that the ledger tells of."""
    made, held = publications(entries), 0
    for path in sorted((root / "published").glob("*.duckdb")):
        entry = made.get(path.stem)
        if entry is None:
            raise DoesNotHold(f"published/{path.name}: the ledger knows no such publication")
        if sha256(path) != entry["body"]["file_sha256"]:
            raise DoesNotHold(f"published/{path.name} was edited: these are not the bytes that were published")
        held += 1
    if (root / "warehouse.duckdb").is_file():
        check_current(root / "warehouse.duckdb", list(made.values()))
    return held


def check_current(path, made):
    """The current file of a data directory is the ledger's newest publication, byte by byte."""
    if not made:
        raise DoesNotHold(f"{path.name}: the ledger knows no publication")
    names = {entry["body"]["file_sha256"]: entry["body"]["publication_id"] for entry in made}
    name, newest = names.get(sha256(path)), made[-1]["body"]["publication_id"]
    if name is None:
        raise DoesNotHold(f"{path.name} was edited: these are not the bytes of publication {newest}")
    if name != newest:
        raise DoesNotHold(f"{path.name} is publication {name}, not the newest one {newest}, which a refresh puts there")


def meetings_of(entries, year):
    """The year's meetings as they were last recorded, oldest first: (body, recorded_by)."""
    last = {e["body"]["meeting_id"]: (e["body"], e["actor"]) for e in entries if e["kind"] == "meeting_recorded"}
    held = [one for one in last.values() if one[0]["date"].startswith(f"{year:04d}-")]
    return sorted(held, key=lambda one: (one[0]["date"], one[0]["meeting_id"]))


def check_tables(root, entries, year):
    """Meetings, what they saw and decided, and the duty table say what follows from the ledger."""
    held = meetings_of(entries, year)
    check_kept(root, held)
    meetings, seen, actions = set(), set(), set()
    for body, recorded_by in held:
        name, day = body["meeting_id"], body["date"]
        minutes, present = body["minutes"], ", ".join(one["name"] for one in body["present"])
        meetings.add(
            as_cells(
                name, body["agreement_id"], day, body["publication_id"], body["publication_digest"],
                body["superseded_by"], present, minutes["reference"], minutes["sha256"], recorded_by, body["corrects"],
            )
        )  # fmt: skip
        for item in body["indicators"]:
            told = (item["indicator_id"], item["seen"], item["remark"], item["decision"])
            seen.add(as_cells(name, day, body["publication_id"], body["publication_digest"], *told))
            actions |= {as_cells(name, *(one[key] for key in ACTION)) for one in item["actions"]}
    compare(root, "meetings", MEETING, meetings)
    compare(root, "follow_up", SEEN, seen)
    compare(root, "actions", ("meeting_id", *ACTION), actions, {as_cells(body["meeting_id"])[0] for body, _ in held})
    return len(held), check_duty(root, [body for body, _ in held], year)


MEETING = (
    "meeting_id", "agreement_id", "meeting_date", "publication_id", "publication_digest", "superseded_by", "present",
    "minutes_reference", "minutes_sha256", "recorded_by", "corrected_because",
)  # fmt: skip
SEEN = ("meeting_id", "meeting_date", "publication_id", "publication_digest", "indicator_id", "seen", "remark",
        "decision")  # fmt: skip
ACTION = ("action_id", "action", "owner", "due")


def check_kept(root, held):
    """What the year's meetings had before them and left behind lies in the pack, under the digests in the ledger."""
    for body, _ in held:
        for home, address in (("minutes", body["minutes"]["sha256"]), ("papers", body.get("papers_sha256"))):
            if address and not (root / "snapshots" / home / address).is_dir():
                raise DoesNotHold(
                    f"snapshots/{home}/{address}, of the meeting {body['meeting_id']}, is not in the pack"
                )


def table_rows(root, name):
    with open(root / "tables" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def compare(root, name, columns, expected, meetings=None):
    """A table has just these rows; with `meetings`, its rows of these meetings."""
    rows = [row for row in table_rows(root, name) if meetings is None or row["meeting_id"] in meetings]
    found = [tuple(row[column] for column in columns) for row in rows]
    wrong = sorted(set(found) ^ expected)
    if wrong or len(found) != len(expected):
        named = " ".join(wrong[0][:2]) if wrong else "a row stands there twice"
        raise DoesNotHold(f"tables/{name}.csv: it is not what the ledger tells: {printable(named)}")


def check_duty(root, held, year):
    """Whether each series was followed up, when, and by which meetings; returns how many were."""
    rows, known, followed = table_rows(root, "duty"), set(), 0
    for row in rows:
        place = f"tables/duty.csv, {row['indicator_id']}"
        if row["year"] != str(year) or (row["agreement_id"], row["indicator_id"]) in known:
            raise DoesNotHold(f"{place}: it is of another year, or stands there twice")
        known.add((row["agreement_id"], row["indicator_id"]))
        told, expected = {key: row[key] for key in DUTY}, duty_of(row, held)
        if told != expected:
            wrong = next(key for key in DUTY if told[key] != expected[key])
            raise DoesNotHold(
                f"{place}: {wrong} is {printable(told[wrong] or 'nothing')}, where the ledger tells "
                f"{expected[wrong] or 'nothing'}"
            )
        reasons = {True: ("",), False: ("not_delivered", "not_taken_up") if row["meetings_held"] != "0" else NO_MEETING}
        if row["reason"] not in reasons[row["is_followed_up"] == "True"]:
            raise DoesNotHold(f"{place}: the reason {printable(row['reason'] or 'nothing')} cannot be")
        followed += row["is_followed_up"] == "True"
    for body in held:
        for item in body["indicators"]:
            if (body["agreement_id"], item["indicator_id"]) not in known:
                raise DoesNotHold(f"tables/duty.csv: {item['indicator_id']}, which a meeting took up, is gone")
    return followed


NO_MEETING = ("no_meeting",)
DUTY = ("is_followed_up", "meetings", "meetings_held", "first_followed_up_on", "last_followed_up_on", "meeting_ids")


def duty_of(row, held):
    """What the ledger tells of one series of an agreement in the year, as a row of tables/duty.csv says it."""
    here = [body for body in held if body["agreement_id"] == row["agreement_id"]]
    took = [body for body in here if row["indicator_id"] in {item["indicator_id"] for item in body["indicators"]}]
    days = [body["date"] for body in took] or [""]
    names = ", ".join(body["meeting_id"] for body in took)
    return dict(zip(DUTY, (str(bool(took)), str(len(took)), str(len(here)), days[0], days[-1], names)))


def as_cells(*values):
    """Texts as the pack's tables write them: hidden marks are seen, and no spreadsheet takes one for a formula."""
    return tuple(as_cell("" if value is None else value) for value in values)


def as_cell(text):
    seen = "".join(
        f"⟨U+{ord(letter):04X}⟩"
        if unicodedata.category(letter) in ("Cc", "Cf") and letter not in "\n\t\u00ad\u200d"
        else letter
        for letter in text
    )
    return f"'{seen}" if seen.startswith(("=", "+", "-", "@", "\t", "\r")) else seen


def leaf_digest(line):
    return text_digest("leaf:" + line)


def root_of(digests):
    """The root of the hash tree over these leaves; a node that is left over moves up."""
    level = list(digests) or [leaf_digest("")]
    while len(level) > 1:
        pairs = [text_digest("node:" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def root_by_path(line, path):
    digest = leaf_digest(line)
    for side, neighbour in path:
        digest = text_digest("node:" + (neighbour + digest if side == "left" else digest + neighbour))
    return digest


def read_figures(path, entries):
    """The figures of one publication, line by line, held against the root in the ledger."""
    entry = publications(entries).get(path.stem)
    if entry is None:
        raise DoesNotHold(f"figures/{path.name}: the ledger knows no such publication")
    lines = path.read_text("utf-8").splitlines()
    if root_of([leaf_digest(line) for line in lines]) != entry["body"].get("figures_root"):
        raise DoesNotHold(
            f"figures/{path.name}: these are not the figures whose root stands in the ledger, line {entry['sequence']}"
        )
    return lines


def check_figures(lines, entries, made):
    """Each figure follows from its parts, and each part from a delivery that was in force in this publication."""
    sources = {body["delivery_id"]: body["sha256"] for body in bodies(entries[: made["sequence"]], "delivery_received")}
    for figure in map(json.loads, lines):
        name = "/".join(figure[key] for key in ("agreement_id", "indicator_id", "area_id", "period"))
        for part in figure["parts"]:
            if sources.get(part["delivery_id"]) != part["snapshot_sha256"]:
                raise DoesNotHold(f"{name}: its part {part['locator']} is from no delivery that the ledger tells of")
            if part["delivery_id"] not in made["body"]["deliveries"]:
                raise DoesNotHold(f"{name}: its part {part['locator']} is from a delivery that was not in force")
        check_sum(figure, name)
    return len(lines)


def check_sum(figure, name):
    """Counts are the sum of their parts' counts; a share is numerator by denominator."""
    parts, counted = figure["parts"], ("numerator", "denominator")
    for count in counted:
        told = [part[count] for part in parts]
        if figure[count] is not None and told and None not in told and abs(sum(told) - figure[count]) > 1e-6:
            raise DoesNotHold(f"{name}: its {count} {figure[count]:g} is not the sum of its parts {sum(told):g}")
    x, n, value = (figure[key] for key in (*counted, "value"))
    is_share = figure["kind"] in ("share", "turnout") and None not in (x, n, value) and n
    if is_share and abs(x / n - value) > 1e-9:
        raise DoesNotHold(f"{name}: its value is not its numerator by its denominator")


def cells_of(root, part):
    """What stands at a part's place in the received file: (place, text) of each cell; None if the file is not here."""
    folder = root / "snapshots" / part["source_id"] / part["snapshot_sha256"]
    if not folder.is_dir():
        return None
    files = {str(path.relative_to(folder).as_posix()): path.read_bytes for path in folder.rglob("*") if path.is_file()}
    for path in list(folder.rglob("*.zip")):
        archive = zipfile.ZipFile(path)
        files.update({name: (lambda a=archive, n=name: a.read(n)) for name in archive.namelist()})
    locator = part["locator"]
    for name in sorted(files, key=len, reverse=True):
        if locator.startswith(name):
            return list(at_places(files[name](), name, locator[len(name) :].lstrip(", ")))
    if len(files) == 1:
        name = next(iter(files))
        return list(at_places(files[name](), name, locator))
    raise DoesNotHold(f"{locator}: no file of that name was received in {part['delivery_id']}")


def at_places(content, name, places):
    if places.startswith("#"):
        document = json.loads(content.decode("utf-8-sig"))
        for pointer in pointers_in(places[1:]):
            yield f"{name}#{pointer}", by_pointer(document, pointer)
    elif "line" in places:
        lines = as_text(content).splitlines()
        for number in (int(found) for found in re.findall(r"\d+(?![\d]* lines)", places)):
            if number > len(lines):
                raise DoesNotHold(f"{name}, line {number}: the file has {len(lines)} lines")
            yield f"{name}, line {number}", lines[number - 1]
    else:
        for place in places.split(", "):
            sheet, _, cell = place.rpartition("!")
            yield f"{name}, {place}", in_workbook(content, sheet, cell)


def pointers_in(places):
    """Each JSON pointer of a locator; after the first, a bare number stands in the same list as the one before."""
    home = ""
    for word in re.split(r", | / ", places):
        if word.startswith("/"):
            home = word.rpartition("/")[0]
            yield word
        else:
            yield from (f"{home}/{number}" for number in re.findall(r"\d+(?! lines)", word))


def as_text(content):
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def by_pointer(document, pointer):
    for key in pointer.split("/")[1:]:
        name = key.replace("~1", "/").replace("~0", "~")
        try:
            document = document[int(name)] if isinstance(document, list) else document[name]
        except (KeyError, IndexError, ValueError, TypeError):
            raise DoesNotHold(f"{pointer}: there is no such place in the document") from None
    return str(document)


def in_workbook(content, sheet, cell):
    """The text of one cell of an .xlsx file."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = ET.fromstring(book.read("xl/workbook.xml")).iter(main + "sheet")
        links = {one.get("name"): one.get(link) for one in sheets}
        targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
        if sheet not in links:
            raise DoesNotHold(f"{sheet}!{cell}: the workbook has no such sheet")
        target = targets[links[sheet]].lstrip("/")
        part = target if target.startswith("xl/") else "xl/" + target
        with book.open(part) as rows:
            for _, found in ET.iterparse(rows):
                if found.tag == main + "c" and found.get("r") == cell:
                    return text_of_cell(book, found, main)
                if found.tag == main + "row":
                    found.clear()
    raise DoesNotHold(f"{sheet}!{cell}: there is nothing in that cell")


def text_of_cell(book, cell, main):
    text = "".join(
        node.text or ""
        for node in cell.iter(
            main + "v",
        )
    ) or "".join(node.text or "" for node in cell.iter(main + "t"))
    if cell.get("t") == "s":
        strings = ET.fromstring(book.read("xl/sharedStrings.xml")).findall(main + "si")
        return "".join(node.text or "" for node in strings[int(text)].iter(main + "t"))
    return text


def numbers_in(text):
    """Every number that a text may be read as, with a Danish comma or an English point."""
    found = set()
    for word in NUMBER.findall(text):
        number = word.replace("−", "-").replace("\u00a0", "").rstrip(".,")
        for plain in (number, number.replace(".", "").replace(",", "."), number.replace(",", "")):
            try:
                found.add(float(plain))
            except ValueError:
                continue
    return found


def check_cells(root, figure):
    """Each part of a figure with what stands in its cells, and whether the part's numbers are among it."""
    for part in figure["parts"]:
        cells = cells_of(root, part)
        wanted = [part[key] for key in ("numerator", "value") if part[key] is not None]
        found = set().union(*(numbers_in(text) for _, text in cells or []))
        shows = any(abs(one - number * scale) < 1e-6 for number in wanted for scale in (1, 100) for one in found)
        yield part, cells, shows


def verify_all(root, say):
    """Everything that lies here, in an order in which each step rests on the one before it.

    Returns how much of it could not be followed: parts of figures, and publications, in files that are not here.
    """
    entries = read_ledger(root)
    say(f"ledger: {len(entries)} entries in one chain; its head is {entries[-1]['digest'] if entries else 'nothing'}")
    pack = json.loads((root / "pack.json").read_text("utf-8")) if (root / "pack.json").is_file() else None
    if pack is not None:
        say(f"pack of {pack['year']}: {check_pack(root, pack)} files as its list names them")
        if pack["ledger_head"] != (entries[-1]["digest"] if entries else None):
            raise DoesNotHold("ledger.jsonl: lines were added or taken away at its end since the pack was made")
    held, elsewhere = check_snapshots(root, entries, pack)
    say(
        f"received: {held} files, the board's papers among them, have the bytes that the ledger tells of"
        + told_of_left_out(elsewhere, pack)
    )
    held = check_published(root, entries)
    left = 0 if pack is not None else len(publications(entries)) - held
    say(
        f"published: {held} warehouses have the bytes that were published"
        + (f"; {left} publications are not here" if left else "")
    )
    if pack is not None:
        check_nothing_more(root, entries)
        meetings, followed = check_tables(root, entries, pack["year"])
        say(f"duty: {followed} series followed up at {meetings} meetings, as the ledger tells")
    for path in sorted((root / "figures").glob("*.jsonl")):
        lines, made = read_figures(path, entries), publications(entries)[path.stem]
        left += parts_elsewhere(root, lines)
        say(
            f"figures: {check_figures(lines, entries, made)} of {path.stem} follow from received rows; "
            f"digest {made['digest'][:16]}"
        )
    if (root / "sample.jsonl").is_file():
        check_sample(root, entries, say)
    return left


def told_of_left_out(elsewhere, pack):
    """How many deliveries a pack left out because of what they hold, and how many have no part in its year."""
    if not elsewhere:
        return ""
    left_out = len([name for name in elsewhere if name in pack["left_out"]])
    rest = len(elsewhere) - left_out
    return (f"; {left_out} deliveries are left out, for they hold withheld figures" if left_out else "") + (
        f"; {rest} have no part in the year" if rest else ""
    )


def parts_elsewhere(root, lines):
    """How many parts of these figures lie in received files that are not here."""
    here = {path.relative_to(root / "snapshots").as_posix() for path in (root / "snapshots").glob("*/*")}
    parts = [part for line in lines for part in json.loads(line)["parts"]]
    return sum(f"{part['source_id']}/{part['snapshot_sha256']}" not in here for part in parts)


def last_words(left):
    """What may be said at the end: nothing more than what was followed."""
    if not left:
        return "All of this holds."
    parts = f"{left} parts lie in files that are not here" if left > 1 else "1 part lies in a file that is not here"
    return f"As far as it can be followed here, all of this holds; {parts}."


def check_sample(root, entries, say):
    """The figures that were drawn by lot: each leads to the root in the ledger, and to its cells."""
    drawn, cells, elsewhere = 0, 0, 0
    for one in map(json.loads, (root / "sample.jsonl").read_text("utf-8").splitlines()):
        made = publications(entries)[one["publication_id"]]
        if root_by_path(one["leaf"], one["path"]) != made["body"]["figures_root"]:
            raise DoesNotHold(f"sample.jsonl, figure {drawn + 1}: it is no figure of {one['publication_id']}")
        for _, found, _ in check_cells(root, json.loads(one["leaf"])):
            cells, elsewhere = cells + len(found or []), elsewhere + (found is None)
        drawn += 1
    say(
        f"sample: {drawn} figures lead to {cells} cells of received files"
        + (f"; {elsewhere} parts to files that are not here" if elsewhere else "")
    )


def verify_figure(root, wanted, publication_id, say):
    """One figure, from the printed number to the text of its cells."""
    entries = read_ledger(root)
    paths = sorted((root / "figures").glob(f"{publication_id or '*'}.jsonl"))
    if not paths:
        raise DoesNotHold("figures/: no figures of such a publication lie here; give a pack's folder")
    made, lines = publications(entries)[paths[-1].stem], read_figures(paths[-1], entries)
    names = ("indicator_id", "area_id", "period")
    found = [line for line in lines if [json.loads(line)[name] for name in names] == wanted]
    if not found:
        raise DoesNotHold(f"{' '.join(wanted)}: publication {paths[-1].stem} shows no such figure")
    for line in found:
        check_figures([line], entries, made)
        figure = json.loads(line)
        say(
            f"figure: {figure['numerator']} of {figure['denominator']}, value {figure['value']}, "
            f"missing because {figure['missing_reason']}"
        )
        say(f"publication: {paths[-1].stem}, digest {made['digest'][:16]}, ledger line {made['sequence']}")
        for part, cells, shows in check_cells(root, figure):
            tell_part(part, cells, shows, say)
    return parts_elsewhere(root, found)


def tell_part(part, cells, shows, say):
    """One part of a figure: its numbers, the bytes that they came in, what stands there."""
    say(
        f"part: {part['part_level']} {part['part_id']}: {part['numerator']} of {part['denominator']}, value "
        f"{part['value']}, delivery {part['delivery_id']}, SHA-256 {part['snapshot_sha256']}"
    )
    if cells is None:
        say("  the received file is not here; it lies in the data directory")
    for place, text in cells or []:
        say(f"  {place}: {printable(text)}")
    if cells and not shows:
        say("  look: the part's number is not among these as it is (added up, subtracted, corrected or withheld)")


def printable(text):
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--figure", nargs=3, metavar=("INDICATOR", "AREA", "PERIOD"))
    parser.add_argument("--publication", metavar="ID", help="with --figure; else the newest that lies here")
    parser.add_argument("--digest", help="the digest that stands on a paper, 16 characters or more")
    asked, left = parser.parse_args(), 0
    try:
        if asked.figure:
            left = verify_figure(asked.folder, asked.figure, asked.publication, print)
        elif asked.digest:
            tell_digest(asked.folder, asked.digest, print)
        else:
            left = verify_all(asked.folder, print)
    except (DoesNotHold, OSError, ValueError, KeyError, zipfile.BadZipFile, ET.ParseError) as found:
        print(f"DOES NOT HOLD: {found if isinstance(found, DoesNotHold) else repr(found)}")
        return 1
    print(last_words(left))
    return 0


def tell_digest(root, digest, say):
    """The publication that a paper's digest belongs to."""
    entries = read_ledger(root)
    made = [one for one in publications(entries).values() if len(digest) >= 16 and one["digest"].startswith(digest)]
    if len(made) != 1:
        raise DoesNotHold(f"{digest}: the ledger knows no publication with that digest")
    say(f"publication {made[0]['body']['publication_id']}, made {made[0]['time']}, ledger line {made[0]['sequence']}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
