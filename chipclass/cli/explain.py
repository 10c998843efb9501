"""``chipclass explain``: the proof of each determination, step by step."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass.classification import classify
from chipclass.cli import layout
from chipclass.proof_lines import Line, because, lines
from chipclass.rules.book import book_of
from chipclass.rules.transactions import QueryError
from chipclass.specdb.problems import near
from chipclass.specdb.store import load

_COLUMN = 11  # "undecided" and two spaces
#: Axes in the order in which a reader asks; those of the answer itself come before what stands beside it.
_AXES = ("ic class", "item class", "licence requirement", "exception", "review policy", "tariff", "presumption")


def run(query: str, wanted: Sequence[str], question: Mapping[str, Any], folders: Sequence[Path], format: str) -> int:
    specs = load(folders)
    book = book_of(specs)
    known = {name: p.id for p in book for name in (p.id, p.id.split("/")[-1], p.paragraph)}
    for name in wanted:
        if name not in known:
            raise QueryError(f"unknown provision '{name}'{near(name, known) or '; chipclass rules lists all'}")
    chosen = {known[name] for name in wanted}
    aside = {p.id for p in book if p.stands_beside or p.scope == "abroad"}
    data = classify(query, specs=specs, **question).to_dict()
    for entry in data["results"]:
        for variant in entry["variants"]:
            held = [d for d in variant["determinations"] if (d["provision"] in chosen if chosen else d["proof"])]
            variant["determinations"] = held if format == "json" else sorted(held, key=lambda d: _place(aside, d))
    if format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(markdown(data) if format == "md" else screen(data, () if chosen else aside))
    return 0


def _place(aside: Container[str], determination: Mapping[str, Any]) -> tuple[bool, int]:
    return determination["provision"] in aside, _AXES.index(determination["axis"])


def screen(data: Mapping[str, Any], brief: Container[str] = ()) -> str:
    """Each determination of each variant: a sentence, its source, the tree, what would settle it; 80 columns.

    Of the provisions in ``brief`` only the sentence.
    """
    parts = []
    for variant in _variants(data):
        parts.append(layout.heading(layout.wrapped(f"{variant['name']} as of {data['as_of']}")))
        aside = [d for d in variant["determinations"] if d["provision"] in brief]
        told: set[str] = set()
        for determination in variant["determinations"]:
            if determination not in aside:
                parts.append("\n".join(_determination(determination, told)))
                told.add(determination["provision"])
        if aside:
            title = layout.heading("Beside the answer; the proof with --provision ID, all with --format md")
            said = [layout.bullet(f"{because(d)} {d['provision']}") for d in aside]
            parts.append("\n".join([title, *said]))
        parts += [layout.wrapped(f"Mind: {text}") for text in variant["conclusion"]["caveats"]]
    parts.append(layout.wrapped(layout.not_evaluated(data)))
    return "\n\n".join([*parts, layout.wrapped(layout.foot(data))])


def _variants(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (variant for entry in data["results"] for variant in entry["variants"])


def _determination(determination: Mapping[str, Any], told: Container[str]) -> Iterator[str]:
    yield layout.heading(layout.wrapped(because(determination)))
    yield layout.wrapped(_where(determination))
    if determination["proof"] is None:
        return
    yield from (_shown(line) for line in lines(determination["proof"], told=told))
    for entry in determination["would_settle"]:
        yield layout.wrapped(f"Would settle it: {entry['text']} [{entry['fact']}]", "  ")
    if text := determination.get("unverified"):
        yield layout.wrapped(f"Unverified: {text}", "  ")


def _where(determination: Mapping[str, Any]) -> str:
    if determination["edition"] is None:
        return f"{determination['provision']}: no edition on this date"
    head = f"{determination['provision']}, edition of {determination['edition']}, {determination['posture']}"
    return f"{head}; {determination['citation']}"


def _shown(line: Line) -> str:
    """The outcome in a column of its own, the test under its parent, the citation in brackets behind it."""
    first = f"{line.outcome:<{_COLUMN}}{'  ' * line.depth}"
    text = f"{line.text}{f' [{line.cite}]' if line.cite else ''}"
    later = " " * (len(first) + 2)
    return layout.fill(text, first, later)


def markdown(data: Mapping[str, Any]) -> str:
    """The same as nested lists."""
    parts = []
    for variant in _variants(data):
        parts.append(f"## {variant['name']} as of {data['as_of']}")
        told: set[str] = set()
        for determination in variant["determinations"]:
            parts.append(f"**{because(determination)}** {_where(determination)}")
            if determination["proof"] is not None:
                rows = [
                    f"{'  ' * line.depth}- *{line.outcome}* {line.text}{f' [{line.cite}]' if line.cite else ''}"
                    for line in lines(determination["proof"], told=told)
                ]
                rows += [f"- would settle it: {e['text']} (`{e['fact']}`)" for e in determination["would_settle"]]
                parts.append("\n".join(rows))
            told.add(determination["provision"])
        parts += [f"Mind: {text}." for text in variant["conclusion"]["caveats"]]
    return "\n\n".join([*parts, layout.not_evaluated(data), layout.foot(data)])
