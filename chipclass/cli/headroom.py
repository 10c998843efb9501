"""``chipclass headroom``: rulers, levers and the nearest turns of one chip, real or sketched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.cli import layout
from chipclass.cli.classify import HEADLINES, class_words, deal_words, foot, status_words, value_words
from chipclass.margins import headroom
from chipclass.positions import TITLES
from chipclass.rules.book import IN_FORCE
from chipclass.specdb.store import Specs, load

#: The licence requirement follows from the class and is left to the JSON output.
LEFT_OUT = ("licence",)
FORMATS = ("Number format", "TPP", "TPP left", "Class left")


def run(
    query: str | None,
    sketch: Mapping[str, Any],
    question: Mapping[str, Any],
    folders: Sequence[Path],
    format: str,
) -> int:
    specs = load(folders)
    answer = headroom(query, specs=specs, **sketch, **question)
    data = answer.to_dict()
    if format == "json":
        print(answer.to_json())
    else:
        print(markdown(specs, data) if format == "md" else screen(specs, data))
    return 0


def screen(specs: Specs, data: Mapping[str, Any]) -> str:
    """One product, a family by the variant that represents it, or a sketch, in 80 columns."""
    entries = data["products"]
    chosen = next((e for e in entries if e["variant"]["product"] == data["represented_by"]), entries[0])
    conclusion = chosen["variant"]["conclusion"]
    parts = [_title(data, chosen), _verdict(conclusion)]
    if len(entries) > 1:
        parts.append(_variants(entries, chosen))
    parts += [
        "\n".join([layout.heading(title), *(layout.bullet(text) for text in texts)])
        for title, texts in _findings(specs, chosen)
    ]
    rulers = [_ruler(ruler) for ruler in chosen["rulers"]] or ["no line held here was in force"]
    parts.append("\n".join([layout.heading("Distance to every line"), *rulers]))
    parts.append(layout.heading("One figure moves, everything else stays (* where it is now)"))
    parts += [_lever(specs, lever) for lever in chosen["levers"]]
    parts += [_formats(chosen["formats"])] if chosen["formats"] else []
    parts.append("\n".join([layout.heading("Reported letters"), *(layout.bullet(text) for text in _letters(chosen))]))
    parts.append(foot(specs, data, chosen["variant"], conclusion))
    return "\n\n".join(parts)


def _title(data: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    name, date = chosen["variant"]["name"], f"as of {data['as_of']}"
    if len(data["products"]) > 1:
        name = f"{data['query']}: {len(data['products'])} variants"
    first = layout.heading(name) + " " * max(2, layout.WIDTH - len(name) - len(date)) + date
    lines = [layout.wrapped(data["match"]["evidence"])] if data["match"] else []
    return "\n".join([first, *lines, *(layout.bullet(text) for text in _sketch(data))])


def _sketch(data: Mapping[str, Any]) -> Iterator[str]:
    """What the options gave, and what that takes for granted."""
    if sketch := data["sketch"]:
        yield "; ".join(f"{option} {text}" for option, text in sketch["given"].items())
        yield from sketch["assumes"]


def _verdict(conclusion: Mapping[str, Any]) -> str:
    status = conclusion["status"]
    shown = layout.colour(status_words(conclusion).upper(), status)
    return f"{layout.wrapped(f'{shown}  {class_words(conclusion)}'.strip())}\n{layout.wrapped(conclusion['summary'])}"


def _variants(entries: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any]) -> str:
    lines = []
    for entry in entries:
        variant, turns = entry["variant"], entry["nearest"]["classes"]
        nearest = turns[0]["text"] if turns else "none on one figure alone"
        tpp = variant["metrics"]["tpp"]["shown"]
        lines.append(f"{variant['name']}: TPP {tpp}, {entry['position']['classes']}; nearest turn: {nearest}")
    shown = f"Shown below: {chosen['variant']['name']}"
    return "\n".join([*map(layout.bullet, lines), layout.wrapped(shown)])


def _findings(specs: Specs, entry: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What would have to change, in sentences, with their headings."""
    for field, turns in entry["nearest"].items():
        texts = [_turn(turn) for turn in turns] or ["none: no figure alone changes it, everything else held fixed"]
        yield f"Nearest turns of the {TITLES[field]}, the binding one first", texts
    if rivals := list(_rivals(specs, entry["variant"])):
        yield "Rival values, each possible on its own", rivals
    if entry["break_even"]:
        yield "Where a figure is not one value", [found["text"] for found in entry["break_even"]]
    if entry["paragraphs"]:
        yield "Paragraph by paragraph (named: it is of the class)", [found["text"] for found in entry["paragraphs"]]


