"""Texts with what they name, labelled by people who did not look at the matcher; half of them are only measured.

The sets stand in ``tests/data/labelled/``. ``expected`` holds the most exact thing that a text supports: ids of chips,
families or products, joined by ``|`` (one of these) or ``+`` (all of these), or one of the words in `WORDS`. ``second``
is what a second reader said who had seen neither the first label nor the source; empty where the two agree, or where
``readers`` is 1.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from chipclass.identification.lexicon import lexicon_of
from chipclass.specdb.store import Specs

FOLDER = Path(__file__).resolve().parent / "data" / "labelled"
SETS = ("names", "decoys", "servers", "languages")
UNKNOWN = "unknown accelerator"
#: What a text can be beside a name of the database; a decoy is any but the first.
WORDS = (UNKNOWN, "accessory", "look-alike", "none")
TUNING, MEASURED = "tuning", "measured"


@dataclass(frozen=True)
class Row:
    """One text. ``chips``: how many one unit of it holds, where the text or its product says so.

    ``later``: collected when the matcher had been tuned on the first texts, by readers who had seen neither.
    """

    set: str
    text: str
    manufacturer: str
    expected: str
    chips: int | None
    source: str
    readers: int
    second: str
    ambiguous: bool
    note: str
    later: bool = False

    @property
    def half(self) -> str:
        """By a hash of the text alone: which half a row is in cannot be chosen."""
        return MEASURED if hashlib.sha256(self.text.encode()).digest()[0] % 2 else TUNING

    @property
    def labels(self) -> tuple[str, ...]:
        """What counts as right: the label, and where two readers differ for good reason, either."""
        return (self.expected, self.second) if self.ambiguous and self.second else (self.expected,)

    @property
    def names_something(self) -> bool:
        return any(label not in WORDS for label in self.labels)


def ids_of(label: str) -> tuple[str, ...]:
    """The ids in a label; none where it is one of `WORDS`."""
    if label in WORDS:
        return ()
    return tuple(part.strip() for part in label.replace("+", "|").split("|"))


def chips_of(specs: Specs, label: str) -> frozenset[str]:
    """The chips that a label can mean."""
    lexicon = lexicon_of(specs)
    return frozenset(chip for name in ids_of(label) for chip in lexicon.chips(name))


def rows(name: str) -> list[Row]:
    """One set, in file order, with the texts that came later."""
    return [row for prefix in ("", "later-") for row in _read(name, FOLDER / f"{prefix}{name}.csv", bool(prefix))]


def _read(name: str, path: Path, later: bool) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                name,
                line["text"],
                line["manufacturer"],
                line["expected"],
                int(line["chips"]) if line["chips"] else None,
                line["source"],
                int(line["readers"]),
                line["second"],
                line["ambiguous"] == "yes",
                line["note"],
                later,
            )
            for line in csv.DictReader(file)
        ]
