"""Figures and proofs in words. Nothing here decides; every sentence is put together from a proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from chipclass.logic.numbers import INF

#: The same outcome reads differently under a rule that restricts and under one that relieves.
UNDECIDED_WORDS = {"restricts": "cannot exclude", "relieves": "not established"}
_HOLDS = {">=": "is at or above", ">": "is above", "<=": "is at or below", "<": "is below"}
_FAILS = {">=": "is below", ">": "is not above", "<=": "is above", "<": "is not below"}

DISCLAIMER = "A documented indication for a person to check, not advice."


def show(value: Fraction | float | None, limits: Iterable[Fraction | float] = ()) -> str:
    """A figure for reading: thousands grouped, four significant digits or all before the point.

    More digits are shown where fewer would move the figure across, or onto, one of the limits.
    """
    if value is None:
        return "unknown"
    if value == INF:
        return "unbounded"
    exact = Fraction(value)
    relations = [(limit, (exact > limit) - (exact < limit)) for limit in limits if limit != INF]
    places = 0 if exact == int(exact) else max(0, 4 - len(str(int(exact))))
    if 0 < exact < 1:
        places = len(str(int(1 / exact))) + 2
    while True:
        text = _rounded(exact, places)
        shown = Fraction(text.replace(",", ""))
        if all(((shown > limit) - (shown < limit)) == relation for limit, relation in relations) or places >= 15:
            return text
        places += 1


def _rounded(value: Fraction, places: int) -> str:
    with localcontext() as context:
        context.prec = 40
        number = Decimal(value.numerator) / Decimal(value.denominator)
        text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_text(value: Fraction | None) -> str | None:
    """The exact decimal, where there is one of at most 15 places."""
    if value is None or 10**15 % value.denominator:
        return None
    return _rounded(value, 15).replace(",", "")


def exact_text(value: Fraction) -> str:
    """The exact value: a decimal where there is a short one, else a fraction such as ``5600/37``."""
    return decimal_text(value) or f"{value.numerator}/{value.denominator}"


#: Units that the name of their figure says already.
_SAID = ("TPP", "TOPS", "transistor")


def with_unit(shown: str, unit: str) -> str:
    """A figure in words with its unit, where it has one that its name does not say."""
    return shown if shown in ("unknown", "does not exist") or unit.startswith(_SAID) else f"{shown} {unit}"


def span_words(low: Fraction | None, high: Fraction | float | None, limits: Iterable[Fraction] = ()) -> str:
    """``3,722``, ``1,840 to 3,722``, ``at least 2,368``, ``up to 900`` or ``unknown``; never rounded across a limit."""
    known = tuple(limits)
    if low is None:
        return "does not exist"
    if low == high:
        return show(low, known)
    if high is None or high == INF:
        return f"at least {show(low, known)}" if low else "unknown"
    return f"{show(low, known)} to {show(high, known)}" if low else f"up to {show(high, known)}"


def tests(proof: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The leaves of a proof, left to right."""
    if proof["op"] == "test":
        yield proof
    for child in proof.get("children", ()):
        yield from tests(child)


