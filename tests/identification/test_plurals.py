"""English plurals: "two H100s" names H100 twice; the S of L40S belongs to the name."""

import pyarrow as pa
import pytest

from chipclass.identification.found import UNKNOWN
from chipclass.identification.prefilter import nameable, shown
from chipclass.identification.scan import scan
from chipclass.specdb.store import load

SPECS = load()
PLURALS = [
    ("8x NVIDIA H100s", "nvidia-h100", 8),
    ("a node with 4 A100s", "nvidia-a100", 4),
    ("two RTX 3090s", "nvidia-rtx-3090", 2),
    ("dual RTX 3090s", "nvidia-rtx-3090", 2),
    ("sixteen MI300Xs", "amd-mi300x", 16),
    ("NVIDIA L40s 48GB", "nvidia-l40s", 1),
    ("V100s 32GB PCIe", "nvidia-v100s-pcie-32gb", 1),
]


@pytest.mark.parametrize(("text", "product", "count"), PLURALS)
def test_a_plural_names_the_chip(text: str, product: str, count: int) -> None:
    answer = scan(SPECS, text)
    assert (answer.ids, answer.count) == ((product,), count)


def test_the_first_look_lets_plurals_through() -> None:
    texts = [text for text, _, _ in PLURALS]
    assert nameable(SPECS, shown(pa.array(texts))).tolist() == [True] * len(texts)


def test_a_capital_s_makes_another_model() -> None:
    assert scan(SPECS, "NVIDIA H100S 80GB").how == UNKNOWN
