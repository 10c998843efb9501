"""How many chips one unit of an item has, as far as the text beside a name says so plainly."""

from __future__ import annotations

import re

#: How many characters before a name or word are looked at for a count, a "for", a "without".
NEAR = 40
#: A bus is as wide as its lanes ("PCIe x16"): no count.
_LANES = re.compile(r"(?:PCI[\s-]?E(?:XPRESS)?|GEN\s?[1-7]|PCI)[\s.0-9]*[X×]\s?[0-9]{1,2}\s?$")
_BEFORE = re.compile(r"(?:(?<![A-Z0-9.])([1-9][0-9]{0,2})\s?[X×*]|(?<![A-Z0-9])[X×]\s?([1-9][0-9]?))\s?$")
_AFTER = re.compile(r"\s?(?:[X×*]\s?([1-9][0-9]?)|\(\s?([1-9][0-9]?)\s?[X×]?\s?\))(?![A-Z0-9.])(?!\s?(?:LANE|PCI))")
_GPU = re.compile(r"(?<![A-Z0-9])([1-9][0-9]?)\s?[X×-]?\s?(?:GPUS?(?![A-Z])|卡)")
#: A number that stands beside the name by itself, or an ordered quantity: it may be chips, and may be something else.
_BARE_BEFORE = re.compile(r"(?<![A-Z0-9.,/-])(?:[2-9]|[1-9][0-9]{1,3})\s$")
_BARE_AFTER = re.compile(r"[\s,:-]{1,3}(?:[2-9]|[1-9][0-9]{1,3})\s?(?=$|[,;)\n])")
_QUANTITY = re.compile(
    r"(?<![A-Z0-9])(?:QTY|QUANTITY|MENGE|QTÉ|PCS|PIECES?|UNITS|STÜCK|STK|SETS?|PAIRS?|LOT OF)(?![A-Z0-9])"
    r"|[0-9]\s?(?:PCS?|EA|STK|个|块|张|張|枚|片|台)(?![A-Z])"
)
_SEVERAL = re.compile(r"(?<![A-Z0-9])(?:[2-9]|[1-9][0-9])\s?[X×](?![A-Z0-9])")

_SYSTEM = re.compile(
    r"(?<![A-Z])(?:SERVERS?|SYSTEMS?|NODES?|RACKS?|(?:BASE[\s-]?)?BOARDS?|CHASSIS|WORKSTATION|CLUSTER|POD|TRAY|PLATFORM|STATION|SERVEUR)(?![A-Z])"
)


def before(text: str, start: int) -> int | None:
    """The count right before a name: ``8x``, ``x8``. The width of a bus is none."""
    near = text[max(0, start - NEAR) : start]
    match = None if _LANES.search(near) else _BEFORE.search(near)
    return int(match[1] or match[2]) if match else None


def behind(text: str, end: int) -> int | None:
    """The count right behind a name: ``x8``, ``(8)``."""
    match = _AFTER.match(text, end)
    return int(match[1] or match[2]) if match else None


def stated(text: str, start: int, end: int) -> set[int | None]:
    """The counts that stand beside a name. None among them: a number that may be a count, and may be another one."""
    numbers: set[int | None] = set()
    if (count := before(text, start)) is not None:
        # x16 without a multiplicand is the usual width of a bus.
        lanes = count == 16 and not re.search(r"16\s?[X×*]\s?$", text[:start])
        numbers.add(None if lanes else count)
    if after := _AFTER.match(text, end):
        count = int(after[1] or after[2])
        spaced = text[end : end + 1].isspace()
        if count != 16 or after[2]:
            numbers.add(count)
        elif not spaced:
            numbers.add(None)
    if gpus := _GPU.search(f"{text[:start]}\n{text[end:]}"):
        numbers.add(int(gpus[1]))
    return numbers


def several(text: str, start: int) -> bool:
    """Whether more than one of what is named seems to stand there."""
    return (before(text, start) or 1) > 1 or bool(_BARE_BEFORE.search(text, max(0, start - NEAR), start))


def unclear(text: str, start: int, end: int) -> bool:
    """Whether a number beside a name could be a count, or the item consists of several parts."""
    rest = f"{text[:start]}\n{text[end:]}"
    bare = _BARE_BEFORE.search(text, max(0, start - NEAR), start) or _BARE_AFTER.match(text, end)
    return bool(bare or _QUANTITY.search(rest) or _SEVERAL.search(text) or _SYSTEM.search(text))
