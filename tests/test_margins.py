"""Headroom of products and sketches: known answers, nothing dropped, and what the output promises."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

import chipclass
from chipclass.rules.book import book_of
from tests import contract_docs as contract
from tests.contract_questions import none_of
from tests.test_sketch import HOUSE

SPECS = chipclass.load()
DAY = "2026-09-24"


@cache
def entries(query: str) -> list[dict[str, Any]]:
    return chipclass.headroom(query, as_of=DAY, specs=SPECS).products


def turns(entry: dict[str, Any], field: str = "classes") -> list[tuple[str, bool, str, bool, str]]:
    return [(t["lever"], t["rising"], t["at_exact"], t["included"], t["after"]) for t in entry["nearest"][field]]


def limits(turn: dict[str, Any]) -> list[str]:
    return [limit["text"] for limit in turn["limits"]]


# --- known answers ---


def test_the_h20_is_below_two_lines() -> None:
    for entry in entries("H20"):
        first, second = entry["nearest"]["classes"]
        assert (first["lever"], first["rising"], Fraction(first["at_exact"])) == ("tpp", True, Fraction(2400, 2368))
        assert limits(first) == ["TPP >= 2,400 (3A090.b.1)"]
        assert (second["lever"], second["rising"], second["at"]) == ("applicable_die_area", False, 740)
        assert limits(second) == ["density >= 3.2 (3A090.b.2)"]
        assert first["after"] == "3A090.b.1 or not caught", "two rates are on file: the lower one is still below"


def test_the_l20_is_just_below_density() -> None:
    [entry] = entries("L20")
    assert turns(entry) == [
        ("applicable_die_area", False, "598", True, "3A090.b.2 or not caught"),
        ("tpp", True, "1217/1196", True, "3A090.b.2 or not caught"),
    ]


def test_the_l4_leaves_a2_downwards_and_meets_a1_upwards() -> None:
    [entry] = entries("L4")
    assert turns(entry) == [
        ("tpp", False, "21793/24400", False, "3A090.b.2"),
        ("applicable_die_area", True, "12200/37", False, "3A090.b.2"),
        ("tpp", True, "150/61", True, "3A090.a.1"),
    ]
    assert limits(entry["nearest"]["classes"][0]) == ["density >= 5.92 (3A090.a.2)", "density < 5.92 (3A090.b.2)"]
    assert entry["nearest"]["classes"][1]["text"] == "die area +12.0 %, above 329.7 mm^2: 3A090.b.2"


def test_the_a10_is_bound_by_its_area() -> None:
    [entry] = entries("A10")
    first, second = entry["nearest"]["classes"]
    assert (first["lever"], first["at_exact"], first["included"], first["after"]) == (
        *("applicable_die_area", "625", True),
        "3A090.b.2",
    )
    assert abs(first["change_percent"]) < second["change_percent"] < 1


def test_the_4090_d_is_held_by_note_2() -> None:
    [entry] = entries("RTX 4090 D")
    [turn] = entry["nearest"]["classes"]
    assert (turn["lever"], turn["after"]) == ("tpp", "3A090.a.1")
    assert limits(turn) == ["TPP >= 4,800 (3A090.a.1)", "TPP >= 4,800 (Note 2 to 3A090.a and .b)"]
    area = next(lever for lever in entry["levers"] if lever["lever"] == "applicable_die_area")
    assert [s["says"] for s in area["axes"]["classes"]] == ["not caught"]


def test_the_l40_is_between_lines_on_both_levers() -> None:
    [entry] = entries("L40")
    assert [turn[:3] for turn in turns(entry)] == [
        ("tpp", False, "75/91"),
        ("applicable_die_area", False, "18200/37"),
        ("tpp", True, "45029/36400"),
        ("applicable_die_area", True, "910"),
    ]


def test_the_review_policy_turns_on_its_own() -> None:
    for entry in entries("H200"):
        own = {(t["lever"], t["at_exact"]) for t in entry["nearest"]["review_policy"]}
        assert ("total_dram_bandwidth", "6500") in own
        assert not any(t["lever"] == "total_dram_bandwidth" for t in entry["nearest"]["classes"])


def test_the_sketch_of_the_house() -> None:
    answer = chipclass.headroom(**HOUSE, as_of=DAY, specs=SPECS)
    [entry] = answer.products
    assert entry["position"]["classes"] == "not caught"
    assert turns(entry) == [("tpp", True, "75/37", True, "3A090.a.1")]
    assert [f["format"] for f in entry["formats"]] == ["16bit", "fp8"]
    assert entry["formats"][0]["without"]["tpp"] == "2,368"
    data = answer.to_dict()
    assert (data["query"], data["match"], data["represented_by"]) == (None, None, "sketch")
    assert data["sketch"]["given"]["rates"] == "148 TFLOPS@16bit, 296 TFLOPS@fp8"
    assert "assumes these are all number formats: 16bit, fp8" in data["sketch"]["assumes"]
    assert "datasheet" not in json.dumps(data["products"][0]["variant"]["metrics"])
    lines = repr(answer).split("\n")
    assert lines[0].startswith(f"chipclass headroom as of {DAY}") and "3A090.a.1" in lines[2]


def test_the_same_sketch_for_a_datacenter_is_the_h20_with_one_rate() -> None:
    [entry] = chipclass.headroom(**{**HOUSE, "datacenter": "yes"}, as_of=DAY, specs=SPECS).products
    assert turns(entry) == [
        ("tpp", True, "75/74", True, "3A090.b.1"),
        ("applicable_die_area", False, "740", True, "3A090.b.2"),
    ]
    area = next(lever for lever in entry["levers"] if lever["lever"] == "applicable_die_area")
    assert [(s["text"], s["says"]) for s in area["axes"]["classes"]] == [
        ("die area up to 400 mm^2", "3A090.a.2"),
        ("die area above 400 up to 740 mm^2", "3A090.b.2"),
        ("die area above 740 mm^2", "not caught"),
    ]


def test_paragraph_by_paragraph() -> None:
    [entry] = chipclass.headroom(tpp=2368, datacenter="yes", die_area="814 mm^2", as_of=DAY, specs=SPECS).products
    told = {p["paragraph"]: p["text"] for p in entry["paragraphs"]}
    assert told == {
        "3A090.a.1": "3A090.a.1: not named on these figures. Named with TPP from 4,800. Die area, DRAM bandwidth,"
        " interconnect and transistors alone change nothing here.",
        "3A090.a.2": "3A090.a.2: not named on these figures. Named with die area up to 400 mm^2. Rates, DRAM bandwidth,"
        " interconnect and transistors alone change nothing here.",
        "3A090.b.1": "3A090.b.1: not named on these figures. Named with TPP from 2,400 to below 4,800. Die area, DRAM"
        " bandwidth, interconnect and transistors alone change nothing here.",
        "3A090.b.2": "3A090.b.2: not named on these figures. Named with TPP from 2,605 to below 4,800. Named with die"
        " area above 400 up to 740 mm^2. DRAM bandwidth, interconnect and transistors alone change nothing here.",
    }


def test_a_product_with_another_figure() -> None:
    own = next(e for e in entries("H20") if e["variant"]["product"] == "nvidia-h20-96gb")
    [first, *_] = chipclass.headroom("H20", dram_bandwidth="600 GB/s", interconnect="900 GB/s", as_of=DAY).products
    assert first["variant"]["product"] == own["variant"]["product"]
    assert turns(first) == turns(own)
    assert "letter of April 2025 (reported)" in own["position"]["letters"]
    assert "letter of April 2025 (reported)" not in first["position"]["letters"]


# --- nothing is dropped ---


def test_a_range_of_figures_keeps_its_set_of_classes() -> None:
    [entry] = entries("MI308X")
    assert entry["position"]["classes"].count(" or ") == 2
    area = next(lever for lever in entry["levers"] if lever["lever"] == "applicable_die_area")
    assert area["now"] == "1,017 or 1,940 to 2,400 mm^2" and not area["exact"]
    assert sum(s["now"] for s in area["axes"]["classes"]) == 3
    assert [found["lever"] for found in entry["break_even"]] == ["applicable_die_area"]


def test_every_variant_is_there() -> None:
    assert {e["variant"]["chip"] for e in entries("H20")} == {c.id for c in SPECS.variants("nvidia-h20")}


@pytest.mark.parametrize("query", ["H20", "MI308X"])
def test_every_limit_of_an_edition_in_force_stands_on_a_ruler(query: str) -> None:
    wanted = {
        (provision.id, test.text)
        for provision in book_of(SPECS)
        if (edition := provision.on(DAY)) and provision.applies_to == "processor"
        for test in edition.tree.tests()
        if test.kind == "number"
    }
    short = {entry["short"]: name for name, entry in SPECS.metrics.items()}
    for entry in entries(query):
        found = {
            (line["provision"], f"{short[ruler['metric']]} {line['relation']} {line['limit']}")
            for ruler in entry["rulers"]
            for line in ruler["lines"]
        }
        assert {test for _, test in found} == {test for _, test in wanted}
        assert found <= wanted, "a line stands under the provision in whose own text it is"


def test_all_letters_have_their_addressee() -> None:
    for entry in entries("H20"):
        letters = entry["variant"]["conclusion"]["licence_requirement"]["letters"]
        assert len(letters) == 3 and all(letter["addressee"] for letter in letters)


def test_vector_plus_matrix_is_minded() -> None:
    sketch: dict[str, Any] = {"rates": ["148 TFLOPS@fp16", "40 TFLOPS@fp32"], "die_area": "814 mm^2"}
    [entry] = chipclass.headroom(**sketch, datacenter="yes", as_of=DAY).products
    assert any("adding vector to matrix" in text for text in entry["variant"]["conclusion"]["caveats"])


def test_before_the_first_rule_nothing_turns() -> None:
    [entry] = chipclass.headroom(tpp=2368, as_of="2021-01-01").products
    assert not entry["rulers"] and not entry["paragraphs"] and not entry["nearest"]["classes"]
    assert {s["says"] for lever in entry["levers"] for s in lever["axes"]["classes"]} == {"no class provision in force"}


def test_distances_of_ranges_and_unknowns() -> None:
    [entry] = chipclass.headroom(tpp="[2300, 2500] TPP", dram_bandwidth="1500 GB/s", as_of=DAY).products
    lines = {(r["metric"], line["limit"]): line for r in entry["rulers"] for line in r["lines"]}
    assert (lines["TPP", 2400]["distance"], lines["TPP", 2400]["percent"]) == ("-100 to +100", "-4.2 to +4.2 %")
    assert lines["DRAM bandwidth", 1400]["distance"] == "+100"
    open_ = lines["interconnect", 1100]
    assert (open_["distance_low"], open_["distance_high"], open_["distance"], open_["percent"]) == (
        *(-1100, None),
        *("-1,100 or more", ""),
    )
    assert (open_["posture"], open_["outcome"]) == ("reported", "undecided")


# --- bad questions, schema ---


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ([], {}, "nothing to measure; name a product, or sketch a chip with its rates, TPP or die area"),
        (["H2OO"], {}, "unknown product 'H2OO'; did you mean 'H200'"),
        (["H20"], {"as_of": "2026-02-30"}, "'2026-02-30' is not a day of the calendar"),
        (["H20"], {"destination": "Chna"}, "unknown country 'Chna'"),
        ([], {"die_area": "814 GB"}, "die area: 'GB' is [information], but [length] ** 2 is wanted"),
    ],
)
def test_bad_questions(arguments: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(chipclass.QueryError) as error:
        chipclass.headroom(*arguments, **options)
    assert str(error.value).startswith(message)


QUESTIONS: list[tuple[str | None, dict[str, Any]]] = [
    ("H20", {"as_of": DAY}),
    ("nvidia-dgx-h100", {"as_of": "2024-06-01", "destination": "AE"}),
    ("amd-mi308x", {"as_of": "2022-12-01"}),
    (None, {**HOUSE, "as_of": DAY}),
    (None, {"die_area": "none", "as_of": "2021-01-01"}),
    (None, {"rates": ["90 TFLOPS@13bit"], "dram_bandwidth": "unknown", "as_of": DAY, "destination": "MO"}),
]


@pytest.mark.parametrize(("query", "asked"), QUESTIONS, ids=lambda value: str(value)[:30])
def test_headroom_keeps_the_schema(query: str | None, asked: dict[str, Any]) -> None:
    answer = chipclass.headroom(query, specs=SPECS, **asked)
    data = json.loads(answer.to_json())
    assert data == answer.to_dict()
    none_of(contract.problems("headroom", data))
    none_of(sorted(set(contract.undescribed(data, contract.schema("headroom"), "headroom"))))
