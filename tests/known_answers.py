"""Reading and checking answers that are written down in a table: tests/data/known_answers.toml and its kin.

An answer asks one question (``product`` and the transaction) and says with ``expect`` what must come out. An
expectation has a ``path`` into a variant of ``classify --format json`` and one of

==========  ==========================================================================
equals      the value itself
contains    a value that must stand in the list found
rounds      a figure to the digits written; in a list, at least one figure
within      the lowest and the highest value, both included; in a list, at least one figure
words       text that must stand in the text found
null        nothing is found
==========  ==========================================================================

A path divides names by dots; ``name[]`` collects over a list, ``name[key=value]`` over those entries of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import chipclass

FILE = Path(__file__).parent / "data" / "known_answers.toml"
QUESTION = ("as_of", "destination", "shipped_from", "kind", "headquarters", "reading", "stated")
OPTIONS = {
    "as_of": "--as-of",
    "destination": "--destination",
    "shipped_from": "--from",
    "kind": "--transaction",
    "headquarters": "--headquarters",
    "reading": "--reading",
    "stated": "--stated",
}
OPERATORS = ("equals", "contains", "rounds", "within", "words", "null")
_STEP = re.compile(r"(?P<name>[^.\[\]]+)(?P<list>\[(?:(?P<key>[^\]=]+)=(?P<value>[^\]]+))?\])?(?:\.|$)")


class Failure(NamedTuple):
    """An expectation that is not met by one variant."""

    path: str
    text: str


def answers() -> list[dict[str, Any]]:
    return list(tomllib.loads(FILE.read_text("utf-8"))["answer"])


def command(answer: Mapping[str, Any]) -> str:
    words = ["chipclass", "classify", answer["product"]]
    for key, option in OPTIONS.items():
        given = answer.get(key, [])
        words += [f"{option} {value}" for value in ([given] if isinstance(given, str) else given)]
    return " ".join(words)


def variants(answer: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    question = {key: answer[key] for key in QUESTION if key in answer}
    result: list[dict[str, Any]] = chipclass.classify(answer["product"], **question, **more).results[0]["variants"]
    return result


def at(data: Any, path: str) -> Any:
    """The value at a path. Raises ValueError for a path that cannot be read."""
    match = _STEP.match(path)
    if match is None:
        raise ValueError(f"'{path}' is not a path; write for example conclusion.ic_class[].paragraphs")
    found, rest = data.get(match["name"]), path[match.end() :]
    if match["list"]:
        entries = [e for e in found if not match["key"] or str(e.get(match["key"])) == match["value"]]
        return [at(entry, rest) if rest else entry for entry in entries]
    return at(found, rest) if rest else found


def failures(answer: Mapping[str, Any], **more: Any) -> Iterator[Failure]:
    """What does not come out as it must, over every variant."""
    for variant in variants(answer, **more):
        yield from unmet(variant, answer["expect"])


def unmet(variant: Mapping[str, Any], expectations: list[dict[str, Any]]) -> Iterator[Failure]:
    """The expectations that one variant does not meet."""
    for expected in expectations:
        path, found = expected["path"], at(variant, expected["path"])
        (operator,) = [key for key in expected if key in OPERATORS]
        if not _agrees(found, operator, expected[operator]):
            text = f"{variant['product']}: {path} is {found!r}; expected {operator} {expected[operator]!r}"
            yield Failure(path, text)


def _agrees(found: Any, operator: str, wanted: Any) -> bool:
    if operator == "equals":
        return bool(found == wanted)
    if operator in ("contains", "words"):
        return wanted in found
    if operator == "null":
        return found is None
    figures = [Decimal(str(figure)) for figure in (found if isinstance(found, list) else [found]) if figure is not None]
    if operator == "rounds":
        return any(figure.quantize(Decimal(wanted)) == Decimal(wanted) for figure in figures)
    return any(Decimal(str(wanted[0])) <= figure <= Decimal(str(wanted[1])) for figure in figures)
