"""One determination: a provision held against one product, with the proof that a reader can check step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from chipclass.explanation import decimal_text, exact_text, open_words, show, span_words
from chipclass.logic.cells import Box, Cell, Part, Ratio, cells, folded, outcomes
from chipclass.logic.numbers import INF, Interval, Undefined
from chipclass.logic.tree import Node
from chipclass.rules.alternatives import Metric
from chipclass.rules.book import Provision, book_of
from chipclass.specdb.store import Specs

MET, NOT_MET, UNDECIDED = "met", "not met", "undecided"
NOT_IN_FORCE, OUT_OF_SCOPE = "not in force", "out of scope"


def _composed(op: str, outcomes: Sequence[str]) -> str:
    """What the outcomes of the children say of a node: an open one leaves open what it can change."""
    if op == "not":
        return {MET: NOT_MET, NOT_MET: MET}.get(outcomes[0], UNDECIDED)
    decisive, otherwise = (MET, NOT_MET) if op == "any" else (NOT_MET, MET)
    if decisive in outcomes:
        return decisive
    return UNDECIDED if UNDECIDED in outcomes else otherwise


def outcome_of(possible_true: bool, possible_false: bool) -> str:
    """met if it can only hold, not met if it can only fail."""
    if possible_true and possible_false:
        return UNDECIDED
    return MET if possible_true else NOT_MET


class Prover:
    """Determinations of one product on a date: its metrics, its box, the rule book."""

    def __init__(self, specs: Specs, metrics: Mapping[str, Metric], box: Box, date: str) -> None:
        self.specs = specs
        self.metrics = metrics
        self.box = box
        self.date = date
        self.book = book_of(specs)
        self.trees = self.book.trees(date)
        self._lefts: dict[str, dict[str, Any]] = {}
        #: By identity (a tree that several provisions refer to is one), with the node, which keeps the identity.
        self._proofs: dict[int, tuple[Node, dict[str, Any]]] = {}
        self.limits: dict[str, set[Fraction]] = {}
        for test in self.book.tests(date):
            if test.kind == "number":
                self.limits.setdefault(test.metric, set()).add(test.limit)

    def determine(self, provision: Provision, in_scope: bool = True) -> dict[str, Any]:
        """The determination of one provision (contract: D)."""
        edition = provision.on(self.date)
        head: dict[str, Any] = {
            "provision": provision.id,
            "paragraph": provision.paragraph,
            "edition": edition.effective if edition else None,
            "citation": edition.cite if edition else "",
            "posture": edition.posture(self.date) if edition else None,
            "axis": provision.axis,
            "effect": provision.effect,
            "scope": provision.scope,
        }
        if edition is None or not in_scope:
            outcome = NOT_IN_FORCE if edition is None else OUT_OF_SCOPE
            return {**head, "outcome": outcome, "proof": None, "would_settle": []}
        tree = self.trees[provision.id]
        proof = self.node(tree)
        settle = self.would_settle(tree) if proof["outcome"] == UNDECIDED else []
        checked = {
            "checked": edition.checked,
            **({"overlay": overlay} if (overlay := provision.text("overlay")) else {}),
        }
        extra: dict[str, Any] = {key: edition.text(key) for key in ("note", "unverified") if edition.text(key)}
        if overlaps := [entry for entry in self.book.overlaps(provision) if entry["with"] in self.trees]:
            extra["overlaps"] = overlaps
        return {**head, **checked, **extra, "outcome": proof["outcome"], "proof": proof, "would_settle": settle}

    def node(self, node: Node) -> dict[str, Any]:
        """The proof of a node over the feasible cells of its own tests (contract: P).

        Where the outcomes of the children do not say what the node comes to, because their figures hang together, the
        node carries its cases.
        """
        if id(node) not in self._proofs:
            self._proofs[id(node)] = node, self._node(node)
        return self._proofs[id(node)][1]

    def _node(self, node: Node) -> dict[str, Any]:
        labels = {"id": node.id, "cite": node.cite}
        if node.op != "test":
            children = [self.node(child) for child in node.children]
            text = {"text": node.text} if node.text else {}
            plain = _composed(node.op, [child["outcome"] for child in children])
            proof = {"op": node.op, **labels, **text, "outcome": plain, "children": children}
            open_ = [c for c, p in zip(node.children, children, strict=True) if p["outcome"] == UNDECIDED]
            if self._hang_together(open_) and (outcome := self._outcome(node)) != UNDECIDED:
                cases = _cases(node, list(cells([node], self.box)))
                return {**proof, "outcome": outcome, "cases": cases}
            return proof
        outcome = self._outcome(node)
        if node.kind != "number":
            return {"op": "test", **labels, "text": node.text, "kind": node.kind, "outcome": outcome}
        metric = self.metrics.get(node.metric)
        limit = node.limit
        return {
            "op": "test",
            **labels,
            "text": node.text,
            "kind": "number",
            "metric": self.specs.metrics[node.metric]["short"],
            "left": self._left(node.metric),
            "relation": node.relation,
            "right": _json_number(limit),
            "margin": self._margin(metric, limit),
            "outcome": outcome,
        }

    def _hang_together(self, nodes: Sequence[Node]) -> bool:
        """Whether two of these nodes read the same figure or fact: only then can they decide what none does alone."""
        seen: set[str] = set()
        for node in nodes:
            reads = {name for test in node.tests() for name in self._reads(test)}
            if seen & reads:
                return True
            seen |= reads
        return False

    def _reads(self, test: Node) -> Iterator[str]:
        """What a test reads: a fact, or a metric with those that it is a quotient of."""
        yield test.metric or test.text
        if isinstance(ratio := self.box.numbers.get(test.metric), Ratio):
            yield ratio.numerator

    def _outcome(self, node: Node) -> str:
        if node.op == "test":
            answer = self.box.answer(node)
            return UNDECIDED if answer is None else outcome_of(answer, not answer)
        possible = outcomes({"node": node}, self.box)["node"]
        return outcome_of(bool(possible.true), bool(possible.false))

    def _left(self, name: str) -> dict[str, Any]:
        """What a test reads: the range of the deciding values, exactly and as numbers; made once per metric."""
        if name not in self._lefts:
            low, high = self.range_of(name)
            unit = self.specs.metrics[name]["unit"]
            if low is None:
                self._lefts[name] = {"low": None, "high": None, "unit": unit, "none": True, "shown": "does not exist"}
            else:
                top = None if high is None or high == INF else Fraction(high)
                self._lefts[name] = {
                    "low": float(low),
                    "high": None if top is None else float(top),
                    "unbounded": top is None,
                    "low_exact": exact_text(low),
                    "high_exact": None if top is None else exact_text(top),
                    "unit": unit,
                    "shown": span_words(low, high, self.limits.get(name, ())),
                }
        return self._lefts[name]

    def range_of(self, name: str) -> tuple[Fraction | None, Fraction | float | None]:
        """Smallest and largest deciding value of a metric."""
        metric = self.metrics.get(name)
        if metric is None:
            return Fraction(0), INF
        return metric.low, metric.high

    def _margin(self, metric: Metric | None, limit: Fraction) -> float | None:
        value = metric.operative if metric else None
        if value is None and metric is not None and metric.low is not None and metric.low == metric.high:
            value = metric.low
        return None if value is None or limit == 0 else float(value / limit - 1)

    def would_settle(self, whole: Node) -> list[dict[str, Any]]:
        """The facts that would decide an undecided provision, and the value at which it turns."""
        result: dict[tuple[str, str], dict[str, Any]] = {}
        tree = folded(whole, self.box)
        for test in _settling_tests(tree, self.box.part([tree])):
            for entry in self._settling(test):
                result.setdefault((entry["fact"], entry["text"]), entry)
        return list(result.values())

    def _settling(self, test: Node) -> list[dict[str, Any]]:
        if test.kind != "number":
            return [{"fact": test.text, "turns_at": None, "text": open_words(test)}]
        values = self.box.numbers.get(test.metric)
        if isinstance(values, Ratio):
            return self._settling_ratio(test, values)
        metric = self.metrics.get(test.metric)
        causes = list(metric.causes) if metric else []
        short = self.specs.metrics[test.metric]["short"]
        if not causes and metric:
            causes = [f"{test.metric}: {' or '.join(a.label for a in metric.alternatives if a.decides)}"]
        limit = show(test.limit)
        return [
            {"fact": c, "turns_at": _json_number(test.limit), "text": f"{short} turns at {limit}"} for c in causes[:3]
        ]

    def _settling_ratio(self, test: Node, ratio: Ratio) -> list[dict[str, Any]]:
        above, below = (self.metrics[name] for name in self.specs.metrics[test.metric]["of"])
        entries: list[dict[str, Any]] = []
        if below.operative is None:
            for value in above.values:
                if isinstance(value, Interval) and value.is_point:
                    turn = Fraction(value.low) / test.limit
                    side = "at or below" if test.relation in (">=", "<") else "below"
                    text = f"die area {side} {show(turn)} mm^2 makes the density {show(test.limit)} or more"
                    fact = (below.causes or (f"{below.name}: " + " or ".join(a.label for a in below.alternatives),))[0]
                    entries.append({"fact": fact, "turns_at": _json_number(turn), "text": text})
        if above.operative is None:
            fact = (above.causes or (" or ".join(a.label for a in above.alternatives if a.decides),))[0]
            if area := below.operative:
                turn = area * test.limit
                text = f"TPP {show(turn)} makes the density {show(test.limit)}"
                entries.append({"fact": fact, "turns_at": _json_number(turn), "text": text})
            elif not entries:
                entries.append(
                    {"fact": fact, "turns_at": None, "text": f"TPP and die area: density {show(test.limit)}"}
                )
        return entries


@lru_cache(maxsize=4096)
def _settling_tests(tree: Node, part: Part) -> tuple[Node, ...]:
    """The open tests of a tree whose answer settles it; where no single one does, all that are open together."""
    found = list(cells([tree], part.box()))
    whole_holds = [cell.holds(tree) for cell in found]
    answers = [(test, [cell.holds(test) for cell in found]) for test in _different(tree)]
    open_ = [(test, said) for test, said in answers if len(set(said)) == 2]
    alone = tuple(test for test, said in open_ if _matters(said, whole_holds))
    return alone or tuple(test for test, _ in open_)


def _matters(answers: Sequence[bool], whole: Sequence[bool]) -> bool:
    """Whether knowing a test would change what can be concluded; its answers and the whole's, cell by cell."""
    return any(len({w for a, w in zip(answers, whole, strict=True) if a is answer}) == 1 for answer in (True, False))


