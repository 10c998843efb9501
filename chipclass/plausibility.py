"""Checks of figures against each other: what physics, formats and relatives say of a figure that somebody typed.

Each check names a record, what it concerns and what was expected. A record that is right all the same says so in an
``exception`` with a note; an exception that nothing needs any more is reported too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from chipclass.rules.alternatives import deciding_facts, number
from chipclass.specdb.problems import Problem
from chipclass.specdb.records import Fact, Figure, Item
from chipclass.specdb.store import Specs

#: Formats that one matrix engine computes in, from wide to narrow: each step is as fast or a power of two faster.
LADDERS = (("tf32", "bf16", "fp8", "fp4"), ("tf32", "fp16", "fp8", "fp4"), ("int8", "int4"))
STEPS = (1, 2, 4, 8)
#: Figures are printed to three digits or so: this far may two of them be apart and be the same.
ROUNDING = Fraction(3, 100)
#: A declared TPP is computed from the same rates: a larger difference has a reason, which the record names.
DECLARED = Fraction(1, 100)
#: Variants of one name differ in memory and clocks, hardly ever by more than this factor in throughput.
SIBLINGS = 2
_NANOMETRES = re.compile(r"(\d+)\s?nm\b")
#: Nodes by name in nanometres: FinFETs came with 16/14 nm at foundries and 22 nm at Intel.
_FIN, _PLANAR = 16, 28
_PCI = {
    "pci-id": re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}"),
    "pci-subsystem": re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}/[0-9a-f]{4}:[0-9a-f]{4}"),
}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something implausible: the check that found it, the attribute or format it is about, and what is odd."""

    check: str
    of: str
    text: str


