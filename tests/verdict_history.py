"""The verdict history: every chip on the first day of every edition. A past verdict moves only with a named erratum.

``python -m tests.verdict_history`` writes tests/data/verdict_history.csv anew; the change shows as a diff and in
``make evidence``, and each moved line needs an entry in CHANGELOG.md under Verdicts.
"""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from chipclass import explanation as words
from chipclass.evaluation import Evaluation
from chipclass.review import policy_of
from chipclass.rules.book import book_of
from chipclass.rules.transactions import transaction
from chipclass.specdb.store import load
from chipclass.tariff import tariff_of

FILE = Path(__file__).parent / "data" / "verdict_history.csv"
HEAD = ("chip", "date", "status", "class", "licence_to_china", "review_policy", "tariff", "letters_reached")
KEYS = 2  # chip and date name a line


class Moved(NamedTuple):
    """One cell of a line that both histories have."""

    chip: str
    date: str
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.chip} on {self.date}, {self.column}: {self.before} -> {self.after}"


class Changes(NamedTuple):
    """What differs between two histories; a new line is a chip or an edition that the earlier one did not have."""

    moved: list[Moved]
    new: list[tuple[str, ...]]
    gone: list[tuple[str, ...]]
    compared: int

    def __str__(self) -> str:
        lines = len({(m.chip, m.date) for m in self.moved})
        return (
            f"{lines} verdict{'' if lines == 1 else 's'} moved of {self.compared} compared; "
            f"{len(self.new)} new, {len(self.gone)} gone"
        )


def dates() -> list[str]:
    """First day of every edition."""
    return sorted({edition.effective for provision in book_of(load()) for edition in provision.editions})


def history() -> list[tuple[str, ...]]:
    specs = load()
    deals = [transaction(specs, as_of=date, destination="CN") for date in dates()]
    return [_row(Evaluation(specs, chip, chip, 1, deal)) for chip in specs.items("chips") for deal in deals]


def _row(evaluation: Evaluation) -> tuple[str, ...]:
    axes = evaluation.axes
    classes = " | ".join(sorted("+".join(sorted(p)) or "none" for p in evaluation.possible))
    letters = [entry["id"] for entry in axes.letters() if entry["criterion"] != "not met"]
    return (
        evaluation.chip.id,
        evaluation.deal.as_of,
        evaluation.status,
        classes,
        axes.required("enforced")[0],
        policy_of(axes, evaluation.status)["text"],
        tariff_of(axes)["text"],
        words.join(letters) or "-",
    )


def as_csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
    return text.getvalue()


def from_csv(text: str) -> list[tuple[str, ...]]:
    head, *rows = csv.reader(io.StringIO(text))
    if tuple(head) != HEAD:
        raise ValueError(f"not a verdict history: its columns are {', '.join(head)}")
    return [tuple(row) for row in rows]


def committed() -> str:
    """The history of the last commit; the file itself where there is no repository."""
    git = ["git", "show", f"HEAD:./{FILE.name}"]
    try:
        return subprocess.run(git, cwd=FILE.parent, capture_output=True, check=True, encoding="utf-8").stdout
    except (OSError, subprocess.CalledProcessError):
        return FILE.read_text("utf-8")


def changes(before: Iterable[tuple[str, ...]], after: Iterable[tuple[str, ...]]) -> Changes:
    """What moves from one history to another."""
    old, new = ({row[:KEYS]: row for row in rows} for rows in (before, after))
    shared = [key for key in old if key in new]
    moved = [
        Moved(*key, column, was, now)
        for key in shared
        for column, was, now in zip(HEAD, old[key], new[key], strict=True)
        if was != now
    ]
    return Changes(moved, [k for k in new if k not in old], [k for k in old if k not in new], len(shared))


if __name__ == "__main__":
    FILE.write_text(as_csv(history()), "utf-8")
    print(f"wrote {FILE}")
