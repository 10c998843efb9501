"""What the spec database rests on: the share of figures whose claim was read with the vendor, or quotes the vendor.

A *figure* is one attribute (and number format) of one chip or die. It stands as well as the best of its claims, those
that were set aside apart:

- ``primary``: read in a document of the vendor of the chip at the vendor's address, with a locator;
- ``quoted``: read elsewhere, in a text that quotes such a document;
- ``secondary``: from others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chipclass.specdb.records import STATUSES, Fact, Figure, Item
from chipclass.specdb.store import Specs

PRIMARY, QUOTED, SECONDARY = "primary", "quoted", "secondary"
STANDINGS = (PRIMARY, QUOTED, SECONDARY)
_WORDS = re.compile(r"[a-z0-9]{3,}")
#: What the aims speak of: throughput, memory and dies.
AIMED = frozenset({"rate", "sparse_rate", "memory_bandwidth", "memory_capacity", "area", "transistors", "process"})


@dataclass(frozen=True, slots=True)
class Standing:
    """One figure: whose, of what, and what its best claim rests on."""

    vendor: str
    owner: str
    attribute: str
    format: str
    status: str
    standing: str


def standing_of(specs: Specs, vendor: str, fact: Fact) -> str:
    """What one claim of a vendor's chip rests on."""
    source = specs.source(fact.source)
    if _by(vendor, source):
        return PRIMARY if source.get("retrieved") and fact.locator else QUOTED
    return QUOTED if fact.quotes and _by(vendor, specs.source(fact.quotes)) else SECONDARY


def _by(vendor: str, source: Mapping[str, Any]) -> bool:
    """Whether a source is a document of the vendor, named in full or in part, at its own address."""
    shared = {*_WORDS.findall(vendor.casefold())} & {*_WORDS.findall(source["publisher"].casefold())}
    return source["kind"] == PRIMARY and bool(shared)


def standings(specs: Specs) -> Iterator[Standing]:
    """Every figure of the database with the standing of its best claim."""
    for table in ("chips", "dies"):
        for item in specs.items(table):
            yield from _of(specs, item)


def _of(specs: Specs, item: Item) -> Iterator[Standing]:
    figures: dict[tuple[str, str], list[Fact]] = {}
    for fact in item.facts:
        if not fact.set_aside and (isinstance(fact.value, Figure) or fact.attribute == "process"):
            figures.setdefault((fact.attribute, fact.format), []).append(fact)
    for (attribute, format), facts in figures.items():
        told = {id(fact): standing_of(specs, item.vendor, fact) for fact in facts}
        best = min(facts, key=lambda f: (STANDINGS.index(told[id(f)]), STATUSES.index(f.status)))
        yield Standing(item.vendor, item.id, attribute, format, best.status, told[id(best)])


@dataclass(frozen=True, slots=True)
class Share:
    """How many figures of a group stand on what."""

    name: str
    figures: int
    counts: Mapping[str, int]

    def share(self, *standings: str) -> float:
        return sum(self.counts[name] for name in standings) / self.figures if self.figures else 0.0


def shares(found: Iterable[Standing], by: str) -> list[Share]:
    """Shares per value of one field of `Standing`, the largest group first."""
    groups: dict[str, list[str]] = {}
    for entry in found:
        groups.setdefault(getattr(entry, by), []).append(entry.standing)
    made = [Share(name, len(all_), {s: all_.count(s) for s in STANDINGS}) for name, all_ in groups.items()]
    return sorted(made, key=lambda share: (-share.figures, share.name))


#: The tables that are shown, with their titles.
TITLES = {
    "by_vendor": "throughput, memory and die figures by vendor",
    "by_attribute": "all figures by attribute",
    "by_status": "all figures by status of the best claim",
}


def tables(specs: Specs) -> dict[str, list[Share]]:
    """The tables of `TITLES`, by their keys."""
    found = list(standings(specs))
    core = [entry for entry in found if entry.attribute in AIMED]
    return {
        "by_vendor": shares(core, "vendor"),
        "by_attribute": shares(found, "attribute"),
        "by_status": shares(found, "status"),
    }
