"""``chipclass identify``: what texts name. A block for each text given, a line for each line read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from chipclass import __version__
from chipclass import explanation as words
from chipclass.classification import SCHEMA
from chipclass.cli import layout
from chipclass.identification.found import ACCESSORY, LOOK_ALIKE, NONE, UNKNOWN
from chipclass.identification.identify import Identification, identify, surroundings
from chipclass.identification.resolve import ALIAS, BOARD_CODE, FAMILY, PART_NUMBER, PCI_ID
from chipclass.identification.steps import steps
from chipclass.rules.transactions import QueryError
from chipclass.specdb.store import Specs, load

#: Bytes that are read at once, so that memory does not grow with the input; a pipe gives what it has.
PIECE = 1 << 20
#: Bytes of a line that are kept.
LONGEST = 1 << 20
#: So many characters of a text are repeated in a block.
_REPEATED = 300
#: So many entries of a list are shown; the JSON has all.
_SHOWN = 12
#: In a string of JSON these may stand as they are, and some readers of lines take them for the end of one.
_BREAKS = {number: f"\\u{number:04x}" for number in (0x85, 0x2028, 0x2029)}
_HOW = {
    PART_NUMBER: "part number",
    BOARD_CODE: "board code: the number is in no list, its scheme tells the board",
    PCI_ID: "PCI id",
    ALIAS: "name",
    FAMILY: "family name; it leaves the variant open",
    ACCESSORY: "accessory",
    LOOK_ALIKE: "look-alike",
    UNKNOWN: "unknown accelerator",
    NONE: "none",
}
_NOTHING = {
    ACCESSORY: "no chip: the item goes with one",
    LOOK_ALIKE: "no chip: something else of the same name",
    UNKNOWN: "could be a chip; a person must look",
    NONE: "nothing that is known as a chip",
}
#: Columns of the lines: the text, how it is known, the count; the product has the rest of the 80.
_TEXT, _WAY, _COUNT = 32, 11, 5
_PRODUCT = layout.WIDTH - _TEXT - _WAY - _COUNT - 6


def run(texts: Sequence[str], manufacturer: str | None, explain: bool, folders: Sequence[Path], format: str) -> int:
    if not texts or list(texts) == ["-"]:
        if sys.stdin.isatty() and not texts:
            raise QueryError(
                "nothing to identify; give a text in quotes, or a line for each: chipclass identify < items.txt"
            )
        return _run_lines(load(folders), manufacturer, explain, format)
    specs = load(folders)
    shown = _Shown(specs, manufacturer, explain, format == "md")
    answers = [identify(_clean(text), manufacturer=manufacturer, specs=specs) for text in texts]
    head = {"schema": SCHEMA, "chipclass": __version__, "specs": specs.hash, "overlays": list(specs.overlays)}
    if format == "json":
        results = [shown.json(answer) for answer in answers]
        print(json.dumps({**head, "results": results}, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print("\n\n".join([*(shown.block(answer) for answer in answers), _foot(head)]))
    return 0


def _run_lines(specs: Specs, manufacturer: str | None, explain: bool, format: str) -> int:
    """A line of output for each line read, as it comes; with ``explain`` a block, in JSON a document."""
    shown = _Shown(specs, manufacturer, explain, format == "md")
    count = 0
    for texts in lines(sys.stdin.buffer):
        for answer in identify(texts, manufacturer=manufacturer, specs=specs):
            if format == "json":
                text = json.dumps(shown.json(answer), ensure_ascii=False, allow_nan=False).translate(_BREAKS)
            elif explain:
                text = f"{shown.block(answer)}\n"
            else:
                text = shown.short(answer) if count else f"{shown.head()}\n{shown.short(answer)}"
            print(text)
            count += 1
        sys.stdout.flush()
    if not count:
        print("chipclass: no lines on standard input", file=sys.stderr)
    return 0


def lines(stream: BinaryIO) -> Iterator[list[str]]:
    """The lines of a stream, as many at once as one piece holds; a line that is too long is cut, and that is said."""
    number, rest = 0, b""
    while piece := stream.read1(PIECE):  # type: ignore[attr-defined]  # standard input is buffered
        *whole, rest = (rest + piece).split(b"\n")
        if whole:
            yield [_line(line, number + place) for place, line in enumerate(whole, 1)]
            number += len(whole)
        rest = rest[: LONGEST + 1]
    if rest:
        yield [_line(rest, number + 1)]


def _line(line: bytes, number: int) -> str:
    if len(line) > LONGEST:
        print(f"chipclass: line {number} is cut after {LONGEST:,} bytes", file=sys.stderr)
    text = line[:LONGEST].removesuffix(b"\r").decode("utf-8", "replace")
    return text.removeprefix("\ufeff") if number == 1 else text


def _clean(text: str) -> str:
    """An argument whose bytes are no UTF-8 comes with lone surrogates, which no output can hold."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _safe(text: str) -> str:
    """Without characters that a terminal would obey, or that would break a line."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _shortened(text: str) -> str:
    return text if len(text) <= _REPEATED else f"{text[:_REPEATED]} ..."


def _foot(head: Mapping[str, Any]) -> str:
    overlays = f"overlay {', '.join(head['overlays'])}; " if head["overlays"] else ""
    text = "What the texts name, for a person to check; chipclass classify says where a product stands."
    return layout.wrapped(f"{text} {overlays}chipclass {head['chipclass']}, specs {head['specs']}.")


class _Shown:
    """Answers as JSON, as blocks and as lines."""

    def __init__(self, specs: Specs, manufacturer: str | None, explain: bool, markdown: bool) -> None:
        self.specs, self.explain, self.markdown = specs, explain, markdown
        self.around = surroundings(specs, manufacturer)

    def json(self, answer: Identification) -> dict[str, Any]:
        if not self.explain:
            return answer.to_dict()
        told = steps(self.specs, answer.text, self.around)
        return {**answer.to_dict(), "steps": [step.to_dict() for step in told]}

    def block(self, answer: Identification) -> str:
        title = _shortened(_safe(answer.text.strip())) or "(an empty text)"
        fields = [(label, _safe(text)) for label, text in self._fields(answer)]
        told = steps(self.specs, answer.text, self.around) if self.explain else []
        if self.markdown:
            parts = [f"## `{title.replace('`', ' ')}`\n", *(f"- **{label}**: {text}" for label, text in fields)]
            numbered = [f"{number}. *{step.step}*: {_safe(step.text)}" for number, step in enumerate(told, 1)]
            return "\n".join([*parts, "", *numbered] if told else parts)
        parts = [layout.heading(layout.fill(title)), *(layout.field(label, text) for label, text in fields)]
        listed = [layout.fill(_safe(step.text), f"  {step.step:<14}", " " * 16) for step in told]
        return "\n".join([*parts, "Steps", *listed] if told else parts)

    def _fields(self, answer: Identification) -> Iterator[tuple[str, str]]:
        """What is worth a line, in the order in which it is asked."""
        yield "Is", self._listed(answer.products) if answer.products else _NOTHING[answer.how]
        yield "How", _HOW[answer.how]
        if answer.products:
            chips = "1 chip" if answer.count == 1 else f"{answer.count} chips"
            yield "Count", "left open" if answer.count is None else f"{chips} in one unit"
        yield "Evidence", answer.evidence
        if answer.candidates and answer.candidates != answer.products:
            yield ("Chips" if answer.products else "Could be"), self._listed(answer.candidates)
        if answer.unknown and answer.products:
            yield "Beside it", ", ".join(f"'{word}'" for word in answer.unknown[:_SHOWN])
        for refusal in answer.refused[:_SHOWN]:
            yield "Refused", f"'{refusal.what}': {refusal.why} ({refusal.kind})"
        if answer.near:
            yield "Close names", words.join(list(answer.near), "or")

    def _listed(self, ids: Sequence[str]) -> str:
        named = [f"{self.specs.item(name).name} ({name})" for name in ids[:_SHOWN]]
        return "; ".join(named + [f"and {len(ids) - _SHOWN} more"] * (len(ids) > _SHOWN))

    def short(self, answer: Identification) -> str:
        """The answer in a line."""
        if answer.products:
            product = ", ".join(answer.products)
        elif answer.how == UNKNOWN:
            candidates = f"{answer.candidates[0]}?" if answer.candidates else ""
            more = f" +{len(answer.candidates) - 1}" if len(answer.candidates) > 1 else ""
            product = f"{candidates}{more}" or f"? {', '.join(answer.unknown)}"
        else:
            product = "-"
        how = "unknown" if answer.how == UNKNOWN else answer.how
        count = "" if answer.count is None else str(answer.count)
        return self._line(_around(answer), how, count, product)

    def head(self) -> str:
        head = self._line("Text", "How", "Count", "Product")
        return f"{head}\n|---|---|---:|---|" if self.markdown else head

    def _line(self, text: str, how: str, count: str, product: str) -> str:
        text, product = _safe(text), _safe(product)
        if self.markdown:
            return f"| {' | '.join(part.replace('|', '/') for part in (text, how, count, product))} |"
        cells = (layout.cell(text, _TEXT), layout.cell(how, _WAY), count.rjust(_COUNT), layout.cell(product, _PRODUCT))
        return "  ".join(cells).rstrip()


def _around(answer: Identification) -> str:
    """The text, where it is too long from so far on that what decided can be seen."""
    text = " ".join(answer.text.split())
    quoted = answer.evidence.split("'")
    end = text.find(quoted[1]) + len(quoted[1]) if len(quoted) > 2 and quoted[1] in text else 0
    if len(text) <= _TEXT or end <= _TEXT - 3:
        return _shortened(text)
    return f"...{_shortened(text[max(0, end - _TEXT + (3 if end == len(text) else 6)) :])}"
