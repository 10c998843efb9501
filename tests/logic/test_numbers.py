"""The one comparison: exact for single figures, and the same answer for columns of floats."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chipclass.logic.numbers import INF, UNDEFINED, Interval, any_true, exact, highest, sign, total

LIMITS = ("1600", "2400", "4800", "14000", "17500", "20800", "21000", "21100", "1.6", "3.2", "5.92", "6500", "1400")
#: Decimals of at most 15 digits: each survives the way through a float.
DIGITS = st.integers(0, 10**15 - 1)
PLACES = st.integers(0, 12)


@st.composite
def decimals(draw: st.DrawFn) -> Fraction:
    return Fraction(Decimal(draw(DIGITS)).scaleb(-draw(PLACES)))


@st.composite
def short_decimals(draw: st.DrawFn) -> Fraction:
    return Fraction(Decimal(draw(st.integers(0, 10**6))).scaleb(-draw(st.integers(0, 4))))


def last_digit(text: str) -> Fraction:
    """One unit in the fifteenth significant digit of a figure."""
    return Fraction(10) ** (Decimal(text).adjusted() - 14)


def column(*figures: Fraction | float) -> np.ndarray:
    return np.array([float(figure) for figure in figures])


class TestExact:
    @pytest.mark.parametrize(
        ("value", "fraction"),
        [
            (0.1, Fraction(1, 10)),
            ("0.1", Fraction(1, 10)),
            (5.92, Fraction(148, 25)),
            (4799.9, Fraction(47999, 10)),
            (0.1 + 0.2, Fraction(3, 10)),
            (1e-7, Fraction(1, 10**7)),
            (1e20, Fraction(10**20)),
            (7, Fraction(7)),
            (Fraction(1, 3), Fraction(1, 3)),
            (Decimal("4.80"), Fraction(24, 5)),
        ],
    )
    def test_reads_the_decimal_that_a_person_reads(self, value: object, fraction: Fraction) -> None:
        assert exact(value) == fraction

    @settings(deadline=None, max_examples=300)
    @given(decimals())
    def test_fifteen_digits_survive_a_float(self, figure: Fraction) -> None:
        assert exact(float(figure)) == figure

    @pytest.mark.parametrize("limit", LIMITS)
    def test_float_noise_does_not_survive(self, limit: str) -> None:
        for noisy in (np.nextafter(float(limit), 0), np.nextafter(float(limit), INF)):
            assert exact(float(noisy)) == Fraction(limit)


class TestSignOfSingleFigures:
    @pytest.mark.parametrize("limit", LIMITS)
    def test_at_a_limit_and_a_hair_beside_it(self, limit: str) -> None:
        at = Fraction(limit)
        for unit in (last_digit(limit), Fraction(1, 10), Fraction(1, 10**40)):
            assert (sign(at - unit, at), sign(at, at), sign(at + unit, at)) == (-1, 0, 1)

    def test_no_quotient_is_rounded(self) -> None:
        """4,799.9 TPP at a density of exactly 5.92: the area has no decimal, the comparison needs none."""
        tpp, limit = Fraction("4799.9"), Fraction("5.92")
        area = tpp / limit
        hair = Fraction(1, 10**30)
        assert sign(tpp, limit, area) == 0
        assert sign(tpp, limit, area - hair) == 1
        assert sign(tpp, limit, area + hair) == -1

    @settings(deadline=None, max_examples=200)
    @given(decimals(), short_decimals(), decimals())
    def test_is_the_sign_of_the_difference(self, x: Fraction, k: Fraction, y: Fraction) -> None:
        difference = x - k * y
        assert sign(x, k, y) == (0 if difference == 0 else difference / abs(difference))

    def test_unbounded(self) -> None:
        assert sign(INF, Fraction(4800)) == 1
        assert sign(Fraction(4800), Fraction(1), INF) == -1
        assert sign(INF, Fraction(1), INF) == -1, "inf on the right is above everything"
        assert sign(Fraction(5), Fraction(0), INF) == 1
        assert sign(Fraction(0), Fraction(0), INF) == 0


class TestSignOfColumns:
    @settings(deadline=None, max_examples=300)
    @given(st.lists(st.tuples(decimals(), decimals()), min_size=1, max_size=8), short_decimals())
    def test_answers_row_by_row_as_single_figures_do(self, rows: list[tuple[Fraction, Fraction]], k: Fraction) -> None:
        xs, ys = column(*(x for x, _ in rows)), column(*(y for _, y in rows))
        assert sign(xs, k, ys).tolist() == [sign(x, k, y) for x, y in rows]
        assert sign(xs, k).tolist() == [sign(x, k) for x, _ in rows]

    @settings(deadline=None, max_examples=300)
    @given(short_decimals(), short_decimals(), st.integers(-3, 3))
    def test_also_hair_close_to_the_product(self, k: Fraction, y: Fraction, steps: int) -> None:
        """Products of short decimals, and up to three units in the fifteenth digit beside them."""
        at = k * y
        assume(at > 0)
        x = at + steps * last_digit(str(Decimal(at.numerator) / at.denominator))
        assume(exact(float(x)) == x)  # a step below a power of ten has one digit more
        assert sign(column(x), k, column(y)).tolist() == [sign(x, k, y)]

    @pytest.mark.parametrize("limit", LIMITS)
    def test_at_a_limit_and_one_unit_in_the_last_digit_beside_it(self, limit: str) -> None:
        at, unit = Fraction(limit), last_digit(limit)
        assert sign(column(at - unit, at, at + unit), at).tolist() == [-1, 0, 1]

    @pytest.mark.parametrize("limit", LIMITS)
    def test_noise_of_floats_is_on_the_limit(self, limit: str) -> None:
        near = np.array([np.nextafter(float(limit), 0), float(limit), np.nextafter(float(limit), INF)])
        assert sign(near, Fraction(limit)).tolist() == [0, 0, 0]

    def test_a_density_that_floats_get_wrong(self) -> None:
        """Each density is exactly the limit, though the floats' product often is not the float of the TPP."""
        areas = [Fraction(n, 10) for n in range(1, 9000, 7)]
        for limit in (Fraction("1.6"), Fraction("3.2"), Fraction("5.92")):
            tpps = [limit * area for area in areas]
            assert not sign(column(*tpps), limit, column(*areas)).any()
        naive = column(*tpps) / column(*areas)
        assert (naive != 5.92).any(), "otherwise this test shows nothing"

    def test_broadcasts(self) -> None:
        assert sign(Fraction(4800), Fraction(1), column(4799, 4800, 4801)).tolist() == [1, 0, -1]
        assert sign(column(4799, 4800, 4801), Fraction(1), Fraction(4800)).tolist() == [-1, 0, 1]

    @pytest.mark.parametrize("k", [Fraction(1), Fraction("5.92"), Fraction(0)])
    def test_unbounded_rows(self, k: Fraction) -> None:
        rows = [(INF, INF), (INF, Fraction(5)), (Fraction(5), INF), (Fraction(7), Fraction(5))]
        answer = sign(column(*(x for x, _ in rows)), k, column(*(y for _, y in rows))).tolist()
        assert answer == [sign(x, k, y) for x, y in rows]

    def test_nothing_against_no_part_of_everything(self) -> None:
        assert sign(column(0), Fraction(0), np.array([INF])).tolist() == [sign(Fraction(0), Fraction(0), INF)] == [0]

    def test_empty(self) -> None:
        assert sign(np.array([]), Fraction(4800)).tolist() == []

    def test_a_missing_figure_is_no_figure(self) -> None:
        for x, y in ((np.nan, 1.0), (4800.0, np.nan)):
            with pytest.raises(ValueError, match="a missing figure must be an interval without an end, not NaN"):
                sign(np.array([1.0, x]), Fraction(4800), np.array([1.0, y]))

    def test_a_numpy_scalar_is_a_figure(self) -> None:
        assert sign(np.float64(4800.0), Fraction(4800)) == 0


