"""The first look of identification on one core: a million generated titles, all different, of about 60 characters.

Times are of the processor, so that other work on the computer moves them less. The first look decides which texts are
scanned at all. Beside it, in the same run, what a user would take for finding
names in a column; these find the literal names only and know neither other spellings nor unknown accelerators. Then
the whole (what is let through is scanned), and single cells of up to ten megabytes that almost name something.

``python -m benchmarks identification``; ``ROWS`` may be set in the environment.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from chipclass.identification.names import name_atoms
from chipclass.identification.prefilter import confirming, nameable, patterns, seek, shaped, shown
from chipclass.identification.scan import scan
from chipclass.identification.shapes import Spelling
from chipclass.specdb.store import Specs, load
from chipclass.spelling import plain

ROWS = int(os.environ.get("ROWS", "1000000"))
SHARES = (0, 1, 10, 100)
FEW, MANY = 700, 20_000
AIM = 3.0

KINDS = """office chair|desk lamp|garden hose|patch cable|running shoes|coffee grinder|phone case|screwdriver set
toner cartridge|ball bearing|LED panel|yoga mat|water filter|cordless drill|rack shelf|power strip|USB-C hub|keyboard
wall charger|laptop sleeve|hard drive|memory module|network switch|fibre transceiver|label printer|webcam|monitor arm
winter jacket|cotton T-shirt|steel bolt|wood screw|paint roller|bicycle pump|tent|sleeping bag|frying pan|tea kettle
baby bottle|dog collar|notebook ruled|ballpoint pen|car tyre|wiper blade|oil filter|brake pad|solar lamp|extension lead
rail kit|fan tray|power supply|heat gun|torque wrench|micrometer|soldering iron|oscilloscope probe|relay|fuse holder
terminal block|cable gland|hydraulic hose|o-ring kit|safety goggles|work gloves|tool box|ladder|tarpaulin|hand soap"""
MAKERS = """Bosch|Philips|Makita|Logitech|Samsung|Kingston|Brother|Epson|Canon|Lenovo|Dell|HP|Cisco|Ubiquiti|Anker|IKEA
Stanley|3M|SKF|Siemens|Schneider|Phoenix|Wago|Fluke|Adidas|Nike|Tefal|Pirelli|Shimano|Osram|Varta|Belkin|Seagate"""
WORDS = """black|white|blue|stainless|with stand|for home|2-pack|replacement|pro|set of 4|1.5 m|230 V|64 GB|12 pcs
M8 x 40|new|original|heavy duty|wireless|rechargeable|size L|size 44|IP67|16A|DDR4-3200|Cat6A|1000 lm|250 ml|5 kg
waterproof|adjustable|(grey)|foldable|lightweight|7.68TB|1U|10GBASE-T|PN16|DN50|Gen 2|v3|24 in|E27|AA|spare part"""
OTHER = ("für", "étui", "Größe M", "Ø 8 mm", "25 °C", "1½″", "™", "黑色", "送料無料", "n° 3")
#: Near-matches: each character of a cell could begin or go on with a name.
CELLS = {
    "H10 H10": "H10 ",
    "RTX RTX": "RTX ",
    "900-900-": "900-",
    "(R)(R)": "(R)",
    "combining marks": "\u0315\u0300",
    "xxx": "x",
    "昇腾昇 full-width Ｈ": "昇Ｈ１０",
}
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def split(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


def titles(rows: int, share: float, hits: Sequence[str], other: float = 0.0) -> pa.Array:
    """Titles, of which ``share`` per cent have a name of the database in them and ``other`` per cent other letters."""
    choose = random.Random(f"{rows} {share}")
    kinds, makers, words = split(KINDS), split(MAKERS), split(WORDS)
    made = []
    for number in range(rows):
        parts = [choose.choice(makers), choose.choice(kinds), *choose.choices(words, k=3)]
        if choose.random() * 100 < share:
            parts = [choose.choice(hits), *parts[3:], choose.choice(("boxed", "bulk", "tested", "in stock"))]
        if choose.random() * 100 < other:
            parts.insert(choose.randrange(len(parts)), choose.choice(OTHER))
        text = f"{' '.join(parts)} no. {number}"
        if len(text) < 50:
            text += f" {choose.choice(words)} {choose.choice(words)}"
        made.append(text.upper() if number % 7 == 0 else text.title() if number % 7 == 1 else text)
    return pa.array(made)


def real_names(specs: Specs) -> list[str]:
    items = [item for table in ("chips", "families", "products") for item in specs.items(table)]
    names = sorted({plain(name) for item in items for name in (item.name, *item.aliases)})
    return [name for name in names if name.isascii()]


def aliases(names: Sequence[str], count: int) -> list[str]:
    """As many names, evenly taken, or filled up with real ones whose numbers go on otherwise."""
    if count <= len(names):
        return [names[place * len(names) // count] for place in range(count)]
    choose = random.Random(count)

    def other(number: re.Match[str]) -> str:
        return number[0][0] + "".join(choose.choices("0123456789", k=len(number[0]) - 1))

    made = dict.fromkeys(names)
    while len(made) < count:
        made[re.sub(r"[0-9]+", other, choose.choice(names))] = None
    return list(made)


def trie(names: Iterable[str]) -> str:
    """The alternation of names with shared beginnings."""
    root: dict[str, Any] = {}
    for name in names:
        node = root
        for character in name:
            node = node.setdefault(character, {})
        node[""] = {}

    def regex(node: dict[str, Any]) -> str:
        options = [re.escape(key) + regex(child) for key, child in node.items() if key]
        if "" in node:
            return f"(?:{'|'.join(options)})?" if options else ""
        return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"

    return rf"\b{regex(root)}\b"


def rate(function: Callable[[Any], object], column: Any, runs: int = 3) -> float:
    """Million rows in a second of the processor, the best of some runs."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        function(column)
        times.append(time.process_time() - begun)
    return len(column) / min(times) / 1e6