def figure_problems(specs: Specs, files: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """Every oddity that its record does not explain, and every explanation that explains none.

    ``files`` names the file of each record by its level and id.
    """
    for table, checks in CHECKS.items():
        for item in specs.items(table):
            found = [oddity for check in checks for oddity in check(specs, item)]
            file, place = files[item.level, item.id], f"{item.level} {item.id}"
            explained = {(entry["check"], entry.get("of", "")) for entry in item.exception}
            for oddity in found:
                if not explained & {(oddity.check, oddity.of), (oddity.check, "")}:
                    entry = f'exception = [{{ check = "{oddity.check}", of = "{oddity.of}", note = "..." }}]'
                    yield Problem(file, place, f"{oddity.text}; mend it, or say why it is right: {entry}")
            known = {(oddity.check, oddity.of) for oddity in found} | {(oddity.check, "") for oddity in found}
            for check, of in sorted(explained - known):
                yield Problem(file, place, f"exception: nothing is odd any more with '{check}' of '{of}'; remove it")
    yield from _shared_numbers(specs, files)
    yield from _shared_addresses(specs, files)


def rate_from_clock(specs: Specs, chip: Item) -> Iterator[Oddity]:
    """Rate = compute units x operations per clock and unit x clock."""
    units, clock = _highest(chip, "compute_units"), _highest(chip, "clock")
    if units is None or clock is None:
        return
    for format in specs.formats:
        rate = _highest(chip, "rate", format)
        per_clock = {_highest(specs.item(die), "operations_per_clock", format) for die in _dies(chip)} - {None}
        if rate is None or len(per_clock) != 1:
            continue
        made = units * (per_clock.pop() or 0) * clock / 10**6
        if not _alike(rate, made):
            text = f"{number(units)} units at {number(clock)} MHz make {number(made)} TFLOP/s, claimed: {number(rate)}"
            yield Oddity("rate from clock", format, text)


def bandwidth_from_bus(specs: Specs, chip: Item) -> Iterator[Oddity]:
    """Bandwidth = width of the bus x data rate per pin."""
    bus, rate, given = (_highest(chip, name) for name in ("memory_bus", "memory_data_rate", "memory_bandwidth"))
    if bus and rate and given and not _alike(made := bus * rate / 8, given):
        text = f"{number(bus)} bit at {number(rate)} Gbit/s make {number(made)} GB/s, claimed: {number(given)}"
        yield Oddity("bandwidth from bus", "", text)


def format_ladder(specs: Specs, chip: Item) -> Iterator[Oddity]:
    """Within one claim a narrower format is as fast as the wider one, or 2, 4, 8 times as fast."""
    for rates in _claims(chip, "rate"):
        for wide, narrow in {step for ladder in LADDERS for step in pairwise([f for f in ladder if f in rates])}:
            if not any(_alike(rates[narrow], rates[wide] * step) for step in STEPS):
                text = f"{number(rates[narrow])} at {narrow} beside {number(rates[wide])} at {wide} in one claim"
                yield Oddity("format ladder", narrow, text)


def sparse_to_dense(specs: Specs, chip: Item) -> Iterator[Oddity]:
    """A sparse figure is twice the dense one where hardware skips two of four."""
    for claim in _by_claim(chip):
        dense, sparse = _rates(claim, "rate"), _rates(claim, "sparse_rate")
        for format in dense.keys() & sparse.keys():
            if not _alike(sparse[format], 2 * dense[format]):
                text = f"{number(sparse[format])} sparse beside {number(dense[format])} dense at {format}"
                yield Oddity("sparse to dense", format, text)


def declared_throughput(specs: Specs, chip: Item) -> Iterator[Oddity]:
    """A declared TPP is the largest of rate x bit length, within a hundredth."""
    made = _throughput(specs, chip)
    for said in sorted({value for fact in chip.known("tpp") if (value := _point(fact)) is not None}):
        if made and abs(said - made) > DECLARED * made:
            text = f"declared TPP {number(said)}, but the rates make {number(made)} ({float(said / made - 1):+.1%})"
            yield Oddity("declared tpp", number(said), text)


def planar(specs: Specs, die: Item) -> Iterator[Oddity]:
    """A process of 16 nm and below has fins or nanosheets, one of 28 nm and above has neither."""
    match = _NANOMETRES.search(die.text("process"))
    said = {fact.value for fact in die.known("non_planar")}
    if match and said == {True} and int(match[1]) >= _PLANAR:
        yield Oddity("planar", "", f"{die.text('process')} is a planar process, non_planar is true")
    if match and said == {False} and int(match[1]) <= _FIN:
        yield Oddity("planar", "", f"{die.text('process')} is no planar process, non_planar is false")


def siblings(specs: Specs, family: Item) -> Iterator[Oddity]:
    """Variants of one name with the same dies do not differ by more than a factor of two in throughput or bandwidth."""
    chips = [variant for variant in specs.variants(family.id) if variant.level == "chip"]
    for one, other in combinations(chips, 2):
        if _dies(one) != _dies(other):
            continue
        for what, figures in {
            "throughput": (_throughput(specs, one), _throughput(specs, other)),
            "memory_bandwidth": (_highest(one, "memory_bandwidth"), _highest(other, "memory_bandwidth")),
        }.items():
            low, high = sorted(figure or Fraction(0) for figure in figures)
            if low and high > SIBLINGS * low:
                text = f"{what} of {one.name} and {other.name} differ by a factor of {float(high / low):.3g}"
                yield Oddity("siblings", what, text)


def names(specs: Specs, item: Item) -> Iterator[Oddity]:
    """Every name and number leads back to the record that has it."""
    from chipclass.identification.resolve import resolve

    for text in (item.id, item.name, *item.aliases, *item.short_aliases):
        if item.id not in (found := resolve(specs, text)).ids:
            yield Oddity("names", text, f"'{text}' finds {', '.join(found.ids) or 'nothing'}")


def pci_form(specs: Specs, item: Item) -> Iterator[Oddity]:
    """PCI ids are written vendor:device, subsystems vendor:device/vendor:device, in lower-case hexadecimal."""
    for entry in item.identifiers:
        for value in entry.values:
            if entry.kind in _PCI and not _PCI[entry.kind].fullmatch(value):
                example = "10de:2335" if entry.kind == "pci-id" else "10de:25b6/10de:14a9"
                yield Oddity("pci form", value, f"'{value}' is no {entry.kind}; write for example {example}")


Check = Callable[[Specs, Item], Iterator[Oddity]]
CHECKS: Mapping[str, Sequence[Check]] = {
    "dies": (planar,),
    "families": (siblings, names),
    "chips": (
        rate_from_clock,
        bandwidth_from_bus,
        format_ladder,
        sparse_to_dense,
        declared_throughput,
        names,
        pci_form,
    ),
    "products": (names, pci_form),
}


def _shared_numbers(specs: Specs, files: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """A part number in two records: one article cannot be two things."""
    owners: dict[str, str] = {}
    for table in ("chips", "products"):
        for item in specs.items(table):
            for value in (v for entry in item.identifiers if entry.kind == "part-number" for v in entry.values):
                if (other := owners.setdefault(value, item.id)) != item.id:
                    message = f"the part number {value} stands with {other} too; keep it in one"
                    yield Problem(files[item.level, item.id], f"{item.level} {item.id}", message)


def _shared_addresses(specs: Specs, files: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """One document entered as two sources: what rests on it could not be counted."""
    owners: dict[str, str] = {}
    for name, source in specs.index["sources"].items():
        if (other := owners.setdefault(source.get("url", name).rstrip("/"), name)) != name:
            yield Problem(files["source", name], name, f"the same document as '{other}'; keep one of the two")


def _alike(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= ROUNDING * max(one, other)


def _highest(item: Item, attribute: str, format: str = "") -> Fraction | None:
    """The highest deciding figure, None where there is none or only a range."""
    facts = deciding_facts(item.known(attribute, format))
    return max((value for fact in facts if (value := _point(fact)) is not None), default=None)


def _point(fact: Fact) -> Fraction | None:
    figure = fact.value
    return figure.value if isinstance(figure, Figure) and figure.low is None else None


def _throughput(specs: Specs, chip: Item) -> Fraction | None:
    """The largest of rate x bit length, as printed."""
    rates = {format: _highest(chip, "rate", format) for format in specs.formats}
    return max((rate * specs.formats[format]["bits"] for format, rate in rates.items() if rate), default=None)


def _dies(chip: Item) -> tuple[str, ...]:
    return next((tuple(sorted(fact.value)) for fact in chip.known("dies")), ())


def _by_claim(chip: Item) -> list[list[Fact]]:
    claims: dict[tuple[str, int], list[Fact]] = {}
    for fact in chip.facts:
        if not fact.set_aside:
            claims.setdefault((fact.overlay, fact.claim), []).append(fact)
    return list(claims.values())


def _claims(chip: Item, attribute: str) -> list[dict[str, Fraction]]:
    return [_rates(claim, attribute) for claim in _by_claim(chip)]


def _rates(claim: Sequence[Fact], attribute: str) -> dict[str, Fraction]:
    return {f.format: value for f in claim if f.attribute == attribute and (value := _point(f)) is not None}
