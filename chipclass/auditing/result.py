"""What an audit gives back: the table, the findings, the summary."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chipclass.auditing.batch import NAMES
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
            import pyarrow.csv as pc

            return pc.read_csv(self.output)
        import pyarrow.parquet as pq

        return pq.read_table(self.output)

    @property
    def findings(self) -> pa.Table:
        """One line per finding: position of the row in the table, code, severity, message, question."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self.table.column(NAMES[-2]).combine_chunks()
        if pa.types.is_string(column.type):
            column = pc.split_pattern(pc.fill_null(column, ""), ";")
        codes = pc.list_flatten(column)
        rows = pc.list_parent_indices(column)
        keep = pc.not_equal(codes, "")
        codes, rows = codes.filter(keep), rows.filter(keep)
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


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
