"""Trees of tests, as they stand in the rule files.

A node is ``{any = [...]}``, ``{all = [...]}``, ``{not = ...}`` or a test in words. A test is one of

====================================  ==============================================================
``tpp >= 4800``                       a metric, an operator exactly as in the text, a limit
``designed_or_marketed_for_...``      a yes/no fact of the product
``meets us-ear/3A090.a``              another provision, evaluated in the same cell and on the same date
``product in amd-mi308x, ...``        the product, its family, or its maker (``amd``) is one of those named
``destination in D:5, Macau``         country groups and countries, as of the date
``headquarters in D:5, Macau``        the same for any party's headquarters or ultimate parent
``shipped from US``                   the country of shipment
``transaction is export``             export, reexport or in-country
``stated certifications-dd``          a condition only the parties can establish; unknown unless stated
``ship date >= 2027-01-01``           the day of the shipment
``heading in 8471.50, 8471.80``       the customs heading of the article; unknown unless given
``released from 2026-01-02``          the product's release date; unknown where only a year is known that holds both
``unsettled limit-of-2028``           a point that no text read so far settles: always undecided
====================================  ==============================================================

Any of them may be preceded by ``not``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

_NUMERIC = re.compile(r"(?P<metric>[a-z][a-z0-9_]*)\s*(?P<relation>>=|<=|>|<)\s*(?P<limit>\d+(?:\.\d+)?)")
#: Words that begin a test and are therefore no names of facts.
_FIRST_WORDS = "not|meets|product|destination|headquarters|shipped|transaction|stated|ship|heading|released|unsettled"
_WORDS = (
    ("meets", re.compile(r"meets (?P<what>\S+)")),
    ("product", re.compile(r"product in (?P<what>.+)")),
    ("destination", re.compile(r"destination in (?P<what>.+)")),
    ("headquarters", re.compile(r"headquarters in (?P<what>.+)")),
    ("shipped", re.compile(r"shipped from (?P<what>.+)")),
    ("transaction", re.compile(r"transaction is (?P<what>[a-z-]+)")),
    ("stated", re.compile(r"stated (?P<what>[a-z0-9-]+)")),
    ("ship date", re.compile(r"ship date (?P<relation>>=|<) (?P<what>\d{4}-\d\d-\d\d)")),
    ("heading", re.compile(r"heading in (?P<what>[\d., ]+)")),
    ("released", re.compile(r"released from (?P<what>\d{4}-\d\d-\d\d)")),
    ("unsettled", re.compile(r"unsettled (?P<what>[a-z0-9-]+)")),
    (
        "fact",
        re.compile(r"(?P<what>(?!(?:not|meets|product|destination|headquarters|stated|unsettled)$)[a-z][a-z0-9_]*)"),
    ),
)
_KEYS = {"id", "cite", "text", "any", "all", "not", "test"}


class RuleError(ValueError):
    """A rule file says something that is not a tree of tests."""


@dataclass(slots=True, frozen=True)
class Node:
    """``op`` is any, all, not or test; a test has a ``kind`` and either a metric, relation and limit, or names."""

    op: str
    id: str = ""
    cite: str = ""
    text: str = ""
    children: tuple[Node, ...] = ()
    kind: str = ""
    metric: str = ""
    relation: str = ""
    limit: Fraction = field(default=Fraction(0))
    names: tuple[str, ...] = ()

    def walk(self) -> Iterator[Node]:
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))

    def tests(self) -> Iterator[Node]:
        return (node for node in self.walk() if node.op == "test")


def parse(data: Any, where: str = "rule") -> Node:
    """The tree of a rule file's value: a string, or a table with any, all, not or test."""
    if isinstance(data, str):
        return _test(data, where)
    if not isinstance(data, Mapping):
        raise RuleError(f"{where}: expected a test in words or a table with any, all or not; found {data!r}")
    for key in data:
        if key not in _KEYS:
            raise RuleError(f"{where}: unknown key '{key}'; expected one of {', '.join(sorted(_KEYS))}")
    ops = [key for key in ("any", "all", "not", "test") if key in data]
    if len(ops) != 1:
        raise RuleError(f"{where}: expected exactly one of any, all, not, test; found {', '.join(ops) or 'none'}")
    op, label = ops[0], {key: str(data.get(key, "")) for key in ("id", "cite", "text")}
    here = f"{where}.{data.get('id', op)}"
    if op == "test":
        inner = _test(str(data["test"]), here)
        if inner.op == "not":
            return Node("not", label["id"], label["cite"], label["text"], inner.children)
        return _relabel(inner, label)
    content = data[op]
    items = [content] if op == "not" else content
    if not isinstance(items, list) or not items:
        raise RuleError(f"{here}: '{op}' needs a non-empty list of tests")
    children = tuple(parse(item, f"{here}[{number}]") for number, item in enumerate(items, 1))
    return Node(op, label["id"], label["cite"], label["text"], children)


