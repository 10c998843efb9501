"""What is possible at all: every transaction that the rules can tell apart, and figures and facts that are wholly open.

Countries, dates and kinds of transaction are gone through as they are; everything else that a rule asks (facts of the
product, statements of the parties, anything that stays unsettled) may be answered either way. Parts of a sum are not
followed: such figures vary freely, so that "can hold" may be said too often, never too rarely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product as combinations
from typing import Any

from chipclass.logic.cells import Box, Ratio, Values, cells
from chipclass.logic.numbers import INF, UNDEFINED, Interval
from chipclass.logic.tree import ALWAYS, NEVER, Node, assume
from chipclass.rules.book import Book, Edition
from chipclass.rules.transactions import KINDS, Transaction, countries_of, truths
from chipclass.specdb.store import Specs

#: Kind of test -> what of a transaction answers it. Every other kind of test that is not numeric is free.
PARTS = {"destination": "destination", "headquarters": "headquarters", "shipped": "shipped_from", "transaction": "kind"}


class Worlds:
    """Searches the possible products and transactions for one in which a tree holds."""

    def __init__(self, specs: Specs, book: Book) -> None:
        self.countries = countries_of(specs)
        self._days = sorted(book.days() | self.countries.days())
        numbers: dict[str, Values | Ratio] = {}
        for name, metric in specs.metrics.items():
            if metric["op"] == "quotient" and specs.metrics[metric["of"][0]]["op"] != "quotient":
                numbers[name] = Ratio(metric["of"][0], (Interval(Fraction(0), INF, True, True), UNDEFINED))
            else:
                numbers[name] = (Interval.unknown(), UNDEFINED)
        self._box = Box(numbers)
        self._answers: dict[tuple[str, str], dict[Any, bool | None]] = {}
        self._known: dict[Node, bool] = {NEVER: False, ALWAYS: True}

    def days(self, *editions: Edition) -> list[str]:
        """The days on which something changes while all of the editions apply; their first common day among them."""
        start = max(edition.effective for edition in editions)
        until = min(edition.until or "9999" for edition in editions)
        return [day for day in {start: None, **dict.fromkeys(self._days)} if start <= day < until]

    def find(self, tree: Node, date: str) -> dict[str, str] | None:
        """A transaction in which the tree can hold on a date, in the parts that it asks for; None if there is none."""
        for deal, known in self._deals(tree, date):
            if self._can_hold(assume(tree, known)):
                return deal
        return None

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

    def _deals(self, tree: Node, date: str) -> Iterator[tuple[dict[str, str], dict[str, bool]]]:
        """Transactions that answer some test of the tree differently, with what they answer; open answers left out."""
        tests = {test.text: test for test in tree.tests() if test.kind in PARTS}
        parts = sorted({test.kind for test in tests.values()})
        choices = []
        for part in parts:
            asked = [test for test in tests.values() if test.kind == part]
            columns = [self._answered(test, date) for test in asked]
            alike: dict[tuple[bool | None, ...], str] = {}
            for value in columns[0]:
                alike.setdefault(tuple(column[value] for column in columns), value)
            choices.append([(value, dict(zip(asked, answers, strict=True))) for answers, value in alike.items()])
        for chosen in combinations(*choices):
            deal = {PARTS[part]: value for part, (value, _) in zip(parts, chosen, strict=True)}
            known = {t.text: answer for _, answers in chosen for t, answer in answers.items() if answer is not None}
            yield deal, known

    def _answered(self, test: Node, date: str) -> dict[Any, bool | None]:
        """What each country, or kind of transaction, answers to a test on a date; None where it is not established."""
        key = (test.text, date)
        if key not in self._answers:
            field = PARTS[test.kind]
            answers = {}
            for value in KINDS if field == "kind" else self.countries.codes:
                part: dict[str, Any] = {field: value}
                deal = replace(Transaction(date), **part)
                possible = truths([test], deal, (), self.countries)[test.text]
                answers[value] = None if possible.true and possible.false else bool(possible.true)
            self._answers[key] = answers
        return self._answers[key]