def main() -> None:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    pa.set_cpu_count(1)
    specs = load()
    names = real_names(specs)
    patterns(specs)
    columns = {share: titles(ROWS, share, names) for share in SHARES}
    length = pc.mean(pc.utf8_length(columns[0])).as_py()
    print(f"  {ROWS:,} different titles of {length:.0f} characters, one core; M rows/s")
    _first_look(specs, columns, titles(ROWS, 1, names, other=5))
    _sizes(specs, names, columns[1])
    _whole(specs, columns)
    _cells(specs)


def _first_look(specs: Specs, columns: dict[int, pa.Array], mixed: pa.Array) -> None:
    def look(column: pa.Array) -> Any:
        return nameable(specs, shown(column))

    rates = []
    for share, column in columns.items():
        rates.append(rate(look, column))
        print(
            f"  first look, {share:3} % hits               {rates[-1]:6.2f}   lets {look(column).mean():7.2%} through"
        )
    print(f"  first look, 1 % hits, 5 % not ASCII   {rate(look, mixed):6.2f}")
    batches = columns[1][:65_536]
    print(f"  first look, 1 % hits, batch of 65,536 {rate(look, batches):6.2f}")
    context = rate(lambda column: confirming(specs, shown(column)), columns[1])
    print(f"  words of context, exactly             {context:6.2f}")
    print(f"  floor: {min(rates):.2f} (aim: {AIM})")


def _sizes(specs: Specs, names: Sequence[str], column: pa.Array) -> None:
    import polars as pl

    print(f"  1 % hits, by names                    {FEW:6}   {MANY:6}   ratio")
    sets = [aliases(names, count) for count in (FEW, MANY)]
    upper = pc.ascii_upper(column)

    def row(what: str, run: Callable[[Sequence[str]], tuple[Callable[[Any], object], Any]]) -> None:
        few, many = (rate(*run(chosen), runs=2) for chosen in sets)
        print(f"  {what:36}{few:8.3f} {many:8.3f}  {many / few:6.2f}")

    def ours(chosen: Sequence[str]) -> tuple[Callable[[Any], object], Any]:
        look = seek(specs, [Spelling.of(name_atoms(name)) for name in chosen])
        return lambda texts: shaped(look, shown(texts).texts), column

    def arrow(pattern: str, rows: int) -> tuple[Callable[[Any], object], Any]:
        return lambda texts: pc.match_substring_regex(texts, pattern=pattern), upper[:rows]

    def loop(chosen: Sequence[str]) -> tuple[Callable[[Any], object], Any]:
        regex = re.compile(r"\b(?:" + "|".join(map(re.escape, chosen)) + r")\b")
        return lambda texts: [regex.search(text) for text in texts], upper[:200].to_pylist()

    def contains(chosen: Sequence[str]) -> tuple[Callable[[Any], object], Any]:
        return lambda texts: texts.str.contains_any(list(chosen)), pl.Series(upper)

    row("first look", ours)
    row("Python re in a loop", loop)
    row("pyarrow, flat alternation", lambda s: arrow(r"\b(?:" + "|".join(map(re.escape, s)) + r")\b", 5_000))
    row("pyarrow, trie", lambda s: arrow(trie(s), 100_000))
    row("polars contains_any, no bounds", contains)


def _whole(specs: Specs, columns: dict[int, pa.Array]) -> None:
    print("  first look, then scan of what is let through (every text is scanned once)")
    for share, column in columns.items():
        part = column[: ROWS // (5 if share <= 1 else 100)]

        def whole(texts: pa.Array) -> object:
            seen = pa.array(nameable(specs, shown(texts)))
            return [scan(specs, text) for text in pc.unique(texts.filter(seen)).to_pylist()]

        print(f"  whole, {share:3} % hits                    {rate(whole, part, runs=1):6.3f}")


def _cells(specs: Specs) -> None:
    print("  one cell, ns a character  " + "".join(f"{f'{size:,}':>12}" for size in SIZES) + "    scan")
    for what, unit in CELLS.items():
        times = []
        for size in SIZES:
            cell = pa.array([unit * (size // len(unit))])
            begun = time.process_time()
            view = shown(cell)
            nameable(specs, view)
            confirming(specs, view)
            times.append((time.process_time() - begun) / size * 1e9)
        text = unit * (100_000 // len(unit))
        begun = time.process_time()
        scan(specs, text)
        scanned = (time.process_time() - begun) / len(text) * 1e9
        print(f"  {what:26}" + "".join(f"{each:12.1f}" for each in times) + f"{scanned:8.0f}")
