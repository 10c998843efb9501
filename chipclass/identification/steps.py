"""How an identification comes about, step by step: what was seen in a text, and what each thing decided.

The steps are read off the scan's own objects (``Scan``, ``Judgement``); nothing is looked for a second time in another
way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chipclass.identification import counts
from chipclass.identification.accessories import DOUBT, KEPT, REFUSED, Hit, Judgement, longest
from chipclass.identification.identify import Identification, Surroundings, identified, read
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.resolve import ALIAS, BOARD_CODE, FAMILY, PART_NUMBER, PCI_ID, exact
from chipclass.identification.scan import Scan, pieces
from chipclass.identification.stands import OPEN, PASSED, SURE
from chipclass.specdb.contents import meanings
from chipclass.specdb.store import Specs
from chipclass.spelling import plain

TEXT, WHOLE, MAKER = "text", "whole text", "manufacturer"
LOOK_ALIKE, NAME, UNKNOWN = "look-alike", "name", "unknown"
ACCESSORY, CONFIRMATION, NARROWING, COUNT, ANSWER = "accessory", "confirmation", "narrowing", "count", "answer"
_SAYS = {KEPT: "does not speak against it", DOUBT: "chip or accessory: a person must look", REFUSED: "not the chip"}
_TOLD = {ALIAS: "a name of", FAMILY: "a family name:", PART_NUMBER: "a part number of", PCI_ID: "a PCI id of"}
#: More of a text than this is not repeated, and of no more of its pieces the steps are told.
_SHOWN, _PIECES = 300, 3


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was seen or decided. ``start`` and ``end`` are its place in the normalised text, if it has one."""

    step: str
    text: str
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"step": self.step, "text": self.text, "start": self.start, "end": self.end}


def steps(specs: Specs, text: str, around: Surroundings) -> list[Step]:
    """The steps from a text to its answer, in their order."""
    start, answer = read(text), identified(specs, text, around)
    whole = exact(specs, start)
    told = [Step(WHOLE, whole.evidence)] if whole.ids else []
    if around.manufacturer:
        words = "confirms short names" if around.context or around.maker else "is no maker of chips that is known here"
        told.append(Step(MAKER, f"'{around.manufacturer}' {words}"))
    if answer.how in (PART_NUMBER, PCI_ID, BOARD_CODE) and answer.evidence.startswith(whole.evidence):
        seen: list[Step] = []
    else:
        parts = pieces(specs, start)
        seen = [step for part in parts[:_PIECES] for step in _Seen(specs, part, around, answer).steps()]
        if len(parts) > 1:
            told.append(Step(TEXT, f"looked at in pieces; shown are {min(len(parts), _PIECES)} of {len(parts)}"))
    names = ", ".join(specs.item(name).name for name in answer.products)
    end = Step(ANSWER, f"{answer.how}: {names or answer.evidence}")
    opening = [Step(TEXT, _shortened(plain(start)))] * bool(start.strip())
    return [*opening, *told, *seen, end]


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ... ({len(text):,} characters)"


