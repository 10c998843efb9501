"""A spec file with a mistake is refused with a message that says where, what, and what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chipclass.specdb.compile import compile_specs
from chipclass.specdb.problems import SpecError
from chipclass.specdb.store import Specs
from tests import spec_folders as sf

CHIP = f"specs/{sf.CHIP_FILE}"
RULE = f"specs/{sf.RULE_FILE}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the specs with a source to cite."""
    copy = sf.copied(tmp_path)
    sf.append(copy, "sources.toml", sf.SOURCE)
    return copy


def found(folder: Path) -> list[str]:
    return [str(problem) for problem in sf.problems(folder)]


def planted_chip(folder: Path, facts: str, head: str = "", more: str = "") -> list[str]:
    sf.write(folder, sf.CHIP_FILE, sf.chip(facts, head, more=more))
    return found(folder)


def planted_rule(folder: Path, tree: str, head: str = "", more: str = "") -> list[str]:
    sf.write(folder, sf.RULE_FILE, sf.rule(tree, head, more))
    return found(folder)


def test_what_the_other_tests_plant_is_sound_without_its_mistake(folder: Path) -> None:
    sf.write(folder, sf.CHIP_FILE, sf.chip())
    sf.write(folder, sf.RULE_FILE, sf.rule())
    index = compile_specs([folder])
    assert Specs(index).item("acme-x1").facts[0].value.value == 1000
    assert index["rules"]["us-ear/9X999"]["editions"][0]["effective"] == "2023-11-17"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        pytest.param(
            'memory_bandwidth = "1 TB/z"',
            "claim 1: memory_bandwidth: unknown unit 'TB/z'; "
            "write for example TFLOPS, TOPS, GB/s, TB/s, GB, mm^2, W or TPP",
            id="wrong unit",
        ),
        pytest.param(
            'memory_bandwidth = "3 TFLOPS"',
            "claim 1: memory_bandwidth: 'TFLOPS' is [operation] / [time], but [information] / [time] is wanted; "
            "write for example '4.8 TB/s'",
            id="wrong dimension",
        ),
        pytest.param(
            'tpp = "15840 TFLOPS"',
            "claim 1: tpp: 'TFLOPS' is [operation] / [time], but [operation] * [information] / [time] is wanted; "
            "write for example '... TPP'",
            id="rate for TPP",
        ),
        pytest.param(
            'memory_bandwidth = "4800"',
            "claim 1: memory_bandwidth: '4800' has no unit; write for example '4800 GB/s'",
            id="value without unit",
        ),
        pytest.param(
            "memory_bandwidth = 4800",
            'claim 1: memory_bandwidth: expected text with a unit, for example "4800 GB/s"; found 4800',
            id="number without quotes",
        ),
        pytest.param(
            'memory_bandwith = "1 TB/s"',
            "claim 1: unknown key 'memory_bandwith'; did you mean 'memory_bandwidth'?",
            id="unknown key",
        ),
        pytest.param(
            'rate.fp9 = "1 TFLOPS"',
            "claim 1: unknown number format 'rate.fp9'; did you mean 'fp8'?",
            id="unknown format",
        ),
        pytest.param(
            'formats = ["fp8", "fp9"]',
            "claim 1: formats: unknown number format 'fp9'; did you mean 'fp8'?",
            id="unknown format in a list",
        ),
        pytest.param(
            "dies = { nvidia-gh10 = 1 }",
            "unknown die 'nvidia-gh10'; did you mean 'nvidia-gh100'?",
            id="unknown die",
        ),
        pytest.param(
            "dies = { nvidia-gh100 = 0 }",
            "claim 1: dies: expected dies with their count, for example { some-die = 2 }; found {'nvidia-gh100': 0}",
            id="no dies",
        ),
        pytest.param(
            'memory_bandwidth = "[5, 3] TB/s"',
            "claim 1: memory_bandwidth: '[5, 3] TB/s' is empty: its lower end is not below its upper end",
            id="empty interval",
        ),
        pytest.param(
            'memory_bandwidth = "(5, 5] TB/s"',
            "claim 1: memory_bandwidth: '(5, 5] TB/s' is empty: its lower end is not below its upper end",
            id="empty half-open interval",
        ),
        pytest.param(
            'memory_bandwidth = "6 TB/s in [3, 5] TB/s"',
            "claim 1: memory_bandwidth: '6 TB/s in [3, 5] TB/s': the best guess lies outside its own interval",
            id="best guess outside",
        ),
        pytest.param(
            'memory_bandwidth = "5 TB/s in [3, 5) TB/s"',
            "claim 1: memory_bandwidth: '5 TB/s in [3, 5) TB/s': the best guess lies outside its own interval",
            id="best guess on an open end",
        ),
        pytest.param(
            'memory_bandwidth = "4800 TB/s"',
            "claim 1: memory_bandwidth: 4800000 GB/s is outside the plausible range 1 to 100000 GB/s; "
            "check the unit and the level (die, chip, board)",
            id="implausible",
        ),
        pytest.param(
            'designed_or_marketed_for_datacenter = "yes"',
            "claim 1: designed_or_marketed_for_datacenter: expected true, false or \"unknown\"; found 'yes'",
            id="not a truth",
        ),
        pytest.param(
            'power = "1 W"\ndate = "2026-02-30"',
            "claim 1, date: expected a date such as 2026-01-15 without quotes; found '2026-02-30'",
            id="quoted date",
        ),
        pytest.param(
            'power = "1 W"\nquotes = "acme-datashet"',
            "unknown quotes 'acme-datashet'; add it under sources/; did you mean 'acme-datasheet'?",
            id="unknown quoted source",
        ),
    ],
)
def test_a_fact_with_a_mistake_is_refused(folder: Path, facts: str, message: str) -> None:
    [shown] = planted_chip(folder, facts)
    expected = f"{CHIP}: chip acme-x1{', ' if message.startswith('claim') else ': '}{message}"
    assert re.sub(r"'\d+ TPP'", "'... TPP'", shown) == expected


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param('rate = "989 TFLOPS"', id="rate without a format"),
        pytest.param('release_date = "2024-13"', id="month 13"),
        pytest.param('release_date = "2024-02-31"', id="31 February"),
        pytest.param('power = "1 W"\ndate = 2026-02-20T00:00:00', id="date with a time"),
        pytest.param('locator = "page 1"', id="claim of nothing"),
    ],
)
def test_a_fact_that_cannot_be_used_is_refused(folder: Path, facts: str) -> None:
    messages = planted_chip(folder, facts)
    assert len(messages) == 1
    assert messages[0].startswith(f"{CHIP}: chip acme-x1, claim 1")


