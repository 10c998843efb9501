"""Start-up: ``chipclass classify H200`` as a whole process against a ``typer.run`` command that prints one line.

Both run in the same environment, in turns, with compiled bytecode (as installed packages have it). The aim is a
ratio of at most 2.5.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ONE_LINE = 'import typer\n\n\ndef main() -> None:\n    print("one line")\n\n\ntyper.run(main)\n'
ROUNDS = 21


def main() -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "one_line.py"
        script.write_text(ONE_LINE, "utf-8")
        commands = {
            "python, nothing": [sys.executable, "-c", "pass"],
            "typer.run, one line": [sys.executable, str(script)],
            "chipclass --version": [sys.executable, "-m", "chipclass", "--version"],
            "chipclass classify H200": [sys.executable, "-m", "chipclass", "classify", "H200"],
            "chipclass compare of four": [sys.executable, "-m", "chipclass", "compare", "H20", "H200", "B200", "Rubin"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for round_number in range(ROUNDS + 1):
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
                if round_number:  # the first round writes bytecode and the compiled index
                    times[name].append(time.perf_counter() - begun)
    base = statistics.median(times["typer.run, one line"])
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"  {name:<28}{middle * 1000:8.0f} ms   {middle / base:5.2f} x typer.run")
