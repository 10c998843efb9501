"""Build hook: a wheel carries specs/ and its compiled index as ``chipclass/_specs``.

An editable install carries neither. A copy there would go stale with the next edit, and the loader reads ``specs/``
beside the package as long as it runs in a source tree.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = "chipclass/_specs"
INDEX = "index.sqlite"


class SpecsBuildHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    _scratch: TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        specs = root / "specs"
        self._scratch = TemporaryDirectory(prefix="chipclass-build-")
        index = Path(self._scratch.name) / INDEX
        compile_specs(root, specs, index)

        included = build_data["force_include"]
        for path in spec_files(specs):
            included[str(path)] = f"{TARGET}/{path.relative_to(specs).as_posix()}"
        included[str(index)] = f"{TARGET}/{INDEX}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None


def spec_files(specs: Path) -> Iterator[Path]:
    """Every file of specs/ in a fixed order, without hidden files, editor backups and an index compiled by hand."""
    for path in sorted(specs.rglob("*")):
        parts = path.relative_to(specs).parts
        hidden = any(part.startswith(".") for part in parts) or path.name.endswith("~")
        if path.is_file() and not hidden and parts != (INDEX,):
            yield path


def compile_specs(root: Path, specs: Path, index: Path) -> None:
    """Compile with the loader of this very source tree, never with an installed chipclass."""
    write_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(root))
    try:
        specdb = importlib.import_module("chipclass.specdb")
        if not Path(specdb.__file__ or "").resolve().is_relative_to(root.resolve()):
            raise RuntimeError(f"chipclass was imported from {specdb.__file__}, not from the source tree {root}")
        specdb.compile_index(specs, index)
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f"chipclass.specdb needs the module {error.name!r} to compile specs/. "
            "At build time there is only what [build-system] requires in pyproject.toml."
        ) from error
    finally:
        sys.path.remove(str(root))
        sys.dont_write_bytecode = write_bytecode
    if not index.is_file():
        raise RuntimeError("chipclass.specdb.compile_index wrote no index")
