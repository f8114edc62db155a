"""The translations without a gettext program: collect the texts of code and templates, compile them, find what is missing."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = PACKAGE / "web" / "locale"
CALLS = {
    **dict.fromkeys(("_", "n_", "gettext", "gettext_lazy", "gettext_noop"), "single"),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), "plural"),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), "context"),
}
LITERAL = re.compile(r"""\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?""", re.DOTALL)
IN_TEMPLATE = re.compile(r"\b(gettext|ngettext|pgettext)\(")
HOLE = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True)
class Message:
    """One text to translate: its context (or none), the text, and its plural (or none)."""

    context: str | None
    text: str
    plural: str | None
    where: str

    @property
    def key(self) -> tuple[str, str]:
        return self.context or "", self.text


def compile() -> list[Path]:  # noqa: A001 — the command is called that
    """The catalogues compiled beside their sources; readers see the old or the new one, never a part."""
    made = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(target)
        made.append(target)
    return made


def extract() -> str:
    """Brings every catalogue up to date with code and templates; says how many texts were added and dropped."""
    found = {message.key: message for message in messages()}
    report = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path), wrapwidth=140)
        held = {_key(entry): entry for entry in catalogue}
        for key in held.keys() - found.keys():
            catalogue.remove(held[key])
        for key in sorted(found.keys() - held.keys()):
            catalogue.append(_entry(found[key]))
        for entry in catalogue:
            entry.occurrences = [(found[_key(entry)].where, "")]
        catalogue.sort(key=lambda entry: (entry.occurrences[0][0], entry.msgid))
        catalogue.save(str(path))
        report.append(f"{path.parent.parent.name}: {len(found.keys() - held.keys())} added, {len(held.keys() - found.keys())} dropped")
    return "\n".join(report)


def check() -> list[str]:
    """One line per text that is missing, left over, not translated, marked fuzzy, or that lost a value on the way."""
    found = {message.key: message for message in messages()}
    faults = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        name = path.parent.parent.name
        held = {_key(entry): entry for entry in polib.pofile(str(path))}
        faults += [
            f"{name}: “{found[key].text}” ({found[key].where}) is missing; run `guildhall messages extract`"
            for key in sorted(found.keys() - held.keys())
        ]
        faults += [f"{name}: “{key[1]}” is used nowhere; run `guildhall messages extract`" for key in sorted(held.keys() - found.keys())]
        faults += [f"{name}: “{entry.msgid}” {fault}" for entry in held.values() if (fault := _fault(entry))]
    return faults


def _fault(entry: polib.POEntry) -> str:
    said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        return "is marked fuzzy"
    if not said or not all(said):
        return "is not translated"
    asked = set(HOLE.findall(entry.msgid_plural or entry.msgid))
    if any(set(HOLE.findall(text)) - asked for text in said) or set(HOLE.findall(said[-1])) != asked:
        return f"does not carry the values {sorted(asked)}"
    return ""


def messages() -> Iterator[Message]:
    """Every text that code and templates give to be translated."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from _of_code(path)
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        yield from _of_template(path)


def _of_code(path: Path) -> Iterator[Message]:
    where = path.relative_to(PACKAGE).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if words:
                yield _message(CALLS[node.func.id], words, where)


def _of_template(path: Path) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    where = path.relative_to(PACKAGE).as_posix()
    source = templatize(path.read_text(encoding="utf-8"), origin=where)
    kinds = {"gettext": "single", "ngettext": "plural", "pgettext": "context"}
    for call in IN_TEMPLATE.finditer(source):
        words, at = [], call.end()
        while literal := LITERAL.match(source, at):
            words.append(str(ast.literal_eval(literal[1])))
            at = literal.end()
        if words:
            yield _message(kinds[call[1]], words, where)


def _message(kind: str, words: list[str], where: str) -> Message:
    if kind == "plural":
        return Message(None, words[0], words[1], where)
    if kind == "context":
        return Message(words[0], words[1], None, where)
    return Message(None, words[0], None, where)


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _entry(message: Message) -> polib.POEntry:
    flags = ["python-format"] if HOLE.search(message.plural or message.text) else []
    if message.plural:
        return polib.POEntry(msgid=message.text, msgid_plural=message.plural, msgstr_plural={0: ""}, flags=flags)
    return polib.POEntry(msgctxt=message.context, msgid=message.text, msgstr="", flags=flags)
