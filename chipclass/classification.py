"""Classify: from a query and a transaction to determinations with proof and a conclusion per axis."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from chipclass import __version__
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
from chipclass.identification.resolve import Match, resolve
from chipclass.logic.cells import Box
from chipclass.proof import Prover, metric_json
from chipclass.rules.alternatives import Metric
from chipclass.rules.book import Book
from chipclass.rules.figures import box_of, metrics_of
from chipclass.rules.transactions import KINDS, READINGS, Countries, QueryError, Transaction, parse_date, truths
from chipclass.specdb.records import MANUFACTURER, Item
from chipclass.specdb.store import Specs, load

SCHEMA = 1
INFERRED = frozenset({"derived", "press", "estimate"})


@lru_cache(maxsize=8)
def _book(specs: Specs) -> tuple[Book, Countries]:
    return Book(specs), Countries(specs)


def book_of(specs: Specs) -> Book:
    """The rule book of a spec database, made once."""
    return _book(specs)[0]


def countries_of(specs: Specs) -> Countries:
    """Countries and groups of a spec database, made once."""
    return _book(specs)[1]


def transaction(
    specs: Specs,
    *,
    as_of: str | datetime.date | None = None,
    destination: str | None = None,
    shipped_from: str = "US",
    kind: str = "export",
    headquarters: str | None = None,
    reading: str = "enforced",
    stated: Iterable[str] = (),
) -> Transaction:
    """A checked transaction. Raises QueryError for an unknown country, a day that does not exist, an unknown kind."""
    countries = countries_of(specs)
    if kind not in KINDS:
        raise QueryError(f"unknown transaction '{kind}'; expected one of {', '.join(KINDS)}")
    if reading not in READINGS:
        raise QueryError(f"unknown reading '{reading}'; expected one of {', '.join(READINGS)}")
    known = {
        n for p in book_of(specs) for e in p.editions for t in e.tree.tests() if t.kind == "stated" for n in t.names
    }
    for name in stated:
        if name not in known:
            raise QueryError(f"unknown statement '{name}'; expected one of {', '.join(sorted(known))}")
    return Transaction(
        parse_date(as_of),
        countries.code(destination) if destination else None,
        countries.code(shipped_from),
        kind,
        countries.code(headquarters) if headquarters else None,
        reading,
        frozenset(stated),
    )


class Evaluation:
    """One chip, as part of an item or alone, in one transaction: everything that the outputs are made from."""

    def __init__(self, specs: Specs, item: Item, chip: Item, count: int, deal: Transaction) -> None:
        self.specs, self.item, self.chip, self.count, self.deal = specs, item, chip, count, deal
        book, countries = _book(specs)
        self.metrics: dict[str, Metric] = metrics_of(specs, chip)
        trees = book.trees(deal.as_of)
        names = {item.id, chip.id, *chip.families, *item.families}
        known = truths((t for tree in trees.values() for t in tree.tests()), deal, names, countries)
        facts = box_of(specs, chip, self.metrics)
        self.box = Box(facts.numbers, {**facts.truths, **known})
        self.axes = Axes(book, self.box, deal, countries)
        self.prover = Prover(specs, self.metrics, self.box, trees)
        self.possible = self.axes.classes()
        self.status = status_of(self.possible)

    @cached_property
    def determinations(self) -> list[dict[str, Any]]:
        """One per provision, in the order of the rule files."""
        return [self.prover.determine(provision, self.deal.as_of) for provision in book_of(self.specs)]

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
        facts = [f for f in self.chip.facts if f.overlay and not f.set_aside]
        if facts or self.chip.overlay or self.item.overlay:
            result.append("figures of the user's own overlay take part")
        return result

    def caveats(self) -> list[str]:
        result = []
        if flips := self._all_units():
            result.append(flips)
        if self.item.also_contains:
            result.append(
                f"also contains {words.join(list(self.item.also_contains))}: not in the database, not evaluated"
            )
        if banner := checked_words(self.specs, self.deal.as_of):
            result.append(banner)
        first = book_of(self.specs).first_date()
        if self.deal.as_of < first:
            result.append(f"the rules held here begin on {first}; earlier rules are not in the database")
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
        regimes = sorted({p.data["regime"] for p in book_of(self.specs).axis("ic class")})
        certain = len(self.possible) == 1
        classes = [
            {"regime": regimes[0] if regimes else "", "paragraphs": sorted(paragraphs), "certain": certain}
            for paragraphs in sorted(self.possible, key=sorted)
        ]
        determined = {d["provision"]: d for d in self.determinations}
        return {
            "ic_class": classes,
            "item_class": item_class(self.axes, self.specs, self.item, self.chip, self.status),
            "status": self.status,
            "in_force": any(self.axes.counts(p) for p in book_of(self.specs).axis("ic class")),
            "licence_requirement": requirement_text(self.axes),
            "exceptions": self.axes.exceptions() if self.status != NOT_CAUGHT else [],
            "review_policy": self.axes.policy(self.status),
            "tariff": self.axes.tariff(),
            "summary": self._summary(determined),
            "caveats": self.caveats(),
            "not_evaluated": list(words.NOT_EVALUATED),
        }

    def _summary(self, determined: Mapping[str, Mapping[str, Any]]) -> str:
        provisions = [p for p in book_of(self.specs).axis("ic class") if self.axes.counts(p)]
        if not provisions:
            return f"No class provision held here was in force on {self.deal.as_of}."
        proofs = [determined[p.id] for p in provisions]
        if self.status == CONTROLLED:
            met = [d for d in proofs if d["outcome"] == "met"]
            if not met:
                names = words.join([p.paragraph for p in provisions], "or")
                return f"{self.chip.name} is certainly caught by {names}, whichever of its open figures is true."
            paragraphs = words.join([n for paragraphs in self.possible for n in sorted(paragraphs)], "or")
            why = words.join(self._why(met[0]))
            return f"{self.chip.name} is caught by {paragraphs}: {why}."
        names = words.join([p.paragraph for p in provisions], "or")
        if self.status == NOT_CAUGHT:
            why = words.join(words.tightest(leaf for d in proofs for leaf in words.deciding_tests(d["proof"])))
            return f"{self.chip.name} is not caught by {names} on these figures: {why}.{self._letter_words()}"
        open_ = [p for p in provisions if determined[p.id]["outcome"] == "undecided"]
        settle = list(dict.fromkeys(e["text"] for p in open_ for e in determined[p.id]["would_settle"]))[:3]
        names = words.join([p.paragraph for p in open_] or [p.paragraph for p in provisions], "or")
        tail = f": {words.join(settle, 'or')}" if settle else ""
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
        reached = [entry for entry in self.axes.letters() if entry["criterion"] != "not met"]
        names = words.join([entry["name"] for entry in reached])
        return f" The criterion of a reported letter is reached all the same: {names}." if reached else ""

    def to_dict(self) -> dict[str, Any]:
        """Contract: V."""
        same = self.item.id == self.chip.id
        return {
            "product": self.item.id,
            "name": self.item.name if same else f"{self.item.name} ({self.chip.name} x {self.count})",
            "kind": self.item.kind or self.chip.sold_as,
            "chip": self.chip.id,
            "chip_count": self.count,
            "assumptions": self.assumptions(),
            "metrics": {name: metric_json(metric) for name, metric in self.metrics.items()},
            "determinations": self.determinations,
            "conclusion": self.conclusion(),
        }


class Result:
    """The answer to ``classify``: one entry per query. ``to_dict()`` is the JSON output."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def to_dict(self) -> dict[str, Any]:
        return self._data

    def to_json(self, indent: int | None = 2) -> str:
        return json.dumps(self._data, ensure_ascii=False, indent=indent, allow_nan=False)

    @property
    def results(self) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self._data["results"]
        return results

    @property
    def status(self) -> str:
        """Status of the first query."""
        return str(self.results[0]["conclusion"]["status"])

    def __repr__(self) -> str:
        lines = [f"chipclass as of {self._data['as_of']}, specs {self._data['specs']}"]
        lines += [f"  {r['query']}: {r['conclusion']['status']}. {r['conclusion']['summary']}" for r in self.results]
        return "\n".join(lines)


