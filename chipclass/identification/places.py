"""The places of one text that name something: what is in the database, what looks like it and what is in no list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from chipclass.identification.accessories import Hit, longest
from chipclass.identification.counts import NEAR, PLURAL
from chipclass.identification.found import LOOK_ALIKE, UNKNOWN, Refusal
from chipclass.identification.lexicon import DEVICE_ID, MAKER, Lexicon, lexicon_of
from chipclass.identification.refining import refined
from chipclass.identification.resolve import ALIAS, FAMILY, PART_NUMBER, PCI_ID
from chipclass.specdb.store import Specs
from chipclass.spelling import plain

#: English writes it behind a model of digits and capital letters.
_PLURAL_OF_A_MODEL = re.compile(r"(?<![A-Za-z0-9])[A-Z]{0,3}[0-9]{1,4}[A-Z]?s(?![A-Za-z0-9])")
#: A name that is repeated in one text is looked at this often.
REPEATS = 8
_GLUED_X = re.compile(r"[X×](?![A-Z0-9])")
_GLUED_COUNT = re.compile(r"[0-9]\s?[X×]\s?$")
_DEVICE = re.compile(
    rf"\b([A-Z]+)(?: CORPORATION| CORP\.?|,? INC\.?| TECHNOLOGIES| CO\.,| LTD\.?)* {DEVICE_ID}(?![A-Z0-9])"
)
_COUNT = re.compile(r"[X×][0-9]{0,2}")
#: A short name that is glued behind another number belongs to a longer one; behind a count or a size it does not.
_NUMBER_BEFORE = re.compile(r"(?<![A-Z0-9])(?![0-9]+(?:[X×]|G[BO]?)?-)[A-Z]*[0-9][A-Z0-9]*-$")
_SHORT_MODEL = re.compile(r"[A-Z][0-9]{1,2}(?![A-Z0-9])")
#: Behind a short model: another number, a clock.
_CLOCK = re.compile(r"[\s-]?[0-9]{4}[A-Z]?(?![A-Z0-9])|\s[0-9](?:\.[0-9]+)?\s?GHZ")
#: The device half of an id on the PCI bus, and what stands before the id of one device: names of nothing.
_BUS_ID = re.compile(r"(?<![0-9A-F])[0-9A-F]{4}:$")
_UUID = re.compile(r"-[0-9A-FX]{4,8}(?:-|$)")
#: The key of a label: "nvidia.com/gpu.count=8" names no GPU.
_LABEL_KEY = re.compile(r"(?<![A-Z0-9./-])[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.(?:COM|IO|ORG|NET|AWS)/[A-Z0-9._-]+(?=[=:\"'])")
#: An address: what is named in it is where a thing stands, or a file of it.
_ADDRESS = re.compile(
    r"HTTPS?://[^\s)>\]]+|(?<![A-Z0-9./-])[A-Z0-9-]+(?:\.[A-Z0-9-]+)+/[^\s=]*[:/][^\s=)>\]]+"
    r"|(?<![A-Z0-9./-])[A-Z0-9-]+/[A-Z0-9._-]+:[A-Z0-9]+[._-][A-Z0-9._-]+"
)
#: The ids before a name in a list of PCI or USB devices: four digits, some of them small letters ("a100  Controller").
_LISTED = re.compile(r"(?:[0-9a-f]{4} )?[0-9a-f]{4}(?=  [^0-9])")
_HEX = re.compile(r"[0-9A-F]{4}")
_DECIMAL = re.compile(r"\.[0-9]")
_MODEL = re.compile(r"[A-Z]{1,2}[0-9]{1,3}")
_IDENTIFIER = re.compile(r"(?<![A-Z0-9_])[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)+$")
PART = "part of a longer name"
GPU_COUNT = re.compile(r"[1-9][0-9]?[\s-]?[X×]?[\s-]?GPUS?")


def maker_of(specs: Specs, text: str) -> str:
    """The maker of accelerators that a text names: a vendor of the database or a name of the lexicon; else empty."""
    lexicon = lexicon_of(specs)
    normal = plain(text)
    for vendor in lexicon.vendors:
        if lexicon.phrase(vendor).search(normal):
            return plain(vendor)
    return normal.strip() if lexicon.any_unknown.search(normal) else ""


class Places:
    """One text and the places in it that name something, each but once."""

    def __init__(self, lexicon: Lexicon, text: str) -> None:
        self.lexicon = lexicon
        self.specs = lexicon.specs
        self.text = plain(text)
        self.shown = text if len(text) == len(self.text) else self.text
        if "s" in self.shown:
            self.text = self._without_plurals()
        self.refused: list[Refusal] = []
        self.repeated: set[str] = set()
        #: Up to here stand the ids of a list of devices.
        self.listed = ids.end() if (ids := _LISTED.match(self.shown)) else 0
        self.look_alikes = self._look_alikes()
        self.names = self._names()
        self.unknown = self._unknown()

    def _without_plurals(self) -> str:
        """The text with a mark that counts as a space for the "s" of ``H100s``; that of ``L40s`` is the name's."""
        text = self.text
        for plural in _PLURAL_OF_A_MODEL.finditer(self.shown):
            if text[plural.start() : plural.end()] not in self.lexicon.ending_in_s:
                text = f"{text[: plural.end() - 1]}{PLURAL}{text[plural.end() :]}"
        return text

    def cut(self, start: int, end: int) -> str:
        """A place as it was written, with single spaces."""
        return " ".join(self.shown[start:end].split())

    def shown_of(self, hit: Hit) -> str:
        return self.cut(hit.start, hit.end)

    def _look_alikes(self) -> list[Hit]:
        if not self.lexicon.any_look_alike.search(self.text):
            return []
        hits: list[Hit] = []
        for word, start, end in longest(self.lexicon.look_alikes, self.text):
            hits.append(Hit(start, end, LOOK_ALIKE, why=word.what, short=word.gpu))
            self.refused.append(Refusal(self.cut(start, end), word.what, LOOK_ALIKE))
        return hits

    def _names(self) -> list[Hit]:
        """Names and numbers of the database, the longest of overlapping ones."""
        hits = []
        seen: Counter[str] = Counter()
        addresses = list(_ADDRESS.finditer(self.text)) if "/" in self.text else []
        for match in self.lexicon.pattern.finditer(self.text):
            start, end = match.span(1)
            seen[match[1]] += 1
            if seen[match[1]] > REPEATS:
                self.repeated.add(match[1])
                continue
            owner = self.lexicon.owner(match[1])
            if owner is None or any(hit.overlaps(start, end) for hit in self.look_alikes):
                continue
            if _GLUED_X.match(self.text, end) and not _GLUED_COUNT.search(self.text, max(0, start - 4), start):
                continue  # "H200X" is another model; "4xH200x" is a count
            if owner.how in (ALIAS, FAMILY) and end <= self.listed:
                continue
            why = ""
            if owner.how in (PART_NUMBER, PCI_ID):
                why = "inferred from the numbering" if owner.inferred else "named by the source"
            if any(place.start() <= start and end <= place.end() for place in addresses):
                why = "it stands in an address"
                hits.append(Hit(start, end, owner.how, owner.ids, why=why, odd=True))
                continue
            part = owner.how in (ALIAS, FAMILY) and self._part(start, end, owner.short)
            hits.append(Hit(start, end, owner.how, owner.ids, owner.short or part, why, kind=PART if part else ""))
        hits += self._devices()
        hits = [hit for hit in hits if not any(self._within(hit, other) for other in hits)]
        chosen: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (-self._told(hit), hit.start - hit.end, hit.start)):
            if not any(hit.overlaps(other.start, other.end) for other in chosen):
                chosen.append(hit)
        named: list[Hit] = []
        for hit in sorted(chosen, key=lambda hit: hit.start):
            if not (named and hit.end <= named[-1].end):  # what a name before it has taken in says nothing of its own
                named.append(hit if hit.odd else refined(self.lexicon, self.text, hit))
        return named

    def _within(self, hit: Hit, other: Hit) -> bool:
        """Whether a name begins behind a hyphen inside another maker's name: ``V100 PCIe`` of ``BI-V100 PCIe``."""
        if not (other.start < hit.start < other.end < hit.end and self.text[hit.start - 1] == "-"):
            return False
        mine, theirs = self.lexicon.vendor(hit.ids[0]), self.lexicon.vendor(other.ids[0])
        return mine != theirs and not (mine and mine.search(self.text))

    def _told(self, hit: Hit) -> int:
        """How many characters of a name say which product it is: the maker's before them does not."""
        maker = self.lexicon.vendor(hit.ids[0])
        before = maker.match(self.text, hit.start) if maker else None
        return hit.end - (before.end() if before else hit.start)

    def _part(self, start: int, end: int, short: bool) -> bool:
        """Whether a name is but a piece of a longer one: of a part number, a clock, a decimal, an identifier."""
        numbered = _NUMBER_BEFORE.search(self.text, max(0, start - NEAR), start) or _CLOCK.match(self.text, end)
        if numbered and _SHORT_MODEL.match(self.text, start, end):
            return True
        if _DECIMAL.match(self.text, end) and self.text[start - 1 : start] != ".":
            return bool(_MODEL.fullmatch(self.text, start, end))
        identifier = _IDENTIFIER.search(self.text, max(0, start - NEAR), start) if short else None
        return identifier is not None and "GPU" not in identifier[0].split("_")

    def _devices(self) -> Iterator[Hit]:
        """``Intel Corporation Device 56c0``: ``lspci`` without a name for the device, with the maker's."""
        for match in _DEVICE.finditer(self.text):
            for bus in sorted(self.lexicon.buses(match[1])):
                if owner := self.lexicon.numbers.get(f"{bus}{match[0][-4:]}"):
                    yield Hit(*match.span(), owner.how, owner.ids, why="maker and device id")

    def _unknown(self) -> list[Hit]:
        """What looks like an accelerator beside the names; a longer one displaces the name inside it."""
        hits = [Hit(h.start, h.end, UNKNOWN, why=f"{h.why}: a GPU all the same") for h in self.look_alikes if h.short]
        if not self.lexicon.any_unknown.search(self.text):
            return hits
        keys = list(_LABEL_KEY.finditer(self.text))
        for entry in self.lexicon.unknown:
            if not entry.regex.search(self.text) or (entry.unless is not None and entry.unless.search(self.text)):
                continue
            seen: Counter[str] = Counter()
            for match in _every(entry.regex, self.text):
                seen[match[0]] += 1
                if seen[match[0]] > REPEATS:
                    continue
                start, end = _core(self.text, *match.span(), bounded=entry.regex.pattern.startswith("(?:^|"))
                if any(hit.overlaps(start, end) for hit in self.look_alikes) or self.text[start:end] in self.repeated:
                    continue
                if end <= self.listed and _HEX.fullmatch(self.text, start, end):
                    continue
                if any(key.start() <= start and end <= key.end() for key in keys):
                    continue
                if _BUS_ID.search(self.text, max(0, start - NEAR), start) or _UUID.match(self.text, end):
                    continue
                inside = [
                    n
                    for n in self.names
                    if start <= n.start and (n.end < end or (n.end == end and n.short and start < n.start))
                    if n.end < end or not self.own(n, f"{entry.what} {self.text[start:end]}")
                ]
                if any(start == n.start and _COUNT.fullmatch(self.text, n.end, end) for n in inside):
                    continue
                if inside:
                    self.names = [n for n in self.names if n not in inside]
                elif any(n.overlaps(start, end) for n in self.names):
                    continue
                hits.append(Hit(start, end, UNKNOWN, why=entry.what, kind=entry.kind))
        chosen: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: hit.start - hit.end):
            if not any(hit.overlaps(other.start, other.end) for other in [*chosen, *self.names]):
                chosen.append(hit)
        for unknown in chosen:
            self.names = [n for n in self.names if n.how not in (ALIAS, FAMILY) or not self._of_another(n, unknown)]
        return sorted(chosen, key=lambda hit: hit.start)

    def _of_another(self, name: Hit, unknown: Hit) -> bool:
        """``<another maker> <model>``: the name right behind another maker's is that maker's model."""
        text = self.text[unknown.start : unknown.end]
        beside = re.fullmatch(r"[\s_/-]{1,2}", self.text[unknown.end : name.start])
        if not beside or GPU_COUNT.fullmatch(text) or self.lexicon.context.fullmatch(text):
            return False
        own = self.own(name, f"{unknown.why} {text} {self.text[name.start : name.end]}")
        # The lexicon says whose accelerators a pattern finds: a vendor of the database, or other makers.
        return not own and text.isascii() and (unknown.kind == MAKER or bool(maker_of(self.specs, unknown.why)))

    def own(self, name: Hit, text: str) -> bool:
        """Whether a text names a maker of what a name stands for."""
        normal = plain(text)
        return any((p := self.lexicon.vendor(id_)) is not None and p.search(normal) for id_ in name.ids)


def _every(regex: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """All matches of a pattern that takes the character on either side: one such character may bound two of them."""
    place = 0
    while match := regex.search(text, place):
        yield match
        place = max(match.end() - 1, match.start() + 1)


def _core(text: str, start: int, end: int, bounded: bool) -> tuple[int, int]:
    """A match of the lexicon's regular expressions without the characters that only bound it."""
    if bounded:
        start += not re.match(r"[A-Z0-9]", text[start])
        end -= not re.match(r"[A-Z0-9]", text[end - 1])
    return start, end
