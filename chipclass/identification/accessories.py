"""Words that say that an item only mentions a chip: how far each carries (specs/lexicon/accessories.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chipclass.identification.counts import NEAR
from chipclass.identification.lexicon import (
    CLAUSE,
    COMES_ALONG,
    COMES_ALONG_AFTER,
    DEVICE,
    FIGURE,
    Lexicon,
    Word,
)

#: What the words of a text say of a name in it. In doubt the item could be the chip.
KEPT, DOUBT, REFUSED = 0, 1, 2
_LIST = re.compile(r"(?:[\s,/&()X×0-9-]|\b(?:AND|OR|UND|ODER|ET|OU)\b)*")
_FOR = re.compile(r"\w[^;\n]*\s(FOR|FÜR|POUR)\s(?:[1-9][0-9]?\s?[X×]\s?)?$")
#: What runs "on" a chip is not the chip; what is based on it holds one.
_ON = re.compile(
    r"\w[^;\n]*(?<!BASED)(?<!BUILT)(?<!BASIERT)\s(ON|AUF|SUR)\s(?:(?:THE|AN?|YOUR|AWS|NVIDIA|AMD|INTEL|GOOGLE)\s)*$"
)
#: Between an accessory word and a name these say that both may be sold.
_BOTH = re.compile(
    r"[;|+&\n、。，；]|,(?![0-9])|(?<![0-9]),|\s-\s|:\s|\b(?:AND|UND|ET|SOWIE|AS WELL AS)\b|[和与與及]"
    r"|(?<![A-Z0-9.])[1-9][0-9]{0,2}\s?[X×*](?![A-Z0-9])|(?<![A-Z0-9])[X×][1-9][0-9]?(?![A-Z0-9])"
    r"|\b(?:QTY|PCS)\b"
)
_AMOUNT = re.compile(r"(?<![A-Z0-9.])[1-9][0-9]{0,2}\s?[X×*](?![A-Z0-9])|[X×][1-9][0-9]?(?![A-Z0-9])")
#: What is named behind these is what the accessory is meant for.
_MEANT_FOR = re.compile(r"\b(?:FOR|FÜR|POUR|FITS?|FITTING|SUITS)\b|用|対応|适用于|適用於")
#: So many words may stand between an accessory word and the name that it belongs to.
_APART = 3
#: What stands further away than this many characters is another matter.
_FAR = 400
#: ``lspci``: a function of a device that is no display controller, accelerator or co-processor.
_OTHER_FUNCTION = re.compile(
    r"(?:[0-9A-F]{4}:)?[0-9A-F]{2}:[0-9A-F]{2}\.[0-7]\s+"
    r"(?!VGA |3D |XGA |DISPLAY |PROCESSING |CO-?PROCESSOR|UNASSIGNED |SIGNAL |CLASS )"
    r"([A-Z][A-Z -]*[A-Z])(?: \[[0-9A-F]{4}\])?: "
)
_WITHOUT = re.compile(r"\b(?:W/?\s?O|WITHOUT|NO|EXCL(?:UDING)?|OHNE|SANS)\b[.\s]*$")


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of the text that names something. Without ids: an accelerator that is in no list."""

    start: int
    end: int
    how: str
    ids: tuple[str, ...] = ()
    short: bool = False
    why: str = ""
    odd: bool = False
    kind: str = ""

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


