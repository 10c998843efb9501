"""Limits by address: where each numeric test of a provision stands, and how a person names it.

``<regime>/<provision>#<node>`` where the node has one numeric test; ``#<node>.<metric>`` where it has several;
``#<node>.<metric><operator>`` where several read that metric; ``#<node>.<metric><operator><limit>`` where even the
operator is shared. A test outside any named node leaves ``<node>.`` out. ``<metric>:<limit>`` stands for every test
of that metric with that limit, in whichever provision. Always meant: the edition of one date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chipclass.logic.tree import Node, parse
from chipclass.rules.book import Book, Provision
from chipclass.rules.transactions import QueryError
from chipclass.specdb.problems import near

_SETTING = re.compile(r"(?P<address>.+?)\s*(?P<operator>>=|<=|>|<|=)\s*(?P<value>[^<>=]+)")
_OPERATOR = re.compile(r"(?P<what>.*?)\s*(?P<relation>>=|<=|>|<)\s*(?P<limit>\d+(?:\.\d+)?)?")
#: A number without a unit, its thousands grouped or not.
PLAIN = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Limit:
    """One numeric test of an edition, and its place: ids of the nodes around it from the outside in, steps to it."""

    provision: str
    edition: str
    nodes: tuple[str, ...]
    path: tuple[str | int, ...]
    test: Node
    text: str
    cite: str

    @property
    def node(self) -> str:
        """The innermost named node around the test; empty where none has a name."""
        return self.nodes[-1] if self.nodes else ""

    @property
    def key(self) -> tuple[str, str, Fraction]:
        """What the test says: tests that say the same need not be told apart."""
        return self.test.metric, self.test.relation, self.test.limit


def limits_of(provision: Provision, date: str) -> list[Limit]:
    """Every numeric test of the edition of a date, in its order; none where no edition was in force."""
    edition = provision.on(date)
    if edition is None:
        return []
    found = _tests(edition.data["tree"], (), (), provision.paragraph)
    return [Limit(provision.id, edition.effective, *place) for place in found]


def _tests(
    data: Any, nodes: tuple[str, ...], path: tuple[str | int, ...], cite: str
) -> Iterator[tuple[tuple[str, ...], tuple[str | int, ...], Node, str, str]]:
    """The numeric tests of a tree as the index holds it: the place of each is where its text can be replaced."""
    if isinstance(data, str):
        for test in parse(data).tests():
            if test.kind == "number":
                yield nodes, path, test, data, cite
        return
    here = (*nodes, str(data["id"])) if data.get("id") else nodes
    cited = str(data.get("cite") or cite)
    for op in ("any", "all"):
        for number, child in enumerate(data.get(op, ())):
            yield from _tests(child, here, (*path, op, number), cited)
    for op in ("not", "test"):
        if op in data:
            yield from _tests(data[op], here, (*path, op), cited)


def addresses(provision: Provision, date: str) -> dict[str, list[Limit]]:
    """The shortest address of every limit. Tests that say the same under one node share theirs."""
    found = limits_of(provision, date)
    result: dict[str, list[Limit]] = {}
    for limit in found:
        result.setdefault(f"{provision.id}#{_shortest(limit, found)}", []).append(limit)
    return result


def _shortest(limit: Limit, limits: Sequence[Limit]) -> str:
    metric, relation, _ = limit.key
    whole = f"{limit.node}.{metric}" if limit.node else metric
    figure = limit.test.text.rpartition(relation)[2].strip()
    for form in (limit.node, whole, f"{whole}{relation}"):
        named = _named(form, limits) if form else []
        if limit in named and all(other.node == limit.node and other.key == limit.key for other in named):
            return form
    return f"{whole}{relation}{figure}"


def _named(form: str, limits: Sequence[Limit]) -> list[Limit]:
    """The limits that the part behind the ``#`` stands for. The whole text is tried as a node first."""
    match = _OPERATOR.fullmatch(form)
    readings = [(form, "", "")] + ([(match["what"], match["relation"], match["limit"] or "")] if match else [])
    for what, relation, figure in readings:
        node, dot, metric = what.rpartition(".")
        places = [
            ("", [limit for limit in limits if not what or what in limit.nodes]),
            (metric, [limit for limit in limits if not dot or node in limit.nodes]),
        ]
        for named, under in places:
            if found := [limit for limit in under if _fits(limit, named, relation, figure)]:
                return found
    return []


