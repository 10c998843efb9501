"""Commands that ask through time, toward a line, or against the grain: timeline, headroom, what-if, stability."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from chipclass.cli import options as o


@partial(o.asking, without=("as_of",))
def timeline(
    query: Annotated[list[str], typer.Argument(help="Names, aliases or part numbers.")],
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="First day; default all.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Last day; default all.")] = None,
    *,
    question: o.Question,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Where products stood through the years, and which change of the rules moved them."""
    from chipclass.cli.timeline import run

    raise typer.Exit(run(query, question, since, until, specs or [], format.value))


@o.asking
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
    *,
    question: o.Question,
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
    raise typer.Exit(run(query, sketch, question, specs or [], format.value))


@o.asking
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
    *,
    question: o.Question,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Which chips move if a limit, a rule or a fact were another: a hypothesis."""
    from chipclass.cli import whatif as command

    if limits:
        raise typer.Exit(command.run_limits(question["as_of"], [*(base or []), *(specs or [])], format.value))
    raise typer.Exit(command.run(changes or [], question, specs or [], base or [], format.value))


@o.asking
def stability(
    query: Annotated[list[str], typer.Argument(help="Names, aliases or part numbers.")],
    *,
    question: o.Question,
    specs: o.SpecsFolders = None,
    format: o.FormatOption = o.Format.table,
    debug: o.Debug = False,
) -> None:
    """Does the conclusion hold under each claim, reading, rounding and die area?"""
    from chipclass.cli.stability import run

    raise typer.Exit(run(query, question, specs or [], format.value))