def test_a_claim_without_source_is_refused(folder: Path) -> None:
    more = '[[chip.claim]]\nstatus = "datasheet"\npower = "700 W"'
    assert planted_chip(folder, 'power = "1 W"', more=more) == [f"{CHIP}: chip acme-x1, claim 2: missing key 'source'"]


def test_an_unknown_source_is_refused_with_the_near_one(folder: Path) -> None:
    more = '[[chip.claim]]\nsource = "acme-datashet"\nstatus = "datasheet"\npower = "700 W"'
    message = "unknown source 'acme-datashet'; add it under sources/; did you mean 'acme-datasheet'?"
    assert planted_chip(folder, 'power = "1 W"', more=more) == [f"{CHIP}: chip acme-x1: {message}"]


def test_an_unknown_status_is_refused_with_the_near_one(folder: Path) -> None:
    more = '[[chip.claim]]\nsource = "acme-datasheet"\nstatus = "datashet"\npower = "700 W"'
    [message] = planted_chip(folder, 'power = "1 W"', more=more)
    assert message.startswith(f"{CHIP}: chip acme-x1, claim 2, status: 'datashet' is ")
    assert message.endswith("; did you mean 'datasheet'?")


def test_an_unknown_key_of_a_record_is_refused_with_the_near_one(folder: Path) -> None:
    messages = planted_chip(folder, 'power = "1 W"', head='alias = ["X1"]')
    assert messages == [f"{CHIP}: chip acme-x1: unknown key 'alias'; did you mean 'aliases'?"]


