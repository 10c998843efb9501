"""What an audit gives back: the table, the findings, the summary."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chipclass.auditing.batch import NAMES, PREFIX, fields
from chipclass.auditing.findings import CATALOGUE
from chipclass.auditing.read import Reject

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class AuditResult:
    """What an audit gives back. ``summary`` is what ``OUT.audit.json`` holds; ``rejects`` the first lines not read."""

    def __init__(
        self,
        summary: dict[str, Any],
        rejects: list[Reject],
        batches: list[pa.RecordBatch],
        schema: pa.Schema,
        output: Path | None = None,
        frame: pd.DataFrame | None = None,
    ) -> None:
        self.summary, self.rejects = summary, rejects
        self._batches, self._schema = batches, schema
        self.output, self._frame = output, frame

    @cached_property
    def table(self) -> pa.Table:
        """The input's columns and the audit columns. After an audit into a file it is read back from there."""
        import pyarrow as pa

        if self.output is None:
            return pa.Table.from_batches(self._batches, self._schema).unify_dictionaries()
        if self.output.suffix.casefold() == ".csv":
            return _from_csv(self.output, self._schema)
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.output) as file:  # read_table refuses two columns of one name
            return file.read()

    @property
    def findings(self) -> pa.Table:
        """One line per finding: position of the row in the table, code, severity, message, question."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.table.column(NAMES.index(f"{PREFIX}findings") - len(NAMES)).combine_chunks()
        codes, rows = pc.list_flatten(column), pc.list_parent_indices(column)
        found = [CATALOGUE[code] for code in codes.to_pylist()]
        texts = {
            key: pa.array([getattr(entry, key) for entry in found], pa.string())
            for key in ("severity", "message", "question")
        }
        return pa.table({"row": rows.cast(pa.int64()), "code": codes, **texts})

    def to_pandas(self) -> pd.DataFrame:
        """The table for pandas; an audited DataFrame keeps its index and its column names, whatever they are."""
        import pandas as pd

        own = (
            self.table
            if self._frame is None
            else self.table.select(range(len(self._frame.columns), self.table.num_columns))
        )
        names = own.column_names
        data = [pd.Series(c.to_pylist(), dtype=object) if _is_list(c.type) else c.to_pandas() for c in own.columns]
        if self._frame is None:
            frame = pd.concat(data, axis=1) if data else pd.DataFrame()
            frame.columns = pd.Index(names)
            return frame
        for series in data:
            series.index = self._frame.index
        labels = [*self._frame.columns, *names]
        whole: pd.DataFrame = pd.concat([self._frame, *data], axis=1)
        whole.columns = pd.Index(labels, tupleize_cols=False)
        return whole

    def __repr__(self) -> str:
        rows, status = self.summary["rows"], self.summary["status"]
        counts = ", ".join(f"{count} {name}" for name, count in status.items() if count)
        return f"audit as of {self.summary['as_of']}: {rows['out']} rows ({counts}), {rows['rejected']} rejected"


def _from_csv(path: Path, schema: pa.Schema) -> pa.Table:
    """A CSV that was written here: the input's columns as text, the audit columns with their types."""
    import pyarrow as pa
    import pyarrow.csv as pc

    own = fields()
    inputs = len(schema) - len(own)
    plain = [f.type if _is_plain(f.type) else pa.string() for f in own]
    names = [str(place) for place in range(len(schema))]
    types = dict(zip(names, [pa.string()] * inputs + plain, strict=True))
    table = pc.read_csv(
        path,
        read_options=pc.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=1 << 24),
        parse_options=pc.ParseOptions(newlines_in_values=True),
        convert_options=pc.ConvertOptions(
            column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        ),
    )
    columns = [*table.columns[:inputs]]
    for column, field in zip(table.columns[inputs:], own, strict=True):
        if _is_list(field.type):
            texts = column.combine_chunks().dictionary_encode()
            lists = pa.array([text.split(";") for text in texts.dictionary.to_pylist()] + [[]], field.type)
            column = lists.take(texts.indices.fill_null(len(lists) - 1))
        elif pa.types.is_dictionary(field.type):
            column = column.combine_chunks().dictionary_encode()
        columns.append(column)
    kept = [pa.field(f.name, pa.string()) for f in list(schema)[:inputs]]
    return pa.Table.from_arrays(columns, schema=pa.schema([*kept, *own]))


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return not _is_list(kind) and not pa.types.is_dictionary(kind)


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
