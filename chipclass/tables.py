"""The spec database as two Arrow tables: one row per chip (wide) and one row per fact (long).

Arrow fields carry ``unit``, ``meaning`` and, for metrics, ``cite`` as metadata. Most readers drop field metadata, so
the same stands as JSON under the schema key ``chipclass``, and the unit is part of the column's name.
Unknown is null, never 0 or NaN. An end that nothing bounds is null too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from chipclass.classification import SCHEMA
from chipclass.conclusion import declared_eccn
from chipclass.evaluation import Evaluation
from chipclass.explanation import DISCLAIMER, decimal_text
from chipclass.logic.numbers import INF, Bound, Interval
from chipclass.rules.alternatives import Metric, deciding_facts, same_claim, truth_of
from chipclass.rules.book import book_of
from chipclass.rules.figures import metrics_of
from chipclass.rules.transactions import transaction
from chipclass.specdb.records import Fact, Figure, Identifier, Item
from chipclass.specdb.store import Specs

if TYPE_CHECKING:
    import datetime

    import pyarrow as pa

#: Key of the schema metadata that holds the JSON document.
METADATA_KEY = b"chipclass"
LICENCE = "CC-BY-4.0"
ATTRIBUTION = "chipclass spec database contributors"
#: The attribute of the vendor's own export classification: every declared value is shown, none decides.
ECCN = "eccn"
NUMBERS = ("quantity", "per-format")
ARROW_TYPES = {"text": "string", "date": "string", "truth": "bool", "list": "list<string>", "dies": "list<string>"}

#: Best figure, lower end, upper end. None: unknown, or nothing bounds that end.
Span = tuple[float | None, float | None, float | None]
UNKNOWN: Span = (None, None, None)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type as text (``float64``, ``list<string>``), its values, and what they mean."""

    name: str
    type: str
    values: Sequence[Any]
    meaning: str
    unit: str = ""
    cite: str = ""

    def words(self) -> dict[str, str]:
        """Unit, meaning and citation, as far as there are any."""
        return {key: text for key in ("unit", "meaning", "cite") if (text := getattr(self, key))}


def wide_table(specs: Specs, as_of: str | datetime.date | None = None) -> pa.Table:
    """One row per chip: names, status as of a date (default today), metrics, attributes, provenance.

    Figures are float64 in the unit that the column's name ends in. Where several claims decide, the column holds the
    highest of them, and ``_low`` and ``_high`` hold what they leave open. What a source says does not exist (a chip
    without links) is 0. Columns of dies are lists, in the order of ``dies``, so that the figure of one die is never
    taken for the chip's. Raises QueryError (a ValueError) for a date that is none.
    """
    deal = transaction(specs, as_of=as_of)
    chips = list(specs.items("chips"))
    evaluations = [Evaluation(specs, chip, chip, 1, deal) for chip in chips]
    given = {name: entry for name, entry in specs.attributes.items() if "derived_from" not in entry}
    attributes = [(name, entry) for name, entry in given.items() if name != ECCN]
    words = [pair for pair in attributes if pair[1]["level"] == "chip" and pair[1]["kind"] in ("date", "text", "truth")]
    editions = [edition for provision in book_of(specs) if (edition := provision.on(deal.as_of))]
    columns = [
        *_names(chips),
        *(column for name, entry in words for column in _attribute(specs, chips, name, entry)),
        *_conclusions(specs, evaluations),
        *_metrics(specs, evaluations),
        *(column for pair in attributes if pair not in words for column in _attribute(specs, chips, *pair)),
        Column("fact_count", "int64", [len(chip.facts) for chip in chips], "Facts of the chip, its dies' aside."),
        Column("overlays", "list<string>", [_overlays(specs, chip) for chip in chips], "Overlays that take part."),
        Column("specs_hash", "string", [specs.hash] * len(chips), "Content hash of the spec files."),
        Column("as_of", "string", [deal.as_of] * len(chips), "The day whose rules give the status."),
    ]
    checked = min((edition.checked for edition in editions), default=None)
    return arrow_table(specs, columns, {"shape": "wide", "as_of": deal.as_of, "rules_checked_through": checked})


def _names(chips: Sequence[Item]) -> list[Column]:
    return [
        Column("id", "string", [chip.id for chip in chips], "Stable id of the chip."),
        Column("name", "string", [chip.name for chip in chips], "Name."),
        Column("vendor", "string", [chip.vendor or None for chip in chips], "Vendor."),
        Column("families", "list<string>", [list(chip.families) for chip in chips], "Names that can mean it."),
        Column("sold_as", "string", [chip.sold_as or None for chip in chips], "How it is sold: chip, module, card ..."),
    ]


