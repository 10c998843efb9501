"""Options that several commands share, each defined once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    table = "table"
    json = "json"
    md = "md"


class Kind(StrEnum):
    export = "export"
    reexport = "reexport"
    in_country = "in-country"


class Reading(StrEnum):
    enforced = "enforced"
    codified = "codified"


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Rules as they stood on this day; default today.")
]
Destination = Annotated[
    str | None, typer.Option("--destination", metavar="CC|NAME", help="Where the item goes; without it China is shown.")
]
ShippedFrom = Annotated[str, typer.Option("--from", metavar="CC", help="Where it is shipped from.")]
Transaction = Annotated[Kind, typer.Option("--transaction", help="export, reexport or in-country transfer.")]
Headquarters = Annotated[
    str | None, typer.Option("--headquarters", metavar="CC", help="Headquarters or ultimate parent of any party.")
]
ReadingOption = Annotated[Reading, typer.Option("--reading", help="Rules as enforced, or as codified.")]
Stated = Annotated[
    list[str] | None,
    typer.Option(
        "--stated", metavar="CONDITION", help="A condition the parties state, e.g. certifications-dd. Repeatable."
    ),
]
ShipDate = Annotated[
    str | None, typer.Option("--ship-date", metavar="DATE", help="Day of the shipment, if not the day of the rules.")
]
Heading = Annotated[
    str | None, typer.Option("--heading", metavar="HTS", help="Customs heading of the article, e.g. 8471.80.")
]
SpecsFolders = Annotated[
    list[Path] | None, typer.Option("--specs", metavar="DIR", help="A folder of your own facts and rules. Repeatable.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="table, json or md.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def question(
    as_of: str | None,
    destination: str | None,
    shipped_from: str,
    transaction: Kind,
    headquarters: str | None,
    reading: Reading,
    stated: list[str] | None,
    ship_date: str | None = None,
    heading: str | None = None,
) -> dict[str, object]:
    """The keywords of a question from the options of a command."""
    return {
        "as_of": as_of,
        "destination": destination,
        "shipped_from": shipped_from,
        "kind": transaction.value,
        "headquarters": headquarters,
        "reading": reading.value,
        "stated": stated or [],
        "ship_date": ship_date,
        "heading": heading,
    }
