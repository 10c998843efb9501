"""Two days side by side: what the rules say differently, and for which products a conclusion moved."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from chipclass.answer import Answer
from chipclass.classification import document
from chipclass.evaluation import begins_words, checked_words
from chipclass.positions import Move, Position, moves, positions
from chipclass.rules.book import Edition, book_of
from chipclass.rules.history import ProvisionChange, group_changes, provision_changes
from chipclass.rules.transactions import QueryError, parse_date, transaction
from chipclass.specdb.store import Specs, load
from chipclass.wording import wording_diff


class RulesDiff(Answer):
    """The answer to ``rules_diff``: provisions, country groups, and the moves of all chips."""

    def __repr__(self) -> str:
        data = self._data
        lines = [f"chipclass rules from {data['before']} to {data['after']}, specs {data['specs']}"]
        lines += [f"  {change['text']}" for change in [*data["provisions"], *data["groups"]]]
        return "\n".join(lines + [f"  {m['axis']}: {m['before']} -> {m['after']}: {m['count']}" for m in data["moves"]])


def rules_diff(
    before: str | datetime.date,
    after: str | datetime.date,
    *,
    specs: Specs | None = None,
    **question: Any,
) -> RulesDiff:
    """What the rules and the country groups held here say differently on two days, and whom it moved.

    Days are ISO days in either order: the days swapped give the mirrored answer. The moves are those of every chip of
    the database on its own, in the transaction that ``question`` describes: the keywords of `chipclass.classify` but
    ``as_of``. Raises QueryError (a ValueError) for a day that does not exist, an unknown country, kind or reading.
    """
    specs = specs or load()
    days = [_day(name, text) for name, text in (("the first day", before), ("the second day", after))]
    deals = [transaction(specs, as_of=day, **question) for day in days]
    stands = [positions(specs, deal) for deal in deals]
    moved = _moves(specs, *stands)
    first = book_of(specs).first_date()
    data = {
        "before": days[0],
        "after": days[1],
        "provisions": [_provision(specs, change) for change in provision_changes(specs, *days)],
        "groups": [{**c.to_dict(), "before": c.was, "after": c.now} for c in group_changes(specs, *days)],
        "passing": list(_passing(specs, *sorted(days))),
        "moves": moved,
        "products": len(stands[0]),
        "moved": len({name for move in moved for name in move["products"]}),
        "caveats": [
            *([begins_words(first)] * (min(days) < first)),
            *filter(None, [checked_words(specs, max(days))]),
        ],
    }
    return RulesDiff({**document(specs, max(deals, key=lambda deal: deal.as_of)), **data})


def _day(name: str, text: str | datetime.date) -> str:
    try:
        return parse_date(text)
    except QueryError as error:
        raise QueryError(f"{name}: {error}") from None


def _provision(specs: Specs, change: ProvisionChange) -> dict[str, Any]:
    editions = (change.before, change.after)
    reworded = change.before is not None and change.after is not None and change.before is not change.after
    return {
        **{key: value for key, value in change.to_dict().items() if key not in ("group", "countries")},
        "title": change.provision.text("title"),
        "axis": change.provision.axis,
        "effect": change.provision.effect,
        "before": _edition(change.before, change.was),
        "after": _edition(change.after, change.now),
        "wording": wording_diff(specs, *[e for e in editions if e]) if reworded else None,
    }


def _edition(edition: Edition | None, posture: str) -> dict[str, str] | None:
    if edition is None:
        return None
    return {"edition": edition.effective, "posture": posture, "citation": edition.cite}


def _passing(specs: Specs, low: str, high: str) -> Iterator[dict[str, Any]]:
    """Editions that stand on neither day: they came and went in between."""
    for provision in book_of(specs):
        for edition in provision.editions:
            if low < edition.effective and edition.until and edition.until <= high:
                about = {"provision": provision.id, "paragraph": provision.paragraph}
                yield {**about, "edition": edition.effective, "until": edition.until, "citation": edition.cite}


def _moves(specs: Specs, before: Mapping[str, Position], after: Mapping[str, Position]) -> list[dict[str, Any]]:
    """Each move with all products that made it; by axis, and within an axis the most frequent first."""
    found: dict[Move, list[str]] = {}
    for name, position in before.items():
        for move in moves(position, after[name]):
            found.setdefault(move, []).append(name)
    axes = Position._fields
    ordered = sorted(found.items(), key=lambda entry: (axes.index(entry[0].axis), -len(entry[1]), entry[1]))
    return [
        {
            "axis": axis,
            "before": old,
            "after": new,
            "count": len(products),
            "products": products,
            "names": [specs.item(product).name for product in products],
        }
        for (axis, old, new), products in ordered
    ]
