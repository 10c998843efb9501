"""Overlays: a folder of one's own adds or replaces facts, products and rules, is checked alike, and is always named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass.cli import classify as classify_cli
from chipclass.cli import compare as compare_cli
from chipclass.places import specs_folder
from chipclass.specdb.problems import SpecError
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

DAY = "2026-09-24"
WHOLE_CHIP = """rate.fp8 = "700 TFLOPS"
formats = ["fp8"]
memory_bandwidth = "3 TB/s"
logic_die_area = "800 mm^2"
designed_or_marketed_for_datacenter = true
link_bandwidth = "100 GB/s"
host_bandwidth = "64 GB/s"
"""
MARK = "facts of the user's own overlay take part: "

Overlay = Callable[..., Path]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPCLASS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """Makes a folder of the given files, with a source to cite."""

    def make(name: str, files: dict[str, str]) -> Path:
        folder = tmp_path / name
        for path, text in {"sources.toml": sf.SOURCE, **files}.items():
            sf.write(folder, path, text)
        return folder

    return make


def answer(query: str, specs: Specs, as_of: str = DAY) -> dict[str, Any]:
    return chipclass.classify(query, specs=specs, as_of=as_of).to_dict()


def variant(query: str, specs: Specs, as_of: str = DAY) -> dict[str, Any]:
    return answer(query, specs, as_of)["results"][0]["variants"][0]


def classes(found: dict[str, Any]) -> list[list[str]]:
    return [entry["paragraphs"] for entry in found["conclusion"]["ic_class"] if entry["makes_status"]]


def stricter(overlay: Overlay, name: str = "stricter") -> Path:
    """3A090.a with 5000 for 4800."""
    text = (specs_folder() / "rules/us-ear/3A090.a.toml").read_text("utf-8")
    assert text.count("4800") >= 3
    return overlay(name, {"rules/us-ear/3A090.a.toml": text.replace("4800", "5000")})


def l4_claim(facts: str) -> str:
    head = '[[chip]]\nid = "nvidia-l4"\n[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "datasheet"\n'
    return f"{head}{facts}\n"


def test_a_new_product_is_found_by_its_name_and_classified(overlay: Overlay) -> None:
    specs = chipclass.load([overlay("mine", {sf.CHIP_FILE: sf.chip(WHOLE_CHIP)})])
    found = variant("x1 accelerator", specs)
    assert found["metrics"]["tpp"]["exact"] == "5600"
    assert found["metrics"]["performance_density"]["exact"] == "7"
    assert classes(found) == [["3A090.a.1"]]
    assert any(text.startswith(MARK) for text in found["assumptions"])
    assert answer("Acme X1", specs)["overlays"] == ["mine"]


def test_a_product_of_the_overlay_may_contain_a_chip_of_the_project(overlay: Overlay) -> None:
    head = '[[product]]\nid = "my-sku"\nname = "SKU 4711"\nvendor = "Me"\nkind = "server"\n'
    identifier = '[[product.identifier]]\nkind = "part-number"\nvalues = ["ME-4711-B"]\nsource = "acme-datasheet"\n'
    text = f'{head}contains = [{{ chip = "nvidia-l4", count = 4 }}]\n{identifier}mapping = "description"\n'
    found = variant("me 4711 b", chipclass.load([overlay("mine", {"products/mine.toml": text})]))
    assert (found["product"], found["chip"], found["chip_count"]) == ("my-sku", "nvidia-l4", 4)
    assert any(text.startswith(MARK) for text in found["assumptions"])


def test_a_record_of_the_same_id_replaces_the_project_s(overlay: Overlay) -> None:
    text = sf.chip(WHOLE_CHIP, chip_id="nvidia-l4")
    specs = chipclass.load([overlay("mine", {sf.CHIP_FILE: text})])
    found = variant("X1 Accelerator", specs)
    assert (found["product"], found["metrics"]["tpp"]["exact"]) == ("nvidia-l4", "5600")
    assert any(text.startswith(MARK) for text in found["assumptions"])


def test_claims_alone_are_added_and_come_before_the_project_s(overlay: Overlay) -> None:
    before = variant("L4", chipclass.load())["metrics"]["total_dram_bandwidth"]
    specs = chipclass.load([overlay("nda", {"chips/mine.toml": l4_claim('memory_bandwidth = "321 GB/s"')})])
    found = variant("L4", specs)
    after = found["metrics"]["total_dram_bandwidth"]
    assert (before["operative"], after["operative"]) == (300, 321)
    assert [a["value"] for a in after["alternatives"] if not a["decides"]] == [300], "the outranked one is still shown"
    assert found["metrics"]["tpp"] == variant("L4", chipclass.load())["metrics"]["tpp"], "nothing else moves"
    assert any(text.startswith(MARK) for text in found["assumptions"])


def test_claims_added_by_an_overlay_have_ids_of_their_own(overlay: Overlay) -> None:
    """Even where the overlay's first claim cites the source of the project's first claim."""
    first = next(fact for fact in chipclass.load().item("nvidia-l4").facts if fact.claim == 1 and fact.format)
    text = l4_claim(f'{first.attribute}.{first.format} = "99 TFLOPS"').replace("acme-datasheet", first.source)
    facts = chipclass.load([overlay("nda", {"chips/mine.toml": text})]).item("nvidia-l4").facts
    assert len({fact.id for fact in facts}) == len(facts)


def test_a_die_of_the_overlay_moves_the_density_and_is_marked(overlay: Overlay) -> None:
    head = '[[die]]\nid = "nvidia-ad104"\n[[die.claim]]\nsource = "acme-datasheet"\nstatus = "datasheet"\n'
    specs = chipclass.load([overlay("nda", {"dies.toml": f'{head}area = "400 mm^2"\n'})])
    found = variant("L4", specs)
    assert found["metrics"]["applicable_die_area"]["operative"] == 400
    assert any(text.startswith(MARK) for text in found["assumptions"])


def test_a_changed_limit_changes_the_class_and_its_sentence(overlay: Overlay) -> None:
    own, other = (variant("A100 PCIe 80GB", specs) for specs in (chipclass.load(), chipclass.load([stricter(overlay)])))
    assert classes(own) == [["3A090.a.1"]]
    assert classes(other) == [["3A090.a.2"]]
    assert "is at or above 4,800" in own["conclusion"]["summary"]
    assert "density 6.044 is at or above 5.92" in other["conclusion"]["summary"]


def test_a_changed_rule_is_marked_in_its_determination(overlay: Overlay) -> None:
    found = variant("A100 PCIe 80GB", chipclass.load([stricter(overlay)]))
    changed = next(d for d in found["determinations"] if d["provision"] == "us-ear/3A090.a")
    untouched = next(d for d in found["determinations"] if d["provision"] == "us-ear/3A090.b")
    assert "stricter" in json.dumps({key: value for key, value in changed.items() if key != "proof"})
    assert "stricter" not in json.dumps(untouched)


@pytest.mark.parametrize("show", [classify_cli.screen, classify_cli.markdown], ids=["table", "md"])
def test_every_output_of_classify_names_the_overlay(overlay: Overlay, show: Callable[..., str]) -> None:
    specs = chipclass.load([stricter(overlay, "what-if-5000")])
    data = answer("A100 PCIe 80GB", specs)
    assert "what-if-5000" in show(specs, data, data["results"][0])


@pytest.mark.parametrize("show", [compare_cli.screen, compare_cli.markdown], ids=["table", "md"])
def test_every_output_of_compare_names_the_overlay(overlay: Overlay, show: Callable[..., str]) -> None:
    specs = chipclass.load([stricter(overlay, "what-if-5000")])
    data = chipclass.compare(["A100 PCIe 80GB", "L4"], specs=specs, as_of=DAY).to_dict()
    assert data["overlays"] == ["what-if-5000"]
    assert "what-if-5000" in show(data)


def test_a_new_edition_holds_from_its_day_on(overlay: Overlay) -> None:
    text = (specs_folder() / "rules/us-ear/3A090.a.toml").read_text("utf-8")
    tree = 'all = [{ id = "a.9", test = "tpp >= 20000" }]\nparagraphs = { "3A090.a.9" = "a.9" }'
    folder = overlay("bill", {"rules/us-ear/3A090.a.toml": f"{text}\n{sf.edition('2027-01-01', tree)}"})
    specs = chipclass.load([folder])
    assert classes(variant("B200", specs, "2026-12-31")) == [["3A090.a.1"]]
    assert classes(variant("B200", specs, "2027-01-01")) == [["3A090.a.9"]]


def test_a_bill_is_held_against_the_chip_but_decides_nothing(overlay: Overlay) -> None:
    text = sf.rule('all = ["tpp >= 1"]\nparagraphs = { "9X999" = "" }').replace('is = "in force"', 'is = "bill"')
    found = variant("EPYC 9654", chipclass.load([overlay("bill", {sf.RULE_FILE: text})]))
    determination = next(d for d in found["determinations"] if d["provision"] == "us-ear/9X999")
    assert (determination["outcome"], determination["posture"]) == ("met", "bill")
    assert found["conclusion"]["status"] == "not caught"


def test_the_later_overlay_wins(overlay: Overlay) -> None:
    low = overlay("low", {"chips/mine.toml": sf.chip(WHOLE_CHIP)})
    high = overlay("high", {"chips/mine.toml": sf.chip(WHOLE_CHIP.replace("700 TFLOPS", "800 TFLOPS"))})
    for folders, tpp in (([low, high], "6400"), ([high, low], "5600")):
        specs = chipclass.load(folders)
        assert variant("Acme X1", specs)["metrics"]["tpp"]["exact"] == tpp
        assert specs.overlays == tuple(folder.name for folder in folders)


def test_the_hash_follows_the_content_and_not_the_place(overlay: Overlay, tmp_path: Path) -> None:
    one = overlay("one", {sf.CHIP_FILE: sf.chip(WHOLE_CHIP)})
    same = overlay("elsewhere/one", {sf.CHIP_FILE: sf.chip(WHOLE_CHIP)})
    other = overlay("other", {sf.CHIP_FILE: sf.chip(WHOLE_CHIP.replace("700", "701"))})
    own, first, second, third = (chipclass.load(f).hash for f in ([], [one], [same], [other]))
    assert first == second
    assert len({own, first, third}) == 3


def test_the_project_s_own_specs_stay_as_they_are(overlay: Overlay) -> None:
    before = answer("L4", chipclass.load())
    chipclass.load([overlay("nda", {"chips/mine.toml": l4_claim('memory_bandwidth = "321 GB/s"')})])
    assert answer("L4", chipclass.load()) == before
    assert before["overlays"] == []
    assert MARK not in before["results"][0]["variants"][0]["assumptions"]


def test_an_overlay_that_changes_under_way_is_read_again_by_a_new_process(overlay: Overlay) -> None:
    """The cached index is found by content: an edited overlay never meets the index of its earlier self."""
    from chipclass.specdb.store import _cached

    folder = overlay("mine", {sf.CHIP_FILE: sf.chip(WHOLE_CHIP)})
    first = _cached([specs_folder(), folder])
    sf.edit(folder, sf.CHIP_FILE, "700 TFLOPS", "900 TFLOPS")
    second = _cached([specs_folder(), folder])
    assert first["hash"] != second["hash"]
    assert [Specs(index).item("acme-x1").facts[0].value.value for index in (first, second)] == [700, 900]


def test_an_error_in_an_overlay_names_its_folder_and_file(overlay: Overlay) -> None:
    folder = overlay("mine", {sf.CHIP_FILE: sf.chip('memory_bandwidth = "4800"')})
    with pytest.raises(SpecError) as caught:
        chipclass.load([folder])
    place = f"mine/{sf.CHIP_FILE}: chip acme-x1, claim 1: memory_bandwidth"
    assert [str(p) for p in caught.value.problems] == [f"{place}: '4800' has no unit; write for example '4800 GB/s'"]


def test_a_source_of_the_project_need_not_be_repeated_and_an_unknown_one_is_refused(overlay: Overlay) -> None:
    text = l4_claim('memory_bandwidth = "321 GB/s"').replace("acme-datasheet", "nvidia-l4-pag")
    with pytest.raises(SpecError, match=r"unknown source 'nvidia-l4-pag'; add it under sources/; did you mean "):
        chipclass.load([overlay("nda", {"chips/mine.toml": text})])


def test_claims_for_a_chip_that_does_not_exist_are_refused_with_the_near_id(overlay: Overlay) -> None:
    text = l4_claim('memory_bandwidth = "321 GB/s"').replace("nvidia-l4", "nvidia-l4o")
    with pytest.raises(SpecError, match=r"nvidia-l4o.*did you mean 'nvidia-l4"):
        chipclass.load([overlay("nda", {"chips/mine.toml": text})])


def test_an_id_used_twice_within_one_overlay_is_refused(overlay: Overlay) -> None:
    folder = overlay("mine", {"chips/a.toml": sf.chip(WHOLE_CHIP), "chips/b.toml": sf.chip()})
    with pytest.raises(SpecError, match=r"the id stands in mine/chips/a\.toml too"):
        chipclass.load([folder])


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder; --specs takes a folder laid out like specs/"):
        chipclass.load([missing])


def test_a_file_is_no_overlay(tmp_path: Path) -> None:
    sf.write(tmp_path, "x1.toml", sf.chip(WHOLE_CHIP))
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        chipclass.load([tmp_path / "x1.toml"])


def test_one_folder_as_text_is_that_folder_or_a_clear_refusal(overlay: Overlay) -> None:
    """``load("mine")`` must not read a folder per letter."""
    folder = overlay("mine", {sf.CHIP_FILE: sf.chip(WHOLE_CHIP)})
    try:
        specs = chipclass.load(str(folder))
    except (TypeError, ValueError) as error:
        assert "list" in str(error)
    else:
        assert specs.overlays == ("mine",)


def test_a_file_that_would_not_be_read_is_named_though_the_cache_knows_the_rest(overlay: Overlay) -> None:
    chipclass.load()
    with pytest.raises(SpecError, match=r"mine/own\.toml: not a place for spec files, so it would not be read"):
        chipclass.load([overlay("mine", {"own.toml": sf.chip(WHOLE_CHIP)})])


def test_a_folder_without_a_spec_file_is_no_overlay(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"empty holds no spec file; put one at chips/own\.toml"):
        chipclass.load([tmp_path / "empty"])
