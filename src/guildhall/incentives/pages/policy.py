"""Pages of planners: what policy costs and who gets it, one benefit by group, and what a changed figure would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guildhall.city.ruletext import RuleText
from guildhall.incentives.engine.subjects import BY_TABLE
from guildhall.incentives.queries import policy as queries
from guildhall.incentives.queries.policy import Outcome, Policy, Shown
from guildhall.incentives.tables.policy import DIMENSIONS
from guildhall.kernel.disclosure import THRESHOLD, Withheld
from guildhall.rules.rulebook import Rule
from guildhall.web import charts, numbers
from guildhall.web.dates import asked_day
from guildhall.web.doors import for_roles
from guildhall.web.pack import city
from guildhall.web.templatetags.guildhall import text, yuan
from guildhall.web.viewer import viewer_of

FIRST = 8
"""Parts that are shown at once; the others stand in a fold."""
KINDS = ("paid", "tax", "deducted")
KIND_WORDS: Mapping[str, Any] = {
    "paid": gettext_lazy("Paid to people and employers"),
    "tax": gettext_lazy("Taken off taxes: nothing is paid, and the tax is not collected"),
    "deducted": gettext_lazy("Deducted from taxable income: not money, and not a cost of this sum"),
}
BY_WORDS: Mapping[str, Any] = {
    "district": gettext_lazy("By district or county"),
    "cluster": gettext_lazy("By industry cluster"),
    "age": gettext_lazy("By age"),
    "level": gettext_lazy("By level"),
    "month": gettext_lazy("By month of the day that decides"),
}
CASES: Mapping[str, Any] = {
    "certificate": gettext_lazy("cases (certificates)"),
    "spell": gettext_lazy("cases (hires)"),
    "year": gettext_lazy("cases (employer years)"),
    "business": gettext_lazy("cases (businesses)"),
}


@dataclass(frozen=True)
class Side:
    """A benefit on one day, in words."""

    outcome: Outcome
    people: str
    cost: str
    undetermined: str


@dataclass(frozen=True)
class Line:
    """A benefit in the list, on each of the days."""

    name: str
    title: str
    channel: str
    sides: tuple[Side | None, ...]
    moved: bool


@dataclass(frozen=True)
class Drawn:
    """A dimension as bars, the first and the rest, and as a table."""

    by: str
    title: str
    bars: SafeString
    rest: SafeString
    rows: tuple[tuple[str, ...], ...]


@for_roles(*queries.READERS)
def policy(request: HttpRequest) -> HttpResponse:
    """What does policy cost, and who gets it?"""
    viewer = viewer_of(request)
    found = queries.policies(viewer)
    if not found:
        return nothing_yet(request)
    shown = _chosen(request, found)
    lines = [_line(name, shown) for name in shown[0].names]
    groups = [(KIND_WORDS[kind], [line for line, of in lines if of == kind]) for kind in KINDS]
    context = {
        "title": _title(shown[0]),
        "days": [one.on for one in found],
        "on": shown[0].on,
        "against": shown[1].on if len(shown) > 1 else None,
        "heads": [one.on for one in shown],
        "groups": [(words, held) for words, held in groups if held],
        "threshold": THRESHOLD,
        "wrong": not_worked_out(request, found),
        "moved": any(line.moved for line, _of in lines),
    }
    return render(request, "incentives/policy.html", context)


def nothing_yet(request: HttpRequest) -> HttpResponse:
    """What stands where nothing has been worked out."""
    return render(request, "incentives/policy.html", {"title": _("What does policy cost, and who gets it?"), "days": []})


def _chosen(request: HttpRequest, found: Sequence[Policy]) -> list[Policy]:
    """The day asked for, the newest without one, and beside it the one it is compared with."""
    days = {one.on: one for one in found}
    first = days.get(asked_day(request, found[0].on), found[0])
    other = days.get(asked_day(request, first.on, "against")) if request.GET.get("against") else None
    return [first] if other in (None, first) else [first, other]


def not_worked_out(request: HttpRequest, found: Sequence[Policy]) -> list[str]:
    """What to say of days that were asked for and never worked out: another one is shown in their place."""
    days = {one.on for one in found}
    asked = [asked_day(request, found[0].on, name) for name in ("on", "against")]
    words = _("Nothing was worked out for %(day)s; choose one of the days in the list. Shown is what was.")
    return [words % {"day": day} for day in dict.fromkeys(asked) if day not in days]


def _title(found: Policy) -> str:
    return _("On %(on)s benefits to be paid come to at least %(sum)s") % {"on": found.on, "sum": money(at_least(found))}


def at_least(found: Policy) -> int:
    """What benefits to be paid come to at the least, cut down to two figures, so that it gives away nothing that is hidden.

    Of those that bar each other, or are paid once for a person, one case of each person counts; those with a hidden sum are left out.
    """
    paid = {name: found.total(name).low for name in found.names if kind_of(queries.rule_of(found, name)) == "paid"}
    shown = {name: low for name, low in paid.items() if isinstance(low, int)}
    floors = {names: low for names, low in found.floors.items() if any(name in paid for name in names)}
    alone = sum(low for name, low in shown.items() if not any(name in names for names in floors))
    known = alone + sum(low for names, low in floors.items() if all(name in shown for name in names))
    step = int("1" + "0" * max(len(str(known)) - 2, 0))
    return known // step * step


def _line(name: str, shown: Sequence[Policy]) -> tuple[Line, str]:
    rule = queries.rule_of(shown[0], name)
    sides = tuple(_side(one.total(name)) if name in one.names else None for one in shown)
    return Line(name, text(rule.title), rule.channel, sides, shown[0].is_moved(name)), kind_of(rule)


def _side(outcome: Outcome) -> Side:
    people = numbers.grouped(outcome.people)
    return Side(outcome, people, interval(outcome.low, outcome.high, outcome.unpriced), numbers.grouped(outcome.undetermined))


def kind_of(rule: Rule) -> str:
    """Whether what a rule gives is paid, taken off taxes, or deducted from income."""
    return "deducted" if rule.result.kind == "deduct" else "tax" if rule.channel == "tax" else "paid"


def money(fen: Shown) -> str:
    """A sum, without the two digits of fen where it has none; what stands where it is hidden."""
    if isinstance(fen, Withheld):
        return numbers.HIDDEN
    return yuan(fen).replace(".00", "") if fen is not None and fen % 100 == 0 else yuan(fen)


def interval(low: Shown, high: Shown, unpriced: Shown) -> str:
    """From the cost of those entitled to that with the undetermined; said to be open where the amount of some is not known."""
    if isinstance(low, Withheld):
        return numbers.HIDDEN
    is_open = isinstance(unpriced, Withheld) or bool(unpriced)
    if isinstance(high, Withheld) or low == high:
        return _("%(low)s or more") % {"low": money(low)} if is_open or isinstance(high, Withheld) else money(low)
    words = _("%(low)s to %(high)s, or more") if is_open else _("%(low)s to %(high)s")
    return words % {"low": money(low), "high": money(high)}


@for_roles(*queries.READERS)
def policy_of(request: HttpRequest, rule: str) -> HttpResponse:
    """Who gets one benefit, what it costs, who misses one condition, and why it cannot be said of others?"""
    viewer = viewer_of(request)
    found = queries.policies(viewer)
    if not found:
        return nothing_yet(request)
    shown = _chosen(request, found)
    one = shown[0]
    decided = queries.rule_of(one, rule)
    total = one.total(rule)
    sentences = {clause.name: text(clause.sentence) for clause in RuleText(decided, city(), one.on).clauses}
    context = {
        "rule": rule,
        "title": _headline(text(decided.title), BY_TABLE[decided.facts].kind, total),
        "name": text(decided.title),
        "kind": KIND_WORDS[kind_of(decided)],
        "channel": decided.channel,
        "on": one.on,
        "days": [each.on for each in found],
        "against": shown[1].on if len(shown) > 1 else None,
        "sides": [(each.on, _side(each.total(rule))) for each in shown if rule in each.names],
        "total": total,
        "side": _side(total),
        "cases": CASES[BY_TABLE[decided.facts].kind],
        "dimensions": [drawn for by in DIMENSIONS if (drawn := _drawn(one, rule, by))],
        "only": _reasons(one.reasons(rule, "only"), sentences, _("Who misses only this condition")),
        "unknown": _reasons(one.reasons(rule, "unknown"), sentences, _("What is not known")),
        "bad": one.reasons(rule, "bad"),
        "moved": one.is_moved(rule),
        "threshold": THRESHOLD,
        "wrong": not_worked_out(request, found),
    }
    return render(request, "incentives/policy_of.html", context)


def _headline(name: str, kind: str, total: Outcome) -> str:
    """How many get it: people, people hired for whom employers do, employers, or owners of businesses, by what is decided about."""
    if isinstance(total.people, Withheld) or total.people is None:
        return _("%(benefit)s: how many get it cannot be shown") % {"benefit": name}
    n = total.people
    words = {
        "certificate": ngettext("%(benefit)s: %(n)s person is entitled", "%(benefit)s: %(n)s people are entitled", n),
        "spell": ngettext(
            "%(benefit)s: employers are entitled for %(n)s person they hired",
            "%(benefit)s: employers are entitled for %(n)s people they hired",
            n,
        ),
        "year": ngettext("%(benefit)s: %(n)s employer is entitled", "%(benefit)s: %(n)s employers are entitled", n),
        "business": ngettext(
            "%(benefit)s: %(n)s owner of a business is entitled", "%(benefit)s: %(n)s owners of businesses are entitled", n
        ),
    }
    return words[kind] % {"benefit": name, "n": numbers.grouped(n)}


def _drawn(found: Policy, rule: str, by: str) -> Drawn | None:
    parts = queries.in_order(by, found.parts(rule, by))
    if not parts:
        return None
    title = str(BY_WORDS[by])
    spans = [_span(by, part) for part in parts if _is_drawn(part)]
    most = max((span.high for span in spans), default=Fraction(0))
    rows = tuple(_row(by, part) for part in parts)
    first, rest = spans[:FIRST], spans[FIRST:]
    drawn = charts.spans(rest, title=title, most=most) if rest else SafeString("")
    return Drawn(by, title, charts.spans(first, title=title, most=most) if first else SafeString(""), drawn, rows)


def _is_drawn(part: Outcome) -> bool:
    """Whether a part has a place in the chart: one with money, and one that is hidden; those without a known amount stand in the table."""
    if isinstance(part.low, Withheld):
        return True
    return isinstance(part.low, int) and (part.low > 0 or (isinstance(part.high, int) and part.high > 0))


def _span(by: str, part: Outcome) -> charts.Span:
    if isinstance(part.low, Withheld):
        return charts.Span(text(queries.named(by, part.part)), Fraction(0), Fraction(0), numbers.HIDDEN)
    low = part.low if isinstance(part.low, int) else 0
    high = part.high if isinstance(part.high, int) else low
    is_open = isinstance(part.high, Withheld) or bool(part.unpriced)
    return charts.Span(text(queries.named(by, part.part)), Fraction(low), Fraction(high), _ends(low, high), is_open)


def _ends(low: int, high: int) -> str:
    return money(low) if low == high else f"{money(low)} – {money(high)}"


def _row(by: str, part: Outcome) -> tuple[str, ...]:
    counts = (part.entitled, part.undetermined, part.refused)
    return (
        text(queries.named(by, part.part)),
        *(numbers.grouped(count) for count in counts),
        money(part.low),
        money(part.high),
        numbers.grouped(part.unpriced),
    )


def _reasons(found: Sequence[tuple[str, Shown]], sentences: Mapping[str, str], title: str) -> SafeString:
    """How many cases each condition decides, as bars under its own words."""
    bars = [
        charts.Bar(sentences.get(name, name), Fraction(count) if isinstance(count, int) else Fraction(0), numbers.grouped(count))
        for name, count in found
    ]
    return charts.bars(bars, title=title) if bars else SafeString("")
