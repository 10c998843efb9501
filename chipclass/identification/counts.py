"""How many chips one unit of an item has, as far as the text beside a name says so plainly."""

from __future__ import annotations

import re

#: How many characters before a name or word are looked at for a count, a "for", a "without".
NEAR = 40
#: A bus is as wide as its lanes ("PCIe x16"): no count.
_LANES = re.compile(r"(?:PCI[\s-]?E(?:XPRESS)?|GEN\s?[1-7]|PCI)[\s.0-9]*[X×]\s?[0-9]{1,2}\s?$")
_BEFORE = re.compile(
    r"(?:(?:(?<![A-Z0-9.])|(?<=[A-Z0-9]X))([1-9][0-9]{0,2})\s?[X×*][\s_]?|(?<![A-Z0-9])[X×]\s?([1-9][0-9]?)\s?|(?<=[A-Z0-9])X([1-9]))$"
)
#: Between a name and the count behind it: the bracket that the name stands in, what it is.
_DESCRIBED = r"[)\]+]?,?(?:[\s-]?(?:TENSOR[\s-]CORE|GPUS?|CARDS?|ACCELERATORS?|显卡|顯示卡|加速卡))*"
_AFTER = re.compile(
    _DESCRIBED + r"\s?(?:[X×*]\s?([1-9][0-9]?)|\(\s?([1-9][0-9]?)\s?[X×]?\s?\))(?![A-Z0-9.])(?!\s?(?:LANE|PCI))"
)
#: A scheduler's request: "gpu:a100:4", "gres/gpu:h200=8".
_REQUESTED = re.compile(r"(?:_[0-9A-Z.]+)?[:=]([1-9][0-9]{0,2})(?![A-Z0-9.])")
_REQUEST = re.compile(r"GPU:[A-Z_-]*$")
_DEVICES = r"(?:GPU|ACCELERATOR|DEVICE|CARD|[NT]PU)S?"
#: A field that says how many: "count: 3", "accelerators_per_node = 8"; "core count" is one of something else.
_FIELD = re.compile(
    rf"(?:(?<![A-Z])(?<![A-Z][ _-])COUNT|{_DEVICES}[ _-]?(?:COUNT|PER[ _]NODE)"
    rf"|NUM(?:BER)?[ _](?:OF[ _])?{_DEVICES}|(?<![A-Z])[GN]PUS)"
    r"[\"']?\s?[:=]\s?[\"']?([1-9][0-9]{0,2})(?![A-Z0-9.])"
)
#: A resource and how many of it, or a device and its place in a list: "nvidia.com/gpu: 8".
_RESOURCE = re.compile(r"GPU[\"']?\s?[:=]\s?[\"']?[2-9](?![A-Z0-9.])")
#: "8-way": cards that work together, or something else.
_WAYS = re.compile(r"(?<![A-Z0-9])(?:[2-9]|1[0-9])-WAY(?![A-Z])")
#: "16x8x": the one is nodes or shelves, the other the chips of each.
_TIMES = re.compile(r"(?<![A-Z0-9.])([1-9][0-9]{0,2})\s?[X×*]\s?$")
#: Instances: "GPU.L40S.4".
_DOTTED = re.compile(r"\.([1-9][0-9]?)(?![A-Z0-9.])")
#: Instances: "L40S-4-48G".
_DASHED = re.compile(r"-([1-9])-[0-9]{2,3}G(?![A-Z0-9])")
#: Stands for the "s" behind a model ("four A100s"), and is white space.
PLURAL = "\x1f"
_WORDS = {
    "ONE": 1,
    "DUAL": 2,
    "QUAD": 4,
    "TWO": 2,
    "THREE": 3,
    "FOUR": 4,
    "FIVE": 5,
    "SIX": 6,
    "EIGHT": 8,
    "TEN": 10,
    "TWELVE": 12,
    "SIXTEEN": 16,
}
_NUMERALS = {**_WORDS, **{word: n for n, word in enumerate("一二三四五六七八九十", 1)}, "两": 2, "兩": 2}
#: "eight ... accelerators": a number and a plural; "两块", "8 枚": a number with the word by which cards are counted.
_NUMBER = re.compile(rf"(?<![A-Z0-9.,/-])([1-9][0-9]{{0,2}}|{'|'.join(_WORDS)})\s(?:[A-Z]+\s){{0,2}}$")
_PLURAL = re.compile(
    rf"{PLURAL}|(?:\s\w+){{0,3}}?\s"
    r"(?:/\s?NODE|PER NODE|EACH|[GNT]PUS|ACCELERATORS|CARDS|CHIPS|MODULES|OAMS|SUPERCHIPS|PROCESSORS)(?![A-Z])"
)
#: "four (4) V100 GPUs": the number once more in brackets.
_BRACKETED = re.compile(r"\(([1-9][0-9]?)\)\s$")
#: "[Dual CPU] EPYC 9654": a machine with so many of the processor that is named.
_SOCKETS = re.compile(r"(?<![A-Z])(DUAL|QUAD)[ -]?CPU[\])]?\s$")
#: "dual RTX A5000"; but ASUS calls a line of its cards so ("Dual GeForce RTX 4070 OC").
_DUAL = re.compile(r"(?<![A-Z])(DUAL|QUAD)\s$")
_LINE_DUAL = re.compile(r"ASUS|华硕|華碩|(?<![A-Z0-9])(?:OC|EVO|O[0-9]{1,2}G)(?![A-Z0-9])")
_MEASURED = re.compile(r"([1-9][0-9]?|[一二三四五六七八九十两兩])\s?[块塊张張枚片颗顆卡]\s?(?:的|の)?\s?(?:[A-Z]+\s)?$")
_MEASURED_BEHIND = re.compile(r"[」』）)]?[をがは、]?\s?([1-9][0-9]?)\s?[개장枚基块塊张張片]")
#: A cluster of so many nodes: the number of chips is another one.
_NODES = re.compile(r"[_-]N[0-9]{1,4}(?![A-Z0-9])")
_GPU = re.compile(
    r"(?<![A-Z0-9])(?<![0-9][-–~])(?:([1-9][0-9]?)\s?[X×-]?\s?(?:(?:GPUS?|CARDS|ACCELERATORS)(?![A-Z])|卡)|([一二四八])卡)"
)
#: A number that stands beside the name by itself, or an ordered quantity: it may be chips, and may be something else.
_BARE_BEFORE = re.compile(r"(?<![A-Z0-9.,/-])(?:[2-9]|[1-9][0-9]{1,3})\s?(?:[台套组]\s?|(?<=\s))$")
_THOUSANDS = re.compile(r"(?<![0-9])[0-9]{1,3}(?:,[0-9]{3})+\s$")
_BARE_AFTER = re.compile(r"[\s,:-]{1,3}(?:[2-9]|[1-9][0-9]{1,3})\s?(?=$|[,;)\n])")
#: Behind the cell with the name, or before it, one with a number.
_CELL_BEHIND = re.compile(r"[^|]{0,20}\|\s*(?:[2-9]|[1-9][0-9]{1,2})\s*(?:[개個个枚块塊张張片]\s*)?(?=\||$)")
_CELL_BEFORE = re.compile(r"\|\s*(?:[2-9]|[1-9][0-9]{1,2})\s*\|[^|]{0,20}$")
_QUANTITY = re.compile(
    r"(?<![A-Z0-9])(?:QTY|QUANTITY|MENGE|QTÉ|PCS|PIECES?|UNITS|STÜCK|STK|SETS?|PAIRS?|LOT OF)(?![A-Z0-9])"
    r"|[0-9]\s?(?:PCS?|EA|STK|个|块|张|張|枚|片|台)(?![A-Z])"
)
_SEVERAL = re.compile(r"(?<![A-Z0-9])(?:[2-9]|[1-9][0-9])\s?[X×](?![A-Z0-9])")

