"""``chipclass.identify``: a text, a list, a column; which evidence decides; shapes, index, entries that are no text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import chipclass
from chipclass.identification import identify as module
from chipclass.identification.identify import COLUMNS, Identification, surroundings
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.resolve import exact
from chipclass.identification.steps import steps
from chipclass.specdb.store import load
from tests.samples import spread

SPECS = load()
TABLES = ("families", "chips", "products")
TEXTS = ["NVIDIA H100 PCIe", "A10", None, "NZXT H200 case", "NVIDIA H100 PCIe", "a wooden desk", ""]
HOW = ["alias", "unknown accelerator", "none", "look-alike", "alias", "none", "none"]

# one text


@pytest.mark.parametrize(
    ("text", "how", "products"),
    [
        ("900-21010-0040-001", "part-number", ["nvidia-h200-nvl"]),
        ("900-21010-0049-999", "board-code", ["nvidia-h200-nvl"]),
        ("10de:2331", "pci-id", ["nvidia-h100-pcie"]),
        ("NVIDIA H100 PCIe", "alias", ["nvidia-h100-pcie"]),
        ("H200", "family", ["nvidia-h200"]),
        ("nvidia-h200-sxm", "alias", ["nvidia-h200-sxm"]),
        ("nvidia-a10", "alias", ["nvidia-a10"]),
        ("p5.48xlarge", "alias", ["aws-p5-48xlarge"]),
        ("Lot: A100 80GB PCIe and H100 NVL", "alias", ["nvidia-a100-pcie-80gb", "nvidia-h100-nvl"]),
        ("Water block for H100 PCIe", "accessory", []),
        ("NZXT H200 case", "look-alike", []),
        ("GPU server, model per quotation", "unknown accelerator", []),
        ("a wooden desk", "none", []),
        ("", "none", []),
    ],
)
def test_a_text(text: str, how: str, products: list[str]) -> None:
    answer = chipclass.identify(text)
    assert (answer.text, answer.how, list(answer.products)) == (text, how, products)
    assert answer.product == (products[0] if len(products) == 1 else None)
    assert answer.evidence


def test_a_listed_number_brings_its_source() -> None:
    answer = chipclass.identify("900-21010-0040-001")
    assert "named by the source: NVIDIA export classification list" in answer.evidence
    assert (answer.count, answer.candidates) == (1, ("nvidia-h200-nvl",))


@pytest.mark.parametrize("text", ["A10", "H20", "T4", "910B3", "A 100", "H.2.0.0"])
def test_a_name_that_could_be_anything_gives_candidates_unless_its_maker_stands_by(text: str) -> None:
    alone = chipclass.identify(text)
    assert (alone.how, alone.product) == ("unknown accelerator", None)
    assert alone.unknown == (text,)
    vendor = SPECS.item(alone.candidates[0]).vendor
    beside = chipclass.identify(text, manufacturer=vendor)
    assert beside.product and set(beside.candidates) == set(alone.candidates)
    assert chipclass.identify(text, manufacturer="Hilti").product is None


def test_a_bare_number_names_nothing_without_its_maker() -> None:
    alone = chipclass.identify("9654")
    assert (alone.how, alone.candidates) == ("none", ())
    assert "EPYC 9654" in alone.evidence and "9654" not in alone.near
    assert chipclass.identify("9654", manufacturer="AMD").product == "amd-epyc-9654"


def test_a_line_of_servers_is_no_chip_by_its_name() -> None:
    chassis = sorted(lexicon_of(SPECS).chassis)
    assert chassis
    assert [chipclass.identify(SPECS.item(name).name).products for name in chassis] == [()] * len(chassis)


def whole_names() -> Iterator[str]:
    for item in (SPECS.item(name) for table in TABLES for name in SPECS.index[table]):
        yield from dict.fromkeys((item.id, item.name, *item.aliases, *item.short_aliases))


def test_the_text_as_a_whole_and_as_free_text_do_not_contradict_each_other() -> None:
    """Whatever ``resolve`` takes a name for, the answer is that, an equal, or its chips as candidates."""
    chips, wrong = lexicon_of(SPECS).chips, []
    for text in spread(whole_names(), 1500):
        answer, whole = chipclass.identify([text])[0], exact(SPECS, text)
        meant = {chip for name in whole.ids for chip in chips(name)}
        open_ = text.isdigit() or not lexicon_of(SPECS).chassis.isdisjoint(whole.ids)
        if not (meant & set(answer.candidates) or (open_ and not answer.products)):
            wrong.append(f"{text}: {whole.ids}, {answer}")
    assert wrong == []


def test_ids_and_numbers_are_taken_at_their_word() -> None:
    ids = spread([name for table in TABLES for name in SPECS.index[table]], 200)
    assert [name for name in ids if chipclass.identify([name])[0].product != name] == []
    owners = SPECS.index["numbers"]
    numbers = spread(owners, 200)
    assert [key for key in numbers if set(chipclass.identify([key])[0].products) != set(owners[key])] == []


def test_near_names_are_for_one_short_text_that_names_nothing() -> None:
    assert chipclass.identify("A1OO").near[0] == "A100"
    assert chipclass.identify("H100 PCIe").near == ()
    assert chipclass.identify("A1OO " * 20).near == ()
    assert chipclass.identify(["A1OO"])[0].near == ()


def test_a_very_long_text_is_read_to_its_end() -> None:
    for text in ("NVIDIA H100 PCIe, " + "new, " * 200_000, "new, " * 200_000 + "NVIDIA H100 PCIe"):
        answer = chipclass.identify(text)
        assert (answer.product, answer.evidence) == (
            "nvidia-h100-pcie",
            "'NVIDIA H100 PCIe' is a name of NVIDIA H100 PCIe",
        )
    assert chipclass.identify("x" * 1_000_000).how == "none"


def test_a_name_is_found_wherever_a_long_text_is_cut() -> None:
    for place in range(1_700, 2_100, 7):
        answer = chipclass.identify("box " * (place // 4) + "NVIDIA H200 NVL 141GB" + " box" * 600)
        assert answer.products == ("nvidia-h200-nvl",)


@pytest.mark.parametrize(
    "text", ["\x00", "\x00\x1b[31m", "\ud800", "H100 NVL \udcff", "\u202eH100", "🙂" * 50, "\n\t "]
)
def test_no_character_stops_it(text: str) -> None:
    assert chipclass.identify(text).text == text
    assert len(chipclass.identify([text] * 3)) == 3


def test_the_document_and_the_repr() -> None:
    answer = chipclass.identify("Dell PERC H200 with 2x H100 NVL")
    assert answer.to_dict() == {
        "text": "Dell PERC H200 with 2x H100 NVL",
        "how": "alias",
        "product": "nvidia-h100-nvl",
        "products": ["nvidia-h100-nvl"],
        "family": None,
        "candidates": ["nvidia-h100-nvl"],
        "count": 2,
        "evidence": "'H100 NVL' is a name of NVIDIA H100 NVL",
        "refused": [{"what": "PERC H200", "why": "Dell PERC H200 RAID controller", "kind": "look-alike"}],
        "unknown": [],
        "near": [],
    }
    assert repr(answer) == (
        "Identification('Dell PERC H200 with 2x H100 NVL', how='alias', product='nvidia-h100-nvl', count=2, "
        "refused=('PERC H200',))"
    )
    assert len(repr(chipclass.identify("desk " * 50))) < 120
    assert hash(answer) and isinstance(answer, chipclass.Identification)
    with pytest.raises(AttributeError):
        answer.how = "none"  # type: ignore[misc]


# columns


def hows(answers: list[Identification]) -> list[str]:
    return [answer.how for answer in answers]


@pytest.mark.parametrize("shape", [list, tuple, iter], ids=lambda shape: shape.__name__)
def test_a_list_and_its_like_give_a_list(shape: Any) -> None:
    answers = chipclass.identify(shape(TEXTS))
    assert hows(answers) == HOW
    assert answers[0] is answers[4], "a distinct text is identified once"
    assert [answer.text for answer in answers] == [text or "" for text in TEXTS]
    assert (answers[2].evidence, answers[6].evidence) == ("no text", "the text has no letter or digit")
    assert chipclass.identify(shape([])) == []


def test_a_series_gives_a_frame_with_its_index() -> None:
    index = pd.Index(["b", "a", "a", None, 4, 5.5, ("x", 1)], name="row", dtype=object)
    frame = chipclass.identify(pd.Series(TEXTS, index=index))
    assert frame.index.equals(index) and frame.index.name == "row"
    assert list(frame.columns) == list(COLUMNS)
    assert frame["how"].tolist() == HOW
    assert frame["count"].dtype == "Int64" and frame["count"].tolist()[:2] == [1, pd.NA]
    assert frame["product"].tolist()[0] == "nvidia-h100-pcie" and frame["product"].isna().tolist()[1]
    assert frame["candidates"].tolist()[1] == ("nvidia-a10",)
    assert frame["refused"].tolist()[3][0]["kind"] == "look-alike"


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category", "string[pyarrow]", "large_string[pyarrow]"])
def test_a_series_of_any_type_of_text(dtype: str) -> None:
    kind = pd.ArrowDtype(pa.large_string()) if dtype.startswith("large") else dtype
    assert chipclass.identify(pd.Series(TEXTS, dtype=kind))["how"].tolist() == HOW  # type: ignore[call-overload]


def test_entries_that_are_no_text_name_nothing() -> None:
    series = pd.Series(["H100 NVL", float("nan"), None, pd.NA, pd.NaT, 4090, ["H200"], b"H200"], dtype=object)
    frame = chipclass.identify(series)
    assert frame["how"].tolist() == ["alias"] + ["none"] * 7
    assert set(frame["evidence"][1:]) == {"no text"}


class Marked(pd.Series):
    """What other packages make of a Series."""


def test_a_kind_of_series_is_one() -> None:
    assert list(chipclass.identify(Marked(["H200"], index=["a"])).index) == ["a"]


def test_an_empty_series_has_all_columns() -> None:
    frame = chipclass.identify(pd.Series([], dtype=object))
    assert list(frame.columns) == list(COLUMNS) and len(frame) == 0


ARRAYS = [
    pa.array(TEXTS),
    pa.array(TEXTS, pa.large_string()),
    pa.array(TEXTS, pa.string_view()),
    pa.array(TEXTS).dictionary_encode(),
    pa.chunked_array([TEXTS[:3], TEXTS[3:]], pa.string()),
    pa.chunked_array([pa.array(TEXTS[:3]).dictionary_encode(), pa.array(TEXTS[3:]).dictionary_encode()]),
    pa.table({"text": TEXTS}).column("text"),
    pa.array(["x", *TEXTS])[1:],
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{type(array).__name__} {array.type}")
def test_an_arrow_column_gives_a_table(array: Any) -> None:
    table = chipclass.identify(array)
    assert table.column_names == list(COLUMNS)
    rows = table.to_pylist()
    assert [row["how"] for row in rows] == HOW
    expected = [{name: answer.to_dict()[name] for name in COLUMNS} for answer in chipclass.identify(TEXTS)]
    assert rows == expected
    assert table.schema.field("count").type == pa.int64()


@pytest.mark.parametrize("array", [pa.array([], pa.string()), pa.chunked_array([], pa.string()), pa.nulls(2)], ids=str)
def test_an_arrow_column_without_text(array: Any) -> None:
    assert [row["how"] for row in chipclass.identify(array).to_pylist()] == ["none"] * len(array)


@pytest.mark.parametrize(
    "column",
    [None, 7, b"H200", {"a": "H200"}, pd.DataFrame({"a": ["H200"]}), pa.table({"a": ["H200"]}), pa.array([1, 2])],
    ids=lambda column: type(column).__name__,
)
def test_what_is_no_column_of_texts_is_refused(column: Any) -> None:
    with pytest.raises(TypeError, match="of texts is wanted, found"):
        chipclass.identify(column)


def test_a_manufacturer_speaks_for_the_whole_column() -> None:
    assert hows(chipclass.identify(["A10", "L4", "desk"], manufacturer="NVIDIA")) == ["alias", "alias", "none"]
    assert hows(chipclass.identify(["A10", "L4", "desk"])) == ["unknown accelerator", "unknown accelerator", "none"]


def test_a_first_look_over_many_texts_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*TEXTS, *spread(whole_names(), 300), "A 100", "9654", "\ud800", "AC-123-45"]
    few = chipclass.identify(texts)
    monkeypatch.setattr(module, "MANY", 10)
    assert chipclass.identify(texts) == few


# steps


@pytest.mark.parametrize(
    ("text", "manufacturer", "kinds"),
    [
        ("900-21010-0049-999", None, ["text", "whole text", "answer"]),
        ("A10", None, ["text", "whole text", "name", "confirmation", "answer"]),
        ("A10", "NVIDIA", ["text", "whole text", "manufacturer", "name", "confirmation", "count", "answer"]),
        ("Water block for H100 PCIe", None, ["text", "name", "accessory", "answer"]),
        ("NZXT H200 with GPU", None, ["text", "look-alike", "unknown", "answer"]),
        ("PowerEdge XE9680 8x H200", None, ["text", "name", "name", "narrowing", "count", "answer"]),
        ("a wooden desk", None, ["text", "answer"]),
        ("", None, ["answer"]),
    ],
)
def test_the_steps_of_an_answer(text: str, manufacturer: str | None, kinds: list[str]) -> None:
    around = surroundings(SPECS, manufacturer)
    told = steps(SPECS, text, around)
    assert [step.step for step in told] == kinds
    assert told[-1].text.startswith(chipclass.identify(text, manufacturer=manufacturer).how)
    for step in told:
        assert (step.start is None) == (step.end is None)
        if step.start is not None:
            assert told[0].text[step.start : step.end] in step.text


def test_words_that_decide_nothing_are_shown_too() -> None:
    told = steps(SPECS, "8x NVIDIA H100 80GB HBM3 with rail kit", surroundings(SPECS, None))
    assert "'RAIL KIT' (part) does not speak against it" in [step.text for step in told]
    assert [step.text for step in told if step.step == "count"] == ["8, as the text says"]
