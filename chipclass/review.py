"""The review policy axis: how an application is reviewed if the product is caught, and what a relief still needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from chipclass import explanation as words
from chipclass.conclusion import CANNOT_EXCLUDE, NOT_CAUGHT, Axes
from chipclass.logic.cells import YES, Box, Cell, Part, cells, folded
from chipclass.logic.tree import Node
from chipclass.proof import MET, NOT_MET, UNDECIDED, outcome_of
from chipclass.rules.book import CODIFIED, IN_FORCE, REPORTED, Edition, Provision

#: Tests by their text with the answers that are asked for.
Term = frozenset[tuple[str, bool]]
#: In which order kinds of tests are named; those first that a reader can look up.
_ORDER = ("number", "headquarters", "fact", "stated", "unsettled")


def policy_of(axes: Axes, status: str) -> dict[str, Any]:
    """Review policy for the evaluated destination if the product is caught; a relief speaks with its conditions."""
    nothing: dict[str, Any] = {"text": "", "outcome": NOT_MET, "conditions": [], "provision": None, "beside": []}
    if status == NOT_CAUGHT:
        return {**nothing, "text": "not applicable: the class is not reached on these figures"}
    review = Review(axes)
    lead = "if caught: " if status == CANNOT_EXCLUDE else ""
    codified = [CODIFIED] if axes.transaction.reading == "codified" else []
    held = list(review.held("", [IN_FORCE, REPORTED, *codified]))
    reliefs = []
    for provision, edition in held:
        if provision.effect == "relieves" and (said := review.relief(provision)):
            text = lead + said["text"]
            reliefs.append({**said, "text": text, "conditions": list(edition.conditions)})
    others = [*reliefs[1:], *filter(None, (review.relief(p) for p, _ in review.held("headquarters", [IN_FORCE])))]
    beside = [{key: entry[key] for key in ("provision", "text", "outcome")} for entry in others]
    denial = next(filter(None, (review.restriction(p, e) for p, e in held if p.effect == "restricts")), None)
    if reliefs:
        first, otherwise = reliefs[0], axes.book.provisions[reliefs[0]["provision"]].text("otherwise")
        if denial and first["outcome"] != MET and not otherwise:
            first["text"] += f"; {denial['text']}"
        return {**first, "beside": beside}
    if denial:
        hedge = "" if denial["outcome"] == MET else "; otherwise not on file"
        return {**denial, "text": f"{lead}{denial['text']}{hedge}", "beside": beside}
    text = "not on file for this destination and date"
    return {**nothing, "text": text, "outcome": UNDECIDED, "beside": beside}


class Review:
    """Policies of one product in one transaction, over the cells in which it is caught at all."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes

    def held(self, scope: str, postures: Sequence[str]) -> Iterator[tuple[Provision, Edition]]:
        """The policies of a scope with an edition on the day, in the order of their ids."""
        date = self.axes.transaction.as_of
        for provision in sorted(self.axes.book.axis("review policy", scope, self.axes.function), key=lambda p: p.id):
            if (edition := provision.on(date)) and edition.posture(date) in postures:
                yield provision, edition

    def relief(self, provision: Provision) -> dict[str, Any] | None:
        """What a relief says as things stand; None if it fails even where the parties state all that it asks."""
        tree = self.axes.trees[provision.id]
        if self.if_caught(tree, self._with_statements(tree)) == NOT_MET:
            return None
        outcome = self.if_caught(tree, self.axes.box)
        policy, otherwise = provision.text("policy"), provision.text("otherwise")
        if outcome != MET:
            needs = self.needs(provision)
            policy = f"{otherwise} unless {needs}, then {policy}" if otherwise else f"{policy} if {needs}"
        return {"text": policy, "outcome": outcome, "provision": provision.id}

    def restriction(self, provision: Provision, edition: Edition) -> dict[str, Any] | None:
        """What a presumption says, with the condition on which it rests; None if it does not hold."""
        outcome = self.if_caught(self.axes.trees[provision.id], self.axes.box)
        if outcome == NOT_MET:
            return None
        text = provision.text("policy") + ("" if outcome == MET else f" if {self.needs(provision)}")
        head = {"text": text, "outcome": outcome, "provision": provision.id}
        return {**head, "conditions": list(edition.conditions)}

    def if_caught(self, tree: Node, box: Box) -> str:
        """Outcome of a tree over the cells in which the product is caught at all."""
        open_, caught = folded(tree, box), self._caught(box)
        return _if_caught(open_, caught, box.part([open_, caught]))

    def sufficient(self, tree: Node) -> tuple[Term, ...]:
        """The smallest sets of answers to the open tests of a tree that make it hold if the product is caught.

        Those that need the fewest unsettled points come first.
        """
        caught = self._caught(self.axes.box)
        return _sufficient(tree, caught, self.axes.box.part([tree, caught]))

    def needs(self, provision: Provision) -> str:
        """What would have to be so for the provision to hold, in words: ``A and B``, ``A and either B or C``."""
        tree = folded(self.axes.trees[provision.id], self.axes.box)
        tests = {test.text: test for test in tree.tests()}
        said = [self._words(term, tests, provision.text("asks")) for term in self.sufficient(tree)]
        least = [phrases for phrases in said if not any(set(other) < set(phrases) for other in said)]
        common = [phrase for phrase in least[0] if all(phrase in phrases for phrases in least)]
        rest = dict.fromkeys(words.join([p for p in phrases if p not in common]) for phrases in least)
        either = f"either {words.join(list(rest), 'or')}" if len(rest) > 1 else ""
        return words.join([*common, either])

    def _words(self, term: Term, tests: Mapping[str, Node], asks: str) -> list[str]:
        ordered = sorted(term, key=lambda literal: _rank(tests[literal[0]]))
        return list(dict.fromkeys(self._literal(tests[text], answer, asks) for text, answer in ordered))

    def _literal(self, test: Node, answer: bool, asks: str) -> str:
        """One test with the answer that is asked for, in words."""
        if test.kind == "number":
            below = (test.relation in ("<", "<=")) is answer
            return f"the open figures {'fall below' if below else 'reach'} the limits"
        if test.kind == "headquarters":
            who = "a party" if answer else "no party"
            return f"{who} is headquartered in {words.join([self.axes.countries.name(n) for n in test.names], 'or')}"
        if test.kind == "stated":
            return asks or f"{'' if answer else 'not '}{words.words_of(test.names[0])}"
        if test.kind == "unsettled":
            return words.open_words(test)
        return f"{words.words_of(test.text)}: {'yes' if answer else 'no'}"

    def _with_statements(self, tree: Node) -> Box:
        """The product where the parties have stated all that the tree asks of them and that they have not denied."""
        box = self.axes.box
        return box.knowing({t.text: YES for t in tree.tests() if t.kind == "stated" and box.answer(t) is None})

    def _caught(self, box: Box) -> Node:
        """That the product is caught at all, as far as it is open."""
        classes = tuple(self.axes.trees[p.id] for p in self.axes.class_provisions())
        return folded(Node("any", children=classes), box)


