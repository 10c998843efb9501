"""One chip, alone or in an item, in one transaction: figures, determinations, conclusion, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from chipclass import explanation as words
from chipclass.conclusion import (
    CANNOT_EXCLUDE,
    CONTROLLED,
    NOT_CAUGHT,
    Axes,
    all_units_box,
    item_class,
    requirement_text,
    status_of,
)
from chipclass.logic.cells import Box
from chipclass.proof import MET, Prover, metric_json
from chipclass.review import policy_of
from chipclass.rules.alternatives import Metric, deciding_facts
from chipclass.rules.book import Provision, book_of
from chipclass.rules.figures import box_of, metrics_of
from chipclass.rules.transactions import Transaction, countries_of, truths
from chipclass.specdb.records import MANUFACTURER, Item, maker_of
from chipclass.specdb.store import Specs
from chipclass.tariff import tariff_of

INFERRED = frozenset({"derived", "press", "estimate"})


#: Kind of product that is used where it stands: no article changes hands.
INSTANCE = "instance"


def _figures(
    specs: Specs, chip: Item, read: frozenset[str], given: Mapping[str, Metric] | None
) -> tuple[Mapping[str, Metric], Box]:
    """The metrics of a chip and what they leave possible; a chip of the database has the same on every day."""
    if not given and chip.id in specs.index["chips"] and specs.item(chip.id) is chip:
        return _known_figures(specs, chip.id, read)
    metrics = metrics_of(specs, chip, read, given)
    return metrics, box_of(specs, chip, metrics)


@lru_cache(maxsize=1024)
def _known_figures(specs: Specs, chip: str, read: frozenset[str]) -> tuple[Mapping[str, Metric], Box]:
    metrics = metrics_of(specs, specs.item(chip), read)
    return metrics, box_of(specs, specs.item(chip), metrics)


class Evaluation:
    """One chip, as part of an item or alone, in one transaction: everything that the outputs are made from."""

    def __init__(
        self,
        specs: Specs,
        item: Item,
        chip: Item,
        count: int,
        deal: Transaction,
        given: Mapping[str, Metric] | None = None,
    ) -> None:
        """``given`` puts metrics in the place of those that the facts would make: the answer if they were so."""
        self.specs, self.item, self.chip, self.count, self.deal = specs, item, chip, count, deal
        book, countries = book_of(specs), countries_of(specs)
        tests = book.tests(deal.as_of)
        read = {test.metric for test in tests if test.kind == "number"}
        self.metrics, figures = _figures(specs, chip, frozenset(read), given)
        names = {item.id, chip.id, *chip.families, *item.families, maker_of(chip.vendor)}
        released = [str(fact.value) for fact in deciding_facts(chip.known("release_date"))]
        known = truths(tests, deal, names, countries, released)
        self.box = figures.knowing(known)
        self.axes = Axes(book, self.box, deal, countries, chip.function)
        self.prover = Prover(specs, self.metrics, self.box, deal.as_of)
        self._made: dict[str, dict[str, Any]] = {}
        self.possible = self.axes.classes()
        self.in_force = bool(self.axes.class_provisions())
        self.status = status_of(self.possible) if self.in_force else CANNOT_EXCLUDE

    @property
    def determinations(self) -> list[dict[str, Any]]:
        """One per provision, in the order of the rule files."""
        return [self._determined(provision) for provision in book_of(self.specs)]

    def _determined(self, provision: Provision) -> dict[str, Any]:
        if provision.id not in self._made:
            self._made[provision.id] = self.prover.determine(provision, self._in_scope(provision))
        return self._made[provision.id]

    def _in_scope(self, provision: Provision) -> bool:
        """Paragraphs for boards and systems do not speak of a bare chip, those for processors not of memory."""
        bare = self.chip.sold_as == "chip" and self.item.id == self.chip.id
        return self.axes.speaks(provision) and not (bare and provision.axis == "item class")

    def assumptions(self) -> list[str]:
        """What the answer rests on beside the manufacturer's own figures."""
        result = []
        for fact in self.chip.known("dies"):
            if fact.status in INFERRED:
                dies = words.join([f"{count} x {self.specs.item(name).name}" for name, count in fact.value.items()])
                result.append(f"the package holds {dies} ({fact.status})")
            break
        for name in ("tpp", "applicable_die_area", "total_dram_bandwidth", "interconnect_bandwidth"):
            metric = self.metrics[name]
            statuses = {status for a in metric.alternatives if a.decides for status in a.statuses}
            if statuses and not statuses & MANUFACTURER:
                title = self.specs.metrics[name]["title"]
                result.append(f"{title}: no manufacturer's figure; decided on {words.join(sorted(statuses))}")
            elif statuses & {"estimate"} and name == "applicable_die_area":
                result.append(f"{self.specs.metrics[name]['title']}: estimated ({metric.alternatives[0].label})")
        for name, entry in self.specs.attributes.items():
            facts = deciding_facts(self.chip.known(name)) if entry["kind"] == "truth" else []
            if facts and not any(fact.by_manufacturer for fact in facts):
                on = words.join(sorted({fact.status for fact in facts}))
                said = {True: "yes", False: "no"}.get(facts[0].value, "unknown")
                result.append(f"{name.replace('_', ' ')}: {said}, on {on} only")
        if overlays := self._overlays():
            result.append(f"facts of the user's own overlay take part: {words.join(overlays)}")
        return result

    def _overlays(self) -> list[str]:
        """Overlays that give the item, the chip, its dies or any of their facts."""
        dies = [self.specs.item(name) for fact in self.chip.known("dies") for name in fact.value]
        items = [self.item, self.chip, *dies]
        named = [item.overlay for item in items] + [f.overlay for item in items for f in item.facts if not f.set_aside]
        return list(dict.fromkeys(name for name in named if name))

    def caveats(self) -> list[str]:
        result = []
        if flips := self._all_units():
            result.append(flips)
        if self.item.kind == INSTANCE:
            result.append("an instance of a cloud: the answer speaks of the hardware behind it, not of access to it")
        if shares := {part["share"] for part in self.item.contains if "share" in part}:
            result.append(f"it is given {words.join(sorted(shares))} of the chip; the test is the whole chip's")
        if self.item.also_contains:
            result.append(
                f"also contains {words.join(list(self.item.also_contains))}: not in the database, not evaluated"
            )
        if banner := checked_words(self.specs, self.deal.as_of):
            result.append(banner)
        first = book_of(self.specs).first_date()
        if self.deal.as_of < first:
            result.append(begins_words(first))
        return result

    def _all_units(self) -> str:
        found = all_units_box(self.axes, self.chip, self.specs.formats)
        if found is None:
            return ""
        whole, box = found
        other = self.axes.classes(box)
        if set(other) == set(self.possible):
            return ""
        named = words.join(["not caught" if not p else words.join(sorted(p)) for p in other], "or")
        text = f"adding vector to matrix throughput (TPP {words.show(whole)}) would read {named}"
        return f"{text}; nobody is known to follow that reading, so it does not decide"

    def conclusion(self) -> dict[str, Any]:
        """The conclusion of one variant (contract: C)."""
        return {
            "ic_class": self.axes.class_entries() + self.axes.class_entries("abroad"),
            "item_class": item_class(self.axes, self.specs, self.item, self.chip, self.status),
            "status": self.status,
            "in_force": self.in_force,
            "licence_requirement": requirement_text(self.axes),
            "exceptions": self._exceptions() if self.status != NOT_CAUGHT and self.in_force else [],
            "review_policy": policy_of(self.axes, self.status),
            "tariff": tariff_of(self.axes),
            "presumptions": self._beside(lambda p: p.axis == "presumption"),
            "further": self._beside(lambda p: p.scope in ("lower", "abroad", "bill")),
            "summary": self.summary(),
            "caveats": self.caveats(),
            "not_evaluated": self.specs.not_evaluated,
        }

    def _exceptions(self) -> list[dict[str, Any]]:
        """Licence exceptions and the like; of those that are not established what is open."""
        found = book_of(self.specs).provisions
        return [{**e, "open": _open(self._determined(found[e["id"]]))} for e in self.axes.exceptions()]

    def _beside(self, wanted: Callable[[Provision], bool]) -> list[dict[str, Any]]:
        """Provisions that do not make the status: presumptions, lower lines, other regimes, bills; what each says."""
        result = []
        for provision in filter(wanted, book_of(self.specs)):
            found = self._determined(provision)
            if found["proof"] is None:
                continue
            requires = provision.axis == "licence requirement" and found["outcome"] == MET
            text = "requires a licence" if requires else words.outcome_words(found["outcome"], provision.effect)
            text += f" (open: {'; '.join(open_)})" if (open_ := _open(found)) else ""
            result.append(
                {
                    "id": provision.id,
                    "regime": provision.regime,
                    "axis": provision.axis,
                    "scope": provision.scope,
                    "name": provision.paragraph,
                    "posture": found["posture"],
                    "outcome": found["outcome"],
                    "text": f"{provision.paragraph}: {text}",
                    "citation": found["citation"],
                }
            )
        return result

    def summary(self) -> str:
        """The status and what brings it about, in one sentence."""
        provisions = self.axes.class_provisions()
        determined = {provision.id: self._determined(provision) for provision in provisions}
        if not provisions:
            first = book_of(self.specs).first_date()
            return f"No class provision held here was in force on {self.deal.as_of}. The rules held begin on {first}."
        proofs = [determined[p.id] for p in provisions]
        if self.status == CONTROLLED:
            met = [d for d in proofs if d["outcome"] == "met"]
            if not met:
                names = words.join([p.paragraph for p in provisions], "or")
                return f"{self.chip.name} is certainly caught by {names}, whichever of its open figures is true."
            paragraphs = words.join([words.join(sorted(paragraphs)) for paragraphs in self.possible], "or")
            why = words.join(self._why(met[0]))
            return f"{self.chip.name} is caught by {paragraphs}: {why}."
        names = words.join([p.paragraph for p in provisions], "or")
        if self.status == NOT_CAUGHT:
            why = words.join(words.tightest(leaf for d in proofs for leaf in words.deciding_tests(d["proof"])))
            return f"{self.chip.name} is not caught by {names} on these figures: {why}.{self._letter_words()}"
        open_ = [p for p in provisions if determined[p.id]["outcome"] == "undecided"]
        settle = list(dict.fromkeys(e["text"] for p in open_ for e in determined[p.id]["would_settle"]))[:3]
        names = words.join([p.paragraph for p in open_] or [p.paragraph for p in provisions], "or")
        tail = f": {'; '.join(settle)}" if settle else ""
        return f"{names} cannot be excluded for {self.chip.name}{tail}."

    def _why(self, determination: Mapping[str, Any]) -> list[str]:
        """The tests that make the first certain paragraph hold."""
        provision = book_of(self.specs).provisions[determination["provision"]]
        edition = provision.on(self.deal.as_of)
        assert edition is not None
        for name in edition.paragraphs.values():
            node = words.find(determination["proof"], name) if name else determination["proof"]
            if node is not None and node["outcome"] == "met":
                return words.tightest(words.deciding_tests(node))
        return words.tightest(words.deciding_tests(determination["proof"]))

    def _letter_words(self) -> str:
        letters = self.axes.letters()
        reached = words.join([entry["name"] for entry in letters if entry["criterion"] == "met"])
        open_ = words.join([entry["name"] for entry in letters if entry["criterion"] == "undecided"])
        said = f" The criterion of a reported letter is reached all the same: {reached}." if reached else ""
        return said + (f" The criterion of a reported letter cannot be excluded: {open_}." if open_ else "")

    @property
    def label(self) -> str:
        """Name of the item, with the chip and its count where the item contains it."""
        same = self.item.id == self.chip.id
        return self.item.name if same else f"{self.item.name} ({self.chip.name} x {self.count})"

    def to_dict(self) -> dict[str, Any]:
        """Contract: V."""
        return {
            "product": self.item.id,
            "name": self.label,
            "kind": self.item.kind or self.chip.sold_as,
            "chip": self.chip.id,
            "chip_count": self.count,
            "assumptions": self.assumptions(),
            "metrics": {
                name: metric_json(metric, self.prover.limits.get(name, ())) for name, metric in self.metrics.items()
            },
            "determinations": self.determinations,
            "conclusion": self.conclusion(),
        }


