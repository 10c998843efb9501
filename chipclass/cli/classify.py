"""``chipclass classify``: one screen per product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from chipclass import explanation as words
from chipclass.classification import classify
from chipclass.cli import layout
from chipclass.conclusion import deciding_classes
from chipclass.rules.transactions import QueryError
from chipclass.specdb.records import MANUFACTURER
from chipclass.specdb.store import Specs, load

HEADLINES = ("tpp", "performance_density", "applicable_die_area", "total_dram_bandwidth", "interconnect_bandwidth")
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
    variants = entry["variants"]
    chosen = next((v for v in variants if v["product"] == entry["represented_by"]), variants[0])
    conclusion = entry["conclusion"]
    parts = [_title(data, entry, chosen), _verdict(conclusion)]
    if len(variants) > 1:
        parts.append(_variants(variants, chosen, entry["match"]["family"]))
    parts += [_figures(specs, chosen), _lines(specs, chosen), _axes(specs, conclusion, variants)]
    parts.append(_foot(specs, data, chosen, conclusion))
    return "\n\n".join(part for part in parts if part)


def _title(data: Mapping[str, Any], entry: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    name = chosen["name"] if len(entry["variants"]) == 1 else f"{entry['query']}: {len(entry['variants'])} variants"
    date = f"as of {data['as_of']}"
    first = layout.heading(name) + " " * max(2, layout.WIDTH - len(name) - len(date)) + date
    return f"{first}\n{layout.wrapped(entry['match']['evidence'])}"


def _verdict(conclusion: Mapping[str, Any]) -> str:
    status = conclusion["status"]
    shown = layout.colour(status.upper() if conclusion["in_force"] else "NOT IN FORCE", status)
    head = layout.wrapped(f"{shown}  {class_words(conclusion)}".strip())
    return f"{head}\n{layout.wrapped(conclusion['summary'])}"


def class_words(conclusion: Mapping[str, Any]) -> str:
    """``3A090.b.1 and 3A090.b.2``; several possibilities are divided by ``or``."""
    possible = deciding_classes(conclusion)
    classes = [words.join(entry["paragraphs"]) for entry in possible if entry["paragraphs"]]
    free = any(not entry["paragraphs"] for entry in possible)
    return f"{' or '.join(classes)}{', or not caught' if classes and free else ''}"


def _variants(variants: Sequence[Mapping[str, Any]], chosen: Mapping[str, Any], family: str | None) -> str:
    rows = []
    for variant in variants:
        tpp = variant["metrics"]["tpp"]
        mark = "*" if variant is chosen else " "
        conclusion = variant["conclusion"]
        name = variant["name"].partition(" (")[2].rstrip(")") or variant["name"]
        rows.append([mark, name, tpp["shown"], conclusion["status"], class_words(conclusion) or "-"])
    table = layout.table([["", "Variant", "TPP", "Status", "Class"], *rows], right=[2])
    return f"{table}\n* shown below{'; it represents the family' if family else ''}"


def _figures(specs: Specs, variant: Mapping[str, Any]) -> str:
    rows = [["", "computed", "decides", ""]]
    for name in HEADLINES:
        metric = variant["metrics"][name]
        unit = "" if metric["unit"].startswith("TPP") else metric["unit"].replace("^2", "²")
        computed = "-" if metric["value"] is None else words.show(Fraction(str(metric["value"])))
        rivals = [a["label"] for a in metric["alternatives"] if a["decides"] and a["label"]]
        parts = " / ".join(
            specs.metrics[part]["short"] for part in specs.metrics[name].get("of", ()) if part in specs.metrics
        )
        how = metric["derivation"] or parts or "; ".join(rivals[:3]) or "no source gives it"
        rows.append([specs.metrics[name]["short"], computed, metric["shown"], f"{unit}  {how}" if unit else how])
    table = layout.table(rows, right=[1, 2])
    notes = [
        layout.field("", f"TPP, {words.join(a['status'])}: {a['label']} = {_value(a)}; not deciding, {a['why_not']}")
        for a in variant["metrics"]["tpp"]["alternatives"]
        if not a["decides"]
    ]
    return "\n".join([table, *notes[:3]])


def _value(alternative: Mapping[str, Any]) -> str:
    if alternative.get("value") is not None:
        return words.show(Fraction(str(alternative["value"])))
    low, high = alternative.get("low"), alternative.get("high")
    ends = [None if end is None else Fraction(str(end)) for end in (low, high)]
    return words.span_words(ends[0], ends[1])


def _lines(specs: Specs, variant: Mapping[str, Any]) -> str:
    """A ruler per metric: every limit once, from the lowest, with margin and what each line that uses it says."""
    rulers: dict[str, dict[float, list[tuple[str, Mapping[str, Any], str]]]] = {}
    for cite, leaf, effect in numeric_lines(variant):
        outcome = words.outcome_words(leaf["outcome"], effect)
        rulers.setdefault(leaf["metric"], {}).setdefault(leaf["right"], []).append((cite, leaf, outcome))
    blocks = []
    for metric, limits in rulers.items():
        first = next(iter(limits.values()))[0][1]
        unit = "" if first["left"]["unit"].startswith("TPP") else f" {first['left']['unit']}"
        rows = []
        for limit, uses in sorted(limits.items()):
            said = "; ".join(f"{leaf['relation']} {cite} {outcome}" for cite, leaf, outcome in uses)
            rows.append([words.show(Fraction(str(limit))), words.margin_words(uses[0][1]), said])
        head = layout.heading(f"{metric} {words.figure_of(first)}{unit}")
        blocks.append(f"{head}\n{layout.table(rows, right=[0, 1], indent='  ')}")
    return "\n".join(blocks)


def numeric_lines(variant: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Each numeric test of the provisions in force, once, with its citation and the effect of its provision."""
    seen = set()
    for determination in variant["determinations"]:
        if determination["proof"] is None or determination["scope"] in ("lower", "bill"):
            continue
        for cite, leaf in _cited(determination["proof"], determination["paragraph"]):
            if leaf["kind"] == "number" and (leaf["text"], cite) not in seen:
                seen.add((leaf["text"], cite))
                yield cite, leaf, determination["effect"]


