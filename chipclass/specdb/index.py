"""The compiled index as a file: an SQLite database, so that one product costs the same among forty and six hundred.

Records (chips, sources, names ...) are rows, read when they are asked for. What every question needs (rules, metrics,
destinations ...) is a document each, parsed on first use.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

#: Changes with what is written: an index of another version is never read.
VERSION = 4
#: Parts of the index of which a question needs a few entries only.
TABLES = ("sources", "dies", "chips", "families", "products", "facts", "names", "numbers", "boards", "members")


class Table(Mapping[str, Any]):
    """One table of records in file order. Each is read and parsed when it is first asked for."""

    def __init__(self, file: File, kind: str) -> None:
        self._file, self._kind = file, kind
        self._known: dict[str, Any] = {}
        self._order: list[str] | None = None

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            rows = self._file.rows("SELECT json FROM record WHERE kind = ? AND id = ?", (self._kind, name))
            if not rows:
                raise KeyError(name)
            self._known[name] = json.loads(rows[0][0])
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        if name in self._known:
            return True
        return bool(self._file.rows("SELECT 1 FROM record WHERE kind = ? AND id = ?", (self._kind, name)))

    def __iter__(self) -> Iterator[str]:
        if self._order is None:
            self._read_all()
        return iter(self._order or ())

    def __len__(self) -> int:
        if self._order is not None:
            return len(self._order)
        return int(self._file.rows("SELECT count(*) FROM record WHERE kind = ?", (self._kind,))[0][0])

    def _read_all(self) -> None:
        rows = self._file.rows("SELECT id, json FROM record WHERE kind = ? ORDER BY place", (self._kind,))
        texts = json.loads(f"[{','.join(text for _, text in rows)}]")
        for (name, _), entry in zip(rows, texts, strict=True):
            self._known.setdefault(name, entry)
        self._order = [name for name, _ in rows]


class File(Mapping[str, Any]):
    """An index file as the mapping that it was written from. Raises OSError if it is missing or no index."""

    def __init__(self, path: Path) -> None:
        self._uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        self._connections: dict[int, sqlite3.Connection] = {}
        self._parts: dict[str, Any] = {name: Table(self, name) for name in TABLES}
        try:
            self._names = [name for (name,) in self.rows("SELECT name FROM document ORDER BY place")]
        except sqlite3.Error as error:
            raise OSError(f"{path} is no index: {error}") from error

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """The rows of a query; every process has a connection of its own, as SQLite asks for."""
        connection = self._connections.get(os.getpid())
        if connection is None:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._connections = {os.getpid(): connection}
        return connection.execute(query, values).fetchall()

    def __getitem__(self, name: str) -> Any:
        if name not in self._parts:
            rows = self.rows("SELECT json FROM document WHERE name = ?", (name,))
            if not rows:
                raise KeyError(name)
            self._parts[name] = json.loads(rows[0][0])
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._names
        yield from TABLES

    def __len__(self) -> int:
        return len(self._names) + len(TABLES)


def write(index: Mapping[str, Any], path: Path) -> None:
    """Write an index; the file appears whole or not at all. Raises OSError where it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    partial.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(partial)
        try:
            _fill(connection, index)
        finally:
            connection.close()
        partial.replace(path)
    except sqlite3.Error as error:
        raise OSError(f"cannot write {path}: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, index: Mapping[str, Any]) -> None:
    with connection:
        connection.execute("CREATE TABLE document (place INTEGER PRIMARY KEY, name TEXT UNIQUE, json TEXT)")
        connection.execute("CREATE TABLE record (place INTEGER PRIMARY KEY, kind TEXT, id TEXT, json TEXT)")
        documents = [(name, _json(part)) for name, part in index.items() if name not in TABLES]
        records = [(kind, name, _json(entry)) for kind in TABLES for name, entry in index[kind].items()]
        connection.executemany("INSERT INTO document (name, json) VALUES (?, ?)", documents)
        connection.executemany("INSERT INTO record (kind, id, json) VALUES (?, ?, ?)", records)
        connection.execute("CREATE UNIQUE INDEX by_id ON record (kind, id)")


def _json(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
