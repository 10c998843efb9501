"""The contract: every answer of ``classify`` against its schema, and what the keys promise of one another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import chipclass
from tests import contract_docs as contract
from tests.contract_questions import DATES, SPECS, leaves, none_of, question
from tests.samples import spread

Answers = list[tuple[str, dict[str, Any]]]


def names(table: str, date: str) -> list[str]:
    """Some chips, families and products on every date, and others on the next."""
    return spread(SPECS.index[table], {"chips": 30, "families": 12, "products": 20}[table], DATES.index(date))


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
        deciding = [entry for entry in conclusion["ic_class"] if entry["makes_status"]]
        caught = {bool(entry["paragraphs"]) for entry in deciding}
        implied = {(True,): "controlled", (False,): "not caught"}.get(tuple(caught), "cannot exclude")
        if conclusion["in_force"] and conclusion["status"] != implied:
            wrong.append(f"{name}: {conclusion['status']}, and its classes read {implied}")
        for entry in conclusion["ic_class"]:
            alike = [other for other in conclusion["ic_class"] if other["regime"] == entry["regime"]]
            if entry["certain"] is not (len(alike) == 1):
                wrong.append(f"{name}: {len(alike)} classes of {entry['regime']}, certain: {entry['certain']}")
    none_of(wrong)


def test_the_class_follows_from_the_variants(answers: Answers) -> None:
    wrong = []
    for name, result in results(answers):
        possible = {
            (e["regime"], tuple(e["paragraphs"])) for v in result["variants"] for e in v["conclusion"]["ic_class"]
        }
        if {(e["regime"], tuple(e["paragraphs"])) for e in result["conclusion"]["ic_class"]} != possible:
            wrong.append(f"{name}: the conclusion over all variants does not hold their classes")
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
        products = [v["product"] for v in result["variants"]]
        alternatives = len(set(products)) == len(products)  # of the chips in one product the gravest decides
        if (
            alternatives
            and len(abroad) > 1
            and result["conclusion"]["licence_requirement"]["if_headquartered_in_D5_or_Macau"] in abroad
        ):
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


def holds(node: Mapping[str, Any], case: Mapping[str, bool]) -> bool:
    if node["op"] == "test":
        return case[node["text"]]
    answers = [holds(child, case) for child in node["children"]]  # an empty any: a provision without wording that day
    return {"any": any, "all": all, "not": lambda inner: not inner[0]}[node["op"]](answers)


def rebuilt(node: Mapping[str, Any]) -> str:
    """From a node's cases where it carries them, else from its children: an open one leaves open what it can change."""
    if node["op"] == "test":
        return str(node["outcome"])
    if cases := node.get("cases"):
        found = {holds(node, case) for case in cases}
        return "undecided" if len(found) == 2 else "met" if found == {True} else "not met"
    answers = [rebuilt(child) for child in node["children"]]  # an empty any: a provision without wording that day
    if node["op"] == "not":
        return {"met": "not met", "not met": "met"}.get(answers[0], "undecided")
    decisive, otherwise = ("met", "not met") if node["op"] == "any" else ("not met", "met")
    return decisive if decisive in answers else "undecided" if "undecided" in answers else otherwise


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
            provision = f"{name}: {determination['provision']}"
            for node in nodes(proof):
                if node["outcome"] != (expected := rebuilt(node)):
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
    outputs.append(("timeline", chipclass.timeline([*queries, "A800"], headquarters="CY").to_dict()))
    outputs.append(("rules-diff", chipclass.rules_diff(dates[0], dates[-1]).to_dict()))
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
