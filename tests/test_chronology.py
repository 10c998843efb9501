"""Timelines: known answers a lawyer would ask for, and what holds of every line whatever the chip and the country."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chipclass
from chipclass.classification import evaluate
from chipclass.identification.resolve import resolve
from chipclass.positions import position_of
from chipclass.rules.book import book_of
from chipclass.rules.history import change_days, changes, eve
from chipclass.rules.transactions import transaction
from tests import contract_docs as contract
from tests import spec_folders as sf
from tests.samples import spread

SPECS = chipclass.load()
QUESTIONS = tomllib.loads((Path(__file__).parent / "data" / "timelines.toml").read_text("utf-8"))["question"]
DAYS = change_days(SPECS)
CHECKED = max(edition.checked for rule in book_of(SPECS) for edition in rule.editions if not rule.stands_beside)


def lines(query: str, **question: Any) -> list[dict[str, Any]]:
    [result] = chipclass.timeline(query, **{"specs": SPECS, **question}).to_dict()["results"]
    return list(result["timelines"])


def holding(line: dict[str, Any], day: str) -> dict[str, Any]:
    """The one period that holds a day."""
    [period] = [p for p in line["periods"] if (p["from"] or "") <= day <= (p["to"] or "9999")]
    return dict(period)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["what"].partition(":")[0])
def test_known_answer(question: dict[str, Any]) -> None:
    asked = {key: question[key] for key in ("destination", "reading") if key in question}
    found = lines(question["product"], **asked)
    wrong = [text for line in found for expected in question["expect"] for text in differences(line, expected)]
    assert found and not wrong, "\n".join(wrong)


def differences(line: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    day = expected["on"].isoformat()
    period = holding(line, day)
    wrong = []
    for axis, text in period["position"].items():
        if axis in expected and text != expected[axis]:
            wrong.append(f"{day}: {axis} is {text}, expected {expected[axis]}")
        if expected.get(f"has_{axis}", "") not in text:
            wrong.append(f"{day}: {axis} is {text}, expected {expected[f'has_{axis}']} in it")
    if "why" in expected:
        why = [entry["text"] for entry in period["why"] if (entry["from"] or "") <= day][-1]
        wrong += [f"{day}: {why}"] if expected["why"] not in why else []
    if "before_release" in expected and bool(period["before_release_of"]) is not expected["before_release"]:
        wrong.append(f"{day}: before the release of {period['before_release_of']}")
    if "axis" not in expected:
        return wrong
    [move] = [move for move in period["moves"] if move["axis"] == expected["axis"]] or [None]
    if move is None or period["from"] != day:
        return [*wrong, f"{day}: {expected['axis']} did not move on it"]
    causes = [cause["provision"] or cause["group"] for cause in move["causes"]]
    if causes != [*expected.get("began_by", []), *expected.get("groups", [])]:
        wrong.append(f"{day}: {expected['axis']} was moved by {causes}")
    if move["several"] is not expected.get("several", False):
        wrong.append(f"{day}: several is {move['several']}")
    if not any(expected["cite"] in cause["citation"] for cause in move["causes"]):
        wrong.append(f"{day}: cited as {[cause['citation'] for cause in move['causes']]}")
    return wrong


def test_since_its_release_the_h20_was_caught_by_no_class() -> None:
    [line] = lines("nvidia-h20-96gb")
    released = line["variants"][0]["released"]["earliest"]
    assert {p["position"]["status"] for p in line["periods"] if not p["to"] or p["to"] >= released} == {"not caught"}


# what holds of every line

CHIPS = list(SPECS.index["chips"])
COUNTRIES = [None, "CN", "HK", "MO", "AE", "NI", "KH", "DE", "SG", "CY", "RU"]
ASKED = st.fixed_dictionaries(
    {
        "destination": st.sampled_from(COUNTRIES),
        "headquarters": st.sampled_from([None, "CN", "CY", "KH", "DE"]),
        "reading": st.sampled_from(["enforced", "codified"]),
        "stated": st.sampled_from([[], ["certifications-dd"]]),
        "kind": st.sampled_from(["export", "reexport", "in-country"]),
    }
)


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(CHIPS), ASKED, st.lists(st.dates(datetime.date(2021, 6, 1), datetime.date(2027, 6, 1))))
def test_between_two_changes_nothing_moves(chip: str, asked: dict[str, Any], days: list[datetime.date]) -> None:
    """On any day the position is that of the period, the days around each boundary included."""
    [line] = lines(chip, **asked)
    edges = [end for period in line["periods"] for end in (period["from"], period["to"]) if end]
    for day in {*(d.isoformat() for d in days), *edges}:
        [evaluation] = evaluate(SPECS, resolve(SPECS, chip), transaction(SPECS, as_of=day, **asked))
        period = holding(line, day)
        assert position_of(evaluation)._asdict() == period["position"], day
        words = evaluation.axes.requirement_words(*evaluation.axes.required(asked["reading"]))
        assert [entry["text"] for entry in period["licence"] if (entry["from"] or "") <= day][-1] == words


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(CHIPS), ASKED)
def test_periods_join_and_causes_stand_on_their_first_day(chip: str, asked: dict[str, Any]) -> None:
    [line] = lines(chip, **asked)
    first, *rest = line["periods"]
    assert (first["from"], first["moves"]) == (None, []) and line["periods"][-1]["to"] is None
    for before, after in zip([first, *rest], rest, strict=False):
        assert before["to"] == eve(after["from"]) and after["from"] in DAYS
        moved = {move["axis"]: (move["before"], move["after"]) for move in after["moves"]}
        positions = (before["position"], after["position"])
        pairs = {axis: (positions[0][axis], positions[1][axis]) for axis in positions[0]}
        assert moved == {axis: pair for axis, pair in pairs.items() if pair[0] != pair[1]} != {}
        on_file = [change.text for change in changes(SPECS, before["to"], after["from"])]
        for move in after["moves"]:
            assert move["causes"]
            assert all(c["day"] == after["from"] and c["text"] in on_file for c in move["causes"])


@pytest.mark.parametrize("query", [*spread(SPECS.index["families"], 15), *spread(SPECS.index["products"], 8)])
def test_every_variant_stands_in_one_line(query: str) -> None:
    expected = [(e.item.id, e.chip.id) for e in evaluate(SPECS, resolve(SPECS, query), transaction(SPECS))]
    document = chipclass.timeline(query, specs=SPECS, since="2023-11-01", until="2026-02-01").to_dict()
    assert not contract.problems("timeline", document)
    found = [(v["product"], v["chip"]) for line in document["results"][0]["timelines"] for v in line["variants"]]
    assert sorted(found) == sorted(expected)
    for line in document["results"][0]["timelines"]:
        assert line["shown_by"] in {variant["chip"] for variant in line["variants"]}


def test_variants_that_part_have_lines_of_their_own() -> None:
    """The figures of one variant of the H800 are open, so it may lie in a tariff band."""
    found = [[v["chip"] for v in line["variants"]] for line in lines("H800")]
    assert found == [["nvidia-h800-sxm", "nvidia-h800-pcie"], ["nvidia-h800-nvl"]]


# ranges


def test_a_range_cuts_the_line() -> None:
    named, unnamed = lines("A800", since="2023-01-01", until="2024-01-01")  # the letter of 2023 names two of three
    assert [(period["from"], period["to"]) for period in unnamed["periods"]] == [
        ("2023-01-01", "2023-11-16"),
        ("2023-11-17", "2024-01-01"),
    ]
    assert [period["from"] for period in named["periods"]] == ["2023-01-01", "2023-10-23", "2023-11-17"]


def test_a_range_that_begins_on_a_change_has_no_period_before_it() -> None:
    [line] = lines("A800", since="2023-11-17", until="2023-11-17")
    [period] = line["periods"]
    assert (period["from"], period["to"], period["moves"]) == ("2023-11-17", "2023-11-17", [])


def test_a_range_before_the_rules_says_when_they_begin() -> None:
    document = chipclass.timeline("A800", until="2010-01-01").to_dict()
    [period] = document["results"][0]["timelines"][0]["periods"]
    assert (period["in_force"], period["why"]) == (False, [])
    assert any("begin on 2022-10-21" in text for text in document["caveats"])


def test_after_the_last_check_it_is_unknown() -> None:
    document = chipclass.timeline("A800").to_dict()
    assert document["unknown_after"] == CHECKED
    assert any("anything after that is unknown" in text for text in document["caveats"])
    early = chipclass.timeline("A800", until="2024-01-01").to_dict()
    assert early["unknown_after"] is None and len(early["caveats"]) == 1


def test_a_change_that_is_only_on_file_for_later_is_marked() -> None:
    """From 2026-10-01 it is not established whether Cyprus is in D:5; the rules were checked before that day."""
    [line] = lines("H100 SXM", destination="DE", headquarters="CY")
    last = line["periods"][-1]
    assert (last["from"], last["position"]["licence"]) == ("2026-10-01", "undecided")
    assert [period["after_last_check"] for period in line["periods"]][-2:] == [False, True]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"since": "2024-01-01", "until": "2023-01-01"}, "since 2024-01-01 lies after until 2023-01-01"),
        ({"since": "2024-02-30"}, "since: '2024-02-30' is not a day of the calendar"),
        ({"until": "soon"}, "until: 'soon' is not a date"),
        ({"destination": "Chna"}, "did you mean China"),
    ],
)
def test_a_question_that_cannot_be_answered(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(chipclass.QueryError, match=message):
        chipclass.timeline("A800", **asked)


def test_no_product_or_an_unknown_one() -> None:
    with pytest.raises(chipclass.QueryError, match="nothing to show"):
        chipclass.timeline([])
    with pytest.raises(chipclass.QueryError, match="unknown product 'A8O0'; did you mean 'A800'"):
        chipclass.timeline(["H20", "A8O0"])


# rule files to come


def test_a_bill_begins_no_period(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    text = sf.rule(more="paragraphs = { 9X999 = '' }").replace("2023-11-17", "2024-06-01")
    assert 'is = "in force"' in text
    sf.write(folder, sf.RULE_FILE, text.replace('is = "in force"', 'is = "bill"'))
    [line] = lines("RTX 4090 D", specs=sf.specs_of(folder))
    assert "2024-06-01" not in [period["from"] for period in line["periods"]]
    sf.write(folder, sf.RULE_FILE, text)
    [line] = lines("RTX 4090 D", specs=sf.specs_of(folder))
    period = holding(line, "2024-06-01")
    assert period["from"] == "2024-06-01"
    assert [cause["provision"] for cause in period["moves"][0]["causes"]] == ["us-ear/9X999"]


def test_a_posture_moves_a_conclusion_on_its_day(tmp_path: Path) -> None:
    """In force, then codified and not enforced: the reading as enforced ends, the codified one goes on."""
    folder = sf.copied(tmp_path)
    postures = '{ from = 2024-06-01, is = "in force" }, { from = 2025-02-03, is = "codified, not enforced" }'
    text = sf.rule(more="paragraphs = { 9X999 = '' }").replace("2023-11-17", "2024-06-01")
    one = '{ from = 2024-06-01, is = "in force" }'
    assert one in text
    sf.write(folder, sf.RULE_FILE, text.replace(one, postures))
    specs = sf.specs_of(folder)
    [line] = lines("RTX 4090 D", specs=specs)
    [move] = [m for m in holding(line, "2025-02-03")["moves"] if m["axis"] == "classes"]
    assert (move["before"], move["after"]) == ("9X999", "not caught")
    assert [(c["change"], c["day"]) for c in move["causes"]] == [("other posture", "2025-02-03")]
    assert move["causes"][0]["text"] == "9X999, other posture: in force, then codified, not enforced"
    [line] = lines("RTX 4090 D", specs=specs, reading="codified")
    assert holding(line, "2025-02-03")["position"]["classes"] == "9X999"


def test_a_timeline_shows_itself() -> None:
    shown = repr(chipclass.timeline("A800", destination="CN")).split("\n")
    assert "CN" in shown[0] and "2023-11-17: 3A090.a.1" in shown[1]
