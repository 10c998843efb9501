"""Where products stood through the years, and which change of the rules moved them."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chipclass import explanation as words
from chipclass.answer import Answer
from chipclass.causation import Caused, caused
from chipclass.classification import document, unknown_product, variants_of
from chipclass.evaluation import Evaluation, begins_words, checked_words
from chipclass.identification.resolve import Match, resolve
from chipclass.positions import Position, moves, position_of
from chipclass.rules.alternatives import deciding_facts
from chipclass.rules.book import book_of
from chipclass.rules.figures import metrics_of
from chipclass.rules.history import change_days, eve
from chipclass.rules.transactions import QueryError, Transaction, parse_date, transaction
from chipclass.specdb.contents import Subject, stand_ins
from chipclass.specdb.records import Item
from chipclass.specdb.store import Specs, load

#: A day that no period reaches: for asking what stands without end.
ENDLESS = datetime.date.max.isoformat()
#: First and last day asked for; None where the line is to run from the beginning, or without end.
Span = tuple[str | None, str | None]


class Timeline(Answer):
    """The answer to ``timeline``: for each query its periods, one line of them for variants that stand alike."""

    def __repr__(self) -> str:
        lines = [f"chipclass timeline for {self._data['transaction']['evaluated_for']}, specs {self._data['specs']}"]
        for result in self._data["results"]:
            for line in result["timelines"]:
                said = [f"{p['from'] or 'the beginning'}: {p['position']['classes']}" for p in line["periods"]]
                lines.append(f"  {words.join([v['name'] for v in line['variants']])}: {'; '.join(said)}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Snapshot:
    """One chip on one day on which something could have changed."""

    day: str
    position: Position
    in_force: bool
    licence: str
    why: str


@dataclass(frozen=True)
class Period:
    """Snapshots between which the position did not move, and what moved it on the first day."""

    snapshots: tuple[Snapshot, ...]
    caused: tuple[Caused, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What must be alike for two chips to share a line: all but the sentences that name the chip."""
        causes = [(c.move, [(change.text, change.cite) for change in c.causes], c.several) for c in self.caused]
        first = self.snapshots[0]
        return first.day, first.position, [(s.day, s.licence) for s in self.snapshots], causes


def timeline(
    query: str | Iterable[str],
    *,
    since: str | datetime.date | None = None,
    until: str | datetime.date | None = None,
    specs: Specs | None = None,
    **question: Any,
) -> Timeline:
    """Where products stood in every period of the rules held here, and which change began each period.

    ``since`` and ``until`` are ISO days, both included; without them the line runs from before the first rule up to
    the last change on file and says from which day on nothing was checked. Variants of a family that stand alike share
    a line. ``question`` takes the keywords of `chipclass.classify` but ``as_of``. Raises QueryError (a ValueError) for
    an unknown product or country, a day that does not exist, and a range that ends before it begins.
    """
    specs = specs or load()
    first, last = _day("since", since), _day("until", until)
    if first and last and first > last:
        raise QueryError(f"since {first} lies after until {last}; expected the earlier day first")
    deal = transaction(specs, as_of=last, **question)
    queries = [query] if isinstance(query, str) else list(query or ())
    if not queries or not all(isinstance(text, str) for text in queries):
        raise QueryError("nothing to show; name a product or a part number")
    matches = [(text, resolve(specs, text)) for text in queries]
    for text, match in matches:
        if not match.ids:
            raise unknown_product(text, match)
    end = last or ENDLESS
    checks = [
        edition.checked
        for provision in book_of(specs)
        if (edition := provision.on(end)) and not provision.stands_beside
    ]
    newest = max(checks, default=None)
    begun = book_of(specs).first_date()
    head = {
        "since": first,
        "until": last,
        "unknown_after": newest if newest and newest < end else None,
        "caveats": [
            *([begins_words(begun)] * (not first or first < begun)),
            *filter(None, [checked_words(specs, end)]),
        ],
    }
    results = [_result(specs, text, match, deal, (first, last)) for text, match in matches]
    for period in (p for result in results for line in result["timelines"] for p in line["periods"]):
        period["after_last_check"] = bool(newest and period["from"] and period["from"] > newest)
    return Timeline({**document(specs, deal), **head, "results": results})


def _day(name: str, text: str | datetime.date | None) -> str | None:
    try:
        return None if text is None else parse_date(text)
    except QueryError as error:
        raise QueryError(f"{name}: {error}") from None


