"""Gaps in the rule book that show without evaluating a rule: limits without citation, groups without members, keys that
nobody reads, metrics that no rule needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chipclass.logic.tree import Node
from chipclass.specdb.dates import LAST, overlapping
from chipclass.specdb.problems import Problem, near

COUNTRY_TESTS = ("destination", "headquarters", "shipped")


def edition_problems(
    file: str, rule: Mapping[str, Any], edition: Mapping[str, Any], tree: Node, destinations: Mapping[str, Any]
) -> Iterator[Problem]:
    """What an edition and its tree lack."""
    place = f"edition {edition['effective']}"
    numeric = [test for test in tree.tests() if test.kind == "number"]
    bare = list(dict.fromkeys(test.text for test in _uncited(tree)))
    if bare and len(numeric) > 1:  # a single limit stands where the edition's own citation says
        named = ", ".join(f"'{text}'" for text in bare)
        message = f'{named}: no citation says where the limit stands; add cite = "..." to the test or a node around it'
        yield Problem(file, place, message)
    for test in tree.tests():
        if test.kind in COUNTRY_TESTS:
            for name in _empty_groups(test, edition, destinations):
                message = f"'{test.text}': no country is in {name} on any day of this edition"
                yield Problem(file, place, f"{message}; mend the group's dates, or the test")
    for message in _unread(rule, edition):
        yield Problem(file, place, message, "warning")
    if rule["axis"] == "review policy" and not rule.get("policy"):
        yield Problem(file, place, 'a review policy needs policy = "...": the answer prints it')


def _uncited(node: Node, cited: bool = False) -> Iterator[Node]:
    """Numeric tests without a citation on themselves or on a node around them."""
    cited = cited or bool(node.cite)
    if node.kind == "number" and not cited:
        yield node
    for child in node.children:
        yield from _uncited(child, cited)


def _empty_groups(test: Node, edition: Mapping[str, Any], destinations: Mapping[str, Any]) -> Iterator[str]:
    entries = [*destinations["membership"], *destinations["undecided"]]
    groups = {entry["group"] for entry in entries}
    start, until = edition["effective"], edition["until"] or LAST
    for name in test.names:
        spans = [entry for entry in entries if entry["group"] == name]
        if name in groups - set(destinations["country"]) and not any(overlapping(start, until, e) for e in spans):
            yield name


def _unread(rule: Mapping[str, Any], edition: Mapping[str, Any]) -> Iterator[str]:
    """Keys that only other axes or scopes read: whoever wrote them expected something of them."""
    axis, scope = rule["axis"], rule.get("scope", "")
    if edition.get("paragraphs") and not axis.endswith("class"):
        yield f"`paragraphs` are read on the class axes only, and this is the axis '{axis}'; remove them"
    if edition.get("report") and not edition.get("paragraphs"):
        yield "`report` says which of the paragraphs are named, but there are none; remove it or give `paragraphs`"
    if edition.get("rate") and axis != "tariff":
        yield f"`rate` is read on the axis 'tariff' only, and this is '{axis}'; remove it"
    if edition.get("criterion") and scope != "letter":
        yield '`criterion` is read of letters only; remove it, or give scope = "letter"'


def metric_problems(data: Mapping[str, Mapping[str, Any]], read: set[str]) -> Iterator[Problem]:
    """Metrics whose units do not fit, or that nobody needs; ``read`` are those that rules test."""
    file, metrics, attributes = "specs/metrics.toml", data["metrics"], data["attributes"]
    parts = {part for metric in metrics.values() for part in metric.get("of", [])}
    known = {**attributes, **metrics}
    for name, metric in metrics.items():
        if metric.get("only_for_rules") and name not in read | parts:
            message = "is computed for rules only, and no rule tests it; remove it, or leave `only_for_rules` away"
            yield Problem(file, name, message, "warning")
        units = [known[part].get("unit", "") for part in metric.get("of", []) if part in known]
        if metric["op"] == "sum" and set(units) - {metric["unit"]}:
            yield Problem(file, name, f"a sum in {metric['unit']} of parts in {', '.join(units)}; give all one unit")
        if metric["op"] == "quotient" and len(units) == 2 and metric["unit"] != "/".join(units):
            yield Problem(file, name, f"{' by '.join(units)} is {'/'.join(units)}, not {metric['unit']}; mend the unit")


def attribute_problems(data: Mapping[str, Mapping[str, Any]], read: set[str]) -> Iterator[Problem]:
    """Attributes that name unknown metrics or units, or that no metric, rule (``read``) or record uses."""
    file, attributes = "specs/attributes.toml", data["attributes"]
    records = [record for table in ("dies", "chips") for record in data[table].values()]
    used = {fact["attribute"] for record in records for fact in record["facts"]} | read
    for name, attribute in attributes.items():
        for metric in attribute["metrics"]:
            if metric not in data["metrics"]:
                yield Problem(file, name, f"metrics: unknown metric '{metric}'{near(metric, data['metrics'])}")
        if not attribute["metrics"] and name not in used:
            message = "no record gives it, no metric and no rule needs it; remove it or use it"
            yield Problem(file, name, message, "warning")
        yield from _unit(file, name, attribute.get("unit", ""))


def _unit(file: str, name: str, unit: str) -> Iterator[Problem]:
    """A unit in which no figure could be given. Units of metrics are only printed: they may be of a regime's own."""
    from chipclass.units import UnitError, dimension

    try:
        if unit:
            dimension(unit)
    except UnitError as error:
        yield Problem(file, name, str(error))
