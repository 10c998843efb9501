"""Classify: from a query and a transaction to determinations with proof and a conclusion per axis."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from chipclass import __version__
from chipclass import explanation as words
from chipclass.answer import Answer
from chipclass.evaluation import Evaluation
from chipclass.identification.resolve import Match, resolve
from chipclass.rules.book import book_of
from chipclass.rules.transactions import QueryError, Transaction, transaction
from chipclass.specdb.contents import Subject, subjects
from chipclass.specdb.store import Specs, load
from chipclass.variants import concluded

SCHEMA = 1
#: Scopes of provisions that stand beside the answer and are no part of it.
BESIDE = ("abroad", "bill")


class Result(Answer):
    """The answer to ``classify``: one entry per query."""

    @property
    def results(self) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self._data["results"]
        return results

    @property
    def status(self) -> str:
        """Status of the first query."""
        return str(self.results[0]["conclusion"]["status"])

    def __repr__(self) -> str:
        lines = [f"chipclass as of {self._data['as_of']}, specs {self._data['specs']}"]
        lines += [f"  {r['query']}: {r['conclusion']['status']}. {r['conclusion']['summary']}" for r in self.results]
        return "\n".join(lines)


def variants_of(specs: Specs, match: Match) -> list[Subject]:
    """(item, chip, count) for everything that a match can mean or contain."""
    return [subject for name in match.ids for subject in subjects(specs, specs.item(name))]


def evaluate(specs: Specs, match: Match, deal: Transaction) -> list[Evaluation]:
    return [Evaluation(specs, item, chip, count, deal) for item, chip, count in variants_of(specs, match)]


def unknown_product(query: str, match: Match) -> QueryError:
    hint = "; chipclass export -o products.csv lists all"
    if match.near:
        hint = f"; did you mean {words.join([repr(n) for n in match.near], 'or')}?"
    return QueryError(f"unknown product '{query}'{hint}" if query.strip() else f"an empty name is no product{hint}")


def classify(
    query: str | Iterable[str],
    *,
    as_of: str | datetime.date | None = None,
    destination: str | None = None,
    shipped_from: str = "US",
    kind: str = "export",
    headquarters: str | None = None,
    reading: str = "enforced",
    stated: Iterable[str] = (),
    ship_date: str | datetime.date | None = None,
    heading: str | None = None,
    specs: Specs | None = None,
) -> Result:
    """Where products stand under the rules of a date, with the proof.

    ``query`` is a name, an alias, a part number or several of them. Dates are ISO days (default today), countries ISO
    codes or names; ``heading`` is the customs heading of the article (for the tariff). Raises QueryError (a ValueError)
    for an unknown product, country, date, kind, reading or statement.
    """
    specs = specs or load()
    deal = transaction(
        specs,
        as_of=as_of,
        destination=destination,
        shipped_from=shipped_from,
        kind=kind,
        headquarters=headquarters,
        reading=reading,
        stated=stated,
        ship_date=ship_date,
        heading=heading,
    )
    queries = [query] if isinstance(query, str) else list(query or ())
    if not queries or not all(isinstance(text, str) for text in queries):
        raise QueryError("nothing to classify; name a product or a part number")
    return Result({**document(specs, deal), "results": [_one(specs, text, deal) for text in queries]})


def _one(specs: Specs, text: str, deal: Transaction) -> dict[str, Any]:
    match = resolve(specs, text)
    if not match.ids:
        raise unknown_product(text, match)
    variants = [evaluation.to_dict() for evaluation in evaluate(specs, match, deal)]
    items = [specs.item(name) for name in match.ids]
    first = items[0]
    name = first.name if len(items) == 1 else f"'{text}'"
    represented = first.represented_by or variants[0]["product"]
    return {
        "query": text,
        "match": match.to_dict(),
        "represented_by": represented,
        "variants": variants,
        "conclusion": concluded(specs, items, [variant["conclusion"] for variant in variants], name),
    }


def document(specs: Specs, deal: Transaction) -> dict[str, Any]:
    """The head that every JSON output carries."""
    editions = [e for p in book_of(specs) if (e := p.on(deal.as_of)) and p.scope not in BESIDE]
    return {
        "schema": SCHEMA,
        "chipclass": __version__,
        "specs": specs.hash,
        "overlays": list(specs.overlays),
        "rules_checked_through": min((e.checked for e in editions), default=None),
        "as_of": deal.as_of,
        "transaction": deal.to_dict(),
        "not_evaluated": specs.not_evaluated,
        "disclaimer": words.DISCLAIMER,
    }
