"""``chipclass whatif``: which chips move under a hypothesis, and the limits that can be changed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from chipclass import explanation as words
from chipclass.cli import layout
from chipclass.hypotheses import limits, whatif
from chipclass.specdb.store import load

#: (title, head, rows) of one part; the columns after the first are figures.
Part: TypeAlias = "tuple[str, list[str], list[list[str]]]"


def run(
    changes: Sequence[str], question: Mapping[str, Any], folders: Sequence[Path], base: Sequence[Path], format: str
) -> int:
    overlay = [*base, *folders] if folders else []
    answer = whatif(changes, specs=load(base), overlay=overlay, **question)
    data = answer.to_dict()
    if format == "json":
        print(answer.to_json())
    else:
        print(markdown(data) if format == "md" else screen(data))
    return 0


def run_limits(as_of: str | None, folders: Sequence[Path], format: str) -> int:
    data = limits(specs=load(folders), as_of=as_of)
    if format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(listing(data, format == "md"))
    return 0


def listing(data: Mapping[str, Any], markdown: bool = False) -> str:
    """Every limit by address, provision by provision."""
    head = ["Address", "Test", "Unit"]
    rows = [[entry["address"], entry["test"], entry["unit"]] for entry in data["limits"]]
    if markdown:
        cites = [[*row, entry["paragraph"]] for row, entry in zip(rows, data["limits"], strict=True)]
        return "\n\n".join([layout.markdown_table([*head, "Paragraph"], cites), layout.foot(data)])
    lines = [layout.heading(f"Limits on {data['as_of']}")]
    for address, test, unit in rows:
        lines += [layout.wrapped(address), f"    {test}  ({unit})"]
    return "\n".join([*lines, "", layout.wrapped(layout.foot(data))])


def screen(data: Mapping[str, Any]) -> str:
    """What was changed, where the old limit still stands, the moves and the chips that make them."""
    parts = [_top(data)]
    if elsewhere := data["unchanged_elsewhere"]:
        rows = [[entry["test"], f"--set {shlex.quote(entry['set'])}"] for entry in elsewhere]
        lead = layout.wrapped("Mind: the old limit still stands elsewhere. To change it there too:")
        parts.append(f"{lead}\n{layout.table(rows, indent='  ')}")
    if data["counts"]:
        parts.append("\n".join(layout.bullet(f"{entry['count']} x {entry['text']}") for entry in data["counts"]))
    for title, head, rows in _parts(data):
        heads = [layout.heading(layout.wrapped(line)) for line in title.split("\n")]
        parts.append("\n".join([*heads, layout.table([head, *rows], right=range(1, len(head)), indent="  ")]))
    parts += [layout.wrapped(line) for line in (*_notes(data), layout.not_evaluated(data), layout.foot(data))]
    return "\n\n".join(parts)


def _top(data: Mapping[str, Any]) -> str:
    return "\n".join(
        [
            layout.heading(f"What if, as of {data['as_of']}"),
            layout.wrapped(data["summary"]),
            *(layout.field(label, text) for label, text in _fields(data)),
        ]
    )


def _fields(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    told = data["hypothesis"]
    yield "Asked", layout.asked(data["transaction"])
    if told["overlays"]:
        yield "Overlay", f"{words.join(told['overlays'])}; compared with the same question without it"
    for entry in told["limits"]:
        yield "Changed", f"{entry['text']} ({entry['unit']})"
    if others := [name for name in told["provisions"] if name not in {entry["provision"] for entry in told["limits"]}]:
        yield "Changed", f"other words, or none before: {words.join(others)}"


def _parts(data: Mapping[str, Any]) -> Iterator[Part]:
    """Chips by what they do: those that make the same moves stand together, a table per limit."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for entry in data["moved"]:
        groups.setdefault(tuple(move["text"] for move in entry["moves"]), []).append(entry)
    for moves, entries in sorted(groups.items(), key=lambda group: -len(group[1])):
        title = "\n".join([_count(entries), *moves])
        for head, rows in _tables([(entry, line) for entry in entries for line in entry["lines"]], _against):
            yield title, head, rows
            title = "The same"
        for head, rows in _tables([(entry, figure) for entry in entries for figure in entry["figures"]], _shifted):
            yield title, head, rows
            title = "The same"
        if title != "The same":
            yield title, ["Product"], [[entry["name"]] for entry in entries]
    for head, rows in _tables([(entry, entry) for entry in data["near"]], _beside):
        yield "Not moving, and within 5 % of the new limit", head, rows


def _count(entries: Sequence[Any]) -> str:
    return f"{len(entries)} chip{'s' if len(entries) != 1 else ''}"


Row: TypeAlias = "tuple[list[str], list[str]]"


def _tables(
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], read: Callable[[Mapping[str, Any]], Row]
) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Rows under the head that they share; the same line of several provisions is shown once."""
    tables: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for entry, line in pairs:
        head, row = read(line)
        tables.setdefault(tuple(head), {})[(entry["name"], *row)] = None
    for shared, rows in tables.items():
        yield ["Product", *shared], [list(row) for row in rows]


def _against(line: Mapping[str, Any]) -> Row:
    ends = [(mark, when) for mark, when in (("old", "before"), ("new", "after")) if line[f"limit_{when}"] is not None]
    head = [_titled(line), *(f"to {mark} {_number(line[f'limit_{when}'])}" for mark, when in ends)]
    return head, [line["figure"], *(line[f"margin_words_{when}"] or "-" for _, when in ends)]


def _shifted(line: Mapping[str, Any]) -> Row:
    return [f"{_titled(line)} before", "after"], [line["before"], line["after"]]


def _beside(line: Mapping[str, Any]) -> Row:
    return [_titled(line), f"to {_number(line['limit'])}"], [line["figure"], line["margin_words"] or "-"]


def _titled(line: Mapping[str, Any]) -> str:
    return words.with_unit(line["title"], line["unit"])


def _number(limit: float) -> str:
    return words.show(Fraction(str(limit)))


def _notes(data: Mapping[str, Any]) -> Iterator[str]:
    sides: dict[str, list[str]] = {}
    for entry in data["open"]:
        limit = words.with_unit(_number(entry["limit"]), entry["unit"])
        sides.setdefault(f"{entry['title']} {limit}", []).append(entry["name"])
    for limit, names in sides.items():
        yield f"Not moving, and not known on which side of {limit}: {words.join(names)}."
    for entry in data["added"]:
        at = entry["position"]
        yield f"Only with the overlay: {entry['name']}, {at['status']}, class {at['classes']}."


def markdown(data: Mapping[str, Any]) -> str:
    lines = [f"## What if, as of {data['as_of']}", "", f"**{data['summary']}**", ""]
    lines += [f"- {label}: {text}" for label, text in _fields(data)]
    lines += [f"- Still stands: `{e['test']}` in {e['paragraph']}; `{e['set']}`" for e in data["unchanged_elsewhere"]]
    lines += [f"- {entry['count']} x {entry['text']}" for entry in data["counts"]]
    for title, head, rows in _parts(data):
        lines += ["", f"### {title.replace(chr(10), '; ')}", "", layout.markdown_table(head, rows)]
    lines += [line for note in _notes(data) for line in ("", note)]
    return "\n".join([*lines, "", layout.not_evaluated(data), "", layout.foot(data)])
