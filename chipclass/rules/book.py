"""The book of rules: which edition of a provision was in force on a date, and how it was enforced then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from chipclass.logic.tree import Node, inline, parse
from chipclass.specdb.store import Specs

IN_FORCE, CODIFIED, REPORTED, BILL = "in force", "codified, not enforced", "reported", "bill"


@dataclass(frozen=True)
class Edition:
    """The wording of a provision from ``effective`` up to, not including, ``until``."""

    data: Mapping[str, Any]
    provision: str

    @cached_property
    def tree(self) -> Node:
        """What it tests; read when it is asked for, as most answers need one edition of several."""
        return parse(self.data["tree"], f"{self.provision} {self.effective}")

    @property
    def effective(self) -> str:
        return str(self.data["effective"])

    @property
    def until(self) -> str | None:
        until: str | None = self.data["until"]
        return until

    @property
    def checked(self) -> str:
        """Last day on which the text was read and found true."""
        return str(self.data["checked"])

    @property
    def cite(self) -> str:
        return str(self.data["cite"])

    def text(self, key: str) -> str:
        return str(self.data.get(key, ""))

    @property
    def conditions(self) -> tuple[str, ...]:
        return tuple(self.data.get("conditions", ()))

    @property
    def paragraphs(self) -> Mapping[str, str]:
        """Paragraph as cited -> id of the node that must hold for it."""
        paragraphs: Mapping[str, str] = self.data.get("paragraphs", {})
        return paragraphs

    def node(self, name: str) -> Node:
        """The node of the tree with this id; the whole tree for an empty id."""
        return next((node for node in self.tree.walk() if node.id == name), self.tree) if name else self.tree

    def posture(self, date: str) -> str:
        """How the edition was enforced on a date; before its compliance date it was codified only."""
        if date < str(self.data.get("comply_from", "")):
            return CODIFIED
        current = IN_FORCE
        for entry in self.data["posture"]:
            if entry["from"] <= date:
                current = entry["is"]
        return current


@dataclass(frozen=True)
class Provision:
    """A rule of a regime. It restricts or relieves, on one axis."""

    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def axis(self) -> str:
        return str(self.data["axis"])

    @property
    def effect(self) -> str:
        return str(self.data["effect"])

    @property
    def paragraph(self) -> str:
        return str(self.data["paragraph"])

    def text(self, key: str) -> str:
        return str(self.data.get(key, ""))

    @property
    def regime(self) -> str:
        return str(self.data["regime"])

    @property
    def scope(self) -> str:
        """What it speaks of beside the axis: nothing, or headquarters, letter, abroad, lower, bill."""
        return self.text("scope")

    @property
    def stands_beside(self) -> bool:
        """Whether it is shown beside the answer and makes no axis of it: lower lines, bills, presumptions."""
        return self.scope in ("lower", "bill") or self.axis == "presumption"

    @property
    def applies_to(self) -> str:
        """Function of the chips that it speaks of: processor or memory."""
        return self.text("applies_to") or "processor"

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        return tuple(Edition(entry, self.id) for entry in self.data["editions"])

    def on(self, date: str) -> Edition | None:
        """The edition in force on a date, None before the first and after the last."""
        for edition in self.editions:
            if edition.effective <= date and (edition.until is None or date < edition.until):
                return edition
        return None


@lru_cache(maxsize=64)
def book_of(specs: Specs) -> Book:
    """The rule book of a spec database, made once."""
    return Book(specs)


class Book:
    """All provisions of the spec database."""

    def __init__(self, specs: Specs) -> None:
        self.provisions = {name: Provision(data) for name, data in specs.index["rules"].items()}
        self._trees: dict[str, dict[str, Node]] = {}
        self._tests: dict[str, tuple[Node, ...]] = {}

    def __iter__(self) -> Iterator[Provision]:
        return iter(self.provisions.values())

    def axis(self, axis: str, scope: str = "", function: str = "") -> list[Provision]:
        """Provisions of one axis and scope, in file order; with a function only those that speak of such chips."""
        found = [p for p in self if p.axis == axis and p.scope == scope]
        return [p for p in found if p.applies_to == function] if function else found

    def trees(self, date: str) -> Mapping[str, Node]:
        """Tree of each provision with an edition on the date; references to other provisions are written out."""
        if date not in self._trees:
            raw = {p.id: edition.tree for p in self if (edition := p.on(date))}
            yields = {p.id: p.text("yields_to") for p in self if p.text("yields_to")}
            written: dict[str, Node] = {}
            self._trees[date] = {name: inline(tree, raw, yields, (name,), written) for name, tree in raw.items()}
        return self._trees[date]

    def tests(self, date: str) -> tuple[Node, ...]:
        """The tests of all trees on a date, each text once."""
        if date not in self._tests:
            found = {test.text: test for tree in self.trees(date).values() for test in tree.tests()}
            self._tests[date] = tuple(found.values())
        return self._tests[date]

    def overlaps(self, provision: Provision) -> list[dict[str, str]]:
        """Provisions that answer the same question otherwise, by acknowledgement of either: with, cite, text."""
        own = [dict(entry) for entry in provision.data.get("overlap", ())]
        named = {entry["with"] for entry in own}
        others = [
            {**entry, "with": other.id}
            for other in self
            for entry in other.data.get("overlap", ())
            if entry["with"] == provision.id and other.id not in named
        ]
        return sorted(own + others, key=lambda entry: entry["with"])

    def first_date(self) -> str:
        """The day before which no class provision held here was in force."""
        return min(edition.effective for provision in self.axis("ic class") for edition in provision.editions)
