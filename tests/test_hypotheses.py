"""What if: other limits, rules or facts. Moves are worked out by hand, and by brute force over every chip."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chipclass
from chipclass.amendments import amended, differences, wanted_limits
from chipclass.evaluation import Evaluation
from chipclass.hypotheses import limits as limits_on
from chipclass.logic.numbers import INF, Interval
from chipclass.positions import evaluations, position_of
from chipclass.rules.book import book_of
from chipclass.rules.limits import setting
from chipclass.rules.transactions import transaction
from chipclass.specdb.store import Specs
from tests import contract_docs as contract
from tests import spec_folders as sf
from tests.contract_questions import none_of
from tests.samples import few

SPECS = chipclass.load()
ASKED = {"as_of": "2026-09-24", "destination": "CN"}
DEAL = transaction(SPECS, **ASKED)  # type: ignore[arg-type]
A1, NOTE_A, NOTE_B, B1 = (
    "us-ear/3A090.a#a.1",
    "us-ear/3A090.a#Note 2",
    "us-ear/3A090.b#Note 2",
    "us-ear/3A090.b#b.1.tpp<",
)
#: Lines of pending bills that name the same figure.
BILLS = ["us-bills/hr-6875#(I)", "us-bills/s-3374#(I)", "us-bills/s-4456-restricted#(ii)(I)", "us-bills/s-4456#(I)"]


@cache
def answer(*changes: str) -> dict[str, Any]:
    return chipclass.whatif(changes, **ASKED).to_dict()


def moved(data: dict[str, Any]) -> dict[str, list[str]]:
    return {entry["product"]: [move["text"] for move in entry["moves"]] for entry in data["moved"]}


# --- by hand ---


def test_a100_and_a800_move_from_a1_to_a2_because_their_density_reaches_the_line() -> None:
    """16 bit x 312 TFLOP/s over 826 mm^2: below 6,000, but 6.04 is at or above 5.92, and Note 2 still reads 4,800."""
    tpp, area = Fraction(312) * 16, Fraction(826)
    assert tpp == 4992 < 6000 and tpp >= 4800
    assert tpp / area >= Fraction("5.92") and tpp >= 1600
    found = answer(f"{A1}=6000")
    for name in (
        "a100-sxm-40gb",
        "a100-sxm-80gb",
        "a100-pcie-40gb",
        "a100-pcie-80gb",
        "a800-sxm-80gb",
        "a800-pcie-80gb",
    ):
        assert moved(found)[f"nvidia-{name}"] == ["class: 3A090.a.1 -> 3A090.a.2"]
    line = next(e for e in found["moved"] if e["product"] == "nvidia-a100-sxm-40gb")["lines"]
    assert [(e["address"], e["figure"], e["limit_before"], e["limit_after"]) for e in line] == [
        (A1, "4,992", 4800, 6000)
    ]
    assert line[0]["margin_before"] == pytest.approx(float(tpp / 4800 - 1), abs=0)
    assert line[0]["margin_after"] == pytest.approx(float(tpp / 6000 - 1), abs=0)
    assert (line[0]["margin_words_before"], line[0]["margin_words_after"]) == ("+4.0 %", "-16.8 %")
    assert (line[0]["outcome_before"], line[0]["outcome_after"]) == ("met", "not met")


def test_with_note_2_raised_too_the_chips_that_are_not_for_datacenters_are_no_longer_caught() -> None:
    only, all_ = answer(f"{A1}=6000"), answer("tpp:4800=6000")
    assert all_["hypothesis"]["limits"] != only["hypothesis"]["limits"]
    addresses = [entry["address"] for entry in all_["hypothesis"]["limits"]]
    assert [address for address in addresses if address not in BILLS] == [A1, NOTE_A, B1, NOTE_B]
    assert set(BILLS) < set(addresses)
    assert all_["unchanged_elsewhere"] == []
    for name in ("nvidia-rtx-4090", "nvidia-a800-40gb-active"):  # TPP 5,285 and 4,989; neither is for datacenters
        assert moved(only)[name] == ["class: 3A090.a.1 -> 3A090.a.2"]
        assert moved(all_)[name][:2] == ["status: controlled -> not caught", "class: 3A090.a.1 -> not caught"]


def test_what_still_reads_the_old_limit_is_named_with_what_would_change_it() -> None:
    found = answer(f"{A1}=6000")["unchanged_elsewhere"]
    assert [(entry["address"], entry["test"]) for entry in found] == [
        (NOTE_A, "not tpp >= 4800"),
        (B1, "tpp < 4800"),
        (NOTE_B, "not tpp >= 4800"),
        *((bill, "tpp >= 4800") for bill in BILLS),
    ]
    assert answer(f"{A1}=6000", *(entry["set"] for entry in found)) == answer("tpp:4800=6000")


def test_a_figure_that_is_open_may_fall_on_either_side() -> None:
    """910B3: at least 5,008, nobody closes its list of formats. Above 6,000 or not is unknown, and stays so."""
    found = answer("tpp:4800=6000")
    b3 = next(entry for entry in found["moved"] if entry["product"] == "huawei-ascend-910b3")
    assert b3["before"]["classes"] == "3A090.a.1" and " or " in b3["after"]["classes"]
    assert (b3["lines"][0]["margin_after"], b3["lines"][0]["outcome_after"]) == (None, "undecided")
    less = next(e for e in answer(f"{A1}=6000")["moved"] if e["product"] == "huawei-ascend-910b4")
    assert (less["before"]["status"], less["after"]["status"]) == ("controlled", "cannot exclude")
    assert "nvidia-rtx-6000d" in {entry["product"] for entry in found["open"]}


def test_open_are_the_chips_that_stay_and_whose_tpp_may_lie_on_both_sides() -> None:
    found, limit = answer(f"{A1}=6000"), Fraction(6000)
    expected = set()
    for evaluation in processors(SPECS):
        tpps = [v for v in evaluation.metrics["tpp"].values if isinstance(v, Interval)]
        if len({point >= limit for point in cut(tpps, {limit})}) == 2:
            expected.add(evaluation.chip.id)
    stay = {entry["product"] for entry in found["open"] if SPECS.item(entry["product"]).function == "processor"}
    assert stay == expected - moved(found).keys()


def test_chips_that_stay_near_a_new_limit_are_listed() -> None:
    """742.6(b)(10)(iii)(A)(1) at 5,000 GB/s: 4,800 lies 4 % below, and its chips do not move."""
    found = answer("us-ear/742.6-b-10-iii-A-1#DRAM bandwidth=5 TB/s")
    near = {entry["product"]: entry["margin_words"] for entry in found["near"]}
    assert near["nvidia-h200-sxm"] == "-4.0 %"
    assert not near.keys() & moved(found).keys()
    for entry in found["near"]:
        assert entry["limit"] == 5000
        assert entry["margin"] is None or abs(entry["margin"]) <= 0.05
    assert moved(found)["amd-mi325x"] and "amd-mi325x" not in near


def test_the_limit_of_a_reported_letter_moves_the_letters_alone() -> None:
    found = answer("us-letters/2025-04-bandwidth#DRAM=5000", "us-letters/2025-04-bandwidth#sum=9000")
    assert {move["axis"] for entry in found["moved"] for move in entry["moves"]} == {"letters"}
    assert "nvidia-h200-sxm" in moved(found)


# --- by brute force ---


def processors(specs: Specs) -> Iterator[Evaluation]:
    """Every chip that 3A090.a and .b can speak of: memory has a paragraph of its own."""
    return (evaluation for evaluation in evaluations(specs, DEAL) if evaluation.chip.function == "processor")


def cut(values: list[Interval], limits: set[Fraction]) -> Iterator[Fraction]:
    """A point on each limit, between each two, and at each end, as far as the values hold it."""
    for value in values:
        low, high = Fraction(value.low), value.high
        top = Fraction(high) if high != INF else max([low, *limits]) + 1
        marks = sorted({low, top, *(limit for limit in limits if low < limit < top)})
        points = {*marks, *((a + b) / 2 for a, b in pairwise(marks))}
        for point in points:
            inside = low < point or (point == low and not value.low_open)
            if inside and (point < top or (point == top and (high == INF or not value.high_open))):
                yield point


def classes_by_hand(evaluation: Evaluation, a1: Fraction) -> str:
    """3A090 of November 2023 written out once more, over points of all that is possible, a.1 at another limit."""
    dense, middle, thin = Fraction("5.92"), Fraction("3.2"), Fraction("1.6")
    datacenter = evaluation.box.truths["designed_or_marketed_for_datacenter"]
    tpps = [v for v in evaluation.metrics["tpp"].values if isinstance(v, Interval)]
    areas = list(evaluation.metrics["applicable_die_area"].values)
    found = set()
    intervals = [area for area in areas if isinstance(area, Interval)]
    ends = [Fraction(end) for area in intervals for end in (area.low, area.high) if end != INF]
    turns = {end * density for end in ends for density in (dense, middle, thin)}
    for tpp in cut(tpps, {Fraction(1600), Fraction(2400), Fraction(4800), a1, *turns}):
        densities = [tpp / area for area in cut(intervals, {tpp / d for d in (dense, middle, thin) if tpp}) if area]
        if any(not isinstance(area, Interval) for area in areas):
            densities.append(Fraction(-1))  # no non-planar die: no density, and no test of it is met
        for density in densities:
            for marketed in (True, False):
                if not (datacenter.true if marketed else datacenter.false):
                    continue
                outside = not marketed and tpp < 4800
                a_1 = tpp >= a1
                a_2 = tpp >= 1600 and density >= dense
                b_1 = 2400 <= tpp < 4800 and thin <= density < dense
                b_2 = tpp >= 1600 and middle <= density < dense
                if outside or not (a_1 or a_2 or b_1 or b_2):
                    found.add("not caught")
                elif a_1 or a_2:
                    found.add("3A090.a.1" if a_1 else "3A090.a.2")
                else:
                    named = [name for name, met in (("3A090.b.1", b_1), ("3A090.b.2", b_2)) if met]
                    found.add(" and ".join(named))
    return " or ".join(sorted(found))


@pytest.mark.parametrize(("turn", "a1"), list(enumerate(["4800", "1500", "4992", "4992.5", "6000", "14144", "200000"])))
def test_every_chip_has_the_class_that_brute_force_gives_it(turn: int, a1: str) -> None:
    """Each limit on a part of the chips, so that all have their turn."""
    other = amended(SPECS, wanted_limits(SPECS, {A1: a1}, DEAL.as_of))
    wrong = []
    for evaluation in processors(few(other, 75, turn)):
        found, expected = position_of(evaluation).classes, classes_by_hand(evaluation, Fraction(a1))
        if found != expected:
            wrong.append(f"{evaluation.chip.id}: {found}, by hand {expected}")
    none_of(wrong)


def test_whatif_lists_exactly_the_chips_whose_class_brute_force_moves() -> None:
    expected = {
        e.chip.id for e in processors(SPECS) if classes_by_hand(e, Fraction(4800)) != classes_by_hand(e, Fraction(6000))
    }
    found = answer(f"{A1}=6000")
    assert {entry["product"] for entry in found["moved"]} == expected
    assert found["chips"] == len(SPECS.index["chips"])
    assert sum(entry["count"] for entry in found["counts"] if entry["axis"] == "classes") == len(expected)


# --- what must hold for any hypothesis ---

LIMITS = [(entry["address"], entry["limit"]) for entry in limits_on(as_of=DEAL.as_of)["limits"]]


def test_limits_already_in_force_move_nothing() -> None:
    data = chipclass.whatif(dict(LIMITS), **ASKED).to_dict()
    assert (data["moved"], data["counts"], data["near"], data["open"]) == ([], [], [], [])
    assert data["hypothesis"]["provisions"] == [] and data["unchanged_elsewhere"] == []
    assert [(entry["before"], entry["after"]) for entry in data["hypothesis"]["limits"]] == [(x, x) for _, x in LIMITS]
    assert data["specs"] == f"{SPECS.hash}+whatif"


@given(st.lists(st.sampled_from(LIMITS), min_size=1, max_size=4, unique=True), st.integers(1, 60_000))
@settings(max_examples=40, deadline=None)
def test_the_order_of_changes_is_nothing_and_the_shared_database_stays(chosen: list[Any], value: int) -> None:
    before = json.dumps(SPECS.index["rules"])
    texts = [setting(address, str(value + n)) for n, (address, _) in enumerate(chosen)]
    several = [amended(SPECS, wanted_limits(SPECS, order, DEAL.as_of)) for order in permutations(texts)]
    assert all(json.dumps(other.index["rules"]) == json.dumps(several[0].index["rules"]) for other in several)
    edits = differences(book_of(SPECS), book_of(several[0]), DEAL.as_of)
    assert {edit.address for edit in edits} == {a for n, (a, limit) in enumerate(chosen) if limit != value + n}
    assert all(edit.before and edit.after and edit.before.path == edit.after.path for edit in edits)
    assert json.dumps(SPECS.index["rules"]) == before


def test_two_changes_commute_in_the_answer() -> None:
    first, second = f"{A1}=6000", "us-ear/742.6-b-10-iii-A-1#TPP=15000"
    asked = {**ASKED, "specs": few(SPECS, 100)}
    assert chipclass.whatif([first, second], **asked).to_json() == chipclass.whatif([second, first], **asked).to_json()


def test_the_answers_of_the_project_s_own_rules_stay_as_they_were() -> None:
    def stands() -> list[Any]:
        return [position_of(evaluation) for evaluation in evaluations(few(SPECS, 80), DEAL)]

    before = stands()
    chipclass.whatif({"tpp:4800": 100, "performance_density:5.92": 1}, **ASKED)
    assert stands() == before
    assert chipclass.load() is SPECS and "whatif" not in SPECS.hash


def test_a_hypothesis_marks_whatever_is_computed_from_it() -> None:
    other = amended(SPECS, wanted_limits(SPECS, {A1: 6000}, DEAL.as_of))
    data = chipclass.classify("A100 PCIe 80GB", specs=other, **ASKED).to_dict()
    assert data["specs"] == f"{SPECS.hash}+whatif"
    found = {d["provision"]: d for d in data["results"][0]["variants"][0]["determinations"]}
    assert found["us-ear/3A090.a"]["overlay"] == "whatif"
    assert found["us-ear/3A090.a"]["unverified"].endswith("; hypothesis: 'tpp >= 4800' read as 'tpp >= 6000'")
    assert "overlay" not in found["us-ear/3A090.b"]


@pytest.mark.parametrize("value", [6000, 6000.0, "6000", "6,000", "6000 TPP", Decimal(6000), Fraction(6000)])
def test_a_limit_is_a_number_or_a_text_with_a_unit(value: Any) -> None:
    [figure] = wanted_limits(SPECS, {A1: value}, DEAL.as_of).values()
    assert figure == 6000


def test_a_limit_in_another_unit_of_its_kind_is_converted() -> None:
    found = wanted_limits(SPECS, ["total_dram_bandwidth:6500=0.0065 PB/s"], DEAL.as_of)
    assert found and set(found.values()) == {Fraction(6500)}
    assert list(wanted_limits(SPECS, {"performance_density:5.92": 0.1}, DEAL.as_of).values()) == [Fraction(1, 10)] * 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([], "nothing to change; set a limit, as in 'us-ear/3A090.a#a.1=4800'; chipclass whatif --limits lists all"),
        ({}, "nothing to change; set a limit, as in "),
        ("us-ear/3A090.a#a.1", "'us-ear/3A090.a#a.1' sets no limit; write it as 'us-ear/3A090.a#a.1=4800'; "),
        ([A1], f"'{A1}' sets no limit; write it as "),
        ([6000], "'6000' sets no limit; write it as "),
        ({6000: A1}, "6000 is no address; write it as "),
        ([f"{A1}=6000 GB/s"], "limit of us-ear/3A090.a#a.1: 'GB/s' is [information] / [time], but "),
        ([f"{A1}=many"], "limit of us-ear/3A090.a#a.1: 'many' is not a quantity; write a number and a unit"),
        ([f"{A1}=-1"], "limit of us-ear/3A090.a#a.1: '-1' is negative; a limit is 0 or more"),
        ({A1: -1}, "limit of us-ear/3A090.a#a.1: '-1' is negative; a limit is 0 or more"),
        ({A1: float("nan")}, "limit of us-ear/3A090.a#a.1: nan is not a number; give one in TPP, or text with a unit"),
        ({A1: float("inf")}, "limit of us-ear/3A090.a#a.1: inf is not a number"),
        ({A1: True}, "limit of us-ear/3A090.a#a.1: True is not a number"),
        ({A1: None}, "limit of us-ear/3A090.a#a.1: None is not a number"),
        ({A1: Fraction(1, 3)}, "limit of us-ear/3A090.a#a.1: 1/3 is not a decimal of at most 15 places"),
        ([f"{A1}=5000", f"{A1}=6000"], "the limit of 'tpp >= 4800' in us-ear/3A090.a is set twice, to 5000 and 6000"),
        (
            ["tpp:4800=6000", f"{A1}=5000"],
            "the limit of 'tpp >= 4800' in us-ear/3A090.a is set twice, to 5000 and 6000",
        ),
    ],
)
def test_what_changes_nothing_or_no_one_can_read(changes: Any, message: str) -> None:
    with pytest.raises(chipclass.QueryError) as error:
        chipclass.whatif(changes, **ASKED)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_the_date_chooses_the_edition() -> None:
    data = chipclass.whatif({"us-ear/3A090.a#a.1-a.4 (2022)": 40_000}, as_of="2022-12-01", destination="CN").to_dict()
    assert data["hypothesis"]["limits"][0]["edition"] == "2022-10-21"
    assert data["moved"]
    with pytest.raises(chipclass.QueryError, match=r"no limit 'a\.1' in us-ear/3A090\.a on 2022-12-01"):
        chipclass.whatif({A1: 6000}, as_of="2022-12-01")


# --- overlays ---

Overlay = Callable[..., Path]


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Overlay:
    monkeypatch.setenv("CHIPCLASS_CACHE", str(tmp_path / "cache"))

    def make(name: str, files: dict[str, str]) -> Path:
        for path, text in {"sources.toml": sf.SOURCE, **files}.items():
            sf.write(tmp_path / name, path, text)
        return tmp_path / name

    return make


def own(name: str) -> str:
    return (sf.specs_folder() / name).read_text("utf-8")


def test_an_overlay_of_the_rule_moves_what_the_set_limit_moves(overlay: Overlay) -> None:
    text = own("rules/us-ear/3A090.a.toml")
    changed = text.replace('{ id = "a.1", test = "tpp >= 4800"', '{ id = "a.1", test = "tpp >= 6000"')
    assert changed != text
    data = chipclass.whatif(overlay=overlay("bill", {"rules/us-ear/3A090.a.toml": changed}), **ASKED).to_dict()
    assert data["hypothesis"]["overlays"] == ["bill"] and data["hypothesis"]["baseline"] == SPECS.hash
    assert data["hypothesis"]["provisions"] == ["us-ear/3A090.a"]
    keys = ("moved", "near", "open", "counts", "unchanged_elsewhere", "summary")
    assert {key: data[key] for key in keys} == {key: answer(f"{A1}=6000")[key] for key in keys}
    assert [e["text"] for e in data["hypothesis"]["limits"]] == ["3A090.a.1: tpp >= 4800 -> tpp >= 6000"]


def test_a_limit_is_set_on_top_of_an_overlay(overlay: Overlay) -> None:
    text = own("rules/us-ear/3A090.a.toml").replace('"a.1", test = "tpp >= 4800"', '"a.1", test = "tpp >= 5000"')
    folder = overlay("bill", {"rules/us-ear/3A090.a.toml": text})
    data = chipclass.whatif([f"{A1}=6000"], overlay=folder, **ASKED).to_dict()
    assert moved(data) == moved(answer(f"{A1}=6000"))
    based = chipclass.whatif([f"{A1}=4800"], specs=chipclass.load([folder]), **ASKED).to_dict()
    assert (based["hypothesis"]["limits"][0]["before"], based["hypothesis"]["limits"][0]["after"]) == (5000, 4800)
    assert moved(based)["nvidia-a100-pcie-40gb"] == ["class: 3A090.a.2 -> 3A090.a.1"]
    with pytest.raises(chipclass.QueryError, match="specs has the overlay bill; name its folders first in overlay"):
        chipclass.whatif(specs=chipclass.load([folder]), overlay=overlay("other", {}), **ASKED)


def test_facts_of_an_overlay_move_their_chip_alone_and_a_new_chip_is_named(overlay: Overlay) -> None:
    claim = '[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "declared"\ntpp = "4900 TPP"\n'
    fact = f'[[chip]]\nid = "nvidia-l40"\n{claim}'
    facts = 'rate.fp8 = "700 TFLOPS"\nformats = ["fp8"]\nlogic_die_area = "800 mm^2"'
    files = {"chips/own.toml": fact, sf.CHIP_FILE: sf.chip(facts)}
    data = chipclass.whatif(overlay=overlay("nda", files), **ASKED).to_dict()
    [found] = data["moved"]
    assert (found["product"], found["lines"]) == ("nvidia-l40", [])
    assert {e["metric"]: (e["before"], e["after"]) for e in found["figures"]}["tpp"] == ("2,912", "4,900")
    assert (found["before"]["classes"], found["after"]["classes"]) == ("3A090.b.1 and 3A090.b.2", "3A090.a.1")
    assert [(e["product"], e["position"]["classes"]) for e in data["added"]] == [("acme-x1", "3A090.a.1")]
    assert data["specs"] != SPECS.hash and data["overlays"] == ["nda"]


def test_a_new_provision_is_a_limit_that_was_not_there(overlay: Overlay) -> None:
    rule = sf.rule('all = [{ id = "line", test = "tpp >= 2300" }, "designed_or_marketed_for_datacenter"]')
    rule += 'paragraphs = { "9X999" = "" }\n'
    data = chipclass.whatif(overlay=overlay("bill", {sf.RULE_FILE: rule}), **ASKED).to_dict()
    [limit] = data["hypothesis"]["limits"]
    assert (limit["address"], limit["before"], limit["after"]) == ("us-ear/9X999#line", None, 2300)
    h20 = next(entry for entry in data["moved"] if entry["product"] == "nvidia-h20-96gb")
    assert (h20["before"]["classes"], h20["after"]["classes"]) == ("not caught", "9X999")
    assert (h20["lines"][0]["limit_before"], h20["lines"][0]["outcome_after"]) == (None, "met")


# --- the document ---


def documents() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("whatif", answer(f"{A1}=6000")),
        ("whatif", answer("tpp:4800=6000")),
        ("whatif", answer("us-letters/2025-04-bandwidth#DRAM=5000", "us-letters/2025-04-bandwidth#sum=9000")),
        ("limits", limits_on(as_of="2026-09-24")),
        ("limits", limits_on(as_of="2021-01-01")),
    ]


def test_the_documents_keep_their_schemas() -> None:
    for name, document in documents():
        none_of(contract.problems(name, document))
        none_of(sorted(set(contract.undescribed(document, contract.schema(name), name))))
        json.dumps(document, allow_nan=False)


def test_the_document_of_an_overlay_keeps_its_schema(overlay: Overlay) -> None:
    rule = sf.rule('all = ["tpp >= 2300"]') + 'paragraphs = { "9X999" = "" }\n'
    facts = 'rate.fp8 = "700 TFLOPS"\nformats = ["fp8"]\nlogic_die_area = "800 mm^2"'
    folder = overlay("bill", {sf.RULE_FILE: rule, sf.CHIP_FILE: sf.chip(facts)})
    data = chipclass.whatif([f"{A1}=6000"], overlay=folder, **ASKED).to_dict()
    none_of(contract.problems("whatif", data))
    none_of(sorted(set(contract.undescribed(data, contract.schema("whatif"), "whatif"))))


def test_a_hypothesis_shows_itself() -> None:
    lines = repr(chipclass.whatif({A1: 6000}, **ASKED)).split("\n")
    texts = list(moved(answer(f"{A1}=6000")).values())
    move = "class: 3A090.a.1 -> 3A090.a.2"
    among = f"{len(texts)} of {len(SPECS.index['chips'])} chips move"
    assert lines[0] == f"chipclass what if, as of 2026-09-24: {among}. A hypothesis, not a rule."
    assert lines[1] == "  3A090.a.1: tpp >= 4800 -> tpp >= 6000"
    assert f"  {sum(move in text for text in texts)} x {move}" in lines


def test_a_database_without_limits_on_the_day_says_so() -> None:
    empty = Specs({**SPECS.index, "rules": {}})
    with pytest.raises(chipclass.QueryError, match="no rule held here had a limit on 2026-09-24"):
        chipclass.whatif([], specs=empty, **ASKED)
