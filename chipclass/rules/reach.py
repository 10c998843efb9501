"""Provisions, paragraphs and branches that nothing can reach: whatever the product, whatever the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chipclass.logic.tree import Node
from chipclass.rules.book import Book
from chipclass.rules.conflicts import Claim, apart, given
from chipclass.rules.worlds import Worlds
from chipclass.specdb.problems import Problem

Path = tuple[int, ...]


def reach_problems(book: Book, worlds: Worlds, files: Mapping[str, str]) -> Iterator[Problem]:
    """What can hold on no day of its edition (errors), and branches that make no difference (warnings)."""
    for provision in book:
        for edition in provision.editions:
            for message, severity in _edition(book, worlds, Claim(provision, edition)):
                yield Problem(files[provision.id], f"edition {edition.effective}", message, severity)


def _edition(book: Book, worlds: Worlds, claim: Claim) -> Iterator[tuple[str, str]]:
    trees = {day: book.trees(day)[claim.provision.id] for day in worlds.days(claim.edition)}
    if not _holds(worlds, trees):
        yield "can hold nowhere: no product in no transaction satisfies it; mend its tests", "error"
        return
    for name, node in claim.edition.paragraphs.items():
        if not _holds(worlds, {day: given(book, claim, name, day) for day in trees}):
            yield f"paragraphs: '{name}' can never be named: '{node}' holds nowhere, or another goes first", "error"
    if name := claim.edition.text("criterion"):
        nodes = {day: next(node for node in tree.walk() if node.id == name) for day, tree in trees.items()}
        if not _holds(worlds, nodes):
            yield f"criterion: '{name}' can hold nowhere; mend its tests", "error"
    yield from _branches(worlds, claim, trees)


def _holds(worlds: Worlds, trees: Mapping[str, Node]) -> bool:
    return any(worlds.find(tree, day) is not None for day, tree in trees.items())


def _branches(worlds: Worlds, claim: Claim, trees: Mapping[str, Node]) -> Iterator[tuple[str, str]]:
    """Branches of an ``any``, as written in the rule file, without which the provision would be the same."""
    named = {*claim.edition.paragraphs.values(), claim.edition.text("criterion")}
    for path, node in _walk(claim.edition.tree):
        if node.op != "any" or len(node.children) < 2:
            continue
        for number, branch in enumerate(node.children):
            here = (*path, number)
            said = branch.id or branch.text or branch.cite or f"branch {number + 1} of {node.id or 'any'}"
            if not _holds(worlds, {day: _at(tree, here) for day, tree in trees.items()}):
                yield f"the branch '{said}' can never hold; mend its tests or remove it", "error"
                continue
            if branch.kind == "meets" or any(part.id in named for part in branch.walk() if part.id):
                continue  # named for its own sake
            if not _holds(worlds, {day: apart(tree, _without(tree, here)) for day, tree in trees.items()}):
                said = f"the branch '{said}' makes no difference: it adds nothing to what stands beside it"
                yield f"{said}; mend its tests or remove it", "warning"


def _walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    yield path, node
    for number, child in enumerate(node.children):
        yield from _walk(child, (*path, number))


def _at(tree: Node, path: Path) -> Node:
    for number in path:
        tree = tree.children[number]
    return tree


def _without(tree: Node, path: Path) -> Node:
    """The tree without the branch at a path."""
    number, *rest = path
    children = list(tree.children)
    children[number : number + 1] = [_without(children[number], tuple(rest))] if rest else []
    return replace(tree, children=tuple(children))
