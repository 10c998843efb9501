"""The verdict history: every chip on the first day of every edition. A past verdict moves only with a named erratum.

``python -m tests.verdict_history`` writes tests/data/verdict_history.csv anew; the change shows as a diff, and each
moved line needs an entry in CHANGELOG.md under Errata.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from chipclass import explanation as words
from chipclass.evaluation import Evaluation
from chipclass.rules.book import book_of
from chipclass.rules.transactions import transaction
from chipclass.specdb.store import load
from chipclass.tariff import tariff_of

FILE = Path(__file__).parent / "data" / "verdict_history.csv"
HEAD = ("chip", "date", "status", "class", "licence_to_china", "review_policy", "tariff", "letters_reached")


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
        axes.policy(evaluation.status)["text"],
        tariff_of(axes)["text"],
        words.join(letters) or "-",
    )


def as_csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
    return text.getvalue()


if __name__ == "__main__":
    FILE.write_text(as_csv(history()), "utf-8")
    print(f"wrote {FILE}")
