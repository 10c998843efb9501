"""Total processing performance from rates, bit lengths and the vendor's own declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from chipclass.logic.numbers import INF, Interval, Undefined, exact, highest
from chipclass.rules.alternatives import (
    HEARSAY,
    Alternative,
    Metric,
    deciding_facts,
    distinct,
    is_point,
    not_deciding,
    number,
    outranks,
    same_claim,
)
from chipclass.specdb.records import Fact, Item
from chipclass.specdb.store import Specs

HEADLINE = "headline"


@dataclass(frozen=True, slots=True)
class Weights:
    """What an operation counts in each number format under one named reading; formats that are not named count nothing.

    ``word`` follows the weight in a derivation: ``x 16 bit``, ``x 0.3``; nothing where every operation counts once.
    """

    reading: str
    by_format: Mapping[str, Fraction]
    word: str = ""

    def __getitem__(self, name: str) -> Fraction:
        return self.by_format.get(name, Fraction(0))

    def shown(self, name: str) -> str:
        return f" x {number(self[name])}{self.word}" if self.word or self[name] != 1 else ""


def _weights(specs: Specs, bits: str | int, reading: str = HEADLINE) -> Weights:
    """The weights that a metric names: a number for all formats, or a key of each format's own entry."""
    if isinstance(bits, int):
        return Weights(reading, {name: Fraction(bits) for name in specs.formats})
    found = {name: exact(entry[bits]) for name, entry in specs.formats.items() if bits in entry}
    return Weights(reading, found, " bit" if bits in BIT_LENGTHS else "")


#: Keys of a number format that are bit lengths; its other numbers are plain weights.
BIT_LENGTHS = ("bits", "output_bits")


def highest_product(specs: Specs, chip: Item, name: str, definition: Mapping[str, Any]) -> Metric:
    """TPP and its kin: the largest over number formats of rate x bit length, or the declared figure."""
    counted = _counted(specs, definition)
    rates = [f for f in chip.facts if f.attribute == definition["rate"] and f.format in counted]
    outside = not_listed(chip, rates)
    known = _precise([f for f in rates if not f.set_aside and f not in outside])
    declared, rumoured = _stated(chip, definition)
    takes_highest = definition["claims"] == "highest"
    manufacturer = [f for f in deciding_facts(known) if outranks(f)] if takes_highest else []
    groups = [manufacturer] if manufacturer else _groups(known)
    missing, is_open = _open_formats(specs, chip, known, counted, bool(declared))
    readings = _readings(specs, definition, {f.format for f in known})
    computed = [(bits.reading, _tpp_of(group, known, bits, is_open)) for group in groups for bits in readings]
    alternatives = [alternative for _, alternative in computed] + declared + rumoured
    if takes_highest and (manufacturer or declared):
        alternatives = _operative(computed if manufacturer else [], alternatives, declared)
    alternatives += _shown_only(specs, [f for f in rates if f.set_aside], definition["bits"])
    alternatives += _shown_only(specs, outside, definition["bits"])
    stated = [f for f in chip.facts if f.attribute == definition.get("declared") and f.set_aside]
    alternatives += [_as_stated(fact) for fact in stated]
    causes = [f.id for f in known if not is_point(f)]
    if is_open:
        causes.append(f"{chip.id}/{definition['rate']}.{missing[0] if missing else 'other formats'}")
    headline, derivation = _headline(groups, readings[0], declared)
    if not rates and not is_open and not alternatives:  # the chip computes in none of the formats that count
        nothing = Interval.point(Fraction(0), "no number format that counts")
        alternatives = [Alternative(nothing.label, nothing, (), (), True)]
        headline, derivation = Fraction(0), nothing.label
    return Metric(name, definition["unit"], distinct(alternatives), headline, derivation, tuple(causes))


def not_listed(chip: Item, rates: Sequence[Fact]) -> list[Fact]:
    """Others' rates in formats that are not in the manufacturer's own list of the chip: shown, not deciding."""
    for fact in deciding_facts(chip.known("formats")):
        if outranks(fact):
            return [f for f in rates if not f.set_aside and not outranks(f) and f.format not in fact.value]
    return []


