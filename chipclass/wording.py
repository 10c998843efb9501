"""Two editions of a provision side by side: the tests that came and went, the limits that moved, the other keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from chipclass import explanation as words
from chipclass.logic.tree import Node
from chipclass.rules.book import Edition
from chipclass.specdb.store import Specs

#: Keys of an edition that say when and where it stands, not what it says; trees, conditions and paragraphs are compared
#: on their own.
RECORD = frozenset(
    ("effective", "until", "published", "comply_from", "checked", "posture", "cite", "url", "note", "unverified")
)
OWN = frozenset(("tree", "conditions", "paragraphs"))


class Test(NamedTuple):
    """A test as it bears on the outcome: under an odd number of "not" it is negated. Its place is not compared."""

    negated: bool
    text: str
    metric: str = ""
    relation: str = ""
    cite: str = ""

    @property
    def key(self) -> tuple[bool, str]:
        return self.negated, self.text

    @property
    def line(self) -> tuple[bool, str, str]:
        return self.negated, self.metric, self.relation

    def __str__(self) -> str:
        return f"{'not ' * self.negated}{self.text}{f' [{self.cite}]' * bool(self.cite)}"


def wording_diff(specs: Specs, before: Edition, after: Edition) -> dict[str, Any]:
    """What two editions say differently; a mirrored question gives the mirrored answer.

    ``limits`` are tests of one metric and one direction that stand once in each edition, with another limit.
    """
    old, new = list(_tests(specs, before.tree)), list(_tests(specs, after.tree))
    removed, added = _beyond(old, new), _beyond(new, old)
    limits = []
    for test in list(removed):
        kin = [other for other in added if test.metric and other.line == test.line]
        if len(kin) == 1 and sum(other.line == test.line for other in removed) == 1:
            limits.append({"before": str(test), "after": str(kin[0])})
            removed.remove(test)
            added.remove(kin[0])
    conditions = (before.conditions, after.conditions)
    return {
        "added": list(map(str, added)),
        "removed": list(map(str, removed)),
        "limits": limits,
        "joined_otherwise": not (limits or added or removed) and _shape(before.tree) != _shape(after.tree),
        "conditions_added": [text for text in conditions[1] if text not in conditions[0]],
        "conditions_removed": [text for text in conditions[0] if text not in conditions[1]],
        "paragraphs_added": [name for name in after.paragraphs if name not in before.paragraphs],
        "paragraphs_removed": [name for name in before.paragraphs if name not in after.paragraphs],
        "other": list(_other(before.data, after.data)),
    }


def _tests(specs: Specs, node: Node, negated: bool = False, cite: str = "") -> Iterator[Test]:
    here = node.cite or cite
    if node.op == "test" and node.kind == "number":
        metric = specs.metrics[node.metric]
        text = f"{metric['short']} {node.relation} {words.with_unit(words.show(node.limit), metric['unit'])}"
        yield Test(negated, text, node.metric, node.relation, here)
    elif node.op == "test":
        yield Test(negated, node.text.replace("_", " "), cite=here)
    for child in node.children:
        yield from _tests(specs, child, negated ^ (node.op == "not"), here)


def _beyond(tests: Iterable[Test], others: Iterable[Test]) -> list[Test]:
    """The tests that are left when each of the others has taken one like it away."""
    taken = Counter(test.key for test in others)
    result = []
    for test in tests:
        taken[test.key] -= 1
        if taken[test.key] < 0:
            result.append(test)
    return result


def _shape(node: Node) -> tuple[Any, ...]:
    """A tree without its labels."""
    return node.op, node.text if node.op == "test" else "", tuple(_shape(child) for child in node.children)


def _other(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Other keys of the rule files that differ, whatever they are called."""
    for key in sorted((before.keys() | after.keys()) - RECORD - OWN):
        if before.get(key) != after.get(key):
            yield {"key": key, "before": _text(before.get(key)), "after": _text(after.get(key))}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
