"""Columns against the oracle: each row is answered as the product alone is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, Ratio, outcomes
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.logic.tree import parse
from tests.logic.oracle import (
    ANSWERS,
    AREA,
    DATACENTER,
    DENSITY,
    DRAM,
    FACTS,
    FIGURES,
    OTHER,
    TPP,
    UNKNOWN,
    Alternative,
    Known,
    Rule,
    Span,
    evaluated,
    knowns,
    oracle,
    rules,
    satisfies,
)
from tests.logic.test_oracle import caught


def as_columns(rows: Sequence[Known]) -> Box:
    """One box of numpy columns for many products; alternatives beyond a row's own are masked out."""
    numbers: dict[str, Any] = {
        TPP: column([row.tpp or (UNKNOWN,) for row in rows]),
        DENSITY: Ratio(TPP, column([row.area for row in rows])),
        DRAM: column([row.dram or (UNKNOWN,) for row in rows]),
    }
    truths = {}
    for fact in FACTS:
        answers = [(row.facts or {}).get(fact, MAYBE) for row in rows]
        truths[fact] = Possible(np.array([a.true for a in answers]), np.array([a.false for a in answers]))
    return Box(numbers, truths)


def column(rows: Sequence[Sequence[Alternative]]) -> tuple[Interval | Undefined, ...]:
    slots: list[Interval | Undefined] = []
    for slot in range(max(len(row) for row in rows)):
        found = [row[slot] if slot < len(row) else None for row in rows]
        exists = np.array([span is not None for span in found])
        given = [span or Span(Fraction(0), Fraction(0)) for span in found]
        slots.append(
            Interval(
                np.array([float(span.low) for span in given]),
                np.array([INF if span.high is None else float(span.high) for span in given]),
                np.array([span.low_open for span in given]),
                np.array([span.high_open for span in given]),
                rows=exists,
            )
        )
    undefined = np.array([None in row for row in rows])
    return (*slots, Undefined(rows=undefined)) if undefined.any() else tuple(slots)


def row_by_row(possible: Possible, count: int) -> list[str]:
    true, false = np.broadcast_to(possible.true, count), np.broadcast_to(possible.false, count)
    return [ANSWERS[bool(a), bool(b)] for a, b in zip(true, false, strict=True)]


@settings(deadline=None, max_examples=100)
@given(rules(), st.lists(knowns(), min_size=1, max_size=6))
def test_columns_answer_row_by_row_as_single_products_do(rule: Rule, rows: list[Known]) -> None:
    found = row_by_row(outcomes({"x": parse(rule)}, as_columns(rows))["x"], len(rows))
    assert found == [evaluated(rule, row.box()) for row in rows]
    assert found == [oracle(rule, row) for row in rows]


@settings(deadline=None, max_examples=100)
@given(rules(), st.lists(st.tuples(FIGURES[TPP], FIGURES[AREA], FIGURES[DRAM]), min_size=1, max_size=12))
def test_columns_of_plain_figures(rule: Rule, figures: list[tuple[Fraction, Fraction, Fraction]]) -> None:
    """Rows with all their figures, one alternative each: the commonest batch."""
    rows = [Known((Span(t, t),), (Span(a, a),), (Span(d, d),), {DATACENTER: YES, OTHER: NO}) for t, a, d in figures]
    found = row_by_row(outcomes({"x": parse(rule)}, as_columns(rows))["x"], len(rows))
    points_ = [{TPP: t, DENSITY: t / a, DRAM: d, DATACENTER: True, OTHER: False} for t, a, d in figures]
    assert found == ["met" if satisfies(rule, point) else "not met" for point in points_]


def test_the_same_in_columns() -> None:
    highs = [Decimal("858"), Decimal("1970"), Decimal("1970.0001"), Decimal("532")]
    die = Interval(np.zeros(4), np.array([float(high) for high in highs]), low_open=True)
    found = caught({TPP: (Interval.point(np.full(4, 3152.0)),), DENSITY: Ratio(TPP, (die,))})
    answers = {name: row_by_row(possible, 4) for name, possible in found.items()}
    assert answers["a or b"] == ["met", "met", "undecided", "met"]
    assert answers["a"] == ["undecided", "undecided", "undecided", "met"]  # at 532 mm^2 the density is above 5.92
    assert answers["b"] == ["undecided", "undecided", "undecided", "not met"]