def _headline(
    groups: Sequence[Sequence[Fact]], bits: Weights, declared: Sequence[Alternative]
) -> tuple[Fraction | None, str]:
    """The largest computed figure. None where named readings rival each other, or where hearsay disagrees."""
    if any(fact.reading for group in groups for fact in group):
        return None, ""
    figures = [figure for group in groups if (figure := _typical(group, bits))]
    hearsay = all(fact.status in HEARSAY for group in groups for fact in group)
    if hearsay and len({value for value, _ in figures}) > 1:
        return None, ""
    if not figures:
        points = [a for a in declared if isinstance(a.value, Interval) and a.value.is_point]
        figures = [(Fraction(a.value.high), a.label) for a in points if isinstance(a.value, Interval)]
    return max(figures, default=(None, ""), key=lambda figure: figure[0])


def _precise(known: Sequence[Fact]) -> list[Fact]:
    """A claim that equals a more precise one when rounded to its digits is the same claim: the precise figure."""
    result = []
    for fact in known:
        finer = [
            f for f in known if f.format == fact.format and f.value != fact.value and same_claim(fact.value, f.value)
        ]
        best = max(finer, key=lambda f: f.value.digits, default=fact)
        result.append(replace(fact, value=best.value))
    return result


def _stated(chip: Item, definition: Mapping[str, Any]) -> tuple[list[Alternative], list[Alternative]]:
    """TPP as stated: by the manufacturer, which closes the list of formats too, and by others, a claim each."""
    declared: list[Alternative] = []
    rumoured: list[Alternative] = []
    for fact in chip.known(definition["declared"]) if definition.get("declared") else ():
        (declared if outranks(fact) else rumoured).append(_as_stated(fact))
    return declared, rumoured


def _as_stated(fact: Fact) -> Alternative:
    """A stated TPP: one that was set aside does not decide."""
    figure = number(fact.value.value) + " TPP" if fact.value.value is not None else fact.value.text
    label = f"{fact.status} {figure}"
    value = fact.value.interval(label)
    decides = not fact.set_aside
    return Alternative(label, value, (fact.source,), (fact.status,), decides, fact.set_aside, (fact.id,))


def _operative(
    computed: Sequence[tuple[str, Alternative]], alternatives: Sequence[Alternative], declared: Sequence[Alternative]
) -> list[Alternative]:
    """The text takes the highest value that the manufacturer claims: per named reading one alternative decides."""
    readings = dict.fromkeys(reading for reading, _ in computed) or {HEADLINE: None}
    chosen = []
    for reading in readings:
        claims = [a for r, a in computed if r == reading] + list(declared)
        chosen.append(max(claims, key=lambda a: a.value.high if isinstance(a.value, Interval) else -1))
    why = "a lower claim: the text takes the highest value that the manufacturer claims"
    other = "not the manufacturer's claim"
    own = [*(a for _, a in computed), *declared]
    return [
        a if any(a is c for c in chosen) else not_deciding(a, why if any(a is c for c in own) else other)
        for a in alternatives
    ]


def _counted(specs: Specs, definition: Mapping[str, Any]) -> set[str]:
    """The number formats that count for a metric at all."""
    return {name for name, weight in _weights(specs, definition["bits"]).by_format.items() if weight}


def _open_formats(
    specs: Specs, chip: Item, known: Sequence[Fact], counted: set[str], declared: bool
) -> tuple[list[str], bool]:
    """Formats of the chip's list that no claim gives a rate for, and whether TPP is therefore only bounded below."""
    closed = format_list(specs, chip)
    missing = sorted(((closed or set()) & counted) - {f.format for f in known})
    return missing, (closed is None or bool(missing)) and not declared


def format_list(specs: Specs, chip: Item) -> set[str] | None:
    """All number formats of the chip, from its own list or its dies'; None where no source closes the list."""
    for fact in deciding_facts(chip.known("formats")):
        return set(fact.value)
    formats: set[str] = set()
    for fact in chip.known("dies"):
        for die in fact.value:
            lists = [set(entry.value) for entry in specs.item(die).known("die_formats")]
            formats |= lists[0] if lists else set()
        break
    return formats or None


