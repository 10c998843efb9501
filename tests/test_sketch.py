"""Sketches: from options in words to facts that decide; every mistake is one line that says what would do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import chipclass
from chipclass.evaluation import Evaluation
from chipclass.logic.numbers import Undefined
from chipclass.rules.transactions import transaction
from chipclass.sketch import sketch_of, without_formats
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs

SPECS = chipclass.load()
DEAL = transaction(SPECS, as_of="2026-09-24")
HOUSE: dict[str, Any] = {
    "rates": ["148 TFLOPS@16bit", "296 TFLOPS@fp8"],
    "die_area": "814 mm^2",
    "dram_bandwidth": "4 TB/s",
    "interconnect": "1028 GB/s",
    "datacenter": "no",
}


def evaluated(**options: Any) -> Evaluation:
    sketch = sketch_of(SPECS, **options)
    assert sketch
    return Evaluation(sketch.specs, sketch.chip(), sketch.chip(), 1, DEAL)


def figures(evaluation: Evaluation) -> dict[str, Fraction | None]:
    return {name: metric.operative for name, metric in evaluation.metrics.items()}


def test_options_become_figures() -> None:
    found = figures(evaluated(**HOUSE))
    assert found == {
        "tpp": 2368,
        "applicable_die_area": 814,
        "performance_density": Fraction(2368, 814),
        "total_dram_bandwidth": 4000,
        "interconnect_bandwidth": 1028,
        "dram_plus_interconnect_bandwidth": 5028,
        "io_transfer_rate_2022": 1028,
        "tops": 296,
        "app": 0,  # counts 64 bit rates, and the formats given are all there are
        "aggregated_transistors": None,
    }


def test_nothing_given_is_no_sketch() -> None:
    assert sketch_of(SPECS) is None


def test_a_sketch_is_never_a_sources_word() -> None:
    evaluation = evaluated(**HOUSE)
    statuses = {s for m in evaluation.metrics.values() for a in m.alternatives for s in a.statuses}
    assert statuses == {"sketch"}
    assert all(a.decides for m in evaluation.metrics.values() for a in m.alternatives)
    assert "Applicable die area: no manufacturer's figure; decided on sketch" in evaluation.assumptions()


def test_a_multiply_accumulate_counts_twice() -> None:
    assert figures(evaluated(rates=["74 TMACS@16bit"]))["tpp"] == 2368


def test_the_highest_of_the_rates_times_bits_counts() -> None:
    assert figures(evaluated(rates=["100 TFLOPS@fp16", "300 TFLOPS@int8", "700 TOPS@4 bit"]))["tpp"] == 2800


@pytest.mark.parametrize("width", ["12bit", "12-bit", "12 bits", "12 Bit"])
def test_a_bit_length_that_no_format_has(width: str) -> None:
    evaluation = evaluated(rates=[f"100 TFLOPS@{width}"])
    assert figures(evaluation)["tpp"] == 1200
    assert "12bit" not in SPECS.formats


def test_tf32_keeps_both_readings() -> None:
    tpp = evaluated(rates=["100 TFLOPS@tf32"]).metrics["tpp"]
    assert (tpp.low, tpp.high, tpp.operative) == (1900, 3200, None)


@pytest.mark.parametrize("tpp", ["4700", "4,700", 4700, "4700 TPP", 4700.0])
def test_tpp_as_a_whole(tpp: Any) -> None:
    assert figures(evaluated(tpp=tpp))["tpp"] == 4700


def test_ranges_unknown_and_none() -> None:
    evaluation = evaluated(tpp="[2000, 2400] TPP", die_area="[800, 858] mm^2", dram_bandwidth="none")
    assert (evaluation.metrics["tpp"].low, evaluation.metrics["tpp"].high) == (2000, 2400)
    assert (evaluation.metrics["applicable_die_area"].low, evaluation.metrics["applicable_die_area"].high) == (800, 858)
    assert figures(evaluation)["total_dram_bandwidth"] == 0
    assert figures(evaluation)["interconnect_bandwidth"] is None
    planar = evaluated(tpp=2000, die_area="none").metrics
    assert all(isinstance(v, Undefined) for v in planar["performance_density"].values)
    unknown = evaluated(tpp=2000, die_area="unknown")
    assert unknown.box.numbers == evaluated(tpp=2000).box.numbers


@pytest.mark.parametrize(("answer", "possible"), [("yes", True), (True, True), ("no", False), (False, False)])
def test_datacenter(answer: Any, possible: bool) -> None:
    truth = evaluated(tpp=1, datacenter=answer).box.truths["designed_or_marketed_for_datacenter"]
    assert (truth.true, truth.false) == (possible, not possible)


def test_datacenter_left_out_is_unknown() -> None:
    for options in ({"tpp": 1}, {"tpp": 1, "datacenter": "unknown"}):
        truth = evaluated(**options).box.truths["designed_or_marketed_for_datacenter"]
        assert truth.true and truth.false


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rates": ["148 TFLOPS"]}, "rate: '148 TFLOPS' names no number format; write for example '100 TFLOPS@fp8' or"),
        ({"rates": ["@fp8"]}, "rate: '@fp8' names no number format"),
        ({"rates": [148]}, "rate: '148' names no number format"),
        ({"rates": ["148 TFLOPS@fp9"]}, "rate: unknown number format 'fp9'; did you mean 'fp8'?"),
        ({"rates": ["148 TFLOPS@0bit"]}, "rate: unknown number format '0bit'; expected one of bf16, "),
        ({"rates": ["148@fp8"]}, "rate: '148' has no unit; write for example '148 TFLOP/s'"),
        ({"rates": ["148 GB/s@fp8"]}, "rate: 'GB/s' is [information] / [time], but [operation] / [time] is wanted"),
        ({"rates": ["none@fp8"]}, "rate: expected a quantity, for example '100 TFLOP/s'; found 'none'"),
        ({"rates": ["1 TFLOPS@fp8", "2 TFLOPS@FP8"]}, "rate: fp8 is given twice; give the highest dense rate of each"),
        ({"rates": ["1 TFLOPS@fp8"], "tpp": 5}, "give rates or TPP, not both: TPP follows from the rates"),
        ({"tpp": "much"}, "TPP: 'much' is not a quantity; write a number and a unit, for example '1000 TPP'"),
        ({"tpp": "none"}, "TPP: expected a quantity, for example '100 TPP'; found 'none'"),
        ({"tpp": float("nan")}, "TPP: 'nan' is not a quantity"),
        ({"die_area": "814"}, "die area: '814' has no unit; write for example '814 mm^2'"),
        ({"die_area": 814}, 'die area: expected text with a unit, for example "814 mm^2"; found 814'),
        ({"die_area": "[858, 800] mm^2"}, "die area: '[858, 800] mm^2' is empty"),
        ({"die_area": "[800 mm^2, 858 mm^2]"}, "die area: '[800 mm^2, 858 mm^2]' is not a range; write both ends and "),
        ({"die_area": "0.814 mm^2"}, "die area: 0.814 mm^2 is outside the plausible range 10 to 50000 mm^2; check the"),
        ({"dram_bandwidth": "4 TB"}, "dram bandwidth: 'TB' is [information], but [information] / [time] is wanted"),
        ({"interconnect": "fast"}, "interconnect: 'fast' is not a quantity; write a number and a unit, for example"),
        ({"datacenter": "maybe"}, "datacenter: expected yes, no or unknown; found 'maybe'"),
        ({"datacenter": ["yes"]}, "datacenter: expected yes, no or unknown; found "),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_mistakes(options: dict[str, Any], message: str) -> None:
    with pytest.raises(chipclass.QueryError) as error:
        sketch_of(SPECS, **options)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


# --- over a product, and without a format ---


def over(name: str, **options: Any) -> tuple[Item, Evaluation]:
    sketch = sketch_of(SPECS, **options)
    assert sketch
    chip = sketch.over(SPECS.item(name))
    return chip, Evaluation(sketch.specs, chip, chip, 1, DEAL)


def test_options_replace_the_figures_of_a_product_and_leave_the_rest() -> None:
    own = chipclass.classify("nvidia-h20-96gb", as_of="2026-09-24", specs=SPECS).results[0]["variants"][0]["metrics"]
    _, evaluation = over("nvidia-h20-96gb", dram_bandwidth="1,200 GB/s")
    assert figures(evaluation)["total_dram_bandwidth"] == 1200
    assert float(evaluation.metrics["tpp"].low or 0) == own["tpp"]["low"]
    _, evaluation = over("nvidia-h20-96gb", die_area="400 mm^2")
    assert figures(evaluation)["applicable_die_area"] == 400
    assert float(evaluation.metrics["tpp"].high or 0) == own["tpp"]["high"]
    _, evaluation = over("nvidia-h20-96gb", die_area="unknown", interconnect="unknown")
    assert figures(evaluation)["applicable_die_area"] is figures(evaluation)["interconnect_bandwidth"] is None


def test_rates_replace_a_declared_tpp_too() -> None:
    """The L4's maker declares 1,952; a sketch of its rates must not be outvoted."""
    _, evaluation = over("nvidia-l4", rates=["100 TFLOPS@fp16"])
    assert figures(evaluation)["tpp"] == 1600


def test_without_a_format_the_next_one_decides() -> None:
    sketch = sketch_of(SPECS, rates=["100 TFLOPS@fp16", "300 TFLOPS@fp8"])
    assert sketch
    left = without_formats(SPECS, sketch.chip(), {"fp8"})
    assert Evaluation(SPECS, left, left, 1, DEAL).metrics["tpp"].operative == 1600


def test_without_a_format_an_open_list_stays_open() -> None:
    chip = SPECS.item("nvidia-rubin-r200")
    left = without_formats(SPECS, chip, {"fp4"})
    assert str(Evaluation(SPECS, left, left, 1, DEAL).metrics["tpp"].high) == "inf"


def test_a_width_is_put_beside_the_formats_of_the_same_specs() -> None:
    sketch = sketch_of(SPECS, rates=["1 TFLOPS@13bit"])
    assert sketch and isinstance(sketch.specs, Specs)
    assert sketch.specs.hash == SPECS.hash and sketch.specs.formats["13bit"]["bits"] == 13
