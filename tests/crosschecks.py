"""The database against others: declared TPP, Epoch AI's table, the vendor's ECCN.

``python -m tests.crosschecks`` writes docs/crosschecks.md anew. It needs the lists beside the project (../shared/data);
without them the page stays as it is.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from chipclass.identification.resolve import resolve
from chipclass.rules.figures import metrics_of
from chipclass.specdb.contents import subjects
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs, load
from tests import vendor_agreement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "crosschecks.md"
EPOCH = ROOT.parent / "shared" / "data" / "epoch-ml-hardware-2026-01.csv"
WORDS: dict[str, Any] = tomllib.loads((ROOT / "tests" / "data" / "epoch.toml").read_text("utf-8"))
#: From here on a difference needs its explanation.
LIMIT = Fraction(1, 100)


@dataclass(frozen=True)
class Difference:
    """One figure of somebody else beside ours, in TPP; ``ours`` is a range where the figures leave one."""

    name: str
    product: str
    theirs: Fraction
    low: Fraction | None
    high: Fraction | None
    why: str = ""

    @property
    def off(self) -> Fraction:
        """How far theirs lies outside ours, as a share of ours."""
        if not self.low or not self.high:
            return Fraction(1)
        if self.low <= self.theirs <= self.high:
            return Fraction(0)
        near = self.low if self.theirs < self.low else self.high
        return self.theirs / near - 1


def computed(specs: Specs, chip: Item) -> tuple[Fraction | None, Fraction | None]:
    """The TPP that the rates make, as a range; an open upper end counts as the lower one."""
    metric = metrics_of(specs, chip)["tpp"]
    if metric.headline is not None:
        return metric.headline, metric.headline
    low = metric.low or None
    return low, (metric.high if isinstance(metric.high, Fraction) else low)


def declared() -> list[Difference]:
    """Every declared TPP beside what the rates make without it."""
    specs, without = load(), vendor_agreement.without_declarations(load())
    found = []
    for chip in specs.items("chips"):
        why = {entry.get("of", ""): entry["note"] for entry in chip.exception if entry["check"] == "declared tpp"}
        for fact in chip.facts:
            if fact.attribute == "tpp" and fact.status == "declared" and fact.value.value is not None:
                low, high = computed(without, without.item(chip.id))
                said = why.get(f"{float(fact.value.value):,.10g}") or why.get("") or fact.set_aside
                said = said or ("" if low else "no rate is published")
                found.append(Difference(chip.name, chip.id, fact.value.value, low, high, said))
    return list(dict.fromkeys(found))


def epoch() -> list[Difference]:
    """Epoch's TPP column beside ours, row by row; rows without a TPP are left out."""
    specs = load()
    found = []
    for row in epoch_rows():
        column = row["Total processing performance (bit-OP/s)"]
        chips = chips_of(specs, row["Hardware name"])
        if not column or not chips:
            continue
        spans = [computed(specs, chip) for chip in chips]
        lows, highs = [low for low, _ in spans if low], [high for _, high in spans if high]
        said = WORDS["row"].get(row["Hardware name"], {}).get("why", "")
        ids = ", ".join(chip.id for chip in chips)
        theirs = Fraction(column) / 10**12
        found.append(
            Difference(row["Hardware name"], ids, theirs, min(lows, default=None), max(highs, default=None), said)
        )
    return found


def epoch_rows() -> list[dict[str, str]]:
    with EPOCH.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def chips_of(specs: Specs, name: str) -> list[Item]:
    """The chips that a row of somebody's table can mean; a board or server by its chips."""
    name = WORDS["row"].get(name, {}).get("is", name)
    found = {chip.id: chip for id in resolve(specs, name).ids for _, chip, _ in subjects(specs, specs.item(id))}
    return list(found.values())


def page() -> Iterator[str]:
    yield from _head()
    yield "\n## Declared TPP against the rates\n"
    yield (
        "Every TPP that a vendor's export list declares, beside the largest of rate times bit length over the other "
        "claims. Only differences above 1 % are listed; each has its reason in the record.\n"
    )
    yield from _table(declared(), "declared")
    yield "\n## Epoch AI's TPP column\n"
    yield (
        "Epoch AI, *Data on Machine Learning Hardware* (January 2026, CC BY 4.0), row by row. Where the name of a row "
        "fits several chips, theirs counts as equal if it lies within the range of ours.\n"
    )
    yield from _table(epoch(), "Epoch")
    yield "\n## NVIDIA's ECCN against the computed branch\n"
    yield (
        "Every named row of NVIDIA's list of 2026-07-31 whose part number is in the database, with the declared TPP "
        "set aside while computing.\n"
    )
    yield "```text"
    yield vendor_agreement.report(vendor_agreement.rows())
    yield "```"
    yield from _unresolved()


def _head() -> Iterator[str]:
    yield "# Cross-checks\n"
    yield "What others publish, beside what this database computes. Written by `python -m tests.crosschecks`."


def _table(found: list[Difference], theirs: str) -> Iterator[str]:
    differing = [entry for entry in found if abs(entry.off) > LIMIT]
    yield f"{len(found)} figures, {len(found) - len(differing)} agree within 1 %, {len(differing)} differ.\n"
    yield f"| product | {theirs} | ours | difference | why |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for entry in sorted(differing, key=lambda e: (-abs(e.off), e.name)):
        yield f"| {entry.name} | {_number(entry.theirs)} | {_span(entry)} | {_off(entry)} | {entry.why} |"


def _span(entry: Difference) -> str:
    if not entry.low or not entry.high:
        return "unknown"
    same = entry.low == entry.high
    return _number(entry.low) if same else f"{_number(entry.low)} to {_number(entry.high)}"


def _off(entry: Difference) -> str:
    return f"{float(entry.off):+.1%}" if entry.low else ""


def _number(value: Fraction) -> str:
    return f"{float(value):,.10g}" if value.denominator == 1 else f"{float(value):,.1f}"


def _unresolved() -> Iterator[str]:
    words = tomllib.loads((ROOT / "tests" / "data" / "vendor_agreement.toml").read_text("utf-8"))
    yield "\nRows that do not resolve, and rows that differ, with the reason:\n"
    for product, why in words["product"].items():
        yield f"- **{load().item(product).name}**: {why}"
    yield "\n" + words["note"].strip()


def main() -> None:
    if not EPOCH.exists() or not vendor_agreement.LIST.exists():
        raise SystemExit(f"{EPOCH} and the vendor's list are needed; docs/crosschecks.md is left as it is")
    PAGE.write_text("\n".join(page()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
