"""What machines say of their accelerators: listings of drivers and buses, node labels, names of cloud instances.

The lines are in the form in which the tools print them, taken from vendors' manuals and public issue threads; ids of
devices are shortened or made up. What is not yet told as it should be is marked with the reason.
"""

from __future__ import annotations

from typing import Any

import pytest

import chipclass
from chipclass.identification.identify import Identification
from chipclass.identification.lexicon import lexicon_of
from chipclass.specdb.store import load

SPECS = load()
UUID = "(UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)"
MIG_UUID = "(UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)"


def found(text: str, manufacturer: str | None = None) -> Identification:
    """One entry of a list, as a line of an inventory is."""
    return chipclass.identify([text], manufacturer=manufacturer)[0]


def later(reason: str, *values: Any) -> Any:
    """A case that does not hold yet."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


@pytest.mark.parametrize(
    ("line", "product"),
    [
        (f"GPU 0: NVIDIA A100-SXM4-80GB {UUID}", "nvidia-a100-sxm-80gb"),
        (f"GPU 1: A100-SXM4-40GB {UUID}", "nvidia-a100-sxm-40gb"),
        (f"GPU 2: A100-PCIE-40GB {UUID}", "nvidia-a100-pcie-40gb"),
        (f"GPU 3: NVIDIA A100 80GB PCIe {UUID}", "nvidia-a100-pcie-80gb"),
        (f"GPU 4: NVIDIA A800-SXM4-80GB {UUID}", "nvidia-a800-sxm-80gb"),
        (f"GPU 5: NVIDIA H100 80GB HBM3 {UUID}", "nvidia-h100-sxm"),
        (f"GPU 6: NVIDIA H100 PCIe {UUID}", "nvidia-h100-pcie"),
        (f"GPU 7: NVIDIA H100 NVL {UUID}", "nvidia-h100-nvl"),
        (f"GPU 0: NVIDIA H200 {UUID}", "nvidia-h200"),
        (f"GPU 0: NVIDIA H20 {UUID}", "nvidia-h20"),
        (f"GPU 0: NVIDIA H20-3e {UUID}", "nvidia-h20-141gb"),
        (f"GPU 0: NVIDIA GH200 480GB {UUID}", "nvidia-gh200-96gb"),
        (f"GPU 0: NVIDIA B200 {UUID}", "nvidia-b200"),
        (f"GPU 0: NVIDIA L40S {UUID}", "nvidia-l40s"),
        (f"GPU 0: NVIDIA A10 {UUID}", "nvidia-a10"),
        (f"GPU 0: NVIDIA A10G {UUID}", "nvidia-a10g"),
        (f"GPU 0: Tesla T4 {UUID}", "nvidia-t4"),
        (f"GPU 0: Tesla V100-SXM2-16GB {UUID}", "nvidia-v100-sxm2-16gb"),
        (f"GPU 0: Quadro RTX 6000 {UUID}", "nvidia-quadro-rtx-6000"),
        (f"GPU 0: NVIDIA RTX A6000 {UUID}", "nvidia-rtx-a6000"),
        (f"GPU 0: NVIDIA RTX 6000 Ada Generation {UUID}", "nvidia-rtx-6000-ada"),
        (f"GPU 0: NVIDIA GeForce RTX 4090 {UUID}", "nvidia-rtx-4090"),
        (f"GPU 0: NVIDIA GeForce RTX 4090 D {UUID}", "nvidia-rtx-4090-d"),
    ],
)
def test_nvidia_smi_list(line: str, product: str) -> None:
    assert (found(line).product, found(line).count) == (product, 1)


@pytest.mark.parametrize(
    "line",
    [
        f"  MIG 1g.10gb     Device  0: {MIG_UUID}",
        f"  MIG 3g.40gb     Device  1: {MIG_UUID}",
        "  MIG 3g.20gb Device 0: (UUID: MIG-GPU-e86cb44c-6756-fd30-cd4a-1e6da3caf9b0/1/0)",
        "name, pci.bus_id, memory.total [MiB]",
        "index, name, uuid, driver_version",
        "No devices were found",
    ],
)
def test_slices_of_the_gpu_above_and_heads_of_tables_name_no_chip(line: str) -> None:
    assert found(line).how == "none"


@pytest.mark.parametrize(
    ("line", "product", "candidates"),
    [
        ("NVIDIA A100-SXM4-80GB, 00000000:07:00.0, 81920 MiB", "nvidia-a100-sxm-80gb", 1),
        ("0, NVIDIA A100-SXM4-40GB, GPU-1a2b3c4d, 535.104.05", "nvidia-a100-sxm-40gb", 1),
        ("NVIDIA H100 80GB HBM3, 00000000:1B:00.0, 81559 MiB", "nvidia-h100-sxm", 1),
        ("NVIDIA H100 NVL, 00000000:17:00.0, 95830 MiB", "nvidia-h100-nvl", 1),
        ("Tesla T4, 00000000:00:1E.0, 15360 MiB", "nvidia-t4", 1),
        ("NVIDIA L4, 00000000:00:03.0, 23034 MiB", "nvidia-l4", 1),
        ("NVIDIA H20, 00000000:00:1E.0, 97871 MiB", "nvidia-h20-96gb", 1),
    ],
)
def test_nvidia_smi_csv(line: str, product: str, candidates: int) -> None:
    answer = found(line)
    assert (answer.product, answer.count, len(answer.candidates)) == (product, 1, candidates)


@pytest.mark.parametrize(
    ("line", "products"),
    [
        (
            "3b:00.0 3D controller [0302]: NVIDIA Corporation GH100 [H100 PCIe] [10de:2331] (rev a1)",
            ["nvidia-h100-pcie"],
        ),
        ("18:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:2330] (rev a1)", ["nvidia-h100-sxm"]),
        (
            "07:00.0 3D controller [0302]: NVIDIA Corporation GA100 [A100 SXM4 80GB] [10de:20b2] (rev a1)",
            ["nvidia-a100-sxm-80gb"],
        ),
        ("00:1e.0 3D controller [0302]: NVIDIA Corporation TU104GL [Tesla T4] [10de:1eb8] (rev a1)", ["nvidia-t4"]),
        (
            "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation AD102 [GeForce RTX 4090] [10de:2684]",
            ["nvidia-rtx-4090"],
        ),
        (
            "c1:00.0 Processing accelerators [1200]: Advanced Micro Devices, Inc. [AMD/ATI] Aqua Vanjaram "
            "[Instinct MI300X] [1002:74a1]",
            ["amd-mi300x"],
        ),
        ("33:00.0 Processing accelerators [1200]: Habana Labs Ltd. Device [1da3:1020] (rev 01)", ["intel-gaudi-2"]),
        (
            "81:00.0 Processing accelerators [1200]: Huawei Technologies Co., Ltd. Ascend 910 [19e5:d801] (rev 20)",
            ["huawei-ascend-910"],
        ),
        later(
            "the id of MI250X and MI250 names only one of them, and so does 'MI250X/MI250'",
            "0c:00.0 Display controller [0380]: Advanced Micro Devices, Inc. [AMD/ATI] Aldebaran/MI200 "
            "[Instinct MI250X/MI250] [1002:740c] (rev 01)",
            ["amd-mi250", "amd-mi250x"],
        ),
    ],
)
def test_lspci(line: str, products: list[str]) -> None:
    answer = found(line)
    assert (sorted(answer.products), answer.count) == (products, 1)


@pytest.mark.parametrize(
    "line",
    [
        "5e:00.0 Ethernet controller [0200]: Intel Corporation Ethernet Controller X710 [8086:1572] (rev 02)",
        "00:1f.0 ISA bridge [0601]: Intel Corporation H310 Chipset LPC/eSPI Controller [8086:a303]",
        "03:00.0 Non-Volatile memory controller [0108]: Samsung Electronics NVMe SSD PM9A1 [144d:a80a]",
        "01:00.1 Audio device [0403]: NVIDIA Corporation AD102 High Definition Audio Controller [10de:22ba]",
        "01:00.1 Audio device: NVIDIA Corporation GA102 High Definition Audio Controller (rev a1)",
        "0000:01:00.2 USB controller: NVIDIA Corporation TU106 USB 3.1 Host Controller (rev a1)",
        "05:00.0 Bridge [0680]: NVIDIA Corporation GH100 [H100 NVSwitch] [10de:22a3] (rev a1)",
        "05:00.0 Bridge: NVIDIA Corporation GA100 [A100 NVSwitch] (rev a1)",
    ],
)
def test_other_devices_of_the_bus_name_no_chip(line: str) -> None:
    assert found(line).how in ("none", "accessory", "look-alike")


def test_a_device_without_a_name_is_not_dropped() -> None:
    for line in (
        "c1:00.0 Processing accelerators [1200]: Huawei Technologies Co., Ltd. Device [19e5:d802] (rev 20)",
        "41:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:ffff] (rev a1)",
    ):
        assert found(line).how == "unknown accelerator"


@pytest.mark.parametrize(
    ("line", "product"),
    [
        ("GPU[0]\t\t: Card series: \t\tAMD Instinct MI300X OAM", "amd-mi300x"),
        ("GPU[1]\t\t: Card series: \t\tInstinct MI210", "amd-mi210"),
        ("GPU[0]\t\t: Card Series: \t\tArcturus GL-XL [AMD Instinct MI100]", "amd-mi100"),
        ("GPU[0]\t\t: Card Series: \t\tAMD INSTINCT MI250 (MCM) OAM AC MBA", "amd-mi250"),
        (
            "card0,Arcturus GL-XL [AMD Instinct MI100],0x0c34,Advanced Micro Devices Inc. [AMD/ATI],D34316",
            "amd-mi100",
        ),
        ("        MARKET_NAME: AMD Instinct MI350X", "amd-mi350x"),
        later("a device id without its vendor names nothing", "GPU[0]\t\t: Card model: \t\t0x74a1", "amd-mi300x"),
    ],
)
def test_rocm_smi_product_names(line: str, product: str) -> None:
    assert found(line).product == product


@pytest.mark.parametrize(
    "line",
    ["GPU[0]\t\t: Card vendor: \t\tAdvanced Micro Devices, Inc. [AMD/ATI]", "GPU[0]\t\t: GFX Version: \t\tgfx942"],
)
@pytest.mark.xfail(strict=True, reason="the number of a GPU counts as a device, whatever the line says of it")
def test_other_lines_of_rocm_smi_name_no_chip(line: str) -> None:
    assert found(line).how == "none"


@pytest.mark.parametrize(
    ("line", "manufacturer", "product"),
    [
        ("| 0     910B3               | OK            | 94.1        43                0    / 0 |", "Huawei", "910b3"),
        ("| 7     910B1               | OK            | 92.8        44                0    / 0 |", "Huawei", "910b1"),
        ("| 0     Ascend910           | OK            | 178.5       36                0    / 0 |", None, "910"),
        later(
            "the Ascend 310P is in no list, and its model number alone looks like none",
            "| 2     310P3               | OK            | NA          43                0    / 0 |",
            "Huawei",
            "310p3",
        ),
    ],
)
def test_npu_smi(line: str, manufacturer: str | None, product: str) -> None:
    assert found(line, manufacturer).product == f"huawei-ascend-{product}"


def test_a_row_of_npu_smi_without_its_maker_gives_the_candidate() -> None:
    answer = found("| 0     910B3               | OK            | 94.1        43                0    / 0 |")
    assert (answer.how, answer.candidates) == ("unknown accelerator", ("huawei-ascend-910b3",))


@pytest.mark.xfail(
    strict=True, reason="npu-smi prints Ascend910 for the pairs of the 910C too; the family leaves it out"
)
def test_a_row_of_npu_smi_leaves_open_which_ascend910_it_is() -> None:
    line = "| 0     Ascend910           | OK            | 178.5       36                0    / 0 |"
    assert lexicon_of(SPECS).chips("huawei-ascend-910c") <= set(found(line).candidates)


@pytest.mark.parametrize(
    ("line", "product"),
    [
        ("AIP 0: HL-225 (UUID: 01P0-HL2080A0-15-TNS334-04-07-05)", "intel-gaudi-2"),
        ("AIP 1: HL-205 (UUID: 00P1-HL2000B0-14-P64X99-17-08-07)", "intel-gaudi-hl-205"),
        ("|   0  HL-225              N/A  | 0000:19:00.0     N/A |                   0  |", "intel-gaudi-2"),
        ("|   0  HL-325L             N/A  | 0000:33:00.0     N/A |                   0  |", "intel-gaudi-3-oam"),
    ],
)
def test_hl_smi(line: str, product: str) -> None:
    assert (found(line).product, found(line).count) == (product, 1)


@pytest.mark.parametrize(
    ("label", "product"),
    [
        ("nvidia.com/gpu.product=NVIDIA-A100-SXM4-80GB", "nvidia-a100-sxm-80gb"),
        ("nvidia.com/gpu.product=NVIDIA-A100-SXM4-80GB-MIG-1g.10gb", "nvidia-a100-sxm-80gb"),
        ("nvidia.com/gpu.product=A100-SXM4-40GB-MIG-1g.5gb-SHARED", "nvidia-a100-sxm-40gb"),
        ("nvidia.com/mig-1g.10gb.product=NVIDIA-A100-SXM4-80GB-MIG-1g.10gb", "nvidia-a100-sxm-80gb"),
        ("nvidia.com/gpu.product: Tesla-T4-SHARED", "nvidia-t4"),
        ("nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3", "nvidia-h100-sxm"),
        ("nvidia.com/gpu.product=NVIDIA-H200", "nvidia-h200"),
        ("nvidia.com/gpu.product=NVIDIA-A10", "nvidia-a10"),
        ("nvidia.com/gpu.product=NVIDIA-GH200-480GB", "nvidia-gh200-96gb"),
        ("nvidia.com/gpu.product=NVIDIA-GeForce-RTX-3090", "nvidia-rtx-3090"),
        ('"nvidia.com/gpu.product": "NVIDIA-L40S",', "nvidia-l40s"),
        ("amd.com/gpu.product-name=AMD_Instinct_MI300X_OAM", "amd-mi300x"),
        ("gpu.intel.com/product=Max_1550", "intel-max-1550"),
        ("cloud.google.com/gke-accelerator=nvidia-h100-80gb", "nvidia-h100-80gb"),
        ("cloud.google.com/gke-accelerator=nvidia-l4", "nvidia-l4"),
        ("cloud.google.com/gke-accelerator: nvidia-tesla-t4", "nvidia-t4"),
        ("cloud.google.com/gke-tpu-accelerator=tpu-v5p-slice", "google-tpu-v5p"),
        ("cloud.google.com/gke-tpu-accelerator=tpu-v6e-slice", "google-tpu-v6e"),
        ("k8s.amazonaws.com/accelerator=nvidia-tesla-v100", "nvidia-v100"),
        ("karpenter.k8s.aws/instance-gpu-name=h100", "nvidia-h100"),
        ("node.kubernetes.io/instance-type=p5.48xlarge", "aws-p5-48xlarge"),
        ("cloud.google.com/gke-accelerator=nvidia-h100-mega-80gb", "nvidia-h100-80gb"),
    ],
)
def test_node_labels(label: str, product: str) -> None:
    assert found(label).product == product


@pytest.mark.parametrize(
    "label",
    [
        "nvidia.com/gpu.count=8",
        "nvidia.com/gpu.memory=81920",
        "nvidia.com/gpu.family=ampere",
        "nvidia.com/gpu: 8",
        "beta.amd.com/gpu.family.AI=1",
    ],
)
def test_labels_of_counts_and_sizes_name_no_chip(label: str) -> None:
    assert found(label).how == "none"


@pytest.mark.parametrize(
    ("name", "product", "count"),
    [
        ("p5.48xlarge", "aws-p5-48xlarge", 8),
        ("p4de.24xlarge", "aws-p4de-24xlarge", 8),
        ("ml.p4d.24xlarge", "aws-p4d-24xlarge", 8),
        ("g6e.12xlarge", "aws-g6e-12xlarge", 4),
        ("g5.xlarge", "aws-g5-xlarge", 1),
        ("trn1.32xlarge", "aws-trn1-32xlarge", 16),
        ("a3-highgpu-8g", "google-a3-highgpu-8g", 8),
        ("a2-ultragpu-4g", "google-a2-ultragpu-4g", 4),
        ("ct5lp-hightpu-4t", "google-ct5lp-hightpu-4t", 4),
        ("Standard_ND96isr_H100_v5", "azure-nd96isr-h100-v5", 8),
        ("Standard_NC4as_T4_v3", "azure-nc4as-t4-v3", 1),
        ("Standard_ND96isr_MI300X_v5", "azure-nd96isr-mi300x-v5", 8),
        ("BM.GPU.H100.8", "oracle-bm-gpu-h100-8", 8),
        ("gpu_1x_a10", "nvidia-a10", 1),
        ("gpu_8x_h100_sxm5", "nvidia-h100-sxm", 8),
        ("ecs.gn7e-c16g1.4xlarge", "alibaba-gn7e-c16g1-4xlarge", 1),
    ],
)
def test_cloud_instances(name: str, product: str, count: int) -> None:
    assert (found(name).product, found(name).count) == (product, count)
    assert found(f"node-7 {name.lower()} eu-west-1").product == product


@pytest.mark.parametrize(("name", "how"), [("t4g.medium", "look-alike"), ("m5.xlarge", "none")])
def test_instances_without_accelerators(name: str, how: str) -> None:
    assert found(name).how == how
