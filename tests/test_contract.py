"""The contract: every output against its schema, and what the keys promise of one another."""

from __future__ import annotations

import inspect
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator

import chipclass
from chipclass import cli
from chipclass.cli.app import app
from tests import contract_docs as contract

SPECS = chipclass.load()
DATES = (
    "2022-09-01",
    "2022-12-01",
    "2023-01-15",
    "2023-12-15",
    "2024-06-01",
    "2025-06-01",
    "2026-02-01",
    "2026-11-22",
)
QUESTIONS = [
    {"destination": destination, "headquarters": headquarters, "reading": reading}
    for destination in (None, "CN", "SG", "AE", "MO", "HK")
    for headquarters in (None, "CN")
    for reading in ("enforced", "codified")
]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
Answers = list[tuple[str, dict[str, Any]]]


def names(table: str, date: str) -> list[str]:
    """Every chip and product on every date; every other family, so that two dates have all."""
    found = list(SPECS.index[table])
    return found[DATES.index(date) % 2 :: 2] if table == "families" else found


def question(number: int, date: str) -> dict[str, Any]:
    """A question for the n-th product on a date; products and dates run through all combinations."""
    return {"as_of": date, **QUESTIONS[(number * 5 + DATES.index(date) * 7) % len(QUESTIONS)]}


@pytest.fixture(
    scope="module",
    params=[(table, date) for table in ("chips", "families", "products") for date in DATES],
    ids=lambda param: " ".join(param),
)
def answers(request: pytest.FixtureRequest) -> Answers:
    table, date = request.param
    return [
        (name, chipclass.classify(name, specs=SPECS, **question(number, date)).to_dict())
        for number, name in enumerate(names(table, date))
    ]


def results(answers: Answers) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, document in answers:
        yield from ((name, result) for result in document["results"])


def variants(answers: Answers) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, result in results(answers):
        yield from ((f"{name}: {variant['chip']}", variant) for variant in result["variants"])


def conclusions(answers: Answers) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((name, result["conclusion"]) for name, result in results(answers))
    yield from ((name, variant["conclusion"]) for name, variant in variants(answers))


def none_of(wrong: list[str]) -> None:
    """Fail with the first few of a list of complaints."""
    assert not wrong, "\n".join([f"{len(wrong)} in all", *wrong[:6]])


# the schemas and the page


@pytest.mark.parametrize("name", [*contract.OUTPUTS, "common"])
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(contract.schema(name))


def test_every_key_has_a_description() -> None:
    def silent(part: Any, where: str) -> Iterator[str]:
        if isinstance(part, dict):
            if "if" not in where.split("/") and "then" not in where.split("/") and "else" not in where.split("/"):
                for key, value in part.get("properties", {}).items():
                    if not (isinstance(value, dict) and value.get("description")):
                        yield f"{where}/{key}"
            for key, value in part.items():
                yield from silent(value, f"{where}/{key}")

    none_of([place for name in (*contract.OUTPUTS, "common") for place in silent(contract.schema(name), name)])


def test_definitions_have_names_of_their_own() -> None:
    every = [key for name in (*contract.OUTPUTS, "common") for key in contract.definitions(name)]
    assert len(every) == len(set(every))


def test_the_page_is_fresh() -> None:
    """Mend with: python -m tests.contract_docs"""
    assert contract.PAGE.read_text("utf-8") == contract.render()


# classify


def test_classify_keeps_the_schema(answers: Answers) -> None:
    none_of([f"{name}: {text}" for name, document in answers for text in contract.problems("classify", document)])


def test_no_number_is_infinite_or_none(answers: Answers) -> None:
    for _, document in answers:
        json.dumps(document, allow_nan=False)