def _cited(proof: Mapping[str, Any], cite: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    here = proof.get("cite") or cite
    if proof["op"] == "test":
        yield here, proof
    for child in proof.get("children", ()):
        yield from _cited(child, here)


def _axes(specs: Specs, conclusion: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]) -> str:
    licence = conclusion["licence_requirement"]
    declared = [_declared_words(e) for e in _declared(variants)]
    fit = {"differs": "; it does not reconcile with the computed class: ask the vendor"}
    letters = [e["text"] for e in licence["letters"] if e["criterion"] != "not met"]
    exceptions = [f"{e['name']} {e['text']}" for e in conclusion["exceptions"]]
    policy, tariff = conclusion["review_policy"], conclusion["tariff"]
    fields = [
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
        ("Letters", words.join(letters, "and") or "no reported criterion reached"),
        ("Exceptions", words.join(exceptions) or "not applicable"),
        ("Review", policy["text"] + _conditions(policy) + _other_policies(policy)),
        ("US tariff", tariff["text"] + _conditions(tariff)),
        *((label, text) for label, text in _beside(conclusion) if text),
    ]
    return "\n".join(layout.field(label, text) for label, text in fields)


def _other_policies(policy: Mapping[str, Any]) -> str:
    texts = [f"{entry['text']} ({entry['provision'].rpartition('/')[2]})" for entry in policy["beside"]]
    return f"; beside it: {words.join(texts)}" if texts else ""


