"""Metrics of a package: what its logic dies add up to, with rival figures and dies that may not count."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product as combinations
from typing import Any

from chipclass.logic.cells import NO, YES, Possible
from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined, total
from chipclass.rules.alternatives import Alternative, Metric, claims, distinct, number, span, truth_of
from chipclass.specdb.records import SKETCH, Fact, Item
from chipclass.specdb.store import Specs


def sum_of_dies(specs: Specs, chip: Item, name: str, definition: Mapping[str, Any]) -> Metric:
    """A quantity of the logic dies of a package that count, or a source's figure for their sum.

    ``of`` names the quantity of one die, ``only_if`` the yes/no fact that a die needs to count, ``stated`` the sum.
    """
    stated = str(definition.get("stated", ""))
    columns = claims(chip, stated) if any(chip.known(stated)) else []
    causes = [fact for a in columns if a.decides for fact in a.facts]
    sketched = any(fact.status == SKETCH for fact in chip.known(stated))  # then the package's dies are moot
    dies = None if sketched else next(iter(chip.known("dies")), None)
    if dies is not None:
        columns = _package(specs, dies, definition) + columns
        causes = [fact for a in columns if a.decides and not _settled(a) for fact in a.facts]
    if not columns:
        columns = [Alternative("", Interval(Fraction(0), INF, True, True), (), (), True, facts=(f"{chip.id}/dies",))]
        causes = [f"{chip.id}/dies"]
    headline = _headline(specs, chip, dies, definition)
    return Metric(name, definition["unit"], distinct(columns), *headline, tuple(dict.fromkeys(causes)))


def _settled(alternative: Alternative) -> bool:
    return isinstance(alternative.value, Undefined) or alternative.value.is_point


def _package(specs: Specs, dies: Fact, definition: Mapping[str, Any]) -> list[Alternative]:
    """Every combination of the rival figures of the dies of a package; a die that may not count may be left out."""
    rows: list[list[Alternative]] = []
    for name, count in dies.value.items():
        die = specs.item(name)
        counts = _counts(die, definition)
        if not counts.true:
            continue
        [part] = definition["of"]
        unit = definition["unit"]
        row = [_all_of(claim, count, die.name, dies, unit) for claim in claims(die, part) if claim.decides]
        if counts.false:
            condition = definition["only_if"]
            label = f"{die.name} not {condition.replace('_', ' ')}"
            row.append(Alternative(label, UNDEFINED, (), (), True, facts=(f"{die.id}/{condition}",)))
        rows.append(row)
    result = []
    for parts in combinations(*rows):
        counted = [a.value for a in parts if isinstance(a.value, Interval)]
        missing = f"no {definition.get('only_if', '').replace('_', '-')} logic die"
        label = " + ".join(a.label for a in parts) or missing
        whole = total(counted, label) if counted else UNDEFINED
        sources = tuple(dict.fromkeys([s for a in parts for s in a.sources] + [dies.source]))
        statuses = tuple(dict.fromkeys([s for a in parts for s in a.statuses] + [dies.status]))
        facts = tuple(dict.fromkeys([fact for a in parts for fact in a.facts] or [dies.id]))
        result.append(Alternative(label, whole, sources, statuses, True, facts=facts))
    return result


def _counts(die: Item, definition: Mapping[str, Any]) -> Possible:
    """Whether a die counts: logic only, and only if its yes/no fact holds where the metric asks for one."""
    if die.kind != "logic":
        return NO
    return truth_of(die, condition) if (condition := definition.get("only_if")) else YES


def _all_of(claim: Alternative, count: int, name: str, dies: Fact, unit: str) -> Alternative:
    """A claim of one die, for all dies of its kind in the package."""
    known = isinstance(claim.value, Interval) and bool(claim.sources)
    one = claim.value if known and isinstance(claim.value, Interval) else Interval(Fraction(0), INF, True, True)
    high = one.high if one.high == INF else one.high * count
    label = f"{count} x {name} {span(one)} {unit}"
    value = Interval(one.low * count, high, one.low_open, one.high_open, label)
    return Alternative(label, value, claim.sources, claim.statuses, True, facts=(*claim.facts, dies.id))


def _headline(
    specs: Specs, chip: Item, dies: Fact | None, definition: Mapping[str, Any]
) -> tuple[Fraction | None, str]:
    """Sum of the dies' best figures; none where one of them has only a range."""
    if dies is None:
        stated = definition.get("stated", "")
        figure = next((f.value.value for f in chip.known(stated) if f.value.value is not None), None)
        return figure, "sum of logic dies as given" if figure is not None else ""
    [part] = definition["of"]
    whole, words = Fraction(0), []
    for name, count in dies.value.items():
        die = specs.item(name)
        if not _counts(die, definition).true:
            continue
        best = next((f.value.value for f in die.known(part) if f.value.value is not None), None)
        if best is None:
            return None, ""
        whole += best * count
        words.append(f"{count} x {die.name} {number(best)} {definition['unit']}")
    return (whole, " + ".join(words)) if words else (None, "")
