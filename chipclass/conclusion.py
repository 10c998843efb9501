"""Conclusions per axis. Axes are never merged: class, item, licence requirement, exceptions, review policy, tariff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from chipclass import explanation as words
from chipclass.logic.cells import NO, YES, Box, Cell, cells, folded, outcomes
from chipclass.logic.numbers import Interval
from chipclass.logic.tree import Node
from chipclass.proof import MET, NOT_MET, UNDECIDED, outcome_of
from chipclass.rules.book import CODIFIED, IN_FORCE, REPORTED, Book, Provision
from chipclass.rules.branches import branch_of, reconciled
from chipclass.rules.transactions import Countries, Transaction
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs

CONTROLLED, CANNOT_EXCLUDE, NOT_CAUGHT = "controlled", "cannot exclude", "not caught"


class Axes:
    """The conclusions of one product in one transaction, computed from the feasible cells of its box."""

    def __init__(
        self, book: Book, box: Box, transaction: Transaction, countries: Countries, function: str = "processor"
    ) -> None:
        self.book = book
        self.box = box
        self.transaction = transaction
        self.countries = countries
        self.function = function
        self.trees = book.trees(transaction.as_of)

    def counts(self, provision: Provision) -> bool:
        """Whether the provision speaks in the chosen reading: in force, or codified where that reading is asked for."""
        edition = provision.on(self.transaction.as_of)
        if edition is None:
            return False
        posture = edition.posture(self.transaction.as_of)
        return posture == IN_FORCE or (posture == CODIFIED and self.transaction.reading == "codified")

    def speaks(self, provision: Provision) -> bool:
        """Whether a provision speaks of chips of this function."""
        return provision.applies_to == self.function

    def class_provisions(self, scope: str = "") -> list[Provision]:
        """The provisions that give a class of this chip in the chosen reading."""
        return [p for p in self.book.axis("ic class", scope, self.function) if self.counts(p)]

    def class_entries(self, scope: str = "") -> list[dict[str, Any]]:
        """Possible classes per regime (contract: ic_class); several entries of a regime are several possibilities."""
        held = self.class_provisions(scope)
        if scope:  # a regime whose limits are not on file would only say that nothing is certain
            held = [p for p in held if any(test.kind == "number" for test in self.trees[p.id].tests())]
        entries = []
        for regime in dict.fromkeys(p.regime for p in held):
            possible = self.classes(provisions=[p for p in held if p.regime == regime])
            entries += [
                {
                    "regime": regime,
                    "paragraphs": sorted(paragraphs),
                    "certain": len(possible) == 1,
                    "makes_status": not scope,
                }
                for paragraphs in sorted(possible, key=sorted)
            ]
        return entries

    def classes(self, box: Box | None = None, provisions: Sequence[Provision] | None = None) -> list[frozenset[str]]:
        """Every possible set of paragraphs, over all feasible cells; the empty set is 'not caught'."""
        provisions = self.class_provisions() if provisions is None else provisions
        box = self.box if box is None else box
        trees = {p.id: folded(self.trees[p.id], box) for p in provisions}
        parts = {p.id: [(name, folded(node, box)) for name, node in self._paragraphs(p)] for p in provisions}
        found: dict[frozenset[str], None] = {}
        for cell in cells([*trees.values(), *(node for nodes in parts.values() for _, node in nodes)], box):
            met = {name for name, tree in trees.items() if cell.holds(tree)}
            named = [p for p in provisions if p.id in met and p.text("yields_to") not in met]
            found[frozenset(name for p in named for name in self._named(p, parts[p.id], cell))] = None
        return list(found)

    def _paragraphs(self, provision: Provision) -> Iterator[tuple[str, Node]]:
        """The paragraphs that a provision gives as classes, each with the part of the tree that reaches it."""
        edition = provision.on(self.transaction.as_of)
        assert edition is not None
        tree = self.trees[provision.id]
        for paragraph, node_id in edition.paragraphs.items():
            yield paragraph, next((n for n in tree.walk() if n.id == node_id), tree)

    def _named(self, provision: Provision, parts: Iterable[tuple[str, Node]], cell: Cell) -> list[str]:
        """The paragraphs reached in a cell; where a text goes from the first to the last, the first alone."""
        edition = provision.on(self.transaction.as_of)
        assert edition is not None
        found = [paragraph for paragraph, node in parts if cell.holds(node)]
        return found[:1] if edition.text("report") == "first" else found

    def required(self, reading: str) -> tuple[str, list[Provision]]:
        """Outcome of the licence requirement for this transaction, and the provisions that can bring it.

        The destination decides, and beside it a party's headquarters where they are stated.
        """
        scopes = ("",) if self.transaction.headquarters is None else ("", "headquarters")
        return self._required(reading, scopes, self.box)

    def required_by_headquarters(self, reading: str) -> tuple[str, list[Provision]]:
        """The same for any destination, if a party were headquartered in the groups that the provisions name."""
        return self._required(reading, ("headquarters",), self._with_headquarters())

    def _required(self, reading: str, scopes: tuple[str, ...], box: Box) -> tuple[str, list[Provision]]:
        wanted = [IN_FORCE, CODIFIED] if reading == "codified" else [IN_FORCE]
        date = self.transaction.as_of
        provisions = [
            p
            for scope in scopes
            for p in self.book.axis("licence requirement", scope, self.function)
            if (e := p.on(date)) is not None and e.posture(date) in wanted
        ]
        any_of = Node("any", children=tuple(self.trees[p.id] for p in provisions))
        possible = outcomes({"any": any_of}, box)["any"] if provisions else NO
        single = outcomes({p.id: self.trees[p.id] for p in provisions}, box)
        return outcome_of(bool(possible.true), bool(possible.false)), [p for p in provisions if single[p.id].true]

    def requirement_words(self, outcome: str, provisions: list[Provision]) -> str:
        """Whether a licence is required, by which provisions; where it is not, what it is that is not reached."""
        by = words.join([p.paragraph for p in provisions])
        if outcome == MET:
            return f"licence required, {by}"
        if outcome == UNDECIDED:
            return f"cannot exclude a licence requirement, {by}"
        held = [p for p in self.book.axis("licence requirement") if p.on(self.transaction.as_of)]
        if not held:
            return "no provision on licence requirements held here was in force"
        if any(self.classes()):
            return "no licence requirement held here names this destination"
        return "not reached by class on these figures"

    def _with_headquarters(self) -> Box:
        tests = {t.text: YES for tree in self.trees.values() for t in tree.tests() if t.kind == "headquarters"}
        return self.box.knowing(tests)

    def headquarters_groups(self) -> list[str]:
        """The groups and countries that the provisions on headquarters name, in words."""
        date = self.transaction.as_of
        editions = [e for p in self.book.axis("licence requirement", "headquarters") if (e := p.on(date))]
        return self._named_headquarters(edition.tree for edition in editions)

    def _named_headquarters(self, trees: Iterable[Node]) -> list[str]:
        names = [n for tree in trees for t in tree.tests() if t.kind == "headquarters" for n in t.names]
        return list(dict.fromkeys(self.countries.name(name) for name in names))

    def letters(self) -> list[dict[str, Any]]:
        """Reported letters: whether the product reaches the criterion, and to whom the letter was addressed."""
        result = []
        date = self.transaction.as_of
        for provision in sorted(self.book.axis("licence requirement", "letter", self.function), key=lambda p: p.id):
            edition = provision.on(date)
            if edition is None:
                continue
            tree = self.trees[provision.id]
            criterion = next(n for n in tree.walk() if n.id == edition.text("criterion"))
            possible = outcomes({"criterion": criterion, "whole": tree}, self.box)
            reached = outcome_of(bool(possible["criterion"].true), bool(possible["criterion"].false))
            whole = outcome_of(bool(possible["whole"].true), bool(possible["whole"].false))
            said = {
                MET: "reported criterion reached",
                NOT_MET: "reported criterion not reached",
                UNDECIDED: "cannot exclude",
            }
            result.append(
                {
                    "id": provision.id,
                    "name": provision.paragraph,
                    "addressee": provision.text("addressee"),
                    "posture": REPORTED,
                    "criterion": reached,
                    "outcome": whole,
                    "text": f"{provision.paragraph}: {said[reached]}",
                }
            )
        return result

    def exceptions(self) -> list[dict[str, Any]]:
        result = []
        for provision in self.book.axis("exception", function=self.function):
            edition = provision.on(self.transaction.as_of)
            if edition is None:
                continue
            posture = edition.posture(self.transaction.as_of)
            possible = outcomes({"x": self.trees[provision.id]}, self.box)["x"]
            outcome = outcome_of(bool(possible.true), bool(possible.false))
            text = words.outcome_words(outcome, provision.effect)
            text += "" if posture == IN_FORCE else f" ({posture})"
            entry = {"id": provision.id, "name": provision.paragraph, "outcome": outcome, "text": text}
            result.append({**entry, "conditions": list(edition.conditions), "posture": posture})
        return result


def deciding_classes(conclusion: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The possible classes that make the status; those of other regimes stand beside them."""
    return [entry for entry in conclusion["ic_class"] if entry["makes_status"]]