def _beside(conclusion: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What does not make the status: presumptions, lower lines, other regimes and bills, a line each."""
    yield "Presumptions", "; ".join(e["text"] for e in conclusion["presumptions"] if e["outcome"] != "not met")
    for scope, label in (("abroad", "Elsewhere"), ("lower", "Lower lines"), ("bill", "Bills, no law")):
        found = [entry for entry in conclusion["further"] if entry["scope"] == scope]
        by_text: dict[str, list[str]] = {}
        for entry in found:
            by_text.setdefault(entry["text"].removeprefix(f"{entry['name']}: ").partition(" (")[0], []).append(
                entry["name"]
            )
        yield label, "; ".join(f"{text}: {words.join(names)}" for text, names in by_text.items())


def _conditions(axis: Mapping[str, Any]) -> str:
    return f"; conditions: {'; '.join(axis['conditions'])}" if axis.get("conditions") else ""


def _declared_words(entry: Mapping[str, str]) -> str:
    branch = f", {entry['says']}" if entry["says"].startswith("branch") else ""
    return f"{entry['eccn']} ({entry['by']}{', ' + entry['date'] if entry['date'] else ''}{branch})"


def _declared(variants: Sequence[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    entries = [e for v in variants for e in v["conclusion"]["item_class"]["declared_eccn"]]
    return list({(e["eccn"], e["date"]): e for e in entries}.values())


def _foot(specs: Specs, data: Mapping[str, Any], variant: Mapping[str, Any], conclusion: Mapping[str, Any]) -> str:
    deal = data["transaction"]
    assumes = [f"{deal['kind']} from {deal['from']}"]
    if deal["destination"] is None:
        assumes.append(f"no destination given: shown for {deal['evaluated_for']}")
    assumes += variant["assumptions"]
    names = dict.fromkeys(
        source
        for name in HEADLINES
        for a in variant["metrics"][name]["alternatives"]
        if a["decides"] or MANUFACTURER & set(a["status"])
        for source in a["source"]
    )
    sources = [_source_name(specs, name) for name in names]
    fields = [("Assumes", "; ".join(assumes))]
    fields += [("Mind", text) for text in conclusion["caveats"]]
    fields += [("Sources", f"{', '.join(sources)}; chipclass show ID tells more")]
    fields += [("Not evaluated", "; ".join(conclusion["not_evaluated"]))]
    return "\n".join([*(layout.field(label, text) for label, text in fields), layout.wrapped(layout.foot(data))])


def _source_name(specs: Specs, name: str) -> str:
    """Id and publisher of a source; ``chipclass show ID`` tells the rest."""
    return f"{name} ({specs.source(name)['publisher']})"


def source_words(specs: Specs, name: str) -> str:
    """``title (publisher, date)`` of a source."""
    source = specs.source(name)
    date = source.get("published") or source.get("retrieved") or ""
    return f"{source['title']} ({source['publisher']}{', ' + date if date else ''})"


def markdown(specs: Specs, data: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """The same content as Markdown."""
    lines = [
        f"## {entry['query']} as of {data['as_of']}",
        "",
        f"**{entry['conclusion']['status']}**. {entry['conclusion']['summary']}",
    ]
    for variant in entry["variants"]:
        rows = [
            [
                cite,
                f"{leaf['metric']} {leaf['relation']} {words.show(Fraction(str(leaf['right'])))}",
                words.figure_of(leaf),
                words.margin_words(leaf),
                leaf["outcome"],
            ]
            for cite, leaf, _ in numeric_lines(variant)
        ]
        lines += ["", f"### {variant['name']}", ""]
        lines.append(layout.markdown_table(["Line", "Test", "Figure", "Margin", "Outcome"], rows))
    lines += [
        "",
        *(f"- {line}" for line in _axes(specs, entry["conclusion"], entry["variants"]).split("\n") if line[:1] != " "),
    ]
    lines += ["", f"Not evaluated: {'; '.join(entry['conclusion']['not_evaluated'])}."]
    return "\n".join([*lines, "", layout.foot(data)])
