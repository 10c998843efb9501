"""The labelled sets are what they say: large enough, sourced, split by nothing but the text, with ids that exist."""

from __future__ import annotations

from collections import Counter

import pytest

from chipclass.identification.scan import scan
from chipclass.specdb.store import load
from tests.evaluate import COUNT, FAMILY, MISSED, PAGE, RIGHT, SHOWN, TAKEN, WEIGHTS, WRONG, evaluated, outcome, page
from tests.labelled import MEASURED, SETS, TUNING, WORDS, Row, chips_of, ids_of, rows

SPECS = load()
LEAST = {"names": 800, "decoys": 500, "servers": 200, "languages": 120}
ALL = [row for name in SETS for row in rows(name)]


def test_no_text_stands_twice() -> None:
    assert [text for text, count in Counter(row.text for row in ALL).items() if count > 1] == []


@pytest.mark.parametrize("name", SETS)
def test_each_set_has_its_size_and_its_sources(name: str) -> None:
    found = rows(name)
    assert len(found) >= LEAST[name]
    sourced = [row for row in found if row.source]
    assert len(sourced) >= 0.7 * len(found)
    assert all(row.source.startswith(("https://", "http://")) for row in sourced)
    halves = Counter(row.half for row in found)
    assert set(halves) == {TUNING, MEASURED} and min(halves.values()) > 0.4 * len(found)


@pytest.mark.parametrize("name", SETS)
def test_every_label_can_be_read(name: str) -> None:
    for row in rows(name):
        for label in filter(None, (row.expected, row.second)):
            unknown = [part for part in ids_of(label) if part not in SPECS]
            assert label in WORDS or not unknown, f"{row.text!r}: {label}"
            assert label in WORDS or chips_of(SPECS, label), f"{row.text!r}: {label}"
        assert row.text == row.text.strip() and row.text, row
        assert row.chips is None or row.chips > 0, row
        assert row.readers in (1, 2) and (row.readers == 2 or not row.second), row


def test_the_sets_of_names_and_of_decoys_hold_what_they_are_called() -> None:
    assert all(row.expected in WORDS[1:] for row in rows("decoys"))
    assert sum(row.names_something for row in rows("names")) > 0.8 * len(rows("names"))


def test_an_outcome_says_how_far_an_answer_is_from_the_label() -> None:
    def of(text: str, label: str, chips: int | None = None) -> str:
        row = Row("names", text, "", label, chips, "", 1, "", False, "")
        return outcome(SPECS, row, label, scan(SPECS, text))

    assert of("NVIDIA H200 NVL", "nvidia-h200-nvl") == RIGHT
    assert of("NVIDIA H200", "nvidia-h200-nvl") == FAMILY
    assert of("NVIDIA H200", "nvidia-h200") == of("NVIDIA H200", "nvidia-h200-nvl | nvidia-h200-sxm") == RIGHT
    assert of("NVIDIA H200 NVL", "nvidia-h100-nvl") == of("NVIDIA H200 NVL", "nvidia-h200") == WRONG
    assert of("8x NVIDIA H200 NVL", "nvidia-h200-nvl", 4) == COUNT
    assert of("8x NVIDIA H200 NVL", "nvidia-h200-nvl", 8) == RIGHT
    assert of("RTX 6090", "nvidia-rtx-4090") == of("RTX 6090", "none") == SHOWN
    assert of("RTX 6090", "unknown accelerator") == RIGHT
    assert of("a desk", "nvidia-h200-nvl") == of("a desk", "unknown accelerator") == MISSED
    assert of("NVIDIA H200 NVL", "accessory") == TAKEN
    assert of("cable for NVIDIA H200 NVL", "look-alike") == RIGHT, "which kind of decoy it is costs nothing"
    assert WEIGHTS[WRONG] > WEIGHTS[FAMILY] and WEIGHTS[MISSED] > WEIGHTS[SHOWN]


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == page(evaluated(SPECS)), "run make evaluate"
