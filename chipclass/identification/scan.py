"""A free text to what it names: products, how they are known, how many chips, and what was refused and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chipclass.identification import counts
from chipclass.identification.accessories import Hit
from chipclass.identification.counts import NEAR
from chipclass.identification.found import ACCESSORY, LOOK_ALIKE, NONE, UNKNOWN, Found, joined, narrowed
from chipclass.identification.lexicon import DIE, PLATFORM, Lexicon, lexicon_of
from chipclass.identification.resolve import ALIAS, FAMILY
from chipclass.identification.stands import AGAINST, DOUBTED, OPEN, SURE, UNLISTED, Stand, Stands
from chipclass.specdb.contents import chip_count, meanings
from chipclass.specdb.store import Specs
from chipclass.spelling import plain

#: Characters that are looked at together, and how many of them two pieces of a long text share.
PIECE, OVERLAP = 2_000, 200
#: From so many pieces on, a first look over all of them saves more than loading it takes.
MANY = 16
_WORD_BEFORE = re.compile(r"(?<![A-Z0-9-])([A-Z-]{3,})[\s_]$")
#: What speaks of a thing and not of its properties, when it stands alone.
_THING = re.compile(
    r"(?:[0-9]+[\s-]?[X×]?[\s-]?)?(?:GPUS?|GPGPU|ACCELERATORS?|HGX|DGX|[A-Z]+ (?:CARD|MODULE|BOARD))|[^\x00-\x7f]+"
)


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


class Scan(Stands):
    """One text on its way to what it names."""

    def _inside(self, hit: Hit, sure: Sequence[Hit]) -> bool:
        """Whether an unknown hit is the die of the products that are named beside it."""
        die = self.lexicon.die(self.text[hit.start : hit.end])
        chips = {chip for other in sure for name in other.ids for chip in self.lexicon.chips(name)}
        return die is not None and all(die in self.lexicon.dies_of(chip) for chip in chips)

    def found(self, context: bool, maker: str) -> Found:
        if not (self.names or self.unknown or self.look_alikes):  # most goods of a catalogue
            return Found(NONE)
        stands = self.stands(context, maker)
        by: dict[str, list[Stand]] = {}
        for stand in stands:
            by.setdefault(stand.what, []).append(stand)
        sure, unknown = ([stand.hit for stand in by.get(what, ())] for what in (SURE, UNLISTED))
        open_ = by.get(OPEN, [])
        if sure:
            others = [
                hit for hit in unknown if hit.kind != DIE and not self.describes(hit) and not self._inside(hit, sure)
            ]
            return self._products(sure, others, open_, unknown)
        against = by.get(AGAINST, [])
        if not unknown and not open_:
            doubted = by.get(DOUBTED, [])
            open_ = [s for s in doubted if not against or _THING.fullmatch(self.text, s.hit.start, s.hit.end)]
        if unknown or open_:
            return self._unidentified(unknown, open_)
        refused = tuple(self.refused)
        if against:
            return Found(ACCESSORY, evidence="; ".join(dict.fromkeys(s.why for s in against)), refused=refused)
        if self.look_alikes:
            evidence = "; ".join(f"'{r.what}': {r.why}" for r in refused)
            return Found(LOOK_ALIKE, evidence=evidence, refused=refused)
        return Found(NONE)

    def by_maker(self, maker: str) -> Found:
        """A text in which nothing was found, beside a maker of accelerators: its model numbers could be chips."""
        for match in re.finditer(r"(?<![A-Z0-9])[A-Z]+[ -]?[0-9]+[A-Z0-9]*(?![A-Z0-9])", self.text):
            named = self.lexicon.any_unknown.search(f"{maker} {match[0]}")
            if named and not any(hit.overlaps(*match.span()) for hit in self.look_alikes):
                shown = self.cut(*match.span())
                evidence = f"'{shown}' of {maker.title()} could be an accelerator and is in no list here"
                return Found(UNKNOWN, evidence=evidence, unknown=(shown,), general=False)
        return Found(NONE)

    def _unidentified(self, unknown: Sequence[Hit], open_: Sequence[Stand]) -> Found:
        naming = [hit for hit in unknown if not self.describes(hit)] or list(unknown)
        texts = [stand.why for stand in open_]
        texts += [
            f"'{self.cut(hit.start, hit.end)}' looks like one ({hit.why}) and is in no list here" for hit in naming[:3]
        ]
        possible = [name for stand in open_ for name in stand.hit.ids if name not in self.lexicon.chassis]
        named = tuple(dict.fromkeys(self.cut(hit.start, hit.end) for hit in [*(stand.hit for stand in open_), *naming]))
        return Found(
            UNKNOWN,
            candidates=self.lexicon.candidates(possible),
            evidence="; ".join(texts),
            refused=tuple(self.refused),
            unknown=named,
            general=not any(stand.hit.odd for stand in open_) and all(self.describes(hit) for hit in unknown),
        )

    def _products(self, sure: list[Hit], others: list[Hit], open_: Sequence[Stand], describing: list[Hit]) -> Found:
        ids = narrowed(self.specs, [name for hit in self._alternatives(sure) for name in hit.ids])
        used = [hit for hit in sure if set(hit.ids) & set(ids)]
        first = min(used, key=lambda hit: (hit.how in (ALIAS, FAMILY), hit.start))
        texts = [self._naming(hit) for hit in used]
        left = [stand for stand in open_ if not set(stand.hit.ids) & set(ids)]
        texts += [stand.why for stand in left]
        texts += [f"'{self.cut(hit.start, hit.end)}' beside it is in no list here ({hit.why})" for hit in others]
        unknown = [stand.hit for stand in left] + others
        families = [name for name in ids if self.specs.item(name).level == "family"]
        return Found(
            first.how,
            ids,
            self.lexicon.candidates(ids),
            families[0] if families and len(ids) == 1 else None,
            self._count(ids, first, used, describing) if len(used) == 1 or len(ids) == 1 else None,
            "; ".join(dict.fromkeys(texts)),
            tuple(self.refused),
            tuple(dict.fromkeys(self.cut(hit.start, hit.end) for hit in unknown)),
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
        return f"'{self.cut(hit.start, hit.end)}' {what} {names}{f' ({hit.why})' if hit.why else ''}"

    def _count(self, ids: Sequence[str], hit: Hit, used: Sequence[Hit], describing: Sequence[Hit]) -> int | None:
        """Chips in one unit of the item, where the product or the text says so plainly."""
        if len(ids) != 1:
            return None
        item = self.specs.item(ids[0])
        start = self._led(hit)
        if any(meant.level != "chip" for meant in meanings(self.specs, item)):
            known, beside = chip_count(self.specs, item), counts.behind(self.text, hit.end)
            if counts.several(self.text, start) or beside not in (None, known):
                return None
            return None if known and self._contradicted(item.id, known) else known
        stated = counts.stated(self.text, hit.start, hit.end) or counts.stated(self.text, start, hit.end)
        if (held := self.lexicon.on_board(item.id)) > 1:  # the name is the card's and the chip's
            return held if stated == {held} else None
        if stated or hit.how not in (ALIAS, FAMILY):
            return stated.pop() if len(stated) == 1 else None if stated else 1
        platform = any(
            h.kind == PLATFORM and not (self.describes(h) and self.text[h.end - 1].isdigit()) for h in describing
        )
        cells = any(counts.beside_a_number(self.text, same.start, same.end) for same in used)
        unclear = platform or self.housed or cells or counts.unclear(self.text, start, hit.end)
        return None if unclear else 1

    def _contradicted(self, server: str, known: int) -> bool:
        """Whether the text says a number of its chips that no number of such servers has ("DGX H100 (1x H100)")."""
        inside = self.lexicon.chips(server)
        chips = [hit for hit in self.names if hit.ids and all(self._is_chip(name, inside) for name in hit.ids)]
        said = {count for hit in chips for count in counts.stated(self.text, hit.start, hit.end)}
        return any(count and count % known for count in said)

    def _is_chip(self, name: str, inside: frozenset[str]) -> bool:
        """Whether a name is one of the chips in a server, or a family of them."""
        means_chips = all(meant.level == "chip" for meant in meanings(self.specs, self.specs.item(name)))
        return means_chips and not inside.isdisjoint(self.lexicon.chips(name))

    def _led(self, hit: Hit) -> int:
        """Where a name begins together with the maker's and the line's names before it."""
        start = hit.start
        while word := _WORD_BEFORE.search(self.text, max(0, start - NEAR), start):
            if not (self.lexicon.context.fullmatch(word[1]) or self.own(hit, word[1])):
                break
            start = word.start(1)
        return start
