"""The engine: rows, columns and types; the worst status; what is declared against what is computed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from chipclass.auditing import AuditError, audit
from chipclass.auditing.findings import CATALOGUE, SEVERITIES, STATUSES, worst
from chipclass.auditing.verdicts import codes_of

DAY = "2026-09-24"
TYPES = {
    "chipclass_how": "dictionary<values=string, indices=int32, ordered=0>",
    "chipclass_product": "string",
    "chipclass_products": "list<item: string>",
    "chipclass_candidates": "list<item: string>",
    "chipclass_chip_count": "int64",
    "chipclass_tpp": "double",
    "chipclass_tpp_low": "double",
    "chipclass_tpp_high": "double",
    "chipclass_performance_density": "double",
    "chipclass_total_dram_bandwidth_gb_s": "double",
    "chipclass_interconnect_bandwidth_gb_s": "double",
    "chipclass_status": "dictionary<values=string, indices=int32, ordered=0>",
    "chipclass_ic_class": "string",
    "chipclass_item_class": "string",
    "chipclass_licence_requirement": "dictionary<values=string, indices=int32, ordered=0>",
    "chipclass_review_policy": "dictionary<values=string, indices=int32, ordered=0>",
    "chipclass_tariff": "dictionary<values=string, indices=int32, ordered=0>",
    "chipclass_letter": "bool",
    "chipclass_findings": "list<item: string>",
    "chipclass_evidence": "string",
}


def rows(**columns: list[Any]) -> list[dict[str, Any]]:
    table = audit(pa.table(columns), as_of=DAY).table
    return [{k.removeprefix("chipclass_"): v for k, v in row.items()} for row in table.to_pylist()]


def one(text: str, **columns: str) -> dict[str, Any]:
    return rows(description=[text], **{name: [value] for name, value in columns.items()})[0]


def test_columns_names_types_and_order() -> None:
    source = pa.table({"z": [1], "description": ["H200"], "a": [None]})
    table = audit(source, as_of=DAY).table
    assert table.column_names == ["z", "description", "a", *TYPES]
    assert {name: str(table.schema.field(name).type) for name in TYPES} == TYPES
    assert table.select(["z", "description", "a"]).equals(source)


def test_every_row_once_and_in_order() -> None:
    texts = ["H200", None, "", "desk", "H20 GPU", "H200", "RTX 6090", "NZXT H200"] * 50
    found = rows(n=list(range(400)), description=texts)
    assert [row["n"] for row in found] == list(range(400))
    assert [row["description"] for row in found] == texts
    expected = ["controlled", "no chip", "no chip", "no chip", "not caught", "controlled", "not identified", "no chip"]
    assert [row["status"] for row in found] == expected * 50


@pytest.mark.parametrize("size", [1, 7, 64])
def test_small_batches_give_the_same_as_one(size: int) -> None:
    texts = ["H200", "", "RTX 6090", "L4 24GB", "H100 or A100", "cable for H100", "MI308X", "x"] * 9
    source = pa.table({"description": texts, "eccn": (["", "4A090.a", "EAR99"] * 24)})
    whole, parts = audit(source, as_of=DAY), audit(source, as_of=DAY, batch_rows=size)
    assert parts.table.to_pylist() == whole.table.to_pylist()
    assert parts.summary == whole.summary
    assert parts.findings.equals(whole.findings)


def test_the_worst_status_wins_and_comes_first() -> None:
    assert worst(reversed(STATUSES)) == "controlled"
    row = one("H20 GPU and MI308X and H200")
    assert row["status"] == "controlled"
    assert row["products"] == ["nvidia-h200", "amd-mi308x", "nvidia-h20"]
    assert row["product"] == "nvidia-h200"
    assert one("H20 GPU and MI308X")["status"] == "cannot exclude"
    assert one("H20 GPU and RTX 6090")["status"] == "not identified"
    assert one("H20 GPU and NZXT H200")["status"] == "not caught"


def test_number_and_text_that_name_different_products() -> None:
    row = one("NVIDIA L20 48GB", part_number="900-21010-0000-000")
    assert row["products"] == ["nvidia-h100-pcie", "nvidia-l20"]
    assert row["how"] == "part-number"
    row = one("H100 PCIe, power cable", part_number="900-21010-0000-000")
    assert (row["status"], row["products"]) == ("controlled", ["nvidia-h100-pcie"])
    assert "accessory" in row["findings"] and "not_identified" not in row["findings"]
    assert one("GPU module", part_number="900-21010-0000-000")["findings"] == ["controlled"]


def test_an_unknown_number_beside_a_known_name_is_said() -> None:
    row = one("NVIDIA A10 24GB", part_number="900-2G133-9999-000")
    assert (row["status"], row["products"]) == ("not identified", ["nvidia-a10"])


def test_a_family_gives_its_variants_and_no_figure_that_they_do_not_share() -> None:
    row = one("H100")
    assert row["product"] == "nvidia-h100" and row["how"] == "family"
    assert set(row["candidates"]) == {
        f"nvidia-h100-{variant}" for variant in ("sxm", "pcie", "nvl", "sxm-64gb", "sxm-94gb", "sxm-96gb")
    }
    assert set(one("H100 80GB")["candidates"]) == {"nvidia-h100-sxm", "nvidia-h100-pcie"}
    assert row["tpp"] is None and row["tpp_low"] < 12200 < 15800 < row["tpp_high"]
    assert "ambiguous_variant" in row["findings"]
    assert one("H100 SXM5")["tpp"] == pytest.approx(15831.2)
    for text in ("H100 PCIe", "L40", "MI308X", "A100 80GB PCIe", "RTX 4090", "Ascend 910B4"):
        row = one(text)
        assert row["tpp"] is None or row["tpp_low"] <= row["tpp"] <= (row["tpp_high"] or float("inf"))


def test_bounds_hold_what_decides_and_no_claim_that_is_set_aside() -> None:
    """As ``classify`` has them: a typing error of the press (B200) or a superseded figure (H100 PCIe) is none."""
    for text, bounds in (("B200", (36000, 37248)), ("H100 PCIe", (12104.8, 12224)), ("H20 96GB", (2352, 2368))):
        row = one(text)
        assert (row["tpp_low"], row["tpp_high"]) == bounds


def test_context_comes_from_the_manufacturer_and_other_columns() -> None:
    assert one("A10")["status"] == "not identified"
    assert one("A10", manufacturer="NVIDIA")["product"] == "nvidia-a10"
    assert one("A10", part_number="GPU-77")["product"] == "nvidia-a10"
    assert one("A10", manufacturer="Apple")["status"] == "not identified"
    assert one("T5", manufacturer="Nvidia Corp.")["status"] == "not identified"


@pytest.mark.parametrize(
    ("text", "eccn", "finding", "expected"),
    [
        ("H200", "4A090.a", "declared_eccn_differs", False),
        ("H200", "3A090.a.1", "declared_eccn_differs", False),
        ("H200", "4A090", "declared_eccn_differs", False),
        ("H200", "5A992.z.1", "declared_eccn_differs", False),
        ("H200", "5A992.z.1", "z_branch", True),
        ("H200", "3A090.b", "declared_eccn_differs", True),
        ("H200", "EAR99", "declared_eccn_differs", True),
        ("H200", "5A992.c", "declared_eccn_differs", True),
        ("H200", "", "missing_eccn", True),
        ("H200", "EAR99", "missing_eccn", False),
        ("H20 GPU", "4A994.l", "declared_eccn_differs", False),
        ("H20 GPU", "3A090.a", "declared_eccn_differs", True),
        ("H20 GPU", "", "missing_eccn", False),
        ("MI308X", "EAR99", "declared_eccn_differs", False),
        ("MI308X", "3A090.b", "declared_eccn_differs", False),
        ("desk", "EAR99", "not_identified", False),
        ("desk", "4A090.a", "not_identified", True),
        ("desk", "5A002.z.1.a", "not_identified", True),
        ("cable for H100", "3A090.a", "not_identified", True),
    ],
)
def test_declared_eccn(text: str, eccn: str, finding: str, expected: bool) -> None:
    row = one(text, eccn=eccn)
    assert (finding in row["findings"]) is expected, row
    if finding == "not_identified" and expected:
        assert row["status"] == "not identified" and "declared ECCN" in row["evidence"]


def test_without_an_eccn_column_none_is_missing() -> None:
    assert "missing_eccn" not in one("H200")["findings"]


def test_eccns_in_a_cell() -> None:
    assert codes_of(["4A090.a; 5A992.z.1"]) == ("4A090.A", "5A992.Z.1")
    assert codes_of(["ECCN: EAR99", "4a090a", "n/a"]) == ("EAR99", "4A090A")


def test_letters_and_bands_speak_where_they_matter() -> None:
    row = one("H20 96GB GPU")
    assert row["letter"] is True and "letter_criterion" in row["findings"]
    assert "letter_criterion" not in one("H200")["findings"]
    assert "tariff_band" in one("H200 NVL")["findings"]


def test_no_chip_has_no_figures() -> None:
    row = one("desk")
    filled = {k for k, v in row.items() if v not in (None, [], "")}
    assert filled == {"description", "how", "status"}


def test_the_catalogue_of_findings() -> None:
    for code, finding in CATALOGUE.items():
        assert finding.code == code and finding.severity in SEVERITIES
        assert finding.message and finding.question.endswith((".", "?"))


def test_columns_of_other_types_are_read_as_text() -> None:
    source = pa.table(
        {
            "part_number": pa.array([900210100000000, None]),
            "description": pa.array(["x", "H200"]).dictionary_encode(),
        }
    )
    table = audit(source, as_of=DAY).table
    assert table.column("chipclass_product").to_pylist() == ["nvidia-h100-pcie", "nvidia-h200"]
    assert table.select([0, 1]).equals(source)


def test_roles_by_header_by_mapping_and_assumed() -> None:
    source = pa.table({"Mfr. Part No.": ["x"], "US ECCN": ["EAR99"], "Item_Description": ["H200"], "Brand": ["y"]})
    roles = audit(source, as_of=DAY).summary["roles"]
    assert roles == {
        "part_number": ["Mfr. Part No."],
        "description": ["Item_Description"],
        "manufacturer": ["Brand"],
        "eccn": ["US ECCN"],
        "not_used": [],
        "assumed": False,
    }
    source = pa.table({"foo": ["H200"], "bar": ["H20"], "n": [1]})
    summary = audit(source, as_of=DAY).summary
    assert summary["roles"]["description"] == ["foo", "bar"] and summary["roles"]["assumed"]
    mapped = audit(source, as_of=DAY, mapping={"description": "bar", "manufacturer": ["foo"]}).summary["roles"]
    assert mapped["description"] == ["bar"] and mapped["manufacturer"] == ["foo"] and not mapped["assumed"]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"colour": "foo"}, "unknown role 'colour'; expected one of part_number, description, manufacturer, eccn"),
        ({"description": "fo"}, "no column 'fo'; did you mean 'foo'?"),
        ({"description": "zzz"}, "no column 'zzz'; the columns are foo, n"),
    ],
)
def test_wrong_mappings(mapping: dict[str, str], message: str) -> None:
    with pytest.raises(AuditError) as error:
        audit(pa.table({"foo": ["H200"], "n": [1]}), as_of=DAY, mapping=mapping)
    assert str(error.value) == message


def test_nothing_to_look_at() -> None:
    with pytest.raises(AuditError, match="no column with text to look at; the columns are 'n'"):
        audit(pa.table({"n": [1]}), as_of=DAY)
