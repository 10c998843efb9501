"""The oracle: what a rule says of a product, worked out on points in exact fractions, and random rules and products.

It knows nothing of cells. It reads the rule as plain Python arithmetic on one point, and picks its points so that no
combination of answers is missed: between two neighbouring figures at which anything can change (a limit, an end, a
limit times an end of the area) nothing changes, so those figures, one point between each two and one beyond the last
are all there is to try; the same again for the areas under each TPP.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from hypothesis import strategies as st

from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, Ratio, outcomes
from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined
from chipclass.logic.tree import parse

TPP, DENSITY, DRAM, AREA = "tpp", "performance_density", "total_dram_bandwidth", "area"
DATACENTER, OTHER = "designed_or_marketed_for_datacenter", "sold_as_a_board"
FACTS = (DATACENTER, OTHER)
LIMITS = {
    TPP: ("0", "1600", "2400", "4800", "21000"),
    DENSITY: ("0", "1.6", "3.2", "5.92"),
    DRAM: ("1400", "6500"),
}
OPERATORS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
ANSWERS = {(True, False): "met", (False, True): "not met", (True, True): "undecided"}

#: A rule as it stands in a rule file; a point: figures by name (None does not exist) and answers to the facts.
Rule = Any
Point = dict[str, Any]


# What is known of a chip, in the oracle's own words


@dataclass(frozen=True)
class Span:
    """Every figure between two ends; ``high`` None is unbounded."""

    low: Fraction
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, figure: object) -> bool:
        assert isinstance(figure, Fraction)
        above = figure > self.low or (figure == self.low and not self.low_open)
        return above and (self.high is None or figure < self.high or (figure == self.high and not self.high_open))

    def ends(self) -> list[Fraction]:
        return [self.low] if self.high is None else [self.low, self.high]


#: One alternative of a figure: a span, or None for a figure that does not exist.
Alternative = Span | None
UNKNOWN = Span(Fraction(0), None)


@dataclass(frozen=True)
class Known:
    """Everything that is known of one product. A metric without alternatives and a fact left out are unknown."""

    tpp: tuple[Alternative, ...] = ()
    area: tuple[Alternative, ...] = (Span(Fraction(0), None, low_open=True),)
    dram: tuple[Alternative, ...] = ()
    facts: Mapping[str, Possible] | None = None

    def box(self) -> Box:
        numbers: dict[str, Any] = {DENSITY: Ratio(TPP, tuple(interval(a) for a in self.area))}
        if self.tpp:
            numbers[TPP] = tuple(interval(a) for a in self.tpp)
        if self.dram:
            numbers[DRAM] = tuple(interval(a) for a in self.dram)
        return Box(numbers, dict(self.facts or {}))


def interval(alternative: Alternative) -> Interval | Undefined:
    if alternative is None:
        return UNDEFINED
    high = INF if alternative.high is None else alternative.high
    return Interval(alternative.low, high, alternative.low_open, alternative.high_open)


# The oracle


def satisfies(rule: Rule, point: Point) -> bool:
    """Whether one point satisfies a rule: the words of the rule as arithmetic."""
    if isinstance(rule, str):
        if rule.startswith("not "):
            return not satisfies(rule.removeprefix("not "), point)
        if not is_numeric(rule):
            return bool(point[rule])
        metric, relation, limit = rule.split()
        figure = point[metric]
        return figure is not None and OPERATORS[relation](figure, Fraction(limit))
    if "test" in rule:
        return satisfies(rule["test"], point)
    if "not" in rule:
        return not satisfies(rule["not"], point)
    if "any" in rule:
        return any(satisfies(part, point) for part in rule["any"])
    return all(satisfies(part, point) for part in rule["all"])


def is_numeric(text: str) -> bool:
    """``tpp >= 4800``; every other test is answered by a point as it stands."""
    words = text.split()
    return len(words) == 3 and words[1] in OPERATORS


def around(figures: Iterable[Fraction]) -> list[Fraction]:
    """The figures, one point between each two neighbours, and one beyond the last."""
    edges = sorted({Fraction(0), *figures})
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    return sorted([*edges, *between, edges[-1] + 1])


def figures_of(alternatives: Sequence[Alternative], critical: Iterable[Fraction]) -> list[Fraction | None]:
    spans = [a for a in alternatives if a is not None]
    ends = [end for span in spans for end in span.ends()]
    inside: list[Fraction | None] = [v for v in around([*critical, *ends]) if any(v in span for span in spans)]
    return inside + [None] * (None in alternatives)


def chips(known: Known, limits: Mapping[str, Iterable[Fraction]]) -> Iterator[Point]:
    """TPP and density of enough chips of the box."""
    densities = [limit for limit in limits.get(DENSITY, ()) if limit]  # the density is 0 where the TPP is, nowhere else
    ends = [end for span in known.area if span is not None for end in span.ends()]
    turning = [limit * end for limit in densities for end in ends]
    for tpp in figures_of(known.tpp or (UNKNOWN,), [*limits.get(TPP, ()), *turning]):
        if tpp is None:
            yield {TPP: None, DENSITY: None}
            continue
        for area in figures_of(known.area, [tpp / limit for limit in densities]):
            yield {TPP: tpp, DENSITY: None if area is None else tpp / area}


def points(known: Known, rules: Sequence[Rule]) -> Iterator[Point]:
    """Points of the box that between them show every combination of answers which any point of it shows."""
    texts = [text for rule in rules for text in texts_of(rule)]
    limits: dict[str, list[Fraction]] = {}
    for text in texts:
        if is_numeric(text):
            metric, _, limit = text.split()
            limits.setdefault(metric, []).append(Fraction(limit))
    facts = {text: (known.facts or {}).get(text, MAYBE) for text in texts if not is_numeric(text)}
    answers = [[{name: a} for a, may in ((True, t.true), (False, t.false)) if may] for name, t in facts.items()]
    drams = [{DRAM: figure} for figure in figures_of(known.dram or (UNKNOWN,), limits.get(DRAM, ()))]
    for parts in product(
        distinct(chips(known, limits), texts, (TPP, DENSITY)), distinct(drams, texts, (DRAM,)), *answers
    ):
        yield {name: value for part in parts for name, value in part.items()}


def distinct(found: Iterable[Point], texts: Sequence[str], metrics: Sequence[str]) -> list[Point]:
    """One point of each combination of answers to the tests on these metrics."""
    relevant = [text for text in texts if is_numeric(text) and text.split()[0] in metrics]
    return list({tuple(satisfies(text, point) for text in relevant): point for point in found}.values())


def texts_of(rule: Rule) -> list[str]:
    """The tests of a rule in words, without ``not``."""
    if isinstance(rule, str):
        return [rule.removeprefix("not ")]
    (content,) = (rule[key] for key in ("any", "all", "not", "test") if key in rule)
    return [text for part in (content if isinstance(content, list) else [content]) for text in texts_of(part)]


def oracle(rule: Rule, known: Known) -> str:
    answers = {satisfies(rule, point) for point in points(known, [rule])}
    return ANSWERS[True in answers, False in answers]


def evaluated(rule: Rule, box: Box) -> str:
    possible = outcomes({"x": parse(rule)}, box)["x"]
    return ANSWERS[bool(possible.true), bool(possible.false)]


# Drawing rules and boxes. Every figure is a decimal of at most 15 digits, so that a column can hold it as well.


def numeric_tests() -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(LIMITS)).flatmap(
        lambda metric: st.builds(
            "{} {} {}".format, st.just(metric), st.sampled_from(sorted(OPERATORS)), st.sampled_from(LIMITS[metric])
        )
    )


def rules() -> st.SearchStrategy[Rule]:
    tests = st.one_of(numeric_tests(), numeric_tests(), numeric_tests(), st.sampled_from(FACTS))
    leaves = st.one_of(tests, tests.map("not {}".format), tests.map(lambda text: {"id": "named", "test": text}))
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.builds(
                lambda op, items: {op: items}, st.sampled_from(["any", "all"]), st.lists(parts, min_size=2, max_size=3)
            ),
            st.builds(lambda item: {"not": item}, parts),
        ),
        max_leaves=7,
    )


HAIR = Fraction(1, 10**9)
AREAS = tuple(Fraction(text) for text in ("1.5", "100", "294.5", "500", "814", "858", "1970"))


def beside(figures: Sequence[Fraction]) -> st.SearchStrategy[Fraction]:
    """One of the figures, or a hair beside it."""
    shift = st.sampled_from([Fraction(0), Fraction(0), Fraction(0), HAIR, -HAIR, Fraction(1, 10), Fraction(-1, 10)])
    return st.builds(lambda figure, step: max(Fraction(0), figure + step), st.sampled_from(figures), shift)


def plain(largest: int) -> st.SearchStrategy[Fraction]:
    return st.builds(lambda n: Fraction(n, 10), st.integers(0, largest * 10))


TURNING = sorted({Fraction(limit) * area for limit in LIMITS[DENSITY] for area in AREAS})
FIGURES = {
    TPP: st.one_of(beside([Fraction(limit) for limit in LIMITS[TPP]]), beside(TURNING), plain(30000)),
    DRAM: st.one_of(beside([Fraction(limit) for limit in LIMITS[DRAM]]), plain(9000)),
    AREA: st.one_of(beside(AREAS), plain(2000)).filter(lambda area: area > 0),
}


@st.composite
def spans(draw: st.DrawFn, name: str, turning: tuple[Fraction, ...] = ()) -> Span:
    figure = st.one_of(FIGURES[name], beside(turning)) if turning else FIGURES[name]
    kind = draw(st.sampled_from(["point", "point", "range", "range", "range", "unbounded", "from nothing"]))
    first = draw(figure)
    if kind == "point":
        return Span(first, first)
    if kind == "unbounded":
        return Span(first, None, draw(st.booleans()))
    if kind == "from nothing":
        return Span(Fraction(0), max(first, HAIR), name == AREA or draw(st.booleans()), draw(st.booleans()))
    low, high = sorted((first, draw(figure)))
    if low == high:
        return Span(low, high)
    return Span(low, high, draw(st.booleans()), draw(st.booleans()))


def alternatives(
    name: str, undefined: bool, turning: tuple[Fraction, ...] = ()
) -> st.SearchStrategy[tuple[Alternative, ...]]:
    one: st.SearchStrategy[Alternative] = spans(name, turning)
    if undefined:
        one = st.one_of(one, one, one, st.none())
    return st.lists(one, min_size=1, max_size=3).map(tuple)


def possible_answers() -> st.SearchStrategy[Possible]:
    return st.sampled_from([YES, NO, MAYBE])


@st.composite
def knowns(draw: st.DrawFn) -> Known:
    """What is known of a random product, often with a TPP that puts the density of an end of its area on a limit."""
    area = draw(alternatives(AREA, undefined=True))
    ends = [end for span in area if span is not None for end in span.ends() if end]
    turning = tuple(Fraction(limit) * end for limit in LIMITS[DENSITY] for end in ends)
    figures = alternatives(TPP, undefined=True, turning=turning)
    return Known(
        tpp=draw(st.one_of(figures, figures, figures, st.just(()))),
        area=area,
        dram=draw(st.one_of(alternatives(DRAM, undefined=True), st.just(()))),
        facts=draw(st.dictionaries(st.sampled_from(FACTS), possible_answers())),
    )


# Knowing more


@st.composite
def narrowed(draw: st.DrawFn, known: Known) -> Known:
    """The same product with an interval narrowed, an alternative dropped or a fact answered."""
    what = draw(st.sampled_from(["tpp", "area", "dram", "facts"]))
    if what == "facts":
        facts = dict(known.facts or {})
        name = draw(st.sampled_from(FACTS))
        if facts.get(name, MAYBE) == MAYBE:
            facts[name] = draw(possible_answers())
        return replace(known, facts=facts)
    found = list(getattr(known, what) or (UNKNOWN,))
    place = draw(st.integers(0, len(found) - 1))
    span = found[place]
    if len(found) > 1 and (span is None or draw(st.booleans())):
        del found[place]
    elif span is not None:
        found[place] = draw(narrower(span))
    return replace(known, **{what: tuple(found)})


@st.composite
def narrower(draw: st.DrawFn, span: Span) -> Span:
    far = span.low + 40000 if span.high is None else span.high
    critical = [*TURNING, *(Fraction(limit) for metric in (TPP, DRAM) for limit in LIMITS[metric]), far]
    choice = st.sampled_from([v for v in around([span.low, *critical]) if v in span])
    low, high = sorted((draw(choice), draw(choice)))
    if low == high:
        return Span(low, high)
    if draw(st.booleans()):  # keep one end where it was, and as it was
        return Span(span.low, high, span.low_open, draw(st.booleans())) if span.low < high else Span(high, high)
    return Span(low, high, draw(st.booleans()), draw(st.booleans()))
