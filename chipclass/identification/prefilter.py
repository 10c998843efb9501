"""Which texts of a column can name anything at all: a first look in linear time, so that few are scanned.

What is let through is scanned and may still name nothing; what is held back names nothing for certain. Arrow's regular
expressions (RE2) know no look-around, so the patterns here leave out what bounds a word: they find more, never less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from chipclass.identification.lexicon import DEVICE_ID, lexicon_of, loose
from chipclass.specdb.store import Specs
from chipclass.spelling import plain

if TYPE_CHECKING:
    import pyarrow as pa


def nameable(specs: Specs, texts: Sequence[str]) -> list[bool]:
    """For each text whether something in it may be named, looks like an accelerator or like a chip's name."""
    shown = [plain(text) for text in texts]
    names = lexicon_of(specs).pattern
    found = _matches(_patterns(specs)[0], shown)
    return [seen or names.search(text) is not None for seen, text in zip(found, shown, strict=True)]


def confirming(specs: Specs, texts: Sequence[str]) -> list[bool]:
    """For each text whether it has a word that confirms short names beside it."""
    context = lexicon_of(specs).context
    shown = [plain(text) for text in texts]
    found = _matches(_patterns(specs)[1], shown)
    return [seen and context.search(text) is not None for seen, text in zip(found, shown, strict=True)]


def _matches(pattern: str, texts: list[str]) -> list[bool]:
    import pyarrow as pa
    import pyarrow.compute as pc

    column: pa.Array = pa.array(texts, pa.string())
    result: list[bool] = pc.match_substring_regex(column, pattern=pattern).to_pylist()
    return result


@lru_cache(maxsize=8)
def _patterns(specs: Specs) -> tuple[str, str]:
    """For RE2: what may name something beside the names themselves, and the words of context."""
    words = specs.index["lexicon"]
    unknown = [entry.regex.pattern for entry in lexicon_of(specs).unknown]
    look_alikes = [loose(entry["pattern"]) for entry in words.get("look_alike", ())]
    return _any([*unknown, *look_alikes, DEVICE_ID]), _any(
        loose(entry["pattern"]) for entry in words.get("context", ())
    )


def _any(patterns: Iterable[str]) -> str:
    return "|".join(patterns) or r"\zx"
