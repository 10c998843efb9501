"""An audit of a generated catalogue against the loop a user would write over the same rows.

The loop knows part numbers and names from a dictionary and looks for them in each row; it computes nothing. Rows: one
in a hundred names a product of the database, the rest are other goods. Peak memory is the process's own.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from chipclass.specdb.store import load

ROWS = 200_000
GOODS = (
    "Cable Cat6A 3 m",
    "DIMM 64GB DDR5-4800",
    "SSD 7.68TB U.2",
    "Rack rail kit 1U",
    "Power supply 2400 W",
    "Fan tray",
)
AUDIT = """
import json, resource, sys
from chipclass.auditing.run import audit
result = audit(sys.argv[1], output=sys.argv[2], as_of="2026-09-24")
print(json.dumps({"status": result.summary["status"],
                  "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""


def names() -> list[tuple[str, str]]:
    """(part number or nothing, name) of every chip and product."""
    specs = load()
    found = []
    for table in ("chips", "products"):
        for item in specs.items(table):
            numbers = [value for entry in item.identifiers for value in entry.values if entry.kind == "part-number"]
            found.append((numbers[0] if numbers else "", item.name))
    return found


def catalogue(path: Path, rows: int) -> None:
    choose = random.Random(4090)
    products = names()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "part_number", "description", "qty"])
        for row in range(rows):
            if choose.random() < 0.01:
                number, name = choose.choice(products)
                writer.writerow([row, number, f"{name} new, lot {row}", choose.randint(1, 64)])
            else:
                writer.writerow([row, f"X{row:09d}", f"{choose.choice(GOODS)}, lot {row}", choose.randint(1, 64)])


def by_loop(path: Path) -> int:
    """What a user writes first: a dictionary and a loop."""
    known = {text.lower() for pair in names() for text in pair if text}
    frame = pd.read_csv(path, dtype=str)
    hits = 0
    for _, row in frame.iterrows():
        text = f"{row['part_number']} {row['description']}".lower()
        hits += any(name in text for name in known)
    return hits


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "catalogue.csv", Path(folder) / "out.parquet"
        catalogue(source, ROWS)
        begun = time.perf_counter()
        command = [sys.executable, "-c", AUDIT, str(source), str(out)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        ours = time.perf_counter() - begun
        sample = Path(folder) / "sample.csv"
        catalogue(sample, ROWS // 10)
        begun = time.perf_counter()
        hits = by_loop(sample)
        theirs = (time.perf_counter() - begun) * 10
    print(
        f"  chipclass audit, {ROWS:,} rows  {ours:8.2f} s   {ROWS / ours:10,.0f} rows/s   {told['memory'] // 1024} MiB"
    )
    print(f"  dictionary in a loop (scaled) {theirs:8.2f} s   {theirs / ours:6.1f} x as long")
    print(f"  {told['status']}; the loop found about {hits * 10} rows")
