"""How many of each: every whole-number target of the synthetic city at a scale, from the pack's figures and assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from guildhall.city.model import City
from guildhall.kernel.errors import GuildhallError
from guildhall.kernel.figures import year_before
from guildhall.synth.book import MODEL, Book
from guildhall.synth.integers import largest_remainder, nearest
from guildhall.synth.limits import check

LOW = ("L5", "L4")
HIGH = ("L3", "L2", "L1")
TOP = ("LT", "LS")
FITTED = (
    "skilled.count",
    "skilled.high_share",
    "highskilled.count",
    "ladder.special_grade",
    "ladder.chief",
    "ladder.top_growth",
    "highskilled.new",
    "students.vocational",
    "academies.count",
    "colleges.list",
    "parks.count",
    "parks.workers",
)
"""Figures that the synthetic city meets by construction, where the pack's numbers agree (see `fitted`)."""
UNCERTIFIED = "none"
OUTSIDE = ("student", "job_seeker")
"""Strata beside the levels: workers without a certificate, and those outside work."""


@dataclass(frozen=True)
class Stock:
    """How many of the people alive today were skilled and highly skilled at the end of a day."""

    on: date
    skilled: int
    high: int


@dataclass(frozen=True)
class TopStock:
    """Holders of the two highest levels together at the end of a day, and the chief technicians among them as far as published."""

    on: date
    both: int
    chiefs: int


@dataclass(frozen=True)
class Plan:
    """The targets of one city at one scale, in rows; `real` is what the full city has of each level and standing, in people."""

    city: City
    book: Book
    scale: Fraction
    seed: int
    real: Mapping[str, int]
    levels: Mapping[str, int]
    whole: frozenset[str]
    uncertified: int
    students: int
    seekers: int
    park_workers: int
    stocks: tuple[Stock, ...]
    top_stocks: tuple[TopStock, ...]

    @property
    def skilled(self) -> int:
        return sum(self.levels.values())

    @property
    def high(self) -> int:
        return sum(self.levels[level] for level in (*HIGH, *TOP))

    @property
    def top(self) -> int:
        return sum(self.levels[level] for level in TOP)

    @property
    def workers(self) -> int:
        return self.skilled + self.uncertified

    @property
    def people(self) -> int:
        return self.workers + self.students + self.seekers

    @property
    def rows(self) -> dict[str, int]:
        """Rows by level and standing: the strata whose rows together stand for the `real` people of the same name."""
        outside = dict(zip(OUTSIDE, (self.students, self.seekers), strict=True))
        return {**self.levels, UNCERTIFIED: self.uncertified, **outside}


def plan(city: City, *, scale: Fraction | Decimal, seed: int) -> Plan:
    """The targets at a scale in (0, 1]. Raises GuildhallError for any other, or one too small for the ladder."""
    part = Fraction(scale)
    if not 0 < part <= 1:
        raise GuildhallError(
            f"Scale {scale} is not between 0 and 1", why="1 is the whole city, 0.01 one in a hundred", next="choose, say, 0.01"
        )
    if seed < 0:
        raise GuildhallError(f"Seed {seed} is negative", next="choose 0 or more")
    book = Book(city)
    check(book)
    levels, whole = ladder(book, part)
    real = {**full_ladder(book), **_beside(book, Fraction(1))}
    uncertified, students, seekers = _beside(book, part).values()
    found = Plan(
        city=city,
        book=book,
        scale=part,
        seed=seed,
        real=real,
        levels=levels,
        whole=whole,
        uncertified=uncertified,
        students=students,
        seekers=seekers,
        park_workers=nearest(book.figure("parks.workers") * part),
        stocks=stocks(book, part),
        top_stocks=top_stocks(book, levels),
    )
    if missing := [name for name, people in real.items() if people and not found.rows[name]]:
        raise too_small(book, part, f"{missing[0]} would have no one to stand for its {real[missing[0]]} people")
    return found


def too_small(book: Book, scale: Fraction, why: str) -> GuildhallError:
    """The error for a scale at which something that must be there would be empty."""
    return GuildhallError(f"Scale {float(scale):g} is too small for city {book.city.id}", why=why, next="choose a larger scale")


