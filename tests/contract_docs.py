"""The contract: its schemas as validators, its fixed tables, and ``docs/contract.md``, which is made from both.

``python -m tests.contract_docs`` writes the page anew; a test checks that it is fresh.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "contract.md"
FOLDER = DOCS / "schema"
OUTPUTS = (
    "classify",
    "compare",
    "timeline",
    "rules-diff",
    "headroom",
    "whatif",
    "limits",
    "stability",
    "identify",
    "check",
    "audit",
)

EXIT_CODES = {
    0: "Done; nothing at or above the level asked for.",
    1: "Findings at or above `--fail-on` (default `never`).",
    2: "Could not run: bad arguments, unreadable input, unknown product.",
    3: "Ran, but something asked for is undecided; only with `--fail-on undecided`.",
    70: "A bug: one line that says how to report it; a traceback only with `--debug`.",
}

#: Option -> (value, default, meaning); the commands that ask about a transaction have all of them.
OPTIONS = {
    "--as-of": ("DATE", "today", "Rules as they stood on this day; always printed."),
    "--destination": ("CC or name", "none", "Where the item goes; without it the answer says so and gives China."),
    "--from": ("CC", "US", "Where it is shipped from."),
    "--transaction": ("export, reexport, in-country", "export", "Kind of transaction."),
    "--headquarters": ("CC", "none", "Headquarters or ultimate parent of any party."),
    "--reading": ("enforced, codified", "enforced", "Rules as enforced, or as codified; both where they differ."),
    "--stated": ("CONDITION", "none", "A condition that the parties state, or deny with `not CONDITION`; repeatable."),
    "--ship-date": ("DATE", "none", "Day of the shipment, where it is not the day of the rules."),
    "--heading": ("HTS", "none", "Customs heading of the article, for the tariff."),
    "--specs": ("DIR", "none", "A folder of your own facts and rules, laid on top; repeatable."),
    "--format": ("table, json, md", "table", "`table` on a terminal and in pipes alike."),
    "--debug": ("", "off", "Show the traceback of an error."),
}

#: Function -> (parameters that callers may rely on, what it returns).
FUNCTIONS = {
    "classify": (
        (
            *("query", "as_of", "destination", "shipped_from", "kind", "headquarters", "reading", "stated"),
            *("ship_date", "heading", "specs"),
        ),
        "`Result`: `.to_dict()` equals the JSON of the command, `.status` is that of the first query.",
    ),
    "compare": (("queries", "specs"), "`Comparison`; takes the same keywords as `classify`."),
    "whatif": (
        ("changes", "specs", "overlay"),
        "`Hypothetical`: which chips move under other limits, rules or facts; takes the same keywords as `classify`.",
    ),
    "stability": (("query", "specs"), "`Stability`: a row per perturbation; takes the same keywords as `classify`."),
    "headroom": (
        ("query", "rates", "tpp", "die_area", "dram_bandwidth", "interconnect", "datacenter", "specs"),
        "`Headroom` of a product or of a sketch; takes the same keywords as `classify` beside its own.",
    ),
    "timeline": (
        ("query", "since", "until", "specs"),
        "`Timeline`; takes the same keywords as `classify` but `as_of`. Variants that stand alike share a line.",
    ),
    "rules_diff": (
        ("before", "after", "specs"),
        "`RulesDiff`; takes the same keywords as `classify` but `as_of`. The days may stand in either order.",
    ),
    "identify": (
        ("text", "manufacturer", "specs"),
        "What a text names: `Identification`; of a list a list, of a pandas Series a DataFrame with its index, of an "
        "Arrow array a Table: `how`, `product`, `products`, `family`, `candidates`, `count`, `evidence`, `refused`, "
        "`unknown`.",
    ),
    "audit": (
        ("source", "output", "mapping", "replace", "specs", "limit", "batch_rows", "progress"),
        "`AuditResult` with `.table`, `.findings`, `.summary` and `.to_pandas()`; takes the keywords of `classify`.",
    ),
    "outcomes": (
        ("source", "provisions", "columns", "keep", "specs", "threads"),
        "An Arrow reader of batches: per provision `met`, `not met` or `undecided` for every row of figures; takes "
        "the transaction keywords of `classify` but `reading`.",
    ),
    "specs": ((), "One row per chip, as a pandas DataFrame."),
    "facts": ((), "One row per fact, as a pandas DataFrame."),
    "export_specs": (("path",), "The path of the file it wrote; the suffix chooses the format."),
    "load": (("specs",), "The spec database, with overlay folders on top."),
}

HEAD = """\
# Contract

