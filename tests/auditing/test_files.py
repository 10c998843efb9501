"""Files in and out: rejects, bad inputs with kind messages, sidecars, bounded streaming, byte-identical output."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chipclass.auditing import AuditError, audit

DAY = "2026-09-24"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rejects(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiters_and_marks(tmp_path: Path, delimiter: str, mark: bytes) -> None:
    lines = [["part no", "description", "price"], ["0012", "H200, new; 2|1", "1,5"], ["7", "Kühlschrank", ""]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    result = audit(write(tmp_path / "in.csv", mark + text.encode()), as_of=DAY)
    assert result.table.column_names[:3] == ["part no", "description", "price"]
    assert result.table.column("part no").to_pylist() == ["0012", "7"]
    assert result.table.column("chipclass_status").to_pylist() == ["controlled", "no chip"]
    assert result.summary["input"]["delimiter"] == delimiter


def test_a_list_of_names_may_hold_commas(tmp_path: Path) -> None:
    result = audit(write(tmp_path / "in.csv", "description\nH200, new\nH100, PCIe, 80GB\n\ndesk\n"), as_of=DAY)
    assert result.table.column("description").to_pylist() == ["H200, new", "H100, PCIe, 80GB", "desk"]
    assert result.summary["rows"] == {"in": 3, "out": 3, "rejected": 0}


def test_rejects_keep_line_reason_and_raw_text(tmp_path: Path) -> None:
    content = (
        b"id,description\n"
        b"1,H200\n"
        b"2,H100,extra\n"  # line 3
        b"\n"
        b"3\n"  # line 5
        b'4,"two\nlines"\n'
        b"5,caf\xe9 A100\n"  # line 8
        b'6,"open quote\n'  # line 9
        b"7,RTX 4090\n"
        b"8,desk\n"
    )
    result = audit(write(tmp_path / "in.csv", content), as_of=DAY, output=tmp_path / "x.parquet")
    assert result.table.column("id").to_pylist() == ["1", "4", "7", "8"]
    assert result.table.column("description").to_pylist() == ["H200", "two\nlines", "RTX 4090", "desk"]
    assert result.summary["rows"] == {"in": 8, "out": 4, "rejected": 4}
    assert rejects(tmp_path / "x.rejects.jsonl") == [
        {"line": 3, "reason": "3 fields where the header has 2", "raw": "2,H100,extra"},
        {"line": 5, "reason": "1 field where the header has 2", "raw": "3"},
        {"line": 8, "reason": "bytes that are not UTF-8", "raw": "5,caf\\xe9 A100"},
        {
            "line": 9,
            "reason": "a quote that is not closed, or a row over several lines that does not fit the header",
            "raw": '6,"open quote',
        },
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"id,description\n", "has a header and no rows"),
        (b"\n\n", "has no header line"),
        (b"PK\x03\x04rest", "is a ZIP or XLSX file; save the sheet as CSV (UTF-8) or Parquet"),
        (b"\x1f\x8b\x08rest", "is compressed with gzip; unpack it first"),
        ("id,text\n1,H200\n".encode("utf-16"), "is encoded as UTF-16; save it as UTF-8"),
        (b"id\0x\n1\0\n", "is a binary file, or UTF-16 without a mark; save it as CSV (UTF-8) or Parquet"),
        (
            "id,größe\n1,x\n".encode("cp1252"),
            "is not UTF-8 (it may be Windows-1252, GB18030 or Shift-JIS); save it as UTF-8",
        ),
        (
            ("id,text\n" + "1,größe\n" * 9).encode("cp1252"),
            "is not UTF-8 (it may be Windows-1252, GB18030 or Shift-JIS); save it as UTF-8",
        ),
        (b"PAR1 and no more", "looks like Parquet and cannot be read; it may be cut off"),
    ],
)
def test_bad_inputs(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path / "in.csv", content)
    with pytest.raises(AuditError) as error:
        audit(path, as_of=DAY, output=tmp_path / "out.parquet")
    assert str(error.value) == f"{path} {message}"
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_missing_file_folder_and_other_things(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match=r"nothing\.csv does not exist"):
        audit(tmp_path / "nothing.csv", as_of=DAY)
    with pytest.raises(AuditError, match="is a folder; name a CSV or Parquet file"):
        audit(tmp_path, as_of=DAY)
    with pytest.raises(AuditError, match="cannot audit int; give a path, a pandas DataFrame or a pyarrow Table"):
        audit(7, as_of=DAY)
    with pytest.raises(AuditError, match=r"the first line of the file names a product .* add a header line above it"):
        audit(write(tmp_path / "h.csv", "H200,3\nH100,4\n"), as_of=DAY)
    pq.write_table(pa.table({"description": pa.array([], pa.string())}), tmp_path / "none.parquet")
    with pytest.raises(AuditError, match="has columns and no rows"):
        audit(tmp_path / "none.parquet", as_of=DAY)


def test_bad_outputs(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "description\nH200\n")
    for name, message in [
        ("out.txt", r"cannot write out.txt: the name must end in .parquet or .csv"),
        ("no/out.csv", r"the folder .* does not exist"),
        ("in.csv", r"in.csv is the input; choose another name for the output"),
    ]:
        with pytest.raises(AuditError, match=message):
            audit(path, as_of=DAY, output=tmp_path / name)
    assert path.read_text() == "description\nH200\n"


def test_a_failure_midway_leaves_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "description\n" + "H200\n" * 20)
    old = write(tmp_path / "out.parquet", b"old")

    def fail(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit(path, as_of=DAY, output=old, batch_rows=5, progress=fail)
    assert old.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.parquet"]


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_same_input_same_bytes(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / "in.csv", "description,eccn\n" + 'H200,\n"H100, A100",EAR99\nbad\ndesk,x\n' * 40)
    outputs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        audit(path, as_of=DAY, output=tmp_path / name / f"x.{suffix}")
        outputs.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert outputs[0] == outputs[1]
    assert sorted(outputs[0]) == sorted([f"x.{suffix}", "x.rejects.jsonl", "x.audit.json"])


def test_streamed_in_small_batches_or_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "id,description\n" + "".join(f"{n},{n % 7}x H200\n" for n in range(100)))
    steps: list[int] = []
    whole = audit(path, as_of=DAY)
    parts = audit(path, as_of=DAY, output=tmp_path / "x.parquet", batch_rows=9, progress=steps.append)
    assert parts.table.to_pylist() == whole.table.to_pylist()
    assert steps == [*range(9, 100, 9), 100]
    same = {key: parts.summary[key] for key in parts.summary if key != "output"}
    assert same == {key: whole.summary[key] for key in whole.summary if key != "output"}
    limited = audit(path, as_of=DAY, limit=10)
    assert limited.table.num_rows == 10 and limited.summary["rows"] == {"in": 10, "out": 10, "rejected": 0}


def test_csv_out(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", 'id,description\n1,"H100, H200"\n2,\n')
    result = audit(path, as_of=DAY, output=tmp_path / "x.csv")
    lines = (tmp_path / "x.csv").read_text("utf-8").splitlines()
    assert lines[1].startswith('"1","H100, H200","family","nvidia-h100","nvidia-h100;nvidia-h200",')
    assert lines[2] == '"2",,"none",,,,,,,,,,,"no chip",,,,,,,,'
    assert result.findings.column("row").to_pylist() == [0] * result.findings.num_rows


def test_parquet_in_keeps_types_and_metadata(tmp_path: Path) -> None:
    source = pa.table({"description": ["H200"], "n": [1], "t": [["a", "b"]]}).replace_schema_metadata({"k": "v"})
    pq.write_table(source, tmp_path / "in.parquet")
    audit(tmp_path / "in.parquet", as_of=DAY, output=tmp_path / "x.parquet")
    back = pq.read_table(tmp_path / "x.parquet")
    assert back.select(["description", "n", "t"]).equals(source)
    assert back.schema.metadata[b"k"] == b"v"


def test_earlier_audit_columns_are_refused_or_replaced(tmp_path: Path) -> None:
    first = audit(pa.table({"description": ["H200"], "n": [1]}), as_of=DAY).table
    with pytest.raises(AuditError, match="the input already has chipclass_ columns; ask to replace them"):
        audit(first, as_of=DAY)
    assert audit(first, as_of=DAY, replace=True).table.equals(first)


def test_the_summary(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "description\nH200\n")
    result = audit(path, as_of=DAY, destination="AE", output=tmp_path / "x.parquet")
    summary = json.loads((tmp_path / "x.audit.json").read_text("utf-8"))
    assert summary == result.summary
    assert summary["as_of"] == DAY and summary["transaction"]["destination"] == "AE"
    assert summary["input"]["name"] == "in.csv" and len(summary["input"]["sha256"]) == 64
    assert summary["specs"] and summary["rules_checked_through"] and summary["disclaimer"]
    assert repr(result) == "audit as of 2026-09-24: 1 rows (1 controlled), 0 rejected"


def test_no_output_says_that_something_may_go(tmp_path: Path) -> None:
    words = re.compile(r"\b(?:exportable|allowed|legal|compliant|safe|cleared|NLR)\b", re.IGNORECASE)
    catalogue = Path(__file__).parents[2] / "examples" / "catalogue.csv"
    result = audit(catalogue, as_of=DAY, output=tmp_path / "x.csv")
    for name in ("x.csv", "x.audit.json"):
        assert not words.search((tmp_path / name).read_text("utf-8"))
    assert not words.search(json.dumps(result.findings.to_pylist()))


def test_importing_costs_nothing() -> None:
    code = "import sys, chipclass.auditing; print([m for m in ('pyarrow', 'pandas', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
