"""The tariff axis: parameter bands, customs headings and exempt end uses of an entry into the United States."""

from __future__ import annotations

from typing import Any

from chipclass import explanation as words
from chipclass.conclusion import Axes
from chipclass.logic.cells import MAYBE, outcomes
from chipclass.logic.tree import Node
from chipclass.proof import MET, NOT_MET, UNDECIDED, outcome_of


def tariff_of(axes: Axes) -> dict[str, Any]:
    """Entry into the United States: which parameter band the figures fall into, under which headings.

    ``outcome`` speaks of the parameters unless the heading is known to be another one or a stated end use is exempt.
    """
    for provision in axes.book.axis("tariff"):
        edition = provision.on(axes.transaction.as_of)
        if edition is None or provision.effect != "restricts":
            continue
        tree = axes.trees[provision.id]
        headings = next((t for t in tree.tests() if t.kind == "heading"), None)
        bands = next((n for n in tree.walk() if n.op == "any"), tree)
        nodes = {"whole": bands, **{child.id: child for child in bands.children if child.id}}
        possible = outcomes(nodes, axes.box)
        outcome = outcome_of(bool(possible["whole"].true), bool(possible["whole"].false))
        certain = [name for name, p in possible.items() if name != "whole" and not p.false]
        likely = [name for name, p in possible.items() if name != "whole" and p.true]
        inside = f"inside {words.join(certain or likely, 'or')} of {provision.paragraph} ({edition.text('rate')})"
        texts = {
            MET: inside,
            NOT_MET: f"outside the bands of {provision.paragraph}",
            UNDECIDED: f"cannot exclude: {inside}",
        }
        under = _under_heading(axes, headings)
        text = texts[outcome]
        if headings is not None and under == NOT_MET:
            outcome, text = NOT_MET, f"heading {axes.transaction.heading} is not among {words.join(headings.names)}"
        elif headings is not None and under == UNDECIDED and outcome != NOT_MET:
            text += f", if entered under {words.join(headings.names, 'or')}"
        exemptions = _exemptions(axes) if outcome != NOT_MET else []
        if exempt := [entry["name"] for entry in exemptions if _takes_out(axes, tree, axes.trees[entry["id"]])]:
            outcome, text = NOT_MET, f"exempt as stated, {words.join(exempt)}; else {text}"
        head = {"provision": provision.id, "outcome": outcome, "text": text, "heading": under}
        conditions = list(edition.conditions) if outcome != NOT_MET else []
        return {**head, "conditions": conditions, "exemptions": exemptions, "checked": edition.checked}
    return {
        "provision": None,
        "outcome": "not in force",
        "text": "no tariff provision held here was in force",
        "conditions": [],
        "exemptions": [],
    }


def _under_heading(axes: Axes, test: Node | None) -> str:
    """Whether the article's customs heading is one of those that the tariff names."""
    if test is None:
        return MET
    possible = axes.box.truths.get(test.text, MAYBE)
    return outcome_of(bool(possible.true), bool(possible.false))


def _takes_out(axes: Axes, duty: Node, exemption: Node) -> bool:
    """Whether nothing is left of a duty beside an exemption, also where it is open that the duty is reached at all."""
    left = Node("all", children=(duty, Node("not", children=(exemption,))))
    return not outcomes({"left": left}, axes.box)["left"].true


def _exemptions(axes: Axes) -> list[dict[str, Any]]:
    """End uses that the tariff exempts: not established unless stated."""
    held = [(p, e) for p in axes.book.axis("tariff") if (e := p.on(axes.transaction.as_of))]
    result = []
    for provision, edition in held:
        if provision.effect == "relieves":
            possible = outcomes({"x": axes.trees[provision.id]}, axes.box)["x"]
            outcome = outcome_of(bool(possible.true), bool(possible.false))
            text = f"{provision.paragraph} ({provision.text('title')}): {words.outcome_words(outcome, 'relieves')}"
            entry = {"id": provision.id, "name": provision.paragraph, "outcome": outcome, "text": text}
            result.append({**entry, "conditions": list(edition.conditions)})
    return result
