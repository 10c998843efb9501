"""Sentences and headings: what speaks of a chip offers none ("How to train on H100", "H100 GPU Architecture")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chipclass.identification import counts
from chipclass.identification.accessories import Hit
from chipclass.identification.lexicon import CLAUSE, COMES_ALONG, DEVICE, FIGURE, Lexicon
from chipclass.identification.names import LETTER
from chipclass.identification.refining import CLIENT
from chipclass.identification.resolve import ALIAS, FAMILY

_WORD = re.compile(rf"(?<![{LETTER}_-])[A-ZÀ-ÖØ-Þ]+(?:['’][A-Z]+)?(?![{LETTER}_-])")
_QUESTION = re.compile(r"(?<=[A-Z0-9)])[?？](?=\s*$)")
#: What is named in the name of such a file is what the file is about.
_FILE = re.compile(r"\.(?:ROM|DEB|RPM|GZ|ZIP|WHL|EXE|ISO|STL|PDF|CSV|SVG|PNG|JPE?G|SH|MD|PPTX?|DOCX?|MP4)(?![A-Z0-9])")
_APART = re.compile(r"[/(\[|,\"'<>]")
_POSSESSIVE = re.compile(r"(?<=[A-Z])['’]S(?= )")
_SMALL = re.compile(rf"(?<![{LETTER}a-z_.@/:-])[a-z]{{3,20}}(?![{LETTER}a-z_.@/-])")
#: So many characters before a name are looked at.
_LEAD = 80
#: Keys, cells, code and links: no words of a heading.
_MARKS = re.compile(r"[\"':`{}=\[\]|#<>()_*]")
#: Figures may stand behind the last word ("harness 30cm").
_LAST_WORD = re.compile(r"\s([A-ZÀ-ÖØ-Þ]{3,20})(?:\s\S{0,6}[0-9]\S{0,6}){0,3}[\s.!?]*$")
#: The noun that says what is named stands before these.
_PREPOSITION = re.compile(
    r"(?<![A-Z0-9])(?:FOR|IN|ON|FROM|BY|AT|OF|VIA|FÜR|IM|AUF|VON|POUR|DE|DU|SUR|CHEZ|PARA|PER|WITHOUT|W/?O?/?|[A-Z]+ED)"
    r"(?![A-Z0-9])"
)
_BRACKETS = re.compile(r"[\[\]<>\"'”（）()]")


def speaking(
    lexicon: Lexicon, text: str, shown: str, hits: Sequence[Hit], others: Sequence[Hit]
) -> tuple[int, int] | None:
    """The place of the word that makes a text with names a sentence or a heading about them; None for an item.

    ``shown``: the text in its own case. ``others``: what else is named in the text; no word of it counts.

    Memory, power or a number of chips say that an item is described; so does the number of a product.
    """
    if not hits:
        return None
    if about := _QUESTION.search(text) or _file(text, hits):
        return about.span()
    if FIGURE.search(text) or any(hit.how not in (ALIAS, FAMILY) for hit in hits):
        return None
    if any(counts.stated(text, hit.start, hit.end) for hit in hits):
        return None
    if (whose := _POSSESSIVE.search(text)) and any(hit.start >= whose.start() for hit in hits):
        return whose.span()
    if part := lexicon.sentence_parts.search(text):
        return part.span()
    for word in _WORD.finditer(text):
        if word[0] in lexicon.sentence and not any(hit.overlaps(*word.span()) for hit in hits):
            return word.span()
    if any(CLIENT.search(text, hit.start, hit.end) for hit in hits) and _of_cards(lexicon, text, hits):
        return None  # makers of cards put their own names behind the chip's ("RTX 3080 Ti Trinity")
    if before := _leading(lexicon, shown, hits, others):
        return before
    end = max(hit.end for hit in hits)
    clause = CLAUSE.split(text[end:])[0]
    for stop in (COMES_ALONG, _PREPOSITION):
        clause = stop.split(clause)[0]
    last = _LAST_WORD.search(clause)
    if not last or _BRACKETS.search(clause):
        return None
    two_words = " ".join(clause[: last.end(1)].split()[-2:])
    if not {last[1], two_words}.isdisjoint(lexicon.nouns | lexicon.sale):
        return None
    if lexicon.context.fullmatch(last[1]) or DEVICE.fullmatch(last[1]):
        return None
    place = (end + last.start(1), end + last.end(1))
    return None if any(other.overlaps(*place) for other in others) else place


def _leading(lexicon: Lexicon, shown: str, hits: Sequence[Hit], others: Sequence[Hit]) -> tuple[int, int] | None:
    """A small word before the first name that is said of no device: what can be bought has capitals or numbers there.

    "Loan unit fee H100 NVL", "Someone presents MI355X". A text of small letters alone tells nothing.
    """
    start = min(hit.start for hit in hits)
    near = max(0, start - _LEAD)
    if shown[start : start + _LEAD].islower() or not shown[near:start].isascii() or _MARKS.search(shown, near, start):
        return None
    begin = max((mark.end() for mark in CLAUSE.finditer(shown, near, start)), default=near)
    for word in _SMALL.finditer(shown, begin, start):
        plain = word[0].upper()
        known = plain in lexicon.nouns or plain in lexicon.sale or plain in lexicon.cards or plain in lexicon.small
        if known or lexicon.context.search(plain) or lexicon.server.search(plain) or DEVICE.fullmatch(plain):
            continue
        if not any(other.overlaps(*word.span()) for other in [*hits, *others]):
            return word.span()
    return None


def _file(text: str, hits: Sequence[Hit]) -> re.Match[str] | None:
    """The ending of a file's name that a chip's name is part of; the link in a row is another cell."""
    for ending in _FILE.finditer(text):
        if any(not _APART.search(text, hit.end, ending.start()) for hit in hits if hit.end <= ending.start()):
            return ending
    return None


def _of_cards(lexicon: Lexicon, text: str, hits: Sequence[Hit]) -> bool:
    """Whether a maker or a line of graphics cards is named beside the chips."""
    words = (word for word in _WORD.finditer(text) if word[0] in lexicon.cards)
    return any(not hit.overlaps(*word.span()) for word in words for hit in hits)
