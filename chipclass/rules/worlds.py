"""What is possible at all: every transaction that the rules can tell apart, and figures and facts that are wholly open.

Countries, dates and kinds of transaction are gone through as they are; everything else that a rule asks (facts of the
product, statements of the parties, anything that stays unsettled) may be answered either way. Parts of a sum are not
followed: such figures vary freely, so that "can hold" may be said too often, never too rarely.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product as combinations

from chipclass.logic.cells import Box, Ratio, Values, cells
from chipclass.logic.numbers import INF, UNDEFINED, Interval
from chipclass.logic.tree import ALWAYS, NEVER, Node, assume
from chipclass.rules.book import Edition
from chipclass.rules.history import change_days
from chipclass.rules.transactions import KINDS, countries_of
from chipclass.specdb.store import Specs

#: Kind of test -> what of a transaction answers it. Every other kind of test that is not numeric is free.
PARTS = {"destination": "destination", "headquarters": "headquarters", "shipped": "shipped_from", "transaction": "kind"}
#: Values of one part of a transaction, each with what it answers to the tests that ask for that part.
Choices = list[tuple[str, dict[str, bool]]]


class Worlds:
    """Searches the possible products and transactions for one in which a tree holds."""

    def __init__(self, specs: Specs) -> None:
        self.countries = countries_of(specs)
        self._days, self._moves = change_days(specs), _moves(specs)
        numbers: dict[str, Values | Ratio] = {}
        for name, metric in specs.metrics.items():
            if metric["op"] == "quotient" and specs.metrics[metric["of"][0]]["op"] != "quotient":
                numbers[name] = Ratio(metric["of"][0], (Interval(Fraction(0), INF, True, True), UNDEFINED))
            else:
                numbers[name] = (Interval.unknown(), UNDEFINED)
        self._box = Box(numbers)
        self._known_choices: dict[tuple[tuple[str, ...], int], Choices] = {}
        self._known: dict[Node, bool] = {NEVER: False, ALWAYS: True}

    def days(self, *editions: Edition) -> list[str]:
        """The days on which something changes while all of the editions apply; their first common day among them."""
        start = max(edition.effective for edition in editions)
        until = min(edition.until or "9999" for edition in editions)
        return [day for day in {start: None, **dict.fromkeys(self._days)} if start <= day < until]

    def find(self, tree: Node, date: str) -> dict[str, str] | None:
        """A transaction in which the tree can hold on a date, in the parts that it asks for; None if there is none."""
        tests = {test.text: test for test in tree.tests() if test.kind in PARTS}
        parts = sorted({test.kind for test in tests.values()})
        choices = [self._choices([t for t in tests.values() if t.kind == part], date) for part in parts]
        seen: set[tuple[int, Node]] = set()

        def search(rest: Node, place: int) -> dict[str, str] | None:
            """The same for what is left of the tree once the parts before ``place`` are chosen."""
            if rest == NEVER or (place, rest) in seen:
                return None
            seen.add((place, rest))
            if place == len(parts):
                return {} if self._can_hold(rest) else None
            for value, known in choices[place]:
                if (found := search(assume(rest, known), place + 1)) is not None:
                    return {PARTS[parts[place]]: value, **found}
            return None

        return search(assume(tree, {}), 0)

    def _can_hold(self, tree: Node) -> bool:
        """Whether a tree holds for some figures and some answers to what is free; answers first: they leave less."""
        if tree not in self._known:
            free = next((test.text for test in tree.tests() if test.kind != "number"), None)
            if free is None:
                self._known[tree] = any(cell.holds(tree) for cell in cells([tree], self._box))
            else:
                self._known[tree] = any(self._can_hold(assume(tree, {free: answer})) for answer in (True, False))
        return self._known[tree]

    def words(self, deal: Mapping[str, str]) -> str:
        """What `find` found, in words: ``destination China, shipped from United States, export``."""
        lead = {"destination": "destination ", "headquarters": "headquarters ", "shipped_from": "shipped from "}
        return ", ".join(f"{lead.get(part, '')}{self.countries.name(value)}" for part, value in deal.items())

    def _choices(self, tests: Sequence[Node], date: str) -> Choices:
        """Values that answer some of the tests differently, with what each answers."""
        key = (tuple(test.text for test in tests), bisect_right(self._moves, date))
        if key not in self._known_choices:  # between two moves of a country every answer is the same
            alike: dict[tuple[bool, ...], str] = {}
            for value in KINDS if tests[0].kind == "transaction" else self.countries.codes:
                for groups in self._groups(value, {name for test in tests for name in test.names}, date):
                    alike.setdefault(tuple(not groups.isdisjoint(test.names) for test in tests), value)
            self._known_choices[key] = [(value, dict(zip(key[0], said, strict=True))) for said, value in alike.items()]
        return self._known_choices[key]

    def _groups(self, value: str, names: Iterable[str], date: str) -> Iterator[frozenset[str]]:
        """Those of the names that are true of a country or kind; once for every way in which an open one may be."""
        if value in KINDS:
            yield frozenset([value])
            return
        found = {name: self.countries.member(value, name, date) for name in names}
        ways = [[name] if not possible.false else [name, ""] for name, possible in found.items() if possible.true]
        yield from (frozenset(way) for way in combinations(*ways))


def _moves(specs: Specs) -> list[str]:
    """Days on which a country enters or leaves a group."""
    listed = specs.index["destinations"]
    entries = [*listed["membership"], *listed["undecided"]]
    return sorted({str(entry[key]) for entry in entries for key in ("from", "until") if key in entry})
