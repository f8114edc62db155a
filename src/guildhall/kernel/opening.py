"""The process in which a file from outside is opened: it may take so much memory and time and no more, and dies alone.

Run by `kernel.workbooks` as `python -m guildhall.kernel.opening`, with the file as its standard input. It writes frames, each a line
of JSON: `sheet`, `rows`, `note`, `refused`, `done`. Nothing heavy is imported here, so that it starts in a moment.
"""

from __future__ import annotations

import codecs
import html
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import python_calamine

from guildhall.kernel import sheets

MEMORY = 1 << 30
"""Bytes of address space. 200,000 rows of 15 columns take 0.3 GB; a million rows of that width do not fit and are to be split."""
OUT_OF_MEMORY = 3
"""How the process ends when Python finds no more memory; the reader of spreadsheets aborts instead."""
SECONDS = 60
"""Processor time. 200,000 rows take three seconds."""
LARGEST_UNPACKED = 1 << 30
"""Bytes of all parts of an .xlsx together; 200,000 rows of 15 columns unpack to 0.15 GB."""
MOST_PARTS = 5_000
"""Parts of an .xlsx; a workbook has a few dozen, with many sheets and pictures a few hundred."""
HIGHEST_RATIO = 300
"""Unpacked over packed size of one part beyond `RATIO_FROM`; rows as alike as can be reach 100, bombs 1,000."""
RATIO_FROM = 32 << 20
MOST_ROWS = 1_000_000
"""Rows that hold anything; a spreadsheet has 1,048,576 rows."""
MOST_COLUMNS = 500
"""Columns of one row; a roster has twenty."""
LONGEST_CELL = sheets.LONGEST_CELL
MOST_ODD_CELLS = 200_000
"""Formulas without a value and error values; more, and the file was never calculated."""
EMPTY_ROWS = 1_000
"""From so many empty rows on, they are told."""
CHUNK = 1_000
PIECE = 1 << 20
WRONG_ENCODING = "\ufdd0"
"""A character that never stands in a text: it marks a row whose bytes are not of the encoding of the others."""
_ROW_DAMAGE = re.compile("[\ufffd\ufdd0\x00-\x08\x0b\x0c\x0e-\x1f]")
_ODD_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*?(?<!/)>(?:(?!</(?:\w+:)?c>).){0,40000}?</(?:\w+:)?c>""", re.DOTALL
)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</|<(?:\w+:)?t[ >]")
_ERROR = re.compile(rb"""<[^>]*\bt=["']e["']""")
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")


class Unfit(Exception):  # noqa: N818  # a verdict about a file, not an error of the program
    """A file that is not read: the hazard, and the values that its words need."""

    def __init__(self, hazard: str, **values: str | int) -> None:
        super().__init__(hazard)
        self.hazard, self.values = hazard, values


def main() -> None:
    """Reads the file from standard input and writes its frames to standard output."""
    _limit()
    out = sys.stdout.buffer
    content = sys.stdin.buffer.read()
    try:
        for frame in frames(content, diagnose=sys.argv[1:] == ["diagnose"]):
            _write(out, frame)
        _write(out, ["done"])
    except Unfit as unfit:
        _write(out, ["refused", unfit.hazard, unfit.values])
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    out.flush()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would be a copy of people's data on disk


def _write(out: Any, frame: list[Any]) -> None:
    out.write(json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode())
    out.write(b"\n")


def frames(content: bytes, *, diagnose: bool = False) -> Iterator[list[Any]]:
    """The frames of a file; with `diagnose`, only why it could not be opened in the room there is. Raises Unfit."""
    kind = kind_of(content)
    if kind == "xlsx":
        archive = _archive(content)
        if diagnose:
            raise _spread(archive)
        yield ["kind", "xlsx", "", _counts_from_1904(archive)]
        yield from _spreadsheet(content, _looks(archive))
    elif kind == "xls":
        yield ["kind", "xls", "", None if b"\x22\x00\x02\x00\x01\x00" in content else False]
        yield from _spreadsheet(content, {})
    else:
        yield from _text(content)


# What kind of file it is


KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "xlsx"),
    (b"PK\x05\x06", "xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x09\x08", "old_xls"),
    (b"\x09\x04\x06\x00", "old_xls"),
)
"""First bytes of files, and what they are; whatever a name says, this decides."""