def test_an_entry_that_stands_twice_is_named(folder: Path) -> None:
    words = '[[sale]]\nwords = ["boxed", "sealed", "boxed"]\n'
    (folder / "lexicon").mkdir(exist_ok=True)
    (folder / "lexicon" / "mine.toml").write_text(words, encoding="utf-8")
    assert found(folder) == ["specs/lexicon/mine.toml: sale 1, words: 'boxed' stands twice; keep it once"]


def test_an_unknown_family_is_refused_with_the_near_one(folder: Path) -> None:
    messages = planted_chip(folder, 'power = "1 W"', head='family = "nvidia-rubim"')
    assert messages == [f"{CHIP}: chip acme-x1: unknown family 'nvidia-rubim'; did you mean 'nvidia-rubin'?"]


def test_a_date_that_does_not_exist_is_refused_with_its_line(folder: Path) -> None:
    [message] = planted_chip(folder, 'power = "1 W"\ndate = 2026-02-30')
    assert message.startswith(f"{CHIP}: not valid TOML: Invalid date or datetime (at line ")


def test_a_board_sum_is_no_die_area(folder: Path) -> None:
    die = '[[die]]\nid = "acme-d1"\nname = "D1"\nvendor = "Acme"\nkind = "logic"\n'
    claim = '[[die.claim]]\nsource = "acme-datasheet"\nstatus = "datasheet"\narea = "1628 mm^2"\n'
    sf.append(folder, "dies.toml", f"\n{die}{claim}")
    message = "1628 mm^2 is outside the plausible range 1 to 858 mm^2; check the unit and the level (die, chip, board)"
    assert found(folder) == [f"specs/dies.toml: die acme-d1, claim 1: area: {message}"]


def test_an_id_used_twice_is_refused(folder: Path) -> None:
    sf.write(folder, "chips/acme/a.toml", sf.chip())
    sf.write(folder, "chips/acme/b.toml", sf.chip())
    message = "chip acme-x1: the id stands in specs/chips/acme/a.toml too; give one of them another id"
    assert found(folder) == [f"specs/chips/acme/b.toml: {message}"]


def test_a_product_with_the_id_of_a_chip_is_refused(folder: Path) -> None:
    head = '[[product]]\nid = "nvidia-l4"\nname = "Acme Box"\nvendor = "Acme"\nkind = "server"\n'
    sf.write(folder, "products/acme.toml", f'{head}contains = [{{ chip = "nvidia-l4", count = 4 }}]\n')
    assert any("products/acme.toml" in message and "nvidia-l4" in message for message in found(folder))


def test_a_name_of_two_records_is_refused_whatever_its_spelling(folder: Path) -> None:
    sf.write(folder, sf.CHIP_FILE, sf.chip().replace("X1 Accelerator", "h-200"))
    assert found(folder) == [f"{CHIP}: chip acme-x1: the alias 'h-200' belongs to nvidia-h200 too; keep it in one"]


def test_a_product_that_contains_an_unknown_chip_is_refused(folder: Path) -> None:
    head = '[[product]]\nid = "acme-box"\nname = "Acme Box"\nvendor = "Acme"\nkind = "server"\n'
    sf.write(folder, "products/acme.toml", f'{head}contains = [{{ chip = "nvidia-l4o", count = 4 }}]\n')
    message = "product acme-box: contains unknown chip 'nvidia-l4o'; did you mean 'nvidia-l4"
    assert [text.startswith(f"specs/products/acme.toml: {message}") for text in found(folder)] == [True]