def status_of(possible: Iterable[frozenset[str]]) -> str:
    """controlled if every possible class has a paragraph, not caught if none has, else cannot exclude."""
    caught = {bool(paragraphs) for paragraphs in possible}
    if caught == {True}:
        return CONTROLLED
    return CANNOT_EXCLUDE if True in caught else NOT_CAUGHT


def requirement_text(axes: Axes) -> dict[str, Any]:
    """Licence requirement by destination, the headquarters line, and reported letters."""
    transaction, names = axes.transaction, axes.countries
    target = names.name(transaction.evaluated_destination)
    if transaction.headquarters is not None:
        target += f", party headquartered in {names.name(transaction.headquarters)}"
    outcome, provisions = axes.required(transaction.reading)
    text = f"{target}: {axes.requirement_words(outcome, provisions)}"
    if transaction.destination is None:
        text = f"depends on the destination; {text}"
    other = "codified" if transaction.reading == "enforced" else "enforced"
    other_outcome, other_provisions = axes.required(other)
    if other_outcome != outcome:
        text += f" ({other} reading: {axes.requirement_words(other_outcome, other_provisions)})"
    if outcome != NOT_MET:
        counting = [IN_FORCE, CODIFIED] if transaction.reading == "codified" else [IN_FORCE]
        met = [entry for entry in axes.exceptions() if entry["outcome"] == MET]
        reliefs = [entry["name"] for entry in met if entry["posture"] in counting]
        text += f"; a relief is met, {words.join(reliefs)}: see the exceptions" if reliefs else ""
    letters = axes.letters()
    said = {entry["outcome"] for entry in letters} - {NOT_MET} if outcome != MET else set()
    if said:
        text += f"; a reported letter {'reaches' if MET in said else 'may reach'} it, see the letters"
    abroad, by = axes.required_by_headquarters(transaction.reading)
    groups = words.join(axes.headquarters_groups(), "or")
    party = f"any destination, if a party is of {groups}: " if groups else "no provision on headquarters in force: "
    return {
        "by_destination": text,
        "outcome": outcome,
        "if_headquartered_in_D5_or_Macau": f"{party}{axes.requirement_words(abroad, by)}",
        "letters": letters,
    }


