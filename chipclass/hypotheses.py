"""What if a limit, a rule or a fact were another: which chips move, how far they are from the old line and the new."""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from chipclass import explanation as words
from chipclass.amendments import (
    Change,
    Changes,
    amended,
    as_they_are,
    differences,
    example,
    plain,
    standing_elsewhere,
    wanted_limits,
)
from chipclass.answer import Answer
from chipclass.classification import document
from chipclass.evaluation import Evaluation
from chipclass.logic.numbers import INF
from chipclass.positions import Move, Position, evaluations, moves, position_of
from chipclass.proof import UNDECIDED
from chipclass.rules.book import Book, book_of
from chipclass.rules.limits import Limit, addresses, setting
from chipclass.rules.transactions import QueryError, Transaction, parse_date, transaction
from chipclass.specdb.store import Specs, load

#: A chip that stays where it is, but whose figure lies this near to a new limit, is listed too.
NEAR = Fraction(1, 20)
SENTENCE = "A hypothesis, not a rule."

Folders: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"


class Hypothetical(Answer):
    """The answer to ``whatif``: what was changed, and which chips move by it."""

    def __repr__(self) -> str:
        lines = [f"chipclass what if, as of {self._data['as_of']}: {self._data['summary']}"]
        lines += [f"  {entry['text']}" for entry in self._data["hypothesis"]["limits"]]
        return "\n".join(lines + [f"  {entry['count']} x {entry['text']}" for entry in self._data["counts"]])


def whatif(
    changes: Changes = (), *, specs: Specs | None = None, overlay: Folders = (), **question: Any
) -> Hypothetical:
    """Which chips move if limits of the rules were others, or with an overlay of facts and rules on top.

    ``changes`` maps addresses to limits (``{"<regime>/<provision>#<node>": 6000}``, see `chipclass.rules.limits`), or
    lists texts ``address=limit``. A limit is a number in the metric's own unit or a text with a unit. What is changed
    is the edition in force on ``as_of``. ``overlay`` names folders laid on top; the answer compares with ``specs``
    (default: the project's own). ``question`` takes the keywords of `chipclass.classify`. Raises QueryError (a
    ValueError) for an unknown provision, node, metric or unit, and SpecError for an overlay that cannot be used.
    """
    baseline, date = specs or load(), parse_date(question.get("as_of"))
    ground = _overlaid(baseline, overlay)
    wanted = wanted_limits(ground, changes, date)
    if not wanted and ground is baseline:
        raise QueryError(f"nothing to change; set a limit, as in {example(book_of(ground), date)}")
    hypothesis = amended(ground, wanted) if wanted else ground
    deal = transaction(hypothesis, **question)
    edits = differences(book_of(baseline), book_of(hypothesis), date) + as_they_are(book_of(ground), wanted, date)
    return Hypothetical(_answer(baseline, hypothesis, deal, edits))


def limits(*, specs: Specs | None = None, as_of: str | datetime.date | None = None) -> dict[str, Any]:
    """Every limit that can be changed on a date: address, test, unit, citation, posture."""
    specs = specs or load()
    deal = transaction(specs, as_of=as_of)
    found = [
        {**_place(specs, address, limit), "test": limit.text, "posture": _posture(provision.on(deal.as_of), deal)}
        | {"limit": float(limit.test.limit)}
        for provision in book_of(specs)
        for address, (limit, *_) in addresses(provision, deal.as_of).items()
    ]
    return {**document(specs, deal), "limits": found}


def _overlaid(baseline: Specs, overlay: Folders) -> Specs:
    folders = [overlay] if isinstance(overlay, (str, os.PathLike)) else list(overlay)
    if not folders:
        return baseline
    found = load(folders)
    if found.overlays[: len(baseline.overlays)] != baseline.overlays:
        names = ", ".join(baseline.overlays)
        raise QueryError(f"specs has the overlay {names}; name its folders first in overlay, then the others")
    return found


