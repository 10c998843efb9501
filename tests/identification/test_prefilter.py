"""The first look holds back nothing that the scan would name, and confirms what the scan confirms."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.identification.prefilter import confirming, nameable
from chipclass.identification.scan import NONE, has_context, scan
from chipclass.specdb.store import load
from tests.labelled import SETS, rows

SPECS = load()
LEXICON = SPECS.index["lexicon"]
CATALOGUE = Path(__file__).resolve().parents[2] / "examples" / "catalogue.csv"


def catalogue_texts() -> list[str]:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        return [cell for line in csv.reader(file) for cell in line if cell]


def wrong(texts: list[str]) -> list[str]:
    """Texts for which the first look says something else than the scan."""
    held = [text for text, seen in zip(texts, nameable(SPECS, texts), strict=True) if not seen]
    missed = [text for text in held if scan(SPECS, text).how != NONE]
    pairs = zip(texts, confirming(SPECS, texts), strict=True)
    return missed + [text for text, seen in pairs if seen is not has_context(SPECS, text)]


def test_labelled_texts_and_the_catalogue() -> None:
    texts = [*(row.text for name in SETS for row in rows(name)), *catalogue_texts()]
    assert wrong(texts) == []
    assert not all(nameable(SPECS, texts)), "it holds something back"


def test_every_name_and_every_word_of_the_lexicon() -> None:
    texts = [alias for table in ("chips", "families", "products") for i in SPECS.items(table) for alias in i.aliases]
    texts += [entry["pattern"] for key in ("look_alike", "context") for entry in LEXICON[key]]
    assert wrong(texts) == []


def test_a_text_without_anything_and_no_text_at_all() -> None:
    assert nameable(SPECS, ["a wooden desk", "", "\x00"]) == [False, False, False]
    assert nameable(SPECS, []) == confirming(SPECS, []) == []


PIECES = st.sampled_from(
    [entry["pattern"] for key in ("look_alike", "context", "accessory") for entry in LEXICON[key]]
    + ["H200", "RTX 4090", "MI300X", "900-21010-0040-001", "GPU", "8x", "显卡", "昇腾910B", "TESLA", "U50", "desk"]
)
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
