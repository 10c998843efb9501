"""What every answer is: a JSON document with a readable shape."""

from __future__ import annotations

import json
from typing import Any


class Answer:
    """A computed answer. ``to_dict()`` is the JSON output of the command; ``repr`` is a readable block."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def to_dict(self) -> dict[str, Any]:
        return self._data

    def to_json(self, indent: int | None = 2) -> str:
        """The document as JSON text; never NaN or Infinity."""
        return json.dumps(self._data, ensure_ascii=False, indent=indent, allow_nan=False)