def test_a_file_that_is_not_toml_is_refused_with_the_line(folder: Path) -> None:
    sf.write(folder, sf.CHIP_FILE, "[[chip]\nid = 1\n")
    message = "not valid TOML: Expected ']]' at the end of an array declaration (at line 1, column 7)"
    assert found(folder) == [f"{CHIP}: {message}"]


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    sf.write(folder, sf.CHIP_FILE, 'name = "café"'.encode("latin-1"))
    assert found(folder) == [f"{CHIP}: not UTF-8 text; save the file as UTF-8"]


@pytest.mark.parametrize("name", ["chips.toml", "sources/acme/pages.toml", "dies/acme/d1.toml"])
def test_a_file_in_the_wrong_place_is_not_ignored(folder: Path, name: str) -> None:
    sf.write(folder, name, sf.chip())
    message = "not a place for spec files, so it would not be read; put it under chips/, products/ or rules/"
    assert found(folder) == [f"specs/{name}: {message}"]


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        pytest.param('all = ["tp >= 1"]', "'tp >= 1': unknown metric 'tp'; did you mean 'tpp'?", id="metric"),
        pytest.param(
            'all = ["designed_for_datacenter"]',
            "'designed_for_datacenter': unknown fact; did you mean 'designed_or_marketed_for_datacenter'?",
            id="fact",
        ),
        pytest.param(
            'all = [{ id = "a.1", test = "tpp >= 1" }]\nparagraphs = { "9X999.a" = "a.2" }',
            "paragraphs: '9X999.a' names the node 'a.2', which is not in the tree; did you mean 'a.1'?",
            id="node in paragraphs",
        ),
        pytest.param(
            'all = ["meets us-ear/3A90.a"]',
            "'meets us-ear/3A90.a': unknown provision; did you mean 'us-ear/3A090.a'?",
            id="provision",
        ),
        pytest.param(
            'all = ["destination in D:9"]',
            "'destination in D:9': unknown country or group 'D:9'; did you mean 'D:5'?",
            id="country group",
        ),
    ],
)
def test_a_rule_with_a_mistake_is_refused(folder: Path, tree: str, message: str) -> None:
    assert planted_rule(folder, tree) == [f"{RULE}: edition 2023-11-17: {message}"]


def test_a_text_that_is_no_test_is_refused_with_examples(folder: Path) -> None:
    [message] = planted_rule(folder, 'all = ["tpp => 1"]')
    assert message.startswith(f"{RULE}: edition 2023-11-17: us-ear/9X999 2023-11-17.all[1]: 'tpp => 1' is not a test; ")
    assert "write for example 'tpp >= " in message and "'destination in D:5'" in message


def test_a_letter_about_an_unknown_product_is_refused(folder: Path) -> None:
    tree = 'all = [{ id = "named", test = "product in nvidia-h2o" }]\ncriterion = "named"'
    message = "'product in nvidia-h2o': unknown product or family 'nvidia-h2o'; did you mean 'nvidia-h20'?"
    assert planted_rule(folder, tree, head='scope = "letter"') == [f"{RULE}: edition 2023-11-17: {message}"]


