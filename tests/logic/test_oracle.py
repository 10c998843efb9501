"""The evaluator against points: a rule is met if every point of the box satisfies it, not met if none does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.logic.cells import MAYBE, YES, Box, Possible, Ratio, cells, outcomes
from chipclass.logic.numbers import UNDEFINED, Interval
from chipclass.logic.tree import Node, parse
from chipclass.rules.book import book_of
from chipclass.specdb.store import load
from tests.logic.oracle import (
    ANSWERS,
    DATACENTER,
    DENSITY,
    DRAM,
    FACTS,
    LIMITS,
    TPP,
    UNKNOWN,
    Alternative,
    Known,
    Point,
    Rule,
    Span,
    alternatives,
    evaluated,
    knowns,
    narrowed,
    oracle,
    points,
    rules,
    satisfies,
)

# One product


@settings(deadline=None, max_examples=300)
@given(rules(), knowns())
def test_a_product_is_answered_as_all_its_points_are(rule: Rule, known: Known) -> None:
    assert evaluated(rule, known.box()) == oracle(rule, known)


@settings(deadline=None, max_examples=150)
@given(rules(), rules(), knowns())
def test_two_rules_hold_together_where_some_point_satisfies_both(first: Rule, second: Rule, known: Known) -> None:
    """The possible conclusions are exactly those of some point: none is missed and none is made up."""
    trees = [parse(first), parse(second)]
    found = {tuple(cell.holds(tree) for tree in trees) for cell in cells(trees, known.box())}
    assert found == {(satisfies(first, p), satisfies(second, p)) for p in points(known, [first, second])}


@settings(deadline=None, max_examples=200)
@given(rules(), st.sampled_from(LIMITS[TPP][1:]), st.sampled_from(LIMITS[DENSITY][1:]), st.data())
def test_areas_at_which_tpp_and_density_turn_together(rule: Rule, tpp: str, density: str, data: st.DataObject) -> None:
    """Areas that no decimal holds: TPP limit / density limit, as an end or a hair beside it."""
    turn = Fraction(tpp) / Fraction(density)
    shift = data.draw(st.sampled_from([Fraction(0), Fraction(1, 10**20), Fraction(-1, 10**20)]))
    low_open, high_open = data.draw(st.booleans()), data.draw(st.booleans())
    area = data.draw(
        st.sampled_from(
            [
                Span(turn + shift, turn + shift),
                Span(Fraction(0), turn + shift, True, high_open),
                Span(turn + shift, turn * 2, low_open, high_open),
                Span(turn + shift, None, low_open),
            ]
        )
    )
    figure = Fraction(tpp)
    spread = st.sampled_from([Span(figure, figure), Span(figure, figure * 2), Span(figure / 2, figure, False, True)])
    known = Known((data.draw(spread),), (area,), data.draw(alternatives(DRAM, undefined=True)))
    assert evaluated(rule, known.box()) == oracle(rule, known)


@settings(deadline=None, max_examples=150)
@given(rules(), knowns(), st.data())
def test_no_point_of_the_box_contradicts_a_decided_answer(rule: Rule, known: Known, data: st.DataObject) -> None:
    """Points drawn blindly, without regard to the limits."""

    def inside(found: Sequence[Alternative]) -> Fraction | None:
        span = data.draw(st.sampled_from(found))
        if span is None:
            return None
        high = span.low + 50000 if span.high is None else span.high
        share = Fraction(data.draw(st.integers(0, 10**6)), 10**6)
        figure = span.low + share * (high - span.low)
        return figure if figure in span else (span.low + high) / 2

    tpp, area = inside(known.tpp or (UNKNOWN,)), inside(known.area)
    point: Point = {
        TPP: tpp,
        DENSITY: None if area is None or tpp is None else tpp / area,
        DRAM: inside(known.dram or (UNKNOWN,)),
    }
    for fact in FACTS:
        truth = (known.facts or {}).get(fact, MAYBE)
        point[fact] = data.draw(st.sampled_from([a for a, may in ((True, truth.true), (False, truth.false)) if may]))
    assert evaluated(rule, known.box()) in ("undecided", "met" if satisfies(rule, point) else "not met")


# Less unknown never contradicts


@settings(deadline=None, max_examples=200)
@given(rules(), knowns(), st.data())
def test_knowing_more_never_contradicts_an_earlier_answer(rule: Rule, known: Known, data: st.DataObject) -> None:
    before = evaluated(rule, known.box())
    for _ in range(3):
        known = data.draw(narrowed(known))
        after = evaluated(rule, known.box())
        assert after == before or before == "undecided"
        before = after


# The oracle itself can say all three things, and is not plain interval logic


@pytest.mark.parametrize(
    ("rule", "known", "expected"),
    [
        ("tpp >= 4800", Known((Span(Fraction(4800), Fraction(5000)),)), "met"),
        ("tpp > 4800", Known((Span(Fraction(4800), Fraction(5000)),)), "undecided"),
        ("tpp > 4800", Known((Span(Fraction(4800), Fraction(5000), low_open=True),)), "met"),
        ("tpp < 4800", Known((Span(Fraction(4800), Fraction(5000)),)), "not met"),
        ("tpp >= 4800", Known((Span(Fraction(0), Fraction(4800)),)), "undecided"),
        ("tpp >= 4800", Known((Span(Fraction(0), Fraction(4800), high_open=True),)), "not met"),
        ("tpp >= 21000", Known((UNKNOWN,)), "undecided"),
        (f"{DENSITY} >= 5.92", Known((Span(*[Fraction(2960)] * 2),), (Span(*[Fraction(500)] * 2),)), "met"),
        (f"{DENSITY} > 5.92", Known((Span(*[Fraction(2960)] * 2),), (Span(*[Fraction(500)] * 2),)), "not met"),
        (  # 500 mm^2 itself is out, and with it the density of exactly 5.92
            f"{DENSITY} > 5.92",
            Known((Span(*[Fraction(2960)] * 2),), (Span(Fraction(400), Fraction(500), high_open=True),)),
            "met",
        ),
        (f"{DENSITY} < 5.92", Known((Span(*[Fraction(2960)] * 2),), (None,)), "not met"),
        ({"any": [DATACENTER, f"not {DATACENTER}"]}, Known(), "met"),
        (DATACENTER, Known(), "undecided"),
        (
            {"any": ["tpp < 4800", f"{DENSITY} >= 3.2"]},  # one claim of TPP does not lend its density to the other
            Known((Span(*[Fraction(1000)] * 2), Span(*[Fraction(20000)] * 2)), (Span(Fraction(100), Fraction(2000)),)),
            "met",
        ),
        ({"any": [f"{DENSITY} >= 3.2", "tpp < 1600"]}, Known((UNKNOWN,), (Span(*[Fraction(500)] * 2),)), "met"),
        ({"any": [f"{DENSITY} > 3.2", "tpp < 1600"]}, Known((UNKNOWN,), (Span(*[Fraction(500)] * 2),)), "undecided"),
    ],
)
def test_the_oracle_on_cases_worked_by_hand(rule: Rule, known: Known, expected: str) -> None:
    assert oracle(rule, known) == expected
    assert evaluated(rule, known.box()) == expected


# Caught by .a or .b, whichever the area


def provisions() -> tuple[Node, Node]:
    trees = book_of(load()).trees("2026-10-01")
    return trees["us-ear/3A090.a"], trees["us-ear/3A090.b"]


def caught(numbers: Mapping[str, Any]) -> dict[str, Possible]:
    a, b = provisions()
    nodes = {"a": a, "b": b, "a or b": Node("any", children=(a, b))}
    return outcomes(nodes, Box(numbers, {DATACENTER: YES}))


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("858", "met"),
        ("1970", "met"),  # 3152 / 1970 is 1.6, the lower line of b.1
        ("1970.0001", "undecided"),
    ],
)
def test_a_datacenter_chip_of_3152_tpp_is_caught_by_a_or_b_whichever_its_die(area: str, expected: str) -> None:
    die = Interval(Fraction(0), Fraction(area), low_open=True)
    found = caught({TPP: (Interval.point(Fraction(3152)),), DENSITY: Ratio(TPP, (die,))})
    answers = {name: ANSWERS[bool(p.true), bool(p.false)] for name, p in found.items()}
    assert answers == {"a": "undecided", "b": "undecided", "a or b": expected}


def test_a_die_that_may_be_planar_leaves_it_open() -> None:
    dies = (Interval(Fraction(0), Fraction(858), low_open=True), UNDEFINED)
    found = caught({TPP: (Interval.point(Fraction(3152)),), DENSITY: Ratio(TPP, dies)})
    assert {ANSWERS[bool(p.true), bool(p.false)] for p in found.values()} == {"undecided"}
