"""Reading catalogues as record batches with bounded memory: CSV (UTF-8) and Parquet.

CSV goes through the csv module, not through ``pyarrow.csv``: a reject needs its exact line and raw text, one bad byte
must cost one line and not a whole block, and a stray quote must not swallow the lines behind it.
"""

from __future__ import annotations

import csv
import hashlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from chipclass.auditing.findings import AuditError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["AuditError", "Reject", "Source", "open_source", "sha256_of"]

DELIMITERS = (",", ";", "\t", "|")
BATCH_ROWS = 65_536
SAMPLE = 1 << 18
_MAGIC = {
    b"PK\x03\x04": "a ZIP or XLSX file; save the sheet as CSV (UTF-8) or Parquet",
    b"\xd0\xcf\x11\xe0": "an old Excel file; save the sheet as CSV (UTF-8) or Parquet",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"%PDF": "a PDF; export the table as CSV (UTF-8) or Parquet",
}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that could not be read as a row."""

    line: int
    reason: str
    raw: str


class Source(ABC):
    """A file that is read once, in batches. ``rows`` counts the rows met so far, rejected ones included."""

    def __init__(self, path: Path, format: str, schema: pa.Schema) -> None:
        self.path, self.format, self.schema = path, format, schema
        self.delimiter: str | None = None
        self.rows = 0

    @abstractmethod
    def batches(self, rows: int, reject: Callable[[Reject], None]) -> Iterator[pa.RecordBatch]:
        """The rows in batches of at most ``rows``; lines that cannot be rows go to ``reject``."""


def open_source(path: str | Path) -> Source:
    """A CSV or Parquet file, told apart by content. Raises AuditError for anything else."""
    place = Path(path)
    if place.is_dir():
        raise AuditError(f"{place} is a folder; name a CSV or Parquet file")
    try:
        with place.open("rb") as handle:
            sample = handle.read(SAMPLE)
    except FileNotFoundError:
        raise AuditError(f"{place} does not exist") from None
    except OSError as error:
        raise AuditError(f"{place} cannot be read: {error.strerror or error}") from None
    if not sample:
        raise AuditError(f"{place} is empty")
    if sample.startswith(b"PAR1"):
        return _ParquetSource(place)
    for magic, what in _MAGIC.items():
        if sample.startswith(magic):
            raise AuditError(f"{place} is {what}")
    if sample.startswith(_UTF16):
        raise AuditError(f"{place} is encoded as UTF-16; save it as UTF-8")
    if b"\0" in sample:
        raise AuditError(f"{place} is a binary file, or UTF-16 without a mark; save it as CSV (UTF-8) or Parquet")
    _check_encoding(place, sample)
    return _CsvSource(place, sample)


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _check_encoding(path: Path, sample: bytes) -> None:
    """A file in another encoding is refused as a whole; single bad lines become rejects."""
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    if len(sample) == SAMPLE and lines and sample.endswith(lines[-1]):
        lines.pop()
    bad = sum(not _is_utf8(line) for line in lines)
    if not _is_utf8(sample.partition(b"\n")[0]) or (bad >= 3 and bad * 2 >= len(lines)):
        raise AuditError(f"{path} is not UTF-8 (it may be Windows-1252, GB18030 or Shift-JIS); save it as UTF-8")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _ParquetSource(Source):
    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
        except (pa.ArrowException, OSError, ValueError):
            raise AuditError(f"{path} looks like Parquet and cannot be read; it may be cut off") from None
        if not rows:
            raise AuditError(f"{path} has columns and no rows")
        super().__init__(path, "parquet", schema)

    def batches(self, rows: int, reject: Callable[[Reject], None]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=rows):
                    self.rows += batch.num_rows
                    yield batch
        except (pa.ArrowException, OSError):
            raise AuditError(f"{self.path} cannot be read to its end; after row {self.rows} it is damaged") from None


class _CsvSource(Source):
    def __init__(self, path: Path, sample: bytes) -> None:
        import pyarrow as pa

        text = sample.decode("utf-8-sig", errors="replace")
        if len(sample) == SAMPLE:
            text = text[: text.rfind("\n") + 1] or text
        delimiter = delimiter_of(text)
        head: list[str] = next(
            (row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if row), []
        )
        if not any(head):
            raise AuditError(f"{path} has no header line")
        super().__init__(path, "csv", pa.schema([(name, pa.string()) for name in head]))
        self.delimiter = delimiter
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as handle:
            records = self._records(handle)
            next(records)
            if next(records, None) is None:
                raise AuditError(f"{path} has a header and no rows")

    def _records(self, handle: TextIO) -> Iterator[tuple[int, str, list[str] | str]]:
        """(line, raw text, fields or what is wrong) of every record; blank lines are no records."""
        width, line = len(self.schema), 0
        again: deque[str] = deque()
        held: list[str] = []

        def feed() -> Iterator[str]:
            while True:
                text = again.popleft() if again else handle.readline()
                if not text:
                    return
                held.append(text)
                yield text

        delimiter = self.delimiter or ","
        reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        while True:
            held.clear()
            wrong = ""
            fields: list[str] = []
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                wrong = str(error)
            start, line = line + 1, line + len(held)
            raw = "".join(held)
            if wrong and len(held) == 1 and len(loose := _loose(raw, delimiter)) == width:
                fields, wrong = loose, ""  # one line cannot have swallowed another
            if not fields and not wrong:
                continue
            if not raw.isascii() and not _encodable(raw):
                wrong = "bytes that are not UTF-8"
            elif not wrong and len(fields) != width:
                wrong = f"{len(fields)} field{'s' if len(fields) != 1 else ''} where the header has {width}"
            if len(held) > 1 and (wrong or raw.count('"') % 2 or _swallowed(held, width, delimiter)):
                # An open quote swallowed the lines behind it: only the first line is at fault.
                raw, line = held[0], start
                again.extendleft(reversed(held[1:]))
                reader = csv.reader(feed(), delimiter=delimiter, strict=True)
                wrong = "a quote that is not closed, or a row over several lines that does not fit the header"
            yield start, raw, wrong or fields

    def batches(self, rows: int, reject: Callable[[Reject], None]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        def made(records: list[list[str]]) -> pa.RecordBatch:
            arrays = [pa.array(column, pa.string()) for column in zip(*records, strict=True)]
            return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

        held: list[list[str]] = []
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as handle:
            records = self._records(handle)
            next(records)
            for line, raw, content in records:
                self.rows += 1
                if isinstance(content, str):
                    reject(Reject(line, content, _shown(raw)))
                    continue
                held.append(content)
                if len(held) == rows:
                    yield made(held)
                    held = []
        if held:
            yield made(held)


def _loose(line: str, delimiter: str) -> list[str]:
    """The fields of one line, whatever its quotes."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _swallowed(lines: list[str], width: int, delimiter: str) -> bool:
    """Whether a record over several lines has lines in it that are rows by themselves: a stray quote opened it."""
    if any(len(_loose(line, delimiter)) == width for line in lines[1:-1]):
        return True
    bare = [len(_loose(line.replace('"', ""), delimiter)) for line in (lines[0], lines[-1])]
    return width > 1 and bare == [width, width]


def delimiter_of(text: str) -> str:
    """The delimiter with which most lines of a sample have as many fields as the header, and more than one."""
    lines = text.splitlines(keepends=True)[:200]
    scores: dict[str, tuple[bool, float, int]] = {}
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        width = widths[0] if widths else 0
        scores[delimiter] = (width > 1, sum(w == width for w in widths) / max(1, len(widths)), width)
    best = max(scores, key=lambda delimiter: scores[delimiter], default=",")
    if scores.get(best, (False,))[0]:
        return best
    return next((delimiter for delimiter in ("\t", "|", ";") if delimiter not in text), ",")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(raw: str) -> str:
    """Raw text for a report: without the line end, bad bytes as \\xff."""
    return raw.rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def reject_json(entry: Reject) -> dict[str, Any]:
    return {"line": entry.line, "reason": entry.reason, "raw": entry.raw}
