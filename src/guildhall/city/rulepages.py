"""The rulebook as Markdown pages in both languages: one for each rule, each condition beside its source, and a page that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guildhall.city.model import City
from guildhall.city.ruletext import Clause, Paper, RuleText, Setting, exclusions
from guildhall.city.wording import Codes
from guildhall.kernel.tables import Text
from guildhall.rules import Rule

INDEX = "README.md"
CHANNELS: Mapping[str, Text] = {
    "claim": Text("在此申领", "claimed here"),
    "automatic": Text("免申即享", "paid here without asking"),
    "tax": Text("向税务机关申报", "declared to the tax authority"),
    "bank": Text("经银行和财政部门办理", "by way of the bank and the finance bureau"),
    "attestation": Text("只出具证明", "only attested"),
}
AMOUNT = {"value": Text("金额", "the amount"), "cap": Text("上限", "at most")}


def pages(city: City, books: Mapping[str, Mapping[str, Rule]], codes: Codes, *, note: str = "") -> dict[str, str]:
    """Each page by the name of its file. `note` stands below every title, `codes` has the words of closed lists by input.

    No day is chosen: every version of a figure is shown.
    """
    rules = {name: rule for book in books.values() for name, rule in book.items()}
    texts = {name: RuleText(rule, city, None, codes) for name, rule in rules.items()}
    found = {INDEX: _index(city, books, texts, note)}
    return found | {f"{name}.md": _page(text, rules, note) for name, text in texts.items()}


def _index(city: City, books: Mapping[str, Mapping[str, Rule]], texts: Mapping[str, RuleText], note: str) -> str:
    lines = [f"# 规则汇编 · Rulebook of {city.name.en} ({city.name.zh})", "", note, ""]
    lines += ["Each rule names its conditions; each condition stands beside the figures it rests on, with document, days and evidence.", ""]
    for domain, book in books.items():
        lines += [f"## {domain}", "", "| 名称 | instrument | facts | channel | compared with its sources |", "|---|---|---|---|---|"]
        for name, rule in book.items():
            instrument = texts[name].instrument
            checked = str(instrument.checked_on) if instrument else "no file"
            lines.append(_row(rule.title.zh, f"[{rule.title.en}]({name}.md)", f"`{rule.facts}`", CHANNELS[rule.channel].en, checked))
        lines.append("")
    return _joined(lines)


def _page(text: RuleText, rules: Mapping[str, Rule], note: str) -> str:
    rule = text.rule
    lines = [f"# {rule.title.zh} · {rule.title.en}", "", note, ""]
    about = [
        f"`{rule.name}`, one decision for each row of `{rule.facts}`. {CHANNELS[rule.channel].zh} · {CHANNELS[rule.channel].en}.",
        f"{text.gives.zh} · {text.gives.en}.",
        f"作准的日期：{text.governed_by.zh} · governed by the {text.governed_by.en} (`{rule.governed_by}`).",
    ]
    lines += [" ".join(about), "", "## 条件 · Conditions", "", "All of these must hold.", ""]
    lines += [
        "| | 条件 | condition | word for word | asked about the case | figures |",
        "|---|---|---|---|---|---|",
        *(_condition(number, clause) for number, clause in enumerate(text.clauses, start=1)),
        "",
    ]
    lines += _amounts(text)
    others = [f"[{title.zh} · {title.en}]({name}.md)" for name, title in exclusions(rule, rules).items()]
    if others:
        lines += [f"不与下列同享 · not beside: {'; '.join(others)}.", ""]
    lines += ["## 参数 · Figures", ""]
    for setting in text.settings.values():
        lines += _setting(text, setting)
    lines += ["## 文件 · Documents", "", " · ".join(rule.basis), "", *_documents(text)]
    return _joined(lines)


def _condition(number: int, clause: Clause) -> str:
    reading = "" if clause.reading == clause.sentence else clause.reading.en
    return _row(str(number), clause.sentence.zh, f"{clause.sentence.en} (`{clause.name}`)", reading, _asked(clause), _linked(clause))


def _amounts(text: RuleText) -> list[str]:
    parts = [part for part in (text.amount, text.cap) if part is not None]
    rows = [
        _row(AMOUNT[part.name].zh, AMOUNT[part.name].en, part.reading.zh, part.reading.en, _asked(part), _linked(part)) for part in parts
    ]
    return ["| | | 算法 | how | asked about the case | figures |", "|---|---|---|---|---|---|", *rows, ""] if rows else []


def _asked(clause: Clause) -> str:
    return "<br>".join(f"{asked.title.en} (`{asked.name}`, {asked.origin.en})" for asked in clause.asked)


def _linked(clause: Clause) -> str:
    return "<br>".join(f"[{setting.title.en}](#{setting.name})" for setting in clause.settings)


def _setting(text: RuleText, setting: Setting) -> list[str]:
    lines = [f'### <a id="{setting.name}"></a>{setting.title.zh} · {setting.title.en}', ""]
    if setting.dated_by != text.governed_by:
        lines += [f"按另一日期取数：{setting.dated_by.zh} · read on another day: {setting.dated_by.en}.", ""]
    if not setting.papers:
        return [*lines, "未找到依据 · Nothing found.", ""]
    head = ["days", "数值", "value", "of", "document", "evidence", "note"]
    return [*lines, _row(*head), "|---" * len(head) + "|", *(_paper(paper) for paper in setting.papers), ""]


def _paper(paper: Paper) -> str:
    entry = paper.entry
    document = " ".join(part for part in (entry.version.document, entry.version.article) if part)
    raised = f"above the national cap by {entry.version.uplift}" if entry.version.uplift else ""
    return _row(
        paper.days.en,
        "<br>".join(value.zh for value in paper.values) or f"未找到：{entry.missing.zh}",
        "<br>".join(value.en for value in paper.values) or f"nothing found: {entry.missing.en}",
        paper.whose.en,
        document,
        entry.version.status if paper.is_found else "",
        "; ".join(part for part in (entry.note.en, raised) if part),
    )


def _documents(text: RuleText) -> Iterable[str]:
    for document in text.instrument.documents.values() if text.instrument else ():
        parts = [document.number, document.title.zh, document.title.en, document.issuer.en, str(document.published or ""), document.address]
        yield f"- {' · '.join(part for part in (*parts, document.note.en) if part)}"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _joined(lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.rstrip() + "\n"
