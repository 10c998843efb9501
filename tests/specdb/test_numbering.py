"""A number that stands in no list is read by the vendor's numbering scheme, and says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import chipclass
from chipclass.identification.resolve import resolve
from chipclass.specdb.numbering import board_of
from chipclass.specdb.store import load
from tests import spec_folders as sf

SPECS = load()
SCHEMES = SPECS.index["schemes"]


@pytest.mark.parametrize(
    ("number", "expected", "words"),
    [
        ("900-21010-0049-999", {"nvidia-h200-nvl"}, "board code 21010 (P1010)"),
        ("935-24287-0049-9R9", {"nvidia-hgx-h200-8-gpu"}, "board code 24287 (P4287)"),
        ("2335-999-A1", {"nvidia-h200-sxm"}, "PCI device 10de:2335"),
    ],
)
def test_a_number_in_no_list_is_read_by_its_board(number: str, expected: set[str], words: str) -> None:
    for text in (number, number.lower(), f" {number} "):
        match = chipclass.identify(text)
        assert (match.how, set(match.products)) == ("board-code", expected)
        assert "is in no list" in match.evidence and words in match.evidence


def test_a_board_of_several_products_leaves_them_open() -> None:
    match = chipclass.identify("900-2G133-0099-000")
    assert match.how == "board-code" and len(match.products) > 3
    result = chipclass.classify("900-2G133-0099-000", as_of="2026-09-24").results[0]
    assert result["conclusion"]["status"] == "cannot exclude"
    assert {variant["product"] for variant in result["variants"]} == set(match.products)


def test_a_listed_number_is_decided_by_its_record() -> None:
    listed = [
        (item.id, value)
        for table in ("chips", "products")
        for item in SPECS.items(table)
        for entry in item.identifiers
        if entry.kind == "part-number" and not entry.issuer
        for value in entry.values
    ]
    boards = [(name, value, board) for name, value in listed if (board := board_of(SPECS.index, value))]
    assert len(boards) > 400
    assert all(chipclass.identify(value).how == "part-number" for _, value, _ in boards)
    assert [(name, value) for name, value, board in boards if name not in board.products] == []


@pytest.mark.parametrize("number", ["930-24287-0000-000", "900-ZZZZZ-0000-000", "900-21010-0040", "21010"])
def test_accessories_and_what_has_not_the_form_name_no_board(number: str) -> None:
    assert board_of(SPECS.index, number) is None
    assert resolve(SPECS, number).how == "none"


def test_the_patterns_are_of_the_form_that_they_describe() -> None:
    for name, scheme in SCHEMES.items():
        groups = re.compile(scheme["pattern"]).groupindex
        assert "board" in groups or "pci_vendor" in scheme, name
        assert scheme["source"] in SPECS.index["sources"]


BOARD = """
[scheme.acme]
vendor = "Acme"
kind = "part-number"
pattern = "AC-(?P<board>[0-9]{3})-[0-9]{2}"
source = "acme-datasheet"

[[board]]
scheme = "acme"
code = "123"
name = "AC123"
name_mapping = "description"
holds = "accelerator"
products = ["nvidia-l4"]
source = "acme-datasheet"
mapping = "description"
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(?P<board>[0-9]{3})", "[0-9]{3}", "it needs a group (?P<board>...)"),
        ("(?P<board>[0-9]{3})", "(?P<board>[0-9]{3}", "pattern: missing )"),
        ('"nvidia-l4"', '"nvidia-l41"', "unknown chip, family or product 'nvidia-l41'"),
        ('source = "acme-datasheet"\n\n', 'source = "acme-datashet"\n\n', "unknown source 'acme-datashet'"),
        ('scheme = "acme"', 'scheme = "acmee"', "unknown scheme 'acmee'"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    sf.write(tmp_path / "mine", "numbering.toml", BOARD)
    assert sf.problems(sf.specs_folder(), tmp_path / "mine") == []
    sf.edit(tmp_path / "mine", "numbering.toml", old, new, 1)
    found = [str(problem) for problem in sf.problems(sf.specs_folder(), tmp_path / "mine")]
    assert any(message in text for text in found), found


def test_an_overlay_brings_a_scheme_of_its_own(tmp_path: Path) -> None:
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    sf.write(tmp_path / "mine", "numbering.toml", BOARD)
    match = chipclass.identify("AC-123-45", specs=chipclass.load([tmp_path / "mine"]))
    assert (match.how, match.products) == ("board-code", ("nvidia-l4",))
