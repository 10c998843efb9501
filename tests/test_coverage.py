"""What figures rest on: the standing of a claim, the best claim of a figure, and the aims for the largest vendors."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipclass.coverage import PRIMARY, QUOTED, SECONDARY, shares, standings
from chipclass.specdb.store import load
from tests import spec_folders as sf

OTHERS = """
[acme-fan-page]
title = "A page about the X1"
publisher = "A fan"
kind = "secondary"
url = "https://fan.example/x1"
retrieved = 2026-01-05
"""
READ = sf.SOURCE + "retrieved = 2026-01-06\n" + OTHERS


def standing(folder: Path, source: str, claim: str) -> dict[str, str]:
    sf.write(folder, "sources.toml", source)
    sf.write(folder, sf.CHIP_FILE, sf.chip('rate.fp16 = "100 TFLOPS"').replace('source = "acme-datasheet"', claim))
    found = standings(sf.specs_of(sf.specs_folder(), folder))
    return {entry.attribute: entry.standing for entry in found if entry.owner == "acme-x1"}


@pytest.mark.parametrize(
    ("source", "claim", "expected"),
    [
        (READ, 'source = "acme-datasheet"\nlocator = "page 2"', PRIMARY),
        (READ, 'source = "acme-datasheet"', QUOTED),  # nowhere to look it up
        (sf.SOURCE + OTHERS, 'source = "acme-datasheet"\nlocator = "page 2"', QUOTED),  # not said to be read
        (READ, 'source = "acme-fan-page"\nquotes = "acme-datasheet"\nlocator = "table"', QUOTED),
        (READ, 'source = "acme-fan-page"\nlocator = "table"', SECONDARY),
    ],
)
def test_the_standing_of_a_claim(tmp_path: Path, source: str, claim: str, expected: str) -> None:
    assert standing(tmp_path / "mine", source, claim) == {"rate": expected}


def test_what_another_maker_publishes_is_not_the_vendor_s_word(tmp_path: Path) -> None:
    other = READ.replace('publisher = "Acme"', 'publisher = "Apex"')
    found = standing(tmp_path / "mine", other, 'source = "acme-datasheet"\nlocator = "page 2"')
    assert found == {"rate": SECONDARY}


def test_a_figure_counts_once_with_its_best_claim() -> None:
    found = list(standings(load()))
    assert len({(entry.owner, entry.attribute, entry.format) for entry in found}) == len(found)
    for by in ("vendor", "attribute", "status"):
        assert sum(share.figures for share in shares(found, by)) == len(found)
        assert all(sum(share.counts.values()) == share.figures for share in shares(found, by))


def test_every_figure_has_a_source_that_is_on_file() -> None:
    specs = load()
    facts = [fact for table in ("chips", "dies") for item in specs.items(table) for fact in item.facts]
    assert facts
    assert [fact.id for fact in facts if fact.source not in specs.index["sources"]] == []
    assert [fact.id for fact in facts if not specs.source(fact.source)["title"]] == []
