"""``chipclass rules``: the rules as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass.cli import layout
from chipclass.cli.options import UNASKED
from chipclass.logic.tree import Node
from chipclass.rules.book import Book, Edition, Provision, book_of
from chipclass.rules.history import eve
from chipclass.rules.transactions import QueryError, parse_date
from chipclass.specdb.problems import near
from chipclass.specdb.store import load


def run(wanted: str | None, question: Mapping[str, Any], folders: Sequence[Path], format: str) -> int:
    if question != {**UNASKED, "as_of": question["as_of"]}:
        raise QueryError("a list of rules knows no transaction; --destination and its like go with --diff D1 D2")
    book = book_of(load(folders))
    date = parse_date(question["as_of"])
    if wanted is None:
        chosen = list(book)
    else:
        chosen = [p for p in book if wanted in (p.id, p.id.split("/")[-1], p.paragraph)]
        if not chosen:
            known = [p.id for p in book] + [p.paragraph for p in book]
            raise QueryError(f"unknown provision '{wanted}'{near(wanted, known) or '; chipclass rules lists all'}")
    if format == "json":
        print(json.dumps([p.data for p in chosen], ensure_ascii=False, indent=2))
    elif wanted is None:
        print(listing(book, date, format == "md"))
    else:
        pages = [screen(p, date, book.overlaps(p)) for p in chosen]
        print("\n\n".join(f"```text\n{page}\n```" if format == "md" else page for page in pages))
    return 0


def listing(book: Book, date: str, markdown: bool = False) -> str:
    """All provisions by axis, with the edition of the date and how it was enforced."""
    axes: dict[str, list[list[str]]] = {}
    for provision in book:
        edition = provision.on(date)
        posture = edition.posture(date) if edition else "not in force"
        axes.setdefault(provision.axis, []).append([provision.id, edition.effective if edition else "-", posture])
    head = ["Provision", "Edition", f"On {date}"]
    if markdown:
        return layout.markdown_table(["Axis", *head], [[axis, *row] for axis, rows in axes.items() for row in rows])
    width = max(len(row[0]) for rows in axes.values() for row in rows)
    parts = [
        f"{axis}\n{layout.table([[row[0].ljust(width), *row[1:]] for row in rows], indent='  ')}"
        for axis, rows in axes.items()
    ]
    return "\n".join([layout.table([[head[0].ljust(width), head[1].ljust(10), head[2]]], indent="  "), *parts])


def screen(provision: Provision, date: str, overlaps: Sequence[Mapping[str, str]] = ()) -> str:
    """One provision with all its editions; the edition of the date is marked, acknowledged overlaps are named."""
    head = [
        layout.heading(layout.wrapped(provision.text("title"))),
        f"{provision.id}: {provision.axis}, {provision.effect}",
    ]
    if provision.text("addressee"):
        head.append(layout.field("Addressee", provision.text("addressee")))
    for entry in overlaps:
        head.append(layout.field("Overlaps with", f"{entry['with']}: {entry['text']} [{entry['cite']}]"))
    current = provision.on(date)
    parts = ["\n".join(head)]
    for edition in reversed(provision.editions):
        parts.append("\n".join(_edition(edition, date, edition is current)))
    return "\n\n".join(parts)


def _edition(edition: Edition, date: str, current: bool) -> Iterator[str]:
    span = f"from {edition.effective}" + (f" to {eve(edition.until)}" if edition.until else "")
    yield layout.heading(f"Edition {span}{f', the one in force on {date}' if current else ''}")
    posture = "; ".join(f"{entry['is']} from {entry['from']}" for entry in edition.data["posture"])
    dates = [
        f"{key.replace('_', ' ')} {edition.data[key]}" for key in ("published", "comply_from") if key in edition.data
    ]
    yield layout.field("Posture", posture)
    yield layout.field("Dates", ", ".join([*dates, f"last checked {edition.checked}"]))
    yield layout.field("Citation", edition.cite)
    for key in ("gap", "url", "note", "unverified"):
        if text := edition.text(key):
            yield layout.field(key.capitalize(), text)
    for condition in edition.conditions:
        yield layout.field("Condition", condition)
    yield "Applies where"
    yield from _tree(edition.tree, "  ")


def _tree(node: Node, indent: str) -> Iterator[str]:
    label = f"{node.id}: " if node.id and node.op != "test" else ""
    cite = f"   [{node.cite}]" if node.cite else ""
    if node.op == "test":
        yield _hanging(indent, f"{node.text}{cite}")
        return
    if node.op == "not" and node.children[0].op == "test":
        yield _hanging(indent, f"{label}not {node.children[0].text}{cite}")
        return
    words = {"any": "any of", "all": "all of", "not": "not"}[node.op]
    yield _hanging(indent, f"{label}{words}{cite}")
    for child in node.children:
        yield from _tree(child, indent + "  ")


def _hanging(indent: str, text: str) -> str:
    """A line of the tree; what does not fit stands under it, further in."""
    if len(indent) + len(text) <= layout.WIDTH:
        return indent + text
    later = indent + "    "
    return layout.fill(text, indent, later)
