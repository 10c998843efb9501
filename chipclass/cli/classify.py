"""``chipclass classify``: one screen per product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.classification import classify
from chipclass.cli import layout
from chipclass.conclusion import deciding_classes
from chipclass.rulers import Line, Ruler, lines, rulers
from chipclass.rules.book import Book, book_of
from chipclass.rules.transactions import QueryError
from chipclass.specdb.contents import parts_of
from chipclass.specdb.records import MANUFACTURER
from chipclass.specdb.store import Specs, load
from chipclass.variants import gravity

HEADLINES = ("tpp", "performance_density", "applicable_die_area", "total_dram_bandwidth", "interconnect_bandwidth")
VARIANTS = ("", "Variant", "TPP", "Status", "Class")
FAIL_LEVELS = ("never", "controlled", "undecided")


def run(query: Sequence[str], question: Mapping[str, Any], folders: Sequence[Path], format: str, fail_on: str) -> int:
    if fail_on not in FAIL_LEVELS:
        raise QueryError(f"unknown level '{fail_on}' for --fail-on; expected one of {', '.join(FAIL_LEVELS)}")
    specs = load(folders)
    result = classify(query, specs=specs, **question)
    data = result.to_dict()
    if format == "json":
        print(result.to_json())
    elif format == "md":
        print("\n\n".join(markdown(specs, data, entry) for entry in data["results"]))
    else:
        print("\n\n".join(screen(specs, data, entry) for entry in data["results"]))
    statuses = {entry["conclusion"]["status"] for entry in data["results"]}
    if fail_on != "never" and "controlled" in statuses:
        return 1
    return 3 if fail_on == "undecided" and "cannot exclude" in statuses else 0


def screen(specs: Specs, data: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """One product, or a family by the variant that represents it, in 80 columns."""
    variants, conclusion = entry["variants"], entry["conclusion"]
    chosen = _shown(entry)
    parts = [_title(specs, data, entry, chosen), _verdict(conclusion)]
    if len(variants) > 1:
        parts.append(_variants(variants, chosen, entry["match"]["family"]))
    parts += [_figures(specs, chosen), _lines(specs, chosen, data["as_of"])]
    parts.append("\n".join(layout.field(*field) for field in _axes(specs, conclusion, variants)))
    parts.append(foot(specs, data, chosen, conclusion))
    return "\n\n".join(part for part in parts if part)


def _shown(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The variant that represents a family; of several chips in it, or where none represents, the gravest."""
    own = [v for v in entry["variants"] if v["product"] == entry["represented_by"]]
    together = len({v["product"] for v in entry["variants"]}) == 1
    return max(own or entry["variants"], key=lambda v: gravity(v["conclusion"]["status"]) if together else 0)


def _title(specs: Specs, data: Mapping[str, Any], entry: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    number, kinds = len(entry["variants"]), len(parts_of(specs, specs.item(chosen["product"])))
    what = f"{kinds} kinds of chip" if kinds > 1 and not entry["match"]["family"] else f"{number} variants"
    name = chosen["name"] if number == 1 else f"{entry['query']}: {what}"
    date = f"as of {data['as_of']}"
    first = layout.heading(name) + " " * max(2, layout.WIDTH - len(name) - len(date)) + date
    return f"{first}\n{layout.wrapped(entry['match']['evidence'])}"


def _verdict(conclusion: Mapping[str, Any]) -> str:
    status = conclusion["status"]
    shown = layout.colour(status_words(conclusion).upper(), status)
    head = layout.wrapped(f"{shown}  {class_words(conclusion)}".strip())
    return f"{head}\n{layout.wrapped(conclusion['summary'])}"


def status_words(conclusion: Mapping[str, Any]) -> str:
    """The status, or that nothing could give one."""
    return str(conclusion["status"]) if conclusion["in_force"] else "not in force"


def class_words(conclusion: Mapping[str, Any]) -> str:
    """``3A090.b.1 and 3A090.b.2``; several possibilities are divided by ``or``."""
    possible = deciding_classes(conclusion)
    classes = [words.join(entry["paragraphs"]) for entry in possible if entry["paragraphs"]]
    free = any(not entry["paragraphs"] for entry in possible)
    return f"{' or '.join(classes)}{', or not caught' if classes and free else ''}"


def _variants(variants: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any], family: str | None) -> str:
    table = layout.table([VARIANTS, *_variant_rows(variants, chosen)], right=[2], shorten=1)
    return f"{table}\n* shown below{'; it represents the family' if family else ''}"