# Remembered: policies, days and hypotheses ask the same of the same product again and again.
@lru_cache(maxsize=4096)
def _if_caught(tree: Node, caught: Node, part: Part) -> str:
    answers: set[bool] = set()
    for cell in _caught_cells(tree, caught, part):
        answers.add(cell.holds(tree))
        if len(answers) == 2:
            break
    return outcome_of(True in answers, False in answers)


def _caught_cells(tree: Node, caught: Node, part: Part) -> Iterator[Cell]:
    return (cell for cell in cells([tree, caught], part.box()) if cell.holds(caught))


@lru_cache(maxsize=4096)
def _sufficient(tree: Node, caught: Node, part: Part) -> tuple[Term, ...]:
    tests = {test.text: test for test in tree.tests()}
    held = {
        tuple((text, cell.holds(test)) for text, test in tests.items()): cell.holds(tree)
        for cell in _caught_cells(tree, caught, part)
    }
    rows = [(dict(answers), holds) for answers, holds in held.items()]

    def enough(term: Term) -> bool:
        said = {holds for answers, holds in rows if all(answers[text] is answer for text, answer in term)}
        return said == {True}

    found: dict[Term, None] = {}
    for term in filter(enough, _terms(tree)):
        for literal in sorted(term, key=lambda literal: _rank(tests[literal[0]])):
            if enough(term - {literal}):
                term -= {literal}
        found[term] = None
    least = [term for term in found if not any(other < term for other in found)]
    return tuple(sorted(least, key=lambda term: sum(tests[text].kind == "unsettled" for text, _ in term)))


def _terms(node: Node, wanted: bool = True) -> list[Term]:
    """Sets of answers that each make a tree hold, as its branches have them."""
    if node.op == "test":
        return [frozenset([(node.text, wanted)])]
    if node.op == "not":
        return _terms(node.children[0], not wanted)
    parts = [_terms(child, wanted) for child in node.children]
    if (node.op == "any") is wanted:
        return [term for part in parts for term in part]
    return [frozenset[tuple[str, bool]]().union(*chosen) for chosen in product(*parts)]


def _rank(test: Node) -> tuple[int, str]:
    return _ORDER.index(test.kind) if test.kind in _ORDER else len(_ORDER), test.text
