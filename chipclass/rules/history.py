"""What changes in the book of rules and in the country groups from one day to another, and the book without a change.

Nothing here knows a date, an axis or a regime: two days are compared as the files hold them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chipclass.logic.cells import MAYBE, YES
from chipclass.rules.book import IN_FORCE, Edition, Provision, book_of
from chipclass.rules.transactions import countries_of
from chipclass.specdb.store import Specs

BEGINS, ENDS, NEW, FORMER, POSTURE = "begins", "ends", "new edition", "former edition", "other posture"
MEMBER, NO_MEMBER, OPEN = "a member", "not a member", "not established"
_STEPS = {(NO_MEMBER, MEMBER): "joins", (MEMBER, NO_MEMBER): "leaves"}


@dataclass(frozen=True, slots=True)
class ProvisionChange:
    """One provision that two days hold differently; None and no posture where it has no edition on a day."""

    provision: Provision
    before: Edition | None
    after: Edition | None
    was: str = ""
    now: str = ""

    @property
    def kind(self) -> str:
        if self.before is None:
            return BEGINS
        if self.after is None:
            return ENDS
        if self.before is self.after:
            return POSTURE
        return NEW if self.before.effective < self.after.effective else FORMER

    @property
    def cite(self) -> str:
        """Citation of the second day's edition; of the first day's where the second has none."""
        edition = self.after or self.before
        return edition.cite if edition else ""

    @property
    def text(self) -> str:
        """``a paragraph, new edition``; a posture is named where it is not plainly in force."""
        joint = " " if self.kind in (BEGINS, ENDS) else ", "
        said = f"{self.provision.paragraph}{joint}{self.kind}"
        if self.was and self.now and self.was != self.now:
            return f"{said}: {self.was}, then {self.now}"
        posture = self.now or self.was
        return said if posture == IN_FORCE or posture in self.provision.paragraph else f"{said} ({posture})"

    def to_dict(self) -> dict[str, Any]:
        about: dict[str, Any] = {"provision": self.provision.id, "paragraph": self.provision.paragraph}
        group: dict[str, Any] = {"group": None, "countries": []}
        return {"change": self.kind, **about, **group, "citation": self.cite, **self._unverified(), "text": self.text}

    def _unverified(self) -> dict[str, str]:
        """What was not read of the edition that is cited, where the rule file says so."""
        edition = self.after or self.before
        return {"unverified": text} if edition and (text := edition.text("unverified")) else {}


@dataclass(frozen=True, slots=True)
class GroupChange:
    """Countries that two days place differently in one group."""

    group: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    was: str
    now: str
    cite: str

    @property
    def kind(self) -> str:
        return _STEPS.get((self.was, self.now), f"{self.was}, then {self.now}")

    @property
    def text(self) -> str:
        """``Nicaragua joins D:1``; in full where a membership is open before or after."""
        who = ", ".join(self.names)
        if (self.was, self.now) not in _STEPS:
            return f"{who} in {self.group}: {self.kind}"
        return f"{who} {self.kind.removesuffix('s') if len(self.names) > 1 else self.kind} {self.group}"

    def to_dict(self) -> dict[str, Any]:
        about: dict[str, Any] = {
            "provision": None,
            "paragraph": None,
            "group": self.group,
            "countries": list(self.codes),
        }
        return {"change": self.kind, **about, "citation": self.cite, "text": self.text}


Change = ProvisionChange | GroupChange


def change_days(specs: Specs) -> list[str]:
    """Every day on which the rules or the country groups as held here can change, in order."""
    days = {day for provision in book_of(specs) for edition in provision.editions for day in _days(edition)}
    return sorted(days | {entry[end] for entry in _entries(specs) for end in ("from", "until") if entry.get(end)})


def _days(edition: Edition) -> Iterator[str]:
    yield edition.effective
    if edition.until:
        yield edition.until
    inside = [str(entry["from"]) for entry in edition.data["posture"]] + [edition.text("comply_from")]
    yield from (day for day in inside if day > edition.effective and (not edition.until or day < edition.until))


def eve(day: str) -> str:
    """The day before."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(1)).isoformat()


def changes(specs: Specs, before: str, after: str) -> list[Change]:
    """What two days hold differently: provisions in file order, then country groups."""
    return [*provision_changes(specs, before, after), *group_changes(specs, before, after)]


def provision_changes(specs: Specs, before: str, after: str) -> Iterator[ProvisionChange]:
    for provision in book_of(specs):
        old, new = provision.on(before), provision.on(after)
        was, now = (edition.posture(day) if edition else "" for edition, day in ((old, before), (new, after)))
        if (old, was) != (new, now):
            yield ProvisionChange(provision, old, new, was, now)


def group_changes(specs: Specs, before: str, after: str) -> Iterator[GroupChange]:
    countries = countries_of(specs)
    pairs = dict.fromkeys((entry["group"], code) for entry in _entries(specs) for code in entry["codes"])
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for group, code in pairs:
        was, now = (_standing(countries.member(code, group, day)) for day in (before, after))
        if was != now:
            found.setdefault((group, was, now, _cite(specs, group, code, before, after)), []).append(code)
    for (group, was, now, cite), codes in found.items():
        yield GroupChange(group, tuple(codes), tuple(countries.name(code) for code in codes), was, now, cite)


def _standing(possible: Any) -> str:
    return {YES: MEMBER, MAYBE: OPEN}.get(possible, NO_MEMBER)


def _cite(specs: Specs, group: str, code: str, before: str, after: str) -> str:
    """Citations of the entries that begin or end between the two days."""
    low, high = sorted((before, after))
    cites = [
        entry.get("cite", "")
        for entry in _entries(specs)
        if entry["group"] == group
        and code in entry["codes"]
        and any(low < entry.get(end, "") <= high for end in ("from", "until"))
    ]
    return "; ".join(dict.fromkeys(cite for cite in cites if cite))


def _entries(specs: Specs) -> list[Mapping[str, Any]]:
    destinations = specs.index["destinations"]
    return [*destinations["membership"], *destinations["undecided"]]


def undone(specs: Specs, made: Iterable[Change]) -> Specs:
    """The same database as if these changes had not been made: what held before them goes on without end."""
    rules = dict(specs.index["rules"])
    groups = {key: specs.index["destinations"][key] for key in ("membership", "undecided")}
    for change in made:
        if isinstance(change, GroupChange):
            groups = _kept(groups, change)
        elif change.before is None:
            del rules[change.provision.id]
        else:
            entry = {key: value for key, value in change.before.data.items() if key != "comply_from"}
            held = {"until": None, "posture": [{"from": change.before.effective, "is": change.was}]}
            rules[change.provision.id] = {**change.provision.data, "editions": [{**entry, **held}]}
    return Specs({**specs.index, "rules": rules, "destinations": {**specs.index["destinations"], **groups}})


def _kept(groups: Mapping[str, list[Mapping[str, Any]]], change: GroupChange) -> dict[str, list[Mapping[str, Any]]]:
    """The lists with the countries of a change held where they stood before it."""
    others = {
        key: [
            {**entry, "codes": [code for code in entry["codes"] if code not in change.codes]}
            if entry["group"] == change.group
            else entry
            for entry in entries
        ]
        for key, entries in groups.items()
    }
    home = {MEMBER: "membership", OPEN: "undecided"}.get(change.was)
    if home:
        others[home] = [*others[home], {"group": change.group, "codes": list(change.codes)}]
    return others
