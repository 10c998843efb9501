"""Reading spec files: TOML, held against the JSON schema of its kind. Everything wrong is collected, with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from chipclass.places import specs_folder
from chipclass.specdb.problems import Problem, near

#: File kinds and where they are, relative to a specs folder.
PATTERNS = {
    "attributes": ("attributes.toml",),
    "metrics": ("metrics.toml",),
    "sources": ("sources.toml", "sources/*.toml"),
    "destinations": ("destinations.toml",),
    "lexicon": ("lexicon.toml", "lexicon/*.toml"),
    "branches": ("branches.toml",),
    "not_evaluated": ("not_evaluated.toml",),
    "dies": ("dies.toml", "dies/*.toml"),
    "chips": ("chips/**/*.toml",),
    "products": ("products/**/*.toml",),
    "numbering": ("numbering.toml",),
    "rules": ("rules/**/*.toml",),
}


def spec_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(kind, path) of every spec file of a folder, in a fixed order."""
    for kind, patterns in PATTERNS.items():
        for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
            yield kind, path


def stray_files(folder: Path) -> list[Path]:
    """TOML files of a folder that no pattern covers: a misplaced file would otherwise be ignored silently."""
    known = {path for _, path in spec_files(folder)}
    return sorted(path for path in folder.glob("**/*.toml") if path not in known)


def content_hash(folders: list[Path]) -> str:
    """Hash of all spec files (names and bytes) of the folders, in order: the same specs give the same hash anywhere."""
    digest = hashlib.sha256()
    for number, folder in enumerate(folders):
        paths = [path for _, path in spec_files(folder)]
        if number == 0:
            paths += [folder / "units.txt", *sorted((folder / "schema").glob("*.json"))]
        for path in paths:
            content = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{number}/{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def read(kind: str, path: Path, shown: str, problems: list[Problem]) -> dict[str, Any]:
    """The data of one spec file, not to be changed; problems are appended and the file is then treated as empty."""
    try:
        data, found = _parsed(kind, path.read_text(encoding="utf-8-sig"), shown)
    except UnicodeDecodeError:
        problems.append(Problem(shown, "", "not UTF-8 text; save the file as UTF-8"))
        return {}
    problems.extend(found)
    return {} if found else data


@lru_cache(maxsize=1024)
def _parsed(kind: str, text: str, shown: str) -> tuple[dict[str, Any], list[Problem]]:
    """Remembered: who edits an overlay and loads it again has changed one file of hundreds."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [Problem(shown, "", f"not valid TOML: {error}")]
    return data, [_problem(shown, data, error) for error in _validator(kind).iter_errors(data)]


@lru_cache
def _validator(kind: str) -> Any:
    import datetime

    import jsonschema
    from referencing import Registry, Resource

    def schema_file(name: str) -> Any:
        return json.loads((specs_folder() / "schema" / name).read_text("utf-8"))

    base = jsonschema.Draft202012Validator
    types = base.TYPE_CHECKER.redefine("string", lambda _, value: isinstance(value, (str, datetime.date)))
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date")(lambda v: isinstance(v, datetime.date) and not isinstance(v, datetime.datetime))
    validator: Any = jsonschema.validators.extend(base, type_checker=types)  # type: ignore[no-untyped-call]
    registry: Registry[Any] = Registry(retrieve=lambda name: Resource.from_contents(schema_file(name)))  # type: ignore[call-arg]
    return validator(schema_file(f"{kind}.json"), format_checker=checker, registry=registry)


def _problem(shown: str, data: Any, error: Any) -> Problem:
    place = _place(data, list(error.absolute_path))
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = error.schema.get("properties", {})
        unknown = [key for key in error.instance if key not in known]
        hint = near(unknown[0], known) if unknown else ""
        return Problem(shown, place, f"unknown key '{', '.join(unknown)}'{hint}")
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return Problem(shown, place, f"missing key '{', '.join(missing)}'")
    if error.validator == "enum":
        hint = near(str(error.instance), map(str, error.validator_value))
        return Problem(shown, place, f"'{error.instance}' is not one of the known values{hint}")
    if error.validator == "format":
        return Problem(shown, place, f"expected a date such as 2026-01-15 without quotes; found {error.instance!r}")
    if error.validator == "pattern" and error.schema.get("pattern", "").startswith("^[a-z0-9]"):
        dots = " and '.'" if "." in error.schema["pattern"] else ""
        return Problem(shown, place, f"'{error.instance}' is not a slug; use lower-case letters, digits, '-'{dots}")
    if error.validator == "uniqueItems":
        twice = [str(entry) for place, entry in enumerate(error.instance) if entry in error.instance[:place]]
        return Problem(shown, place, f"'{', '.join(twice)}' stands twice; keep it once")
    if error.validator == "oneOf":
        ways = [" with ".join(way.get("required", ())) for way in error.validator_value]
        return Problem(shown, place, f"expected exactly one of {', '.join(ways)}")
    return Problem(shown, place, error.message)


def _place(data: Any, path: list[Any]) -> str:
    """``chip nvidia-h20-96gb, claim 2, source`` rather than ``chip.3.claim.1.source``."""
    words: list[str] = []
    current = data
    for step in path:
        current = current[step]
        if isinstance(step, int):
            name = current.get("id") if isinstance(current, Mapping) else None
            words[-1] = f"{words[-1]} {name or step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words)