def _fits(limit: Limit, metric: str, relation: str, figure: str) -> bool:
    return (
        metric in ("", limit.test.metric)
        and relation in ("", limit.test.relation)
        and (not figure or Fraction(figure) == limit.test.limit)
    )


def split(text: str) -> tuple[str, str] | None:
    """``(address, limit)`` of ``address=limit``; an operator before the limit is part of the address."""
    match = _SETTING.fullmatch(text.strip())
    if match is None:
        return None
    operator = "" if match["operator"] == "=" else match["operator"]
    return match["address"] + operator, match["value"].strip()


def setting(address: str, limit: str) -> str:
    """The inverse of `split`."""
    return f"{address}{limit}" if address.endswith(("<", ">", "<=", ">=")) else f"{address}={limit}"


def resolve(book: Book, address: str, date: str) -> list[Limit]:
    """The tests that an address stands for: one, or several that say the same.

    Raises QueryError, with a near address or the list of those that there are.
    """
    name, mark, form = address.strip().partition("#")
    if not mark and "/" not in name and ":" in name:
        return everywhere(book, name, date)
    provision = book.provisions.get(name)
    if provision is None:
        raise QueryError(f"unknown provision '{name}' in the address '{address}'{near(name, book.provisions)}")
    if provision.on(date) is None:
        days = ", ".join(edition.effective for edition in provision.editions)
        raise QueryError(f"{name} has no edition in force on {date}; its editions start on {days}")
    known = addresses(provision, date)
    if not known:
        raise QueryError(f"{name} has no numeric limit on {date}; chipclass whatif --limits lists those that there are")
    found = _named(form.strip(), limits_of(provision, date))
    if not found:
        tails = [text.partition("#")[2] for text in known]
        lead = f"{hint} It" if (hint := near(form.strip(), tails, only_close=True)) else "; it"
        raise QueryError(f"no limit '{form}' in {name} on {date}{lead} has {_listed(tails)}")
    if len({limit.key for limit in found}) > 1:
        tails = [text.partition("#")[2] for text, limits in known.items() if set(limits) & set(found)]
        raise QueryError(f"'{address}' stands for several limits; name one of {_listed(tails)}")
    return found


def everywhere(book: Book, text: str, date: str) -> list[Limit]:
    """The tests of ``metric:limit`` in every provision with an edition on a date."""
    metric, _, figure = (part.strip() for part in text.partition(":"))
    limits = [limit for provision in book for limit in limits_of(provision, date)]
    metrics = {limit.test.metric for limit in limits}
    if metric not in metrics:
        raise QueryError(f"no rule in force on {date} reads the metric '{metric}'{near(metric, metrics)}")
    of_metric = [limit for limit in limits if limit.test.metric == metric]
    plain = PLAIN.fullmatch(figure)
    found = [limit for limit in of_metric if plain and limit.test.limit == Fraction(figure.replace(",", ""))]
    if not found:
        known = dict.fromkeys(limit.test.text.split()[-1] for limit in sorted(of_metric, key=lambda e: e.test.limit))
        raise QueryError(f"no limit of {metric} reads '{figure}' on {date}; there are {', '.join(known)}")
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in dict.fromkeys(names))


def placed(tree: Mapping[str, Any], path: Sequence[str | int], text: str) -> None:
    """Put a test's text at its place in a tree as the index holds it. The tree is changed: hand over a copy."""
    *steps, last = path
    here: Any = tree
    for step in steps:
        here = here[step]
    here[last] = text