_SYSTEM = re.compile(
    r"(?<![A-Z])(?:SERVERS?|SYSTEMS?|NODES?|RACKS?|(?:BASE[\s-]?)?BOARDS?|CHASSIS|WORKSTATION|CLUSTER|POD|TRAY|PLATFORM|STATION|SERVEUR)(?![A-Z])"
    r"(?![ _-](?:EDITION|GPUS?|CARDS?|GRAPHICS))"
)


def before(text: str, start: int) -> int | None:
    """The count right before a name: ``8x``, ``x8``. The width of a bus is none."""
    near = text[max(0, start - NEAR) : start]
    match = None if _LANES.search(near) else _BEFORE.search(near)
    if not match:
        return None
    times = _TIMES.search(near, 0, match.start()) if match[1] else None
    return int(match[1] or match[2] or match[3]) * (int(times[1]) if times else 1)


def behind(text: str, end: int) -> int | None:
    """The count right behind a name: ``x8``, ``(8)``."""
    match = _AFTER.match(text, end)
    return int(match[1] or match[2]) if match else None


def stated(text: str, start: int, end: int) -> set[int | None]:
    """The counts that stand beside a name. None among them: a number that may be a count, and may be another one."""
    numbers: set[int | None] = set()
    if (count := before(text, start)) is not None:
        # x16 without a multiplicand is the usual width of a bus.
        lanes = count == 16 and not re.search(r"16\s?[X×*]\s?$", text[:start])
        numbers.add(None if lanes else count)
    if request := _REQUEST.search(text, max(0, start - NEAR), start) and _REQUESTED.match(text, end):
        numbers.add(int(request[1]))
    if field := _FIELD.search(text):
        numbers.add(int(field[1]))
    if after := _AFTER.match(text, end):
        count = int(after[1] or after[2])
        spaced = text[end : end + 1].isspace()
        if spaced and not after[2] and count in (4, 8) and text.endswith("PCIE", start, end):
            numbers.add(None)  # "A2 16GB PCIe x8": lanes, or cards
        elif count != 16 or after[2]:
            numbers.add(count)
        elif not spaced:
            numbers.add(None)
    if dashed := _DASHED.match(text, end):
        numbers.add(int(dashed[1]))
    if text[start - 1 : start] == "." and (dotted := _DOTTED.match(text, end)):
        numbers.add(int(dotted[1]))
    near = text[max(0, start - NEAR) : start]
    plural = _PLURAL.match(text, end) and (_NUMBER.search(near) or _BRACKETED.search(near))
    dual = None if _LINE_DUAL.search(text) else _DUAL.search(near)
    if said := _MEASURED.search(near) or _MEASURED_BEHIND.match(text, end) or plural or _SOCKETS.search(near) or dual:
        numbers.add(_NUMERALS.get(said[1]) or int(said[1]))
    if gpus := _GPU.search(f"{text[:start]}\n{text[end:]}"):
        numbers.add(int(gpus[1] or _NUMERALS[gpus[2]]))
    return numbers