def _answer(baseline: Specs, hypothesis: Specs, deal: Transaction, edits: Sequence[Change]) -> dict[str, Any]:
    only_limits = hypothesis.overlays == baseline.overlays
    moved: list[dict[str, Any]] = []
    stay: list[Evaluation] = []
    added: list[dict[str, Any]] = []
    counted: Counter[Move] = Counter()
    for after in evaluations(hypothesis, deal):
        if after.chip.id not in baseline.index["chips"]:
            added.append({**_head(after), "position": position_of(after)._asdict()})
            continue
        if only_limits and not _reached(after, edits):
            stay.append(after)
            continue
        chip = baseline.item(after.chip.id)
        before = Evaluation(baseline, chip, chip, 1, deal)
        stood, stands = position_of(before), position_of(after)
        if found := moves(stood, stands):
            counted.update(found)
            moved.append(_moved(before, after, (stood, stands), found, edits))
        else:
            stay.append(after)
    count = len(moved) + len(stay)
    return {
        **document(hypothesis, deal),
        "hypothesis": _hypothesis(baseline, hypothesis, edits, deal),
        "unchanged_elsewhere": _elsewhere(book_of(hypothesis), edits, deal),
        "chips": count,
        "summary": f"{len(moved)} of {count} chips move. {SENTENCE}",
        "counts": _counts(counted),
        "moved": moved,
        "near": [entry for after in stay for entry in _near(after, edits)],
        "open": [entry for after in stay for entry in _open(after, edits)],
        "added": added,
    }


def _reached(evaluation: Evaluation, edits: Sequence[Change]) -> bool:
    """Whether an edited limit comes out otherwise for a chip, or may: only then can other limits move it."""
    answer = evaluation.box.answer
    return any(
        edit.before is None
        or edit.after is None
        or (said := answer(edit.before.test)) is None
        or said is not answer(edit.after.test)
        for edit in edits
    )


def _hypothesis(baseline: Specs, hypothesis: Specs, edits: Sequence[Change], deal: Transaction) -> dict[str, Any]:
    wordings = [{p.id: _wording(p.data, p.on(deal.as_of)) for p in book_of(specs)} for specs in (baseline, hypothesis)]
    return {
        "text": SENTENCE,
        "baseline": baseline.hash,
        "overlays": list(hypothesis.overlays[len(baseline.overlays) :]),
        "provisions": [name for name, wording in wordings[1].items() if wordings[0].get(name) != wording],
        "limits": [_edit(hypothesis, edit) for edit in edits],
    }


def _wording(data: Any, edition: Any) -> tuple[dict[str, Any], Any]:
    """Head and edition of a provision, without the marks of overlays."""
    head = {key: value for key, value in data.items() if key not in ("editions", "overlay")}
    return head, edition and edition.data


def _place(specs: Specs, address: str, limit: Limit) -> dict[str, Any]:
    definition = specs.metrics[limit.test.metric]
    return {
        "address": address,
        "provision": limit.provision,
        "edition": limit.edition,
        "paragraph": limit.cite,
        "metric": limit.test.metric,
        "title": definition["short"],
        "unit": definition["unit"],
    }


def _edit(specs: Specs, edit: Change) -> dict[str, Any]:
    texts = [limit.text if limit else "no such test" for limit in (edit.before, edit.after)]
    said = f"{texts[0]} -> {texts[1]}" if edit.moved else f"{texts[0]}, as it is"
    ends = [float(limit.test.limit) if limit else None for limit in (edit.before, edit.after)]
    place = _place(specs, edit.address, edit.limit)
    return {**place, "before": ends[0], "after": ends[1], "text": f"{edit.limit.cite}: {said}"}


def _posture(edition: Any, deal: Transaction) -> str:
    return str(edition.posture(deal.as_of))


def _elsewhere(book: Book, edits: Sequence[Change], deal: Transaction) -> list[dict[str, Any]]:
    found = standing_elsewhere(book, edits, deal.as_of)
    return [
        {
            "address": address,
            "paragraph": limit.cite,
            "test": limit.text,
            "posture": _posture(book.provisions[limit.provision].on(deal.as_of), deal),
            "set": setting(address, plain(new)),
        }
        for address, limit, new in sorted(found, key=lambda entry: book.provisions[entry[1].provision].stands_beside)
    ]


def _counts(counted: Counter[Move]) -> list[dict[str, Any]]:
    """How many chips make each move, axis by axis, the most frequent first."""
    order = list(Position._fields)
    ranked = sorted(counted, key=lambda move: (order.index(move.axis), -counted[move], move))
    return [{**move.to_dict(), "count": counted[move]} for move in ranked]


def _head(evaluation: Evaluation) -> dict[str, Any]:
    return {"product": evaluation.chip.id, "name": evaluation.chip.name}


