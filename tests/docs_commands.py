"""Commands in the documentation: found, run, and their output compared or written anew.

A ```console block holds lines ``$ chipclass ...`` with the output that follows each. A line ``...`` stands for any
lines left out. ``python -m tests.docs_commands`` runs the commands and rewrites the outputs, leaving out what was
left out before (the same number of first and last lines is kept).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Example:
    page: Path
    command: str
    output: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page.name}: {self.command}"


def examples() -> Iterator[Example]:
    for page in PAGES:
        for block in BLOCK.findall(page.read_text("utf-8")):
            for part in re.split(r"(?m)^\$ ", block)[1:]:
                command, _, output = part.partition("\n")
                if command.startswith("chipclass "):
                    yield Example(page, command, tuple(output.rstrip().splitlines()))


def run(command: str) -> tuple[int, str]:
    """Exit code and standard output of a chipclass command, run from a folder of its own that holds the examples."""
    from chipclass.cli import main

    output = io.StringIO()
    back = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        os.chdir(folder)
        try:
            words = shlex.split(command, comments=True)
            with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(output):
                main()
        except SystemExit as end:
            return int(end.code or 0), output.getvalue()
        finally:
            os.chdir(back)
    return 0, output.getvalue()


def agrees(shown: tuple[str, ...], real: list[str]) -> bool:
    """Whether the documented lines are the real ones, up to lines left out with ``...``."""
    if not shown:  # a command that prints nothing; an output that is left out is shown as ``...``
        return not real
    shown, real = tuple(map(_unversioned, shown)), list(map(_unversioned, real))
    if "..." not in shown:
        return list(shown) == real
    cut = shown.index("...")
    head, tail = list(shown[:cut]), list(shown[cut + 1 :])
    return real[:cut] == head and (not tail or real[-len(tail) :] == tail)


def _unversioned(line: str) -> str:
    """The hash of the spec files changes with every fact; the rest must not."""
    return re.sub(r"\b[0-9a-f]{16}\b", "<hash>", line)


def rewrite() -> None:
    for page in PAGES:
        text = page.read_text("utf-8")
        for example in [e for e in examples() if e.page == page and e.output]:
            code, output = run(example.command)
            if code not in (0, 1, 3):  # a command that fails must not empty the page
                raise SystemExit(f"{example}: exit code {code}; nothing more is rewritten")
            real = [line.rstrip() for line in output.rstrip().splitlines()]
            if "..." in example.output:
                cut = example.output.index("...")
                tail = len(example.output) - cut - 1
                real = [*real[:cut], "...", *(real[-tail:] if tail else [])]
            old = f"$ {example.command}\n" + "\n".join(example.output)
            text = text.replace(old, f"$ {example.command}\n" + "\n".join(real))
        page.write_text(text, "utf-8")


if __name__ == "__main__":
    rewrite()
