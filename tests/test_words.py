"""No output says that something may be exported: an indication for a person, never a clearance.

Every text of every output is held against the list; titles and addresses of third parties' sources are taken out first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass import explanation
from chipclass.changes import rules_diff
from chipclass.chronology import timeline
from chipclass.classification import classify
from chipclass.cli import changes as changes_cli
from chipclass.cli import classify as classify_cli
from chipclass.cli import compare as compare_cli
from chipclass.cli import headroom as headroom_cli
from chipclass.cli import rules as rules_cli
from chipclass.cli import show as show_cli
from chipclass.cli import stability as stability_cli
from chipclass.cli import timeline as timeline_cli
from chipclass.cli import whatif as whatif_cli
from chipclass.comparison import compare
from chipclass.hypotheses import limits, whatif
from chipclass.margins import headroom
from chipclass.perturbation import stability
from chipclass.rules.book import book_of
from chipclass.specdb.store import Specs, load
from tests.samples import few, spread

FORBIDDEN = re.compile(
    r"\b(?:exportable|allowed|legal|compliant|safe|cleared|NLR|no licen[cs]e (?:is )?(?:required|needed))\b",
    re.IGNORECASE,
)
DAY = "2026-09-24"
QUESTIONS = [
    (DAY, None),
    (DAY, "AE"),
    (DAY, "DE"),
    ("2026-02-01", "MO"),
    ("2025-06-01", "SG"),
    ("2022-11-01", "CN"),
    ("2021-05-01", None),
    ("2031-01-01", "RU"),
]


def texts(data: Any) -> Iterator[str]:
    """Every text of a JSON document, keys included."""
    pending = [data]
    while pending:
        match pending.pop():
            case str() as text:
                yield text
            case Mapping() as table:
                pending += [*table.keys(), *table.values()]
            case list() | tuple() as several:
                pending += several


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def titles() -> re.Pattern[str]:
    """Titles and addresses of sources: names that others gave, quoted as they are."""
    names = {flat(str(source["title"])) for source in load().index["sources"].values()}
    return re.compile("|".join([*(re.escape(name) for name in sorted(names, key=len, reverse=True)), r"https?://\S+"]))


def forbidden(found: Iterable[str], titles: re.Pattern[str]) -> list[str]:
    """What stands in any of the texts, with the words around it; a wrapped line is no way out."""
    result = []
    for text in {titles.sub("...", flat(text)) for text in found}:
        result += [text[max(0, m.start() - 60) : m.end() + 40] for m in FORBIDDEN.finditer(text)]
    return sorted(set(result))


def items(specs: Specs) -> list[str]:
    return [name for table in ("families", "chips", "products") for name in specs.index[table]]


@pytest.mark.parametrize(
    "text",
    [
        "the H20 is exportable",
        "Allowed on these figures",
        "legal to ship",
        "a compliant part",
        "safe harbour",
        "cleared for export",
        "NLR",
        "No licence required",
        "no license\nis required",
    ],
)
def test_the_list_catches_what_it_should(text: str, titles: re.Pattern[str]) -> None:
    assert forbidden([text], titles)


@pytest.mark.parametrize("text", ["licence required", "unsafe_hash", "illegally", "not caught by it on these figures"])
def test_the_list_catches_nothing_else(text: str, titles: re.Pattern[str]) -> None:
    assert not forbidden([text], titles)


@pytest.mark.parametrize(("as_of", "destination"), QUESTIONS)
def test_classify_never_clears(as_of: str, destination: str | None, titles: re.Pattern[str]) -> None:
    specs = load()
    number = QUESTIONS.index((as_of, destination))
    names = spread(items(specs), 60, number)
    data = classify(names, as_of=as_of, destination=destination, specs=specs).to_dict()
    found = set(texts(data))
    if (as_of, destination) in QUESTIONS[:2]:
        for entry in data["results"]:
            found |= {classify_cli.screen(specs, data, entry), classify_cli.markdown(specs, data, entry)}
    assert len(data["results"]) > 20
    assert not forbidden(found, titles)


@pytest.mark.parametrize("question", [{"kind": "reexport"}, {"kind": "in-country"}, {"reading": "codified"}])
def test_classify_never_clears_another_transaction(question: dict[str, Any], titles: re.Pattern[str]) -> None:
    specs = load()
    queries = ["H200", "H20", "MI308X", "L40", "EPYC 9654", "RTX 6000D"]
    stated = ["certifications-dd", "nac-notification"]
    data = classify(queries, as_of=DAY, destination="CN", headquarters="MO", stated=stated, specs=specs, **question)
    found = set(texts(data.to_dict())) | {repr(data)}
    found |= {classify_cli.screen(specs, data.to_dict(), entry) for entry in data.results}
    assert not forbidden(found, titles)


def test_compare_never_clears(titles: re.Pattern[str]) -> None:
    specs = load()
    comparison = compare(spread(items(specs), 120), as_of=DAY, specs=specs)
    data = comparison.to_dict()
    assert not forbidden({*texts(data), compare_cli.screen(data), compare_cli.markdown(data), repr(comparison)}, titles)


@pytest.mark.parametrize(
    ("changes", "as_of", "destination"),
    [
        (["tpp:4800=6000"], DAY, "CN"),
        (["us-ear/3A090.a#a.1=1000000", "tpp:1600=1000000", "tpp:2400=1000000"], DAY, None),
        (["us-ear/742.6-b-10-iii-A-1#TPP=1", "us-tariff/note-39-b#band 1.tpp>0"], "2026-02-01", "MO"),
        (["us-ear/3A090.a#a.1-a.4 (2022)=100"], "2022-11-01", "DE"),
    ],
)
def test_whatif_never_clears(changes: list[str], as_of: str, destination: str | None, titles: re.Pattern[str]) -> None:
    answer = whatif(changes, as_of=as_of, destination=destination, specs=few(load(), 90))
    data, known = answer.to_dict(), limits(as_of=as_of)
    found = {*texts(data), whatif_cli.screen(data), whatif_cli.markdown(data), repr(answer)}
    found |= {*texts(known), whatif_cli.listing(known), whatif_cli.listing(known, markdown=True)}
    assert data["moved"]
    assert not forbidden(found, titles)
    for shown in (whatif_cli.screen(data), whatif_cli.markdown(data)):
        assert "A hypothesis, not a rule." in flat(shown)
        assert explanation.DISCLAIMER in flat(shown) and as_of in shown and "+whatif" in flat(shown)


@pytest.mark.parametrize(("as_of", "destination"), QUESTIONS[::3])
def test_stability_never_clears(as_of: str, destination: str | None, titles: re.Pattern[str]) -> None:
    specs = load()
    answer = stability(spread(items(specs), 14 if as_of == DAY else 7), as_of=as_of, destination=destination)
    data = answer.to_dict()
    found = {*texts(data), repr(answer)}
    for variant in (v for result in data["results"] for v in result["variants"]):
        found |= {stability_cli.screen(data, variant), stability_cli.markdown(data, variant)}
    assert not forbidden(found, titles)


HEADROOMS: list[tuple[str | None, dict[str, Any]]] = [
    ("H20", {"as_of": DAY}),
    ("L40", {"as_of": DAY, "destination": "DE", "reading": "codified"}),
    ("RTX 4090 D", {"as_of": "2031-01-01", "destination": "RU", "dram_bandwidth": "none"}),
    ("nvidia-dgx-h200", {"as_of": "2026-02-01", "destination": "MO", "stated": ["certifications-dd"]}),
    ("A100", {"as_of": "2022-11-01", "destination": "CN"}),
    (None, {"as_of": DAY, "rates": ["148 TFLOPS@16bit", "296 TFLOPS@fp8"], "die_area": "unknown"}),
    (None, {"as_of": "2021-05-01", "tpp": 4700, "die_area": "none", "datacenter": "no"}),
]


@pytest.mark.parametrize(("query", "asked"), HEADROOMS, ids=lambda value: str(value)[:20])
def test_headroom_never_clears(query: str | None, asked: dict[str, Any], titles: re.Pattern[str]) -> None:
    specs = load()
    answer = headroom(query, specs=specs, **asked)
    data = answer.to_dict()
    shown = {headroom_cli.screen(specs, data), headroom_cli.markdown(specs, data)}
    assert not forbidden({*texts(data), *shown, repr(answer)}, titles)
    for output in shown:
        assert explanation.DISCLAIMER in flat(output) and asked["as_of"] in output
        assert all(text in flat(output) for text in specs.not_evaluated)


@pytest.mark.parametrize("destination", [None, "DE", "AE"])
def test_timelines_never_clear(destination: str | None, titles: re.Pattern[str]) -> None:
    specs = load()
    answer = timeline(spread(items(specs), 12), destination=destination, headquarters="CY", specs=specs)
    data = answer.to_dict()
    shown = {timeline_cli.screen(specs, data), timeline_cli.markdown(specs, data), repr(answer)}
    assert not forbidden({*texts(data), *shown}, titles)


@pytest.mark.parametrize("days", [("2020-01-01", DAY), (DAY, "2023-01-16"), (DAY, DAY)])
def test_rules_diff_never_clears(days: tuple[str, str], titles: re.Pattern[str]) -> None:
    specs = few(load(), 120)
    answer = rules_diff(*days, destination="AE", specs=specs)
    data = answer.to_dict()
    shown = {changes_cli.screen(specs, data), changes_cli.markdown(specs, data), repr(answer)}
    assert not forbidden({*texts(data), *shown}, titles)


def test_show_never_clears(titles: re.Pattern[str]) -> None:
    specs = load()
    found: set[str] = set()
    for table in ("families", "chips", "products", "dies"):
        for item in specs.items(table):
            found |= {show_cli.screen(specs, item), show_cli.screen(specs, item, markdown=True)}
            found |= set(texts(specs.index[table][item.id]))
    found |= set(texts(specs.index["facts"]))
    found |= {show_cli._source(specs, name) for name in specs.index["sources"]}
    assert not forbidden(found, titles)


def test_rules_never_clear(titles: re.Pattern[str]) -> None:
    book = book_of(load())
    found = {rules_cli.screen(provision, day) for provision in book for day in (DAY, "2023-01-01")}
    found |= {text for provision in book for text in texts(dict(provision.data))}
    found |= {rules_cli.listing(book, DAY), rules_cli.listing(book, DAY, markdown=True)}
    assert not forbidden(found, titles)


def test_notes_of_the_data_never_clear(titles: re.Pattern[str]) -> None:
    index = load().index
    kept = {key: index[key] for key in ("attributes", "metrics", "formats", "destinations", "lexicon")}
    notes = [source.get("note", "") for source in index["sources"].values()]
    assert not forbidden([*texts(kept), *notes], titles)


def test_every_answer_says_what_it_is_and_what_it_leaves_out() -> None:
    specs = load()
    data = classify("H20", as_of=DAY, specs=specs).to_dict()
    shown = flat(classify_cli.screen(specs, data, data["results"][0]))
    assert explanation.DISCLAIMER in shown
    assert all(text in shown for text in load().not_evaluated)
    assert data["disclaimer"] == explanation.DISCLAIMER
    assert data["results"][0]["conclusion"]["not_evaluated"] == load().not_evaluated
    for word in ("jurisdiction", "de minimis", "744", "746", "letters", "encryption", "other ECCNs"):
        assert any(word in text for text in load().not_evaluated)


@pytest.mark.parametrize("as_of", [DAY, "2026-04-01", "2024-01-01", "2031-01-01"])
def test_every_output_is_a_dated_indication_and_not_advice(as_of: str) -> None:
    """Disclaimer, the day asked for, and the day on which the rules were last checked."""
    members = load().index["members"]
    specs = few(load(), 60, keep=[*members["nvidia-h20"], *members["nvidia-h200"]])
    answer = classify("H20", as_of=as_of, specs=specs).to_dict()
    ladder = compare(["H20", "H200"], as_of=as_of, specs=specs).to_dict()
    years = timeline("H20", until=as_of, specs=specs).to_dict()
    days = rules_diff("2024-02-01", as_of, specs=specs).to_dict()
    entry = answer["results"][0]
    shown = {
        "timeline table": timeline_cli.screen(specs, years),
        "timeline md": timeline_cli.markdown(specs, years),
        "diff table": changes_cli.screen(specs, days),
        "diff md": changes_cli.markdown(specs, days),
        "classify table": classify_cli.screen(specs, answer, entry),
        "classify md": classify_cli.markdown(specs, answer, entry),
        "compare table": compare_cli.screen(ladder),
        "compare md": compare_cli.markdown(ladder),
    }
    wanted = {as_of, explanation.DISCLAIMER, answer["rules_checked_through"]}
    missing = {name: sorted(text for text in wanted if text not in flat(output)) for name, output in shown.items()}
    assert not {name: texts for name, texts in missing.items() if texts}


def test_no_text_of_the_code_clears() -> None:
    """Messages, option help and labels: the parts that no example above may reach. Docstrings of commands are help."""
    found = []
    package = Path(chipclass.__file__).parent
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and FORBIDDEN.search(node.value):
                found.append(f"{path.relative_to(package.parent).as_posix()}:{node.lineno}: {node.value[:80]!r}")
    assert not found, "\n" + "\n".join(found)