def _beside(book: Book, scale: Fraction) -> dict[str, int]:
    """People beside the skilled: workers without a certificate, students and job-seekers."""
    counts = (book.one("people", "uncertified"), book.figure("students.vocational"), book.one("people", "job_seekers"))
    return {name: nearest(count * scale) for name, count in zip((UNCERTIFIED, *OUTSIDE), counts, strict=True)}


def fitted(plan: Plan) -> list[str]:
    """The figures that this city meets by construction: their agreement proves nothing.

    A number of the highly skilled counts only where it is what the skilled and their share give, for those two are fitted; the
    newly highly skilled only where a stock is fitted a year before the end; the highest levels only where all their holders are
    there; organisations only where the pack lists, or the published number asks for, as many as there are.
    """
    figures = plan.city.figure
    left_out = {name for name, count in _institutions(plan).items() if name in figures and plan.book.figure(name) != count}
    if "highskilled.count" in figures and plan.book.figure("highskilled.count") != sum(plan.real[level] for level in (*HIGH, *TOP)):
        left_out.add("highskilled.count")
    if year_before(plan.city.reference_date) not in {stock.on for stock in plan.stocks}:
        left_out.add("highskilled.new")
    if any(plan.levels[level] != plan.real[level] for level in TOP):
        left_out |= {"ladder.special_grade", "ladder.chief", "ladder.top_growth"}
    return [name for name in FITTED if name in figures and name not in left_out]


def _institutions(plan: Plan) -> dict[str, int]:
    """How many organisations of the kinds kept whole are made (see `organisations`): academies are added up to the published number."""
    city = plan.city
    academies = max(nearest(plan.book.figure("academies.count")), len(city.academies))
    return {"academies.count": academies, "colleges.list": len(city.colleges), "parks.count": len(city.parks)}


def full_ladder(book: Book) -> dict[str, int]:
    """People per level in the full city: totals and the top as published, the split between as assumed."""
    skilled = nearest(book.figure("skilled.count"))
    high = nearest(book.figure("skilled.high_share") / 100 * skilled)
    top = {"LT": nearest(book.figure("ladder.special_grade")), "LS": nearest(book.figure("ladder.chief"))}
    split = book.vector("level_split", [*LOW, *HIGH])
    low_split = largest_remainder(split[: len(LOW)], skilled - high)
    high_split = largest_remainder(split[len(LOW) :], high - sum(top.values()))
    return dict(zip((*LOW, *HIGH), (*low_split, *high_split), strict=True)) | top


def ladder(book: Book, scale: Fraction) -> tuple[dict[str, int], frozenset[str]]:
    """Rows per level at a scale, and the levels kept whole.

    The skilled and the highly skilled are exact; the seats of a level kept whole come out of the largest high level.
    """
    full = full_ladder(book)
    whole = frozenset(level for level in TOP if full[level] < book.model("whole_below"))
    skilled = nearest(scale * sum(full.values()))
    high = nearest(book.figure("skilled.high_share") / 100 * skilled)
    low_seats = largest_remainder([full[level] for level in LOW], skilled - high)
    high_seats = largest_remainder([full[level] for level in (*HIGH, *TOP)], high)
    seats = dict(zip((*LOW, *HIGH, *TOP), (*low_seats, *high_seats), strict=True))
    giver = max(HIGH, key=lambda level: full[level])
    for level in whole:
        seats[giver] -= full[level] - seats[level]
        seats[level] = full[level]
    if empty := [level for level, count in seats.items() if count < 1 and full[level] > 0]:
        kept = sum(full[level] for level in whole)
        raise too_small(book, scale, f"level {empty[0]} would have no one: {kept} people of the highest levels are kept whole")
    return seats, whole


def stocks(book: Book, scale: Fraction) -> tuple[Stock, ...]:
    """The stocks at the published dates, at the year ends between them (straight line), a year before the end, and at the end."""
    end, skilled_end = book.city.reference_date, Fraction(nearest(book.figure("skilled.count")))
    high_end = Fraction(nearest(book.figure("skilled.high_share") / 100 * skilled_end))
    before = year_before(end)
    skilled = _series(book, "skilled.count", end, skilled_end)
    high = _series(book, "highskilled.count", end, high_end) | {before: high_end - book.figure("highskilled.new")}
    first = max(min(skilled), min(high))
    ends = {date(year, 12, 31) for year in range(first.year, end.year)}
    days = sorted(day for day in {*skilled, *high, *ends} if day >= first)
    found = [Stock(day, nearest(_on(skilled, day) * scale), nearest(_on(high, day) * scale)) for day in days]
    for earlier, later in zip(found, found[1:], strict=False):
        if later.skilled < earlier.skilled or later.high < earlier.high:
            raise GuildhallError(
                f"The stocks of city {book.city.id} fall between {earlier.on} and {later.on}",
                why="people of the model do not lose a level",
                next="correct series.csv or the figures",
            )
    return tuple(found)


