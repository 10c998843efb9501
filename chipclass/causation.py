"""Why a conclusion moved on a day: each change of that day is taken back alone, and the chip evaluated again.

What comes out differently without a change was brought about by it, together with any other of which the same holds.
Where no change is needed on its own, because another would have done as well, no single cause can be named: then the
changes that would each have moved the axis alone are listed, and the move is marked as having several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from chipclass.evaluation import Evaluation
from chipclass.positions import Move, Position, moves, position_of
from chipclass.rules.alternatives import Metric
from chipclass.rules.history import Change, changes, undone
from chipclass.rules.transactions import Transaction
from chipclass.specdb.contents import Subject
from chipclass.specdb.store import Specs

#: Item, chip and count of chips.


class Caused(NamedTuple):
    """A move, and the changes of its day that brought it about; ``several`` where none of them was needed alone."""

    move: Move
    causes: tuple[Change, ...]
    several: bool


def caused(
    specs: Specs,
    subject: Subject,
    deal: Transaction,
    eve: str,
    positions: tuple[Position, Position],
    metrics: Mapping[str, Metric] | None = None,
) -> tuple[Caused, ...]:
    """The moves from the position on ``eve`` to that on the day of the deal, with causes.

    ``metrics`` are those of the chip, where they are known already.
    """
    moved = moves(*positions)
    if not moved:
        return ()
    made = changes(specs, eve, deal.as_of)

    def without(number: int, alone: bool) -> Position:
        return position_of(Evaluation(_without(specs, eve, deal.as_of, number, alone), *subject, deal, metrics))

    needed = [(change, without(number, alone=True)) for number, change in enumerate(made)]
    enough: list[tuple[Change, Position]] = []
    result = []
    for move in moved:
        causes = _differing(needed, move.axis, move.after)
        several = not causes
        if several:
            enough = enough or [(change, without(number, alone=False)) for number, change in enumerate(made)]
            causes = _differing(enough, move.axis, move.before) or tuple(made)
        result.append(Caused(move, causes, several))
    return tuple(result)


@lru_cache(maxsize=64)
def _without(specs: Specs, eve: str, day: str, number: int, alone: bool) -> Specs:
    """The database without one change of a day, or without all others; remembered, as variants share their days."""
    made = changes(specs, eve, day)
    return undone(specs, [made[number]] if alone else [*made[:number], *made[number + 1 :]])


def _differing(positions: Sequence[tuple[Change, Position]], axis: str, value: str) -> tuple[Change, ...]:
    return tuple(change for change, position in positions if getattr(position, axis) != value)
