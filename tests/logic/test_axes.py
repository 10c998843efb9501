"""Codes of floats on an axis: the float comparisons say what exact fractions say, also beside the limits."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipclass.logic.axes import Axis, first_float
from chipclass.logic.numbers import exact

LIMITS = [Fraction(text) for text in ("0", "0.1", "1.6", "3.2", "5.92", "1600", "4800", "21000")]
TURNS = [Fraction(4800) / Fraction("5.92"), Fraction(1600) / Fraction("1.6"), Fraction(1, 3)]


def beside(limit: Fraction) -> list[float]:
    """The limit as a float, floats an ulp and more beside it, and decimals a hair beside it."""
    middle = float(limit)
    found = [middle]
    for toward in (0.0, math.inf):
        value = middle
        for _ in range(40):
            value = math.nextafter(value, toward)
            found.append(value)
    return [*found, *(middle * (1 + shift) for shift in (-1e-9, -1e-12, -1e-14, 1e-14, 1e-12, 1e-9))]


@pytest.mark.parametrize("limit", [*LIMITS, *TURNS])
def test_the_first_float_that_reads_at_a_limit_and_the_first_above_it(limit: Fraction) -> None:
    at, above = first_float(limit, False), first_float(limit, True)
    assert exact(at) >= limit and exact(above) > limit
    assert at == 0 or exact(math.nextafter(at, 0.0)) < limit
    assert exact(math.nextafter(above, 0.0)) <= limit


@given(st.fractions(0, 10**7, max_denominator=10**6), st.booleans())
def test_any_limit_has_a_first_float(limit: Fraction, above: bool) -> None:
    first = first_float(limit, above)
    assert (exact(first) > limit) if above else (exact(first) >= limit)
    before = exact(math.nextafter(first, 0.0))
    assert first == 0 or ((before <= limit) if above else (before < limit))


def test_places_are_those_of_the_exact_figures() -> None:
    axis = Axis([(limit, side) for limit in LIMITS for side in (False, True)])
    values = np.array([value for limit in LIMITS for value in beside(limit)] + [1e300, math.inf])
    expected = [axis.place_exact(exact(value)) for value in values[:-1].tolist()]
    assert axis.place(values).tolist() == [*expected, axis.pieces - 1]
    assert (
        axis.place_exact(Fraction(4800)) == axis.place_exact(Fraction(4799)) + 1 == axis.place_exact(Fraction(4801)) - 1
    )


def test_only_the_side_that_is_asked_for_cuts() -> None:
    at, above = Axis([(Fraction(4800), False)]), Axis([(Fraction(4800), True)])
    values = np.array([4799.9, 4800.0, 4800.1])
    assert at.place(values).tolist() == [0, 1, 1]
    assert above.place(values).tolist() == [0, 0, 1]


def test_many_cuts_are_still_numbers() -> None:
    axis = Axis([(Fraction(n), False) for n in range(400)])
    assert axis.place(np.array([0.0, 255.0, 256.5, 1e9])).tolist() == [1, 256, 257, 400]


def test_quotients_are_placed_by_exact_fractions_beside_the_limits() -> None:
    axis = Axis([(limit, side) for limit in LIMITS for side in (False, True)])
    areas = [0.1, 294.5, 500.0, 814.0, 858.3, 1e-5, 1e7]
    pairs = [(tpp, area) for area, limit in product(areas, LIMITS) for tpp in beside(limit * exact(area))]
    above, below = (np.array(column) for column in zip(*pairs, strict=True))
    expected = [axis.place_exact(exact(a) / exact(b)) for a, b in pairs]
    assert axis.place_quotients(above, below).tolist() == expected
    rounded = [int(axis.place_exact(Fraction(a / b))) for a, b in pairs]
    assert rounded != expected, "a rounded quotient would do as well: this test shows nothing"


def test_quotients_without_an_end() -> None:
    axis = Axis([(Fraction("1.6"), False), (Fraction("5.92"), False)])
    above, below = np.array([math.inf, 100.0, 0.0, 0.0, 100.0]), np.array([500.0, math.inf, math.inf, 0.0, 0.0])
    assert axis.place_quotients(above, below).tolist() == [2, 0, 0, 0, 2]
    from_nothing = Axis([(Fraction(0), True), (Fraction("5.92"), False)])
    assert from_nothing.place_quotients(above, below).tolist() == [2, 1, 0, 0, 2]


def test_rounded_sums_settle_on_the_side_of_the_exact_one() -> None:
    axis = Axis([(Fraction(1700), False), (Fraction(1700), True)])
    parts = [(1699.9, 0.1), (1699.99999999999, 0.00000000000999), (1699.99999999999, 0.00000000001), (1700.0, 1e-13)]
    exactly = [exact(a) + exact(b) for a, b in parts]
    settled = axis.settle(np.array([a + b for a, b in parts]), exactly.__getitem__)
    assert axis.place(settled).tolist() == [axis.place_exact(value) for value in exactly] == [1, 0, 1, 2]
    assert settled == pytest.approx([1700.0] * 4)
    assert axis.settle(np.array([5.0, math.inf]), exactly.__getitem__).tolist() == [5.0, math.inf]
