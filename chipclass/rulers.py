"""Every limit of the rules as a mark on a ruler: per metric, from the lowest, with the tests that stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from chipclass.logic.tree import Node
from chipclass.rules.book import Book

Ruler = dict[float, list["Line"]]


class Line(NamedTuple):
    """One numeric test of one provision: its citation, its leaf of the proof, the determination it stands in."""

    cite: str
    test: Mapping[str, Any]
    determination: Mapping[str, Any]


def lines(book: Book, determinations: Iterable[Mapping[str, Any]], as_of: str) -> Iterator[Line]:
    """Each numeric test of the editions of a date, once, under the provision in whose own text it stands."""
    seen = set()
    for determination in determinations:
        edition = book.provisions[determination["provision"]].on(as_of)
        if determination["proof"] is None or edition is None:
            continue
        own = {(test.text, cite) for cite, test in own_tests(edition.tree, determination["paragraph"])}
        for cite, leaf in _leaves(determination["proof"], determination["paragraph"]):
            key = (leaf["text"], cite)
            if leaf["kind"] == "number" and key in own and key not in seen:
                seen.add(key)
                yield Line(cite, leaf, determination)


def rulers(book: Book, determinations: Iterable[Mapping[str, Any]], as_of: str) -> dict[str, Ruler]:
    """The lines by metric and limit; limits from the lowest."""
    found: dict[str, Ruler] = {}
    for line in lines(book, determinations, as_of):
        found.setdefault(line.test["metric"], {}).setdefault(line.test["right"], []).append(line)
    return {metric: dict(sorted(limits.items())) for metric, limits in found.items()}


def own_tests(node: Node, cite: str) -> Iterator[tuple[str, Node]]:
    """The tests of an edition's own text, references to other provisions left as they are, each with its citation."""
    here = node.cite or cite
    if node.op == "test":
        yield here, node
    for child in node.children:
        yield from own_tests(child, here)


def _leaves(proof: Mapping[str, Any], cite: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    here = proof.get("cite") or cite
    if proof["op"] == "test":
        yield here, proof
    for child in proof.get("children", ()):
        yield from _leaves(child, here)
