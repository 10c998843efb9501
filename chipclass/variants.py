"""The conclusion over several variants: what they share, and every possibility where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from chipclass import explanation as words
from chipclass.conclusion import CANNOT_EXCLUDE, CONTROLLED, NOT_CAUGHT
from chipclass.proof import UNDECIDED
from chipclass.specdb.contents import meanings, parts_of
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs

Conclusion = Mapping[str, Any]
#: Statuses, the one that decides over others last.
_GRAVITY = (NOT_CAUGHT, CANNOT_EXCLUDE, CONTROLLED)


def gravity(status: str) -> int:
    """How grave a status is: the graver one decides."""
    return _GRAVITY.index(status)


def concluded(specs: Specs, items: Sequence[Item], conclusions: Sequence[Conclusion], name: str) -> dict[str, Any]:
    """One conclusion over everything that ``items`` can mean, from those of their subjects, in their order.

    Variants are alternatives; the different chips of one product are there together, and the gravest decides.
    """
    rest = iter(conclusions)
    wholes = [
        _together([merged([next(rest) for _ in part.chips], meant.name) for part in parts_of(specs, meant)], meant.name)
        for item in items
        for meant in meanings(specs, item)
    ]
    return merged(wholes, name)


def _together(parts: Sequence[Conclusion], name: str) -> dict[str, Any]:
    """The conclusion of a product that holds several kinds of chip: it is caught if one of them is."""
    lead = max(parts, key=lambda part: gravity(part["status"]))
    if len(parts) == 1:
        return dict(lead)
    said = f"{name} holds {len(parts)} kinds of chip; the gravest decides. {lead['summary']}"
    caveats = _united(part["caveats"] for part in parts)
    item = {**lead["item_class"], "declared_eccn": _declared([part["item_class"] for part in parts])}
    classes = _joined([part["ic_class"] for part in parts])
    return {**lead, "ic_class": classes, "item_class": item, "summary": said, "caveats": caveats}


def _declared(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every ECCN that is declared for one of them, once for each list."""
    return list({(entry["eccn"], entry["date"]): entry for part in parts for entry in part["declared_eccn"]}.values())


def _joined(lists: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Every combination of what the parts can be, regime by regime: together they bring the paragraphs of each."""
    result: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    for regime in _united([entry["regime"] for entry in entries] for entries in lists):
        own = [[entry for entry in entries if entry["regime"] == regime] for entries in lists]
        for chosen in product(*filter(None, own)):
            paragraphs = _united(entry["paragraphs"] for entry in chosen)
            whole = {**chosen[0], "paragraphs": paragraphs, "certain": all(entry["certain"] for entry in chosen)}
            result.setdefault((regime, tuple(paragraphs)), whole)
    return list(result.values())


def merged(conclusions: Sequence[Conclusion], name: str) -> dict[str, Any]:
    """The conclusion of everything that a name can mean (contract: C over all variants).

    A shared outcome stays; where the variants differ it is undecided. Lists are united.
    """
    if len(conclusions) == 1:
        return dict(conclusions[0])
    classes: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    for entry in (e for c in conclusions for e in c["ic_class"]):
        classes.setdefault((entry["regime"], tuple(entry["paragraphs"])), dict(entry))
    for entry in classes.values():
        own = [e for c in conclusions for e in c["ic_class"] if e["regime"] == entry["regime"]]
        alike = sum(e["regime"] == entry["regime"] for e in classes.values()) == 1
        entry["certain"] = alike and all(e["certain"] for e in own)
    statuses = {c["status"] for c in conclusions}
    deciding = [e for e in classes.values() if e["makes_status"]]
    same = len(deciding) <= 1 and len(statuses) == 1  # no class at all: no class provision was in force
    agree = "all read the same" if same else "they do not all read the same"
    said = _united([c["summary"]] for c in conclusions)[: 1 if same else len(conclusions)]
    return {
        **conclusions[0],
        "ic_class": list(classes.values()),
        "item_class": _item(conclusions),
        "status": statuses.pop() if len(statuses) == 1 else CANNOT_EXCLUDE,
        "licence_requirement": _licence([c["licence_requirement"] for c in conclusions]),
        "exceptions": _by_id([c["exceptions"] for c in conclusions]),
        "review_policy": _policy([c["review_policy"] for c in conclusions]),
        "tariff": _tariff([c["tariff"] for c in conclusions]),
        "presumptions": _by_id([c["presumptions"] for c in conclusions]),
        "further": _by_id([c["further"] for c in conclusions]),
        "summary": f"{name} can mean {len(conclusions)} variants; {agree}. {' '.join(said)}",
        "caveats": _united(c["caveats"] for c in conclusions),
    }


def _item(conclusions: Sequence[Conclusion]) -> dict[str, Any]:
    parts = [c["item_class"] for c in conclusions]
    text = _text(part["text"] for part in parts)
    same = len({part["text"] for part in parts}) == 1
    certain = same and all(part["certain"] for part in parts)
    fits = {part["declared_and_computed"] for part in parts}
    fit = fits.pop() if len(fits) == 1 else "open"
    return {
        **parts[0],
        "text": text,
        "declared_eccn": _declared(parts),
        "certain": certain,
        "declared_and_computed": fit,
    }


def _licence(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        **parts[0],
        "by_destination": _text(part["by_destination"] for part in parts),
        "outcome": _outcome(part["outcome"] for part in parts),
        "if_headquartered_in_D5_or_Macau": _text(part["if_headquartered_in_D5_or_Macau"] for part in parts),
        "letters": _by_id([part["letters"] for part in parts]),
    }


def _axis(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    providers = {part["provision"] for part in parts}
    return {
        **parts[0],
        "text": _text(part["text"] for part in parts),
        "outcome": _outcome(part["outcome"] for part in parts),
        "conditions": _united(part["conditions"] for part in parts),
        "provision": providers.pop() if len(providers) == 1 else None,
    }


def _policy(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    beside = {entry["provision"]: entry for part in parts for entry in part["beside"]}
    return {**_axis(parts), "beside": list(beside.values())}


def _tariff(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {**_axis(parts), "exemptions": _by_id([part["exemptions"] for part in parts])}


def _by_id(lists: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Entries of the same id put together; one that a variant lacks is not met there."""
    result = []
    for name in _united([entry["id"] for entry in entries] for entries in lists):
        found = [entry for entries in lists for entry in entries if entry["id"] == name]
        lacking = len(found) < len(lists)
        whole = dict(found[0])
        for key in ("outcome", "criterion"):
            if key in whole:
                outcomes = [entry[key] for entry in found] + (["not met"] if lacking else [])
                whole[key] = _outcome(outcomes)
        if "open" in whole:
            whole["open"] = _united([entry["open"] for entry in found])[:2]
        own = f"{whole['name']}: "
        lead = own if all(entry["text"].startswith(own) for entry in found) else ""
        whole["text"] = lead + _text(entry["text"].removeprefix(lead) for entry in found)
        result.append(whole)
    return result


def _outcome(outcomes: Iterable[str]) -> str:
    distinct = set(outcomes)
    return distinct.pop() if len(distinct) == 1 else UNDECIDED


def _text(texts: Iterable[str], join: Callable[..., str] = words.join) -> str:
    distinct = list(dict.fromkeys(texts))
    return distinct[0] if len(distinct) == 1 else f"depends on the variant: {join(distinct, 'or')}"


def _united(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(text for entries in lists for text in entries))
