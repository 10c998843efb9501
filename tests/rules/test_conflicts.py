"""Two provisions that answer one question differently must say so, and then both are printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass.cli import rules as rules_cli
from chipclass.rules.book import book_of
from chipclass.rules.history import eve
from chipclass.specdb.store import load
from tests import spec_folders as sf
from tests.cli.running import check_text

DENIAL = "us-ear/742.6-b-10-denial"
EXCEPTION = "rules/us-ear/742.6-b-10-iii-A-1.toml"
WORLDWIDE = "rules/us-ear/742.6-a-6-iii-A-worldwide.toml"
HERE = f"specs/{sf.RULE_FILE}"
FIRST = "edition 2023-11-17"
CAUGHT = "meets us-ear/3A090.a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sf.few_rules(tmp_path)


def without_acknowledgement(folder: Path, file: str) -> None:
    text = (folder / file).read_text("utf-8")
    start, end = text.index("[[overlap]]"), text.index("[[edition]]")
    sf.edit(folder, file, text[start:end], "")


def acknowledged(name: str) -> str:
    return f'[[overlap]]\nwith = "{name}"\ncite = "9X999"\ntext = "The other one."\n'


def policy(tree: str, text: str = "case-by-case review", head: str = "", more: str = "") -> str:
    """A review policy of a test."""
    rule = sf.rule(tree, f'policy = "{text}"\n{head}', more)
    return rule.replace('"ic class"', '"review policy"')


def planted(folder: Path, text: str) -> list[str]:
    sf.write(folder, sf.RULE_FILE, text)
    return sf.all_findings(folder)


def with_denial(folder: Path, text: str) -> list[str]:
    """What is said of the planted rule and the presumption of denial."""
    return [found for found in planted(folder, text) if DENIAL in found]


# the project's own overlaps


def test_an_exception_from_a_presumption_must_be_acknowledged(folder: Path) -> None:
    without_acknowledgement(folder, EXCEPTION)
    [found] = sf.all_findings(folder)
    assert found.startswith(
        f"error: specs/{EXCEPTION}: edition 2026-01-15: reads 'case-by-case review' where {DENIAL} reads "
        "'presumption of denial' (for example 2026-01-15, destination China, "
    )
    assert found.endswith(
        "); mend one of the two, or acknowledge it in one of their files: "
        f'[[overlap]] with = "{DENIAL}", cite, text = "which is printed, and why"'
    )


def test_a_worldwide_text_beside_one_by_destination_must_be_acknowledged(folder: Path) -> None:
    without_acknowledgement(folder, WORLDWIDE)
    [found] = sf.all_findings(folder)
    said = "reads 'codified, not enforced' where us-ear/742.6-a-6-iii-A reads 'in force'"
    assert found.startswith(f"error: specs/{WORLDWIDE}: edition 2025-01-13: {said}")


def test_either_of_the_two_may_acknowledge_it(folder: Path) -> None:
    without_acknowledgement(folder, EXCEPTION)
    file = f"rules/{DENIAL}.toml"
    sf.edit(folder, file, "[[edition]]", f"{acknowledged('us-ear/742.6-b-10-iii-A-1')}\n[[edition]]", count=1)
    assert sf.all_findings(folder) == []


# planted ones


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(f'all = ["{CAUGHT}", "destination in CN"]', id="one country of its group"),
        pytest.param(f'all = ["{CAUGHT}", "headquarters in VE"]', id="another test of the parties"),
        pytest.param(f'all = ["{CAUGHT}", "not destination in A:5", "stated acme-paper"]', id="a statement, open"),
        pytest.param('all = ["tpp > 20000", "destination in HK"]', id="Hong Kong is treated as China"),
        pytest.param('all = ["product in nvidia-h20", "destination in MO", "shipped from TW"]', id="a product"),
    ],
)
def test_review_policies_that_can_hold_together_conflict(folder: Path, tree: str) -> None:
    [found] = with_denial(folder, policy(tree))
    said = f"reads 'case-by-case review' where {DENIAL} reads 'presumption of denial' (for example 2023-11-17, "
    assert found.startswith(f"error: {HERE}: {FIRST}: {said}")
    assert with_denial(folder, policy(tree, head=acknowledged(DENIAL))) == []


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(f'all = ["{CAUGHT}", "destination in FR", "headquarters in FR"]', id="other countries"),
        pytest.param(
            f'all = ["{CAUGHT}", "not destination in D:5, MO", "not headquarters in D:5, MO"]', id="the complement"
        ),
        pytest.param(
            'all = [{ test = "tpp < 1600", cite = "9X999" }, { test = "total_dram_bandwidth > 2", cite = "9X999" }]',
            id="other figures",
        ),
    ],
)
def test_review_policies_that_never_hold_together_do_not(folder: Path, tree: str) -> None:
    assert with_denial(folder, policy(tree)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("case-by-case review", "presumption of denial", id="the same policy"),
        pytest.param('is = "in force"', 'is = "bill"', id="a bill is not law"),
        pytest.param("2023-11-17", "2022-01-01", id="ended before"),
        pytest.param("us-ear/9X999", "us-bills/9X999", id="another regime"),
        pytest.param('axis = "review policy"', 'axis = "exception"', id="another axis"),
    ],
)
def test_what_does_not_answer_the_same_question_does_not_conflict(folder: Path, old: str, new: str) -> None:
    text = policy(f'all = ["{CAUGHT}", "destination in CN"]\nuntil = 2025-01-01')
    assert with_denial(folder, text)
    text = text.replace(old, new)
    if "2022-01-01" in text:  # before the class itself was in force nothing is caught: ask for a figure instead
        text = text.replace(CAUGHT, "tpp > 4800").replace("2025-01-01", "2022-10-21")
    name = "us-bills/9X999" if "us-bills" in text else "us-ear/9X999"
    (folder / sf.RULE_FILE).unlink()
    sf.write(folder, f"rules/{name}.toml", text)
    assert not [found for found in sf.all_findings(folder) if DENIAL in found]


def test_a_scope_of_its_own_makes_a_requirement_another_one_but_not_a_policy(folder: Path) -> None:
    without_acknowledgement(folder, WORLDWIDE)
    sf.edit(folder, WORLDWIDE, 'effect = "restricts"', 'effect = "restricts"\nscope = "headquarters"')
    assert not [found for found in sf.all_findings(folder) if "742.6-a-6-iii-A reads" in found]
    tree = f'all = ["{CAUGHT}", "destination in CN"]'
    assert len(with_denial(folder, policy(tree, head='scope = "headquarters"'))) == 1


def test_countries_count_as_of_the_day(folder: Path) -> None:
    """Cambodia left D:5 on 2025-11-07: from then on a policy for it is no longer one for D:5."""
    tree = f'all = ["{CAUGHT}", "destination in KH", "headquarters in KH"]'
    assert len(with_denial(folder, policy(tree))) == 1
    later = policy(tree).replace("2023-11-17", "2025-11-07")
    assert with_denial(folder, later) == []


def test_an_undecided_membership_may_be_one(folder: Path) -> None:
    """Whether Cyprus is in D:5 from 2026-10-01 on is not established."""
    tree = f'all = ["{CAUGHT}", "destination in FR", "headquarters in CY"]'
    text = policy(tree).replace("2023-11-17", "2026-09-01").replace("checked = 2026-09-24", "checked = 2026-10-02")
    [found] = with_denial(folder, text)
    assert "(for example 2026-10-01, destination France, headquarters Cyprus)" in found


def test_an_open_membership_is_one_thing_in_all_tests(folder: Path) -> None:
    """Cyprus is in D:5 or it is not: what leaves out D:5 in other words never meets what names it."""
    tree = f'all = ["{CAUGHT}", "not destination in D:5, MO, FR", "not headquarters in MO, D:5"]'
    assert with_denial(folder, policy(tree)) == []


def test_policies_for_different_classes_do_not_conflict(folder: Path) -> None:
    """Whether a product can be of two classes at once is no question of the policies."""
    sf.write(folder, "rules/us-ear/9X998.toml", sf.rule('all = ["stated acme-class"]', name="us-ear/9X998"))
    tree = 'all = ["meets us-ear/9X998", "destination in CN"]'
    assert with_denial(folder, policy(tree)) == []
    both = 'all = [{ any = ["meets us-ear/9X998", "meets us-ear/4A090.a"] }, "destination in CN"]'
    assert len(with_denial(folder, policy(both))) == 1, "4A090.a refers to 3A090.a"


def test_a_paragraph_given_by_two_provisions_differently_conflicts(folder: Path) -> None:
    tree = 'all = [{ test = "tpp >= 4800", cite = "x" }, { test = "tpp < 9000", cite = "x" }]'
    paragraph = '\nparagraphs = { "3A090.a.1" = "" }'
    [found] = planted(folder, sf.rule(tree + paragraph))
    assert found.startswith(f"error: {HERE}: {FIRST}: names 3A090.a.1 by other tests than us-ear/3A090.a (for example ")
    assert planted(folder, sf.rule(f'all = ["tpp >= 4800"]{paragraph}')) == [], "the same by other words"
    assert planted(folder, sf.rule(tree + '\nparagraphs = { "9X999" = "" }')) == []


def test_two_rates_of_one_duty_conflict(folder: Path) -> None:
    file = "rules/us-tariff/9X999.toml"
    text = sf.rule('all = ["tpp > 15000"]\nrate = "10 %"', name="us-tariff/9X999").replace('"ic class"', '"tariff"')
    sf.write(folder, file, text)
    [found] = sf.all_findings(folder)
    said = "reads '25 %' where us-tariff/9X999 reads '10 %' (for example 2026-01-15)"
    assert found.startswith(f"error: specs/rules/us-tariff/note-39-b.toml: edition 2026-01-15: {said}")
    sf.write(folder, file, text.replace("15000", "21100"))
    assert sf.all_findings(folder) == []


def test_an_acknowledgement_of_nothing_is_named(folder: Path) -> None:
    head = acknowledged(DENIAL)
    tree = f'all = ["{CAUGHT}", "destination in FR", "headquarters in FR"]'
    said = f"the two never hold together; remove it, or mend `with` ('{DENIAL}')"
    assert with_denial(folder, policy(tree, head=head)) == [f"warning: {HERE}: overlap: {said}"]


# both are printed


OVERLAPS = [(p.id, str(entry["with"])) for p in book_of(load()) for entry in p.data.get("overlap", ())]


def test_there_are_overlaps_to_print() -> None:
    assert len(OVERLAPS) >= 2


@pytest.mark.parametrize("pair", OVERLAPS, ids=" with ".join)
def test_rules_prints_an_overlap_of_either_side(pair: tuple[str, str]) -> None:
    book = book_of(load())
    for name, other in (pair, pair[::-1]):
        entries = [entry for entry in book.overlaps(book.provisions[name]) if entry["with"] == other]
        assert len(entries) == 1
        text = rules_cli.screen(book.provisions[name], "2026-09-24", book.overlaps(book.provisions[name]))
        check_text(text)
        flat = " ".join(text.split())
        assert f"Overlaps with {other}: {entries[0]['text']} [{entries[0]['cite']}]" in flat


def determinations(day: str) -> dict[str, dict[str, Any]]:
    [found] = chipclass.classify("nvidia-h200-sxm", as_of=day).to_dict()["results"]
    return {entry["provision"]: entry for entry in found["variants"][0]["determinations"]}


@pytest.mark.parametrize("pair", OVERLAPS, ids=" with ".join)
def test_the_determinations_of_both_carry_it_while_both_have_an_edition(pair: tuple[str, str]) -> None:
    book = book_of(load())
    start = max(book.provisions[name].editions[0].effective for name in pair)
    for name, other in (pair, pair[::-1]):
        [entry] = [entry for entry in determinations(start)[name]["overlaps"] if entry["with"] == other]
        assert entry["cite"] and entry["text"]
        before = determinations(eve(start))[name]
        assert all(entry["with"] != other for entry in before.get("overlaps", []))


def test_most_determinations_have_none() -> None:
    assert "overlaps" not in determinations("2026-09-24")["us-ear/3A090.a"]
