"""A proof in lines: nothing of the tree is lost, outcomes are those of the nodes, sentences come from the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chipclass.classification import classify
from chipclass.cli import explain as face
from chipclass.cli import layout
from chipclass.explanation import DISCLAIMER
from chipclass.proof_lines import because, lines
from chipclass.rules.transactions import QueryError
from chipclass.specdb.store import load

DAY = "2026-09-24"
QUERIES = ["L4", "Trainium 2", "H20", "RTX 4090 D", "H200", "nvidia-dgx-h100", "EPYC 9654", "B30A"]


def determinations(as_of: str = DAY) -> Iterator[Mapping[str, Any]]:
    for entry in classify(QUERIES, as_of=as_of).results:
        for variant in entry["variants"]:
            yield from variant["determinations"]


def leaves(proof: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if proof["op"] == "test":
        yield proof
    for child in proof.get("children", ()):
        yield from leaves(child)


def test_every_test_of_a_proof_has_a_line_and_the_first_line_is_the_outcome() -> None:
    for determination in determinations():
        if proof := determination["proof"]:
            shown = list(lines(proof))
            assert shown[0].outcome == determination["outcome"]
            assert shown[0].depth == 0
            for leaf in leaves(proof):
                wanted = leaf.get("metric", leaf["text"].removeprefix("unsettled ").replace("_", " "))
                wanted = wanted.split("-")[0].split()[0]
                assert any(wanted in line.text for line in shown), (determination["provision"], leaf["text"])


def test_a_provision_that_was_told_is_one_line_where_another_refers_to_it() -> None:
    [entry] = classify("L4", as_of=DAY).results
    found = {d["provision"]: d for d in entry["variants"][0]["determinations"]}
    told = {"us-ear/3A090.a", "us-ear/3A090.b"}
    board = [(line.depth, line.outcome, line.text) for line in lines(found["us-ear/4A090.a"]["proof"], told=told)]
    assert board == [(0, "met", "all of"), (1, "met", "us-ear/3A090.a")]
    lower = [(line.depth, line.outcome, line.text) for line in lines(found["us-ear/4A090.b"]["proof"], told=told)]
    assert lower == [
        (0, "not met", "all of"),
        (1, "not met", "us-ear/3A090.b: all of"),
        (2, "not met", "us-ear/3A090.b"),
        (2, "not met", "not: us-ear/3A090.a"),
    ]
    whole = [line.text for line in lines(found["us-ear/4A090.b"]["proof"])]
    assert "us-ear/3A090.b: all of" in whole and "b.1: all of" in whole


def test_the_answer_stands_before_what_is_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    face.run("L40S", [], {"as_of": DAY}, [], "table")
    shown = capsys.readouterr().out
    places = [
        shown.index(text) for text in ("\n3A090.a: ", "\n4A090.a: ", "\nAIA: ", "Beside the answer", "- H.R.6875: ")
    ]
    assert places == sorted(places)
    assert "us-bills/hr-6875, edition" not in shown
    face.run("L40S", ["H.R.6875"], {"as_of": DAY}, [], "table")
    assert "us-bills/hr-6875, edition of 2025-12-18, bill" in capsys.readouterr().out


def test_a_negated_test_carries_the_outcome_of_the_negation() -> None:
    found = 0
    for determination in determinations():
        for line in lines(determination["proof"]) if determination["proof"] else ():
            if line.text.startswith("not: designed or marketed for datacenter"):
                said = line.text.rpartition(": ")[2]
                assert {"yes": "not met", "no": "met", "unknown": "undecided"}[said] == line.outcome
                found += 1
    assert found > 10


def test_the_sentence_names_figure_limit_and_what_would_settle_it() -> None:
    said = {(d["provision"], because(d)) for d in determinations()}
    texts = [text for name, text in said if name.endswith("3A090.a")]
    assert any("density 6.628 is at or above 5.92" in text for text in texts)
    open_ = [because(d) for d in determinations() if d["outcome"] == "undecided" and d["would_settle"]]
    assert open_
    assert all("what would settle it: " in text for text in open_)
    assert any("not in force on this date" in because(d) for d in determinations("2022-11-01"))


@pytest.mark.parametrize("query", QUERIES)
def test_the_screen_fits_80_columns_and_says_what_it_is(query: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert face.run(query, [], {"as_of": DAY}, [], "table") == 0
    shown = capsys.readouterr().out
    too_long = [line for line in shown.splitlines() if len(line) > layout.WIDTH and " " in line.strip()]
    assert not too_long
    flat = " ".join(shown.split())
    assert DISCLAIMER in flat
    assert all(text in flat for text in load().not_evaluated)


def test_only_the_provisions_that_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    face.run("L4", ["3A090.b"], {"as_of": DAY}, [], "md")
    shown = capsys.readouterr().out
    assert "us-ear/3A090.b" in shown
    assert "us-ear/3A090.a" not in shown


def test_an_unknown_provision_gets_a_near_one() -> None:
    with pytest.raises(QueryError, match=r"unknown provision '3A090\.d'.*did you mean '3A090\.[abc]'"):
        face.run("L4", ["3A090.d"], {"as_of": DAY}, [], "table")
