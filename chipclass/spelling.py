"""One spelling for names: what differs only in case, width, dashes and spaces is the same name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
#: A space of no width parts words, but not a model's number.
_NO_WIDTH = re.compile(r"(?<=[^\W\d_])\u200b+(?=[^\W\d_])")
#: What no reader sees: soft hyphens, zero-width and direction marks.
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
#: Marks of trade names; between words they stand for nothing.
_MARKS = re.compile(r"\((?:R|TM)\)|[®™©℠]", re.IGNORECASE)
_PIECE_LENGTH = 256
_PIECES = re.compile(rf"[\x00-\x7f]*[^\x00-\x7f]{{0,{_PIECE_LENGTH}}}")
_SEPARATORS = re.compile(r"[^0-9A-Z\u0080-\U0010ffff]+")


def plain(text: str) -> str:
    """Upper case, compatibility forms folded (full-width, ligatures), dashes unified.

    Marks of trade names and what no reader sees are gone.

    >>> plain("Intel(R) Arc™ Pro")
    'INTEL ARC PRO'
    """
    if text.isascii() and "(" not in text:
        return text.upper()
    return _DASHES.sub("-", _composed(_MARKS.sub(_unmarked, _INVISIBLE.sub("", _NO_WIDTH.sub("-", text))))).upper()


def plain_all(texts: Sequence[str]) -> list[str]:
    """``plain`` of each text, several times as fast as one by one: all are one text with a character between them."""
    whole = plain("\0".join(texts)).split("\0")
    return whole if len(whole) == len(texts) else [plain(text) for text in texts]


def _composed(text: str) -> str:
    """The compatibility form. In pieces, because the time for a run of combining marks grows with its square.

    A piece begins before an ASCII character, to which nothing is joined, or where no such character comes for long.
    """
    if len(text) <= _PIECE_LENGTH:
        return unicodedata.normalize("NFKC", text)
    return "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECES.findall(text))


def _unmarked(mark: re.Match[str]) -> str:
    """A space where the mark was all that stood between two words."""
    return " " if mark.string[mark.end() : mark.end() + 1].isalnum() else ""


def words(text: str) -> str:
    """The text as words separated by single spaces: everything but letters and digits is a separator.

    >>> words("NVIDIA H200-NVL, 141GB")
    'NVIDIA H200 NVL 141GB'
    """
    return _SEPARATORS.sub(" ", plain(text)).strip()


def key_of(name: str) -> str:
    """The key under which a whole name or part number is looked up: letters and digits only.

    >>> key_of("900-21010-0040-001") == key_of("900 21010 0040 001")
    True
    """
    return _SEPARATORS.sub("", plain(name))
