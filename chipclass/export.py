"""Spec tables as files (Parquet, Arrow, CSV, JSON) and as data frames, with units and sources.

The same specs, date and versions give the same bytes.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chipclass.explanation import join
from chipclass.listings import dictionary_table, identifiers_table, products_table
from chipclass.specdb.store import Specs, load
from chipclass.tables import METADATA_KEY, long_table, wide_table

if TYPE_CHECKING:
    import datetime

    import pandas as pd
    import pyarrow as pa

__all__ = ["ExportError", "column_words", "export_specs", "facts_frame", "long_table", "specs_frame", "wide_table"]

#: The tables: name, what a row is, and how it is made from specs and date.
SHAPES: Mapping[str, tuple[str, Callable[[Specs, str | datetime.date | None], pa.Table]]] = {
    "wide": ("a row per chip", wide_table),
    "long": ("a row per fact", lambda specs, _: long_table(specs)),
    "products": ("a row per board, server, rack or instance and chip in it", lambda specs, _: products_table(specs)),
    "identifiers": ("a row per part number or PCI id", lambda specs, _: identifiers_table(specs)),
    "dictionary": ("a row per column of the other tables", lambda specs, _: dictionary_table(specs)),
}


class ExportError(ValueError):
    """A table cannot be written as asked. The message says why, and what would do."""


def export_specs(
    path: str | os.PathLike[str],
    *,
    shape: str = "wide",
    as_of: str | datetime.date | None = None,
    specs: Specs | None = None,
) -> Path:
    """Write the spec database to a file and return its path; the suffix chooses the format.

    ``.parquet`` and ``.arrow`` (Arrow IPC) carry units, meanings and licence in their metadata. In ``.csv`` lists are
    joined by ``;`` (lists in lists by a blank) and null is an empty cell; ``.json`` is one list of records. ``shape``
    is one of `SHAPES`: ``wide`` (one row per chip, status as of ``as_of``, default today), ``long`` (one row per
    fact), ``products``, ``identifiers`` or ``dictionary``; the date has an effect on the wide table only. Missing
    folders are made. The file appears whole or not at all, and the same specs, date and versions give the same bytes.
    Raises ExportError for an unknown suffix or shape or a place that cannot be written, QueryError for a date that is
    none (both ValueErrors).
    """
    target = Path(path).expanduser()
    write = _writer(target)
    if shape not in SHAPES:
        raise ExportError(f"unknown shape '{shape}'; expected {shape_words()}")
    with _refused_in_words(target):
        _check_place(target)
    specs = specs or load()
    table = SHAPES[shape][1](specs, as_of)
    with _refused_in_words(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, table, write)
    return target


def shape_words() -> str:
    """The shapes with what a row is in each, for messages."""
    return join([f"{name} ({row})" for name, (row, _) in SHAPES.items()], "or")


def specs_frame(specs: Specs | None = None, as_of: str | datetime.date | None = None) -> pd.DataFrame:
    """One row per chip, as in `wide_table`; ``df.attrs["units"]`` maps columns to units, ``["chipclass"]`` to versions.

    Dtypes are pandas' nullable ones: unknown is ``pd.NA``, and a comparison with it is unknown too, never false.
    """
    return _frame(wide_table(specs or load(), as_of))


def facts_frame(specs: Specs | None = None) -> pd.DataFrame:
    """One row per fact, as in `long_table`; the unit of a row stands in its ``unit`` column. Dtypes are nullable."""
    return _frame(long_table(specs or load()))


def column_words(table: pa.Table) -> dict[str, dict[str, str | None]]:
    """Unit (or None), meaning and, for metrics, citation of every column of a spec table: its data dictionary."""
    columns: dict[str, dict[str, str | None]] = json.loads(table.schema.metadata[METADATA_KEY])["columns"]
    return columns


def _frame(table: pa.Table) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    nullable = {
        pa.float64(): pd.Float64Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): pd.StringDtype(),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=nullable.get)
    document = json.loads(table.schema.metadata[METADATA_KEY])
    columns = document.pop("columns")
    frame.attrs |= {"units": {name: words["unit"] for name, words in columns.items() if words["unit"]}}
    frame.attrs |= {"chipclass": document}
    return frame


def _writer(path: Path) -> Callable[[pa.Table, Path], None]:
    """The writer of a suffix. Raises ExportError for one that is not known."""
    writers = {".parquet": _write_parquet, ".csv": _write_csv, ".json": _write_json, ".arrow": _write_arrow}
    if write := writers.get(path.suffix.lower()):
        return write
    found = f"has the unknown suffix '{path.suffix}'" if path.suffix else "has no suffix"
    raise ExportError(f"'{path}' {found}; name a file that ends in .parquet, .csv, .json or .arrow")


@contextmanager
def _refused_in_words(path: Path) -> Iterator[None]:
    """What the system refuses, as an ExportError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(f"cannot write '{path}': {reason}; choose a folder where you can make files") from error


def _check_place(path: Path) -> None:
    """Refuse a folder's own name and a place below a file, in the same words on every system."""
    if path.is_dir():
        example = path / "specs.parquet"
        raise ExportError(f"cannot write '{path}': it is a folder; name a file in it, for example '{example}'")
    above = next((folder for folder in path.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise ExportError(f"cannot write '{path}': '{above}' is a file, not a folder; choose another folder")


def _replace(target: Path, table: pa.Table, write: Callable[[pa.Table, Path], None]) -> None:
    """Write under a temporary name beside the target, then rename: nobody sees half a file."""
    partial = target.with_name(f".chipclass-{secrets.token_hex(6)}.tmp")
    try:
        write(table, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _write_parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path)


def _write_arrow(table: pa.Table, path: Path) -> None:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _write_json(table: pa.Table, path: Path) -> None:
    rows = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in table.to_pylist())
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8", newline="\n")


def _write_csv(table: pa.Table, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv

    for number, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            flat = pa.array([_flat(value) for value in table.column(number).to_pylist()], pa.string())
            table = table.set_column(number, field.name, flat)
    pyarrow.csv.write_csv(table, path)


def _flat(value: Any, separator: str = ";") -> str | None:
    """A list as one cell: entries joined, an unknown entry empty, lists within it joined by a blank."""
    if value is None:
        return None
    return separator.join(map(_cell, value))


def _cell(value: Any) -> str:
    if value is None or isinstance(value, list):
        return _flat(value, " ") or ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
