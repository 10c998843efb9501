"""Who imports whom: the layers of the house, and a start-up that loads nothing heavy."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chipclass

PACKAGE = Path(chipclass.__file__).parent
HEAVY = {"pandas", "numpy", "pyarrow", "pint", "jsonschema", "rich", "hypothesis", "polars", "duckdb", "pyspark"}

#: What each part may import of chipclass beside itself. Whatever is not named here may import everything but the faces.
FLOORS = {
    "spelling": set(),
    "places": set(),
    "units": {"places"},
    "logic": set(),
    "specdb": {"", "logic", "places", "spelling", "units"},
    "rules": {"logic", "specdb"},
    "identification": {"specdb", "spelling"},
    "explanation": {"logic"},
    "proof": {"explanation", "logic", "rules", "specdb"},
    "conclusion": {"explanation", "logic", "proof", "rules", "specdb"},
}
#: Faces are imported by nobody but the entry point.
FACES = {"cli", "report"}


def modules() -> Iterator[tuple[str, Path]]:
    """(name within the package, path): ``specdb.store``, ``units``; the package itself is the empty name."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


def imports(path: Path) -> set[str]:
    """Every absolute module that a file imports anywhere, inside functions and under TYPE_CHECKING included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} uses a relative import"
            assert node.module
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in inner if is_module(name)} or {node.module}
            found |= {node.module} if not all(is_module(name) for name in inner) else set()
    return found


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return name.startswith("chipclass.") and (path.with_suffix(".py").is_file() or (path / "__init__.py").is_file())


def own(path: Path) -> set[str]:
    """Modules of chipclass that a file imports, by their name within the package."""
    found = {name for name in imports(path) if name == "chipclass" or name.startswith("chipclass.")}
    return {name.partition(".")[2] for name in found}


def within(module: str, part: str) -> bool:
    return module == part or (part != "" and module.startswith(f"{part}."))


MODULES = dict(modules())


def test_the_search_sees_the_imports() -> None:
    assert len(MODULES) > 25
    assert "specdb.store" in own(MODULES["classification"])
    assert {"explanation", "cli.layout"} <= own(MODULES["cli.classify"])
    assert "pint" in imports(MODULES["units"])


@pytest.mark.parametrize("part", FLOORS)
def test_a_floor_imports_only_what_lies_below(part: str) -> None:
    floors = {part, *FLOORS[part]}
    wrong = [
        f"{name} imports {module or 'chipclass'}"
        for name, path in MODULES.items()
        if within(name, part)
        for module in sorted(own(path))
        if not any(within(module, floor) for floor in floors)
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_imports_a_face() -> None:
    wrong = [
        f"{name} imports {module}"
        for name, path in MODULES.items()
        if name.partition(".")[0] not in FACES | {"__main__"}
        for module in own(path)
        if module.partition(".")[0] in FACES
    ]
    assert not wrong, "\n".join(wrong)


def test_only_one_module_knows_pint() -> None:
    users = [name for name, path in MODULES.items() if any(m.partition(".")[0] == "pint" for m in imports(path))]
    assert users == ["units"]


def test_imports_run_in_no_circle() -> None:
    """At the top of modules; imports inside functions and for type checking may point anywhere below the faces."""
    graph = {name: {m for m in top_level(path) if m in MODULES and m != name} for name, path in MODULES.items()}
    while leaves := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert not graph, f"a circle within {sorted(graph)}"


def top_level(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    body = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {name if is_module(name) else node.module for name in inner}
    return {name.partition(".")[2] for name in names if name.startswith("chipclass.")}


@pytest.mark.parametrize(
    "statement",
    ["import chipclass", "import chipclass.cli", "import chipclass.cli.app", "import chipclass; chipclass.QueryError"],
)
def test_an_import_loads_nothing_heavy(statement: str) -> None:
    assert loaded(statement) == set()


COMMANDS = [
    ["classify", "H200"],
    ["compare", "H20", "H200"],
    ["timeline", "H20"],
    ["headroom", "L4"],
    ["identify", "H200"],
    ["identify", "--explain", "8x NVIDIA H100 NVL"],
    ["show", "H200"],
    ["rules"],
    ["rules", "--diff", "2026-01-14", "2026-01-15"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_on_the_compiled_index_loads_nothing_heavy(command: list[str]) -> None:
    """The index is compiled once (which needs pint and jsonschema); after that only it is read."""
    chipclass.load()
    argv = ["chipclass", *command]
    code = f"import sys, chipclass.cli; sys.argv = {argv!r}; sys.stdout = open(__import__('os').devnull, 'w')"
    assert loaded(f"{code}\ntry: chipclass.cli.main()\nexcept SystemExit as end: assert not end.code") <= {"rich"}


def loaded(code: str) -> set[str]:
    """Heavy packages that a fresh interpreter has loaded after running the code."""
    whole = f"{code}\nimport sys\nsys.stderr.write(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", whole], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return HEAVY & set(done.stderr.split())
