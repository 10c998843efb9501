"""Declared ECCNs: which branch of the AI chip lines a code speaks of (``specs/branches.toml``)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from chipclass.specdb.store import Specs

#: The number that stands for a branch where an entry counts its .z paragraphs by branch.
_NUMBERED = {"1": "a", "2": "b"}
_CODE = re.compile(r"(?P<entry>\d[A-E]\d{3})\.?(?P<rest>[A-Z0-9.]*)")

AGREES, DIFFERS, OPEN = "agrees", "differs", "open"


class Branch(NamedTuple):
    """What a declared ECCN says: whether the item is caught by the AI chip lines, and by which branch if it says so."""

    caught: bool
    letter: str = ""

    @property
    def says(self) -> str:
        """The same in words."""
        if self.letter:
            return f"branch {self.letter}"
        return "caught, branch not named" if self.caught else "not caught"


def branch_of(specs: Specs, eccn: str) -> Branch:
    """The branch that a declared ECCN speaks of.

    >>> from chipclass.specdb.store import load
    >>> branch_of(load(), "5A002.z.1.a"), branch_of(load(), "5A992.z.2"), branch_of(load(), "5A992.c")
    (Branch(caught=True, letter='a'), Branch(caught=True, letter='b'), Branch(caught=False, letter=''))
    """
    match = _CODE.match(re.sub(r"\s", "", eccn).upper())
    if match is None:
        return Branch(False)
    entry = specs.index["branches"]["entry"].get(match["entry"], {})
    steps = re.findall(r"[A-Z]|\d+", match["rest"])
    if entry.get("marks") == "paragraph":
        return Branch(True, steps[0].lower() if steps else "")
    if steps[:1] != ["Z"]:
        return Branch(False)
    if entry.get("marks") == "number":
        return Branch(True, _NUMBERED.get("".join(steps[1:2]), ""))
    return Branch(True, next((step.lower() for step in steps[2:] if step in "AB"), ""))


def reconciled(specs: Specs, codes: Collection[str], possible: Collection[Collection[str]]) -> str:
    """Whether declared ECCNs fit the possible classes of a chip: ``agrees``, ``differs``, or ``open``.

    ``possible`` holds sets of paragraphs; several sets, or none, leave it open unless no set fits any code.
    """
    declared = [branch_of(specs, code) for code in codes]
    if not declared or not possible:
        return OPEN
    fits = [_fits(declared, paragraphs) for paragraphs in possible]
    if all(fits):
        return AGREES
    return OPEN if any(fits) else DIFFERS


def _fits(declared: Collection[Branch], paragraphs: Collection[str]) -> bool:
    """Whether one of the declared codes fits a set of paragraphs; the letter counts where both name one."""
    letters = {name.split(".")[1][:1] for name in paragraphs if "." in name}
    if not paragraphs:
        return any(not branch.caught for branch in declared)
    return any(branch.caught and (not branch.letter or not letters or branch.letter in letters) for branch in declared)