def _readings(specs: Specs, definition: Mapping[str, Any], formats: set[str]) -> list[Weights]:
    """The weights of each named reading that matters to these formats; the headline reading first."""
    bits = definition["bits"]
    first = _weights(specs, bits)
    readings = [first]
    if bits in BIT_LENGTHS:
        for name, entry in specs.formats.items():
            if name in formats and (storage := entry.get("storage_bits")):
                label = f"{entry['title']} as {storage} bit"
                readings.append(Weights(label, {**first.by_format, name: Fraction(storage)}, first.word))
    return readings + [_weights(specs, other["bits"], other["name"]) for other in definition.get("readings", ())]


def _groups(known: Sequence[Fact]) -> list[list[Fact]]:
    """Facts of one claim block belong together: mixing two sources would make a chip that nobody describes."""
    groups: dict[tuple[int, str], list[Fact]] = {}
    for fact in known:
        groups.setdefault((fact.claim, fact.overlay), []).append(fact)
    return list(groups.values())


def _tpp_of(group: Sequence[Fact], known: Sequence[Fact], bits: Weights, is_open: bool) -> Alternative:
    reading = bits.reading
    parts = [_times(fact, bits[fact.format]) for fact in group]
    given = {fact.format for fact in group}
    others: dict[str, list[Interval]] = {}
    for fact in known:
        if fact.format not in given:
            others.setdefault(fact.format, []).append(_times(fact, bits[fact.format]))
    named = next((fact.reading for fact in group if fact.reading), "")
    own_top = max(part.high for part in parts)
    for rivals in others.values():  # formats that only other claims give; under a reading of its own they may be lower
        low = Fraction(0) if named else min(part.low for part in rivals)
        parts.append(Interval(low, max(part.high for part in rivals)))
    whole = highest(parts)
    best = max(group, key=lambda fact: _times(fact, bits[fact.format]).high)
    label = _derivation(best, bits) + ("" if reading == HEADLINE else f" ({reading})")
    beside = [fact for fact in known if fact.format in others and _times(fact, bits[fact.format]).high > own_top]
    if beside:
        top = max(beside, key=lambda fact: _times(fact, bits[fact.format]).high)
        label += f"; up to {_derivation(top, bits)} by another source"
    label = f"{named}: {label}" if named else label
    if is_open:
        whole = Interval(whole.low, INF, whole.low_open, True)
    value = Interval(whole.low, whole.high, whole.low_open, whole.high_open, label)
    sources = tuple(dict.fromkeys(f.source for f in group if f.format == best.format)) or (best.source,)
    statuses = tuple(dict.fromkeys(f.status for f in group))
    return Alternative(label, value, sources, statuses, True, facts=(best.id,))


def _times(fact: Fact, bits: Fraction) -> Interval:
    value = fact.value.interval()
    if isinstance(value, Undefined):
        return Interval.point(Fraction(0))
    high = value.high if value.high == INF else value.high * bits
    return Interval(value.low * bits, high, value.low_open, value.high_open)


def _typical(group: Sequence[Fact], bits: Weights) -> tuple[Fraction, str] | None:
    """The largest rate x bits of a claim's own figures, with how it was computed."""
    figures = [fact for fact in group if fact.value.value is not None]
    if not figures:
        return None
    best = max(figures, key=lambda fact: (fact.value.value * bits[fact.format], bits[fact.format]))
    return best.value.value * bits[best.format], _derivation(best, bits)


def _derivation(fact: Fact, bits: Weights) -> str:
    rate = f"{number(fact.value.value)} TFLOP/s" if fact.value.value is not None else fact.value.text
    return f"{fact.format} {rate}{bits.shown(fact.format)}"


def _shown_only(specs: Specs, facts: Sequence[Fact], bits: str | int) -> list[Alternative]:
    """What claims that do not decide would give, with the reason."""
    widths = _weights(specs, bits)
    result = []
    for group in _groups(facts):
        parts = [_times(fact, widths[fact.format]) for fact in group]
        best = max(group, key=lambda fact: _times(fact, widths[fact.format]).high)
        why = best.set_aside or "a format that the manufacturer's own list does not have"
        a = Alternative(_derivation(best, widths), highest(parts), (best.source,), (best.status,), False, why)
        result.append(a)
    return result
