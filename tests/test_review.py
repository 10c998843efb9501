"""Review policies: what a relief still needs is enough, all of it is needed, and the words say which way it turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import chipclass
from chipclass.evaluation import Evaluation
from chipclass.logic.cells import NO, YES
from chipclass.logic.cells import folded as left_of
from chipclass.logic.tree import Node
from chipclass.proof import MET, UNDECIDED
from chipclass.review import Review, Term
from chipclass.rules.book import IN_FORCE, REPORTED
from chipclass.rules.transactions import transaction
from chipclass.specdb.store import load

SPECS = load()
DENIAL = "us-ear/742.6-b-10-denial"
CHIPS = ["nvidia-h200-sxm", "nvidia-b200", "nvidia-l40", "nvidia-rtx-6000d", "nvidia-b30a", "amd-mi308x"]
#: Policies of 2024 and of now, to places inside and outside D:5.
QUESTIONS = [(date, place) for date in ("2024-06-01", "2026-09-24") for place in ("CN", "MO", "AE", "DE")]


def policy(query: str, **question: Any) -> dict[str, Any]:
    found: dict[str, Any] = chipclass.classify(query, specs=SPECS, **question).results[0]["conclusion"]["review_policy"]
    return found


def beside(query: str, **question: Any) -> dict[str, str]:
    return {entry["provision"]: entry["text"] for entry in policy(query, **question)["beside"]}


def test_a_policy_that_asks_for_a_party_from_somewhere_does_not_read_as_its_opposite() -> None:
    """744.23(d)(2) and (3) speak of parties of A:5 and of D:5; the policy of 2024 of those that are not of D:5."""
    found = beside("H200 SXM", as_of="2026-09-24", destination="DE")
    assert found["us-ear/744.23-d-3"].startswith("case-by-case review if a party is headquartered in D:5 or Macau and ")
    assert found["us-ear/744.23-d-2"] == (
        "presumption of approval if a party is headquartered in United States, A:5 or A:6 "
        "and the end user is not majority owned from Macau or D:5"
    )
    approval = policy("H200 SXM", as_of="2024-06-01", destination="AE")["text"]
    assert approval.startswith("presumption of approval (reported) if no party is headquartered in D:5 or Macau and ")


def test_alternatives_are_told_as_alternatives() -> None:
    found = beside("H200 SXM", as_of="2026-09-24", destination="CN")["us-ear/744.23-d-3"]
    assert found == (
        "case-by-case review if either the certifications are met or "
        "foreign availability or the limb for others (settled by no text read)"
    )


def test_a_party_that_would_meet_denial_is_told_beside_an_approval() -> None:
    """742.6(b)(10): approval (reported) where no party is of D:5, denial where one is; both stand in the sentence."""
    text = policy("H200 SXM", as_of="2026-06-01", destination="SA")["text"]
    assert "; presumption of denial if a party is headquartered in D:5 or Macau" in text
    found = policy("H200 SXM", as_of="2026-06-01", destination="SA", headquarters="CN")
    assert (found["text"], found["outcome"]) == ("presumption of denial", MET)


@pytest.mark.parametrize("destination", ["CN", "SA", "DE"])
def test_what_is_denied_is_not_asked_for(destination: str) -> None:
    """A relief whose statement the parties deny is gone, and so is its sentence."""
    for statement in ("certifications-dd", "end-user-not-majority-owned-from-macau-or-d5"):
        asked = {"as_of": "2026-09-24", "destination": destination}
        found = policy("H200 SXM", **asked, stated=[f"not {statement}"])
        open_ = policy("H200 SXM", **asked)
        said = {entry["provision"] for entry in found["beside"]} | {found["provision"]}
        assert said <= {entry["provision"] for entry in open_["beside"]} | {open_["provision"], DENIAL}
        if statement == "certifications-dd":
            assert "certifications" not in found["text"]


def test_what_is_met_needs_nothing() -> None:
    asked = {"as_of": "2026-09-24", "destination": "CN", "stated": ["certifications-dd"]}
    found = policy("H200 SXM", **asked)
    assert (found["text"], found["outcome"]) == ("case-by-case review", MET)


def undecided() -> Iterator[tuple[Review, Node, dict[str, Node], tuple[Term, ...]]]:
    for chip in map(SPECS.item, CHIPS):
        for date, place in QUESTIONS:
            axes = Evaluation(SPECS, chip, chip, 1, transaction(SPECS, as_of=date, destination=place)).axes
            review = Review(axes)
            for scope in ("", "headquarters"):
                for provision, _ in review.held(scope, [IN_FORCE, REPORTED]):
                    tree = axes.trees[provision.id]
                    if review.if_caught(tree, axes.box) == UNDECIDED:
                        left = left_of(tree, axes.box)
                        tests = {test.text: test for test in left.tests()}
                        yield review, tree, tests, review.sufficient(left)


def test_what_is_needed_is_enough_and_nothing_of_it_can_be_left_out() -> None:
    seen = 0
    for review, tree, tests, terms in undecided():
        assert terms
        for term in terms:
            if any(tests[text].kind == "number" for text, _ in term):
                continue
            known = {text: YES if answer else NO for text, answer in term}
            assert review.if_caught(tree, review.axes.box.knowing(known)) == MET
            for text in known:
                rest = {name: answer for name, answer in known.items() if name != text}
                assert review.if_caught(tree, review.axes.box.knowing(rest)) != MET, text
            seen += 1
    assert seen > 50


@pytest.mark.parametrize("chip", CHIPS)
def test_the_words_of_alternatives_do_not_repeat_themselves(chip: str) -> None:
    for date, place in QUESTIONS:
        found = policy(chip, as_of=date, destination=place)
        for text in [found["text"], *(entry["text"] for entry in found["beside"])]:
            parts = text.replace(" and ", ", ").replace(" or ", ", ").split(", ")
            assert len([p for p in parts if p.startswith("the open figures")]) <= 2, text
            assert "either" not in text or " or " in text.partition("either")[2], text
