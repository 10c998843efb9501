"""Outcomes of provisions for rows that bring their own figures: millions of them, straight from a table.

Figures are plain numbers in the metric's own unit in ``specs/metrics.toml`` (TPP, mm^2, GB/s). Columns are found by the
metric's id (``tpp``), or by its column name in that file (``applicable_die_area_mm2``):

==================================  ====================================================================
``tpp``                             a figure; null, or NaN, where it is not known: any value from 0 is possible
``tpp_low``, ``tpp_high``           from ... to, ends included; null: from 0, or without an end
``applicable_die_area_undefined``   true where the figure does not exist (no die counts), null where that is not known
``designed_or_marketed_...``        yes/no facts: true, false, null where it is not known
==================================  ====================================================================

A metric that is a quotient or a sum of others is made from them unless it has a column of its own. What has no column
is unknown in every row, and so is which product a row is. An outcome speaks of the text of the provision alone: how it
was enforced on the day stands in the metadata of its column.
"""

from __future__ import annotations

import datetime
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chipclass.batches import Part, once, open_table
from chipclass.classification import document
from chipclass.inputs import Inputs
from chipclass.logic.cells import MAYBE, Possible
from chipclass.logic.tree import Node
from chipclass.proof import MET, NOT_MET, UNDECIDED
from chipclass.rules.book import book_of
from chipclass.rules.transactions import QueryError, Transaction, countries_of, transaction, truths
from chipclass.specdb.problems import near
from chipclass.specdb.store import Specs, load

if TYPE_CHECKING:
    import pyarrow as pa

#: The words for the engine's bytes (logic.signatures), in the order of the bytes.
WORDS = (NOT_MET, MET, UNDECIDED)


def outcomes(
    source: Any,
    provisions: str | Iterable[str] | None = None,
    *,
    as_of: str | datetime.date | None = None,
    destination: str | None = None,
    shipped_from: str = "US",
    kind: str = "export",
    headquarters: str | None = None,
    stated: Iterable[str] = (),
    ship_date: str | datetime.date | None = None,
    heading: str | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Iterable[str] = (),
    specs: Specs | None = None,
    threads: int | None = None,
) -> pa.RecordBatchReader:
    """Whether the figures of each row of a table meet provisions, in one transaction.

    ``source`` is a Parquet path, a pandas DataFrame, or an Arrow table or reader (polars and DuckDB hand those out);
    ``provisions`` are ids, default all that have an edition on the day. The answer is a reader of record batches, in
    the order of the rows and made while it is read: for each provision a column of ``met``, ``not met``, ``undecided``
    (a dictionary with int8 codes). ``.read_all()`` makes a Table of it, ``.read_pandas()`` a DataFrame. ``keep`` names
    columns of the source to carry along; ``columns`` maps metrics and facts to columns of other names. Figures are
    plain numbers in the metric's own unit; ``chipclass.columns`` says what else a column may hold. Raises QueryError
    (a ValueError) for a question or a column that does not fit; for a bad figure in a row when that row is read.
    """
    import pyarrow as pa

    from chipclass.logic.signatures import Decider

    specs = specs or load()
    deal = transaction(
        specs,
        as_of=as_of,
        destination=destination,
        shipped_from=shipped_from,
        kind=kind,
        headquarters=headquarters,
        stated=stated,
        ship_date=ship_date,
        heading=heading,
    )
    trees = _trees(specs, deal, [provisions] if isinstance(provisions, str) else provisions)
    given = _given(specs, deal, trees.values())
    table = open_table(source)
    inputs = Inputs(specs, trees.values(), given, table.names, columns or {})
    kept = [once(name, table.names) for name in ([keep] if isinstance(keep, str) else keep)]
    if twice := [name for name in kept if name in trees]:
        raise QueryError(f"keep: '{twice[0]}' is the name of an answer too; rename the column of the source")
    stream = table.select(list(dict.fromkeys([*inputs.used.values(), *kept])))
    decider = Decider(trees, inputs.quotients, given)
    words = _texts(WORDS)
    schema = _schema(specs, deal, trees, inputs, [stream.schema.field(name) for name in kept])

    def decided(first: int, part: Part) -> list[pa.RecordBatch]:
        return [answer(first + rows, batch) for rows, batch in _counted(part())]

    def answer(first: int, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = decider.outcomes(inputs.rows(batch, first))
        answers = [
            pa.Array.from_buffers(pa.int8(), batch.num_rows, [None, pa.py_buffer(found[name])]) for name in trees
        ]
        coded = [pa.DictionaryArray.from_arrays(codes, words, safe=False) for codes in answers]
        return pa.RecordBatch.from_arrays([*(batch.column(name) for name in kept), *coded], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, _in_order(decided, stream.parts, threads or _cores()))


def _texts(texts: Sequence[str]) -> pa.Array:
    """An array of texts, made by hand: ``pyarrow.array`` would load pandas, which takes longer than a million rows."""
    from array import array
    from itertools import accumulate

    import pyarrow as pa

    ends = array("i", accumulate((len(text.encode()) for text in texts), initial=0))
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer("".join(texts).encode()))


def _trees(specs: Specs, deal: Transaction, provisions: Iterable[str] | None) -> Mapping[str, Node]:
    book, trees = book_of(specs), book_of(specs).trees(deal.as_of)
    if provisions is None:
        return trees
    chosen = {}
    for name in provisions:
        if name not in book.provisions:
            raise QueryError(f"unknown provision '{name}'{near(name, book.provisions)}")
        if name not in trees:
            raise QueryError(f"{name} has no edition on {deal.as_of}; leave it out, or ask for another day")
        chosen[name] = trees[name]
    if not chosen:
        raise QueryError("no provision to evaluate; name one, or leave provisions out for all")
    return chosen


def _given(specs: Specs, deal: Transaction, trees: Iterable[Node]) -> dict[str, Possible]:
    """What the transaction says, the same for all rows. Which product a row is, nobody says."""
    tests = [test for tree in trees for test in tree.tests()]
    named = {test.text: MAYBE for test in tests if test.kind == "product"}
    return {**truths(tests, deal, (), countries_of(specs)), **named}


def _schema(specs: Specs, deal: Transaction, trees: Iterable[str], inputs: Inputs, kept: list[pa.Field]) -> pa.Schema:
    """Columns of the answer. Its metadata say how it came about, those of a column which text it is."""
    import pyarrow as pa

    kind = pa.dictionary(pa.int8(), pa.string())
    fields = []
    for name in trees:
        edition = book_of(specs).provisions[name].on(deal.as_of)
        assert edition is not None
        text = {"citation": edition.cite, "edition": edition.effective, "posture": edition.posture(deal.as_of)}
        fields.append(pa.field(name, kind, nullable=False, metadata=text))
    head = {**document(specs, deal), "columns": inputs.used, "unknown": inputs.unknown}
    return pa.schema([*kept, *fields], metadata={"chipclass": json.dumps(head, ensure_ascii=False, allow_nan=False)})


def _counted(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches, each with the number of rows before it."""
    rows = 0
    for batch in batches:
        yield rows, batch
        rows += batch.num_rows


def _in_order(
    work: Callable[[int, Part], list[pa.RecordBatch]], parts: Iterable[tuple[int, Part]], threads: int
) -> Iterator[pa.RecordBatch]:
    """The parts worked on by several threads, in their order; only a few are under way at a time."""
    from concurrent.futures import Future, ThreadPoolExecutor

    under_way: deque[Future[list[pa.RecordBatch]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for first, part in parts:
            under_way.append(pool.submit(work, first, part))
            if len(under_way) > 2 * threads:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
