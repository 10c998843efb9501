"""Checks across spec files: every id that is named exists, every source is used, every rule can be evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chipclass.logic.tree import Node
from chipclass.specdb.dates import group_problems, rule_problems
from chipclass.specdb.links import link_problems, tree_of
from chipclass.specdb.numbering import numbering_problems
from chipclass.specdb.problems import near
from chipclass.specdb.records import maker_of
from chipclass.specdb.rulebook import attribute_problems, edition_problems, metric_problems

if TYPE_CHECKING:
    from chipclass.specdb.compile import Compiler
    from chipclass.specdb.problems import Problem

TABLES = {"die": "dies", "chip": "chips", "family": "families", "product": "products"}


def check(compiler: Compiler) -> None:
    """Append every dangling or missing reference to the compiler's problems.

    A name that stands in a file which could not be used is not reported: mending that file mends it.
    """
    if compiler.unread_kinds & {"attributes", "metrics"}:
        return
    used: set[str] = set()
    for level, table in TABLES.items():
        for name, record in compiler.data[table].items():
            for message in _record(compiler, record, used):
                if not _hidden(compiler, message):
                    compiler._problem(compiler.places[level, name], f"{level} {name}", message)
    used |= {entry["source"] for entries in compiler.lexicon.values() for entry in entries if "source" in entry}
    numbering = [*compiler.data["schemes"].values(), *compiler.data["boards"].values()]
    used |= {entry[key] for entry in numbering for key in ("source", "quotes") if key in entry}
    tables = compiler.destinations["source"]
    used |= {*tables.get("sources", []), tables.get("codes_source", ""), tables.get("codes_quotes", "")}
    _sources(compiler, used)
    _metrics(compiler)
    for name, rule in compiler.data["rules"].items():
        file = compiler.places["rule", name]
        for edition in rule["editions"]:
            for message in _edition(compiler, rule, edition):
                if not _hidden(compiler, message):
                    compiler._problem(file, f"edition {edition['effective']}", message)
        for message in _overlaps(compiler, rule):
            if not _hidden(compiler, message):
                compiler._problem(file, "overlap", message)
    compiler.problems += _gaps(compiler)
    for file, place, message in numbering_problems(compiler.data, compiler.places):
        if not _hidden(compiler, message):
            compiler._problem(file, place, message)


def _gaps(compiler: Compiler) -> Iterator[Problem]:
    """What the rule book lacks, beside names that do not exist."""
    data = compiler.data
    tests: list[Node] = []
    files = {name: compiler.places["rule", name] for name in data["rules"]}
    yield from link_problems(data["rules"], files)
    yield from group_problems(compiler.destinations, compiler.places)
    for name, rule in data["rules"].items():
        yield from rule_problems(files[name], rule)
        for edition in rule["editions"]:
            if tree := tree_of(edition):
                tests += tree.tests()
                yield from edition_problems(files[name], rule, edition, tree, compiler.destinations)
    if not compiler.unread:
        yield from metric_problems(data, {test.metric for test in tests if test.kind == "number"})
        yield from attribute_problems(data, {test.names[0] for test in tests if test.kind == "fact"})


def _hidden(compiler: Compiler, message: str) -> bool:
    """Whether a message speaks of a name that stands in a file which could not be used."""
    return any(f"'{name}'" in message for name in compiler.unread)


def _record(compiler: Compiler, record: dict[str, Any], used: set[str]) -> Iterator[str]:
    data = compiler.data
    plain = [{"source": name} for name in record.get("sources", [])]
    for entry in [*record.get("facts", []), *record.get("identifiers", []), *plain]:
        for key in ("source", "quotes"):
            if name := entry.get(key):
                used.add(name)
                if name not in data["sources"]:
                    yield f"unknown {key} '{name}'; add it under sources/{near(name, data['sources'])}"
    for fact in record.get("facts", []):
        if fact["attribute"] == "dies":
            for die in fact["value"]:
                if die not in data["dies"]:
                    yield f"unknown die '{die}'{near(die, data['dies'])}"
        if fact.get("set_aside") == "":
            yield "set_aside needs its reason"
    yield from _formats(record)
    for family in record.get("families", []):
        if family not in data["families"]:
            yield f"unknown family '{family}'{near(family, data['families'])}"
    if represented := record.get("represented_by"):
        members = {**data["chips"], **data["products"]}
        if represented not in members:
            yield f"represented_by: unknown chip or product '{represented}'{near(represented, members)}"
        elif record["id"] not in members[represented].get("families", []):
            yield f"represented_by: '{represented}' is not a member of this family"
    for part in record.get("contains", []):
        for key, table in (("chip", "chips"), ("family", "families"), ("product", "products")):
            if key in part and part[key] not in data[table]:
                yield f"contains unknown {key} '{part[key]}'{near(part[key], data[table])}"
        if any(part.get("family") in product.get("families", ()) for product in data["products"].values()):
            yield f"contains '{part['family']}', which is a family of products; name a product or a family of chips"
    if record["level"] == "product" and record["id"] in _held(data["products"], record):
        yield "contains itself, by way of what it contains; one of them must not"


def _held(products: Mapping[str, Any], record: Mapping[str, Any]) -> set[str]:
    """Ids of the products in a product, and of those in them."""
    found: set[str] = set()
    ahead = [part["product"] for part in record.get("contains", ()) if "product" in part]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += [part["product"] for part in products.get(name, {}).get("contains", ()) if "product" in part]
    return found


def _formats(record: dict[str, Any]) -> Iterator[str]:
    """Rates in formats that the record's own list does not have: one of the two is wrong."""
    facts = [fact for fact in record.get("facts", []) if not fact.get("set_aside")]
    listed = {name for fact in facts if fact["attribute"] == "formats" for name in fact["value"]}
    for fact in facts:
        if listed and fact["attribute"] == "rate" and not fact["overlay"] and fact["format"] not in listed:
            yield f"rate.{fact['format']} is not in the chip's own list of formats; mend the list or set the rate aside"


