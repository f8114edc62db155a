"""The page on what a changed figure would do: one benefit, one figure, a slider; winners and losers, cost before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guildhall.city.ruletext import RuleText
from guildhall.city.wording import under
from guildhall.incentives.engine.policy.changes import Change, Figure
from guildhall.incentives.pages.policy import BY_WORDS, KIND_WORDS, interval, kind_of, money, not_worked_out, nothing_yet
from guildhall.incentives.queries import policy as queries
from guildhall.incentives.queries import what_if as asking
from guildhall.incentives.queries.what_if import Side, Turn, WhatIf
from guildhall.incentives.tables.policy import DIMENSIONS
from guildhall.kernel.disclosure import THRESHOLD, Withheld
from guildhall.kernel.tables import Text
from guildhall.rules.rulebook import Rule
from guildhall.rules.sentences import said as value_said
from guildhall.web import numbers
from guildhall.web.dates import asked_day
from guildhall.web.doors import for_roles
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text
from guildhall.web.viewer import viewer_of

STEPS = 20
"""About so many stops of the slider between nothing and the value in force."""
SHARES = 1000
LONGEST_SAID = 30
"""Characters of what was asked that are said back."""
"""A share stands on the slider in thousandths."""


@dataclass(frozen=True)
class Choice:
    """A figure in the list: its number there, its words, and the value in force."""

    number: int
    figure: Figure
    words: str
    now: str


@dataclass(frozen=True)
class Slider:
    """The range of a figure in whole steps, where it stands, and how a stop is written: divided, with a word behind."""

    low: int
    high: int
    step: int
    at: int
    divide: int
    unit: str


@for_roles(*queries.READERS)
def policy_whatif(request: HttpRequest, rule: str) -> HttpResponse:
    """Who would win and who would lose if one figure were another?"""
    viewer = viewer_of(request)
    found = queries.policies(viewer)
    if not found:
        return nothing_yet(request)
    asked = asked_day(request, found[0].on)
    run = next((one for one in found if one.on == asked), found[0])
    decided = queries.rule_of(run, rule)
    choices = _choices(decided, run)
    by = request.GET.get("by", "") if request.GET.get("by") in DIMENSIONS else DIMENSIONS[0]
    context: dict[str, Any] = {
        "rule": rule,
        "name": text(decided.title),
        "on": run.on,
        "by": by,
        "choices": choices,
        "threshold": THRESHOLD,
        "wrong": not_worked_out(request, found),
    }
    if request.GET.get("by", by) != by:
        context["wrong"].append(_("“%(by)s” is nothing that people are grouped by.") % {"by": request.GET["by"][:LONGEST_SAID]})
    if choices:
        chosen = choices[_whole(request.GET.get("figure"), 0, len(choices) - 1)]
        is_its_own = request.GET.get("of", str(chosen.number)) == str(chosen.number)
        slider = _slider(chosen.figure, request.GET.get("value") if is_its_own else None)
        value = _value(chosen.figure, slider.at)
        change = Change(rule, chosen.figure.parameter.name, chosen.figure.key, value)
        context |= {
            "chosen": chosen,
            "slider": slider,
            "value": _said(chosen.figure, value),
            "changed": value != chosen.figure.value,
            "kind": KIND_WORDS[kind_of(decided)],
            "dimensions": [(name, BY_WORDS[name]) for name in DIMENSIONS],
            "wrong": context["wrong"] + _wrong(request, chosen, slider, is_its_own),
            **_answer(asking.what_if(viewer, run, change, by), by),
        }
    context["title"] = _title(context)
    return render(request, "incentives/policy_whatif.html", context)


def _wrong(request: HttpRequest, chosen: Choice, slider: Slider, is_its_own: bool) -> list[str]:
    """What to say of a figure or a value that was asked for and is none: the one shown stands in its place."""
    figure, value = request.GET.get("figure", ""), request.GET.get("value", "")
    found = []
    if figure and figure.strip() != str(chosen.number):
        found.append(
            _("“%(figure)s” is no figure of this benefit; shown is “%(words)s”.") % {"figure": figure[:LONGEST_SAID], "words": chosen.words}
        )
    if is_its_own and value and value.strip() != str(slider.at):
        shown = _said(chosen.figure, _value(chosen.figure, slider.at))
        found.append(
            _("“%(value)s” is no value that can be asked about; shown is %(shown)s.") % {"value": value[:LONGEST_SAID], "shown": shown}
        )
    return found


def _title(context: dict[str, Any]) -> str:
    if not context.get("changed"):
        return _("%(benefit)s: what if a figure were another?") % {"benefit": context["name"]}
    total: Turn = context["total"]
    said = {"figure": context["chosen"].words, "value": context["value"]}
    said |= {"winners": numbers.grouped(total.winners), "losers": numbers.grouped(total.losers)}
    return _("“%(figure)s” at %(value)s: %(winners)s would win, %(losers)s would lose") % said


def _choices(rule: Rule, run: queries.Policy) -> list[Choice]:
    words = RuleText(rule, city(), run.on)
    found = []
    for number, figure in enumerate(asking.changeable(rule, run.on)):
        title = text(words.named(figure.parameter.name))
        if figure.key:
            title = f"{title} · {text(under(city(), figure.parameter.keys, figure.key))}"
        found.append(Choice(number, figure, title, _said(figure, figure.value)))
    return found


def _said(figure: Figure, value: Any) -> str:
    unit = figure.parameter.unit
    return text(Text(value_said(value, unit, "zh"), value_said(value, unit, "en")))


def _slider(figure: Figure, asked: str | None) -> Slider:
    """From nothing to twice the value in force, in round steps, so that the value itself is a stop."""
    now = figure.value
    if isinstance(now, Fraction):
        scale = _scale(now)
        at = int(now * scale)
        high = max(min(2 * at, scale), at, scale // 10)
        return Slider(0, high, 5 if at % 5 == 0 else 1, _whole(asked, 0, 10 * scale, at), scale // 100, "%")
    at = int(now or 0)
    step = _step(at)
    high = max(2 * at, step * 10)
    fen = figure.parameter.unit == "fen"
    unit = value_said(1, figure.parameter.unit, "zh").replace("1", "").strip() if not fen else ""
    return Slider(0, high, step, _whole(asked, 0, 100 * max(high, 1), at), 100 if fen else 1, _("yuan") if fen else _unit(figure, unit))


def _scale(value: Fraction) -> int:
    """Into how many parts one is cut, so that a share in force is a whole number of them."""
    return lcm(SHARES, value.denominator)


def _unit(figure: Figure, chinese: str) -> str:
    english = value_said(2, figure.parameter.unit, "en").replace("2", "").strip()
    return text(Text(chinese, english))


def _step(value: int) -> int:
    """The largest of 1, 2, 5, 10, 20 … that divides the value and is no more than a twentieth of it; 1 for small ones."""
    best = power = 1
    while power * STEPS <= value:
        for factor in (1, 2, 5):
            if power * factor * STEPS <= value and value % (power * factor) == 0:
                best = power * factor
        power *= 10
    return best


def _whole(asked: str | None, low: int, high: int, default: int = 0) -> int:
    """A whole number of an address, within limits; anything else is the default."""
    plain = (asked or "").strip()
    return min(max(int(plain), low), high) if plain.isdigit() and len(plain) < 16 else default


def _value(figure: Figure, at: int) -> int | Fraction:
    return Fraction(at, _scale(figure.value)) if isinstance(figure.value, Fraction) else at


def _answer(found: WhatIf, by: str) -> dict[str, Any]:
    parts = queries.in_order(by, [part for part in found.parts if part.winners or part.losers or part.before or part.after])
    return {
        "total": found.total,
        "before": _side(found.before),
        "after": _side(found.after),
        "more": _more(found.total),
        "rows": [_row(by, part) for part in parts],
        "part_head": BY_WORDS[by],
    }


def _side(side: Side) -> dict[str, str]:
    return {
        "entitled": numbers.grouped(side.entitled),
        "cost": interval(side.low, side.high, side.unpriced),
        "undetermined": numbers.grouped(side.undetermined),
        "unpriced": numbers.grouped(side.unpriced),
    }


def _more(turn: Turn) -> str:
    """How much more it costs, or how much less."""
    low, high = turn.low_before, turn.low_after
    if not isinstance(low, int) or not isinstance(high, int):
        return numbers.HIDDEN
    sign = "+" if high > low else "−" if high < low else "±"
    return f"{sign}{money(abs(high - low))}"


def _row(by: str, part: Turn) -> Sequence[str]:
    counts = [numbers.grouped(count) for count in (part.before, part.after, part.winners, part.losers)]
    more = numbers.HIDDEN if isinstance(part.low_after, Withheld) else _more(part)
    return (text(queries.named(by, part.part)), *counts, money(part.low_before), money(part.low_after), more)
