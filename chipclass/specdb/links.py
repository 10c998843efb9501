"""How provisions refer to each other: in circles, or so that a node id could mean two nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chipclass.logic.tree import Node, RuleError, parse
from chipclass.specdb.problems import Problem

Rules = Mapping[str, Mapping[str, Any]]


def tree_of(edition: Mapping[str, Any]) -> Node | None:
    """The tree of a compiled edition; None if it is none, which was reported where the rule was read."""
    try:
        return parse(edition["tree"])
    except RuleError:
        return None


def link_problems(rules: Rules, files: Mapping[str, str]) -> Iterator[Problem]:
    """Provisions that refer or yield to themselves, and ids that stand in a provision referred to as well."""
    trees = {name: [(e, tree) for e in rule["editions"] if (tree := tree_of(e))] for name, rule in rules.items()}
    meets = {
        name: {test.names[0] for _, tree in found for test in tree.tests() if test.kind == "meets"}
        for name, found in trees.items()
    }
    needs = {name: meets[name] | {over for over in [rule.get("yields_to")] if over} for name, rule in rules.items()}
    for name, rule in rules.items():
        place = f"edition {rule['editions'][0]['effective']}"
        if name in _reached(meets[name], meets):
            yield Problem(files[name], place, "refers to itself; a provision cannot meet itself")
        elif name in _reached(needs[name], needs):
            message = "yields to itself by way of others; one of them must not yield, or not refer to the other"
            yield Problem(files[name], place, message)
        written_in = sorted(_reached(meets[name], needs) & rules.keys() - {name})
        for edition, _ in trees[name]:
            for other in written_in:
                for node in _shared(edition, [tree for _, tree in trees[other]]):
                    message = f"the node id '{node}' stands in {other} too, to which this refers; rename one of them"
                    yield Problem(files[name], f"edition {edition['effective']}", message)


def _reached(first: Iterable[str], ways: Mapping[str, set[str]]) -> set[str]:
    """Everything that some names lead to, themselves included."""
    reached: set[str] = set()
    ahead = set(first)
    while ahead:
        reached |= ahead
        ahead = {further for known in ahead for further in ways.get(known, ())} - reached
    return reached


def _shared(edition: Mapping[str, Any], others: Iterable[Node]) -> list[str]:
    """Ids that an edition's paragraphs or criterion name, and that stand in trees which are written into its own."""
    named = {*edition.get("paragraphs", {}).values(), edition.get("criterion", "")} - {""}
    return sorted(named & {node.id for tree in others for node in tree.walk()})
