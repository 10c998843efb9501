"""A controlled part is never read as free: chips beside accessories, glued counts, other spellings, laptops."""

from __future__ import annotations

import pytest

from chipclass.identification.found import UNKNOWN, Found
from chipclass.identification.places import maker_of
from chipclass.identification.scan import scan
from chipclass.specdb.store import load

SPECS = load()


def found(text: str, maker: str = "") -> Found:
    return scan(SPECS, text, maker=maker_of(SPECS, maker) if maker else "")


@pytest.mark.parametrize(
    "text",
    [
        "cable & NVIDIA H100 80GB",
        "power cable + H100",
        "bracket + NVIDIA H200 NVL",
        "heatsink and H100 GPU",
        "H100 and cable",
        "Riser + L40S",
        "Riser card, L40S GPU",
        "rail kit; 4x NVIDIA H100 80GB",
        "Bracket 2U 8x H100",
        "Set of cables, 4x H100",
        "cable set for server with H100",
        "cable for A100, NVIDIA H100 80GB",
        "cable for A100 + H100",
        "service & support, H100",
        "spare part for DGX H100: GPU baseboard",
        "H100 heatsink assembly with GPU",
        "bracket, SXM5",
        "HGX H100 8-GPU NVLink switch",
    ],
)
def test_a_chip_that_may_be_sold_with_an_accessory(text: str) -> None:
    answer = found(text)
    assert answer.how == "unknown accelerator" and answer.evidence


@pytest.mark.parametrize(
    "text",
    [
        "cable NVIDIA H100",
        "cable for H100",
        "cable for 4x H100",
        "cable for A100 and H100",
        "Power cable, CEM5 16-pin to 2x 8-pin, for L40S / H100 PCIe",
        "riser card, compatible with A100, A40, A30",
        "NVIDIA GB300 NVLink Switch Tray, 144 NVL",
        "NVIDIA NVLink DGX Switch Tray",
    ],
)
def test_an_accessory_beside_or_for_a_chip(text: str) -> None:
    assert found(text).how == "accessory"


@pytest.mark.parametrize("maker", ["", "NVIDIA", "Supermicro"])
@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("H100x8", "nvidia-h100", 8),
        ("H200x2", "nvidia-h200", 2),
        ("A100×2", "nvidia-a100", 2),
        ("MI300Xx8", "amd-mi300x", 8),
        ("MI325x8", "amd-mi325x", 8),
        ("4xH200x", "nvidia-h200", 4),
        ("Server 2U H200x4 141GB", "nvidia-h200", 4),
        ("8 x H100x8 server", "nvidia-h100", 8),
        ("H100x16", "nvidia-h100", None),
        ("900-21010-0000-000x2", "nvidia-h100-pcie", 2),
    ],
)
def test_a_count_glued_behind_a_name(text: str, name: str, count: int | None, maker: str) -> None:
    answer = found(text, maker)
    assert answer.ids == (name,) and answer.count == count


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("PCIe x16 H100", {1, None}),
        ("x16 H100", {None}),
        ("8 H100", {8, None}),
        ("Qty 8 H100", {8, None}),
        ("8 pcs H100", {8, None}),
        ("H100, qty 8", {8, None}),
        ("H100 8", {8, None}),
        ("H100*8", {8}),
        ("16x H100", {16}),
        ("3 DGX H100", {None}),
    ],
)
def test_counts_in_doubt(text: str, counts: set[int | None]) -> None:
    assert found(text).count in counts


@pytest.mark.parametrize(
    "text",
    [
        "PCI\\VEN_10DE&DEV_2330&SUBSYS",
        "pci:v000010DEd00002330",
        "pci:v00001002d000074A1sv00001002",
        "0x10de 0x2330",
        "0x1da3:0x1060",
        "10de:9999",
        "1002:7fff",
        "90021010000000",
        "699-21010-0200",
        "935-24287-9999",
        "AD102 die",
        "AD102-300",
        "GH100",
        "GB202-300-A1",
        "H100E",
        "H200A",
        "B200A",
        "H20Z",
        "H200X",
        "A100X",
        "NVIDIA T5",
        "CMP 170HX",
        "p7.48xlarge",
        "g9dn.xlarge",
        "a9-highgpu-8g",
        "Standard_ND96xyz_v9",
        "TCSH100PCIE-PB",
        "NVH100TCGPU-KIT",
        "Tesla C9050",
        "T4",
        "GeForce RTX 4090 Laptop GPU",
        "NVIDIA GeForce RTX 4090 Laptop GPU 16GB",
        "RTX 4090 Mobile",
        "RTX 4090 Max-Q",
        "Notebook with RTX 4090",
        "RTX 4090 移动版 笔记本",
        "R100",
        "R200",
        "A6000",
        "Rubin",
        "H100 96GB HBM3 PCIe",
        "A100 64GB PCIe",
        "Samsung Galaxy A16 64GB",
        "Atlas A2 推理系列产品",
        "A2 NPU x1",
        "Fujifilm X-T4 16GB card",
    ],
)
def test_an_accelerator_that_is_not_identified(text: str) -> None:
    answer = found(text)
    assert (answer.how, answer.ids) == ("unknown accelerator", ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MI300X 192GB PCIe Gen5 x16", "amd-mi300x"),
        ("A100 SXM4 64GB PCIe", "nvidia-a100-sxm-64gb"),
        ("NVIDIA A16 64GB", "nvidia-a16-board"),
        ("NVIDIA A2 NPU", "nvidia-a2"),
        ("Huawei FusionServer 2288H, 2x A30 24GB", "nvidia-a30"),
        ("AWS Trainium 2", "aws-trainium2"),
    ],
)
def test_what_the_maker_or_the_form_settles(text: str, name: str) -> None:
    assert found(text).ids == (name,)


