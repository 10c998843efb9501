"""``chipclass timeline``: one block per period; what moved, and which change of the rules moved it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.chronology import timeline
from chipclass.cli import layout
from chipclass.conclusion import NOT_CAUGHT
from chipclass.positions import TITLES
from chipclass.rules.transactions import countries_of
from chipclass.specdb.store import Specs, load

#: Width of the column of dates.
DATES = 25
#: Axes that stand in the first line of each block.
HEAD_AXES = ("status", "classes")
HEAD = ["Period", "Status", "What is new", "Cause"]

Period = Mapping[str, Any]


def run(
    query: Sequence[str],
    question: Mapping[str, Any],
    since: str | None,
    until: str | None,
    folders: Sequence[Path],
    format: str,
) -> int:
    """``question`` as all commands have it; a line of years knows no single day, so its ``as_of`` is not used."""
    specs = load(folders)
    deal = {key: value for key, value in question.items() if key != "as_of"}
    answer = timeline(query, specs=specs, since=since, until=until, **deal)
    data = answer.to_dict()
    if format == "json":
        print(answer.to_json())
    else:
        print((markdown if format == "md" else screen)(specs, data))
    return 0


def screen(specs: Specs, data: Mapping[str, Any]) -> str:
    """Every line of every query, then once what is unknown and what was asked."""
    parts = []
    for result in data["results"]:
        for title, line in _titled(result):
            rows = [*_rows(line), *([f"{f'after {day}':<{DATES}}UNKNOWN"] if (day := data["unknown_after"]) else [])]
            parts.append("\n".join([layout.heading(title), *map(layout.wrapped, _about(line)), "", *rows]))
    return "\n\n".join([*parts, "\n".join(map(layout.wrapped, foot_lines(specs, data)))])


def markdown(specs: Specs, data: Mapping[str, Any]) -> str:
    parts = []
    for result in data["results"]:
        for title, line in _titled(result):
            releases = [f"{text}: {on}." for _, text, on in _releases(line)]
            rows = [
                [span_words(p), _status(line, p), _sentences(_news(p)), _sentences(cause_words(p))]
                for p in line["periods"]
            ]
            parts += [f"## {title} through the years", " ".join([*_about(line), *releases])]
            parts.append(layout.markdown_table(HEAD, rows))
    return "\n\n".join([*parts, *foot_lines(specs, data)])


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(text if text.endswith(".") else f"{text}." for text in texts)


def _titled(result: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    lines = result["timelines"]
    for number, line in enumerate(lines, 1):
        yield f"{result['query']}, line {number} of {len(lines)}" if len(lines) > 1 else result["query"], line


def foot_lines(specs: Specs, data: Mapping[str, Any]) -> Iterator[str]:
    """What to mind, what was asked, what the output is: the last lines of an answer over several days."""
    yield from (f"Mind: {text}." for text in data["caveats"])
    yield _question_words(specs, data)
    yield layout.not_evaluated(data)
    yield layout.foot(data)


def _question_words(specs: Specs, data: Mapping[str, Any]) -> str:
    """What the licence requirement and the review policy are shown for."""
    deal, name = data["transaction"], countries_of(specs).name
    said = f"Shown for {deal['kind']} from {name(deal['from'])} to {name(deal['evaluated_for'])}"
    said += "; no destination was given" if deal["destination"] is None else ""
    said += f"; party headquartered in {name(deal['headquarters'])}" if deal["headquarters"] else ""
    said += f"; stated: {', '.join(deal['stated'])}" if deal["stated"] else ""
    return f"{said}; {deal['reading']} reading."


def _about(line: Mapping[str, Any]) -> Iterator[str]:
    """Whom a line is for, and whose release date is not on file."""
    variants = line["variants"]
    if len(variants) > 1:
        shown = next(v["name"] for v in variants if v["chip"] == line["shown_by"])
        yield f"{words.join([v['name'] for v in variants])} stand alike; figures of {shown}."
    else:
        yield variants[0]["name"]
    if unknown := [v["name"] for v in variants if not v["released"]]:
        yield f"No release date on file for {words.join(unknown)}."


def _rows(line: Mapping[str, Any]) -> Iterator[str]:
    """Each period with what is new in it, and the releases at their place."""
    releases = list(_releases(line))
    for period in line["periods"]:
        while releases and (period["from"] or "") > releases[0][0]:
            _, text, on = releases.pop(0)
            yield layout.field(on, text, DATES)
        yield layout.field(span_words(period), _status(line, period), DATES)
        yield from (layout.wrapped(text, "  ") for text in _news(period))
        yield from (layout.wrapped(text, "  ") for text in cause_words(period))
    yield from (layout.field(on, text, DATES) for _, text, on in releases)


def _releases(line: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Earliest day, words and date as written of each release, in order; variants of the same date together."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for variant in line["variants"]:
        if on := variant["released"]:
            found.setdefault((on["earliest"], on["text"], words.join(on["status"])), []).append(variant["name"])
    for (earliest, text, status), names in sorted(found.items()):
        who = f"{words.join(names)} " if len(line["variants"]) > 1 else ""
        yield earliest, f"{who}released ({status})", text


def span_words(period: Period) -> str:
    """``2023-11-17 - 2025-04-08``, ``up to 2022-10-20``, ``from 2026-01-15``."""
    begin, end = period["from"], period["to"]
    if begin and end:
        return f"{begin} - {end}" if begin != end else begin
    return f"from {begin}" if begin else f"up to {end}" if end else "always"


def _status(line: Mapping[str, Any], period: Period) -> str:
    position = period["position"]
    if not period["in_force"]:
        return "NOT IN FORCE  no class provision held here was in force"
    status = layout.colour(position["status"].upper(), position["status"])
    said = f"{status}  {position['classes']}" if position["classes"] != position["status"] else status
    if period["after_last_check"]:
        said += ", as last checked"
    early = [v["name"] for v in line["variants"] if v["chip"] in period["before_release_of"]]
    whose = "its release" if len(early) == len(line["variants"]) else f"the release of {words.join(early)}"
    return f"{said}, before {whose}" if early else said


def _news(period: Period) -> Iterator[str]:
    """Why the class is as it is, and every axis that moved; all axes where the line or the rules begin."""
    if not period["in_force"]:
        if period["position"]["letters"] != "none":
            yield f"reported letters: {period['position']['letters']}"
        return
    moved = {move["axis"] for move in period["moves"]}
    whole = not moved or any(axis in moved for axis in HEAD_AXES)
    yield from _dated(period["why"] if whole else period["why"][1:], period)
    licence = period["licence"] if whole or "licence" in moved else period["licence"][1:]
    said = [text if "licence" in text else f"licence: {text}" for text in _dated(licence, period)]
    position = period["position"]
    for axis, text in position.items():
        if axis in (*HEAD_AXES, "licence") or (axis == "review_policy" and position["status"] == NOT_CAUGHT):
            continue  # said already, or only that the class is not reached
        if axis in moved or (not moved and axis != "tariff" and text != "none"):
            said.append(f"{TITLES.get(axis, axis)}: {text}")
    if said:
        yield "; ".join(said)


def _dated(entries: Sequence[Mapping[str, Any]], period: Period) -> Iterator[str]:
    for entry in entries:
        yield entry["text"] if entry["from"] == period["from"] else f"from {entry['from']}: {entry['text']}"


def cause_words(period: Period) -> list[str]:
    """Each cause once with its citation; the axes of a cause are named where it moved only some of those that moved."""
    moved = {move["axis"] for move in period["moves"]}
    causes: dict[tuple[str, str, bool], list[str]] = {}
    for move in period["moves"]:
        for cause in move["causes"]:
            causes.setdefault((cause["text"], cause["citation"], move["several"]), []).append(move["axis"])
    said = []
    for (text, cite, several), axes in causes.items():
        named = [TITLES.get(axis, axis) for axis in axes if axis != "status" or "classes" not in axes]
        lead = "cause" if set(axes) == moved else f"cause of {words.join(named)}"
        said.append(f"{lead}{', one of several' if several else ''}: {text}{f' ({cite})' if cite else ''}")
    return said
