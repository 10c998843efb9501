"""Reading and checking the golden values of tests/data/golden_values.toml: published figures and what comes out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from chipclass.evaluation import Evaluation
from chipclass.explanation import find
from chipclass.rules.transactions import transaction
from chipclass.sketch import sketch_of
from chipclass.specdb.store import load
from tests import known_answers
from tests.known_answers import Failure, at, unmet

FILE = Path(__file__).parent / "data" / "golden_values.toml"
DATA = tomllib.loads(FILE.read_text("utf-8"))
#: Everything that can account for a row.
KINDS = ("case", "arithmetic", "no_product")
EU = "eu-dual-use/3A501.a.16"
JANUARY_2026 = "us-ear/742.6-b-10-iii-A-1"
US_CLASS = "conclusion.ic_class[regime=us-ear].paragraphs"

Variant = Mapping[str, Any]


def cases() -> list[dict[str, Any]]:
    """The questions, each with the date and destination that hold for all unless it says otherwise."""
    return [{"as_of": DATA["as_of"], "destination": DATA["destination"], **case} for case in DATA["case"]]


def variants(case: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The variants of a product, or the one chip that published figures sketch."""
    if "sketch" not in case:
        return known_answers.variants(case, **more)
    specs = load()
    sketch = sketch_of(specs, **case["sketch"])
    assert sketch
    deal = transaction(specs, as_of=case["as_of"], destination=case["destination"])
    return [Evaluation(sketch.specs, sketch.chip(), sketch.chip(), 1, deal).to_dict()]


def title(entry: Mapping[str, Any]) -> str:
    return f"{entry['row']} {entry['part']}" if "part" in entry else str(entry["row"])


def failures(case: Mapping[str, Any], **more: Any) -> Iterator[Failure]:
    """What does not come out as it must, over every variant: the expectations, then the columns."""
    for variant in variants(case, **more):
        yield from unmet(variant, case["expect"])
        for column, read in COLUMNS.items():
            if column in case and (found := read(variant)) != case[column]:
                yield Failure(column, f"{variant['product']}: {column} is {found!r}, expected {case[column]!r}")


def new_failures(case: Mapping[str, Any], **more: Any) -> list[str]:
    """The failures that the case does not own up to, and the disagreements that have gone."""
    known = {entry["path"] for entry in case.get("disagrees", [])}
    found = list(failures(case, **more))
    gone = known - {failure.path for failure in found}
    return [failure.text for failure in found if failure.path not in known] + [
        f"{path} comes out now: take it out of 'disagrees'" for path in sorted(gone)
    ]


# Columns


def us_class(variant: Variant) -> list[list[str]]:
    found: list[list[str]] = sorted(at(variant, US_CLASS))
    return found


def eu(variant: Variant) -> str:
    """Outcome of the EU's list entry for the chip."""
    return str(_determination(variant, EU)["outcome"])


def january_2026(variant: Variant) -> str:
    """The two figures of the review policy: pass, fail, undecided, or "-" where the chip is not caught."""
    proof = _determination(variant, JANUARY_2026)["proof"]
    outcomes = {name: (find(proof, name) or {})["outcome"] for name in ("caught", "TPP", "DRAM bandwidth")}
    if outcomes["caught"] == "not met":
        return "-"
    figures = {outcomes["TPP"], outcomes["DRAM bandwidth"]}
    if outcomes["caught"] == "met" and figures != {"met"} and "not met" in figures:
        return "fail"
    return "pass" if {outcomes["caught"], *figures} == {"met"} else "undecided"


def _determination(variant: Variant, provision: str) -> Mapping[str, Any]:
    (found,) = at(variant, f"determinations[provision={provision}]")
    entry: Mapping[str, Any] = found
    return entry


COLUMNS = {"us_class": us_class, "eu": eu, "jan26": january_2026}


# Arithmetic


def chip_counts(entry: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """What a ceiling is for, the chips that it makes by the computed TPP, rounded as the source rounds, and its own."""
    (variant,) = known_answers.variants({"as_of": DATA["as_of"], **entry})
    tpp = Fraction(variant["metrics"]["tpp"]["exact"])
    for line in entry["chips"]:
        yield line["what"], round(line["total"] / tpp / line["to_the"]) * line["to_the"], line["about"]
