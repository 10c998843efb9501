"""The outcomes of trees for columns of millions of rows: each different case is evaluated once.

What the evaluator (`cells.outcomes`) answers for a row depends only on between which limits its figures lie. That is
the row's *signature*: for each metric the piece of the axis in which its lowest and its highest value lie, for a
quotient the piece of the lowest and the highest quotient, for each yes/no the answer. Signatures are computed for all
rows by plain comparisons and looked up in a table; the evaluator runs on one row of each signature that is new. So
there is no second evaluator here: what a tree means stands in `cells` alone.

Trees that read the same columns share a table. For columns only: numpy is loaded with the module.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from chipclass.logic.axes import Axis, Cut, cut_of
from chipclass.logic.cells import Box, Possible, Ratio, Values, outcomes
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.logic.tree import Node, assume

#: Outcomes, and yes/no answers, as bytes.
NOT_MET, MET, UNDECIDED = NO, YES, UNKNOWN = 0, 1, 2
_NEW = 255
#: Largest number of signatures for which a table has a place for each; above it only those met are kept.
_DENSE = 1 << 22
#: Most rows to make up beforehand; more would cost more than they save.
_PROBES = 1 << 12


class Figures(NamedTuple):
    """What rows say of one metric, in float64: a point each, or from ``low`` to ``high``, ends included.

    Points are known or not (``known``, absent: all are); an unknown one may be anything from 0. An interval's ``high``
    may be inf. ``undefined`` holds YES where the figure does not exist and UNKNOWN where it may not.
    """

    low: Any
    high: Any = None
    known: Any = None
    undefined: Any = None

    def ends(self) -> tuple[Any, Any]:
        if self.high is not None:
            return self.low, self.high
        if self.known is None:
            return self.low, self.low
        return np.where(self.known, self.low, 0.0), np.where(self.known, self.low, INF)

    def some(self, rows: Any) -> Figures:
        return Figures(*(part if part is None else part[rows] for part in self))

    def values(self, positive: bool = False) -> Values:
        """For the evaluator; ``positive``: 0 itself is left out, as in every denominator."""
        low, high = self.ends()
        nothing = np.full(len(low), False)
        whole = Interval(low, high, (low == 0) if positive else nothing, high == INF)
        if self.undefined is None:
            return (whole,)
        return whole._replace(rows=self.undefined != YES), Undefined(rows=self.undefined != NO)


class Rows(NamedTuple):
    """Some rows: figures by metric, and answers (YES, NO, UNKNOWN as bytes) by fact. What is left out is unknown."""

    length: int
    figures: Mapping[str, Figures]
    truths: Mapping[str, Any]


class Quotient(NamedTuple):
    """A metric that is one other divided by another."""

    above: str
    below: str


class Decider:
    """Outcomes of trees for rows; keep one for all batches of a column, from as many threads as you like.

    ``quotients`` names the metrics that are quotients of two others; a denominator of 0 must not occur. ``given`` holds
    what is the same for all rows: what the transaction says of the trees' other tests.
    """

    def __init__(
        self, trees: Mapping[str, Node], quotients: Mapping[str, Quotient], given: Mapping[str, Possible]
    ) -> None:
        decided = {text: truth.true for text, truth in given.items() if truth.true != truth.false}
        names: dict[Node, list[str]] = {}
        for name, tree in trees.items():
            names.setdefault(assume(tree, decided), []).append(name)
        groups: dict[frozenset[str], list[Node]] = {}
        for tree in names:
            reads = frozenset(test.metric or test.text for test in tree.tests() if test.text not in given)
            groups.setdefault(reads, []).append(tree)
        self._groups = [(_Group(same, quotients, given), [names[tree] for tree in same]) for same in groups.values()]

    def outcomes(self, rows: Rows) -> dict[str, Any]:
        """For each tree one byte per row: NOT_MET, MET or UNDECIDED. Equal conditions share an array."""
        return {
            name: outcome
            for group, names in self._groups
            for same, outcome in zip(names, group.outcomes(rows), strict=True)
            for name in same
        }


class _Group:
    """Trees that read the same columns: one signature serves all of them."""

    def __init__(self, trees: Sequence[Node], quotients: Mapping[str, Quotient], given: Mapping[str, Possible]) -> None:
        self.trees, self.given = trees, given
        tests = [test for tree in trees for test in tree.tests()]
        cuts: dict[str, set[Cut]] = {}
        for test in tests:
            if test.kind == "number":
                cuts.setdefault(test.metric, set()).add(cut_of(test))
        self.facts = sorted({test.text for test in tests if test.kind != "number" and test.text not in given})
        self.quotients = {name: quotients[name] for name in cuts if name in quotients}
        for quotient in self.quotients.values():  # a quotient is nothing where its numerator is
            cuts.setdefault(quotient.above, set()).add((Fraction(0), True))
        self.axes = {name: Axis(found) for name, found in cuts.items()}
        self.turns = {name: self._turns(name) for name in self.quotients}
        read = [name for name in cuts if name not in quotients]
        self.metrics = list(dict.fromkeys(read + [quotient.below for quotient in self.quotients.values()]))
        self._lock = threading.Lock()
        self._table: Any = None
        self._seen: dict[int, Any] = {}

    def _turns(self, name: str) -> Axis:
        """The denominator's axis: where a limit of the numerator, divided by it, is a limit of the quotient."""
        limits = {limit for limit, _ in self.axes[self.quotients[name].above].cuts if limit}
        turns = {above / limit for above in limits for limit, _ in self.axes[name].cuts if limit}
        return Axis((turn, side) for turn in turns for side in (False, True))

    def outcomes(self, rows: Rows) -> list[Any]:
        """For each tree one byte per row."""
        digits = list(self._digits(rows))
        size = math.prod(radix for _, radix in digits)
        if size > np.iinfo(np.int64).max:
            raise ValueError("more limits than columns can hold")
        keys: Any = np.zeros(rows.length, np.uint32 if size < 1 << 32 else np.int64)
        for codes, radix in digits:
            keys *= radix
            keys += codes
        return self._dense(keys, size, rows) if size <= _DENSE else self._sparse(keys, rows)

    # Signatures

    def _digits(self, rows: Rows) -> Iterator[tuple[Any, int]]:
        """The parts of the signature: a number per row, and how many numbers there can be."""
        figures = {name: rows.figures.get(name) or unknown(rows.length) for name in self.metrics}
        for name, axis in self.axes.items():
            if name in self.quotients:
                above, below = self.quotients[name]
                yield from _quotients(axis, self.turns[name], figures[above], figures[below])
            elif figures[name].high is None:
                yield _placed(axis, axis.place(figures[name].low), figures[name].known)
            else:
                yield from ((axis.place(end), axis.pieces) for end in figures[name].ends())
        for found in figures.values():
            if found.undefined is not None:
                yield found.undefined, 3
        for name in self.facts:
            if name in rows.truths:
                yield rows.truths[name], 3

    # Outcomes of signatures

    def _dense(self, keys: Any, size: int, rows: Rows) -> list[Any]:
        with self._lock:
            first = self._table is None
            if first:
                self._table = np.full((len(self.trees), size), _NEW, np.uint8)
        if first and (probes := self._probes(rows)):
            self.outcomes(probes)
        places = keys.astype(np.intp)
        while True:
            found = [line.take(places) for line in self._table]
            if all(part.max(initial=0) != _NEW for part in found):
                return found
            new = np.flatnonzero(np.any([part == _NEW for part in found], axis=0))
            different, place = np.unique(places[new], return_index=True)
            with self._lock:  # another batch may have met some of them in the meantime
                still = (self._table[:, different] == _NEW).any(axis=0)
                self._table[:, different[still]] = self._evaluated(rows, new[place[still]])

    def _sparse(self, keys: Any, rows: Rows) -> list[Any]:
        different, first, place = np.unique(keys, return_index=True, return_inverse=True)
        with self._lock:
            new = [number for number, key in enumerate(different.tolist()) if key not in self._seen]
            answers = self._evaluated(rows, first[new])
            self._seen.update(zip(different[new].tolist(), answers.T, strict=True))
        table = np.array([self._seen[key] for key in different.tolist()], np.uint8).reshape(-1, len(self.trees))
        return [column.take(place) for column in table.T]

    def _probes(self, rows: Rows) -> Rows | None:
        """Made-up rows of the kind of these, one on each side of every limit: most signatures, all at once."""
        figures = {name: rows.figures.get(name) or unknown(0) for name in self.metrics}
        if any(found.high is not None for found in figures.values()):
            return None
        values: dict[str, list[float]] = {name: [0.0, *axis.firsts] for name, axis in self.axes.items()}
        for name, (_, below) in self.quotients.items():
            turns = self.turns[name].firsts
            values[below] = [*values.get(below, ())[1:], turns[0] / 2 if turns else 1.0, *turns]
        lists = [[*values[name], math.nan] for name in figures]
        lists += [[NO, YES, UNKNOWN] for found in figures.values() if found.undefined is not None]
        lists += [[NO, YES, UNKNOWN] for name in self.facts if name in rows.truths]
        count = math.prod(len(found) for found in lists)
        if count > _PROBES:
            return None
        columns = iter(np.array(list(product(*lists))).T)
        made = {name: Figures(low := next(columns), known=~np.isnan(low)) for name in figures}
        for name, found in figures.items():
            if found.undefined is not None:
                made[name] = made[name]._replace(undefined=next(columns).astype(np.uint8))
        return Rows(count, made, {name: next(columns).astype(np.uint8) for name in self.facts if name in rows.truths})

    def _evaluated(self, rows: Rows, picked: Any) -> Any:
        """The evaluator's outcomes for some of the rows: one line per tree."""
        result = np.zeros((len(self.trees), len(picked)), np.uint8)
        if len(picked):
            box = self._box(rows, picked)
            for line, tree in enumerate(self.trees):  # one by one: each is cut at its own limits alone
                can_hold, can_fail = outcomes({"": tree}, box)[""]
                result[line] = np.where(can_hold, np.where(can_fail, UNDECIDED, MET), NOT_MET)
        return result

    def _box(self, rows: Rows, picked: Any) -> Box:
        """What is known of some of the rows, for the evaluator."""
        figures = {n: (rows.figures.get(n) or unknown(rows.length)).some(picked) for n in self.metrics}
        numbers: dict[str, Values | Ratio] = {name: found.values() for name, found in figures.items()}
        for name, (above, below) in self.quotients.items():
            numbers[name] = Ratio(above, figures[below].values(positive=True))
        answers = {name: rows.truths[name][picked] for name in self.facts if name in rows.truths}
        truths = {name: Possible(answer != NO, answer != YES) for name, answer in answers.items()}
        return Box(numbers, {**self.given, **truths})


