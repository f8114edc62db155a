"""Workbooks no honest program writes, and honest ones in every format: bytes for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

SHEET = "xl/worksheets/sheet1.xml"
Rows = Sequence[Sequence[Any]]
ROWS: Rows = (("姓名", "身份证号"), ("张三", "990101199001011234"))


def xlsx(*sheets: Rows) -> bytes:
    """A workbook of plain cells; text is written as text, whatever it begins with."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    for rows in sheets or (ROWS,):
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell not in (None, ""):
                    sheet.write(at, column, cell)
    book.close()
    return content.getvalue()


def xls(rows: Rows = ROWS, **options: Any) -> bytes:
    """A workbook of the kind before 2007."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("甲")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    for name, value in options.items():
        setattr(book, name, value)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, **parts: bytes | None) -> bytes:
    """An archive with parts put in place of others, added, or (None) taken out; `__` stands for a slash, `_dot_` for a point."""
    changes = {name.replace("__", "/").replace("_dot_", "."): value for name, value in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, value in changes.items():
            if value is not None:
                target.writestr(name, value)
    return out.getvalue()


def with_rows(content: bytes, rows: bytes) -> bytes:
    """A workbook whose first sheet goes on with raw XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        before, after = source.read(SHEET).split(b"</sheetData>")
    return repacked(content, xl__worksheets__sheet1_dot_xml=before + rows + b"</sheetData>" + after)


def bomb(megabytes: int) -> bytes:
    """A workbook whose sheet unpacks to that much, and packed has a thousandth of it."""
    source = zipfile.ZipFile(io.BytesIO(xlsx()))
    before, after = source.read(SHEET).split(b"</sheetData>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != SHEET:
                target.writestr(name, source.read(name))
        with target.open(SHEET, "w", force_zip64=True) as part:
            part.write(before)
            blank = b" " * (1 << 20)
            for _ in range(megabytes):
                part.write(blank)
            part.write(b"</sheetData>" + after)
    return out.getvalue()


def lying(content: bytes, declared: int = 100) -> bytes:
    """The archive with the declared size of its first sheet, in the directory and before the part, set to something else."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.getinfo(SHEET)
    changed = bytearray(content)
    changed[part.header_offset + 22 : part.header_offset + 26] = declared.to_bytes(4, "little")
    at = content.rfind(SHEET.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    changed[at + 24 : at + 28] = declared.to_bytes(4, "little")
    return bytes(changed)


def encrypted(content: bytes) -> bytes:
    """A workbook under a password."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("secret", out)
    return out.getvalue()


def as_openpyxl_reads(content: bytes) -> list[list[Any]]:
    """The values of the first sheet by another reader, row by row."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    rows: Iterable[tuple[Any, ...]] = book.worksheets[0].iter_rows(values_only=True)
    return [list(row) for row in rows]
