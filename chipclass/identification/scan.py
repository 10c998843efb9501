"""A free text to what it names: products, how they are known, how many chips, and what was refused and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chipclass.identification import counts
from chipclass.identification.accessories import DOUBT, KEPT, REFUSED, Hit, Judgement
from chipclass.identification.counts import NEAR
from chipclass.identification.found import ACCESSORY, LOOK_ALIKE, NONE, UNKNOWN, Found, Refusal, joined, narrowed
from chipclass.identification.housing import Housing
from chipclass.identification.lexicon import PLATFORM, Lexicon, canonical, lexicon_of
from chipclass.identification.places import GPU_COUNT, PART, Places
from chipclass.identification.refining import OTHER_MEMORY
from chipclass.identification.resolve import ALIAS, FAMILY
from chipclass.identification.speech import speaking
from chipclass.specdb.contents import chip_count, meanings
from chipclass.specdb.store import Specs
from chipclass.spelling import plain

#: Characters that are looked at together, and how many of them two pieces of a long text share.
PIECE, OVERLAP = 2_000, 200
#: From so many pieces on, a first look over all of them saves more than loading it takes.
MANY = 16
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


class Scan(Places):
    """One text on its way: places that name something, then the words that speak against them."""

    #: Whether some chip of the text sits in a server.
    housed = False

    def _describes(self, hit: Hit) -> bool:
        """Whether an unknown hit only describes a product that is named: ``GPU``, ``SXM5``, ``HBM3``, ``8-GPU``."""
        text = self.text[hit.start : hit.end]
        bare = re.sub(r"[0-9]+", "", text).strip(" -")
        if bare == text or GPU_COUNT.fullmatch(text):
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
            return self.own(hit, maker) or self.own(hit, re.split(r"[^\w-]+", before.rstrip())[-1])
        if self.own(hit, f"{maker}\n{rest}"):
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
            shown, by = self.cut(hit.start, hit.end), self.cut(*place)
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
            (hit, f"'{self.cut(hit.start, hit.end)}' is sold with and without accelerators") for hit in housing.empty
        ]
        if sure and (place := speaking(self.lexicon, self.text, sure)):
            word = self.cut(*place)
            open_ += [
                (hit, f"'{self.cut(hit.start, hit.end)}': with '{word}' the text may only speak of it") for hit in sure
            ]
            sure = []
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
                shown = self.cut(*match.span())
                evidence = f"'{shown}' of {maker.title()} could be an accelerator and is in no list here"
                return Found(UNKNOWN, evidence=evidence, unknown=(shown,), general=False)
        return Found(NONE)

    def _unidentified(self, unknown: Sequence[Hit], open_: Sequence[tuple[Hit, str]]) -> Found:
        naming = [hit for hit in unknown if not self._describes(hit)] or list(unknown)
        texts = [why for _, why in open_]
        texts += [
            f"'{self.cut(hit.start, hit.end)}' looks like one ({hit.why}) and is in no list here" for hit in naming[:3]
        ]
        possible = [name for hit, _ in open_ for name in hit.ids if name not in self.lexicon.chassis]
        named = tuple(dict.fromkeys(self.cut(hit.start, hit.end) for hit in [*(h for h, _ in open_), *naming]))
        return Found(
            UNKNOWN,
            candidates=self.lexicon.candidates(possible),
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
        texts += [f"'{self.cut(hit.start, hit.end)}' beside it is in no list here ({hit.why})" for hit in others]
        unknown = [hit for hit, _ in open_ if not set(hit.ids) & set(ids)] + others
        families = [name for name in ids if self.specs.item(name).level == "family"]
        return Found(
            first.how,
            ids,
            self.lexicon.candidates(ids),
            families[0] if families and len(ids) == 1 else None,
            self._count(ids, first, describing) if len(used) == 1 or len(ids) == 1 else None,
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
            if not (self.lexicon.context.fullmatch(word[1]) or self.own(hit, word[1])):
                break
            start = word.start(1)
        return start