def item_class(axes: Axes, specs: Specs, item: Item, chip: Item, status: str) -> dict[str, Any]:
    """What the item is as sold: a bare chip, or a board or system with one; the base ECCN is not determined."""
    declared = declared_eccn(item, chip, specs)
    found = _item_class(axes, item, chip, status, specs.index["branches"].get("effective", ""))
    fit = reconciled(specs, [entry["eccn"] for entry in declared], axes.classes() if axes.class_provisions() else ())
    return {**found, "declared_eccn": declared, "declared_and_computed": fit}


def _item_class(axes: Axes, item: Item, chip: Item, status: str, first: str) -> dict[str, Any]:
    """``first`` is the day since which other ECCNs have .z paragraphs."""
    date = axes.transaction.as_of
    if chip.sold_as == "chip" and item.id == chip.id:
        text = "a bare integrated circuit: the class of the chip is the class of the item"
        return {"text": text, "certain": status != CANNOT_EXCLUDE}
    provisions = [p for p in axes.book.axis("item class", function=axes.function) if p.on(date) is not None]
    if not provisions:
        text = "no paragraph for items held here was in force on this date"
        return {"text": text, "certain": False}
    possible = outcomes({p.id: axes.trees[p.id] for p in provisions}, axes.box)
    met = [p for p in provisions if not possible[p.id].false]
    open_ = [p for p in provisions if possible[p.id].true]
    named = [p for p in met if p.text("yields_to") not in {q.id for q in met}] or open_
    if not named:
        if status != NOT_CAUGHT:
            text = "contains a chip that is caught; no paragraph for boards and systems was in force on this date"
            return {"text": text, "certain": False}
        return {"text": "no item paragraph evaluated here is reached", "certain": True}
    paragraphs = words.join([p.paragraph for p in named], "or")
    text = paragraphs
    if date >= first:
        text += ", or the matching .z branch under its own base ECCN (not determined here)"
    prefix = "" if met else "cannot exclude: "
    return {"text": prefix + text, "certain": bool(met)}


def declared_eccn(item: Item, chip: Item, specs: Specs) -> list[dict[str, str]]:
    """The vendor's own ECCNs with their list and date, shown as declared, never used to decide."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    entries = [(e.eccn, e.date, e.source, e.quotes) for e in item.identifiers if e.eccn]
    if item.id == chip.id or not entries:
        entries += [(str(f.value), f.date, f.source, f.quotes) for f in chip.known("eccn")]
    for eccn, date, source, quotes in entries:
        publisher = str(specs.source(quotes or source)["publisher"])
        says = branch_of(specs, eccn).says
        entry = {"eccn": eccn, "date": date, "source": source, "by": publisher, "says": says}
        found.setdefault((eccn, date), entry)
    return list(found.values())


def all_units_box(axes: Axes, chip: Item, formats: Mapping[str, Mapping[str, Any]]) -> tuple[Fraction, Box] | None:
    """The box under the reading that adds vector to matrix throughput: nobody follows it, so it only warns."""
    best: dict[str, Fraction] = {}
    for fact in chip.facts:
        if fact.attribute == "rate" and not fact.set_aside and fact.value.value is not None:
            entry = formats[fact.format]
            product = fact.value.value * int(entry["bits"])
            best[entry["engine"]] = max(product, best.get(entry["engine"], Fraction(0)))
    if len(best) < 2:
        return None
    whole = sum(best.values(), Fraction(0))
    return whole, Box({**axes.box.numbers, "tpp": (Interval.point(whole),)}, axes.box.truths)
