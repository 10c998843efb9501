"""The pages about the data are those of the data, and the question on them is answered."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import chipclass
from chipclass.specdb.store import load
from tests import data_pages


@pytest.mark.parametrize("page", data_pages.PAGES)
def test_the_page_is_fresh(page: str) -> None:
    assert (data_pages.DOCS / page).read_text("utf-8") == data_pages.text(page)


def test_which_figures_rest_on_press_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chipclass.export_specs("facts.parquet", shape="long")
    with duckdb.connect() as connection:
        found = connection.execute(data_pages.QUESTION).fetchall()
    specs = load()
    items = [item for table in ("chips", "dies") for item in specs.items(table)]
    facts = [fact for item in items for fact in item.facts if fact.status == "press" and not fact.set_aside]
    titles = {specs.source(fact.source)["title"] for fact in facts}
    assert 0 < len(found) <= len(facts)
    assert {row[4] for row in found} <= titles
    assert all(row[5] for row in found)
