"""Long texts cost in proportion to their length: measured in calls of functions, which do not depend on the machine.

What one search of a regular expression costs is not seen by it.
"""

from __future__ import annotations

import sys
from itertools import cycle
from types import FrameType

import pytest

import chipclass
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.scan import scan
from chipclass.specdb.store import load

SPECS = load()
CHIPS = [item.name for item in SPECS.items("chips")]
LEXICON = SPECS.index["lexicon"]
PARTS = [entry["pattern"] for entry in LEXICON["accessory"] if entry["what"] == "part" and entry["pattern"].isascii()]
LOOK_ALIKES = [entry["pattern"] for entry in LEXICON["look_alike"]]
#: Twice the text may cost twice the calls, and a little more: it is read in pieces of which the last is not full.
MOST = 2.6
LENGTH = 7500


def calls(text: str) -> int:
    """How many calls a scan makes, those of the interpreter's own functions included."""
    made = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        scan(SPECS, text)
    finally:
        sys.setprofile(before)
    return made


def growth(*pieces: str) -> float:
    """How many times the calls of a text are those of one of half its length: the pieces in turn, over and over."""
    text = ""
    for piece in cycle(pieces):
        if len(text) >= 2 * LENGTH:
            break
        text += piece
    scan(SPECS, text)  # what is made once, at first use
    return calls(text[: 2 * LENGTH]) / calls(text[:LENGTH])


NUMBERED = range(100, 900)
TEXTS = {
    "a name": ["H100 "],
    "a short name": ["A10 "],
    "a name of two words": ["RTX 4090 D, "],
    "a name with counts": ["4x L40S + "],
    "names without spaces": ["HGX-H100-"],
    "alternatives": ["A100 40GB/80GB "],
    "neighbours": ["H20 H200 GH200 "],
    "part numbers": ["900-21010-0000-000 "],
    "device ids": ["10DE:2330 "],
    "Chinese without spaces": ["昇腾910B"],
    "a description": ["NVIDIA H100 80GB HBM3 SXM5 "],
    "a model in no list": ["RTX 7777, "],
    "words of context": ["GPU server "],
    "beginnings of names": ["RTX 40"],
    "beginnings of counts": ["8 x "],
    "brackets": ["(((("],
    "trade marks": ["®"],
    "letters": ["A"],
    "digits": ["1"],
    "hyphens": ["-"],
    "spaces": [" "],
    "names cut off": ["MI300", "H10", "GB20", "L4", "91"],
    "dies": [f"{die} " for die in lexicon_of(SPECS).dies],
    "other chips": [f"{chip}, " for chip in CHIPS],
    "models in no list": [f"Tesla X{number} " for number in NUMBERED],
    "devices of lspci": ["NVIDIA Corporation Device 2330 "],
    "a look-alike": ["Corsair H100i "],
    "look-alikes in turn": [f"{word}, " for word in LOOK_ALIKES],
    "an accessory": ["no GPU, "],
    "an accessory for a chip": ["cable for H100, "],
    "accessories in turn for one chip": [f"{part} for H100, " for part in PARTS],
    "accessories in turn for other chips": [f"{part} for {chip}; " for part, chip in zip(PARTS, CHIPS, strict=False)],
}


@pytest.mark.parametrize("pieces", TEXTS.values(), ids=list(TEXTS))
def test_twice_the_text_is_twice_the_work(pieces: list[str]) -> None:
    assert growth(*pieces) < MOST


@pytest.mark.parametrize("piece", ["x", "-", "® ", "desk, 2 m; ", "NVIDIA ", "机架 ", "EUR 12.50; "])
def test_a_name_behind_a_megabyte_is_found(piece: str) -> None:
    filler = piece * (1_000_000 // len(piece))
    assert not chipclass.identify(filler).products
    assert chipclass.identify(f"{filler} NVIDIA H200 NVL").products == ("nvidia-h200-nvl",)