def find(proof: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The node of a proof with this id."""
    if proof.get("id") == name:
        return proof
    return next((found for child in proof.get("children", ()) if (found := find(child, name))), None)


def exact_limit(test: Mapping[str, Any]) -> Fraction:
    """The limit of a numeric test as it stands in the rule."""
    return Fraction(str(test["right"]))


def figure_of(test: Mapping[str, Any]) -> str:
    """The left side of a numeric test as it decides: a figure, a range, or unknown."""
    return str(test["left"]["shown"])


def _fraction(left: Mapping[str, Any], end: str) -> Fraction:
    return Fraction(left[f"{end}_exact"])


def test_words(test: Mapping[str, Any], of: str = "") -> str:
    """``TPP 15,840 is at or above 4,800``, or with a name ``the TPP of X, 15,840, is at or above 4,800``."""
    if "relation" not in test:
        joint = " is " if test["kind"] == "product" else ": "
        return f"{of}{joint}{fact_words(test)}" if of else fact_words(test)
    limit = with_unit(show(exact_limit(test)), test["left"]["unit"])
    name, figure = test["metric"], figure_of(test)
    if test["left"].get("none"):
        words = "does not exist"
    elif test["outcome"] == "undecided":
        words = f"may be on either side of {limit}"
    else:
        words = f"{(_HOLDS if test['outcome'] == 'met' else _FAILS)[test['relation']]} {limit}"
    if test["left"].get("none"):
        return f"the {name} of {of} {words}" if of else f"{name} {words}"
    return f"the {name} of {of}, {figure}, {words}" if of else f"{name} {figure} {words}"


def fact_words(test: Mapping[str, Any]) -> str:
    """``designed or marketed for datacenter: yes``."""
    if test["kind"] == "product":
        names = test["text"].removeprefix("product in ")
        return f"{'named' if test['outcome'] == 'met' else 'not named'}{f' ({names})' if len(names) <= 40 else ''}"
    if test["kind"] == "unsettled":
        return f"{words_of(test['text'].removeprefix('unsettled '))}: settled by no text read"
    answer = {"met": "yes", "not met": "no", "undecided": "unknown"}[test["outcome"]]
    return f"{test['text'].replace('_', ' ')}: {answer}"


def open_words(test: Any) -> str:
    """What is open about a test that is not about a figure, in words."""
    if test.kind == "unsettled":
        return f"{words_of(test.names[0])} (settled by no text read)"
    if test.kind == "stated":
        return f"whether {words_of(test.names[0])}"
    if test.kind == "heading":
        return f"customs heading {join(test.names, 'or')} or another"
    return f"{words_of(test.text)}: yes or no"


def words_of(name: str) -> str:
    """An id as words: ``exporter-fab-or-osat`` reads exporter fab or osat."""
    return name.replace("_", " ").replace("-", " ")


def tightest(leaves: Iterable[Mapping[str, Any]]) -> list[str]:
    """Tests in words; of several that fail on the same side of one metric only the one that implies the others."""
    kept: dict[tuple[str, str], Mapping[str, Any]] = {}
    for leaf in leaves:
        below = leaf.get("relation", "")[:1] == ">"
        key = (leaf.get("metric", leaf["text"]), "below" if below else "above")
        other = kept.get(key)
        if other is None or "right" not in leaf or (leaf["right"] < other["right"]) is below:
            kept[key] = leaf
    return [test_words(leaf) for leaf in kept.values()]


def deciding_tests(proof: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The leaves that make a node what it is: for a met node what holds, for one not met the nearest that fails."""
    if proof["op"] == "test":
        return [proof]
    children = proof.get("children", [])
    if proof["op"] == "not":
        inner = children[0]
        if inner["op"] == "all" and inner["outcome"] == "not met":
            failing = [c for c in inner["children"] if c["outcome"] == "not met"]
            return deciding_tests(min(failing, key=_distance)) if failing else []
        return [leaf for c in inner.get("children", [inner]) for leaf in deciding_tests(c)]
    met = proof["outcome"] == "met"
    chosen = [c for c in children if c["outcome"] == proof["outcome"]] or children
    if proof["op"] == "any":
        return [leaf for c in (chosen[:1] if met else chosen) for leaf in deciding_tests(c)]
    if met:
        return [leaf for c in chosen for leaf in deciding_tests(c)]
    return deciding_tests(min(chosen, key=_distance)) if chosen else []


def _distance(node: Mapping[str, Any]) -> float:
    margins = [abs(t["margin"]) for t in deciding_tests(node) if t.get("margin") is not None]
    return min(margins, default=float("inf"))


def margin_words(test: Mapping[str, Any]) -> str:
    """``+229.8 %`` above or ``-1.3 %`` below the limit; a range for a range; nothing where the figure is unbounded."""
    left = test["left"]
    if left.get("none") or left["high"] is None or not test["right"]:
        return ""
    ends = [percent(float(_fraction(left, end) / Fraction(str(test["right"])) - 1)) for end in ("low", "high")]
    return f"{ends[0]} %" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} %"


def percent(margin: float) -> str:
    """A relative difference with its sign: ``+1.4``, ``-0.013``."""
    whole = margin * 100
    return f"{whole:+,.{1 if abs(whole) >= 0.1 or whole == 0 else 3}f}"


def distance_words(test: Mapping[str, Any]) -> str:
    """``-32`` below or ``+1,000`` above the limit, in the unit of the figure; ``-32 or more`` where unbounded."""
    left = test["left"]
    if left.get("none"):
        return ""
    limit = Fraction(str(test["right"]))
    low = _signed(_fraction(left, "low") - limit)
    if left["high"] is None:
        return f"{low} or more"
    high = _signed(_fraction(left, "high") - limit)
    return low if low == high else f"{low} to {high}"


def _signed(value: Fraction) -> str:
    sign = "+" if value > 0 else "-" if value < 0 else ""
    return f"{sign}{show(abs(value), [0])}"


def join(parts: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    unique = list(dict.fromkeys(part for part in parts if part))
    if len(unique) <= 1:
        return "".join(unique)
    return f"{', '.join(unique[:-1])} {last} {unique[-1]}"


def outcome_words(outcome: str, effect: str) -> str:
    """met, not met, not in force, out of scope; an undecided one by what the rule does."""
    return UNDECIDED_WORDS[effect] if outcome == "undecided" else outcome
