"""The conclusion as a function of one figure, everything else held fixed, with the exact values at which it turns.

A lever moves the metrics that read the same attributes of a chip: rates are all multiplied by one factor, any other
figure is put in place of the chip's own. Where a limit meets an end of what is possible, the conclusion may turn; at
each such value and inside each interval between two of them the chip is evaluated, and equal neighbours are merged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, product
from typing import NamedTuple

from chipclass import explanation as words
from chipclass.evaluation import Evaluation
from chipclass.logic.cells import Piece, Values, axis_pieces, outcomes
from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined
from chipclass.positions import Position, position_of
from chipclass.proof import NOT_MET, outcome_of
from chipclass.rules.alternatives import Alternative, Metric
from chipclass.rules.book import CODIFIED, IN_FORCE, REPORTED

#: The axis whose provisions bring a field of a position about.
AXES = {
    "classes": "ic class",
    "review_policy": "review policy",
    "tariff": "tariff",
    "licence": "licence requirement",
    "letters": "licence requirement",
}
#: Scopes and postures that positions speak of.
SCOPES, POSTURES = ("", "headquarters", "letter"), (IN_FORCE, CODIFIED, REPORTED)


class Lever(NamedTuple):
    """A figure that is moved: the metric it is named for, all metrics that move with it, and how."""

    name: str
    metrics: tuple[str, ...]
    scales: bool  # all values are multiplied by the lever's value, or it is put in their place
    may_lack: bool  # the figure may not exist at all

    @property
    def above_nothing(self) -> bool:
        """Whether the lever's values are all above 0: factors, and figures that have a value where they exist."""
        return self.scales or self.may_lack


class Step(NamedTuple):
    """A value of the lever, or an open interval in which nothing turns, and what is concluded there."""

    piece: Piece
    position: Position
    possible: tuple[frozenset[str], ...]
    others: Mapping[str, str]  # provision -> outcome, of those that no field of a position speaks of


class Stretch(NamedTuple):
    """All neighbouring values of a lever for which one and the same is said; ``now`` where the chip's own lie in it."""

    values: Interval
    says: str
    now: bool


@dataclass(frozen=True)
class Course:
    """The conclusions along one lever. ``origins`` tells which limits of which metrics are met at a value."""

    lever: Lever
    now: Values
    steps: tuple[Step, ...]
    lacking: Step | None
    origins: Mapping[Fraction, frozenset[tuple[str, Fraction]]]

    def stretches(self, says: Callable[[Step], str]) -> list[Stretch]:
        """The lever's values from the lowest, merged by what is said of them."""
        result = []
        for text, group in groupby(self.steps, says):
            steps = list(group)
            first, last = steps[0].piece, steps[-1].piece
            low_open = not first.is_point and (first.low > 0 or self.lever.above_nothing)
            values = Interval(max(first.low, Fraction(0)), last.high, low_open, not last.is_point)
            result.append(Stretch(values, text, any(isinstance(v, Interval) and v.overlaps(values) for v in self.now)))
        return result

    def at(self, value: Fraction) -> Step:
        """The step that a value above 0 lies in."""
        return next(
            s
            for s in self.steps
            if s.piece.low <= value <= s.piece.high and (s.piece.is_point or s.piece.low < value < s.piece.high)
        )


class Turn(NamedTuple):
    """The nearest value above or below a figure at which a conclusion changes."""

    course: Course
    start: Fraction  # the end of the figure's range from which it is counted
    at: Fraction
    reached: bool  # the other conclusion holds at the value itself, not only beyond it
    before: Step
    after: Step

    @property
    def rising(self) -> bool:
        return self.at > self.start or (self.at == self.start and self.after.piece.low >= self.at)

    @property
    def change(self) -> Fraction:
        """Relative change of the figure up to the value."""
        return self.at / self.start - 1


def levers_of(evaluation: Evaluation) -> list[Lever]:
    """One lever for each set of attributes that metrics are made of, in the order of the metrics."""
    groups: dict[tuple[str, ...], list[str]] = {}
    definitions = {name: evaluation.specs.metrics[name] for name in evaluation.metrics}
    for name, definition in definitions.items():
        of = (definition["rate"],) if "rate" in definition else tuple(definition.get("of", ())) or (definition["op"],)
        if definitions.keys().isdisjoint(of):
            groups.setdefault(of, []).append(name)
    result = []
    for names in groups.values():
        definition = definitions[names[0]]
        known = any(_ends(evaluation.metrics[names[0]].values))
        lack = any(isinstance(v, Undefined) for v in evaluation.metrics[names[0]].values) or definition["op"] == "dies"
        result.append(Lever(names[0], tuple(names), "rate" in definition and known, lack))
    return result


def course_of(evaluation: Evaluation, lever: Lever) -> Course:
    """What is concluded at every value of a lever."""
    origins: dict[Fraction, set[tuple[str, Fraction]]] = {}
    finder = _Finder(evaluation, lever)
    for metric, limits in evaluation.prover.limits.items():
        for limit in limits if metric in evaluation.metrics else ():  # memory has metrics that a processor lacks
            for value in finder.turning(metric, limit):
                origins.setdefault(value, set()).add((metric, limit))
    steps = []
    lacking = None
    for piece in axis_pieces(origins):
        if not piece.undefined:
            steps.append(_step(evaluation, lever, piece, _inside(piece)))
        elif lever.may_lack:
            lacking = _step(evaluation, lever, piece, None)
    now = (Interval.point(Fraction(1)),) if lever.scales else evaluation.metrics[lever.name].values
    found = {value: frozenset(pairs) for value, pairs in origins.items()}
    return Course(lever, now, tuple(steps), lacking, found)


