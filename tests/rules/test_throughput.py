"""Which claims of a rate or a TPP decide, seen through a chip of an overlay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import chipclass
from tests import spec_folders as sf

HEAD = '[[chip]]\nid = "acme-x1"\nname = "Acme X1"\nvendor = "Acme"\nsold_as = "card"\n'
REST = 'logic_die_area = "800 mm^2"\ndesigned_or_marketed_for_datacenter = true\nmemory_bandwidth = "1 TB/s"\n'


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIPCLASS_CACHE", str(tmp_path / "cache"))


def answered(tmp_path: Path, *claims: tuple[str, str]) -> dict[str, Any]:
    """The only variant of a chip with the given (status, facts) claims."""
    text = HEAD
    for status, facts in claims:
        text += f'[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "{status}"\n{facts}\n'
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    sf.write(tmp_path / "mine", "chips/x1.toml", text)
    specs = chipclass.load(tmp_path / "mine")
    found: dict[str, Any] = chipclass.classify("Acme X1", specs=specs, as_of="2026-09-24").results[0]["variants"][0]
    return found


def test_a_tpp_of_the_press_neither_closes_the_formats_nor_outranks(tmp_path: Path) -> None:
    found = answered(tmp_path, ("datasheet", f'rate.fp16 = "100 TFLOPS"\n{REST}'), ("press", 'tpp = "1500 TPP"'))
    tpp = found["metrics"]["tpp"]
    assert (tpp["low"], tpp["unbounded"]) == (1600, True)
    assert found["conclusion"]["status"] == "cannot exclude"


def test_rival_figures_of_the_press_all_decide(tmp_path: Path) -> None:
    low = f'rate.fp16 = "100 TFLOPS"\nformats = ["fp16"]\n{REST}'
    found = answered(tmp_path, ("press", low), ("press", 'tpp = "9000 TPP"'))
    assert (found["metrics"]["tpp"]["low"], found["metrics"]["tpp"]["high"]) == (1600, 9000)
    assert found["conclusion"]["status"] == "cannot exclude"


def test_a_declared_tpp_closes_the_formats_and_the_highest_claim_decides(tmp_path: Path) -> None:
    rates = f'rate.fp16 = "100 TFLOPS"\n{REST}'
    found = answered(tmp_path, ("datasheet", rates), ("declared", 'tpp = "1650 TPP"'))
    tpp = found["metrics"]["tpp"]
    assert (tpp["value"], tpp["operative"], tpp["unbounded"]) == (1600, 1650, False)


def test_a_rate_outside_the_chips_own_list_is_refused(tmp_path: Path) -> None:
    sf.write(tmp_path / "specs-x", "sources.toml", sf.SOURCE)
    folder = sf.copied(tmp_path)
    claim = f'rate.fp16 = "90 TFLOPS"\nrate.fp8 = "990 TFLOPS"\nformats = ["fp16"]\n{REST}'
    text = f'{HEAD}[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "datasheet"\n{claim}'
    sf.append(folder, "sources.toml", sf.SOURCE)
    sf.write(folder, "chips/acme/x1.toml", text)
    with pytest.raises(chipclass.SpecError, match=r"rate\.fp8 is not in the chip's own list of formats"):
        sf.compile_specs([folder])


def test_hearsay_outside_the_manufacturers_list_is_shown_only(tmp_path: Path) -> None:
    own = f'rate.fp16 = "90 TFLOPS"\nformats = ["fp16"]\n{REST}'
    found = answered(tmp_path, ("datasheet", own), ("press", 'rate.fp8 = "990 TFLOPS"'))
    tpp = found["metrics"]["tpp"]
    assert tpp["operative"] == 1440
    [rumour] = [a for a in tpp["alternatives"] if not a["decides"]]
    assert (rumour["value"], rumour["why_not"]) == (7920, "a format that the manufacturer's own list does not have")


def test_a_figure_near_a_limit_is_never_shown_on_it(tmp_path: Path) -> None:
    found = answered(tmp_path, ("datasheet", f'rate.fp16 = "299.99999 TFLOPS"\nformats = ["fp16"]\n{REST}'))
    assert found["metrics"]["tpp"]["shown"] == "4,799.9998"
    assert "4,800 is" not in found["conclusion"]["summary"]