def kind_of(content: bytes) -> str:
    """xlsx, xls or csv, by the content alone. Raises Unfit for anything else."""
    start = content[:4096].removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        raise Unfit("empty")
    kind = next((kind for mark, kind in KINDS if content.startswith(mark)), "csv")
    if kind not in ("xlsx", "xls", "csv"):
        raise Unfit(kind)
    if kind == "xls":
        _refuse_compound(content)
    if kind == "csv" and (page := start.lower()).startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml", b"mime-version")):
        raise Unfit("xml_spreadsheet" if page.startswith(b"<?xml") else "web_page")
    return kind


def _refuse_compound(content: bytes) -> None:
    """Raises Unfit for the old container (OLE) around anything but a plain .xls: its directory names its parts in UTF-16."""
    inside = {
        "EncryptedPackage": "encrypted",
        "_VBA_PROJECT_CUR": "macros",
        "_VBA_PROJECT": "macros",
        "WordDocument": "document",
        "PowerPoint Document": "document",
    }
    for part, hazard in inside.items():
        if part.encode("utf-16-le") in content:
            raise Unfit(hazard)


# .xlsx before it is opened: the directory of the archive, and its parts at their true size


def _archive(content: bytes) -> zipfile.ZipFile:
    """The archive, once its directory says nothing that no workbook would say. Raises Unfit."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError) as error:
        raise Unfit("damaged") from error
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if len(parts) > MOST_PARTS:
        raise Unfit("bomb_parts", parts=len(parts), most=MOST_PARTS)
    _refuse_other_archives(archive, names)
    if len(names) != len(parts):
        raise Unfit("damaged")
    if (unpacked := sum(part.file_size for part in parts)) > LARGEST_UNPACKED:
        raise Unfit("bomb_size", megabytes=unpacked >> 20, most=LARGEST_UNPACKED >> 20)
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > HIGHEST_RATIO * part.compress_size:
            raise Unfit("bomb_ratio", ratio=part.file_size // max(1, part.compress_size), most=HIGHEST_RATIO)
    return archive


def _refuse_other_archives(archive: zipfile.ZipFile, names: set[str]) -> None:
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise Unfit("encrypted")
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise Unfit("macros")
    if "xl/workbook.bin" in names:
        raise Unfit("xlsb")
    if "content.xml" in names:
        raise Unfit("ods")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise Unfit("document")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Unfit("archive" if not any(name.startswith("xl/") for name in names) else "damaged")
    if b"macroEnabled" in _part(archive, "[Content_Types].xml", 1 << 20):
        raise Unfit("macros")


def _part(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(_named(archive, name)) as part:
            return part.read(most)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise Unfit("damaged") from error


def _named(archive: zipfile.ZipFile, name: str) -> str:
    return next((each for each in archive.namelist() if each.lower() == name.lower()), name)


def _counts_from_1904(archive: zipfile.ZipFile) -> bool:
    """Whether the workbook counts its dates from 1904 on, as old ones from a Macintosh do."""
    return bool(re.search(rb"""date1904\s*=\s*["'](?:1|true)["']""", _part(archive, "xl/workbook.xml", PIECE)))


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part piece by piece, cut between cells. Raises Unfit where its true size is not the declared one, or it is damaged."""
    rest = b""
    try:
        with archive.open(name) as part:
            while piece := part.read(PIECE):
                piece = rest + piece
                cut = max(piece.rfind(b"</c>"), piece.rfind(b":c>"), piece.rfind(b"</row>")) + 1
                cut = cut if cut > 0 and len(piece) - cut < 8 * PIECE else len(piece)
                yield piece[:cut]
                rest = piece[cut:]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise Unfit("damaged") from error
    yield rest


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by the sheet's name, as the workbook's own index says."""
    index, links = _part(archive, "xl/workbook.xml", 4 << 20), _part(archive, "xl/_rels/workbook.xml.rels", 4 << 20)
    targets = {}
    for link in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", links):
        id_, target = _attribute(link, "Id"), _attribute(link, "Target")
        targets[id_] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    parts = {}
    for sheet in re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", index):
        part = _named(archive, targets.get(_attribute(sheet, r"\w+:id"), ""))
        if part in archive.namelist():
            parts[_attribute(sheet, "name")] = part
    return parts


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf"""\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag.decode("utf-8", "replace"))
    return html.unescape(found[1] if found[1] is not None else found[2]) if found else ""


Odd = dict[tuple[int, int], str]


class Look(NamedTuple):
    """What a sheet's part says that its reader does not: cells that would be taken for empty, and how many rows it names."""

    odd: Odd
    rows: int


def _looks(archive: zipfile.ZipFile) -> dict[str, Look]:
    """Per sheet, formulas without a value, as `=…`, and error values, as `#N/A`; and its rows, with the empty ones.

    Going through every part at its true size is also what shows a declared size to be a lie.
    """
    found: dict[str, Look] = {}
    for name, part in _sheet_parts(archive).items():
        odd: Odd = {}
        rows = 0
        for piece in _pieces(archive, part):
            rows += piece.count(b"<row ") + piece.count(b":row ")
            if b"<f" in piece or b":f" in piece or b't="e"' in piece or b"t='e'" in piece:
                odd.update(_odd_in(piece))
            if len(odd) > MOST_ODD_CELLS:
                raise Unfit("never_calculated", most=MOST_ODD_CELLS)
        found[name] = Look(odd, rows)
    for part in archive.namelist():
        if part.lower().startswith("xl/sharedstrings"):
            for _ in _pieces(archive, part):
                pass
    return found


def _odd_in(piece: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in _ODD_CELL.finditer(piece):
        body = cell.group()
        value, formula = _VALUE.search(body), _FORMULA.search(body)
        place = int(cell[2]), column_number(cell[1].decode())
        if _ERROR.match(body):
            yield place, (value[1] or b"").decode("utf-8", "replace")[:40] if value else "#N/A"
        elif formula and (value is None or value[1] == b""):
            yield place, "=" + html.unescape((formula[1] or b"").decode("utf-8", "replace")[:200])


def column_number(letters: str) -> int:
    """A column's number from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _spread(archive: zipfile.ZipFile) -> Unfit:
    """Why a workbook of lawful size did not fit: cells far apart from each other, or simply too many."""
    furthest = (0, 0)
    cells = 0
    for part in _sheet_parts(archive).values():
        for piece in _pieces(archive, part):
            for letters, row in _REFERENCE.findall(piece):
                cells += 1
                furthest = max(furthest[0], int(row)), max(furthest[1], column_number(letters.decode()))
    rows, columns = furthest
    if rows * columns > 20 * max(cells, 1) and rows * columns > 1_000_000:
        return Unfit("spread", rows=rows, columns=columns, cells=cells)
    return Unfit("memory")


# Spreadsheets


def _spreadsheet(content: bytes, looks: dict[str, Look]) -> Iterator[list[Any]]:
    book = _opened(lambda: python_calamine.load_workbook(io.BytesIO(content)))
    total = 0
    for sheet in book.sheets_metadata:
        if sheet.typ in (python_calamine.SheetTypeEnum.MacroSheet, python_calamine.SheetTypeEnum.Vba):
            raise Unfit("macros")
    for at, sheet in enumerate(book.sheets_metadata):
        if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        opened = _opened(lambda at=at: book.get_sheet_by_index(at))  # type: ignore[misc]
        merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in (opened.merged_cell_ranges or [])[:MOST_PARTS]]
        yield ["sheet", sheet.name, sheet.visible != python_calamine.SheetVisibleEnum.Visible, merged]
        look, before = looks.get(sheet.name, Look({}, 0)), total
        for rows in _chunks(_rows(opened, look.odd)):
            total += len(rows)
            _refuse_rows(total)
            yield ["rows", len(rows), rows]
        if (empty := look.rows - (total - before)) >= EMPTY_ROWS:
            yield ["note", "empty_rows", {"sheet": sheet.name, "empty": empty}]


def _opened(open_: Callable[[], Any]) -> Any:
    try:
        return open_()
    except python_calamine.PasswordError as error:
        raise Unfit("encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unfit("encrypted" if "password" in str(error).lower() else "damaged") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader gave up on a file that contradicts itself
            raise Unfit("damaged") from None
        raise


def _rows(sheet: Any, odd: Odd) -> Iterator[list[Any]]:
    """Each row that holds anything as [number, damage, cells from column A on]."""
    left = (sheet.start or (0, 0))[1]
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in odd.items():
        by_row.setdefault(row, {})[column] = text
    pad = [""] * left
    for number, values in enumerate(sheet.iter_rows(), 1):  # from the first row of the sheet, but from the first column that holds anything
        cells = [value if type(value) is str else as_text(value) for value in values]
        cells = pad + cells if pad else cells
        if by_row and number in by_row:
            _put(cells, by_row.pop(number))
        if found := _row(number, cells):
            yield found
    for number, late in sorted(by_row.items()):
        _put(cells := [], late)
        if found := _row(number, cells):
            yield found


def _put(cells: list[str], odd: dict[int, str]) -> None:
    cells += [""] * (max(odd) - len(cells))
    for column, text in odd.items():
        if not cells[column - 1]:
            cells[column - 1] = text


def _row(number: int, cells: list[str], damage: str = "") -> list[Any] | None:
    while cells and (not cells[-1] or cells[-1].isspace()):
        cells.pop()
    if not cells:
        return None
    if len(cells) > MOST_COLUMNS:
        raise Unfit("columns", row=number, columns=len(cells), most=MOST_COLUMNS)
    if max(map(len, cells)) > LONGEST_CELL:
        damage = damage or "long"
        cells = [cell[:LONGEST_CELL] for cell in cells]
    return [number, damage, *cells]


def as_text(value: float | bool | datetime | date | time | timedelta | int | None) -> str:
    """A value of a cell as text: whole numbers without a point, days as 2021-03-05, numbers beyond 15 digits as 5.00112199001011E+17.

    A spreadsheet keeps 15 digits of a number. The form with E says that those after them are gone.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"
        return repr(value) if abs(value) >= 1e-4 else f"{value:.15f}".rstrip("0")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M:%S")
    return "" if value is None else str(value)


def _chunks(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _refuse_rows(total: int) -> None:
    if total > MOST_ROWS:
        raise Unfit("rows", most=MOST_ROWS)


# Text


def _text(content: bytes) -> Iterator[list[Any]]:
    text, encoding = decoded(content)
    separator = _separator(text)
    mixed = WRONG_ENCODING in text
    yield ["kind", "csv", encoding, False]
    if mixed:
        yield ["note", "mixed", {"rows": sum(WRONG_ENCODING in line for line in text.split("\n"))}]
    yield ["sheet", "", False, []]
    total = 0
    for rows in _chunks(_lines(text, separator)):
        total += len(rows)
        _refuse_rows(total)
        yield ["rows", len(rows), rows]


def _lines(text: str, separator: str) -> Iterator[list[Any]]:
    for number, cells, broken in sheets.records(text, separator):
        damage = "quotation" if broken else ""
        found = set(_ROW_DAMAGE.findall(separator.join(cells)))
        if found:
            damage = "encoding" if WRONG_ENCODING in found else "bytes"
            cells = [cell.replace(WRONG_ENCODING, "") for cell in cells]
        if row := _row(number, cells, damage):
            yield row


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding. A line of another encoding is read in that one and marked."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), "UTF-16"
    if b"\0" in content[:4096]:
        half = content[:4096]
        raise Unfit("utf16_unmarked" if max(half[::2].count(0), half[1::2].count(0)) > len(half) // 8 else "binary")
    text, encoding = sheets.decode(content)
    lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
    if encoding == "GB18030":
        strangers = any(_chinese_in_utf8(line) for line in lines)
        return ("\n".join(map(_line_among_gb18030, lines)) if strangers else text), encoding
    return ("\n".join(map(_line_among_utf8, lines)) if "\ufffd" in text else text), encoding


def _line_among_utf8(line: bytes) -> str:
    """A line of a UTF-8 file; where its bytes fit GB18030 instead, read so and marked. One byte gone wrong is no other encoding."""
    damaged = line.decode("utf-8", "replace")
    if "\ufffd" not in damaged or (damaged.count("\ufffd") == 1 and len(line) > 8):
        return damaged
    try:
        return _marked(line.decode("gb18030"))
    except UnicodeDecodeError:
        return damaged


def _line_among_gb18030(line: bytes) -> str:
    """A line of a GB18030 file; where it is Chinese in UTF-8, which GB18030 would take for other Chinese, read so and marked."""
    return _marked(line.decode("utf-8")) if _chinese_in_utf8(line) else line.decode("gb18030", "replace")


def _chinese_in_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 and mostly Chinese beyond ASCII: text in GB18030 that is UTF-8 by chance reads as other scripts."""
    if line.isascii():
        return False
    try:
        beyond = [letter for letter in line.decode("utf-8") if not letter.isascii()]
    except UnicodeDecodeError:
        return False
    return 3 * sum("\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef" for letter in beyond) >= 2 * len(beyond)


def _marked(text: str) -> str:
    at = next(place for place, letter in enumerate(text) if not letter.isascii())
    return text[:at] + WRONG_ENCODING + text[at:]


def _separator(text: str) -> str:
    """The mark between cells: the one that stands most often in the first lines."""
    start = "\n".join(text.split("\n", 30)[:30])
    return max(sheets.SEPARATORS, key=lambda mark: (start.count(mark), mark == ","))


if __name__ == "__main__":
    main()
