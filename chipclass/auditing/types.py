"""Types of columns: what is text, what can be read as text, and what can be written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chipclass.auditing.batch import _encoded
from chipclass.auditing.findings import AuditError
from chipclass.auditing.roles import ROLES, Roles
from chipclass.auditing.write import writable

if TYPE_CHECKING:
    import pyarrow as pa


def is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def textual(schema: pa.Schema) -> list[int]:
    """Positions of the columns that hold text."""
    return [place for place, field in enumerate(schema) if is_text(field.type)]


def clean(text: str) -> str:
    """A text that UTF-8 can hold: a lone surrogate becomes the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check(schema: pa.Schema, roles: Roles, output: str | Path | None) -> None:
    """Raises AuditError, before the first row, for a column that cannot be read as text or not be written."""
    for place in sorted({place for role in ROLES for place in roles.of(role)}):
        field = schema.field(place)
        if not _readable(field.type):
            raise AuditError(f"column '{field.name}' holds {field.type} and cannot be read as text; map another column")
    if output is None:
        return
    suffix = Path(output).suffix.casefold()
    for field in schema:
        if not writable(field, suffix):
            other = "; write Parquet, or leave the column out" if suffix == ".csv" else "; leave the column out"
            raise AuditError(f"column '{field.name}' holds {field.type} and does not fit into {suffix[1:]}{other}")


def _readable(kind: pa.DataType) -> bool:
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if _odd(inner) or pa.types.is_nested(inner):
        return False
    try:
        _encoded(pa.nulls(1, kind))
    except (pa.ArrowException, TypeError, ValueError):
        return False
    return True


def _odd(kind: pa.DataType) -> bool:
    import pyarrow as pa

    binary = (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )
    return bool(binary or pa.types.is_run_end_encoded(kind))
