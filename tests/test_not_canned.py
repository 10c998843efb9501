"""The answers follow from the data: change a figure, a limit or a name in a copy of the specs, and they change with it.

And no product, paragraph or limit stands in the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass.cli.classify import screen
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

DAY = "2026-09-24"
PACKAGE = Path(chipclass.__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sf.copied(tmp_path)


def conclusion(query: str, specs: Specs) -> dict[str, Any]:
    """The conclusion of the variant that represents the query."""
    [found] = chipclass.classify(query, specs=specs, as_of=DAY).to_dict()["results"]
    chosen: dict[str, Any] = next(v for v in found["variants"] if v["chip"] == found["represented_by"])
    return {**chosen, **chosen["conclusion"]}


def paragraphs(found: dict[str, Any]) -> list[list[str]]:
    return [entry["paragraphs"] for entry in found["ic_class"] if entry["makes_status"]]


def table(query: str, specs: Specs) -> str:
    data = chipclass.classify(query, specs=specs, as_of=DAY).to_dict()
    return screen(specs, data, data["results"][0])


def doubled(folder: Path) -> Specs:
    """Every rate and the declared TPP of the H200 SXM times two."""
    old = sf.block(folder, "chips/nvidia/hopper.toml", "nvidia-h200-sxm")

    def twice(match: re.Match[str]) -> str:
        return f"{match[1]}{2 * float(match[2]):.12g} {match[3]}"

    new, count = re.subn(r'((?<!sparse_)rate\.\w+ = "|(?m:^)tpp = ")([\d.]+) ([^"]+)', twice, old)
    assert count > 20
    sf.edit(folder, "chips/nvidia/hopper.toml", old, new)
    return sf.specs_of(folder)


def test_twice_the_rates_give_twice_the_figures(folder: Path) -> None:
    before, after = conclusion("H200", chipclass.load()), conclusion("H200", doubled(folder))
    for name in ("tpp", "performance_density"):
        assert after["metrics"][name]["operative"] == pytest.approx(2 * before["metrics"][name]["operative"], rel=1e-12)
        assert after["metrics"][name]["value"] == pytest.approx(2 * before["metrics"][name]["value"], rel=1e-12)
    assert (before["metrics"]["tpp"]["operative"], after["metrics"]["tpp"]["operative"]) == (15840, 31680)
    assert after["metrics"]["total_dram_bandwidth"] == before["metrics"]["total_dram_bandwidth"]


def test_twice_the_rates_move_tariff_and_review_policy_and_the_sentences(folder: Path) -> None:
    specs = doubled(folder)
    before, after = conclusion("H200", chipclass.load()), conclusion("H200", specs)
    assert (before["tariff"]["outcome"], after["tariff"]["outcome"]) == ("met", "not met")
    assert "case-by-case review" in before["review_policy"]["text"]
    assert after["review_policy"]["text"] == "presumption of denial"
    assert before["summary"] == "NVIDIA H200 SXM is caught by 3A090.a.1: TPP 15,840 is at or above 4,800."
    assert after["summary"] == "NVIDIA H200 SXM is caught by 3A090.a.1: TPP 31,680 is at or above 4,800."
    shown = table("H200", specs)
    assert "31,680" in shown and "15,840" not in shown


def test_twice_the_rates_move_the_ladder(folder: Path) -> None:
    own = chipclass.compare(["H200", "B200"], as_of=DAY).to_dict()["between"][0]
    other = chipclass.compare(["H200", "B200"], specs=doubled(folder), as_of=DAY).to_dict()["between"][0]
    assert other["ratios"]["tpp"] == pytest.approx(own["ratios"]["tpp"] / 2)
    line = "742.6(b)(10)(iii)(A)(1): the TPP of NVIDIA B200"
    assert any(text.startswith(line) for text in own["sentences"])
    assert not any(text.startswith(line) for text in other["sentences"])


def test_a_chip_whose_area_is_unknown_is_no_longer_decided(folder: Path) -> None:
    block = sf.block(folder, "chips/nvidia/ada.toml", "nvidia-l4")
    claim = re.search(r"\n\[\[chip\.claim\]\]\n(?:(?!\n\[\[).)*?\ndies = [^\n]*\n", block, re.DOTALL)
    assert claim
    sf.edit(folder, "chips/nvidia/ada.toml", claim[0], "\n")
    before, after = conclusion("L4", chipclass.load()), conclusion("L4", sf.specs_of(folder))
    assert (before["status"], paragraphs(before)) == ("controlled", [["3A090.a.2"]])
    assert after["status"] == "cannot exclude"
    assert [] in paragraphs(after) and ["3A090.a.2"] in paragraphs(after)
    assert after["metrics"]["performance_density"]["operative"] is None
    assert after["metrics"]["tpp"]["operative"] == before["metrics"]["tpp"]["operative"] == 1952
    provision = next(d for d in after["determinations"] if d["provision"] == "us-ear/3A090.a")
    turns = {entry["turns_at"] for entry in provision["would_settle"]}
    assert pytest.approx(1952 / 5.92) in list(turns)
    assert "die area at or below 329.7 mm^2 makes the density 5.92 or more" in after["summary"]


def raised(folder: Path) -> Specs:
    """5000 for 4800 in both paragraphs."""
    for name in ("3A090.a", "3A090.b"):
        assert sf.edit(folder, f"rules/us-ear/{name}.toml", "4800", "5000")
    return sf.specs_of(folder)


def test_another_limit_gives_another_paragraph(folder: Path) -> None:
    """The A100 has TPP 4,992 and a density above 5.92."""
    before, after = conclusion("A100 PCIe 80GB", chipclass.load()), conclusion("A100 PCIe 80GB", raised(folder))
    assert (paragraphs(before), paragraphs(after)) == ([["3A090.a.1"]], [["3A090.a.2"]])
    assert before["summary"].endswith("is caught by 3A090.a.1: TPP 4,992 is at or above 4,800.")
    assert after["summary"].endswith(
        "is caught by 3A090.a.2: TPP 4,992 is at or above 1,600 and density 6.044 is at or above 5.92."
    )


def test_another_limit_stands_in_every_table_and_comparison(folder: Path) -> None:
    specs = raised(folder)
    shown = table("H200", specs)
    assert re.search(r"^ +5,000 +\+216\.8 %  >= 3A090\.a\.1 and Note 2", shown, re.MULTILINE)
    assert not re.search(r"^ +4,800 +\S+ %  >= 3A090", shown, re.MULTILINE)
    sentences = chipclass.compare(["H20", "H200"], specs=specs, as_of=DAY).to_dict()["between"][0]["sentences"]
    assert any("15,840, is at or above 5,000" in text and "is below 5,000" in text for text in sentences)
    assert not any("4,800;" in text or "4,800." in text for text in sentences if text.startswith("3A090"))


def test_another_name_is_found_and_the_old_one_is_not(folder: Path) -> None:
    for name in ("nvidia-h200", "nvidia-h200-sxm", "nvidia-h200-nvl"):
        old = sf.block(folder, "chips/nvidia/hopper.toml", name)
        new = re.sub(r"(?m)^(name|aliases) = .*$", lambda line: line[0].replace("H200", "Z900"), old)
        sf.edit(folder, "chips/nvidia/hopper.toml", old, new)
    specs = sf.specs_of(folder)
    with pytest.raises(chipclass.QueryError, match="unknown product 'H200'; did you mean "):
        chipclass.classify("H200", specs=specs, as_of=DAY)
    found = conclusion("Z900", specs)
    own = conclusion("H200", chipclass.load())
    assert found["name"] == "NVIDIA Z900 SXM"
    assert found["summary"] == own["summary"].replace("H200", "Z900")
    assert found["metrics"] == own["metrics"]
    pair = chipclass.compare(["H20", "Z900"], specs=specs, as_of=DAY).to_dict()["between"][0]
    assert pair["sentences"][0].startswith("NVIDIA Z900 SXM sits above NVIDIA H20 96GB")
    assert not any("H200" in text for text in pair["sentences"])


# --- the code ---

LIMITS = {
    *(4800, 1600, 5.92, 2400, 3.2, 1.6, 21000, 6500, 14000, 17500, 20800, 21100, 4500, 5000, 5800, 6200),
    *(1400, 1100, 1700, 600, 4100, 21, 6000, 150, 0.0128, 3.3),
    *(30_000_000_000, 35_000_000_000, 40_000_000_000, 50_000_000_000),
}
#: Limits that are also a count, a width or a part of a name (UTF-8, mm^2) in any code: looking for them finds those.
COMMON = {0, 2, 8, 70}
PARAGRAPHS = re.compile(r"\b(?:3A090|4A090|3A001|4A003|5A002|5A992|4A994|742\.6|744\.23|740\.8|9903\.79)")
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w,.]*\d)")
#: Names that are ordinary words of code or units in another place, letter for letter.
ORDINARY: set[str] = set()


def constants() -> Iterator[tuple[str, object]]:
    """(place, value) of every constant of the package that is no docstring."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docstrings:
                yield f"{path.relative_to(PACKAGE.parent).as_posix()}:{node.lineno}", node.value


