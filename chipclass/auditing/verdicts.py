"""From what the cells of a row name to one verdict: computed once per product and transaction, and per kind of row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chipclass.auditing.findings import NO_CHIP, NOT_IDENTIFIED, STATUSES, ordered, worst
from chipclass.classification import evaluate
from chipclass.conclusion import CANNOT_EXCLUDE, CONTROLLED, NOT_CAUGHT, deciding_classes
from chipclass.identification.found import ACCESSORY, LOOK_ALIKE, NONE, UNKNOWN, Found, narrowed
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.resolve import ALIAS, PART_NUMBER, Match
from chipclass.proof import MET, NOT_MET, metric_json
from chipclass.rules.branches import DIFFERS, branch_of, reconciled
from chipclass.rules.transactions import Transaction
from chipclass.specdb.store import Specs
from chipclass.variants import concluded

_ECCN = re.compile(r"EAR ?99|[0-9][A-E][0-9]{3}(?:\.?[A-Z](?:\.?[0-9]+)*)?")
#: What stands in an ECCN column where no ECCN is known.
_NO_ECCN = re.compile(
    r"[\W_]*(?:N[\W_]?A|NAN|TBD|TBA|TBC|NONE|NULL|NIL|EMPTY|BLANK|UNKNOWN|PENDING|MISSING|X+|0+"
    r"|NOT (?:AVAILABLE|APPLICABLE|KNOWN|SPECIFIED|CLASSIFIED|PROVIDED)|TO BE (?:DETERMINED|DEFINED|CONFIRMED))?[\W_]*"
)
_Z = re.compile(r"\.?Z(?:\.?[0-9]+)?$")
#: The outcomes of a tariff band that a row with several products shows first.
_TARIFF = {MET: 0, NOT_MET: 2, "not in force": 3}
_HEADLINES = ("tpp", "performance_density", "total_dram_bandwidth", "interconnect_bandwidth")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one product stands in one transaction, over all its variants."""

    status: str
    candidates: tuple[str, ...]
    headlines: tuple[float | None, ...]
    tpp_low: float | None
    tpp_high: float | None
    ic_class: str
    item_class: str
    licence_requirement: str
    review_policy: str
    tariff: str
    tariff_outcome: str
    letter: bool | None
    possible: tuple[tuple[str, ...], ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The audit columns of one row, but for the evidence."""

    how: str
    products: tuple[str, ...]
    candidates: tuple[str, ...]
    count: int | None
    status: str
    standing: Standing | None
    findings: tuple[str, ...]
    evidence: str = ""


class Judge:
    """The verdicts of one spec database and one transaction, each computed once."""

    def __init__(self, specs: Specs, deal: Transaction) -> None:
        self.specs, self.deal = specs, deal
        self._standings: dict[str, Standing] = {}

    def standing(self, name: str) -> Standing:
        """Where a product, chip or family stands."""
        if name not in self._standings:
            self._standings[name] = self._standing(name)
        return self._standings[name]

    def _standing(self, name: str) -> Standing:
        evaluations = evaluate(self.specs, Match(ALIAS, (name,)), self.deal)
        conclusions = [evaluation.conclusion() for evaluation in evaluations]
        item = self.specs.item(name)
        whole = concluded(self.specs, [item], conclusions, item.name)
        metrics = [{key: metric_json(e.metrics[key]) for key in _HEADLINES} for e in evaluations]
        low, high = _bounds(m["tpp"] for m in metrics)
        letters = [entry["criterion"] for c in conclusions for entry in c["licence_requirement"]["letters"]]
        letter = _over([_any([e["criterion"] for e in c["licence_requirement"]["letters"]]) for c in conclusions])
        declared = [entry["eccn"] for c in conclusions for entry in c["item_class"]["declared_eccn"]]
        codes = []
        if len(evaluations) > 1:
            codes.append("ambiguous_variant")
        if whole["status"] != CONTROLLED and any(criterion != NOT_MET for criterion in letters):
            codes.append("letter_criterion")
        if whole["tariff"]["outcome"] not in (NOT_MET, "not in force"):
            codes.append("tariff_band")
        if whole["status"] != NOT_CAUGHT and any(self.in_branch(code) for code in codes_of(declared)):
            codes.append("z_branch")
        sets = [tuple(entry["paragraphs"]) for entry in deciding_classes(whole)]
        return Standing(
            whole["status"],
            tuple(dict.fromkeys(evaluation.chip.id for evaluation in evaluations)),
            tuple(_agreed([m[key]["value"] for m in metrics]) for key in _HEADLINES),
            low,
            high,
            " or ".join(dict.fromkeys(" and ".join(found) if found else NOT_CAUGHT for found in sets)),
            whole["item_class"]["text"],
            whole["licence_requirement"]["by_destination"],
            whole["review_policy"]["text"],
            whole["tariff"]["text"],
            whole["tariff"]["outcome"],
            letter,
            tuple(dict.fromkeys(sets)),
            tuple(codes),
        )

    def verdict(self, founds: Sequence[Found], eccn: str | None, numbers: int = 0) -> Verdict:
        """One row from what its cells name, the first ``numbers`` of them part numbers.

        ``eccn`` is the declared ECCN, None where there is no such column.
        """
        names = narrowed(self.specs, [name for found in founds for name in found.ids])
        ranked = sorted(names, key=lambda name: (STATUSES.index(self.standing(name).status), names.index(name)))
        unknown = any(found.how == UNKNOWN or found.unknown for found in founds)
        explained = self._explained(founds, names)
        unknown = unknown and not explained
        statuses = [self.standing(name).status for name in ranked] + [NOT_IDENTIFIED] * unknown
        declared = codes_of([eccn or ""])
        evidence = ""
        if not ranked and any(self.comparable(code) for code in declared):
            statuses.append(NOT_IDENTIFIED)
            evidence = f"declared ECCN {' '.join((eccn or '').split())} and no product that is known here"
        status = worst(statuses)
        first = self._first([self.standing(name) for name in ranked])
        codes = [code for name in ranked for code in self.standing(name).codes]
        codes += [s.replace(" ", "_") for s in statuses if s in (CONTROLLED, CANNOT_EXCLUDE, NOT_IDENTIFIED)]
        codes += [refusal.kind.replace("-", "_") for found in founds for refusal in found.refused]
        if first is not None and declared and not self._reconciles(ranked, declared):
            codes.append("declared_eccn_differs")
        if status != NO_CHIP and any(self.in_branch(code) for code in declared):
            codes.append("z_branch")
        if self._conflicting(founds, numbers):
            codes.append("conflicting_products")
        if status == CONTROLLED and eccn is not None and _NO_ECCN.fullmatch(eccn.upper()):
            codes.append("missing_eccn")
        candidates = [chip for name in ranked for chip in self.standing(name).candidates]
        candidates += [chip for found in founds if found.how == UNKNOWN and unknown for chip in found.candidates]
        return Verdict(
            self._how(founds, ranked, unknown),
            tuple(ranked),
            tuple(dict.fromkeys(candidates)),
            _count(founds, ranked),
            status,
            first,
            ordered(codes),
            evidence,
        )

    @staticmethod
    def _first(standings: Sequence[Standing]) -> Standing | None:
        """The standing of the worst product, with what any other product reaches: a letter, a tariff band."""
        if len(standings) < 2:
            return standings[0] if standings else None
        letters = {standing.letter for standing in standings}
        letter = True if True in letters else None if None in letters else False
        band = min(standings, key=lambda standing: _TARIFF.get(standing.tariff_outcome, 1))
        return replace(standings[0], letter=letter, tariff=band.tariff, tariff_outcome=band.tariff_outcome)

    def _conflicting(self, founds: Sequence[Found], numbers: int) -> bool:
        """Whether a part number and a description in another cell name products that share no chip."""
        chips = [{chip for name in found.ids for chip in self._contained(name)} for found in founds]
        return any(
            chips[place] and chips[other] and not chips[place] & chips[other]
            for place, found in enumerate(founds)
            if place < numbers or found.how == PART_NUMBER
            for other in range(max(numbers, 0), len(founds))
            if other != place and founds[other].how != PART_NUMBER
        )

    def _contained(self, name: str) -> frozenset[str]:
        return lexicon_of(self.specs).chips(name)

    def _explained(self, founds: Sequence[Found], names: Sequence[str]) -> bool:
        """Whether what is open in one cell is settled by the product that another cell names."""
        chips = {chip for name in names for chip in self.standing(name).candidates}
        open_ = [found for found in founds if found.how == UNKNOWN or found.unknown]
        return bool(names) and all(found.general and chips.issuperset(found.candidates) for found in open_)

    @staticmethod
    def _how(founds: Sequence[Found], ranked: Sequence[str], unknown: bool) -> str:
        if ranked:
            return next(found.how for found in founds if ranked[0] in found.ids)
        if unknown:
            return UNKNOWN
        hows = {found.how for found in founds}
        return next((how for how in (ACCESSORY, LOOK_ALIKE) if how in hows), NONE)

    def in_branch(self, code: str) -> bool:
        """Whether a declared ECCN is a .z paragraph."""
        return bool(_Z.search(code[5:]))

    def comparable(self, code: str) -> bool:
        """Whether a declared ECCN says that the item is caught: an entry computed here, or a .z paragraph."""
        return branch_of(self.specs, code).caught

    def _reconciles(self, ranked: Sequence[str], declared: Sequence[str]) -> bool:
        """Whether a declared ECCN fits the computed class of the worst product; what is undecided fits anything."""
        return reconciled(self.specs, declared, self.standing(ranked[0]).possible) != DIFFERS


def codes_of(texts: Iterable[str]) -> tuple[str, ...]:
    """ECCNs in declared texts, upper case: several in one cell, with or without dots."""
    return tuple(dict.fromkeys(code for text in texts for code in _ECCN.findall(text.upper())))


def _bounds(metrics: Iterable[Mapping[str, Any]]) -> tuple[float | None, float | None]:
    """The lowest and the highest of the computed and the deciding figures of all variants; None: there is no bound.

    A claim that does not decide (a typing error, a superseded figure) is shown by ``classify`` and no bound.
    """
    lows: list[float] = []
    highs: list[float] = []
    unbounded = False
    for metric in metrics:
        unbounded = unbounded or metric["unbounded"]
        lows += [metric[key] for key in ("value", "low") if metric[key] is not None]
        highs += [metric[key] for key in ("value", "high") if metric[key] is not None]
    return min(lows, default=None), None if unbounded else max(highs, default=None)


def _any(outcomes: Iterable[str]) -> bool | None:
    found = set(outcomes)
    return True if MET in found else None if found - {NOT_MET} else False


def _over(answers: Sequence[bool | None]) -> bool | None:
    """One answer for all variants, or none where they differ."""
    return answers[0] if len(set(answers)) == 1 else None


def _agreed(values: Sequence[Any]) -> float | None:
    return values[0] if len(set(values)) == 1 else None


def _count(founds: Sequence[Found], ranked: Sequence[str]) -> int | None:
    """Chips in one unit of the item, where the cells agree."""
    if len(ranked) != 1:
        return None
    counts = {found.count for found in founds if ranked[0] in found.ids and found.count is not None}
    return counts.pop() if len(counts) == 1 else None
