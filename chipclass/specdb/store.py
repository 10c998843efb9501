"""The spec database as the program uses it: the compiled index, read once, records made when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from chipclass.places import cache_folder, in_source_tree, specs_folder
from chipclass.specdb.index import VERSION, File, write
from chipclass.specdb.records import Facts, Item

#: Name of the index that a wheel carries beside its spec files.
INDEX_NAME = "index.sqlite"


class Specs:
    """Read-only view of one compiled index (the project's own folder and any overlays)."""

    def __init__(self, index: Mapping[str, Any]) -> None:
        self.index = index
        self._items: dict[str, Item] = {}

    @property
    def hash(self) -> str:
        """Content hash of the spec files: printed in every output."""
        return str(self.index["hash"])

    @property
    def overlays(self) -> tuple[str, ...]:
        return tuple(self.index["overlays"])

    def item(self, name: str) -> Item:
        """A die, chip, family or product by id. Raises KeyError."""
        if name not in self._items:
            table = next((t for t in ("chips", "families", "products", "dies") if name in self.index[t]), None)
            if table is None:
                raise KeyError(name)
            facts = Facts(name, partial(self.index["facts"].__getitem__, name)) if table in ("chips", "dies") else ()
            self._items[name] = Item.from_index(self.index[table][name], facts)
        return self._items[name]

    def __contains__(self, name: str) -> bool:
        return any(name in self.index[table] for table in ("chips", "families", "products", "dies"))

    def items(self, table: str) -> Iterator[Item]:
        """All records of ``chips``, ``families``, ``products`` or ``dies``, in file order."""
        return (self.item(name) for name in self.index[table])

    def variants(self, family: str) -> tuple[Item, ...]:
        """The chips, or the products, that a family's name can mean."""
        return tuple(self.item(name) for name in self.index["members"].get(family, ()))

    def source(self, name: str) -> Mapping[str, Any]:
        """Title, publisher, url, dates and kind of a source. Raises KeyError."""
        source: Mapping[str, Any] = self.index["sources"][name]
        return source

    @property
    def not_evaluated(self) -> list[str]:
        """What no answer covers; printed with every answer."""
        return list(self.index["not_evaluated"])

    @cached_property
    def formats(self) -> Mapping[str, Mapping[str, Any]]:
        formats: Mapping[str, Mapping[str, Any]] = self.index["formats"]
        return formats

    @cached_property
    def metrics(self) -> Mapping[str, Mapping[str, Any]]:
        metrics: Mapping[str, Mapping[str, Any]] = self.index["metrics"]
        return metrics

    @cached_property
    def attributes(self) -> Mapping[str, Mapping[str, Any]]:
        attributes: Mapping[str, Mapping[str, Any]] = self.index["attributes"]
        return attributes


def load(specs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = ()) -> Specs:
    """The spec database, with overlay folders on top in the order given.

    The result is shared and read-only. Raises SpecError (a ValueError) if a spec file cannot be used and
    FileNotFoundError if an overlay is not a folder.
    """
    folders = [specs] if isinstance(specs, (str, os.PathLike)) else specs
    return _load(tuple(str(Path(folder).resolve()) for folder in folders))


@lru_cache(maxsize=8)
def _load(overlays: tuple[str, ...]) -> Specs:
    own = specs_folder()
    built = own / INDEX_NAME
    if not overlays and not in_source_tree() and built.is_file():
        return Specs(File(built))
    folders = [own, *map(Path, overlays)]
    for folder in folders[1:]:
        _check_overlay(folder)
    return Specs(_cached(folders))


def _check_overlay(folder: Path) -> None:
    """An overlay of which nothing, or not everything, would be read is refused: the cache knows spec files alone."""
    from chipclass.specdb.files import spec_files, stray_files

    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder; --specs takes a folder laid out like specs/")
    if stray_files(folder):
        from chipclass.specdb.compile import compile_specs

        compile_specs([specs_folder(), folder])  # names them all
    if next(spec_files(folder), None) is None:
        raise FileNotFoundError(f"{folder} holds no spec file; put one at chips/own.toml or rules/us-ear/own.toml")


def _cached(folders: list[Path]) -> Mapping[str, Any]:
    """The index from the user's cache, or compiled and put there; a cache that cannot be written is done without."""
    from chipclass import __version__
    from chipclass.specdb.files import content_hash

    path = cache_folder() / f"index-{__version__}-{VERSION}-{content_hash(folders)}.sqlite"
    if path.is_file():
        with suppress(OSError):
            return File(path)
    from chipclass.specdb.compile import compile_specs

    index = compile_specs(folders)
    with suppress(OSError):
        write(index, path)
    return index
