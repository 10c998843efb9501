"""A name with the words right beside it: alternatives widen it, sizes and forms narrow it or contradict it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from chipclass.identification.accessories import Hit
from chipclass.identification.counts import NEAR
from chipclass.identification.lexicon import DEVICE, Lexicon, canonical
from chipclass.identification.resolve import ALIAS, FAMILY

_ALTERNATIVE = re.compile(r"\s?(?:/|\b(?:OR|ODER|OU)\b)\s?([A-Z0-9]+(?:\s?G[BO]?\b)?)")
_NEXT = re.compile(r"[\s_,/-]{1,2}([0-9]+\s?G[BO]?(?=[X×][0-9])|[A-Z0-9]+(?:\s?G[BO]?\b)?)")
_BEFORE = re.compile(r"(?<![A-Z0-9])([0-9]+\s?G[BO]?|[A-Z]+[0-9]?)[\s-]$")
_MEMORY = re.compile(r"[0-9]+GB")
_SIZE = re.compile(r"\b[0-9]+\s?G[BO]?\b")
#: Behind a size: not the memory of a chip.
OTHER_MEMORY = re.compile(r"\s?(?:RAM|DDR|SYS|SSD|HDD|NVME|DIMM|STORAGE|DRIVE)")
_KIND = re.compile(r"(?<![0-9.])([0-9]{1,3})\s?G[BO]?[\s,]{0,2}(?:HBM|GDDR)")
_MIB = re.compile(r"(?<![0-9.])([0-9]{4,6})\s?MI?B(?![A-Z])")
#: Forms of modules, which are no cards.
_MODULE = re.compile(r"(?<![A-Z0-9])(?:SXM[2-6]?|OAM)(?![A-Z0-9])")
#: A PCIe card; with a generation or lanes behind it, the bus of any device.
_CARD = re.compile(r"PCIE(?![A-Z0-9])(?![\s-]?(?:GEN|[1-6]\.0|[1-6](?![0-9])|X\s?[0-9]))")
#: A tool shows a little less than the nominal memory.
_NEARLY = 0.04
#: Right behind a name these make another model of it.
_OTHER_MODEL = re.compile(r"[\s-]?(TI|SUPER|Z)(?![A-Z0-9])")
_SLICE = re.compile(r"[\s-]?SLICES?(?![A-Z0-9])")
#: Dies in a stack of memory.
_LAYERS = re.compile(r"(?<![0-9A-Z])([0-9]{1,2})[\s-]?(?:HIGH|HI|H|LAYERS?)(?![A-Z0-9])|([0-9]{1,2})\s?[层層단]")
#: A laptop's GPU has the name of a desktop card and is another chip.
_LAPTOP = re.compile(
    r"(?<![A-Z])(?:LAPTOPS?|NOTEBOOKS?|MOBILE|MAX[\s-]?Q|ULTRABOOKS?|PORTABLE|MOBIL)(?![A-Z])|笔记本|筆記型|移动|モバイル|ノート|노트북"
)
#: Lines of graphics cards that laptops have too.
CLIENT = re.compile(r"RTX|GTX|\bRX\b|QUADRO|GEFORCE|RADEON|ARC|\bT[0-9]{3,4}\b")


def refined(lexicon: Lexicon, text: str, hit: Hit) -> Hit:
    """A name with what the words beside it say: another model, alternatives, the variant that is meant."""
    if hit.how not in (ALIAS, FAMILY):
        return hit
    if other := _another(text, hit) or _another_stack(lexicon, text, hit):
        return other
    if (wider := _widened(lexicon, text, hit)) is not hit:
        return wider
    hit, left = _described(lexicon, text, hit)
    memories = {word for chip in left for word in lexicon.words_of(chip) if _MEMORY.fullmatch(word)}
    end = place = hit.end
    sized, said = False, set(map(canonical, re.split(r"[\s_/-]+", text[hit.start : hit.end])))
    while match := _NEXT.match(text, place):
        word = canonical(match[1])
        memory = _MEMORY.fullmatch(word) and not OTHER_MEMORY.match(text, match.end())
        if memory and sized:  # the second size is the computer's
            break
        if memory and _contradicts(int(word[:-2]), memories):
            name = lexicon.specs.item(hit.ids[0]).name
            return replace(hit, end=match.end(), why=f"no {name} in the database has {word}", odd=True)
        if _CARD.match(text, match.start(1)) and not _MODULE.search(text) and _is_module(lexicon, hit):
            name = lexicon.specs.item(hit.ids[0]).name
            return replace(hit, end=match.end(), why=f"{name} is no PCIe card", odd=True)
        own = word in lexicon.qualifiers(hit.ids[0]) and word not in said
        if not (memory or own or DEVICE.fullmatch(match[1])) or _ALTERNATIVE.match(text, match.end()):
            break
        if hit.how == FAMILY:
            left = _narrower(lexicon, left, [word])
        place, sized = match.end(), sized or bool(memory)
        if memory or own:  # "300W" may be said of any thing
            end = place
    if hit.how == FAMILY and end > hit.end:
        left = _narrower(lexicon, left, _SIZE.findall(text[hit.start : hit.end]))
    if hit.how == FAMILY and len(left) > 1:
        left = _of_memory(lexicon, left, text)
    if hit.how == FAMILY and not lexicon.servers(hit.ids[0]):
        if len(left) == 1:
            return replace(hit, end=end, how=ALIAS, ids=tuple(left))
        hit = replace(hit, ids=(lexicon.narrowest(hit.ids[0], left),))
    return hit if hit.short else replace(hit, end=end)  # the words behind a short name are what confirms it


def _is_module(lexicon: Lexicon, hit: Hit) -> bool:
    """Whether a name is that of a chip sold as a module only."""
    one = hit.how == ALIAS and len(hit.ids) == 1
    return one and any(_MODULE.fullmatch(word) for word in lexicon.words_of(hit.ids[0]))


def _of_memory(lexicon: Lexicon, chips: frozenset[str], text: str) -> frozenset[str]:
    """The chips with the memory that the text states for the device: in GB with its kind, or in MiB."""
    sizes = [float(match[1]) for match in _KIND.finditer(text)] + [int(m[1]) / 1024 for m in _MIB.finditer(text)]
    if len(set(sizes)) != 1:
        return chips
    fits = {chip for chip in chips if any(abs(size - sizes[0]) <= _NEARLY * size for size in lexicon.memory(chip))}
    return frozenset(fits) or chips


def _contradicts(size: int, memories: Iterable[str]) -> bool:
    """Whether a memory size is none of the known ones, nor that of several chips."""
    known = [int(word[:-2]) for word in memories]
    return bool(known) and all(size % each for each in known)


def _described(lexicon: Lexicon, text: str, hit: Hit) -> tuple[Hit, frozenset[str]]:
    """``40GB SXM4 A100``: a family with the words right before its name, and the chips that they leave."""
    left = lexicon.chips(hit.ids[0])
    if hit.how != FAMILY or lexicon.servers(hit.ids[0]):
        return hit, left
    while match := _BEFORE.search(text, max(0, hit.start - NEAR), hit.start):
        word = canonical(match[1])
        if word not in lexicon.qualifiers(hit.ids[0]):
            break
        left = _narrower(lexicon, left, [word])
        hit = replace(hit, start=match.start())
    return hit, left


def _another(text: str, hit: Hit) -> Hit | None:
    """The name as that of another model: a laptop's, or the next larger one."""
    client = CLIENT.search(text, hit.start, hit.end)
    for mobile in _LAPTOP.finditer(text) if client else ():
        if not hit.start <= mobile.start() < hit.end:
            return replace(hit, why=f"'{mobile[0]}': a laptop's GPU is another chip", odd=True)
    if (part := _SLICE.match(text, hit.end)) and text.endswith("POD", hit.start, hit.end):
        return replace(hit, end=part.end(), why="a slice of a pod has any number of its chips", odd=True)
    if other := _OTHER_MODEL.match(text, hit.end):
        return replace(hit, end=other.end(), why=f"with '{other[1]}' it is another chip", odd=True)
    return None


