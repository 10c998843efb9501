"""Courses along a lever in words and as JSON. Nothing here decides; every sentence is put together from a course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from chipclass import explanation as words
from chipclass.evaluation import Evaluation
from chipclass.levers import AXES, SCOPES, Course, Step, Stretch, Turn, turns
from chipclass.logic.numbers import INF, Interval
from chipclass.logic.tree import Node
from chipclass.positions import Position
from chipclass.rulers import own_tests
from chipclass.rules.book import Edition

#: Fields of a position that a lever can move; the status only repeats the class.
FIELDS = tuple(field for field in Position._fields if field != "status")
#: A paragraph is named where it is of the class; what reaches two may be named under one of them alone.
NAMED, NOT_NAMED, OPEN = "named", "not named", "not excluded"


class Teller:
    """Says where along the levers of one chip the conclusions turn."""

    def __init__(self, evaluation: Evaluation, courses: Sequence[Course]) -> None:
        self.evaluation = evaluation
        self.courses = courses
        date = evaluation.deal.as_of
        self.editions = [(p, e) for p in evaluation.axes.book if (e := p.on(date)) is not None]

    def title(self, course: Course) -> str:
        definition = self.evaluation.specs.metrics[course.lever.name]
        return "rates" if course.lever.scales else str(definition["short"])

    def unit(self, course: Course) -> str:
        unit = str(self.evaluation.specs.metrics[course.lever.name]["unit"])
        return "times the rates now" if course.lever.scales else unit

    def show(self, course: Course, value: Fraction) -> str:
        """A value of the lever in its unit; for rates TPP, or the share of the present rates where TPP is a range."""
        scale = 1 if not course.lever.scales else self._figure(course) or 100
        marks = {*course.origins, *(end for v in course.now if isinstance(v, Interval) for end in (v.low, v.high))}
        between = [(Fraction(mark) + value) / 2 for mark in marks if mark not in (INF, value)]
        shown = words.show(value * scale, [middle * scale for middle in between])  # so that neighbours read apart
        return f"{shown} %" if course.lever.scales and self._figure(course) is None else shown

    def _figure(self, course: Course) -> Fraction | None:
        """The one figure that a factor stands for, if it is one."""
        return self.evaluation.metrics[course.lever.name].operative if course.lever.scales else None

    def quantity(self, course: Course) -> str:
        """What the values that `show` gives are values of."""
        figure = self._figure(course) is not None
        return str(self.evaluation.specs.metrics[course.lever.name]["short"]) if figure else self.title(course)

    def after(self, course: Course) -> str:
        """The unit, to be put behind a value."""
        return "" if course.lever.scales else words.with_unit("", self.unit(course))

    def span(self, course: Course, values: Interval) -> str:
        """``below 400``, ``from 400 up to 740``, ``above 740``, ``at 400``."""
        low, high = Fraction(values.low), values.high
        if low == high:
            return f"at {self.show(course, low)}"
        start = f"{'above' if values.low_open else 'from'} {self.show(course, low)}" if low else ""
        if high == INF:
            return start or "any value"
        end = self.show(course, Fraction(high))
        side = "below" if values.high_open else "up to"
        return f"{start} {'to ' if start and values.high_open else ''}{side} {end}".strip()

    def now(self, course: Course) -> str:
        """The figure as it is, in words; rivals are divided by ``or``."""
        name = course.lever.name
        marks = {*self.evaluation.prover.limits.get(name, ()), *(() if course.lever.scales else course.origins)}
        values = self.evaluation.metrics[name].values
        known = [v for v in values if isinstance(v, Interval)]
        kept = [v for v in known if not any(_within(v, other) for other in known if other[:4] != v[:4])]
        spans = [words.span_words(Fraction(v.low), v.high, marks) for v in sorted(kept, key=lambda v: v.low)]
        unit = str(self.evaluation.specs.metrics[name]["unit"])
        spans = [words.with_unit(words.join(spans, "or"), unit)] if spans else []
        return words.join([*spans, *(["it does not exist"] if len(known) < len(values) else [])], "or")

    # JSON

    def course(self, course: Course) -> dict[str, Any]:
        """One lever: the figure now, and per axis that turns what is concluded where."""
        metric = self.evaluation.specs.metrics[course.lever.name]
        axes = {field: course.stretches(saying(field)) for field in FIELDS}
        kept = {field: found for field, found in axes.items() if len(found) > 1 or field == "classes"}
        return {
            "lever": course.lever.name,
            "title": self.title(course),
            "moves": list(course.lever.metrics),
            "scaled": course.lever.scales,
            "unit": self.unit(course),
            "figure": metric["short"],
            "now": self.now(course),
            "exact": self.evaluation.metrics[course.lever.name].operative is not None,
            "axes": {field: [self.stretch(course, s) for s in found] for field, found in kept.items()},
            "others": {name: [self.stretch(course, s) for s in found] for name, found in self._others(course)},
            "without": course.lacking.position._asdict() if course.lacking else None,
        }

    def _others(self, course: Course) -> Iterator[tuple[str, list[Stretch]]]:
        """Provisions that no field of a position speaks of, where the lever turns their outcome."""
        for name in course.steps[0].others:
            if len(found := course.stretches(deciding(name))) > 1:
                yield name, found

    def stretch(self, course: Course, stretch: Stretch) -> dict[str, Any]:
        values = stretch.values
        low, unbounded = Fraction(values.low), values.high == INF
        return {
            "low": float(values.low),
            "low_exact": words.exact_text(low),
            "low_included": not values.low_open,
            "high": None if unbounded else float(values.high),
            "high_exact": None if unbounded else words.exact_text(Fraction(values.high)),
            "high_included": not values.high_open,
            "unbounded": unbounded,
            "start": f"{'above' if values.low_open else 'from'} {self.show(course, low)}{self.after(course)}"
            if low
            else "",
            "text": f"{self.quantity(course)} {self.span(course, values)}{self.after(course)}",
            "says": stretch.says,
            "now": stretch.now,
        }

    def nearest(self, field: str) -> list[dict[str, Any]]:
        """Every lever's nearest values at which a field changes, the smallest relative change first."""
        found = [(turn, turn.course) for course in self.courses for turn in turns(course, saying(field))]
        found.sort(key=lambda pair: (abs(pair[0].change), self.courses.index(pair[1]), pair[0].rising))
        return [self.turn(turn, field) for turn, _ in found]

    def turn(self, turn: Turn, field: str) -> dict[str, Any]:
        course = turn.course
        before, after = (str(getattr(step.position, field)) for step in (turn.before, turn.after))
        limits = self.limits(turn, field)
        side = "at" if turn.reached else "above" if turn.rising else "below"
        value = f"{self.show(course, turn.at)}{self.after(course)}"
        if course.lever.scales:
            value = f"TPP {value}" if self._figure(course) else f"{value} (TPP {self._times(turn)})"
        percent = f"{words.percent(float(turn.change))} %"
        return {
            "lever": course.lever.name,
            "title": self.title(course),
            "rising": turn.rising,
            "from": float(turn.start),
            "at": float(turn.at),
            "at_exact": words.exact_text(turn.at),
            "included": turn.reached,
            "change_percent": float(turn.change * 100),
            "before": before,
            "after": after,
            "limits": limits,
            "text": f"{self.title(course)} {percent}, {side} {value}: {after}",
        }

    def _times(self, turn: Turn) -> str:
        """The range of TPP at a factor."""
        low, high = self.evaluation.prover.range_of(turn.course.lever.name)
        return words.span_words(
            None if low is None else low * turn.at,
            None if high is None else INF if high == INF else Fraction(high) * turn.at,
            self.evaluation.prover.limits.get(turn.course.lever.name, ()),
        )

    def limits(self, turn: Turn, field: str) -> list[dict[str, Any]]:
        """The tests whose limit is met where a field turns: of the provisions of its axis, or of any if none is."""
        pairs = turn.course.origins[turn.at]
        found = [
            (provision, edition, cite, test)
            for provision, edition in self.editions
            for cite, test in own_tests(edition.tree, provision.paragraph)
            if test.kind == "number" and (test.metric, test.limit) in pairs
        ]
        own = [entry for entry in found if entry[0].axis == AXES.get(field)]
        found = [entry for entry in found if entry[0].scope in SCOPES] or found
        near = [entry for entry in own if field != "classes" or _speaks(entry[1], entry[3], turn)]
        told: dict[str, dict[str, Any]] = {}
        for provision, edition, cite, test in near or own or found:
            short = self.evaluation.specs.metrics[test.metric]["short"]
            text = f"{short} {test.relation} {words.show(test.limit)} ({cite})"
            posture = edition.posture(self.evaluation.deal.as_of)
            told.setdefault(
                text, {"provision": provision.id, "cite": cite, "posture": posture, "test": test.text, "text": text}
            )
        return list(told.values())

    # sentences

    def paragraphs(self) -> Iterator[dict[str, Any]]:
        """For each paragraph of a class provision: where it stands, and which lever alone would change that."""
        evaluation = self.evaluation
        classes = evaluation.axes.class_provisions()
        for provision, edition in self.editions:
            if provision not in classes:
                continue
            for paragraph in edition.paragraphs:
                now = _state(evaluation.possible, paragraph)
                moves: list[str] = []
                idle: list[str] = []
                for course in self.courses:
                    found = course.stretches(naming(paragraph))
                    other = [s for s in found if s.says != now]
                    moves += list(self._moves(course, other))
                    idle += [] if other else [self.title(course)]
                text = f"{paragraph}: {now} on these figures. {'. '.join(moves)}{'. ' if moves else ''}"
                if idle:
                    joined, verb = words.join(idle), "changes" if len(idle) == 1 else "change"
                    text += f"{joined[0].upper()}{joined[1:]} alone {verb} nothing here."
                yield {"paragraph": paragraph, "provision": provision.id, "state": now, "text": text.strip()}

    def _moves(self, course: Course, other: Iterable[Stretch]) -> Iterator[str]:
        spans: dict[str, list[str]] = {}
        for stretch in other:
            spans.setdefault(stretch.says, []).append(self.span(course, stretch.values))
        for state, found in spans.items():
            yield f"{state.capitalize()} with {self.quantity(course)} {words.join(found, 'or')}{self.after(course)}"

    def break_even(self) -> Iterator[dict[str, Any]]:
        """Where a figure is not one value: what its value would make of the class."""
        for course in self.courses:
            stretches = course.stretches(saying("classes"))
            certain = len(course.now) == 1 and isinstance(course.now[0], Interval) and course.now[0].is_point
            if certain or len(stretches) < 2:
                continue
            parts = [f"{self.span(course, s.values)}{self.after(course)}: {s.says}" for s in stretches]
            if course.lacking:
                parts.append(f"if it does not exist: {course.lacking.position.classes}")
            text = f"{self.quantity(course)} ({self.now(course)} now) {'; '.join(parts)}"
            yield {"lever": course.lever.name, "text": text}