def _variant_rows(variants: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any]) -> Iterator[list[str]]:
    for variant in variants:
        tpp, conclusion = variant["metrics"]["tpp"], variant["conclusion"]
        name = variant["name"].partition(" (")[2].rstrip(")") or variant["name"]
        mark = "*" if variant is chosen else " "
        yield [mark, name, tpp["shown"], status_words(conclusion), class_words(conclusion) or "-"]


def _figures(specs: Specs, variant: Mapping[str, Any]) -> str:
    rows = [[*row, f"{unit}  {how}" if unit else how] for *row, unit, how in _figure_rows(specs, variant)]
    table = layout.table([["", "computed", "decides", ""], *rows], right=[1, 2])
    return "\n".join([table, *(layout.field("", text) for text in _not_deciding(variant)[:3])])


def _figure_rows(specs: Specs, variant: Mapping[str, Any]) -> Iterator[list[str]]:
    """Per figure its name, what is computed, what decides, the unit, and from what."""
    for name in HEADLINES:
        metric = variant["metrics"][name]
        unit = words.with_unit("", metric["unit"]).strip().replace("^2", "²")
        computed = "-" if metric["value"] is None else words.show(Fraction(str(metric["value"])))
        rivals = [a["label"] for a in metric["alternatives"] if a["decides"] and a["label"]]
        parts = " / ".join(
            specs.metrics[part]["short"] for part in specs.metrics[name].get("of", ()) if part in specs.metrics
        )
        how = metric["derivation"] or parts or "; ".join(rivals[:3]) or "no source gives it"
        yield [specs.metrics[name]["short"], computed, metric["shown"], unit, how]


def _not_deciding(variant: Mapping[str, Any]) -> list[str]:
    """Values of the TPP that are shown and do not decide, and why not."""
    return [
        f"TPP, {words.join(a['status'])}: {a['label']} = {value_words(a)}; not deciding, {a['why_not']}"
        for a in variant["metrics"]["tpp"]["alternatives"]
        if not a["decides"]
    ]


def value_words(alternative: Mapping[str, Any]) -> str:
    """The value or the range of one alternative of a metric."""
    if alternative.get("value") is not None:
        return words.show(Fraction(str(alternative["value"])))
    low, high = alternative.get("low"), alternative.get("high")
    ends = [None if end is None else Fraction(str(end)) for end in (low, high)]
    return words.span_words(ends[0], ends[1])


