"""The race against SQL is a race over the same question: where nothing is unknown, both sides answer alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import provisions

ROWS = 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.parquet"


def test_without_unknowns_the_sql_says_the_same(path: Path) -> None:
    provisions.write(path, ROWS, unknown=0)
    found = provisions.compare(path)
    assert list(found) == list(provisions.CONDITIONS)
    for name, count in found.items():
        assert 0 < count["met"] < ROWS, f"{name}: a condition that never turns is no race"
        assert {key: number for key, number in count.items() if key != "met"} == dict.fromkeys(
            ("undecided", "undecided, not met in SQL", "met, not met in SQL", "not met, met in SQL"), 0
        )


def test_with_unknowns_the_sql_calls_not_met_what_cannot_be_excluded(path: Path) -> None:
    provisions.write(path, ROWS)
    for count in provisions.compare(path).values():
        assert count["undecided, not met in SQL"] == count["undecided"] > 0
        assert (count["met, not met in SQL"], count["not met, met in SQL"]) == (0, 0)


def test_the_file_is_the_same_every_time(path: Path, tmp_path: Path) -> None:
    provisions.write(path, 1000)
    provisions.write(tmp_path / "again.parquet", 1000)
    table = pq.read_table(path)
    assert table.equals(pq.read_table(tmp_path / "again.parquet"))
    assert all(50 < column.null_count < 200 for column in table.columns)


def test_a_density_exactly_at_a_limit_is_caught_and_lost_in_floats(path: Path) -> None:
    """1.6 x 1,598.5 is 2,557.6; in floats it is more."""
    row = {"tpp": 2557.6, "applicable_die_area": 1598.5, "total_dram_bandwidth": 1.0, "interconnect_bandwidth": 1.0}
    pq.write_table(pa.Table.from_pylist([{**row, "designed_or_marketed_for_datacenter": True}]), path)
    assert provisions.compare(path)["us-ear/3A090.b"]["met, not met in SQL"] == 1


@pytest.mark.parametrize("side", provisions.SIDES)
def test_every_side_runs_and_counts_the_same(side: str, path: Path) -> None:
    provisions.write(path, ROWS, unknown=0)
    found = provisions.compare(path)
    counts = provisions.SIDES[side](path)
    assert counts == [count["met"] for count in found.values()]
    assert np.sum(counts) > 0


def test_it_prints_both_sides(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provisions, "RUNS", 1)
    provisions.main(2000)
    shown = capsys.readouterr().out
    assert "2,000 rows, 10 provisions" in shown and "DuckDB takes" in shown
    assert all(name in shown for name in provisions.CONDITIONS)
    assert max(len(line) for line in shown.splitlines()) <= 80