def _within(value: Interval, other: Interval) -> bool:
    return other.low <= value.low and value.high <= other.high


def saying(field: str) -> Callable[[Step], str]:
    """What a step says of one field of a position."""
    return lambda step: str(getattr(step.position, field))


def deciding(provision: str) -> Callable[[Step], str]:
    """The outcome of a provision at a step."""
    return lambda step: step.others[provision]


def naming(paragraph: str) -> Callable[[Step], str]:
    """Whether a step's class names a paragraph."""
    return lambda step: _state(step.possible, paragraph)


def _state(possible: Iterable[frozenset[str]], paragraph: str) -> str:
    answers = {paragraph in named for named in possible}
    return OPEN if len(answers) > 1 else NAMED if True in answers else NOT_NAMED


def _speaks(edition: Edition, test: Node, turn: Turn) -> bool:
    """Whether a test belongs to a paragraph that comes or goes at a turn, or to none: then it binds them all."""
    here: Mapping[str, bool] = {
        paragraph: any(node is test for node in edition.node(name).walk())
        for paragraph, name in edition.paragraphs.items()
    }
    one, other = _named(turn.before), _named(turn.after)
    changed = one ^ other or one | other
    return not any(here.values()) or any(holds and paragraph in changed for paragraph, holds in here.items())


def _named(step: Step) -> set[str]:
    return set().union(*step.possible)
