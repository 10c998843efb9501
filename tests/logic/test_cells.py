"""The evaluator on small boxes: ends in and out, figures that do not exist, unions, quotients, columns."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from chipclass.logic.cells import MAYBE, NO, YES, Box, Cell, Piece, Possible, Ratio, cells, outcomes
from chipclass.logic.numbers import INF, UNDEFINED, Interval, Undefined
from chipclass.logic.tree import parse

DENSITY = "performance_density"


def interval(text: str) -> Interval:
    """``[1600, 4800)`` as an interval; ``(0, inf)`` is unbounded."""
    low, high = (end.strip() for end in text[1:-1].split(","))
    bound = INF if high == "inf" else Fraction(high)
    return Interval(Fraction(low), bound, text[0] == "(", text[-1] == ")")


def answer(test: Any, **figures: Any) -> str:
    """met, not met or undecided for one test on some figures."""
    possible = outcomes({"x": parse(test)}, Box(figures))["x"]
    return {(True, False): "met", (False, True): "not met", (True, True): "undecided"}[possible.true, possible.false]


@pytest.mark.parametrize(
    ("known", "at_least", "above", "at_most", "below"),
    [
        ("[4799.9, 4799.9]", "not met", "not met", "met", "met"),
        ("[4800, 4800]", "met", "not met", "met", "not met"),
        ("[4800.1, 4800.1]", "met", "met", "not met", "not met"),
        ("[4000, 4800]", "undecided", "not met", "met", "undecided"),
        ("[4000, 4800)", "not met", "not met", "met", "met"),
        ("[4800, 5000]", "met", "undecided", "undecided", "not met"),
        ("(4800, 5000]", "met", "met", "not met", "not met"),
        ("[4000, 5000]", "undecided", "undecided", "undecided", "undecided"),
        ("(4000, 4799.9]", "not met", "not met", "met", "met"),
        ("[4800, inf)", "met", "undecided", "undecided", "not met"),
        ("(4800, inf)", "met", "met", "not met", "not met"),
        ("[0, inf)", "undecided", "undecided", "undecided", "undecided"),
        ("[5000, inf)", "met", "met", "not met", "not met"),
    ],
)
def test_ends_in_and_out(known: str, at_least: str, above: str, at_most: str, below: str) -> None:
    figures = {"tpp": (interval(known),)}
    assert answer("tpp >= 4800", **figures) == at_least
    assert answer("tpp > 4800", **figures) == above
    assert answer("tpp <= 4800", **figures) == at_most
    assert answer("tpp < 4800", **figures) == below


@pytest.mark.parametrize("relation", [">=", ">", "<=", "<"])
def test_no_test_is_met_on_a_figure_that_does_not_exist(relation: str) -> None:
    assert answer(f"tpp {relation} 4800", tpp=(UNDEFINED,)) == "not met"
    assert answer({"not": f"tpp {relation} 4800"}, tpp=(UNDEFINED,)) == "met"
    for known in ("[0, 1]", "[4800, 4800]", "[9000, inf)"):
        alone = answer(f"tpp {relation} 4800", tpp=(interval(known),))
        both = answer(f"tpp {relation} 4800", tpp=(interval(known), UNDEFINED))
        assert both == ("undecided" if alone == "met" else alone)


def test_alternatives_are_a_union() -> None:
    known = (interval("[1000, 2000]"), interval("[5000, 5000]"))
    assert answer("tpp >= 4800", tpp=known) == "undecided"
    assert answer({"all": ["tpp > 2000", "tpp < 5000"]}, tpp=known) == "not met"
    assert answer({"any": ["tpp <= 2000", "tpp >= 5000"]}, tpp=known) == "met"


def test_an_unknown_metric_is_any_value_and_an_unknown_fact_is_either_answer() -> None:
    assert answer("tpp >= 4800") == "undecided"
    assert answer("tpp >= 0") == "met"
    assert answer("tpp < 0") == "not met"
    assert answer("designed_or_marketed_for_datacenter") == "undecided"
    assert answer({"any": ["fact", "not fact"]}) == "met"
    assert answer({"all": ["fact", "not fact"]}) == "not met"


@pytest.mark.parametrize(
    ("truth", "expected"), [(YES, Possible(True, False)), (NO, Possible(False, True)), (MAYBE, MAYBE)]
)
def test_facts(truth: Possible, expected: Possible) -> None:
    box = Box({}, {"fact": truth})
    assert outcomes({"x": parse("fact")}, box)["x"] == expected
    assert outcomes({"x": parse("not fact")}, box)["x"] == Possible(expected.false, expected.true)


def test_one_figure_in_several_tests_is_one_figure() -> None:
    """Each test alone is open, together they cannot all hold or all fail."""
    assert answer({"any": ["tpp >= 4800", "tpp < 4800"]}, tpp=(interval("[0, inf)"),)) == "met"
    assert answer({"all": ["tpp >= 4800", "tpp < 1600"]}, tpp=(interval("[0, inf)"),)) == "not met"


def test_cells_come_in_order_and_cover_every_limit_once() -> None:
    tree = parse({"any": ["tpp >= 1600", "tpp > 4800", "tpp < 1600"]})
    found = list(cells([tree], Box({"tpp": (interval("[0, inf)"), UNDEFINED)})))
    pieces = [str(cell.pieces["tpp"]) for cell in found]
    assert pieces == ["< 1600", "= 1600", "> 1600 and < 4800", "= 4800", "> 4800", "does not exist"]
    assert [cell.mask for cell in found] == [True] * 6


def test_only_cells_with_a_point_of_the_box_count() -> None:
    trees = [parse("tpp >= 1600"), parse({"all": ["tpp >= 4800", "fact"]})]
    found = list(cells(trees, Box({"tpp": (interval("(1600, 4800]"),)}, {"fact": NO})))
    assert [str(cell.pieces["tpp"]) for cell in found] == ["> 1600 and < 4800", "= 4800"]
    assert {cell.truths["fact"] for cell in found} == {False}


def test_a_cell_answers_whole_trees() -> None:
    cell = Cell({"tpp": Piece(Fraction(4800), Fraction(4800), is_point=True)}, {"fact": False}, True)
    assert cell.holds(parse({"all": ["tpp >= 4800", "not fact", {"any": ["fact", "tpp <= 4800"]}]}))
    assert not cell.holds(parse({"any": ["tpp > 4800", "tpp < 4800", "fact"]}))


def test_a_piece_without_bounds_reads_any_value() -> None:
    assert str(Piece(Fraction(-1), INF)) == "any value"


class TestQuotients:
    @pytest.mark.parametrize(
        ("tpp", "area", "at_least", "above"),
        [
            # density 5.92 at an area of exactly 500 for a TPP of 2960
            ("[2960, 2960]", "[500, 500]", "met", "not met"),
            ("[2960, 2960]", "[500.01, 500.01]", "not met", "not met"),
            ("[2960, 2960]", "[499.99, 499.99]", "met", "met"),
            ("[2960, 2960]", "(0, 500]", "met", "undecided"),
            ("[2960, 2960]", "(0, 500)", "met", "met"),
            ("[2960, 2960]", "[500, 858]", "undecided", "not met"),
            ("[2960, 2960]", "(500, 858]", "not met", "not met"),
            ("[2960, 2960]", "[500, inf)", "undecided", "not met"),
            ("[2960, 2960]", "(0, inf)", "undecided", "undecided"),
            ("[2000, 2960]", "[500, 600]", "undecided", "not met"),
            ("[2000, 2960)", "[500, 600]", "not met", "not met"),
            ("[2000, 2960]", "(500, 600]", "not met", "not met"),
            ("[2960, 9000]", "[400, 500]", "met", "undecided"),
            ("(2960, 9000]", "[400, 500]", "met", "met"),
            ("[2960, 9000]", "[400, 500)", "met", "met"),
            ("[2960, inf)", "[400, 500]", "met", "undecided"),
            ("[0, inf)", "(0, inf)", "undecided", "undecided"),
            ("[0, 0]", "(0, inf)", "not met", "not met"),
        ],
    )
    def test_ends_in_and_out(self, tpp: str, area: str, at_least: str, above: str) -> None:
        figures = {"tpp": (interval(tpp),), DENSITY: Ratio("tpp", (interval(area),))}
        assert answer(f"{DENSITY} >= 5.92", **figures) == at_least
        assert answer(f"{DENSITY} > 5.92", **figures) == above
        opposite = {"met": "not met", "not met": "met", "undecided": "undecided"}
        assert answer(f"{DENSITY} < 5.92", **figures) == opposite[at_least]
        assert answer(f"{DENSITY} <= 5.92", **figures) == opposite[above]

    def test_an_area_without_a_decimal(self) -> None:
        """4,799.9 TPP at a density of exactly 5.92 (3A090.a.2)."""
        area = Fraction("4799.9") / Fraction("5.92")
        for shift, expected in ((-1, "met"), (0, "met"), (1, "not met")):
            value = Interval.point(area + shift * Fraction(1, 10**25))
            figures = {"tpp": (interval("[4799.9, 4799.9]"),), DENSITY: Ratio("tpp", (value,))}
            assert answer(f"{DENSITY} >= 5.92", **figures) == expected

    def test_no_non_planar_die_no_density(self) -> None:
        figures = {"tpp": (interval("[4000, 4000]"),), DENSITY: Ratio("tpp", (UNDEFINED,))}
        assert answer(f"{DENSITY} >= 1.6", **figures) == "not met"
        assert answer(f"{DENSITY} < 1.6", **figures) == "not met"
        either = {**figures, DENSITY: Ratio("tpp", (UNDEFINED, interval("[100, 100]")))}
        assert answer(f"{DENSITY} >= 1.6", **either) == "undecided"

    def test_the_quotient_is_followed_inside_the_pieces_of_the_numerator(self) -> None:
        """From 2,400 TPP on 500 mm^2 the density is at least 4.8, below 2,400 it is less."""
        figures = {"tpp": (interval("[1000, 4000]"),), DENSITY: Ratio("tpp", (interval("[500, 500]"),))}
        assert answer({"any": [f"{DENSITY} >= 4.8", "tpp < 2400"]}, **figures) == "met"
        assert answer({"all": [f"{DENSITY} >= 4.8", "tpp < 2400"]}, **figures) == "not met"

    def test_the_denominator_can_be_one_of_several(self) -> None:
        areas = (interval("[826, 826]"), interval("[1000, 1000]"))
        figures = {"tpp": (interval("[4000, 4000]"),), DENSITY: Ratio("tpp", areas)}
        assert answer(f"{DENSITY} >= 4", **figures) == "met"
        assert answer(f"{DENSITY} > 4", **figures) == "undecided"
        assert answer({"all": [f"{DENSITY} > 4", f"{DENSITY} < 4.8"]}, **figures) == "not met"

    def test_an_unnamed_numerator_is_unknown(self) -> None:
        figures = {DENSITY: Ratio("tpp", (interval("[500, 500]"),))}
        assert answer(f"{DENSITY} >= 5.92", **figures) == "undecided"
        assert answer({"any": [f"{DENSITY} >= 3.2", "tpp < 1600"]}, **figures) == "met"

    def test_a_quotient_of_a_quotient_is_refused(self) -> None:
        ratio = Ratio("tpp", (interval("[1, 1]"),))
        with pytest.raises(TypeError, match="a quotient of a quotient is not supported"):
            answer({"any": [f"{DENSITY} >= 1", "y >= 1"]}, y=Ratio(DENSITY, (interval("[1, 1]"),)), **{DENSITY: ratio})

    def test_a_limit_of_nothing(self) -> None:
        figures = {"tpp": (interval("[0, 0]"),), DENSITY: Ratio("tpp", (interval("(0, 500]"),))}
        assert answer(f"{DENSITY} >= 0", **figures) == "met"

    def test_a_numerator_that_does_not_exist(self) -> None:
        figures = {"tpp": (UNDEFINED,), DENSITY: Ratio("tpp", (interval("[500, 500]"),))}
        assert answer(f"{DENSITY} >= 1.6", **figures) == "not met"
        assert answer(f"not {DENSITY} >= 1.6", **figures) == "met"


class TestColumns:
    def test_one_row_per_answer(self) -> None:
        low, high = np.array([4799.9, 4800.0, 4000.0, 4000.0, 0.0]), np.array([4799.9, 4800.0, 4800.0, 4800.0, np.inf])
        box = Box({"tpp": (Interval(low, high, False, np.array([False, False, False, True, True])),)})
        possible = outcomes({"x": parse("tpp >= 4800")}, box)["x"]
        assert possible.true.tolist() == [False, True, True, False, True]
        assert possible.false.tolist() == [True, False, True, True, True]

    def test_rows_without_an_alternative(self) -> None:
        first = Interval.point(np.array([1000.0, 5000.0, 5000.0]))
        second = Interval(
            np.array([5000.0, 0.0, 0.0]), np.array([5000.0, 0.0, 0.0]), rows=np.array([True, False, False])
        )
        nothing = Undefined(rows=np.array([False, False, True]))
        possible = outcomes({"x": parse("tpp >= 4800")}, Box({"tpp": (first, second, nothing)}))["x"]
        assert possible.true.tolist() == [True, True, True]
        assert possible.false.tolist() == [True, False, True]

    def test_facts_per_row(self) -> None:
        truth = Possible(np.array([True, False, True]), np.array([False, True, True]))
        box = Box({"tpp": (Interval.point(np.array([1.0, 1.0, 1.0])),)}, {"fact": truth})
        possible = outcomes({"x": parse({"all": ["fact", "tpp >= 1"]})}, box)["x"]
        assert possible.true.tolist() == [True, False, True]
        assert possible.false.tolist() == [False, True, True]

    @pytest.mark.parametrize(("tpp_column", "area_column"), list(product([True, False], repeat=2))[:3])
    def test_quotients_of_columns_and_of_columns_with_single_figures(self, tpp_column: bool, area_column: bool) -> None:
        tpp: Any = np.array([2960.0] * 4) if tpp_column else Fraction(2960)
        low: Any = np.array([500.0, 400.0, 500.01, 0.0]) if area_column else Fraction(500)
        high: Any = np.array([500.0, 600.0, 500.02, np.inf]) if area_column else Fraction(500)
        area = Interval(low, high, low_open=np.array([False, False, False, True]) if area_column else False)
        box = Box({"tpp": (Interval.point(tpp),), DENSITY: Ratio("tpp", (area,))})
        possible = outcomes({"x": parse(f"{DENSITY} >= 5.92")}, box)["x"]
        rows = np.ones(4, bool)
        assert (possible.true & rows).tolist() == ([True, True, False, True] if area_column else [True] * 4)
        assert (possible.false & rows).tolist() == ([False, True, True, True] if area_column else [False] * 4)

    def test_no_rows(self) -> None:
        box = Box({"tpp": (Interval.point(np.array([])),)})
        possible = outcomes({"x": parse("tpp >= 4800")}, box)["x"]
        assert (possible.true, possible.false) == (False, False)
