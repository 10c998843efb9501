"""Options that several commands share, each defined once.

Annotations are not texts here and in the modules with commands: typer would evaluate each of them at every start.
"""

import inspect
from collections.abc import Callable, Container
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

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


#: The keywords of a question, as the functions of the package take them.
Question = dict[str, Any]


def _question(
    as_of: AsOf = None,
    destination: Destination = None,
    shipped_from: ShippedFrom = "US",
    transaction: Transaction = Kind.export,
    headquarters: Headquarters = None,
    reading: ReadingOption = Reading.enforced,
    stated: Stated = None,
    ship_date: ShipDate = None,
    heading: Heading = None,
) -> Question:
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


#: What a command is asked without any of these options.
UNASKED = _question()


def asking(command: Callable[..., None], without: Container[str] = ()) -> Callable[..., None]:
    """A command with the options of a transaction in the place of its parameter ``question``."""
    options = [p for name, p in inspect.signature(_question).parameters.items() if name not in without]
    own = inspect.signature(command).parameters.values()
    listed = [p for parameter in own for p in (options if parameter.name == "question" else [parameter])]

    @wraps(command)
    def run(**given: Any) -> None:
        command(question=_question(**{p.name: given.pop(p.name) for p in options}), **given)

    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in listed]
    )
    run.__annotations__ = {p.name: p.annotation for p in listed}
    return run
