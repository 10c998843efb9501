"""The whole engine: a record batch in, the same rows with the audit columns out. Nothing here runs per row in Python.

Columns are dictionary-encoded and only distinct strings are scanned; the kinds of rows (which cells name what, and the
declared ECCN) are told apart as integers, each kind is judged once, and the verdicts are taken by index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chipclass.auditing.roles import Roles
from chipclass.auditing.verdicts import Judge, Verdict
from chipclass.identification.found import NONE, Found
from chipclass.identification.identify import surroundings
from chipclass.identification.prefilter import confirming, nameable, shown
from chipclass.identification.scan import scan

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from chipclass.specdb.store import Specs

PREFIX = "chipclass_"
#: Distinct strings that are remembered from batch to batch.
REMEMBERED = 200_000
NOTHING = Found(NONE)
_DICT, _TEXT, _LIST, _FLOAT = "dictionary", "string", "list", "double"
#: Every audit column in order: its type, and its value from a verdict.
COLUMNS: tuple[tuple[str, str, Callable[[Verdict], Any]], ...] = (
    ("how", _DICT, lambda v: v.how),
    ("product", _TEXT, lambda v: v.products[0] if v.products else None),
    ("products", _LIST, lambda v: list(v.products)),
    ("candidates", _LIST, lambda v: list(v.candidates)),
    ("chip_count", "int64", lambda v: v.count),
    ("tpp", _FLOAT, lambda v: v.standing.headlines[0] if v.standing else None),
    ("tpp_low", _FLOAT, lambda v: v.standing.tpp_low if v.standing else None),
    ("tpp_high", _FLOAT, lambda v: v.standing.tpp_high if v.standing else None),
    ("performance_density", _FLOAT, lambda v: v.standing.headlines[1] if v.standing else None),
    ("total_dram_bandwidth_gb_s", _FLOAT, lambda v: v.standing.headlines[2] if v.standing else None),
    ("interconnect_bandwidth_gb_s", _FLOAT, lambda v: v.standing.headlines[3] if v.standing else None),
    ("status", _DICT, lambda v: v.status),
    ("ic_class", _TEXT, lambda v: v.standing.ic_class if v.standing else None),
    ("item_class", _TEXT, lambda v: v.standing.item_class if v.standing else None),
    ("licence_requirement", _DICT, lambda v: v.standing.licence_requirement if v.standing else None),
    ("review_policy", _DICT, lambda v: v.standing.review_policy if v.standing else None),
    ("tariff", _DICT, lambda v: v.standing.tariff if v.standing else None),
    ("letter", "bool", lambda v: v.standing.letter if v.standing else None),
    ("findings", _LIST, lambda v: list(v.findings)),
    ("evidence", _TEXT, lambda v: v.evidence),
)
NAMES = tuple(PREFIX + name for name, _, _ in COLUMNS)


def fields() -> list[pa.Field]:
    """The audit columns with their Arrow types."""
    import pyarrow as pa

    types = {
        _DICT: pa.dictionary(pa.int32(), pa.string()),
        _TEXT: pa.string(),
        _LIST: pa.list_(pa.string()),
        _FLOAT: pa.float64(),
        "int64": pa.int64(),
        "bool": pa.bool_(),
    }
    return [pa.field(PREFIX + name, types[kind]) for name, kind, _ in COLUMNS]


def annotated_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of the output: the input's, then the audit columns."""
    import pyarrow as pa

    return pa.schema([*schema, *fields()], metadata=schema.metadata)


class Scanner:
    """Scans distinct strings, remembered across batches up to a bound."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self._founds: dict[tuple[str, bool, str], Found] = {}
        self._surroundings: dict[str, tuple[bool, str]] = {}

    def found(self, text: str, context: bool, maker: str) -> Found:
        key = (text, context, maker)
        if key not in self._founds:
            if len(self._founds) >= REMEMBERED:
                self._founds.clear()
            self._founds[key] = scan(self.judge.specs, text, context=context, maker=maker)
        return self._founds[key]

    def maker(self, text: str) -> tuple[bool, str]:
        """Whether a manufacturer's name confirms short names, and the maker of accelerators that it is."""
        if text not in self._surroundings:
            if len(self._surroundings) >= REMEMBERED:
                self._surroundings.clear()
            around = surroundings(self.judge.specs, text)
            self._surroundings[text] = (around.context, around.maker)
        return self._surroundings[text]