def _open(determination: Mapping[str, Any]) -> list[str]:
    """What is open of a determination, the first two points."""
    return list(dict.fromkeys(entry["text"] for entry in determination["would_settle"]))[:2]


def begins_words(first: str) -> str:
    """What stands beside any answer for a day before the first rule."""
    return f"the rules held here begin on {first}; earlier rules are not in the database"


def checked_words(specs: Specs, as_of: str) -> str:
    """The banner for a date after the last check of a rule in force; empty where every rule was checked since."""
    checks: dict[str, list[str]] = {}
    book = book_of(specs)
    own = {provision.regime for provision in book.axis("ic class")}
    for provision in book:
        if (edition := provision.on(as_of)) and provision.scope != "bill":
            name = provision.paragraph if provision.regime in own else provision.regime
            checks.setdefault(edition.checked, []).append(name)
    stale = {day: names for day, names in sorted(checks.items()) if day < as_of}
    if not stale:
        return ""
    whole = max(checks)
    parts = [f"{words.join(names)} on {day}" for day, names in stale.items() if day != whole]
    lead = "the rules were last checked on " + whole if whole in stale else ""
    aside = f"{words.join(parts)}" if parts else ""
    said = f"{lead}{', ' if aside else ''}{aside}" if lead else f"last checked: {aside}"
    return f"{said}; anything after that is unknown"
