"""Reading and checking the known answers of tests/data/known_answers.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import chipclass

FILE = Path(__file__).parent / "data" / "known_answers.toml"
QUESTION = ("as_of", "destination", "shipped_from", "kind", "headquarters")
OPTIONS = {
    "as_of": "--as-of",
    "destination": "--destination",
    "shipped_from": "--from",
    "kind": "--transaction",
    "headquarters": "--headquarters",
}


def answers() -> list[dict[str, Any]]:
    return list(tomllib.loads(FILE.read_text("utf-8"))["answer"])


def command(answer: Mapping[str, Any]) -> str:
    options = [f"{OPTIONS[key]} {answer[key]}" for key in OPTIONS if key in answer]
    return " ".join(["chipclass classify", answer["product"], *options])


def variants(answer: Mapping[str, Any], **more: Any) -> list[dict[str, Any]]:
    question = {key: answer[key] for key in QUESTION if key in answer}
    result: list[dict[str, Any]] = chipclass.classify(answer["product"], **question, **more).results[0]["variants"]
    return result


def at(data: Any, path: str) -> Any:
    """The value at a dotted path; ``[]`` collects over a list."""
    for number, step in enumerate(steps := path.split(".")):
        if step.endswith("[]"):
            rest = ".".join(steps[number + 1 :])
            return [at(entry, rest) if rest else entry for entry in data[step[:-2]]]
        data = data.get(step)
    return data


def failures(answer: Mapping[str, Any]) -> Iterator[str]:
    """What does not come out as it must, over every variant."""
    for variant in variants(answer):
        for expected in answer["expect"]:
            found = at(variant, expected["path"])
            if not _agrees(found, expected):
                yield f"{variant['product']}: {expected['path']} is {found!r}, expected {expected}"


def _agrees(found: Any, expected: Mapping[str, Any]) -> bool:
    if "equals" in expected:
        return bool(found == expected["equals"])
    if "contains" in expected:
        return expected["contains"] in found
    if "rounds" in expected:
        wanted = Decimal(expected["rounds"])
        return found is not None and Decimal(str(found)).quantize(wanted) == wanted
    if "words" in expected:
        return expected["words"] in found
    return found is None