def product_names() -> list[str]:
    index = chipclass.load().index
    names: set[str] = set()
    for kind in ("families", "chips", "products", "dies"):
        for name, record in index[kind].items():
            names |= {name, record["name"], *record.get("aliases", []), *record.get("short_aliases", [])}
    return sorted((name for name in names - ORDINARY if len(name) >= 3), key=len, reverse=True)


def names_pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in product_names())
    return re.compile(rf"(?<![\w-])(?:{names})(?![\w-])", re.IGNORECASE)


def numbers_in(value: object) -> list[float]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [float(value)]
    return [float(text.replace(",", "")) for text in NUMBER.findall(value)] if isinstance(value, str) else []


def test_the_search_would_find_them() -> None:
    assert sum(1 for _ in constants()) > 1000
    assert numbers_in("tpp >= 4,800, or 5.92 x area, not 14800 or 4800.5 or a4800") == [4800, 5.92, 14800, 4800.5]
    assert names_pattern().search("the h200 is faster") and not names_pattern().search("H2000")
    assert PARAGRAPHS.search("see 3A090.a.1") and PARAGRAPHS.search("9903.79.01")


def test_no_limit_of_a_rule_stands_in_the_code() -> None:
    found = [f"{place}: {value!r}" for place, value in constants() if LIMITS.intersection(numbers_in(value))]
    assert not found, "\n" + "\n".join(found)


def test_the_limits_looked_for_are_those_of_the_rule_files() -> None:
    from chipclass.rules.book import Book

    book = Book(chipclass.load())
    trees = [edition.tree for provision in book for edition in provision.editions]
    limits = {float(test.limit) for tree in trees for test in tree.tests() if test.kind == "number"}
    assert limits == {float(limit) for limit in LIMITS | COMMON}, "a new limit: look for it too"


def test_no_provision_stands_in_the_code() -> None:
    provisions = set(chipclass.load().index["rules"])
    found = [
        f"{place}: {value!r}"
        for place, value in constants()
        if isinstance(value, str) and (PARAGRAPHS.search(value) or any(name in value for name in provisions))
    ]
    assert not found, "\n" + "\n".join(found)


def test_no_product_stands_in_the_code() -> None:
    pattern = names_pattern()
    found = [f"{place}: {value!r}" for place, value in constants() if isinstance(value, str) and pattern.search(value)]
    assert not found, "\n" + "\n".join(found)
