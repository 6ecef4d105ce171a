"""Reading a PDF as a reader's program does: the words of each page, and the elements of its structure."""

import re
from collections.abc import Iterator

import pikepdf

PAINTS = {"Tj", "TJ", "'", '"', "Do", "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh", "EI"}  # operators that draw


def words_of_pages(pdf: pikepdf.Pdf) -> list[str]:
    """The text of each page in the order that it is drawn in; unbreakable spaces become plain ones."""
    return [" ".join("".join(_texts(page)).replace("\u00a0", " ").split()) for page in pdf.pages]


def _texts(page: pikepdf.Page) -> Iterator[str]:
    fonts = page.resources.get("/Font", {})
    known: dict[str, dict[int, str]] = {}
    glyphs: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            name = str(operands[0])
            glyphs = known.setdefault(name, _unicode_of(fonts[name]))
        elif str(operator) in ("Tj", "TJ"):
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            for piece in shown:
                if isinstance(piece, pikepdf.String):
                    content = bytes(piece)
                    yield "".join(
                        glyphs.get(int.from_bytes(content[at : at + 2]), "?") for at in range(0, len(content), 2)
                    )
        elif str(operator) == "ET":
            yield " "


def _unicode_of(font: pikepdf.Object) -> dict[int, str]:
    """Glyph -> text, as the font's own table has it."""
    table = font["/ToUnicode"].read_bytes().decode("latin-1")
    pairs = re.findall(r"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", table, re.MULTILINE)
    known = {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}
    for first, last, text in re.findall(
        r"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>$", table, re.MULTILINE
    ):
        glyphs = range(int(first, 16), int(last, 16) + 1)
        known |= {glyph: chr(int(text, 16) + glyph - glyphs.start) for glyph in glyphs}
    return known


def elements(pdf: pikepdf.Pdf, *kinds: str) -> list[pikepdf.Object]:
    """Every structure element of these kinds, such as /Figure or /H1, in reading order."""
    found: list[pikepdf.Object] = []

    def walk(node: pikepdf.Object) -> None:
        if isinstance(node, pikepdf.Array):
            for inner in node:
                walk(inner)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            if str(node["/S"]) in kinds:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.Root["/StructTreeRoot"]["/K"])
    return found


def marked(page: pikepdf.Page) -> Iterator[tuple[str, list[str], set[int]]]:
    """(what paints, the tags around it, the numbers of its marked content) for each thing that a page paints."""
    around: list[tuple[str, set[int]]] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        sign = str(operator)
        if sign in ("BDC", "BMC"):
            more = operands[1] if len(operands) > 1 else {}
            more = page.resources["/Properties"][str(more)] if isinstance(more, pikepdf.Name) else more
            around.append((str(operands[0]), {int(more["/MCID"])} if "/MCID" in more else set()))
        elif sign == "EMC":
            around.pop()
        elif sign in PAINTS:
            yield sign, [tag for tag, _ in around], set().union(*(number for _, number in around))


def children(node: pikepdf.Object) -> list[pikepdf.Object]:
    below = node.get("/K", [])
    return list(below) if isinstance(below, pikepdf.Array) else [below]


def within(node: pikepdf.Object, parent: str = "") -> Iterator[tuple[str, str, pikepdf.Object]]:
    """(kind, kind of the element around it, element) of the whole structure."""
    kind = str(node["/S"]) if "/S" in node else ""
    if kind:
        yield kind, parent, node
    for inner in children(node):
        if isinstance(inner, pikepdf.Dictionary) and ("/S" in inner):
            yield from within(inner, kind)
