"""Causes: without one the axis reads otherwise, without any other change of the day it reads the same."""

from __future__ import annotations

from pathlib import Path

import pytest

import chipclass
from chipclass.causation import Caused, caused
from chipclass.evaluation import Evaluation
from chipclass.positions import moves, position_of
from chipclass.rules.history import change_days, changes, eve, undone
from chipclass.rules.transactions import transaction
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

SPECS = chipclass.load()


def moved(specs: Specs, chip: str, day: str, destination: str) -> tuple[Caused, ...]:
    item = specs.item(chip)
    deals = [transaction(specs, as_of=when, destination=destination) for when in (eve(day), day)]
    before, after = (position_of(Evaluation(specs, item, item, 1, deal)) for deal in deals)
    found = caused(specs, (item, item, 1), deals[1], eve(day), (before, after))
    assert [entry.move for entry in found] == moves(before, after)
    return found


@pytest.mark.parametrize("chip", ["nvidia-h200-sxm", "nvidia-l40", "nvidia-h20-96gb", "amd-mi308x"])
@pytest.mark.parametrize("destination", ["CN", "NI", "AE"])
def test_every_cause_is_needed_and_nothing_else_is(chip: str, destination: str) -> None:
    item = SPECS.item(chip)
    seen = 0
    for day in change_days(SPECS):
        made = changes(SPECS, eve(day), day)
        deal = transaction(SPECS, as_of=day, destination=destination)
        entries = [entry for entry in moved(SPECS, chip, day, destination) if not entry.several]
        for change in made if entries else ():
            without = position_of(Evaluation(undone(SPECS, [change]), item, item, 1, deal))
            for entry in entries:
                other = getattr(without, entry.move.axis) != entry.move.after
                assert other is any(change is cause or change == cause for cause in entry.causes), change.text
                seen += 1
    assert seen > 20


def test_two_texts_of_one_day_that_would_each_have_done(tmp_path: Path) -> None:
    """Neither was needed: both are listed, and the move says that they are several."""
    folder = sf.copied(tmp_path)
    for name in ("8X888", "9X999"):
        tree = 'all = ["meets us-ear/3A090.b"]'
        text = sf.rule(tree, name=f"us-ear/{name}").replace("9X999", name).replace("ic class", "licence requirement")
        sf.write(folder, f"rules/us-ear/{name}.toml", text.replace("2023-11-17", "2024-06-01"))
    [entry] = moved(sf.specs_of(folder), "nvidia-l40", "2024-06-01", "DE")
    assert tuple(entry.move) == ("licence", "not met", "met")
    assert entry.several
    assert [cause.text for cause in entry.causes] == ["8X888 begins", "9X999 begins"]


def test_a_change_that_moves_nothing_has_no_moves() -> None:
    assert moved(SPECS, "nvidia-rtx-4090-d", "2023-11-17", "CN") == ()
