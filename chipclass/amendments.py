"""Rules with other limits: an index of its own, made from copies, and what reads otherwise between two rule books.

The spec database that others share is never touched; whatever is computed from a copy carries the mark of a hypothesis.
"""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import Any, NamedTuple, TypeAlias

from chipclass import explanation as words
from chipclass.logic.numbers import exact
from chipclass.rules.book import Book, book_of
from chipclass.rules.limits import PLAIN, Limit, addresses, placed, resolve, setting, split
from chipclass.rules.transactions import QueryError
from chipclass.specdb.store import Specs

#: What the hash of amended specs ends with, and the overlay that amended provisions name.
MARK = "whatif"

#: Tests and the limits that they are to have.
Wanted: TypeAlias = "dict[Limit, Fraction]"
#: ``{address: limit}``, or texts ``address=limit``.
Changes: TypeAlias = "Mapping[str, Any] | Iterable[str]"


class Change(NamedTuple):
    """One limit before and after; None on a side where the test does not stand."""

    address: str
    before: Limit | None
    after: Limit | None

    @property
    def limit(self) -> Limit:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def moved(self) -> bool:
        return self.before is None or self.after is None or self.before.key != self.after.key


def wanted_limits(specs: Specs, changes: Changes, date: str) -> Wanted:
    """The tests to change and their new limits. All addresses are read before anything changes: order is nothing.

    Raises QueryError for an address that stands for nothing, a limit that is none, two limits for one test.
    """
    book = book_of(specs)
    texts = [changes] if isinstance(changes, str) else changes
    pairs = texts.items() if isinstance(texts, Mapping) else [_pair(book, text, date) for text in texts]
    wanted: Wanted = {}
    for address, value in pairs:
        if not isinstance(address, str):
            raise QueryError(f"{address!r} is no address; write it as {example(book, date)}")
        for limit in resolve(book, address, date):
            figure = limit_value(value, str(specs.metrics[limit.test.metric]["unit"]), address)
            if words.decimal_text(figure) is None:
                raise QueryError(f"limit of {address}: {value} is not a decimal of at most 15 places")
            if wanted.setdefault(limit, figure) != figure:
                both = " and ".join(sorted([plain(wanted[limit]), plain(figure)]))
                raise QueryError(f"the limit of '{limit.text}' in {limit.provision} is set twice, to {both}")
    return dict(sorted(wanted.items(), key=lambda entry: (entry[0].provision, [str(step) for step in entry[0].path])))


def limit_value(value: Any, unit: str, address: str) -> Fraction:
    """A limit as given: a number in the canonical unit, or text with a unit. Raises QueryError."""
    if isinstance(value, str) and not PLAIN.fullmatch(value.strip()):
        from chipclass import units  # loads pint, which a plain number does without

        try:
            figure = Fraction(units.quantity(value, unit))
        except units.UnitError as error:
            raise QueryError(f"limit of {address}: {error}") from None
    elif isinstance(value, str):
        figure = Fraction(value.strip().replace(",", ""))
    else:
        numeric = isinstance(value, (int, float, Decimal, Fraction)) and not isinstance(value, bool)
        if not numeric or not math.isfinite(value):
            raise QueryError(f"limit of {address}: {value!r} is not a number; give one in {unit}, or text with a unit")
        figure = exact(value)
    if figure < 0:
        raise QueryError(f"limit of {address}: '{value}' is negative; a limit is 0 or more")
    return figure


def _pair(book: Book, text: Any, date: str) -> tuple[str, str]:
    pair = split(text) if isinstance(text, str) else None
    if pair is None:
        raise QueryError(f"'{text}' sets no limit; write it as {example(book, date)}")
    return pair


def example(book: Book, date: str) -> str:
    """An address with the limit that it has, and where to find the others."""
    for provision in sorted(book, key=lambda p: p.axis != "ic class" or bool(p.scope)):
        for address, found in addresses(provision, date).items():
            return f"'{setting(address, plain(found[0].test.limit))}'; chipclass whatif --limits lists all"
    return f"ADDRESS=LIMIT; no rule held here had a limit on {date}"


def plain(value: Fraction) -> str:
    """A limit as a rule file writes it."""
    return words.decimal_text(value) or str(value)


def amended(specs: Specs, wanted: Wanted) -> Specs:
    """The same database with other limits, marked in its hash and in every provision that reads otherwise."""
    rules = dict(specs.index["rules"])
    copied: set[str] = set()
    for limit, value in wanted.items():
        if value == limit.test.limit:
            continue
        if limit.provision not in copied:
            copied.add(limit.provision)
            rules[limit.provision] = rule = copy.deepcopy(rules[limit.provision])
            rule["overlay"] = f"{rule['overlay']}+{MARK}" if rule.get("overlay") else MARK
        edition = next(e for e in rules[limit.provision]["editions"] if e["effective"] == limit.edition)
        head = limit.text.rpartition(limit.test.relation)[0].rstrip()
        text = f"{head} {limit.test.relation} {plain(value)}"
        placed(edition["tree"], limit.path, text)
        told = f"hypothesis: '{limit.text}' read as '{text}'"
        edition["unverified"] = "; ".join(filter(None, [edition.get("unverified", ""), told]))
    return Specs({**specs.index, "rules": rules, "hash": f"{specs.hash}+{MARK}"})


def differences(before: Book, after: Book, date: str) -> list[Change]:
    """Limits that read otherwise in two books on a date, in the order of the second."""
    sides = [_by_place(book, date) for book in (before, after)]
    result = []
    for place in dict.fromkeys([*sides[1], *sides[0]]):
        rows = [side.get(place, []) for side in sides]
        shared = Counter(limit.key for _, limit in rows[0]) & Counter(limit.key for _, limit in rows[1])
        for old, new in zip_longest(*(_without(row, shared) for row in rows)):
            result.append(Change((old or new)[0], old and old[1], new and new[1]))
    return result


def _by_place(book: Book, date: str) -> dict[tuple[str, ...], list[tuple[str, Limit]]]:
    places: dict[tuple[str, ...], list[tuple[str, Limit]]] = {}
    for provision in book:
        for address, found in addresses(provision, date).items():
            for limit in found:
                place = (limit.provision, limit.node, limit.test.metric, limit.test.relation)
                places.setdefault(place, []).append((address, limit))
    return places


def _without(row: Sequence[tuple[str, Limit]], shared: Mapping[Any, int]) -> list[tuple[str, Limit]]:
    left, kept = dict(shared), []
    for entry in row:
        if left.get(entry[1].key, 0):
            left[entry[1].key] -= 1
        else:
            kept.append(entry)
    return kept


def as_they_are(book: Book, wanted: Wanted, date: str) -> list[Change]:
    """What was asked for and changes nothing: limits that read so already."""
    return [
        Change(address, found[0], found[0])
        for provision in book
        for address, found in addresses(provision, date).items()
        if any(wanted.get(limit) == limit.test.limit for limit in found)
    ]


def standing_elsewhere(book: Book, edits: Iterable[Change], date: str) -> list[tuple[str, Limit, Fraction]]:
    """(address, test, new limit) of each test of an amended book that still reads a limit changed in another place."""
    targets: dict[tuple[str, Fraction], dict[Fraction, None]] = {}
    for edit in edits:
        if edit.moved and edit.before and edit.after:
            news = targets.setdefault((edit.before.test.metric, edit.before.test.limit), {})
            news[edit.after.test.limit] = None
    return [
        (address, found[0], new)
        for provision in book
        for address, found in addresses(provision, date).items()
        for new in targets.get((found[0].test.metric, found[0].test.limit), ())
    ]
