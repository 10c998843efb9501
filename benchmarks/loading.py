"""Loading: one product out of 40 and out of 600, as whole processes in turns, and all products at once.

The databases are cut and filled up from the project's own: 40 keeps the first 40 chips and products, 600 adds copies
under other names. The process loads the index and classifies one product, which is what the command does after typer.
Beside it: the same records as one JSON file, which a simple program would read whole.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import chipclass
from chipclass.specdb.index import TABLES, File, write
from chipclass.specdb.store import Specs

SIZES = (40, 600)
ROUNDS = 21
KEPT = ("nvidia-h200-sxm",)
ONE = """
import sys
from pathlib import Path
from chipclass.classification import classify
from chipclass.specdb.index import File
from chipclass.specdb.store import Specs
classify("nvidia-h200-sxm", specs=Specs(File(Path(sys.argv[1]))))
"""


def sized(count: int) -> dict[str, Any]:
    """The project's index with ``count`` chips and products."""
    index = {name: dict(part) if name in TABLES else part for name, part in chipclass.load().index.items()}
    chips, products = index["chips"], index["products"]
    names = dict.fromkeys([*KEPT, *chips, *products])
    if len(names) > count:
        kept = set(itertools.islice(names, count))
        for table in (chips, products):
            for name in [name for name in table if name not in kept]:
                del table[name]
    originals, facts = list(chips.items()), index["facts"]
    for number in range(count - len(chips) - len(products)):
        name, record = originals[number % len(originals)]
        copy = f"{name}-copy-{number}"
        chips[copy] = {**record, "id": copy, "name": f"{record['name']} copy {number}", "aliases": [], "families": []}
        facts[copy] = facts[name]
        index["names"][copy.replace("-", "")] = [copy]
    return index


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for size in SIZES:
            paths[size] = Path(folder) / f"{size}.sqlite"
            write(sized(size), paths[size])
        times = _processes(paths)
        few, many = (statistics.median(times[size]) for size in SIZES)
        for size, middle in zip(SIZES, (few, many), strict=True):
            print(f"  one product out of {size:<4} {middle * 1000:6.0f} ms as a process   {middle / few:5.2f} x")
        _all(paths[SIZES[1]], Path(folder))


def _processes(paths: Mapping[int, Path]) -> dict[int, list[float]]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    times: dict[int, list[float]] = {size: [] for size in paths}
    for round_number in range(ROUNDS + 1):
        for size, path in paths.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", ONE, str(path)], check=True, env=environment)
            if round_number:
                times[size].append(time.perf_counter() - begun)
    return times


def _all(path: Path, folder: Path) -> None:
    """Every record, and every fact as exact figures, from a file that was not read before."""
    records, facts, plain = [], [], []
    whole = folder / "whole.json"
    index = File(path)
    tables = ("chips", "products", "dies", "families")
    whole.write_text(json.dumps({name: dict(index[name]) for name in (*tables, "facts")}), "utf-8")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        specs = Specs(File(path))
        items = [item for table in tables for item in specs.items(table)]
        records.append(time.perf_counter() - begun)
        count = sum(1 for item in items for _ in item.facts)
        facts.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        json.loads(whole.read_text("utf-8"))
        plain.append(time.perf_counter() - begun)
    print(f"  all {len(items)} records      {statistics.median(records) * 1000:6.1f} ms (aim: under 30)")
    print(f"  with {count} facts   {statistics.median(facts) * 1000:6.1f} ms")
    print(f"  plain json.loads      {statistics.median(plain) * 1000:6.1f} ms")
