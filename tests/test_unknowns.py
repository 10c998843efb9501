"""Questions with something unknown in them (tests/data/unknowns.toml): what is open stays open, and nothing else.

Chips that are only figures are read as an overlay of the user's own, and take the way that a user's chip takes.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chipclass.places import specs_folder
from chipclass.specdb.store import Specs
from tests import spec_folders as sf
from tests.golden_values import new_failures
from tests.known_answers import at, variants

DATA = tomllib.loads((Path(__file__).parent / "data" / "unknowns.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = [
    {"as_of": DATA["as_of"], "destination": DATA["destination"], "product": f"vector-{number}", **case}
    for number, case in enumerate(DATA["case"], 1)
]
#: What a transaction concludes, apart from the words that name the place.
AXES = (
    "conclusion.status",
    "conclusion.licence_requirement.outcome",
    "conclusion.review_policy",
    "conclusion.exceptions",
)


def claims(figures: Mapping[str, Any]) -> str:
    """A maker's declaration of TPP and its data sheet for the rest."""
    sheets = {"declared": {"tpp"} & figures.keys(), "datasheet": figures.keys() - {"tpp"}}
    return "".join(
        f'[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "{status}"\ndate = 2026-01-05\n'
        + "".join(f"{name} = {json.dumps(figures[name])}\n" for name in sorted(names))
        for status, names in sheets.items()
        if names
    )


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Specs:
    """The project's specs with every chip that is only figures."""
    folder = tmp_path_factory.mktemp("vectors")
    chips = [
        f'[[chip]]\nid = "{case["product"]}"\nname = "Vector {number}"\nvendor = "Acme"\nsold_as = "module"\n'
        + claims(case["chip"])
        for number, case in enumerate(CASES, 1)
        if "chip" in case
    ]
    sf.write(folder, "sources.toml", sf.SOURCE)
    sf.write(folder, "chips/vectors.toml", "\n".join(chips))
    return sf.specs_of(specs_folder(), folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_unknown(case: dict[str, Any], specs: Specs) -> None:
    more = {"specs": specs} if "chip" in case else {}
    assert not new_failures(case, **more), case["question"]
    for turn in case.get("turns_at", []):
        (variant,) = variants(case, **more)
        (settling,) = at(variant, f"determinations[provision={turn['provision']}].would_settle")
        assert turn["near"] in [f"{entry['turns_at']:.2f}" for entry in settling if entry["turns_at"]]


@pytest.mark.parametrize("case", [c for c in CASES if "same_as" in c], ids=lambda case: case["question"])
def test_the_same_is_concluded(case: dict[str, Any]) -> None:
    (here,), (there,) = variants(case), variants({**case, **case["same_as"]})
    assert [at(here, axis) for axis in AXES] == [at(there, axis) for axis in AXES]


def test_every_case_can_be_read_by_itself() -> None:
    questions = [case["question"] for case in CASES]
    assert len(set(questions)) == len(questions)
    for case in CASES:
        assert case["question"].endswith("?") and case["citation"] and case["expect"]
