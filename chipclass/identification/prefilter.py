"""Which texts of a column can name anything at all: a first look in linear time, so that few are scanned.

What is let through is scanned and may still name nothing; what is held back names nothing for certain. Nothing here
runs per text in Python, except that texts with other than ASCII characters are normalised there, all in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from chipclass.identification.lexicon import DEVICE_ID, lexicon_of
from chipclass.identification.names import LETTER, words_of_phrase
from chipclass.identification.shapes import Shapes, Spelling, shapes
from chipclass.specdb.store import Specs
from chipclass.spelling import plain_all

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

#: How the patterns of the lexicon bound what they find.
_BOUNDED = re.compile(r"\(\?:\^\|\[\^A-Z0-9[^\]]*\]\)(.*)\(\?:\[\^A-Z0-9\]\|\$\)")
#: White space as Python's expressions know it.
_SPACE = r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NEVER = r"\zx"
_MARKS = r"\((?:R|TM)\)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A column in the spelling of ``plain``: its texts in upper case, behind them the special ones once more.

    ``special``: the places of texts for which upper case is not enough.
    """

    texts: pa.Array
    special: np.ndarray

    def rows(self, found: np.ndarray) -> np.ndarray:
        """What was found in all texts, for each row of the column."""
        count = len(self.texts) - len(self.special)
        found[self.special] = found[count:]
        return found[:count]


@dataclass(frozen=True, slots=True)
class Patterns:
    """For RE2: over the bytes of all texts; over the special ones besides; the words of context, exactly."""

    shapes: Shapes
    special: str
    context: str


def shown(column: pa.Array) -> Shown:
    """Texts in one spelling. Null is the empty text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.ascii_upper(pc.fill_null(column, "") if column.null_count else column)
    special = pc.or_(pc.invert(pc.string_is_ascii(texts)), pc.match_substring_regex(texts, pattern=_MARKS))
    places = pc.indices_nonzero(special)
    if len(places):
        normal = plain_all(column.take(places).to_pylist())
        texts = pa.concat_arrays([texts, pa.array(normal, texts.type)])
    return Shown(texts, places.to_numpy())


def nameable(specs: Specs, column: Shown) -> np.ndarray:
    """For each text whether something in it may be named, looks like an accelerator or like a chip's name."""
    look = patterns(specs)
    found = shaped(look.shapes, column.texts)
    if count := len(column.special):
        found[-count:] |= _matches([look.special], column.texts[-count:])
    return column.rows(found)


def confirming(specs: Specs, column: Shown) -> np.ndarray:
    """For each text whether it has a word that confirms short names beside it."""
    return column.rows(_matches([patterns(specs).context], column.texts))


def shaped(look: Shapes, texts: pa.Array) -> np.ndarray:
    """For each shown text whether it has the shape of a name.

    As bytes, what is no letter or digit of ASCII is a separator: of a longer character each byte.
    """
    import pyarrow as pa

    data = texts.cast(pa.binary())
    found = _matches(look.patterns, data)
    if look.finer and (places := found.nonzero()[0]).size:
        found[places] = _matches(look.finer, data.take(pa.array(places)))
    return found


def _matches(regexes: Iterable[str], texts: pa.Array) -> np.ndarray:
    import numpy as np
    import pyarrow.compute as pc

    found = np.zeros(len(texts), bool)
    for pattern in regexes:
        found |= pc.match_substring_regex(texts, pattern=pattern).to_numpy(zero_copy_only=False)
    return found


@lru_cache(maxsize=8)
def patterns(specs: Specs) -> Patterns:
    """The patterns of a spec database, made once."""
    lexicon = lexicon_of(specs)
    spellings = [Spelling.of(atoms, bool(end)) for atoms, end in lexicon.tree.names()]
    spellings += [_phrase(word.text) for word in lexicon.look_alikes]
    spellings += [Spelling(tuple(die), closed=False) for die in lexicon.dies]
    wide = [entry for entry in spellings if not "".join(entry.tokens).isascii()]
    words = {max((word for word in entry.words() if not word.isascii()), key=len) for entry in wide}
    special = [*map(re.escape, sorted(words)), *(entry.regex.pattern for entry in lexicon.unknown), DEVICE_ID]
    return Patterns(seek(specs, spellings), "|".join(special) or _NEVER, _matching(lexicon.context.pattern))


def seek(specs: Specs, names: Iterable[Spelling]) -> Shapes:
    """The shape of names, those of ASCII letters, beside the patterns of accelerators that are in no list."""
    bounded: list[str] = []
    free: list[str] = [DEVICE_ID]
    for entry in specs.index["lexicon"].get("unknown_accelerator", ()):
        # Texts with these characters are special; here they would only make the pattern large.
        pattern = re.sub(r"[^\x00-\x7f]+", r"\\x7f", entry["regex"])
        match = _BOUNDED.fullmatch(pattern)
        (bounded if match else free).append(match[1] if match else pattern)
    return shapes((name for name in names if "".join(name.tokens).isascii()), bounded, free)


def _phrase(text: str) -> Spelling:
    """A look-alike: between its words separators may stand."""
    atoms = [atom for word in words_of_phrase(text) for atom in ("[ ]?", word)]
    return Spelling.of(atoms[1:])


def _matching(pattern: str) -> str:
    """The same pattern with bounds that match what bounds a phrase, instead of looking at it."""
    for mine, theirs in (
        (f"(?<![{LETTER}])", f"(?:^|[^{LETTER}])"),
        (f"(?![{LETTER}])", f"(?:[^{LETTER}]|$)"),
        (r"\s", _SPACE),
        ("(?!)", _NEVER),
    ):
        pattern = pattern.replace(mine, theirs)
    return pattern
