"""Provisions that answer one question differently: each overlap must be acknowledged, with what is printed and why.

Two provisions of one regime and axis overlap if they can hold for the same product in the same transaction on a day on
which both have an edition. Where both refer to classes they must share one: whether a product can be of two
classes at once is a question about products, which the rules leave open. A bill is not law and conflicts with none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from chipclass.logic.tree import Node
from chipclass.rules.book import BILL, CODIFIED, IN_FORCE, Book, Edition, Provision
from chipclass.rules.worlds import Worlds
from chipclass.specdb.problems import Problem


class Claim(NamedTuple):
    """A provision with the edition of a day."""

    provision: Provision
    edition: Edition


def overlap_problems(book: Book, worlds: Worlds, files: Mapping[str, str]) -> Iterator[Problem]:
    """Overlaps without acknowledgement (errors), acknowledgements without overlap (warnings).

    ``files`` names the file of each provision.
    """
    for first, second in combinations(book, 2):
        if not _acknowledged(first, second) and (found := _conflict(book, worlds, first, second)):
            later, message = found
            yield Problem(files[later.provision.id], f"edition {later.edition.effective}", message)
    for provision in book:
        for entry in provision.data.get("overlap", ()):
            if not _together(book, worlds, provision, book.provisions[entry["with"]]):
                message = f"the two never hold together; remove it, or mend `with` ('{entry['with']}')"
                yield Problem(files[provision.id], "overlap", message, "warning")


def given(book: Book, claim: Claim, paragraph: str, date: str) -> Node:
    """What it takes for a paragraph to be named on a date: its provision and its node hold, and nothing goes first."""
    trees, edition = book.trees(date), claim.edition
    tree = trees[claim.provision.id]
    nodes = {name: _node(tree, node) for name, node in edition.paragraphs.items()}
    parts = [tree, nodes[paragraph]]
    if edition.text("report") == "first":
        for name, node in nodes.items():
            if name == paragraph:
                break
            parts.append(Node("not", children=(node,)))
    if (over := claim.provision.text("yields_to")) in trees:
        parts.append(Node("not", children=(trees[over],)))
    return Node("all", children=tuple(parts))


def _node(tree: Node, name: str) -> Node:
    return next((node for node in tree.walk() if node.id == name), tree) if name else tree


def _acknowledged(first: Provision, second: Provision) -> bool:
    return any(
        entry["with"] == other.id
        for one, other in ((first, second), (second, first))
        for entry in one.data.get("overlap", ())
    )


def _pairs(worlds: Worlds, first: Provision, second: Provision) -> Iterator[tuple[Claim, Claim, str]]:
    """Editions of two provisions that apply together, and the days on which something changes meanwhile."""
    for one in first.editions:
        for other in second.editions:
            for day in worlds.days(one, other):
                yield Claim(first, one), Claim(second, other), day


def _together(book: Book, worlds: Worlds, first: Provision, second: Provision) -> bool:
    return any(
        worlds.find(_both(book, first, second, day), day) is not None for *_, day in _pairs(worlds, first, second)
    )


def _both(book: Book, first: Provision, second: Provision, day: str) -> Node:
    trees = book.trees(day)
    return Node("all", children=(trees[first.id], trees[second.id]))


def _conflict(book: Book, worlds: Worlds, first: Provision, second: Provision) -> tuple[Claim, str] | None:
    """The first conflict of two provisions: the claim that came later, and what is wrong."""
    if first.regime != second.regime or first.axis != second.axis or first.applies_to != second.applies_to:
        return None
    for pair in _pairs(worlds, first, second):
        day = pair[2]
        earlier, later = sorted(pair[:2], key=lambda claim: claim.edition.effective)
        if BILL in (earlier.edition.posture(day), later.edition.posture(day)):
            continue
        for said, tree in _questions(book, later, earlier, day):
            if (deal := worlds.find(tree, day)) is not None:
                return later, _message(worlds, earlier.provision.id, said, day, deal)
    return None


def _questions(book: Book, later: Claim, earlier: Claim, day: str) -> Iterator[tuple[str, Node]]:
    """What the two answer differently, in words about the later one, with the tree of where they do."""
    name = earlier.provision.id
    for paragraph in later.edition.paragraphs.keys() & earlier.edition.paragraphs.keys():
        here, there = given(book, later, paragraph, day), given(book, earlier, paragraph, day)
        yield f"names {paragraph} by other tests than {name}", apart(here, there)
    if not _one_subject(book, later, earlier, day):
        return
    answers = [
        (later.provision.text("policy"), earlier.provision.text("policy")),
        (later.edition.text("rate"), earlier.edition.text("rate")),
    ]
    scopes = {claim.provision.text("scope") for claim in (later, earlier)}
    if later.provision.axis == "licence requirement" and len(scopes) == 1:  # each scope is a requirement of its own
        postures = (later.edition.posture(day), earlier.edition.posture(day))
        answers += [postures] if set(postures) == {IN_FORCE, CODIFIED} else []
    for mine, other in answers:
        if mine and other and mine != other:
            yield f"reads '{mine}' where {name} reads '{other}'", _both(book, later.provision, earlier.provision, day)


def _one_subject(book: Book, one: Claim, other: Claim, day: str) -> bool:
    """Whether two editions refer to a common provision, or one of them to none."""
    first, second = (_referred(book, claim.edition.tree, day) for claim in (one, other))
    return not first or not second or not first.isdisjoint(second)


def _referred(book: Book, tree: Node, day: str) -> set[str]:
    found = {test.names[0] for test in tree.tests() if test.kind == "meets"}
    editions = [edition for name in found if (edition := book.provisions[name].on(day))]
    return found.union(*(_referred(book, edition.tree, day) for edition in editions))


def apart(first: Node, second: Node) -> Node:
    """Where one of two trees holds and the other does not."""
    pairs = ((first, second), (second, first))
    return Node("any", children=tuple(Node("all", children=(a, Node("not", children=(b,)))) for a, b in pairs))


def _message(worlds: Worlds, other: str, said: str, day: str, deal: Mapping[str, str]) -> str:
    case = ", ".join(part for part in (day, worlds.words(deal)) if part)
    return (
        f"{said} (for example {case}); mend one of the two, or acknowledge it in one of their files: "
        f'[[overlap]] with = "{other}", cite, text = "which is printed, and why"'
    )
