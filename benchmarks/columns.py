"""``chipclass.outcomes`` on a data frame against the loop a user would write: the class of each row.

The loop knows no unknowns (a missing area reads as "not caught", the mistake of every calculator seen), and is
still slower. Rows: a million random chips, a tenth of them without a die area.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

import chipclass

ROWS = 1_000_000
DATE = "2026-09-24"
CLASSES = ["us-ear/3A090.a", "us-ear/3A090.b"]


def chips(rows: int) -> pd.DataFrame:
    random = np.random.default_rng(3090)
    area = random.uniform(100, 858, rows)
    area[random.random(rows) < 0.1] = np.nan
    tpp, datacenter = random.uniform(0, 20000, rows), random.random(rows) < 0.5
    return pd.DataFrame({"tpp": tpp, "applicable_die_area": area, "designed_or_marketed_for_datacenter": datacenter})


def by_loop(frame: pd.DataFrame) -> pd.Series:
    def paragraph(row: pd.Series) -> str:
        area = row.applicable_die_area
        density = row.tpp / area if area == area else 0
        if not row.designed_or_marketed_for_datacenter and row.tpp < 4800:
            return ""
        if row.tpp >= 4800 or (row.tpp >= 1600 and density >= 5.92):
            return "a"
        if (row.tpp >= 2400 and density >= 1.6) or (row.tpp >= 1600 and density >= 3.2):
            return "b"
        return ""

    return frame.apply(paragraph, axis=1)


def main() -> None:
    frame = chips(ROWS)
    begun = time.perf_counter()
    found = chipclass.outcomes(frame, CLASSES, as_of=DATE).read_pandas()
    ours = time.perf_counter() - begun
    sample = frame.head(ROWS // 20)
    begun = time.perf_counter()
    looped = by_loop(sample)
    theirs = (time.perf_counter() - begun) * ROWS / len(sample)
    can_hold = (found != "not met").any(axis=1).to_numpy()
    certain = (found == "met").any(axis=1).to_numpy()
    print(f"  chipclass.outcomes      {ours:8.2f} s   {ROWS / ours / 1e6:6.2f} M rows/s")
    print(f"  pandas apply (scaled)   {theirs:8.2f} s   {theirs / ours:6.1f} x as long")
    wrong = int((can_hold[: len(sample)] & (looped == "").to_numpy()).mean() * ROWS)
    print(f"  caught {certain.sum():,}, cannot be excluded {(can_hold & ~certain).sum():,}, free {(~can_hold).sum():,}")
    print(f"  the loop calls about {wrong:,} rows free that are caught or cannot be excluded")