def _rivals(specs: Specs, variant: Mapping[str, Any]) -> Iterator[str]:
    """Every value that decides, of the figures that have several."""
    for name in HEADLINES:
        deciding = [a for a in variant["metrics"][name]["alternatives"] if a["decides"]]
        if len(deciding) > 1 and specs.metrics[name]["op"] != "quotient":  # a quotient's rivals are those of its parts
            for a in deciding:
                yield f"{specs.metrics[name]['short']} {value_words(a)}: {a['label']} ({words.join(a['status'])})"


def _turn(turn: Mapping[str, Any]) -> str:
    limits = "; ".join(limit["text"] + _posture(limit) for limit in turn["limits"])
    return f"{turn['text']}. The line there: {limits}"


def _posture(line: Mapping[str, Any]) -> str:
    """How a line is enforced, where that is not plainly in force and its name does not say so."""
    posture = str(line["posture"])
    return "" if posture == IN_FORCE or posture in line["cite"] else f" ({posture})"


def _said(lines: Sequence[Mapping[str, Any]]) -> str:
    """The lines at one limit, those of bills last: ``>= 3A090.a.1 not met; bills: >= H.R.6875 and S.3374 not met``."""
    rules, bills = [], []
    for line in lines:
        outcome = words.outcome_words(line["outcome"], line["effect"])
        if line["scope"] == "bill":
            bills.append((line["relation"], line["paragraph"], outcome))
        else:
            rules.append((line["relation"], f"{line['cite']}{_posture(line)}", outcome))
    aside = f"bills: {layout.compared(bills)}" if bills else ""
    return "; ".join(filter(None, [layout.compared(rules), aside]))


def _ruler(ruler: Mapping[str, Any]) -> str:
    limits: dict[float, list[Mapping[str, Any]]] = {}
    for line in ruler["lines"]:
        limits.setdefault(line["limit"], []).append(line)
    rows = []
    for lines in limits.values():
        rows.append([_limit(lines[0]), lines[0]["distance"], _percent(lines[0]), _said(lines)])
    return f"{layout.heading(_figure(ruler))}\n{layout.table(rows, right=[0, 1, 2], indent='  ')}"


def _limit(line: Mapping[str, Any]) -> str:
    return words.show(Fraction(str(line["limit"])))


def _percent(line: Mapping[str, Any]) -> str:
    return str(line["percent"]) or "-"


def _figure(ruler: Mapping[str, Any]) -> str:
    left = ruler["figure"]
    return f"{ruler['metric']} {words.with_unit(left['shown'], left['unit'])}"


def _lever(specs: Specs, lever: Mapping[str, Any]) -> str:
    head = layout.heading(_lever_head(lever))
    axes, others = _axes(lever), _others(specs, lever)
    if not axes and not others:
        return f"{head}\n{layout.wrapped(_still(lever), '  ')}"
    lines = [head]
    for title, stretches in axes:
        lines.append(f"  {title}")
        rows = [[f"{'*' if s['now'] else ' '} {s['text']}", s["says"]] for s in stretches]
        if lever["without"] and title == TITLES["classes"]:
            rows.append([f"  no {lever['title']}", lever["without"]["classes"]])
        lines.append(layout.table(rows, indent="  "))
    if others:
        lines += ["  other provisions", *(layout.bullet(text, "  ") for text in others)]
    return "\n".join(lines)


def _lever_head(lever: Mapping[str, Any]) -> str:
    if lever["scaled"]:
        shares = "" if lever["exact"] else ", 100 %"
        return f"{lever['title']}, all together; {lever['figure']} {lever['now']} now{shares}"
    return f"{lever['title']}, {lever['now']} now"


