"""Rule files to the index: one provision, its editions in order; what would make a date ambiguous is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from chipclass.logic.tree import RuleError, parse

Report = Callable[[str, str], None]


def compile_rule(content: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """A provision as the index stores it. ``report(place, message)`` is called for everything that is wrong."""
    name = content["id"]
    editions = sorted(content["edition"], key=lambda edition: edition["effective"])
    compiled = []
    for edition, following in zip(editions, [*editions[1:], None], strict=True):
        place = f"edition {edition['effective']}"
        tree = {key: edition[key] for key in ("any", "all", "not") if key in edition}
        for message in _faults(name, content, edition, following, tree):
            report(place, message)
        until = edition.get("until") or (following["effective"] if following else None)
        rest = {key: value for key, value in edition.items() if key not in tree}
        compiled.append({**rest, "until": until, "tree": tree})
    head = {key: value for key, value in content.items() if key != "edition"}
    return {**head, "regime": name.split("/")[0], "editions": compiled}


def _faults(
    name: str, rule: Mapping[str, Any], edition: Mapping[str, Any], following: Mapping[str, Any] | None, tree: Any
) -> Iterator[str]:
    effective = edition["effective"]
    try:
        ids = Counter(node.id for node in parse(tree, f"{name} {effective}").walk() if node.id)
        for node, count in ids.items():
            if count > 1:
                yield f"the node id '{node}' stands {count} times; a paragraph could not tell which is meant"
    except RuleError as error:
        yield str(error)
    until = edition.get("until")
    if until and until <= effective:
        yield f"until {until} is not after effective {effective}; the edition would never be in force"
    if following and following["effective"] == effective:
        yield f"two editions are effective on {effective}; the first would never be in force"
    elif following and until and until > following["effective"]:
        yield f"is in force until {until}, but the next edition starts on {following['effective']}"
    days = [entry["from"] for entry in edition["posture"]]
    if days[0] != effective:
        yield "posture must start on the effective date"
    if any(later <= earlier for earlier, later in pairwise(days)):
        yield "postures must stand in the order of their dates"
    if rule.get("scope") == "letter" and not edition.get("criterion"):
        yield "a letter needs its criterion: the id of the node that a product reaches or not"
