"""From spec files to the compiled index: checked, in canonical units, with every cross-reference resolved.

Overlay folders come after the project's own folder. A record with the id of an earlier one replaces it; claims of an
overlay for an existing chip or die are added to it when the overlay gives only ``id`` and ``claim``; everything that an
overlay brings carries its name and is marked in every output.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chipclass.places import specs_folder
from chipclass.specdb import values
from chipclass.specdb.editions import compile_rule
from chipclass.specdb.files import content_hash, read, spec_files, stray_files
from chipclass.specdb.index import VERSION, write
from chipclass.specdb.problems import Problem, SpecError, near
from chipclass.specdb.records import packed
from chipclass.spelling import key_of

PROVENANCE = ("source", "quotes", "locator", "status", "date", "note", "reading", "set_aside")
_IDS = re.compile(r"""(?m)^\s*(?:id\s*=\s*["']([^"']+)|\[([a-z0-9.-]+)\])""")
WITH_FACTS = ("dies", "chips")
#: Keys of a whole record; an overlay may give an id with claims and identifiers only.
REQUIRED = {
    "die": ("name", "vendor", "kind", "claim"),
    "chip": ("name", "vendor", "sold_as", "claim"),
    "family": ("name", "represented_by"),
    "product": ("name", "vendor", "kind", "contains"),
}


class Compiler:
    """Collects everything of the folders and every problem on the way."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = folders
        self.problems: list[Problem] = []
        self.data: dict[str, dict[str, Any]] = {
            name: {}
            for name in (
                "formats",
                "attributes",
                "metrics",
                "sources",
                "dies",
                "chips",
                "families",
                "products",
                "schemes",
                "boards",
                "rules",
            )
        }
        self.destinations: dict[str, Any] = {"source": {}, "country": {}, "membership": [], "undecided": []}
        self.lexicon: dict[str, list[Any]] = {}
        self.branches: dict[str, Any] = {"entry": {}}
        self.not_evaluated: list[str] = []
        self.seen: set[tuple[str, str, str]] = set()
        self.unread: set[str] = set()  # ids in files that could not be used: not unknown, only hidden
        self.unread_kinds: set[str] = set()
        self.places: dict[tuple[str, str], str] = {}

    def run(self) -> dict[str, Any]:
        for number, folder in enumerate(self.folders):
            overlay = folder.name if number else ""
            for path in stray_files(folder):
                self._problem(
                    self._shown(folder, path),
                    "",
                    "not a place for spec files, so it would not be read; put it under chips/, products/ or rules/",
                )
            for kind, path in spec_files(folder):
                shown = self._shown(folder, path)
                content = read(kind, path, shown, self.problems)
                if not content and self.problems and self.problems[-1].file == shown:
                    self.unread |= {a or b for a, b in _IDS.findall(path.read_text("utf-8", errors="replace"))}
                    self.unread_kinds.add(kind)
                getattr(self, f"_add_{kind}")(content, shown, overlay)
        self._check_references()
        names, numbers = self._names()
        if self._errors():
            raise SpecError(self._errors())
        return {
            "version": VERSION,
            "hash": content_hash(self.folders),
            "overlays": [folder.name for folder in self.folders[1:]],
            **self.data,
            **{table: {name: _head(record) for name, record in self.data[table].items()} for table in WITH_FACTS},
            "facts": {
                name: packed(record["facts"]) for table in WITH_FACTS for name, record in self.data[table].items()
            },
            "destinations": self.destinations,
            "lexicon": self.lexicon,
            "branches": self.branches,
            "not_evaluated": self.not_evaluated,
            "names": names,
            "numbers": numbers,
            "members": self._members(),
        }

    def _errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @staticmethod
    def _shown(folder: Path, path: Path) -> str:
        return f"{folder.name}/{path.relative_to(folder).as_posix()}"

    def _problem(self, file: str, place: str, message: str, severity: str = "error") -> None:
        self.problems.append(Problem(file, place, message, severity))

    def _add_attributes(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        self.data["formats"].update(content.get("format", {}))
        self.data["attributes"].update(content.get("attribute", {}))

    def _add_metrics(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        self.data["metrics"].update(content)

    def _add_sources(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        for name, source in content.items():
            if not overlay and name in self.data["sources"]:
                other = self.places["source", name]
                self._problem(shown, name, f"the id stands in {other} too; give one of them another id")
            self.data["sources"][name] = _plain({**source, "overlay": overlay})
            self.places["source", name] = shown

    def _add_destinations(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        self.destinations["source"].update(_plain(content.get("source", {})))
        self.destinations["country"].update(content.get("country", {}))
        for key in ("membership", "undecided"):
            for entry in content.get(key, []):
                self.places[key, str(len(self.destinations[key]))] = shown
                self.destinations[key].append(_plain(entry))

    def _add_lexicon(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        for kind, entries in content.items():
            for entry in entries:
                rest = dict(entry)
                patterns = rest.pop("patterns", None)
                each = [rest] if patterns is None else [{"pattern": pattern, **rest} for pattern in patterns]
                self.lexicon.setdefault(kind, []).extend(each)

    def _add_branches(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        entries = {**self.branches["entry"], **content.get("entry", {})}
        self.branches = _plain({**self.branches, **content, "entry": entries})

    def _add_not_evaluated(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        self.not_evaluated += [topic["text"] for topic in content.get("topic", [])]

    def _add_dies(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        for record in content.get("die", []):
            self._add_record("dies", "die", record, shown, overlay)

    def _add_chips(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        self._add_sources(content.get("source", {}), shown, overlay)
        self._add_dies(content, shown, overlay)
        self._add_members("chips", "chip", content, shown, overlay)

    def _add_products(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        self._add_sources(content.get("source", {}), shown, overlay)
        self._add_members("products", "product", content, shown, overlay)

    def _add_numbering(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        for name, scheme in content.get("scheme", {}).items():
            self.data["schemes"][name] = _plain({**scheme, "overlay": overlay})
            self.places["scheme", name] = shown
        for board in content.get("board", []):
            key = f"{board['scheme']}/{board['code']}"
            self.data["boards"][key] = _plain({**board, "overlay": overlay})
            self.places["board", key] = shown

    def _add_members(self, table: str, level: str, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        """The families of a file and what belongs to them."""
        for record in content.get("family", []):
            self._add_record("families", "family", record, shown, overlay)
        for record in content.get(level, []):
            families = record.get("families", [record["family"]] if "family" in record else [])
            rest = {key: value for key, value in record.items() if key != "family"}
            self._add_record(table, level, {**rest, "families": families}, shown, overlay)

    def _add_record(self, table: str, level: str, record: Mapping[str, Any], shown: str, overlay: str) -> None:
        place = f"{level} {record['id']}"
        facts = [
            fact
            for number, claim in enumerate(record.get("claim", []), 1)
            for fact in self._facts(level, claim, number, shown, f"{place}, claim {number}", overlay)
        ]
        identifiers = [_plain({**entry, "overlay": overlay}) for entry in record.get("identifier", [])]
        rest = {key: value for key, value in record.items() if key not in ("claim", "identifier")}
        compiled = {**rest, "level": level, "overlay": overlay}
        if level in ("die", "chip"):
            compiled["facts"] = facts
        if identifiers:
            compiled["identifiers"] = identifiers
        if (level, record["id"], overlay) in self.seen:
            other = self.places[level, record["id"]]
            self._problem(shown, place, f"the id stands in {other} too; give one of them another id")
            return
        self.seen.add((level, record["id"], overlay))
        earlier = self.data[table].get(record["id"])
        if overlay and earlier is not None and not {"name", "vendor"} & record.keys():
            self._add_to(earlier, compiled, shown, place)
            return
        if missing := [key for key in REQUIRED[level] if key not in record]:
            hint = near(record["id"], self.data[table], only_close=True) if overlay else ""
            self._problem(shown, place, f"missing key '{', '.join(missing)}'{hint}")
            return
        self.data[table][record["id"]] = compiled
        self.places[level, record["id"]] = shown

    def _add_to(self, earlier: dict[str, Any], more: Mapping[str, Any], shown: str, place: str) -> None:
        """An overlay's claims and identifiers for a record that exists; no other fact may be given with them."""
        for key in more.keys() - {"id", "level", "overlay", "facts", "identifiers", "families", "exception"}:
            self._problem(shown, place, f"'{key}' goes with a whole record; give name and vendor too, or leave it out")
        for key in ("facts", "identifiers", "exception"):
            if more.get(key):
                earlier[key] = [*earlier.get(key, []), *more[key]]

    def _facts(
        self, level: str, claim: Mapping[str, Any], number: int, shown: str, place: str, overlay: str
    ) -> list[dict[str, Any]]:
        provenance = _plain({key: claim[key] for key in PROVENANCE if key in claim})
        facts: list[dict[str, Any]] = []
        given = {key: value for key, value in claim.items() if key not in PROVENANCE}
        if not given:
            self._problem(shown, place, "a claim without any fact; give a figure or leave the claim out")
        for key, value in given.items():
            attribute = self.data["attributes"].get(key)
            if attribute is None or attribute["level"] != level:
                known = [name for name, entry in self.data["attributes"].items() if entry["level"] == level]
                self._problem(shown, place, f"unknown key '{key}'{near(key, [*known, *PROVENANCE])}")
                continue
            if attribute["kind"] == "per-format" and not isinstance(value, Mapping):
                self._problem(shown, place, f'{key} needs its number format, for example {key}.fp16 = "{value}"')
                continue
            for suffix, content in value.items() if attribute["kind"] == "per-format" else [("", value)]:
                if suffix and suffix not in self.data["formats"]:
                    self._problem(
                        shown, place, f"unknown number format '{key}.{suffix}'{near(suffix, self.data['formats'])}"
                    )
                    continue
                name = f"{key}.{suffix}" if suffix else key
                try:
                    compiled = self._value(attribute, content)
                except values.ValueProblem as error:
                    self._problem(shown, place, f"{name}: {error}")
                    continue
                facts.append(
                    {
                        "attribute": key,
                        "format": suffix,
                        "value": compiled,
                        "claim": number,
                        "overlay": overlay,
                        **provenance,
                    }
                )
        return facts

    def _value(self, attribute: Mapping[str, Any], content: Any) -> Any:
        kind = attribute["kind"]
        if kind in ("quantity", "per-format"):
            bounds = attribute.get("bounds")
            return values.figure(content, attribute["unit"], tuple(bounds) if bounds else None)
        if kind == "truth":
            return values.truth(content)
        if kind == "date":
            return values.date(content)
        if kind == "list":
            if not isinstance(content, list) or not content:
                raise values.ValueProblem(f"expected a list of number formats; found {content!r}")
            for name in content:
                if name not in self.data["formats"]:
                    raise values.ValueProblem(f"unknown number format '{name}'{near(str(name), self.data['formats'])}")
            return content
        if kind == "dies":
            if not isinstance(content, Mapping) or not all(
                isinstance(count, int) and count > 0 for count in content.values()
            ):
                raise values.ValueProblem(
                    f"expected dies with their count, for example {{ some-die = 2 }}; found {content!r}"
                )
            return dict(content)
        if not isinstance(content, str):
            raise values.ValueProblem(f"expected text; found {content!r}")
        return content

    def _add_rules(self, content: Mapping[str, Any], shown: str, overlay: str) -> None:
        if not content:
            return
        name = content["id"]
        if shown.partition("/rules/")[2] != f"{name}.toml":
            self._problem(shown, name, f"the file of provision '{name}' is rules/{name}.toml")
        rule = compile_rule(content, lambda place, message: self._problem(shown, place, message))
        self.data["rules"][name] = _plain({**rule, "overlay": overlay})
        self.places["rule", name] = shown

    def _check_references(self) -> None:
        from chipclass.specdb.references import check

        check(self)

    def _members(self) -> dict[str, list[str]]:
        """What each family's name can mean, in file order."""
        members: dict[str, list[str]] = {name: [] for name in self.data["families"]}
        for table in ("chips", "products"):
            for name, record in self.data[table].items():
                for family in record.get("families", ()):
                    if family in members:
                        members[family].append(name)
        return members

    def _names(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Normalised names and identifiers, each with the ids that carry it; a name in two records is an error."""
        names: dict[str, list[str]] = {}
        numbers: dict[str, list[str]] = {}
        levels: dict[str, str] = {}
        for table, level in (("families", "family"), ("chips", "chip"), ("products", "product"), ("dies", "die")):
            for name in self.data[table]:
                if (other := levels.setdefault(name, level)) != level:
                    message = (
                        f"the id belongs to a {other} too ({self.places[other, name]}); give one of them another id"
                    )
                    self._problem(self.places[level, name], f"{level} {name}", message)
        for table, level in (("families", "family"), ("chips", "chip"), ("products", "product")):
            for name, record in self.data[table].items():
                shown = self.places[level, name]
                for alias in [name, record["name"], *record.get("aliases", []), *record.get("short_aliases", [])]:
                    key = key_of(alias)
                    owners = names.setdefault(key, [])
                    if owners and name not in owners:
                        self._problem(
                            shown, f"{level} {name}", f"the alias '{alias}' belongs to {owners[0]} too; keep it in one"
                        )
                    elif name not in owners:
                        owners.append(name)
                for entry in record.get("identifiers", []):
                    for value in entry["values"]:
                        owners = numbers.setdefault(key_of(value), [])
                        if name not in owners:
                            owners.append(name)
        return names, numbers


def _plain(data: Any) -> Any:
    """Dates as ISO text, recursively: what JSON can hold."""
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, datetime.date) else data


def _head(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "facts"}


def compile_specs(folders: list[Path]) -> dict[str, Any]:
    """The index of the given folders. Raises SpecError with every problem found."""
    return Compiler(folders).run()


def compile_index(specs_dir: Path, out: Path) -> None:
    """Write the compiled index of a specs folder (the build hook's entry)."""
    write(compile_specs([specs_dir or specs_folder()]), out)
