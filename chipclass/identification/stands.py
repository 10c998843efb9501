"""What is made of each place of a text: believed, left open, spoken against; with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chipclass.identification import counts
from chipclass.identification.accessories import DOUBT, KEPT, REFUSED, Hit, Judgement
from chipclass.identification.counts import NEAR
from chipclass.identification.found import ACCESSORY, Refusal
from chipclass.identification.housing import Housing
from chipclass.identification.lexicon import DEVICE, canonical
from chipclass.identification.places import GPU_COUNT, PART, Places
from chipclass.identification.refining import OTHER_MEMORY
from chipclass.identification.resolve import ALIAS, FAMILY
from chipclass.identification.speech import speaking

#: A name that is believed; one that may mean something else; an accelerator in no list; a word that only describes, in
#: doubt; the name of what the item is made for; a bare number.
SURE, OPEN, UNLISTED, DOUBTED, AGAINST, PASSED = "sure", "open", "unlisted", "doubted", "against", "passed"
_BARE = re.compile(r"[A-Z][0-9]{3}[A-Z]?|L[0-9]{2}[A-Z]")
#: A letter and two digits: paper, screws and bulbs are counted so, too.
_VERY_SHORT = 3
_CELL = re.compile(r"[|<>]")
_NUMBER_OF = re.compile(r"[1-9][0-9]?\s?(?:[X×]|[개장枚基块塊张張片]|台)?")
#: "A16 64GB", "T4 16GB".
_WITH_MEMORY = re.compile(r"[A-Z][0-9]{1,2}[ _-]?[0-9]+\s?GB?")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: Cells of a row; within one, a comma or a bracket does not make a name stand by itself.
_CELLS = re.compile(r"[|\n\t]")
_NEXT_WORD = re.compile(r"\s([A-Z]{4,})(?![A-Z0-9])")
#: So many short names of one maker beside each other confirm each other ("H20, L20 and L2").
_LIST = 3
#: "A100 nodes", "A100 节点": so computers are called by their chips.
_NODES = re.compile(r"\s?(?:(?:GPU\s)?NODES?(?![A-Z])|节点|ノード|노드)")
_GIGABYTES = re.compile(r"([0-9]+)\s?GB?")


@dataclass(frozen=True, slots=True)
class Stand:
    """One place of the text and what is made of it. ``why``: what decided, where it is not simply believed."""

    hit: Hit
    what: str
    why: str = ""


class Stands(Places):
    """One text and what is made of each place in it."""

    #: Whether some chip of the text sits in a server.
    housed = False

    def stands(self, context: bool, maker: str) -> list[Stand]:
        """What is made of each place; a server and the chips in it, and what only speaks of a chip, together."""
        judgement = Judgement(self.lexicon, self.text, [*self.names, *self.unknown], [*self.names, *self.look_alikes])
        stands = [self._stand(*judged, context, maker) for judged in judgement.judged()]
        housing = Housing(self.lexicon, self.text, [stand.hit for stand in stands if stand.what == SURE])
        self.housed = housing.housed
        stands = [stand for stand in stands if stand.what != SURE]
        for hit in housing.empty:
            stands.append(Stand(hit, OPEN, f"'{self.shown_of(hit)}' is sold with and without accelerators"))
        spoken = speaking(self.lexicon, self.text, self.shown, housing.kept, [*self.unknown, *self.look_alikes])
        for hit in housing.kept:
            only = f"'{self.shown_of(hit)}': with '{self.cut(*spoken)}' the text may only speak of it" if spoken else ""
            stands.append(Stand(hit, OPEN if spoken else SURE, only))
        return stands

    def _stand(self, hit: Hit, verdict: int, place: tuple[int, int], context: bool, maker: str) -> Stand:
        """What is made of one place by itself."""
        shown, by = self.shown_of(hit), self.cut(*place)
        if verdict != KEPT:
            self.refused.append(Refusal(shown, f"'{by}' stands beside it", ACCESSORY))
        if verdict == REFUSED:
            return Stand(hit, AGAINST, f"'{by}' beside '{shown}': the item is not the chip")
        if verdict == DOUBT:
            named = hit.ids or not self.describes(hit)
            why = f"'{shown}' beside '{by}': chip or accessory, a person must look"
            return Stand(hit, OPEN if named else DOUBTED, why)
        if not hit.ids:
            return Stand(hit, UNLISTED, hit.why)
        if hit.odd:
            return Stand(hit, OPEN, f"'{shown}': {hit.why}")
        if other := self._of_another_trade(hit, maker):
            return Stand(hit, OPEN, f"'{shown}': beside '{self.cut(*other.span())}' it may be a model of other goods")
        if hit.short and (told := self._of_a_rival(hit, maker)):
            return Stand(hit, OPEN, told)
        if not (hit.short or self.bare(hit)) or self._confirmed(hit, context, maker):
            return Stand(hit, SURE)
        if canonical(shown).isdigit():
            return Stand(hit, PASSED, f"'{shown}' is a number, and its maker does not stand before it")
        return Stand(hit, OPEN, f"'{shown}' is a short name and nothing beside it says that a chip is meant")

    def describes(self, hit: Hit) -> bool:
        """Whether an unknown hit only describes a product that is named: ``GPU``, ``SXM5``, ``HBM3``, ``8-GPU``."""
        text = self.text[hit.start : hit.end]
        bare = re.sub(r"[0-9]+", "", text).strip(" -")
        if bare == text or GPU_COUNT.fullmatch(text):
            return True
        return bool(self.lexicon.context.fullmatch(text) or self.lexicon.context.fullmatch(bare))

    def bare(self, hit: Hit) -> bool:
        """Whether a name is but a letter and a number among other words: so are cases, vans and voltages called.

        With a count, or among words of sale alone, it stands for itself.
        """
        if hit.how not in (ALIAS, FAMILY) or not _BARE.fullmatch(self.text, hit.start, hit.end):
            return False
        if counts.stated(self.text, hit.start, hit.end):
            next_word = _NEXT_WORD.match(self.text, hit.end)
            return next_word is not None and not self._of_devices(next_word[1])
        before = _CELLS.split(self.text[max(0, hit.start - NEAR) : hit.start])[-1]
        behind = _CELLS.split(self.text[hit.end : hit.end + NEAR])[0]
        return any(word not in self.lexicon.sale for word in _WORD.findall(f"{before} {behind}"))

    def _of_another_trade(self, hit: Hit, maker: str) -> re.Match[str] | None:
        """The maker or kind of other goods beside a letter and a number with a memory size: so are phones called."""
        if not _WITH_MEMORY.fullmatch(self.text, hit.start, hit.end) or self.own(hit, f"{maker}\n{self.text}"):
            return None
        return next((word for word in _WORD.finditer(self.text) if word[0] in self.lexicon.trade), None)

    def _of_a_rival(self, hit: Hit, maker: str) -> str:
        """What speaks for a product of another vendor that has the same short name ("Atlas A2"); else empty."""
        rest = f"{self.text[: hit.start]}\n{self.text[hit.end :]}"
        vendors = {self.lexicon.specs.item(name).vendor for name in hit.ids}
        for vendor, words in self.lexicon.rivals.items():
            word = None if vendor in vendors else words.search(self.text)
            if word and not self.own(hit, f"{maker}\n{rest}"):
                said = f"'{self.cut(*word.span())}' beside it is said of products of {vendor}"
                return f"'{self.shown_of(hit)}' is a short name, and {said}"
        return ""

    def _of_devices(self, word: str) -> bool:
        """Whether a word is said of devices or of the way they are sold."""
        lexicon = self.lexicon
        known = word in lexicon.nouns or word in lexicon.sale or DEVICE.fullmatch(word)
        return bool(known or lexicon.context.fullmatch(word) or lexicon.server.search(word))

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
        if any(not (other.short or other.odd or self.bare(other)) for other in self.names):
            return True
        if counts.of_cards(self.text, hit.start):
            return True
        maker_of_it = self.lexicon.vendor(hit.ids[0])
        if len({other.ids for other in self.names if self.lexicon.vendor(other.ids[0]) == maker_of_it}) >= _LIST:
            return True
        counted = counts.before(self.text, hit.start) or counts.behind(self.text, hit.end) or counts.of_gpus(rest)
        if counted and self.lexicon.server.search(rest):
            return True
        if self._cell_of_its_own(hit):
            return True
        if _BARE.fullmatch(self.text, hit.start, hit.end) and _NODES.match(self.text, hit.end):
            return True
        if any(self._has_die(hit, self.text[other.start : other.end]) for other in self.unknown):
            return True
        if any(self._speaks_of(hit, word) for word in self.lexicon.context.finditer(rest)):
            return True
        return any(not self.text[other.start : other.end].isascii() for other in self.unknown)

    def _cell_of_its_own(self, hit: Hit) -> bool:
        """Whether a cell of a row holds the name and its number, or the name alone and the row has it once more."""
        before, behind = _CELL.split(self.text[: hit.start]), _CELL.split(self.text[hit.end :])
        if len(before) == len(behind) == 1:
            return False
        cell = f"{before[-1].strip()} {behind[0].strip()}".strip()
        again = any(other is not hit and set(other.ids) & set(hit.ids) for other in self.names)
        counted = hit.end - hit.start > _VERY_SHORT and bool(_NUMBER_OF.fullmatch(cell))
        return counted or (not cell and again)

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
