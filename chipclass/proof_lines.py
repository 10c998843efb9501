"""A proof as lines that a person can follow: the outcome first, then what was asked, indented as the rule is."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from chipclass import explanation as words

_HEADS = {"any": "any of", "all": "all of"}
_NEGATED = {"any": "none of", "all": "not all of", "not": "not not"}


class Line(NamedTuple):
    """One line of a proof: how deep it stands, what came out, what was asked, and where the text says so."""

    depth: int
    outcome: str
    text: str
    cite: str


def lines(proof: Mapping[str, Any], depth: int = 0, told: Container[str] = ()) -> Iterator[Line]:
    """The lines of a proof tree from the top; a negation is one line with what it negates, and its own outcome.

    What refers to a provision in ``told`` is a line: its proof stands with that provision.
    """
    cite = str(proof.get("cite") or "")
    if proof["op"] == "test":
        yield Line(depth, proof["outcome"], leaf_words(proof), cite)
        return
    children = proof.get("children", ())
    if proof["op"] == "not" and children[0]["op"] == "test":
        inner = children[0]
        yield Line(depth, proof["outcome"], f"not: {leaf_words(inner)}", cite or str(inner.get("cite") or ""))
        return
    name, reference = proof.get("id") or "", referred(proof)
    if proof["op"] == "not":
        [inner] = children
        name, reference = name or referred(inner), reference or referred(inner)
        head, children = _NEGATED[inner["op"]], inner.get("children", ())
    else:
        head = _HEADS[proof["op"]] + ("" if children else " (no edition on this date)")
    if reference in told and len(children) < 2:
        said = f"not: {reference}" if proof["op"] == "not" else reference
        yield Line(depth, proof["outcome"], said, cite)
        return
    yield Line(depth, proof["outcome"], ": ".join(filter(None, [name or reference, head])), cite)
    for number, child in enumerate(children):
        if reference in told and not number:
            yield Line(depth + 1, child["outcome"], reference, "")
        else:
            yield from lines(child, depth + 1, told)


def referred(proof: Mapping[str, Any]) -> str:
    """The provision that a node stands for, where the rule refers to it."""
    text = str(proof.get("text", ""))
    return text.removeprefix("meets ") if text.startswith("meets ") else ""


def leaf_words(test: Mapping[str, Any]) -> str:
    """A test with its figure, its limit and its margin: ``TPP 15,840 >= 4,800, +230.0 %``."""
    if test["kind"] == "product":
        return f"{test['text']}: {'yes' if test['outcome'] == 'met' else 'no'}"
    if "relation" not in test:
        return words.fact_words(test)
    limit = words.with_unit(words.show(words.exact_limit(test)), test["left"]["unit"])
    figure = f"{test['metric']} {words.figure_of(test)}"
    if test["left"].get("none"):
        return f"{figure}: {test['relation']} {limit} cannot be met"
    margin = words.margin_words(test)
    return f"{figure} {test['relation']} {limit}{f', {margin}' if margin else ''}"


def because(determination: Mapping[str, Any]) -> str:
    """One sentence for the outcome, from the tests that make it; what would settle it where it is undecided."""
    name, outcome = determination["paragraph"], determination["outcome"]
    said = words.outcome_words(outcome, determination["effect"])
    if determination["proof"] is None:
        return f"{name}: {said} on this date." if outcome == "not in force" else f"{name}: {said}."
    if outcome == "undecided":
        settle = "; ".join(list(dict.fromkeys(e["text"] for e in determination["would_settle"]))[:3])
        return f"{name}: {said}{f'; what would settle it: {settle}' if settle else ''}."
    reasons = words.join(words.tightest(words.deciding_tests(determination["proof"])))
    return f"{name}: {said}{f', because {reasons}' if reasons else ''}."