def _cases(tree: Node, found: Sequence[Cell]) -> list[dict[str, bool]]:
    """The truths of all tests in each feasible cell: from these the outcome can be worked out again."""
    tests = _different(tree)
    unique = {tuple((test.text, cell.holds(test)) for test in tests): None for cell in found}
    return [dict(case) for case in unique]


def _different(tree: Node) -> list[Node]:
    """The tests of a tree, each text once."""
    return list({test.text: test for test in tree.tests()}.values())


def _json_number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def metric_json(metric: Metric, limits: Iterable[Fraction] = ()) -> dict[str, Any]:
    """A metric with its alternatives and what makes it wide (contract: M); ``shown`` never rounds across a limit."""
    operative = metric.operative
    low, high = metric.low, metric.high
    unbounded = high == INF
    return {
        "value": None if metric.headline is None else float(metric.headline),
        "exact": decimal_text(metric.headline),
        "operative": None if operative is None else float(operative),
        "low": None if low is None else float(low),
        "high": None if high is None or unbounded else float(high),
        "unbounded": unbounded,
        "shown": span_words(low, high, limits),
        "unit": metric.unit,
        "derivation": metric.derivation,
        "alternatives": [_alternative_json(a) for a in metric.alternatives],
        "causes": list(metric.causes),
    }


def _alternative_json(alternative: Any) -> dict[str, Any]:
    value = alternative.value
    entry: dict[str, Any] = {"label": alternative.label}
    if isinstance(value, Undefined):
        entry["value"] = None
    elif value.is_point:
        entry["value"] = float(value.low)
    else:
        entry |= {"low": float(value.low), "high": None if value.high == INF else float(value.high)}
        entry["unbounded"] = value.high == INF
    entry |= {"source": list(alternative.sources), "status": list(alternative.statuses), "decides": alternative.decides}
    return {**entry, "why_not": alternative.why_not} if alternative.why_not else entry
