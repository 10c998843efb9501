"""``chipclass export``: the spec table as a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from chipclass.export import SHAPES, export_specs, shape_words
from chipclass.rules.transactions import QueryError, parse_date
from chipclass.specdb.store import load


def run(out: Path, shape: str, as_of: str | None, folders: Sequence[Path]) -> int:
    if shape not in SHAPES:
        raise QueryError(f"unknown shape '{shape}'; expected {shape_words()}")
    path = export_specs(out, shape=shape, as_of=parse_date(as_of), specs=load(folders))
    print(
        f"wrote {path} ({shape}; units in column names, field metadata and the schema key 'chipclass')", file=sys.stderr
    )
    return 0
