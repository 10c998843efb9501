"""Rulers: each line once, under the provision in whose own text it stands, and its distance in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass import explanation as words
from chipclass.rulers import lines, rulers
from chipclass.rules.book import book_of
from tests import spec_folders as sf

DAY = "2026-09-24"


def determinations(specs: chipclass.Specs, query: str = "L4") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chipclass.classify(query, as_of=DAY, specs=specs).results[0]["variants"][0][
        "determinations"
    ]
    return found


def test_limits_stand_in_order() -> None:
    specs = chipclass.load()
    for ruler in rulers(book_of(specs), determinations(specs), DAY).values():
        assert list(ruler) == sorted(ruler)


def test_a_line_stands_under_its_own_provision(tmp_path: Path) -> None:
    """A bill that refers to another provision does not take over its lines; its own carries its posture."""
    bill = sf.rule('all = ["meets us-ear/3A090.a", "tpp >= 5000"]', name="a-bills/9X999")
    sf.write(tmp_path, "rules/a-bills/9X999.toml", bill.replace('is = "in force"', 'is = "bill"'))
    specs = chipclass.load(tmp_path)
    found = list(lines(book_of(specs), determinations(specs)[::-1], DAY))
    own = {line.determination["provision"] for line in found if line.cite.startswith("3A090.a")}
    assert own == {"us-ear/3A090.a"}
    [line] = [line for line in found if line.determination["provision"] == "a-bills/9X999"]
    assert (line.test["text"], line.determination["posture"]) == ("tpp >= 5000", "bill")
    assert len({(line.test["text"], line.cite) for line in found}) == len(found)
    [entry] = chipclass.headroom("L4", as_of=DAY, specs=specs).products
    [told] = [line for ruler in entry["rulers"] for line in ruler["lines"] if line["provision"] == "a-bills/9X999"]
    assert (told["limit"], told["posture"]) == (5000, "bill")
    moved = ["a-bills/9X999" in lever["others"] for lever in entry["levers"]]
    assert moved == [lever["lever"] == "tpp" for lever in entry["levers"]]


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ({"low_exact": "2368", "high_exact": "2368", "high": 2368.0}, 2400, "-32"),
        ({"low_exact": "2352", "high_exact": "2416", "high": 2416.0}, 2400, "-48 to +16"),
        ({"low_exact": "32/11", "high_exact": "32/11", "high": 2.9}, 3.2, "-0.291"),
        ({"low_exact": "4800.00001", "high_exact": "4800.00001", "high": 4800.0}, 4800, "+0.00001"),
        ({"low_exact": "4800", "high_exact": "4800", "high": 4800.0}, 4800, "0"),
        ({"low_exact": "1000", "high_exact": None, "high": None}, 1600, "-600 or more"),
        ({"low": None, "high": None, "none": True}, 1600, ""),
    ],
)
def test_distance_in_words(left: dict[str, Any], right: float, distance: str) -> None:
    assert words.distance_words({"left": left, "right": right}) == distance
