"""``chipclass rules --diff``: two days of the rules side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.changes import rules_diff
from chipclass.cli import layout
from chipclass.cli.timeline import foot_lines
from chipclass.positions import TITLES, told
from chipclass.rules.transactions import QueryError
from chipclass.specdb.store import Specs, load

HEADS = {
    "provisions": ["Provision", "Axis", "Change", "Wording", "Citation"],
    "moves": ["Axis", "Before", "After", "Chips", "Which"],
}


def run(
    days: tuple[str, str], question: Mapping[str, Any], folders: Sequence[Path], format: str, provision: str | None
) -> int:
    if provision is not None:
        raise QueryError(f"--diff compares the whole book; leave '{provision}' out, or list it without --diff")
    if question["as_of"] is not None:
        raise QueryError("--diff has two days of its own; leave --as-of out")
    specs = load(folders)
    answer = rules_diff(*days, specs=specs, **{key: value for key, value in question.items() if key != "as_of"})
    data = answer.to_dict()
    if format == "json":
        print(answer.to_json())
    else:
        print((markdown if format == "md" else screen)(specs, data))
    return 0


def screen(specs: Specs, data: Mapping[str, Any]) -> str:
    """Provisions by axis, country groups, then whom it moved."""
    parts = [layout.heading(title(data))]
    if not _changed(data):
        parts.append(nothing_words(data))
    for axis, changes in _by_axis(data["provisions"]):
        parts.append("\n".join([layout.heading(axis), *(line for change in changes for line in _provision(change))]))
    if data["groups"]:
        groups = [_wrapped(f"{change['text']} ({change['citation']})") for change in data["groups"]]
        parts.append("\n".join([layout.heading("Country groups"), *groups]))
    if data["passing"]:
        passing = [_wrapped(text) for text in _passing(data)]
        parts.append("\n".join([layout.heading("Editions in between, in force on neither day"), *passing]))
    if _changed(data):
        lines = [layout.heading(moved_words(data))]
        for axis, moves in groupby(data["moves"], lambda move: move["axis"]):
            lines.append(TITLES.get(axis, axis))
            for move in moves:
                lines.append(_wrapped(f"{told(axis, move['before'])} -> {told(axis, move['after'])}", "  "))
                lines.append(_wrapped(f"{move['count']}: {names_words(specs, move['products'])}", "    "))
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, "\n".join(map(layout.wrapped, foot_lines(specs, data)))])


def title(data: Mapping[str, Any]) -> str:
    backwards = ", read backwards" if data["before"] > data["after"] else ""
    return f"Rules on {data['before']} and on {data['after']}{backwards}"


def nothing_words(data: Mapping[str, Any]) -> str:
    days = (data["before"], data["after"])
    when = f"both days are {days[0]}" if days[0] == days[1] else f"{days[0]} and {days[1]} hold the same"
    return f"Nothing changed: {when}."


def moved_words(data: Mapping[str, Any]) -> str:
    return f"Moved: {data['moved']} of {data['products']} chips"


def _changed(data: Mapping[str, Any]) -> bool:
    return any(data[key] for key in ("provisions", "groups", "passing", "moves"))


def _by_axis(changes: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    axes: dict[str, list[Mapping[str, Any]]] = {}
    for change in changes:
        axes.setdefault(change["axis"], []).append(change)
    yield from axes.items()


def _wrapped(text: str, indent: str = "  ") -> str:
    """A text whose further lines stand two columns to the right of its first."""
    first, _, rest = layout.wrapped(text, indent + "  ").partition("\n")
    return f"{first[2:]}\n{rest}" if rest else first[2:]


def _provision(change: Mapping[str, Any]) -> Iterator[str]:
    editions = [end["edition"] for end in (change["before"], change["after"]) if end]
    both = f"that of {editions[-1]} after that of {editions[0]}"
    span = f", {both}" if change["wording"] else f", edition of {editions[-1]}"
    yield _wrapped(f"{change['text']}{span} ({change['citation']})")
    yield from (_wrapped(text, "    ") for text in wording_words(change["wording"]))


def wording_words(wording: Mapping[str, Any] | None) -> Iterator[str]:
    """What an edition says differently, a line for each: + new, - gone, ~ another limit or value."""
    if wording is None:
        return
    yield from (f"~ {entry['before']} -> {entry['after']}" for entry in wording["limits"])
    yield from (f"- {text}" for text in dict.fromkeys(wording["removed"]))
    yield from (f"+ {text}" for text in dict.fromkeys(wording["added"]))
    if wording["joined_otherwise"]:
        yield "~ the same tests, joined otherwise"
    for sign, key in (("-", "removed"), ("+", "added")):
        yield from (f"{sign} condition: {text}" for text in wording[f"conditions_{key}"])
        yield from (f"{sign} paragraph {text}" for text in wording[f"paragraphs_{key}"])
    for entry in wording["other"]:
        yield f"~ {entry['key']}: {entry['before'] or 'none'} -> {entry['after'] or 'none'}"


def _passing(data: Mapping[str, Any]) -> Iterator[str]:
    for entry in data["passing"]:
        yield f"{entry['paragraph']}, {entry['edition']} up to {entry['until']} ({entry['citation']})"


def names_words(specs: Specs, products: Sequence[str]) -> str:
    """Names by vendor, the vendor once; by those that are missing where these are fewer."""
    others = [item.id for item in specs.items("chips") if item.id not in set(products)]
    if not others:
        return "every chip"
    if len(others) < len(products):
        return f"every chip but {names_words(specs, others)}"
    vendors: dict[str, list[str]] = {}
    for item in map(specs.item, products):
        vendors.setdefault(item.vendor, []).append(item.name.removeprefix(f"{item.vendor} "))
    return "; ".join(f"{vendor} {', '.join(names)}" for vendor, names in vendors.items())


def markdown(specs: Specs, data: Mapping[str, Any]) -> str:
    parts = [f"## {title(data)}"] + ([] if _changed(data) else [nothing_words(data)])
    if data["provisions"]:
        rows = [
            [c["paragraph"], c["axis"], c["text"], "; ".join(wording_words(c["wording"])), c["citation"]]
            for c in data["provisions"]
        ]
        parts.append(layout.markdown_table(HEADS["provisions"], rows))
    listed = [f"{change['text']} ({change['citation']})" for change in data["groups"]]
    listed += [f"in force on neither day: {text}" for text in _passing(data)]
    parts += ["\n".join(f"- {text}" for text in listed)] if listed else []
    if data["moves"]:
        rows = [
            [
                *(TITLES.get(m["axis"], m["axis"]), told(m["axis"], m["before"]), told(m["axis"], m["after"])),
                *(str(m["count"]), words.join(m["names"])),
            ]
            for m in data["moves"]
        ]
        parts += [f"### {moved_words(data)}", layout.markdown_table(HEADS["moves"], rows)]
    return "\n\n".join([*parts, *foot_lines(specs, data)])
