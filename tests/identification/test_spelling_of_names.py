"""Every name in every spelling: separators, width, case, trade marks, brackets, writing without spaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from _pytest.mark import ParameterSet

from chipclass.identification.lexicon import canonical, lexicon_of
from chipclass.identification.scan import Found
from chipclass.specdb.records import Item
from chipclass.spelling import plain
from tests.identification.test_scan import ITEMS, SHORT, SPECS, found, same

LEXICON = lexicon_of(SPECS)

#: Printable ASCII to its full-width forms.
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
#: Before a word of three and more letters or digits more may stand than before a short one ("D", "3e").
BEFORE_LONG = re.compile(r"(?<=[^\W_]) (?=[^\W_]{3})")

Spelling = Callable[[str], str]


def separated(by: str) -> Spelling:
    return lambda text: text.replace(" ", by)


def separated_before_long(by: str) -> Spelling:
    return lambda text: BEFORE_LONG.sub(by, text)


def framed(frame: str) -> Spelling:
    return lambda text: frame.format(text)


#: Kinds of spellings: how many of a kind each name is written in, the next ones with the next name, and the kind.
KINDS: list[tuple[int, dict[str, Spelling]]] = [
    (2, {"two spaces": separated("  "), "hyphen": separated("-")}),
    (
        1,
        {
            "tab": separated("\t"),
            "line break": separated("\n"),
            "no-break space": separated("\u00a0"),
            "thin space": separated("\u2009"),
            "ideographic space": separated("\u3000"),
        },
    ),
    (
        1,
        {
            "no-break hyphen": separated("\u2011"),
            "en dash": separated("–"),
            "minus": separated("\u2212"),
            "zero-width space between words": lambda name: re.sub(r"(?<=[A-Za-z]) (?=[A-Za-z])", "\u200b", name),
        },
    ),
    (
        3,
        {
            "underscore": separated("_"),
            "slash": separated("/"),
            "dot": separated_before_long("."),
            "spaced hyphen": separated_before_long(" - "),
            "spaced slash": separated_before_long(" / "),
        },
    ),
    (
        1,
        {
            "zero-width space beside a space": separated(" \u200b"),
            "byte order mark before": framed("\ufeff{}"),
            "marks of direction around": framed("\u200e\u202a{}\u202c\u200e"),
        },
    ),
    (
        2,
        {
            "full width": lambda text: text.translate(FULL_WIDTH),
            "upper case": str.upper,
            "swapped case": str.swapcase,
            "title case": str.title,
        },
    ),
    (
        2,
        {
            "® behind every word": lambda text: text.replace(" ", "® ") + "®",
            "™ at the end": framed("{}™"),
            "(R) behind the first word": lambda text: text.replace(" ", "(R) ", 1),
            "(TM) behind every word": lambda text: text.replace(" ", "(TM) ") + "(TM)",
            "® instead of a space": lambda text: text.replace(" ", "®", 1),
        },
    ),
    (2, {frame: framed(frame) for frame in ("({})", "[{}]", "【{}】", "“{}”", '"{}"', "*{}*", "{}.")}),
    (1, {frame: framed(frame) for frame in ("{},boxed,new", "boxed,new,{}", 'boxed;"{}";new', "boxed|{}|new")}),
    (1, {frame: framed(frame) for frame in ("全新{}显卡现货", "新品{}グラフィックボード", "신품{}그래픽카드")}),
]
#: Configurations of servers are many and their names alike: each name in so many kinds of spellings, in turn.
OF_A_PRODUCT = 2
#: Where the code fails, as yet: the reason, then spelling and names.
FAILING: dict[str, list[tuple[str, str]]] = {
    "the key of 'L40G' is that of 40 GB, and with an underscore behind it is not": [
        ("underscore", name)
        for name in (
            "L40G 24GB",
            "NVIDIA L40G 24GB",
            "A10G 24GB",
            "NVIDIA A10G Tensor Core GPU",
            "A10G Tensor Core GPU",
            "GH200 144G HBM3e",
            "NVIDIA GH200 144G HBM3e",
        )
    ],
    "two spaces before a bracket before a short word": [
        (spelling, name)
        for spelling in ("two spaces",)
        for name in (
            "Kunlunxin Kunlun R100 (75 W)",
            "SK hynix HBM2 4GB (2.0 Gbit/s)",
            "SK hynix HBM2 4GB (1.6 Gbit/s)",
            "SK hynix HBM3E (1.15 TB/s)",
        )
    ],
}


def failing(cases: dict[str, list[tuple[str, str]]]) -> list[ParameterSet]:
    """Cases as parameters that fail for the reason that stands with them."""
    return [
        pytest.param(*case, marks=pytest.mark.xfail(reason=reason, strict=True))
        for reason, group in cases.items()
        for case in group
    ]


SPARED = {case for cases in FAILING.values() for case in cases}
IDS = [item.id for item in ITEMS]


def names(item: Item) -> list[str]:
    return list(dict.fromkeys((item.name, *item.aliases, *item.short_aliases)))


def right(item: Item, name: str, answer: Found) -> bool:
    """The product is found; of a short name its chips are candidates."""
    if item.id in LEXICON.chassis:
        return (answer.how, answer.ids, answer.candidates) == ("unknown accelerator", (), ())
    if same(item.id, answer):
        return True
    if name.isdigit():
        return not answer.ids
    doubted = not answer.ids and set(answer.candidates) == LEXICON.chips(item.id)
    return doubted and name in SHORT


def spelled(item: Item, turn: int) -> Iterator[tuple[str, str, str]]:
    """Each name of an item with how it is spelled and what that gives."""
    for place, name in enumerate(names(item), turn):
        kinds = KINDS
        if item.level == "product":
            kinds = [KINDS[(place * OF_A_PRODUCT + step) % len(KINDS)] for step in range(OF_A_PRODUCT)]
        for many, kind in kinds:
            for step in range(many):
                spelling = list(kind)[(place * many + step) % len(kind)]
                if (shown := kind[spelling](name)) != name and (spelling, name) not in SPARED:
                    yield name, spelling, shown


@pytest.mark.parametrize(("turn", "item"), list(enumerate(ITEMS)), ids=IDS)
def test_every_name_in_every_spelling(turn: int, item: Item) -> None:
    cases = [(shown, name, found(shown)) for name, _, shown in spelled(item, turn)]
    assert not [(shown, answer) for shown, name, answer in cases if not right(item, name, answer)]


@pytest.mark.parametrize(("spelling", "name"), failing(FAILING))
def test_a_spelling_that_is_not_read(spelling: str, name: str) -> None:
    shown = next(kind[spelling](name) for _, kind in KINDS if spelling in kind)
    assert all(right(item, name, found(shown)) for item in ITEMS if name in names(item))


#: What nobody sees: soft hyphen, zero-width space, non-joiner and joiner, word joiner, mark of direction.
INVISIBLE = ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\u200e"]
#: Where it stands in a name.
HIDDEN = [
    ("Ins~tinct MI300X", "amd-mi300x"),
    ("NVIDIA ~H100", "nvidia-h100"),
    ("H~100", "nvidia-h100"),
    ("A1~00", "nvidia-a100"),
    ("NVIDIA H20~0", "nvidia-h200"),
    ("MI~300X", "amd-mi300x"),
    ("RTX 40~90", "nvidia-rtx-4090"),
    ("Ascend 910~B", "huawei-ascend-910b"),
    ("GB~200", "nvidia-gb200"),
    ("L~40S", "nvidia-l40s"),
]


@pytest.mark.parametrize("mark", INVISIBLE, ids=[f"U+{ord(mark):04X}" for mark in INVISIBLE])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        *HIDDEN,
    ],
)
def test_what_nobody_sees_in_a_name(text: str, name: str, mark: str) -> None:
    assert same(name, found(text.replace("~", mark)))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A100     80GB", "nvidia-a100-80gb"),
        ("RTX   4090   D", "nvidia-rtx-4090-d"),
        ("RTX  4070     Ti", "nvidia-rtx-4070-ti"),
        ("RTX     6000     Ada", "nvidia-rtx-6000-ada"),
        ("Habana   Gaudi   2", "intel-gaudi-2"),
        ("Gaudi   3", "intel-gaudi-3"),
        ("H200     NVL", "nvidia-h200-nvl"),
        ("H20   3e", "nvidia-h20-141gb"),
    ],
)
def test_a_run_of_spaces_is_one(text: str, name: str) -> None:
    assert same(name, found(text))


def cut(name: str) -> bool:
    match = LEXICON.pattern.match(plain(name))
    return match is None or canonical(match[1]) != canonical(name)


def test_the_longest_name_is_taken() -> None:
    assert not [name for item in ITEMS for name in names(item) if cut(name)]
