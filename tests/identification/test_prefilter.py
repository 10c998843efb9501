"""The first look holds back nothing that the scan would name, and confirms what the scan confirms."""

from __future__ import annotations

import csv
import random
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.identification.found import NONE
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.prefilter import confirming, nameable, patterns, shaped, shown
from chipclass.identification.scan import has_context, scan
from chipclass.identification.shapes import LIMIT, Spelling, shapes
from chipclass.specdb.store import load
from chipclass.spelling import plain, plain_all
from tests.labelled import SETS, rows

SPECS = load()
LEXICON = SPECS.index["lexicon"]
NAMES = [
    text
    for table in ("chips", "families", "products")
    for item in SPECS.items(table)
    for text in (item.name, *item.aliases, *item.short_aliases)
]
NUMBERS = [
    value
    for table in ("chips", "families", "products")
    for item in SPECS.items(table)
    for entry in item.identifiers
    for value in entry.values
]
PHRASES = [entry["pattern"] for key in ("look_alike", "context") for entry in LEXICON[key]]
CATALOGUE = Path(__file__).resolve().parents[2] / "examples" / "catalogue.csv"


def catalogue_texts() -> list[str]:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        return [cell for line in csv.reader(file) for cell in line if cell]


def let_through(texts: list[str]) -> list[bool]:
    return [bool(seen) for seen in nameable(SPECS, shown(pa.array(texts, pa.string())))]


def confirmed(texts: list[str]) -> list[bool]:
    return [bool(seen) for seen in confirming(SPECS, shown(pa.array(texts, pa.string())))]


def may_name(text: str) -> bool:
    """Whether the scan finds a place to look at; it may believe none of them."""
    lexicon, normal = lexicon_of(SPECS), plain(text)
    return any(p.search(normal) for p in (lexicon.pattern, lexicon.any_unknown, lexicon.any_look_alike))


def wrong(texts: list[str]) -> list[str]:
    """Texts for which the first look says something else than the scan."""
    held = [text for text, seen in zip(texts, let_through(texts), strict=True) if not seen]
    pairs = zip(texts, confirmed(texts), strict=True)
    return [t for t in held if may_name(t)] + [text for text, seen in pairs if seen is not has_context(SPECS, text)]


def test_labelled_texts_and_the_catalogue() -> None:
    texts = [*(row.text for name in SETS for row in rows(name)), *catalogue_texts()]
    through = let_through(texts)
    missed = sum(scan(SPECS, text).how != NONE for text, seen in zip(texts, through, strict=True) if not seen)
    lost = len(wrong(texts))
    assert (missed, lost) == (0, 0)
    assert not all(through), "it holds something back"


@pytest.mark.parametrize("around", ["{}", "new {}, boxed", "({})", "8x{}", "{}x2", "{}×2", "‘{}’ 新品", "x\n{}\u2028"])
def test_every_name_every_number_and_every_phrase(around: str) -> None:
    assert wrong([around.format(text) for text in (*NAMES, *NUMBERS, *PHRASES)]) == []


@pytest.mark.parametrize("gap", ["", " ", "-", "_", " - ", "\u00a0", "\u3000", "\u2011", "\x0b", "\x1f", "™ ", "(R) "])
def test_names_with_other_gaps(gap: str) -> None:
    choose = random.Random(gap)
    texts = [gap.join(text.replace("-", " ").split()).lower() for text in choose.sample(NAMES, 800)]
    assert wrong([*texts, *(f"2x{text}x" for text in texts)]) == []


UNKNOWN = [entry.regex for entry in lexicon_of(SPECS).unknown]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(UNKNOWN).flatmap(st.from_regex), max_size=12), st.sampled_from(["", " ", "a", "é", "「"])
)
def test_every_pattern_of_unknown_accelerators(texts: list[str], around: str) -> None:
    kept = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert wrong([*kept, *(f"{around}{text}{around}" for text in kept)]) == []


def test_unknown_patterns_mean_the_same_in_both_engines() -> None:
    listed = " ".join(entry["regex"] for entry in LEXICON["unknown_accelerator"])
    assert not [escape for escape in (r"\s", r"\b", r"\d", r"\w") if escape in listed]


def test_a_text_without_anything_and_no_text_at_all() -> None:
    assert let_through(["a wooden desk", "", "\x00", "é", "(R)"]) == [False] * 5
    assert let_through([]) == confirmed([]) == []
    assert nameable(SPECS, shown(pa.array([None, "H200 SXM", None], pa.string()))).tolist() == [False, True, False]


