"""Ten provisions over ten million rows of figures with unknowns, from Parquet, against the same conditions in SQL.

Both sides read the same file with the same number of threads and hand out ten columns for every row as Arrow batches,
which are counted; each run is a process of its own, in turns. The SQL is what somebody writes who knows DuckDB and has
read the rules: shared conditions are named once, operators are those of the text, density is compared as a product. It
knows true, false and NULL of single tests, and its reader takes what is not true for not met.

``python -m benchmarks.provisions ROWS`` runs it on another number of rows.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 10_000_000
RUNS = 3
THREADS = 2
QUESTION = {"as_of": "2026-09-24", "destination": "CN", "stated": ["certifications-dd"], "heading": "8471.50"}

#: Provision -> its condition on 2026-09-24, for an export from the United States to China, in terms of SHARED.
CONDITIONS = {
    "us-ear/3A090.a": "a",
    "us-ear/3A090.b": "b",
    "us-ear/4A090.a": "a",
    "us-ear/4A090.b": "only_b",
    "us-ear/742.6-a-6-iii-A": "a",
    "us-ear/742.6-a-6-iii-B": "only_b",
    "us-ear/742.6-b-10-denial": "caught",
    "us-ear/742.6-b-10-iii-A-1": "caught AND tpp < 21000 AND dram < 6500",
    "us-tariff/note-39-b": """(tpp > 14000 AND tpp < 17500 AND dram > 4500 AND dram < 5000)
        OR (tpp > 20800 AND tpp < 21100 AND dram > 5800 AND dram < 6200)""",
    "us-letters/2025-04-bandwidth": "dram >= 1400 OR io >= 1100 OR dram + io >= 1700",
}
SHARED = """
    WITH rows AS (
        SELECT tpp, applicable_die_area AS area, total_dram_bandwidth AS dram, interconnect_bandwidth AS io,
            designed_or_marketed_for_datacenter AS datacenter
        FROM read_parquet('{path}')),
    branches AS (
        SELECT *,
            (tpp >= 4800 OR (tpp >= 1600 AND tpp >= 5.92e0 * area)) AND (datacenter OR tpp >= 4800) AS a,
            ((tpp >= 2400 AND tpp < 4800 AND tpp >= 1.6e0 * area AND tpp < 5.92e0 * area)
                OR (tpp >= 1600 AND tpp >= 3.2e0 * area AND tpp < 5.92e0 * area))
                AND (datacenter OR tpp >= 4800) AS b
        FROM rows),
    parted AS (SELECT *, b AND NOT a AS only_b FROM branches),
    named AS (SELECT *, a OR only_b AS caught FROM parted)
    """


def sql(path: Path) -> str:
    chosen = ", ".join(f'{condition} AS "{name}"' for name, condition in CONDITIONS.items())
    return f"{SHARED.format(path=path)} SELECT {chosen} FROM named"


def write(path: Path, rows: int, unknown: float = 0.1) -> None:
    """A file of random figures in the digits that sources print, a part of each column null."""
    choose = np.random.default_rng(3090)
    names = ("tpp", "applicable_die_area", "total_dram_bandwidth", "interconnect_bandwidth")
    ends = ((0, 25000, 1), (50, 1700, 1), (100, 8000, 0), (16, 2000, 0))
    fields = [(name, pa.float64()) for name in names] + [("designed_or_marketed_for_datacenter", pa.bool_())]
    with pq.ParquetWriter(path, pa.schema(fields)) as writer:
        for start in range(0, rows, 1_000_000):
            count = min(1_000_000, rows - start)
            figures = [np.round(choose.uniform(low, high, count), digits) for low, high, digits in ends]
            columns = [*figures, choose.random(count) < 0.5]
            arrays = [pa.array(column, mask=choose.random(count) < unknown) for column in columns]
            writer.write_table(pa.table(arrays, schema=pa.schema(fields)))


# The sides


def by_chipclass(path: Path) -> pa.RecordBatchReader:
    import chipclass

    return chipclass.outcomes(path, CONDITIONS, threads=THREADS, **QUESTION)  # type: ignore[arg-type]


def by_duckdb(path: Path, question: str = "") -> pa.RecordBatchReader:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    return pa.RecordBatchReader.from_stream(connection.sql(question or sql(path)))


def counted(batches: pa.RecordBatchReader) -> list[int]:
    """How many rows are met, or true, in each column."""
    counts = [0] * len(CONDITIONS)
    for batch in batches:
        counts = [count + met(column) for count, column in zip(counts, batch.columns, strict=True)]
    return counts


def met(column: pa.Array) -> int:
    if pa.types.is_dictionary(column.type):
        code = column.dictionary.to_pylist().index("met")
        return int(np.count_nonzero(np.asarray(column.indices) == code))
    return int(column.true_count)


def counted_by_duckdb(path: Path) -> list[int]:
    """Another race: no column is handed out."""
    chosen = ", ".join(f'count(*) FILTER (WHERE "{name}")' for name in CONDITIONS)
    [batch] = by_duckdb(path, f"SELECT {chosen} FROM ({sql(path)})")
    return [column[0].as_py() for column in batch.columns]


SIDES: dict[str, Callable[[Path], list[int]]] = {
    "chipclass": lambda path: counted(by_chipclass(path)),
    "duckdb": lambda path: counted(by_duckdb(path)),
    "duckdb, counts only": counted_by_duckdb,
}


def run(side: str, path: Path) -> dict[str, Any]:
    """One run in this process, from the question to the last count; the packages are loaded before."""
    for module in ("chipclass.columns", "chipclass.logic.signatures") if side == "chipclass" else ("duckdb",):
        import_module(module)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    begun, worked = time.perf_counter(), time.process_time()
    counts = SIDES[side](path)
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - worked,
        "memory": peak_memory(),
        "met": counts,
    }


def peak_memory() -> int:
    """MiB that this process held at most. Linux counts anew from the start of the program; others from its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) // 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)


