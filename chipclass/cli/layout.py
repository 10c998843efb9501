"""Text for a terminal of 80 columns, a pipe and a screen reader: aligned columns, wrapped fields, colour on request."""

from __future__ import annotations

import os
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chipclass import explanation as words

WIDTH = 80
#: Stands for the second column of a character of double width while text is wrapped.
_SECOND = "\0"
LABEL = 14
_COLOURS = {"controlled": "31;1", "cannot exclude": "33;1", "not caught": "36;1", "heading": "1", "quiet": "2"}


def colour(text: str, kind: str) -> str:
    """The text in the colour of its kind, on a terminal that wants colour."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\033[{_COLOURS[kind]}m{text}\033[0m" if wanted and kind in _COLOURS else text


def heading(text: str) -> str:
    return colour(text, "heading")


def wrapped(text: str, indent: str = "") -> str:
    return fill(text, indent, indent, break_long_words=False)


def fill(text: str, first: str = "", later: str = "", break_long_words: bool = True) -> str:
    """The text in 80 columns; a character of double width (Chinese, Japanese, Korean) counts as two."""
    filled = textwrap.fill(
        _doubled(text),
        WIDTH,
        initial_indent=_doubled(first),
        subsequent_indent=later,
        break_on_hyphens=False,
        break_long_words=break_long_words,
    )
    return filled.replace(_SECOND, "")


def _doubled(text: str) -> str:
    """Every character of double width followed by a mark, so that counting characters counts columns."""
    if text.isascii():
        return text
    return "".join(c + _SECOND if unicodedata.east_asian_width(c) in "WF" else c for c in text)


def cell(text: str, width: int) -> str:
    """The text in exactly so many columns of a terminal: cut, or padded behind."""
    doubled = _doubled(text)
    if len(doubled) > width:
        room = width - 3 - (doubled[width - 3] == _SECOND)  # never half a character
        doubled = f"{doubled[:room].rstrip()}..."
    shown = doubled.replace(_SECOND, "")
    return shown + " " * (width - len(_doubled(shown)))


def bullet(text: str, indent: str = "") -> str:
    return fill(text, f"{indent}- ", f"{indent}  ")


def field(label: str, text: str, width: int = LABEL) -> str:
    """``Licence       depends on the destination; ...`` with the text wrapped under itself."""
    pad = " " * width
    first = f"{label:<{width - 1}} "
    if any(len(word) > WIDTH - width for word in text.split()):  # an address is never torn apart
        return f"{label}\n{wrapped(text, '  ')}"
    return fill(text, first, pad)


def compared(lines: Iterable[tuple[str, str, str]]) -> str:
    """``>= 3A090.a.2 and 3A090.b.2 met; < 3A090.b.1 not met``, from relation, line and outcome of each."""
    groups: dict[tuple[str, str], list[str]] = {}
    for relation, name, outcome in lines:
        groups.setdefault((relation, outcome), []).append(name)
    return "; ".join(f"{relation} {words.join(names)} {outcome}" for (relation, outcome), names in groups.items())


def not_evaluated(data: Mapping[str, Any]) -> str:
    """What no answer covers, in a sentence."""
    return f"Not evaluated: {'; '.join(data['not_evaluated'])}."


def foot(data: Mapping[str, Any]) -> str:
    """The last lines of every output: what it is, overlays that took part, versions, last check of the rules."""
    overlays = f"overlay {', '.join(data['overlays'])}; " if data["overlays"] else ""
    versions = f"chipclass {data['chipclass']}, specs {data['specs']}"
    checked = data["rules_checked_through"]
    rules = f"oldest check of a rule in force: {checked}" if checked else "no rule held here was in force"
    return f"{data['disclaimer']} {overlays}{versions}; {rules}."


def asked(deal: Mapping[str, Any]) -> str:
    """The transaction in a line: ``export from US to CN (no destination given)``."""
    to = f"{deal['kind']} from {deal['from']} to {deal['evaluated_for']}"
    parts = [to if deal["destination"] else f"{to} (no destination given)"]
    parts += [f"a party headquartered in {deal['headquarters']}"] if deal["headquarters"] else []
    parts += [f"{deal['reading']} reading"]
    parts += [f"stated: {', '.join(deal['stated'])}"] if deal["stated"] else []
    return "; ".join(parts)


def table(
    rows: Iterable[Sequence[str]],
    right: Iterable[int] = (),
    indent: str = "",
    wrap: bool = True,
    shorten: int | None = None,
) -> str:
    """Rows in aligned columns; columns in ``right`` are aligned right; the last column is wrapped at 80 columns.

    The cells of the column ``shorten`` are cut so that the others fit.
    """
    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        return ""
    if shorten is not None:
        others = sum(max(len(line[i]) for line in lines) + 2 for i in range(len(lines[0])) if i != shorten)
        room = max(LABEL, WIDTH - len(indent) - others)
        lines = [[_cut(c, room) if i == shorten else c for i, c in enumerate(line)] for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    aligned = set(right)
    fixed = sum(widths) if len(widths) - 1 in aligned else sum(widths[:-1])
    gap = "  " if len(indent) + fixed + 2 * (len(widths) - 1) <= WIDTH else " "
    result = []
    for line in lines:
        cells = [c.rjust(w) if i in aligned else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        start = indent + gap.join(cells[:-1]) + (gap if len(cells) > 1 else "")
        if wrap and len(start) + len(line[-1]) > WIDTH and len(start) < WIDTH - 16 and len(line) - 1 not in aligned:
            result.append(fill(line[-1], start, " " * len(start)))
        else:
            result.append((start + cells[-1]).rstrip())
    return "\n".join(result)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 3].rstrip()}..."


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join(lines + [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows])
