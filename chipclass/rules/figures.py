"""The metrics of one chip: what the sources claim, which claims decide, and what stays unknown.

Three kinds of not-knowing are kept apart (docs/decisions.md): *alternatives* (claims and named readings, each possible
on its own), *intervals* (estimates and gaps within one alternative) and figures that do not exist.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from fractions import Fraction
from itertools import product as combinations
from typing import Any

from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, Ratio, Values
from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined, total
from chipclass.rules.alternatives import (
    Alternative,
    Metric,
    claims,
    deciding_facts,
    distinct,
    gap,
    number,
    truth_of,
)
from chipclass.rules.packages import sum_of_dies
from chipclass.rules.throughput import highest_product
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs


def metrics_of(
    specs: Specs, chip: Item, read: Container[str] | None = None, given: Mapping[str, Metric] | None = None
) -> dict[str, Metric]:
    """The metrics of a chip, by name, in the order of ``specs/metrics.toml``.

    ``read`` names the metrics that rules read: one that exists only for rules is left out unless it is among them.
    Without it every metric is computed. A metric in ``given`` is taken as it is, and those made from it follow.
    """
    done: dict[str, Metric] = {}
    wanted = None if read is None else _with_parts(specs, read)
    for name, definition in specs.metrics.items():
        if definition.get("only_for_rules") and wanted is not None and name not in wanted:
            continue
        if definition.get("of_function", chip.function) != chip.function:
            continue
        if given and name in given:
            done[name] = given[name]
        elif definition["op"] == "highest":
            done[name] = highest_product(specs, chip, name, definition)
        elif definition["op"] == "sum":
            done[name] = _sum(chip, name, definition, done)
        elif definition["op"] == "dies":
            done[name] = sum_of_dies(specs, chip, name, definition)
        else:
            done[name] = _quotient(name, definition, done)
    return done


def _with_parts(specs: Specs, read: Container[str]) -> set[str]:
    """The metrics that are read, and those that they are made of."""
    ahead = [name for name in specs.metrics if name in read]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        found.add(name)
        ahead += [part for part in specs.metrics[name].get("of", ()) if part in specs.metrics and part not in found]
    return found


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
    truths = {name: truth_of(chip, name) for name, a in specs.attributes.items() if a["kind"] == "truth"}
    derived = {name: _derived(chip, a) for name, a in specs.attributes.items() if "derived_from" in a}
    return Box(numbers, {**truths, **derived})


def _derived(chip: Item, attribute: Mapping[str, Any]) -> Possible:
    """A yes/no that follows from a text: whether it begins with one of the words named."""
    starts = tuple(attribute["starts_with"])
    answers = {str(fact.value).startswith(starts) for fact in deciding_facts(chip.known(attribute["derived_from"]))}
    if len(answers) != 1:
        return MAYBE
    return YES if answers.pop() else NO


def _sum(chip: Item, name: str, definition: Mapping[str, Any], done: Mapping[str, Metric]) -> Metric:
    """Bandwidths: the sum of attributes or of other metrics, over every combination of rival claims."""
    columns: list[list[Alternative]] = []
    causes: list[str] = []
    for part in definition["of"]:
        if part in done:
            columns.append([a for a in done[part].alternatives if a.decides] or [gap(chip, part)])
            causes += done[part].causes
        else:
            columns.append(claims(chip, part))
            causes += [
                a.facts[0] for a in columns[-1] if a.facts and isinstance(a.value, Interval) and not a.value.is_point
            ]
    alternatives = []
    for parts in combinations(*columns):
        intervals = [a.value if isinstance(a.value, Interval) else Interval.point(Fraction(0)) for a in parts]
        label = " + ".join(a.label for a in parts if a.label)
        sources = tuple(dict.fromkeys(s for a in parts for s in a.sources))
        statuses = tuple(dict.fromkeys(s for a in parts for s in a.statuses))
        why = next((a.why_not for a in parts if not a.decides), "")
        decides = all(a.decides for a in parts)
        whole = total(intervals, label)
        facts = tuple(fact for a in parts for fact in a.facts)
        alternatives.append(Alternative(label, whole, sources, statuses, decides, why, facts))
    headline = _headline_of(alternatives)
    return Metric(name, definition["unit"], distinct(alternatives), *headline, tuple(dict.fromkeys(causes)))


def _headline_of(alternatives: Sequence[Alternative]) -> tuple[Fraction | None, str]:
    """The largest deciding figure; none where a deciding value has no upper end."""
    points = [a for a in alternatives if a.decides and isinstance(a.value, Interval) and a.value.is_point]
    if not points or any(a.decides and isinstance(a.value, Interval) and a.value.high == INF for a in alternatives):
        return None, ""
    best = max(points, key=lambda a: a.value.high if isinstance(a.value, Interval) else 0)
    assert isinstance(best.value, Interval)
    return Fraction(best.value.low), best.label


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
    derivation = f"{number(above.headline)} / {number(below.headline)} {below.unit}" if headline is not None else ""
    causes = tuple(dict.fromkeys([*above.causes, *below.causes]))
    return Metric(name, definition["unit"], tuple(alternatives), headline, derivation, causes)


def _divide(top: Interval | Undefined, bottom: Interval | Undefined, label: str) -> Interval | Undefined:
    if isinstance(top, Undefined) or isinstance(bottom, Undefined):
        return UNDEFINED
    if top.high == 0:  # nothing divided by whatever is nothing
        return Interval.point(Fraction(0), label)
    low = Fraction(0) if bottom.high == INF else top.low / bottom.high
    high = INF if bottom.low == 0 or top.high == INF else top.high / bottom.low
    low_open = bool(top.low_open or bottom.high_open)
    return Interval(low, high, low_open, bool(top.high_open or bottom.low_open or high == INF), label)
