"""Agreement with the vendor's own list, with its declared figures set aside while computing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests import vendor_agreement

#: Products whose branch does not resolve or differs, each with its reason.
EXPLAINED = tomllib.loads((Path(__file__).parent / "data" / "vendor_agreement.toml").read_text("utf-8"))["product"]


@pytest.fixture(scope="module")
def rows() -> list[vendor_agreement.Row]:
    if not vendor_agreement.LIST.exists():
        pytest.skip("the vendor's list is not on this machine (looked for ../shared/data)")
    return vendor_agreement.rows()


def test_every_row_agrees_with_the_vendor_or_says_why_not(rows: list[vendor_agreement.Row]) -> None:
    assert len(rows) > 70
    assert {row.product for row in rows if not row.agrees} == set(EXPLAINED)


def test_at_most_two_rows_in_a_hundred_do_not_resolve(rows: list[vendor_agreement.Row]) -> None:
    unresolved = [row for row in rows if row.computed == "unresolved"]
    assert len(unresolved) <= 0.02 * len(rows), unresolved


def test_without_declared_figures_computed_ones_decide() -> None:
    """Setting the declared TPP aside really changes what decides: H200 NVL falls back to the datasheet's figure."""
    from chipclass.evaluation import Evaluation
    from chipclass.rules.transactions import transaction
    from chipclass.specdb.store import load

    specs = vendor_agreement.without_declarations(load())
    chip = specs.item("nvidia-h200-nvl")
    evaluation = Evaluation(specs, chip, chip, 1, transaction(specs, as_of=vendor_agreement.AS_OF))
    assert float(evaluation.metrics["tpp"].operative or 0) == 13368
