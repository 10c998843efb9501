"""A text to what it names: every alias finds itself, every look-alike is refused, neighbours are told apart."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from chipclass.identification.found import Found, narrowed
from chipclass.identification.lexicon import lexicon_of
from chipclass.identification.places import maker_of
from chipclass.identification.scan import has_context, scan
from chipclass.specdb.records import Item
from chipclass.specdb.store import load

SPECS = load()
ITEMS = [item for table in ("families", "chips", "products") for item in SPECS.items(table)]
NEEDS_CONTEXT = {entry["pattern"] for entry in SPECS.index["lexicon"]["needs_context"]}
SHORT = NEEDS_CONTEXT | {text for item in ITEMS for text in (item.name, *item.aliases, *item.short_aliases)
         if text in item.short_aliases or len("".join(filter(str.isalnum, text))) <= 3}  # fmt: skip
NUMBERED = [item for item in ITEMS if item.identifiers]
#: Of a PCI id with its subsystem the device part alone still names the product.
WHOLE = {v for item in ITEMS for entry in item.identifiers if entry.kind != "pci-subsystem" for v in entry.values}
LOOK_ALIKES = SPECS.index["lexicon"]["look_alike"]


def found(text: str, **around: object) -> Found:
    return scan(SPECS, text, **around)  # type: ignore[arg-type]


def same(name: str, answer: Found) -> bool:
    """The product itself, or a family of the same chips."""
    chips = lexicon_of(SPECS).chips
    return answer.ids == (name,) or (len(answer.ids) == 1 and chips(answer.ids[0]) == chips(name))


def wrong_of_alias(item: Item, text: str) -> Iterator[str]:
    """What is not as it should be where a name stands alone, in a sentence, in lower case, beside its maker."""
    lexicon = lexicon_of(SPECS)
    vendor = next(iter({SPECS.item(chip).vendor for chip in lexicon.chips(item.id)}))
    if item.id in lexicon.chassis:
        for shown in (text, f"{vendor} GPU, {text}, refurbished, boxed."):
            if ((answer := found(shown)).how, answer.ids, answer.candidates) != ("unknown accelerator", (), ()):
                yield f"{shown}: {answer}"
        return
    if text in SHORT:
        alone = found(text)
        if (alone.how, alone.ids) not in (("unknown accelerator", ()), ("none", ())):
            yield f"{text}: short and believed alone: {alone}"
        if not text.isdigit() and lexicon.chips(item.id) != set(alone.candidates):
            yield f"{text}: candidates {alone.candidates}"
    else:
        for shown in (text, f"Lot 7: {text}, refurbished, boxed.", text.lower()):
            if not same(item.id, answer := found(shown)):
                yield f"{shown}: {answer}"
    apart = "" if text.isdigit() else " GPU,"  # a number is a price or a year unless its maker stands right before it
    for shown, around in (
        (f"{vendor}{apart} {text}, refurbished, boxed.", {}),
        (text, {"context": True, "maker": vendor.upper()}),
    ):
        if not same(item.id, answer := found(shown, **around)):
            yield f"{shown} {around}: {answer}"


def wrong_of_number(item: Item, text: str) -> Iterator[str]:
    """What is not as it should be where a number stands alone, in a sentence, with other separators or with a tail."""
    for shown in (text, text.lower(), f"P/N {text} (new)"):
        answer = found(shown)
        if answer.how not in ("part-number", "pci-id") or item.id not in answer.ids:
            yield f"{shown}: {answer}"
    for shown in (text.replace("-", ""), text.replace("-", " ")) if len(text) > 12 else ():
        if found(shown).ids != answer.ids:
            yield f"{shown}: {found(shown)}"
    if text in WHOLE and (answer := found(f"{text}-X9")).how in ("part-number", "pci-id") and item.id in answer.ids:
        yield f"{text}-X9 is another number"


@pytest.mark.parametrize("item", ITEMS, ids=[item.id for item in ITEMS])
def test_every_alias_finds_itself(item: Item) -> None:
    texts = dict.fromkeys((item.name, *item.aliases, *item.short_aliases))
    assert not [wrong for text in texts for wrong in wrong_of_alias(item, text)]


@pytest.mark.parametrize("item", NUMBERED, ids=[item.id for item in NUMBERED])
def test_every_number_finds_its_product(item: Item) -> None:
    texts = dict.fromkeys(value for entry in item.identifiers for value in entry.values)
    assert not [wrong for text in texts for wrong in wrong_of_number(item, text)]


@pytest.mark.parametrize("entry", LOOK_ALIKES, ids=[entry["pattern"] for entry in LOOK_ALIKES])
@pytest.mark.parametrize("sentence", ["{}", "used {} in box", "{} 32GB PCIe"])
def test_every_look_alike_is_refused(entry: dict[str, str], sentence: str) -> None:
    for text in (sentence.format(entry["pattern"]), sentence.format(entry["pattern"].lower())):
        answer = found(text)
        assert not answer.ids
        refused = [refusal for refusal in answer.refused if refusal.kind == "look-alike"]
        assert refused and all(refusal.why for refusal in refused)
        if "GPU all the same" in entry.get("note", ""):
            assert answer.how == "unknown accelerator"
        else:
            assert answer.how == "look-alike", answer


@pytest.mark.parametrize("entry", LOOK_ALIKES, ids=[entry["pattern"] for entry in LOOK_ALIKES])
def test_a_look_alike_hides_no_real_name_beside_it(entry: dict[str, str]) -> None:
    assert "nvidia-h200-nvl" in found(f"{entry['pattern']} and NVIDIA H200 NVL").ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("NVIDIA H20 96GB", ["nvidia-h20-96gb"]),
        ("H20-3e", ["nvidia-h20-141gb"]),
        ("H20 GPU", ["nvidia-h20"]),
        ("H200", ["nvidia-h200"]),
        ("H200 NVL", ["nvidia-h200-nvl"]),
        ("H200NVL", ["nvidia-h200-nvl"]),
        ("h200_nvl", ["nvidia-h200-nvl"]),
        ("H200/NVL", ["nvidia-h200-nvl"]),
        ("HGX H20", ["nvidia-hgx-h20-8-gpu"]),
        ("NVIDIA L4", ["nvidia-l4"]),
        ("NVIDIA L40", ["nvidia-l40"]),
        ("NVIDIA L40S", ["nvidia-l40s"]),
        ("RTX 4090", ["nvidia-rtx-4090"]),
        ("RTX 4090 D", ["nvidia-rtx-4090-d"]),
        ("RTX4090D 24G", ["nvidia-rtx-4090-d"]),
        ("RTX 4090 Dual", ["nvidia-rtx-4090"]),
        ("RTX 6000D", ["nvidia-rtx-6000d"]),
        ("RTX A6000", ["nvidia-rtx-a6000"]),
        ("2xA100 80GB PCIe", ["nvidia-a100-pcie-80gb"]),
        ("H100 80GB SXM5", ["nvidia-h100-sxm"]),
        ("H100／80GB／SXM", ["nvidia-h100-sxm"]),
        ("Tesla A100 80G PCI-E", ["nvidia-a100-pcie-80gb"]),
        ("A100 40GB/80GB", ["nvidia-a100"]),
        ("H100 SXM or PCIe", ["nvidia-h100"]),
        ("H20 96G/141G GPU", ["nvidia-h20"]),
        ("H100 / A100", ["nvidia-h100", "nvidia-a100"]),
        ("DGX B200 - 8x B200", ["nvidia-dgx-b200"]),
        ("NVIDIA h 200", ["nvidia-h200"]),
        ("GPU for sale: NVIDIA H100", ["nvidia-h100"]),
        ("NVIDIA Data Center GPU H100", ["nvidia-h100"]),
    ],
)
def test_neighbours(text: str, ids: list[str]) -> None:
    assert list(found(text).ids) == ids


@pytest.mark.parametrize(
    "text",
    [
        "GH400",
        "RTX 7000 Ada",
        "RTX PRO 7000 Blackwell",
        "Quadro RTX 9000",
        "RTX A1100",
        "RTX 4090 Laptop GPU",
        "MI320X",
        "MI 300X",
        "Ascend 910B5",
        "Kunlun R900",
        "H100 72GB",
        "HGX H100 8-GPU 72GB",
        "900-21010-9999-000",
        "GPU server, model per quotation",
        "A100X",
        "昇腾 训练卡",
        "RNGD-S",
        "DEEPX DX-M1",
        "算能 BM1684X",
        "NVIDIA Orin",
        "0a6a  GT218M [NVS 2100M]",
        "PNV5b.48XLARGE768",
        "P104-100",
        "GTX 760 4GB",
        "Видеокарта evga 1070",
        "SK hynix HBM4 16Hi",
        "TPU v4 pod slice 2x2x2",
        "ATOM-Max",
        "4090 8卡服务器",
        "4090 24G 公版 涡轮卡",
    ],
)
def test_an_accelerator_in_no_list_is_said_to_be_one(text: str) -> None:
    answer = found(text)
    assert (answer.how, answer.ids) == ("unknown accelerator", ())
    assert answer.evidence and answer.unknown


@pytest.mark.parametrize("text", ["NH100", "XH200Y", "16 GB 200 MHz", "L 200 x W 100 x H 100", "H 200", "", "  ", "!?"])
def test_nothing_chip_like(text: str) -> None:
    assert found(text) == Found("none")


def test_a_short_name_needs_a_word_beside_it() -> None:
    assert found("A10").candidates == ("nvidia-a10",)
    assert found("screw A10").how == "unknown accelerator"
    assert found("A10 24W").ids == ()
    assert found("A10 GPU").ids == ("nvidia-a10",)
    assert found("A10", context=True).ids == ("nvidia-a10",)
    assert has_context(SPECS, "NVIDIA Corp.") and not has_context(SPECS, "generic")


def test_a_number_is_a_model_only_right_behind_its_maker() -> None:
    assert found("NVIDIA 5090 FE").ids == found("지포스 5090").ids == ("nvidia-rtx-5090",)
    assert found("5090", maker="NVIDIA").ids == ("nvidia-rtx-5090",)
    assert found("NVIDIA GPU, lot 5090").ids == found("Dell OptiPlex 5090, NVIDIA graphics").ids == ()
    assert found("5090 EUR").how == "none"


def test_a_maker_beside_the_row_keeps_bare_models_from_being_overlooked() -> None:
    assert maker_of(SPECS, "Nvidia Corp.") == "NVIDIA"
    assert maker_of(SPECS, "generic") == ""
    assert found("T5").how == "none"
    assert found("T5", maker="NVIDIA").how == "unknown accelerator"
    assert found("T4", maker="NVIDIA").ids == ("nvidia-t4",)
    assert found("power cord, 2 m", maker="NVIDIA").how == "none"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Water block for NVIDIA H100 PCIe", "accessory"),
        ("H100 PCIe用 水冷ブロック", "accessory"),
        ("NVLink bridge for H100 NVL / H200 NVL (set of 3)", "accessory"),
        ("compatible with A100, A40 and A30", "accessory"),
        ("NVIDIA H100 PCIe, compatible with R750xa", "alias"),
        ("4U chassis, supports up to 8x H100, no GPU", "accessory"),
        ("NVIDIA AI Enterprise licence for H200 NVL", "accessory"),
        ("H200 NVL w/ NVIDIA AI Enterprise subscription", "alias"),
        ("H200 NVL with power cable", "alias"),
        ("H200 NVL w/o cable", "alias"),
        ("RTX 4090 ケーブル付き", "alias"),
        ("RTX 4090 24GB, triple fan", "alias"),
        ("RTX 4090, triple fan", "alias"),
        ("H100 PCIe 80GB, 3 yr warranty", "alias"),
        ("Heatsink RTX 4090", "accessory"),
        ("bracket for Arc Pro A40", "accessory"),
        # In doubt the row could be a chip.
        ("RTX 4090 triple fan", "unknown accelerator"),
        ("NVIDIA H100 80GB PCIe, power cable", "unknown accelerator"),
        ("GPU server 2U, rail kit, 4x L40S", "unknown accelerator"),
        ("ConnectX-8 for GB300 Workstation", "unknown accelerator"),
        # Nothing chip-like is mentioned.
        ("copper cable, 2 m", "none"),
    ],
)
def test_accessory_words_carry_as_far_as_their_category_says(text: str, how: str) -> None:
    answer = found(text)
    assert answer.how == how, answer
    if how == "accessory":
        assert all(refusal.kind in ("accessory", "look-alike") for refusal in answer.refused) and answer.refused
    if how == "unknown accelerator":
        assert answer.candidates


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("8x H100 SXM5", 8),
        ("×8 H100 SXM5", 8),
        ("x8 H200", 8),
        ("2xA100 80GB PCIe", 2),
        ("2×H200 NVL", 2),
        ("H100 NVL x2", 2),
        ("H100 NVL (2)", 2),
        ("MI300X platform, 8 GPU", 8),
        ("HGX H100 8-GPU", 8),
        ("GB200 NVL72", 72),
        ("DGX B200", 8),
        ("H100 PCIe", 1),
        ("H100 PCIe x16", 1),
        ("H100 server", None),
        ("HGX A100", None),
        ("8x HGX H200", None),
        ("H100 and A100", None),
        ("900-21010-0000-000", 1),
    ],
)
def test_counts(text: str, count: int | None) -> None:
    assert found(text).count == count


def test_what_another_name_says_more_exactly_is_left_out() -> None:
    assert narrowed(SPECS, ["nvidia-h100", "nvidia-h100-sxm"]) == ("nvidia-h100-sxm",)
    assert narrowed(SPECS, ["nvidia-b200", "nvidia-dgx-b200"]) == ("nvidia-dgx-b200",)
    assert narrowed(SPECS, ["nvidia-a100", "nvidia-a100-80gb"]) == ("nvidia-a100-80gb",)
    assert narrowed(SPECS, ["nvidia-l4", "nvidia-l40"]) == ("nvidia-l4", "nvidia-l40")


def test_the_evidence_shows_the_text_as_written() -> None:
    assert found("Lot: nVidia  h200-NVL!").evidence == "'nVidia h200-NVL' is a name of NVIDIA H200 NVL"
    assert "inferred" in found("900-2G548-A801-000").evidence


def test_a_very_long_cell_is_read_in_reasonable_time() -> None:
    start = time.perf_counter()
    assert found("A100 " * 20_000).ids == ("nvidia-a100",)
    assert found("cable for H100, " * 5_000).how in ("accessory", "unknown accelerator")
    assert found("x" * 200_000) == Found("none")
    assert time.perf_counter() - start < 20