class TestIntervals:
    def test_points_and_unknowns(self) -> None:
        assert Interval.point(Fraction(5)).is_point
        unknown = Interval.unknown("why")
        assert (unknown.low, unknown.high, unknown.low_open, unknown.high_open) == (0, INF, False, True)
        assert unknown.label == "why"
        assert not unknown.is_point
        assert UNDEFINED.label == "does not exist"

    def test_a_sum_is_open_where_any_part_is(self) -> None:
        parts = [Interval(Fraction(1), Fraction(2), True, False), Interval(Fraction(10), Fraction(20), False, True)]
        whole = total(parts, "both")
        assert (whole.low, whole.high, whole.low_open, whole.high_open) == (11, 22, True, True)
        assert whole.label == "both"
        assert total([Interval.point(Fraction(3)), Interval.point(Fraction(4))]).is_point

    def test_a_sum_with_an_unbounded_part_is_unbounded(self) -> None:
        whole = total([Interval.point(Fraction(3)), Interval.unknown()])
        assert (whole.low, whole.high, whole.low_open, whole.high_open) == (3, INF, False, True)

    def test_a_sum_of_columns(self) -> None:
        whole = total(
            [Interval(column(1, 2), column(3, 4)), Interval(Fraction(10), INF, np.array([True, False]), True)]
        )
        assert whole.low.tolist() == [11, 12]
        assert np.isinf(whole.high).all()
        assert whole.low_open.tolist() == [True, False]

    @pytest.mark.parametrize(
        ("first", "second", "ends"),
        [
            # (low, high, low open, high open) of two figures -> high end of the larger one, and is it open
            ((1, 5, False, True), (2, 4, False, False), (5, True)),
            ((1, 5, False, True), (2, 5, False, False), (5, False)),
            ((1, 5, False, True), (2, 5, False, True), (5, True)),
            ((1, 3, False, False), (4, 4, False, False), (4, False)),
            ((1, 3, False, False), (4, INF, False, True), (INF, True)),
        ],
    )
    def test_upper_end_of_the_highest(
        self, first: tuple[int, float, bool, bool], second: tuple[int, float, bool, bool], ends: tuple[float, bool]
    ) -> None:
        for pair in ((first, second), (second, first)):
            whole = highest([Interval(Fraction(low), high, lo, ho) for low, high, lo, ho in pair])
            assert (whole.high, whole.high_open) == ends
            assert whole.low == max(first[0], second[0])
            as_columns = [
                Interval(column(low), column(high), np.array([lo]), np.array([ho])) for low, high, lo, ho in pair
            ]
            rows = highest(as_columns)
            assert (rows.high.tolist(), rows.high_open.tolist()) == ([ends[0]], [ends[1]])
            assert rows.low.tolist() == [whole.low]
            assert rows.low_open.tolist() == [whole.low_open]

    def test_lower_end_of_the_highest(self) -> None:
        low = highest([Interval(Fraction(1), Fraction(9), True, False), Interval(Fraction(2), Fraction(9))])
        assert (low.low, low.low_open) == (2, False)
        low = highest([Interval(Fraction(2), Fraction(9), True, False), Interval(Fraction(1), Fraction(9))])
        assert (low.low, low.low_open) == (2, True)

    def test_the_lower_end_of_the_highest_needs_every_part_there(self) -> None:
        """max(a, b) with a in (2, 9] and b in [2, 9] is above 2: a alone keeps it from 2."""
        parts = [Interval(Fraction(2), Fraction(9), True, False), Interval(Fraction(2), Fraction(9))]
        assert highest(parts).low_open is True

    @settings(deadline=None, max_examples=150)
    @given(st.data())
    def test_the_highest_and_the_sum_of_values_lie_inside(self, data: st.DataObject) -> None:
        parts, values = [], []
        for _ in range(data.draw(st.integers(1, 3))):
            low = data.draw(st.integers(0, 6))
            high = data.draw(st.integers(low, 6))
            low_open = data.draw(st.booleans()) and low < high
            high_open = data.draw(st.booleans()) and low < high
            parts.append(Interval(Fraction(low), Fraction(high), low_open, high_open))
            grid = [Fraction(n, 4) for n in range(4 * low + low_open, 4 * high + (not high_open))]
            values.append(data.draw(st.sampled_from(grid)))
        for whole, value in ((highest(parts), max(values)), (total(parts), sum(values))):
            assert whole.low < value or (whole.low == value and not whole.low_open)
            assert value < whole.high or (whole.high == value and not whole.high_open)


def test_any_true() -> None:
    assert any_true(True) is True
    assert any_true(False) is False
    assert any_true(np.array([False, True])) is True
    assert any_true(np.array([False, False])) is False
    assert any_true(np.array([], dtype=bool)) is False


class TestRanges:
    @pytest.mark.parametrize(
        ("one", "other", "shared"),
        [
            (Interval(1, 2), Interval(2, 3), True),
            (Interval(1, 2, high_open=True), Interval(2, 3), False),
            (Interval(1, 2), Interval(2, 3, low_open=True), False),
            (Interval(1, 2), Interval(3, 4), False),
            (Interval(1, 4), Interval(2, 3), True),
            (Interval.unknown(), Interval.point(Fraction(10**9)), True),
            (Interval(5, INF, True, True), Interval.point(Fraction(5)), False),
        ],
    )
    def test_overlaps(self, one: Interval, other: Interval, shared: bool) -> None:
        assert one.overlaps(other) is other.overlaps(one) is shared

    def test_times_keeps_ends_and_label(self) -> None:
        value = Interval(Fraction(2), INF, True, True, "at least 2").times(Fraction(1, 3))
        assert value == Interval(Fraction(2, 3), INF, True, True, "at least 2")
