"""Values of spec files: text with a unit, an interval, a best guess within an interval, or ``none``."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from chipclass import units

_INTERVAL = re.compile(r"([\[(])\s*([^,]+?)\s*,\s*([^\])]+?)\s*([\])])\s*(\S.*)")
_GUESS = re.compile(r"(.+?)\s+in\s+([\[(].+)")
_DIGITS = re.compile(r"[\d,]*\.?\d+")


class ValueProblem(ValueError):
    """A value of a spec file that cannot be read; the message says what was expected."""


def figure(text: Any, unit: str, bounds: tuple[float, float] | None = None) -> dict[str, Any]:
    """A quantity of a spec file in its canonical unit, as the index stores it (decimal strings).

    >>> figure("4.8 TB/s", "GB/s")["value"]
    '4800'
    """
    if not isinstance(text, str):
        raise ValueProblem(f'expected text with a unit, for example "{text} {unit}"; found {text!r}')
    if text == "none":
        return {"text": text, "none": True}
    if guess := _GUESS.fullmatch(text):
        result = figure(guess[2], unit, bounds)
        value = _exact(guess[1], unit)
        _check_inside(value, result, text)
        return {**result, "text": text, "value": _plain(value), "digits": digits(guess[1])}
    if match := _INTERVAL.fullmatch(text):
        return _interval(match, text, unit, bounds)
    if text[:1] in ("[", "("):
        raise ValueProblem(f"'{text}' is not a range; write both ends and the unit behind them, as in '[1, 2] {unit}'")
    value = _exact(text, unit)
    _check_bounds(value, unit, bounds)
    return {"text": text, "value": _plain(value), "digits": digits(text)}


def _interval(match: re.Match[str], text: str, unit: str, bounds: tuple[float, float] | None) -> dict[str, Any]:
    low = _exact(f"{match[2]} {match[5]}", unit)
    unbounded = match[3].strip() in ("inf", "∞")
    high = None if unbounded else _exact(f"{match[3]} {match[5]}", unit)
    if high is not None and (low > high or (low == high and (match[1] == "(" or match[4] == ")"))):
        raise ValueProblem(f"'{text}' is empty: its lower end is not below its upper end")
    for end in (low, high):
        if end:
            _check_bounds(end, unit, bounds)
    return {
        "text": text,
        "low": _plain(low),
        "high": None if high is None else _plain(high),
        "low_open": match[1] == "(",
        "high_open": match[4] == ")",
    }


def _exact(text: str, unit: str) -> Decimal:
    try:
        value = units.quantity(text, unit)
    except units.UnitError as error:
        raise ValueProblem(str(error)) from None
    if value < 0:
        raise ValueProblem(f"'{text}' is negative")
    return value


def _check_bounds(value: Decimal, unit: str, bounds: tuple[float, float] | None) -> None:
    if bounds and not bounds[0] <= value <= bounds[1]:
        shown = _plain(value) if abs(value) < 10**15 else f"{value:.3g}"
        raise ValueProblem(
            f"{shown} {unit} is outside the plausible range {bounds[0]:g} to {bounds[1]:g} {unit}; "
            "check the unit and the level (die, chip, board)"
        )


def _check_inside(value: Decimal, interval: dict[str, Any], text: str) -> None:
    low, high = Decimal(interval["low"]), interval.get("high")
    above = high is not None and (value > Decimal(high) or (value == Decimal(high) and interval["high_open"]))
    if above or value < low or (value == low and interval["low_open"]):
        raise ValueProblem(f"'{text}': the best guess lies outside its own interval")


def _plain(value: Decimal) -> str:
    """Decimal without exponent and without trailing zeros after the point."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def digits(text: str) -> int:
    """Significant digits as written: 1,979 has four, 8 has one, 0.50 has two."""
    match = _DIGITS.search(text)
    return len(match[0].replace(",", "").replace(".", "").lstrip("0")) if match else 0


def truth(value: Any) -> bool | None:
    if value is True or value is False:
        return bool(value)
    if value == "unknown":
        return None
    raise ValueProblem(f'expected true, false or "unknown"; found {value!r}')


def date(value: Any) -> str:
    """A day, a month (2024-06) or a year as ISO text."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, int) and 1990 <= value <= 2100:
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        try:
            datetime.date.fromisoformat(f"{value}-01-01"[:10])
        except ValueError:
            raise ValueProblem(f"'{value}' is not a day of the calendar") from None
        return value
    raise ValueProblem(f"expected a date such as 2024-06-01, 2024-06 or 2024; found {value!r}")