def _conclusions(specs: Specs, evaluations: Sequence[Evaluation]) -> list[Column]:
    """Status and paragraphs; null where no class provision on file was in force, which says nothing either way."""
    classes = book_of(specs).axis("ic class")
    spoken = [any(evaluation.axes.counts(provision) for provision in classes) for evaluation in evaluations]
    known = [e if speaks else None for e, speaks in zip(evaluations, spoken, strict=True)]
    paragraphs = [sorted(frozenset().union(*e.possible)) if e else None for e in known]
    certain = [len(e.possible) == 1 if e else None for e in known]
    eccn = specs.attributes.get(ECCN, {"column": ECCN, "meaning": ""})
    chips = [evaluation.chip for evaluation in evaluations]
    declared = [list(dict.fromkeys(entry["eccn"] for entry in declared_eccn(c, c, specs))) or None for c in chips]
    return [
        Column(
            "status",
            "string",
            [e.status if e else None for e in known],
            "controlled, cannot exclude or not caught on these figures; null: no class rule on file was in force.",
        ),
        Column("ic_class", "list<string>", paragraphs, "Every paragraph that the figures leave possible; empty: none."),
        Column("ic_class_certain", "bool", certain, "Whether only one set of paragraphs is possible."),
        Column(eccn["column"], "list<string>", declared, eccn["meaning"]),
    ]


def _metrics(specs: Specs, evaluations: Sequence[Evaluation]) -> Iterator[Column]:
    every = [metrics_of(specs, evaluation.chip) for evaluation in evaluations]
    for name, entry in specs.metrics.items():
        if not any(name in known for known in every):  # only memory has it, and none is held
            continue
        metrics = [known.get(name) or Metric(name, entry["unit"], (), None) for known in every]
        ends = [_ends(metric.low, metric.high) for metric in metrics]
        column, title, unit, cite = entry["column"], entry["title"], entry["unit"], entry["cite"]
        headline = [_float(metric.headline) for metric in metrics]
        operative = [_float(metric.operative) for metric in metrics]
        low, high = [low for low, _ in ends], [high for _, high in ends]
        yield Column(column, "float64", headline, entry["meaning"], unit, cite)
        yield Column(f"{column}_low", "float64", low, f"{title}: lowest value that decides.", unit, cite)
        text = f"{title}: highest value that decides; null: unbounded, unknown or undefined."
        yield Column(f"{column}_high", "float64", high, text, unit, cite)
        text = f"{title}: the one figure that decides (the highest claim where the text takes it); null: more than one."
        yield Column(f"{column}_operative", "float64", operative, text, unit, cite)


def _attribute(specs: Specs, chips: Sequence[Item], name: str, entry: Mapping[str, Any]) -> Iterator[Column]:
    """The columns of one attribute: one, or one per format, with ends where a chip has an interval."""
    column, kind, of_dies = entry["column"], entry["kind"], entry["level"] == "die"
    wrap = "list<{}>" if of_dies else "{}"
    meaning = f"{entry['meaning']} One entry per kind of die, as in dies." if of_dies else entry["meaning"]
    if kind not in NUMBERS:
        values = _cells(specs, chips, of_dies, lambda item: _word(item, name, kind))
        yield Column(column, wrap.format(ARROW_TYPES[kind]), values, meaning)
        if kind == "dies":
            counts = [None if (dies := _dies(chip)) is None else list(dies.values()) for chip in chips]
            yield Column(f"{column}_count", "list<int64>", counts, f"How many of each of {column}.")
        return
    for format in specs.formats if kind == "per-format" else ("",):
        label = rate_column(name, column, format) if format else column
        title = f"{specs.formats[format]['title']}. " if format else ""
        cells = _cells(specs, chips, of_dies, partial(span_of, attribute=name, format=format))
        columns = [(label, 0, f"{title}{meaning}")]
        if any(low != value or high != value for value, low, high in _spans(cells)):
            text = f"end of {label} over the claims that decide; null: unbounded or unknown."
            columns += [(f"{label}_low", 1, f"Lower {text}"), (f"{label}_high", 2, f"Upper {text}")]
        for title, part, text in columns:
            yield Column(title, wrap.format("float64"), [_part(cell, part) for cell in cells], text, entry["unit"])


def _cells(specs: Specs, chips: Iterable[Item], of_dies: bool, read: Callable[[Item], Any]) -> list[Any]:
    """What ``read`` finds for each chip, or for each of its dies as a list; None where the dies are unknown."""
    if not of_dies:
        return [read(chip) for chip in chips]
    return [None if (dies := _dies(chip)) is None else [read(specs.item(die)) for die in dies] for chip in chips]


def _spans(cells: Iterable[Any]) -> Iterator[Span]:
    for cell in cells:
        yield from cell if isinstance(cell, list) else [cell or UNKNOWN]


