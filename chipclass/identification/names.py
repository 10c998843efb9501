"""How names and phrases are spelled in running text, as patterns: separators, ends, counts that are glued to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chipclass.spelling import plain

#: What a name goes on with: no name begins behind these nor ends before them.
LETTER = "A-Z0-9À-ÖØ-Þ"
_CJK_LETTER = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
CJK = re.compile(f"[{_CJK_LETTER}]")
#: A name begins after anything that is no letter or digit, or right after a glued count ("2x", "2 x", "R760xax4").
LEFT = rf"(?:(?<![{LETTER}])|(?<=[0-9][X×])|(?<=[0-9] [X×])|(?<=[A-Z0-9]X[1-9]))"
#: A count may be glued behind a name ("H100x8", and "x" alone where a count stands before it, which ``scan`` checks).
_GLUED = rf"(?=[X×](?:[0-9]{{0,2}}(?![{LETTER}])|[1-9][0-9]?[A-Z]))"
RIGHT = rf"(?:(?![{LETTER}])|{_GLUED})"
#: A part number does not end where another group follows: that is another number.
NUMBER_RIGHT = rf"(?:(?![{LETTER}]|-[{LETTER}])|{_GLUED})"
#: Before the first word of a phrase.
_BOUND = rf"(?<![{LETTER}])"
#: Between the words of a name, beside what stands there in the name itself. Before a short word ("D", "3e") a comma
#: or a bracket ends the name.
_SHORT_GAP = (r"\s_/-", 2)
_GAP = (r"\s_/.,\"'()\[\]:-", 3)
#: More spaces may stand there: tables are padded with them.
_PADDING = r"\s{0,6}"
#: Written together with the next word as often as apart: "HGXH100", "RTXPRO 6000".
_PLATFORMS = ("HGX", "DGX", "RTX")


@dataclass(slots=True)
class Node:
    """Names as a tree of the pieces of their patterns, from which ``shapes`` reads them too.

    ``ends``: what bounds a name that ends here.
    """

    children: dict[str, Node] = field(default_factory=dict)
    ends: set[str] = field(default_factory=set)

    def add(self, atoms: Iterable[str], end: str) -> None:
        node = self
        for atom in atoms:
            node = node.children.setdefault(atom, Node())
        node.ends.add(end)

    def names(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """The pieces of every name, and what bounds it."""
        yield from (((), end) for end in self.ends)
        yield from (((atom, *rest), end) for atom, node in self.children.items() for rest, end in node.names())

    def depth(self) -> int:
        return 1 + max((child.depth() for child in self.children.values()), default=0)

    def regex(self) -> str:
        """Longer names first; each ends with its own boundary: where that fails, a shorter name is tried."""
        children = sorted(self.children.items(), key=lambda entry: -entry[1].depth())
        options = [atom + child.regex() for atom, child in children] + sorted(self.ends)
        return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def name_atoms(text: str) -> Iterator[str]:
    """Pieces of a pattern for a name: separators between words may be missing where letters meet digits.

    Within the model word a space between letters and digits may stand only in a longer name: alone it is too often two
    words.
    """
    shown = plain(text)
    found = list(re.finditer(rf"[{LETTER}]+|[{_CJK_LETTER}]+", shown))
    words = [match[0] for match in found]
    spaced = any(word != "GPU" for word in words[1:]) and len(words) > 1
    before, end = "", 0
    for place, match in enumerate(found):
        word = match[0]
        if before:
            gap = _gap(word, shown[end : match.start()])
            glued = (
                before in _PLATFORMS
                or before[-1].isdigit() != word[0].isdigit()
                or CJK.match(before[-1])
                or CJK.match(word)
            )
            yield f"(?:{gap})?" if glued else gap
        if word == "PCIE":
            yield r"PCI[\s-]?E(?:XPRESS)?"
        elif memory := re.fullmatch(r"([0-9]+)GB", word):
            yield memory[1]
            yield r"\s?G[BO]?"
        else:
            runs = re.findall(r"[0-9]+|[^0-9]+", word)
            model = spaced and len(runs) > 1 and not any(c.isdigit() for w in words[:place] for c in w)
            for number, run in enumerate(runs):
                if number == 1 and model and not runs[0][0].isdigit() and len(run) > 1:
                    yield "[ -]?"
                yield re.escape(run)
        before, end = word, match.end()


def _gap(word: str, written: str) -> str:
    """What may stand before a word of a name, where ``written`` stands in the name."""
    usual, count = _GAP if len(word) >= 3 else _SHORT_GAP
    other = "".join(dict.fromkeys(re.findall(f"[^{usual}]", written)))
    return f"[{re.escape(other)}{usual}]{{1,{max(count, len(written))}}}{_PADDING}"


def number_atoms(text: str, glued: bool) -> Iterator[str]:
    """Pieces of a pattern for a part number: groups with any separator, or none where ``glued`` allows."""
    separator = r"[\s_./-]?" if glued else r"[\s_:./-]"
    for place, group in enumerate(re.findall(r"[A-Z0-9]+", plain(text))):
        if place:
            yield separator
        yield group


def words_of_phrase(phrase: str) -> list[str]:
    """The words of a phrase, as patterns."""
    return [re.escape(word) for word in re.findall(rf"[{LETTER}\u0100-\uffff]+", plain(phrase))]


def phrase(text: str, plural: bool = False) -> str:
    """A pattern for a phrase: separators may vary or be missing; no word boundary where writing has none."""
    inner = r"[\s_/.'’:-]{0,2}".join(words_of_phrase(text))
    shown = plain(text)
    left = "" if CJK.match(shown[0]) else _BOUND
    if CJK.match(shown[-1]):
        return left + inner
    return rf"{left}{inner}{'S?' if plural and 'A' <= shown[-1] <= 'Z' else ''}(?![{LETTER}])"


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for many phrases, by their first letters: where none of these stands, none of them is tried."""
    starts: dict[str, dict[str, list[str]]] = {}
    for phrase in phrases:
        left = _BOUND if phrase.startswith(_BOUND) else ""
        first, rest = phrase[len(left)], phrase[len(left) + 1 :]
        starts.setdefault(left, {}).setdefault(first, []).append(rest)
    options = []
    for left, by_first in starts.items():
        grouped = [f"{first}(?:{'|'.join(rests)})" for first, rests in by_first.items()]
        options.append(f"{left}(?:{'|'.join(grouped)})")
    return re.compile("|".join(options) or r"(?!)")
