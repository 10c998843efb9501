"""What an item contains: its chips with their count, part by part, and what a family's name can mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs

#: (item, chip, count): one chip in something that is classified.
Subject = tuple[Item, Item, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of chip in an item: how many, and what it can be where only a family is named."""

    chips: tuple[Item, ...]
    count: int
    family: str = ""


def meanings(specs: Specs, item: Item) -> tuple[Item, ...]:
    """The items that a name can mean: the variants of a family, else the item itself."""
    return specs.variants(item.id) if item.level == "family" else (item,)


def parts_of(specs: Specs, item: Item) -> tuple[Part, ...]:
    """The chips of a chip or product, with those of the boards in it; one part per kind, in the order of the data."""
    return tuple(_parts(specs, item, 1))


def _parts(specs: Specs, item: Item, times: int) -> Iterator[Part]:
    if item.level == "chip":
        yield Part((item,), times)
    for entry in item.contains:
        count = times * int(entry["count"])
        if "family" in entry:
            yield Part(specs.variants(entry["family"]), count, entry["family"])
        else:
            yield from _parts(specs, specs.item(entry.get("chip") or entry["product"]), count)


def subjects(specs: Specs, item: Item) -> list[Subject]:
    """Every chip that a name can mean or contain, within the item that it is met in."""
    return [
        (meant, chip, part.count)
        for meant in meanings(specs, item)
        for part in parts_of(specs, meant)
        for chip in part.chips
    ]


def chip_ids(specs: Specs, item: Item) -> frozenset[str]:
    """Ids of the chips that an item can mean or contain."""
    return frozenset(chip.id for _, chip, _ in subjects(specs, item))


def chip_count(specs: Specs, item: Item) -> int | None:
    """Chips in one unit of an item; None where its variants hold different numbers."""
    counts = {sum(part.count for part in parts_of(specs, meant)) for meant in meanings(specs, item)}
    return counts.pop() if len(counts) == 1 else None


def stand_ins(specs: Specs, item: Item) -> frozenset[str]:
    """Ids of the chips and products that stand for the families which an item is or contains."""
    own = {item.represented_by}
    contained = {specs.item(part.family).represented_by for part in parts_of(specs, item) if part.family}
    return frozenset((own | contained) - {""})
