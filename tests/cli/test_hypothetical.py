"""``chipclass whatif`` and ``chipclass stability`` as people and scripts meet them: widths, formats, messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import chipclass
from tests import spec_folders as sf
from tests.cli.running import DAY, Chipclass, check_text

A1 = "us-ear/3A090.a#a.1"
CALLS = [
    ("whatif", "--set", f"{A1}=6000"),
    ("whatif", "--set", "tpp:4800=6000", "--set", "us-ear/742.6-b-10-iii-A-1#DRAM bandwidth=4.5 TB/s"),
    ("whatif", "--set", "us-letters/2025-04-bandwidth#sum=9 TB/s", "--destination", "Macau", "--headquarters", "CN"),
    ("whatif", "--set", f"{A1}=4800"),
    ("whatif", "--limits"),
    ("stability", "H20", "MI308X", "L4", "935-24287-00N0-000"),
    ("stability", "Trainium2", "--reading", "codified", "--stated", "certifications-dd"),
]


@pytest.mark.parametrize("arguments", CALLS, ids=lambda arguments: " ".join(arguments)[:50])
def test_a_table_fits_80_columns_and_markdown_is_markdown(chipclass_: Chipclass, arguments: tuple[str, ...]) -> None:
    shown, marked = (chipclass_(*arguments, *DAY, "--format", name) for name in ("table", "md"))
    assert [(done.code, done.err) for done in (shown, marked)] == [(0, "")] * 2
    check_text(shown.out)
    assert "2026-09-24" in shown.out.splitlines()[0]
    rows = [line for line in marked.out.splitlines() if line.startswith("|")]
    if rows:
        assert re.fullmatch(r"\|(?: ?:?-+:? ?\|)+", rows[1])
    assert rows or "**0 of" in marked.out or "--limits" in arguments, "a move is shown in a table"
    widths = {line.count("|") for line in rows} if arguments[0] == "stability" else {0}
    assert len(widths) == 1, "every row has the columns of its head"


def test_the_command_answers_as_the_function_does(chipclass_: Chipclass) -> None:
    asked = {"as_of": "2026-09-24", "destination": "CN"}
    options = ("--as-of", "2026-09-24", "--destination", "CN", "--format", "json")
    assert chipclass_(*CALLS[0], *options).json() == chipclass.whatif({A1: 6000}, **asked).to_dict()
    assert chipclass_("stability", "H20", *options).json() == chipclass.stability("H20", **asked).to_dict()


def test_the_screen_names_the_change_the_chips_and_what_still_stands(chipclass_: Chipclass) -> None:
    shown = chipclass_(*CALLS[0], *DAY, "--destination", "CN").out
    assert "Changed       3A090.a.1: tpp >= 4800 -> tpp >= 6000 (TPP)" in shown
    assert "--set 'us-ear/3A090.a#Note 2=6000'" in shown and "--set 'us-ear/3A090.b#b.1.tpp<6000'" in shown
    assert re.search(r"^  NVIDIA A100 SXM 40GB +4,992 +\+4\.0 % +-16\.8 %$", shown, re.MULTILINE)
    assert re.search(r"^  Product +TPP +to old 4,800 +to new 6,000$", shown, re.MULTILINE)


def test_every_listed_limit_can_be_set_as_it_is(chipclass_: Chipclass) -> None:
    known = chipclass_("whatif", "--limits", *DAY, "--format", "json").json()["limits"]
    assert len(known) > 20
    shown = chipclass_("whatif", "--limits", *DAY).out
    assert all(entry["address"] in shown and entry["test"] in shown for entry in known)


def test_an_overlay_is_the_hypothesis_and_a_base_is_on_both_sides(
    chipclass_: Chipclass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIPCLASS_CACHE", str(tmp_path / "cache"))
    claim = '[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "declared"\n'
    for name, chip, tpp in (("mine", "nvidia-l40", 4900), ("guess", "nvidia-l20", 4950)):
        sf.write(tmp_path / name, "sources.toml", sf.SOURCE.replace("[acme", f"[{name}-acme"))
        text = f'[[chip]]\nid = "{chip}"\n{claim.replace("acme", f"{name}-acme")}tpp = "{tpp} TPP"\n'
        sf.write(tmp_path / name, "chips/own.toml", text)
    both = ("--specs", tmp_path / "guess", "--base", tmp_path / "mine", *DAY, "--format", "json")
    data = chipclass_("whatif", *both).json()
    assert [entry["product"] for entry in data["moved"]] == ["nvidia-l20"]
    assert (data["hypothesis"]["overlays"], data["overlays"]) == (["guess"], ["mine", "guess"])
    alone = chipclass_("whatif", "--set", f"{A1}=6000", "--base", tmp_path / "mine", *DAY, "--format", "json").json()
    moved = {entry["product"]: entry for entry in alone["moved"]}
    assert moved["nvidia-l40"]["before"]["classes"] == "3A090.a.1" and alone["overlays"] == ["mine"]
    shown = chipclass_("whatif", "--specs", tmp_path / "guess", *DAY).out
    assert "Overlay       guess; compared with the same question without it" in shown
    assert re.search(r"^  NVIDIA L20 +1,912 to [\d,.]+ +4,950$", shown, re.MULTILINE)
    check_text(shown)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["whatif"],
            "nothing to change; set a limit, as in 'us-ear/3A090.a#a.1=4800'; chipclass whatif --limits lists ",
        ),
        (["whatif", "--set", A1], "'us-ear/3A090.a#a.1' sets no limit; write it as 'us-ear/3A090.a#a.1=4800'"),
        (["whatif", "--set", "us-ear/3A09.a#a.1=5"], "unknown provision 'us-ear/3A09.a' in the address "),
        (
            ["whatif", "--set", "us-ear/3A090.a#a.7=5"],
            "no limit 'a.7' in us-ear/3A090.a on 2026-09-24; did you mean 'a.1'?",
        ),
        (["whatif", "--set", "us-ear/3A090.b#b.1=5"], "'us-ear/3A090.b#b.1' stands for several limits; name one of "),
        (["whatif", "--set", f"{A1}=5 GB/s"], "limit of us-ear/3A090.a#a.1: 'GB/s' is [information] / [time], but "),
        (["whatif", "--set", f"{A1}=1e400"], "limit of us-ear/3A090.a#a.1: '1e400' has no unit"),
        (["whatif", "--set", f"{A1}=5", "--set", f"{A1}=6"], "is set twice, to 5 and 6"),
        (["whatif", "--set", "tpp:4801=5"], "no limit of tpp reads '4801' on 2026-09-24; there are 1600, "),
        (["whatif", "--set", f"{A1}=5", "--specs", "nowhere"], "nowhere is not a folder; --specs takes a folder "),
        (["whatif", "--set", f"{A1}=5", "--destination", "Chna"], "unknown country 'Chna'; did you mean China (CN)?"),
        (["stability", "L400X9"], "unknown product 'L400X9'"),
        (["stability", ""], "an empty name is no product"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_answered_ends_with_2_and_one_line(
    chipclass_: Chipclass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = chipclass_(*arguments, *DAY)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chipclass: ") and message in done.err
    assert done.err.count("\n") == 1
