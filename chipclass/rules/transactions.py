"""A transaction: where an item goes, from where, how, for whom and when; and dated country groups."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chipclass.logic.cells import MAYBE, NO, YES, Possible
from chipclass.logic.tree import Node
from chipclass.rules.book import book_of
from chipclass.specdb.problems import near
from chipclass.specdb.store import Specs

KINDS = ("export", "reexport", "in-country")
READINGS = ("enforced", "codified")
#: Without a destination the answer is given for this one, and says so.
DEFAULT_DESTINATION = "CN"
DEFAULT_ORIGIN = "US"


class QueryError(ValueError):
    """A question that cannot be answered as asked: unknown product, country or date. The message says what would do."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is asked about. None means: not stated."""

    as_of: str
    destination: str | None = None
    shipped_from: str = DEFAULT_ORIGIN
    kind: str = "export"
    headquarters: str | None = None
    reading: str = "enforced"
    stated: frozenset[str] = frozenset()
    ship_date: str | None = None
    heading: str | None = None

    @property
    def shipped_on(self) -> str:
        """Day of the shipment: the day whose rules are asked for, unless another is given."""
        return self.ship_date or self.as_of

    @property
    def evaluated_destination(self) -> str:
        return self.destination or DEFAULT_DESTINATION

    def to_dict(self) -> dict[str, Any]:
        return {
            "destination": self.destination,
            "evaluated_for": self.evaluated_destination,
            "from": self.shipped_from,
            "kind": self.kind,
            "headquarters": self.headquarters,
            "reading": self.reading,
            "stated": sorted(self.stated),
            "ship_date": self.shipped_on,
            "heading": self.heading,
        }


class Countries:
    """Countries by code or name, and their groups on a date."""

    def __init__(self, specs: Specs) -> None:
        data = specs.index["destinations"]
        self._countries: Mapping[str, Mapping[str, Any]] = data["country"]
        self._memberships: list[Mapping[str, Any]] = data["membership"]
        self._undecided: list[Mapping[str, Any]] = data["undecided"]

    @property
    def codes(self) -> tuple[str, ...]:
        """ISO codes of all countries."""
        return tuple(self._countries)

    def code(self, text: str) -> str:
        """ISO code of a country given by code or name. Raises QueryError with a near name."""
        if not isinstance(text, str):
            raise QueryError(f"'{text}' is not a country; use an ISO code such as CN, MO, AE, SG")
        wanted = text.strip()
        if wanted.upper() in self._countries:
            return wanted.upper()
        names = {
            name.casefold(): code
            for code, entry in self._countries.items()
            for name in [entry["name"], *entry.get("names", [])]
        }
        if code := names.get(wanted.casefold()):
            return code
        from difflib import get_close_matches

        close = get_close_matches(wanted.casefold(), names, n=1, cutoff=0.75)
        hint = (
            f"; did you mean {self.name(names[close[0]])} ({names[close[0]]})?"
            if close
            else "; use an ISO code such as CN, MO, AE, SG"
        )
        raise QueryError(f"unknown country '{text}'{hint}")

    def name(self, code: str) -> str:
        return str(self._countries[code]["name"]) if code in self._countries else code

    def treated_as(self, code: str) -> str:
        """Hong Kong is treated as China under these rules."""
        return str(self._countries.get(code, {}).get("treated_as", code))

    def member(self, code: str, group: str, date: str) -> Possible:
        """Whether a country is in a group (or is the country named) on a date; unknown where the records say so."""
        acting = self.treated_as(code)
        if group in (acting, code):
            return YES
        if self._listed(self._undecided, acting, group, date):
            return MAYBE
        return YES if self._listed(self._memberships, acting, group, date) else NO

    @staticmethod
    def _listed(entries: Iterable[Mapping[str, Any]], code: str, group: str, date: str) -> bool:
        return any(
            entry["group"] == group
            and code in entry["codes"]
            and entry.get("from", "0000") <= date
            and date < entry.get("until", "9999")
            for entry in entries
        )

    def in_any(self, code: str | None, groups: Iterable[str], date: str) -> Possible:
        if code is None:
            return MAYBE
        answers = [self.member(code, group, date) for group in groups]
        if any(not answer.false for answer in answers):
            return YES
        return MAYBE if any(answer.true for answer in answers) else NO


@lru_cache(maxsize=64)
def countries_of(specs: Specs) -> Countries:
    """Countries and groups of a spec database, made once."""
    return Countries(specs)