def variants_of(specs: Specs, match: Match) -> list[tuple[Item, Item, int]]:
    """(item, chip, count) for everything that a match can mean."""
    result = []
    for name in match.ids:
        item = specs.item(name)
        if item.level == "family":
            result += [(chip, chip, 1) for chip in specs.variants(name)]
        elif item.level == "chip":
            result.append((item, item, 1))
        else:
            for part in item.contains:
                chips = [specs.item(part["chip"])] if "chip" in part else specs.variants(part["family"])
                result += [(item, chip, int(part["count"])) for chip in chips]
    return result


def evaluate(specs: Specs, match: Match, deal: Transaction) -> list[Evaluation]:
    return [Evaluation(specs, item, chip, count, deal) for item, chip, count in variants_of(specs, match)]


def unknown_product(query: str, match: Match) -> QueryError:
    hint = "; chipclass export -o products.csv lists all"
    if match.near:
        hint = f"; did you mean {words.join([repr(n) for n in match.near], 'or')}?"
    shown = f"'{query}'" if query.strip() else "an empty name"
    return QueryError(f"unknown product {shown}{hint}")


def merged(conclusions: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The conclusion over all variants: what they share, and every possibility where they differ."""
    if len(conclusions) == 1:
        return conclusions[0]
    statuses = {c["status"] for c in conclusions}
    status = statuses.pop() if len(statuses) == 1 else CANNOT_EXCLUDE
    classes: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    for entry in (e for c in conclusions for e in c["ic_class"]):
        classes.setdefault((entry["regime"], tuple(entry["paragraphs"])), dict(entry))
    for entry in classes.values():
        entry["certain"] = len(classes) == 1 and all(e["certain"] for c in conclusions for e in c["ic_class"])
    summaries = list(dict.fromkeys(c["summary"] for c in conclusions))
    lead = f"{name} can mean {len(conclusions)} variants"
    agree = "all read the same" if len(classes) == 1 else "they do not all read the same"
    first = conclusions[0]
    return {
        **first,
        "ic_class": list(classes.values()),
        "status": status,
        "item_class": _agreed(conclusions, "item_class"),
        "licence_requirement": _agreed(conclusions, "licence_requirement", "by_destination"),
        "review_policy": _agreed(conclusions, "review_policy"),
        "tariff": _agreed(conclusions, "tariff"),
        "summary": f"{lead}; {agree}. {summaries[0]}",
        "caveats": list(dict.fromkeys(text for c in conclusions for text in c["caveats"])),
    }


def _agreed(conclusions: list[dict[str, Any]], axis: str, key: str = "text") -> dict[str, Any]:
    texts = list(dict.fromkeys(c[axis][key] for c in conclusions))
    first: dict[str, Any] = dict(conclusions[0][axis])
    if len(texts) > 1:
        first[key] = f"depends on the variant: {words.join(texts, 'or')}"
        if "outcome" in first:
            first["outcome"] = "undecided"
        if "certain" in first:
            first["certain"] = False
    return first


def classify(
    query: str | Iterable[str],
    *,
    as_of: str | datetime.date | None = None,
    destination: str | None = None,
    shipped_from: str = "US",
    kind: str = "export",
    headquarters: str | None = None,
    reading: str = "enforced",
    stated: Iterable[str] = (),
    specs: Specs | None = None,
) -> Result:
    """Where products stand under the rules of a date, with the proof.

    ``query`` is a name, an alias, a part number or several of them. Dates are ISO days (default today), countries ISO
    codes or names. Raises QueryError (a ValueError) for an unknown product, country, date, kind or reading.
    """
    specs = specs or load()
    deal = transaction(
        specs,
        as_of=as_of,
        destination=destination,
        shipped_from=shipped_from,
        kind=kind,
        headquarters=headquarters,
        reading=reading,
        stated=stated,
    )
    queries = [query] if isinstance(query, str) else list(query)
    if not queries:
        raise QueryError("nothing to classify; name a product or a part number")
    return Result(document(specs, deal, [_one(specs, text, deal) for text in queries]))


def _one(specs: Specs, text: str, deal: Transaction) -> dict[str, Any]:
    match = resolve(specs, text)
    if not match.ids:
        raise unknown_product(text, match)
    variants = [evaluation.to_dict() for evaluation in evaluate(specs, match, deal)]
    first = specs.item(match.ids[0])
    represented = first.represented_by or variants[0]["product"]
    return {
        "query": text,
        "match": match.to_dict(),
        "represented_by": represented,
        "variants": variants,
        "conclusion": merged([v["conclusion"] for v in variants], first.name),
    }


def checked_words(specs: Specs, as_of: str) -> str:
    """The banner for a date after the last check of a rule in force; empty where every rule was checked since."""
    checks: dict[str, list[str]] = {}
    for provision in book_of(specs):
        if edition := provision.on(as_of):
            checks.setdefault(edition.checked, []).append(provision.paragraph)
    stale = {day: names for day, names in sorted(checks.items()) if day < as_of}
    if not stale:
        return ""
    whole = max(checks)
    parts = [f"{words.join(names)} on {day}" for day, names in stale.items() if day != whole]
    lead = "the rules were last checked on " + whole if whole in stale else ""
    aside = f"{words.join(parts)}" if parts else ""
    said = f"{lead}{', ' if aside else ''}{aside}" if lead else f"last checked: {aside}"
    return f"{said}; anything after that is unknown"


def document(specs: Specs, deal: Transaction, results: list[dict[str, Any]]) -> dict[str, Any]:
    """The head that every JSON output carries, with its results."""
    editions = [e for p in book_of(specs) if (e := p.on(deal.as_of))]
    return {
        "schema": SCHEMA,
        "chipclass": __version__,
        "specs": specs.hash,
        "overlays": list(specs.overlays),
        "rules_checked_through": min((e.checked for e in editions), default=None),
        "as_of": deal.as_of,
        "transaction": deal.to_dict(),
        "results": results,
        "disclaimer": words.DISCLAIMER,
    }
