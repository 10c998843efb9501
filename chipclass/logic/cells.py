"""The evaluator. All limits of the rules cut what is possible for a product into cells in which every test is constant.

A cell counts if some point of the product's box lies in it. A rule is *met* if it holds in every such cell, *not met*
if in none, else undecided. Quotients (performance density = TPP / die area) are followed inside each cell, so
"caught by .a or .b, whichever the area" is found to be certain where neither is certain alone.

The same code serves one product (exact fractions, truths are bool) and columns (float64 arrays, truths are boolean
arrays): rows are columns, cells are a short loop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from chipclass.logic.numbers import INF, Bound, Interval, Truth, Undefined, any_true, sign
from chipclass.logic.tree import Node, simplified

Values = tuple[Interval | Undefined, ...]
_ANY: Values = (Interval.unknown(),)


class Ratio(NamedTuple):
    """A metric that is the quotient of two others; ``denominator`` holds the possible values of the lower one."""

    numerator: str
    denominator: Values


class Possible(NamedTuple):
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
    #: What tests of figures come to for one product, by their text; shared by boxes with the same figures.
    _figures: dict[str, bool | None] = field(default_factory=dict, repr=False, compare=False)

    def knowing(self, truths: Mapping[str, Possible]) -> Box:
        """The same product where more is known of its truths."""
        return Box(self.numbers, {**self.truths, **truths}, self._figures)

    def part(self, nodes: Iterable[Node]) -> Part:
        """What trees read of the box: for one product, equal parts give equal answers."""
        tests = {test.text: test for node in nodes for test in node.tests()}
        metrics = {test.metric for test in tests.values() if test.kind == "number"}
        metrics |= {of.numerator for name in metrics if isinstance(of := self.numbers.get(name), Ratio)}
        truths = (text for text, test in tests.items() if test.kind != "number")
        return Part(
            tuple((name, self.numbers[name]) for name in sorted(metrics) if name in self.numbers),
            tuple((text, self.truths[text]) for text in sorted(truths) if text in self.truths),
        )

    def answer(self, test: Node) -> bool | None:
        """What a test certainly comes to for one product; None where it is open, and always for columns."""
        if test.kind != "number":
            possible = self.truths.get(test.text, MAYBE)
            one = isinstance(possible.true, bool) and isinstance(possible.false, bool)
            return bool(possible.true) if one and possible.true is not possible.false else None
        if test.text not in self._figures:
            self._figures[test.text] = None if self._has_columns(test.metric) else self._held(test)
        return self._figures[test.text]

    def _held(self, test: Node) -> bool | None:
        said = {cell.holds(test) for cell in cells([test], self)}
        return said.pop() if len(said) == 1 else None

    def _has_columns(self, metric: str) -> bool:
        values = self.numbers.get(metric, ())
        if isinstance(values, Ratio):
            return any(map(_is_a_column, values.denominator)) or self._has_columns(values.numerator)
        return any(map(_is_a_column, values))


class Part(NamedTuple):
    """Metrics and truths of a box, by name; hashable for one product."""

    numbers: tuple[tuple[str, Values | Ratio], ...]
    truths: tuple[tuple[str, Possible], ...]

    def box(self) -> Box:
        return Box(dict(self.numbers), dict(self.truths))


class Piece(NamedTuple):
    """A point, an open interval, or the undefined value: part of a metric's axis between neighbouring limits."""

    low: Fraction
    high: Fraction | float
    is_point: bool = False
    undefined: bool = False

    def satisfies(self, relation: str, limit: Fraction) -> bool:
        if self.undefined:
            return False
        holds = self.low > limit if self.is_point and relation in (">", "<=") else self.low >= limit
        return holds if relation in (">=", ">") else not holds

    def __str__(self) -> str:
        if self.undefined:
            return "does not exist"
        if self.is_point:
            return f"= {float(self.low):g}"
        low = "" if self.low < 0 else f"> {float(self.low):g}"
        high = "" if self.high == INF else f"< {float(self.high):g}"
        return " and ".join(part for part in (low, high) if part) or "any value"


NOTHING = Piece(Fraction(0), Fraction(0), undefined=True)


class Cell(NamedTuple):
    """One feasible combination of pieces and truths; ``mask`` says for which rows (True for one product).

    ``figures``: what tests of figures come to in these pieces, by their text; those missing are worked out when asked.
    """

    pieces: Mapping[str, Piece]
    truths: Mapping[str, bool]
    mask: Truth
    figures: Mapping[str, bool] = {}

    def holds(self, node: Node) -> bool:
        """Truth of a tree in this cell."""
        if node.op == "test":
            if node.kind != "number":
                return self.truths[node.text]
            known = self.figures.get(node.text)
            return self.pieces[node.metric].satisfies(node.relation, node.limit) if known is None else known
        if node.op == "not":
            return not self.holds(node.children[0])
        answers = (self.holds(child) for child in node.children)
        return any(answers) if node.op == "any" else all(answers)

    def possible(self, node: Node, truths: Mapping[str, Possible]) -> Possible:
        """What a tree can be in this cell, where each truth that the cell leaves open is asked for once."""
        if node.op == "test":
            if node.kind != "number" and node.text not in self.truths:
                return truths.get(node.text, MAYBE)
            return YES if self.holds(node) else NO
        parts = [self.possible(child, truths) for child in node.children]
        if node.op == "not":
            return Possible(parts[0].false, parts[0].true)
        join, meet = (or_, and_) if node.op == "any" else (and_, or_)
        return Possible(
            reduce(join, (part.true for part in parts), node.op == "all"),
            reduce(meet, (part.false for part in parts), node.op == "any"),
        )