What scripts may rely on: keys, columns, options and exit codes. The schemas in [`schema/`](schema) (JSON Schema,
draft 2020-12) say the same to a machine, and every output is validated against them in the tests. This page is made
from them by `python -m tests.contract_docs`; change the schemas, not the page.

Keys may be added at any time, so ignore those you do not know. Renaming or removing one raises the number in `schema`.
There is never a `NaN` or an infinity: what has no upper end is `null` beside `"unbounded": true`. Exact figures come as
decimal strings too (`exact`). The same question, spec files, version and day give the same bytes.

Data go to standard output; messages and progress go to standard error.
"""

WORDS = """\
## Undecided

An undecided outcome reads differently by what the provision does: `cannot exclude` where it restricts,
`not established` where it relieves. A missing fact never reads as not caught. `status` follows from `ic_class`: all
possibilities name a paragraph, `controlled`; none does, `not caught`; else `cannot exclude`. Without a destination the
answer says that it depends on the destination and gives China, beside the line for parties headquartered in Macau or a
country of group D:5; that alone does not make it undecided.
"""

PYTHON = """\
The main commands are functions of the package. Results have `.to_dict()`, equal to the JSON output, and a plain `repr`.
A question that cannot be answered raises `QueryError`, spec files that cannot be used raise `SpecError`; both are
`ValueError`s. The index of a data frame, duplicate column names and names that are no text survive `audit`.
"""

IDS = """\
## Stable ids

