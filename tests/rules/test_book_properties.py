"""What holds for the rule book as a whole: no order matters, days without change are alike, knowing more narrows."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import chipclass
from chipclass.conclusion import Axes, requirement_text
from chipclass.evaluation import Evaluation
from chipclass.logic.cells import Box
from chipclass.positions import Position, position_of
from chipclass.proof import MET, NOT_MET, UNDECIDED
from chipclass.rules import history
from chipclass.rules.book import book_of
from chipclass.rules.transactions import Transaction, countries_of, transaction, truths
from chipclass.specdb.store import Specs, load
from tests.logic.oracle import Known, knowns, narrowed

SPECS = load()
CHIPS = sorted(SPECS.index["chips"])
COUNTRIES = ("CN", "HK", "MO", "AE", "KH", "SG", "DE", "CY", "US")


def change_days(index: Any) -> list[str]:
    """Every day on which an edition, a posture, a compliance date or a membership turns, or that a test names."""

    def found() -> Iterator[str | None]:
        for rule in index["rules"].values():
            for edition in rule["editions"]:
                yield from (edition.get(key) for key in ("effective", "until", "comply_from"))
                yield from (entry["from"] for entry in edition["posture"])
                yield from re.findall(r"\d{4}-\d\d-\d\d", json.dumps(edition["tree"]))
        for key in ("membership", "undecided"):
            for entry in index["destinations"][key]:
                yield from (entry.get("from"), entry.get("until"))

    return sorted({day for day in found() if day})


DAYS = change_days(SPECS.index)


@st.composite
def deals(draw: st.DrawFn, days: Sequence[str] = tuple(DAYS)) -> Transaction:
    return transaction(
        SPECS,
        as_of=draw(st.sampled_from(days)),
        destination=draw(st.sampled_from([None, *COUNTRIES])),
        shipped_from=draw(st.sampled_from(["US", "TW"])),
        kind=draw(st.sampled_from(["export", "reexport", "in-country"])),
        headquarters=draw(st.sampled_from([None, *COUNTRIES])),
        reading=draw(st.sampled_from(["enforced", "codified"])),
    )


def evaluation(specs: Specs, chip: str, deal: Transaction) -> Evaluation:
    item = specs.item(chip)
    return Evaluation(specs, item, item, 1, deal)


def position(specs: Specs, chip: str, deal: Transaction) -> Position:
    return position_of(evaluation(specs, chip, deal))


# order


def unordered(found: Evaluation) -> dict[str, Any]:
    """An answer without the order in which it names provisions."""
    determined = {entry["provision"]: entry for entry in found.determinations}
    exceptions = {entry["id"]: entry for entry in found.axes.exceptions()}
    letters = {entry["id"]: entry for entry in found.axes.letters()}
    stands = position_of(found)._replace(letters="")
    return {"position": stands, "determined": determined, "exceptions": exceptions, "letters": letters}


@settings(deadline=None, max_examples=40)
@given(st.permutations(list(SPECS.index["rules"])), st.sampled_from(CHIPS), deals())
def test_the_order_of_the_rule_files_does_not_matter(order: list[str], chip: str, deal: Transaction) -> None:
    other = Specs({**SPECS.index, "rules": {name: SPECS.index["rules"][name] for name in order}})
    assert unordered(evaluation(other, chip, deal)) == unordered(evaluation(SPECS, chip, deal))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(CHIPS), deals(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_of_a_record_does_not_matter(chip: str, deal: Transaction, random: Any) -> None:
    """Neither within a claim nor between claims: which figure decides is a matter of status, not of place."""
    stored = SPECS.index["facts"][chip]
    rows = list(stored["rows"])
    random.shuffle(rows)
    other = Specs({**SPECS.index, "facts": {**SPECS.index["facts"], chip: {**stored, "rows": rows}}})
    before, after = evaluation(SPECS, chip, deal), evaluation(other, chip, deal)
    assert position_of(after) == position_of(before)
    for name, metric in before.metrics.items():
        found = after.metrics[name]
        assert (found.low, found.high, found.operative) == (metric.low, metric.high, metric.operative), name


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(["H200", "L40", *CHIPS]), min_size=2, max_size=4, unique=True), st.data())
def test_the_order_of_the_products_asked_about_does_not_matter(queries: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(queries))
    one, other = (
        {
            found["query"]: found
            for found in chipclass.classify(asked, specs=SPECS, as_of="2026-09-24").to_dict()["results"]
        }
        for asked in (queries, order)
    )
    assert one == other


# days


@cache
def spans() -> list[tuple[str, str]]:
    """From each change day up to the day before the next; the days before the first; a year after the last."""

    def moved(day: str, by: int) -> str:
        return (datetime.date.fromisoformat(day) + datetime.timedelta(days=by)).isoformat()

    return [
        (moved(DAYS[0], -400), moved(DAYS[0], -1)),
        *((first, moved(following, -1)) for first, following in pairwise(DAYS)),
        (DAYS[-1], moved(DAYS[-1], 400)),
    ]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(CHIPS), deals(), st.data())
def test_a_position_is_constant_between_change_days(chip: str, deal: Transaction, data: st.DataObject) -> None:
    first, last = data.draw(st.sampled_from(spans()))
    start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    day = (start + datetime.timedelta(days=data.draw(st.integers(0, (end - start).days)))).isoformat()
    options = {key: getattr(deal, key) for key in ("destination", "shipped_from", "kind", "headquarters", "reading")}
    then, now = (position(SPECS, chip, transaction(SPECS, as_of=when, **options)) for when in (first, day))
    assert now == then


def test_the_program_knows_the_change_days() -> None:
    """A day that a test names is none of its own: what it moves depends on the shipment."""
    known = set(history.change_days(SPECS))
    assert known <= set(DAYS)
    assert all(day in json.dumps(SPECS.index["rules"]) for day in set(DAYS) - known)


def test_something_moves_on_a_change_day() -> None:
    """Otherwise the property above would hold of a book that says nothing."""
    chip = max(CHIPS, key=lambda name: evaluation(SPECS, name, Transaction(DAYS[-1])).metrics["tpp"].low or 0)
    found = [position(SPECS, chip, Transaction(first, "AE")) for first, _ in spans()]
    assert len(set(found)) > 4


# knowing more


def axes_of(known: Known, deal: Transaction) -> Axes:
    book, countries = book_of(SPECS), countries_of(SPECS)
    tests = [test for tree in book.trees(deal.as_of).values() for test in tree.tests()]
    box = known.box()
    return Axes(book, Box(box.numbers, {**box.truths, **truths(tests, deal, (), countries)}), deal, countries)


@settings(deadline=None, max_examples=60)
@given(knowns(), deals(), st.data())
def test_knowing_more_of_a_product_only_narrows_where_it_stands(
    known: Known, deal: Transaction, data: st.DataObject
) -> None:
    """Classes, licence requirement, exceptions: what was certain stays, what was open stays or is settled."""
    axes = axes_of(known, deal)
    before, classes = settled(axes), set(axes.classes())
    for _ in range(2):
        known = data.draw(narrowed(known))
        axes = axes_of(known, deal)
        after, narrower = settled(axes), set(axes.classes())
        assert narrower <= classes
        assert all(after[name] == was or was == UNDECIDED for name, was in before.items())
        before, classes = after, narrower


def settled(axes: Axes) -> dict[str, str]:
    """The outcomes of an answer by what they are of."""
    found = {"licence": requirement_text(axes)["outcome"]}
    found |= {entry["id"]: entry["outcome"] for entry in [*axes.exceptions(), *axes.letters()]}
    return {name: outcome for name, outcome in found.items() if outcome in (MET, NOT_MET, UNDECIDED)}