def _on_one_screen(book: Book, variant: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The determinations whose limits are drawn; presumptions, lower lines and bills are one line each below."""
    return [d for d in variant["determinations"] if not book.provisions[d["provision"]].stands_beside]


def _lines(specs: Specs, variant: Mapping[str, Any], as_of: str) -> str:
    """A ruler per metric: every limit once, with margin and what each line that uses it says."""
    blocks = []
    book = book_of(specs)
    for metric, ruler in rulers(book, _on_one_screen(book, variant), as_of).items():
        rows = [
            [
                words.show(Fraction(str(limit))),
                words.margin_words(marks[0].test),
                layout.compared((mark.test["relation"], mark.cite, line_outcome(mark)) for mark in marks),
            ]
            for limit, marks in ruler.items()
        ]
        head = layout.heading(ruler_head(metric, ruler))
        blocks.append(f"{head}\n{layout.table(rows, right=[0, 1], indent='  ')}")
    return "\n".join(blocks)


def ruler_head(metric: str, ruler: Ruler) -> str:
    """``die area 814 mm^2``: the figure that is held against the limits."""
    left = next(iter(ruler.values()))[0].test["left"]
    return f"{metric} {words.with_unit(left['shown'], left['unit'])}"


def line_outcome(line: Line) -> str:
    return words.outcome_words(line.test["outcome"], line.determination["effect"])


def _axes(specs: Specs, conclusion: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every axis of the conclusion with its label."""
    licence = conclusion["licence_requirement"]
    declared = [_declared_words(e) for e in _declared(variants)]
    fit = {"differs": "; it does not reconcile with the computed class: ask the vendor"}
    letters = [_letter(e) for e in licence["letters"] if e["criterion"] != "not met"]
    exceptions = [
        (e["name"], e["text"] + (f" (open: {'; '.join(e['open'])})" if e["open"] else ""))
        for e in conclusion["exceptions"]
    ]
    policy, tariff = conclusion["review_policy"], conclusion["tariff"]
    return [
        (
            "Declared",
            f"{words.join(declared)}: the vendor's own, shown as declared"
            f"{fit.get(conclusion['item_class']['declared_and_computed'], '')}"
            if declared
            else "no vendor ECCN on file",
        ),
        ("Item", conclusion["item_class"]["text"]),
        ("Licence", licence["by_destination"]),
        ("Headquarters", licence["if_headquartered_in_D5_or_Macau"]),
        ("Letters", "; ".join(letters) or "no reported criterion reached"),
        ("Exceptions", _alike(exceptions) or "not applicable"),
        ("Review", policy["text"] + _conditions(policy) + _other_policies(specs, policy)),
        ("US tariff", tariff["text"] + _conditions(tariff)),
        *((label, text) for label, text in _beside(conclusion) if text),
    ]


def _letter(entry: Mapping[str, str]) -> str:
    """A reported letter with its addressee, and whether it is open that it speaks of this destination."""
    hedge = ", its reach to this destination is open" if entry["criterion"] == "met" != entry["outcome"] else ""
    return f"{entry['text']}{hedge}; to {entry['addressee']}"


def _other_policies(specs: Specs, policy: Mapping[str, Any]) -> str:
    rules = specs.index["rules"]
    texts = [f"{rules[entry['provision']]['paragraph']}, {entry['text']}" for entry in policy["beside"]]
    return f"; beside it: {'; '.join(texts)}" if texts else ""


def _beside(conclusion: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What does not make the status: presumptions, lower lines, other regimes and bills, a line each."""
    yield "Presumptions", "; ".join(e["text"] for e in conclusion["presumptions"] if e["outcome"] != "not met")
    further = conclusion["further"]
    yield "Elsewhere", ". ".join(_by_regime([e for e in further if e["scope"] == "abroad"]))
    for scope, label in (("lower", "Lower lines"), ("bill", "Bills, no law")):
        yield label, _by_outcome([entry for entry in further if entry["scope"] == scope])


def _by_regime(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Per regime what its classes say, and of its other provisions what holds or may hold."""
    for regime in dict.fromkeys(entry["regime"] for entry in entries):
        own = [e for e in entries if e["regime"] == regime]
        told = [e for e in own if e["axis"].endswith("class") or e["outcome"] != "not met"]
        yield f"{regime}: {_by_outcome(told)}"


def _by_outcome(entries: Sequence[Mapping[str, Any]]) -> str:
    """The same without what is open."""
    return _alike((e["name"], e["text"].removeprefix(f"{e['name']}: ").partition(" (open")[0]) for e in entries)


def _alike(said: Iterable[tuple[str, str]]) -> str:
    """``A and B met; C cannot exclude``, from names and what is said of each."""
    by_text: dict[str, list[str]] = {}
    for name, text in said:
        by_text.setdefault(text, []).append(name)
    return "; ".join(f"{words.join(names)} {text}" for text, names in by_text.items())


def _conditions(axis: Mapping[str, Any]) -> str:
    return f"; conditions: {'; '.join(axis['conditions'])}" if axis.get("conditions") else ""


def _declared_words(entry: Mapping[str, str]) -> str:
    branch = f", {entry['says']}" if entry["says"].startswith("branch") else ""
    return f"{entry['eccn']} ({entry['by']}{', ' + entry['date'] if entry['date'] else ''}{branch})"


def _declared(variants: Sequence[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    entries = [e for v in variants for e in v["conclusion"]["item_class"]["declared_eccn"]]
    return list({(e["eccn"], e["date"]): e for e in entries}.values())


def foot(specs: Specs, data: Mapping[str, Any], variant: Mapping[str, Any], conclusion: Mapping[str, Any]) -> str:
    """What the answer rests on, and what it is."""
    fields = [layout.field(*field) for field in foundations(specs, data, variant, conclusion)]
    return "\n".join([*fields, layout.wrapped(layout.foot(data))])


def foundations(
    specs: Specs, data: Mapping[str, Any], variant: Mapping[str, Any], conclusion: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """What the answer assumes, its caveats, its sources, and what is not evaluated, each with its label."""
    assumes = [*deal_words(data["transaction"]), *variant["assumptions"]]
    names = dict.fromkeys(
        source
        for name in HEADLINES
        for a in variant["metrics"][name]["alternatives"]
        if a["decides"] or MANUFACTURER & set(a["status"])
        for source in a["source"]
        if source in specs.index["sources"]  # a sketch has none
    )
    sources = [_source_name(specs, name) for name in names]
    fields = [("Assumes", "; ".join(assumes))]
    fields += [("Mind", text) for text in conclusion["caveats"]]
    fields += [("Sources", f"{', '.join(sources)}; chipclass show ID tells more")] if sources else []
    return [*fields, ("Not evaluated", "; ".join(conclusion["not_evaluated"]))]


def deal_words(deal: Mapping[str, Any]) -> list[str]:
    """Kind of transaction, and what stands in for a destination."""
    stands_in = [f"no destination given: shown for {deal['evaluated_for']}"] if deal["destination"] is None else []
    return [f"{deal['kind']} from {deal['from']}", *stands_in]


def _source_name(specs: Specs, name: str) -> str:
    """Id and publisher of a source; ``chipclass show ID`` tells the rest."""
    return f"{name} ({specs.source(name)['publisher']})"


def source_words(specs: Specs, name: str) -> str:
    """``title (publisher, date)`` of a source."""
    source = specs.source(name)
    date = source.get("published") or source.get("retrieved") or ""
    return f"{source['title']} ({source['publisher']}{', ' + date if date else ''})"


def markdown(specs: Specs, data: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """The same content as Markdown, every variant in full."""
    variants, conclusion = entry["variants"], entry["conclusion"]
    chosen, book = _shown(entry), book_of(specs)
    parts = [
        f"## {entry['query']} as of {data['as_of']}",
        "",
        f"{entry['match']['evidence']}.",
        "",
        f"**{' '.join([status_words(conclusion), class_words(conclusion)]).strip()}**. {conclusion['summary']}",
    ]
    if len(variants) > 1:
        rows = [row[1:] for row in _variant_rows(variants, chosen)]
        parts += ["", layout.markdown_table(VARIANTS[1:], rows)]
    for variant in variants:
        found = [
            [
                mark.cite,
                f"{mark.test['metric']} {mark.test['relation']} {words.show(Fraction(str(mark.test['right'])))}",
                words.figure_of(mark.test),
                words.margin_words(mark.test),
                line_outcome(mark),
            ]
            for mark in lines(book, _on_one_screen(book, variant), data["as_of"])
        ]
        head = ["Figure", "Computed", "Decides", "Unit", "From"]
        parts += ["", f"### {variant['name']}", "", layout.markdown_table(head, _figure_rows(specs, variant))]
        parts += ["", *(f"- {text}" for text in _not_deciding(variant))] if _not_deciding(variant) else []
        parts += ["", layout.markdown_table(["Line", "Test", "Figure", "Margin", "Outcome"], found)]
    fields = [*_axes(specs, conclusion, variants), *foundations(specs, data, chosen, conclusion)]
    parts += ["", *(f"- **{label}**: {text}" for label, text in fields)]
    return "\n".join([*parts, "", layout.foot(data)])
