"""Tables from outside as record batches, and their columns as plain arrays: figures, answers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from chipclass.logic.numbers import INF
from chipclass.rules.transactions import QueryError
from chipclass.specdb.problems import near

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows at a time: few enough that their memory is used again, so many that little is done per batch.
BATCH_ROWS = 1 << 17
#: The largest row group that one thread reads as a whole; a file with larger ones is read in one stream.
_GROUP_ROWS = 2 * 1024 * 1024

#: Some rows in succession, read when it is called, by whichever thread.
Part = Callable[[], "Iterable[pa.RecordBatch]"]


class Stream(NamedTuple):
    """Some columns of a table: parts that can be read side by side, each with the number of its first row, from 1."""

    schema: pa.Schema
    parts: Iterator[tuple[int, Part]]


class Table(NamedTuple):
    """A table that can be read once: the names of its columns, and some of them as a stream."""

    names: list[str]
    select: Callable[[list[str]], Stream]


def open_table(source: Any) -> Table:
    """A Parquet path, a pandas DataFrame, or anything that speaks Arrow. Raises QueryError for anything else."""
    import pyarrow as pa

    if isinstance(source, (str, Path)):
        return _parquet(Path(source))
    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return Table(
            source.column_names, lambda columns: _stream(source.select(columns).to_reader(BATCH_ROWS), columns)
        )
    if hasattr(source, "iloc") and hasattr(source, "columns"):
        return _frame(source)
    if hasattr(source, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(source)
        return Table(reader.schema.names, lambda columns: _stream(reader, columns))
    kind = type(source).__name__
    raise QueryError(
        f"a {kind} has no columns; expected a Parquet path, a pandas DataFrame or an Arrow table or reader"
    )


def _stream(batches: pa.RecordBatchReader, columns: list[str]) -> Stream:
    import pyarrow as pa

    def parts() -> Iterator[tuple[int, Part]]:
        row = 1
        for batch in batches:
            yield row, partial(_pieces, batch.select(columns))
            row += batch.num_rows

    return Stream(pa.schema([batches.schema.field(name) for name in columns]), parts())


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, BATCH_ROWS):
        yield batch.slice(start, BATCH_ROWS)


def _parquet(path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            metadata, schema = file.metadata, file.schema_arrow
    except FileNotFoundError:
        raise QueryError(f"{path} does not exist") from None
    except (pa.ArrowException, OSError):
        raise QueryError(
            f"{path} is not a Parquet file, or is cut off; expected Parquet, or a table in memory"
        ) from None
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]

    def read(columns: list[str], groups: list[int], threads: bool) -> Iterator[pa.RecordBatch]:
        try:
            with pq.ParquetFile(path, metadata=metadata) as file:
                yield from file.iter_batches(BATCH_ROWS, row_groups=groups, columns=columns, use_threads=threads)
        except (pa.ArrowException, OSError) as error:
            raise QueryError(f"{path} cannot be read to its end: {_first_line(error)}") from None

    def select(columns: list[str]) -> Stream:
        chosen = pa.schema([schema.field(name) for name in columns])
        groups = list(range(len(sizes)))
        if max(sizes, default=0) > _GROUP_ROWS:
            return _stream(pa.RecordBatchReader.from_batches(chosen, read(columns, groups, True)), columns)
        parts = (partial(read, columns, [group], False) for group in groups)
        return Stream(chosen, zip(accumulate(sizes, initial=1), parts, strict=False))

    return Table(schema.names, select)


def _frame(frame: Any) -> Table:
    import pyarrow as pa

    def select(columns: list[str]) -> Stream:
        try:
            table = pa.Table.from_pandas(frame[columns], preserve_index=False)
        except (pa.ArrowException, ValueError) as error:
            raise QueryError(f"the data frame does not fit into columns: {_first_line(error)}") from None
        return _stream(table.to_reader(BATCH_ROWS), columns)

    return Table([name for name in frame.columns if isinstance(name, str)], select)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def once(name: str, names: Sequence[str]) -> str:
    """A column that is there, and once. Raises QueryError."""
    count = names.count(name)
    if count != 1:
        raise QueryError(
            f"column '{name}' is there {count} times" if count else f"no column '{name}'{near(name, names)}"
        )
    return name


def figures_of(array: pa.Array, name: str, first: int, positive: bool = False, spare: Any = None) -> tuple[Any, Any]:
    """(figures as floats, which are known) of a column of numbers; a null, and a NaN, is not known.

    ``first`` is the number of the first row, for messages; rows in ``spare`` are not looked at. Raises QueryError for
    a column that holds no numbers, for negative and infinite figures, and with ``positive`` for 0.
    """
    import numpy as np

    array = _as_floats(array, name)
    values, known = _values(array), _known(array)
    if spare is not None:
        known = ~spare if known is None else known & ~spare
    good = (values > 0 if positive else values >= 0) & (values < INF)
    bad = ~good if known is None else known & ~good
    if bad.any():
        missing = np.isnan(values)
        known = ~missing if known is None else known & ~missing
        bad &= known
    if bad.any():
        row = int(np.argmax(bad))
        told = "a figure above 0, and null where it is not known" if positive else "a figure from 0 on, or null"
        raise QueryError(f"column '{name}', row {first + row}: found {values[row]:g}; expected {told}")
    return values, known


def answers_of(array: pa.Array, name: str) -> Any:
    """A column of yes and no as bytes: 0 no, 1 yes, 2 for null. Raises QueryError for any other column."""
    import numpy as np
    import pyarrow as pa

    if pa.types.is_null(array.type):
        array = array.cast(pa.bool_())
    if not pa.types.is_boolean(array.type):
        raise QueryError(f"column '{name}' holds {array.type}; expected true, false and null")
    answers, known = _bits(array.buffers()[1], array), _known(array)
    return answers if known is None else np.where(known, answers, np.uint8(2))


def _as_floats(array: pa.Array, name: str) -> pa.Array:
    import pyarrow as pa

    kind = array.type
    if pa.types.is_float64(kind):
        return array
    if pa.types.is_dictionary(kind):
        return _as_floats(array.dictionary_decode(), name)
    if pa.types.is_floating(kind):  # read in its own digits: 5.92 in 32 bits is 5.92, not its neighbour in 64 bits
        return array.cast(pa.string()).cast(pa.float64())
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return array.cast(pa.float64(), safe=False)
    raise QueryError(f"column '{name}' holds {kind}; expected numbers")


def _values(array: pa.Array) -> Any:
    import numpy as np

    return np.frombuffer(array.buffers()[1], np.float64)[array.offset : array.offset + len(array)]


def _known(array: pa.Array) -> Any:
    return None if array.null_count == 0 else _bits(array.buffers()[0], array).view(bool)


def _bits(buffer: pa.Buffer, array: pa.Array) -> Any:
    import numpy as np

    start, end = array.offset, array.offset + len(array)
    whole = np.frombuffer(buffer, np.uint8)[start // 8 : (end + 7) // 8]
    return np.unpackbits(whole, bitorder="little")[start % 8 :][: len(array)]
