"""Every name with a count beside it: the count is read, or the answer leaves it open."""

from __future__ import annotations

import pytest

from chipclass.identification.lexicon import canonical
from chipclass.specdb.contents import chip_count
from chipclass.specdb.records import Item
from tests.identification.test_scan import ITEMS, SPECS, found
from tests.identification.test_spelling_of_names import IDS, LEXICON, failing, names, right

COUNTED: dict[str, tuple[str, int]] = {
    "2x before": ("2x {}", 2),
    "4 x before": ("4 x {}", 4),
    "8× before": ("8×{}", 8),
    "x4 behind": ("{} x4", 4),
    "(2) behind": ("{} (2)", 2),
}

#: Where the code fails, as yet: the reason, then count and names.
FAILING: dict[str, list[tuple[str, str]]] = {
    "x4 behind a Cambricon chip is read as part of its name": [
        ("x4 behind", name)
        for name in (
            "MLU270",
            "MLU290",
            "MLU590",
            "Cambricon MLU370-S4",
            "MLU370-S4",
            "Cambricon MLU370-S4/S8",
            "Cambricon MLU370-S8",
            "MLU370-S8",
        )
    ],
}
SPARED = {case for cases in FAILING.values() for case in cases}


def counted_wrongly(item: Item, name: str, written: str) -> str | None:
    """A name with a count beside it that is not found, or whose count is read as another one."""
    frame, number = COUNTED[written]
    if any(canonical(frame.format(other)) in LEXICON.names for other in names(item)):  # "MLU370 x4" is a name itself
        return None
    answer = found(frame.format(name))
    of_one = chip_count(SPECS, SPECS.item(answer.ids[0])) if len(answer.ids) == 1 else None
    # Of a server the count is that of its chips; where it is open, the one beside the name may say it.
    counts = {number} if of_one == 1 else {number, of_one, number * (of_one or 1)}
    if right(item, name, answer) and answer.count in {None, *counts}:
        return None
    return f"{frame.format(name)}: {answer}"


@pytest.mark.parametrize(("turn", "item"), list(enumerate(ITEMS)), ids=IDS)
def test_every_name_with_a_count(turn: int, item: Item) -> None:
    cases = [
        (name, written)
        for place, name in enumerate(names(item), turn)
        for number, written in enumerate(COUNTED)
        if (number + place) % len(COUNTED) < (1 if item.level == "product" else 3)
        if (written, name) not in SPARED and not name.isdigit()
    ]
    assert not [wrong for name, written in cases if (wrong := counted_wrongly(item, name, written))]


@pytest.mark.parametrize(("written", "name"), failing(FAILING))
def test_a_count_that_is_not_read(written: str, name: str) -> None:
    assert not [wrong for item in ITEMS if name in names(item) if (wrong := counted_wrongly(item, name, written))]


@pytest.mark.parametrize(
    "text",
    [
        "NVIDIA V100 (32GB) x4",
        "A100 [80GB] x4",
        "A100 PCIe (80GB), x4",
        "NVIDIA H100 (80GB) (4)",
        "4x A100 (80 GB)",
        "4 x H100 [SXM5]",
        "A100 80GB x4",
        "V100 32GB (4)",
    ],
)
def test_a_count_beside_a_size_in_brackets(text: str) -> None:
    assert found(text).count in (None, 4)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("#SBATCH --gres=gpu:a100:4", 4),
        ("cpu=112,gres/gpu:h200=8,mem=1900G", 8),
        ('{AcceleratorType: "nvidia-tesla-k40", AcceleratorCount: 3}', 3),
        ("accelerator: H100 SXM, accelerators_per_node: 8", 8),
        ("| DAPO | 16x8xH800 |", 128),
        ("18 xR750 - 2 xA100 - PCIe - 80 GB", 2),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 1),
        ("Quadro RTX 5000 workstation card", 1),
        ("4 nodes, 4 NVIDIA Quadro RTX 5000 / node", 4),
    ],
)
def test_a_count_that_is_said_in_another_way(text: str, count: int) -> None:
    assert found(text).count in (count, None)
    assert found(text).ids


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lenovo P620 dual RTX A5000", 2),
        ("Dual NVIDIA RTX A6000 workstation", 2),
        ("[Dual CPU] AMD EPYC 9654", 2),
        ("6 nodes with four (4) V100 GPUs", 4),
        ("L40S-4-48G", 4),
        ("Gaudi HL-205 8 cards", 8),
        ("gpus=4 gputype=v100", 4),
        ("浪潮 H100 八卡服务器", 8),
        ("エヌビディア製GPU「H100」を8基搭載", 8),
        ("ASUS ESC N8-E11 with HGX H100 8-GPU", 8),
    ],
)
def test_a_count_in_words(text: str, count: int) -> None:
    assert found(text).count == count


@pytest.mark.parametrize(
    "text", ["| NVIDIA A100 GPU | 8 | 192 |", "| g2.t4.c16m128 | T4 | 4 개 |", "| 4 | NVIDIA V100 |"]
)
def test_a_number_in_the_next_cell_may_be_the_count(text: str) -> None:
    assert found(text).ids and found(text).count is None


@pytest.mark.parametrize(
    "text", ["8-way H100 SXM", "nvidia.com/gpu: 8 # H100", "pair of RTX A6000", "set of 8 H100 SXM"]
)
def test_what_may_be_a_count_is_left_open(text: str) -> None:
    assert found(text).ids and found(text).count in (None, 8)


def test_a_range_is_no_count() -> None:
    assert found("32-64 GPU H100 (4-8 nodes)").count is None


def test_lanes_behind_a_card_are_no_count() -> None:
    assert found("A2 16GB PCIe x8 60W").count is None
    assert found("H100 PCIe x16").count == 1
    assert found("A100-PCIEx8").count == 8


def test_dual_is_also_a_line_of_cards() -> None:
    assert found("ASUS Dual GeForce RTX 4070").count == 1
    assert found("Dual GeForce RTX 4070 OC 12GB").count == 1


def test_a_server_with_another_number_of_its_chips_is_left_open() -> None:
    assert found("NVIDIA DGX H100 (1x H100-SXM-80GB)").count is None
    assert found("NVIDIA DGX H100 (8x H100-SXM-80GB)").count == 8
    assert found("NVIDIA DGX H100, cluster of 64x H100-SXM-80GB").count in (8, None)


@pytest.mark.parametrize(
    "text", ["NVIDIA H100 SXM, SM count: 132", "NVIDIA H100 SXM discount: 5 %", "H100 SXM (core_count=64)"]
)
def test_a_count_of_something_else(text: str) -> None:
    assert found(text).count in (1, None)
