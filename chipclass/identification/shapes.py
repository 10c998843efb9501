"""The shape of many names: a short pattern for RE2 that finds at least one telling piece of each of them.

A name is in a text only where each piece of it is: "SYS-821GE with 8x H100" holds "H100", which is a name by itself.
So one piece of a name is enough, pieces are shared, and a name that holds a chosen piece adds nothing. Digits behind
the first few of a piece are any digits. The shape therefore grows slowly with the names, and where it would outgrow
what RE2 runs at full speed, the pieces become coarser. Every step finds more, never less.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

#: Characters of a pattern at most. From some 42,000 on, the automaton of RE2 outgrows its memory and runs at a
#: hundredth of the speed (docs/benchmarks.md).
LIMIT = 33_000
#: Finer to coarser: how much a piece must tell, in bits, and how many of its characters may be certain digits.
LEVELS = ((16.0, 99), (16.0, 4), (16.0, 2), (15.0, 2), (15.0, 1), (15.0, 0))
#: What a coarser piece finds is looked at again with pieces of this level: several patterns, and few texts.
FINER = LEVELS[1]
#: Characters of a piece at most.
LONGEST = 12
#: What is told by a digit and by a letter of a model number, by a letter of a word, by a whole word at most, and by the
#: end of a name. A word and its end stay below every level: most words are words of other goods too.
_DIGIT, _LETTER, _SPELT, _WORD, _END = 2.6, 3.6, 3.0, 11.0, 3.0

#: Beside single characters a piece has these: a separator, a separator that may be missing, any digit, the end.
GAP, MAYBE, DIGIT, END = "+", "*", "#", "$"
_SEPARATORS = frozenset((GAP, MAYBE, END))
LEFT = "(?:^|[^A-Z0-9]|[0-9] ?X|[A-Z0-9]X[1-9])"
#: A count may be glued behind a name ("H100x8") and a plural's S, so an X or S may follow it.
RIGHT = "(?:[^A-RT-WYZ0-9]|$)"
_SHOWN = {GAP: "[^A-Z0-9]+", MAYBE: "[^A-Z0-9]*", END: RIGHT}
_ESCAPED = re.compile(r"\\(\W)")
#: What a part of a pattern surely begins with.
_BEGUN = re.compile(r"^[A-Z0-9]*(?=\[|$)|^")

Piece = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as characters and gaps. ``closed``: no letter or digit may follow its last character."""

    tokens: Piece
    closed: bool = True

    @classmethod
    def of(cls, atoms: Iterable[str], closed: bool = True) -> Spelling:
        """The pieces of a name's pattern, up to the first that is neither letters nor a class of separators."""
        tokens: list[str] = []
        for atom in atoms:
            literal = _ESCAPED.sub(r"\1", atom)
            if literal.isalnum():
                tokens += literal
            elif atom.startswith(("[", "(?:[")):
                tokens.append(MAYBE if atom.endswith("?") else GAP)
            else:
                tokens += _BEGUN.findall(atom)[0]
                closed = False
                break
        if tokens and tokens[-1] in _SEPARATORS:
            closed = tokens.pop() == GAP
        return cls(tuple(tokens), closed)

    def starts(self) -> Iterator[int]:
        """Places before which no letter or digit stands, or a glued count."""
        for place, token in enumerate(self.tokens):
            before = self.tokens[max(0, place - 3) : place]
            counted = before[1:] == ("X", MAYBE) and (before[0].isdigit() or before[0] == DIGIT)
            if token not in _SEPARATORS and (not place or before[-1] == GAP or counted):
                yield place

    def ends(self, place: int) -> bool:
        """Whether no letter or digit stands at a place."""
        return self.closed if place == len(self.tokens) else self.tokens[place] == GAP

    def words(self) -> list[str]:
        return re.split(r"[+*]", "".join(self.tokens))


class _Tree(dict[str, "_Tree"]):
    """Pieces by their characters. ``found``: here a piece is complete, and whatever follows, it is found."""

    found = False

    def add(self, piece: Piece) -> None:
        node = self
        for token in piece:
            if node.found:
                return
            node = node.setdefault(token, _Tree())
        node.clear()
        node.found = True

    def within(self, name: Spelling) -> bool:
        """Whether every spelling of a name holds one of the pieces."""
        return any(self._along(name, place) for place in name.starts())

    def _along(self, name: Spelling, place: int) -> bool:
        if self.found or (END in self and name.ends(place)):
            return True
        if MAYBE in self and self[MAYBE]._along(name, place):
            return True
        if place == len(name.tokens):
            return False
        token = name.tokens[place]
        wider = MAYBE if token == GAP else DIGIT if token.isdigit() else token
        return any(key in self and self[key]._along(name, place + 1) for key in {token, wider})

    def regex(self) -> str:
        """Characters before the same rest share a class."""
        if self.found:
            return ""
        before: defaultdict[str, list[str]] = defaultdict(list)
        for token, node in self.items():
            before[node.regex()].append(token)
        options = []
        for rest, tokens in sorted(before.items()):
            digits = DIGIT in tokens
            single = sorted(t for t in tokens if t.isalnum() and not (digits and t.isdigit()))
            if digits or len(single) > 1:
                options.append(f"[{'0-9' * digits}{''.join(single)}]{rest}")
            elif single:
                options.append(single[0] + rest)
            options += [_SHOWN[token] + rest for token in tokens if token in _SHOWN]
        return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


