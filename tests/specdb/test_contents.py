"""What an item contains: boards in servers in racks, families of products, several kinds of chip in one product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass.cli import show
from chipclass.specdb.contents import chip_count, chip_ids, parts_of, stand_ins, subjects
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

BOXES = """
[[family]]
id = "acme-box"
name = "Acme Box"
represented_by = "acme-box-h200"

[[product]]
id = "acme-box-h200"
name = "Acme Box with H200"
vendor = "Acme"
kind = "server"
family = "acme-box"
contains = [{ product = "nvidia-hgx-h200-8-gpu", count = 1 }]
sources = ["acme-datasheet"]

[[product]]
id = "acme-box-h20"
name = "Acme Box with H20"
vendor = "Acme"
kind = "server"
family = "acme-box"
contains = [{ family = "nvidia-h20", count = 4 }]
sources = ["acme-datasheet"]

[[product]]
id = "acme-rack"
name = "Acme Rack"
vendor = "Acme"
kind = "rack"
contains = [{ product = "acme-box-h200", count = 4 }, { chip = "nvidia-a10", count = 2 }]
sources = ["acme-datasheet"]

[[product]]
id = "acme-slice"
name = "Acme Slice"
vendor = "Acme"
kind = "instance"
contains = [{ chip = "nvidia-a10", count = 1, share = "1/6" }]
sources = ["acme-datasheet"]
"""


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Specs:
    folder = tmp_path_factory.mktemp("contents") / "mine"
    sf.write(folder, "sources.toml", sf.SOURCE)
    sf.write(folder, "products/acme.toml", BOXES)
    return chipclass.load([folder])


def contents(specs: Specs, name: str) -> list[tuple[str, str, int]]:
    return [(item.id, chip.id, count) for item, chip, count in subjects(specs, specs.item(name))]


def test_what_boards_hold_counts_for_what_holds_the_boards(specs: Specs) -> None:
    assert contents(specs, "acme-box-h200") == [("acme-box-h200", "nvidia-h200-sxm", 8)]
    assert contents(specs, "acme-rack") == [("acme-rack", "nvidia-h200-sxm", 32), ("acme-rack", "nvidia-a10", 2)]
    assert [part.count for part in parts_of(specs, specs.item("acme-rack"))] == [32, 2]
    assert chip_count(specs, specs.item("acme-rack")) == 34


def test_a_family_of_products_can_mean_each_of_them(specs: Specs) -> None:
    assert contents(specs, "acme-box") == [
        ("acme-box-h200", "nvidia-h200-sxm", 8),
        ("acme-box-h20", "nvidia-h20-96gb", 4),
        ("acme-box-h20", "nvidia-h20-141gb", 4),
    ]
    assert chip_count(specs, specs.item("acme-box")) is None
    assert chip_ids(specs, specs.item("acme-box-h20")) == {"nvidia-h20-96gb", "nvidia-h20-141gb"}


def test_what_stands_for_a_family_inside(specs: Specs) -> None:
    assert stand_ins(specs, specs.item("acme-box")) == {"acme-box-h200"}
    assert stand_ins(specs, specs.item("acme-box-h20")) == {"nvidia-h20-96gb"}


def conclusion(specs: Specs, name: str) -> dict[str, Any]:
    found: dict[str, Any] = chipclass.classify(name, as_of="2026-09-24", specs=specs).results[0]["conclusion"]
    return found


def test_variants_that_differ_leave_a_family_of_products_open(specs: Specs) -> None:
    assert conclusion(specs, "Acme Box with H200")["status"] == "controlled"
    assert conclusion(specs, "Acme Box with H20")["status"] == "not caught"
    whole = conclusion(specs, "Acme Box")
    assert whole["status"] == "cannot exclude"
    assert str(whole["summary"]).startswith("Acme Box can mean 2 variants; they do not all read the same. ")


def test_of_several_kinds_of_chip_together_the_gravest_decides(specs: Specs) -> None:
    """They are no alternatives: the rack is caught whatever the smaller cards are."""
    rack, alone = conclusion(specs, "Acme Rack"), conclusion(specs, "A10")
    assert (rack["status"], alone["status"]) == ("controlled", "not caught")
    assert rack["ic_class"] == conclusion(specs, "Acme Box with H200")["ic_class"]
    assert str(rack["summary"]).startswith("Acme Rack holds 2 kinds of chip; the gravest decides. ")


def test_the_order_of_the_parts_does_not_matter(tmp_path: Path, specs: Specs) -> None:
    start = BOXES.index('contains = [{ product = "acme-box-h200"')
    line = BOXES[start : BOXES.index("\n", start)]
    first, second = line.removeprefix("contains = [").removesuffix("]").split(", {")
    turned = f"contains = [{{{second}, {first}]"
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    sf.write(tmp_path / "mine", "products/acme.toml", BOXES.replace(line, turned))
    other = chipclass.load([tmp_path / "mine"])
    assert contents(other, "acme-rack") == contents(specs, "acme-rack")[::-1]
    one, two = conclusion(other, "Acme Rack"), conclusion(specs, "Acme Rack")
    assert [key for key in one if key != "caveats" and one[key] != two[key]] == []


def test_a_share_of_a_chip_is_classified_as_the_chip_and_shown(specs: Specs) -> None:
    assert conclusion(specs, "Acme Slice")["status"] == conclusion(specs, "A10")["status"]
    caveats = conclusion(specs, "Acme Slice")["caveats"]
    assert "it is given 1/6 of the chip; the test is the whole chip's" in caveats
    assert "an instance of a cloud: the answer speaks of the hardware behind it, not of access to it" in caveats
    assert "1 x NVIDIA A10 (1/6 of it)" in show.screen(specs, specs.item("acme-slice"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('product = "nvidia-hgx-h200-8-gpu"', 'product = "nvidia-hgx-h200-8"', "contains unknown product"),
        ('represented_by = "acme-box-h200"', 'represented_by = "acme-box-h2"', "unknown chip or product"),
        ('represented_by = "acme-box-h200"', 'represented_by = "acme-rack"', "'acme-rack' is not a member"),
        ('product = "acme-box-h200"', 'product = "acme-rack"', "contains itself"),
        ('share = "1/6"', 'share = "a sixth"', "a sixth"),
        ('{ family = "nvidia-h20", count = 4 }', '{ family = "acme-box", count = 4 }', "is a family of products"),
    ],
)
def test_contents_that_cannot_be_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    sf.write(tmp_path / "mine", "products/acme.toml", BOXES)
    sf.edit(tmp_path / "mine", "products/acme.toml", old, new)
    found = [str(problem) for problem in sf.problems(sf.specs_folder(), tmp_path / "mine")]
    assert any(message in text for text in found), found
