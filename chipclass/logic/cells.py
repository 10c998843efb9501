"""The evaluator. All limits of the rules cut what is possible for a product into cells in which every test is constant.

A cell counts if some point of the product's box lies in it. A rule is *met* if it holds in every such cell, *not met*
if in none, else undecided. Quotients (performance density = TPP / die area) are followed inside each cell, so
"caught by .a or .b, whichever the area" is found to be certain where neither is certain alone.

The same code serves one product (exact fractions, truths are bool) and columns (float64 arrays, truths are boolean
arrays): rows are columns, cells are a short loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from chipclass.logic.numbers import INF, Bound, Interval, Truth, Undefined, any_true, sign
from chipclass.logic.tree import Node

Values = tuple[Interval | Undefined, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A metric that is the quotient of two others; ``denominator`` holds the possible values of the lower one."""

    numerator: str
    denominator: Values


@dataclass(frozen=True, slots=True)
class Possible:
    """What a yes/no can be: for one product two bools, for a column two boolean arrays."""

    true: Truth
    false: Truth


YES, NO, MAYBE = Possible(True, False), Possible(False, True), Possible(True, True)


@dataclass(frozen=True, slots=True)
class Box:
    """Everything that is possible for one product, or for each row: metrics and truths by name.

    A metric holds one interval per alternative (claim, named reading); the possible values are their union.
    """

    numbers: Mapping[str, Values | Ratio] = field(default_factory=dict)
    truths: Mapping[str, Possible] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """A point, an open interval, or the undefined value: part of a metric's axis between neighbouring limits."""

    low: Fraction
    high: Fraction | float
    is_point: bool = False
    undefined: bool = False

    def satisfies(self, relation: str, limit: Fraction) -> bool:
        if self.undefined:
            return False
        above = self.low >= limit
        strictly_above = self.low > limit if self.is_point else above
        return {">=": above, ">": strictly_above, "<": not above, "<=": not strictly_above}[relation]

    def __str__(self) -> str:
        if self.undefined:
            return "does not exist"
        if self.is_point:
            return f"= {float(self.low):g}"
        low = "" if self.low < 0 else f"> {float(self.low):g}"
        high = "" if self.high == INF else f"< {float(self.high):g}"
        return " and ".join(part for part in (low, high) if part) or "any value"


NOTHING = Piece(Fraction(0), Fraction(0), undefined=True)


@dataclass(frozen=True, slots=True)
class Cell:
    """One feasible combination of pieces and truths; ``mask`` says for which rows (True for one product)."""

    pieces: Mapping[str, Piece]
    truths: Mapping[str, bool]
    mask: Truth

    def holds(self, node: Node) -> bool:
        """Truth of a tree in this cell."""
        if node.op == "test":
            if node.kind == "number":
                return self.pieces[node.metric].satisfies(node.relation, node.limit)
            return self.truths[node.text]
        if node.op == "not":
            return not self.holds(node.children[0])
        answers = (self.holds(child) for child in node.children)
        return any(answers) if node.op == "any" else all(answers)


def cells(nodes: Iterable[Node], box: Box) -> Iterator[Cell]:
    """Feasible cells of the box under all limits of the given trees, in order of the metrics' values.

    A metric or truth that the box does not name is unknown: any value from 0, or either answer.
    """
    limits: dict[str, set[Fraction]] = {}
    truths: dict[str, None] = {}
    for node in nodes:
        for test in node.tests():
            if test.kind == "number":
                limits.setdefault(test.metric, set()).add(test.limit)
            else:
                truths[test.text] = None
    for metric in list(limits):
        values = box.numbers.get(metric)
        if isinstance(values, Ratio):  # the numerator is cut first: the quotient is followed inside its pieces
            limits.setdefault(values.numerator, set())
    order = sorted(limits, key=lambda metric: isinstance(box.numbers.get(metric), Ratio))
    pieces = {metric: tuple(_pieces(limits[metric])) for metric in order}
    yield from _split(order, list(truths), pieces, box, {}, {}, True)


def _split(
    metrics: list[str],
    truths: list[str],
    cuts: Mapping[str, tuple[Piece, ...]],
    box: Box,
    pieces: dict[str, Piece],
    answers: dict[str, bool],
    mask: Truth,
) -> Iterator[Cell]:
    if metrics:
        metric, rest = metrics[0], metrics[1:]
        for piece in cuts[metric]:
            inside = mask & _feasible(metric, piece, pieces, box)
            if any_true(inside):
                yield from _split(rest, truths, cuts, box, {**pieces, metric: piece}, answers, inside)
    elif truths:
        name, rest = truths[0], truths[1:]
        possible = box.truths.get(name, MAYBE)
        for answer, may in ((True, possible.true), (False, possible.false)):
            inside = mask & may
            if any_true(inside):
                yield from _split([], rest, cuts, box, pieces, {**answers, name: answer}, inside)
    else:
        yield Cell(pieces, answers, mask)


