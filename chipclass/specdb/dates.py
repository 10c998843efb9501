"""Dates that leave a day without an answer, or with two: of editions and their postures, of country groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

from chipclass.specdb.problems import Problem

#: Before and after every day of a spec file.
FIRST, LAST = "0000", "9999"


def overlapping(start: str, until: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry with ``from`` and ``until`` (each may be missing) has a day from ``start`` up to ``until``."""
    return str(entry.get("from", FIRST)) < until and start < str(entry.get("until", LAST))


def rule_problems(file: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    """Holes between the editions of a compiled provision, and dates that contradict each other."""
    editions = rule["editions"]
    for edition, following in zip(editions, [*editions[1:], None], strict=True):
        place = f"edition {edition['effective']}"
        for message in _gaps(edition, following):
            yield Problem(file, place, message)
        if edition.get("gap") and not (following and following["effective"] > edition["until"]):
            message = "`gap` is given, but no day lies between this edition and a next one; remove it"
            yield Problem(file, place, message, "warning")
        for message in _contradictions(edition):
            yield Problem(file, place, message)
        for message in _idle(edition):
            yield Problem(file, place, message, "warning")


def _gaps(edition: Mapping[str, Any], following: Mapping[str, Any] | None) -> Iterator[str]:
    if following and edition["until"] < following["effective"] and not edition.get("gap"):
        yield (
            f"ends on {edition['until']}, but the next edition starts on {following['effective']}: no wording for the "
            'days between; mend a date, or say why with gap = "..."'
        )


def _contradictions(edition: Mapping[str, Any]) -> Iterator[str]:
    effective, until = edition["effective"], edition["until"] or LAST
    if until <= effective:  # reported where the rule was read
        return
    published, comply = edition.get("published", FIRST), edition.get("comply_from")
    if edition["checked"] < published:
        yield f"checked on {edition['checked']}, before it was published on {published}; mend one of the dates"
    if comply and comply < effective:
        yield f"comply_from {comply} is before effective {effective}; mend it, or leave it out if it is the same day"
    if comply and comply >= until:
        yield f"comply_from {comply} is not before the edition's end on {until}: it would never be in force; mend it"


def _idle(edition: Mapping[str, Any]) -> Iterator[str]:
    """Postures that are never reached, and a text that was read before it took effect and before it was published.

    A bill takes no effect and is not published as law.
    """
    effective, until = edition["effective"], edition["until"] or LAST
    for entry in edition["posture"]:
        if effective < until <= entry["from"]:
            yield f"the posture '{entry['is']}' starts on {entry['from']}, but the edition ends on {until}; remove it"
    bill = all(entry["is"] == "bill" for entry in edition["posture"])
    if not bill and not edition.get("published") and edition["checked"] < effective:
        yield (
            f"checked on {edition['checked']}, before effective {effective}; "
            "give the day on which it was published, or check it again"
        )


def group_problems(destinations: Mapping[str, Any], files: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """Memberships in country groups that cannot be: ended before they began, held twice, or with a hole between.

    ``files`` names the file of each entry by its key (``membership`` or ``undecided``) and number.
    """
    held: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
    for key in ("membership", "undecided"):
        for number, entry in enumerate(destinations[key]):
            file, place = files[key, str(number)], f"{entry['group']} {', '.join(entry['codes'][:3])}"
            start, until = entry.get("from", FIRST), entry.get("until", LAST)
            if until <= start:
                message = f"until {until} is not after from {start}; nobody would ever be in it"
                yield Problem(file, place, message)
                continue
            for code in entry["codes"]:
                if key == "membership":
                    held.setdefault((entry["group"], code), []).append((start, until, number))
            yield from _codes(destinations["country"], entry, file, place)
    for (group, code), spans in held.items():
        undecided = [entry for entry in destinations["undecided"] if entry["group"] == group and code in entry["codes"]]
        for number, message in _memberships(destinations["membership"], sorted(spans), undecided):
            yield Problem(files["membership", str(number)], f"{group} {code}", message)


def _memberships(
    entries: list[Any], spans: list[tuple[str, str, int]], undecided: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[int, str]]:
    """What is wrong between the memberships of one country in one group, with the number of the entry."""
    for (_, until, _), (start, _, number) in combinations(spans, 2):
        if start < until:
            yield number, "is a member twice on the same days; keep one of the two entries, or mend their dates"
    for (_, until, earlier), (start, _, _) in pairwise(spans):
        known = entries[earlier].get("gap") or any(overlapping(until, start, entry) for entry in undecided)
        if until < start and not known:
            yield earlier, f'leaves on {until} and comes back on {start}; mend a date, or say why with gap = "..."'


def _codes(
    countries: Mapping[str, Mapping[str, Any]], entry: Mapping[str, Any], file: str, place: str
) -> Iterator[Problem]:
    for code in entry["codes"]:
        if countries and code not in countries:
            yield Problem(file, place, f"unknown country '{code}'; expected an ISO code of the country table")
        elif other := countries.get(code, {}).get("treated_as"):
            message = f"{code} is treated as {other}: its own membership is never read; name {other} instead"
            yield Problem(file, place, message, "warning")