@pytest.mark.parametrize("text", ["a100  Ethernet Controller", "0731 910a  JH910", "8086 b200  Root Port"])
def test_the_id_in_a_list_of_devices_is_no_name(text: str) -> None:
    assert found(text).how in ("none", "look-alike")


def test_the_word_of_another_vendor_is_told() -> None:
    assert found("Atlas A2 推理系列产品").evidence.endswith("'Atlas' beside it is said of products of Huawei")


@pytest.mark.parametrize("text", ["t4g.medium", "T4g.2xlarge", "B550M ATX mainboard", "Galaxy A50s", "m5.large"])
def test_what_only_resembles_one(text: str) -> None:
    assert found(text).how in ("none", "look-alike")


def test_the_die_of_a_named_chip_is_no_other_chip() -> None:
    answer = found("NVIDIA L20 48GB (AD102)")
    assert answer.ids == ("nvidia-l20",) and not answer.unknown
    assert found("NVIDIA L20 48GB (GH100)").unknown == ("GH100",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NVIDIA R200", "nvidia-rubin-r200"),
        ("R100 GPU", "nvidia-rubin-r200"),
        ("A6000 48GB", "nvidia-rtx-a6000"),
        ("NVIDIA Rubin", "nvidia-rubin"),
        ("华为 910B", "huawei-ascend-910b"),
        ("910B 训练卡", "huawei-ascend-910b"),
        ("910B OAM", "huawei-ascend-910b"),
        ("Standard_ND96isr_H100_v5", "azure-nd96isr-h100-v5"),
        ("MI300X8", "amd-mi300"),
    ],
)
def test_words_of_context(text: str, name: str) -> None:
    assert found(text).ids == (name,)


@pytest.mark.parametrize(
    "text",
    ["D-Link V100 router", "Der Satz B200 Teller", "Audi A100 lamp", "VIPEK L40S armoire", "struts, Dodge B100 B200"],
)
def test_a_letter_and_a_number_among_other_words_is_shown_and_not_believed(text: str) -> None:
    answer = found(text)
    assert (answer.how, answer.ids) == ("unknown accelerator", ())
    assert "nothing beside it says that a chip is meant" in answer.evidence


@pytest.mark.parametrize(
    "text",
    ["V100", "8x V100", "V100, refurbished", "Lot 7: V100, boxed", "V100 PCIe card", "V100 16GB", "server, 4x V100"],
)
def test_alone_with_a_count_or_with_a_word_of_its_kind_it_is_the_chip(text: str) -> None:
    answer = found(text)
    assert answer.ids and set(answer.candidates) <= set(SPECS.index["members"]["nvidia-v100"])


@pytest.mark.parametrize("text", ["NVIDIA GeForce GTX 780 Ti", "NVIDIA T600 Laptop GPU", "RTX A2000 Mobile"])
def test_a_word_behind_the_name_can_make_it_another_model(text: str) -> None:
    answer = found(text)
    assert (answer.how, answer.ids) == ("unknown accelerator", ()) and answer.evidence


@pytest.mark.parametrize(
    ("text", "chip"),
    [
        ("Intel(R) Arc(TM) Pro B60 Graphics", "intel-arc-pro-b60"),
        ("Intel® Xeon® CPU Max 9480 Processor", "intel-xeon-max-9480"),
        ("NVIDIA® H200™ NVL", "nvidia-h200-nvl"),
    ],
)
def test_marks_of_trade_names_are_no_part_of_a_name(text: str, chip: str) -> None:
    assert found(text).ids == (chip,)


@pytest.mark.parametrize(
    "text",
    [
        "NVIDIA A40 Product Brief",
        "AMD Instinct MI300A system tuning guide",
        "昇腾910B 驱动与固件安装包",
        "MI300X OAM shipping tray",
        "NVIDIA RTX PRO 6000 per GPU 3-year E-LTU",
        "Cisco UCS B200 M4 Blade Server",
        "Kingston SSDNow V100",
        "OAM test fixture MI300X",
        "RTX 4090 箱のみ",
    ],
)
def test_documents_software_and_packing_are_no_chips(text: str) -> None:
    answer = found(text)
    assert answer.how in ("accessory", "look-alike") and not answer.ids


@pytest.mark.parametrize("text", ["chips: H20, L20, L2", "A30 / A10 / T4"])
def test_three_short_names_of_one_maker_confirm_each_other(text: str) -> None:
    assert len(scan(SPECS, text).ids) == 3


@pytest.mark.parametrize(
    "text",
    [
        "|ac1.16x120x100|2 P100|32|",
        "<td>P100 2개</td>",
        "V100 nodes",
        "A100 节点",
        "gputype=A100",
        "B200 TGP 1000W",
        "Cloud Platform T4 (1x T4)",
    ],
)
def test_words_of_computers_confirm_a_short_name(text: str) -> None:
    assert scan(SPECS, text).ids


def test_two_short_names_do_not() -> None:
    assert not scan(SPECS, "| 2 A40 | pump |").ids
    assert not scan(SPECS, "M40 and A10").ids


def test_a_letter_behind_a_titan_makes_another_card() -> None:
    assert scan(SPECS, "GeForce GTX TITAN Z 12GB").how == UNKNOWN
