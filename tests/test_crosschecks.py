"""The database against other tables: every row is known, and every difference has its reason."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chipclass.specdb.store import load
from tests import crosschecks


def epoch() -> list[dict[str, str]]:
    if not crosschecks.EPOCH.exists():
        pytest.skip("Epoch's table is not on this machine (looked for ../shared/data)")
    return crosschecks.epoch_rows()


def test_no_accelerator_of_epoch_s_table_is_unknown() -> None:
    names = [row["Hardware name"] for row in epoch()]
    assert [name for name in names if not crosschecks.chips_of(load(), name)] == []


def test_every_difference_of_epoch_s_tpp_has_its_reason_and_no_reason_is_left_over() -> None:
    epoch()
    found = {entry.name for entry in crosschecks.epoch() if abs(entry.off) > crosschecks.LIMIT}
    assert found == {name for name, entry in crosschecks.WORDS["row"].items() if "why" in entry}


def test_every_difference_from_a_declared_tpp_has_its_reason() -> None:
    found = [entry for entry in crosschecks.declared() if abs(entry.off) > crosschecks.LIMIT]
    assert [entry.product for entry in found if not entry.why] == []
    assert len(crosschecks.declared()) > len(found)


def test_the_page_is_that_of_the_data() -> None:
    epoch()
    assert crosschecks.PAGE.read_text("utf-8") == "\n".join(crosschecks.page()) + "\n"


def test_a_range_is_left_only_by_what_lies_outside() -> None:
    figures = [crosschecks.Difference("", "", value, 100, 200) for value in (90, 100, 150, 200, 220)]
    offs = [float(figure.off) for figure in figures]
    assert offs == pytest.approx([-0.1, 0, 0, 0, 0.1])
    assert all(one <= other for one, other in pairwise(offs))
