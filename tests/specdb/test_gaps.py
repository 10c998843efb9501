"""Gaps of the rule book that show without evaluating a rule: dates with a hole, limits without citation, and the like.

Each test plants one of them in a copy of the specs; the project's own specs have none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chipclass.cli.check import checked
from chipclass.places import specs_folder
from tests import spec_folders as sf

HERE = f"specs/{sf.RULE_FILE}"
GROUPS = "specs/destinations.toml"
FIRST = "edition 2023-11-17"
CITED = 'all = [{ test = "tpp >= 1", cite = "9X999.a" }]'
TWO = 'all = ["tpp >= 1", "not tpp >= 9"]'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sf.copied(tmp_path)


def planted(folder: Path, tree: str = CITED, head: str = "", more: str = "") -> list[str]:
    sf.write(folder, sf.RULE_FILE, sf.rule(tree, head, more))
    return sf.findings(folder)


def test_the_project_s_own_specs_have_no_error_and_only_known_warnings() -> None:
    index, problems = checked([specs_folder()])
    assert index is not None
    assert [str(problem) for problem in problems if not problem.file.startswith("specs/sources/")] == []


def test_what_the_other_tests_plant_is_sound_without_its_mistake(folder: Path) -> None:
    sf.write(folder, sf.RULE_FILE, sf.rule(CITED))
    assert sf.all_findings(folder) == []


# limits without citation


@pytest.mark.parametrize(
    ("tree", "bare"),
    [
        pytest.param(TWO, "'tpp >= 1', 'tpp >= 9'", id="none"),
        pytest.param('all = [{ test = "tpp >= 1", cite = "9X999.a" }, "tpp < 9"]', "'tpp < 9'", id="one of two"),
        pytest.param(
            'all = [{ id = "a", cite = "9X999.a", any = ["tpp >= 1", "tpp > 2"] }, { not = "tpp > 9" }]',
            "'tpp > 9'",
            id="beside a node with one",
        ),
    ],
)
def test_a_limit_without_citation_is_refused(folder: Path, tree: str, bare: str) -> None:
    said = f'{bare}: no citation says where the limit stands; add cite = "..." to the test or a node around it'
    assert planted(folder, tree) == [f"error: {HERE}: {FIRST}: {said}"]


@pytest.mark.parametrize(
    "tree",
    [
        'all = ["tpp >= 1", "designed_or_marketed_for_datacenter"]',  # a single limit: the edition's citation is enough
        'all = [{ cite = "9X999.a", any = [{ all = ["tpp >= 1", "performance_density > 2"] }, "tpp > 9"] }]',
        'all = [{ cite = "Note", not = { all = ["tpp >= 1", "performance_density > 2"] } }]',
    ],
)
def test_a_citation_on_a_node_covers_what_stands_in_it(folder: Path, tree: str) -> None:
    assert planted(folder, tree) == []


# dates of editions


def until(day: str, more: str = "") -> str:
    return f"{CITED}\nuntil = {day}\n{more}"


def test_a_hole_between_editions_needs_its_reason(folder: Path) -> None:
    following = sf.edition("2024-06-01", CITED)
    said = (
        "ends on 2024-01-01, but the next edition starts on 2024-06-01: no wording for the days between; "
        'mend a date, or say why with gap = "..."'
    )
    assert planted(folder, until("2024-01-01"), more=following) == [f"error: {HERE}: {FIRST}: {said}"]
    assert planted(folder, until("2024-01-01", 'gap = "Reserved in between."'), more=following) == []
    assert planted(folder, until("2024-06-01"), more=following) == []


@pytest.mark.parametrize("more", ["", sf.edition("2024-01-01", CITED)], ids=["no next edition", "no hole"])
def test_a_reason_for_a_hole_that_is_none_is_named(folder: Path, more: str) -> None:
    said = "`gap` is given, but no day lies between this edition and a next one; remove it"
    found = planted(folder, until("2024-01-01", 'gap = "Reserved."'), more=more)
    assert found == [f"warning: {HERE}: {FIRST}: {said}"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            "published = 2026-10-01",
            "checked on 2026-09-24, before it was published on 2026-10-01; mend one of the dates",
            id="checked before published",
        ),
        pytest.param(
            "comply_from = 2023-10-01",
            "comply_from 2023-10-01 is before effective 2023-11-17; mend it, or leave it out if it is the same day",
            id="comply_from before effective",
        ),
        pytest.param(
            "comply_from = 2024-06-01\nuntil = 2024-06-01",
            "comply_from 2024-06-01 is not before the edition's end on 2024-06-01: it would never be in force; mend it",
            id="never in force",
        ),
    ],
)
def test_dates_that_contradict_each_other_are_refused(folder: Path, line: str, message: str) -> None:
    assert planted(folder, f"{CITED}\n{line}") == [f"error: {HERE}: {FIRST}: {message}"]


def test_effective_before_published_is_common_in_law(folder: Path) -> None:
    assert planted(folder, f"{CITED}\npublished = 2024-01-05") == []


def test_a_text_read_before_it_took_effect_must_have_been_published(folder: Path) -> None:
    early = "checked on 2026-09-24, before effective 2027-01-01; "
    said = f"{early}give the day on which it was published, or check it again"
    later = sf.edition("2027-01-01", 'all = [{ test = "tpp >= 2", cite = "9X999.a" }]')
    assert planted(folder, more=later) == [f"warning: {HERE}: edition 2027-01-01: {said}"]
    assert planted(folder, more=f"{later}\npublished = 2026-09-01") == []
    assert planted(folder, more=later.replace('"in force"', '"bill"')) == []


@pytest.mark.parametrize(
    ("posture", "message"),
    [
        pytest.param(
            '{ from = 2024-01-01, is = "in force" }, { from = 2024-06-01, is = "reported" }',
            "the posture 'reported' starts on 2024-06-01, but the edition ends on 2024-06-01; remove it",
            id="after the end",
        ),
        pytest.param('{ from = 2023-12-01, is = "in force" }', "posture must start on the effective date", id="before"),
        pytest.param('{ from = 2024-07-01, is = "in force" }', "posture must start on the effective date", id="never"),
    ],
)
def test_postures_belong_to_the_days_of_their_edition(folder: Path, posture: str, message: str) -> None:
    middle = sf.edition("2024-01-01", CITED, posture)
    found = planted(folder, more=f"{middle}\n{sf.edition('2024-06-01', CITED)}")
    severity = "warning" if "ends on" in message else "error"
    assert f"{severity}: {HERE}: edition 2024-01-01: {message}" in found
    assert {text.split(": ")[2] for text in found} == {"edition 2024-01-01"}


# country groups


def membership(codes: str, *dates: str, group: str = "X:1", key: str = "membership") -> str:
    lines = "\n".join([f'group = "{group}"', f"codes = [{codes}]", *dates, 'note = "of a test"'])
    return f"\n[[{key}]]\n{lines}\n"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        pytest.param(
            [membership('"FR"', "from = 2024-01-01", "until = 2023-01-01")],
            "X:1 FR: until 2023-01-01 is not after from 2024-01-01; nobody would ever be in it",
            id="until before from",
        ),
        pytest.param(
            [membership('"FR"', "from = 2024-01-01"), membership('"DE", "FR"')],
            "X:1 FR: is a member twice on the same days; keep one of the two entries, or mend their dates",
            id="twice",
        ),
        pytest.param(
            [membership('"FR"', "until = 2024-01-01"), membership('"FR"', "from = 2025-01-01")],
            'X:1 FR: leaves on 2024-01-01 and comes back on 2025-01-01; mend a date, or say why with gap = "..."',
            id="hole",
        ),
        pytest.param(
            [membership('"XQ"')],
            "X:1 XQ: unknown country 'XQ'; expected an ISO code of the country table",
            id="unknown country",
        ),
    ],
)
def test_memberships_that_cannot_be_are_refused(folder: Path, entries: list[str], message: str) -> None:
    sf.append(folder, "destinations.toml", "".join(entries))
    assert sf.findings(folder) == [f"error: {GROUPS}: {message}"]


@pytest.mark.parametrize(
    "entries",
    [
        [membership('"FR"', "until = 2024-01-01", 'gap = "left"'), membership('"FR"', "from = 2025-01-01")],
        [membership('"FR"', "until = 2024-01-01"), membership('"FR"', "from = 2024-01-01")],
        [
            membership('"FR"', "until = 2024-01-01"),
            membership('"FR"', "from = 2025-01-01"),
            membership('"FR"', "from = 2024-01-01", "until = 2025-01-01", key="undecided"),
        ],
    ],
    ids=["with its reason", "no hole", "undecided meanwhile"],
)
def test_a_hole_that_is_explained_is_none(folder: Path, entries: list[str]) -> None:
    sf.append(folder, "destinations.toml", "".join(entries))
    assert sf.findings(folder) == []


def test_a_membership_that_is_never_read_is_named(folder: Path) -> None:
    sf.append(folder, "destinations.toml", membership('"HK"'))
    said = "X:1 HK: HK is treated as CN: its own membership is never read; name CN instead"
    assert sf.findings(folder) == [f"warning: {GROUPS}: {said}"]


def test_a_group_without_members_while_a_rule_names_it_is_refused(folder: Path) -> None:
    sf.append(folder, "destinations.toml", membership('"FR"', "until = 2023-11-17"))
    tree = 'any = ["destination in X:1", { test = "tpp >= 1", cite = "9X999.a" }]'
    said = "'destination in X:1': no country is in X:1 on any day of this edition; mend the group's dates, or the test"
    assert planted(folder, tree) == [f"error: {HERE}: {FIRST}: {said}"]
    sf.edit(folder, "destinations.toml", "until = 2023-11-17", "until = 2023-11-18")
    assert planted(folder, tree) == []


# keys, circles, metrics, units


@pytest.mark.parametrize(
    ("axis", "line", "message"),
    [
        ("exception", 'paragraphs = { "9X999" = "" }', "`paragraphs` are read on the class axes only"),
        ("exception", 'rate = "25 %"', "`rate` is read on the axis 'tariff' only"),
        ("exception", 'report = "first"', "`report` says which of the paragraphs are named, but there are none"),
        ("exception", 'criterion = "a"', "`criterion` is read of letters only"),
    ],
)
def test_a_key_that_nothing_reads_is_named(folder: Path, axis: str, line: str, message: str) -> None:
    text = sf.rule('all = [{ id = "a", test = "tpp >= 1" }]', more="").replace('"ic class"', f'"{axis}"')
    sf.write(folder, sf.RULE_FILE, f"{text}\n{line}\n")
    [found] = sf.findings(folder)
    assert found.startswith(f"warning: {HERE}: {FIRST}: {message}")


def test_a_review_policy_must_say_which(folder: Path) -> None:
    sf.write(folder, sf.RULE_FILE, sf.rule().replace('"ic class"', '"review policy"'))
    said = 'a review policy needs policy = "...": the answer prints it'
    assert sf.findings(folder) == [f"error: {HERE}: {FIRST}: {said}"]


def test_provisions_that_yield_in_a_circle_are_refused(folder: Path) -> None:
    other = "rules/us-ear/9X998.toml"
    sf.write(folder, other, sf.rule(head='yields_to = "us-ear/9X999"', name="us-ear/9X998"))
    said = "yields to itself by way of others; one of them must not yield, or not refer to the other"
    found = planted(folder, head='yields_to = "us-ear/9X998"')
    assert found == [f"error: {file}: {FIRST}: {said}" for file in (f"specs/{other}", HERE)]
    tree = 'all = ["meets us-ear/9X998"]'
    assert planted(folder, tree) == [f"error: {file}: {FIRST}: {said}" for file in (f"specs/{other}", HERE)]
    assert planted(folder) == [], "one alone may yield"


def test_an_id_of_a_provision_referred_to_is_refused(folder: Path) -> None:
    """Its tree is written into this one: the paragraph would follow whichever node comes first."""
    tree = 'all = ["meets us-ear/3A090.a", { id = "a.1", test = "tpp >= 9000" }]\nparagraphs = { "9X999" = "a.1" }'
    said = "the node id 'a.1' stands in us-ear/3A090.a too, to which this refers; rename one of them"
    assert planted(folder, tree) == [f"error: {HERE}: {FIRST}: {said}"]
    assert planted(folder, tree.replace('"a.1"', '"own"')) == []


def test_an_acknowledged_overlap_with_an_unknown_provision_is_refused(folder: Path) -> None:
    entry = '[[overlap]]\nwith = "us-ear/3A90.a"\ncite = "9X999"\ntext = "This one."'
    said = "unknown provision 'us-ear/3A90.a'; did you mean 'us-ear/3A090.a'?"
    assert planted(folder, head=entry) == [f"error: {HERE}: overlap: {said}"]


METRIC = """
[acme_figure]
title = "A figure"
short = "figure"
unit = "GB/s"
column = "acme_figure"
op = "sum"
of = ["memory_bandwidth"]
cite = "9X999"
meaning = "A figure of a test."
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'meaning = "A figure',
            'only_for_rules = true\nmeaning = "A figure',
            "warning: specs/metrics.toml: acme_figure: is computed for rules only, and no rule tests it; "
            "remove it, or leave `only_for_rules` away",
        ),
        (
            '["memory_bandwidth"]',
            '["memory_bandwidth", "memory_capacity"]',
            "error: specs/metrics.toml: acme_figure: a sum in GB/s of parts in GB/s, GB; give all one unit",
        ),
        (
            'op = "sum"\nof = ["memory_bandwidth"]',
            'op = "quotient"\nof = ["tpp", "applicable_die_area"]',
            "error: specs/metrics.toml: acme_figure: TPP by mm^2 is TPP/mm^2, not GB/s; mend the unit",
        ),
    ],
)
def test_a_metric_that_does_not_fit_is_named(folder: Path, old: str, new: str, message: str) -> None:
    sf.append(folder, "metrics.toml", METRIC)
    assert sf.findings(folder) == []
    sf.edit(folder, "metrics.toml", METRIC, METRIC.replace(old, new))
    assert sf.findings(folder) == [message]


def test_an_attribute_that_nobody_uses_or_that_names_an_unknown_metric_is_named(folder: Path) -> None:
    attribute = (
        '\n[attribute.acme]\nkind = "text"\nlevel = "chip"\ncolumn = "acme"\nmetrics = []\nmeaning = "Of a test."\n'
    )
    sf.append(folder, "attributes.toml", attribute)
    said = "no record gives it, no metric and no rule needs it; remove it or use it"
    assert sf.findings(folder) == [f"warning: specs/attributes.toml: acme: {said}"]
    sf.edit(folder, "attributes.toml", attribute, attribute.replace("[]", '["tp"]'))
    said = "metrics: unknown metric 'tp'; did you mean 'tpp'?"
    assert sf.findings(folder) == [f"error: specs/attributes.toml: acme: {said}"]


def test_an_unknown_unit_of_an_attribute_is_refused(folder: Path) -> None:
    sf.edit(folder, "attributes.toml", 'unit = "W"', 'unit = "Wat"')
    found = sf.findings(folder)
    assert any(text.startswith("error: specs/attributes.toml: power: unknown unit 'Wat'; write for ") for text in found)