def transaction(
    specs: Specs,
    *,
    as_of: str | datetime.date | None = None,
    destination: str | None = None,
    shipped_from: str = "US",
    kind: str = "export",
    headquarters: str | None = None,
    reading: str = "enforced",
    stated: Iterable[str] = (),
    ship_date: str | datetime.date | None = None,
    heading: str | None = None,
) -> Transaction:
    """A checked transaction. Raises QueryError for an unknown country, a day that does not exist, an unknown kind.

    ``stated`` names conditions that the parties state; ``not`` before one states that it does not hold.
    """
    countries = countries_of(specs)
    if kind not in KINDS:
        raise QueryError(f"unknown transaction '{kind}'; expected one of {', '.join(KINDS)}")
    if reading not in READINGS:
        raise QueryError(f"unknown reading '{reading}'; expected one of {', '.join(READINGS)}")
    stated = [stated] if isinstance(stated, str) else list(stated)
    known = _statements(specs) if stated else frozenset()
    for name in stated:
        if name.removeprefix("not ") not in known:
            hint = near(name.removeprefix("not "), known, only_close=True)
            hint = hint or "; chipclass explain PRODUCT shows what each provision asks, for example certifications-dd"
            raise QueryError(f"unknown statement '{name}'{hint}")
    if both := {name for name in stated if f"not {name}" in stated}:
        raise QueryError(f"'{sorted(both)[0]}' is stated and denied; state one of the two")
    return Transaction(
        parse_date(as_of),
        None if destination is None else countries.code(destination),
        countries.code(shipped_from),
        kind,
        None if headquarters is None else countries.code(headquarters),
        reading,
        frozenset(stated),
        None if ship_date is None else parse_date(ship_date),
        None if heading is None else _heading(heading),
    )


def _statements(specs: Specs) -> frozenset[str]:
    """Everything that some edition asks the parties to state."""
    tests = (test for p in book_of(specs) for edition in p.editions for test in edition.tree.tests())
    return frozenset(name for test in tests if test.kind == "stated" for name in test.names)


def _heading(text: str) -> str:
    """A customs heading of four digits or more, as ``8471.50`` or ``8471.50.01``."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}(\.?\d{2}){0,3}", text.strip()):
        raise QueryError(f"'{text}' is not a customs heading; write it as 8471.50 or 8473.30.1180")
    digits = text.strip().replace(".", "")
    return ".".join(part for part in (digits[:4], digits[4:6], digits[6:]) if part)


def truths(
    tests: Iterable[Node],
    transaction: Transaction,
    names: Iterable[str],
    countries: Countries,
    released: Sequence[str] = (),
) -> dict[str, Possible]:
    """What the transaction, the product's names and its release dates say of each test that is not about a figure
    or a fact of the chip. A test that is not in the answer is undecided."""
    known = set(names)
    answers: dict[str, Possible] = {}
    for test in tests:
        if test.kind == "destination":
            answers[test.text] = countries.in_any(transaction.evaluated_destination, test.names, transaction.as_of)
        elif test.kind == "headquarters":
            answers[test.text] = countries.in_any(transaction.headquarters, test.names, transaction.as_of)
        elif test.kind == "shipped":
            answers[test.text] = countries.in_any(transaction.shipped_from, test.names, transaction.as_of)
        elif test.kind == "transaction":
            answers[test.text] = YES if transaction.kind in test.names else NO
        elif test.kind == "product":
            answers[test.text] = YES if known & set(test.names) else NO
        elif test.kind == "stated":
            denied = {f"not {name}" for name in test.names} & transaction.stated
            answers[test.text] = YES if transaction.stated & set(test.names) else NO if denied else MAYBE
        elif test.kind == "ship date":
            reached = transaction.shipped_on >= test.names[0]
            answers[test.text] = YES if reached is (test.relation == ">=") else NO
        elif test.kind == "heading":
            answers[test.text] = _under(transaction.heading, test.names)
        elif test.kind == "released":
            answers[test.text] = _released(released, test.names[0])
    return answers


def _under(heading: str | None, listed: Iterable[str]) -> Possible:
    """Whether an article's heading is under one of those listed; a shorter one than listed leaves it open."""
    if heading is None:
        return MAYBE
    digits = heading.replace(".", "")
    wanted = [name.replace(".", "") for name in listed]
    if any(digits.startswith(name) for name in wanted):
        return YES
    return MAYBE if any(name.startswith(digits) for name in wanted) else NO


def _released(dates: Iterable[str], day: str) -> Possible:
    """Whether a product came out on a day or later; a year or month that holds the day leaves it open."""
    answers = {
        date >= day if len(date) == len(day) else None if day.startswith(date) else date > day[: len(date)]
        for date in dates
    }
    if len(answers) != 1 or None in answers:
        return MAYBE
    return YES if answers.pop() else NO


def parse_date(text: str | datetime.date | None) -> str:
    """An ISO date; today if none is given. Raises QueryError for a day that does not exist."""
    if text is None:
        return datetime.date.today().isoformat()
    if isinstance(text, datetime.date) and text == text:  # pandas' missing day is a date that equals nothing
        return text.isoformat()[:10]
    if not isinstance(text, str):
        raise QueryError(f"'{text}' is not a date; write it as 2026-01-15")
    year, _, rest = text.strip().partition("-")
    if len(year) != 4 or len(rest) != 5:
        raise QueryError(f"'{text}' is not a date; write it as 2026-01-15")
    try:
        return datetime.date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise QueryError(f"'{text}' is not a day of the calendar; write it as 2026-01-15") from None
