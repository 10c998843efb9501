"""Adding a chip: the block of CONTRIBUTING is all it takes, and a mistake in it leads to the fix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import chipclass
from chipclass.cli.check import checked
from tests import spec_folders as sf

ROOT = Path(__file__).resolve().parents[2]
[BLOCK] = re.findall(r"```toml\n(\[source\..*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)


def found(folder: Path, text: str) -> list[str]:
    sf.write(folder, "chips/acme.toml", text)
    problems = checked([sf.specs_folder(), folder])[1]
    return [str(problem) for problem in problems if problem.file.startswith(folder.name)]


def test_the_block_is_all_it_takes(tmp_path: Path) -> None:
    assert found(tmp_path / "own", BLOCK) == []
    result = chipclass.classify("X1 Accelerator", as_of="2026-09-24", specs=chipclass.load([tmp_path / "own"]))
    metrics = result.results[0]["variants"][0]["metrics"]
    assert metrics["tpp"]["operative"] == 3200
    assert metrics["performance_density"]["operative"] == 8
    assert result.status == "controlled"


MISTAKES = {
    "a unit that is missing": ('"1.2 TB/s"', '"1.2"', "'1.2' has no unit; write for example '1.2 GB/s'"),
    "a unit of another kind": ('"400 mm^2"', '"400 GB"', "'GB' is [information]"),
    "a key misspelt": ("memory_bandwidth =", "memory_bandwith =", "did you mean 'memory_bandwidth'?"),
    "a format misspelt": ("rate.fp16", "rate.pf16", "unknown number format 'rate.pf16'; did you mean 'fp16'?"),
    "a status misspelt": ('"datasheet"                #', '"datashet"                #', "did you mean 'datasheet'?"),
    "a source misspelt": ('source = "acme-x1-datasheet"', 'source = "acme-x1-datashet"', "add it under sources/"),
    "a die misspelt": ("{ acme-d1 = 1 }", "{ acme-d2 = 1 }", "unknown die 'acme-d2'; did you mean 'acme-d1'?"),
    "no number format": ("sparse_rate.x", "sparse_rate", "sparse_rate needs its number format, for example"),
    "a sparse figure": ('"400 TFLOPS"', '"600 TFLOPS"', 'exception = [{ check = "format ladder", of = "fp8"'),
    "a wafer for a die": ('"400 mm^2"', '"46225 mm^2"', "is outside the plausible range 1 to 858 mm^2"),
    "a name that is taken": ('["X1 Accelerator"]', '["H200 NVL"]', "the alias 'H200 NVL' belongs to nvidia-h200-nvl"),
    "a date in quotes": ("published = 2026-01-05", 'published = "5 January"', "expected a date such as 2026-01-15"),
    "a capital in an id": ('id = "acme-x1"  ', 'id = "Acme-X1"  ', "'Acme-X1' is not a slug"),
    "an address left out": ('url = "https://acme.example/x1.pdf"\n', "", "a primary source needs its url"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_leads_to_the_fix(tmp_path: Path, mistake: str) -> None:
    old, new, message = MISTAKES[mistake]
    text = BLOCK.replace("link_bandwidth =", 'sparse_rate.x = "1 TFLOPS"\n#') if old.startswith("sparse") else BLOCK
    assert old in text, old
    told = found(tmp_path / "own", text.replace(old, new, 1))
    assert told and all(text.startswith("own/chips/acme.toml") for text in told), told
    assert any(message in text for text in told), told