def _part(cell: Any, part: int) -> Any:
    return [span[part] for span in cell] if isinstance(cell, list) else (cell or UNKNOWN)[part]


def rate_column(attribute: str, column: str, format: str) -> str:
    """Column of one number format: attribute, format, and what the attribute's column name says of the unit.

    >>> rate_column("rate", "tflops", "fp8")
    'rate_fp8_tflops'
    >>> rate_column("sparse_rate", "sparse_tflops", "fp8")
    'sparse_rate_fp8_tflops'
    """
    suffix = [word for word in column.split("_") if word not in attribute.split("_")]
    return "_".join([attribute, format, *suffix])


def span_of(item: Item, attribute: str, format: str = "") -> Span:
    """The highest deciding claim of a quantity and the ends over all deciding claims, in the canonical unit.

    A claim that is a rounding of a more precise one gives way to it, so that a rate times its bit length is the metric.
    """
    known = list(item.known(attribute, format))
    deciding = deciding_facts(known)
    if not deciding:
        return UNKNOWN
    finer = known if format else deciding
    same = [[other.value for other in finer if same_claim(fact.value, other.value)] for fact in deciding]
    claims = [max(figures, key=lambda figure: figure.digits) for figures in same]
    figures = [Figure(claim.text, Fraction(0)) if claim.none else claim for claim in claims]
    values = [figure.value for figure in figures if figure.value is not None]
    intervals = [interval for figure in figures if isinstance(interval := figure.interval(), Interval)]
    ends = _ends(min(interval.low for interval in intervals), max(interval.high for interval in intervals))
    return (_float(max(values, default=None)), *ends)


def _ends(low: Bound | None, high: Bound | None) -> tuple[float | None, float | None]:
    """Both ends as floats; nothing at all is known of ``[0, inf)``, so both ends are null."""
    unbounded = high is None or high == INF
    return (None if unbounded and not low else _float(low)), (None if unbounded else _float(high))


def _float(value: Bound | None) -> float | None:
    return None if value is None else float(value)


def _word(item: Item, attribute: str, kind: str) -> Any:
    """A value that is no quantity, None where it is unknown."""
    if kind == "truth":
        possible = truth_of(item, attribute)
        return None if possible.true and possible.false else bool(possible.true)
    if kind in ("list", "dies"):
        return next((list(fact.value) for fact in item.known(attribute)), None)
    return item.text(attribute) or None


def _dies(chip: Item) -> Mapping[str, int] | None:
    """Dies of the package with their count; None where no source names them."""
    return next((fact.value for fact in chip.known("dies")), None)


def _overlays(specs: Specs, chip: Item) -> list[str]:
    parts = [chip, *(specs.item(die) for die in _dies(chip) or ())]
    names = [name for part in parts for name in (part.overlay, *(fact.overlay for fact in part.facts))]
    return list(dict.fromkeys(name for name in names if name))


#: Columns of the long table: Arrow type and meaning.
LONG_COLUMNS: Mapping[str, tuple[str, str]] = {
    "fact_id": ("string", "Id of the fact; unique."),
    "owner_id": ("string", "Id of the die, chip or product that the fact is about."),
    "owner_name": ("string", "Its name."),
    "level": ("string", "die, chip or product."),
    "attribute": ("string", "Attribute by its name in attributes.toml; declared_eccn and hts speak of a part number."),
    "format": ("string", "Number format, for attributes that have one figure per format."),
    "value": ("float64", "Figure, or best guess, in `unit`; 0 where the source says that there is none (text: none)."),
    "exact": ("string", "The same figure as an exact decimal."),
    "low": ("float64", "Lower end, where the fact is an interval."),
    "high": ("float64", "Upper end, where the fact is an interval; null: unbounded."),
    "low_open": ("bool", "Whether the lower end itself is left out."),
    "high_open": ("bool", "Whether the upper end itself is left out."),
    "unit": ("string", "Canonical unit of value, low and high."),
    "text": ("string", "The fact as written in the spec file; for what is no quantity, its value."),
    "status": ("string", "declared, datasheet, vendor, derived, measured, press or estimate."),
    "decides": ("bool", "Among the claims that stand for it: overlay before manufacturer before all others."),
    "source_id": ("string", "Source that was read."),
    "source_title": ("string", "Its title."),
    "publisher": ("string", "Its publisher."),
    "url": ("string", "Its address."),
    "source_kind": ("string", "primary (the publisher's own document) or secondary."),
    "quotes_id": ("string", "Document that the source quotes."),
    "quotes_title": ("string", "Its title."),
    "quotes_url": ("string", "Its address."),
    "locator": ("string", "Where in the source."),
    "date": ("string", "Date of the statement."),
    "reading": ("string", "Named reading that the figure belongs to."),
    "note": ("string", "Note."),
    "set_aside": ("string", "Why the fact is shown but never decides."),
    "part_number": ("string", "Part number that a declared ECCN or HTS number speaks of."),
    "overlay": ("string", "The user's own spec folder that brought the fact."),
}


