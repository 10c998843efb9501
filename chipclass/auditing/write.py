"""Writing results: Parquet or CSV, rejects and summary, each under a temporary name until everything is complete."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from chipclass.auditing.findings import AuditError
from chipclass.auditing.read import Reject, reject_json

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = (".parquet", ".csv")


class Writer:
    """OUT, OUT's rejects and OUT's summary. They appear together on ``finish``; leaving without it leaves nothing."""

    def __init__(self, output: str | Path, schema: pa.Schema) -> None:
        self.path = checked(output)
        self.rejects_path = self.path.with_suffix(".rejects.jsonl")
        self.summary_path = self.path.with_suffix(".audit.json")
        self._schema = schema
        self._file: Any = None
        self._rejects: TextIO | None = None
        self._csv = self.path.suffix.casefold() == ".csv"

    def __enter__(self) -> Writer:
        import pyarrow.csv as pc
        import pyarrow.parquet as pq

        try:
            self._rejects = self._temporary(self.rejects_path).open("w", encoding="utf-8", newline="\n")
            place = str(self._temporary(self.path))
            if self._csv:
                options = pc.WriteOptions(quoting_style="needed")
                self._file = pc.CSVWriter(place, _flat_schema(self._schema), write_options=options)
            else:
                self._file = pq.ParquetWriter(place, self._schema, compression="zstd")
        except OSError as error:
            self.__exit__(None, None, None)
            raise AuditError(f"{self.path} cannot be written: {error.strerror or error}") from None
        return self

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write_batch(flat(batch) if self._csv else batch)

    def reject(self, entry: Reject) -> None:
        assert self._rejects is not None
        self._rejects.write(json.dumps(reject_json(entry), ensure_ascii=False) + "\n")

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Close everything, write the summary, and give all files their names."""
        self._close()
        text = json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        self._temporary(self.summary_path).write_text(text, encoding="utf-8", newline="\n")
        for path in (self.path, self.rejects_path, self.summary_path):
            self._temporary(path).replace(path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        for path in (self.path, self.rejects_path, self.summary_path):
            self._temporary(path).unlink(missing_ok=True)

    def _close(self) -> None:
        for handle in (self._file, self._rejects):
            if handle is not None:
                handle.close()
        self._file = self._rejects = None

    @staticmethod
    def _temporary(path: Path) -> Path:
        return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def checked(output: str | Path) -> Path:
    """An output path that can be written to. Raises AuditError."""
    path = Path(output)
    if path.suffix.casefold() not in FORMATS:
        raise AuditError(f"cannot write {path.name}: the name must end in {' or '.join(FORMATS)}")
    if path.is_dir():
        raise AuditError(f"{path} is a folder; name a file")
    if not path.parent.is_dir():
        raise AuditError(f"the folder {path.parent} does not exist")
    return path


def writable(field: pa.Field, suffix: str) -> bool:
    """Whether a column of this type can be written to a file of this kind."""
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    if suffix == ".csv" and any(test(kind) for test in binary):
        return False
    batch = pa.RecordBatch.from_arrays([pa.nulls(1, field.type)], schema=pa.schema([field.with_nullable(True)]))
    sink = pa.BufferOutputStream()
    try:
        if suffix == ".csv":
            pc.write_csv(flat(batch), sink)
        else:
            pq.write_table(pa.Table.from_batches([batch]), sink)
    except (AuditError, pa.ArrowException, TypeError, ValueError):
        return False
    return True


def flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    """For CSV: lists joined by ';', empty text and null alike as nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for column in batch.columns:
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            column = pc.binary_join(pc.cast(column, pa.list_(pa.string())), ";")
        elif pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_string_view(column.type):
            column = pc.cast(column, pa.string())
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=_flat_schema(batch.schema))


def _flat_schema(schema: pa.Schema) -> pa.Schema:
    import pyarrow as pa

    fields = []
    for field in schema:
        kind = field.type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            kind = pa.string()
        elif pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_string_view(kind):
            kind = pa.string()
        if pa.types.is_nested(kind):
            raise AuditError(f"column '{field.name}' is nested ({kind}) and does not fit into CSV; write Parquet")
        fields.append(pa.field(field.name, kind))
    return pa.schema(fields)