def _sources(compiler: Compiler, used: set[str]) -> None:
    records = [record for table in TABLES.values() for record in compiler.data[table].values()]
    read = {fact["source"] for record in records for fact in record.get("facts", [])}
    for name, source in compiler.data["sources"].items():
        if name not in used:
            message = "no fact uses this source; remove it or use it"
            compiler._problem(compiler.places["source", name], name, message, "warning")
        elif name in read and not source.get("retrieved"):
            message = "facts give it as what was read, but it has no `retrieved` date"
            compiler._problem(compiler.places["source", name], name, message, "warning")
        if source["kind"] == "primary" and not source.get("url"):
            compiler._problem(compiler.places["source", name], name, "a primary source needs its url")


def _metrics(compiler: Compiler) -> None:
    data = compiler.data
    known = {*data["attributes"], *data["metrics"]}
    for name, metric in data["metrics"].items():
        for part in [*metric.get("of", []), *filter(None, (metric.get("rate"), metric.get("declared")))]:
            if part not in known:
                compiler._problem(
                    "specs/metrics.toml", name, f"unknown attribute or metric '{part}'{near(part, known)}"
                )


def _overlaps(compiler: Compiler, rule: dict[str, Any]) -> Iterator[str]:
    """Acknowledged overlaps with provisions that do not exist."""
    names = compiler.data["rules"].keys() - {rule["id"]}
    for entry in rule.get("overlap", []):
        if entry["with"] not in names:
            yield f"unknown provision '{entry['with']}'{near(entry['with'], names)}"


def _edition(compiler: Compiler, rule: dict[str, Any], edition: dict[str, Any]) -> Iterator[str]:
    data = compiler.data
    if (tree := tree_of(edition)) is None:
        return
    ids = {node.id for node in tree.walk() if node.id}
    for test in tree.tests():
        yield from _test(compiler, test)
    for paragraph, node in edition.get("paragraphs", {}).items():
        if node and node not in ids:
            yield f"paragraphs: '{paragraph}' names the node '{node}', which is not in the tree{near(node, ids)}"
    if (criterion := edition.get("criterion")) and criterion not in ids:
        yield f"criterion: '{criterion}' is not a node of the tree{near(criterion, ids)}"
    if (over := rule.get("yields_to")) and over not in data["rules"]:
        yield f"yields_to: unknown provision '{over}'{near(over, data['rules'])}"


def _test(compiler: Compiler, test: Node) -> Iterator[str]:
    data = compiler.data
    if test.kind == "number" and test.metric not in data["metrics"]:
        yield f"'{test.text}': unknown metric '{test.metric}'{near(test.metric, data['metrics'])}"
    if test.kind == "fact":
        truths = [
            name for name, entry in data["attributes"].items() if entry["kind"] == "truth" and entry["level"] == "chip"
        ]
        if test.names[0] not in truths:
            yield f"'{test.text}': unknown fact{near(test.names[0], truths)}"
    if test.kind == "meets" and test.names[0] not in data["rules"]:
        yield f"'{test.text}': unknown provision{near(test.names[0], data['rules'])}"
    if test.kind == "product":
        makers = {maker_of(chip["vendor"]) for chip in data["chips"].values()}
        known = {*data["chips"], *data["families"], *data["products"], *makers}
        for name in test.names:
            if name not in known:
                yield f"'{test.text}': unknown product or family '{name}'{near(name, known)}"
    if test.kind in ("destination", "headquarters", "shipped"):
        groups = {entry["group"] for entry in compiler.destinations["membership"]}
        known = {*compiler.destinations["country"], *groups}
        for name in test.names:
            if known and name not in known:
                yield f"'{test.text}': unknown country or group '{name}'{near(name, known)}"