def _series(book: Book, figure: str, end: date, total: Fraction) -> dict[date, Fraction]:
    """Published points of a stock, all scaled where the last of them and the city's figure differ (a changed pack)."""
    points = {point.date: Fraction(point.value) for point in book.city.series if point.figure == figure and point.date <= end}
    if not points:
        return {end: total}
    latest = points[max(points)]
    factor = total / latest if max(points) == end else min(Fraction(1), total / latest)
    return {day: value * factor for day, value in points.items()} | {end: total}


def _on(points: Mapping[date, Fraction], day: date) -> Fraction:
    """The straight line between the points on either side of a day."""
    earlier = max((point for point in points if point <= day), default=min(points))
    later = min((point for point in points if point >= day), default=max(points))
    if earlier == later or earlier > day:
        return points[earlier]
    return points[earlier] + (points[later] - points[earlier]) * (day - earlier).days / (later - earlier).days


def top_stocks(book: Book, levels: Mapping[str, int]) -> tuple[TopStock, ...]:
    """Holders of the two highest levels at the published dates, a year before the end (from the published growth), and at the end."""
    end = book.city.reference_date
    figures = {"LT": "ladder.special_grade", "LS": "ladder.chief"}
    series = {
        level: {p.date: int(p.value) for p in book.city.series if p.figure == figure and p.date < end} for level, figure in figures.items()
    }
    chiefs = {day: min(count, levels["LS"]) for day, count in series["LS"].items()}
    both = {day: min(series["LT"][day] + chiefs[day], levels["LT"] + levels["LS"]) for day in chiefs.keys() & series["LT"].keys()}
    total = levels["LT"] + levels["LS"]
    both |= {year_before(end): nearest(total / (1 + book.figure("ladder.top_growth") / 100)), end: total}
    chiefs |= {end: levels["LS"]}
    latest, found = 0, []
    for day in sorted(both):
        latest = max(latest, chiefs.get(day, 0))
        found.append(TopStock(day, both[day], latest))
    _check_top(book, found, levels)
    return tuple(found)


def _check_top(book: Book, found: Sequence[TopStock], levels: Mapping[str, int]) -> None:
    """Nobody of the model loses a level, and whoever is chief technician was special-grade technician before."""
    full = full_ladder(book)
    short = [level for level in TOP if levels[level] < full[level]]
    for earlier, later in zip(found, found[1:], strict=False):
        if later.both < earlier.both or earlier.chiefs > earlier.both:
            why = "people of the model do not lose a level"
            if short:
                limit = f"whole_below in table {MODEL} keeps levels of fewer than {nearest(book.model('whole_below'))} people whole"
                why += f", and only {levels[short[0]]} of the {full[short[0]]} holders of {short[0]} are there at this scale: {limit}"
            raise GuildhallError(
                f"Holders of the two highest levels fall from {earlier.both} on {earlier.on} to {later.both} on {later.on}",
                why=why,
                next="raise whole_below in assumptions.csv or choose a larger scale" if short else "correct series.csv or the figures",
            )


def month_number(day: date) -> int:
    """Months since January 1900."""
    return (day.year - 1900) * 12 + day.month - 1


def day_number(day: date) -> int:
    """Days since 1970-01-01, as Arrow counts dates."""
    return (day - date(1970, 1, 1)).days


def month_starts(months: Sequence[int]) -> list[int]:
    """Day numbers of the first days of the given months since January 1900."""
    return [day_number(date(1900 + month // 12, month % 12 + 1, 1)) for month in months]


def base_day(city: City) -> date:
    """The last day before any merger: the people of the model live in the places of that day, so that both maps can be drawn."""
    return min((s.effective_on - timedelta(days=1) for s in city.successors), default=city.reference_date)