def race(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Both sides in turns, each run in a process of its own."""
    runs: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for _ in range(RUNS):
        for side, done in runs.items():
            command = [sys.executable, "-m", "benchmarks.provisions", side, str(path)]
            done.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return runs


def compare(path: Path) -> dict[str, Mapping[str, int]]:
    """Per provision, over all rows: outcomes of chipclass, and what the SQL says of them."""
    ours, theirs = by_chipclass(path).read_all(), by_duckdb(path).read_all()
    found = {}
    for name in CONDITIONS:
        words = ours[name].combine_chunks().dictionary.to_pylist()
        codes = np.concatenate([np.asarray(chunk.indices) for chunk in ours[name].chunks])
        true = np.concatenate([chunk.fill_null(False).to_numpy(zero_copy_only=False) for chunk in theirs[name].chunks])
        is_met, is_open = codes == words.index("met"), codes == words.index("undecided")
        found[name] = {
            "met": int(is_met.sum()),
            "undecided": int(is_open.sum()),
            "undecided, not met in SQL": int((is_open & ~true).sum()),
            "met, not met in SQL": int((is_met & ~true).sum()),
            "not met, met in SQL": int((~is_met & ~is_open & true).sum()),
        }
    return found


def main(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path, rows)
        runs = race(path)
        found = compare(path)
    best = {side: min(run["seconds"] for run in done) for side, done in runs.items()}
    middle = {side: statistics.median(run["seconds"] for run in done) for side, done in runs.items()}
    print(f"  {rows:,} rows, {len(CONDITIONS)} provisions, {THREADS} threads, {RUNS} runs each in turns")
    print(f"  {'':<20}{'best':>8}{'median':>9}{'M rows/s':>10}{'CPU':>9}{'memory':>10}")
    for side, done in runs.items():
        cpu = min(run["cpu"] for run in done)
        memory = max(run["memory"] for run in done)
        rate = rows / best[side] / 1e6
        print(f"  {side:<20}{best[side]:6.2f} s{middle[side]:7.2f} s{rate:10.1f}{cpu:7.2f} s{memory:6,} MiB")
    ratio = f"{best['duckdb'] / best['chipclass']:.2f} (best) and {middle['duckdb'] / middle['chipclass']:.2f} (median)"
    print(f"  DuckDB takes {ratio} times as long")
    print(f"\n  {'rows':<30}{'met':>11}{'undecided':>12}{'not met in SQL':>17}")
    for name, count in found.items():
        print(f"  {name:<30}{count['met']:11,}{count['undecided']:12,}{count['undecided, not met in SQL']:17,}")
    other = sum(count["met, not met in SQL"] + count["not met, met in SQL"] for count in found.values())
    print(f"  the last column cannot be excluded; decided outcomes that differ: {other:,}")


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in SIDES:
        print(json.dumps(run(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(*(int(text.replace("_", "")) for text in sys.argv[1:2]))
