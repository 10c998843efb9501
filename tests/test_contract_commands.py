"""The contract of the commands: ladders, audits and checks against their schemas, exit codes, options, bytes."""

from __future__ import annotations

import inspect
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

import chipclass
from chipclass import cli
from chipclass.cli.app import app
from tests import contract_docs as contract
from tests.contract_questions import DATES, SPECS, leaves, none_of, question
from tests.samples import spread

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]

# compare

LADDERS = [
    (["H20", "H200", "B200", "Rubin"], {"as_of": "2026-11-22"}),
    (spread(SPECS.index["families"], 20), {"as_of": "2024-06-01", "destination": "AE"}),
    (["nvidia-dgx-h100", "nvidia-hgx-h20-8-gpu", "nvidia-b200"], {"as_of": "2026-02-01", "destination": "MO"}),
    *[(spread(SPECS.index["chips"], 10, n), question(n, date)) for n, date in enumerate(DATES)],
]


@pytest.fixture(scope="module", params=LADDERS, ids=lambda param: f"{len(param[0])} {param[1]['as_of']}")
def ladder(request: pytest.FixtureRequest) -> dict[str, Any]:
    queries, asked = request.param
    return chipclass.compare(queries, specs=SPECS, **asked).to_dict()


def test_compare_keeps_the_schema(ladder: dict[str, Any]) -> None:
    none_of(contract.problems("compare", ladder))
    json.dumps(ladder, allow_nan=False)


def test_compare_orders_by_headline(ladder: dict[str, Any]) -> None:
    assert [product["product"] for product in ladder["products"]] == ladder["order"]
    assert [(pair["lower"], pair["upper"]) for pair in ladder["between"]] == list(itertools.pairwise(ladder["order"]))
    known = [value for p in ladder["products"] if (value := p["metrics"]["tpp"]["value"]) is not None]
    assert known == sorted(known)


def test_compare_separates_by_conditions_that_differ(ladder: dict[str, Any]) -> None:
    products = {product["product"]: product for product in ladder["products"]}
    for pair in ladder["between"]:
        ends = [{d["provision"]: d for d in products[pair[end]]["determinations"]} for end in ("lower", "upper")]
        for condition in pair["separating"]:
            lower, upper = (end[condition["provision"]] for end in ends)
            assert lower["outcome"] != upper["outcome"]
            assert lower["edition"] == upper["edition"] == condition["edition"]
            assert condition["test"] in {leaf["text"] for leaf in leaves(lower["proof"])}
        for name, ratio in pair["ratios"].items():
            low, high = (products[pair[end]]["metrics"][name]["value"] for end in ("lower", "upper"))
            if low and high:
                assert ratio == pytest.approx(high / low)


@pytest.mark.parametrize("query", [*spread(SPECS.index["families"], 30), *spread(SPECS.index["products"], 20)])
def test_compare_says_what_stands_in(query: str) -> None:
    """Where a name fits several chips, the output says which one is shown."""
    asked = chipclass.classify(query, as_of="2026-02-01").results[0]
    if len(asked["variants"]) > 1:
        other = "nvidia-b200" if "b200" not in query else "amd-mi300x"
        ladder = chipclass.compare([query, other], as_of="2026-02-01").to_dict()
        assert [entry["query"] for entry in ladder["stand_ins"]] == [query]


# the same answer, from everywhere