def annotate(batch: pa.RecordBatch, scanner: Scanner, roles: Roles) -> pa.RecordBatch:
    """The batch with the audit columns appended: input columns unchanged and in order, every row once."""
    import pyarrow as pa

    verdicts, index = _verdicts(batch, scanner, roles)
    taken = pa.array(index)
    arrays = [
        pa.array([value(verdict) for verdict in verdicts], pa.string() if kind == _DICT else field.type)
        for field, (_, kind, value) in zip(fields(), COLUMNS, strict=True)
    ]
    arrays = [
        (array.dictionary_encode() if kind == _DICT else array).take(taken)
        for array, (_, kind, _) in zip(arrays, COLUMNS, strict=True)
    ]
    return pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=annotated_schema(batch.schema))


def _verdicts(batch: pa.RecordBatch, scanner: Scanner, roles: Roles) -> tuple[list[Verdict], np.ndarray]:
    """Distinct verdicts, and for every row the position of its own."""
    import numpy as np

    columns = [_encoded(batch.column(place)) for place in roles.scanned]
    makers, maker_index = _makers(batch, scanner, roles)
    specs = scanner.judge.specs
    named = np.array([bool(name) for _, name in makers], bool)[maker_index]
    looked = [nameable(specs, shown(texts))[codes] | named for texts, codes in columns]
    flags = [
        _confirming(specs, texts, codes, looked[:place] + looked[place + 1 :])
        for place, (texts, codes) in enumerate(columns)
    ]
    kinds: list[list[Found]] = []
    keys: list[np.ndarray] = []
    for place, (texts, codes) in enumerate(columns):
        context = np.zeros(batch.num_rows, bool)
        for other, flag in enumerate(flags):
            if other != place:
                context |= flag
        # Rows in which nothing can be named are one row here.
        row = [codes, context, maker_index, looked[place]]
        distinct, inverse = _paired([np.where(looked[place], key, 0).astype(np.int64) for key in row])
        found: dict[Found, int] = {}
        position = []
        for code, by_others, maker, seen in distinct:
            confirmed, name = makers[maker]
            answer = scanner.found(texts[code].as_py(), bool(by_others) or confirmed, name) if seen else NOTHING
            position.append(found.setdefault(answer, len(found)))
        kinds.append(list(found))
        keys.append(np.array(position, np.int64)[inverse])
    declared: list[str | None] = [None]
    eccn = np.zeros(batch.num_rows, np.int64)
    if places := roles.of("eccn"):
        texts, eccn = _encoded(batch.column(places[0]))
        declared = texts.to_pylist()
    distinct, index = _paired([*keys, eccn])
    names = [roles.columns[place] for place in roles.scanned]
    verdicts = []
    for *cells, code in distinct:
        founds = [kind[cell] for kind, cell in zip(kinds, cells, strict=True)]
        verdict = scanner.judge.verdict(founds, declared[code], len(roles.of("part_number")))
        parts = [f"{name}: {found.evidence}" for name, found in zip(names, founds, strict=True) if found.evidence]
        verdicts.append(replace(verdict, evidence="; ".join([*parts, *filter(None, [verdict.evidence])])))
    return verdicts, index


def _makers(batch: pa.RecordBatch, scanner: Scanner, roles: Roles) -> tuple[list[tuple[bool, str]], np.ndarray]:
    """What the manufacturer column says, as few distinct answers, and each row's."""
    import numpy as np

    places = roles.of("manufacturer")
    if not places:
        return [(False, "")], np.zeros(batch.num_rows, np.int64)
    texts, codes = _encoded(batch.column(places[0]))
    answers: dict[tuple[bool, str], int] = {}
    position = [answers.setdefault(scanner.maker(text), len(answers)) for text in texts.to_pylist()]
    return list(answers), np.array(position, np.int64)[codes]


def _confirming(specs: Specs, texts: pa.Array, codes: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """Rows whose text confirms short names, among those in which another column is looked at."""
    import numpy as np

    wanted = np.zeros(len(texts), bool)
    for looked in others:
        wanted[codes[looked]] = True
    places = np.flatnonzero(wanted)
    flags: np.ndarray = np.zeros(len(texts), bool)
    if len(places):
        flags[places] = confirming(specs, shown(texts.take(places)))
    rows: np.ndarray = flags[codes]
    return rows


def _encoded(column: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Distinct texts of a column and each row's code; null is the empty text."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    encoded = pc.fill_null(column, "").dictionary_encode()
    return encoded.dictionary, np.asarray(encoded.indices).astype(np.int64)


def _paired(keys: Sequence[np.ndarray]) -> tuple[list[tuple[int, ...]], np.ndarray]:
    """Distinct tuples of integer keys, in the order of their first row, and each row's position among them."""
    import numpy as np

    whole = keys[0]
    for key in keys[1:]:
        _, whole = np.unique(whole, return_inverse=True)
        whole = whole * (int(key.max(initial=0)) + 1) + key
    _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    rows = first[order]
    return list(zip(*(key[rows].tolist() for key in keys), strict=True)), rank[inverse]
