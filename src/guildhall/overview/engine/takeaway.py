"""All that is held about a person as files to take along: one page to read in each language, one table of each kind, and all as JSON.

The page carries its own style and asks nothing of anybody; the tables open in any spreadsheet; the JSON is for programs.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from guildhall.kernel.holdings import Heading, Held, Value
from guildhall.kernel.tables import Text
from guildhall.office.engine.details import told

HERE = ZoneInfo("Asia/Shanghai")
TITLE = Text("本市登记的您的全部信息", "All that the city holds about you")
LEAD = Text(
    "以下是 {moment} 时本市登记的与您有关的全部内容，号码为完整号码，请妥善保管。带下划虚线的词是代码的含义。",
    "This is all the city held about you at {moment}, with numbers in full: keep it safe. Words stand for the codes in the tables.",
)
NOTHING = Text("没有登记", "nothing is held")
WHY, KEPT = Text("为什么保存", "Why it is held"), Text("保存多久", "How long it is kept")
ROWS = Text("条", "rows")
YES, NO = Text("是", "yes"), Text("否", "no")
STYLE = (
    "body{font:15px/1.55 system-ui,'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif;color:#1c2430;max-width:72em;margin:2em auto;"
    "padding:0 1em}h1{font-size:26px}h2{font-size:18px;margin:2em 0 .3em}p{margin:.2em 0 .6em;color:#5c6672}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ddd8cc;padding:5px 8px;text-align:left;vertical-align:top}"
    "th{color:#5c6672;font-weight:560;font-size:13px}abbr{text-decoration:underline dotted}"
)
PAGES = (("zh-Hans", "全部信息.html"), ("en", "all-about-me.html"))


def packed(tables: Sequence[Held], *, moment: datetime, kept: Mapping[str, Text], papers: Mapping[str, bytes]) -> bytes:
    """A ZIP of the tables as pages, CSV and JSON, with the papers beside them; `kept` says by rule how long rows are kept."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for language, name in PAGES:
            _put(files, name, page(tables, language, moment, kept), moment)
        for table in tables:
            _put(files, f"tables/{table.table}.csv", sheet(table), moment)
        _put(files, "held.json", document(tables, moment, kept), moment)
        for name, content in papers.items():
            _put(files, f"papers/{name}", content, moment)
    return out.getvalue()


def _put(files: zipfile.ZipFile, name: str, content: str | bytes, moment: datetime) -> None:
    info = zipfile.ZipInfo(name, moment.astimezone(HERE).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    files.writestr(info, content)


# to read


def page(tables: Sequence[Held], language: str, moment: datetime, kept: Mapping[str, Text]) -> str:
    """A page that stands by itself: every table with its words, why it is held and for how long."""
    said = escape(LEAD.in_(language).format(moment=f"{moment.astimezone(HERE):%Y-%m-%d %H:%M}"))
    title = escape(TITLE.in_(language))
    body = "".join(_section(table, language, kept) for table in tables)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style><h1>{title}</h1><p>{said}</p>{body}</html>"
    )


def _section(table: Held, language: str, kept: Mapping[str, Text]) -> str:
    why = f"<p>{escape(WHY.in_(language))}: {escape(table.why.in_(language))}"
    if table.rule in kept:
        why += f"<br>{escape(KEPT.in_(language))}: {escape(kept[table.rule].in_(language))}"
    head = f"<h2>{escape(table.title.in_(language))} <small>({len(table.rows)} {escape(ROWS.in_(language))})</small></h2>{why}</p>"
    if not table.rows:
        return f"{head}<p>{escape(NOTHING.in_(language))}</p>"
    names = "".join(f"<th>{escape(heading.title.in_(language))}" for heading in table.columns)
    rows = "".join("<tr>" + "".join(f"<td>{cell}" for cell in _cells(table, row, language)) for row in table.rows)
    return f"{head}<table><thead><tr>{names}</thead><tbody>{rows}</tbody></table>"


def _cells(table: Held, row: Sequence[Value], language: str) -> Iterator[str]:
    for heading, value in zip(table.columns, row, strict=True):
        words = escape(shown(heading, value, language))
        code = str(value) if str(value) in heading.words else ""
        yield f'<abbr title="{escape(code)}">{words}</abbr>' if code else words


def shown(heading: Heading, value: Value, language: str) -> str:
    """A value as a person reads it: words for codes, local time, nothing for nothing."""
    if value is None:
        return ""
    if str(value) in heading.words:
        return heading.words[str(value)].in_(language)
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, bool):
        return (YES if value else NO).in_(language)
    if isinstance(value, datetime):
        return f"{value.astimezone(HERE):%Y-%m-%d %H:%M}"
    if isinstance(value, Mapping):
        return told(value).in_(language)
    return str(value)


# for programs


def document(tables: Sequence[Held], moment: datetime, kept: Mapping[str, Text]) -> str:
    """Everything as JSON: per table its columns with their words, and its rows."""
    told = {"made_at": moment.isoformat(), "tables": [_table(table, kept) for table in tables]}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _table(table: Held, kept: Mapping[str, Text]) -> dict[str, object]:
    columns = [
        {"name": h.name, "title": _both(h.title), "words": {code: _both(word) for code, word in h.words.items()}} for h in table.columns
    ]
    names = [heading.name for heading in table.columns]
    rows = [dict(zip(names, map(plain, row), strict=True)) for row in table.rows]
    about = {"name": table.table, "title": _both(table.title), "why": _both(table.why)}
    kept_for = {"kept": _both(kept[table.rule])} if table.rule in kept else {}
    return {**about, **kept_for, "columns": columns, "rows": rows}


def plain(value: Value) -> object:
    """A value as JSON holds it: dates in ISO 8601, words in both languages."""
    if isinstance(value, Text):
        return _both(value)
    if isinstance(value, date):  # moments too
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def sheet(table: Held) -> str:
    """One table as CSV with a byte order mark, so that spreadsheets read Chinese; codes, and their words beside them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for heading in table.columns for name in _names(table, heading)])
    for row in table.rows:
        writer.writerow([cell for heading, value in zip(table.columns, row, strict=True) for cell in _spread(table, heading, value)])
    return "\ufeff" + out.getvalue()


def _names(table: Held, heading: Heading) -> tuple[str, ...]:
    if heading.words:
        return heading.name, f"{heading.name}_zh", f"{heading.name}_en"
    return (f"{heading.name}_zh", f"{heading.name}_en") if _in_words(table, heading) else (heading.name,)


def _spread(table: Held, heading: Heading, value: Value) -> tuple[str, ...]:
    if heading.words:
        return _cell(value), _cell(shown(heading, value, "zh")), _cell(shown(heading, value, "en"))
    if _in_words(table, heading):
        return _cell(shown(heading, value, "zh")), _cell(shown(heading, value, "en"))
    return (_cell(value),)


def _in_words(table: Held, heading: Heading) -> bool:
    """Whether the column holds words in both languages."""
    at = table.columns.index(heading)
    return any(isinstance(row[at], Text) for row in table.rows)


def _cell(value: Value) -> str:
    """A cell that no spreadsheet takes for a formula."""
    found = plain(value)
    text = "" if found is None else json.dumps(found, ensure_ascii=False) if isinstance(found, dict) else str(found)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
