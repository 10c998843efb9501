"""Alternatives: the rival values of a metric, each with what it rests on and whether it decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from chipclass.logic.cells import MAYBE, NO, YES, Possible, Values
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.specdb.records import SKETCH, Fact, Figure, Item

#: Statuses that outrank nothing.
HEARSAY = frozenset({"press", "estimate"})


@dataclass(frozen=True, slots=True)
class Alternative:
    """One possible value of a metric: what it is computed from, whether it decides, and if not, why not."""

    label: str
    value: Interval | Undefined
    sources: tuple[str, ...]
    statuses: tuple[str, ...]
    decides: bool
    why_not: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of one chip. ``headline`` is the computed figure, ``operative`` the one that decides."""

    name: str
    unit: str
    alternatives: tuple[Alternative, ...]
    headline: Fraction | None
    derivation: str = ""
    causes: tuple[str, ...] = ()

    @property
    def values(self) -> Values:
        """The possible values that decide."""
        deciding = tuple(a.value for a in self.alternatives if a.decides)
        return deciding or (Interval.unknown("no source gives it"),)

    @property
    def operative(self) -> Fraction | None:
        """The deciding figure, if all deciding alternatives agree on one."""
        ends = {(v.low, v.high) if isinstance(v, Interval) else None for v in self.values}
        if len(ends) == 1 and (only := ends.pop()) and only[0] == only[1]:
            return Fraction(only[0])
        return None

    @property
    def low(self) -> Fraction | None:
        return min((Fraction(v.low) for v in self.values if isinstance(v, Interval)), default=None)

    @property
    def high(self) -> Fraction | float | None:
        highs = [v.high for v in self.values if isinstance(v, Interval)]
        return max(highs) if highs else None


def truth_of(chip: Item, attribute: str) -> Possible:
    """A yes/no fact: the manufacturer's word if there is one; sources that differ leave it unknown."""
    answers = {fact.value for fact in deciding_facts(chip.known(attribute))}
    if len(answers) != 1 or None in answers:
        return MAYBE
    return YES if answers.pop() else NO


def outranks(fact: Fact) -> bool:
    """Whether a fact speaks before hearsay: the manufacturer's claim, or the user's own (a sketch, an overlay)."""
    return fact.by_manufacturer or fact.status == SKETCH or (bool(fact.overlay) and fact.status not in HEARSAY)


def deciding_facts(facts: Iterable[Fact]) -> list[Fact]:
    """The user's own facts if there are any (hearsay apart), else the manufacturer's claims, else all claims."""
    known = list(facts)
    for better in ([f for f in known if f.overlay and outranks(f)], [f for f in known if f.by_manufacturer]):
        if better:
            return better
    return known


def not_deciding(alternative: Alternative, why: str) -> Alternative:
    """The same alternative, shown only."""
    return replace(alternative, decides=False, why_not=why)


def same_claim(rough: Figure, fine: Figure) -> bool:
    """Whether a rougher figure is a finer one rounded to the rougher one's digits, or the same."""
    if rough.value is None or fine.value is None or rough.low is not None or fine.low is not None:
        return rough == fine
    if rough.value == fine.value:
        return True
    return 0 < rough.digits < fine.digits and Fraction(f"{float(fine.value):.{rough.digits}g}") == rough.value


def distinct(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """One of each: rival sources of the same value are named together."""
    merged: dict[tuple[Any, ...], Alternative] = {}
    for a in alternatives:
        v = a.value
        key = (v.low, v.high, v.low_open, v.high_open, a.decides) if isinstance(v, Interval) else (None, a.decides)
        if first := merged.get(key):
            sources = tuple(dict.fromkeys([*first.sources, *a.sources]))
            statuses = tuple(dict.fromkeys([*first.statuses, *a.statuses]))
            facts = tuple(dict.fromkeys([*first.facts, *a.facts]))
            a = Alternative(first.label, first.value, sources, statuses, first.decides, first.why_not, facts)
        merged[key] = a
    return tuple(merged.values())


def is_point(fact: Fact) -> bool:
    return isinstance(fact.value, Figure) and (fact.value.none or fact.value.low is None)


def span(value: Interval) -> str:
    return number(value.low) if value.is_point else f"{number(value.low)} to {number(value.high)}"


def number(value: Fraction | float | None) -> str:
    return "inf" if value in (INF, None) else f"{float(value):,.10g}"


def gap(chip: Item, attribute: str) -> Alternative:
    return Alternative("", Interval.unknown("no source gives it"), (), (), True, facts=(f"{chip.id}/{attribute}",))


def claims(item: Item, attribute: str) -> list[Alternative]:
    """Rival claims of one quantity: deciding ones, those they outrank, those set aside."""
    facts = [fact for fact in item.facts if fact.attribute == attribute]
    if not [fact for fact in facts if not fact.set_aside]:
        return [gap(item, attribute)]
    deciding = _without_roundings(deciding_facts(item.known(attribute)))
    result: list[Alternative] = []
    for fact in sorted(facts, key=lambda f: f not in deciding):
        decides = fact in deciding
        why = "" if decides else fact.set_aside or "outranked by the manufacturer's own figure, or a rounding of it"
        label = f"{attribute.replace('_', ' ')} {fact.value.text}"
        value = fact.value.interval(label)
        result.append(Alternative(label, value, (fact.source,), (fact.status,), decides, why, (fact.id,)))
    return result


def _without_roundings(facts: Sequence[Fact]) -> list[Fact]:
    """Drop claims that equal a more precise one when that is rounded to their digits, and repetitions."""
    kept: list[Fact] = []
    for fact in sorted(facts, key=lambda f: -f.value.digits):
        if not any(same_claim(fact.value, other.value) for other in kept):
            kept.append(fact)
    return [fact for fact in facts if fact in kept]
