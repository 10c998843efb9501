"""The limits of the rules, each with one unit in the last digit on either side: tests/data/boundary_vectors.toml.

Every vector is evaluated as one product with exact figures (its density through the area TPP / density) and all of
them together as columns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chipclass.conclusion import Axes
from chipclass.logic.cells import MAYBE, NO, YES, Box, Cell, Possible, Ratio, cells
from chipclass.logic.numbers import INF, Interval, Truth, exact
from chipclass.logic.tree import Node
from chipclass.rules.book import Book, book_of
from chipclass.rules.transactions import Transaction, countries_of, transaction, truths
from chipclass.specdb.store import load
from chipclass.tariff import tariff_of

FILE = Path(__file__).parents[1] / "data" / "boundary_vectors.toml"
DATA = tomllib.loads(FILE.read_text("utf-8"), parse_float=Fraction)
AS_OF = DATA["as_of"].isoformat()
VECTORS = [(f"{group}[{n}]", v) for group, listed in DATA["vectors"].items() for n, v in enumerate(listed, 1)]
METRICS = {"tpp": "tpp", "density": "performance_density", "dram": "total_dram_bandwidth"}
POLICY, TARIFF = "us-ear/742.6-b-10-iii-A-1", "us-tariff/note-39-b"
EXCEPTIONS = {"ACA": "us-ear/740.8-ACA", "NAC": "us-ear/740.8-NAC"}
#: A destination for which each exception speaks.
DESTINATIONS = {"ACA": "KZ", "NAC": "CN"}

Vector = dict[str, Any]
Area = Callable[[Vector], Fraction | None]


@pytest.fixture(scope="module")
def book() -> Book:
    return book_of(load())


def deal_to(destination: str) -> Transaction:
    stated = ["nac-notification", "certifications-dd", "item-of-3a090-or-4a090"]
    return transaction(load(), as_of=AS_OF, destination=destination, headquarters="US", stated=stated)


def known_truths(book: Book, deal: Transaction) -> dict[str, Possible]:
    tests = (test for tree in book.trees(AS_OF).values() for test in tree.tests())
    return truths(tests, deal, (), countries_of(load()))


def area_of(vector: Vector) -> Fraction | None:
    """The applicable die area that makes the density of a vector exact."""
    return Fraction(vector["tpp"]) / Fraction(vector["density"]) if "density" in vector else None


def box_of(vector: Vector, others: dict[str, Possible], area: Area = area_of) -> Box:
    die = area(vector)
    denominator = Interval(Fraction(0), INF, low_open=True) if die is None else Interval.point(die)
    datacenter = MAYBE if "datacenter" not in vector else YES if vector["datacenter"] else NO
    return Box(
        {
            "tpp": (Interval.point(Fraction(vector["tpp"])),),
            "performance_density": Ratio("tpp", (denominator,)),
            "total_dram_bandwidth": (Interval.point(Fraction(vector["dram"])),),
        },
        {**others, "designed_or_marketed_for_datacenter": datacenter},
    )


def named(tree: Node, name: str) -> Node:
    return next(node for node in tree.walk() if node.id == name)


def paragraphs_in(cell: Cell, book: Book) -> frozenset[str]:
    """Paragraphs as cited that hold in a cell: .a.1 alone where it holds, .b only where .a does not."""
    a, b = (book.trees(AS_OF)[name] for name in ("us-ear/3A090.a", "us-ear/3A090.b"))
    if cell.holds(a):
        return frozenset({"3A090.a.1" if cell.holds(named(a, "a.1")) else "3A090.a.2"})
    if cell.holds(b):
        return frozenset(f"3A090.{name}" for name in ("b.1", "b.2") if cell.holds(named(b, name)))
    return frozenset()


def policy_in(cell: Cell, book: Book) -> str:
    tree = book.trees(AS_OF)[POLICY]
    if not cell.holds(named(tree, "caught")):
        return "-"
    return "pass" if all(cell.holds(named(tree, name)) for name in ("TPP", "DRAM bandwidth")) else "fail"


def tariff_in(cell: Cell, book: Book) -> str:
    tree = book.trees(AS_OF)[TARIFF]
    held = [name for name in ("band 1", "band 2") if cell.holds(named(tree, name))]
    assert bool(held) == cell.holds(named(tree, "parameters"))  # the heading of the article is asked beside them
    return held[0] if held else "none"


def trees_read(book: Book) -> list[Node]:
    return [book.trees(AS_OF)[name] for name in ("us-ear/3A090.a", "us-ear/3A090.b", POLICY, TARIFF)]


def answers_in(cell: Cell, book: Book) -> dict[str, Any]:
    return {"class": paragraphs_in(cell, book), "policy": policy_in(cell, book), "tariff": tariff_in(cell, book)}


def only(values: Iterable[Any]) -> Any:
    """The one value that all cells agree on."""
    (value,) = set(values)
    return value


def expected(vector: Vector) -> dict[str, Any]:
    return {
        k: frozenset(vector[k]) if k == "class" else vector[k] for k in ("class", "policy", "tariff") if k in vector
    }


# One product


@pytest.mark.parametrize("vector", [v for _, v in VECTORS], ids=[name for name, _ in VECTORS])
def test_one_product(vector: Vector, book: Book) -> None:
    box = box_of(vector, known_truths(book, deal_to("CN")))
    found = [answers_in(cell, book) for cell in cells(trees_read(book), box)]
    assert {key: only(answers[key] for answers in found) for key in expected(vector)} == expected(vector)


@pytest.mark.parametrize("vector", [v for _, v in VECTORS], ids=[name for name, _ in VECTORS])
def test_the_conclusion_says_the_same(vector: Vector, book: Book) -> None:
    """The class and the tariff as they are printed."""
    axes = {}
    for destination in ("CN", "KZ"):
        deal = deal_to(destination)
        axes[destination] = Axes(book, box_of(vector, known_truths(book, deal)), deal, countries_of(load()))
    if "class" in vector:
        assert axes["CN"].classes() == [frozenset(vector["class"])]
    if "tariff" in vector:
        tariff = tariff_of(axes["CN"])
        assert tariff["outcome"] == ("not met" if vector["tariff"] == "none" else "met")
        assert vector["tariff"] == "none" or vector["tariff"] in tariff["text"]
    if "nac_aca" in vector:
        for name, provision in EXCEPTIONS.items():
            outcome = only(e["outcome"] for e in axes[DESTINATIONS[name]].exceptions() if e["id"] == provision)
            assert outcome == ("met" if vector["nac_aca"] else "not met")


# All together as columns


def columns(vectors: list[Vector], others: dict[str, Possible], density_as_given: bool) -> Box:
    """One row per vector, in floats; density as a column of its own, or through a column of areas."""
    areas = [area_of(vector) for vector in vectors]
    if density_as_given:
        known = np.array([float(v.get("density", 0)) for v in vectors])
        unbounded = np.array([float(v.get("density", INF)) for v in vectors])
        density: Any = (Interval(known, unbounded),)
    else:
        low = np.array([0.0 if area is None else float(area) for area in areas])
        high = np.array([INF if area is None else float(area) for area in areas])
        density = Ratio("tpp", (Interval(low, high, np.array([area is None for area in areas])),))
    datacenter = Possible(
        np.array([v.get("datacenter", True) for v in vectors]),
        np.array([not v.get("datacenter", False) for v in vectors]),
    )
    numbers = {
        "tpp": (Interval.point(np.array([float(v["tpp"]) for v in vectors])),),
        "performance_density": density,
        "total_dram_bandwidth": (Interval.point(np.array([float(v["dram"]) for v in vectors])),),
    }
    return Box(numbers, {**others, "designed_or_marketed_for_datacenter": datacenter})


def row_answers(box: Box, count: int, book: Book) -> list[dict[str, set[Any]]]:
    """The possible answers of each row."""
    rows: list[dict[str, set[Any]]] = [{"class": set(), "policy": set(), "tariff": set()} for _ in range(count)]
    for cell in cells(trees_read(book), box):
        mask: Truth = np.broadcast_to(cell.mask, count)
        found = answers_in(cell, book)
        for row in np.flatnonzero(mask):
            for key, answer in found.items():
                rows[row][key].add(answer)
    return rows


def test_all_as_columns_with_their_densities(book: Book) -> None:
    vectors = [vector for _, vector in VECTORS]
    rows = row_answers(columns(vectors, known_truths(book, deal_to("CN")), True), len(vectors), book)
    found = [{key: only(row[key]) for key in expected(v)} for row, v in zip(rows, vectors, strict=True)]
    assert found == [expected(vector) for vector in vectors]


def test_all_as_columns_with_their_areas(book: Book) -> None:
    """A column holds areas to 15 digits: where TPP / density is such a decimal, the answer is the table's; where it
    is not, it is the answer of one product with the area that the column holds."""
    vectors = [vector for _, vector in VECTORS]
    others = known_truths(book, deal_to("CN"))
    rows = row_answers(columns(vectors, others, False), len(vectors), book)
    as_in_the_table = 0
    for (name, vector), row in zip(VECTORS, rows, strict=True):
        found = {key: only(row[key]) for key in expected(vector)}
        true_area = area_of(vector)
        held_area = None if true_area is None else exact(float(true_area))
        single = box_of(vector, others, lambda _, held=held_area: held)
        alone = [answers_in(cell, book) for cell in cells(trees_read(book), single)]
        assert found == {key: only(answers[key] for answers in alone) for key in found}, name
        if held_area == true_area:
            assert found == expected(vector), name
            as_in_the_table += 1
    assert as_in_the_table >= 60


# The file itself


def test_every_limit_has_a_vector_on_it_and_one_on_either_side(book: Book) -> None:
    unit = {METRICS[key]: step for key, step in DATA["unit"].items()}
    figures = {METRICS[key]: {v[key] for _, v in VECTORS if key in v} for key in METRICS}
    tests = {(t.metric, t.limit) for tree in trees_read(book) for t in tree.tests() if t.kind == "number"}
    assert len(tests) == 3 + 3 + 2 + 8  # TPP and density of 3A090, the policy, the bands
    for metric, limit in tests:
        assert {limit - unit[metric], limit, limit + unit[metric]} <= figures[metric], f"{metric} {limit}"


def test_no_vector_is_given_twice_with_two_answers() -> None:
    seen: dict[tuple[Any, ...], Vector] = {}
    for name, vector in VECTORS:
        key = tuple(vector.get(k) for k in ("tpp", "density", "datacenter", "dram"))
        other = seen.setdefault(key, vector)
        assert all(other[k] == vector[k] for k in vector.keys() & other.keys()), name
