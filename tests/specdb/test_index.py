"""The index as a file: what was written is read, record by record, and a file that is no index is not used."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from chipclass.places import specs_folder
from chipclass.specdb.compile import compile_index, compile_specs
from chipclass.specdb.index import TABLES, File, write
from chipclass.specdb.store import Specs


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("index") / "index.sqlite"
    compile_index(specs_folder(), made)
    return made


def test_everything_comes_back_in_order(path: Path) -> None:
    compiled, read = compile_specs([specs_folder()]), File(path)
    assert set(read) == set(compiled) and len(read) == len(compiled)
    for name, part in compiled.items():
        assert read[name] == part, name
        if name in TABLES:
            assert list(read[name].items()) == list(part.items())
            assert len(read[name]) == len(part)


def test_one_record_is_read_and_no_other(path: Path) -> None:
    chips = File(path)["chips"]
    assert chips["nvidia-l4"]["name"] == "NVIDIA L4"
    assert list(chips._known) == ["nvidia-l4"]
    assert "nvidia-l40" in chips and "nvidia-l41" not in chips
    with pytest.raises(KeyError):
        chips["nvidia-l41"]
    assert list(chips._known) == ["nvidia-l4"]


def test_what_is_no_part_of_it_is_a_key_error(path: Path) -> None:
    with pytest.raises(KeyError):
        File(path)["weather"]


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\0" + b"\0" * 4000])
def test_a_file_that_is_no_index_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "index.sqlite").write_bytes(content)
    with pytest.raises(OSError, match="is no index"):
        File(tmp_path / "index.sqlite")


def test_a_damaged_cache_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chipclass.specdb import store

    monkeypatch.setattr(store, "cache_folder", lambda: tmp_path)
    first = store._cached([specs_folder()])
    [cached] = tmp_path.iterdir()
    cached.write_bytes(b"half a file")
    second = store._cached([specs_folder()])
    assert first["hash"] == second["hash"] == File(cached)["hash"]
    assert [entry.name for entry in tmp_path.iterdir()] == [cached.name]


def test_a_place_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").mkdir()
    with pytest.raises(OSError):
        write(compile_specs([specs_folder()]), tmp_path / "index.sqlite")
    assert [entry.name for entry in tmp_path.iterdir()] == ["index.sqlite"]


def test_the_file_is_read_only(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        File(path).rows("DELETE FROM record")


def name_of(path: Path) -> str:
    return Specs(File(path)).item("nvidia-h200-sxm").name


def test_threads_and_processes_read_it(path: Path) -> None:
    specs = Specs(File(path))
    names = list(specs.index["chips"])
    with ThreadPoolExecutor(4) as pool:
        assert [item.id for item in pool.map(specs.item, names)] == names
    with get_context("spawn").Pool(2) as processes:
        assert set(processes.map(name_of, [path] * 4)) == {name_of(path)}
