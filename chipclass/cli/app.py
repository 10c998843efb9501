"""The commands and their options; what each does is in a module of its own, imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chipclass.cli import options as o

app = typer.Typer(
    name="chipclass",
    help="Where an AI chip stands under export controls on a date, and why. A documented indication, not advice.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from chipclass import __version__

        typer.echo(f"chipclass {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def classify(
    query: Annotated[list[str], typer.Argument(help="Names, aliases or part numbers.")],
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    stated: o.Stated = None,
    ship_date: o.ShipDate = None,
    heading: o.Heading = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="never, controlled (exit 1) or undecided (exit 3).", metavar="LEVEL")
    ] = "never",
    debug: o.Debug = False,
) -> None:
    """Classify products: figures, every line with its margin, each axis, proof and sources."""
    from chipclass.cli.classify import run

    question = _question(
        as_of, destination, shipped_from, transaction, headquarters, reading, stated, ship_date, heading
    )
    raise typer.Exit(run(query, question, specs or [], format.value, fail_on))


@app.command()
def compare(
    query: Annotated[list[str], typer.Argument(help="At least two products.")],
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    stated: o.Stated = None,
    ship_date: o.ShipDate = None,
    heading: o.Heading = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Order products by TPP, and say which conditions separate neighbours."""
    from chipclass.cli.compare import run

    question = _question(
        as_of, destination, shipped_from, transaction, headquarters, reading, stated, ship_date, heading
    )
    raise typer.Exit(run(query, question, specs or [], format.value))


@app.command()
def explain(
    query: Annotated[str, typer.Argument(help="A name, alias or part number.")],
    provision: Annotated[
        list[str] | None, typer.Option("--provision", help="Only this provision, by id or paragraph. Repeatable.")
    ] = None,
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    stated: o.Stated = None,
    ship_date: o.ShipDate = None,
    heading: o.Heading = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """The proof of each determination: every test with figure, limit and margin, and what would settle it."""
    from chipclass.cli.explain import run

    question = _question(
        as_of, destination, shipped_from, transaction, headquarters, reading, stated, ship_date, heading
    )
    raise typer.Exit(run(query, provision or [], question, specs or [], format.value))


@app.command()
def whatif(
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="ADDRESS=LIMIT", help="A limit to change; --limits lists addresses. Repeatable."),
    ] = None,
    specs: Annotated[
        list[Path] | None,
        typer.Option("--specs", metavar="DIR", help="Facts or rules as the hypothesis, laid on top. Repeatable."),
    ] = None,
    base: Annotated[
        list[Path] | None,
        typer.Option("--base", metavar="DIR", help="Your own facts and rules, on top before and after. Repeatable."),
    ] = None,
    limits: Annotated[bool, typer.Option("--limits", help="List the limits that can be set, by address.")] = False,
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    stated: o.Stated = None,
    ship_date: o.ShipDate = None,
    heading: o.Heading = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Which chips move if a limit, a rule or a fact were another: a hypothesis."""
    from chipclass.cli import whatif as command

    question = _question(
        as_of, destination, shipped_from, transaction, headquarters, reading, stated, ship_date, heading
    )
    if limits:
        raise typer.Exit(command.run_limits(as_of, [*(base or []), *(specs or [])], format.value))
    raise typer.Exit(command.run(changes or [], question, specs or [], base or [], format.value))


@app.command()
def stability(
    query: Annotated[list[str], typer.Argument(help="Names, aliases or part numbers.")],
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    stated: o.Stated = None,
    ship_date: o.ShipDate = None,
    heading: o.Heading = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Does the conclusion hold under each claim, reading, rounding and die area?"""
    from chipclass.cli.stability import run

    question = _question(
        as_of, destination, shipped_from, transaction, headquarters, reading, stated, ship_date, heading
    )
    raise typer.Exit(run(query, question, specs or [], format.value))


