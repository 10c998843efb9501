"""A free text to what it names: products, how they are known, how many chips, and what was refused and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chipclass.identification import counts
from chipclass.identification.accessories import DOUBT, KEPT, REFUSED, Hit, Judgement, longest
from chipclass.identification.counts import NEAR
from chipclass.identification.found import ACCESSORY, LOOK_ALIKE, NONE, UNKNOWN, Found, Refusal, joined, narrowed
from chipclass.identification.housing import Housing
from chipclass.identification.lexicon import DEVICE_ID, MAKER, PLATFORM, Lexicon, canonical, lexicon_of
from chipclass.identification.refining import OTHER_MEMORY, refined
from chipclass.identification.resolve import ALIAS, FAMILY, PART_NUMBER, PCI_ID
from chipclass.specdb.contents import chip_count, meanings
from chipclass.specdb.store import Specs
from chipclass.spelling import plain

#: Characters that are looked at together, and how many of them two pieces of a long text share.
PIECE, OVERLAP = 2_000, 200
#: From so many pieces on, a first look over all of them saves more than loading it takes.
MANY = 16
#: A name that is repeated in one text is looked at this often.
REPEATS = 8
_GLUED_X = re.compile(r"[X×](?![A-Z0-9])")
_GLUED_COUNT = re.compile(r"[0-9]\s?[X×]\s?$")
_DEVICE = re.compile(
    rf"\b(HABANA LABS|[A-Z]+)(?: CORPORATION| CORP\.?|,? INC\.?| TECHNOLOGIES| CO\.,| LTD\.?)* {DEVICE_ID}(?![A-Z0-9])"
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
_DECIMAL = re.compile(r"\.[0-9]")
_MODEL = re.compile(r"[A-Z]{1,2}[0-9]{1,3}")
_IDENTIFIER = re.compile(r"(?<![A-Z0-9_])[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)+$")
PART = "part of a longer name"
_BARE = re.compile(r"[A-Z][0-9]{3}[A-Z]?|L[0-9]{2}[A-Z]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_WORD_BEFORE = re.compile(r"(?<![A-Z0-9-])([A-Z-]{3,})[\s_]$")
#: Cells of a row; within one, a comma or a bracket does not make a name stand by itself.
_CELLS = re.compile(r"[|\n\t]")
_GIGABYTES = re.compile(r"([0-9]+)\s?GB?")
#: What speaks of a thing and not of its properties, when it stands alone.
_THING = re.compile(
    r"(?:[0-9]+[\s-]?[X×]?[\s-]?)?(?:GPUS?|GPGPU|ACCELERATORS?|HGX|DGX|[A-Z]+ (?:CARD|MODULE|BOARD))|[^\x00-\x7f]+"
)
_GPU_COUNT = re.compile(r"[1-9][0-9]?[\s-]?[X×]?[\s-]?GPUS?")


def scan(specs: Specs, text: str, *, context: bool = False, maker: str = "") -> Found:
    """What a text names.

    ``context``: the row says elsewhere that it is about accelerators. ``maker``: a maker of accelerators named
    elsewhere in the row, as ``maker_of`` gives it; with it a bare model number is not overlooked.
    """
    lexicon = lexicon_of(specs)
    parts = pieces(specs, text, all_of_them=bool(maker))
    return joined(specs, [_piece(lexicon, part, context, maker) for part in parts])


def _piece(lexicon: Lexicon, text: str, context: bool, maker: str) -> Found:
    scanner = Scan(lexicon, text)
    found = scanner.found(context, maker)
    return scanner.by_maker(maker) if found.how == NONE and maker else found


def pieces(specs: Specs, text: str, all_of_them: bool = False) -> list[str]:
    """The pieces of a text that can name something: a short one is its only piece.

    What speaks for or against a name stands near it; and the time to look at a text grows faster than its length. Of
    many pieces those that the first look holds back are left out, unless all are asked for.
    """
    if len(text) <= PIECE:
        return [text]
    parts = list(_cut(text))
    if len(parts) < MANY or all_of_them:
        return parts
    import pyarrow as pa

    from chipclass.identification.prefilter import nameable, shown

    looked = nameable(specs, shown(pa.array(parts, pa.string())))
    return [part for part, seen in zip(parts, looked, strict=True) if seen]


def _cut(text: str) -> Iterator[str]:
    """A long text in pieces, cut at white space where there is some; each begins a little before the last one ended."""
    start = 0
    while start + PIECE < len(text):
        end = start + PIECE
        space = max(text.rfind(" ", end - OVERLAP, end), text.rfind("\n", end - OVERLAP, end))
        end = space if space > 0 else end
        yield text[start:end]
        begin = end - OVERLAP
        start = begin + 1 + max(0, text[begin:end].find(" "))
    yield text[start:]


def has_context(specs: Specs, text: str) -> bool:
    """Whether a text has a word that confirms short names beside it."""
    return bool(lexicon_of(specs).context.search(plain(text)))


def maker_of(specs: Specs, text: str) -> str:
    """The maker of accelerators that a text names: a vendor of the database or a name of the lexicon; else empty."""
    lexicon = lexicon_of(specs)
    normal = plain(text)
    for vendor in sorted({chip.vendor for chip in specs.items("chips") if chip.vendor}):
        if lexicon.phrase(vendor).search(normal):
            return plain(vendor)
    return normal.strip() if lexicon.any_unknown.search(normal) else ""


class Scan:
    """One text on its way: places that name something, then the words that speak against them."""

    def __init__(self, lexicon: Lexicon, text: str) -> None:
        self.lexicon = lexicon
        self.specs = lexicon.specs
        self.text = plain(text)
        self.shown = text if len(text) == len(self.text) else self.text
        self.refused: list[Refusal] = []
        self.repeated: set[str] = set()
        self.housed = False
        self.look_alikes = self._look_alikes()
        self.names = self._names()
        self.unknown = self._unknown()

    def _cut(self, start: int, end: int) -> str:
        return " ".join(self.shown[start:end].split())

    def _look_alikes(self) -> list[Hit]:
        if not self.lexicon.any_look_alike.search(self.text):
            return []
        hits: list[Hit] = []
        for word, start, end in longest(self.lexicon.look_alikes, self.text):
            hits.append(Hit(start, end, LOOK_ALIKE, why=word.what, short=word.gpu))
            self.refused.append(Refusal(self._cut(start, end), word.what, LOOK_ALIKE))
        return hits

    def _names(self) -> list[Hit]:
        """Names and numbers of the database, the longest of overlapping ones."""
        hits = []
        seen: Counter[str] = Counter()
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
            why = ""
            if owner.how in (PART_NUMBER, PCI_ID):
                why = "inferred from the numbering" if owner.inferred else "named by the source"
            part = owner.how in (ALIAS, FAMILY) and self._part(start, end, owner.short)
            hits.append(Hit(start, end, owner.how, owner.ids, owner.short or part, why, kind=PART if part else ""))
        hits += self._devices()
        chosen: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (-self._told(hit), hit.start - hit.end, hit.start)):
            if not any(hit.overlaps(other.start, other.end) for other in chosen):
                chosen.append(hit)
        named: list[Hit] = []
        for hit in sorted(chosen, key=lambda hit: hit.start):
            if not (named and hit.end <= named[-1].end):  # what a name before it has taken in says nothing of its own
                named.append(refined(self.lexicon, self.text, hit))
        return named

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
        return short and bool(_IDENTIFIER.search(self.text, max(0, start - NEAR), start))

    def _devices(self) -> Iterator[Hit]:
        """``Intel Corporation Device 56c0``: ``lspci`` without a name for the device, with the maker's."""
        for match in _DEVICE.finditer(self.text):
            bus = self.lexicon.bus(match[1])
            if bus and (owner := self.lexicon.numbers.get(f"{bus}{match[0][-4:]}")):
                yield Hit(*match.span(), owner.how, owner.ids, why="maker and device id")

    def _unknown(self) -> list[Hit]:
        """What looks like an accelerator beside the names; a longer one displaces the name inside it."""
        hits = [Hit(h.start, h.end, UNKNOWN, why=f"{h.why}: a GPU all the same") for h in self.look_alikes if h.short]
        if not self.lexicon.any_unknown.search(self.text):
            return hits
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
                if _BUS_ID.search(self.text, max(0, start - NEAR), start) or _UUID.match(self.text, end):
                    continue
                inside = [
                    n
                    for n in self.names
                    if start <= n.start and (n.end < end or (n.end == end and n.short and start < n.start))
                    if n.end < end or not self._own(n, f"{entry.what} {self.text[start:end]}")
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

    def _describes(self, hit: Hit) -> bool:
        """Whether an unknown hit only describes a product that is named: ``GPU``, ``SXM5``, ``HBM3``, ``8-GPU``."""
        text = self.text[hit.start : hit.end]
        bare = re.sub(r"[0-9]+", "", text).strip(" -")
        if bare == text or _GPU_COUNT.fullmatch(text):
            return True
        return bool(self.lexicon.context.fullmatch(text) or self.lexicon.context.fullmatch(bare))

    def _inside(self, hit: Hit, sure: Sequence[Hit]) -> bool:
        """Whether an unknown hit is the die of the products that are named beside it."""
        die = self.lexicon.die(self.text[hit.start : hit.end])
        chips = {chip for other in sure for name in other.ids for chip in self.lexicon.chips(name)}
        return die is not None and all(die in self.lexicon.dies_of(chip) for chip in chips)

    def _bare(self, hit: Hit) -> bool:
        """Whether a name is but a letter and a number among other words: so are cases, vans and voltages called.

        With a count, or among words of sale alone, it stands for itself.
        """
        if hit.how not in (ALIAS, FAMILY) or not _BARE.fullmatch(self.text, hit.start, hit.end):
            return False
        if counts.stated(self.text, hit.start, hit.end):
            return False
        before = _CELLS.split(self.text[max(0, hit.start - NEAR) : hit.start])[-1]
        behind = _CELLS.split(self.text[hit.end : hit.end + NEAR])[0]
        return any(word not in self.lexicon.sale for word in _WORD.findall(f"{before} {behind}"))

    def _confirmed(self, hit: Hit, context: bool, maker: str) -> bool:
        """Whether a short name has a word beside it that makes it a chip's name."""
        if hit.kind == PART:
            return False
        key = canonical(self.text[hit.start : hit.end])
        rest = f"{self.text[: hit.start]}\n{self.text[hit.end :]}"
        if key.isdigit():  # prices and years are numbers too: the maker stands right before a model, or is the row's
            before = self.text[max(0, hit.start - NEAR) : hit.start]
            return self._own(hit, maker) or self._own(hit, re.split(r"[^\w-]+", before.rstrip())[-1])
        if self._own(hit, f"{maker}\n{rest}"):
            return True
        if (context or maker) and not self.lexicon.foreign(maker, hit.ids):
            return True
        if any(not (other.short or self._bare(other)) for other in self.names):
            return True
        if counts.of_cards(self.text, hit.start):
            return True
        counted = counts.before(self.text, hit.start) or counts.behind(self.text, hit.end)
        if counted and self.lexicon.server.search(rest):
            return True
        if any(self._has_die(hit, self.text[other.start : other.end]) for other in self.unknown):
            return True
        if any(self._speaks_of(hit, word) for word in self.lexicon.context.finditer(rest)):
            return True
        return any(not self.text[other.start : other.end].isascii() for other in self.unknown)

    def _speaks_of(self, hit: Hit, word: re.Match[str]) -> bool:
        """Whether a word of context can be said of what a name stands for: its maker, its memory."""
        if size := _GIGABYTES.fullmatch(word[0]):
            sizes = {
                size for name in hit.ids for chip in self.lexicon.chips(name) for size in self.lexicon.memory(chip)
            }
            return int(size[1]) in sizes and not OTHER_MEMORY.match(word.string, word.end())
        return not self.lexicon.foreign(word[0], hit.ids)

    def _has_die(self, hit: Hit, text: str) -> bool:
        """Whether a text names the die of what a name stands for."""
        die = self.lexicon.die(text)
        return any(die in self.lexicon.dies_of(chip) for name in hit.ids for chip in self.lexicon.chips(name))

    def _of_another(self, name: Hit, unknown: Hit) -> bool:
        """``<another maker> <model>``: the name right behind another maker's is that maker's model."""
        text = self.text[unknown.start : unknown.end]
        beside = re.fullmatch(r"[\s_/-]{1,2}", self.text[unknown.end : name.start])
        if not beside or _GPU_COUNT.fullmatch(text) or self.lexicon.context.fullmatch(text):
            return False
        own = self._own(name, f"{unknown.why} {text} {self.text[name.start : name.end]}")
        # The lexicon says whose accelerators a pattern finds: a vendor of the database, or other makers.
        return not own and text.isascii() and (unknown.kind == MAKER or bool(maker_of(self.specs, unknown.why)))

    def _own(self, name: Hit, text: str) -> bool:
        """Whether a text names a maker of what a name stands for."""
        normal = plain(text)
        return any((p := self.lexicon.vendor(id_)) is not None and p.search(normal) for id_ in name.ids)

    def found(self, context: bool, maker: str) -> Found:
        hits = [*self.names, *self.unknown]
        if not hits and not self.look_alikes:  # most goods of a catalogue: nothing to speak against
            return Found(NONE)
        judged = Judgement(self.lexicon, self.text, hits, [*self.names, *self.look_alikes]).judged()
        sure: list[Hit] = []
        unknown: list[Hit] = []
        open_: list[tuple[Hit, str]] = []
        against: list[str] = []
        doubted: list[tuple[Hit, str]] = []
        for hit, verdict, place in judged:
            shown, by = self._cut(hit.start, hit.end), self._cut(*place)
            if verdict != KEPT:
                self.refused.append(Refusal(shown, f"'{by}' stands beside it", ACCESSORY))
            if verdict == REFUSED:
                against.append(f"'{by}' beside '{shown}': the item is not the chip")
            elif verdict == DOUBT:
                named = hit.ids or not self._describes(hit)
                why = f"'{shown}' beside '{by}': chip or accessory, a person must look"
                (open_ if named else doubted).append((hit, why))
            elif not hit.ids:
                unknown.append(hit)
            elif hit.odd:
                open_.append((hit, f"'{shown}': {hit.why}"))
            elif not (hit.short or self._bare(hit)) or self._confirmed(hit, context, maker):
                sure.append(hit)
            elif not canonical(shown).isdigit():
                open_.append((hit, f"'{shown}' is a short name and nothing beside it says that a chip is meant"))
        housing = Housing(self.lexicon, self.text, sure)
        sure, self.housed = housing.kept, housing.housed
        open_ += [
            (hit, f"'{self._cut(hit.start, hit.end)}' is sold with and without accelerators") for hit in housing.empty
        ]
        if sure:
            others = [hit for hit in unknown if not self._describes(hit) and not self._inside(hit, sure)]
            return self._products(sure, others, open_, unknown)
        if not unknown and not open_:
            open_ = [
                entry for entry in doubted if not against or _THING.fullmatch(self.text, entry[0].start, entry[0].end)
            ]
        refused = tuple(self.refused)
        if unknown or open_:
            return self._unidentified(unknown, open_)
        if against:
            return Found(ACCESSORY, evidence="; ".join(dict.fromkeys(against)), refused=refused)
        if self.look_alikes:
            evidence = "; ".join(f"'{r.what}': {r.why}" for r in refused)
            return Found(LOOK_ALIKE, evidence=evidence, refused=refused)
        return Found(NONE)

    def by_maker(self, maker: str) -> Found:
        """A text in which nothing was found, beside a maker of accelerators: its model numbers could be chips."""
        for match in re.finditer(r"(?<![A-Z0-9])[A-Z]+[ -]?[0-9]+[A-Z0-9]*(?![A-Z0-9])", self.text):
            named = self.lexicon.any_unknown.search(f"{maker} {match[0]}")
            if named and not any(hit.overlaps(*match.span()) for hit in self.look_alikes):
                shown = self._cut(*match.span())
                evidence = f"'{shown}' of {maker.title()} could be an accelerator and is in no list here"
                return Found(UNKNOWN, evidence=evidence, unknown=(shown,), general=False)
        return Found(NONE)

    def _unidentified(self, unknown: Sequence[Hit], open_: Sequence[tuple[Hit, str]]) -> Found:
        naming = [hit for hit in unknown if not self._describes(hit)] or list(unknown)
        texts = [why for _, why in open_]
        texts += [
            f"'{self._cut(hit.start, hit.end)}' looks like one ({hit.why}) and is in no list here" for hit in naming[:3]
        ]
        candidates = dict.fromkeys(
            chip
            for hit, _ in open_
            for name in hit.ids
            if name not in self.lexicon.chassis
            for chip in sorted(self.lexicon.chips(name))
        )
        named = tuple(dict.fromkeys(self._cut(hit.start, hit.end) for hit in [*(h for h, _ in open_), *naming]))
        return Found(
            UNKNOWN,
            candidates=tuple(candidates),
            evidence="; ".join(texts),
            refused=tuple(self.refused),
            unknown=named,
            general=not any(hit.odd for hit, _ in open_) and all(self._describes(hit) for hit in unknown),
        )

    def _products(
        self, sure: list[Hit], others: list[Hit], open_: list[tuple[Hit, str]], describing: list[Hit]
    ) -> Found:
        ids = narrowed(self.specs, [name for hit in self._alternatives(sure) for name in hit.ids])
        used = [hit for hit in sure if set(hit.ids) & set(ids)]
        first = min(used, key=lambda hit: (hit.how in (ALIAS, FAMILY), hit.start))
        texts = [self._naming(hit) for hit in used]
        texts += [why for hit, why in open_ if not set(hit.ids) & set(ids)]
        texts += [f"'{self._cut(hit.start, hit.end)}' beside it is in no list here ({hit.why})" for hit in others]
        unknown = [hit for hit, _ in open_ if not set(hit.ids) & set(ids)] + others
        families = [name for name in ids if self.specs.item(name).level == "family"]
        chips = dict.fromkeys(chip for name in ids for chip in sorted(self.lexicon.chips(name)))
        return Found(
            first.how,
            ids,
            tuple(chips),
            families[0] if families and len(ids) == 1 else None,
            self._count(ids, first, describing) if len(used) == 1 or len(ids) == 1 else None,
            "; ".join(dict.fromkeys(texts)),
            tuple(self.refused),
            tuple(dict.fromkeys(self._cut(hit.start, hit.end) for hit in unknown)),
            general=not unknown,
        )

    def _alternatives(self, sure: list[Hit]) -> list[Hit]:
        """Without the narrower of two names with a slash between them: the wider one is what they say together."""
        joined = [(a, b) for a, b in pairwise(sure) if re.fullmatch(r"\s?/\s?", self.text[a.end : b.start])]
        left_out = set()
        for one, other in joined:
            mine, theirs = (frozenset().union(*map(self.lexicon.chips, hit.ids)) for hit in (one, other))
            left_out |= {other} if theirs < mine else {one} if mine < theirs else set()
        return [hit for hit in sure if hit not in left_out]

    def _naming(self, hit: Hit) -> str:
        names = " or ".join(self.specs.item(name).name for name in hit.ids)
        what = {ALIAS: "is a name of", FAMILY: "is a family name:"}.get(hit.how, f"is a {hit.how} of")
        return f"'{self._cut(hit.start, hit.end)}' {what} {names}{f' ({hit.why})' if hit.why else ''}"

    def _count(self, ids: Sequence[str], hit: Hit, describing: Sequence[Hit]) -> int | None:
        """Chips in one unit of the item, where the product or the text says so plainly."""
        if len(ids) != 1:
            return None
        item = self.specs.item(ids[0])
        start = self._led(hit)
        if any(meant.level != "chip" for meant in meanings(self.specs, item)):
            known, beside = chip_count(self.specs, item), counts.behind(self.text, hit.end)
            return None if counts.several(self.text, start) or beside not in (None, known) else known
        stated = counts.stated(self.text, hit.start, hit.end) or counts.stated(self.text, start, hit.end)
        if (held := self.lexicon.on_board(item.id)) > 1:  # the name is the card's and the chip's
            return held if stated == {held} else None
        if stated or hit.how not in (ALIAS, FAMILY):
            return stated.pop() if len(stated) == 1 else None if stated else 1
        platform = any(
            h.kind == PLATFORM and not (self._describes(h) and self.text[h.end - 1].isdigit()) for h in describing
        )
        unclear = platform or self.housed or counts.unclear(self.text, start, hit.end)
        return None if unclear else 1

    def _led(self, hit: Hit) -> int:
        """Where a name begins together with the maker's and the line's names before it."""
        start = hit.start
        while word := _WORD_BEFORE.search(self.text, max(0, start - NEAR), start):
            if not (self.lexicon.context.fullmatch(word[1]) or self._own(hit, word[1])):
                break
            start = word.start(1)
        return start


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