class Judgement:
    """The accessory words of one text against the places that name something."""

    def __init__(self, lexicon: Lexicon, text: str, hits: Sequence[Hit], blocked: Sequence[Hit]) -> None:
        #: ``hits`` are judged; no word counts inside a ``blocked`` place.
        self.lexicon, self.text, self.hits, self.blocked = lexicon, text, hits, blocked

    def judged(self) -> list[tuple[Hit, int, tuple[int, int]]]:
        """Each hit with what the accessory words of the text say of it, and where the word stands that says it."""
        if function := _OTHER_FUNCTION.match(self.text):
            return [(hit, REFUSED, function.span(1)) for hit in self.hits]
        if not self.lexicon.any_accessory.search(self.text):
            return [(hit, *self._purpose(hit)) for hit in self.hits]
        blocked = self.blocked
        words = [
            (word, start, end)
            for word, start, end in longest(self.lexicon.accessories, self.text)
            if word.what != "neutral" and not any(hit.overlaps(start, end) for hit in blocked)
        ]
        spans = [*((hit.start, hit.end) for hit in blocked), *((start, end) for _, start, end in words)]
        along = min(
            (
                m.start()
                for m in COMES_ALONG.finditer(self.text)
                if not any(s < m.end() and m.start() < e for s, e in spans)
            ),
            default=len(self.text),
        )
        words = [w for w in words if w[1] < along and not COMES_ALONG_AFTER.match(self.text, w[2])]
        words = [
            w for w in words if w[0].what == "none inside" or not _WITHOUT.search(self.text, max(0, w[1] - NEAR), w[1])
        ]
        result = []
        for hit in self.hits:
            verdicts = [(self._verdict(hit, *word), (word[1], word[2])) for word in words]
            verdict, by = max([*verdicts, self._purpose(hit)], key=lambda entry: entry[0])
            result.append((hit, verdict, by))
        return result

    def _purpose(self, hit: Hit) -> tuple[int, tuple[int, int]]:
        """``<a tray> for <a chip>``: what stands before a plain "for" may be all that is sold."""
        near = max(0, hit.start - NEAR)
        match = _FOR.search(self.text, near, hit.start) or _ON.search(self.text, near, hit.start)
        return (DOUBT, match.span(1)) if match else (KEPT, (0, 0))

    def _verdict(self, hit: Hit, word: Word, start: int, end: int) -> int:
        """How far one accessory word carries. In doubt the row could be a chip."""
        text, before = self.text, start < hit.start
        if word.what == "none inside" or hit.overlaps(start, end):
            return REFUSED
        between = text[end : hit.start] if before else text[hit.end : start]
        belongs = self._belongs(hit, word, start, end)
        same_clause = not CLAUSE.search(between)
        if word.what == "before":
            if not before:
                return KEPT
            return REFUSED if belongs else DOUBT
        if word.what == "after":
            return KEPT if before else REFUSED if belongs else DOUBT
        if word.what == "right or service" and not before and not same_clause and FIGURE.search(text):
            return KEPT  # "H200 NVL 141GB, on-site service": it comes with the card
        if word.what == "extra":
            if FIGURE.search(text) or any(not hit.start <= m.start() < hit.end for m in DEVICE.finditer(text)):
                return KEPT
            if before:
                return REFUSED if belongs else DOUBT if same_clause or self._leads(start) else KEPT
            return DOUBT if same_clause else KEPT
        if not belongs or (not before and FIGURE.search(text[hit.start : start])):
            return DOUBT
        return REFUSED

    def _leads(self, start: int) -> bool:
        """Whether a word stands in the first clause of the text."""
        return not CLAUSE.search(re.sub(r"\([^()]*\)", " ", self.text[:start]))

    def _belongs(self, hit: Hit, word: Word, start: int, end: int) -> bool:
        """Whether a word and a name are one thing: beside each other, or joined by a "for". Else both may be sold."""
        if max(start - hit.end, hit.start - end) > _FAR:
            return False
        if start > hit.start:
            between = self._without_names(hit.end, start)
            return not _BOTH.search(between) and not COMES_ALONG.search(between) and len(between.split()) <= _APART
        between = self._without_names(end, hit.start)
        meant = [match.end() for match in _MEANT_FOR.finditer(between)]
        if meant or word.what == "before" or _MEANT_FOR.search(word.text.upper()):
            rest = between[meant[-1] :] if meant else between
            rest = re.sub(rf"^\s*(?:{_AMOUNT.pattern})", " ", rest)
            if COMES_ALONG.search(rest):
                return False
            if _BOTH.search(rest) and FIGURE.search(self.text[hit.start : hit.end]):
                return False  # "for A100, H100 80GB": the second is said as exactly as a thing that is sold
            return not _BOTH.search(rest) or bool(_LIST.fullmatch(rest) and not _AMOUNT.search(rest))
        return not _BOTH.search(between) and not COMES_ALONG.search(between) and len(between.split()) <= _APART

    def _without_names(self, start: int, end: int) -> str:
        rest = self.text[start:end]
        for hit in sorted(self.hits, key=lambda hit: -hit.start):
            if start <= hit.start and hit.end <= end:
                rest = rest[: hit.start - start] + rest[hit.end - start :]
        return rest


def longest(words: Iterable[Word], text: str) -> list[tuple[Word, int, int]]:
    """Matches of the words in text order, the longest of overlapping ones."""
    matches = [(word, *match.span()) for word in words if word.first in text for match in word.pattern.finditer(text)]
    chosen: list[tuple[Word, int, int]] = []
    for word, start, end in sorted(matches, key=lambda entry: entry[1] - entry[2]):
        if not any(start < e and s < end for _, s, e in chosen):
            chosen.append((word, start, end))
    return sorted(chosen, key=lambda entry: entry[1])
