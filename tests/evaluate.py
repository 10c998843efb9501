"""How well identification does on the labelled sets: ``make evaluate`` prints both halves and writes the page.

Every row gets one outcome. The weights say what a mistake costs: a wrong variant is worse than a family, a missed chip
worse than a look-alike that a person is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chipclass.identification.found import NONE, UNKNOWN, Found
from chipclass.identification.identify import surroundings
from chipclass.identification.scan import scan
from chipclass.specdb.store import Specs, load
from tests import labelled
from tests.labelled import MEASURED, SETS, TUNING, Row, chips_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "identification.md"
RIGHT, FAMILY, SHOWN, COUNT, WRONG, MISSED, TAKEN = (
    "right",
    "says less",
    "shown to a person",
    "wrong count",
    "wrong chip",
    "missed",
    "decoy taken for a chip",
)
MEANING = {
    RIGHT: "exactly what the label says",
    FAMILY: "the right chip among others, or without its number: the text says more than was read",
    SHOWN: "an unknown accelerator for a person to look at, where the label is a name or a decoy",
    COUNT: "the right chips in a wrong number",
    WRONG: "chips that the text does not name, or not all that it names",
    MISSED: "nothing, where the text names an accelerator",
    TAKEN: "a chip, where the text holds none",
}
#: What one row costs.
WEIGHTS = {RIGHT: 0, FAMILY: 1, SHOWN: 1, COUNT: 2, WRONG: 5, MISSED: 5, TAKEN: 5}
HEAD = ("set", "rows", *MEANING, "right or family", "cost")


@dataclass(frozen=True)
class Scored:
    row: Row
    found: Found
    outcome: str


def found_in(specs: Specs, row: Row) -> Found:
    """What an audit finds in a row with a text and a manufacturer."""
    around = surroundings(specs, row.manufacturer)
    return scan(specs, row.text, context=around.context, maker=around.maker)


def scored(specs: Specs, row: Row) -> Scored:
    """A row with the best outcome that any of its labels gives."""
    found = found_in(specs, row)
    return Scored(row, found, min((outcome(specs, row, label, found) for label in row.labels), key=WEIGHTS.__getitem__))


def outcome(specs: Specs, row: Row, label: str, found: Found) -> str:
    wanted = chips_of(specs, label)
    named = frozenset(found.candidates) if found.ids else frozenset()
    if not wanted:
        if label == labelled.UNKNOWN:
            return WRONG if named else RIGHT if found.how == UNKNOWN else MISSED
        return TAKEN if named else SHOWN if found.how == UNKNOWN else RIGHT
    if not named:
        return SHOWN if found.how == UNKNOWN else MISSED
    if named == wanted:
        return RIGHT if row.chips in (None, found.count) else FAMILY if found.count is None else COUNT
    return FAMILY if wanted < named and "+" not in label else WRONG


def table(results: Iterable[Scored], half: str) -> Iterator[tuple[str, ...]]:
    """One line per set: how many rows of a half have which outcome."""
    kept = [result for result in results if result.row.half == half]
    for name in (*SETS, "all"):
        counts = Counter(result.outcome for result in kept if name in (result.row.set, "all"))
        total = counts.total()
        fine = counts[RIGHT] + counts[FAMILY]
        cost = sum(WEIGHTS[key] * count for key, count in counts.items())
        share = f"{fine / total:.1%}" if total else "-"
        yield name, str(total), *(str(counts[key]) for key in MEANING), share, f"{cost / max(total, 1):.3f}"


def errors(results: Iterable[Scored], half: str) -> Iterator[Scored]:
    """The rows of a half that are not right, the dearest first."""
    wrong = [r for r in results if r.row.half == half and r.outcome != RIGHT]
    return iter(sorted(wrong, key=lambda r: (-WEIGHTS[r.outcome], r.row.set, r.row.text)))


def evaluated(specs: Specs) -> list[Scored]:
    return [scored(specs, row) for name in SETS for row in labelled.rows(name)]


def markdown(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [HEAD, ("---", *["---:"] * (len(HEAD) - 1)), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def told(result: Scored) -> str:
    row, found = result.row, result.found
    said = " + ".join(found.ids) or (found.how if found.how != NONE else "nothing")
    count = f", {found.count} chips" if result.outcome == COUNT else ""
    return f"`{row.text}`: {said}{count}; label {' or '.join(row.labels)}"


def page(results: list[Scored]) -> str:
    """The page: what was measured on both halves, and every mistake that costs much in the half for tuning."""
    rows = [result.row for result in results]
    twice, differ = sum(row.readers == 2 for row in rows), sum(bool(row.second) for row in rows)
    sourced, ambiguous = sum(bool(row.source) for row in rows), sum(row.ambiguous for row in rows)
    parts = [
        "# Identification, measured\n",
        "Written by `make evaluate`. The sets stand in `tests/data/labelled/`: texts with their public address,\n"
        "labelled by readers who knew the database and not the matcher. A hash of the text puts each into one of\n"
        "two halves: one is looked at when the matcher is worked on, the measured one only counted. Where two careful\n"
        "readers differ for good reason, either label is right.\n",
        f"{len(rows):,} texts, {sourced / len(rows):.0%} with the address where they stand. {twice:,} were read\n"
        f"again by one who saw neither label nor source: {differ} labels differ. {ambiguous} are marked as\n"
        "ambiguous by one of the two.\n",
        "| outcome | meaning | cost |\n| --- | --- | ---: |",
        *(f"| {name} | {meaning} | {WEIGHTS[name]} |" for name, meaning in MEANING.items()),
    ]
    for half, title in ((MEASURED, "Measured half"), (TUNING, "Half for tuning")):
        parts += [f"\n## {title}\n", markdown(table(results, half))]
    later = [result for result in results if result.row.later]
    parts.append(
        "\n## Of the measured half, texts that came later\n\n"
        "Collected when the matcher had been tuned on the first texts: what a catalogue from elsewhere may expect.\n"
    )
    parts.append(markdown(line for line in table(later, MEASURED) if line[1] != "0"))
    dear = [r for r in errors(results, TUNING) if WEIGHTS[r.outcome] == max(WEIGHTS.values())]
    parts.append("\n## Mistakes in the half for tuning\n")
    parts.append(f"The {len(dear)} that cost most; `make evaluate` prints all.\n")
    for name in (TAKEN, WRONG, MISSED):
        parts += [f"- {name}: {told(r)}" for r in dear if r.outcome == name]
    return "\n".join(parts) + "\n"


def main() -> None:
    results = evaluated(load())
    for half in (TUNING, MEASURED):
        print(f"\n{half} half\n\n{markdown(table(results, half))}")
    print(f"\nnot right in the {TUNING} half:")
    for result in errors(results, TUNING):
        print(f"  {result.outcome}: {told(result)}")
    PAGE.write_text(page(results), "utf-8")


if __name__ == "__main__":
    main()