def test_status_is_what_the_class_implies(answers: Answers) -> None:
    wrong = []
    for name, conclusion in conclusions(answers):
        caught = {bool(entry["paragraphs"]) for entry in conclusion["ic_class"]}
        implied = {(True,): "controlled", (False,): "not caught"}.get(tuple(caught), "cannot exclude")
        if conclusion["in_force"] and conclusion["status"] != implied:
            wrong.append(f"{name}: {conclusion['status']}, and its classes read {implied}")
        if any(entry["certain"] and len(conclusion["ic_class"]) > 1 for entry in conclusion["ic_class"]):
            wrong.append(f"{name}: several classes, and one of them is certain")
    none_of(wrong)


def test_the_class_follows_from_the_variants(answers: Answers) -> None:
    wrong = []
    for name, result in results(answers):
        possible = {tuple(e["paragraphs"]) for v in result["variants"] for e in v["conclusion"]["ic_class"]}
        if {tuple(e["paragraphs"]) for e in result["conclusion"]["ic_class"]} != possible:
            wrong.append(f"{name}: the conclusion over all variants does not hold their classes")
        if any(e["certain"] is not (len(possible) == 1) for e in result["conclusion"]["ic_class"]):
            wrong.append(f"{name}: certain, and {len(possible)} classes are possible")
        if result["represented_by"] not in {v["product"] for v in result["variants"]}:
            wrong.append(f"{name}: represented by {result['represented_by']}, which is no variant")
    none_of(wrong)


def outcomes_by_axis(conclusion: Mapping[str, Any]) -> dict[str, str]:
    """Every outcome of a conclusion by its place."""
    licence = conclusion["licence_requirement"]
    found = {"tariff": conclusion["tariff"]["outcome"]}
    if "outcome" in licence:
        found["licence requirement"] = licence["outcome"]
    found |= {f"letter {e['id']} {key}": e[key] for e in licence["letters"] for key in ("criterion", "outcome")}
    return found | {f"exception {e['id']}": e["outcome"] for e in conclusion["exceptions"]}


def test_the_conclusion_is_over_all_variants(answers: Answers) -> None:
    """An outcome over all variants is the one that they share, else undecided; nothing that one says is lost."""
    wrong = []
    for name, result in results(answers):
        whole = outcomes_by_axis(result["conclusion"])
        parts = [outcomes_by_axis(v["conclusion"]) for v in result["variants"]]
        for place in dict.fromkeys(place for part in parts for place in part):
            said = {part[place] for part in parts if place in part}
            expected = said.pop() if len(said) == 1 else "undecided"
            if whole.get(place) != expected:
                wrong.append(f"{name}: {place} is {whole.get(place)} over all variants, expected {expected}")
        abroad = {v["conclusion"]["licence_requirement"]["if_headquartered_in_D5_or_Macau"] for v in result["variants"]}
        if len(abroad) > 1 and result["conclusion"]["licence_requirement"]["if_headquartered_in_D5_or_Macau"] in abroad:
            wrong.append(f"{name}: the headquarters line over all variants is that of one of them; they differ")
        declared = {e["eccn"] for v in result["variants"] for e in v["conclusion"]["item_class"]["declared_eccn"]}
        kept = {e["eccn"] for e in result["conclusion"]["item_class"]["declared_eccn"]}
        if declared != kept:
            wrong.append(f"{name}: declared ECCNs {sorted(declared - kept)} of a variant are missing over all variants")
    none_of(wrong)


UNITS = {
    "tpp": "TPP",
    "performance_density": "TPP/mm^2",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "applicable_die_area": "mm^2",
}


def test_figures_agree_with_one_another(answers: Answers) -> None:
    wrong = []
    for name, variant in variants(answers):
        units = {key: metric["unit"] for key, metric in variant["metrics"].items() if key in UNITS}
        wrong += [f"{name}: units are {units}"] if units != UNITS else []
        for key, metric in variant["metrics"].items():
            value, exact, low, high, operative = (metric[k] for k in ("value", "exact", "low", "high", "operative"))
            if exact is not None and (value is None or float(Fraction(exact)) != value):
                wrong.append(f"{name}: {key} is {value} and exactly {exact}")
            if value is not None and exact is None and metric["unit"] in ("TPP", "GB/s"):
                wrong.append(f"{name}: {key} {value} has no exact decimal")
            if bool(metric["derivation"]) is not (value is not None):
                wrong.append(f"{name}: {key} {value} with the derivation '{metric['derivation']}'")
            top = float("inf") if metric["unbounded"] else high
            if low is not None and not low <= top:
                wrong.append(f"{name}: {key} from {low} to {high}")
            if operative is not None and not low <= operative <= top:
                wrong.append(f"{name}: {key} {operative} is outside {low} to {high}")
    none_of(wrong)


