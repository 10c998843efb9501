"""The tariff axis: bands of figures, customs headings, and end uses that take an article out."""

from __future__ import annotations

from typing import Any

import pytest

import chipclass
from chipclass.specdb.store import load

SPECS = load()
EXEMPT = "end-use-us-data-center"


def tariff(query: str = "H200 NVL", **question: Any) -> dict[str, Any]:
    asked = {"as_of": "2026-09-24", "destination": "US", **question}
    found: dict[str, Any] = chipclass.classify(query, specs=SPECS, **asked).results[0]["conclusion"]["tariff"]
    return found


def test_without_a_heading_the_band_stands_with_its_headings() -> None:
    found = tariff()
    assert found["outcome"] == "met" and found["heading"] == "undecided"
    assert found["text"] == "inside band 1 of HTS 9903.79.01 (25 %), if entered under 8471.50, 8471.80 or 8473.30"
    assert {entry["outcome"] for entry in found["exemptions"]} == {"undecided"}


def test_another_heading_takes_the_article_out() -> None:
    found = tariff(heading="8542.31")
    assert (found["outcome"], found["heading"]) == ("not met", "not met")


@pytest.mark.parametrize("heading", [None, "8471.80"])
def test_a_stated_end_use_that_is_exempt_takes_it_out(heading: str | None) -> None:
    """Heading 9903.79.03; also where the customs heading is open: under another one there is no duty either."""
    found = tariff(heading=heading, stated=[EXEMPT])
    assert found["outcome"] == "not met" and not found["conditions"]
    assert found["text"].startswith("exempt as stated, HTS 9903.79.03; else inside band 1 of HTS 9903.79.01 (25 %)")


def test_a_denied_end_use_changes_nothing() -> None:
    assert tariff(heading="8471.80", stated=[f"not {EXEMPT}"])["outcome"] == "met"


def test_outside_the_bands_no_end_use_is_asked_for() -> None:
    found = tariff("L4", stated=[EXEMPT])
    assert (found["outcome"], found["exemptions"]) == ("not met", [])
