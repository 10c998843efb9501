"""Which column is what: part number, description, manufacturer, declared ECCN. By header, or as the user maps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from chipclass.auditing.findings import AuditError

#: Roles with their usual English headers, as words: case, spaces, dots and underscores do not matter.
HEADERS = {
    "part_number": (
        "part number|part no|part num|part|partno|partnumber|part nr|pn|p n|mpn|manufacturer part number"
        "|manufacturer part no|mfr part number|mfr part no|mfg part number|mfg part no|mfr pn|mfg pn"
        "|vendor part number|supplier part number"
        "|oem part number|product number|product code|product no|model number|model no|sku|item code|article number"
        "|article no"
    ),
    "description": (
        "description|desc|item description|item desc|product description|product desc|part description|part desc"
        "|material description|goods description|commodity description|description of goods|long description"
        "|short description|text|item text|short text|long text|name|product name|item name|hardware name|part name"
        "|product|item|title|model|model name|details|specification|specifications|commodity|goods|gpu"
        "|accelerator|chip|device"
    ),
    "manufacturer": (
        "manufacturer|manufacturer name|maker|mfr|mfg|mfr name|mfg name|brand|brand name|vendor|vendor name|make"
    ),
    "eccn": (
        "eccn|us eccn|eccn us|eccn number|eccn no|eccn code|export classification|export control classification number"
        "|export control classification|nveccn|declared eccn|us export classification|eccn ear"
    ),
}
ROLES = tuple(HEADERS)
#: Columns that are recognised and not honoured yet; they are listed in the summary. ``country`` alone says too little.
NOT_USED = {
    "destination": (
        "destination|dest|destination country|destination country code|country of destination|ultimate destination"
        "|country of ultimate destination|final destination|ship to|ship to country|ship to country code|shipto"
        "|ship to address|deliver to|delivery country|consignee country|end user country"
    ),
    "date": (
        "date|ship date|shipping date|shipment date|date of shipment|order date|date of order|export date"
        "|date of export|delivery date|invoice date|transaction date|po date"
    ),
    "tpp": "tpp|declared tpp|vendor tpp|total processing performance",
}
_KNOWN = {header: role for role, headers in (HEADERS | NOT_USED).items() for header in headers.split("|")}


@dataclass(frozen=True, slots=True)
class Roles:
    """Column positions by role. ``assumed``: no column was recognised, so every text column is read as description."""

    columns: tuple[str, ...]
    positions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    assumed: bool = False

    def of(self, role: str) -> tuple[int, ...]:
        return self.positions.get(role, ())

    @property
    def scanned(self) -> tuple[int, ...]:
        """The columns in which names are looked for, part numbers first."""
        return self.of("part_number") + self.of("description")

    def to_dict(self) -> dict[str, Any]:
        named: dict[str, Any] = {role: [self.columns[place] for place in self.of(role)] for role in ROLES}
        unused = sorted(place for role in NOT_USED for place in self.of(role))
        return {**named, "not_used": [self.columns[place] for place in unused], "assumed": self.assumed}


def words_of(header: str) -> str:
    """A header as lower-case words: ``MfrPartNumber`` and ``MFR_PART_NUMBER`` are the same."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.findall(r"[^\W_]+", split)).casefold()


def roles_of(
    columns: Sequence[str], textual: Iterable[int], mapping: Mapping[str, str | Sequence[str]] | None = None
) -> Roles:
    """Roles of named columns; ``textual`` are the positions that hold text. Raises AuditError for a wrong mapping."""
    names = tuple(columns)
    found: dict[str, tuple[int, ...]] = {}
    for role, wanted in (mapping or {}).items():
        if role not in ROLES:
            raise AuditError(f"unknown role '{role}'; expected one of {', '.join(ROLES)}")
        found[role] = tuple(_position(name, names) for name in ([wanted] if isinstance(wanted, str) else wanted))
    taken = {place for places in found.values() for place in places}
    for place, name in enumerate(names):
        header = words_of(name)
        known = _KNOWN.get(header) or _KNOWN.get(header.replace(" ", ""))
        if known and known not in (mapping or {}) and place not in taken:
            found[known] = (*found.get(known, ()), place)
    if found.get("part_number") or found.get("description"):
        return Roles(names, found)
    rest = {place for places in found.values() for place in places}
    texts = tuple(place for place in textual if place not in rest)
    if not texts:
        shown = ", ".join(repr(name) for name in names[:12])
        raise AuditError(f"no column with text to look at; the columns are {shown}")
    return Roles(names, {**found, "description": texts}, assumed=True)


def _position(name: str, names: Sequence[str]) -> int:
    if name in names:
        return names.index(name)
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else f"; the columns are {', '.join(names[:12])}"
    raise AuditError(f"no column '{name}'{hint}")