def possible_cases(proof: Mapping[str, Any]) -> list[dict[str, bool]]:
    """The truths of the tests, case by case; one case where every test is decided."""
    return proof.get("cases") or [{leaf["text"]: leaf["outcome"] == "met" for leaf in leaves(proof)}]


def leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if node["op"] == "test":
        yield node
    for child in node.get("children", ()):
        yield from leaves(child)


def holds(node: Mapping[str, Any], case: Mapping[str, bool]) -> bool:
    if node["op"] == "test":
        return case[node["text"]]
    answers = [holds(child, case) for child in node["children"]]  # an empty any: a provision without wording that day
    return {"any": any, "all": all, "not": lambda inner: not inner[0]}[node["op"]](answers)


def rebuilt(node: Mapping[str, Any], cases: list[dict[str, bool]]) -> str:
    found = {holds(node, case) for case in cases}
    return "undecided" if len(found) == 2 else "met" if found == {True} else "not met"


def nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("children", ()):
        yield from nodes(child)


def test_outcomes_can_be_rebuilt_from_the_proof(answers: Answers) -> None:
    wrong = []
    for name, variant in variants(answers):
        for determination in variant["determinations"]:
            proof = determination["proof"]
            if proof is None:
                continue
            cases, provision = possible_cases(proof), f"{name}: {determination['provision']}"
            for node in nodes(proof):
                if node["outcome"] != (expected := rebuilt(node, cases)):
                    where = node.get("text") or node.get("id") or node["op"]
                    wrong.append(f"{provision} {where} is {node['outcome']}, not {expected}")
            if determination["outcome"] != proof["outcome"]:
                wrong.append(f"{provision} is {determination['outcome']}, its proof {proof['outcome']}")
    none_of(wrong)


COMPARE = {
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    "<": lambda left, right: left < right,
}


def test_the_tests_of_figures_say_what_the_figures_say(answers: Answers) -> None:
    wrong = []
    for name, variant in variants(answers):
        for leaf in (x for d in variant["determinations"] if d["proof"] for x in leaves(d["proof"]) if "relation" in x):
            left, limit = leaf["left"], Fraction(str(leaf["right"]))
            said = f"{name}: {leaf['text']} with {left['low']} to {left['high']} is {leaf['outcome']}"
            if left["low"] is None:
                wrong += [said] if leaf["outcome"] != "not met" else []
                continue
            low = Fraction(left["low_exact"])
            high = float("inf") if left["unbounded"] else Fraction(left["high_exact"])
            ends = {COMPARE[leaf["relation"]](end, limit) for end in (low, high)}
            if len(ends) == 1 and leaf["outcome"] != ("met" if ends == {True} else "not met"):
                # an open end that lies on the limit itself may still be undecided
                wrong += [said] if limit not in (low, high) else []
            margin = float(low / limit - 1) if low == high and limit else None
            if leaf["margin"] != margin:
                wrong.append(f"{said}, margin {leaf['margin']}, expected {margin}")
    none_of(wrong)


def test_every_provision_is_determined_once(answers: Answers) -> None:
    expected = list(SPECS.index["rules"])
    none_of([name for name, v in variants(answers) if [d["provision"] for d in v["determinations"]] != expected])


