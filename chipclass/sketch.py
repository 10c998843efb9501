"""A chip that does not exist, or a product with other figures: from options in words to an item like any other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chipclass.rules.throughput import format_list
from chipclass.rules.transactions import QueryError
from chipclass.specdb import values
from chipclass.specdb.problems import near
from chipclass.specdb.records import SKETCH, Fact, Figure, Item
from chipclass.specdb.store import Specs

NAME = "sketch"
UNKNOWN, NONE = "unknown", "none"
TRUTHS: Mapping[Any, bool | None] = {"yes": True, "no": False, UNKNOWN: None, True: True, False: False}
RATE, DECLARED, AREA, DATACENTER = "rate", "tpp", "logic_die_area", "designed_or_marketed_for_datacenter"
#: Option -> the attribute that its figure is given to, and those of the same metric that it leaves without any.
FIGURES: Mapping[str, tuple[str, str]] = {
    "die area": (AREA, ""),
    "dram bandwidth": ("memory_bandwidth", ""),
    "interconnect": ("link_bandwidth", "host_bandwidth"),
}
_WIDTH = re.compile(r"(\d{1,3})[ -]?bits?")
_WIDEST = 128
_BARE = re.compile(r"[-+]?[\d.,]+(?:e[-+]?\d+)?|[\[(][\d.,\s]+[\])]", re.IGNORECASE)


@dataclass(frozen=True)
class Sketch:
    """What the options say: facts, the attributes that they stand for, and how they were written."""

    specs: Specs
    facts: tuple[Fact, ...]
    attributes: frozenset[str]
    given: Mapping[str, str]

    def chip(self) -> Item:
        """The sketch as a bare chip of nobody's; what no option says is unknown."""
        kept = tuple(fact for fact in self.facts if not _says_nothing(fact))
        return Item(NAME, "Sketch", "chip", sold_as="chip", facts=kept)

    def over(self, chip: Item) -> Item:
        """A chip of the database with these figures in place of its own."""
        kept = tuple(fact for fact in chip.facts if fact.attribute not in self.attributes)
        new = tuple(fact for fact in self.facts if fact.attribute == AREA or not _says_nothing(fact))
        return replace(chip, facts=(*new, *kept))

    def assumes(self, alone: bool) -> list[str]:
        """What the options leave unsaid and the answer takes for granted; ``alone`` for a sketch without a product."""
        said = ["a sketch of yours: no source stands behind these figures"]
        if not alone:
            said = [f"figures of yours in place of the product's own: {', '.join(self.given)}"]
        if "rates" in self.given:
            formats = ", ".join(fact.format for fact in self.facts if fact.attribute == RATE)
            said.append(f"assumes these are all number formats: {formats}")
            said.append("rates are peak rates, dense; a multiply-accumulate counts as two operations")
        if "TPP" in self.given:
            said.append("TPP is taken as given: the largest over all number formats, dense")
        if "die area" in self.given and self.given["die area"] not in (UNKNOWN, NONE):
            said.append("die area is that of all non-planar logic dies of the package")
        if "interconnect" in self.given and self.given["interconnect"] not in (UNKNOWN, NONE):
            said.append("interconnect is the rate of all inputs and outputs, both directions")
        return said


def sketch_of(
    specs: Specs,
    *,
    rates: Iterable[str] = (),
    tpp: str | float | None = None,
    die_area: str | None = None,
    dram_bandwidth: str | None = None,
    interconnect: str | None = None,
    datacenter: str | bool | None = None,
) -> Sketch | None:
    """The sketch that options in words describe; None where none is given.

    Raises QueryError for a text that is no quantity, a unit of another dimension, an unknown number format.
    """
    rates = [rates] if isinstance(rates, str) else list(rates)
    facts: list[Fact] = []
    given: dict[str, str] = {}
    attributes: set[str] = set()
    if rates and tpp is not None:
        raise QueryError("give rates or TPP, not both: TPP follows from the rates")
    if rates:
        specs, facts = _rates(specs, rates)
        given["rates"] = ", ".join(" ".join(str(rate).split()) for rate in rates)
        attributes |= {RATE, DECLARED, "formats"}
    if tpp is not None:
        text = str(tpp).strip()
        unit = " TPP" if _BARE.fullmatch(text) else ""  # a bare number can only be in the unit that the option names
        facts.append(_fact(DECLARED, _quantity(specs, "TPP", DECLARED, text + unit)))
        given["TPP"] = text
        attributes |= {RATE, DECLARED, "formats"}
    figures = {"die area": die_area, "dram bandwidth": dram_bandwidth, "interconnect": interconnect}
    for option, figure in figures.items():
        if figure is not None:
            attribute, other = FIGURES[option]
            facts.append(_fact(attribute, _figure(specs, option, attribute, figure)))
            given[option] = figure.strip()
            attributes.add(attribute)
            if other:
                attributes.add(other)
                facts.append(_fact(other, _unknown() if given[option] == UNKNOWN else Figure(NONE, none=True)))
    if datacenter is not None:
        if not isinstance(datacenter, (str, bool)) or datacenter not in TRUTHS:
            raise QueryError(f"datacenter: expected yes, no or unknown; found '{datacenter}'")
        said = TRUTHS[datacenter]
        facts.append(_fact(DATACENTER, said))
        given["datacenter"] = {True: "yes", False: "no", None: UNKNOWN}[said]
        attributes.add(DATACENTER)
    return Sketch(specs, tuple(facts), frozenset(attributes), given) if given else None