def _still(lever: Mapping[str, Any]) -> str:
    """A lever that turns nothing."""
    return f"{lever['axes']['classes'][0]['says']} at any value; nothing else turns"


def _axes(lever: Mapping[str, Any]) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    """The axes that a lever turns, by their titles."""
    found = [(TITLES[name], stretches) for name, stretches in lever["axes"].items() if name not in LEFT_OUT]
    return [(title, stretches) for title, stretches in found if len(stretches) > 1]


def _others(specs: Specs, lever: Mapping[str, Any]) -> list[str]:
    """What becomes of each other provision, from nothing upwards; those that turn alike together."""
    alike: dict[str, list[str]] = {}
    for name, stretches in lever["others"].items():
        known = not all(s["now"] for s in stretches)
        course = [f"{s['says']} {s['start']}".strip() + " (now)" * (s["now"] and known) for s in stretches]
        alike.setdefault(", ".join(course), []).append(specs.index["rules"][name]["paragraph"])
    return [f"{words.join(names)}: {course}" for course, names in alike.items()]


def _formats(formats: Sequence[Mapping[str, Any]]) -> str:
    rows = [FORMATS, *_format_rows(formats)]
    return f"{layout.heading('Number formats (left: without it and those above)')}\n{layout.table(rows, right=[1, 2])}"


def _format_rows(formats: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    for entry in formats:
        left = entry["without"]
        yield [entry["title"], entry["tpp"], *([left["tpp"], left["classes"]] if left else ["-", "no format left"])]


def _letters(entry: Mapping[str, Any]) -> list[str]:
    letters = entry["variant"]["conclusion"]["licence_requirement"]["letters"]
    return [f"{letter['text']}; addressee: {letter['addressee']}" for letter in letters] or [
        "none held here on this date"
    ]


def markdown(specs: Specs, data: Mapping[str, Any]) -> str:
    """The same content as Markdown, every variant in full."""
    lead = ["; ".join(deal_words(data["transaction"])), *_sketch(data)]
    parts = [f"## Headroom as of {data['as_of']}", "", *(f"- {text}" for text in lead)]
    for entry in data["products"]:
        conclusion = entry["variant"]["conclusion"]
        parts += ["", f"### {entry['variant']['name']}", "", f"**{status_words(conclusion)}**. {conclusion['summary']}"]
        for title, texts in _findings(specs, entry):
            parts += ["", f"#### {title}", "", *(f"- {text}" for text in texts)]
        rows = [
            [
                _figure(ruler),
                f"{line['relation']} {words.show(Fraction(str(line['limit'])))}",
                line["distance"],
                _percent(line),
                f"{line['cite']}{_posture(line)}",
                words.outcome_words(line["outcome"], line["effect"]),
            ]
            for ruler in entry["rulers"]
            for line in ruler["lines"]
        ]
        head = ["Figure", "Limit", "Distance", "Per cent", "Line", "Outcome"]
        parts += ["", "#### Distance to every line", "", layout.markdown_table(head, rows)]
        for lever in entry["levers"]:
            parts += ["", f"#### {_lever_head(lever)}", ""]
            turning = [
                [title, s["text"], s["says"], "now" if s["now"] else ""]
                for title, stretches in _axes(lever)
                for s in stretches
            ]
            others = _others(specs, lever)
            if turning:
                parts.append(layout.markdown_table(["Axis", "Where", "What", ""], turning))
            parts += [""] * bool(turning and others) + [f"- {text}" for text in others]
            if not turning and not others:
                parts.append(_still(lever))
        if entry["formats"]:
            parts += ["", "#### Number formats (left: without it and those above)", ""]
            parts.append(layout.markdown_table(FORMATS, _format_rows(entry["formats"])))
        parts += ["", "#### Reported letters", "", *(f"- {text}" for text in _letters(entry))]
        parts += ["", *(f"- {text}" for text in (*entry["variant"]["assumptions"], *conclusion["caveats"]))]
    parts += ["", f"Not evaluated: {'; '.join(data['products'][0]['variant']['conclusion']['not_evaluated'])}."]
    return "\n".join([*parts, "", layout.foot(data)])
