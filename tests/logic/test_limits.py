"""Every limit of every provision and edition: its operator, and one unit on either side (boundary_vectors.toml).

A limit is tried on the provision's own tree: everything else that the tree asks is given every possible answer, and
wherever the answer of the tree changes along the three figures, it must change as the operator of the text says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from chipclass.logic.cells import NO, YES, Box, cells, outcomes
from chipclass.logic.numbers import Interval
from chipclass.logic.tree import Node
from chipclass.rules.book import Book, book_of
from chipclass.specdb.store import load
from tests.logic.test_boundary_vectors import AS_OF, DATA, VECTORS, box_of

LIMITS: list[dict[str, Any]] = DATA["limit"]
EU, US_2022 = "eu-dual-use/3A501.a.16", "us-ear/3A090.a"
#: What a tree answers one unit below a limit, on it and one unit above it.
TURNS = {
    ">=": (False, True, True),
    ">": (False, False, True),
    "<": (True, False, False),
    "<=": (True, True, False),
}


@pytest.fixture(scope="module")
def book() -> Book:
    return book_of(load())


def tree_of(book: Book, provision: str, day: str) -> Node:
    """The tree of a provision on a day on which it has an edition."""
    assert provision in book.provisions, f"{provision} is not in the book"
    tree = book.trees(day).get(provision)
    assert tree is not None, f"{provision} has no edition on {day}"
    return tree


def number_tests(tree: Node) -> set[tuple[str, Fraction]]:
    return {(test.metric, test.limit) for test in tree.tests() if test.kind == "number"}


def metrics_named(entry: dict[str, Any]) -> list[str]:
    metric = entry["metric"]
    return list(metric) if isinstance(metric, list) else [metric]


def point(value: Any) -> tuple[Interval]:
    return (Interval.point(Fraction(value)),)


def turns(tree: Node, node: Node, metric: str, figures: list[Fraction]) -> set[tuple[bool, ...]]:
    """How the answer of a node goes along some figures of a metric, over every answer to all else, if it changes."""
    found: defaultdict[Any, list[bool]] = defaultdict(list)
    for figure in figures:
        for cell in cells([tree], Box({metric: point(figure)})):
            others = tuple((name, piece) for name, piece in cell.pieces.items() if name != metric)
            found[others, tuple(cell.truths.items())].append(cell.holds(node))
    return {tuple(answers) for answers in found.values() if len(set(answers)) > 1}


def tried() -> Iterator[Any]:
    for entry in LIMITS:
        for day in entry["as_of"]:
            name = f"{entry['provision']} {metrics_named(entry)[0]} {float(entry['limit']):.10g} on {day}"
            yield pytest.param(entry, day, id=name)


@pytest.mark.parametrize(("entry", "day"), list(tried()))
def test_a_limit_turns_as_its_operator_says(entry: dict[str, Any], day: str, book: Book) -> None:
    tree = tree_of(book, entry["provision"], day)
    limit, unit = Fraction(entry["limit"]), Fraction(entry["unit"])
    held = [name for name in metrics_named(entry) if (name, limit) in number_tests(tree)]
    if not held and "conditions" in entry:
        edition = book.provisions[entry["provision"]].on(day)
        assert edition is not None
        assert any(entry["conditions"] in text for text in [*edition.conditions, edition.text("note")])
        return
    assert held, f"no test of {metrics_named(entry)} at {entry['limit']} in {entry['provision']}"
    figures = [limit - unit, limit, limit + unit]
    wanted = {TURNS[operator] for operator in entry["operators"]}
    nodes = [node for node in tree.walk() if node.op != "test"] if entry.get("of_a_part") else [tree]
    assert wanted in [turns(tree, node, held[0], figures) for node in nodes]


def test_no_limit_of_the_book_is_without_an_entry(book: Book) -> None:
    """Each edition is tried on a day of its own, and on that day no limit stands that is not in the table."""
    missing = []
    for provision in book:
        entries = [e for e in LIMITS if e["provision"] == provision.id]
        for edition in provision.editions:
            limits = number_tests(edition.tree)
            days = [d for d in {d for e in entries for d in e["as_of"]} if provision.on(d) is edition]
            if limits and not days:
                missing.append(f"{provision.id}, edition {edition.effective}: no entry")
            for day in days:
                named = {(m, Fraction(e["limit"])) for e in entries if day in e["as_of"] for m in metrics_named(e)}
                missing += [f"{provision.id} on {day}: {m} {float(n):.10g}" for m, n in sorted(limits - named)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("operator", TURNS)
def test_a_wrong_operator_is_found(operator: str) -> None:
    leaf = Node("test", kind="number", metric="tpp", relation=operator, limit=Fraction(100), text=f"tpp {operator} 100")
    tree = Node("all", children=(leaf, Node("test", kind="fact", text="some_fact", names=("some_fact",))))
    assert turns(tree, tree, "tpp", [Fraction(99), Fraction(100), Fraction(101)]) == {TURNS[operator]}


# The EU column of the chips


@pytest.mark.parametrize("vector", [pytest.param(v, id=name) for name, v in VECTORS if "eu" in v])
def test_eu_column(vector: dict[str, Any], book: Book) -> None:
    assert is_met(tree_of(book, EU, AS_OF), box_of(vector, {})) is vector["eu"]


def test_the_eu_column_stands_by_every_vector_of_the_reference() -> None:
    reference = [v for name, v in VECTORS if name.startswith("reference[")]
    assert sum("eu" in v for v in reference) == len([v for v in reference if "class" in v]) == 18
    assert {True, False} == {v["eu"] for v in reference if "eu" in v}


# Texts with measures of their own


def is_met(tree: Node, box: Box) -> bool:
    """Met or not met; anything between is a failure."""
    possible = outcomes({"tree": tree}, box)["tree"]
    assert possible.true != possible.false, "undecided"
    return bool(possible.true)


def listed(table: str) -> Iterator[Any]:
    for group in DATA[table]:
        name = group.get("provision", group.get("as_of"))
        for number, vector in enumerate(group["vectors"], 1):
            yield pytest.param(group, vector, id=f"{name}[{number}]")


@pytest.mark.parametrize(("group", "vector"), list(listed("vectors_2022")))
def test_edition_of_2022(group: dict[str, Any], vector: dict[str, Any], book: Book) -> None:
    day = group["as_of"].isoformat()
    numbers = {"io_transfer_rate_2022": point(vector["io"]), "bits_times_tops_2022": point(vector["bits_tops"])}
    datacenter = YES if vector.get("datacenter", True) else NO
    box = Box(numbers, {"designed_or_marketed_for_datacenter": datacenter})
    assert is_met(tree_of(book, US_2022, day), box) is vector["caught"]
    assert "us-ear/3A090.b" not in book.trees(day)


def bandwidths(vector: dict[str, Any]) -> dict[str, tuple[Interval]]:
    dram, interconnect = Fraction(vector["dram"]), Fraction(vector["interconnect"])
    return {
        "total_dram_bandwidth": point(dram),
        "interconnect_bandwidth": point(interconnect),
        "dram_plus_interconnect_bandwidth": point(dram + interconnect),
    }


@pytest.mark.parametrize(("group", "vector"), list(listed("letters")))
def test_letter(group: dict[str, Any], vector: dict[str, Any], book: Book) -> None:
    day = group["as_of"].isoformat()
    tree = tree_of(book, group["provision"], day)
    edition = book.provisions[group["provision"]].on(day)
    assert edition is not None
    criterion = next(node for node in tree.walk() if node.id == edition.text("criterion"))
    assert is_met(criterion, Box(bandwidths(vector))) is vector["reached"]


@pytest.mark.parametrize(("group", "vector"), list(listed("bills")))
def test_bill(group: dict[str, Any], vector: dict[str, Any], book: Book) -> None:
    numbers = {"tpp": point(vector["tpp"]), "performance_density": point(vector["density"]), **bandwidths(vector)}
    box = Box(numbers, {"designed_or_marketed_for_datacenter": YES})
    assert is_met(tree_of(book, group["provision"], AS_OF), box) is vector["reached"]