class _Seen:
    """What the scan sees in one free text."""

    def __init__(self, specs: Specs, text: str, around: Surroundings, answer: Identification) -> None:
        self.specs, self.around, self.answer = specs, around, answer
        self.scan = Scan(lexicon_of(specs), text)
        self.hits = [*self.scan.names, *self.scan.unknown]
        blocked = [*self.scan.names, *self.scan.look_alikes]
        self.judged = Judgement(self.scan.lexicon, self.scan.text, self.hits, blocked).judged()
        self.stands = self.scan.stands(around.context, around.maker)
        #: Names that are believed.
        self.kept = [stand.hit for stand in self.stands if stand.what == SURE]

    def steps(self) -> Iterator[Step]:
        for hit in self.scan.look_alikes:
            yield self._step(LOOK_ALIKE, hit, f"{hit.why}: refused")
        for hit in self.scan.names:
            notes = [hit.why] * bool(hit.why) + ["a short name"] * hit.short
            said = f"{_TOLD.get(hit.how, hit.how)} {self._names(hit.ids)}"
            yield self._step(NAME, hit, f"{said} ({'; '.join(notes)})" if notes else said)
        for hit in self.scan.unknown:
            yield self._step(UNKNOWN, hit, f"{hit.why}; names no product of the database")
        yield from self._accessories()
        yield from self._confirmations()
        yield from self._narrowing()
        if self.answer.products:
            yield Step(COUNT, self._count())

    def _step(self, step: str, hit: Hit, text: str) -> Step:
        return Step(step, f"'{self._cut(hit.start, hit.end)}': {text}", hit.start, hit.end)

    def _cut(self, start: int, end: int) -> str:
        return " ".join(self.scan.text[start:end].split())

    def _names(self, ids: tuple[str, ...]) -> str:
        return " or ".join(self.specs.item(name).name for name in ids)

    def _accessories(self) -> Iterator[Step]:
        """Accessory words that decided, and those that stand there and decided nothing."""
        deciding = set()
        for hit, verdict, (start, end) in self.judged:
            if verdict != KEPT:
                deciding.add((start, end))
                said = f"'{self._cut(start, end)}' beside '{self._cut(hit.start, hit.end)}': {_SAYS[verdict]}"
                yield Step(ACCESSORY, said, start, end)
        if not self.hits:
            return
        blocked = [*self.scan.names, *self.scan.look_alikes]
        for word, start, end in longest(self.scan.lexicon.accessories, self.scan.text):
            if (start, end) not in deciding and not any(hit.overlaps(start, end) for hit in blocked):
                said = f"'{self._cut(start, end)}' ({word.what}) {_SAYS[KEPT]}"
                yield Step(ACCESSORY, said, start, end)

    def _confirmations(self) -> Iterator[Step]:
        """Why a name is left open or passed over, and what confirms a short one."""
        spoken_against = {hit for hit, verdict, _ in self.judged if verdict != KEPT}
        for stand in self.stands:
            if stand.what in (OPEN, PASSED) and stand.hit not in spoken_against:
                yield Step(CONFIRMATION, stand.why, stand.hit.start, stand.hit.end)
            elif stand.what == SURE and (stand.hit.short or self.scan.bare(stand.hit)):
                yield self._step(CONFIRMATION, stand.hit, f"confirmed by {', '.join(self._context(stand.hit))}")

    def _context(self, hit: Hit) -> list[str]:
        found = [f"'{match[0]}'" for match in self.scan.lexicon.context.finditer(self.scan.text)]
        found += [f"the manufacturer '{self.around.manufacturer}'"] if self.around.manufacturer else []
        others = [f"'{self._cut(o.start, o.end)}'" for o in self.kept if o is not hit and not o.short]
        return list(dict.fromkeys([*found, *others]))

    def _narrowing(self) -> Iterator[Step]:
        """Several names that say one thing together: a server and its chips, a family and its variant."""
        named = tuple(dict.fromkeys(name for hit in self.kept for name in hit.ids))
        if self.answer.products and set(named) != set(self.answer.products):
            before, after = (", ".join(self.specs.item(n).name for n in ids) for ids in (named, self.answer.products))
            yield Step(NARROWING, f"{before}, read together: {after}")

    def _count(self) -> str:
        count, product = self.answer.count, self.answer.product
        if product and any(meant.level != "chip" for meant in meanings(self.specs, self.specs.item(product))):
            return f"{count} in each {self.specs.item(product).name}" if count else "left open beside the product"
        if count is None:
            return "left open: several products, a system, or a number that may be a count"
        hits = [hit for hit in self.kept if set(hit.ids) & set(self.answer.products)]
        stated = any(counts.stated(self.scan.text, hit.start, hit.end) for hit in hits)
        return f"{count}, as the text says" if stated else f"{count}: one product, and no count beside it"
