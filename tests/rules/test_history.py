"""Days on which something can change, what changed on them, and the database without a change."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import chipclass
from chipclass.evaluation import Evaluation
from chipclass.positions import position_of
from chipclass.rules.book import book_of
from chipclass.rules.history import OPEN, ProvisionChange, change_days, changes, eve, group_changes, undone
from chipclass.rules.transactions import countries_of, transaction
from tests import spec_folders as sf

SPECS = chipclass.load()
DAYS = change_days(SPECS)


def test_every_day_of_the_files_is_among_them() -> None:
    wanted = set()
    for provision in book_of(SPECS):
        for edition in provision.editions:
            wanted |= {edition.effective, *(entry["from"] for entry in edition.data["posture"])}
            wanted |= {day for key in ("until", "comply_from") if (day := edition.data.get(key))}
    for key in ("membership", "undecided"):
        for entry in SPECS.index["destinations"][key]:
            wanted |= {entry[end] for end in ("from", "until") if end in entry}
    assert sorted(wanted) == DAYS


def test_a_posture_after_the_end_of_its_edition_is_no_day(tmp_path: Path) -> None:
    folder = sf.copied(tmp_path)
    late = '{ from = 2023-11-17, is = "in force" }, { from = 2030-01-01, is = "codified, not enforced" }'
    head, _, _ = sf.rule().partition("[[edition]]")
    text = sf.edition("2023-11-17", 'all = ["tpp >= 1"]\nuntil = 2024-05-05', late)
    sf.write(folder, sf.RULE_FILE, head + text)
    days = change_days(sf.specs_of(folder))
    assert "2024-05-05" in days and "2030-01-01" not in days


def test_between_neighbouring_days_nothing_is_held_otherwise() -> None:
    for day, following in itertools.pairwise(DAYS):
        assert changes(SPECS, day, eve(following)) == []


def test_an_edition_that_begins_or_ends_is_a_change() -> None:
    for provision in book_of(SPECS):
        for edition in provision.editions:
            for day in filter(None, (edition.effective, edition.until)):
                made = changes(SPECS, eve(day), day)
                assert provision.id in [c.provision.id for c in made if isinstance(c, ProvisionChange)]


def test_a_posture_that_goes_on_under_another_name_is_no_change() -> None:
    """The worldwide text was not to be complied with before 2025-05-15, and was given up on 2025-05-13."""
    found = [change.to_dict()["provision"] for change in changes(SPECS, "2025-05-12", "2025-05-13")]
    assert "2025-05-13" in DAYS and "us-ear/742.6-a-6-iii-A-worldwide" not in found


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(DAYS),
    st.sampled_from(list(SPECS.index["chips"])),
    st.sampled_from(["CN", "MO", "AE", "NI", "KH", "DE", "SG"]),
    st.sampled_from([None, "CY", "KH", "CN"]),
    st.sampled_from(["enforced", "codified"]),
)
def test_all_changes_of_a_day_undone_give_its_eve(
    day: str, chip: str, destination: str, headquarters: str | None, reading: str
) -> None:
    item = SPECS.item(chip)
    deals = [
        transaction(SPECS, as_of=when, destination=destination, headquarters=headquarters, reading=reading)
        for when in (eve(day), day)
    ]
    before = position_of(Evaluation(SPECS, item, item, 1, deals[0]))
    without = undone(SPECS, changes(SPECS, eve(day), day))
    assert position_of(Evaluation(without, item, item, 1, deals[1])) == before


def test_an_open_membership_undone_is_closed_again() -> None:
    [change] = [c for c in group_changes(SPECS, "2026-09-30", "2026-10-01") if c.now == OPEN]
    assert change.text == "Cyprus in D:5: not a member, then not established"
    assert countries_of(SPECS).member("CY", "D:5", "2026-10-01") == (True, True)
    assert countries_of(undone(SPECS, [change])).member("CY", "D:5", "2026-10-01") == (False, True)
    [back] = [c for c in group_changes(SPECS, "2026-10-01", "2026-09-30") if c.was == OPEN]
    assert countries_of(undone(SPECS, [back])).member("CY", "D:5", "2026-09-30") == (True, True)


def test_several_countries_join_in_the_plural() -> None:
    texts = [change.text for change in group_changes(SPECS, "2025-01-12", "2025-01-13")]
    assert any(text.endswith("join AIA") for text in texts)
    assert [c.text for c in group_changes(SPECS, "2024-03-14", "2024-03-15")] == [
        "Nicaragua joins D:1",
        "Nicaragua joins D:5",
    ]
