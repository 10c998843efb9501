"""Intervals and the one comparison that everything else uses: the exact sign of ``x - k * y``.

A bound is a `fractions.Fraction` (one product), ``inf``, or a numpy array of float64 (one value per row).
Arrays are compared as floats first; where ``x`` is within 1e-9 of ``k * y`` the row is decided again in exact
fractions of the decimal that the float stands for, so a column answers as one product would.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INF = float("inf")
NEAR = 1e-9

#: One figure exactly, unbounded, or a column of floats.
Bound: TypeAlias = "Fraction | float | Any"
#: A yes/no per product, or a column of them.
Truth: TypeAlias = "bool | Any"


class Interval(NamedTuple):
    """What is known of one figure: every value between ``low`` and ``high``, each end in or out.

    ``rows`` says for which rows of a column this alternative is one; True for a single product.
    """

    low: Bound
    high: Bound
    low_open: Truth = False
    high_open: Truth = False
    label: str = ""
    rows: Truth = True

    @classmethod
    def point(cls, value: Bound, label: str = "") -> Interval:
        return cls(value, value, label=label)

    @classmethod
    def unknown(cls, label: str = "") -> Interval:
        """Nothing is known: [0, inf)."""
        return cls(Fraction(0), INF, False, True, label)

    @property
    def is_point(self) -> bool:
        return bool(self.low == self.high)

    def times(self, factor: Fraction) -> Interval:
        """The same range, had every value been multiplied by a factor above 0."""
        return self._replace(low=self.low * factor, high=self.high * factor)

    def overlaps(self, other: Interval) -> bool:
        """Whether some value lies in both ranges, each of one product."""
        ends = (
            (self.low, self.low_open, other.high, other.high_open),
            (other.low, other.low_open, self.high, self.high_open),
        )
        return all(low < high or (low == high and not (open_ or other_open)) for low, open_, high, other_open in ends)


class Undefined(NamedTuple):
    """A figure that does not exist (density of a chip without a non-planar die): no test on it is met."""

    label: str = "does not exist"
    rows: Truth = True


UNDEFINED = Undefined()


def exact(value: Any) -> Fraction:
    """The decimal that a person would read, as a fraction: 0.1 is 1/10, not its binary neighbour.

    Floats are read to 15 significant digits, which every decimal of up to 15 digits survives and float noise does not.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, float):
        return Fraction(f"{value:.15g}")
    return Fraction(Decimal(value)) if isinstance(value, str) else Fraction(value)


def sign(x: Bound, k: Fraction, y: Bound | None = None) -> Any:
    """-1, 0 or +1 as ``x`` is below, at or above ``k * y`` (``k`` alone without ``y``).

    An int for single figures, an array for columns. ``inf`` on the right is above everything, also ``inf`` on the left.
    """
    if isinstance(x, Fraction) and (y is None or isinstance(y, Fraction)):
        above, below = x.numerator * k.denominator, k.numerator * x.denominator
        if y is not None:
            above, below = above * y.denominator, below * y.numerator
        return (above > below) - (above < below)
    if _is_array(x) or _is_array(y):
        return _sign_of_columns(x, k, Fraction(1) if y is None else y)
    if y == INF:
        return (1 if x > 0 else 0) if k == 0 else -1
    right = k if y is None else k * y
    return (x > right) - (x < right)


def _sign_of_columns(x: Bound, k: Fraction, y: Bound) -> Any:
    import numpy as np

    left, factor = np.broadcast_arrays(np.asarray(_floats(x)), np.asarray(_floats(y)))
    if np.isnan(left).any() or np.isnan(factor).any():
        raise ValueError("a missing figure must be an interval without an end, not NaN")
    with np.errstate(invalid="ignore"):
        right = np.where(np.isinf(factor), 0.0 if k == 0 else np.inf, float(k) * factor)
        result = np.sign(left - right).astype(np.int8)
        result[np.isinf(left) & np.isinf(right)] = -1
        near = np.abs(left - right) <= NEAR * np.maximum(np.abs(right), np.abs(left))
    near &= np.isfinite(left) & np.isfinite(right) & np.isfinite(factor)
    for row in np.flatnonzero(near):
        difference = exact(left[row].item()) - k * exact(factor[row].item())
        result[row] = (difference > 0) - (difference < 0)
    return result


def _floats(value: Bound) -> Any:
    return value if _is_array(value) else float(value)


def _is_array(value: Any) -> bool:
    return getattr(value, "ndim", 0) > 0


def any_true(mask: Truth) -> bool:
    """True if a truth, or a row of a column of truths, holds."""
    return mask if isinstance(mask, bool) else bool(mask.any())


def total(parts: Sequence[Interval], label: str = "") -> Interval:
    """Interval of a sum of figures."""
    low, high = sum(part.low for part in parts), sum(part.high for part in parts)
    low_open, high_open = _either(part.low_open for part in parts), _either(part.high_open for part in parts)
    return Interval(low, high, low_open, high_open, label)


def highest(parts: Sequence[Interval], label: str = "") -> Interval:
    """Interval of the largest of several figures.

    Its lower end is reached only if every part that starts there does, its upper end if any part that ends there does.
    """
    low, high = _maximum([part.low for part in parts]), _maximum([part.high for part in parts])
    low_open = _either((part.low == low) & part.low_open for part in parts)
    high_closed = _either((part.high == high) & (part.high_open ^ True) for part in parts)
    return Interval(low, high, low_open, high_closed ^ True, label)


def _either(truths: Iterable[Truth]) -> Truth:
    result: Truth = False
    for truth in truths:
        result = result | truth
    return result


def _maximum(bounds: list[Bound]) -> Bound:
    if not any(_is_array(bound) for bound in bounds):
        return max(bounds)
    import numpy as np

    return np.maximum.reduce(np.broadcast_arrays(*(np.asarray(_floats(bound)) for bound in bounds)))
