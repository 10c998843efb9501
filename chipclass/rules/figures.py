"""The metrics of one chip: what the sources claim, which claims decide, and what stays unknown.

Three kinds of not-knowing are kept apart (docs/decisions.md): *alternatives* (claims and named readings, each possible
on its own), *intervals* (estimates and gaps within one alternative) and figures that do not exist.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from fractions import Fraction
from itertools import product as combinations
from typing import Any

from chipclass.logic.cells import Box, Ratio, Values
from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined, total
from chipclass.rules.alternatives import (
    Alternative,
    Metric,
    deciding_facts,
    distinct,
    number,
    same_claim,
    span,
    truth_of,
)
from chipclass.rules.throughput import highest_product
from chipclass.specdb.records import SKETCH, Fact, Item
from chipclass.specdb.store import Specs


def metrics_of(specs: Specs, chip: Item, read: Container[str] | None = None) -> dict[str, Metric]:
    """The metrics of a chip, by name, in the order of ``specs/metrics.toml``.

    ``read`` names the metrics that rules read: one that exists only for rules is left out unless it is among them.
    Without it every metric is computed.
    """
    done: dict[str, Metric] = {}
    for name, definition in specs.metrics.items():
        if definition.get("only_for_rules") and read is not None and name not in read:
            continue
        if definition["op"] == "highest":
            done[name] = highest_product(specs, chip, name, definition)
        elif definition["op"] == "sum":
            done[name] = _sum(chip, name, definition, done)
        elif definition["op"] == "dies":
            done[name] = _dies(specs, chip, name, definition)
        else:
            done[name] = _quotient(name, definition, done)
    return done


def with_metrics(
    specs: Specs, chip: Item, metrics: Mapping[str, Metric], replaced: Mapping[str, Metric]
) -> dict[str, Metric]:
    """The metrics of a chip with some put in their place, and all that are made of those computed anew."""
    done: dict[str, Metric] = {}
    changed = set(replaced)
    for name, metric in metrics.items():
        definition = specs.metrics[name]
        if name in replaced:
            done[name] = replaced[name]
        elif changed.isdisjoint(definition.get("of", ())):
            done[name] = metric
        else:
            changed.add(name)
            sums = definition["op"] == "sum"
            done[name] = _sum(chip, name, definition, done) if sums else _quotient(name, definition, done)
    return done


def box_of(specs: Specs, chip: Item, metrics: Mapping[str, Metric]) -> Box:
    """Everything that is possible for a chip, for the evaluator."""
    numbers: dict[str, Values | Ratio] = {}
    for name, metric in metrics.items():
        definition = specs.metrics[name]
        if definition["op"] == "quotient":
            above, below = definition["of"]
            numbers[name] = Ratio(above, metrics[below].values)
        else:
            numbers[name] = metric.values
    return Box(numbers, {name: truth_of(chip, name) for name, a in specs.attributes.items() if a["kind"] == "truth"})


def _sum(chip: Item, name: str, definition: Mapping[str, Any], done: Mapping[str, Metric]) -> Metric:
    """Bandwidths: the sum of attributes or of other metrics, over every combination of rival claims."""
    columns: list[list[Alternative]] = []
    causes: list[str] = []
    for part in definition["of"]:
        if part in done:
            columns.append([a for a in done[part].alternatives if a.decides] or [_gap(chip, part)])
            causes += done[part].causes
        else:
            columns.append(_claims(chip, part))
            causes += [
                a.facts[0] for a in columns[-1] if a.facts and isinstance(a.value, Interval) and not a.value.is_point
            ]
    alternatives = []
    for parts in combinations(*columns):
        intervals = [
            a.value if isinstance(a.value, Interval) else Interval.point(Fraction(0)) for a in parts if a.decides
        ]
        label = " + ".join(a.label for a in parts if a.label)
        sources = tuple(dict.fromkeys(s for a in parts for s in a.sources))
        statuses = tuple(dict.fromkeys(s for a in parts for s in a.statuses))
        why = next((a.why_not for a in parts if not a.decides), "")
        decides = all(a.decides for a in parts)
        whole = total(intervals, label) if decides else _first_interval(parts)
        facts = tuple(fact for a in parts for fact in a.facts)
        alternatives.append(Alternative(label, whole, sources, statuses, decides, why, facts))
    headline = _headline_of(alternatives)
    return Metric(name, definition["unit"], distinct(alternatives), *headline, tuple(dict.fromkeys(causes)))


def _first_interval(parts: Sequence[Alternative]) -> Interval | Undefined:
    return next(a.value for a in parts if not a.decides)


def _headline_of(alternatives: Sequence[Alternative]) -> tuple[Fraction | None, str]:
    """The largest deciding figure; none where a deciding value has no upper end."""
    points = [a for a in alternatives if a.decides and isinstance(a.value, Interval) and a.value.is_point]
    if not points or any(a.decides and isinstance(a.value, Interval) and a.value.high == INF for a in alternatives):
        return None, ""
    best = max(points, key=lambda a: a.value.high if isinstance(a.value, Interval) else 0)
    assert isinstance(best.value, Interval)
    return Fraction(best.value.low), best.label


def _gap(chip: Item, attribute: str) -> Alternative:
    return Alternative("", Interval.unknown("no source gives it"), (), (), True, facts=(f"{chip.id}/{attribute}",))


def _claims(item: Item, attribute: str) -> list[Alternative]:
    """Rival claims of one quantity: deciding ones, those they outrank, those set aside."""
    facts = [fact for fact in item.facts if fact.attribute == attribute]
    if not [fact for fact in facts if not fact.set_aside]:
        return [_gap(item, attribute)]
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


def _dies(specs: Specs, chip: Item, name: str, definition: Mapping[str, Any]) -> Metric:
    """Applicable die area: the non-planar logic dies of the package, or a source's figure for their sum."""
    columns = _claims(chip, "logic_die_area") if any(f.attribute == "logic_die_area" for f in chip.facts) else []
    causes = [fact for a in columns if a.decides for fact in a.facts]
    sketched = any(fact.status == SKETCH for fact in chip.known("logic_die_area"))  # then the package's dies are moot
    dies = None if sketched else next(iter(chip.known("dies")), None)
    if dies is not None:
        columns = _package(specs, dies) + columns
        causes = [fact for a in columns if a.decides and not _settled(a) for fact in a.facts]
    if not columns:
        columns = [Alternative("", Interval(Fraction(0), INF, True, True), (), (), True, facts=(f"{chip.id}/dies",))]
        causes = [f"{chip.id}/dies"]
    return Metric(
        name, definition["unit"], distinct(columns), *_area_headline(specs, chip, dies), tuple(dict.fromkeys(causes))
    )