def cells(nodes: Iterable[Node], box: Box, leave: Container[str] = ()) -> Iterator[Cell]:
    """Feasible cells of the box under all limits of the given trees, in order of the metrics' values.

    A metric or truth that the box does not name is unknown: any value from 0, or either answer. The truths in ``leave``
    are left open.
    """
    tests: dict[str, dict[str, Node]] = {}
    truths: dict[str, None] = {}
    for node in nodes:
        for test in node.tests():
            if test.kind == "number":
                tests.setdefault(test.metric, {})[test.text] = test
            elif test.text not in leave:
                truths[test.text] = None
    for metric in list(tests):
        values = box.numbers.get(metric)
        if isinstance(values, Ratio):  # the numerator is cut first: the quotient is followed inside its pieces
            if isinstance(box.numbers.get(values.numerator), Ratio):
                raise TypeError("a quotient of a quotient is not supported")
            tests.setdefault(values.numerator, {})
    order = sorted(tests, key=lambda metric: isinstance(box.numbers.get(metric), Ratio))
    cuts = {metric: tuple(_answered(tests[metric].values())) for metric in order}
    yield from _Search(box, cuts, list(truths)).split(0, {}, {}, {}, True)


def _answered(tests: Collection[Node]) -> Iterator[tuple[Piece, dict[str, bool]]]:
    """The pieces into which tests cut the axis of their metric, with what each test comes to there."""
    for piece in axis_pieces(test.limit for test in tests):
        yield piece, {test.text: piece.satisfies(test.relation, test.limit) for test in tests}


def axis_pieces(limits: Iterable[Fraction]) -> Iterator[Piece]:
    """The axis of a metric, cut at limits above 0: open intervals and points by turns, and last the undefined value."""
    low = Fraction(-1)
    for limit in sorted(set(limits)):
        yield Piece(low, limit)
        yield Piece(limit, limit, is_point=True)
        low = limit
    yield Piece(low, INF)
    yield NOTHING