def _pieces(limits: set[Fraction]) -> Iterator[Piece]:
    low = Fraction(-1)
    for limit in sorted(limits):
        yield Piece(low, limit)
        yield Piece(limit, limit, is_point=True)
        low = limit
    yield Piece(low, INF)
    yield NOTHING


def _feasible(metric: str, piece: Piece, pieces: Mapping[str, Piece], box: Box) -> Truth:
    values = box.numbers.get(metric, (Interval.unknown(),))
    if isinstance(values, Ratio):
        return _feasible_ratio(values, piece, pieces, box)
    possible: Truth = False
    for value in values:
        if isinstance(value, Undefined):
            possible = possible | (value.rows & piece.undefined)
        elif not piece.undefined:
            inside = _reaches(value.high, piece.low, piece, value.high_open) & _starts(value, piece)
            possible = possible | (inside & value.rows)
    return possible


def _reaches(high: Bound, low: Fraction, piece: Piece, high_open: Truth) -> Truth:
    """Some value up to ``high`` is in or above the piece."""
    relation = sign(high, low)
    return (relation > 0) | ((relation == 0) & piece.is_point & (high_open ^ True))


def _starts(value: Interval, piece: Piece) -> Truth:
    """Some value from ``value.low`` on is in or below the piece."""
    if piece.high == INF:
        return True
    relation = sign(value.low, Fraction(piece.high))
    return (relation < 0) | ((relation == 0) & piece.is_point & (value.low_open ^ True))


def _feasible_ratio(ratio: Ratio, piece: Piece, pieces: Mapping[str, Piece], box: Box) -> Truth:
    numerator_piece = pieces[ratio.numerator]
    numerators = box.numbers.get(ratio.numerator, (Interval.unknown(),))
    if isinstance(numerators, Ratio):
        raise TypeError("a quotient of a quotient is not supported")
    possible: Truth = False
    for below in ratio.denominator:
        if isinstance(below, Undefined):
            possible = possible | (below.rows & piece.undefined)
            continue
        if piece.undefined or numerator_piece.undefined:
            continue
        for above in numerators:
            if not isinstance(above, Undefined):
                inside = _quotient_reaches(above, numerator_piece, below, piece)
                possible = possible | (inside & above.rows & below.rows)
    return possible


def _quotient_reaches(above: Interval, cut: Piece, below: Interval, piece: Piece) -> Truth:
    """Some a / b lies in ``piece``, with a in ``above`` and in ``cut``, b in ``below``.

    The quotients fill an interval, so it is enough that the largest reaches the piece from below and the smallest
    from above. Both are compared as products (a against limit x b): no quotient is ever rounded.
    """
    inside = _reaches(above.high, cut.low, cut, above.high_open) & _starts(above, cut)
    if inside is False:
        return False
    ends = ((above.high, above.high_open), (cut.high, not cut.is_point))
    if piece.low >= 0:
        for high, is_open in ends:
            relation = sign(high, piece.low, below.low) if high != INF or _is_column(high) else 1
            attained = (is_open ^ True) & (below.low_open ^ True) & piece.is_point
            inside = inside & ((relation > 0) | ((relation == 0) & attained))
    if piece.high != INF:
        for low, is_open in ((above.low, above.low_open), (cut.low, not cut.is_point)):
            relation = sign(low, Fraction(piece.high), below.high)
            attained = (is_open ^ True) & (below.high_open ^ True) & piece.is_point
            inside = inside & ((relation < 0) | ((relation == 0) & attained))
    return inside


def _is_column(value: Any) -> bool:
    return hasattr(value, "__array__")


def outcomes(nodes: Mapping[str, Node], box: Box) -> dict[str, Possible]:
    """For each named tree: can it hold, can it fail. Met = it can only hold."""
    answers: dict[str, list[Truth]] = {name: [False, False] for name in nodes}
    for cell in cells(nodes.values(), box):
        for name, node in nodes.items():
            side = 0 if cell.holds(node) else 1
            answers[name][side] = answers[name][side] | cell.mask
    return {name: Possible(*sides) for name, sides in answers.items()}
