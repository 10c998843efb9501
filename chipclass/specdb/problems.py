"""Problems in spec files: every message names the file, the place, what is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one file; ``severity`` is error or warning."""

    file: str
    place: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: {self.message}"


class SpecError(ValueError):
    """Spec files that cannot be used; ``problems`` holds every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        shown = "\n".join(f"  {problem}" for problem in self.problems[:20])
        more = f"\n  ... and {len(self.problems) - 20} more" if len(self.problems) > 20 else ""
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the spec files:\n{shown}{more}")


def near(word: str, known: Iterable[str], only_close: bool = False) -> str:
    """``; did you mean 'x'?`` for the closest known word, else the list of what is known, if short."""
    from difflib import get_close_matches

    candidates = sorted(set(known))
    if match := get_close_matches(word, candidates, n=1, cutoff=0.6):
        return f"; did you mean '{match[0]}'?"
    return f"; expected one of {', '.join(candidates)}" if 0 < len(candidates) <= 16 and not only_close else ""
