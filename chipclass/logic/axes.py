"""Where floats lie among the limits of an axis: integer codes, found by comparisons with floats and exact all the same.

A float stands for the decimal that a person reads in it (`numbers.exact`). That reading never falls as floats rise, so
every limit has a first float that reads at it or above, and comparing with that float is comparing with the limit.
Quotients have no such float: they are compared at arm's length from the limit, and in exact fractions beside it.

For columns only: numpy is loaded with the module.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from chipclass.logic.numbers import NEAR, exact
from chipclass.logic.tree import Node

#: A place where some test turns: at a limit, or (True) just above it.
Cut = tuple[Fraction, bool]

_TURNS_ABOVE = {">=": False, "<": False, ">": True, "<=": True}
#: The reading moves a float by far less than this part of itself, and a product of two floats too.
_HAIR = 1e-12


def cut_of(test: Node) -> Cut:
    """Where a test of a metric turns: ``>=`` and ``<`` at the limit, ``>`` and ``<=`` just above it."""
    return test.limit, _TURNS_ABOVE[test.relation]


class Axis:
    """The pieces of an axis between cuts, numbered from below: 0 is below the first cut."""

    def __init__(self, cuts: Iterable[Cut]) -> None:
        self.cuts = sorted(set(cuts))
        self.pieces = len(self.cuts) + 1
        self.firsts = [first_float(*cut) for cut in self.cuts]
        self._dtype = np.uint8 if self.pieces < 256 else np.uint16

    def place(self, values: Any) -> Any:
        """The piece in which each float lies. What a NaN gets means nothing."""
        return self._count(values, self.firsts)

    def place_quotients(self, above: Any, below: Any) -> Any:
        """The piece in which each quotient of two columns lies; nothing by nothing is nothing.

        Something divided by inf lies below every limit but 0.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            quotients = above / below
        if self.cuts and self.cuts[0][0] == 0:  # only nothing divided by something is nothing, however small a float
            quotients[(quotients == 0) & (above > 0)] = _float(1)
        result = self._count(quotients, [first * (1 + NEAR) for first in self.firsts])
        near = self._count(quotients, [first * (1 - NEAR) for first in self.firsts])
        for row in np.flatnonzero(near != result):
            result[row] = self._place_quotient(above[row].item(), below[row].item())
        return result

    @lru_cache(maxsize=1 << 16)  # noqa: B019 (an axis lives as long as its cache)
    def _place_quotient(self, above: float, below: float) -> int:
        return self.place_exact(exact(above) / exact(below))

    def place_exact(self, value: Fraction) -> int:
        """The piece in which one exact figure lies: as many as there are cuts at or below it."""
        return bisect_right(self.cuts, (value, False))

    def settle(self, values: Any, exactly: Callable[[int], Fraction]) -> Any:
        """Rounded figures, moved into the piece of the exact figure of their row where a limit is near."""
        beyond = self._count(values, [first * (1 + _HAIR) for first in self.firsts])
        near = self._count(values, [first * (1 - _HAIR) for first in self.firsts])
        for row in np.flatnonzero(near != beyond):
            piece = self.place_exact(exactly(int(row)))
            low = self.firsts[piece - 1] if piece else 0.0
            high = np.nextafter(self.firsts[piece], 0.0) if piece < len(self.firsts) else np.inf
            values[row] = min(max(values[row], low), high)
        return values

    def _count(self, values: Any, floats: Iterable[float]) -> Any:
        """How many of the floats each value reaches: whole comparisons, summed in bytes."""
        result = np.zeros(len(values), self._dtype)
        reached = np.empty(len(values), bool)
        for value in floats:
            np.greater_equal(values, value, out=reached)
            np.add(result, reached.view(np.uint8), out=result)
        return result


@lru_cache(maxsize=4096)
def first_float(limit: Fraction, above: bool) -> float:
    """The smallest float from 0 on that reads at or above a limit; with ``above``, only above it."""
    middle = float(limit)
    if limit == 0:
        return _float(1) if above else 0.0
    low, high = _bits(middle * (1 - _HAIR)), _bits(middle * (1 + _HAIR))
    while high - low > 1:  # bits of floats from 0 on are in the order of the floats
        probe = (low + high) // 2
        value = exact(_float(probe))
        if value > limit or (value == limit and not above):
            high = probe
        else:
            low = probe
    return _float(high)


def _bits(value: float) -> int:
    bits: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return bits


def _float(bits: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return value