def _settled(alternative: Alternative) -> bool:
    return isinstance(alternative.value, Undefined) or alternative.value.is_point


def _package(specs: Specs, dies: Fact) -> list[Alternative]:
    """Every combination of the rival areas of the dies of a package; a die that may be planar may not count at all."""
    rows: list[list[Alternative]] = []
    for name, count in dies.value.items():
        die = specs.item(name)
        non_planar = truth_of(die, "non_planar")
        if die.kind != "logic" or not non_planar.true:
            continue
        row = [_all_of(claim, count, die.name, dies) for claim in _claims(die, "area") if claim.decides]
        if non_planar.false:
            row.append(Alternative(f"{die.name} planar", UNDEFINED, (), (), True, facts=(f"{die.id}/non_planar",)))
        rows.append(row)
    result = []
    for parts in combinations(*rows):
        counted = [a.value for a in parts if isinstance(a.value, Interval)]
        label = " + ".join(a.label for a in parts) or "no non-planar logic die"
        whole = total(counted, label) if counted else UNDEFINED
        sources = tuple(dict.fromkeys([s for a in parts for s in a.sources] + [dies.source]))
        statuses = tuple(dict.fromkeys([s for a in parts for s in a.statuses] + [dies.status]))
        facts = tuple(dict.fromkeys([fact for a in parts for fact in a.facts] or [dies.id]))
        result.append(Alternative(label, whole, sources, statuses, True, facts=facts))
    return result


def _all_of(claim: Alternative, count: int, name: str, dies: Fact) -> Alternative:
    """A claim of one die's area, for all dies of its kind in the package."""
    known = isinstance(claim.value, Interval) and bool(claim.sources)
    area = claim.value if known and isinstance(claim.value, Interval) else Interval(Fraction(0), INF, True, True)
    high = area.high if area.high == INF else area.high * count
    label = f"{count} x {name} {span(area)} mm^2"
    value = Interval(area.low * count, high, area.low_open, area.high_open, label)
    return Alternative(label, value, claim.sources, claim.statuses, True, facts=(*claim.facts, dies.id))


def _area_headline(specs: Specs, chip: Item, dies: Fact | None) -> tuple[Fraction | None, str]:
    """Sum of the dies' best figures; none where one of them has only a range."""
    if dies is None:
        figure = next((f.value.value for f in chip.known("logic_die_area") if f.value.value is not None), None)
        return figure, "sum of logic dies as given" if figure is not None else ""
    area, words = Fraction(0), []
    for name, count in dies.value.items():
        die = specs.item(name)
        if die.kind != "logic" or not truth_of(die, "non_planar").true:
            continue
        best = next((f.value.value for f in die.known("area") if f.value.value is not None), None)
        if best is None:
            return None, ""
        area += best * count
        words.append(f"{count} x {die.name} {number(best)} mm^2")
    return (area, " + ".join(words)) if words else (None, "")


def _quotient(name: str, definition: Mapping[str, Any], done: Mapping[str, Metric]) -> Metric:
    above, below = (done[part] for part in definition["of"])
    alternatives = []
    for top, bottom in combinations(above.alternatives, below.alternatives):
        if not (top.decides and bottom.decides):
            continue
        label = f"{top.label} / {bottom.label or 'unknown area'}"
        sources = tuple(dict.fromkeys([*top.sources, *bottom.sources]))
        value = _divide(top.value, bottom.value, label)
        statuses = tuple(dict.fromkeys([*top.statuses, *bottom.statuses]))
        alternatives.append(Alternative(label, value, sources, statuses, True, facts=(*top.facts, *bottom.facts)))
    headline = None
    if above.headline is not None and below.headline:
        headline = above.headline / below.headline
    derivation = f"{number(above.headline)} / {number(below.headline)} mm^2" if headline is not None else ""
    causes = tuple(dict.fromkeys([*above.causes, *below.causes]))
    return Metric(name, definition["unit"], tuple(alternatives), headline, derivation, causes)


def _divide(top: Interval | Undefined, bottom: Interval | Undefined, label: str) -> Interval | Undefined:
    if isinstance(top, Undefined) or isinstance(bottom, Undefined):
        return UNDEFINED
    low = Fraction(0) if bottom.high == INF else top.low / bottom.high
    high = INF if bottom.low == 0 or top.high == INF else top.high / bottom.low
    low_open = bool(top.low_open or bottom.high_open)
    return Interval(low, high, low_open, bool(top.high_open or bottom.low_open or high == INF), label)