def long_table(specs: Specs) -> pa.Table:
    """One row per fact of the chips, dies and products, and one per part number and declared ECCN or HTS number.

    Rows follow the spec files; facts that were set aside are among them. Texts that are not given are null.
    """
    rows = [row for table in ("chips", "dies", "products") for item in specs.items(table) for row in _rows(specs, item)]
    columns = [
        Column(name, kind, [None if row.get(name) == "" else row.get(name) for row in rows], meaning)
        for name, (kind, meaning) in LONG_COLUMNS.items()
    ]
    return arrow_table(specs, columns, {"shape": "long"})


def _rows(specs: Specs, item: Item) -> Iterator[dict[str, Any]]:
    owner = {"owner_id": item.id, "owner_name": item.name, "level": item.level}
    keys = dict.fromkeys((fact.attribute, fact.format) for fact in item.facts)
    deciding = {id(fact) for key in keys for fact in deciding_facts(item.known(*key))}
    for fact in item.facts:
        row = {"fact_id": fact.id, **owner, "attribute": fact.attribute, "format": fact.format, **_value(specs, fact)}
        row |= {"status": fact.status, "decides": id(fact) in deciding}
        yield {**row, "reading": fact.reading, "set_aside": fact.set_aside, **_provenance(specs, fact)}
    for entry in item.identifiers:
        for attribute, codes in (("declared_eccn", [entry.eccn]), ("hts", entry.hts)):
            for code, number in ((code, number) for code in codes if code for number in entry.values):
                name = f"{item.id}/{attribute}.{code}@{entry.source}#{number}"
                row = {"fact_id": name, **owner, "attribute": attribute, "text": code, "part_number": number}
                note = "; ".join(filter(None, [f"number tied to the product by: {entry.mapping}", entry.note]))
                yield {**row, "status": "declared", "decides": True, **_provenance(specs, entry), "note": note}


def _value(specs: Specs, fact: Fact) -> dict[str, Any]:
    """The figure of a fact in its canonical unit, or its text."""
    value = fact.value
    if not isinstance(value, Figure):
        if isinstance(value, Mapping):
            return {"text": " + ".join(f"{count} x {name}" for name, count in value.items())}
        if isinstance(value, (list, tuple)):
            return {"text": ";".join(map(str, value))}
        return {"text": "unknown" if value is None else str(value).lower() if isinstance(value, bool) else str(value)}
    figure = Fraction(0) if value.none else value.value
    result = {"value": _float(figure), "exact": decimal_text(figure), "text": value.text}
    if value.low is not None:
        ends = {"low": _float(value.low), "high": _float(value.high)}
        result |= {**ends, "low_open": value.low_open, "high_open": value.high_open or value.high is None}
    return {**result, "unit": specs.attributes[fact.attribute]["unit"]}


def _provenance(specs: Specs, entry: Fact | Identifier) -> dict[str, Any]:
    source = specs.source(entry.source)
    quoted = specs.source(entry.quotes) if entry.quotes else {}
    return {
        "source_id": entry.source,
        "source_title": source["title"],
        "publisher": source["publisher"],
        "url": source.get("url"),
        "source_kind": source["kind"],
        "quotes_id": entry.quotes,
        "quotes_title": quoted.get("title"),
        "quotes_url": quoted.get("url"),
        "locator": entry.locator,
        "date": entry.date,
        "note": entry.note,
        "overlay": entry.overlay,
    }


def arrow_table(specs: Specs, columns: Iterable[Column], head: Mapping[str, Any]) -> pa.Table:
    """The columns as an Arrow table with units and meanings in its metadata."""
    import pyarrow as pa

    from chipclass import __version__

    def type_of(text: str) -> Any:
        return pa.list_(type_of(text[5:-1])) if text.startswith("list<") else pa.type_for_alias(text)

    columns = list(columns)
    document = {
        "schema": SCHEMA,
        "chipclass": __version__,
        "specs": specs.hash,
        "overlays": list(specs.overlays),
        "as_of": None,
        **head,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "sources": len(specs.index["sources"]),
        "disclaimer": DISCLAIMER,
        "columns": {column.name: {"unit": column.unit or None, **column.words()} for column in columns},
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    fields = [pa.field(column.name, type_of(column.type), metadata=column.words()) for column in columns]
    arrays = [pa.array(column.values, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={METADATA_KEY: text.encode()}))