@pytest.mark.parametrize(
    ("tree", "head"),
    [
        pytest.param('all = ["meets us-ear/9X999"]', "", id="a provision that meets itself"),
        pytest.param(
            'all = [{ id = "a", test = "tpp >= 1", cite = "a" }, { id = "a", test = "tpp < 9", cite = "a" }]\n'
            'paragraphs = { "9X999.a" = "a" }',
            "",
            id="a node id twice",
        ),
        pytest.param('all = ["tpp >= 1"]\nuntil = 2020-01-01', "", id="until before effective"),
        pytest.param('all = ["product in nvidia-h20"]', 'scope = "letter"', id="a letter without criterion"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_refused(folder: Path, tree: str, head: str) -> None:
    messages = planted_rule(folder, tree, head)
    assert len(messages) == 1
    assert messages[0].startswith(f"{RULE}: edition 2023-11-17")


def test_editions_that_overlap_are_refused(folder: Path) -> None:
    tree = 'all = ["tpp >= 1"]\nuntil = 2025-01-01'
    message = "edition 2023-11-17: is in force until 2025-01-01, but the next edition starts on 2024-01-01"
    assert planted_rule(folder, tree, more=sf.edition("2024-01-01", 'all = ["tpp >= 2"]')) == [f"{RULE}: {message}"]


def test_two_editions_of_one_day_are_refused(folder: Path) -> None:
    messages = planted_rule(folder, 'all = ["tpp >= 1"]', more=sf.edition("2023-11-17", 'all = ["tpp >= 2"]'))
    assert len(messages) == 1


def test_a_posture_that_starts_too_late_is_refused(folder: Path) -> None:
    late = sf.edition("2024-01-01", 'all = ["tpp >= 2"]', '{ from = 2024-02-01, is = "in force" }')
    messages = planted_rule(folder, 'all = ["tpp >= 1"]', more=late)
    assert messages == [f"{RULE}: edition 2024-01-01: posture must start on the effective date"]


def test_postures_out_of_order_are_refused(folder: Path) -> None:
    steps = [("2024-01-01", "in force"), ("2026-01-01", "bill"), ("2025-01-01", "reported")]
    posture = ", ".join(f'{{ from = {day}, is = "{word}" }}' for day, word in steps)
    mixed = sf.edition("2024-01-01", 'all = ["tpp >= 2"]', posture)
    assert len(planted_rule(folder, 'all = ["tpp >= 1"]', more=mixed)) == 1


def test_a_rule_in_a_file_of_another_name_is_refused(folder: Path) -> None:
    sf.write(folder, "rules/us-ear/other.toml", sf.rule())
    message = "us-ear/9X999: the file of provision 'us-ear/9X999' is rules/us-ear/9X999.toml"
    assert found(folder) == [f"specs/rules/us-ear/other.toml: {message}"]


@pytest.mark.parametrize("tree", ["", 'all = ["tpp >= 1"]\nany = ["tpp >= 2"]'], ids=["none", "two"])
def test_an_edition_needs_one_tree_and_the_message_is_no_dump(folder: Path, tree: str) -> None:
    [message] = planted_rule(folder, tree)
    assert message.startswith(f"{RULE}: edition")
    assert "datetime.date" not in message and "under any of the given schemas" not in message
    assert all(word in message for word in ("any", "all", "not"))


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    sf.write(folder, sf.CHIP_FILE, sf.chip('memory_bandwidth = "4800"\npowr = "1 W"\ndies = { nvidia-gh10 = 1 }'))
    sf.write(folder, sf.RULE_FILE, sf.rule('all = ["tp >= 1"]'))
    sf.write(folder, "products/acme.toml", "not toml")
    with pytest.raises(SpecError) as caught:
        compile_specs([folder])
    error = caught.value
    assert [problem.file for problem in error.problems] == [CHIP, CHIP, CHIP, "specs/products/acme.toml", RULE]
    assert str(error).startswith("5 problems in the spec files:\n")
    assert all(str(problem) in str(error) for problem in error.problems)


def test_one_mistake_gives_one_message_and_not_its_consequences(folder: Path) -> None:
    """A file that cannot be used must not bring 'unknown chip' for every product that names its chips."""
    sf.edit(folder, "chips/nvidia/hopper.toml", 'sold_as = "module"\n', 'sold_as = "modul"\n', count=1)
    messages = found(folder)
    assert len(messages) == 1, messages
    assert messages[0].startswith("specs/chips/nvidia/hopper.toml: chip ")


def test_a_source_stands_in_one_file(folder: Path) -> None:
    sf.write(folder, "sources/acme.toml", sf.SOURCE)
    assert found(folder) == [
        "specs/sources.toml: acme-datasheet: the id stands in specs/sources/acme.toml too; give one of them another id"
    ]