def of_cards(text: str, start: int) -> bool:
    """Whether a number of cards, in Chinese or Japanese, stands right before a name: ``8卡``, ``两块``."""
    return bool(_MEASURED.search(text, max(0, start - NEAR), start))


def beside_a_number(text: str, start: int, end: int) -> bool:
    """Whether a cell of a row stands beside one that holds a number: of the chips, or of something else."""
    return bool(_CELL_BEHIND.match(text, end) or _CELL_BEFORE.search(text, max(0, start - NEAR), start))


def of_gpus(text: str) -> bool:
    """Whether a text says a number of GPUs or cards: ``8 GPU``, ``八卡``."""
    return bool(_GPU.search(text))


def several(text: str, start: int) -> bool:
    """Whether more than one of what is named seems to stand there."""
    return (before(text, start) or 1) > 1 or bool(_BARE_BEFORE.search(text, max(0, start - NEAR), start))


def unclear(text: str, start: int, end: int) -> bool:
    """Whether a number beside a name could be a count, or the item consists of several parts."""
    rest = f"{text[:start]}\n{text[end:]}"
    bare = _BARE_BEFORE.search(text, max(0, start - NEAR), start) or _BARE_AFTER.match(text, end)
    bare = bare or _THOUSANDS.search(text, max(0, start - NEAR), start)
    return bool(
        bare
        or _NODES.search(rest)
        or _QUANTITY.search(rest)
        or _SEVERAL.search(text)
        or _SYSTEM.search(text)
        or _RESOURCE.search(text)
        or _WAYS.search(text)
    )
