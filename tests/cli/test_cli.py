"""The command line as people and scripts meet it: widths, formats, families, help, pipes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import chipclass
from chipclass import explanation
from tests import spec_folders as sf
from tests.cli.running import DAY, QUERIES, Chipclass, check_text, environment, subprocess_run

COMMANDS = ["classify", "compare", "timeline", "whatif", "stability", "show", "rules", "check", "export"]


# --- tables ---


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("command", ["classify", "show"])
def test_a_table_fits_80_columns(chipclass_: Chipclass, command: str, query: str) -> None:
    done = chipclass_(command, query, *(DAY if command == "classify" else ()))
    assert (done.code, done.err) == (0, "")
    assert done.out.strip()
    check_text(done.out)


def test_every_record_and_source_fits_80_columns() -> None:
    from chipclass.cli import show

    specs = chipclass.load()
    for table in ("families", "chips", "products", "dies"):
        for item in specs.items(table):
            check_text(show.screen(specs, item))


def test_a_ladder_fits_80_columns(chipclass_: Chipclass) -> None:
    done = chipclass_("compare", *QUERIES, "B200", "Rubin", *DAY)
    assert done.code == 0
    check_text(done.out)


@pytest.mark.parametrize("destination", ["Macau", "AE", "Germany", "RU"])
def test_a_table_fits_80_columns_whatever_the_destination(chipclass_: Chipclass, destination: str) -> None:
    done = chipclass_("classify", "H200", "L40", *DAY, "--destination", destination, "--headquarters", "CN")
    assert done.code == 0
    check_text(done.out)


def test_rules_and_check_fit_80_columns(chipclass_: Chipclass) -> None:
    provisions = [entry["id"] for entry in chipclass_("rules", "--format", "json").json()]
    assert len(provisions) > 10
    for arguments in (["rules", *DAY], ["check"], *(["rules", name, *DAY] for name in provisions)):
        done = chipclass_(*arguments)
        assert done.code == 0
        check_text(done.out)


def test_addresses_are_not_torn_apart(chipclass_: Chipclass) -> None:
    """A wrapped address cannot be followed: it is longer than a line or stands whole in one."""
    done = chipclass_("rules", "us-ear/3A090.a", *DAY)
    [provision] = chipclass_("rules", "3A090.a", "--format", "json").json()
    urls = {edition["url"] for edition in provision["editions"] if "url" in edition}
    assert urls
    assert all(url in done.out for url in urls)


def test_two_products_give_two_screens(chipclass_: Chipclass) -> None:
    done = chipclass_("classify", "L40", "L4", *DAY)
    assert done.out.index("NVIDIA L40 ") < done.out.index("NVIDIA L4 ")
    assert done.out.count(explanation.DISCLAIMER[:30]) == 2


def test_a_paragraph_set_is_joined_by_and_and_rival_sets_by_or(chipclass_: Chipclass) -> None:
    """The L40 is in b.1 and in b.2; that is one class, not a choice of two."""
    done = chipclass_("classify", "L40", *DAY)
    assert "is caught by 3A090.b.1 and 3A090.b.2:" in " ".join(done.out.split())


def test_an_undecided_criterion_of_a_letter_is_not_called_reached(chipclass_: Chipclass) -> None:
    """For the EPYC 9654 the link bandwidth is unknown: the criterion cannot be excluded, nothing more."""
    found = chipclass_("classify", "EPYC 9654", *DAY, "--format", "json").json()["results"][0]["conclusion"]
    letters = [e for e in found["licence_requirement"]["letters"] if e["criterion"] != "not met"]
    assert letters and all(entry["criterion"] == "undecided" for entry in letters)
    for text in (found["summary"], found["licence_requirement"]["by_destination"]):
        assert not re.search(r"criterion\b[^.;]*\bis reached", text), text


def test_the_review_policy_names_the_headquarters_of_its_own_text(chipclass_: Chipclass) -> None:
    """The line on headquarters begins in November 2023; before it nothing is on file for Germany."""
    for day, policy in (
        ("2022-11-01", "not on file for this destination and date"),
        ("2023-12-01", "presumption of denial if a party is headquartered in D:5 or Macau; otherwise not on file"),
    ):
        shown = " ".join(chipclass_("classify", "H100 SXM", "--as-of", day, "--destination", "DE").out.split())
        assert policy in shown


# --- JSON and Markdown ---


@pytest.mark.parametrize(
    "arguments",
    [
        ("classify", *QUERIES, *DAY),
        ("compare", "H20", "H200", "MI308X", *DAY),
        ("timeline", *QUERIES, "--until", DAY[1]),
        ("show", "H200"),
        ("show", "nvidia-l4"),
        ("rules",),
        ("rules", "--diff", "2023-01-01", DAY[1]),
        ("check",),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_json_is_one_document_and_nothing_else(chipclass_: Chipclass, arguments: tuple[str, ...]) -> None:
    done = chipclass_(*arguments, "--format", "json")
    assert (done.code, done.err) == (0, "")
    data = done.json()
    if arguments[0] in ("classify", "compare", "check"):
        assert isinstance(data, dict)
    assert "\x1b" not in done.out


def test_the_same_question_gives_the_same_bytes(chipclass_: Chipclass) -> None:
    for format in ("json", "table", "md"):
        first, second = (chipclass_("classify", *QUERIES, *DAY, "--format", format).out for _ in range(2))
        assert first == second


MARKDOWN = [
    ("classify", "H200", *DAY),
    ("compare", "H20", "H200", *DAY),
    ("timeline", "H200", "--until", DAY[1]),
    ("rules",),
    ("rules", "--diff", "2022-11-01", "2024-02-01"),
]


@pytest.mark.parametrize("arguments", MARKDOWN)
def test_markdown_is_markdown(chipclass_: Chipclass, arguments: tuple[str, ...]) -> None:
    done = chipclass_(*arguments, "--format", "md")
    assert done.code == 0
    rows = [line for line in done.out.splitlines() if line.startswith("|")]
    assert len(rows) > 2
    assert re.fullmatch(r"\|(?: ?:?-+:? ?\|)+", rows[1])


@pytest.mark.parametrize("query", ["H200", "L4", "MI308X"])
def test_markdown_says_all_that_the_screen_says(chipclass_: Chipclass, query: str) -> None:
    """Nothing is cut where the screen would wrap a line."""
    asked = ("classify", query, *DAY, "--destination", "CN")
    [entry] = chipclass_(*asked, "--format", "json").json()["results"]
    conclusion, page = entry["conclusion"], chipclass_(*asked, "--format", "md").out
    told = [
        conclusion["summary"],
        conclusion["licence_requirement"]["by_destination"],
        conclusion["licence_requirement"]["if_headquartered_in_D5_or_Macau"],
        *(conclusion[axis]["text"] for axis in ("item_class", "review_policy", "tariff")),
        *(condition for axis in ("review_policy", "tariff") for condition in conclusion[axis]["conditions"]),
        *(other["text"] for other in conclusion["review_policy"]["beside"]),
        *conclusion["caveats"],
        *conclusion["not_evaluated"],
        *entry["variants"][0]["assumptions"],
    ]
    assert not [text for text in told if text not in page]
    screen = chipclass_(*asked).out
    fields = screen[screen.index("\nDeclared") : screen.index("\nA documented")].splitlines()
    labels = [label for line in fields if (label := line[:14].strip())]
    assert len(labels) > 12
    assert not [label for label in labels if f"**{label}**" not in page]


def test_a_record_as_markdown_is_a_list_of_claims(chipclass_: Chipclass) -> None:
    done = chipclass_("show", "L4", "--format", "md")
    assert done.code == 0
    assert done.out.startswith("#"), "a heading"
    assert len(re.findall(r"^- \*\*", done.out, re.MULTILINE)) > 3


# --- family, part number, ambiguous number ---


def test_a_family_lists_its_variants_and_who_stands_for_it(chipclass_: Chipclass) -> None:
    [found] = chipclass_("classify", "H200", *DAY, "--format", "json").json()["results"]
    assert (found["match"]["how"], found["match"]["family"]) == ("family", "nvidia-h200")
    assert [v["product"] for v in found["variants"]] == ["nvidia-h200-sxm", "nvidia-h200-nvl"]
    assert found["represented_by"] == "nvidia-h200-sxm"
    assert "it represents the family" in chipclass_("classify", "H200", *DAY).out


def test_a_part_number_is_no_family(chipclass_: Chipclass) -> None:
    [found] = chipclass_("classify", "935-24287-00N0-000", *DAY, "--format", "json").json()["results"]
    assert (found["match"]["how"], found["match"]["family"]) == ("part-number", None)
    assert {v["product"] for v in found["variants"]} == {"nvidia-hgx-h20-8-gpu"}
    assert {v["chip"] for v in found["variants"]} == {"nvidia-h20-96gb", "nvidia-h20-141gb"}
    assert "it represents the family" not in chipclass_("classify", "935-24287-00N0-000", *DAY).out


def test_a_number_of_two_products_gives_both(chipclass_: Chipclass, tmp_path: Path) -> None:
    for name in ("nvidia-l4", "nvidia-h200-sxm"):
        identifier = '[[chip.identifier]]\nkind = "part-number"\nvalues = ["ME-1"]\nsource = "acme-datasheet"\n'
        text = f'[[chip]]\nid = "{name}"\n{identifier}mapping = "description"\n'
        sf.write(tmp_path / "mine", f"chips/{name}.toml", text)
    sf.write(tmp_path / "mine", "sources.toml", sf.SOURCE)
    [found] = chipclass_("classify", "ME-1", *DAY, "--specs", tmp_path / "mine", "--format", "json").json()["results"]
    assert {v["product"] for v in found["variants"]} == {"nvidia-l4", "nvidia-h200-sxm"}
    assert found["match"]["family"] is None
    said = f"{found['match']['evidence']} {found['conclusion']['summary']}"
    assert "NVIDIA L4" in said and "NVIDIA H200 SXM" in said, "neither reader of the number is dropped silently"


# --- help, version, processes of their own ---


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(chipclass_: Chipclass, command: str) -> None:
    done = chipclass_(command, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: chipclass {command} ")
    assert "--specs" in done.out and "--debug" in done.out
    check_text(done.out)


def test_help_lists_the_commands(chipclass_: Chipclass) -> None:
    done = chipclass_("--help")
    assert done.code == 0
    assert all(re.search(rf"^  {command} ", done.out, re.MULTILINE) for command in COMMANDS)


def test_version_as_a_module(tmp_path: Path) -> None:
    done = subprocess_run("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout.decode().split()) == (0, ["chipclass", chipclass.__version__])


@pytest.mark.parametrize(
    "variables", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color", "FORCE_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_a_pipe_gets_plain_text(tmp_path: Path, variables: dict[str, str]) -> None:
    done = subprocess_run("classify", "RTX 6000D", *DAY, cwd=tmp_path, **variables)
    assert (done.returncode, done.stderr) == (0, b"")
    check_text(done.stdout.decode())


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    """``chipclass ... | head -1``: exit code 1 would read as findings."""
    command = [sys.executable, "-m", "chipclass", "classify", *QUERIES, *DAY, "--format", "json"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=pipe, stderr=pipe)
    assert process.stdout and process.stderr
    process.stdout.read(10)
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    assert process.wait(60) == 0


def test_several_kinds_of_chip_are_no_variants_and_the_gravest_is_shown(chipclass_: Chipclass) -> None:
    done = chipclass_("classify", "nvidia-igx-thor-devkit-dgpu", *DAY)
    assert done.code == 0
    check_text(done.out)
    first, *rest = done.out.splitlines()
    assert "2 kinds of chip" in first
    assert any(line.startswith("*  NVIDIA RTX PRO 6000") and "controlled" in line for line in rest)
    assert "2 variants" in chipclass_("classify", "HGX H20", *DAY).out.splitlines()[0]
