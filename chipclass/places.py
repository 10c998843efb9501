"""Where the spec files are: beside the package in a wheel, one level up in a source tree."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def in_source_tree() -> bool:
    """True where the package sits in a checkout of the project (an editable install, a test run)."""
    project = _PACKAGE.parent / "pyproject.toml"
    return (
        (_PACKAGE.parent / "specs").is_dir()
        and project.is_file()
        and 'name = "chipclass"' in project.read_text("utf-8")
    )


def specs_folder() -> Path:
    """The folder with the project's own spec files.

    A source tree wins over a copy inside the package: an editable install never refreshes such a copy.
    """
    return _PACKAGE.parent / "specs" if in_source_tree() else _PACKAGE / "_specs"


def cache_folder() -> Path:
    """The user's cache folder for compiled indexes, by the platform's convention; CHIPCLASS_CACHE overrides it."""
    if chosen := os.environ.get("CHIPCLASS_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "chipclass"