def turns(course: Course, says: Callable[[Step], str]) -> Iterator[Turn]:
    """The nearest changes of what is said above and below each figure that is possible now; none from no figure."""
    for value in course.now:
        if not isinstance(value, Interval):
            continue
        for rising, start in ((False, value.low), (True, value.high)):
            if not start or start == INF:
                continue
            start = Fraction(start)
            here = course.at(start)
            index = course.steps.index(here)
            ahead = course.steps[index + 1 :] if rising else course.steps[:index][::-1]
            if after := next((step for step in ahead if says(step) != says(here)), None):
                at = after.piece.low if rising else Fraction(after.piece.high)
                yield Turn(course, start, at, after.piece.is_point, here, after)


def _step(evaluation: Evaluation, lever: Lever, piece: Piece, value: Fraction | None) -> Step:
    follow = _following(evaluation, lever)
    given = {name: metric for name, metric in evaluation.metrics.items() if name not in follow}
    given |= {name: _moved(evaluation.metrics[name], lever, value) for name in lever.metrics}
    e = Evaluation(evaluation.specs, evaluation.item, evaluation.chip, evaluation.count, evaluation.deal, given)
    possible = {name: outcomes({name: e.axes.trees[name]}, e.box)[name] for name in _others(e, lever)}
    others = {name: outcome_of(bool(p.true), bool(p.false)) for name, p in possible.items()}
    return Step(piece, position(e), tuple(e.possible), others)


def position(evaluation: Evaluation) -> Position:
    """The position of a chip, with what is said of each letter: a criterion not excluded may turn into one reached."""
    told = [entry["text"] for entry in evaluation.axes.letters() if entry["criterion"] != NOT_MET]
    return position_of(evaluation)._replace(letters=words.join(told) or "none")


def _others(evaluation: Evaluation, lever: Lever) -> Iterator[str]:
    """Provisions that the lever can move, on an axis, in a scope or of a posture that positions leave out."""
    date = evaluation.deal.as_of
    moved = _following(evaluation, lever)
    for provision in evaluation.axes.book:
        if edition := provision.on(date):
            told = provision.axis in AXES.values() and provision.text("scope") in SCOPES
            told = told and edition.posture(date) in POSTURES
            if told or not evaluation.axes.speaks(provision):
                continue
            if not moved.isdisjoint(test.metric for test in evaluation.axes.trees[provision.id].tests()):
                yield provision.id


def _following(evaluation: Evaluation, lever: Lever) -> set[str]:
    """The metrics that move with a lever: its own, and those that are made of them."""
    moved = set(lever.metrics)
    for name in evaluation.metrics:
        moved |= {name} if not moved.isdisjoint(evaluation.specs.metrics[name].get("of", ())) else set()
    return moved


def _moved(metric: Metric, lever: Lever, value: Fraction | None) -> Metric:
    """A metric at a value of the lever; at no value it does not exist."""
    if not lever.scales or value is None:
        point = UNDEFINED if value is None else Interval.point(value)
        return Metric(metric.name, metric.unit, (Alternative("", point, (), (), True),), value)
    scaled = tuple(
        replace(a, value=a.value.times(value)) if isinstance(a.value, Interval) else a for a in metric.alternatives
    )
    return replace(metric, alternatives=scaled, headline=None)


def _inside(piece: Piece) -> Fraction:
    """A value of a piece; of an interval one between its ends."""
    if piece.is_point:
        return piece.low
    low = max(piece.low, Fraction(0))
    return low + 1 if piece.high == INF else (low + Fraction(piece.high)) / 2


class _Finder:
    """Solves for the lever: at which of its values does an end of a metric's range, or a limit within it, meet a limit?

    Values at which nothing turns do no harm; a turn that is not among them would.
    """

    def __init__(self, evaluation: Evaluation, lever: Lever) -> None:
        self.definitions = evaluation.specs.metrics
        self.metrics = evaluation.metrics
        self.limits = evaluation.prover.limits
        self.lever = lever

    def turning(self, name: str, target: Fraction) -> set[Fraction]:
        """Values above 0 of the lever at which the metric reaches the target."""
        if target <= 0:
            return set()
        if name in self.lever.metrics:
            return {target / end for end in self.ends(name) if end} if self.lever.scales else {target}
        parts = [part for part in self.definitions[name].get("of", ()) if part in self.metrics]
        if self.definitions[name]["op"] == "quotient":
            above, below = parts
            found = {value for end in self.ends(below) for value in self.turning(above, target * end)}
            return found.union(*(self.turning(below, end / target) for end in {*self.ends(above), *self.cuts(above)}))
        found = set()
        for part in parts:
            rest = [self.ends(other) for other in parts if other != part]
            found.update(*(self.turning(part, target - sum(ends, Fraction(0))) for ends in product(*rest)))
        return found

    def ends(self, name: str) -> set[Fraction]:
        return set(_ends(self.metrics[name].values))

    def cuts(self, name: str) -> set[Fraction]:
        """Limits inside the range of a numerator: the quotient is followed on either side of each."""
        ranges = [value for value in self.metrics[name].values if isinstance(value, Interval)]
        return {limit for limit in self.limits.get(name, ()) if any(v.low < limit < v.high for v in ranges)}


def _ends(values: Values) -> Iterator[Fraction]:
    """The finite ends of what a figure can be."""
    ends = (end for value in values if isinstance(value, Interval) for end in (value.low, value.high))
    return (Fraction(end) for end in ends if end != INF)
