"""Provisions, paragraphs and branches that nothing can reach are found; what is merely open, or long, is not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from chipclass.logic.tree import Node, parse
from chipclass.rules.book import Book
from chipclass.rules.worlds import Worlds
from chipclass.specdb.store import load
from tests import spec_folders as sf

HERE = f"specs/{sf.RULE_FILE}"
FIRST = "edition 2023-11-17"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sf.few_rules(tmp_path)


def planted(folder: Path, tree: str, head: str = "") -> list[str]:
    """What is found of a rule whose limits are all cited."""
    sf.write(folder, sf.RULE_FILE, sf.rule(tree, head))
    return sf.all_findings(folder)


def cited(op: str, *parts: str) -> str:
    return f'{op} = [{{ cite = "9X999", {op} = [{", ".join(parts)}] }}]'


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(cited("all", '"tpp >= 9"', '"tpp < 2"'), id="limits that exclude each other"),
        pytest.param(cited("all", '"tpp < 1"', '"performance_density > 0"', '"tpp <= 0"'), id="a density of nothing"),
        pytest.param(
            'all = ["designed_or_marketed_for_datacenter", "not designed_or_marketed_for_datacenter"]', id="a fact"
        ),
        pytest.param('all = ["destination in D:1", "destination in A:5"]', id="groups without a common member"),
        pytest.param('all = ["destination in HK", "not destination in CN"]', id="Hong Kong without China"),
        pytest.param('all = ["transaction is export", "transaction is in-country"]', id="two kinds at once"),
        pytest.param(
            'all = ["meets us-ear/3A090.b", "meets us-ear/3A090.a"]', id="what yields, with what it yields to"
        ),
        pytest.param('all = ["stated acme-paper", { not = "stated acme-paper" }]', id="a statement and its opposite"),
    ],
)
def test_a_provision_that_can_hold_nowhere_is_refused(folder: Path, tree: str) -> None:
    said = "can hold nowhere: no product in no transaction satisfies it; mend its tests"
    assert planted(folder, tree) == [f"error: {HERE}: {FIRST}: {said}"]


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param('all = ["stated acme-paper"]', id="a statement"),
        pytest.param('all = ["product in nvidia-h20", "product in amd-mi308x"]', id="products"),
        pytest.param('all = ["destination in D:5", "headquarters in A:5", "shipped from TW"]', id="parties of three"),
        pytest.param('all = ["not tpp >= 0"]', id="a figure that does not exist"),
        pytest.param(cited("all", '"tpp > 4800"', '"tpp < 4801"', '"performance_density >= 99999"'), id="a hair"),
    ],
)
def test_what_is_merely_rare_or_open_can_hold(folder: Path, tree: str) -> None:
    assert planted(folder, tree) == []


def test_a_test_of_any_other_kind_may_be_answered_either_way() -> None:
    """Kinds of tests that the search does not know are free: what stays unsettled is not out of reach."""
    specs = load()
    worlds = Worlds(specs)
    other = Node("test", text="unsettled acme", kind="unsettled", names=("acme",))
    against = Node("not", children=(other,))
    figures = parse({"all": ["tpp >= 4800", "destination in CN"]})
    for node in (other, against, Node("all", children=(figures, against))):
        assert worlds.find(node, "2026-10-01") is not None
    assert worlds.find(Node("all", children=(other, against)), "2026-10-01") is None


def test_a_country_counts_as_of_the_day(folder: Path) -> None:
    specs = load()
    worlds = Worlds(specs)
    tree = parse({"all": ["destination in A:5", "destination in AE"]})
    assert worlds.find(tree, "2026-07-09") is None
    assert worlds.find(tree, "2026-07-10") == {"destination": "AE"}
    assert worlds.words({"destination": "AE", "kind": "export"}) == "destination United Arab Emirates, export"


def test_the_days_are_those_on_which_something_changes() -> None:
    specs = load()
    book = Book(specs)
    worlds = Worlds(specs)
    days = worlds.days(*book.provisions["us-ear/3A090.b"].editions)
    assert days == sorted(days)
    assert days[0] == "2023-11-17"
    assert {"2025-05-13", "2025-05-15", "2025-11-07", "2026-07-10"} <= set(days), "posture, compliance, group, edition"
    assert not {"2022-10-21"} & set(days)


@pytest.mark.parametrize(
    ("branches", "message"),
    [
        pytest.param(
            ['"tpp >= 1"', '{ id = "never", all = ["tpp > 9", "tpp < 9"] }'],
            "error: the branch 'never' can never hold; mend its tests or remove it",
            id="never",
        ),
        pytest.param(
            ['"tpp >= 1"', '{ id = "implied", all = ["tpp > 9", "performance_density > 2"] }'],
            "warning: the branch 'implied' makes no difference: it adds nothing to what stands beside it; "
            "mend its tests or remove it",
            id="implied by another",
        ),
        pytest.param(
            ['"tpp >= 3"', '"tpp < 9"', '{ id = "implied", all = ["tpp > 1", "tpp < 5"] }'],
            "warning: the branch 'implied' makes no difference: it adds nothing to what stands beside it; "
            "mend its tests or remove it",
            id="implied by two together",
        ),
        pytest.param(
            ['"destination in D:5, MO"', '"destination in VE"'],
            "warning: the branch 'destination in VE' makes no difference: it adds nothing to what stands beside it; "
            "mend its tests or remove it",
            id="a country of the group",
        ),
    ],
)
def test_a_branch_that_is_dead_is_named(folder: Path, branches: list[str], message: str) -> None:
    severity, _, said = message.partition(": ")
    assert planted(folder, cited("any", *branches)) == [f"{severity}: {HERE}: {FIRST}: {said}"]


@pytest.mark.parametrize(
    "branches",
    [
        ['"tpp >= 9"', '{ all = ["tpp >= 2", "performance_density > 2"] }'],
        ['"destination in D:5"', '"destination in MO"', '"headquarters in MO"'],
        ['"destination in D:5, MO"', '"destination in KH"'],  # Cambodia left the group
        ['"meets us-ear/3A090.a"', '"meets us-ear/4A090.a"'],  # named for its own sake
        ['"tpp > 9"', '"stated acme-paper"', '"product in nvidia-h20"'],
    ],
)
def test_a_branch_that_adds_something_is_not(folder: Path, branches: list[str]) -> None:
    assert planted(folder, cited("any", *branches)) == []


def test_a_branch_may_be_dead_only_because_of_what_stands_around_it(folder: Path) -> None:
    tree = 'all = ["destination in CN", { cite = "9X999", any = ["tpp >= 1", "tpp >= 2", "destination in FR"] }]'
    found = planted(folder, tree)
    assert [text.split("'")[1] for text in found] == ["destination in FR", "tpp >= 2"]


def test_a_limit_that_the_text_leaves_out_is_not_a_dead_branch() -> None:
    """The second paragraph has no upper limit of TPP; it is reached all the same, alone and beside the first."""
    specs = load()
    book = Book(specs)
    worlds = Worlds(specs)
    [edition] = book.provisions["us-ear/3A090.b"].editions
    assert all(worlds.find(edition.node(name), "2026-10-01") is not None for name in edition.paragraphs.values())


@pytest.mark.parametrize(
    ("paragraphs", "more"),
    [
        pytest.param('"9X999.a" = "a", "9X999.b" = "b"', "", id="its node holds nowhere"),
        pytest.param('"9X999.a" = "a", "9X999.b" = "c"', 'report = "first"', id="another always goes first"),
    ],
)
def test_a_paragraph_that_can_never_be_named_is_refused(folder: Path, paragraphs: str, more: str) -> None:
    tests = [
        '{ id = "a", test = "tpp >= 1", cite = "9X999" }',
        '{ not = { id = "b", test = "tpp < 1", cite = "9X999" } }',
        '{ id = "c", test = "performance_density > 1", cite = "9X999" }',
    ]
    tree = f"all = [{', '.join(tests)}]\nparagraphs = {{ {paragraphs} }}\n{more}"
    node = "b" if '"b"' in paragraphs else "c"
    said = f"paragraphs: '9X999.b' can never be named: '{node}' holds nowhere, or another goes first"
    assert planted(folder, tree) == [f"error: {HERE}: {FIRST}: {said}"]


def test_a_paragraph_of_what_always_yields_can_never_be_named(folder: Path) -> None:
    tree = 'all = ["meets us-ear/3A090.a"]\nparagraphs = { "9X999" = "" }'
    found = planted(folder, tree, head='yields_to = "us-ear/3A090.a"')
    assert len(found) == 1 and "'9X999' can never be named" in found[0]
    assert planted(folder, tree) == []


def test_a_criterion_that_can_hold_nowhere_is_refused(folder: Path) -> None:
    parts = ['{ id = "criterion", all = ["tpp > 2", "tpp < 1"] }', '"tpp > 5"']
    tree = f'{cited("any", *parts)}\ncriterion = "criterion"'
    found = planted(folder, tree, head='scope = "letter"')
    assert f"error: {HERE}: {FIRST}: criterion: 'criterion' can hold nowhere; mend its tests" in found


def test_a_quotient_is_followed_into_its_numerator() -> None:
    """No density without a TPP: the search takes both as figures of one product."""
    specs = load()
    worlds = Worlds(specs)
    density = next(n for n, m in specs.metrics.items() if m["op"] == "quotient")
    above = specs.metrics[density]["of"][0]
    low, high = parse(f"{above} <= 0"), parse(f"{density} > 0")
    assert low.limit == Fraction(0)
    assert worlds.find(Node("all", children=(low, high)), "2026-10-01") is None
    assert worlds.find(Node("all", children=(parse(f"{above} > 0"), high)), "2026-10-01") is not None