def test_an_undecided_restriction_names_what_would_settle_it(answers: Answers) -> None:
    none_of(
        [
            f"{name}: {d['provision']} is undecided, and nothing is named that would settle it"
            for name, variant in variants(answers)
            for d in variant["determinations"]
            if d["outcome"] == "undecided" and d["effect"] == "restricts" and not d["would_settle"]
        ]
    )


def test_without_a_destination_the_answer_says_so(answers: Answers) -> None:
    wrong = []
    for name, document in answers:
        open_ = document["transaction"]["destination"] is None
        for variant in (v for result in document["results"] for v in result["variants"]):
            text = variant["conclusion"]["licence_requirement"]["by_destination"]
            if text.startswith("depends on the destination") is not open_ or (open_ and "China" not in text):
                wrong.append(f"{name}: {text}")
    none_of(wrong)


def test_the_question_comes_back(answers: Answers) -> None:
    for name, document in answers:
        assert [result["query"] for result in document["results"]] == [name]
        assert document["as_of"] in DATES
        if document["as_of"] > (document["rules_checked_through"] or "9999"):
            caveats = document["results"][0]["conclusion"]["caveats"]
            assert any("checked" in text for text in caveats), f"{name}: nothing says when the rules were last checked"


def test_every_key_that_comes_out_is_described() -> None:
    import pyarrow as pa

    queries = ["H20", "Rubin", "amd-mi308x", "nvidia-dgx-h100"]
    dates = (DATES[0], DATES[1], DATES[-1])
    outputs = [("classify", chipclass.classify(queries, as_of=date).to_dict()) for date in dates]
    outputs.append(("compare", chipclass.compare(queries, as_of=DATES[-1]).to_dict()))
    outputs.append(("audit", chipclass.audit(pa.table({"description": queries}), as_of=DATES[-1]).summary))
    found = [key for name, output in outputs for key in contract.undescribed(output, contract.schema(name), name)]
    none_of(sorted(set(found)))


IDENTIFIERS = {
    entry.kind: entry.values[0]
    for table in ("products", "chips")
    for item in SPECS.items(table)
    for entry in item.identifiers
}


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_classify_by_identifier_keeps_the_schema(kind: str) -> None:
    none_of(contract.problems("classify", chipclass.classify(IDENTIFIERS[kind], as_of=DATES[-1]).to_dict()))


def test_classify_of_several_is_one_object_in_order() -> None:
    queries = ["H200", "nvidia-dgx-h100", "H20"]
    document = chipclass.classify(queries, as_of=DATES[-1]).to_dict()
    none_of(contract.problems("classify", document))
    assert [result["query"] for result in document["results"]] == queries


# compare

LADDERS = [
    (["H20", "H200", "B200", "Rubin"], {"as_of": "2026-11-22"}),
    (list(SPECS.index["families"]), {"as_of": "2024-06-01", "destination": "AE"}),
    (["nvidia-dgx-h100", "nvidia-hgx-h20-8-gpu", "nvidia-b200"], {"as_of": "2026-02-01", "destination": "MO"}),
    *[(list(SPECS.index["chips"])[n :: len(DATES)], question(n, date)) for n, date in enumerate(DATES)],
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


@pytest.mark.parametrize("query", [*SPECS.index["families"], *SPECS.index["products"]])
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
]


@pytest.mark.parametrize(("command", "queries", "options", "asked"), CALLS, ids=lambda value: str(value)[:20])
def test_the_same_question_gives_the_same_bytes(
    command: str, queries: list[str], options: str, asked: dict[str, Any]
) -> None:
    function = {"classify": chipclass.classify, "compare": chipclass.compare}[command]
    first, second = (function(queries, **asked) for _ in range(2))
    assert first.to_json() == second.to_json()
    for seed in ("1", "2"):
        fresh = run_fresh(command, *queries, *options.split(), "--format", "json", seed=seed)
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


@pytest.mark.parametrize("command", ["classify", "compare", "audit"])
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

    assert chipclass.identify("H200").how == "family"
    assert len(chipclass.identify(pd.Series(["H200", "nothing of the kind", None]))) == 3
