"""The wheel carries the specs and their compiled index, and answers like the source tree it was built from."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import chipclass
from chipclass.specdb.index import TABLES, File
from tests import spec_folders as sf

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = ("chipclass", "specs", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "NOTICE")
DAY = "2026-09-24"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs the source tree"),
]


def run(command: list[str | Path], cwd: Path) -> str:
    """Standard output of a command that must succeed; no PYTHONPATH leads back to the source tree."""
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    environment = {**variables, "CHIPCLASS_CACHE": str(cwd / "cache"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, timeout=180, encoding="utf-8")
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network from a copy, so that nothing is written into the source tree."""
    for name in ("build", "hatchling"):
        if importlib.util.find_spec(name) is None:
            pytest.fail(f"the module {name} is missing; install the dev extra: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    source.mkdir()
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(ROOT / name, source / name)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", source], folder)
    [built] = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a fresh environment with the wheel; the dependencies are those of this interpreter."""
    home = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], home)
    scripts = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    run([*pip, wheel], home)
    site = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).strip())
    # A folder added by a .pth file comes after the site folder itself, and its own .pth files (an editable install of
    # the source tree) are not read: the wheel's chipclass wins.
    folders = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    (site / "dependencies_of_the_test.pth").write_text("\n".join(folders) + "\n", "utf-8")
    return scripts


def test_the_wheel_carries_specs_index_and_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    specs = ROOT / "specs"
    wanted = {f"chipclass/_specs/{path.relative_to(specs).as_posix()}" for path in specs.rglob("*.toml")}
    assert len(wanted) > 20
    assert wanted <= names
    others = ("index.sqlite", "LICENSE", "units.txt", "schema/chips.json")
    assert {f"chipclass/_specs/{name}" for name in others} <= names
    info = f"chipclass-{chipclass.__version__}.dist-info"
    assert {f"{info}/licenses/{name}" for name in ("LICENSE", "NOTICE", "specs/LICENSE")} <= names
    assert "chipclass/py.typed" in names


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    info = f"chipclass-{chipclass.__version__}.dist-info"
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"chipclass", info}
    assert not [name for name in names if "__pycache__" in name or "/." in name or name.endswith((".pyc", "~"))]
    assert len(names) == len(set(names))


def test_the_index_of_the_wheel_is_that_of_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        built = File(Path(archive.extract("chipclass/_specs/index.sqlite", tmp_path)))
    assert built["hash"] == chipclass.load().hash
    compiled = sf.specs_of(ROOT / "specs").index
    assert {name: dict(built[name]) if name in TABLES else built[name] for name in built} == dict(compiled)


def test_the_wheel_says_what_it_needs_and_starts_by_name(wheel: Path) -> None:
    info = f"chipclass-{chipclass.__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{info}/METADATA").decode()
        entry = archive.read(f"{info}/entry_points.txt").decode()
    assert "License-Expression: Apache-2.0 AND CC-BY-4.0" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "chipclass = chipclass.cli:main" in entry


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    place = run([installed / "python", "-c", "import chipclass; print(chipclass.__file__)"], tmp_path).strip()
    assert Path(place).resolve().is_relative_to(installed.parent.resolve())
    assert run([installed / "chipclass", "--version"], tmp_path).split() == ["chipclass", chipclass.__version__]


@pytest.mark.parametrize("arguments", [["classify", "H200", "935-24287-00N0-000"], ["compare", "H20", "H200", "B200"]])
@pytest.mark.parametrize("format", ["json", "table"])
def test_the_installed_command_answers_like_the_source_tree(
    installed: Path, tmp_path: Path, arguments: list[str], format: str
) -> None:
    whole = [*arguments, "--as-of", DAY, "--format", format]
    answer = run([installed / "chipclass", *whole], tmp_path)
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from chipclass.cli import main; main()"
    assert answer == run([sys.executable, "-c", start, *whole], tmp_path)
    if format == "json":
        assert json.loads(answer)["specs"] == chipclass.load().hash


def test_the_installed_command_takes_an_overlay(installed: Path, tmp_path: Path) -> None:
    """An overlay makes it compile the spec files that it carries: they are all there."""
    sf.write(tmp_path / "mine", sf.CHIP_FILE, sf.chip('tpp = "5000 TPP"'))
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    command = ["classify", "Acme X1", "--as-of", DAY, "--specs", "mine", "--format", "json"]
    answer = json.loads(run([installed / "chipclass", *command], tmp_path))
    assert answer["overlays"] == ["mine"]
    assert answer["specs"] == chipclass.load([tmp_path / "mine"]).hash
    assert f"specs {chipclass.load().hash}" in run([installed / "chipclass", "check"], tmp_path)
