"""Random rule books, products and transactions against an oracle that knows neither cells nor the book.

Provisions refer to each other (``meets``, ``yields_to``), have editions, and ask for figures, quotients, facts,
countries in dated groups, headquarters, the kind of transaction, statements and products. The oracle reads dates,
groups and references by itself and asks every point of the product (tests/logic/oracle.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.conclusion import Axes
from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, outcomes
from chipclass.rules.book import Book
from chipclass.rules.transactions import Countries, Transaction, truths
from chipclass.specdb.editions import compile_rule
from chipclass.specdb.store import Specs
from tests.logic.oracle import (
    ANSWERS,
    DATACENTER,
    Known,
    Rule,
    Span,
    knowns,
    narrowed,
    numeric_tests,
    points,
    satisfies,
)

DAYS = ("2023-01-01", "2024-01-01", "2025-01-01", "2026-01-01")
#: BB is treated as AA; CC is in the first group up to 2025 and in the second from 2024 on; of DD in the second it is
#: not established.
COUNTRIES = {"AA": {"name": "A"}, "BB": {"name": "B", "treated_as": "AA"}, "CC": {"name": "C"}, "DD": {"name": "D"}}
MEMBERS = [("X:1", "AA", "0", "9"), ("X:1", "CC", "0", "2025-01-01"), ("X:2", "CC", "2024-01-01", "9")]
UNDECIDED = [("X:2", "DD", "2025-01-01", "9")]
PLACES = ("X:1", "BB, X:2", "DD")
PAPERS, PRODUCTS = ("acme-paper", "other-paper"), ("acme-x1", "acme-x2")


@dataclass(frozen=True)
class Written:
    """A provision as drawn: its editions by their first day, the provision it yields to."""

    editions: Mapping[str, Rule]
    until: str = ""  # the last edition's end
    yields_to: str = ""
    report: str = ""

    def on(self, day: str) -> Rule | None:
        started = [first for first in sorted(self.editions) if first <= day]
        if not started or (self.until and day >= self.until and started[-1] == max(self.editions)):
            return None
        return self.editions[started[-1]]


@dataclass(frozen=True)
class Case:
    """A random book with a product and a transaction."""

    book: Mapping[str, Written]
    known: Known
    deal: Transaction
    names: frozenset[str] = field(default_factory=frozenset)


# The oracle


def written_out(rule: Rule, book: Mapping[str, Written], day: str) -> Rule:
    """The rule with every reference replaced by what it stands for on a day."""
    if isinstance(rule, str):
        if rule.startswith("not "):
            return {"not": written_out(rule.removeprefix("not "), book, day)}
        if not rule.startswith("meets "):
            return rule
        name = rule.removeprefix("meets ")
        if (own := book[name].on(day)) is None:
            return {"any": []}
        over = book.get(book[name].yields_to)
        first = over.on(day) if over else None
        parts = [written_out(own, book, day)]
        return {"all": parts if first is None else [*parts, {"not": written_out(first, book, day)}]}
    if "test" in rule:
        return written_out(rule["test"], book, day)
    if "not" in rule:
        return {"not": written_out(rule["not"], book, day)}
    op = "any" if "any" in rule else "all"
    return {op: [written_out(part, book, day) for part in rule[op]]}


def answer(text: str, deal: Transaction, names: frozenset[str]) -> Possible | None:
    """What a transaction and the names of a product say of a test in words; None for figures and facts."""
    kind, _, what = text.partition(" ")
    wanted = [name.strip() for name in what.partition(" ")[2].split(",")]
    if kind == "product":
        return YES if names.intersection(wanted) else NO
    if kind == "transaction":
        return YES if deal.kind in wanted else NO
    if kind == "stated":
        return YES if what in deal.stated else MAYBE
    party = {"destination": deal.destination, "headquarters": deal.headquarters, "shipped": deal.shipped_from}
    return located(party[kind], wanted, deal.as_of) if kind in party else None


def located(country: str | None, wanted: Sequence[str], day: str) -> Possible:
    if country is None:
        return MAYBE
    acting = COUNTRIES[country].get("treated_as", country)
    groups = {g for g, code, start, end in MEMBERS if code == acting and start <= day < end}
    open_ = {g for g, code, start, end in UNDECIDED if code == acting and start <= day < end}
    if {acting, country, *(groups - open_)}.intersection(wanted):
        return YES
    return MAYBE if open_.intersection(wanted) else NO


def expected(case: Case, wanted: Sequence[Rule]) -> set[tuple[bool, ...]]:
    """The answers to several rules at every point of the product, in every way in which what is open may turn out."""
    plain = [written_out(rule, case.book, case.deal.as_of) for rule in wanted]
    asked = {text for rule in plain for text in texts(rule)}
    facts = {text: found for text in asked if (found := answer(text, case.deal, case.names)) is not None}
    known = replace(case.known, facts={**(case.known.facts or {}), **facts})
    return {tuple(satisfies(rule, point) for rule in plain) for point in points(known, [{"all": sorted(asked)}])}


def texts(rule: Rule) -> set[str]:
    if isinstance(rule, str):
        return {rule}
    [content] = rule.values()
    return {text for part in (content if isinstance(content, list) else [content]) for text in texts(part)}


# The program


def specs_of(book: Mapping[str, Written]) -> Specs:
    """The book as the spec database holds it."""
    compiled = {}
    for name, rule in book.items():
        editions = [
            {
                "effective": first,
                "checked": "2026-01-01",
                "cite": name,
                "posture": [{"from": first, "is": "in force"}],
                "paragraphs": {f"{name}.1": f"{name} one", f"{name}.2": f"{name} two"},
                "report": rule.report,
                "any": [{"id": f"{name} {n}", "all": [w]} for n, w in zip(("one", "two"), wording["any"], strict=True)],
            }
            for first, wording in rule.editions.items()
        ]
        if rule.until:
            editions[-1]["until"] = rule.until
        head = {"id": name, "axis": "ic class", "effect": "restricts", "paragraph": name, "yields_to": rule.yields_to}
        compiled[name] = compile_rule({**head, "edition": editions}, refused)
    listed = {"membership": MEMBERS, "undecided": UNDECIDED}
    groups = {
        key: [{"group": g, "codes": [code], "from": start, "until": end} for g, code, start, end in entries]
        for key, entries in listed.items()
    }
    return Specs({"rules": compiled, "destinations": {"country": COUNTRIES, **groups}})


def refused(place: str, message: str) -> None:
    raise AssertionError(f"{place}: {message}")


def axes_of(case: Case) -> Axes:
    specs = specs_of(case.book)
    book, countries = Book(specs), Countries(specs)
    tests = [test for tree in book.trees(case.deal.as_of).values() for test in tree.tests()]
    box = case.known.box()
    answers = truths(tests, case.deal, case.names, countries)
    return Axes(book, Box(box.numbers, {**box.truths, **answers}), case.deal, countries)


def evaluated(case: Case) -> dict[str, str]:
    """The outcome of every provision with an edition on the day."""
    axes = axes_of(case)
    found = outcomes(axes.trees, axes.box)
    return {name: ANSWERS[bool(possible.true), bool(possible.false)] for name, possible in found.items()}


# Random books


@cache
def branches(earlier: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    words = [
        *(f"{kind} {place}" for kind in ("destination in", "headquarters in", "shipped from") for place in PLACES),
        *(f"transaction is {kind}" for kind in ("export", "reexport")),
        *(f"stated {paper}" for paper in PAPERS),
        *(f"product in {name}" for name in (*PRODUCTS, "acme-x1, acme-x3")),
        DATACENTER,
    ]
    world = st.sampled_from([*words, *(f"not {word}" for word in words)])
    tests: list[st.SearchStrategy[Rule]] = [numeric_tests(), world]
    if earlier:
        meets = st.sampled_from([text for name in earlier for text in (f"meets {name}", f"not meets {name}")])
        tests.append(meets)
    leaf = st.one_of(*tests)
    return st.recursive(
        leaf,
        lambda parts: st.one_of(
            st.builds(
                lambda op, items: {op: items}, st.sampled_from(["any", "all"]), st.lists(parts, min_size=2, max_size=2)
            ),
            st.builds(lambda item: {"not": item}, parts),
        ),
        max_leaves=3,
    )


@st.composite
def books(draw: st.DrawFn) -> dict[str, Written]:
    book: dict[str, Written] = {}
    for number in range(draw(st.integers(2, 3))):
        earlier = tuple(book)
        wording = st.builds(lambda one, two: {"any": [one, two]}, branches(earlier), branches(earlier))
        days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=2, unique=True))
        book[f"x/{number}"] = Written(
            {day: draw(wording) for day in sorted(days)},
            draw(st.sampled_from(["", "", "2027-01-01"])),
            draw(st.sampled_from(["", *earlier])),
            draw(st.sampled_from(["all", "first"])),
        )
    return book


@st.composite
def cases(draw: st.DrawFn) -> Case:
    deal = Transaction(
        draw(st.sampled_from(["2022-12-31", *DAYS, "2025-06-01", "2027-01-01"])),
        draw(st.sampled_from(sorted(COUNTRIES))),
        draw(st.sampled_from(sorted(COUNTRIES))),
        draw(st.sampled_from(["export", "reexport"])),
        draw(st.sampled_from([None, *sorted(COUNTRIES)])),
        stated=draw(st.frozensets(st.sampled_from(PAPERS), max_size=1)),
    )
    return Case(draw(books()), draw(knowns()), deal, draw(st.frozensets(st.sampled_from(PRODUCTS), max_size=1)))


# The tests


@settings(deadline=None, max_examples=150)
@given(cases())
def test_every_provision_is_answered_as_all_points_are(case: Case) -> None:
    day = case.deal.as_of
    wanted = {name: rule for name, written in case.book.items() if (rule := written.on(day)) is not None}
    found = evaluated(case)
    assert found.keys() == wanted.keys()
    for name, rule in wanted.items():
        answers = {answer for (answer,) in expected(case, [rule])}
        assert found[name] == ANSWERS[True in answers, False in answers], name


@settings(deadline=None, max_examples=100)
@given(cases())
def test_the_possible_classes_are_those_of_the_points(case: Case) -> None:
    """Who yields is left out, of several paragraphs all or the first are named: point by point."""
    day = case.deal.as_of
    wanted = {name: rule for name, written in case.book.items() if (rule := written.on(day)) is not None}
    rows = [[rule, *rule["any"]] for rule in wanted.values()]
    classes = set()
    for answers in expected(case, [rule for row in rows for rule in row]):
        triples = {name: answers[3 * n : 3 * n + 3] for n, name in enumerate(wanted)}
        named: set[str] = set()
        for name, (holds, *parts) in triples.items():
            over = case.book[name].yields_to
            if holds and not (over in triples and triples[over][0]):
                given_ = [f"{name}.{number}" for number, part in enumerate(parts, 1) if part]
                named |= set(given_[:1] if case.book[name].report == "first" else given_)
        classes.add(frozenset(named))
    assert set(axes_of(case).classes()) == classes


@st.composite
def better_known(draw: st.DrawFn, case: Case) -> Case:
    """The same case with something more known: of the product, or of the transaction."""
    what = draw(st.sampled_from(["product", "headquarters", "statement"]))
    if what == "product":
        return replace(case, known=draw(narrowed(case.known)))
    if what == "statement":
        return replace(case, deal=replace(case.deal, stated=case.deal.stated | {draw(st.sampled_from(PAPERS))}))
    known = case.deal.headquarters or draw(st.sampled_from(sorted(COUNTRIES)))
    return replace(case, deal=replace(case.deal, headquarters=known))


@settings(deadline=None, max_examples=100)
@given(cases(), st.data())
def test_knowing_more_never_contradicts_an_earlier_answer(case: Case, data: st.DataObject) -> None:
    before, classes = evaluated(case), set(axes_of(case).classes())
    for _ in range(2):
        case = data.draw(better_known(case))
        after, narrower = evaluated(case), set(axes_of(case).classes())
        assert all(after[name] == was or was == "undecided" for name, was in before.items())
        assert narrower <= classes
        before, classes = after, narrower


def test_the_oracle_on_a_case_worked_by_hand() -> None:
    """.b yields to .a: who meets .b does not meet .a, and the second group takes in C in 2024."""
    book = {
        "x/0": Written({"2023-01-01": {"any": ["tpp >= 4800", "stated acme-paper"]}}),
        "x/1": Written({"2023-01-01": {"any": ["tpp >= 1600", "tpp < 0"]}}, yields_to="x/0"),
        "x/2": Written({"2023-01-01": {"any": [{"all": ["meets x/1", "destination in X:2"]}, "tpp < 0"]}}),
    }
    for day, statement, outcome in (
        ("2024-01-01", (), "undecided"),  # the paper may be stated
        ("2024-01-01", ("acme-paper",), "not met"),
        ("2023-12-31", (), "not met"),
        ("2022-12-31", (), None),
    ):
        known = Known(tpp=(Span(Fraction(2000), Fraction(3000)),))
        case = Case(book, known, Transaction(day, "CC", stated=frozenset(statement)))
        assert evaluated(case).get("x/2") == outcome
        rule = book["x/2"].on(day)
        if rule is not None:
            answers = {found for (found,) in expected(case, [rule])}
            assert ANSWERS[True in answers, False in answers] == outcome


def test_the_cases_show_all_answers() -> None:
    """The search is no search of trivial books: every answer comes up, with and without references."""
    seen: set[tuple[str, bool]] = set()

    @settings(deadline=None, max_examples=60, database=None, derandomize=True)
    @given(cases())
    def look(case: Case) -> None:
        for name, outcome in evaluated(case).items():
            refers = any(text.startswith("meets") for rule in case.book[name].editions.values() for text in every(rule))
            seen.add((outcome, refers))

    look()
    assert len(seen) == 6, seen


def every(rule: Any) -> set[str]:
    if isinstance(rule, str):
        return {rule.removeprefix("not ")}
    found = [part for content in rule.values() for part in (content if isinstance(content, list) else [content])]
    return {text for part in found for text in every(part)}
