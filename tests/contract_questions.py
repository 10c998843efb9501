"""What the tests of the contract share: the questions they ask, the leaves of a proof, a list of complaints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import chipclass

SPECS = chipclass.load()
DATES = (
    "2022-09-01",
    "2022-12-01",
    "2023-01-15",
    "2023-12-15",
    "2024-06-01",
    "2025-06-01",
    "2026-02-01",
    "2026-11-22",
)
QUESTIONS = [
    {"destination": destination, "headquarters": headquarters, "reading": reading}
    for destination in (None, "CN", "SG", "AE", "MO", "HK")
    for headquarters in (None, "CN")
    for reading in ("enforced", "codified")
]


def question(number: int, date: str) -> dict[str, Any]:
    """A question for the n-th product on a date; products and dates run through all combinations."""
    return {"as_of": date, **QUESTIONS[(number * 5 + DATES.index(date) * 7) % len(QUESTIONS)]}


def none_of(wrong: list[str]) -> None:
    """Fail with the first few of a list of complaints."""
    assert not wrong, "\n".join([f"{len(wrong)} in all", *wrong[:6]])


def leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if node["op"] == "test":
        yield node
    for child in node.get("children", ()):
        yield from leaves(child)
