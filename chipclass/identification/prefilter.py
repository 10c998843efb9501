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

from chipclass.identification.lexicon import LETTER, lexicon_of, words_of_phrase
from chipclass.identification.shapes import Shapes, Spelling, shapes
from chipclass.specdb.store import Specs
from chipclass.spelling import plain_all

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

#: How the patterns of the lexicon bound what they find.
_BEFORE, _BEHIND = "(?:^|[^A-Z0-9])", "(?:[^A-Z0-9]|$)"
#: White space as Python's expressions know it.
_SPACE = r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
_NEVER = r"\zx"
_MARKS = r"\((?:R|TM)\)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of texts as ``plain`` makes them, and the places of those that needed more than upper case."""

    texts: pa.Array
    special: pa.Array


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
        texts = pc.replace_with_mask(texts, special, pa.array(normal, texts.type))
    return Shown(texts, places)


def nameable(specs: Specs, column: Shown) -> np.ndarray:
    """For each text whether something in it may be named, looks like an accelerator or like a chip's name."""
    look = patterns(specs)
    found = shaped(look.shapes, column.texts)
    if len(column.special):
        found[column.special.to_numpy()] |= _matches([look.special], column.texts.take(column.special))
    return found


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


def confirming(specs: Specs, texts: pa.Array) -> np.ndarray:
    """For each shown text whether it has a word that confirms short names beside it."""
    return _matches([patterns(specs).context], texts)


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
    spellings += [Spelling(tuple(die)) for die in lexicon.dies]
    wide = [entry for entry in spellings if not "".join(entry.tokens).isascii()]
    words = {max((word for word in entry.words() if not word.isascii()), key=len) for entry in wide}
    special = [*map(re.escape, sorted(words)), *(entry.regex.pattern for entry in lexicon.unknown)]
    bounded, free = [], []
    for entry in specs.index["lexicon"].get("unknown_accelerator", ()):
        pattern = entry["regex"]
        if pattern.startswith(_BEFORE) and pattern.endswith(_BEHIND):
            bounded.append(pattern[len(_BEFORE) : -len(_BEHIND)])
        else:
            free.append(pattern)
    found = shapes((entry for entry in spellings if "".join(entry.tokens).isascii()), bounded, free)
    return Patterns(found, "|".join(special) or _NEVER, _matching(lexicon.context.pattern))


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
