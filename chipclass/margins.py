"""Headroom: how far a chip, real or sketched, is from every line, and what would have to change to cross one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from chipclass import explanation as words
from chipclass.answer import Answer
from chipclass.classification import document, unknown_product, variants_of
from chipclass.evaluation import Evaluation
from chipclass.identification.resolve import resolve
from chipclass.lever_words import Teller
from chipclass.levers import course_of, levers_of, position
from chipclass.rulers import Line, rulers
from chipclass.rules.book import book_of
from chipclass.rules.figures import metrics_of
from chipclass.rules.throughput import not_listed
from chipclass.rules.transactions import QueryError, Transaction, transaction
from chipclass.sketch import Sketch, sketch_of, without_formats
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs, load

#: Axes whose nearest turns are looked for: the class, and on its own the review policy.
NEAREST = ("classes", "review_policy")


class Headroom(Answer):
    """The answer to ``headroom``: one entry per variant of the product, or one for the sketch."""

    @property
    def products(self) -> list[dict[str, Any]]:
        products: list[dict[str, Any]] = self._data["products"]
        return products

    def __repr__(self) -> str:
        lines = [f"chipclass headroom as of {self._data['as_of']}, specs {self._data['specs']}"]
        for entry in self.products:
            lines.append(f"  {entry['variant']['name']}: {entry['position']['classes']}")
            lines += [f"    {turn['text']}" for turn in entry["nearest"]["classes"]]
        return "\n".join(lines)


def headroom(
    query: str | None = None,
    *,
    rates: Iterable[str] = (),
    tpp: str | float | None = None,
    die_area: str | None = None,
    dram_bandwidth: str | None = None,
    interconnect: str | None = None,
    datacenter: str | bool | None = None,
    specs: Specs | None = None,
    **question: Any,
) -> Headroom:
    """How far a product or a sketched chip is from every line, and the exact values at which its class would turn.

    ``rates`` are texts such as ``"148 TFLOPS@16bit"`` or ``"296 TFLOPS@fp8"``, dense; ``tpp`` is given in their place.
    The figures are texts with a unit (``"814 mm^2"``, ``"4 TB/s"``), a range (``"[800, 858] mm^2"``), ``"none"`` or
    ``"unknown"``; ``datacenter`` is yes, no or unknown. Beside a product they stand in for its own figures.
    ``question`` takes the keywords of `chipclass.classify`. Raises QueryError (a ValueError) for an unknown product,
    country, date or number format, and for a text that is no quantity of the right dimension.
    """
    specs = specs or load()
    deal = transaction(specs, **question)
    sketch = sketch_of(
        specs,
        rates=rates,
        tpp=tpp,
        die_area=die_area,
        dram_bandwidth=dram_bandwidth,
        interconnect=interconnect,
        datacenter=datacenter,
    )
    if query is None and sketch is None:
        raise QueryError("nothing to measure; name a product, or sketch a chip with its rates, TPP or die area")
    match = None if query is None else resolve(specs, query)
    if match is not None and not match.ids:
        raise unknown_product(str(query), match)
    used = sketch.specs if sketch else specs
    if match is not None:
        variants = [_changed(sketch, *variant) for variant in variants_of(specs, match)]
        represented = specs.item(match.ids[0]).represented_by or variants[0][0].id
    else:
        assert sketch is not None
        chip = sketch.chip()
        variants, represented = [(chip, chip, 1)], chip.id
    return Headroom(
        {
            **document(specs, deal),
            "query": query,
            "match": match.to_dict() if match else None,
            "sketch": _sketch_json(sketch, query is None) if sketch else None,
            "represented_by": represented,
            "products": [_entry(used, item, chip, count, deal) for item, chip, count in variants],
        }
    )


def _changed(sketch: Sketch | None, item: Item, chip: Item, count: int) -> tuple[Item, Item, int]:
    """A variant with the figures of the sketch in place of its own."""
    if sketch is None:
        return item, chip, count
    other = sketch.over(chip)
    return (other if item.id == chip.id else item), other, count


def _sketch_json(sketch: Sketch, alone: bool) -> dict[str, Any]:
    return {"given": dict(sketch.given), "assumes": sketch.assumes(alone)}


def _entry(specs: Specs, item: Item, chip: Item, count: int, deal: Transaction) -> dict[str, Any]:
    """Everything about one variant: where it stands, the rulers, the levers, the nearest turns, sentences."""
    evaluation = Evaluation(specs, item, chip, count, deal)
    courses = [course_of(evaluation, lever) for lever in levers_of(evaluation)]
    teller = Teller(evaluation, courses)
    variant = evaluation.to_dict()
    return {
        "variant": variant,
        "position": position(evaluation)._asdict(),
        "rulers": list(_rulers(specs, variant, deal.as_of)),
        "levers": [teller.course(course) for course in courses],
        "formats": list(_formats(evaluation)),
        "nearest": {field: teller.nearest(field) for field in NEAREST},
        "paragraphs": list(teller.paragraphs()),
        "break_even": list(teller.break_even()),
    }


def _rulers(specs: Specs, variant: Mapping[str, Any], as_of: str) -> Iterator[dict[str, Any]]:
    """Per metric every limit from the lowest, with the distance of the figure to it and each test that stands there."""
    book = book_of(specs)
    for metric, ruler in rulers(book, variant["determinations"], as_of).items():
        marks = [line for lines in ruler.values() for line in lines]
        addressees = {
            mark.determination["provision"]: book.provisions[mark.determination["provision"]] for mark in marks
        }
        yield {
            "metric": metric,
            "figure": marks[0].test["left"],
            "lines": [_line(mark, addressees[mark.determination["provision"]].text("addressee")) for mark in marks],
        }


def _line(line: Line, addressee: str) -> dict[str, Any]:
    test, determination = line.test, line.determination
    left, limit = test["left"], Fraction(str(test["right"]))
    ends = [
        None if left.get(f"{end}_exact") is None else Fraction(left[f"{end}_exact"]) - limit for end in ("low", "high")
    ]
    return {
        "provision": determination["provision"],
        "edition": determination["edition"],
        "citation": determination["citation"],
        "cite": line.cite,
        "posture": determination["posture"],
        "paragraph": determination["paragraph"],
        "scope": determination["scope"],
        "addressee": addressee,
        "axis": determination["axis"],
        "effect": determination["effect"],
        "relation": test["relation"],
        "limit": test["right"],
        "distance_low": None if ends[0] is None else float(ends[0]),
        "distance_high": None if ends[1] is None else float(ends[1]),
        "distance": words.distance_words(test),
        "percent": words.margin_words(test),
        "outcome": test["outcome"],
    }


def _formats(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Number formats from the one that gives the highest TPP, each with what would be left if it and all above it
    were absent. Nothing where TPP is only given as a whole."""
    specs, chip = evaluation.specs, evaluation.chip
    rates = [fact for fact in chip.facts if fact.attribute == "rate" and not fact.set_aside]
    beside = not_listed(chip, rates)
    formats = list(dict.fromkeys(fact.format for fact in rates if fact not in beside))
    own: dict[str, tuple[Fraction, Fraction | float]] = {}
    for name in formats:
        tpp = metrics_of(specs, without_formats(specs, chip, set(formats) - {name}), ())["tpp"]
        own[name] = (tpp.low or Fraction(0), tpp.high or Fraction(0))
    ranked = sorted(formats, key=lambda name: (own[name][::-1], -formats.index(name)), reverse=True)
    for place, name in enumerate(ranked):
        absent = set(ranked[: place + 1])
        entry = {
            "format": name,
            "title": specs.formats[name]["title"],
            "tpp": words.span_words(*own[name]),
            "decides": place == 0,
            "absent": ranked[: place + 1],
            "without": None,
        }
        if place + 1 < len(ranked):
            other = without_formats(specs, chip, absent)
            item = other if evaluation.item.id == chip.id else evaluation.item
            left = Evaluation(specs, item, other, evaluation.count, evaluation.deal)
            low, high = left.prover.range_of("tpp")
            shown = words.span_words(low, high, left.prover.limits.get("tpp", ()))
            entry["without"] = {"tpp": shown, **position(left)._asdict()}
        yield entry
