"""Running the command, and what holds for all its text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DAY = ("--as-of", "2026-09-24")
QUERIES = ["H200", "H20", "MI308X", "RTX 6000D", "935-24287-00N0-000", "L40", "EPYC 9654"]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON document on stdout; NaN and Infinity are none of JSON."""
        return json.loads(self.out, parse_constant=_refused)


Chipclass = Callable[..., Run]


def _refused(name: str) -> None:
    raise AssertionError(f"{name} in the output")


def environment(**variables: str) -> dict[str, str]:
    """The environment for a process of its own that imports this source tree."""
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "PYTHONPATH")}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


def subprocess_run(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, with pipes for its streams."""
    command = [sys.executable, "-m", "chipclass", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(**variables), capture_output=True, timeout=60)


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def check_text(text: str) -> None:
    """80 columns and no escape codes; an address alone in its line may be longer."""
    wide = [line for line in text.splitlines() if columns(line) > 80 and not line.split()[-1].startswith("http")]
    assert not wide, "\n" + "\n".join(wide)
    assert "\x1b" not in text
