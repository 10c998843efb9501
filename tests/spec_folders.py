"""Copies of the spec folder with one thing changed, for tests of what follows from the data."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from chipclass.cli.check import checked
from chipclass.places import specs_folder
from chipclass.specdb.compile import Compiler, compile_specs
from chipclass.specdb.problems import Problem, SpecError
from chipclass.specdb.store import Specs

SOURCE = """
[acme-datasheet]
title = "Acme X1 data sheet"
publisher = "Acme"
kind = "primary"
url = "https://acme.example/x1"
published = 2026-01-05
"""

CHIP_FILE = "chips/acme/x1.toml"
RULE_FILE = "rules/us-ear/9X999.toml"
#: A rule of each kind: what a planted one is held against where the whole book would only take longer.
FEW_RULES = {
    "us-ear/3A090.a",
    "us-ear/3A090.b",
    "us-ear/4A090.a",
    "us-ear/742.6-a-6-iii-A",
    "us-ear/742.6-a-6-iii-A-worldwide",
    "us-ear/742.6-b-10-approval-reported",
    "us-ear/742.6-b-10-denial",
    "us-ear/742.6-b-10-iii-A-1",
    "us-tariff/note-39-b",
}


def copied(tmp_path: Path) -> Path:
    """The project's own specs, copied to where a test may change them."""
    return Path(shutil.copytree(specs_folder(), tmp_path / "specs"))


def few_rules(tmp_path: Path) -> Path:
    """The same with only a rule of each kind."""
    folder = copied(tmp_path)
    for path in (folder / "rules").rglob("*.toml"):
        if path.relative_to(folder / "rules").as_posix().removesuffix(".toml") not in FEW_RULES:
            path.unlink()
    return folder


def write(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def append(folder: Path, name: str, text: str) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(text)


def edit(folder: Path, name: str, old: str, new: str, count: int = 0) -> int:
    """Replace text in a file; a text that is not there is a mistake of the test."""
    path = folder / name
    before = path.read_text("utf-8")
    assert old in before, f"{old!r} no longer stands in {name}"
    path.write_text(before.replace(old, new, count or -1), "utf-8")
    return before.count(old)


def block(folder: Path, name: str, start: str) -> str:
    """The text of a file from the line ``id = "<start>"`` up to the next record of the same kind."""
    text = (folder / name).read_text("utf-8")
    match = re.search(rf'id = "{re.escape(start)}"\n.*?(?=\n\[\[(?:chip|die|family|product)\]\]\n|\Z)', text, re.DOTALL)
    assert match, f"no record {start} in {name}"
    return match[0]


def chip(facts: str = 'memory_bandwidth = "1 TB/s"', head: str = "", chip_id: str = "acme-x1", more: str = "") -> str:
    """A chip record with one claim; ``more`` comes after it."""
    return f"""[[chip]]
id = "{chip_id}"
name = "Acme X1"
vendor = "Acme"
sold_as = "card"
aliases = ["X1 Accelerator"]
{head}

[[chip.claim]]
source = "acme-datasheet"
status = "datasheet"
{facts}
{more}
"""


def rule(tree: str = 'all = ["tpp >= 1"]', head: str = "", more: str = "", name: str = "us-ear/9X999") -> str:
    """A provision with one edition; ``more`` comes after it."""
    return f"""id = "{name}"
title = "9X999: a paragraph of a test"
axis = "ic class"
effect = "restricts"
paragraph = "9X999"
{head}

{edition("2023-11-17", tree)}
{more}
"""


def edition(effective: str, tree: str, posture: str = "") -> str:
    return f"""[[edition]]
effective = {effective}
checked = 2026-09-24
posture = [{posture or f'{{ from = {effective}, is = "in force" }}'}]
cite = "15 CFR 774 Supp. 1, 9X999"
{tree}
"""


def problems(*folders: Path) -> list[Problem]:
    """Every error found in the folders; none where they compile."""
    try:
        compile_specs(list(folders))
    except SpecError as error:
        return error.problems
    return []


def findings(*folders: Path) -> list[str]:
    """Everything that compiling finds, warnings included, beside what it finds in the project's own specs."""
    return _told(set(_compiled(list(folders))) - _own_findings()[0])


def all_findings(*folders: Path) -> list[str]:
    """The same with what only ``chipclass check`` looks for: it holds every provision against every other."""
    return _told(set(checked(list(folders))[1]) - _own_findings()[1] - _findings_of_few())


def _told(found: set[Problem]) -> list[str]:
    return [f"{problem.severity}: {problem}" for problem in sorted(found)]


def _compiled(folders: list[Path]) -> list[Problem]:
    compiler = Compiler(folders)
    try:
        compiler.run()
    except SpecError as error:
        return error.problems
    return compiler.problems


@cache
def _findings_of_few() -> frozenset[Problem]:
    with TemporaryDirectory() as name:
        return frozenset(checked([few_rules(Path(name))])[1])


@cache
def _own_findings() -> tuple[frozenset[Problem], frozenset[Problem]]:
    own = [specs_folder()]
    return frozenset(_compiled(own)), frozenset(checked(own)[1])


def specs_of(*folders: Path) -> Specs:
    return Specs(compile_specs(list(folders)))
