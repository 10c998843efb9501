"""Every outcome can be worked out again from its printed proof, and from nothing else than the JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.evaluation import Evaluation
from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, Ratio
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.proof import Prover
from chipclass.rules.alternatives import Alternative, Metric
from chipclass.rules.book import book_of
from chipclass.rules.transactions import transaction
from chipclass.specdb.records import Item
from chipclass.specdb.store import load
from tests.logic.oracle import UNKNOWN, Known, interval, knowns
from tests.samples import spread

MET, NOT_MET, UNDECIDED = "met", "not met", "undecided"
NOT = {MET: NOT_MET, NOT_MET: MET, UNDECIDED: UNDECIDED}
BOOK = book_of(load())
DATES = sorted({edition.effective for provision in BOOK for edition in provision.editions} | {"2026-10-01"})
JSON = dict[str, Any]


# Working it out again


def holds(proof: JSON, case: Mapping[str, bool]) -> bool:
    """A node's truth where the truths of all tests are given."""
    if proof["op"] == "test":
        return case[proof["text"]]
    answers = [holds(child, case) for child in proof["children"]]
    if proof["op"] == "not":
        (answer,) = answers
        return not answer
    return any(answers) if proof["op"] == "any" else all(answers)


def outcome_by_cases(proof: JSON, cases: list[dict[str, bool]]) -> str:
    answers = {holds(proof, case) for case in cases}
    return UNDECIDED if len(answers) == 2 else MET if answers == {True} else NOT_MET


def outcome_by_leaves(proof: JSON) -> str:
    """Without cases: from the outcomes of the leaves, an open one leaves open what it can change."""
    if proof["op"] == "test":
        return str(proof["outcome"])
    answers = [outcome_by_leaves(child) for child in proof["children"]]
    if proof["op"] == "not":
        (answer,) = answers
        return NOT[answer]
    decisive, otherwise = (MET, NOT_MET) if proof["op"] == "any" else (NOT_MET, MET)
    if decisive in answers:
        return decisive
    return UNDECIDED if UNDECIDED in answers else otherwise


def again(proof: JSON) -> str:
    """From the cases where a node carries them, else from what its children come to."""
    if "cases" in proof:
        return outcome_by_cases(proof, proof["cases"])
    if proof["op"] == "test":
        return str(proof["outcome"])
    return outcome_by_leaves({**proof, "children": [{"op": "test", "outcome": again(c)} for c in proof["children"]]})


def nodes(proof: JSON) -> Iterator[JSON]:
    yield proof
    for child in proof.get("children", ()):
        yield from nodes(child)


def rebuilt(determination: Mapping[str, Any], function: str = "processor") -> JSON:
    """The determination as printed, after every outcome in it was worked out again."""
    printed: JSON = json.loads(json.dumps(determination, allow_nan=False))
    proof = printed["proof"]
    if proof is None:
        if printed["outcome"] == "out of scope":
            other_function = BOOK.provisions[printed["provision"]].applies_to != function
            passed_by = "only paragraphs for boards and systems, or for the other function, pass a chip by"
            assert printed["axis"] == "item class" or other_function, passed_by
            return printed
        assert printed["outcome"] == "not in force"
        assert (printed["edition"], printed["posture"]) == (None, None)
        return printed
    assert printed["outcome"] == proof["outcome"]
    for node in nodes(proof):
        assert again(node) == node["outcome"], f"{printed['provision']}: {node.get('id') or node.get('text')}"
        if "left" in node:
            check_test(node)
        if cases := node.get("cases"):
            assert len({tuple(sorted(case.items())) for case in cases}) == len(cases)
    assert bool(printed["would_settle"]) <= (proof["outcome"] == UNDECIDED)
    return printed


def check_test(test: JSON) -> None:
    """A numeric test prints what it compares: the margin follows from it, and the outcome does not contradict it."""
    left, limit = test["left"], Fraction(str(test["right"]))
    if left.get("none"):
        assert test["outcome"] == NOT_MET
        assert test["margin"] is None
        return
    low = Fraction(left["low_exact"])
    high = None if left["unbounded"] else Fraction(left["high_exact"])
    assert left["low"] == float(low)
    assert left["high"] == (None if high is None else float(high))
    if low == high and limit:
        assert test["margin"] == float(low / limit - 1)
        assert test["margin"] == pytest.approx(left["low"] / test["right"] - 1)
    else:
        assert test["margin"] is None
    above = (test["relation"] in (">=", ">")) == (test["outcome"] == MET)
    if test["outcome"] == UNDECIDED:
        return
    if above and test["outcome"] == MET:
        assert low >= limit
    elif not above and test["outcome"] == MET:
        assert high is not None
        assert high <= limit


# The chips of the database

