"""A vendor's numbering scheme: what a part number that stands in no list says by its board code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chipclass.specdb.problems import near
from chipclass.spelling import key_of, plain

#: What a class of numbers stands for that bear the board's code and are not the board.
ACCESSORY = "accessory"


@dataclass(frozen=True, slots=True)
class Board:
    """What a number's board code fits: the products, and the words that say how that is known."""

    code: str
    name: str
    products: tuple[str, ...]
    inferred: bool


def board_of(index: Mapping[str, Any], text: str) -> Board | None:
    """The board that a part number names by its code; None if no scheme has such a number or no board the code."""
    for name, scheme in index["schemes"].items():
        match = re.fullmatch(scheme["pattern"], plain(text).strip())
        groups = match.groupdict() if match else {}
        if "pci" in groups:
            return _by_device(index, scheme, groups["pci"])
        if any(c["code"] == groups.get("class") and c["holds"] == ACCESSORY for c in scheme.get("class", ())):
            return None
        if entry := index["boards"].get(f"{name}/{groups.get('board')}"):
            narrow = next((v for v in entry.get("variant", ()) if v.get("products") and _fits(v, groups)), entry)
            inferred = "inferred" in (entry.get("mapping"), narrow.get("mapping"))
            products = tuple(narrow.get("products", ()))
            return Board(groups["board"], entry["name"], products, inferred) if products else None
    return None


def _by_device(index: Mapping[str, Any], scheme: Mapping[str, Any], device: str) -> Board | None:
    """A number that carries the chip's PCI device id: everything that has this id."""
    number = f"{scheme['pci_vendor']}:{device.lower()}"
    owners = index["numbers"].get(key_of(number))
    return Board(device, f"PCI device {number}", tuple(owners), True) if owners else None


def _fits(variant: Mapping[str, Any], groups: Mapping[str, str]) -> bool:
    """Whether a number's other groups are those of a variant of the board."""
    return all(re.fullmatch(variant[key], groups[key]) for key in ("sku", "last") if key in variant)


def numbering_problems(data: Mapping[str, Any], files: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str, str]]:
    """(file, place, message) of what is wrong with schemes and boards: patterns, sources and products that are not."""
    for level, table in (("scheme", "schemes"), ("board", "boards")):
        for name, entry in data[table].items():
            found = _scheme(entry) if level == "scheme" else _board(data, name, entry)
            for message in [*found, *_sources(data, entry)]:
                yield files[level, name], f"{level} {entry.get('code', name)}", message


def _sources(data: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[str]:
    for key in ("source", "quotes"):
        if key in entry and entry[key] not in data["sources"]:
            yield f"unknown {key} '{entry[key]}'; add it under sources/{near(entry[key], data['sources'])}"


def _scheme(scheme: Mapping[str, Any]) -> Iterator[str]:
    try:
        groups = re.compile(scheme["pattern"]).groupindex
    except re.error as error:
        yield f"pattern: {error}"
        return
    if "board" not in groups and not ("pci" in groups and "pci_vendor" in scheme):
        yield "pattern: it needs a group (?P<board>...), the code that boards go by, or (?P<pci>...) and pci_vendor"


def _board(data: Mapping[str, Any], key: str, board: Mapping[str, Any]) -> Iterator[str]:
    known = {*data["chips"], *data["families"], *data["products"]}
    if board["scheme"] not in data["schemes"]:
        yield f"unknown scheme '{board['scheme']}'; expected one of {', '.join(data['schemes'])}"
    for entry in (board, *board.get("variant", ())):
        for product in entry.get("products", ()):
            if product not in known:
                yield f"unknown chip, family or product '{product}'{near(product, known)}"
    yield from _strays(data, key, board)


def _strays(data: Mapping[str, Any], key: str, board: Mapping[str, Any]) -> Iterator[str]:
    """Listed numbers of this board whose product the board does not name."""
    scheme = data["schemes"].get(board["scheme"])
    listed = {p for entry in (board, *board.get("variant", ())) for p in entry.get("products", ())}
    if not scheme or not listed or "pci_vendor" in scheme or any(_scheme(scheme)):
        return
    for table in ("chips", "products"):
        for name, record in data[table].items():
            for number in _numbers(record):
                match = re.fullmatch(scheme["pattern"], number)
                if match and f"{board['scheme']}/{match['board']}" == key and name not in listed:
                    yield f"the number {number} is that of {name}, which the board does not name; add it to products"


def _numbers(record: Mapping[str, Any]) -> Iterator[str]:
    for entry in record.get("identifiers", ()):
        if not entry.get("issuer") and not entry.get("overlay"):
            yield from entry["values"]
