"""Trees of tests in words: what is read, what is refused and in which words, and how references are written out."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipclass.logic.cells import Cell
from chipclass.logic.tree import ALWAYS, NEVER, Node, RuleError, assume, inline, parse

RULE = {
    "id": "3A090.a",
    "cite": "3A090.a",
    "any": [
        {"id": "a.1", "test": "tpp >= 4800"},
        {"id": "a.2", "all": ["tpp >= 1600", "performance_density >= 5.92"]},
        {"not": {"all": ["not designed_or_marketed_for_datacenter", "not tpp >= 4800"]}},
    ],
}


class TestReading:
    @pytest.mark.parametrize(
        ("text", "kind", "names"),
        [
            ("designed_or_marketed_for_datacenter", "fact", ("designed_or_marketed_for_datacenter",)),
            ("meets us-ear/3A090.a", "meets", ("us-ear/3A090.a",)),
            ("product in nvidia-h20, amd-mi308x", "product", ("nvidia-h20", "amd-mi308x")),
            ("destination in D:5, MO", "destination", ("D:5", "MO")),
            ("headquarters in D:5", "headquarters", ("D:5",)),
            ("shipped from US", "shipped", ("US",)),
            ("transaction is in-country", "transaction", ("in-country",)),
            ("stated certifications-dd", "stated", ("certifications-dd",)),
        ],
    )
    def test_every_kind_of_test(self, text: str, kind: str, names: tuple[str, ...]) -> None:
        node = parse(text)
        assert (node.op, node.kind, node.names, node.text) == ("test", kind, names, text)

    @pytest.mark.parametrize("relation", [">=", "<=", ">", "<"])
    @pytest.mark.parametrize("limit", ["4800", "5.92", "0", "0.5", "26900000"])
    def test_limits_are_exact_and_operators_are_kept(self, relation: str, limit: str) -> None:
        node = parse(f"tpp {relation} {limit}")
        assert (node.op, node.kind, node.metric) == ("test", "number", "tpp")
        assert (node.relation, node.limit) == (relation, Fraction(limit))

    def test_spaces_do_not_matter(self) -> None:
        assert parse("tpp   >=  4800") == parse("tpp >= 4800")
        assert parse("tpp>=4800").limit == 4800

    def test_not_before_a_test(self) -> None:
        node = parse("not tpp >= 4800")
        assert (node.op, node.children) == ("not", (parse("tpp >= 4800"),))
        assert parse("not not tpp >= 4800").children[0] == node

    def test_a_labelled_test_with_not_keeps_its_label(self) -> None:
        node = parse({"id": "x", "cite": "c", "test": "not tpp >= 4800"})
        assert (node.op, node.id, node.cite) == ("not", "x", "c")
        assert node.children == (parse("tpp >= 4800"),)

    def test_a_tree(self) -> None:
        tree = parse(RULE)
        assert (tree.op, tree.id, tree.cite) == ("any", "3A090.a", "3A090.a")
        assert [child.op for child in tree.children] == ["test", "all", "not"]
        assert [child.id for child in tree.children] == ["a.1", "a.2", ""]
        assert [node.text for node in tree.tests()] == [
            "tpp >= 4800",
            "tpp >= 1600",
            "performance_density >= 5.92",
            "designed_or_marketed_for_datacenter",
            "tpp >= 4800",
        ]
        assert len(list(tree.walk())) == 11
        assert next(tree.walk()) is tree

    def test_a_tree_can_be_a_key(self) -> None:
        assert len({parse(RULE), parse(RULE)}) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (
                7,
                "rule: expected a test in words or a table with any, all or not; found 7",
            ),
            (
                {"any": ["tpp >= 1"], "limit": 5},
                "rule: unknown key 'limit'; expected one of all, any, cite, id, not, test, text",
            ),
            (
                {"any": ["tpp >= 1"], "all": ["tpp >= 2"]},
                "rule: expected exactly one of any, all, not, test; found any, all",
            ),
            ({"id": "x"}, "rule: expected exactly one of any, all, not, test; found none"),
            ({"id": "x", "any": []}, "rule.x: 'any' needs a non-empty list of tests"),
            ({"all": "tpp >= 1"}, "rule.all: 'all' needs a non-empty list of tests"),
            (
                "TPP >= 4800",
                "rule: 'TPP >= 4800' is not a test; write for example 'tpp >= 1000' or 'destination in D:5'",
            ),
            (
                {"id": "a.2", "all": ["tpp >= 1600", "performance_density => 5.92"]},
                "rule.a.2[2]: 'performance_density => 5.92' is not a test; "
                "write for example 'tpp >= 1000' or 'destination in D:5'",
            ),
            (
                {"id": "a", "any": [{"id": "a.1", "test": "tpp >= 4,800"}]},
                "rule.a[1].a.1: 'tpp >= 4,800' is not a test; write for example 'tpp >= 1000' or 'destination in D:5'",
            ),
        ],
    )
    def test_says_where_and_what_would_do(self, data: Any, message: str) -> None:
        with pytest.raises(RuleError) as caught:
            parse(data)
        assert str(caught.value) == message

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "tpp >= ",
            ">= 4800",
            "tpp >= -1",
            "tpp == 4800",
            "tpp != 4800",
            "tpp >= 5.92e3",
            "tpp >= .5",
            "tpp >= 1.",
            "4800 <= tpp",
        ],
    )
    def test_what_is_no_test(self, text: str) -> None:
        with pytest.raises(RuleError, match="is not a test"):
            parse(text)

    def test_names_the_rule(self) -> None:
        with pytest.raises(RuleError, match=r"^us-ear/3A090\.a 2023-11-17: "):
            parse(None, "us-ear/3A090.a 2023-11-17")


class TestInline:
    def test_a_reference_becomes_the_tree_it_names(self) -> None:
        book = {"us-ear/3A090.a": parse(RULE)}
        node = inline(parse({"id": "caught", "cite": "c", "test": "meets us-ear/3A090.a"}), book)
        assert (node.op, node.id, node.cite, node.text) == ("all", "caught", "c", "meets us-ear/3A090.a")
        assert node.children == (parse(RULE),)

    def test_references_in_references(self) -> None:
        book = {"b": parse("meets c"), "c": parse("tpp >= 1")}
        node = inline(parse({"not": {"any": ["meets b", "tpp >= 2"]}}), book)
        assert [test.text for test in node.tests()] == ["tpp >= 1", "tpp >= 2"]
        assert all(test.kind == "number" for test in node.tests())

    def test_what_has_no_edition_on_the_date_cannot_be_met(self) -> None:
        node = inline(parse("meets us-ear/3A090.b"), {})
        assert (node.op, node.children, node.text) == ("any", (), "meets us-ear/3A090.b")

    def test_without_references_nothing_changes(self) -> None:
        assert inline(parse(RULE), {}) == parse(RULE)
        assert isinstance(inline(parse("tpp >= 1"), {}), Node)


CASES = [dict(zip(("a", "b", "c"), answers, strict=True)) for answers in product([True, False], repeat=3)]


def trees() -> st.SearchStrategy[Any]:
    """Trees of three yes/no tests, with labels here and there."""
    leaves = st.sampled_from(["a", "b", "c", "not a", {"id": "named", "test": "b", "cite": "x"}])
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.builds(lambda op, items: {op: items}, st.sampled_from(["any", "all"]), st.lists(parts, min_size=1)),
            st.builds(lambda item: {"not": item}, parts),
        ),
        max_leaves=8,
    )


@given(trees(), st.dictionaries(st.sampled_from(["a", "b", "c"]), st.booleans()))
def test_assuming_answers_keeps_what_a_tree_says_of_the_rest(rule: Any, known: dict[str, bool]) -> None:
    tree = parse(rule)
    rest = assume(tree, known)
    assert not {test.text for test in rest.tests()} & known.keys()
    for case in CASES:
        agreed = {**case, **known}
        assert Cell({}, agreed, True).holds(rest) == Cell({}, agreed, True).holds(tree)


def test_nothing_is_left_of_a_tree_whose_answer_is_known() -> None:
    tree = parse({"all": ["a", {"any": ["not b", "tpp >= 1"]}]})
    assert assume(tree, {"a": False}) == NEVER
    assert assume(tree, {"a": True, "b": False}) == ALWAYS
    assert assume(tree, {"a": True, "b": True}) == parse("tpp >= 1")
    assert assume(parse({"id": "x", "all": ["a", "a"]}), {}) == parse("a")


def test_any_of_nothing_never_holds_and_all_of_nothing_always() -> None:
    nothing = Cell({}, {}, True)
    assert nothing.holds(ALWAYS) and not nothing.holds(NEVER)