def without_formats(specs: Specs, chip: Item, absent: set[str]) -> Item:
    """The same chip, did it not compute in some number formats; TPP declared for the whole falls away with them."""
    closed = format_list(specs, chip)
    kept = [f for f in chip.facts if not (f.attribute == RATE and f.format in absent)]
    kept = [f for f in kept if f.attribute not in (DECLARED, "formats")]
    if closed is not None:
        rated = {fact.format for fact in chip.facts if fact.attribute == RATE}
        kept.append(_fact("formats", sorted((closed | rated) - absent)))
    return replace(chip, facts=tuple(kept))


def _rates(specs: Specs, texts: list[str]) -> tuple[Specs, list[Fact]]:
    """Rates by number format, and the list of formats that they close."""
    facts: list[Fact] = []
    for text in texts:
        quantity, at, name = text.partition("@") if isinstance(text, str) else (text, "", "")
        if not at or not quantity.strip() or not name.strip():
            raise QueryError(f"rate: '{text}' names no number format; write for example '100 TFLOPS@fp8' or @16bit")
        specs, format = _format(specs, name.strip())
        if any(fact.format == format for fact in facts):
            raise QueryError(f"rate: {format} is given twice; give the highest dense rate of each format once")
        facts.append(_fact(RATE, _quantity(specs, "rate", RATE, quantity.strip()), format))
    return specs, [*facts, _fact("formats", sorted(fact.format for fact in facts))]


def _format(specs: Specs, name: str) -> tuple[Specs, str]:
    """The id of a number format, or of a bare bit length, which is then put beside the formats of the database."""
    known = name.casefold().replace("-", "_")
    if known in specs.formats:
        return specs, known
    width = _WIDTH.fullmatch(name.casefold())
    if width is None or not 0 < int(width[1]) <= _WIDEST:
        hint = near(known, specs.formats) or "; write an id such as fp8, or a bit length such as 16bit"
        raise QueryError(f"rate: unknown number format '{name}'{hint}")
    bits, id = int(width[1]), f"{int(width[1])}bit"
    wider = [entry for entry in specs.formats.values() if int(entry["bits"]) >= bits]
    output = int(min(wider, key=lambda entry: int(entry["bits"]))["output_bits"]) if wider else bits
    # A bit length alone names no engine; "matrix" keeps it from being added to other rates of the sketch.
    entry = {"title": f"{bits} bit", "bits": bits, "output_bits": output, "engine": "matrix"}
    return Specs({**specs.index, "formats": {**specs.formats, id: entry}}), id


def _figure(specs: Specs, option: str, attribute: str, text: str) -> Figure:
    if isinstance(text, str) and text.strip() == UNKNOWN:
        return _unknown()
    return _read(specs, option, attribute, text)


def _quantity(specs: Specs, option: str, attribute: str, text: str) -> Figure:
    found = _read(specs, option, attribute, text)
    if found.none:
        unit = specs.attributes[attribute]["unit"]
        raise QueryError(f"{option}: expected a quantity, for example '100 {unit}'; found '{text}'")
    return found


def _read(specs: Specs, option: str, attribute: str, text: str) -> Figure:
    entry = specs.attributes[attribute]
    bounds = entry.get("bounds")
    text = text.strip() if isinstance(text, str) else text
    try:
        return Figure.from_index(values.figure(text, entry["unit"], tuple(bounds) if bounds else None))
    except values.ValueProblem as error:
        raise QueryError(f"{option}: {error}") from None


def _unknown() -> Figure:
    return Figure(UNKNOWN, low_open=True)


def _says_nothing(fact: Fact) -> bool:
    return isinstance(fact.value, Figure) and fact.value.text == UNKNOWN


def _fact(attribute: str, value: Any, format: str = "") -> Fact:
    name = f"{attribute}.{format}" if format else attribute
    return Fact(f"{NAME}/{name}", attribute, value, NAME, SKETCH, 1, format)
