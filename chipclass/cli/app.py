"""The commands and their options; what each does is in a module of its own, imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from chipclass.cli import options as o
from chipclass.cli import questions

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
@o.asking
def classify(
    query: Annotated[list[str], typer.Argument(help="Names, aliases or part numbers.")],
    *,
    question: o.Question,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="never, controlled (exit 1) or undecided (exit 3).", metavar="LEVEL")
    ] = "never",
    debug: o.Debug = False,
) -> None:
    """Classify products: figures, every line with its margin, each axis, proof and sources."""
    from chipclass.cli.classify import run

    raise typer.Exit(run(query, question, specs or [], format.value, fail_on))


@app.command()
@o.asking
def compare(
    query: Annotated[list[str], typer.Argument(help="At least two products.")],
    *,
    question: o.Question,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Order products by TPP, and say which conditions separate neighbours."""
    from chipclass.cli.compare import run

    raise typer.Exit(run(query, question, specs or [], format.value))


@app.command()
@o.asking
def explain(
    query: Annotated[str, typer.Argument(help="A name, alias or part number.")],
    provision: Annotated[
        list[str] | None, typer.Option("--provision", help="Only this provision, by id or paragraph. Repeatable.")
    ] = None,
    *,
    question: o.Question,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """The proof of each determination: every test with figure, limit and margin, and what would settle it."""
    from chipclass.cli.explain import run

    raise typer.Exit(run(query, provision or [], question, specs or [], format.value))


app.command()(questions.timeline)
app.command()(questions.headroom)
app.command()(questions.whatif)
app.command()(questions.stability)


@app.command()
def identify(
    text: Annotated[
        list[str] | None,
        typer.Argument(help="Texts: names, numbers, descriptions. None or '-': a text per line of standard input."),
    ] = None,
    manufacturer: Annotated[
        str | None, typer.Option("--manufacturer", metavar="NAME", help="Maker of all of them; confirms short names.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show each step from the text to the answer.")] = False,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Find the chips that texts name: product, how it is known, count, and what only looked alike."""
    from chipclass.cli.identify import run

    raise typer.Exit(run(text or [], manufacturer, explain, specs or [], format.value))


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
@o.asking
def rules(
    provision: Annotated[str | None, typer.Argument(help="A provision; without it all are listed.")] = None,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option("--diff", metavar="D1 D2", help="What two days hold differently, and which chips moved."),
    ] = None,
    *,
    question: o.Question,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """The rules as data: editions, dates, postures, conditions, citations. The transaction options go with --diff."""
    if diff:
        from chipclass.cli.changes import run as compare_days

        raise typer.Exit(compare_days(diff, question, specs or [], format.value, provision))
    from chipclass.cli.rules import run

    raise typer.Exit(run(provision, question, specs or [], format.value))


@app.command()
def check(
    specs: o.SpecsFolders = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Also print what the figures rest on, by vendor, attribute and status.")
    ] = False,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Check the spec files: schema, units, sources, references, figures, names."""
    from chipclass.cli.check import run

    raise typer.Exit(run(specs or [], format.value, coverage))


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help=".parquet, .csv, .json or .arrow")],
    shape: Annotated[str, typer.Option("--shape", help="wide, long, products, identifiers or dictionary.")] = "wide",
    as_of: o.AsOf = None,
    specs: o.SpecsFolders = None,
    debug: o.Debug = False,
) -> None:
    """Write the spec table with units and sources."""
    from chipclass.cli.export import run

    raise typer.Exit(run(out, shape, as_of, specs or []))


@app.command()
@o.asking
def audit(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A CSV or Parquet file.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help=".parquet or .csv")] = None,
    *,
    question: o.Question,
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

    raise typer.Exit(run(source, output, question, mapping or [], replace, limit, specs or [], format.value, fail_on))
