"""The command in this process, for every test of the command line."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chipclass import cli
from tests.cli.running import Chipclass, Run


@pytest.fixture
def chipclass_(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Chipclass]:
    """Arguments in, exit code and both streams out."""
    threshold = gc.get_threshold()

    def run(*arguments: str | Path) -> Run:
        monkeypatch.setattr(sys, "argv", ["chipclass", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Run(int(end.value.code or 0), captured.out, captured.err)

    yield run
    gc.set_threshold(*threshold)
