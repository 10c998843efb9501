"""``chipclass.outcomes``: rows that bring their own figures, from every kind of table, and what it refuses."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import chipclass
from chipclass import batches
from chipclass.batches import BATCH_ROWS
from chipclass.logic import cells
from chipclass.logic.cells import MAYBE, NO, YES, Box, Possible, Ratio
from chipclass.logic.numbers import INF, Interval, exact
from chipclass.proof import outcome_of
from chipclass.rules.book import book_of
from chipclass.rules.transactions import countries_of, transaction, truths
from chipclass.specdb.store import load
from tests import spec_folders as sf

DAY = "2026-09-24"
A, B = "us-ear/3A090.a", "us-ear/3A090.b"
REVIEW, TARIFF, LETTER = "us-ear/742.6-b-10-iii-A-1", "us-tariff/note-39-b", "us-letters/2025-04-bandwidth"
AREA, DATACENTER = "applicable_die_area", "designed_or_marketed_for_datacenter"
DRAM, IO = "total_dram_bandwidth", "interconnect_bandwidth"


def answers(source: Any, provisions: str | list[str] = A, **more: Any) -> list[str]:
    """The outcomes of the first provision."""
    found = chipclass.outcomes(source, provisions, as_of=DAY, **more).read_all()
    return [str(word) for word in found.column(found.num_columns - 1).to_pylist()]


def table(**columns: Any) -> pa.Table:
    return pa.table(columns)


CHIPS = {
    "tpp": [4800.0, 4799.9, 2960.0, 2960.0, 2960.0, None, 1599.9],
    AREA: [None, None, 500.0, 500.01, None, 500.0, None],
    DATACENTER: [False, True, True, True, None, True, True],
}
EXPECTED = ["met", "undecided", "met", "not met", "undecided", "undecided", "not met"]


# Tables


def reader() -> pa.RecordBatchReader:
    return pa.table(CHIPS).to_reader(3)


SOURCES = {
    "table": lambda: pa.table(CHIPS),
    "chunked table": lambda: pa.concat_tables([pa.table(CHIPS).slice(0, 3), pa.table(CHIPS).slice(3)]),
    "record batch": lambda: pa.table(CHIPS).to_batches()[0],
    "reader": reader,
    "pandas": lambda: pd.DataFrame(CHIPS),
    "pandas with arrow types": lambda: pa.table(CHIPS).to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda: pl.DataFrame(CHIPS),
    "duckdb": lambda: duckdb.from_arrow(pa.table(CHIPS)),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_table(kind: str) -> None:
    assert answers(SOURCES[kind]()) == EXPECTED


@pytest.mark.parametrize("as_text", [True, False])
def test_parquet(tmp_path: Path, as_text: bool) -> None:
    path = tmp_path / "chips.parquet"
    pq.write_table(pa.table(CHIPS), path, row_group_size=2)
    assert answers(str(path) if as_text else path) == EXPECTED


def test_a_file_with_one_large_row_group_is_read_in_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chips.parquet"
    whole = pa.concat_tables([pa.table(CHIPS)] * 20)
    pq.write_table(whole, path, row_group_size=100)
    side_by_side = answers(path)
    monkeypatch.setattr(batches, "_GROUP_ROWS", 99)
    assert answers(path) == side_by_side == EXPECTED * 20
    bad = whole.to_pydict() | {"tpp": [1.0] * 120 + [-1.0] * 20}
    pq.write_table(pa.table(bad), path, row_group_size=100)
    for size in (99, 1000):
        monkeypatch.setattr(batches, "_GROUP_ROWS", size)
        with pytest.raises(chipclass.QueryError, match="column 'tpp', row 121: found -1"):
            answers(path)


def test_slices_and_offsets() -> None:
    """Arrow arrays may start inside a byte of their bitmaps."""
    whole = pa.concat_tables([pa.table(CHIPS)] * 5).combine_chunks()
    for start in (0, 1, 7, 8, 9, 17):
        assert answers(whole.slice(start)) == (EXPECTED * 5)[start:]


def test_no_rows() -> None:
    found = chipclass.outcomes(pa.table(CHIPS).slice(0, 0), A, as_of=DAY).read_all()
    assert (found.num_rows, found.column_names) == (0, [A])


def test_the_answer_is_a_reader_of_dictionary_columns() -> None:
    found = chipclass.outcomes(pa.table(CHIPS), [B, A], as_of=DAY)
    assert found.schema.names == [B, A]
    assert all(field.type == pa.dictionary(pa.int8(), pa.string()) and not field.nullable for field in found.schema)
    frame = found.read_pandas()
    assert frame[A].tolist() == EXPECTED and frame[A].dtype == "category"


def test_all_provisions_of_the_day_and_columns_to_carry_along() -> None:
    source = pa.table({**CHIPS, "sku": [f"x{n}" for n in range(7)]})
    found = chipclass.outcomes(source, as_of=DAY, keep=["sku", "tpp"]).read_all()
    assert found.column_names == ["sku", "tpp", *book_of(load()).trees(DAY)]
    assert found["sku"].equals(source["sku"]) and found["tpp"].equals(source["tpp"])
    assert found[A].to_pylist() == EXPECTED
    assert chipclass.outcomes(source, A, as_of="2024-01-01", keep="sku").schema.names == ["sku", A]


def test_metadata_say_how_it_came_about() -> None:
    name = "us-ear/742.6-a-6-iii-A-worldwide"
    found = chipclass.outcomes(pa.table(CHIPS), [A, name, LETTER], as_of=DAY, destination="AE").schema
    head = json.loads(found.metadata[b"chipclass"])
    assert (head["as_of"], head["transaction"]["destination"]) == (DAY, "AE")
    assert head["columns"] == {name: name for name in CHIPS}
    assert head["unknown"] == [DRAM, IO, "dram_plus_interconnect_bandwidth"]
    assert found.field(name).metadata[b"posture"] == b"codified, not enforced"
    assert found.field(A).metadata[b"citation"].startswith(b"15 CFR 774")


def test_rows_stay_in_order_over_many_batches_and_threads() -> None:
    count = 5 * BATCH_ROWS + 17
    tpp = np.tile([4800.0, 1000.0, np.nan], count // 3 + 1)[:count]
    source = pa.table({"row": np.arange(count), "tpp": tpp})
    found = chipclass.outcomes(source, A, as_of=DAY, keep=["row"], threads=4).read_all()
    assert found["row"].to_pylist() == list(range(count))
    expected = ["met", "not met", "undecided"] * (count // 3 + 1)
    assert found[A].to_pylist() == expected[:count]


def test_memory_does_not_grow_with_the_table() -> None:
    """The source is read only as far ahead as there are batches under way."""
    made = 0

    def endless() -> Iterator[pa.RecordBatch]:
        nonlocal made
        while True:
            made += 1
            yield pa.record_batch({"tpp": np.full(1000, 4800.0)})

    schema = pa.schema([("tpp", pa.float64())])
    found = chipclass.outcomes(pa.RecordBatchReader.from_batches(schema, endless()), A, as_of=DAY, threads=2)
    for taken in range(1, 30):
        assert found.read_next_batch().num_rows == 1000
        assert made <= taken + 2 * 2 + 2
    tracemalloc.start()
    for _ in range(50):
        found.read_next_batch()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 2_000_000


# Columns and figures


def test_names_of_columns() -> None:
    renamed = {"tpp": CHIPS["tpp"], "applicable_die_area_mm2": CHIPS[AREA], "dc": CHIPS[DATACENTER]}
    assert answers(table(**renamed), columns={DATACENTER: "dc"}) == EXPECTED
    mapped = {"Performance": CHIPS["tpp"], AREA: CHIPS[AREA], DATACENTER: CHIPS[DATACENTER], "tpp": [0.0] * 7}
    assert answers(table(**mapped), columns={"tpp": "Performance"}) == EXPECTED


@pytest.mark.parametrize(
    "kind",
    [pa.int32(), pa.uint16(), pa.int64(), pa.float32(), pa.decimal128(9, 2)],
)
def test_kinds_of_numbers(kind: pa.DataType) -> None:
    assert answers(table(tpp=pa.array([4800, 4799, None], kind))) == ["met", "undecided", "undecided"]


def test_a_float_of_32_bits_is_read_in_its_own_digits() -> None:
    """500.01 in 32 bits is 500.010009765625 in 64: on that area the density would be below 5.92, and is 5.92."""
    area = pa.array([500.01, 500.02], pa.float32())
    assert area[0].as_py() > 500.01
    assert answers(table(tpp=[2960.0592] * 2, **{AREA: area, DATACENTER: [True] * 2})) == ["met", "not met"]


def test_not_a_number_is_not_known() -> None:
    assert answers(table(tpp=[4800.0, float("nan"), None], **{DATACENTER: [True] * 3})) == [
        "met",
        "undecided",
        "undecided",
    ]


def test_a_column_of_nothing_is_unknown() -> None:
    assert answers(table(tpp=pa.nulls(2), **{DATACENTER: pa.nulls(2)})) == ["undecided"] * 2


def test_intervals() -> None:
    source = table(
        tpp_low=[4800.0, 4000.0, None, 4000.0, None],
        tpp_high=[None, 4799.0, 1599.0, 5000.0, None],
        **{AREA: [None, 858.0, None, 858.0, None], DATACENTER: [False, True, True, True, True]},
    )
    assert answers(source) == ["met", "not met", "not met", "undecided", "undecided"]
    assert answers(table(tpp_low=[4800.0, 4799.0])) == ["met", "undecided"]


def test_a_density_of_its_own_is_not_divided_again() -> None:
    source = table(
        tpp=[2000.0] * 3, **{AREA: [100.0] * 3, DATACENTER: [True] * 3}, performance_density=[1.0, 5.92, None]
    )
    assert answers(source) == ["not met", "met", "undecided"]


def test_no_die_counts() -> None:
    source = table(tpp=[2000.0] * 4, **{AREA: [None, None, 100.0, 0.0], DATACENTER: [True] * 4})
    missing = pa.array([True, False, None, True])
    assert answers(source.append_column(f"{AREA}_undefined", missing)) == [
        "not met",
        "undecided",
        "undecided",
        "not met",
    ]


def test_sums_come_from_their_parts() -> None:
    """DRAM 1,400, I/O 1,100, both together 1,700: a part that is not known adds anything from 0."""
    source = table(
        **{
            DRAM: [600.0, 600.0, 700.0, None, 1399.9, 1399.9, None],
            IO: [1000.0, 1099.9, 1000.0, 1099.9, None, 300.1, None],
        }
    )
    expected = ["not met", "not met", "met", "undecided", "undecided", "met", "undecided"]
    assert answers(source, LETTER) == expected
    assert (
        answers(source.append_column("dram_plus_interconnect_bandwidth", pa.array([0.0] * 7)), LETTER)[2] == "not met"
    )
    parts = table(memory_bandwidth=source[DRAM], link_bandwidth=source[IO], host_bandwidth=[0] * 7)
    assert answers(parts, LETTER) == expected
    assert answers(table(link_bandwidth=[1100.0, 10.0]), LETTER) == ["met", "undecided"]


def test_sums_are_those_of_the_decimals() -> None:
    source = table(**{DRAM: [1300.1, 1300.1, 1300.1], IO: [399.9, 399.89999999999, 399.900000000001]})
    assert [a + b for a, b in zip(*source.to_pydict().values(), strict=True)] != [1700.0] * 3
    assert answers(source, LETTER) == ["met", "not met", "met"]


def test_which_product_a_row_is_nobody_says() -> None:
    source = table(**{DRAM: [100.0]})
    assert answers(source, [LETTER, "us-letters/2025-04-nvidia"]) == ["undecided"]


def test_the_transaction_decides_too() -> None:
    source = table(tpp=[5000.0], **{DRAM: [3000.0]})
    rule = "us-ear/742.6-a-6-iii-A"
    assert answers(source, rule, destination="CN") == ["met"]
    assert answers(source, rule, destination="DE") == ["not met"]
    assert answers(source, REVIEW, destination="CN") == ["undecided"]
    assert answers(source, REVIEW, destination="CN", stated=["certifications-dd"]) == ["met"]
    assert answers(source, REVIEW, destination="CN", shipped_from="SG", stated=["certifications-dd"]) == ["not met"]


def test_a_limit_of_the_users_own(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    assert sf.edit(folder, "rules/us-ear/3A090.a.toml", "4800", "5000")
    source = table(tpp=[4900.0], **{DATACENTER: [False]})
    assert (answers(source), answers(source, specs=sf.specs_of(folder))) == (["met"], ["not met"])


@pytest.mark.parametrize("destination", ["CN", "DE", None])
def test_every_provision_row_by_row_with_exact_fractions(destination: str | None) -> None:
    """Figures at and beside every limit, each row asked again alone, with quotients and sums in exact fractions."""
    choose = np.random.default_rng(7)
    specs, deal = load(), transaction(load(), as_of=DAY, destination=destination)
    trees = book_of(specs).trees(DAY)
    limits: dict[str, list[float]] = {}
    for tree in trees.values():
        for test in tree.tests():
            if test.kind == "number":
                limits.setdefault(test.metric, []).append(float(test.limit))
    beside = [0.0, 0.0, 1e-12, -1e-12, 2e-16, -2e-16, 0.1, -0.1]
    count = 60

    def column(values: list[float]) -> Any:
        picked = choose.choice(values, count) * (1 + choose.choice(beside, count))
        return pa.array(picked, mask=choose.random(count) < 0.15)

    turns = [tpp / density for tpp in limits["tpp"] for density in limits["performance_density"]]
    source = table(
        tpp=column(limits["tpp"]),
        **{
            AREA: column([*turns, 500.0]),
            DRAM: column([*limits[DRAM], 700.0]),
            IO: column([*limits[IO], 1000.0, 300.0]),
        },
        **{DATACENTER: pa.array(choose.random(count) < 0.5, mask=choose.random(count) < 0.15)},
    )
    found = chipclass.outcomes(source, as_of=DAY, destination=destination).read_all()
    tests = [test for tree in trees.values() for test in tree.tests()]
    known = truths(tests, deal, (), countries_of(specs)) | {t.text: MAYBE for t in tests if t.kind == "product"}
    for number, row in enumerate(source.to_pylist()):
        for name, tree in trees.items():
            possible = cells.outcomes({name: tree}, box_of(row, known))[name]
            assert found[name][number].as_py() == outcome_of(bool(possible.true), bool(possible.false)), (name, row)


def box_of(row: dict[str, Any], known: dict[str, Possible]) -> Box:
    def one(name: str, positive: bool = False) -> Interval:
        if row[name] is None:
            return Interval(Fraction(0), INF, positive, True)
        return Interval.point(exact(row[name]))

    dram, io = one(DRAM), one(IO)
    whole = Interval(dram.low + io.low, dram.high + io.high, False, dram.high_open or io.high_open)
    numbers: dict[str, Any] = {name: (value,) for name, value in ((DRAM, dram), (IO, io), ("tpp", one("tpp")))}
    numbers["dram_plus_interconnect_bandwidth"] = (whole,)
    numbers["performance_density"] = Ratio("tpp", (one(AREA, positive=True),))
    return Box(numbers, {**known, DATACENTER: {True: YES, False: NO, None: MAYBE}[row[DATACENTER]]})


# What is refused


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"tpp": [1.0, float("inf")]}, "column 'tpp', row 2: found inf; expected a figure from 0 on, or null"),
        ({"tpp": [-1.0]}, "column 'tpp', row 1: found -1; expected a figure from 0 on, or null"),
        ({"tpp": [None, None, -0.5]}, "column 'tpp', row 3: found -0.5; expected"),
        ({"tpp": [1.0], AREA: [0.0]}, f"column '{AREA}', row 1: found 0; expected a figure above 0, and null where it"),
        ({f"{AREA}_high": [0.0]}, f"column '{AREA}_high', row 1: found 0; expected a figure above 0, and null where"),
        ({"tpp": ["5000"]}, "column 'tpp' holds string; expected numbers"),
        ({"tpp": [True]}, "column 'tpp' holds bool; expected numbers"),
        ({"tpp": [1.0], DATACENTER: ["yes"]}, f"column '{DATACENTER}' holds string; expected true, false and null"),
        ({"tpp": [1.0], DATACENTER: [1]}, f"column '{DATACENTER}' holds int64; expected true, false and null"),
        ({"tpp_low": [2.0, 3.0], "tpp_high": [2.0, 1.0]}, "row 2: 3 in 'tpp_low' is above 1 in 'tpp_high'"),
        ({"tpp_low": [1.0], "tpp": [2.0]}, "columns 'tpp' and 'tpp_low' both give tpp; leave one of them out"),
        (
            {"tpp": [1.0], "applicable_die_area": [100.0], "applicable_die_area_mm2": [900.0]},
            "columns 'applicable_die_area' and 'applicable_die_area_mm2' both give applicable_die_area; leave one",
        ),
        (
            {"tpp": [1.0, 1.0], "applicable_die_area": [1.0, 100.0], "applicable_die_area_undefined": [False, True]},
            "row 2: 'applicable_die_area' gives a figure where 'applicable_die_area_undefined' says that there is none",
        ),
        (
            {"name": ["x"]},
            "no column gives a figure or a fact that the provisions read; expected one of applicable_die",
        ),
    ],
)
def test_columns_that_do_not_fit(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(chipclass.QueryError) as error:
        answers(pa.table(columns))
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_a_row_is_numbered_over_all_batches() -> None:
    tpp = np.zeros(3 * BATCH_ROWS)
    tpp[2 * BATCH_ROWS + 4] = -2
    with pytest.raises(chipclass.QueryError, match=f"column 'tpp', row {2 * BATCH_ROWS + 5}: found -2"):
        answers(table(tpp=tpp))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"provisions": "us-ear/3A090"}, "unknown provision 'us-ear/3A090'; did you mean 'us-ear/3A090."),
        ({"provisions": []}, "no provision to evaluate; name one, or leave provisions out for all"),
        ({"provisions": TARIFF, "as_of": "2024-01-01"}, f"{TARIFF} has no edition on 2024-01-01; leave it out"),
        ({"columns": {"tpp": "TTP"}}, "no column 'TTP'; expected one of"),
        ({"columns": {"ttp": "tpp"}}, "columns: 'ttp' is no metric or fact; did you mean 'tpp'?"),
        ({"keep": ["sku"]}, "no column 'sku'; expected one of"),
        ({"destination": "Atlantis"}, "unknown country 'Atlantis'; use an ISO code"),
    ],
)
def test_questions_that_do_not_fit(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(chipclass.QueryError) as error:
        chipclass.outcomes(pa.table(CHIPS), **{"provisions": A, "as_of": DAY, **arguments})
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


@pytest.mark.parametrize("provisions", [["us-letters/2025-04-amd"]])
def test_provisions_that_read_no_figures(provisions: list[str]) -> None:
    with pytest.raises(chipclass.QueryError, match=r"no provision asked for reads a figure or a fact on that day"):
        chipclass.outcomes(pa.table(CHIPS), provisions, as_of=DAY)


def test_sources_that_are_none(tmp_path: Path) -> None:
    text = tmp_path / "chips.csv"
    text.write_text("tpp\n5000\n", "utf-8")
    for source, message in (
        (tmp_path / "none.parquet", "none.parquet does not exist"),
        (text, "is not a Parquet file"),
        ([1, 2], "a list has no columns; expected a Parquet path, a pandas DataFrame or an Arrow table or reader"),
        (pd.DataFrame([[1.0, 2.0]], columns=["tpp", "tpp"]), "column 'tpp' is there 2 times"),
        (pd.DataFrame({"tpp": [1.0, "x"]}, dtype=object), "the data frame does not fit into columns"),
    ):
        with pytest.raises(chipclass.QueryError, match=message):
            answers(source)


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "chips.parquet"
    pq.write_table(pa.table({"tpp": np.random.default_rng(1).random(200_000)}), path)
    data = bytearray(path.read_bytes())
    data[1000:200_000] = bytes(199_000)
    path.write_bytes(data)
    with pytest.raises(chipclass.QueryError, match=r"chips\.parquet cannot be read to its end"):
        answers(path)


def test_pandas_is_not_loaded_for_a_file(tmp_path: Path) -> None:
    """It would take longer than a million rows."""
    import subprocess
    import sys

    path = tmp_path / "chips.parquet"
    pq.write_table(pa.table(CHIPS), path)
    code = (
        f"import sys, chipclass; found = chipclass.outcomes({str(path)!r}, as_of={DAY!r})\n"
        "assert next(found).num_rows == 7; sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_bits_are_unpacked_where_they_lie() -> None:
    array = pa.array([True, False, None] * 20)
    for start in range(20):
        part = array.slice(start, 11)
        assert batches.answers_of(part, "x").tolist() == [2 if v is None else int(v) for v in part.to_pylist()]