Ids are lower-case slugs: `nvidia-h200` is a family, `nvidia-h200-sxm`, `nvidia-h20-96gb` and `amd-mi300x` are products.
An id that is renamed keeps a redirect for ever. Provisions are named `regime/paragraph`, for example `us-ear/3A090.a`.
"""


@cache
def schema(name: str) -> dict[str, Any]:
    """A schema by its short name: ``classify``, ``common`` ..."""
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    return document


@cache
def validator(name: str, part: str = "") -> Any:
    """A validator of an output, or of one definition in its schema. What was valid once is not looked at again."""
    resources = {f"{key}.schema.json": Resource.from_contents(schema(key)) for key in (*OUTPUTS, "common")}
    registry: Any = Registry().with_resources(resources.items())
    follow = Draft202012Validator.VALIDATORS["$ref"]
    valid: set[tuple[str, str]] = set()

    def remembered(checker: Any, reference: str, instance: Any, holder: Any) -> Iterator[Any]:
        key = (reference.rpartition("/")[2], repr(instance))  # names of definitions are unique over all schemas
        if key in valid:
            return
        errors = list(follow(checker, reference, instance, holder))
        if not errors:
            valid.add(key)
        yield from errors

    document = {"$ref": f"{name}.schema.json#/$defs/{part}"} if part else schema(name)
    return extend(Draft202012Validator, {"$ref": remembered})(document, registry=registry)


def problems(name: str, document: Any) -> list[str]:
    """What is wrong with an output, each kind of error once: where, what, how often."""
    found: dict[str, list[str]] = {}
    for error in validator(name).iter_errors(document):
        kind = "/".join(str(step) for step in list(error.absolute_schema_path)[-5:])
        place = "/".join(str(step) for step in error.absolute_path)
        found.setdefault(f"{kind}: {error.message[-120:]}", []).append(place)
    return [f"{kind} (first at {places[0]}; {len(places)} in all)" for kind, places in found.items()]


def undescribed(document: Any, part: Mapping[str, Any], home: str, where: str = "") -> Iterator[str]:
    """Keys of an output that its schema does not describe: allowed, and yet a reader would like to know."""
    part, home = _resolved(part, home)
    if isinstance(part.get("then"), dict) and "$ref" in part["then"]:
        part, home = _resolved(part["then"], home)
    if isinstance(document, list):
        for entry in document:
            yield from undescribed(entry, part.get("items", {}), home, where)
    elif isinstance(document, dict) and "properties" in part:
        for key, value in document.items():
            if key in part["properties"]:
                yield from undescribed(value, part["properties"][key], home, f"{where}/{key}")
            elif not isinstance(part.get("additionalProperties"), dict):
                yield f"{home}{where}/{key}"


def _resolved(part: Mapping[str, Any], home: str) -> tuple[Mapping[str, Any], str]:
    while reference := part.get("$ref"):
        file, _, name = reference.partition("#/$defs/")
        home = file.partition(".")[0] or home
        part = definitions(home)[name]
    return part, home


def columns() -> Mapping[str, Mapping[str, Any]]:
    """The columns that an audit adds: schema of each, its Arrow type in ``x-arrow``."""
    properties: Mapping[str, Mapping[str, Any]] = schema("audit")["$defs"]["row"]["properties"]
    return properties


def definitions(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = schema(name).get("$defs", {})
    return found


def render() -> str:
    """The page."""
    rows = [[str(code), text] for code, text in EXIT_CODES.items()]
    parts = [HEAD, _table(("Code", "Meaning"), rows, "## Exit codes")]
    rows = [[f"`{name}`", value, default, text] for name, (value, default, text) in OPTIONS.items()]
    lead = "## Common options\n\nCommands that ask about a transaction have all of these, others some."
    parts += [_table(("Option", "Value", "Default", "Meaning"), rows, lead), WORDS]
    for name in OUTPUTS:
        document = schema(name)
        where = f"`chipclass {name}`" if name == "audit" else f"`{document['title']}`"
        lead = f"## {where}\n\n{document['description']} Schema: [`{name}.schema.json`](schema/{name}.schema.json)."
        parts.append(_keys(document, name, lead))
        parts += [_section(part, name) for key, part in definitions(name).items() if key != "row" and "title" in part]
    row = definitions("audit")["row"]
    rows = [[f"`{key}`", f"`{column['x-arrow']}`", column["description"]] for key, column in columns().items()]
    parts.append(_table(("Column", "Arrow type", "Meaning"), rows, f"## Columns of an audit\n\n{row['description']}"))
    parts.append("## Shared parts\n\nSchema: [`common.schema.json`](schema/common.schema.json).\n")
    parts += [_section(part, "common") for part in definitions("common").values() if "title" in part]
    rows = [[f"`{_call(name)}`", text] for name, (_, text) in FUNCTIONS.items()]
    parts += [_table(("Function", "Returns"), rows, f"## Python\n\n{PYTHON.strip()}"), IDS]
    return "\n".join(parts)


def _call(name: str) -> str:
    parameters = list(FUNCTIONS[name][0])
    if name in ("classify", "identify"):
        parameters.insert(1, "*")
    by_position = {"compare": 1, "timeline": 1, "rules_diff": 2, "whatif": 1, "stability": 1, "outcomes": 2}
    if name in by_position:
        parameters[by_position[name] : by_position[name]] = ["*", "..."]
    if name == "headroom":
        parameters = [parameters[0], "*", *parameters[1:-1], "...", "specs"]
    return f"{name}({', '.join(parameters)})"


def _section(part: Mapping[str, Any], home: str) -> str:
    return _keys(part, home, f"### {part['title']}\n\n{part['description']}")


def _keys(part: Mapping[str, Any], home: str, lead: str) -> str:
    required = set(part.get("required", ()))
    rows = [
        [f"`{key}`", _type(value, home), "yes" if key in required else "", value["description"]]
        for key, value in part["properties"].items()
    ]
    return _table(("Key", "Type", "Always", "Meaning"), rows, lead)


def _type(part: Mapping[str, Any], home: str) -> str:
    """The type of a value in words, with a link where it has a section of its own."""
    if reference := part.get("$ref"):
        return _reference(reference, home)
    if "$ref" in part.get("then", {}):
        return f"{_reference(part['then']['$ref'], home)} or null"
    if choices := part.get("anyOf"):
        return " or ".join(_type(choice, home) for choice in choices)
    if "const" in part:
        return f"`{json.dumps(part['const'])}`"
    if "enum" in part:
        return ", ".join(f"`{word}`" for word in part["enum"])
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    if kinds == ["array"]:
        return f"list of {_type(part['items'], home)}"
    if kinds == ["object"] and isinstance(part.get("additionalProperties"), dict):
        return f"text to {_type(part['additionalProperties'], home)}"
    return " or ".join({"string": "text", "boolean": "yes/no"}.get(kind, kind) for kind in kinds)


def _reference(reference: str, home: str) -> str:
    target, _ = _resolved({"$ref": reference}, home)
    name = reference.rpartition("/")[2]
    if "title" in target:
        return f"[{target['title']}](#{target['title'].lower().replace(' ', '-')})"
    return name if name in ("id", "day", "country") else _type(target, home)


def _table(head: tuple[str, ...], rows: list[list[str]], lead: str) -> str:
    lines = [lead, "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8", newline="\n")
