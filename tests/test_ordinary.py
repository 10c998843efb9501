"""The tally of names in ordinary lists counts what it says."""

from __future__ import annotations

from pathlib import Path

from chipclass.specdb.store import load
from tests.ordinary import row, tally

TITLES = ["a desk", "NVIDIA H200 NVL", "NVIDIA H200 NVL", "NZXT H200 case", "GPU server", "RTX 4090 24GB, boxed", ""]


def test_a_list_is_tallied_by_distinct_titles_and_what_is_measured_stays_hidden(tmp_path: Path) -> None:
    path = tmp_path / "goods.txt"
    path.write_text("\n".join(TITLES), "utf-8")
    counted = tally(load(), path, [" RTX 4090 24GB "])
    assert (counted.titles, counted.strong, counted.hidden, counted.shown) == (5, 2, 1, 1)
    assert [title for hits in counted.hits.values() for _, title in hits] == ["NVIDIA H200 NVL"]
    assert row("goods", [counted]).split()[:5] == ["goods", "5", "2", "1", "1"]
