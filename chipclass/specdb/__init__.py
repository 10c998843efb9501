"""The spec database: facts with sources, a strict loader, overlays, the compiled index and checks on the data."""

from pathlib import Path


def compile_index(specs_dir: Path, out: Path) -> None:
    """Write the compiled index of a specs folder (used when the wheel is built)."""
    from chipclass.specdb.compile import compile_index as compile_it

    compile_it(specs_dir, out)