GOODS = """Office chair with armrests, black|Screwdriver set 12 pieces|Cat6A patch cable 3 m grey|USB-C hub 7 in 1
Running shoes men size 44|LED bulb E27 9 W warm white|Coffee beans 1 kg arabica|DIMM 64GB DDR5-4800 ECC RDIMM
SSD 7.68TB U.2 NVMe|Rack rail kit 1U sliding|Power supply 2400 W titanium|Fan tray N+1|Garden hose 25 m (blue)
Notebook A5 ruled 120 pages|Ballpoint pen 0.7 mm|Yoga mat 6 mm|Kettle 1.7 l 2200 W|Phone case for iPhone 15 Pro
Kids T-shirt 3-4 years|Écouteurs sans fil, étui noir|Kabeltrommel 50 m für außen|M8 x 40 bolts, 100 pcs
Dell PowerEdge rail kit|HP LaserJet toner CE285A|Cisco SFP-10G-SR transceiver|Lenovo ThinkPad dock 135 W""".replace(
    "\n", "|"
).split("|")


def test_most_goods_are_held_back() -> None:
    through = [text for text, seen in zip(GOODS, let_through(GOODS), strict=True) if seen]
    assert len(through) <= 1, through


# The shape of the names


def synthetic(count: int) -> list[Spelling]:
    """Names in the shape of real ones, with other digits."""
    choose = random.Random(20_000)
    real = sorted((atoms, bool(end)) for atoms, end in lexicon_of(SPECS).tree.names() if "".join(atoms).isascii())
    made = []
    for number in range(count):
        atoms, closed = real[number % len(real)]
        made.append(
            Spelling.of(("".join(str(choose.randrange(10)) for _ in a) if a.isdigit() else a for a in atoms), closed)
        )
    return made


def texts_of(names: list[Spelling]) -> list[str]:
    return ["A " + "".join(t for t in name.tokens).replace("+", " ").replace("*", "") + " B" for name in names]


def test_patterns_stay_below_what_the_engine_runs_fast() -> None:
    found = patterns(SPECS)
    assert (len(found.shapes.patterns), found.shapes.finer) == (1, ())
    assert max(map(len, (*found.shapes.patterns, found.special, found.context))) <= LIMIT


def test_twenty_thousand_names_have_one_shape_and_finer_ones_for_what_it_finds() -> None:
    names = synthetic(20_000)
    made = shapes(names)
    assert len(made.patterns) == 1 < len(made.finer)
    assert max(map(len, (*made.patterns, *made.finer))) <= LIMIT
    assert shaped(made, pa.array(texts_of([name for name in names if name.closed]))).all()
    goods = shown(pa.array(GOODS)).texts
    assert shaped(made, goods).sum() <= 3


def test_names_beyond_all_bounds_become_several_patterns() -> None:
    choose = random.Random(0)
    names = [Spelling(tuple(choose.choices("BCDFGHJKLMNPQRSTVWXZ", k=9))) for _ in range(2_500)]
    made = shapes(names)
    assert len(made.patterns) > 1
    assert max(map(len, made.patterns)) <= LIMIT
    assert shaped(made, pa.array(texts_of(names))).all()


def test_a_shape_without_names_finds_nothing_and_a_name_without_letters_everything() -> None:
    texts = pa.array(["", "DESK", "zx"])
    assert shaped(shapes([]), texts).tolist() == [False] * 3
    assert shaped(shapes([Spelling(())]), texts).tolist() == [True] * 3


PIECES = st.sampled_from(
    PHRASES
    + [entry["pattern"] for entry in LEXICON["accessory"]]
    + ["H200", "RTX 4090", "MI300X", "900-21010-0040-001", "GPU", "8x", "显卡", "昇腾910B", "TESLA", "U50", "desk"]
) | st.sampled_from(NAMES + NUMBERS)
GAPS = st.sampled_from(["", " ", "  ", "-", "_", "/", " ", " ", "\u2028", "\x1f", "\n", "’", "™", "(R)", "·"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, GAPS), min_size=1, max_size=5), st.sampled_from([str, str.lower, str.upper]))
def test_pieces_of_the_lexicon_in_any_order_and_with_any_gap(parts: list[tuple[str, str]], case: type[str]) -> None:
    assert wrong([case("".join(piece.replace(" ", gap or " ") + gap for piece, gap in parts))]) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
def test_arbitrary_unicode(texts: list[str]) -> None:
    kept = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert wrong(kept) == []


# Normalising


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("aé\u0301\u0315(RTM)™ ｶﾞ\0-‑ßﬁ" + "가각\u1100\u1161", max_size=12), max_size=6))
def test_all_at_once_and_one_by_one_are_the_same(texts: list[str]) -> None:
    assert plain_all(texts) == [plain(text) for text in texts]


def test_long_texts_are_composed_as_short_ones() -> None:
    part = "Gerät e\u0301tui ｶﾞ 가 "
    assert plain(part * 100) == unicodedata.normalize("NFKC", part * 100).upper()
    marks = "a" + "\u0315\u0300" * 20_000
    assert plain(marks).count("\u0315") == 20_000, "in time that grows with the length, not with its square"