@app.command()
def headroom(
    query: Annotated[str | None, typer.Argument(metavar="[PRODUCT]", help="A product; none for a sketch.")] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option("--rate", metavar="RATE@FORMAT", help="Dense rate, e.g. '296 TFLOPS@fp8', '@16bit'. Repeatable."),
    ] = None,
    tpp: Annotated[str | None, typer.Option("--tpp", metavar="TPP", help="TPP as a whole, without rates.")] = None,
    die_area: Annotated[
        str | None,
        typer.Option("--die-area", metavar="AREA", help="'814 mm^2', '[800, 858] mm^2', none or unknown."),
    ] = None,
    dram_bandwidth: Annotated[
        str | None, typer.Option("--dram-bandwidth", metavar="RATE", help="'4 TB/s', a range, none or unknown.")
    ] = None,
    interconnect: Annotated[
        str | None, typer.Option("--interconnect", metavar="RATE", help="All inputs and outputs, e.g. '900 GB/s'.")
    ] = None,
    datacenter: Annotated[
        str | None,
        typer.Option("--datacenter", metavar="ANSWER", help="Designed or marketed for datacenters: yes, no, unknown."),
    ] = None,
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    stated: o.Stated = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """How far a product, or a chip you sketch, is from every line, and where its class would turn."""
    from chipclass.cli.headroom import run

    sketch = {
        "rates": rate or [],
        "tpp": tpp,
        "die_area": die_area,
        "dram_bandwidth": dram_bandwidth,
        "interconnect": interconnect,
        "datacenter": datacenter,
    }
    question = _question(as_of, destination, shipped_from, transaction, headquarters, reading, stated)
    raise typer.Exit(run(query, sketch, question, specs or [], format.value))


@app.command()
def show(
    query: Annotated[str, typer.Argument(help="A product, family, die or source by name or id.")],
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Everything the database holds of one product: each figure with its source."""
    from chipclass.cli.show import run

    raise typer.Exit(run(query, specs or [], format.value))


@app.command()
def rules(
    provision: Annotated[str | None, typer.Argument(help="A provision; without it all are listed.")] = None,
    as_of: o.AsOf = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """The rules as data: editions, dates, postures, conditions, citations."""
    from chipclass.cli.rules import run

    raise typer.Exit(run(provision, as_of, specs or [], format.value))


@app.command()
def check(
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Check the spec files: schema, units, sources, references, names."""
    from chipclass.cli.check import run

    raise typer.Exit(run(specs or [], format.value))


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help=".parquet, .csv, .json or .arrow")],
    shape: Annotated[str, typer.Option("--shape", help="wide (a row per product) or long (a row per fact).")] = "wide",
    as_of: o.AsOf = None,
    specs: o.SpecsFolders = None,
    debug: o.Debug = False,
) -> None:
    """Write the spec table with units and sources."""
    from chipclass.cli.export import run

    raise typer.Exit(run(out, shape, as_of, specs or []))


@app.command()
def audit(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A CSV or Parquet file.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help=".parquet or .csv")] = None,
    as_of: o.AsOf = None,
    destination: o.Destination = None,
    shipped_from: o.ShippedFrom = "US",
    transaction: o.Transaction = o.Kind.export,
    headquarters: o.Headquarters = None,
    reading: o.ReadingOption = o.Reading.enforced,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="ROLE=COLUMN", help="Which column is what. Repeatable.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace chipclass_ columns of an earlier audit.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", help="Only the first N rows.")] = None,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    fail_on: Annotated[
        str, typer.Option("--fail-on", metavar="LEVEL", help="never, high, medium, low (exit 1) or undecided (exit 3).")
    ] = "never",
    debug: o.Debug = False,
) -> None:
    """Audit a catalogue: every row comes back with a documented indication."""
    from chipclass.cli.audit import run

    question = _question(as_of, destination, shipped_from, transaction, headquarters, reading, None)
    raise typer.Exit(run(source, output, question, mapping or [], replace, limit, specs or [], format.value, fail_on))


def _question(
    as_of: str | None,
    destination: str | None,
    shipped_from: str,
    transaction: o.Kind,
    headquarters: str | None,
    reading: o.Reading,
    stated: list[str] | None,
    ship_date: str | None = None,
    heading: str | None = None,
) -> dict[str, object]:
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
