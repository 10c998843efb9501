"""``chipclass show``: what the database holds, each figure with its source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.classification import unknown_product
from chipclass.cli import layout
from chipclass.cli.classify import source_words
from chipclass.identification.resolve import resolve
from chipclass.specdb.records import PARTS, Fact, Figure, Item, unpacked
from chipclass.specdb.store import Specs, load


def run(query: str, folders: Sequence[Path], format: str) -> int:
    specs = load(folders)
    if query in specs.index["sources"]:
        print(
            json.dumps(specs.source(query), ensure_ascii=False, indent=2) if format == "json" else _source(specs, query)
        )
        return 0
    names = (query,) if query in specs else resolve(specs, query).ids
    if not names:
        raise unknown_product(query, resolve(specs, query))
    items = [specs.item(name) for name in names]
    if format == "json":
        print(json.dumps([_json(specs, item) for item in items], ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print("\n\n".join(screen(specs, item, markdown=format == "md") for item in items))
    return 0


def _json(specs: Specs, item: Item) -> dict[str, Any]:
    table = {"die": "dies", "chip": "chips", "family": "families"}.get(item.level, "products")
    data = dict(specs.index[table][item.id])
    return {**data, "facts": unpacked(item.id, specs.index["facts"][item.id])} if item.facts else data


def screen(specs: Specs, item: Item, markdown: bool = False) -> str:
    """Identity, names, facts by attribute with status and source, identifiers."""
    title = f"{item.name} ({item.id})"
    head = [f"## {title}\n" if markdown else layout.heading(layout.wrapped(title))]
    described = [item.vendor, item.level, item.kind, f"sold as {item.sold_as}" if item.sold_as else ""]
    head.append(", ".join(word for word in described if word))
    names = [*item.aliases, *item.short_aliases]
    fields = [("Names", ", ".join(names))] if names else []
    if item.families:
        fields.append(("Family", words.join(list(item.families))))
    if item.level == "family":
        variants = [f"{v.name} ({v.id})" for v in specs.variants(item.id)]
        fields += [("Variants", "; ".join(variants)), ("Represented", f"by {item.represented_by}")]
    for part in item.contains:
        held = specs.item(next(part[key] for key in PARTS if key in part)).name
        share = f" ({part['share']} of it)" if "share" in part else ""
        fields.append(("Contains", f"{part['count']} x {held}{share}"))
    if item.also_contains:
        fields.append(("Also", f"{words.join(list(item.also_contains))} (not in the database)"))
    if item.note:
        fields.append(("Note", item.note))
    parts = ["\n".join([*head, *(layout.field(label, text) for label, text in fields)])]
    parts += list(_claims(item, markdown))
    if item.identifiers:
        parts.append("\n".join(_identifiers(specs, item)))
    sources = dict.fromkeys([f.source for f in item.facts] + [e.source for e in item.identifiers])
    parts.append("\n".join(layout.wrapped(f"[{name}] {source_words(specs, name)}") for name in sources))
    return "\n\n".join(parts)


def _claims(item: Item, markdown: bool) -> Iterator[str]:
    """Fact by fact, under the claim that they stand in: what one source says."""
    claims: dict[tuple[str, int], list[Fact]] = {}
    for fact in item.facts:
        claims.setdefault((fact.overlay, fact.claim), []).append(fact)
    for facts in claims.values():
        first = facts[0]
        quotes = f" quoting {first.quotes}" if first.quotes else ""
        date = f", {first.date}" if first.date else ""
        mark = f", overlay {first.overlay}" if first.overlay else ""
        head = f"{first.status}: {first.source}{quotes}{date}{mark}"
        lines = [f"- **{head}**" if markdown else layout.heading(layout.wrapped(head))]
        told = (("in", first.locator), ("reading", first.reading), ("note", first.note), ("set aside", first.set_aside))
        lines += [
            layout.wrapped(f"{label} {text}" if label == "in" else f"{label}: {text}", "  ")
            for label, text in told
            if text
        ]
        figures = [f"{_name(fact)} {_value(fact)}" for fact in facts]
        lines.append(layout.wrapped("; ".join(figures), "  "))
        yield "\n".join(lines)


def _name(fact: Fact) -> str:
    if fact.attribute == "rate":
        return fact.format
    return f"{fact.attribute.replace('_', ' ')}{' ' + fact.format if fact.format else ''}"


def _value(fact: Fact) -> str:
    if isinstance(fact.value, Figure):
        return fact.value.text
    if isinstance(fact.value, dict):
        return ", ".join(f"{count} x {name}" for name, count in fact.value.items())
    if isinstance(fact.value, (list, tuple)):
        return " ".join(fact.value)
    return {True: "yes", False: "no", None: "unknown"}.get(fact.value, str(fact.value))


def _identifiers(specs: Specs, item: Item) -> Iterator[str]:
    for entry in item.identifiers:
        data = asdict(entry)
        extra = [f"ECCN {entry.eccn}" if entry.eccn else "", f"HTS {', '.join(entry.hts)}" if entry.hts else ""]
        extra += [entry.date, data["mapping"] if entry.mapping == "inferred" else ""]
        tail = f" ({'; '.join(word for word in extra if word)})" if any(extra) else ""
        yield layout.field(entry.kind, f"{', '.join(entry.values)}{tail} [{entry.source}]")


def _source(specs: Specs, name: str) -> str:
    return "\n".join(layout.field(key, str(value)) for key, value in specs.source(name).items() if value)