def run_fresh(*arguments: str, seed: str = "1") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    root = str(Path(chipclass.__file__).parent.parent)
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "PYTHONPATH": root}
    command = [sys.executable, "-m", "chipclass", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


CALLS = [
    ("classify", ["H20"], "--as-of 2025-06-01", {"as_of": "2025-06-01"}),
    (
        "classify",
        ["nvidia-dgx-h200", "A100 80GB", "amd-mi308x"],
        "--as-of 2026-02-01 --destination Macau --headquarters CN --reading codified --from SG --transaction reexport "
        "--stated certifications-dd",
        {
            "as_of": "2026-02-01",
            "destination": "MO",
            "headquarters": "CN",
            "reading": "codified",
            "shipped_from": "SG",
            "kind": "reexport",
            "stated": ["certifications-dd"],
        },
    ),
    (
        "compare",
        ["H20", "H200", "B200", "Rubin"],
        "--as-of 2026-02-01 --destination CN",
        {"as_of": "2026-02-01", "destination": "CN"},
    ),
    (
        "timeline",
        ["A800", "nvidia-dgx-h200"],
        "--since 2023-01-01 --until 2026-02-01 --destination NI --headquarters KH --reading codified",
        {
            "since": "2023-01-01",
            "until": "2026-02-01",
            "destination": "NI",
            "headquarters": "KH",
            "reading": "codified",
        },
    ),
    (
        "rules --diff",
        ["2023-01-16", "2026-02-01"],
        "--destination AE --transaction reexport --from SG",
        {"destination": "AE", "kind": "reexport", "shipped_from": "SG"},
    ),
]


def test_a_headroom_gives_the_same_bytes_everywhere() -> None:
    options = ["--rate", "148 TFLOPS@16bit", "--die-area", "814 mm^2", "--datacenter", "no", "--as-of", "2026-02-01"]
    asked = {"rates": ["148 TFLOPS@16bit"], "die_area": "814 mm^2", "datacenter": "no", "as_of": "2026-02-01"}
    wanted = chipclass.headroom(**asked).to_json()
    for seed in ("1", "2"):
        fresh = run_fresh("headroom", *options, "--format", "json", seed=seed)
        assert (fresh.returncode, fresh.stderr, fresh.stdout) == (0, "", wanted + "\n")


@pytest.mark.parametrize(("command", "queries", "options", "asked"), CALLS, ids=lambda value: str(value)[:20])
def test_the_same_question_gives_the_same_bytes(
    command: str, queries: list[str], options: str, asked: dict[str, Any]
) -> None:
    function: Any = {
        "classify": chipclass.classify,
        "compare": chipclass.compare,
        "timeline": chipclass.timeline,
        "rules --diff": lambda days, **asked: chipclass.rules_diff(*days, **asked),
    }[command]
    first, second = (function(queries, **asked) for _ in range(2))
    assert first.to_json() == second.to_json()
    for seed in ("1", "2"):
        fresh = run_fresh(*command.split(), *queries, *options.split(), "--format", "json", seed=seed)
        assert (fresh.returncode, fresh.stderr) == (0, "")
        assert fresh.stdout == first.to_json() + "\n"
    assert json.loads(fresh.stdout) == first.to_dict()


def test_a_result_shows_itself() -> None:
    lines = repr(chipclass.classify(["H200", "amd-mi308x", "B200"], as_of="2026-02-01")).split("\n")
    assert lines[0] == f"chipclass as of 2026-02-01, specs {SPECS.hash}"
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["H200", "amd-mi308x", "B200"]
    assert all(line == line.rstrip() and line for line in lines)


def test_a_comparison_shows_itself() -> None:
    comparison = chipclass.compare(["H20", "H200", "B200"], as_of="2026-02-01")
    lines = repr(comparison).split("\n")
    assert all(name in lines[0] for name in ("2026-02-01", *comparison.to_dict()["order"]))
    assert len(lines) >= 3 and all(line == line.rstrip() and line for line in lines)


# check, audit, options, exit codes, Python


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The command in this process: exit code, standard output, standard error."""
    monkeypatch.setattr(sys, "argv", ["chipclass", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def test_check_keeps_the_schema(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = run(monkeypatch, capsys, "check", "--format", "json")
    none_of(contract.problems("check", json.loads(out)))
    assert (code, json.loads(out)["ok"], json.loads(out)["specs"]) == (0, True, SPECS.hash)
    (tmp_path / "chips").mkdir()
    (tmp_path / "chips" / "own.toml").write_text('[[chip]]\nid = "own-chip"\nnaem = "Own"\n', "utf-8")
    code, out, _ = run(monkeypatch, capsys, "check", "--specs", str(tmp_path), "--format", "json")
    none_of(contract.problems("check", json.loads(out)))
    assert json.loads(out)["ok"] is False and code != 0


UNDECIDED = "an undecided chip"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["H200"], 0),
        (["H200", "--fail-on", "never"], 0),
        (["H200", "--fail-on", "controlled"], 1),
        ([UNDECIDED, "--fail-on", "controlled"], 0),
        ([UNDECIDED, "--fail-on", "undecided"], 3),
        ([UNDECIDED], 0),
        (["no such product"], 2),
        (["H200", "--as-of", "2026-02-30"], 2),
        (["H200", "--destination", "Atlantis"], 2),
        (["H200", "--specs", "no-such-folder"], 2),
        (["H200", "--fail-on", "sometimes"], 2),
        (["H200", "--no-such-option"], 2),
    ],
)
def test_exit_codes(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code in contract.EXIT_CODES
    if arguments[0] == UNDECIDED:
        status = {name: chipclass.classify(name, as_of=DATES[-2]).status for name in ("amd-mi308x", "nvidia-rubin-cpx")}
        arguments = [next(name for name in status if status[name] == "cannot exclude"), *arguments[1:]]
    dated = [] if "--as-of" in arguments else ["--as-of", DATES[-2]]
    returned, out, err = run(monkeypatch, capsys, "classify", *arguments, *dated)
    assert returned == code
    assert (bool(out), bool(err)) == ((False, True) if code == 2 else (True, False))
    assert "Traceback" not in err


def test_a_bug_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("chipclass.cli.classify.run", broken)
    code, out, err = run(monkeypatch, capsys, "classify", "H200")
    assert (code, out, err.count("\n")) == (70, "", 1)
    assert "report" in err


def test_debug_adds_a_traceback_and_keeps_the_exit_code() -> None:
    fresh = run_fresh("classify", "no such product", "--debug")
    assert "Traceback" in fresh.stderr
    assert fresh.returncode == 2


CATALOGUE = """sku,Item description,ECCN,qty
900-21010-0040-001,,,1
,"8x NVIDIA H200 141GB, HGX",4A090.a,2
,NVIDIA H20 96GB,,3
,Dell PERC H200 RAID controller,,4
,desk lamp,EAR99,5
,"one, too,many",EAR99,6,7
"""
ARROW = {"string": "string", "list<string>": "list<item: string>", "double": "double", "int64": "int64", "bool": "bool"}


def test_audit_keeps_the_schema(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "in.csv").write_text(CATALOGUE, "utf-8")
    result = chipclass.audit(tmp_path / "in.csv", output=tmp_path / "out.parquet", as_of="2026-02-01")
    written = json.loads((tmp_path / "out.audit.json").read_text("utf-8"))
    none_of(contract.problems("audit", written))
    assert written == result.summary
    rejects = (tmp_path / "out.rejects.jsonl").read_text("utf-8").splitlines()
    assert all({"line", "reason", "raw"} <= json.loads(line).keys() for line in rejects)
    rows = written["rows"]
    assert rows == {**rows, "in": 6, "out": 5, "rejected": 1} and len(rejects) == 1
    assert sum(written["status"].values()) == rows["out"]
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["sku", "Item description", "ECCN", "qty", *contract.columns()]
    for name, column in contract.columns().items():
        found = table.schema.field(name).type
        if column["x-arrow"] == "dictionary<string>":
            assert pa.types.is_dictionary(found) and found.value_type == pa.string(), name
        else:
            assert str(found).replace("element:", "item:") == ARROW[column["x-arrow"]], name
    check = contract.validator("audit", "row")
    none_of([error.message for row in table.to_pylist() for error in check.iter_errors(row)])
    with pytest.raises(ValueError, match="replace"):
        chipclass.audit(tmp_path / "out.parquet", output=tmp_path / "again.parquet")
    again = chipclass.audit(tmp_path / "out.parquet", replace=True, as_of="2026-02-01")
    assert again.table.column_names == table.column_names


def test_audit_of_a_table_keeps_the_schema() -> None:
    import pyarrow as pa

    result = chipclass.audit(pa.table({"description": ["NVIDIA H200 141GB", None]}), as_of="2026-02-01")
    none_of(contract.problems("audit", json.loads(json.dumps(result.summary, allow_nan=False))))
    assert result.table.column_names == ["description", *contract.columns()]
    assert len(result.to_pandas()) == 2


@pytest.mark.parametrize("command", ["classify", "compare", "headroom", "whatif", "stability", "audit"])
def test_common_options(command: str) -> None:
    offered = {name: parameter for parameter in COMMANDS[command].params for name in parameter.opts}
    for name, (_, default, _) in contract.OPTIONS.items():
        assert name in offered, f"{command} has no {name}"
        stands = {"today": None, "none": None, "off": False}.get(default, default)
        found = offered[name].default
        assert (found or None if stands is None else found) == stands


@pytest.mark.parametrize("name", contract.FUNCTIONS)
def test_python_functions(name: str) -> None:
    assert name in chipclass.__all__
    parameters = inspect.signature(getattr(chipclass, name)).parameters
    assert [key for key in contract.FUNCTIONS[name][0] if key not in parameters] == []


def test_identify_answers_a_text_and_a_column() -> None:
    import pandas as pd
    import pyarrow as pa

    text = "NVIDIA H200 NVL 141GB"
    answer = chipclass.identify(text).to_dict()
    head = {"schema": 1, "chipclass": chipclass.__version__, "specs": SPECS.hash}
    none_of(contract.problems("identify", {**head, "results": [answer]}))
    frame, table = chipclass.identify(pd.Series([text, None])), chipclass.identify(pa.array([text, None]))
    assert list(frame.columns) == table.column_names
    assert all(f"`{name}`" in contract.FUNCTIONS["identify"][1] for name in table.column_names)
    assert table.to_pylist()[0] == {name: answer[name] for name in table.column_names}
