"""Names found where there are none: ``python -m tests.ordinary FOLDER`` scans lists of ordinary titles.

The folder holds one list per ``*.txt``, one title per line; the lists are public and not kept here. A strong hit says
that a title names a chip. All are shown, grouped by the words that made them, for a person to judge: a list may well
hold a true accelerator. Titles that share a text with the measured half of the labelled sets are counted, not shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from chipclass.identification.found import UNKNOWN, Found
from chipclass.identification.prefilter import nameable, shown
from chipclass.identification.scan import scan
from chipclass.specdb.store import Specs, load
from chipclass.spelling import words
from tests import labelled
from tests.labelled import MEASURED, SETS

#: So many titles are looked at in one go.
CHUNK = 20_000
#: So many titles are printed of those that the same words made.
EXAMPLES = 3
HEAD = ("titles", "strong", "hidden", "shown", "per million", "shown per thousand")


@dataclass
class Tally:
    """What was found in one list. ``hits``: titles by what they are said to name, as (evidence, title)."""

    titles: int = 0
    shown: int = 0
    hidden: int = 0
    hits: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def strong(self) -> int:
        return self.hidden + sum(map(len, self.hits.values()))

    def add(self, found: Found, title: str, secret: Iterable[str]) -> None:
        """One title that may name something."""
        self.shown += found.how == UNKNOWN
        if not found.ids:
            return
        if shares(title, secret):
            self.hidden += 1
        else:
            self.hits.setdefault(span(found), []).append((found.evidence, title))


def span(found: Found) -> str:
    """The words of a text that made its first name, upper case."""
    return found.evidence.split("'")[1].upper()


def shares(title: str, texts: Iterable[str]) -> bool:
    """Whether a title holds one of the texts or stands in one of them, by whole words."""
    padded = f" {words(title)} "
    return any(text in padded or padded in text for text in texts)


def measured() -> list[str]:
    """The texts of the measured half, as padded words."""
    rows = (row for name in SETS for row in labelled.rows(name) if row.half == MEASURED)
    return sorted({f" {words(row.text)} " for row in rows})


def chunks(path: Path) -> Iterator[list[str]]:
    """The distinct titles of a list, so many at a time."""
    with path.open(encoding="utf-8", errors="replace") as file:
        titles = list(dict.fromkeys(line.strip() for line in file))
    for start in range(0, len(titles), CHUNK):
        yield [title for title in titles[start : start + CHUNK] if title]


def tally(specs: Specs, path: Path, secret: Iterable[str]) -> Tally:
    """One list, scanned: only titles that can name anything take the slow way."""
    result = Tally()
    for titles in chunks(path):
        result.titles += len(titles)
        for title, possible in zip(titles, nameable(specs, shown(pa.array(titles, pa.string()))).tolist(), strict=True):
            if possible:
                result.add(scan(specs, title), title, secret)
    return result


def row(name: str, tallies: Iterable[Tally]) -> str:
    """One line of the table: a title that stands in two lists counts twice."""
    kept = list(tallies)
    titles, strong, hidden, shown = (sum(getattr(one, key) for one in kept) for key in HEAD[:4])
    per = max(titles, 1) / 1e6
    return f"{name:<28}{titles:>11,}{strong:>8}{hidden:>8}{shown:>8}{strong / per:>13.1f}{shown / per / 1e3:>20.2f}"


def main() -> None:
    """Prints a table of the lists, then every strong hit by the words that made it."""
    specs, secret = load(), measured()
    tallies = {path.stem: tally(specs, path, secret) for path in sorted(Path(sys.argv[1]).glob("*.txt"))}
    print(f"{'list':<28}{HEAD[0]:>11}{HEAD[1]:>8}{HEAD[2]:>8}{HEAD[3]:>8}{HEAD[4]:>13}{HEAD[5]:>20}")
    for name, one in tallies.items():
        print(row(name, [one]))
    print(row("all", tallies.values()))
    for name, one in tallies.items():
        for words_, hits in sorted(one.hits.items(), key=lambda entry: (-len(entry[1]), entry[0])):
            print(f"\n{name}: {words_}, {len(hits)} titles\n  {hits[0][0]}")
            print("\n".join(f"  - {title}" for _, title in hits[:EXAMPLES]))


if __name__ == "__main__":
    main()
