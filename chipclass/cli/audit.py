"""``chipclass audit``: a catalogue in, the same rows back, and a summary that fits a screen."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chipclass.auditing.findings import CATALOGUE, SEVERITIES, AuditError
from chipclass.auditing.run import audit
from chipclass.cli import layout
from chipclass.specdb.store import load

FAIL_LEVELS = ("never", *SEVERITIES, "undecided")


def run(
    source: Path,
    output: Path | None,
    question: Mapping[str, Any],
    mapping: Sequence[str],
    replace: bool,
    limit: int | None,
    folders: Sequence[Path],
    format: str,
    fail_on: str,
) -> int:
    if fail_on not in FAIL_LEVELS:
        raise AuditError(f"unknown level '{fail_on}' for --fail-on; expected one of {', '.join(FAIL_LEVELS)}")
    with _progress(source) as progress:
        result = audit(
            source,
            output=output,
            mapping=_mapping(mapping),
            replace=replace,
            limit=limit,
            specs=load(folders),
            progress=progress,
            **question,
        )
    summary = result.summary
    if format == "json":
        print(json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print(screen(summary, source, output))
        if format == "md" or output is None:
            print(f"\n{findings(result)}")
    return _code(summary, fail_on)


def _mapping(entries: Sequence[str]) -> dict[str, list[str]]:
    """``role=column`` as often as given; a role may have several columns."""
    result: dict[str, list[str]] = {}
    for entry in entries:
        role, equals, column = entry.partition("=")
        if not equals or not column:
            raise AuditError(f"'{entry}' is not role=column; write for example --map part_number=SKU")
        result.setdefault(role.strip(), []).append(column)
    return result


@contextmanager
def _progress(source: Path) -> Iterator[Callable[[int], None] | None]:
    """Rows done and rows per second on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(source.name, total=None)
        yield lambda rows: bar.update(task, completed=rows)


def screen(summary: Mapping[str, Any], source: Path, output: Path | None) -> str:
    """Rows, statuses, findings, columns used, files written."""
    rows = summary["rows"]
    parts = [
        f"{layout.heading(f'Audit of {source.name}')} as of {summary['as_of']}\n"
        f"{rows['in']:,} rows in, {rows['out']:,} out, {rows['rejected']:,} rejected"
    ]
    status = [[name, f"{count:,}"] for name, count in summary["status"].items()]
    parts.append(layout.table([["Status", "Rows"], *status], right=[1]))
    found = [
        [CATALOGUE[code].severity, code, f"{n:,}", CATALOGUE[code].message] for code, n in summary["findings"].items()
    ]
    found.sort(key=lambda row: SEVERITIES.index(row[0]))
    if found:
        parts.append(layout.table([["Severity", "Finding", "Rows", "What it says"], *found], right=[2]))
    roles = summary["roles"]
    used = [
        f"{role}: {', '.join(columns)}" for role, columns in roles.items() if role != "not_used" and _names(columns)
    ]
    lines = [layout.field("Columns used", "; ".join(used))] if used else []
    if roles.get("not_used"):
        why = "figures come from the specs, date and destination from --as-of and --destination"
        lines.append(layout.field("Not used", f"{', '.join(roles['not_used'])} ({why})"))
    deal = summary["transaction"]
    where = deal["destination"] or f"no destination given, shown for {deal['evaluated_for']}"
    lines.append(layout.field("Transaction", f"{deal['kind']} from {deal['from']}; {where}"))
    if output is not None:
        written = [str(output), f"{output.stem}.audit.json"]
        written += [f"{output.stem}.rejects.jsonl"] if rows["rejected"] else []
        lines.append(layout.field("Written", ", ".join(written)))
    lines += [layout.wrapped(layout.not_evaluated(summary)), layout.wrapped(layout.foot(summary))]
    return "\n\n".join([*parts, "\n".join(lines)])


def _names(columns: Any) -> bool:
    return isinstance(columns, list) and bool(columns)


def findings(result: Any, most: int = 20) -> str:
    """The first rows that a person must look at, with the evidence."""
    table = result.table
    columns = {name: table.column(f"chipclass_{name}").to_pylist() for name in ("status", "ic_class", "evidence")}
    shown = []
    for row, (status, paragraphs, evidence) in enumerate(zip(*columns.values(), strict=True), 1):
        if status in ("controlled", "cannot exclude", "not identified"):
            said = paragraphs if status == "controlled" and paragraphs else status
            shown.append([f"{row:,}", textwrap.shorten(said, 22, placeholder=" ..."), evidence or ""])
    rest = len(shown) - most
    rows = [["Row", "Status or class", "Evidence"], *shown[:most]]
    room = layout.WIDTH - sum(max(len(row[i]) for row in rows) + 2 for i in (0, 1))
    rows = [[*row[:2], textwrap.shorten(row[2], room, placeholder=" ...")] for row in rows]
    lines = [layout.table(rows, right=[0])]
    return "\n".join([*lines, *([f"... and {rest:,} more; -o FILE writes them all"] if rest > 0 else [])])


def _code(summary: Mapping[str, Any], fail_on: str) -> int:
    if fail_on == "undecided":
        return 3 if summary["status"]["cannot exclude"] or summary["status"]["not identified"] else 0
    if fail_on == "never":
        return 0
    asked = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return 1 if any(CATALOGUE[code].severity in asked for code in summary["findings"]) else 0
