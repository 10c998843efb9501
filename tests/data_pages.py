"""Pages about the data, written from it: what the figures rest on, and what every column means.

``python -m tests.data_pages`` writes them anew; a test checks that they are fresh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from chipclass.cli.check import coverage_screen
from chipclass.coverage import tables
from chipclass.listings import dictionary_table
from chipclass.specdb.store import load

DOCS = Path(__file__).resolve().parent.parent / "docs"
QUESTION = """SELECT owner_name, attribute, format, text, source_title, locator
FROM 'facts.parquet'
WHERE decides AND status = 'press' AND set_aside IS NULL
ORDER BY owner_id, attribute, format"""
TITLES = {
    "wide": "Wide: one row per chip",
    "long": "Long: one row per fact",
    "products": "Products: one row per board, server, rack or instance and chip in it",
    "identifiers": "Identifiers: one row per part number or PCI id",
}


def coverage() -> Iterator[str]:
    yield "# What the figures rest on\n"
    yield "Written by `python -m tests.data_pages`; `chipclass check --coverage` prints the same for any specs.\n"
    yield coverage_screen(tables(load()), markdown=True)


def dictionary() -> Iterator[str]:
    yield "# Data dictionary\n"
    yield (
        "Every column of the tables that `chipclass export` writes. Units and meanings come from "
        "`specs/attributes.toml` and `specs/metrics.toml`.\nIn Parquet and Arrow files they stand in the metadata too; "
        "`chipclass export --shape dictionary -o columns.csv` writes this page as a table.\n"
        "An empty cell is unknown, never zero. Written by `python -m tests.data_pages`.\n"
    )
    yield "Which figures rest on press reports? `chipclass export --shape long -o facts.parquet`, then in DuckDB:\n"
    yield f"```sql\n{QUESTION}\n```"
    rows = dictionary_table(load()).to_pylist()
    for table, title in TITLES.items():
        yield f"\n## {title}\n"
        yield "| column | type | unit | meaning |"
        yield "| --- | --- | --- | --- |"
        for row in rows:
            if row["table"] == table:
                cite = f" ({row['cite']})" if row["cite"] else ""
                yield f"| `{row['column']}` | {row['type']} | {row['unit'] or ''} | {row['meaning']}{cite} |"


PAGES: dict[str, Callable[[], Iterator[str]]] = {"coverage.md": coverage, "data-dictionary.md": dictionary}


def text(page: str) -> str:
    return "\n".join(PAGES[page]()) + "\n"


def main() -> None:
    for page in PAGES:
        (DOCS / page).write_text(text(page), "utf-8")


if __name__ == "__main__":
    main()