def _moved(
    before: Evaluation,
    after: Evaluation,
    positions: tuple[Position, Position],
    found: Sequence[Move],
    edits: Sequence[Change],
) -> dict[str, Any]:
    lines = [_line(before, after, edit) for edit in edits if edit.moved]
    telling = [line for line in lines if line["outcome_before"] != line["outcome_after"]]
    return {
        **_head(after),
        "before": positions[0]._asdict(),
        "after": positions[1]._asdict(),
        "moves": [move.to_dict() for move in found],
        "lines": telling or lines,
        "figures": list(_figures(before, after)),
    }


def _line(before: Evaluation, after: Evaluation, edit: Change) -> dict[str, Any]:
    """The figure of a chip against a limit as it was and as it would be."""
    sides = {"before": _leaf(before, edit.before), "after": _leaf(after, edit.after)}
    place = _place(after.specs, edit.address, edit.limit)
    ends = [limit.test.limit for limit in (edit.before, edit.after) if limit]
    figure = _shown(after if edit.after else before, edit.limit.test.metric, ends)
    told = {
        f"{key}_{when}": side[key] if side else None
        for when, side in sides.items()
        for key in ("limit", "margin", "margin_words", "outcome")
    }
    return {**{key: place[key] for key in ("address", "metric", "title", "unit")}, "figure": figure, **told}


def _leaf(evaluation: Evaluation, limit: Limit | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    leaf = evaluation.prover.node(limit.test)
    said = words.margin_words(leaf)
    return {
        "limit": float(limit.test.limit),
        "margin": leaf["margin"],
        "margin_words": said,
        "outcome": leaf["outcome"],
    }


def _shown(evaluation: Evaluation, metric: str, ends: Iterable[Fraction]) -> str:
    """The deciding range, rounded across neither the limits in force nor those given."""
    known = {*evaluation.prover.limits.get(metric, ()), *ends}
    return words.span_words(*evaluation.prover.range_of(metric), known)


def _figures(before: Evaluation, after: Evaluation) -> Iterator[dict[str, Any]]:
    """Metrics whose deciding range an overlay's facts change."""
    for name, metric in after.metrics.items():
        other = before.metrics.get(name)
        if other and (other.low, other.high) != (metric.low, metric.high):
            known = {*before.prover.limits.get(name, ()), *after.prover.limits.get(name, ())}
            shown = [_shown(evaluation, name, known) for evaluation in (before, after)]
            title = after.specs.metrics[name]["short"]
            yield {"metric": name, "title": title, "unit": metric.unit, "before": shown[0], "after": shown[1]}


def _new_limits(edits: Iterable[Change]) -> list[Change]:
    """One change per metric and new limit: the same line may stand in several provisions."""
    return list({(e.after.test.metric, e.after.test.limit): e for e in edits if e.moved and e.after}.values())


def _speaking(evaluation: Evaluation, edits: Iterable[Change]) -> Iterator[Change]:
    """Changes of provisions that speak of the chip at all: memory has paragraphs of its own."""
    provisions = book_of(evaluation.specs).provisions
    return (e for e in edits if provisions[e.limit.provision].applies_to == evaluation.chip.function)


def _near(evaluation: Evaluation, edits: Sequence[Change]) -> Iterator[dict[str, Any]]:
    """New limits that a figure of a chip that stays lies within 5 % of."""
    for edit in _new_limits(_speaking(evaluation, edits)):
        limit = edit.limit.test.limit
        ends = [Fraction(e) for e in evaluation.prover.range_of(edit.limit.test.metric) if e is not None and e != INF]
        if limit and any(abs(end / limit - 1) <= NEAR for end in ends):
            yield _beside(evaluation, edit)


def _open(evaluation: Evaluation, edits: Sequence[Change]) -> Iterator[dict[str, Any]]:
    """New limits of which it is not known on which side a chip that stays lies."""
    for edit in _new_limits(_speaking(evaluation, edits)):
        entry = _beside(evaluation, edit)
        if entry["outcome"] == UNDECIDED:
            yield entry


def _beside(evaluation: Evaluation, edit: Change) -> dict[str, Any]:
    place = _place(evaluation.specs, edit.address, edit.limit)
    figure = _shown(evaluation, edit.limit.test.metric, [edit.limit.test.limit])
    told = {key: place[key] for key in ("address", "metric", "title", "unit")}
    return {**_head(evaluation), **told, "figure": figure, **(_leaf(evaluation, edit.limit) or {})}
