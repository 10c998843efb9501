"""Compare products: their order by TPP, and between neighbours exactly the conditions that separate them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from chipclass import explanation as words
from chipclass.answer import Answer
from chipclass.classification import document, evaluate, unknown_product
from chipclass.evaluation import Evaluation
from chipclass.identification.resolve import resolve
from chipclass.logic.numbers import INF
from chipclass.review import policy_of
from chipclass.rules.book import book_of
from chipclass.rules.transactions import QueryError, transaction
from chipclass.specdb.contents import stand_ins
from chipclass.specdb.store import Specs, load

RATIOS = ("tpp", "performance_density", "total_dram_bandwidth", "interconnect_bandwidth")


class Comparison(Answer):
    """The answer to ``compare``: products from the lowest TPP to the highest."""

    def __repr__(self) -> str:
        lines = [f"chipclass comparison as of {self._data['as_of']}: {' < '.join(self._data['order'])}"]
        return "\n".join(lines + [f"  {text}" for pair in self._data["between"] for text in pair["sentences"]])


def compare(queries: Iterable[str], *, specs: Specs | None = None, **question: Any) -> Comparison:
    """Order products by headline TPP and say what separates neighbours.

    A family is stood in for by the variant that represents it; the output says so. ``question`` takes the keywords of
    `chipclass.classify`. Raises QueryError (a ValueError) for an unknown product, country or date.
    """
    specs = specs or load()
    deal = transaction(specs, **question)
    chosen: dict[str, tuple[Evaluation, str, bool]] = {}
    for text in queries:
        match = resolve(specs, text)
        if not match.ids:
            raise unknown_product(text, match)
        evaluations = evaluate(specs, match, deal)
        represented = stand_ins(specs, specs.item(match.ids[0]))
        evaluation = next((e for e in evaluations if {e.chip.id, e.item.id} & represented), evaluations[0])
        chosen.setdefault(f"{evaluation.item.id}/{evaluation.chip.id}", (evaluation, text, len(evaluations) > 1))
    if len(chosen) < 2:
        raise QueryError("name at least two different products to compare")
    ladder = sorted(chosen.values(), key=lambda entry: _rank(entry[0]))
    evaluations = [entry[0] for entry in ladder]
    between = [_pair(specs, low, high) for low, high in pairwise(evaluations)]
    shown = [{"query": text, "represented_by": e.chip.id} for e, text, stands_in in ladder if stands_in]
    products = [evaluation.to_dict() for evaluation in evaluations]
    head = {"order": [e.item.id for e in evaluations], "stand_ins": shown, "between": between, "products": products}
    return Comparison({**document(specs, deal), **head})


def _rank(evaluation: Evaluation) -> tuple[Fraction, str]:
    metric = evaluation.metrics["tpp"]
    bounded = metric.high if isinstance(metric.high, Fraction) else metric.low
    return metric.headline or bounded or Fraction(0), evaluation.item.id


def _pair(specs: Specs, lower: Evaluation, upper: Evaluation) -> dict[str, Any]:
    separating = []
    for provision in sorted(book_of(specs), key=lambda p: p.scope == "abroad"):  # the own regime first
        edition = provision.on(lower.deal.as_of)
        if edition is None or provision.stands_beside:
            continue
        proofs = [next(d for d in e.determinations if d["provision"] == provision.id) for e in (lower, upper)]
        if proofs[0]["outcome"] == proofs[1]["outcome"] or not all(found["proof"] for found in proofs):
            continue
        own = {test.text for test in edition.tree.tests() if test.kind != "meets"}
        for low, high, cite in _differing(proofs[0]["proof"], proofs[1]["proof"], provision.paragraph):
            if low["text"] in own:
                separating.append(_condition(provision.id, edition.effective, cite, low, high, lower, upper))
    return {
        "lower": lower.item.id,
        "upper": upper.item.id,
        "separating": separating,
        "ratios": {name: _ratio(lower, upper, name) for name in RATIOS},
        "sentences": _sentences(lower, upper, separating),
    }


def _differing(
    low: Mapping[str, Any], high: Mapping[str, Any], cite: str
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], str]]:
    """Leaves of two proofs of one tree that come out differently, inside branches that do, with their citation."""
    here = str(low.get("cite") or cite)
    if low["outcome"] == high["outcome"]:
        return
    if low["op"] == "test":
        yield low, high, here
    for one, other in zip(low.get("children", ()), high.get("children", ()), strict=True):
        yield from _differing(one, other, here)


def _condition(
    provision: str,
    edition: str,
    paragraph: str,
    low: Mapping[str, Any],
    high: Mapping[str, Any],
    lower: Evaluation,
    upper: Evaluation,
) -> dict[str, Any]:
    numeric = "relation" in low
    values = [words.figure_of(t) if numeric else words.fact_words(t) for t in (low, high)]
    says = [words.test_words(t, of=e.label) for t, e in ((high, upper), (low, lower))]
    text = f"{paragraph}: {says[0]}; {says[1]}"
    return {
        "provision": provision,
        "edition": edition,
        "paragraph": paragraph,
        "test": low["text"],
        "lower_value": values[0],
        "upper_value": values[1],
        "lower_outcome": low["outcome"],
        "upper_outcome": high["outcome"],
        "text": text,
    }


def _ratio(lower: Evaluation, upper: Evaluation, name: str) -> float | None:
    values = [_figure(e, name) for e in (lower, upper)]
    return float(values[1] / values[0]) if all(values) and values[0] is not None and values[1] is not None else None


def _figure(evaluation: Evaluation, name: str) -> Fraction | None:
    metric = evaluation.metrics[name]
    if metric.headline is not None:
        return metric.headline
    return metric.low if metric.low is not None and metric.low == metric.high != INF else None


def _sentences(lower: Evaluation, upper: Evaluation, separating: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why one sits above the other, in sentences that can be quoted."""
    names = (upper.label, lower.label)
    ratio = _ratio(lower, upper, "tpp")
    figure = f", with {ratio:.3g} times its TPP" if ratio else ""
    sentences = [f"{names[0]} sits above {names[1]}{figure}."]
    ranges = [e.metrics["tpp"] for e in (upper, lower)]
    if ranges[0].low is None or ranges[1].high is None or ranges[0].low <= ranges[1].high:
        spans = [words.span_words(metric.low, metric.high) for metric in ranges]
        sentences = [f"{names[0]} and {names[1]} cannot be ordered for certain: TPP {spans[0]} and {spans[1]}."]
    if not separating:
        return [*sentences, f"No condition of the rules held here separates the two on {lower.deal.as_of}."]
    sentences += [f"{condition['text']}." for condition in separating]
    policies = [policy_of(e.axes, e.status)["text"] for e in (upper, lower)]
    if policies[0] != policies[1]:
        target = upper.axes.countries.name(upper.deal.evaluated_destination)
        sentences.append(f"Review policy for {target}: {names[0]}, {policies[0]}; {names[1]}, {policies[1]}.")
    return sentences