TRANSACTIONS = [
    (turn, destination, headquarters)
    for turn, (destination, headquarters) in enumerate(product(["CN", "AE", "KZ", "DE"], [None, "CN", "US"]))
]


def chips(count: int, turn: int = 0) -> list[Item]:
    specs = load()
    return [specs.item(name) for name in spread(specs.index["chips"], count, turn)]


@pytest.mark.parametrize("date", DATES)
def test_every_outcome_of_every_chip_follows_from_its_proof(date: str) -> None:
    """Every chip on some of the dates: some on each, by turns."""
    specs, seen = load(), set()
    for chip in [specs.item("nvidia-h100-sxm"), *chips(25, turn=DATES.index(date))]:
        for determination in Evaluation(specs, chip, chip, 1, transaction(specs, as_of=date)).determinations:
            seen.add(rebuilt(determination, chip.function)["outcome"])
    assert {MET, NOT_MET} <= seen


def test_the_cases_show_what_the_leaves_alone_cannot() -> None:
    """Somewhere the cases are needed: the leaves are open, the node is not."""
    specs = load()
    deal = transaction(specs, as_of="2026-10-01")
    proofs = [
        d["proof"] for chip in chips(100) for d in Evaluation(specs, chip, chip, 1, deal).determinations if d["proof"]
    ]
    needed = [n for p in proofs for n in nodes(p) if outcome_by_leaves(n) != n["outcome"]]
    assert needed
    assert any("cases" in node for node in needed)
    assert all(outcome_by_leaves(node) == UNDECIDED for node in needed), "less knowledge never contradicts"


@pytest.mark.parametrize(("turn", "destination", "headquarters"), TRANSACTIONS)
def test_so_do_the_outcomes_of_other_transactions(turn: int, destination: str, headquarters: str | None) -> None:
    specs = load()
    deal = transaction(
        specs, as_of="2026-10-01", destination=destination, headquarters=headquarters, stated=["certifications-dd"]
    )
    for chip in chips(20, turn):
        for determination in Evaluation(specs, chip, chip, 1, deal).determinations:
            rebuilt(determination, chip.function)


def test_whole_answers_hold_no_infinity() -> None:
    specs = load()
    deal = transaction(specs, as_of="2026-10-01")
    for chip in chips(100, turn=1):
        text = json.dumps(Evaluation(specs, chip, chip, 1, deal).to_dict(), allow_nan=False)
        assert not {"NaN", "Infinity"} & set(text.replace('"', " ").split())


# Random products


def metric(name: str, unit: str, values: list[Interval | Undefined]) -> Metric:
    alternatives = tuple(
        Alternative(f"claim {n}", value, ("s",), ("datasheet",), True) for n, value in enumerate(values)
    )
    return Metric(name, unit, alternatives, None)


def quotient(above: Interval | Undefined, below: Interval | Undefined) -> Interval | Undefined:
    if isinstance(above, Undefined) or isinstance(below, Undefined):
        return Undefined()
    if above.high == 0:  # nothing divided by whatever is nothing
        return Interval.point(Fraction(0))
    low = Fraction(0) if below.high == INF else above.low / below.high
    high = INF if above.high == INF or below.low == 0 else above.high / below.low
    return Interval(low, high, above.low_open or below.high_open, above.high_open or below.low_open)


def prover(known: Known, truths: Mapping[str, Possible], date: str) -> Prover:
    values = {
        "tpp": [interval(a) for a in known.tpp or (UNKNOWN,)],
        "applicable_die_area": [interval(a) for a in known.area],
        "total_dram_bandwidth": [interval(a) for a in known.dram or (UNKNOWN,)],
    }
    values["performance_density"] = [quotient(*p) for p in product(values["tpp"], values["applicable_die_area"])]
    specs = load()
    metrics = {name: metric(name, specs.metrics[name]["unit"], found) for name, found in values.items()}
    numbers: dict[str, Any] = {name: tuple(found) for name, found in values.items()}
    numbers["performance_density"] = Ratio("tpp", tuple(values["applicable_die_area"]))
    return Prover(specs, metrics, Box(numbers, {**(known.facts or {}), **truths}), date)


@settings(deadline=None, max_examples=60)
@given(knowns(), st.sampled_from(DATES), st.data())
def test_every_outcome_of_a_random_product_follows_from_its_proof(known: Known, date: str, data: st.DataObject) -> None:
    words = sorted(
        {t.text for tree in BOOK.trees(date).values() for t in tree.tests() if t.kind not in ("number", "fact")}
    )
    answers = st.sampled_from([YES, YES, NO, MAYBE])
    truths = {text: data.draw(answers, label=text) for text in words}
    made = prover(known, truths, date)
    for provision in BOOK:
        rebuilt(made.determine(provision))
