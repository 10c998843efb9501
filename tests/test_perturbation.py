"""Stability: one figure at a time is another. What turns is worked out by hand; changing nothing turns nothing."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chipclass
from chipclass.logic.numbers import Interval
from chipclass.perturbation import DIGITS, _again, _metrics, _rounded, _scaled, variant
from chipclass.positions import evaluations, position_of
from chipclass.rules.transactions import transaction
from tests import contract_docs as contract
from tests.contract_questions import DATES, none_of, question
from tests.samples import spread

SPECS = chipclass.load()
ASKED = {"as_of": "2026-09-24", "destination": "CN"}
DEAL = transaction(SPECS, **ASKED)  # type: ignore[arg-type]
CHIPS = {evaluation.chip.id: evaluation for evaluation in evaluations(SPECS, DEAL)}
B2, A2 = Fraction("3.2"), Fraction("5.92")


@cache
def of(chip: str) -> dict[str, Any]:
    return variant(CHIPS[chip])


def row(chip: str, changed: str) -> dict[str, Any]:
    found = of(chip)
    [only] = [r for r in found["perturbations"] + found["set_aside"] if changed in r["changed"]]
    return dict(only)


# --- by hand ---


def test_h20_holds_under_every_claim_and_turns_when_its_die_shrinks_by_a_tenth() -> None:
    """TPP 2,352 (147 x 16) or 2,368 (296 x 8): all below 2,400. On 814 mm^2 it reaches 3.2 at 740 mm^2 or less."""
    highest, lowest, area = Fraction(296) * 8, Fraction(147) * 16, Fraction(814)
    assert lowest / area < highest / area < B2 and highest < 2400
    assert lowest / (area * Fraction(9, 10)) >= B2, "at -10 % every claim reaches the line"
    assert highest / (area * Fraction(95, 100)) < B2, "at -5 % none does"
    found = of("nvidia-h20-96gb")
    assert [r["changed"] for r in found["perturbations"] if r["moves"] and r["kind"] != "all units"] == [
        "die area -10 %"
    ]
    assert row("nvidia-h20-96gb", "die area -10 %")["position"]["classes"] == "3A090.b.2"
    assert {r["result"] for r in found["perturbations"] if r["kind"] in ("claim", "rounding")} == {"holds"}
    [turn] = found["break_even"]
    exact = (highest / B2 / area - 1) * 100
    assert (Fraction(turn["exact"]), turn["inclusive"]) == (exact, True) == (Fraction(-100, 11), True)
    assert turn["text"].startswith(
        "die area at or below 740 mm^2 (-9.091 %): flips to status cannot exclude; class 3A0"
    )


def test_a10_turns_within_one_per_cent_of_its_die_area() -> None:
    """TPP 2,000 (125 x 16) on 628.4 mm^2: 3.183; at 625 mm^2 or less it is 3.2."""
    area, turn = Fraction("628.4"), Fraction(2000) / B2
    assert Fraction(99, 100) < turn / area < 1
    found = of("nvidia-a10")
    [entry] = found["break_even"]
    assert Fraction(entry["exact"]) == (turn / area - 1) * 100
    assert entry["percent"] == pytest.approx(-0.541, abs=1e-3)
    for step in (1, 5, 10):
        assert row("nvidia-a10", f"die area -{step} %")["position"]["classes"] == "3A090.b.2"
    assert found["headline"].startswith("turns under 4 of 5: die area -1 %, die area -5 %, die area -10 % and ")


def test_l4_is_stable() -> None:
    """TPP 1,952 or 1,940 on 294.5 mm^2: above 5.92 up to an area of 329.7 mm^2, which is 12 % more."""
    assert Fraction(1952) / A2 / Fraction("294.5") > Fraction(11, 10)
    found = of("nvidia-l4")
    assert (found["stable"], found["break_even"]) == (True, [])
    assert found["headline"] == f"stable under all {len(found['perturbations'])}"
    lower = row("nvidia-l4", "fp8 242.5 TFLOP/s x 8 bit")
    assert (lower["result"], lower["figures"][0]["after"]) == ("holds", "1,940")
    assert lower["why_not"].startswith("a lower claim")


def test_h200_sxm_holds_under_the_computed_figure_and_the_nvl_leaves_the_band_of_the_tariff() -> None:
    sxm, nvl = row("nvidia-h200-sxm", "fp8 1,978.9"), row("nvidia-h200-nvl", "bf16 835.5")
    assert (sxm["figures"][0]["before"], sxm["figures"][0]["after"], sxm["result"]) == ("15,840", "15,831", "holds")
    assert (nvl["figures"][0]["before"], nvl["figures"][0]["after"]) == ("14,144", "13,368")
    assert Fraction("835.5") * 16 == 13368 < 14000 < 14144
    assert nvl["text"] == "flips to tariff outside the bands of HTS 9903.79.01"
    assert [move["axis"] for move in nvl["moves"]] == ["tariff"]
    rounded = row("nvidia-h200-nvl", "rounded")
    assert (rounded["figures"][0]["after"], rounded["result"]) == ("14,100", "holds")


def test_the_readings_of_tf32_part_the_review_policy_of_trainium2() -> None:
    """667 TFLOP/s at 19 bit is 12,673, at 32 bit 21,344: on either side of 21,000."""
    assert Fraction(667) * 19 < 21000 <= Fraction(667) * 32
    narrow, wide = row("aws-trainium2", "x 19 bit"), row("aws-trainium2", "TF32 as 32 bit")
    assert narrow["position"]["review_policy"].startswith(
        "presumption of denial unless the certifications are met, then"
    )
    assert wide["position"]["review_policy"] == "presumption of denial"
    assert {narrow["result"], wide["result"]} == {"flips"}
    assert row("aws-trainium2", "rounded")["result"] == "holds"


def test_values_that_were_set_aside_are_apart_and_not_counted() -> None:
    found = of("nvidia-h200-nvl")
    [aside] = found["set_aside"]
    assert (aside["kind"], aside["figures"][0]["after"], aside["result"]) == ("set aside", "4,200", "flips")
    assert aside["why_not"].startswith("single reading of one datasheet")
    assert [entry["title"] for entry in aside["figures"]] == ["DRAM bandwidth", "DRAM + interconnect"]
    assert "1 of 5" in found["headline"] and len(found["perturbations"]) == 5


def test_a_sum_shown_only_is_the_whole_sum() -> None:
    """A link of 900 GB/s by another source beside a host bus of 128 GB/s is 1,028, and changes nothing."""
    for name, value in (("nvidia-h200-nvl", 1028), ("nvidia-h20-96gb", 1028), ("amd-mi300x", 1024)):
        [shown] = [a for a in CHIPS[name].metrics["interconnect_bandwidth"].alternatives if not a.decides]
        assert isinstance(shown.value, Interval) and shown.value.low == shown.value.high == value
    assert any(text.startswith("interconnect: ") for text in of("nvidia-h200-nvl")["unchanged"])


def test_figures_made_from_the_one_that_is_changed_follow() -> None:
    shrunk = row("nvidia-h20-96gb", "die area -10 %")
    assert [(f["metric"], f["after"]) for f in shrunk["figures"]] == [
        ("applicable_die_area", "732.6"),
        ("performance_density", "3.21 to 3.232"),
    ]


def test_a_family_is_done_variant_by_variant_and_a_server_by_its_chip() -> None:
    data = chipclass.stability(["H20", "nvidia-dgx-h200"], **ASKED).to_dict()
    family, server = data["results"]
    assert [v["product"] for v in family["variants"]] == ["nvidia-h20-96gb", "nvidia-h20-141gb"]
    assert family["match"]["how"] == "family"
    [only] = server["variants"]
    assert (only["product"], only["chip"], only["chip_count"]) == ("nvidia-dgx-h200", "nvidia-h200-sxm", 8)
    assert [r["changed"] for r in only["perturbations"]] == [
        r["changed"] for r in of("nvidia-h200-sxm")["perturbations"]
    ]


# --- for every chip ---


def test_a_perturbation_of_zero_changes_nothing() -> None:
    wrong = []
    for name in spread(CHIPS, 100):
        evaluation = CHIPS[name]
        base = position_of(evaluation)
        for metric in _metrics(evaluation):
            again = _again(evaluation, _scaled(metric, Fraction(1)))
            if position_of(again) != base or again.box.numbers != evaluation.box.numbers:
                wrong.append(f"{name}: {metric.name}")
    none_of(wrong)


def test_every_row_says_what_it_is() -> None:
    wrong = []
    for name in spread(CHIPS, 100, turn=1):
        found = of(name)
        turns = [r["changed"] for r in found["perturbations"] if r["moves"]]
        if found["stable"] is bool(turns) or any(text not in found["headline"] for text in turns):
            wrong.append(f"{name}: {found['headline']}")
        for r in found["perturbations"] + found["set_aside"]:
            differing = {axis for axis, value in r["position"].items() if value != found["position"][axis]}
            if {move["axis"] for move in r["moves"]} != differing or (r["result"] == "flips") is not bool(differing):
                wrong.append(f"{name}: {r['changed']}: {r['text']}")
            if not r["figures"]:
                wrong.append(f"{name}: {r['changed']} shows no figure")
        if any((r["kind"] == "set aside") for r in found["perturbations"]):
            wrong.append(f"{name}: counts what was set aside")
    none_of(wrong)


def test_a_break_even_is_where_the_position_turns_and_not_before() -> None:
    """Just inside the break-even the conclusion holds; at it, or just beyond, it does not."""
    wrong, seen = [], 0
    for name, evaluation in CHIPS.items():
        base = position_of(evaluation)
        for turn in of(name)["break_even"]:
            seen += 1
            metric = evaluation.metrics[turn["metric"]]
            factor, nudge = 1 + Fraction(turn["exact"]) / 100, Fraction(int(turn["direction"] + "1"), 10**9)
            inside = position_of(_again(evaluation, _scaled(metric, factor - nudge)))
            at = position_of(_again(evaluation, _scaled(metric, factor)))
            beyond = position_of(_again(evaluation, _scaled(metric, factor + nudge)))
            held = inside == base or factor == 1  # the figure may lie on the line as it is
            if not held or beyond == base or (at != base) is not turn["inclusive"]:
                wrong.append(f"{name}: {turn['text']}")
    assert seen > 3
    none_of(wrong)


def test_a_die_area_without_break_even_turns_at_none_of_many_steps() -> None:
    for name in ("nvidia-l20", "nvidia-a40", "nvidia-l40"):
        evaluation, found = CHIPS[name], of(name)
        metric, base = evaluation.metrics["applicable_die_area"], position_of(evaluation)
        for sign in (1, -1):
            turns = [Fraction(t["exact"]) for t in found["break_even"] if t["direction"] == "+-"[sign < 0]]
            steps = [Fraction(sign * n, 2) for n in range(1, 21)]
            moved = [s for s in steps if position_of(_again(evaluation, _scaled(metric, 1 + s / 100))) != base]
            assert bool(moved) is bool(turns), name
            if moved:
                assert abs(moved[0]) - Fraction(1, 2) <= abs(turns[0]) <= abs(moved[0])


def test_where_no_rule_reads_a_figure_nothing_is_varied() -> None:
    [found] = chipclass.stability("H200 NVL", as_of="2021-05-01").to_dict()["results"][0]["variants"]
    assert (found["perturbations"], found["set_aside"], found["break_even"]) == ([], [], [])
    assert found["headline"] == "nothing to vary: no rule of the date reads a figure of it that is known"


def test_under_the_text_of_2022_the_die_area_is_not_read() -> None:
    found = chipclass.stability("A800 PCIe 80GB", as_of="2022-12-01").to_dict()["results"][0]["variants"][0]
    assert found["perturbations"] and all(r["kind"] != "die area" for r in found["perturbations"])
    metrics = {figure["metric"] for r in found["perturbations"] for figure in r["figures"]}
    assert metrics <= {"io_transfer_rate_2022", "bits_times_tops_2022"}


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("2368", "2370"),
        ("2365", "2370"),
        ("2364.99", "2360"),
        ("15831.2", "15800"),
        ("0.12345", "0.123"),
        ("999.5", "1000"),
    ],
)
def test_three_significant_digits(value: str, rounded: str) -> None:
    assert _rounded(Fraction(value)) == Fraction(rounded)


@given(st.fractions(min_value=Fraction(1, 1000), max_value=10**7))
def test_rounding_moves_a_figure_by_half_a_per_cent_at_most_and_is_done_once(value: Fraction) -> None:
    once = _rounded(value)
    assert abs(once / value - 1) <= Fraction(1, 2 * 10 ** (DIGITS - 1))
    assert _rounded(once) == once


# --- the document, and bad input ---


def test_the_document_keeps_its_schema() -> None:
    names = ["H20", "H200", "Trainium2", "MI308X", "RTX 6000D", "EPYC 9654", "nvidia-dgx-h200"]
    for number, date in enumerate(DATES[::3]):
        data = chipclass.stability(names[number::2], **question(number, date)).to_dict()
        none_of(contract.problems("stability", data))
        none_of(sorted(set(contract.undescribed(data, contract.schema("stability"), "stability"))))
        json.dumps(data, allow_nan=False)


def test_the_same_question_gives_the_same_bytes_and_shows_itself() -> None:
    first, second = (chipclass.stability(["A10", "L4"], **ASKED) for _ in range(2))
    assert first.to_json() == second.to_json()
    assert repr(first).split("\n")[::2] == ["chipclass stability as of 2026-09-24", "  NVIDIA L4: stable under all 5"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("no such chip", "unknown product 'no such chip'"),
        ("H2000", "unknown product 'H2000'; did you mean "),
        ([], "nothing to vary; name a product or a part number"),
        ([7], "nothing to vary; name a product or a part number"),
    ],
)
def test_what_cannot_be_varied(query: Any, message: str) -> None:
    with pytest.raises(chipclass.QueryError) as error:
        chipclass.stability(query, **ASKED)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)
