"""``chipclass check``: are the spec files fit to decide on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass import __version__
from chipclass.classification import SCHEMA
from chipclass.cli import FAILED, layout
from chipclass.coverage import STANDINGS, TITLES, Share, tables
from chipclass.places import specs_folder
from chipclass.specdb.compile import Compiler
from chipclass.specdb.problems import Problem, SpecError
from chipclass.specdb.store import Specs


def run(folders: Sequence[Path], format: str, coverage: bool = False) -> int:
    for folder in folders:
        if not folder.is_dir():
            raise FileNotFoundError(2, "not a folder; --specs takes a folder laid out like specs/", str(folder))
    index, problems = checked([specs_folder(), *(folder.resolve() for folder in folders)])
    if format == "json":
        entries = [{"file": p.file, "place": p.place, "message": p.message, "severity": p.severity} for p in problems]
        head = {"schema": SCHEMA, "chipclass": __version__, "specs": index["hash"] if index else None}
        share = {"coverage": _coverage_json(index)} if coverage and index else {}
        print(json.dumps({**head, "ok": index is not None, "problems": entries, **share}, indent=2, allow_nan=False))
        return 0 if index is not None else FAILED
    markdown = format == "md"
    for problem in problems:
        print(layout.wrapped(f"{problem.severity}: {problem}"))
    if index is None:
        count = sum(problem.severity == "error" for problem in problems)
        print(f"{count} error{'s' if count != 1 else ''}; to be mended before anything is decided on these files")
        return FAILED
    counts = ", ".join(
        f"{len(index[key])} {key}" for key in ("chips", "families", "products", "dies", "rules", "sources")
    )
    facts = sum(len(stored["rows"]) for stored in index["facts"].values())
    print(layout.wrapped(f"specs {index['hash']}: {counts}, {facts} facts; {len(problems)} warnings"))
    if coverage:
        print(f"\n{coverage_screen(tables(Specs(index)), markdown)}")
    return 0


def _coverage_json(index: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: [{"name": share.name, "figures": share.figures, **share.counts} for share in found]
        for key, found in tables(Specs(index)).items()
    }


def coverage_screen(found: Mapping[str, Sequence[Share]], markdown: bool = False) -> str:
    """The shares as tables of counts and percentages; what the standings mean comes first."""
    meaning = (
        "primary: read in the vendor's own document; quoted: read in a text that quotes such a document; "
        "secondary: from others. A figure counts with the best of its claims."
    )
    blocks = [meaning if markdown else layout.wrapped(meaning)]
    for key, rows in found.items():
        title = TITLES[key]
        cells = [_cells(share) for share in rows]
        head = ("", "figures", *STANDINGS)
        if markdown:
            lines = ["| " + " | ".join(row) + " |" for row in [head, ("---", *["---:"] * 4), *cells]]
            blocks.append("\n".join([f"### {title[0].upper()}{title[1:]}", "", *lines]))
        else:
            width = max(len(row[0]) for row in cells)
            lines = [f"{row[0]:<{width}}" + "".join(f"{cell:>11}" for cell in row[1:]) for row in [head, *cells]]
            blocks.append("\n".join([layout.heading(title), *lines]))
    return "\n\n".join(blocks)


def _cells(share: Share) -> tuple[str, ...]:
    percent = (f"{share.share(standing):.0%}" for standing in STANDINGS)
    return (share.name.replace("_", " "), f"{share.figures:,}", *percent)


def checked(folders: list[Path]) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """The index of the folders, None where there are errors, and everything found.

    Beside what keeps the files from being compiled this finds what makes them unfit to decide on: figures that cannot
    be, provisions that contradict each other without saying so, and such as nothing can reach.
    """
    from chipclass.plausibility import figure_problems
    from chipclass.rules.book import book_of
    from chipclass.rules.conflicts import overlap_problems
    from chipclass.rules.reach import reach_problems
    from chipclass.rules.worlds import Worlds

    compiler = Compiler(folders)
    try:
        index = compiler.run()
    except SpecError as error:
        return None, error.problems
    specs = Specs(index)
    book, worlds = book_of(specs), Worlds(specs)
    files = {name: compiler.places["rule", name] for name in book.provisions}
    figures = figure_problems(specs, compiler.places)
    found = {*compiler.problems, *figures, *overlap_problems(book, worlds, files), *reach_problems(book, worlds, files)}
    problems = sorted(found, key=lambda problem: (problem.severity, problem))
    return (None if any(p.severity == "error" for p in problems) else index), problems
