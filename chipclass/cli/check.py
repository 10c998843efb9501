"""``chipclass check``: are the spec files fit to decide on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chipclass import __version__
from chipclass.classification import SCHEMA
from chipclass.cli import FAILED, layout
from chipclass.places import specs_folder
from chipclass.specdb.compile import Compiler
from chipclass.specdb.problems import Problem, SpecError
from chipclass.specdb.store import Specs


def run(folders: Sequence[Path], format: str) -> int:
    for folder in folders:
        if not folder.is_dir():
            raise FileNotFoundError(2, "not a folder; --specs takes a folder laid out like specs/", str(folder))
    index, problems = checked([specs_folder(), *(folder.resolve() for folder in folders)])
    if format == "json":
        entries = [{"file": p.file, "place": p.place, "message": p.message, "severity": p.severity} for p in problems]
        head = {"schema": SCHEMA, "chipclass": __version__, "specs": index["hash"] if index else None}
        print(json.dumps({**head, "ok": index is not None, "problems": entries}, indent=2))
        return 0 if index is not None else FAILED
    for problem in problems:
        print(layout.wrapped(f"{problem.severity}: {problem}"))
    if index is None:
        count = sum(problem.severity == "error" for problem in problems)
        print(f"{count} error{'s' if count != 1 else ''}; to be mended before anything is decided on these files")
        return FAILED
    counts = ", ".join(
        f"{len(index[key])} {key}" for key in ("chips", "families", "products", "dies", "rules", "sources")
    )
    facts = sum(len(record.get("facts", ())) for table in ("chips", "dies") for record in index[table].values())
    print(layout.wrapped(f"specs {index['hash']}: {counts}, {facts} facts; {len(problems)} warnings"))
    return 0


def checked(folders: list[Path]) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """The index of the folders, None where there are errors, and everything found.

    Beside what keeps the files from being compiled this finds what makes them unfit to decide on: provisions that
    contradict each other without saying so, and such as nothing can reach.
    """
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
    found = {*compiler.problems, *overlap_problems(book, worlds, files), *reach_problems(book, worlds, files)}
    problems = sorted(found, key=lambda problem: (problem.severity, problem))
    return (None if any(p.severity == "error" for p in problems) else index), problems
