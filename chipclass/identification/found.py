"""What one text names, and what several pieces of a long text name together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chipclass.identification.lexicon import lexicon_of
from chipclass.specdb.store import Specs

ACCESSORY, LOOK_ALIKE, UNKNOWN, NONE = "accessory", "look-alike", "unknown accelerator", "none"
#: Of a long text so many reasons are told.
TOLD = 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that looks like a chip's name and was not believed."""

    what: str
    why: str
    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one text names.

    ``ids`` are products, chips or families in the order of the text; ``candidates`` the chips that they can mean (for
    an unknown accelerator: what it might be); ``unknown`` names of accelerators that are in no list; ``general``:
    nothing here speaks against a product that another cell of the row names.
    """

    how: str
    ids: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    family: str | None = None
    count: int | None = None
    evidence: str = ""
    refused: tuple[Refusal, ...] = ()
    unknown: tuple[str, ...] = ()
    general: bool = True


#: What a board sits in.
_HOUSINGS = ("server", "rack", "instance")


def narrowed(specs: Specs, ids: Iterable[str]) -> tuple[str, ...]:
    """Without what another of the ids says more exactly: a family beside its variant, a part beside what holds it."""
    lexicon = lexicon_of(specs)
    unique = tuple(dict.fromkeys(ids))

    def said_by(one: str, other: str) -> bool:
        level, mine, theirs = specs.item(one).level, lexicon.chips(one), lexicon.chips(other)
        if level == "family":
            return theirs < mine or (theirs == mine and specs.item(other).level != "family")
        if any(part.get("product") == one for part in specs.item(other).contains):
            return True
        if specs.item(one).kind == "board" and specs.item(other).kind in _HOUSINGS and mine == theirs:
            return True
        return level == "chip" and specs.item(other).level not in ("chip", "family") and mine <= theirs

    return tuple(one for one in unique if not any(said_by(one, other) for other in unique if other != one))


def joined(specs: Specs, parts: Sequence[Found]) -> Found:
    """What the pieces of one text name together. How many chips an item has is not told by a text of that length."""
    parts = [part for part in parts if part.how != NONE]
    if len(parts) < 2:
        return parts[0] if parts else Found(NONE)
    naming = [part for part in parts if part.ids]
    kinds = (UNKNOWN, ACCESSORY, LOOK_ALIKE)
    how = naming[0].how if naming else min((part.how for part in parts), key=kinds.index)
    ids = narrowed(specs, (name for part in naming for name in part.ids))
    families = [name for name in ids if specs.item(name).level == "family"]
    told = naming or [part for part in parts if part.how == how]
    possible = dict.fromkeys(chip for part in told for chip in part.candidates)
    return Found(
        how,
        ids,
        lexicon_of(specs).candidates(ids) if ids else tuple(possible),
        families[0] if families and len(ids) == 1 else None,
        naming[0].count if len(naming) == 1 else None,
        "; ".join(list(dict.fromkeys(part.evidence for part in told))[:TOLD]),
        tuple(dict.fromkeys(refusal for part in parts for refusal in part.refused)),
        tuple(dict.fromkeys(name for part in parts for name in part.unknown)),
        general=all(part.general for part in parts),
    )
