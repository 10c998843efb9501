"""Beside a licence requirement: a relief that is met is named there only if it counts in the reading."""

from __future__ import annotations

from typing import Any

import chipclass
from chipclass.specdb.store import load

SPECS = load()
LPP = "aggregate-tpp-within-26900000"


def conclusion(**question: Any) -> dict[str, Any]:
    asked = {"as_of": "2026-09-24", **question}
    found: dict[str, Any] = chipclass.classify("H200 SXM", specs=SPECS, **asked).results[0]["conclusion"]
    return found


def outcome(found: dict[str, Any], name: str) -> tuple[str, str]:
    [entry] = [entry for entry in found["exceptions"] if entry["name"] == name]
    return entry["outcome"], entry["posture"]


def test_an_exception_that_is_codified_and_not_enforced_takes_nothing_from_the_enforced_requirement() -> None:
    found = conclusion(destination="SA", headquarters="SA", stated=[LPP])
    assert outcome(found, "LPP") == ("met", "codified, not enforced")
    assert found["licence_requirement"]["outcome"] == "met"
    assert "relief" not in found["licence_requirement"]["by_destination"]
    codified = conclusion(destination="SA", headquarters="SA", stated=[LPP], reading="codified")
    assert "a relief is met, LPP: see the exceptions" in codified["licence_requirement"]["by_destination"]


def test_a_consignee_to_whom_the_requirement_does_not_extend_is_named_beside_it() -> None:
    found = conclusion(destination="AE", headquarters="AE", stated=["consignee-uae-government"])
    assert outcome(found, "UAE consignees (91 FR 43034)") == ("met", "in force")
    assert "a relief is met, UAE consignees (91 FR 43034)" in found["licence_requirement"]["by_destination"]
