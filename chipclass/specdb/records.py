"""What the spec database is made of: facts with their provenance, and the things they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined

#: What the user says of a chip in the question itself: no source's word, and it decides.
SKETCH = "sketch"
#: Statuses of a fact: the question's own, then from the manufacturer's word downwards.
STATUSES = (SKETCH, "declared", "datasheet", "vendor", "derived", "measured", "press", "estimate")
#: Claims of the manufacturer: the texts take the highest value that the manufacturer claims.
MANUFACTURER = frozenset({"declared", "datasheet"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity in the canonical unit of its attribute: a value, an interval, both (best guess and range), or none.

    ``digits`` is the number of significant digits of the source, for telling a rounding from a rival.
    """

    text: str
    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    digits: int = 0
    none: bool = False

    @classmethod
    def from_index(cls, data: Mapping[str, Any]) -> Figure:
        def number(key: str) -> Fraction | None:
            return Fraction(data[key]) if data.get(key) is not None else None

        return cls(
            data["text"],
            number("value"),
            number("low"),
            number("high"),
            bool(data.get("low_open")),
            bool(data.get("high_open")),
            int(data.get("digits", 0)),
            bool(data.get("none")),
        )

    def interval(self, label: str = "") -> Interval | Undefined:
        """What may be true: the range where there is one, else the value."""
        if self.none:
            return UNDEFINED
        if self.low is None and self.value is not None:
            return Interval.point(self.value, label)
        high = INF if self.high is None else self.high
        return Interval(self.low or Fraction(0), high, self.low_open, self.high_open or self.high is None, label)


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of one thing as one source gives it."""

    id: str
    attribute: str
    value: Any
    source: str
    status: str
    claim: int
    format: str = ""
    quotes: str = ""
    locator: str = ""
    date: str = ""
    note: str = ""
    reading: str = ""
    set_aside: str = ""
    overlay: str = ""

    @property
    def by_manufacturer(self) -> bool:
        return self.status in MANUFACTURER

    @classmethod
    def from_index(cls, data: Mapping[str, Any]) -> Fact:
        fields = dict(data)
        if isinstance(fields["value"], dict) and "text" in fields["value"]:
            fields["value"] = Figure.from_index(fields["value"])
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Identifier:
    """Part numbers, PCI ids or GPU numbers that a source ties to one product, with what it declares of them."""

    kind: str
    values: tuple[str, ...]
    source: str
    mapping: str
    issuer: str = ""
    quotes: str = ""
    locator: str = ""
    date: str = ""
    eccn: str = ""
    hts: tuple[str, ...] = ()
    note: str = ""
    overlay: str = ""


def maker_of(vendor: str) -> str:
    """A vendor as the tests of rules name it: ``NVIDIA`` is ``nvidia``."""
    return vendor.casefold().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Item:
    """A die, a chip, a product that contains chips, or a family (a name that fits several chips)."""

    id: str
    name: str
    level: str
    vendor: str = ""
    kind: str = ""
    families: tuple[str, ...] = ()
    sold_as: str = ""
    function: str = "processor"
    aliases: tuple[str, ...] = ()
    short_aliases: tuple[str, ...] = ()
    represented_by: str = ""
    contains: tuple[Mapping[str, Any], ...] = ()
    also_contains: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    region: str = ""
    note: str = ""
    overlay: str = ""
    facts: tuple[Fact, ...] = ()
    identifiers: tuple[Identifier, ...] = field(default=())

    @classmethod
    def from_index(cls, data: Mapping[str, Any]) -> Item:
        fields = _with_tuples(data)
        fields["facts"] = tuple(Fact.from_index(fact) for fact in data.get("facts", ()))
        fields["identifiers"] = tuple(Identifier(**_with_tuples(entry)) for entry in data.get("identifiers", ()))
        return cls(**fields)

    def known(self, attribute: str, format: str = "") -> Iterator[Fact]:
        """Facts of one attribute that were not set aside, strongest status first, in file order."""
        facts = [f for f in self.facts if f.attribute == attribute and f.format == format and not f.set_aside]
        return iter(sorted(facts, key=lambda fact: STATUSES.index(fact.status)))

    def text(self, attribute: str) -> str:
        """The strongest text of an attribute, or an empty string."""
        return next((str(fact.value) for fact in self.known(attribute)), "")


def _with_tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
