"""What the spec database is made of: facts with their provenance, and the things they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, overload

from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined

#: What the user says of a chip in the question itself: no source's word, and it decides.
SKETCH = "sketch"
#: Statuses of a fact: the question's own, then from the manufacturer's word downwards.
STATUSES = (SKETCH, "declared", "datasheet", "vendor", "derived", "measured", "press", "estimate")
#: Claims of the manufacturer: the texts take the highest value that the manufacturer claims.
MANUFACTURER = frozenset({"declared", "datasheet"})

#: Keys of a compiled fact that are its own; the others are said of its claim.
_OF_FACT = frozenset({"id", "attribute", "format", "value"})
#: Keys of ``contains`` that name what is contained.
PARTS = ("chip", "family", "product")


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


def packed(facts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of one record as the index keeps them: what is said of a claim stands once, not with each fact."""
    claims: dict[tuple[str, int], int] = {}
    said: list[dict[str, Any]] = []
    rows: list[list[Any]] = []
    for fact in facts:
        key = (fact["overlay"], fact["claim"])
        if key not in claims:
            claims[key] = len(said)
            said.append({name: value for name, value in fact.items() if name not in _OF_FACT})
        rows.append([fact["attribute"], fact["format"], fact["value"], claims[key]])
    return {"claims": said, "rows": rows}


def unpacked(owner: str, stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The inverse: every fact with all that is said of its claim, and its id."""
    return [
        {"id": _fact_id(owner, row, said), "attribute": row[0], "format": row[1], "value": row[2], **said}
        for row in stored["rows"]
        for said in [stored["claims"][row[3]]]
    ]


def _fact_id(owner: str, row: Sequence[Any], said: Mapping[str, Any]) -> str:
    name = f"{row[0]}.{row[1]}" if row[1] else row[0]
    overlay = f"{said['overlay']}:" if said["overlay"] else ""
    return f"{owner}/{name}@{said['source']}#{overlay}{said['claim']}"


class Facts(Sequence[Fact]):
    """The facts of one record, read and made when one of them is asked for."""

    __slots__ = ("_made", "_owner", "_read")

    def __init__(self, owner: str, read: Callable[[], Mapping[str, Any]]) -> None:
        self._owner, self._read = owner, read
        self._made: tuple[Fact, ...] | None = None

    def _all(self) -> tuple[Fact, ...]:
        if self._made is None:
            stored = self._read()
            self._made = tuple(_fact(self._owner, row, stored["claims"][row[3]]) for row in stored["rows"])
        return self._made

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> Fact: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fact, ...]: ...
    def __getitem__(self, index: int | slice) -> Fact | tuple[Fact, ...]:
        return self._all()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())


def _fact(owner: str, row: Sequence[Any], said: Mapping[str, Any]) -> Fact:
    """One row of a packed record with what is said of its claim."""
    attribute, format, value, _ = row
    if isinstance(value, dict) and "text" in value:
        value = Figure.from_index(value)
    return Fact(id=_fact_id(owner, row, said), attribute=attribute, format=format, value=value, **said)


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
    exception: tuple[Mapping[str, Any], ...] = ()
    overlay: str = ""
    facts: Sequence[Fact] = ()
    identifiers: tuple[Identifier, ...] = field(default=())

    @classmethod
    def from_index(cls, data: Mapping[str, Any], facts: Sequence[Fact] = ()) -> Item:
        fields = _with_tuples(data)
        fields["facts"] = facts
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
