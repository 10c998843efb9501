"""``chipclass stability``: whether a conclusion holds when one figure at a time is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.cli import layout
from chipclass.perturbation import stability
from chipclass.positions import TITLES, told
from chipclass.specdb.store import load


def run(query: Sequence[str], question: Mapping[str, Any], folders: Sequence[Path], format: str) -> int:
    answer = stability(query, specs=load(folders), **question)
    data = answer.to_dict()
    if format == "json":
        print(answer.to_json())
    else:
        show = markdown if format == "md" else screen
        variants = [variant for result in data["results"] for variant in result["variants"]]
        print("\n\n".join([*(show(data, variant) for variant in variants), _foot(data, format)]))
    return 0


def _foot(data: Mapping[str, Any], format: str) -> str:
    lines = [layout.not_evaluated(data), layout.foot(data)]
    return "\n\n".join(lines) if format == "md" else "\n".join(map(layout.wrapped, lines))


def screen(data: Mapping[str, Any], variant: Mapping[str, Any]) -> str:
    """One chip: the headline, where it stands, and a row per perturbation with the figures it changes."""
    name, date = variant["name"], f"as of {data['as_of']}"
    first = layout.heading(name) + " " * max(2, layout.WIDTH - len(name) - len(date)) + date
    parts = [f"{first}\n{layout.wrapped(_sentence(variant['headline']))}"]
    stands = [[TITLES[axis].capitalize(), told(axis, value)] for axis, value in variant["position"].items()]
    parts.append(layout.table([["Asked", layout.asked(data["transaction"])], *stands]))
    parts += [f"{title}\n{_table(rows)}" for title, rows in _sections(variant) if rows]
    notes = [layout.field(label, text) for label, text in _notes(variant)]
    return "\n\n".join([*parts, *(["\n".join(notes)] if notes else [])])


def _sentence(headline: str) -> str:
    return f"{headline[:1].upper()}{headline[1:]}."


def _sections(variant: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    turns = [row for row in variant["perturbations"] if row["moves"]]
    holds = [row for row in variant["perturbations"] if not row["moves"]]
    return [("Turns", turns), ("Holds", holds), ("Set aside: shown, not counted", variant["set_aside"])]


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        lines.append(layout.bullet(f"{row['changed']}: {_figures(row)}"))
        if row["moves"]:
            lines.append(layout.wrapped(row["text"], "    "))
        if row.get("why_not"):
            lines.append(layout.wrapped(f"not deciding: {row['why_not']}", "    "))
    return "\n".join(lines)


def _figures(row: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{figure['title']} {figure['before']} -> {words.with_unit(figure['after'], figure['unit'])}"
        for figure in row["figures"]
    )


def _notes(variant: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in variant["break_even"]:
        yield "Break-even", entry["text"]
    if variant["unchanged"]:
        yield "No change by", "; ".join(variant["unchanged"])


def markdown(data: Mapping[str, Any], variant: Mapping[str, Any]) -> str:
    axes = list(variant["position"])
    head = ["Changed", "Figures", *(TITLES[axis].capitalize() for axis in axes), "Result"]
    stands = ["as it stands", "", *(told(axis, variant["position"][axis]) for axis in axes), ""]
    rows = [
        [f"{row['changed']}{mark}", _figures(row), *(told(axis, row["position"][axis]) for axis in axes), row["result"]]
        for mark, part in (("", variant["perturbations"]), (" (set aside)", variant["set_aside"]))
        for row in part
    ]
    lines = [f"## {variant['name']} as of {data['as_of']}", "", f"**{_sentence(variant['headline'])}**", ""]
    lines += [f"Asked: {layout.asked(data['transaction'])}.", "", layout.markdown_table(head, [stands, *rows])]
    lines += [line for label, text in _notes(variant) for line in ("", f"{label}: {text}.")]
    return "\n".join(lines)