def _result(specs: Specs, text: str, match: Match, deal: Transaction, span: Span) -> dict[str, Any]:
    subjects = variants_of(specs, match)
    lines: list[list[tuple[Subject, list[Period]]]] = []
    for subject in subjects:
        periods = list(_periods(specs, subject, deal, span))
        alike = [period.key for period in periods]
        line = next((line for line in lines if [period.key for period in line[0][1]] == alike), None)
        if line is None:
            lines.append([(subject, periods)])
        else:
            line.append((subject, periods))
    return {
        "query": text,
        "match": match.to_dict(),
        "timelines": [_line(line, stand_ins(specs, specs.item(match.ids[0])), span) for line in lines],
    }


def _periods(specs: Specs, subject: Subject, deal: Transaction, span: Span) -> Iterator[Period]:
    days, (first, last) = change_days(specs), span
    start = first or min(eve(days[0]) if days else deal.as_of, last or ENDLESS)
    metrics = metrics_of(specs, subject[1])  # a chip's figures are the same on every day
    shots = [
        _snapshot(Evaluation(specs, *subject, replace(deal, as_of=day), metrics))
        for day in [start, *(day for day in days if start < day <= (last or ENDLESS))]
    ]
    begun, moved = [shots[0]], tuple[Caused, ...]()
    for shot in shots[1:]:
        if moves(begun[-1].position, shot.position):
            yield Period(tuple(begun), moved)
            on_the_day = replace(deal, as_of=shot.day)
            moved = caused(specs, subject, on_the_day, eve(shot.day), (begun[-1].position, shot.position), metrics)
            begun = []
        begun.append(shot)
    yield Period(tuple(begun), moved)


def _snapshot(evaluation: Evaluation) -> Snapshot:
    deal = evaluation.deal
    licence = evaluation.axes.requirement_words(*evaluation.axes.required(deal.reading))
    why = evaluation.summary() if evaluation.in_force else ""
    return Snapshot(deal.as_of, position_of(evaluation), evaluation.in_force, licence, why)


def _line(alike: Sequence[tuple[Subject, list[Period]]], represented: frozenset[str], span: Span) -> dict[str, Any]:
    """One timeline of variants that stand alike; its sentences are those of the one that stands for the family."""
    first, last = span
    shown, periods = next((line for line in alike if {line[0][0].id, line[0][1].id} & represented), alike[0])
    begins = [first, *(period.snapshots[0].day for period in periods[1:])]
    ends = [*(eve(day) for day in begins[1:] if day), last]
    variants = [
        {
            "product": item.id,
            "name": item.name if item.id == chip.id else f"{item.name} ({chip.name} x {count})",
            "chip": chip.id,
            "chip_count": count,
            "released": _released(chip),
        }
        for (item, chip, count), _ in alike
    ]
    listed = [_period_json(*period, variants) for period in zip(periods, begins, ends, strict=True)]
    return {"shown_by": shown[1].id, "variants": variants, "periods": listed}


def _period_json(
    period: Period, begin: str | None, end: str | None, variants: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    first = period.snapshots[0]
    later = [v["chip"] for v in variants if end and v["released"] and end < v["released"]["earliest"]]
    return {
        "from": begin,
        "to": end,
        "in_force": first.in_force,
        "position": first.position._asdict(),
        "licence": _dated([(shot.day, shot.licence) for shot in period.snapshots], begin),
        "why": _dated([(shot.day, shot.why) for shot in period.snapshots], begin),
        "before_release_of": list(dict.fromkeys(later)),
        "moves": [
            {
                **entry.move._asdict(),
                "causes": [{"day": first.day, **change.to_dict()} for change in entry.causes],
                "several": entry.several,
            }
            for entry in period.caused
        ],
    }


def _dated(texts: Iterable[tuple[str, str]], begin: str | None) -> list[dict[str, Any]]:
    """Each text with the day from which it holds; the first holds from the beginning of the period."""
    result: list[dict[str, Any]] = []
    for day, text in texts:
        if not result or result[-1]["text"] != text:
            result.append({"from": day if result else begin, "text": text})
    return [entry for entry in result if entry["text"]]


def _released(chip: Item) -> dict[str, Any] | None:
    """When the chip came out as its sources have it; a month or a year is every day of it."""
    facts = deciding_facts(chip.known("release_date"))
    if not facts:
        return None
    texts = sorted({str(fact.value) for fact in facts})
    return {
        "text": words.join(texts, "or"),
        "earliest": min(map(_earliest, texts)),
        "latest": max(map(_latest, texts)),
        "status": sorted({fact.status for fact in facts}),
        "source": sorted({fact.source for fact in facts}),
    }


def _earliest(text: str) -> str:
    return f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"[:10]


def _latest(text: str) -> str:
    if len(text) == 10:
        return text
    year, month = int(text[:4]), int(text[5:] or 12)
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
