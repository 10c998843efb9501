"""Defects that a review found: lost header rows, swallowed rows, reading back, odd types, several products."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chipclass.auditing import AuditError, audit

DAY = "2026-09-24"


def write(path: Path, content: str) -> Path:
    path.write_bytes(content.encode())
    return path


def one(**cells: str) -> dict[str, Any]:
    row = audit(pa.table({name: [value] for name, value in cells.items()}), as_of=DAY).table.to_pylist()[0]
    return {key.removeprefix("chipclass_"): value for key, value in row.items()}


@pytest.mark.parametrize("first", ["900-21010-0000-000,GPU", "GPU,H200", "Description,900-21010-9999-000"])
def test_a_first_line_that_names_a_product_is_no_header(tmp_path: Path, first: str) -> None:
    path = write(tmp_path / "in.csv", f"{first}\nfoo,2\n")
    with pytest.raises(AuditError, match=r"the first line of the file names a product .* add a header line above it"):
        audit(path, as_of=DAY)


@pytest.mark.parametrize("first", ["GPU,tpp", "accelerator,HBM3 (GB)", "NVIDIA part number,8-GPU price", "chip,T4"])
def test_a_header_that_speaks_of_gpus_is_one(tmp_path: Path, first: str) -> None:
    assert audit(write(tmp_path / "in.csv", f"{first}\nfoo,2\n"), as_of=DAY).table.num_rows == 1


def test_a_column_that_the_user_names_is_a_header(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "H200,n\nfoo,2\n")
    assert audit(path, as_of=DAY, mapping={"description": "H200"}).table.num_rows == 1


def test_several_products_and_the_tariff_band_of_any() -> None:
    text = "NVIDIA H100 PCIe 80GB / H200 SXM 141GB"
    single = {part: one(description=part) for part in text.split(" / ")}
    inside = [row["tariff"] for row in single.values() if "tariff_band" in row["findings"]]
    row = one(description=text)
    assert "tariff_band" in row["findings"] and row["tariff"] in inside and row["tariff"].startswith("inside")
    assert one(description=" / ".join(reversed(text.split(" / "))))["tariff"] == row["tariff"]


def test_several_products_and_the_letter_of_any() -> None:
    assert one(description="L20 48GB")["letter"] is False
    assert one(description="H20 96GB GPU")["letter"] is True
    assert one(description="L20 48GB, H20 96GB GPU")["letter"] is True


def test_conflicting_products() -> None:
    assert "conflicting_products" in one(part_number="900-21010-0000-000", description="NVIDIA L20 48GB")["findings"]
    assert "conflicting_products" not in one(part_number="900-21010-0000-000", description="H100 80GB")["findings"]
    assert "conflicting_products" not in one(part_number="900-21010-0000-000", description="GPU")["findings"]
    assert "conflicting_products" not in one(description="H100 or L20 48GB")["findings"]
    assert "conflicting_products" not in one(part_number="935-24287-0001-000", description="H100 SXM5")["findings"]


@pytest.mark.parametrize("eccn", ["n/a", "N.A.", "-", "TBD", "none", "  ", "?", "not available"])
def test_an_eccn_that_says_nothing_is_missing(eccn: str) -> None:
    assert "missing_eccn" in one(description="H200", eccn=eccn)["findings"]


@pytest.mark.parametrize("eccn", ["EAR99", "4A090.a", "ask vendor A"])
def test_an_eccn_that_says_something_is_not_missing(eccn: str) -> None:
    assert "missing_eccn" not in one(description="H200", eccn=eccn)["findings"]


def test_columns_that_are_recognised_and_not_used() -> None:
    names = ["Ship-To Country", "description", "country", "TPP", "order_date", "Country of Destination"]
    roles = audit(pa.table({name: ["H200"] for name in names}), as_of=DAY).summary["roles"]
    assert roles["not_used"] == ["Ship-To Country", "TPP", "order_date", "Country of Destination"]
    assert roles["description"] == ["description"]
    roles = audit(pa.table({"foo": ["H200"], "destination": ["x"]}), as_of=DAY).summary["roles"]
    assert roles["assumed"] and roles["description"] == ["foo"] and roles["not_used"] == ["destination"]


@pytest.mark.parametrize(
    ("content", "descriptions", "rejected"),
    [
        (
            'description,q\n"tray,1\nNVIDIA H200,2\nNVIDIA H100,2\nfoo "5"",3\nbar,4\n',
            ["NVIDIA H200", "NVIDIA H100", 'foo "5""', "bar"],
            1,
        ),
        ('description,q\n"tray,1\nNVIDIA H200,2\nend",5\nbar,4\n', ["NVIDIA H200", 'end"', "bar"], 1),
        ('description,q\n"tray,1\nNVIDIA H200",2\nbar,4\n', ['NVIDIA H200"', "bar"], 1),
        ('description,q\n"two\nlines",5\n"a b\n\nc",4\n', ["two\nlines", "a b\n\nc"], 0),
        ('description,q\n"5" monitor,3\n', ["5 monitor"], 0),
    ],
)
def test_a_stray_quote_swallows_no_row(tmp_path: Path, content: str, descriptions: list[str], rejected: int) -> None:
    result = audit(write(tmp_path / "in.csv", content), as_of=DAY)
    assert result.table.column("description").to_pylist() == descriptions
    assert len(result.rejects) == rejected


def test_reading_back_a_csv(tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.csv", 'sku,"a\nb",sku,description\n00123,1.50,true,"H200, new\nsecond line"\n7,,x,H100\n'
    )
    held = audit(path, as_of=DAY)
    back = audit(path, as_of=DAY, output=tmp_path / "x.csv")
    assert back.table.schema.equals(held.table.schema)
    rows = [column.to_pylist() for column in held.table.columns]
    rows[1] = ["1.50", None]  # an empty cell of a CSV is nothing
    assert [column.to_pylist() for column in back.table.columns] == rows
    assert back.findings.equals(held.findings)


def test_reading_back_without_a_finding(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "description\ndesk\n")
    assert audit(path, as_of=DAY, output=tmp_path / "x.csv").findings.num_rows == 0


def test_reading_back_two_columns_of_one_name(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "a,description,a\n1,H200,2\n")
    table = audit(path, as_of=DAY, output=tmp_path / "x.parquet").table
    assert table.column_names[:3] == ["a", "description", "a"]


STRUCT = pa.array([{"a": 1}])
ENDS = pa.RunEndEncodedArray.from_arrays([1], ["H200"])


@pytest.mark.parametrize("odd", [STRUCT, pa.array([b"H200"]), ENDS, pa.array([["H200"]])], ids=lambda a: str(a.type))
def test_a_column_that_cannot_be_read_as_text(odd: Any) -> None:
    with pytest.raises(AuditError, match=r"column 'description' holds .* and cannot be read as text"):
        audit(pa.table({"description": odd}), as_of=DAY)


@pytest.mark.parametrize("odd", [STRUCT, pa.array([b"x"]), ENDS, pa.array([[{"a": 1}]])], ids=lambda a: str(a.type))
def test_a_column_that_does_not_fit_into_csv(tmp_path: Path, odd: Any) -> None:
    with pytest.raises(AuditError, match=r"column 'other' holds .* and does not fit into csv; write Parquet"):
        audit(pa.table({"description": ["H200"], "other": odd}), as_of=DAY, output=tmp_path / "x.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "kind", [pa.string_view(), pa.large_string(), pa.dictionary(pa.int8(), pa.large_string())], ids=str
)
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_other_kinds_of_text(tmp_path: Path, kind: Any, suffix: str) -> None:
    source = pa.table({"description": pa.array(["H200", None]).cast(kind)})
    assert audit(source, as_of=DAY).summary["status"]["controlled"] == 1
    table = audit(source, as_of=DAY, output=tmp_path / f"x.{suffix}").table
    assert table.column("chipclass_status").to_pylist() == ["controlled", "no chip"]


def test_a_lone_surrogate_is_replaced() -> None:
    frame = pd.DataFrame({"description": pd.Series(["H200 \ud800", "desk"], dtype=object)})
    assert audit(frame, as_of=DAY).table.column("chipclass_status").to_pylist() == ["controlled", "no chip"]


def test_a_parquet_file_of_odd_columns_is_copied(tmp_path: Path) -> None:
    pq.write_table(pa.table({"description": ["H200"], "other": STRUCT, "b": [b"x"]}), tmp_path / "in.parquet")
    table = audit(tmp_path / "in.parquet", as_of=DAY, output=tmp_path / "x.parquet").table
    assert table.column("other").to_pylist() == [{"a": 1}]
