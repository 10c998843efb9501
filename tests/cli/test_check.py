"""``chipclass check``: what it prints, and with which exit code, where rules contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from chipclass.coverage import AIMED, standings, tables
from chipclass.specdb.store import load
from tests import contract_docs as contract
from tests import spec_folders as sf
from tests.cli.running import Chipclass, check_text

RULE = sf.rule('all = ["meets us-ear/3A090.a", "destination in CN"]', 'policy = "case-by-case review"')


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A review policy of one's own that says otherwise than the project's."""
    sf.write(tmp_path / "mine", sf.RULE_FILE, RULE.replace('"ic class"', '"review policy"'))
    return tmp_path / "mine"


def overlapping(chipclass_: Chipclass, overlay: Path) -> list[str]:
    """The provisions that the planted one contradicts, as the messages name them."""
    problems = chipclass_("check", "--specs", overlay, "--format", "json").json()["problems"]
    said = [entry["message"] for entry in problems if entry["file"].startswith("mine/")]
    return [message.partition('with = "')[2].partition('"')[0] for message in said if "[[overlap]]" in message]


def test_a_contradiction_is_an_error_with_its_place_first(chipclass_: Chipclass, overlay: Path) -> None:
    done = chipclass_("check", "--specs", overlay)
    assert done.code == 2
    check_text(done.out)
    assert done.out.startswith("error: ")
    assert f"error: mine/{sf.RULE_FILE}: edition 2023-11-17: reads 'case-by-case" in done.out
    assert done.out.endswith("to be mended before anything is decided on these files\n")


def test_the_json_keeps_its_schema(chipclass_: Chipclass, overlay: Path) -> None:
    done = chipclass_("check", "--specs", overlay, "--format", "json")
    assert done.code == 2
    assert not contract.problems("check", done.json())
    found = done.json()
    assert (found["ok"], found["specs"]) == (False, None)
    assert "error" in {entry["severity"] for entry in found["problems"] if entry["file"].startswith("mine/")}


def test_an_acknowledged_one_is_none_and_a_needless_one_is_named(chipclass_: Chipclass, overlay: Path) -> None:
    """China is none of the destinations of the approval: nothing to acknowledge there."""
    said = "\n".join(
        f'[[overlap]]\nwith = "{name}"\ncite = "9X999"\ntext = "Of a test."'
        for name in [*overlapping(chipclass_, overlay), "us-ear/742.6-b-10-approval-reported"]
    )
    sf.edit(overlay, sf.RULE_FILE, "[[edition]]", f"{said}\n[[edition]]")
    done = chipclass_("check", "--specs", overlay)
    assert done.code == 0
    flat = " ".join(done.out.split())
    assert flat.startswith(f"warning: mine/{sf.RULE_FILE}: overlap: the two never hold together; remove it")
    assert flat.count("mine/") == 1


def test_coverage_as_tables_and_as_json(chipclass_: Chipclass) -> None:
    done = chipclass_("check", "--coverage")
    assert done.code == 0
    check_text(done.out)
    assert "throughput, memory and die figures by vendor" in done.out
    data = chipclass_("check", "--coverage", "--format", "json").json()
    assert not contract.problems("check", data)
    core = [entry for entry in standings(load()) if entry.attribute in AIMED]
    assert sum(row["figures"] for row in data["coverage"]["by_vendor"]) == len(core)
    assert [row["name"] for row in data["coverage"]["by_vendor"]] == [s.name for s in tables(load())["by_vendor"]]
    assert "| NVIDIA |" in chipclass_("check", "--coverage", "--format", "md").out
