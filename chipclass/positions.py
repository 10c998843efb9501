"""Where a chip stands, in few words per axis: what two dates, two rule books or two readings of it are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from chipclass import explanation as words
from chipclass.evaluation import Evaluation
from chipclass.proof import MET, NOT_MET, UNDECIDED
from chipclass.review import policy_of
from chipclass.rules.transactions import Transaction
from chipclass.specdb.store import Specs
from chipclass.tariff import tariff_of

#: Titles of the fields of a position, for tables and sentences.
TITLES = {
    "status": "status",
    "classes": "class",
    "licence": "licence requirement",
    "review_policy": "review policy",
    "tariff": "tariff",
    "letters": "reported letters",
}


#: A licence requirement is met when a licence is required; told as "met" it would read as if one were held.
_LICENCE = {MET: "required", NOT_MET: "not reached", UNDECIDED: "cannot exclude"}


def told(axis: str, value: str) -> str:
    """The value of a field of a position, for reading."""
    return _LICENCE.get(value, value) if axis == "licence" else value


class Position(NamedTuple):
    """The conclusion of one chip in one transaction, axis by axis; axes are never merged."""

    status: str
    classes: str  # possibilities divided by " or "; "not caught" where no paragraph holds
    licence: str  # outcome of the licence requirement in the reading that was asked for
    review_policy: str
    tariff: str
    letters: str  # reported letters whose criterion is reached or cannot be excluded


class Move(NamedTuple):
    """One axis on which two positions differ."""

    axis: str
    before: str
    after: str

    @property
    def text(self) -> str:
        return f"{TITLES[self.axis]}: {told(self.axis, self.before)} -> {told(self.axis, self.after)}"

    def to_dict(self) -> dict[str, str]:
        return {**self._asdict(), "text": self.text}


def position_of(evaluation: Evaluation) -> Position:
    """The position of an evaluated chip."""
    axes, status = evaluation.axes, evaluation.status
    named = sorted(words.join(sorted(paragraphs)) or "not caught" for paragraphs in evaluation.possible)
    hedges = {MET: "", UNDECIDED: ", cannot exclude"}
    letters = [f"{e['name']}{hedges[e['criterion']]}" for e in axes.letters() if e["criterion"] in hedges]
    return Position(
        status,
        " or ".join(named) if evaluation.in_force else "no class provision in force",
        axes.required(evaluation.deal.reading)[0],
        policy_of(axes, status)["text"],
        tariff_of(axes)["text"],
        words.join(letters) or "none",
    )


def moves(before: Position, after: Position) -> list[Move]:
    """The axes on which two positions differ, in their order; empty if they agree."""
    pairs = zip(Position._fields, before, after, strict=True)
    return [Move(axis, old, new) for axis, old, new in pairs if old != new]


def evaluations(specs: Specs, deal: Transaction) -> Iterator[Evaluation]:
    """Every chip of the database on its own, in file order."""
    return (Evaluation(specs, chip, chip, 1, deal) for chip in specs.items("chips"))


@lru_cache(maxsize=8)
def positions(specs: Specs, deal: Transaction) -> Mapping[str, Position]:
    """The position of every chip, by id. Remembered: days are held against the same day again and again."""
    return {evaluation.chip.id: position_of(evaluation) for evaluation in evaluations(specs, deal)}
