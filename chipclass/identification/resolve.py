"""A whole text to a product: part number, PCI id, alias, family name; near names where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from chipclass.specdb.numbering import Board, board_of
from chipclass.specdb.store import Specs
from chipclass.spelling import key_of

#: Characters that people and scanners take for one another.
_LOOK_ALIKES = str.maketrans("OQILZSB", "0011258")

PART_NUMBER, BOARD_CODE, PCI_ID, ALIAS, FAMILY = "part-number", "board-code", "pci-id", "alias", "family"
#: Kinds of identifiers that are read from the PCI bus.
PCI_KINDS = ("pci-id", "pci-subsystem")


@dataclass(frozen=True, slots=True)
class Match:
    """How a text was recognised. ``ids`` are products, chips or one family; several ids: it fits each of them."""

    how: str
    ids: tuple[str, ...] = ()
    family: str | None = None
    evidence: str = ""
    near: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        return {"how": self.how, "family": self.family, "evidence": self.evidence}


def resolve(specs: Specs, text: str) -> Match:
    """The product that a whole text names: exactly, up to case, width, dashes and spaces. Else near names."""
    match = exact(specs, text)
    if match.how == "none" and key_of(text):
        return replace(match, near=near_names(specs, text))
    return match


def exact(specs: Specs, text: str) -> Match:
    """As ``resolve``, without a search for near names, which takes a hundred times as long as the rest."""
    key = key_of(text)
    if not key:
        return Match("none", evidence="the text has no letter or digit")
    if owners := specs.index["numbers"].get(key):
        return _by_number(specs, key, text, owners)
    if owners := specs.index["names"].get(key):
        name = owners[0]
        if name in specs.index["families"]:
            return Match(FAMILY, (name,), name, f"'{text.strip()}' is a name of the family {specs.item(name).name}")
        return Match(ALIAS, (name,), None, f"'{text.strip()}' is a name of {specs.item(name).name}")
    if board := board_of(specs.index, text):
        return _by_board(specs, board, text)
    return Match("none", evidence=f"'{text.strip()}' is in no list")


def _by_number(specs: Specs, key: str, text: str, owners: Iterable[str]) -> Match:
    names = tuple(owners)
    told: dict[str, tuple[str, str]] = {}
    for name in names:
        for entry in specs.item(name).identifiers:
            if key in {key_of(value) for value in entry.values}:
                sure = "named by the source" if entry.mapping == "description" else "inferred from the numbering"
                date = f" of {entry.date}" if entry.date else ""
                said = f"{specs.item(name).name}, {sure}: {specs.source(entry.source)['title']}{date}"
                told.setdefault(name, (entry.kind, said))
    kind = next(iter(told.values()))[0]
    how = PCI_ID if kind in PCI_KINDS else PART_NUMBER
    return Match(how, names, None, f"{kind} {text.strip()} is {'; or '.join(said for _, said in told.values())}")


def _by_board(specs: Specs, board: Board, text: str) -> Match:
    """A number in no list whose board code is known: everything that the board is sold as."""
    fits = " or ".join(specs.item(name).name for name in board.products)
    how = "inferred from the numbering" if board.inferred else "as the vendor's list describes the board"
    evidence = f"{text.strip()} is in no list; its board code {board.code} ({board.name}) fits {fits}, {how}"
    family = board.products[0] if len(board.products) == 1 and board.products[0] in specs.index["families"] else None
    return Match(BOARD_CODE, board.products, family, evidence)


def near_names(specs: Specs, text: str, count: int = 4) -> tuple[str, ...]:
    """Names close to a text, best first, as a person would write them."""
    from difflib import get_close_matches

    shown: dict[str, str] = {}  # under keys in which look-alike characters are one
    for table in ("families", "chips", "products"):
        for name, record in specs.index[table].items():
            for alias in [record["name"], *record.get("aliases", []), *record.get("short_aliases", [])]:
                shown.setdefault(_folded(alias), alias)
            shown.setdefault(_folded(name), name)
    for owners in specs.index["numbers"].values():
        for entry in specs.item(owners[0]).identifiers:
            shown.update({_folded(value): value for value in entry.values})
    return tuple(shown[key] for key in get_close_matches(_folded(text), shown, n=count, cutoff=0.6))


def _folded(text: str) -> str:
    return key_of(text).translate(_LOOK_ALIKES)
