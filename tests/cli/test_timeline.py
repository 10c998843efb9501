"""``chipclass timeline`` and ``rules --diff`` as their reader sees them."""

from __future__ import annotations

import re

import pytest

import chipclass
from chipclass.cli.changes import names_words
from tests.cli.running import DAY, QUERIES, Chipclass, check_text

UNTIL = ("--until", DAY[1])


def flat(text: str) -> str:
    return " ".join(text.split())


def test_what_happened_to_the_a800_in_few_lines(chipclass_: Chipclass) -> None:
    done = chipclass_("timeline", "nvidia-a800-pcie-80gb", "--destination", "CN", *UNTIL)
    assert (done.code, done.err) == (0, "")
    span = re.compile(r"(?:\d{4}-\d\d-\d\d|(?:up to|after|from) \d{4}-\d\d-\d\d +[A-Z])")
    heads = [line.rstrip() for line in done.out.splitlines() if span.match(line)]
    assert heads == [
        "up to 2022-10-20         NOT IN FORCE  no class provision held here was in force",
        "2022-10-21 - 2023-10-22  NOT CAUGHT",
        "2022-11-03               released (press)",
        "2023-10-23 - 2023-11-16  NOT CAUGHT",
        "2023-11-17 - 2025-04-08  CONTROLLED  3A090.a.1",
        "2025-04-09 - 2026-01-14  CONTROLLED  3A090.a.1",
        "2026-01-15 - 2026-09-24  CONTROLLED  3A090.a.1",
    ]
    shown = flat(done.out)
    assert "3A090.a, new edition (15 CFR 774 Supp. 1, 3A090.a; 88 FR 73458)" in shown
    assert shown.count("88 FR 73458") == 1, "one cause, told once"
    assert "no destination was given" not in shown
    assert "no destination was given" in flat(chipclass_("timeline", "A800", *UNTIL).out)


def test_what_only_repeats_is_left_out(chipclass_: Chipclass) -> None:
    shown = flat(chipclass_("timeline", "RTX 4090 D", *UNTIL).out)
    assert "not applicable" not in shown and "letters: none" not in shown
    assert "from 2023-11-17: NVIDIA GeForce RTX 4090 D is not caught by 3A090.a or 3A090.b on these figures" in shown
    assert shown.index("NOT CAUGHT") < shown.index("2023-12-28 released (press)") < shown.index("tariff: outside")


def test_several_causes_are_told_as_several(chipclass_: Chipclass) -> None:
    shown = flat(chipclass_("timeline", "H100 SXM", "--destination", "NI").out)
    assert "cause of licence requirement, one of several: Nicaragua joins D:1 (89 FR 18780)" in shown
    assert "cause of review policy: Nicaragua joins D:5 (89 FR 18780)" in shown
    assert "after 2026-09-24 UNKNOWN" in shown


def test_a_period_before_the_release_says_so(chipclass_: Chipclass) -> None:
    assert "3A090 (2022) or not caught, before its release" in flat(chipclass_("timeline", "nvidia-h20-96gb").out)
    assert "No release date on file for NVIDIA H20-3e 141GB" in flat(chipclass_("timeline", "H20").out)


@pytest.mark.parametrize("query", [*QUERIES, "Rubin", "nvidia-dgx-h100"])
@pytest.mark.parametrize("options", [(), ("--destination", "AE", "--headquarters", "CY")])
def test_a_timeline_fits_80_columns(chipclass_: Chipclass, query: str, options: tuple[str, ...]) -> None:
    done = chipclass_("timeline", query, *options)
    assert (done.code, done.err) == (0, "")
    check_text(done.out)


@pytest.mark.parametrize(
    "days", [("1990-01-01", "2030-01-01"), ("2026-09-24", "2022-11-01"), ("2023-11-16", "2023-11-17")]
)
def test_a_diff_fits_80_columns(chipclass_: Chipclass, days: tuple[str, str]) -> None:
    done = chipclass_("rules", "--diff", *days, "--destination", "AE")
    assert (done.code, done.err) == (0, "")
    check_text(done.out)


def test_a_diff_groups_what_moved_alike(chipclass_: Chipclass) -> None:
    done = chipclass_("rules", "--diff", "2026-01-14", "2026-01-15", "--destination", "CN")
    shown = flat(done.out)
    assert (
        "-> inside band 1 of HTS 9903.79.01 (25 %), if entered under 8471.50, 8471.80 or 8473.30"
        " 3: NVIDIA GH200 144GB, H200 SXM, H200 NVL" in shown
    )
    assert re.search(r"-> outside the bands of HTS 9903\.79\.01 \d+: every chip but ", shown)


def test_a_diff_wants_two_days(chipclass_: Chipclass) -> None:
    done = chipclass_("rules", "--diff", "2024-01-01")
    assert (done.code, done.out) == (2, "")
    assert done.err == "Error: Option '--diff' requires 2 arguments.\n"


@pytest.mark.parametrize("format", ["table", "md"])
def test_the_same_day_twice_says_that_nothing_changed(chipclass_: Chipclass, format: str) -> None:
    done = chipclass_("rules", "--diff", "2024-02-01", "2024-02-01", "--format", format)
    assert done.code == 0
    assert "Nothing changed: both days are 2024-02-01." in done.out
    backwards = chipclass_("rules", "--diff", "2024-03-01", "2024-02-01", "--format", format).out
    assert "Nothing changed: 2024-03-01 and 2024-02-01 hold the same." in backwards
    assert "read backwards" in backwards


def test_names_by_vendor_or_by_what_is_missing() -> None:
    specs = chipclass.load()
    chips = list(specs.index["chips"])
    assert names_words(specs, chips) == "every chip"
    assert names_words(specs, [name for name in chips if name != "nvidia-l4"]) == "every chip but NVIDIA L4"
    assert names_words(specs, ["nvidia-l4", "amd-mi300x", "nvidia-l40"]) == "NVIDIA L4, L40; AMD Instinct MI300X"