class _Search:
    """One walk over the cells of a box: metrics first, then truths; branches without a possible row are left."""

    def __init__(
        self, box: Box, cuts: Mapping[str, tuple[tuple[Piece, dict[str, bool]], ...]], truths: list[str]
    ) -> None:
        self.box = box
        self.cuts = cuts
        self.metrics = list(cuts)
        self.truths = truths
        self._signs: dict[tuple[int, Fraction, int], Any] = {}
        self._feasible: dict[tuple[str, int, int], Truth] = {}

    def split(
        self, depth: int, pieces: dict[str, Piece], figures: dict[str, bool], answers: dict[str, bool], mask: Truth
    ) -> Iterator[Cell]:
        if depth < len(self.metrics):
            metric = self.metrics[depth]
            for piece, said in self.cuts[metric]:
                inside = mask & self.feasible(metric, piece, pieces)
                if any_true(inside):
                    yield from self.split(depth + 1, {**pieces, metric: piece}, figures | said, answers, inside)
        elif depth < len(self.metrics) + len(self.truths):
            name = self.truths[depth - len(self.metrics)]
            possible = self.box.truths.get(name, MAYBE)
            for answer, may in ((True, possible.true), (False, possible.false)):
                inside = mask & may
                if any_true(inside):
                    yield from self.split(depth + 1, pieces, figures, {**answers, name: answer}, inside)
        else:
            yield Cell(pieces, answers, mask, figures)

    def sign(self, x: Bound, k: Fraction, y: Bound | None = None) -> Any:
        """`sign`, remembered for columns: neighbouring pieces share their limits."""
        if not _is_column(x) and not _is_column(y):
            return sign(x, k, y)
        key = (id(x), k, id(y))
        if key not in self._signs:
            self._signs[key] = sign(x, k, y)
        return self._signs[key]

    def feasible(self, metric: str, piece: Piece, pieces: Mapping[str, Piece]) -> Truth:
        """Where some value of a metric lies in a piece of its axis, given the pieces chosen before."""
        values = self.box.numbers.get(metric, _ANY)
        cut = pieces[values.numerator] if isinstance(values, Ratio) else None
        key = (metric, id(piece), id(cut))  # the pieces live as long as the search
        if key not in self._feasible:
            self._feasible[key] = (
                self.feasible_value(values, piece)
                if not isinstance(values, Ratio)
                else self.feasible_ratio(values, piece, pieces[values.numerator])
            )
        return self._feasible[key]

    def feasible_value(self, values: Values, piece: Piece) -> Truth:
        possible: Truth = False
        for value in values:
            if isinstance(value, Undefined):
                possible = possible | (value.rows & piece.undefined)
            elif not piece.undefined:
                inside = self.reaches(value, piece) & self.starts(value, piece)
                possible = possible | (inside & value.rows)
        return possible

    def reaches(self, value: Interval, piece: Piece) -> Truth:
        """Some value up to ``value.high`` is in or above the piece."""
        relation = self.sign(value.high, piece.low)
        return (relation > 0) | ((relation == 0) & piece.is_point & (value.high_open ^ True))

    def starts(self, value: Interval, piece: Piece) -> Truth:
        """Some value from ``value.low`` on is in or below the piece."""
        if not isinstance(piece.high, Fraction):
            return True
        relation = self.sign(value.low, piece.high)
        return (relation < 0) | ((relation == 0) & piece.is_point & (value.low_open ^ True))

    def feasible_ratio(self, ratio: Ratio, piece: Piece, cut: Piece) -> Truth:
        numerators = self.box.numbers.get(ratio.numerator, _ANY)
        assert not isinstance(numerators, Ratio)
        if cut.undefined:  # the quotient of a figure that does not exist does not exist either
            return piece.undefined
        possible: Truth = False
        for below in ratio.denominator:
            if isinstance(below, Undefined):
                possible = possible | (below.rows & piece.undefined)
                continue
            if piece.undefined:
                continue
            for above in numerators:
                if not isinstance(above, Undefined):
                    inside = self.quotient_reaches(above, cut, below, piece)
                    possible = possible | (inside & above.rows & below.rows)
        return possible

    def quotient_reaches(self, above: Interval, cut: Piece, below: Interval, piece: Piece) -> Truth:
        """Some a / b lies in ``piece``, with a in ``above`` and in ``cut``, b in ``below``.

        The quotients fill an interval, so it is enough that the largest reaches the piece from below and the smallest
        from above. Both are compared as products (a against limit x b): no quotient is ever rounded.
        """
        inside = self.reaches(above, cut) & self.starts(above, cut)
        if inside is False:
            return False
        if piece.low >= 0:
            for high, is_open in ((above.high, above.high_open), (cut.high, not cut.is_point)):
                relation = self.quotient_sign(high, piece.low, below.low)
                attained = (is_open ^ True) & piece.is_point & ((piece.low == 0) | (below.low_open ^ True))
                inside = inside & ((relation > 0) | ((relation == 0) & attained))
        if isinstance(piece.high, Fraction):
            for low, is_open in ((above.low, above.low_open), (cut.low, not cut.is_point)):
                relation = self.quotient_sign(low, piece.high, below.high)
                attained = (is_open ^ True) & piece.is_point & ((piece.high == 0) | (below.high_open ^ True))
                inside = inside & ((relation < 0) | ((relation == 0) & attained))
        return inside

    def quotient_sign(self, above: Bound, limit: Fraction, below: Bound) -> Any:
        """Sign of above / below - limit; nothing divided by whatever is nothing."""
        if not _is_column(above) and above == INF:
            return 1
        return self.sign(above, limit) if limit == 0 else self.sign(above, limit, below)


def _is_column(value: Any) -> bool:
    return getattr(value, "ndim", 0) > 0


def _is_a_column(value: Interval | Undefined) -> bool:
    """Whether a value of a metric stands for rows instead of one product."""
    return any(map(_is_column, value))


def folded(node: Node, box: Box) -> Node:
    """The tree without the tests that the box answers for certain: only what is open is left to cut into cells."""
    return simplified(node, box.answer)


def _asked_once(nodes: Iterable[Node]) -> set[str]:
    """Truths that no tree asks for twice: what they do to it is known without trying both answers."""
    counts = [Counter(test.text for test in node.tests() if test.kind != "number") for node in nodes]
    twice = {text for count in counts for text, number in count.items() if number > 1}
    return {text for count in counts for text in count} - twice


def outcomes(nodes: Mapping[str, Node], box: Box) -> dict[str, Possible]:
    """For each named tree: can it hold, can it fail. Met = it can only hold."""
    answers: dict[str, list[Truth]] = {name: [False, False] for name in nodes}
    nodes = {name: folded(node, box) for name, node in nodes.items()}
    once = _asked_once(nodes.values())
    for cell in cells(nodes.values(), box, once):
        for name, node in nodes.items():
            for side, can in enumerate(cell.possible(node, box.truths)):
                answers[name][side] = answers[name][side] | (cell.mask & can)
        if all(sides[0] is True and sides[1] is True for sides in answers.values()):
            break  # one product, and everything asked is open: no further cell can change that
    return {name: Possible(*sides) for name, sides in answers.items()}
