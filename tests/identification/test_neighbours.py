"""Names that are nearly the same are told apart: every such pair of the database, and the best-known ones by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from chipclass.identification.lexicon import canonical, lexicon_of
from chipclass.specdb.records import Item
from tests.identification.test_scan import ITEMS, SPECS, found

LEXICON = lexicon_of(SPECS)

SENTENCES = [
    "{name}",
    "{maker} {name}",
    "Lot 7: {name}, new, boxed",
    "used {maker} {name} graphics card",
    "4x {name} PCIe x16",
    "{maker} GPU ({name}), EUR 2.000",
    "{maker} {name} {memory}GB",
]


def named() -> dict[str, dict[str, set[str]]]:
    """Each key of a chip, family, board or rack: the names that have it, with the chips that each can mean."""
    names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for item in ITEMS:
        if item.kind not in ("server", "instance"):  # their names are the chassis' and the chips' together
            for name in (item.name, *item.aliases, *item.short_aliases):
                names[canonical(name)][name] |= LEXICON.chips(item.id)
    return names


def close(keys: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of keys: one is part of the other, or one letter or digit makes the difference."""
    shorter: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        for place in range(len(key)):
            shorter[key[:place] + key[place + 1 :]].add(key)
        parts = {key[start:end] for start in range(len(key)) for end in range(start + 2, len(key) + 1)}
        yield from ((key, part) for part in parts & keys if part != key)
    for one, others in shorter.items():
        alike = others | ({one} & keys)
        yield from ((key, other) for key in alike for other in alike if key != other)


def neighbours() -> dict[str, tuple[set[str], set[str]]]:
    """Each name that has neighbours: its chips, and those of the neighbours, where they have none in common."""
    names = named()
    chips = {key: set().union(*spelled.values()) for key, spelled in names.items()}
    strangers: dict[str, set[str]] = defaultdict(set)
    for one, other in close(set(names)):
        if chips[one] and chips[other] and chips[one].isdisjoint(chips[other]):
            strangers[one] |= chips[other]
            strangers[other] |= chips[one]
    return {name: (chips[key], strangers[key]) for key in strangers for name in names[key]}


NEIGHBOURS = neighbours()
#: Small groups, so that a failure shows where it is.
GROUPS: dict[str, list[str]] = defaultdict(list)
for each in sorted(NEIGHBOURS):
    GROUPS[min(NEIGHBOURS[each][0])].append(each)


def memory_of(chip: Item) -> str:
    sizes = {fact.value.value for fact in chip.facts if fact.attribute == "memory_capacity"}
    return str(sizes.pop()) if len(sizes) == 1 else ""


def mistaken(name: str) -> Iterator[str]:
    """Sentences with a name that are said to speak, or maybe to speak, of a neighbour's chips."""
    mine, theirs = NEIGHBOURS[name]
    chip = SPECS.item(min(mine))
    memory = memory_of(chip) if len(mine) == 1 else ""
    for sentence in SENTENCES:
        if "{memory}" in sentence and (not memory.isdigit() or "GB" in name):
            continue
        text = sentence.format(name=name, maker=chip.vendor, memory=memory)
        answer = found(text)
        meant = {*answer.candidates, *(chip for id_ in answer.ids for chip in LEXICON.chips(id_))}
        if meant & theirs and not (answer.how == "family" and mine < meant):  # a family that holds it leaves it open
            yield f"{text}: {answer.ids} {answer.candidates}"


@pytest.mark.parametrize("chip", GROUPS)
def test_a_name_does_not_give_its_neighbour(chip: str) -> None:
    assert not [wrong for name in GROUPS[chip] for wrong in mistaken(name)]


def test_there_are_many_pairs() -> None:
    assert len(NEIGHBOURS) > 1000
    for name, other in (
        ("H20", "nvidia-h200-nvl"),
        ("L40S", "nvidia-l40"),
        ("RTX 4090 D", "nvidia-rtx-4090"),
        ("MI300X", "amd-mi300a"),
        ("B200", "nvidia-gb200"),
        ("Gaudi 2", "intel-gaudi-3-oam"),
        ("Ascend 910B1", "huawei-ascend-910b4"),
    ):
        assert other in NEIGHBOURS[name][1]


