"""Exit codes and messages: what cannot be answered ends with one line that says what would do. Never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import spec_folders as sf
from tests.cli.running import DAY, Chipclass, subprocess_run

# --- exit codes ---


@pytest.mark.parametrize(
    ("query", "level", "code"),
    [
        ("H200", "never", 0),
        ("MI308X", "never", 0),
        ("H200", "controlled", 1),
        ("H20", "controlled", 0),
        ("MI308X", "controlled", 0),
        ("MI308X", "undecided", 3),
        ("H20", "undecided", 0),
        ("EPYC 9654", "undecided", 0),
    ],
)
def test_fail_on(chipclass_: Chipclass, query: str, level: str, code: int) -> None:
    assert chipclass_("classify", query, *DAY, "--fail-on", level).code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["classify", "H200", "--as-of", "2026-02-30"], "'2026-02-30' is not a day of the calendar; write it as 20"),
        (["classify", "H200", "--as-of", "30.02.2026"], "'30.02.2026' is not a date; write it as 2026-01-15"),
        (["classify", "H200", "--destination", "Chna"], "unknown country 'Chna'; did you mean China (CN)?"),
        (["classify", "H200", "--from", "Taiwann"], "unknown country 'Taiwann'; did you mean Taiwan (TW)?"),
        (["classify", "H200", "--headquarters", "Q9"], "unknown country 'Q9'"),
        (["classify", "H200", "--fail-on", "maybe"], "unknown level 'maybe' for --fail-on; expected one of never, "),
        (["classify", "H200", "--stated", "nothing"], "unknown statement 'nothing'; chipclass explain PRODUCT"),
        (["classify", "H200", "--specs", "nowhere"], "nowhere is not a folder; --specs takes a folder "),
        (["check", "--specs", "nowhere"], "not a folder; --specs takes a folder laid out like specs/ (nowhere)"),
        (["classify", ""], "an empty name is no product"),
        (["classify", "  "], "an empty name is no product"),
        (["classify", "英伟达"], "unknown product '英伟达'"),
        (["show", "L400X9"], "unknown product 'L400X9'"),
        (["rules", "3A9O"], "unknown provision '3A9O'"),
        (["rules", "--diff", "2024-01-01", "2024-02-30"], "the second day: '2024-02-30' is not a day of the calendar"),
        (["rules", "--diff", "2024-01-01", "2024-02-01", *DAY], "--diff has two days of its own; leave --as-of out"),
        (["rules", "3A090.a", "--diff", "2024-01-01", "2024-02-01"], "--diff compares the whole book; leave '3A090.a'"),
        (["rules", "--destination", "CN"], "a list of rules knows no transaction; --destination and its like go with"),
        (["timeline", "A8O0"], "unknown product 'A8O0'; did you mean 'A800'"),
        (["timeline", "A800", "--since", "2024"], "since: '2024' is not a date; write it as 2026-01-15"),
        (["timeline", "A800", "--since", "2024-01-02", "--until", "2024-01-01"], "since 2024-01-02 lies after until"),
        (["compare", "H200"], "name at least two different products to compare"),
        (["compare", "H200", "nvidia-h200"], "name at least two different products to compare"),
        (["headroom"], "nothing to measure; name a product, or sketch a chip with its rates, TPP or die area"),
        (["headroom", "H2OO"], "unknown product 'H2OO'; did you mean 'H200'"),
        (["headroom", "--die-area", "814 W"], "die area: 'W' is [power], but [length] ** 2 is wanted; write for "),
        (["headroom", "--rate", "148 TFLOPS@fp9"], "rate: unknown number format 'fp9'; did you mean 'fp8'?"),
        (["headroom", "--tpp", "4700", "--rate", "1 TFLOPS@fp8"], "give rates or TPP, not both"),
        (["headroom", "H20", "--datacenter", "perhaps"], "datacenter: expected yes, no or unknown; found 'perhaps'"),
        (["export", "--out", "x.parquet", "--shape", "tall"], "unknown shape 'tall'; expected wide "),
        (["export", "--out", "table.xyz"], "'table.xyz' has the unknown suffix '.xyz'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_answered_ends_with_2_and_one_line(
    chipclass_: Chipclass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = chipclass_(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chipclass: ") and message in done.err
    assert done.err.count("\n") == 1
    assert not list(tmp_path.iterdir()), "nothing is left behind"


@pytest.mark.parametrize(("typed", "meant"), [("H2OO", "H200"), ("RTX 4O90", "RTX 4090"), ("MI3O8X", "MI308X")])
def test_a_name_with_a_slip_offers_what_was_meant(chipclass_: Chipclass, typed: str, meant: str) -> None:
    done = chipclass_("classify", typed)
    assert done.code == 2
    assert done.err.startswith(f"chipclass: unknown product '{typed}'; did you mean '{meant}'")


WRONGLY = [
    ["classify"],
    ["nonsense"],
    ["classify", "H200", "--format", "xml"],
    ["export"],
    ["timeline"],
]


@pytest.mark.parametrize("arguments", WRONGLY)
def test_a_command_written_wrongly_ends_with_2_and_its_usage(chipclass_: Chipclass, arguments: list[str]) -> None:
    done = chipclass_(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: chipclass")


def test_an_empty_destination_is_no_destination_left_out(chipclass_: Chipclass) -> None:
    """A script whose variable is empty must not silently get the answer for another country."""
    done = chipclass_("classify", "H200", "--destination", "")
    assert done.code == 2
    assert "unknown country ''" in done.err


def test_a_bug_ends_with_70_and_one_line(chipclass_: Chipclass, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise KeyError("lost")

    monkeypatch.setattr("chipclass.cli.classify.run", broken)
    done = chipclass_("classify", "H200")
    assert done.code == 70
    assert done.err.startswith("chipclass: a bug, sorry: KeyError: 'lost'. Please report it")
    assert done.err.count("\n") == 1


def test_an_overlay_with_a_mistake_ends_with_2_and_its_place(chipclass_: Chipclass, tmp_path: Path) -> None:
    sf.write(tmp_path / "mine", sf.CHIP_FILE, sf.chip('memory_bandwidth = "4800"'))
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    done = chipclass_("classify", "H200", "--specs", tmp_path / "mine")
    assert (done.code, done.out) == (2, "")
    assert "mine/chips/acme/x1.toml: chip acme-x1, claim 1: memory_bandwidth: '4800' has no unit" in done.err
    checked = chipclass_("check", "--specs", tmp_path / "mine", "--format", "json")
    assert checked.code != 0
    assert checked.json()["problems"][0]["file"] == "mine/chips/acme/x1.toml"


# --- dates ---


def test_a_date_before_the_rules_says_when_they_begin(chipclass_: Chipclass) -> None:
    done = chipclass_("classify", "H200", "--as-of", "2021-05-01")
    shown = " ".join(done.out.split())
    assert done.code == 0
    assert "the rules held here begin on 2022-10-21" in shown
    assert "No class provision held here was in force on 2021-05-01." in shown
    assert "NOT CAUGHT" not in shown
    data = chipclass_("classify", "H200", "--as-of", "2021-05-01", "--format", "json").json()
    outcomes = {d["outcome"] for v in data["results"][0]["variants"] for d in v["determinations"]}
    assert outcomes == {"not in force"}


def test_variants_that_no_rule_reaches_read_the_same(chipclass_: Chipclass) -> None:
    shown = " ".join(chipclass_("classify", "H20", "--as-of", "2021-05-01").out.split())
    assert "2 variants; all read the same. No class provision held here was in force on 2021-05-01." in shown


def test_a_date_far_ahead_says_when_the_rules_were_last_checked(chipclass_: Chipclass) -> None:
    done = chipclass_("classify", "H200", "--as-of", "2099-12-31")
    assert done.code == 0
    banner = r"the rules were last checked on \d{4}-\d\d-\d\d.*; anything after that is unknown"
    assert re.search(banner, " ".join(done.out.split()))


# --- places ---


def test_a_terminal_without_utf8_gets_an_answer(tmp_path: Path) -> None:
    done = subprocess_run("classify", "英伟达 H20O", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr and b"H20" in done.stderr


def test_export_to_a_place_that_cannot_be_written(chipclass_: Chipclass, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = chipclass_("export", "--out", tmp_path / "file" / "specs.csv")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chipclass: ") and done.err.count("\n") == 1
