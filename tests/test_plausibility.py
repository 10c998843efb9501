"""Figures held against each other: every check finds the error that is planted for it, and takes an explanation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from chipclass.plausibility import figure_problems
from chipclass.specdb.compile import Compiler
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

DIE = """
[[die]]
id = "acme-d1"
name = "Acme D1"
vendor = "Acme"
kind = "logic"
{head}
[[die.claim]]
source = "acme-datasheet"
status = "datasheet"
{facts}
"""
CLOCKED = 'compute_units = "100 unit"\nclock = "1000 MHz"\ndies = {{ acme-d1 = 1 }}\nrate.fp16 = "{rate} TFLOPS"'
FAMILY = '[[family]]\nid = "acme-x"\nname = "Acme X"\nrepresented_by = "acme-x1"\n'


def problems(folder: Path) -> list[str]:
    """What is odd in an overlay, beside what is odd without it."""
    return sorted(odd(sf.specs_folder(), folder) - odd_without())


def odd(*folders: Path) -> set[str]:
    compiler = Compiler(list(folders))
    index = compiler.run()
    return {str(problem) for problem in figure_problems(Specs(index), compiler.places)}


@cache
def odd_without() -> set[str]:
    return odd(sf.specs_folder())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    return tmp_path / "mine"


def planted(folder: Path, facts: str, head: str = "", die: str = "", more: str = "") -> list[str]:
    sf.write(folder, sf.CHIP_FILE, sf.chip(facts, head, more=more))
    if die:
        sf.write(folder, "dies.toml", die)
    return problems(folder)


def die(facts: str = 'operations_per_clock.fp16 = "1000 operation"', head: str = "") -> str:
    return DIE.format(facts=facts, head=head)


CASES = {
    "rate from clock": (
        CLOCKED.format(rate=100),
        CLOCKED.format(rate=200),
        "fp16",
        "100 units at 1,000 MHz make 100 TFLOP/s, claimed: 200",
    ),
    "bandwidth from bus": (
        'memory_bus = "384 bit"\nmemory_data_rate = "20 Gbit/s"\nmemory_bandwidth = "960 GB/s"',
        'memory_bus = "384 bit"\nmemory_data_rate = "20 Gbit/s"\nmemory_bandwidth = "1.2 TB/s"',
        "",
        "384 bit at 20 Gbit/s make 960 GB/s, claimed: 1,200",
    ),
    "format ladder": (
        'rate.fp16 = "100 TFLOPS"\nrate.fp8 = "200 TFLOPS"',
        'rate.fp16 = "100 TFLOPS"\nrate.fp8 = "150 TFLOPS"',
        "fp8",
        "150 at fp8 beside 100 at fp16 in one claim",
    ),
    "sparse to dense": (
        'rate.int8 = "100 TOPS"\nsparse_rate.int8 = "200 TOPS"',
        'rate.int8 = "200 TOPS"\nsparse_rate.int8 = "200 TOPS"',
        "int8",
        "200 sparse beside 200 dense at int8",
    ),
}


@pytest.mark.parametrize("check", CASES)
def test_each_check_of_a_chip_finds_its_error_and_takes_an_explanation(folder: Path, check: str) -> None:
    right, wrong, of, text = CASES[check]
    assert planted(folder, right, die=die()) == []
    entry = f'exception = [{{ check = "{check}", of = "{of}", note = "..." }}]'
    place = f"mine/{sf.CHIP_FILE}: chip acme-x1"
    assert planted(folder, wrong, die=die()) == [f"{place}: {text}; mend it, or say why it is right: {entry}"]
    assert planted(folder, wrong, entry, die=die()) == []
    needless = f"{place}: exception: nothing is odd any more with '{check}' of '{of}'; remove it"
    assert planted(folder, right, entry, die=die()) == [needless]


def test_a_figure_that_was_set_aside_is_no_oddity(folder: Path) -> None:
    claim = '[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "press"\nset_aside = "sparse"\nrate.fp16 = "200 TOPS"'
    assert planted(folder, CLOCKED.format(rate=100), die=die(), more=claim) == []


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ('process = "Foundry 28 nm"\nnon_planar = true', "Foundry 28 nm is a planar process, non_planar is true"),
        ('process = "Foundry 7nm"\nnon_planar = false', "Foundry 7nm is no planar process, non_planar is false"),
        ('process = "Foundry 28 nm"\nnon_planar = false', ""),
        ('process = "Foundry 7nm"\nnon_planar = true', ""),
        ('process = "Foundry 22 nm"\nnon_planar = true', ""),  # planar at foundries, fins at Intel
    ],
)
def test_the_process_tells_planar_from_not(folder: Path, facts: str, text: str) -> None:
    found = planted(folder, 'dies = { acme-d1 = 1 }\nmemory_bandwidth = "1 TB/s"', die=die(facts))
    assert [text in problem for problem in found] == ([True] if text else [])


@pytest.mark.parametrize(("other", "odd"), [("150", []), ("250", ["throughput"])])
def test_siblings_are_alike(folder: Path, other: str, odd: list[str]) -> None:
    chips = [
        sf.chip(f'dies = {{ acme-d1 = 1 }}\nrate.fp16 = "{rate} TFLOPS"', 'family = "acme-x"', name)
        .replace("Acme X1", name)
        .replace('aliases = ["X1 Accelerator"]\n', "")
        for name, rate in (("acme-x1", "100"), ("acme-x2", other))
    ]
    sf.write(folder, "dies.toml", die())
    sf.write(folder, sf.CHIP_FILE, FAMILY + "".join(chips))
    assert ["throughput of acme-x1 and acme-x2 differ by a factor of 2.5" in text for text in problems(folder)] == (
        [True] if odd else []
    )


def number(kind: str, value: str) -> str:
    return (
        f'[[chip.identifier]]\nkind = "{kind}"\nvalues = ["{value}"]\nsource = "acme-datasheet"\n'
        'mapping = "description"\n'
    )


@pytest.mark.parametrize(
    ("kind", "value", "example"),
    [
        ("pci-id", "10de2335", "10de:2335"),
        ("pci-id", "10DE:9999", "10de:2335"),
        ("pci-subsystem", "10de:9999", "10de:25b6/10de:14a9"),
        ("pci-id", "abcd:0001", ""),
        ("pci-subsystem", "abcd:0001/abcd:0002", ""),
    ],
)
def test_pci_ids_have_their_form(folder: Path, kind: str, value: str, example: str) -> None:
    found = planted(folder, 'memory_bandwidth = "1 TB/s"', more=number(kind, value))
    assert [f"'{value}' is no {kind}; write for example {example}" in text for text in found] == [True] * bool(example)


def test_a_part_number_stands_in_one_record(folder: Path) -> None:
    [found] = planted(folder, 'memory_bandwidth = "1 TB/s"', more=number("part-number", "900-21010-0040-000"))
    assert found.endswith("the part number 900-21010-0040-000 stands with nvidia-h200-nvl too; keep it in one")


def test_a_document_is_one_source(folder: Path) -> None:
    sf.append(folder, "sources.toml", sf.SOURCE.replace("[acme-datasheet]", "[acme-x1-page]"))
    found = planted(folder, 'memory_bandwidth = "1 TB/s"')
    assert found == ["mine/sources.toml: acme-x1-page: the same document as 'acme-datasheet'; keep one of the two"]


def test_a_die_is_no_larger_than_the_reticle_field(folder: Path) -> None:
    sf.write(folder, "dies.toml", die('area = "1200 mm^2"'))
    [problem] = sf.problems(sf.specs_folder(), folder)
    assert "1200 mm^2 is outside the plausible range 1 to 858 mm^2" in str(problem)


def test_an_exception_says_why(folder: Path) -> None:
    sf.write(folder, sf.CHIP_FILE, sf.chip(head='exception = [{ check = "format ladder", of = "fp8" }]'))
    [problem] = sf.problems(sf.specs_folder(), folder)
    assert "missing key 'note'" in str(problem)
