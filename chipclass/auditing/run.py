"""Run an audit: a file, a DataFrame or a Table in, the same rows with the audit columns and a summary out."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chipclass.auditing.batch import PREFIX, Scanner, annotate, annotated_schema
from chipclass.auditing.findings import CATALOGUE, STATUSES, AuditError
from chipclass.auditing.read import BATCH_ROWS, Reject, Source, open_source, sha256_of
from chipclass.auditing.result import AuditResult
from chipclass.auditing.roles import Roles, roles_of
from chipclass.auditing.types import check, clean, textual
from chipclass.auditing.verdicts import Judge
from chipclass.auditing.write import Writer, checked
from chipclass.classification import document
from chipclass.identification.found import UNKNOWN
from chipclass.identification.scan import scan
from chipclass.rules.transactions import transaction
from chipclass.specdb.store import Specs, load

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Mapped = Mapping[str, str | Sequence[str]]


def audit(
    source: Any,
    *,
    output: str | Path | None = None,
    mapping: Mapped | None = None,
    replace: bool = False,
    specs: Specs | None = None,
    limit: int | None = None,
    batch_rows: int = BATCH_ROWS,
    progress: Callable[[int], None] | None = None,
    **question: Any,
) -> AuditResult:
    """Audit a catalogue: a path (CSV in UTF-8, or Parquet), a pandas DataFrame or a pyarrow Table.

    With ``output`` (``.parquet`` or ``.csv``) a file is streamed: memory stays bounded. ``mapping`` names the columns
    of the roles part_number, description, manufacturer and eccn where their headers do not. ``limit`` audits only the
    first rows. ``progress`` is called with the rows done. ``question`` takes the keywords of `chipclass.classify`.
    Raises AuditError or QueryError (both ValueError).
    """
    if limit is not None and limit < 1:
        raise AuditError(f"limit must be 1 or more; found {limit}")
    if batch_rows < 1:
        raise AuditError(f"batch_rows must be 1 or more; found {batch_rows}")
    specs = specs or load()
    deal = transaction(specs, **question)
    opened = _opened(source, replace)
    if output is not None and isinstance(opened, Source):
        target = checked(output)
        if target.exists() and target.samefile(opened.path):
            raise AuditError(f"{target} is the input; choose another name for the output")
    keep = [place for place, name in enumerate(opened.schema.names) if not name.startswith(PREFIX)]
    if len(keep) < len(opened.schema.names) and not replace:
        raise AuditError(f"the input already has {PREFIX} columns; ask to replace them, or audit the original")
    schema = _selected(opened.schema, keep)
    roles = roles_of(schema.names, textual(schema), mapping)
    _check_header(specs, opened, roles, mapping)
    check(schema, roles, output)
    run = _Run(Scanner(Judge(specs, deal)), roles, keep, limit, progress)
    annotated = annotated_schema(schema)
    rejects: list[Reject] = []
    collected: list[pa.RecordBatch] = []
    with Writer(output, annotated) if output is not None else nullcontext() as writer:

        def reject(entry: Reject) -> None:
            run.rejected += 1
            if len(rejects) < 1000:
                rejects.append(entry)
            if writer is not None:
                writer.reject(entry)

        for batch in run.annotated(opened.batches(batch_rows, reject)):
            if writer is not None:
                writer.write(batch)
            else:
                collected.append(batch)
        summary = {**document(specs, deal), **run.summary(opened, output)}
        if writer is not None:
            writer.finish(summary)
    result = AuditResult(summary, rejects, collected, annotated)
    result.output = Path(output) if output is not None else None
    if isinstance(opened, _Held) and opened.frame is not None:
        result._frame = opened.frame if limit is None else opened.frame.iloc[:limit]
    return result


class _Run:
    """One pass over the batches, with the counts that must add up."""

    def __init__(
        self,
        scanner: Scanner,
        roles: Roles,
        keep: Sequence[int],
        limit: int | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.scanner, self.roles, self.keep, self.limit, self.progress = scanner, roles, keep, limit, progress
        self.rows = self.rejected = 0
        self.status: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()

    def annotated(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            chosen = batch.select(list(self.keep))
            if self.limit is not None:
                chosen = chosen.slice(0, self.limit - self.rows)
            done = annotate(chosen, self.scanner, self.roles)
            self._count(done)
            yield done
            if self.progress is not None:
                self.progress(self.rows)
            if self.limit is not None and self.rows >= self.limit:
                return

    def _count(self, batch: pa.RecordBatch) -> None:
        import pyarrow.compute as pc

        self.rows += batch.num_rows
        for entry in pc.value_counts(batch.column(PREFIX + "status").dictionary_decode()).to_pylist():
            self.status[entry["values"]] += entry["counts"]
        for entry in pc.value_counts(pc.list_flatten(batch.column(PREFIX + "findings"))).to_pylist():
            self.findings[entry["values"]] += entry["counts"]

    def summary(self, opened: Source | _Held, output: str | Path | None) -> dict[str, Any]:
        rows = {
            "in": self.rows + self.rejected if self.limit else opened.rows,
            "out": self.rows,
            "rejected": self.rejected,
        }
        if rows["in"] != rows["out"] + rows["rejected"] or sum(self.status.values()) != self.rows:
            raise RuntimeError(f"rows do not add up: {rows}; nothing was written")
        path = opened.path if isinstance(opened, Source) else None
        return {
            "input": {
                "name": path.name if path else None,
                "sha256": sha256_of(path) if path else None,
                "format": opened.format,
                "delimiter": opened.delimiter,
            },
            "output": Path(output).name if output is not None else None,
            "roles": self.roles.to_dict(),
            "limit": self.limit,
            "rows": rows,
            "status": {status: self.status[status] for status in STATUSES},
            "findings": {code: self.findings[code] for code in CATALOGUE if self.findings[code]},
        }


class _Held:
    """A Table or DataFrame as a source of batches."""

    delimiter = None

    def __init__(self, table: pa.Table, format: str, frame: pd.DataFrame | None = None) -> None:
        self.table, self.format, self.frame = table, format, frame
        self.schema = table.schema
        self.rows = 0

    def batches(self, rows: int, reject: Callable[[Reject], None]) -> Iterator[pa.RecordBatch]:
        for batch in self.table.to_batches(max_chunksize=rows):
            self.rows += batch.num_rows
            yield batch


def _opened(source: Any, replace: bool) -> Source | _Held:
    if isinstance(source, str | os.PathLike):
        return open_source(Path(source))
    import pyarrow as pa

    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return _Held(source, "table")
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        old = [str(label).startswith(PREFIX) for label in source.columns]
        frame = source.loc[:, [not is_old for is_old in old]] if replace and any(old) else source
        return _Held(_table_of(frame), "dataframe", frame)
    raise AuditError(f"cannot audit {type(source).__name__}; give a path, a pandas DataFrame or a pyarrow Table")


def _table_of(frame: pd.DataFrame) -> pa.Table:
    """A DataFrame as a Table, column by column: duplicate and non-string names and mixed columns are no obstacle."""
    import pyarrow as pa

    arrays = []
    for place in range(len(frame.columns)):
        series = frame.iloc[:, place]
        try:
            array = pa.array(series, from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            missing = series.isna()
            array = pa.array(
                [None if gone else clean(str(value)) for value, gone in zip(series, missing, strict=True)], pa.string()
            )
        arrays.append(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    if not arrays:
        raise AuditError("the DataFrame has no columns")
    labels: list[Any] = list(frame.columns)
    names = [clean(" ".join(map(str, label)) if isinstance(label, tuple) else str(label)) for label in labels]
    return pa.Table.from_arrays(arrays, names=names)


def _selected(schema: pa.Schema, keep: Sequence[int]) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([schema.field(place) for place in keep], metadata=schema.metadata)


def _check_header(specs: Specs, opened: Source | _Held, roles: Roles, mapping: Mapped | None) -> None:
    """A CSV without a header line would lose its first row. Columns that the user names are headers."""
    if opened.format != "csv":
        return
    named = {name for wanted in (mapping or {}).values() for name in ([wanted] if isinstance(wanted, str) else wanted)}
    for name in roles.columns:
        found = scan(specs, name)
        numbered = not found.general and any(re.search(r"[0-9]", text) for text in found.unknown)
        if name not in named and (found.ids or (found.how == UNKNOWN and numbered)):
            raise AuditError(
                f"the first line of the file names a product ({found.evidence}); add a header line above it"
            )
