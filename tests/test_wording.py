"""Two editions side by side: limits that moved, tests that came and went, tests joined otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chipclass
from tests import spec_folders as sf


def wording(folder: Path) -> dict[str, Any]:
    """What the two editions of the provision of a test say differently."""
    data = chipclass.rules_diff("2024-01-01", "2024-07-01", specs=sf.specs_of(folder)).to_dict()
    [entry] = [change for change in data["provisions"] if change["paragraph"] == "9X999"]
    return dict(entry["wording"])


def test_a_limit_that_moved_is_told_as_one_line(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    later = sf.edition(
        "2024-06-01",
        'all = [{ cite = "9X999", all = ["tpp >= 4000", "not tpp < 100"] }]\nrate = "30 %"\nconditions = ["two"]',
    )
    first = sf.rule(
        'all = [{ cite = "9X999", all = ["tpp >= 3000", "not tpp < 100"] }]\nrate = "25 %"\nconditions = ["one"]',
        more=later,
    )
    sf.write(folder, sf.RULE_FILE, first)
    assert wording(folder) == {
        "added": [],
        "removed": [],
        "limits": [{"before": "TPP >= 3,000 [9X999]", "after": "TPP >= 4,000 [9X999]"}],
        "joined_otherwise": False,
        "conditions_added": ["two"],
        "conditions_removed": ["one"],
        "paragraphs_added": [],
        "paragraphs_removed": [],
        "other": [{"key": "rate", "before": "25 %", "after": "30 %"}],
    }


def test_limits_that_could_be_paired_in_two_ways_are_not_paired(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    later = sf.edition("2024-06-01", 'all = [{ cite = "9X999", any = ["tpp >= 3000", "tpp >= 9000"] }]')
    sf.write(
        folder, sf.RULE_FILE, sf.rule('all = [{ cite = "9X999", any = ["tpp >= 2000", "tpp >= 8000"] }]', more=later)
    )
    found = wording(folder)
    assert (found["limits"], found["removed"], found["added"]) == (
        [],
        ["TPP >= 2,000 [9X999]", "TPP >= 8,000 [9X999]"],
        ["TPP >= 3,000 [9X999]", "TPP >= 9,000 [9X999]"],
    )


def test_a_test_that_is_negated_is_another_test(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    later = sf.edition("2024-06-01", 'all = ["tpp >= 3000", "not destination in CN"]')
    tree = 'all = ["tpp >= 3000", { not = { all = ["not destination in CN"] } }]'
    sf.write(folder, sf.RULE_FILE, sf.rule(tree, more=later))
    found = wording(folder)
    assert (found["removed"], found["added"]) == (["destination in CN"], ["not destination in CN"])


def test_the_same_tests_joined_otherwise(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    later = sf.edition("2024-06-01", 'any = ["tpp >= 3000", "destination in CN"]')
    sf.write(folder, sf.RULE_FILE, sf.rule('all = ["tpp >= 3000", "destination in CN"]', more=later))
    found = wording(folder)
    assert found["joined_otherwise"] is True
    assert not found["added"] and not found["removed"]
