"""Sentences and headings about a chip are shown to a person; an item of the same words is believed."""

import pytest

from chipclass.identification.found import UNKNOWN
from chipclass.identification.scan import scan
from chipclass.specdb.store import load

SPECS = load()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("NVIDIA H100 Tensor Core GPU Architecture", "Architecture"),
        ("NVIDIA H100 Tensor Core GPU architecture for AI", "architecture"),
        ("What is the NVIDIA H200", "What"),
        ("AMD Instinct MI300X in your data center: what you should know", "your"),
        ("China blocks NVIDIA's H200 AI chips", "s"),
        ("Added NVIDIA RTX A6000 to Table 1", "Added"),
        ("Is one 850W box enough, and does an H100 PCIe fit it?", "?"),
        ("NVIDIA H100 80GB.pdf", ".pdf"),
        ("Un climatiseur pour refroidir une RTX 4090", "Un"),
        ("Warum die RTX 4090 so leise ist", "Warum"),
        ("RTX 4090 lampshade", "lampshade"),
        ("Inside the GB200", "Inside"),
        ("美国允许英伟达向中国出口H200", "允许"),
        ("NVIDIA H200 対中販売を許可", "許可"),
        ("엔비디아 H20 중국 수출 재개", "수출"),
        ("Icon set: nvidia-h100.svg", ".svg"),
        ("Loan unit fee H100 NVL", "fee"),
        ("Someone presents MI355X", "presents"),
        ("Mining hashrate RTX 3070", "hashrate"),
    ],
)
def test_what_speaks_of_a_chip_is_shown_to_a_person(text: str, word: str) -> None:
    answer = scan(SPECS, text)
    assert answer.how == UNKNOWN
    assert answer.candidates
    assert f"'{word}'" in answer.evidence


@pytest.mark.parametrize(
    "text",
    [
        "https://www.nvidia.com/en-us/data-center/h100/",
        "registry.example.com/device/npu:cann700-910B-ubuntu18-aarch64",
        "rocm/vllm:rocm6.2_mi300_ubuntu20.04",
        "registry.example.org/hpc/thing:23-h100",
        "[Blackhole](https://example.com/x/blackhole)",
    ],
)
def test_a_name_in_an_address_is_shown_to_a_person(text: str) -> None:
    answer = scan(SPECS, text)
    assert answer.how == UNKNOWN
    assert "address" in answer.evidence


@pytest.mark.parametrize(
    "text",
    [
        "[NVIDIA H100 NVL](https://www.nvidia.com/en-us/data-center/h100/)",
        "NVIDIA H100 Tensor Core GPU",
        "NVIDIA H100 PCIe 80GB Architecture",
        "H200 NVL w/ NVIDIA AI Enterprise subscription",
        "NVIDIA A100 accelerator for Apollo",
        "Intel Gaudi 2 mezzanine card",
        "We have 8x H100 SXM",
        "each server has eight MI300X accelerators",
        "ZOTAC RTX 3080 Ti Trinity",
        "RTX 4070 Ti SUPER Windforce",
        "used nvidia tesla p100",
        "Server with NVIDIA H100",
        "GPU models and configuration: GPU 0: NVIDIA L40S",
        "| GPUs | Intel Data Center Max 1550 Series | 6 |",
        "Gaudi 2 vs Gaudi 3",
        "S60 [Enflame]",
        "GPU 0: Quadro RTX 8000 (UUID: GPU-c7b57be0-94ff-d352-a59b-d0ee00is)",
        "900-21010-0000-000 what is it",
        "| TPU v4 | [Create Cluster](./docs/clusters.md) |",
    ],
)
def test_what_describes_an_item_is_believed(text: str) -> None:
    assert scan(SPECS, text).ids