def unknown(count: int) -> Figures:
    """Figures of which no row says anything."""
    return Figures(np.zeros(count), known=np.zeros(count, bool))


def _placed(axis: Axis, codes: Any, known: Any) -> tuple[Any, int]:
    """Pieces of points; one number more for points that are not known."""
    if known is not None:
        np.maximum(codes, (~known).astype(codes.dtype) * codes.dtype.type(axis.pieces), out=codes)
    return codes, axis.pieces + 1


def _quotients(axis: Axis, turns: Axis, above: Figures, below: Figures) -> Iterator[tuple[Any, int]]:
    """Pieces of the lowest and the highest quotient, and of the denominator where the numerator has no piece.

    A numerator that may be any of several pieces is followed in each of them: then it matters whether a limit of the
    numerator, divided by an end of the denominator, is below, at or above a limit of the quotient.
    """
    if above.high is None and below.high is None:
        known = [figures.known for figures in (above, below) if figures.known is not None]
        both = np.logical_and.reduce(known) if known else None
        yield _placed(axis, axis.place_quotients(above.low, below.low), both)
        wide = np.flatnonzero(~above.known) if above.known is not None else np.zeros(0, np.intp)
        some = below.some(wide)
        codes, radix = _placed(turns, turns.place(some.low), some.known)
        yield _spread(codes, wide, len(above.low)), radix
        return
    (low, high), (least, most) = above.ends(), below.ends()
    yield axis.place_quotients(low, most), axis.pieces
    yield axis.place_quotients(high, least), axis.pieces
    wide = np.flatnonzero(low != high)
    for end in (least, most):
        yield _spread(turns.place(end[wide]), wide, len(low)), turns.pieces


def _spread(codes: Any, rows: Any, count: int) -> Any:
    result = np.zeros(count, codes.dtype)
    result[rows] = codes
    return result
