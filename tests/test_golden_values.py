"""Golden values: every published figure and verdict of tests/data/golden_values.toml comes out, or is accounted for."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from chipclass.identification.resolve import resolve
from chipclass.rules.book import book_of
from chipclass.specdb.store import load
from tests.golden_values import COLUMNS, DATA, EU, KINDS, cases, chip_counts, new_failures, title, variants

#: The rows of the second table, in its order, B1 to B28; the first has A1 to A43.
B_ROWS = (
    *("V100 SXM2", "T4", "A10", "A30", "A40", "L2", "L4", "L20", "L40", "L40S", "RTX 4090", "RTX 4090 D"),
    *("RTX 5090", "RTX 5090 D", "Gaudi 2", "Gaudi 3", "MI210", "TPU v4", "TPU v5e", "TPU v5p", "TPU v6e"),
    *("TPU7x Ironwood", "Trainium1", "Trainium2", "Ascend 910", "Ascend 910B (400)", "Ascend 910C", "Ascend 950PR"),
)
ROWS = [f"A{n}" for n in range(1, 44)] + [f"B{n}" for n in range(1, len(B_ROWS) + 1)]
ENTRIES = [(kind, entry) for kind in KINDS for entry in DATA.get(kind, [])]


@pytest.mark.parametrize("case", cases(), ids=title)
def test_golden_value(case: dict[str, Any]) -> None:
    assert not new_failures(case), case["question"]


@pytest.mark.parametrize("entry", DATA.get("arithmetic", []), ids=title)
def test_golden_arithmetic(entry: dict[str, Any]) -> None:
    assert [(what, found) for what, found, _ in chip_counts(entry)] == [
        (what, about) for what, _, about in chip_counts(entry)
    ], entry["question"]


@pytest.mark.parametrize("case", [case for case in cases() if "sketch" in case], ids=title)
def test_a_sketch_stands_for_a_product_that_is_not_in_the_database(case: dict[str, Any]) -> None:
    found = {name: resolve(load(), name).ids for name in case["names"]}
    known = {name: ids for name, ids in found.items() if ids}
    assert found and not known, f"row {title(case)}: {known} is entered now; ask for the product instead"


# The file itself


def test_every_row_is_accounted_for_exactly_once() -> None:
    """One entry per row, or several that each name a part of their own."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for _, entry in ENTRIES:
        parts[entry["row"]].append(entry.get("part", ""))
    assert list(parts.keys() - set(ROWS)) == []
    assert [row for row in ROWS if row not in parts] == []
    for row, named in parts.items():
        assert named == [""] or all(count == 1 and part for part, count in Counter(named).items()), f"{row}: {named}"


def test_rows_of_the_second_table_are_the_products_of_that_table() -> None:
    """Every word of the table's name stands in the names of what the query of the case resolves to."""
    specs = load()
    for _, entry in ENTRIES:
        row = entry["row"]
        if not row.startswith("B"):
            continue
        name = B_ROWS[int(row[1:]) - 1]
        items = [specs.item(found) for found in resolve(specs, entry["product"]).ids]
        names = " ".join(word for item in items for word in (item.name, *item.aliases)).casefold()
        words = name.replace("(400)", "").casefold().split()
        assert names and all(word in names for word in words), f"{row} is {name}, not {entry['product']}"


@pytest.mark.parametrize("case", cases(), ids=title)
def test_every_case_can_be_read_by_itself(case: dict[str, Any]) -> None:
    assert case["question"].endswith(("?", ".)")), "a question"
    assert case["citation"] and case["expect"]
    assert "sketch" in case or resolve(load(), case["product"]).ids
    given = [column in case for column in COLUMNS]
    assert all(given) or not any(given), "all three columns or none"
    excused = case["as_of"] != DATA["as_of"] or len(variants(case)) > 1  # a family whose members have no one class
    excused = excused or not _has_tpp(case)  # a bandwidth alone makes no class
    assert all(given) or excused, "the columns are asked for today's rules"
    for entry in case.get("disagrees", []):
        assert entry["why"] and any(entry["path"] in (e["path"], *COLUMNS) for e in case["expect"])


def _has_tpp(case: dict[str, Any]) -> bool:
    return "product" in case or not {"rates", "tpp"}.isdisjoint(case["sketch"])


def test_the_eu_column_has_an_edition_on_the_day_of_the_table() -> None:
    assert book_of(load()).provisions[EU].on(DATA["as_of"]) is not None
