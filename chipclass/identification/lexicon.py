"""The names and words of a spec database, compiled once into patterns: what ``scan`` looks for.

Everything that names a product comes from the data. What stands here beside it are the words of a sentence that say how
far an accessory word carries; how names are spelled stands in ``names``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chipclass.identification.names import (
    CJK,
    LEFT,
    NUMBER_RIGHT,
    RIGHT,
    Node,
    any_of,
    name_atoms,
    number_atoms,
    phrase,
    words_of_phrase,
)
from chipclass.identification.resolve import ALIAS, FAMILY, PART_NUMBER, PCI_ID, PCI_KINDS
from chipclass.specdb.contents import chip_ids, meanings
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs
from chipclass.spelling import key_of, plain

_DIE = re.compile(r"[A-Z]{2}[0-9]{3}(?![A-Z0-9])")
#: Behind a die's name: its grade for another market ("GA102GL"), its version.
_DIE_TAIL = r"(?:[A-Z]{1,3}|-[0-9]{3}[A-Z0-9]*)?"
_MEMORY = re.compile(r"([0-9]+)\s?G[BO]?\b")
_BUS = re.compile(r"PCI[\s-]?E(?:XPRESS)?\b")
_KINDS = {"part-number": PART_NUMBER, "gpu-number": PART_NUMBER, **dict.fromkeys(PCI_KINDS, PCI_ID)}

#: What follows these comes along with the item, so accessory words behind them do not count (specs/lexicon/).
COMES_ALONG = re.compile(
    r"(?<![0-9])(?<![0-9] )\bW/(?!\s?O\b)|(?<!80 )\b(?:WITH|INCL|INCLUDING|INCLUDES|PLUS|BUNDLE|MIT|INKL|SAMT|AVEC)\b"
    r"|(?<!不)含|附(?!件)"
)
#: These stand after what comes along.
COMES_ALONG_AFTER = re.compile(r"\s*(?:付き|同梱)")
#: Ends of a clause. A comma between digits is none.
CLAUSE = re.compile(r"[;|+&()\n、。]|,(?![0-9])|(?<![0-9]),|\s-\s")
#: Says that the row is about a device: memory, power, form.
DEVICE = re.compile(
    r"(?<![A-Z0-9])(?:[0-9]+\s?(?:GB|G|GO|TB|W)|HBM[0-9]?E?|GDDR[0-9]X?|SXM[0-9]?|OAM|PCI[\s-]?E(?:XPRESS)?|FHFL|HHHL"
    r"|LOW[\s-]PROFILE|(?:SINGLE|DUAL|TRIPLE|[1-4])[\s-]SLOT)(?![A-Z0-9])"
)
#: Memory or power stated: more than an accessory's name usually says of the chip it is for.
FIGURE = re.compile(r"(?<![A-Z0-9])[0-9]+\s?(?:GB|G|GO|W)(?![A-Z0-9])")
#: ``lspci`` without a name for a device: behind the maker's name its number on the bus.
DEVICE_ID = r"DEVICE [0-9A-F]{4}"


def canonical(text: str) -> str:
    """The key of a name after the usual other spellings of memory sizes and of the bus are made one."""
    return key_of(_BUS.sub("PCIE", _MEMORY.sub(r"\1GB", plain(text))))


_ENDING_IN_S = re.compile(r"(?<![A-Z0-9])[A-Z]*[0-9]+[A-Z]?S(?![A-Z0-9])")
_WORD_LISTS = ("sale", "sentence", "noun", "card", "trade", "small")

#: Kinds of unknown accelerators: what holds several chips; a name right behind a maker's is that maker's model; a die
#: says nothing more beside a name.
PLATFORM, MAKER, DIE = "platform", "maker", "die"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A pattern for accelerators that are in no list, what it finds, and the words beside which it counts nothing."""

    regex: re.Pattern[str]
    what: str
    unless: re.Pattern[str] | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """What one name or number stands for."""

    how: str
    ids: tuple[str, ...]
    short: bool = False
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One pattern of the lexicon: a look-alike, an accessory word or a word of context."""

    pattern: re.Pattern[str]
    text: str
    what: str
    gpu: bool = False
    #: Its first word: a text without it need not be searched.
    first: str = ""


class Lexicon:
    """The compiled patterns of one spec database."""

    def __init__(self, specs: Specs) -> None:
        self.specs = specs
        self.names: dict[str, Name] = {}
        self.numbers: dict[str, Name] = {}
        words: dict[str, list[dict[str, Any]]] = specs.index["lexicon"]
        self._needs_context = {canonical(entry["pattern"]) for entry in words.get("needs_context", ())}
        chassis = {canonical(entry["pattern"]) for entry in words.get("chassis", ())}
        #: Lines of servers that are sold with accelerators of several kinds, and without: the name says not which.
        self.chassis: set[str] = set()
        #: Words of names that end in a number and an S, so that it is no plural's: "L40S", "NC6s v3".
        self.ending_in_s: set[str] = set()
        self.tree = Node()
        for item in self._items():
            if any(canonical(text) in chassis for text in (item.name, *item.aliases)):
                self.chassis.add(item.id)
            self._add_names(item)
            self._add_numbers(item)
        #: One match for every place where a name begins, overlapping ones included.
        self.pattern = re.compile(rf"{LEFT}(?=({self.tree.regex()}))")
        self.look_alikes = [_word(entry) for entry in words.get("look_alike", ())]
        self.accessories = [_word(entry, plural=True) for entry in words.get("accessory", ())]
        context = [phrase(entry["pattern"], plural=True) for entry in words.get("context", ())]
        self.context = any_of(context)
        lists = {key: {plain(word) for e in words.get(key, ()) for word in e["words"]} for key in _WORD_LISTS}
        #: Words that say how a thing is sold; of sentences, of no item's name; nouns for what chips are; makers and
        #: lines of graphics cards; makers and kinds of other goods.
        words_of = (lists[key] for key in _WORD_LISTS)
        self.sale, self.sentence, self.nouns, self.cards, self.trade, self.small = words_of
        #: Words of sentences in writing without spaces, looked for as parts of it.
        self.sentence_parts = re.compile("|".join(sorted(filter(CJK.match, self.sentence))) or r"(?!)")
        #: Other names of a vendor.
        self.makers: dict[str, list[str]] = {}
        for entry in words.get("maker", ()):
            self.makers.setdefault(entry["vendor"], []).append(entry["pattern"])
        #: Words of a vendor whose products have the short names of other vendors' chips.
        rivals: dict[str, list[str]] = {}
        for entry in words.get("rival", ()):
            rivals.setdefault(entry["vendor"], []).append(phrase(entry["pattern"], plural=True))
        self.rivals = {vendor: any_of(phrases) for vendor, phrases in rivals.items()}
        servers = [entry["regex"] for entry in words.get("server", ())]
        #: Names and words of servers: beside them a count and a short name speak of chips.
        self.server = re.compile("|".join(servers) or r"(?!)")
        #: Dies by the name that stands on them: what looks like one is an accelerator, and which one is not known.
        self.dies = {match[0]: die.id for die in specs.items("dies") if (match := _DIE.match(plain(die.name)))}
        self.unknown = [*self._die_patterns(), *(_unknown(entry) for entry in words.get("unknown_accelerator", ()))]
        self.any_unknown = re.compile("|".join(entry.regex.pattern for entry in self.unknown) or r"(?!)")
        self.any_look_alike = any_of(word.pattern.pattern for word in self.look_alikes)
        self.any_accessory = any_of(word.pattern.pattern for word in self.accessories)
        self._chips: dict[str, frozenset[str]] = {}
        self._phrases: dict[str, re.Pattern[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._memory: dict[str, frozenset[int]] = {}
        self._qualifiers: dict[str, frozenset[str]] = {}
        self._vendors: dict[str, re.Pattern[str] | None] = {}
        self._dies: dict[str, frozenset[str]] = {}
        self._buses: dict[str, frozenset[str]] | None = None
        self._boards: dict[str, int] | None = None
        self._installed: frozenset[str] | None = None
        #: The vendors of the chips.
        self.vendors = sorted({chip.vendor for chip in specs.items("chips") if chip.vendor})
        self._makers = set(map(plain, self.vendors))

    def _die_patterns(self) -> Iterator[Unknown]:
        for name, die in self.dies.items():
            pattern = rf"(?:^|[^A-Z0-9])(?:{name}{_DIE_TAIL})(?:[^A-Z0-9]|$)"
            yield Unknown(re.compile(pattern), f"a die of {self.specs.item(die).vendor}")

    def die(self, text: str) -> str | None:
        """The die that a name such as ``GA102GL`` or ``GH100-884`` stands for."""
        return self.dies.get(text[:5])

    def buses(self, vendor: str) -> frozenset[str]:
        """A vendor's numbers on the PCI bus, as far as the database has devices of it."""
        if self._buses is None:
            self._buses = {}
            for chip in self.specs.items("chips"):
                ids = {key_of(entry.values[0])[:4] for entry in chip.identifiers if entry.kind == "pci-id"}
                self._buses[plain(chip.vendor)] = self._buses.get(plain(chip.vendor), frozenset()) | ids
        return self._buses.get(vendor, frozenset())

    def dies_of(self, chip: str) -> frozenset[str]:
        """The dies that a chip's claims name."""
        if chip not in self._dies:
            facts = [fact.value for fact in self.specs.item(chip).facts if fact.attribute == "dies"]
            self._dies[chip] = frozenset(die for value in facts if isinstance(value, Mapping) for die in value)
        return self._dies[chip]

    def _items(self) -> Iterator[Item]:
        for table in ("families", "chips", "products"):
            yield from self.specs.items(table)

    def _add_names(self, item: Item) -> None:
        how = FAMILY if item.level == "family" else ALIAS
        for text in (item.name, *item.aliases, *item.short_aliases):
            key = canonical(text)
            self.ending_in_s.update(_ENDING_IN_S.findall(plain(text)))
            short = text in item.short_aliases or len(key) <= 3 or key in self._needs_context
            known = self.names.get(key)
            ids = (item.id,) if known is None else tuple(dict.fromkeys((*known.ids, item.id)))
            self.names[key] = Name(how, ids, short)
            self.tree.add(name_atoms(text), "" if CJK.match(plain(text)[-1]) else RIGHT)

    def _add_numbers(self, item: Item) -> None:
        for entry in item.identifiers:
            for text in entry.values:
                key = key_of(text)
                known = self.numbers.get(key)
                ids = (item.id,) if known is None else tuple(dict.fromkeys((*known.ids, item.id)))
                self.numbers[key] = Name(
                    _KINDS.get(entry.kind, entry.kind), ids, inferred=entry.mapping != "description"
                )
                self.tree.add(number_atoms(text, glued=entry.kind == PART_NUMBER), NUMBER_RIGHT)

    def owner(self, span: str) -> Name | None:
        """What a matched span stands for."""
        return self.numbers.get(key_of(span)) or self.names.get(canonical(span))

    def chips(self, name: str) -> frozenset[str]:
        """The chips that an id can mean or contain."""
        if name not in self._chips:
            self._chips[name] = chip_ids(self.specs, self.specs.item(name))
        return self._chips[name]

    def candidates(self, names: Iterable[str]) -> tuple[str, ...]:
        """The chips that ids can mean or contain, in the order of the ids."""
        return tuple(dict.fromkeys(chip for name in names for chip in sorted(self.chips(name))))

    def servers(self, name: str) -> tuple[Item, ...]:
        """The configurations of a line of servers; nothing for any other id."""
        item = self.specs.item(name)
        configurations = meanings(self.specs, item) if item.level == "family" else ()
        return configurations if all(entry.kind == "server" for entry in configurations) else ()

    def installed(self) -> frozenset[str]:
        """The chips that some product of the database contains."""
        if self._installed is None:
            self._installed = frozenset(chip for item in self.specs.items("products") for chip in self.chips(item.id))
        return self._installed

    def on_board(self, chip: str) -> int:
        """How many of a chip are on the one board that it is sold on; 1 where it is sold by itself."""
        if self._boards is None:
            counts: dict[str, set[int]] = {}
            for item in self.specs.items("products"):
                if item.kind == "board" and len(item.contains) == 1 and (held := item.contains[0].get("chip")):
                    counts.setdefault(held, set()).add(item.contains[0]["count"])
            alone = {chip: held for chip, held in counts.items() if self.specs.item(chip).sold_as == "chip"}
            self._boards = {chip: max(held) for chip, held in alone.items() if len(held) == 1}
        return self._boards.get(chip, 1)

    def foreign(self, maker: str, names: Iterable[str]) -> bool:
        """Whether a word is a maker of chips, and of none that the ids name: no context for their short names."""
        if maker not in self._makers:
            return False
        items = [self.specs.item(chip) for name in names for chip in self.chips(name)]
        return not any(maker in plain(text) for item in items for text in (item.vendor, item.name, *item.aliases))

    def vendor(self, name: str) -> re.Pattern[str] | None:
        """The makers' names of an id: each of them is context for its short names."""
        if name not in self._vendors:
            names = {self.specs.item(chip).vendor for chip in self.chips(name)} | {self.specs.item(name).vendor}
            names |= {other for vendor in names for other in self.makers.get(vendor, ())}
            phrases = [phrase(vendor) for vendor in sorted(names) if vendor]
            buses = {bus for vendor in names if vendor for bus in self.buses(plain(vendor))}
            phrases += [phrase(bus) for bus in sorted(buses) if not bus.isdigit()]
            self._vendors[name] = re.compile("|".join(phrases)) if phrases else None
        return self._vendors[name]

    def phrase(self, text: str) -> re.Pattern[str]:
        """A pattern for a phrase, made once."""
        if text not in self._phrases:
            self._phrases[text] = re.compile(phrase(text))
        return self._phrases[text]

    def words_of(self, chip: str) -> frozenset[str]:
        """The words behind the model in the names of a chip: memory sizes, forms."""
        if chip not in self._words:
            item = self.specs.item(chip)
            names = [_MEMORY.sub(r"\1GB", plain(alias)) for alias in (item.name, *item.aliases)]
            split = [re.split(r"[\s-]+", name) for name in names]
            self._words[chip] = frozenset(canonical(word) for words in split for word in words[1:]) - {"GPU"}
        return self._words[chip]

    def memory(self, chip: str) -> frozenset[int]:
        """The memory sizes that are stated for a chip, in GB, and those in its names."""
        if chip not in self._memory:
            stated = [fact.value for fact in self.specs.item(chip).facts if fact.attribute == "memory_capacity"]
            sizes = {round(figure.value) for figure in stated if getattr(figure, "value", None) is not None}
            named = {int(word[:-2]) for word in self.words_of(chip) if re.fullmatch(r"[0-9]+GB", word)}
            self._memory[chip] = frozenset(sizes | named)
        return self._memory[chip]

    def qualifiers(self, name: str) -> frozenset[str]:
        """The words by which the variants of an id and of its families are told apart."""
        if name not in self._qualifiers:
            families = {family for chip in self.chips(name) for family in self.specs.item(chip).families}
            chips = self.chips(name).union(*(self.chips(family) for family in families))
            self._qualifiers[name] = frozenset(word for chip in chips for word in self.words_of(chip))
        return self._qualifiers[name]

    def narrowest(self, name: str, chips: frozenset[str]) -> str:
        """The smallest family within an id's that holds all of some chips, or the id itself."""
        families = {family for chip in chips for family in self.specs.item(chip).families}
        fits = [family for family in families if chips <= self.chips(family) < self.chips(name)]
        return min(sorted(fits), key=lambda family: len(self.chips(family)), default=name)

    def wider(self, name: str) -> str:
        """The widest family that holds every variant of an id, or the id itself."""
        chips = self.chips(name)
        families = {family for chip in chips for family in self.specs.item(chip).families}
        holding = [family for family in families if self.chips(family) > chips]
        return max(sorted(holding), key=lambda family: len(self.chips(family)), default=name)


@lru_cache(maxsize=8)
def lexicon_of(specs: Specs) -> Lexicon:
    """The compiled lexicon of a spec database, made once."""
    return Lexicon(specs)


def _word(entry: dict[str, Any], plural: bool = False) -> Word:
    pattern = re.compile(phrase(entry["pattern"], plural))
    first = words_of_phrase(entry["pattern"])[0]
    return Word(pattern, entry["pattern"], entry.get("what", ""), "gpu" in entry.get("note", "").casefold(), first)


def _unknown(entry: dict[str, Any]) -> Unknown:
    unless = re.compile(entry["unless"]) if "unless" in entry else None
    return Unknown(re.compile(entry["regex"]), str(entry["what"]), unless, entry.get("kind", ""))
