"""``chipclass compare``: the ladder, and what separates neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass.cli import layout
from chipclass.cli.classify import class_words
from chipclass.comparison import compare
from chipclass.specdb.store import load


def run(query: Sequence[str], question: Mapping[str, Any], folders: Sequence[Path], format: str) -> int:
    comparison = compare(query, specs=load(folders), **question)
    data = comparison.to_dict()
    if format == "json":
        print(comparison.to_json())
    else:
        print(markdown(data) if format == "md" else screen(data))
    return 0


def _rows(data: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for product in data["products"]:
        metrics, conclusion = product["metrics"], product["conclusion"]
        said = class_words(conclusion) if conclusion["status"] == "controlled" else conclusion["status"]
        names = ("tpp", "performance_density", "total_dram_bandwidth")
        figures = [_brief(metrics[name]["shown"]) for name in names]
        rows.append([product["name"].partition(" (")[0], *figures, said])
    return rows


_NAME = 24  # columns for the name of a product
HEAD = ["Product", "TPP", "Density", "DRAM GB/s", "Class"]


def screen(data: Mapping[str, Any]) -> str:
    """The ladder from the highest to the lowest, then each step from the bottom up."""
    parts = [
        layout.heading(f"Ladder by TPP, as of {data['as_of']}"),
        layout.table([HEAD, *([_short(row[0]), *row[1:]] for row in reversed(_rows(data)))], right=[1, 2, 3]),
    ]
    for stand_in in data["stand_ins"]:
        parts[-1] += "\n" + layout.wrapped(f"{stand_in['query']}: shown by {stand_in['represented_by']}")
    for pair in data["between"]:
        head, *rest = pair["sentences"]
        lines = [layout.heading(layout.wrapped(head)), *(layout.bullet(text) for text in rest)]
        ratios = [f"{name.replace('_', ' ')} x {value:.3g}" for name, value in pair["ratios"].items() if value]
        parts.append("\n".join([*lines, layout.wrapped(f"Ratios: {', '.join(ratios)}.")]))
    return "\n\n".join([*parts, *map(layout.wrapped, (layout.not_evaluated(data), layout.foot(data)))])


def _brief(shown: str) -> str:
    """``2,352-2,368``, ``>= 18,000``, ``<= 3,722``."""
    return shown.replace("at least ", ">= ").replace("up to ", "<= ").replace(" to ", "-")


def _short(name: str) -> str:
    """A name for the ladder's first column; what tells variants apart stands at its end."""
    return name if len(name) <= _NAME else f".. {name[3 - _NAME :].partition(' ')[2]}"


def markdown(data: Mapping[str, Any]) -> str:
    parts = [f"## Ladder by TPP as of {data['as_of']}", layout.markdown_table(HEAD, _rows(data))]
    for pair in data["between"]:
        parts.append("\n".join(f"- {text}" if i else f"**{text}**\n" for i, text in enumerate(pair["sentences"])))
    return "\n\n".join([*parts, layout.not_evaluated(data), layout.foot(data)])
