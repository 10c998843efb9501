"""Does a conclusion survive each claim, each reading, a rounding, another die area? One figure is changed at a time.

A perturbation puts one metric in the place of the one that the facts make, and the chip is evaluated again by the one
evaluator: figures that are made from it follow, no fact is rewritten. What it changes is read off the positions.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from chipclass import explanation as words
from chipclass.answer import Answer
from chipclass.classification import document, evaluate, unknown_product
from chipclass.conclusion import all_units_box
from chipclass.evaluation import Evaluation
from chipclass.identification.resolve import resolve
from chipclass.logic.cells import Ratio, Values
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.positions import TITLES, Move, Position, moves, position_of, told
from chipclass.rules.alternatives import Alternative, Metric
from chipclass.rules.transactions import QueryError, Transaction, transaction
from chipclass.specdb.store import Specs, load

#: Die areas are varied by this many per cent either way; the smaller steps are shown where the largest range turns.
AREA_STEPS = (1, 5, 10)
#: TPP is rounded to this many significant digits.
DIGITS = 3
CLAIM, SET_ASIDE, ROUNDING, AREA, ALL_UNITS = "claim", "set aside", "rounding", "die area", "all units"


class Stability(Answer):
    """The answer to ``stability``: per variant, one row per perturbation."""

    def __repr__(self) -> str:
        variants = [variant for result in self._data["results"] for variant in result["variants"]]
        lines = [f"  {variant['name']}: {variant['headline']}" for variant in variants]
        return "\n".join([f"chipclass stability as of {self._data['as_of']}", *lines])


class Perturbation(NamedTuple):
    """One metric as it would be, and in words what was changed."""

    kind: str
    changed: str
    metric: Metric
    why_not: str = ""


def stability(query: str | Iterable[str], *, specs: Specs | None = None, **question: Any) -> Stability:
    """Whether the conclusion on products holds under each perturbation of their figures, one at a time.

    Perturbed are: every value of a metric that decides beside others or is shown only, TPP rounded to three
    significant digits, the die area by 1, 5 and 10 %, and TPP with vector added to matrix throughput. Values that
    were set aside are listed apart and not counted. A family is done variant by variant. ``question`` takes the
    keywords of `chipclass.classify`. Raises QueryError (a ValueError) for an unknown product, country or date.
    """
    specs = specs or load()
    deal = transaction(specs, **question)
    queries = [query] if isinstance(query, str) else list(query or ())
    if not queries or not all(isinstance(text, str) for text in queries):
        raise QueryError("nothing to vary; name a product or a part number")
    return Stability({**document(specs, deal), "results": [_one(specs, text, deal) for text in queries]})


def _one(specs: Specs, text: str, deal: Transaction) -> dict[str, Any]:
    match = resolve(specs, text)
    if not match.ids:
        raise unknown_product(text, match)
    found = evaluate(specs, match, deal)
    return {"query": text, "match": match.to_dict(), "variants": [variant(evaluation) for evaluation in found]}


def variant(evaluation: Evaluation) -> dict[str, Any]:
    """The position of one chip, and a row for each perturbation of its figures."""
    base = position_of(evaluation)
    rows: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    unchanged: list[str] = []
    breaks = list(_breaks(evaluation, base))
    turning = {entry["metric"]: {e["direction"] for e in breaks if e["metric"] == entry["metric"]} for entry in breaks}
    for perturbation in _perturbations(evaluation, turning):
        if _ends(perturbation.metric.values) == _ends(evaluation.metrics[perturbation.metric.name].values):
            unchanged.append(perturbation.changed)
        else:
            row = _row(evaluation, base, perturbation)
            (aside if perturbation.kind == SET_ASIDE else rows).append(row)
    turns = [row for row in rows if row["moves"]]
    return {
        "product": evaluation.item.id,
        "name": evaluation.label,
        "chip": evaluation.chip.id,
        "chip_count": evaluation.count,
        "position": base._asdict(),
        "stable": not turns,
        "headline": _headline(rows, turns, bool(unchanged)),
        "perturbations": rows,
        "break_even": breaks,
        "set_aside": aside,
        "unchanged": list(dict.fromkeys(unchanged)),
    }


def _headline(rows: Sequence[dict[str, Any]], turns: Sequence[dict[str, Any]], tried: bool) -> str:
    if not rows:
        if tried:
            return "nothing that was tried changes a figure of it that decides"
        return "nothing to vary: no rule of the date reads a figure of it that is known"
    if not turns:
        return f"stable under all {len(rows)}"
    return f"turns under {len(turns)} of {len(rows)}: {words.join([row['changed'] for row in turns])}"


def _perturbations(evaluation: Evaluation, turning: Mapping[str, Container[str]]) -> Iterator[Perturbation]:
    titles = evaluation.specs.metrics
    for metric in _metrics(evaluation):
        yield from _claims(evaluation, metric)
    for metric in _metrics(evaluation, "highest"):
        text = f"{titles[metric.name]['short']} rounded to {DIGITS} digits"
        yield Perturbation(ROUNDING, text, _with(metric, [_at_ends(value, _rounded) for value in metric.values]))
    for metric in _metrics(evaluation, "dies"):
        for sign in "+-":
            for step in AREA_STEPS if sign in turning.get(metric.name, ()) else AREA_STEPS[-1:]:
                text = f"{titles[metric.name]['short']} {sign}{step} %"
                yield Perturbation(AREA, text, _scaled(metric, 1 + Fraction(int(f"{sign}{step}"), 100)))
    if found := all_units_box(evaluation.axes, evaluation.chip, evaluation.specs.formats):
        for metric in _metrics(evaluation, "highest"):
            values = found[1].numbers[metric.name]
            if values is not evaluation.box.numbers[metric.name] and not isinstance(values, Ratio):
                why = "nobody is known to follow this reading"
                yield Perturbation(ALL_UNITS, "vector added to matrix throughput", _with(metric, values), why)


def _metrics(evaluation: Evaluation, op: str = "") -> list[Metric]:
    """Metrics that the rules of the date read, or that those are made from, and that are made from claims."""
    definitions = evaluation.specs.metrics
    chosen = _relevant(evaluation)
    made = {name for name in chosen if (parts := definitions[name].get("of")) and all(p in definitions for p in parts)}
    return [
        m for name, m in evaluation.metrics.items() if name in chosen - made and op in ("", definitions[name]["op"])
    ]


def _relevant(evaluation: Evaluation) -> set[str]:
    """The metrics that the provisions read which make a position: not lower lines, bills and presumptions."""
    book, trees = evaluation.axes.book, evaluation.axes.trees
    making = [p for p in book if p.id in trees and not p.stands_beside and evaluation.axes.speaks(p)]
    read = {test.metric for p in making for test in trees[p.id].tests() if test.kind == "number"}
    chosen: set[str] = set()
    ahead = read & evaluation.metrics.keys()
    while ahead:
        chosen |= ahead
        parts = {part for name in ahead for part in evaluation.specs.metrics[name].get("of", ())}
        ahead = (parts & evaluation.metrics.keys()) - chosen
    return chosen


def _claims(evaluation: Evaluation, metric: Metric) -> Iterator[Perturbation]:
    """Each value of a metric on its own. One that decides alone is the figure as it stands."""
    set_aside = {fact.set_aside for fact in evaluation.chip.facts if fact.set_aside}
    rivals = sum(alternative.decides for alternative in metric.alternatives) > 1
    for alternative in metric.alternatives:
        if rivals or not alternative.decides:
            label = alternative.label or "no source gives it"
            status = f" ({', '.join(alternative.statuses)})" if alternative.statuses else ""
            text = f"{evaluation.specs.metrics[metric.name]['short']}: {label}{status}"
            kind = SET_ASIDE if alternative.why_not in set_aside else CLAIM
            yield Perturbation(kind, text, _with(metric, [alternative.value]), alternative.why_not)


def _with(metric: Metric, values: Iterable[Interval | Undefined]) -> Metric:
    """The same metric with other values, all of which decide."""
    alternatives = [Alternative(value.label, value, (), (), True) for value in values]
    return replace(metric, alternatives=tuple(alternatives), headline=None, derivation="")


def _scaled(metric: Metric, factor: Fraction) -> Metric:
    return _with(metric, [_at_ends(value, lambda end: end * factor) for value in metric.values])


def _at_ends(value: Interval | Undefined, change: Callable[[Fraction], Fraction]) -> Interval | Undefined:
    if isinstance(value, Undefined):
        return value
    low, high = (end if end == INF else change(Fraction(end)) for end in (value.low, value.high))
    return value._replace(low=low, high=high)


def _rounded(value: Fraction) -> Fraction:
    """To the nearest figure of so many significant digits, a half upwards."""
    context = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
    return Fraction(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


def _ends(values: Values) -> set[tuple[Any, ...]]:
    """What the values say, without their labels."""
    return {(v.low, v.high, v.low_open, v.high_open) if isinstance(v, Interval) else () for v in values}


def _again(evaluation: Evaluation, metric: Metric) -> Evaluation:
    """The same chip in the same transaction with another metric; what is made from it follows."""
    e = evaluation
    return Evaluation(e.specs, e.item, e.chip, e.count, e.deal, given={metric.name: metric})


def _row(evaluation: Evaluation, base: Position, perturbation: Perturbation) -> dict[str, Any]:
    other = _again(evaluation, perturbation.metric)
    after = position_of(other)
    found = moves(base, after)
    why = {"why_not": perturbation.why_not} if perturbation.why_not else {}
    return {
        "kind": perturbation.kind,
        "changed": perturbation.changed,
        **why,
        "figures": list(_figures(evaluation, other, perturbation.metric.name)),
        "position": after._asdict(),
        "moves": [move.to_dict() for move in found],
        "result": "flips" if found else "holds",
        "text": _flips(found) if found else "holds",
    }


def _flips(found: Iterable[Move]) -> str:
    return f"flips to {'; '.join(f'{TITLES[move.axis]} {told(move.axis, move.after)}' for move in found)}"


def _figures(before: Evaluation, after: Evaluation, changed: str) -> Iterator[dict[str, Any]]:
    """The metric that was changed, and those made from it, before and after."""
    relevant = _relevant(before)
    for name, metric in after.metrics.items():
        old = before.metrics[name]
        if name == changed or (name in relevant and (old.low, old.high) != (metric.low, metric.high)):
            known = before.prover.limits.get(name, set())
            ends = [words.span_words(m.low, m.high, known) for m in (old, metric)]
            title = before.specs.metrics[name]["short"]
            yield {"metric": name, "title": title, "unit": metric.unit, "before": ends[0], "after": ends[1]}


def _breaks(evaluation: Evaluation, base: Position) -> Iterator[dict[str, Any]]:
    """Per direction the smallest change of the die area, in per cent, at which the position is another one."""
    for metric in _metrics(evaluation, "dies"):
        for sign in "+-":
            found = _break_even(evaluation, base, metric, 1 + Fraction(int(f"{sign}{AREA_STEPS[-1]}"), 100))
            if found is None:
                continue
            factor, inclusive, moved = found
            percent, side = (factor - 1) * 100, {"+": "above", "-": "below"}[sign]
            per_cent = f"{float(percent):+.4g} %" if percent else "0 %"
            area = None if metric.operative is None else f"{words.show(metric.operative * factor)} {metric.unit}"
            where = f"{'at or ' if inclusive else ''}{side} {f'{area} ({per_cent})' if area else per_cent}"
            yield {
                "metric": metric.name,
                "direction": sign,
                "percent": float(percent),
                "exact": words.decimal_text(percent) or f"{percent.numerator}/{percent.denominator}",
                "inclusive": inclusive,
                "moves": [move.to_dict() for move in moved],
                "text": f"{evaluation.specs.metrics[metric.name]['short']} {where}: {_flips(moved)}",
            }


def _break_even(
    evaluation: Evaluation, base: Position, metric: Metric, end: Fraction
) -> tuple[Fraction, bool, list[Move]] | None:
    """(factor, whether it turns at the factor itself, moves): positions change only where a quotient meets a limit.

    Between two such factors nothing changes, so it is enough to look at each and at one point beyond it.
    """
    lowest, highest = sorted((Fraction(1), end))
    inside = [factor for factor in _crossings(evaluation, metric) if lowest < factor < highest]
    points = [Fraction(1), *sorted(inside, reverse=end < 1), end]
    for here, following in pairwise(points):
        for factor, inclusive in ((here, True), ((here + following) / 2, False)):
            found = moves(base, position_of(_again(evaluation, _scaled(metric, factor)))) if factor != 1 else []
            if found:
                return here, inclusive, found
    found = moves(base, position_of(_again(evaluation, _scaled(metric, end))))
    return (end, True, found) if found else None


def _crossings(evaluation: Evaluation, metric: Metric) -> set[Fraction]:
    """Factors of a denominator (or of a figure that rules read itself) that put it, or a quotient, onto a limit."""
    limits = evaluation.prover.limits
    bottoms = _finite(metric.values)
    found = {limit / bottom for limit in limits.get(metric.name, ()) for bottom in bottoms}
    for name, values in evaluation.box.numbers.items():
        if isinstance(values, Ratio) and evaluation.specs.metrics[name]["of"][1] == metric.name:
            tops = _finite(evaluation.metrics[values.numerator].values) | limits.get(values.numerator, set())
            found |= {
                top / (limit * below) for top in tops for limit in limits.get(name, ()) if limit for below in bottoms
            }
    return found


def _finite(values: Values) -> set[Fraction]:
    """The ends of the values, nothing and infinity left out."""
    ends = {end for value in values if isinstance(value, Interval) for end in (value.low, value.high)}
    return {Fraction(end) for end in ends if end not in (0, INF)}