def _another_stack(lexicon: Lexicon, text: str, hit: Hit) -> Hit | None:
    """A memory with a number of layers that none of those named so has ("HBM4 16Hi")."""
    if not (said := _LAYERS.search(text)):
        return None
    names = [lexicon.specs.item(chip).name.upper() for name in hit.ids for chip in lexicon.chips(name)]
    layers = {int(match[1]) for name in names if "HBM" in name and (match := _LAYERS.search(name))}
    if not layers or int(said[1] or said[2]) in layers:
        return None
    return replace(hit, why=f"none of that name in the database has '{said[0]}' dies in a stack", odd=True)


def _narrower(lexicon: Lexicon, chips: frozenset[str], words: Iterable[str]) -> frozenset[str]:
    """The chips whose names have each of the words, as far as any has."""
    for word in map(canonical, words):
        size = int(word[:-2]) if _MEMORY.fullmatch(word) else None
        chips = frozenset(c for c in chips if word in lexicon.words_of(c) or size in lexicon.memory(c)) or chips
    return chips


def _widened(lexicon: Lexicon, text: str, hit: Hit) -> Hit:
    """``40GB/80GB``, ``SXM or PCIe`` behind a model: the name leaves open what it seems to say."""
    if not (match := _ALTERNATIVE.match(text, hit.end)):
        return hit
    other, last = canonical(match[1]), canonical(re.split(r"[\s_/-]", text[hit.start : hit.end])[-1])
    if another := _sibling(lexicon, text, hit, match[1]):
        return replace(hit, end=match.end(), ids=(*hit.ids, *another), why="the text gives alternatives")
    same_kind = other[0].isdigit() == last[0].isdigit()
    if other == last or not same_kind or other not in lexicon.qualifiers(hit.ids[0]):
        return hit
    wider = lexicon.wider(hit.ids[0])
    return replace(hit, end=match.end(), how=FAMILY, ids=(wider,), why="the text gives alternatives")


def _sibling(lexicon: Lexicon, text: str, hit: Hit, other: str) -> tuple[str, ...]:
    """``RTX 6000/8000``: what the words before the model name together with the alternative to it."""
    head = re.fullmatch(r"(.*[A-Z].*?[\s_-])[A-Z]{0,3}[0-9]+[A-Z]*", text[hit.start : hit.end])
    owner = lexicon.names.get(canonical(head[1] + other)) if head and other[-1].isdigit() else None
    return () if owner is None else tuple(id_ for id_ in owner.ids if id_ not in hit.ids)
