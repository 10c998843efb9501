"""Names of chips in ordinary sentences, in longer words and beside look-alikes: none of these texts names a chip."""

from __future__ import annotations

import re

import pytest

from chipclass.identification.lexicon import canonical, lexicon_of
from chipclass.identification.scan import scan
from chipclass.specdb.store import load

SPECS = load()
LEXICON = lexicon_of(SPECS)
LOOK_ALIKES = [word.text for word in LEXICON.look_alikes]
#: Names of the database that other things have too: those that need a word beside them, and a letter with a number.
MODELS = sorted(
    key
    for key, name in LEXICON.names.items()
    if key.isascii()
    and not key.isdigit()
    and re.search(r"[0-9]", key)
    and (name.short or re.fullmatch(r"[A-Z][0-9]{2,3}[A-Z]?", key))
)

SENTENCES = [
    "Poker game [{}]",
    "Poker game ({}), German",
    "Rooms: {}",
    "White case, {}, new",
    "Bolts; {}; 100 pcs",
    "Phone {} (black, 16GB RAM, 256GB)",
    "Socket head cap screw DIN 912 M8 x {}, zinc plated, 100 pcs",
    "Threaded rod {} mm, stainless",
    "Address labels {}, white, 25 sheets per pack",
    "Drawing paper size {}, 200 g/m2",
    "Three-phase motor 100 {}, 2.2 kW, 400 V",
    "Van Hyundai {} 1998-2004",
    "Brake pads fit Volkswagen Transporter {} 2.5 TDI",
    "Accelerator pedal of Transporter {}",
    "Over-ear headphones {} with microphone",
    "Running shoes {} blue, size 42",
    "Printer LaserJet {}, duplex, 40 ppm",
    "Deliver to gate {}, 12 Mill Road",
    "Letter of {}, dated 12.03.2024",
    "Part {} of 40",
    "Room {}",
    "Meeting moved from {} to the main hall",
    "Flight {} from Oslo to Rome",
    "Motorway {} closed northbound",
    "Add {} flour, 200 g sugar and two eggs",
    "Chip resistor {} 1% 0805",
    "LED lamp {} 150W warm white",
    "Hair dryer {} 300W",
    "Passive loudspeaker {} 350W",
    "Toaster {} 2-slot",
    "Dual slot battery charger {}",
    "Banner with {} graphics",
    "Circuit breaker {} 16 Ampere",
    "Pellet hopper {} of a smoker",
    "Hydraulic seal kit {} rev. 3",
    "PC case {} white, tempered glass",
    "Robot vacuum cleaner {} with base station",
    "Wheel bearing {} front axle",
    "Nail polish shade {} rose",
    "Valve (model {})",
    "Processor {} Radeon",
    "8 x {} washers",
]
#: Where the code believes too much, as yet: the reason, and texts that show it.
TOO_MUCH = {
    "a count of anything makes a bare model stand for itself": ["Slats {} x 40"],
    "any size of memory is context, of a phone or a disk too": [
        "Tablet {} 16GB",
        "Notebook {} 80GB HDD",
    ],
    "a vendor's name is context where it belongs to another product": [
        "Notebook {} with NVIDIA GeForce GTX 1650",
        "Mainboard {} for Intel Core",
    ],
    "a number of four digits behind a model is no part of it": ["Graphics card in a desktop PC {}-7850"],
    "a decimal may stand behind a model": ["{}.5"],
    "the part of an identifier is a name": ["Graphics card slot PCIE_X16_{}_TOP"],
    "the bus is part of a name": ["Network card {} PCIe x4"],
}
LONGER = ["X{}Y", "{}0", "A{}-Z", "1{}", "{}QX", "Z9{}", "{}B7"]
#: Names that are words, or brands of other things.
WORDS = [
    "Trillium flower bulbs, 3 pcs",
    "Ironwood cutting board, Ironwood handle",
    "Coffee mug Wormhole with graphics",
    "Blackhole storage bag 300W vacuum cleaner",
    "Masters of the Universe Castle Grayskull playset",
    "Ponte Vecchio, Florence, wall art",
    "PVC pipe 150W heater",
    "PVC banner graphics",
    "Hard PVC connector 16 Ampere",
    "Rubin glass vase, blown by hand",
    "Titan Black watch strap",
    "Sohu news reader for phones",
    "Kunlun 2 mountain bike",
    "EVGA order 08G-P4-6180-KR",
    "AMD A10-9700E processor with Radeon graphics",
    "Pentium P4 board with NVIDIA GeForce 6600",
    "Dreame L40 Ultra robot vacuum cleaner",
    "Lenovo B580 with Intel Core i3",
    "jitterentropy-rngd: random number daemon",
    "SanDisk SDSDQ-2048-A10M memory card",
    "MSI Modern 14 A10M-1053 with Intel Core i5",
]


def believed(text: str) -> list[str]:
    """The models that a text with a gap is said to name."""
    return [name for name in MODELS if scan(SPECS, text.format(name)).ids]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_model_in_an_ordinary_sentence(text: str) -> None:
    assert not believed(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, marks=pytest.mark.xfail(reason=reason, strict=True))
        for reason, texts in TOO_MUCH.items()
        for text in texts
    ],
)
def test_a_model_that_the_code_believes(text: str) -> None:
    assert not believed(text)


@pytest.mark.parametrize("text", ["{}", "Valve {}, brass", "NVIDIA graphics card {}"])
@pytest.mark.parametrize("longer", LONGER)
def test_a_model_in_a_longer_word(longer: str, text: str) -> None:
    tokens = [token for name in MODELS if canonical(token := longer.format(name)) not in LEXICON.names]
    assert not [token for token in tokens if scan(SPECS, text.format(token)).ids]


@pytest.mark.parametrize("text", ["{}", "{} 80GB", "{} 16GB PCIe", "2x {} 300W", "{}, 24GB, new", "NVIDIA and {}"])
def test_a_look_alike_beside_sizes(text: str) -> None:
    assert not [word for word in LOOK_ALIKES if scan(SPECS, text.format(word)).ids]


@pytest.mark.parametrize("text", WORDS)
def test_a_name_that_is_a_word(text: str) -> None:
    assert not scan(SPECS, text).ids
