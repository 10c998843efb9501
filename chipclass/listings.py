"""Tables beside the figures: what contains which chips, which number names what, and what every column means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chipclass.specdb.contents import parts_of
from chipclass.specdb.store import Specs
from chipclass.tables import METADATA_KEY, Column, arrow_table, long_table, wide_table

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of the listings: Arrow type and meaning.
PRODUCT_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("string", "Id of the board, server, rack or instance."),
    "name": ("string", "Its name."),
    "vendor": ("string", "Who sells it, or offers it."),
    "kind": ("string", "board, server, rack or instance."),
    "families": ("list<string>", "Names that can mean it."),
    "aliases": ("list<string>", "Other names."),
    "chip": ("string", "Id of a chip in it, or of the family where the variant is open; boards are resolved."),
    "chip_count": ("int64", "How many of this chip one unit contains."),
    "share": ("string", "The part of a chip that an instance is given, such as 1/8."),
    "also_contains": ("list<string>", "What else it contains; not in the database."),
    "sources": ("list<string>", "Sources that the contents rest on, beside those of its identifiers."),
    "note": ("string", "Note."),
}
IDENTIFIER_COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("string", "Part number, PCI id (vendor:device), PCI subsystem or GPU number."),
    "kind": ("string", "part-number, pci-id, pci-subsystem or gpu-number."),
    "issuer": ("string", "Whose numbering it is, where it is not that of the vendor of the product."),
    "owner_id": ("string", "Id of the chip or product that it names."),
    "owner_name": ("string", "Its name."),
    "level": ("string", "chip or product."),
    "mapping": ("string", "description: the source names the product; inferred: told from the numbering."),
    "declared_eccn": ("string", "Export control classification number that the vendor declares for this number."),
    "hts": ("list<string>", "Tariff headings that the vendor lists for this number."),
    "source_id": ("string", "Source that was read."),
    "quotes_id": ("string", "Document that the source quotes."),
    "date": ("string", "Date of the list."),
    "note": ("string", "Note."),
    "overlay": ("string", "The user's own spec folder that brought it."),
}
DICTIONARY_COLUMNS: Mapping[str, tuple[str, str]] = {
    "table": ("string", "Table that has the column: wide, long, products or identifiers."),
    "column": ("string", "Name of the column."),
    "type": ("string", "Its Arrow type."),
    "unit": ("string", "Its unit; none where it has none, or where the row says it (column unit of the long table)."),
    "meaning": ("string", "What it means."),
    "cite": ("string", "Definition, for metrics."),
}


def products_table(specs: Specs) -> pa.Table:
    """One row per product and kind of chip in it."""
    return _listing(specs, "products", PRODUCT_COLUMNS, _products(specs))


def _products(specs: Specs) -> Iterator[dict[str, Any]]:
    for item in specs.items("products"):
        shares = {part["share"] for part in item.contains if "share" in part}
        for part in parts_of(specs, item):
            yield {
                "id": item.id,
                "name": item.name,
                "vendor": item.vendor,
                "kind": item.kind,
                "families": list(item.families),
                "aliases": [*item.aliases, *item.short_aliases],
                "chip": part.family or part.chips[0].id,
                "chip_count": part.count,
                "share": next(iter(shares), None),
                "also_contains": list(item.also_contains),
                "sources": list(item.sources),
                "note": item.note,
            }


def identifiers_table(specs: Specs) -> pa.Table:
    """One row per number and what it names."""
    return _listing(specs, "identifiers", IDENTIFIER_COLUMNS, _identifiers(specs))


def _identifiers(specs: Specs) -> Iterator[dict[str, Any]]:
    for item in (item for table in ("chips", "products") for item in specs.items(table)):
        for entry in item.identifiers:
            for number in entry.values:
                yield {
                    "number": number,
                    "kind": entry.kind,
                    "issuer": entry.issuer,
                    "owner_id": item.id,
                    "owner_name": item.name,
                    "level": item.level,
                    "mapping": entry.mapping,
                    "declared_eccn": entry.eccn,
                    "hts": list(entry.hts),
                    "source_id": entry.source,
                    "quotes_id": entry.quotes,
                    "date": entry.date,
                    "note": entry.note,
                    "overlay": entry.overlay,
                }


def dictionary_table(specs: Specs) -> pa.Table:
    """One row per column of the other tables, with the unit and meaning that the spec files give it."""
    return _listing(specs, "dictionary", DICTIONARY_COLUMNS, _dictionary(specs))


def _dictionary(specs: Specs) -> Iterator[dict[str, Any]]:
    tables = {
        "wide": wide_table(specs),
        "long": long_table(specs),
        "products": products_table(specs),
        "identifiers": identifiers_table(specs),
    }
    for name, table in tables.items():
        words = json.loads(table.schema.metadata[METADATA_KEY])["columns"]
        for field in table.schema:
            yield {"table": name, "column": field.name, "type": _type(field.type), **words[field.name]}


def _type(type: Any) -> str:
    """``list<string>`` as the columns are declared, whatever Arrow calls the entries of a list."""
    import pyarrow as pa

    return f"list<{_type(type.value_type)}>" if pa.types.is_list(type) else str(type).replace("double", "float64")


def _listing(
    specs: Specs, shape: str, columns: Mapping[str, tuple[str, str]], rows: Iterable[Mapping[str, Any]]
) -> pa.Table:
    """Rows as a table; texts that are not given are null."""
    known = list(rows)
    made = [
        Column(name, kind, [None if row.get(name) == "" else row.get(name) for row in known], meaning)
        for name, (kind, meaning) in columns.items()
    ]
    return arrow_table(specs, made, {"shape": shape})
