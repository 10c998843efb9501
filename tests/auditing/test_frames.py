"""DataFrames: index, duplicate and non-string column names survive."""

from __future__ import annotations

import pandas as pd
import pytest

from chipclass.auditing import AuditError, audit

DAY = "2026-09-24"


def test_index_duplicates_and_other_labels_survive() -> None:
    frame = pd.DataFrame([["x", "H200", 1, None], ["y", "desk", "two", 3.5]], index=["b", "b"])
    frame.columns = pd.Index(["a", "description", 7, "a"])
    before = frame.copy(deep=True)
    done = audit(frame, as_of=DAY).to_pandas()
    pd.testing.assert_frame_equal(frame, before)
    assert list(done.columns[:5]) == ["a", "description", 7, "a", "chipclass_how"]
    assert list(done.index) == ["b", "b"]
    pd.testing.assert_frame_equal(done.iloc[:, :4], before, check_column_type=False)
    assert done["chipclass_status"].astype(str).tolist() == ["controlled", "no chip"]
    assert done["chipclass_products"].tolist() == [["nvidia-h200"], []]


def test_empty_limited_and_replaced() -> None:
    frame = pd.DataFrame({"description": ["H200", "H20"]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]))
    assert len(audit(frame.iloc[:0], as_of=DAY).to_pandas()) == 0
    limited = audit(frame, as_of=DAY, limit=1).to_pandas()
    assert limited.index.tolist() == [("a", 1)]
    once = audit(frame, as_of=DAY).to_pandas()
    with pytest.raises(AuditError, match="already has"):
        audit(once, as_of=DAY)
    again = audit(once, as_of=DAY, replace=True).to_pandas()
    assert again.columns.tolist() == once.columns.tolist() and again.index.equals(frame.index)


def test_missing_values_are_no_text() -> None:
    frame = pd.DataFrame({"description": [None, float("nan"), pd.NA, "H200"], "eccn": [None, "x", None, None]})
    done = audit(frame, as_of=DAY).to_pandas()
    assert done["chipclass_status"].astype(str).tolist() == ["no chip"] * 3 + ["controlled"]
    assert "missing_eccn" in done["chipclass_findings"].iloc[3]


def test_findings_table() -> None:
    found = audit(pd.DataFrame({"description": ["desk", "H200"]}), as_of=DAY).findings.to_pylist()
    assert (found[0]["row"], found[0]["code"], found[0]["severity"]) == (1, "controlled", "high")
    assert all(entry["message"] and entry["question"] for entry in found)
