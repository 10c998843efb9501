"""Levers: the table of stretches against direct classification, and against an oracle written for 3A090 alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chipclass
from chipclass.evaluation import Evaluation
from chipclass.lever_words import FIELDS, Teller, saying
from chipclass.levers import Course, Lever, course_of, levers_of, position, turns
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.rules.transactions import transaction
from chipclass.sketch import Sketch, sketch_of
from chipclass.specdb.records import SKETCH, Fact, Figure, Item
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

SPECS = chipclass.load()
DEAL = transaction(SPECS, as_of="2026-09-24", destination="CN")
AREA, DRAM = "applicable_die_area", "total_dram_bandwidth"


def evaluated(chip: Item, specs: Specs = SPECS) -> Evaluation:
    return Evaluation(specs, chip, chip, 1, DEAL)


def sketched(**options: Any) -> Evaluation:
    sketch = sketch_of(SPECS, **options)
    assert sketch
    return evaluated(sketch.chip(), sketch.specs)


def course(evaluation: Evaluation, name: str) -> Course:
    [lever] = [lever for lever in levers_of(evaluation) if lever.name == name]
    return course_of(evaluation, lever)


# --- the same chip, made with the other figure ---


def scaled(fact: Fact, factor: Fraction) -> Fact:
    ends = {
        key: None if (end := getattr(fact.value, key)) is None else end * factor for key in ("value", "low", "high")
    }
    return replace(fact, value=replace(fact.value, **ends))


ATTRIBUTES = {
    "tpp": ("tpp",),
    AREA: ("logic_die_area",),
    DRAM: ("memory_bandwidth",),
    "interconnect_bandwidth": ("link_bandwidth", "host_bandwidth"),
}


def made(chip: Item, lever: Lever, value: Fraction) -> Item:
    """The chip with other facts, not other metrics: the long way round."""
    if lever.scales:
        return replace(chip, facts=tuple(scaled(f, value) if f.attribute in ("rate", "tpp") else f for f in chip.facts))
    names = ATTRIBUTES[lever.name]
    kept = [fact for fact in chip.facts if fact.attribute not in names]
    figures = [Figure("x", value=value), *(Figure("none", none=True) for _ in names[1:])]
    facts = [Fact(n, n, figure, "x", SKETCH, 1) for n, figure in zip(names, figures, strict=True)]
    return replace(chip, facts=(*facts, *kept))


def samples(found: Course, extra: Fraction) -> Iterator[Fraction]:
    """Every value at which something may turn, one close to it on either side, and one more."""
    ends = sorted(found.origins)
    near = [end * (1 + sign * Fraction(1, 10**9)) for end in ends for sign in (-1, 1)]
    return (value for value in [*ends, *near, extra] if value > 0)


quantities = st.integers(1, 60_000).map(lambda n: Fraction(n, 10))
FORMATS = ("fp8", "16bit", "tf32", "int4", "fp32")
areas = st.one_of(
    st.just("unknown"),
    st.just("none"),
    st.integers(100, 3000).map(lambda n: f"{n} mm^2"),
    st.tuples(st.integers(100, 900), st.integers(1, 900)).map(lambda p: f"[{p[0]}, {p[0] + p[1]}] mm^2"),
)
bandwidths = st.one_of(st.just("unknown"), st.just("none"), st.integers(100, 8000).map(lambda n: f"{n} GB/s"))
sketches = st.fixed_dictionaries(
    {
        "rates": st.dictionaries(st.sampled_from(FORMATS), st.integers(50, 3000), min_size=1, max_size=3).map(
            lambda rates: [f"{rate} TFLOPS@{name}" for name, rate in rates.items()]
        ),
        "die_area": areas,
        "dram_bandwidth": bandwidths,
        "interconnect": bandwidths,
        "datacenter": st.sampled_from(["yes", "no", "unknown"]),
    }
)


@settings(max_examples=12, deadline=None)
@given(sketches, st.sampled_from(sorted(ATTRIBUTES)), quantities)
def test_the_table_agrees_with_direct_classification(options: dict[str, Any], name: str, extra: Fraction) -> None:
    """At random values, at every boundary and just beside it, on every axis."""
    sketch = sketch_of(SPECS, **options)
    assert isinstance(sketch, Sketch)
    chip = sketch.chip()
    found = course(evaluated(chip, sketch.specs), name)
    stretches = {field: found.stretches(saying(field)) for field in FIELDS}
    for value in samples(found, extra if not found.lever.scales else extra / 1000):
        direct = position(evaluated(made(chip, found.lever, value), sketch.specs))
        for field, steps in stretches.items():
            [here] = [s for s in steps if s.values.overlaps(Interval.point(value))]
            assert here.says == str(getattr(direct, field)), (field, value)


@pytest.mark.parametrize("tpp", ["[1000, 6000] TPP", "[2300, 2500] TPP"])
def test_a_range_of_tpp_is_followed_through_density(tpp: str) -> None:
    """Inside the range the class has limits of its own (2,400 / 3.2 = 750 mm^2): they turn the set of classes too."""
    evaluation = sketched(tpp=tpp, datacenter="yes")
    found = course(evaluation, AREA)
    stretches = found.stretches(saying("classes"))
    for value in map(Fraction, [*range(150, 1000, 35), *range(1000, 4200, 150), 750]):
        [here] = [s for s in stretches if s.values.overlaps(Interval.point(value))]
        assert here.says == position(evaluated(made(evaluation.chip, found.lever, value))).classes, value


@pytest.mark.parametrize("name", ["nvidia-h20-96gb", "amd-mi308x", "nvidia-rtx-6000d", "nvidia-l20"])
def test_the_table_of_a_product_agrees_with_direct_classification(name: str) -> None:
    """Ranges, rival readings and open lists of formats included."""
    evaluation = evaluated(SPECS.item(name))
    found = course(evaluation, AREA)
    for step in found.steps[:: max(1, len(found.steps) // 12)]:
        low, high = max(step.piece.low, Fraction(0)), step.piece.high
        value = low + 1 if high == INF else (low + Fraction(high)) / 2
        direct = evaluated(made(evaluation.chip, found.lever, value))
        assert (position(direct), set(direct.possible)) == (step.position, set(step.possible))


def test_stretches_cover_every_value_once_and_neighbours_differ() -> None:
    for evaluation in (sketched(rates=["148 TFLOPS@fp16"]), evaluated(SPECS.item("nvidia-h20-96gb"))):
        for lever in levers_of(evaluation):
            found = course_of(evaluation, lever)
            for field in FIELDS:
                steps = found.stretches(saying(field))
                assert steps[0].values.low == 0 and steps[-1].values.high == INF
                for one, other in pairwise(steps):
                    assert one.values.high == other.values.low and one.says != other.says
                    assert one.values.high_open is not other.values.low_open
                assert any(step.now for step in steps)


# --- 3A090 since 2023-11-17, written down once more, in fractions ---


def oracle(tpp: Fraction, area: Fraction | None, datacenter: bool) -> str:
    """The class of one chip whose figures are all known; no area: no non-planar die."""
    density = None if area is None else tpp / area
    if not datacenter and tpp < 4800:
        return "not caught"
    if tpp >= 4800:
        return "3A090.a.1"
    if tpp >= 1600 and density is not None and density >= Fraction("5.92"):
        return "3A090.a.2"
    if density is None or density >= Fraction("5.92"):
        return "not caught"
    b = [
        name
        for name, holds in (
            ("3A090.b.1", tpp >= 2400 and density >= Fraction("1.6")),
            ("3A090.b.2", tpp >= 1600 and density >= Fraction("3.2")),
        )
        if holds
    ]
    return " and ".join(b) or "not caught"


def every(low: Fraction, high: Fraction | float, cuts: list[Fraction]) -> list[Fraction]:
    """Values of a range, of which some lies in every part that the cuts make of it."""
    inner = sorted({low, *(c for c in cuts if low < c < high), *([Fraction(high)] if high != INF else [])})
    middle = [(a + b) / 2 for a, b in pairwise(inner)]
    return [value for value in [*inner, *middle, *([inner[-1] + 1] if high == INF else [])] if value > 0]


def expected(tpp: Fraction, area: tuple[Fraction, Fraction | float] | None, datacenter: str) -> str:
    """All classes that are possible, by trying every part of the range of areas."""
    cuts = [tpp / limit for limit in (Fraction("1.6"), Fraction("3.2"), Fraction("5.92"))]
    values: list[Fraction | None] = [None] if area is None else [*every(*area, cuts)]
    answers = {"yes": [True], "no": [False], "unknown": [True, False]}[datacenter]
    return " or ".join(sorted({oracle(tpp, value, answer) for value in values for answer in answers}))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(10_000, 60_000).map(lambda n: Fraction(n, 10)),
    st.one_of(
        st.none(),
        st.just((Fraction(0), INF)),
        st.tuples(st.integers(100, 900), st.integers(0, 900)).map(lambda p: (Fraction(p[0]), Fraction(p[0] + p[1]))),
    ),
    st.sampled_from(["yes", "no", "unknown"]),
    quantities,
)
def test_classes_of_sketches_against_the_oracle(
    tpp: Fraction, area: tuple[Fraction, Fraction | float] | None, datacenter: str, other: Fraction
) -> None:
    if area is None:
        text = "none"
    else:
        text = (
            "unknown" if area[1] == INF else f"[{area[0]}, {area[1]}] mm^2" if area[0] < area[1] else f"{area[0]} mm^2"
        )
    evaluation = sketched(tpp=float(tpp), die_area=text, datacenter=datacenter)
    assert position(evaluation).classes == expected(tpp, area, datacenter)
    along = course(evaluation, AREA).stretches(saying("classes"))
    for value in (other, tpp / Fraction("5.92"), tpp / Fraction("3.2"), tpp / Fraction("1.6")):
        [here] = [s for s in along if s.values.overlaps(Interval.point(value))]
        assert here.says == expected(tpp, (value, value), datacenter)
    rates = course(evaluation, "tpp").stretches(saying("classes"))
    for factor in (other / 1000, 4800 / tpp, 2400 / tpp, 1600 / tpp):
        [here] = [s for s in rates if s.values.overlaps(Interval.point(factor))]
        assert here.says == expected(tpp * factor, area, datacenter)


# --- single points ---


def test_an_unknown_area_gives_the_areas_at_which_the_class_turns() -> None:
    evaluation = sketched(tpp=2368, datacenter="yes")
    found = course(evaluation, AREA)
    steps = [
        (s.values.low, s.values.high, s.values.low_open, s.says, s.now) for s in found.stretches(saying("classes"))
    ]
    assert steps == [
        (0, 400, True, "3A090.a.2", True),
        (400, 740, True, "3A090.b.2", True),
        (740, INF, True, "not caught", True),
    ]
    assert found.lacking and found.lacking.position.classes == "not caught"
    [told] = list(Teller(evaluation, [found]).break_even())
    assert told["text"] == (
        "die area (unknown now) up to 400 mm^2: 3A090.a.2; above 400 up to 740 mm^2: 3A090.b.2; above 740 mm^2: not"
        " caught; if it does not exist: not caught"
    )


def test_a_boundary_belongs_to_the_side_that_its_operator_says() -> None:
    """note 39(b) is strict at both ends, the review policy takes its limit out, the class takes it in."""
    evaluation = sketched(tpp=15_000, die_area="814 mm^2", dram_bandwidth="4800 GB/s", datacenter="yes")
    found = course(evaluation, DRAM)
    assert [(s.values.low, s.values.low_open, s.now) for s in found.stretches(saying("tariff"))] == [
        (0, False, False),
        (4500, True, True),
        (5000, False, False),
    ]
    assert [(s.values.low, s.values.low_open) for s in found.stretches(saying("review_policy"))] == [
        (0, False),
        (6500, False),
    ]


def test_turns_look_both_ways_from_the_ends_of_a_range() -> None:
    found = course(sketched(tpp=2368, die_area="[500, 600] mm^2", datacenter="yes"), AREA)
    assert [(t.start, t.at, t.reached, t.rising) for t in turns(found, saying("classes"))] == [
        (500, 400, True, False),
        (600, 740, False, True),
    ]


def test_a_figure_without_a_number_has_no_turns_but_a_table() -> None:
    for area in ("unknown", "none"):
        found = course(sketched(tpp=2368, die_area=area, datacenter="yes"), AREA)
        assert not list(turns(found, saying("classes")))
        assert len(found.stretches(saying("classes"))) == 3


def test_two_readings_of_a_format_move_together_and_both_count() -> None:
    """TF32 as 19 and as 32 bits: between the two limits the class is one or the other."""
    found = course(sketched(rates=["100 TFLOPS@tf32"], die_area="814 mm^2", datacenter="yes"), "tpp")
    steps = [(s.values.low, s.says) for s in found.stretches(saying("classes"))]
    assert steps[:3] == [
        (0, "not caught"),
        (Fraction(2400, 3200), "3A090.b.1 or not caught"),
        (Fraction("3.2") * 814 / 3200, "3A090.b.1 and 3A090.b.2 or not caught"),
    ]
    assert steps[-1] == (Fraction(4800, 1900), "3A090.a.1")
    assert found.lever.scales and found.now == (Interval.point(Fraction(1)),)


def test_a_sum_turns_where_its_other_part_leaves_room() -> None:
    """The reported letter: 1,700 for DRAM and interconnect together."""
    found = course(sketched(tpp=2000, dram_bandwidth="1,200 GB/s", interconnect="300 GB/s"), DRAM)
    assert [s.values.low for s in found.stretches(saying("letters"))] == [0, 1400]
    found = course(sketched(tpp=2000, dram_bandwidth="900 GB/s", interconnect="400 GB/s"), DRAM)
    assert [s.values.low for s in found.stretches(saying("letters"))] == [0, 1300]


def test_a_planar_chip_keeps_its_area_lever() -> None:
    found = course(sketched(tpp=2368, die_area="none"), AREA)
    assert isinstance(found.now[0], Undefined) and not any(s.now for s in found.stretches(saying("classes")))


@cache
def with_a_bill(folder: Path) -> Specs:
    tests = ", ".join(
        f'{{ test = "{test}", cite = "9X999" }}' for test in ("tpp >= 3000", "total_dram_bandwidth > 1000")
    )
    bill = sf.rule(f"all = [{tests}]").replace('is = "in force"', 'is = "bill"')
    sf.write(folder, sf.RULE_FILE, bill)
    return chipclass.load(folder)


def test_a_bill_is_followed_beside_the_positions(tmp_path: Path) -> None:
    """Positions leave bills out; the lever shows where their outcome turns."""
    specs = with_a_bill(tmp_path)
    sketch = sketch_of(specs, tpp=2000, dram_bandwidth="2 TB/s", datacenter="no")
    assert sketch
    chip = sketch.chip()
    evaluation = Evaluation(specs, chip, chip, 1, transaction(specs, as_of="2026-09-24"))
    courses = [course_of(evaluation, lever) for lever in levers_of(evaluation)]
    told = [Teller(evaluation, courses).course(found)["others"] for found in courses]
    assert ["us-ear/9X999" in entry for entry in told] == [True, False, False, False, False]
    assert [(s["low"] * 2000, s["says"]) for s in told[0]["us-ear/9X999"]] == [(0, "not met"), (3000, "met")]


def test_every_metric_of_the_specs_can_be_followed() -> None:
    """A metric of a new kind must be taught to the solver: each limit on it must be met where the solver says."""
    sketch = sketch_of(
        SPECS,
        rates=["100 TFLOPS@fp16", "2 TFLOPS@fp64"],
        die_area="500 mm^2",
        dram_bandwidth="1 TB/s",
        interconnect="1 TB/s",
    )
    assert sketch
    chip = sketch.chip()
    for date in ("2022-12-01", "2026-09-24"):
        deal = transaction(SPECS, as_of=date)
        evaluation = Evaluation(SPECS, chip, chip, 1, deal)
        seen = set()
        for lever in levers_of(evaluation):
            if lever.name not in ATTRIBUTES and not lever.scales:  # a sum over dies: the lever is the metric itself
                continue
            for value, pairs in course_of(evaluation, lever).origins.items():
                other = Evaluation(SPECS, made(chip, lever, value), made(chip, lever, value), 1, deal)
                for metric, limit in pairs:
                    seen.add(metric)
                    ends = [end for v in other.metrics[metric].values if isinstance(v, Interval) for end in v[:2]]
                    assert limit in ends, (lever.name, metric)
        limits = {name for name, found in evaluation.prover.limits.items() if any(found)}  # nothing turns at 0
        assert seen == (limits & evaluation.metrics.keys()) - {"aggregated_transistors"}