#: What a text names, or "?" and what it may be; "-" for nothing that looks like a chip.
TABLE = """
H20                     ? nvidia-h20-96gb nvidia-h20-141gb
NVIDIA H20              nvidia-h20
NVIDIA H20 96GB         nvidia-h20-96gb
H20-3e                  nvidia-h20-141gb
H20 3e                  nvidia-h20-141gb
H200                    nvidia-h200
H200 NVL                nvidia-h200-nvl
GH200                   nvidia-gh200
GH200 144GB             nvidia-gh200-144gb
L4                      ? nvidia-l4
NVIDIA L4               nvidia-l4
L40                     ? nvidia-l40
NVIDIA L40 48GB         nvidia-l40
L40S                    nvidia-l40s
NVIDIA L40S 48GB        nvidia-l40s
NVIDIA L40G             nvidia-l40g
NVIDIA L20              nvidia-l20
NVIDIA L2               nvidia-l2
RTX 4090                nvidia-rtx-4090
RTX 4090 D              nvidia-rtx-4090-d
RTX 4090D               nvidia-rtx-4090-d
GeForce RTX 4090 Dual   nvidia-rtx-4090
ASUS Dual RTX 4090 OC   nvidia-rtx-4090
RTX 4090 Ti             ? nvidia-rtx-4090
RTX 5090 D              nvidia-rtx-5090-d
RTX 5090D v2            nvidia-rtx-5090-d-v2
Quadro RTX 6000         nvidia-quadro-rtx-6000
RTX 6000 Ada            nvidia-rtx-6000-ada
RTX A6000               nvidia-rtx-a6000
RTX 6000D               nvidia-rtx-6000d
RTX PRO 6000D           ?
RTX 6000                nvidia-rtx-6000
RTX A6000 Ada           ?
Quadro P6000            nvidia-quadro-p6000
Quadro K6000            nvidia-quadro-k6000
RTX PRO 6000            nvidia-rtx-pro-6000
RTX PRO 6000 Max-Q      nvidia-rtx-pro-6000-max-q
RTX PRO 6000 BSE        nvidia-rtx-pro-6000-server
RTX PRO 6000 Blackwell Server Edition             nvidia-rtx-pro-6000-server
RTX PRO 6000 Blackwell Workstation Edition        nvidia-rtx-pro-6000-workstation
RTX PRO 6000 Blackwell Max-Q Workstation Edition  nvidia-rtx-pro-6000-max-q
A100                    nvidia-a100
A100X                   ?
A1000                   ? nvidia-rtx-a1000
RTX A1000               nvidia-rtx-a1000
A10                     ? nvidia-a10
NVIDIA A10              nvidia-a10
NVIDIA A10G             nvidia-a10g
NVIDIA A10M             nvidia-a10m
Intel Arc Pro A40       ?
Intel Arc A40           ?
NVIDIA A40              nvidia-a40
A40                     ? nvidia-a40
RTX A4000               nvidia-rtx-a4000
MI300                   amd-mi300
MI300X                  amd-mi300x
MI300A                  amd-mi300a
MI300C                  ?
MI308X                  amd-mi308x
MI325X                  amd-mi325x
MI350X                  amd-mi350x
MI355X                  amd-mi355x
MI250                   amd-mi250
MI250X                  amd-mi250x
B200                    nvidia-b200
B300                    nvidia-b300
GB200                   nvidia-gb200
GB300                   nvidia-gb300
GB202                   ?
DGX B200                nvidia-dgx-b200
GB200 NVL72             nvidia-gb200-nvl72
Gaudi                   ?
HL-205                  intel-gaudi-hl-205
Gaudi 2                 intel-gaudi-2
Gaudi2                  intel-gaudi-2
Gaudi 2C                intel-gaudi-2c
Gaudi 2D                ?
Gaudi 3                 intel-gaudi-3
Gaudi 3 PCIe            intel-gaudi-3-pcie
Ascend 910              huawei-ascend-910
Ascend 910A             huawei-ascend-910a
Ascend 910B             huawei-ascend-910b
Ascend 910B1            huawei-ascend-910b1
Ascend 910B2            huawei-ascend-910b2
Ascend 910B3            huawei-ascend-910b3
Ascend 910B4            huawei-ascend-910b4
Ascend 910B5            ?
Ascend 910C             huawei-ascend-910c
910B                    ? huawei-ascend-910b1 huawei-ascend-910b2 huawei-ascend-910b3 huawei-ascend-910b4
910B4                   ? huawei-ascend-910b4
V100                    nvidia-v100
V100S                   nvidia-v100s-pcie-32gb
BI-V100                 iluvatar-bi-v100
T4                      ? nvidia-t4
NVIDIA T4               nvidia-t4
NVIDIA T4G              ?
t4g.xlarge              -
NVIDIA T400             nvidia-t400
NVIDIA T400 4GB         nvidia-t400-4gb
T1000 8GB               nvidia-t1000-8gb
P4                      ? nvidia-p4
Tesla P4                nvidia-p4
Tesla P40               nvidia-p40
Quadro P400             ?
Quadro P4000            nvidia-quadro-p4000
M4                      -
Tesla M4                ?
Tesla M40               nvidia-m40
Quadro M4000            nvidia-quadro-m4000
Tesla K40               nvidia-k40
Quadro K400             ?
Quadro K4000            nvidia-quadro-k4000
"""
ROWS = [tuple(line.split("  ", 1)) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text for text, _ in ROWS])
def test_neighbours_by_hand(text: str, expected: str) -> None:
    answer = found(text)
    doubt, *chips = expected.split()
    if doubt == "?":
        assert (answer.how, answer.ids, set(answer.candidates)) == ("unknown accelerator", (), set(chips))
    elif doubt == "-":
        assert answer.how in ("none", "look-alike")
    else:
        assert answer.ids == (doubt,)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("4x L40S, 2x L40 and 1x NVIDIA L4", ["nvidia-l40s", "nvidia-l40", "nvidia-l4"]),
        ("H200 NVL or NVIDIA H20-3e", ["nvidia-h200-nvl", "nvidia-h20-141gb"]),
        ("MI300X; MI300A; MI325X", ["amd-mi300x", "amd-mi300a", "amd-mi325x"]),
        ("RTX 4090, RTX 4090 D, RTX 4080", ["nvidia-rtx-4090", "nvidia-rtx-4090-d", "nvidia-rtx-4080"]),
        ("GB200 and B200", ["nvidia-gb200", "nvidia-b200"]),
        ("RTX A6000, RTX 6000 Ada", ["nvidia-rtx-a6000", "nvidia-rtx-6000-ada"]),
        ("Gaudi 2 vs Gaudi 3", ["intel-gaudi-2", "intel-gaudi-3"]),
        ("Ascend 910B1 + Ascend 910B4", ["huawei-ascend-910b1", "huawei-ascend-910b4"]),
    ],
)
def test_neighbours_named_together(text: str, ids: list[str]) -> None:
    assert list(found(text).ids) == ids