class _Pieces:
    """What could stand for each name, and how much it tells."""

    def __init__(self, names: Iterable[Spelling]) -> None:
        #: The shortest first: a longer name often holds a shorter.
        self.names = sorted(set(names), key=lambda name: (len(name.tokens), name.tokens, name.closed))
        self.shares = Counter(word for name in self.names for word in set(name.words()))

    def chosen(self, least: float, certain: int) -> list[Piece]:
        """Pieces of which each name holds one, the most shared ones of those that tell enough."""
        found = [(name, list(self._candidates(name, least, certain))) for name in self.names]
        uses = Counter(piece for _, candidates in found for piece in {piece for _, piece in candidates})
        tree = _Tree()
        taken = []
        for name, candidates in found:
            if not tree.within(name):
                _, piece = max(candidates, key=lambda c: (c[0], uses[c[1]], -len(c[1]), c[1]), default=(0.0, ()))
                tree.add(piece)
                taken.append(piece)
        # A later piece may make an earlier one needless. Those with a gap are found more often: they come last.
        kept, tree = [], _Tree()
        for piece in sorted(set(taken), key=lambda piece: (not _SEPARATORS.isdisjoint(piece[:-1]), len(piece), piece)):
            closed = piece[-1:] == (END,)
            if not tree.within(Spelling(piece[:-1] if closed else piece, closed)):
                tree.add(piece)
                kept.append(piece)
        return kept

    def _candidates(self, name: Spelling, least: float, certain: int) -> Iterator[tuple[float, Piece]]:
        """From each start the shortest piece that tells enough, or the longest there is."""
        for start in name.starts():
            piece: list[str] = []
            words, told, length = self._words(name, start), 0.0, 0
            word = next(words)
            for place in range(start, len(name.tokens)):
                token = name.tokens[place]
                if token in _SEPARATORS:
                    told, word = told + word.told, next(words)
                    piece.append(token)
                    continue
                word.read(token)
                piece.append(DIGIT if token.isdigit() and length >= certain else token)
                length += 1
                ends = name.ends(place + 1)
                bits = told + word.told + _END * ends
                if bits >= least or length == LONGEST or place + 1 == len(name.tokens):
                    yield min(bits, least), (*piece, END) if ends else tuple(piece)
                    break

    def _words(self, name: Spelling, start: int) -> Iterator[_Word]:
        for word in re.split(r"[+*]", "".join(name.tokens[start:])):
            share = self.shares[word]
            most = min(_WORD, 1 + math.log2(len(self.names) / share)) if share else _WORD
            yield _Word(math.inf if any(c.isdigit() for c in word) else most)


class _Word:
    """What a word tells so far."""

    def __init__(self, most: float) -> None:
        self.most = most
        self.told = 0.0

    def read(self, character: str) -> None:
        each = _SPELT if self.most < math.inf else _DIGIT if character.isdigit() else _LETTER
        self.told = min(self.most, self.told + each)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Patterns that find every text with one of the names. ``finer``: what is found must also be found by one of these;
    empty where they would tell nothing more."""

    patterns: tuple[str, ...]
    finer: tuple[str, ...] = ()


def shapes(names: Iterable[Spelling], bounded: Sequence[str] = (), free: Sequence[str] = ()) -> Shapes:
    """Patterns, usually one, for names and other patterns, over the bytes of upper-case text.

    The names have ASCII letters only; of the other patterns, the bounded ones are bounded as names are.
    """
    pieces = _Pieces(names)
    fine: list[Piece] = []
    for level in LEVELS:
        chosen = pieces.chosen(*level)
        if len(_pattern(chosen, bounded, free)) <= LIMIT:
            break
        fine = chosen if level == FINER else fine
    finer = _parts(fine, bounded, free) if fine else ()
    return Shapes(tuple(_parts(chosen, bounded, free)), tuple(finer))


def _parts(*kinds: Sequence[Any]) -> Iterator[str]:
    """One pattern, or as many as are needed to keep each small."""
    pattern = _pattern(*kinds)
    if len(pattern) <= LIMIT or all(len(kind) < 2 for kind in kinds):
        yield pattern
        return
    yield from _parts(*(kind[: len(kind) // 2] for kind in kinds))
    yield from _parts(*(kind[len(kind) // 2 :] for kind in kinds))


def _pattern(pieces: Sequence[Piece], bounded: Sequence[str], free: Sequence[str]) -> str:
    tree = _Tree()
    for piece in pieces:
        tree.add(piece)
    inner = [tree.regex()] if pieces else []
    if bounded:
        inner.append(f"(?:{'|'.join(bounded)}){RIGHT}")
    return "|".join([*([f"{LEFT}(?:{'|'.join(inner)})"] if inner else []), *free]) or r"\zx"
