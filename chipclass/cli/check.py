"""``chipclass check``: are the spec files fit to decide on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from chipclass import __version__
from chipclass.classification import SCHEMA
from chipclass.cli import FAILED, layout
from chipclass.places import specs_folder
from chipclass.specdb.compile import Compiler
from chipclass.specdb.problems import SpecError


def run(folders: Sequence[Path], format: str) -> int:
    for folder in folders:
        if not folder.is_dir():
            raise FileNotFoundError(2, "not a folder; --specs takes a folder laid out like specs/", str(folder))
    compiler = Compiler([specs_folder(), *(folder.resolve() for folder in folders)])
    try:
        index = compiler.run()
        problems = [p for p in compiler.problems if p.severity != "error"]
    except SpecError as error:
        index, problems = None, error.problems
    if format == "json":
        entries = [{"file": p.file, "place": p.place, "message": p.message, "severity": p.severity} for p in problems]
        head = {"schema": SCHEMA, "chipclass": __version__, "specs": index["hash"] if index else None}
        print(json.dumps({**head, "ok": index is not None, "problems": entries}, indent=2))
        return 0 if index is not None else FAILED
    for problem in problems:
        print(layout.wrapped(f"{problem.severity}: {problem}"))
    if index is None:
        print(f"{len(problems)} errors; nothing is used until they are mended")
        return FAILED
    counts = ", ".join(
        f"{len(index[key])} {key}" for key in ("chips", "families", "products", "dies", "rules", "sources")
    )
    facts = sum(len(record.get("facts", ())) for table in ("chips", "dies") for record in index[table].values())
    print(layout.wrapped(f"specs {index['hash']}: {counts}, {facts} facts; {len(problems)} warnings"))
    return 0
