"""Two days of the rules side by side: known answers, the mirror, and agreement with the timelines."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chipclass
from chipclass.positions import Position
from chipclass.rules.history import BEGINS, ENDS, FORMER, NEW
from tests import contract_docs as contract
from tests import spec_folders as sf
from tests.samples import few

SPECS = chipclass.load()
NAMED = ("nvidia-h20-96gb", "nvidia-l40", "nvidia-h200-nvl", "amd-mi308x", "nvidia-rtx-4090-d")
FEW = few(SPECS, 60, keep=NAMED)
MIRROR = {BEGINS: ENDS, ENDS: BEGINS, NEW: FORMER, FORMER: NEW, "joins": "leaves", "leaves": "joins"}


def diff(before: str, after: str, **question: Any) -> dict[str, Any]:
    return chipclass.rules_diff(before, after, **{"specs": SPECS, **question}).to_dict()


def moves(data: dict[str, Any], axis: str) -> dict[tuple[str, str], list[str]]:
    return {(m["before"], m["after"]): m["products"] for m in data["moves"] if m["axis"] == axis}


def test_october_2023() -> None:
    data = diff("2023-11-16", "2023-11-17", destination="CN")
    changed = {change["provision"]: change for change in data["provisions"]}
    assert (changed["us-ear/3A090.b"]["change"], changed["us-ear/3A090.a"]["change"]) == (BEGINS, NEW)
    wording = changed["us-ear/3A090.a"]["wording"]
    assert "TPP >= 4,800 [3A090.a.1]" in wording["added"] and "density >= 5.92 [3A090.a.2]" in wording["added"]
    assert "I/O rate (2022) >= 600 GB/s [3A090.a of 2022]" in wording["removed"]
    assert (wording["paragraphs_removed"], wording["limits"]) == (["3A090 (2022)"], [])
    assert "88 FR 73458" in changed["us-ear/3A090.a"]["citation"]
    caught = moves(data, "status")["not caught", "controlled"]
    assert {"nvidia-a800-pcie-80gb", "nvidia-h800-sxm", "nvidia-l40s"} <= set(caught)
    assert "nvidia-rtx-4090-d" not in caught


def test_january_2026_moves_review_policy_and_tariff_and_no_class() -> None:
    data = diff("2026-01-14", "2026-01-15", destination="CN")
    assert {change["provision"] for change in data["provisions"]} >= {
        "us-ear/742.6-b-10-iii-A-1",
        "us-tariff/note-39-b",
    }
    assert {move["axis"] for move in data["moves"]} == {"review_policy", "tariff"}


def test_the_emirates_change_groups() -> None:
    data = diff("2026-07-09", "2026-07-10", destination="AE")
    assert [(g["group"], g["change"], g["countries"]) for g in data["groups"]] == [
        ("A:5", "joins", ["AE"]),
        ("D:4", "leaves", ["AE"]),
    ]
    assert moves(data, "licence") == {}
    [entry] = [c for c in data["provisions"] if c["provision"] == "us-ear/742.6-a-6-iii-A"]
    assert entry["wording"]["added"] == ["destination in AE"] and entry["wording"]["removed"] == []


def test_a_text_that_is_not_enforced_is_listed_as_such_and_moves_nothing() -> None:
    data = diff("2025-01-12", "2025-01-13", destination="DE")
    [entry] = [c for c in data["provisions"] if c["provision"] == "us-ear/742.6-a-6-iii-A-worldwide"]
    assert entry["after"]["posture"] == "codified, not enforced" and entry["text"].endswith("(codified, not enforced)")
    assert moves(data, "licence") == {}
    assert moves(diff("2025-01-12", "2025-01-13", destination="DE", reading="codified"), "licence")


def test_a_posture_that_changes_alone_has_no_wording(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    one = '{ from = 2023-11-17, is = "in force" }'
    text = sf.rule().replace(one, f'{one}, {{ from = 2024-06-10, is = "codified, not enforced" }}')
    sf.write(folder, sf.RULE_FILE, text)
    [entry] = diff("2024-06-09", "2024-06-10", specs=sf.specs_of(folder))["provisions"]
    assert (entry["change"], entry["wording"]) == ("other posture", None)
    assert entry["text"] == "9X999, other posture: in force, then codified, not enforced"


def test_an_edition_that_came_and_went_is_named() -> None:
    data = diff("2022-11-01", "2024-01-01")
    assert ("us-ear/742.6-a-6-iii-A", "2023-01-17", "2023-11-17") in {
        (entry["provision"], entry["edition"], entry["until"]) for entry in data["passing"]
    }


@pytest.mark.parametrize("day", ["2000-01-01", "2022-10-21", "2024-02-01", "2031-01-01"])
def test_the_same_day_twice_holds_the_same(day: str) -> None:
    data = diff(day, day, specs=FEW)
    assert not any(data[key] for key in ("provisions", "groups", "passing", "moves")) and data["moved"] == 0


def test_before_the_first_rule_everything_begins() -> None:
    data = diff("1990-01-01", "2022-10-21")
    assert {change["change"] for change in data["provisions"]} == {BEGINS}
    assert all(change["before"] is None for change in data["provisions"])
    assert any("begin on 2022-10-21" in text for text in data["caveats"])
    processors = [chip for chip in SPECS.items("chips") if chip.function == "processor"]
    assert data["products"] == len(SPECS.index["chips"])
    assert data["moved"] == len(processors), "no rule reached memory stacks yet"


def mirrored(data: dict[str, Any]) -> dict[str, Any]:
    """What the days swapped must give."""
    turned = {key: value for key, value in data.items() if key not in ("provisions", "groups", "moves")}
    turned |= {"before": data["after"], "after": data["before"]}
    turned["moves"] = {(m["axis"], m["after"], m["before"], *m["products"]) for m in data["moves"]}
    turned["groups"] = [(g["group"], MIRROR.get(g["change"]), g["after"], g["before"]) for g in data["groups"]]
    turned["provisions"] = [
        (p["provision"], MIRROR.get(p["change"], p["change"]), p["after"], p["before"], turned_wording(p["wording"]))
        for p in data["provisions"]
    ]
    return turned


def as_is(data: dict[str, Any]) -> dict[str, Any]:
    plain = dict(data)
    plain["moves"] = {(m["axis"], m["before"], m["after"], *m["products"]) for m in data["moves"]}
    steps = set(MIRROR)
    plain["groups"] = [
        (g["group"], g["change"] if g["change"] in steps else None, g["before"], g["after"]) for g in data["groups"]
    ]
    plain["provisions"] = [
        (p["provision"], p["change"], p["before"], p["after"], straight(p["wording"])) for p in data["provisions"]
    ]
    return plain


def turned_wording(wording: dict[str, Any] | None) -> dict[str, Any] | None:
    if wording is None:
        return None
    names = {"added": "removed", "removed": "added"}
    turned = {}
    for key, value in wording.items():
        stem, _, end = key.rpartition("_")
        turned[f"{stem}_{names[end]}" if stem and end in names else names.get(key, key)] = value
    for key in ("limits", "other"):
        turned[key] = [{**e, "before": e["after"], "after": e["before"]} for e in wording[key]]
    return straight(turned)


def straight(wording: dict[str, Any] | None) -> dict[str, Any] | None:
    """Lists of an edition whose order follows the one or the other edition."""
    if wording is None:
        return None
    return {**wording, "limits": sorted(wording["limits"], key=lambda entry: sorted(entry.values()))}


DAYS = st.dates(datetime.date(2021, 1, 1), datetime.date(2027, 1, 1)).map(str)


@settings(deadline=None, max_examples=6)
@given(DAYS, DAYS, st.sampled_from([None, "AE", "NI", "KH"]), st.sampled_from([None, "CY"]))
def test_the_days_swapped_give_the_mirror(
    before: str, after: str, destination: str | None, headquarters: str | None
) -> None:
    asked = {"destination": destination, "headquarters": headquarters}
    one, other = diff(before, after, specs=FEW, **asked), diff(after, before, specs=FEW, **asked)
    assert mirrored(one) == as_is(other)
    assert not contract.problems("rules-diff", one)
    assert not set(contract.undescribed(one, contract.schema("rules-diff"), "rules-diff"))


@pytest.mark.parametrize(("before", "after"), [("2022-11-01", "2024-06-01"), ("2026-01-14", "2026-09-24")])
def test_moves_are_those_of_the_timelines(before: str, after: str) -> None:
    """Each product in each move once, and where its timeline has it on the two days."""
    data = diff(before, after, destination="CN", specs=FEW)
    for chip in NAMED:
        [line] = chipclass.timeline(chip, destination="CN").to_dict()["results"][0]["timelines"]
        ends = [
            next(p["position"] for p in line["periods"] if (p["from"] or "") <= day <= (p["to"] or "9999"))
            for day in (before, after)
        ]
        found = {m["axis"]: (m["before"], m["after"]) for m in data["moves"] if chip in m["products"]}
        expected = {axis: (ends[0][axis], ends[1][axis]) for axis in Position._fields}
        assert found == {axis: pair for axis, pair in expected.items() if pair[0] != pair[1]}
    assert data["moved"] == len({name for move in data["moves"] for name in move["products"]})
    assert all(move["count"] == len(move["products"]) == len(move["names"]) for move in data["moves"])


def test_a_bill_is_listed_and_moves_nothing(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    text = sf.rule(more="").replace("2023-11-17", "2024-06-10").replace('is = "in force"', 'is = "bill"')
    sf.write(folder, sf.RULE_FILE, text)
    data = diff("2024-06-09", "2024-06-10", specs=sf.specs_of(folder))
    assert [change["text"] for change in data["provisions"]] == ["9X999 begins (bill)"]
    assert data["moves"] == []


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("2024-02-30", "2024-03-01"), "the first day: '2024-02-30' is not a day of the calendar"),
        (("2024-02-01", "March"), "the second day: 'March' is not a date"),
    ],
)
def test_a_day_that_does_not_exist(days: tuple[str, str], message: str) -> None:
    with pytest.raises(chipclass.QueryError, match=message):
        chipclass.rules_diff(*days)


def test_a_diff_shows_itself() -> None:
    shown = repr(chipclass.rules_diff("2023-11-16", "2023-11-17"))
    assert "2023-11-16 to 2023-11-17" in shown and "3A090.b begins" in shown and "not caught -> controlled" in shown
