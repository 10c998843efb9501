"""The table of signatures against the evaluator: every row is asked again, alone and in exact fractions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.logic import signatures
from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, Ratio, outcomes
from chipclass.logic.numbers import INF, UNDEFINED, Interval, exact
from chipclass.logic.signatures import MET, NOT_MET, UNDECIDED, Decider, Figures, Quotient, Rows
from chipclass.logic.tree import ALWAYS, NEVER, Node, assume, parse
from chipclass.rules.book import book_of
from chipclass.rules.transactions import countries_of, transaction, truths
from chipclass.specdb.store import load
from tests.logic.oracle import AREA, DATACENTER, DENSITY, DRAM, FACTS, LIMITS, OTHER, TPP, rules

QUOTIENTS = {DENSITY: Quotient(TPP, AREA)}
CODES = {(True, False): MET, (False, True): NOT_MET, (True, True): UNDECIDED}
ANSWERS = {signatures.YES: YES, signatures.NO: NO, signatures.UNKNOWN: MAYBE}
METRICS = (TPP, AREA, DRAM)

#: What a row says of a metric: (lowest, highest), None where nothing is said; then whether it exists.
Said = tuple[float | None, float | None, int]
Row = tuple[dict[str, Said], dict[str, int]]


def box_of(row: Row, given_truths: Mapping[str, Possible]) -> Box:
    """One row for the evaluator, in exact fractions."""
    numbers: dict[str, Any] = {}
    for metric, (low, high, undefined) in row[0].items():
        bottom = Fraction(0) if low is None else exact(low)
        top: Any = INF if high is None or high == INF else exact(high)
        whole = Interval(bottom, top, metric == AREA and bottom == 0, top == INF)
        numbers[metric] = {
            signatures.NO: (whole,),
            signatures.YES: (UNDEFINED,),
            signatures.UNKNOWN: (whole, UNDEFINED),
        }[undefined]
    if AREA in numbers:
        numbers[DENSITY] = Ratio(TPP, numbers.pop(AREA))
    return Box(numbers, {**given_truths, **{name: ANSWERS[answer] for name, answer in row[1].items()}})


def rows_of(rows: list[Row], points: bool, undefined: bool) -> Rows:
    figures = {}
    for metric in METRICS:
        said = [row[0][metric] for row in rows]
        exists = np.array([s[2] for s in said], np.uint8) if undefined else None
        if points:
            low = np.array([np.nan if s[0] is None else s[0] for s in said])
            figures[metric] = Figures(low, known=~np.isnan(low), undefined=exists)
        else:
            ends = [[default if s[n] is None else s[n] for s in said] for n, default in enumerate((0.0, INF))]
            figures[metric] = Figures(np.array(ends[0]), np.array(ends[1]), undefined=exists)
    return Rows(len(rows), figures, {n: np.array([row[1][n] for row in rows], np.uint8) for n in FACTS})


def nudged(figure: float, nudge: int) -> float:
    if nudge in (-1, 1):
        return max(0.0, math.nextafter(figure, math.inf * nudge))
    return max(0.0, figure * {0: 1.0, 2: 1 + 1e-12, -2: 1 - 1e-12, 3: 1.1, -3: 0.9}[nudge])


AREAS = [
    1.5,
    100.0,
    294.5,
    500.0,
    814.0,
    858.0,
    *(float(Fraction(t) / Fraction(d)) for t in LIMITS[TPP][1:] for d in LIMITS[DENSITY][1:]),
]
TPPS = [float(limit) for limit in LIMITS[TPP]]
FIGURES = {
    TPP: [*TPPS, *(float(Fraction(d) * exact(a)) for d in LIMITS[DENSITY] for a in AREAS[:6]), 20000.0, 5.0],
    AREA: AREAS,
    DRAM: [*(float(limit) for limit in LIMITS[DRAM]), 0.0, 4000.0],
}


@st.composite
def said(draw: st.DrawFn, metric: str, points: bool, undefined: bool) -> Said:
    figure = st.builds(nudged, st.sampled_from(FIGURES[metric]), st.sampled_from([0, 0, 0, 1, -1, 2, -2, 3, -3]))
    exists = draw(st.sampled_from([0, 0, 0, 1, 2])) if undefined else 0
    low = draw(st.one_of(figure, figure, figure, st.none()))
    if points:
        return low, low, exists
    high = draw(st.one_of(figure, figure, st.none(), st.just(low)))
    if low is not None and high is not None:
        low, high = sorted((low, high))
    return low, high, exists


@st.composite
def tables(draw: st.DrawFn, points: bool) -> tuple[list[Row], bool]:
    undefined = draw(st.booleans())
    row = st.tuples(
        st.fixed_dictionaries({metric: said(metric, points, undefined) for metric in METRICS}),
        st.fixed_dictionaries({name: st.sampled_from([0, 1, 2]) for name in FACTS}),
    )
    return draw(st.lists(row, min_size=1, max_size=12)), undefined


def hold(trees: Mapping[str, Node], rows: list[Row], columns: Rows, given_truths: Mapping[str, Possible]) -> None:
    """The table answers every row as the evaluator does, the second time too."""
    decider = Decider(trees, QUOTIENTS, given_truths)
    expected = []
    for row in rows:
        box = box_of(row, given_truths)
        possible = {name: outcomes({name: tree}, box)[name] for name, tree in trees.items()}
        expected.append({name: CODES[bool(p.true), bool(p.false)] for name, p in possible.items()})
    for _ in range(2):
        found = decider.outcomes(columns)
        for number, (row, answers) in enumerate(zip(rows, expected, strict=True)):
            assert {name: found[name][number] for name in trees} == answers, row


@pytest.mark.parametrize("points", [True, False], ids=["points", "intervals"])
@pytest.mark.parametrize("dense", [True, False], ids=["dense", "sparse"])
def test_random_rules_on_random_rows(points: bool, dense: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_DENSE", 1 << 22 if dense else 0)

    @settings(deadline=None, max_examples=120)
    @given(st.lists(rules(), min_size=1, max_size=3), tables(points))
    def same(drawn: list[Any], table: tuple[list[Row], bool]) -> None:
        rows, undefined = table
        trees = {str(number): parse(rule) for number, rule in enumerate(drawn)}
        hold(trees, rows, rows_of(rows, points, undefined), {})

    same()


@pytest.mark.parametrize("points", [True, False], ids=["points", "intervals"])
def test_the_book_on_random_rows(points: bool) -> None:
    specs = load()
    deal = transaction(specs, as_of="2026-09-24", destination="CN", stated=["certifications-dd"])
    trees = book_of(specs).trees(deal.as_of)
    known = truths((t for tree in trees.values() for t in tree.tests()), deal, (), countries_of(specs))

    @settings(deadline=None, max_examples=15)
    @given(tables(points))
    def same(table: tuple[list[Row], bool]) -> None:
        rows, undefined = table
        hold(trees, rows, rows_of(rows, points, undefined), known)

    same()


@pytest.mark.parametrize("points", [True, False], ids=["points", "intervals"])
def test_areas_at_which_tpp_and_density_turn_together(points: bool) -> None:
    """An unknown TPP on an area of 500: below 1,600 the density is below 3.2, from there on it is not."""
    areas = [nudged(area, nudge) for area in (500.0, 1000.0, 1500.0, 3000.0) for nudge in range(-3, 4)]
    known: list[tuple[float | None, float | None]] = [(None, None), (1600.0, 1600.0), (4800.0, 4800.0)]
    if not points:
        known += [(1600.0, None), (None, 1600.0), (1600.0, 4800.0), (4800.0, None), (2000.0, 2001.0)]
    ends = [(area, area) for area in areas]
    if not points:
        ends += [(area, high) for area in areas[2:5] for high in areas[9:12]]
    rows: list[Row] = [
        ({TPP: (*tpp, 0), AREA: (*area, 0), DRAM: (1.0, 1.0, 0)}, dict.fromkeys(FACTS, 0))
        for tpp in known
        for area in ends
    ]
    columns = rows_of(rows, points, undefined=False)
    for relation, other, limit, density in product((">=", ">", "<=", "<"), (">=", ">"), (1600, 4800), ("1.6", "3.2")):
        tests = [f"{DENSITY} {relation} {density}", f"tpp {other} {limit}"]
        trees = {op: parse({op: [tests[0], word + tests[1]]}) for op, word in (("any", ""), ("all", "not "))}
        hold(trees, rows, columns, {})


class TestRows:
    trees: Mapping[str, Node] = {
        "a": parse({"any": ["tpp >= 4800", {"all": ["tpp >= 1600", f"{DENSITY} >= 5.92"]}]}),
        "again": parse({"all": [{"id": "x", "any": ["tpp >= 4800", {"all": ["tpp >= 1600", f"{DENSITY} >= 5.92"]}]}]}),
    }

    def test_a_metric_without_a_column_is_unknown(self) -> None:
        tpp = Figures(np.array([1000.0, 2000.0, 5000.0]))
        found = Decider(self.trees, QUOTIENTS, {}).outcomes(Rows(3, {TPP: tpp}, {}))
        assert found["a"].tolist() == [NOT_MET, UNDECIDED, MET]

    def test_equal_conditions_share_an_array(self) -> None:
        found = Decider(self.trees, QUOTIENTS, {}).outcomes(Rows(1, {TPP: Figures(np.array([1.0]))}, {}))
        assert found["a"] is found["again"]

    def test_no_rows(self) -> None:
        found = Decider(self.trees, QUOTIENTS, {}).outcomes(Rows(0, {TPP: Figures(np.array([]))}, {}))
        assert len(found["a"]) == 0

    def test_what_stands_under_an_unknown_does_not_matter(self) -> None:
        low = np.array([np.nan, np.inf, -1.0, 0.0])
        tpp = Figures(low, known=np.zeros(4, bool))
        area = Figures(low, known=np.zeros(4, bool))
        found = Decider(self.trees, QUOTIENTS, {}).outcomes(Rows(4, {TPP: tpp, AREA: area}, {}))
        assert found["a"].tolist() == [UNDECIDED] * 4

    def test_each_signature_is_evaluated_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[int] = []

        def counted(trees: Mapping[str, Node], box: Box) -> dict[str, Possible]:
            asked.append(len(box.numbers[TPP][0].low))  # type: ignore[union-attr]
            return outcomes(trees, box)

        monkeypatch.setattr(signatures, "outcomes", counted)
        decider = Decider({"a": self.trees["a"]}, QUOTIENTS, {})
        choose = np.random.default_rng(1)
        for _ in range(5):
            figures = {TPP: Figures(choose.uniform(0, 9000, 5000)), AREA: Figures(choose.uniform(10, 900, 5000))}
            decider.outcomes(Rows(5000, figures, {}))
        assert 1 <= sum(asked) < 100

    def test_many_threads_learn_one_table(self) -> None:
        decider = Decider(self.trees, QUOTIENTS, {})
        choose = np.random.default_rng(2)
        tables = [
            Rows(500, {TPP: Figures(choose.uniform(0, 9000, 500)), AREA: Figures(choose.uniform(10, 900, 500))}, {})
            for _ in range(40)
        ]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(decider.outcomes, tables))
        for table, answer in zip(tables, found, strict=True):
            alone = Decider(self.trees, QUOTIENTS, {}).outcomes(table)
            assert answer["a"].tolist() == alone["a"].tolist()


class TestPlain:
    @settings(deadline=None, max_examples=200)
    @given(rules(), st.dictionaries(st.sampled_from(FACTS), st.booleans()), st.data())
    def test_it_is_the_same_condition(self, rule: Any, known: dict[str, bool], data: st.DataObject) -> None:
        tree = parse(rule)
        numbers = {
            metric: (Interval.point(Fraction(data.draw(st.sampled_from([*LIMITS[metric], "5000", "4"])))),)
            for metric in (TPP, DENSITY, DRAM)
        }
        facts = {name: YES if answer else NO for name, answer in known.items()}
        box = Box(numbers, facts)
        assert outcomes({"x": tree}, box) == outcomes({"x": assume(tree, known)}, box)

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ({"all": [DATACENTER, "tpp >= 1"]}, "tpp >= 1"),
            ({"any": ["not " + DATACENTER, {"all": [{"any": ["tpp >= 1"]}]}]}, "tpp >= 1"),
            ({"all": [{"all": [OTHER, "tpp >= 1"]}, OTHER]}, {"all": [OTHER, "tpp >= 1"]}),
            ({"not": {"not": {"id": "named", "test": "tpp >= 1"}}}, {"not": "not tpp >= 1"}),
        ],
    )
    def test_equal_conditions_become_equal_trees(self, rule: Any, expected: Any) -> None:
        assert assume(parse(rule), {DATACENTER: True}) == assume(parse(expected), {})

    def test_what_is_decided(self) -> None:
        assert assume(parse({"any": [DATACENTER, "tpp >= 1"]}), {DATACENTER: True}) == ALWAYS
        assert assume(parse({"all": ["not " + DATACENTER, "tpp >= 1"]}), {DATACENTER: True}) == NEVER
        assert outcomes({"x": ALWAYS, "y": NEVER}, Box()) == {"x": Possible(True, False), "y": Possible(False, True)}


def test_an_axis_too_fine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    make: Callable[..., Any] = lambda metric: {"any": [f"{metric} >= {n}" for n in range(1, 300)]}  # noqa: E731
    tree = parse({"any": [make(f"m{n}") for n in range(4)]})
    wide = Figures(np.zeros(1), np.ones(1))
    with pytest.raises(ValueError, match="more limits than columns can hold"):
        Decider({"x": tree}, {}, {}).outcomes(Rows(1, {f"m{n}": wide for n in range(4)}, {}))
