"""Text to exact quantity to canonical figure: the only module that knows pint.

The registry is chipclass's own (``specs/units.txt``) and works in decimals, so ``4.8 TB/s`` is exactly ``4800 GB/s``.
Bits and operations are dimensions: a rate in bytes never converts to a rate of operations, and TPP
(tera-operations per second x bit, 15 CFR 774 Supp. 1, Technical Notes to 3A090) is a unit of its own.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

#: Spellings of datasheets that are not plain unit expressions.
_SPELLINGS = (
    (re.compile(r"²|\^2"), "**2"),
    (re.compile(r"\bmm2\b"), "mm**2"),
    (re.compile(r"(?i)\b([kmgtpe]?)(fl)?op/s\b"), lambda m: f"{_prefix(m[1])}ops"),
    (re.compile(r"(?i)\b([kmgtpe]?)(fl)?ops\b"), lambda m: f"{_prefix(m[1])}ops"),
    (re.compile(r"(?i)\b([kmgtpe]?)macs?/s\b"), lambda m: f"{_prefix(m[1])}macs"),
    (re.compile(r"(?<=\w)·(?=\w)|×"), "*"),
)
#: Digits, or groups of three divided by one separator: "4,8" and "5 3" are no numbers.
_NUMBER = re.compile(
    r"\s*([+-]?(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?![\d,.])(.*)"
)
_EXAMPLES = {
    "[operation] * [information] / [time]": "1000 TPP",
    "[operation] / [time]": "989.4 TFLOPS",
    "[information] / [time]": "4.8 TB/s",
    "[information]": "141 GB",
    "[length] ** 2": "814 mm^2",
    "[length]": "4 nm",
    "[power]": "700 W",
}


class UnitError(ValueError):
    """A text is not a quantity, or a quantity has another dimension than the one asked for."""


def _prefix(letter: str) -> str:
    return letter.upper() if letter.lower() != "k" else "k"


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry[Decimal]:
    """The one registry of the process: decimal magnitudes, no default units."""
    import pint

    from chipclass.places import specs_folder

    ureg: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal, cache_folder=None)
    ureg.load_definitions(Path(specs_folder()) / "units.txt")
    return ureg


@lru_cache(maxsize=512)
def _unit(text: str) -> Any:
    spelled = text.strip()
    if "//" in spelled or spelled.endswith(("/", "*")):
        raise UnitError(f"unknown unit '{text}'; write for example GB/s")
    for pattern, replacement in _SPELLINGS:
        spelled = pattern.sub(replacement, spelled)
    ureg = registry()
    try:
        return ureg.parse_units(spelled)
    except Exception as error:  # pint raises several unrelated classes, tokenize errors among them
        raise UnitError(
            f"unknown unit '{text}'; write for example TFLOPS, TOPS, GB/s, TB/s, GB, mm^2, W or TPP"
        ) from error


def dimension(unit: str) -> str:
    """Dimension of a unit in words of the registry, e.g. ``[information] / [time]``."""
    return str(registry().get_dimensionality(_unit(unit)))


def quantity(text: str, unit: str) -> Decimal:
    """Exact magnitude of ``text`` in ``unit``.

    >>> quantity("4.8 TB/s", "GB/s")
    Decimal('4800.0')

    Raises UnitError if the text has no unit or a unit of another dimension; the message names both dimensions.
    """
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        raise UnitError(f"'{text}' is not a quantity; write a number and a unit, for example '{_example(unit)}'")
    if not match[2]:
        raise UnitError(f"'{text}' has no unit; write for example '{text.strip()} {unit}'")
    try:
        number = Decimal(re.sub(r"[,\s\u00a0\u202f]", "", match[1]))
    except InvalidOperation as error:
        raise UnitError(f"'{match[1]}' is not a number") from error
    return convert(number, match[2], unit)


def convert(number: Decimal, given: str, wanted: str) -> Decimal:
    """``number`` of unit ``given`` in unit ``wanted``, exactly."""
    source, target = _unit(given), _unit(wanted)
    if registry().get_dimensionality(source) != registry().get_dimensionality(target):
        raise UnitError(
            f"'{given}' is {dimension(given)}, but {dimension(wanted)} is wanted; "
            f"write for example '{_example(wanted)}'"
        )
    factor = _factor(given, wanted)
    return number * factor


@lru_cache(maxsize=512)
def _factor(given: str, wanted: str) -> Decimal:
    ureg = registry()
    root, base = (ureg.get_root_units(_unit(text))[0] for text in (given, wanted))
    return (Decimal(str(root)) / Decimal(str(base))).normalize()


def _example(unit: str) -> str:
    return _EXAMPLES.get(dimension(unit), f"1 {unit}")