def _relabel(node: Node, label: dict[str, str]) -> Node:
    return Node(
        "test", label["id"], label["cite"], node.text, (), node.kind, node.metric, node.relation, node.limit, node.names
    )


def _test(text: str, where: str) -> Node:
    words = " ".join(text.split())
    if words.startswith("not "):
        return Node("not", children=(_test(words[4:], where),))
    if match := _NUMERIC.fullmatch(words):
        return Node(
            "test",
            text=words,
            kind="number",
            metric=match["metric"],
            relation=match["relation"],
            limit=Fraction(match["limit"]),
        )
    for kind, pattern in _WORDS:
        if match := pattern.fullmatch(words):
            names = tuple(part.strip() for part in match["what"].split(","))
            return Node("test", text=words, kind=kind, relation=match.groupdict().get("relation", ""), names=names)
    raise RuleError(f"{where}: '{text}' is not a test; write for example 'tpp >= 1000' or 'destination in D:5'")


def inline(
    node: Node,
    find: Mapping[str, Node],
    yields: Mapping[str, str] | None = None,
    within: tuple[str, ...] = (),
    written: dict[str, Node] | None = None,
) -> Node:
    """The tree with every ``meets X`` replaced by X's own tree, so that both are decided in the same cell.

    Where X yields to Y, meeting X means X and not Y. ``written`` keeps the trees that were written out, so that each
    stands once and is decided once. Raises RuleError if a provision refers to itself.
    """
    written = {} if written is None else written
    if node.op != "test":
        children = tuple(inline(child, find, yields, within, written) for child in node.children)
        return Node(node.op, node.id, node.cite, node.text, children)
    if node.kind != "meets":
        return node
    name = node.names[0]
    if name in within:
        raise RuleError(f"{' meets '.join([*within, name])}: a provision cannot refer to itself")
    if name not in find:  # no edition of it on this date: it cannot be met
        return Node("any", node.id, node.cite, node.text, ())
    over = yields.get(name, "") if yields else ""
    for other in (name, over):
        if other in find and other not in written:
            written[other] = inline(find[other], find, yields, (*within, other), written)
    parts = [written[name]]
    if over in find:
        parts.append(Node("not", children=(Node("all", text=f"meets {over}", children=(written[over],)),)))
    return Node("all", node.id, node.cite, node.text, tuple(parts))


#: What a tree comes to where its tests are known: ``any`` of nothing never holds, ``all`` of nothing always does.
NEVER, ALWAYS = Node("any"), Node("all")


def assume(node: Node, known: Mapping[str, bool]) -> Node:
    """The tree where the answers to some tests, by their text, are known; only what still matters is left of it."""
    return simplified(node, lambda test: known.get(test.text))


def simplified(node: Node, answer: Callable[[Node], bool | None]) -> Node:
    """The tree without the tests that ``answer`` answers; it says None of those that stay.

    Ids, citations and texts are dropped, so that trees which ask the same are equal. What always or never holds is
    ALWAYS or NEVER itself.
    """
    if node.op == "test":
        known = answer(node)
        if known is not None:
            return ALWAYS if known else NEVER
        return replace(node, id="", cite="") if node.id or node.cite else node
    if node.op == "not":
        inner = simplified(node.children[0], answer)
        if inner is ALWAYS or inner is NEVER:
            return NEVER if inner is ALWAYS else ALWAYS
        return Node("not", children=(inner,))
    idle, decisive = (NEVER, ALWAYS) if node.op == "any" else (ALWAYS, NEVER)
    kept: list[Node] = []
    for child in node.children:
        part = simplified(child, answer)
        if part is decisive:
            return decisive
        if part is not idle:
            kept += [p for p in (part.children if part.op == node.op else (part,)) if p not in kept]
    if len(kept) == 1:
        return kept[0]
    return Node(node.op, children=tuple(kept)) if kept else idle
