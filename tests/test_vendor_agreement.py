"""Agreement with the vendor's own list, with its declared figures set aside while computing."""

from __future__ import annotations

import pytest

from tests import vendor_agreement

#: Products whose branch cannot be computed from public figures; docs/agreement.md explains each.
UNRESOLVED = {"nvidia-rtx-6000d"}


def test_every_resolved_row_agrees_with_the_vendor() -> None:
    if not vendor_agreement.LIST.exists():
        pytest.skip("the vendor's list is not on this machine (looked for ../shared/data)")
    rows = vendor_agreement.rows()
    assert len(rows) > 70
    assert [row for row in rows if row.computed != "unresolved" and not row.agrees] == []
    assert {row.product for row in rows if row.computed == "unresolved"} == UNRESOLVED


def test_without_declared_figures_computed_ones_decide() -> None:
    """Setting the declared TPP aside really changes what decides: H200 NVL falls back to the datasheet's figure."""
    from chipclass.evaluation import Evaluation
    from chipclass.rules.transactions import transaction
    from chipclass.specdb.store import load

    specs = vendor_agreement.without_declarations(load())
    chip = specs.item("nvidia-h200-nvl")
    evaluation = Evaluation(specs, chip, chip, 1, transaction(specs, as_of=vendor_agreement.AS_OF))
    assert float(evaluation.metrics["tpp"].operative or 0) == 13368
