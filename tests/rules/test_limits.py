"""Addresses of limits: each stands for its own test, in every edition, and what stands for nothing says what would."""

from __future__ import annotations

from pathlib import Path

import pytest

import chipclass
from chipclass.rules.book import Book, book_of
from chipclass.rules.limits import addresses, limits_of, resolve, setting, split
from chipclass.rules.transactions import QueryError
from tests import spec_folders as sf

BOOK = book_of(chipclass.load())
DAY = "2026-09-24"
EDITIONS = [(provision, edition.effective) for provision in BOOK for edition in provision.editions]
NESTED = """
all = [
  { id = "outer", cite = "x", any = [
    "tpp >= 7",
    { id = "a.1", all = ["tpp >= 5", "tpp < 9", { id = "a.1.tpp", test = "not tpp >= 6" }] },
  ] },
  { id = "twice", cite = "x", any = [
    { all = ["tpp >= 3", "performance_density >= 2"] },
    { all = ["tpp >= 3", "tpp >= 4"] },
  ] },
  { test = "performance_density < 8", cite = "x" },
  { test = "total_dram_bandwidth>=11", cite = "x" },
]
"""


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A rule whose node is named like another node with its metric, and tests that only their limit tells apart."""
    folder = sf.copied(tmp_path_factory.mktemp("nested"))
    sf.write(folder, sf.RULE_FILE, sf.rule(NESTED))
    return book_of(sf.specs_of(folder))


@pytest.mark.parametrize(("provision", "day"), EDITIONS, ids=lambda value: getattr(value, "id", value))
def test_every_limit_of_every_edition_has_an_address_of_its_own(provision, day) -> None:  # type: ignore[no-untyped-def]
    found = addresses(provision, day)
    numeric = [test for test in provision.on(day).tree.tests() if test.kind == "number"]
    assert [limit.test.text for limits in found.values() for limit in limits] == [test.text for test in numeric]
    for address, limits in found.items():
        assert resolve(BOOK, address, day) == limits
        assert split(setting(address, "12.5")) == (address, "12.5")


def test_addresses_read_as_the_text_is_cited() -> None:
    assert list(addresses(BOOK.provisions["us-ear/3A090.a"], DAY)) == [
        "us-ear/3A090.a#a.1",
        "us-ear/3A090.a#a.2.tpp",
        "us-ear/3A090.a#a.2.performance_density",
        "us-ear/3A090.a#Note 2",
    ]
    assert "us-ear/3A090.b#b.1.tpp<" in addresses(BOOK.provisions["us-ear/3A090.b"], DAY)
    assert "us-ear/742.6-b-10-iii-A-1#DRAM bandwidth" in addresses(BOOK.provisions["us-ear/742.6-b-10-iii-A-1"], DAY)


def test_a_node_named_like_a_metric_and_tests_without_a_node(nested: Book) -> None:
    found = addresses(nested.provisions["us-ear/9X999"], DAY)
    assert {address.partition("#")[2]: [limit.text for limit in limits] for address, limits in found.items()} == {
        "outer.tpp>=7": ["tpp >= 7"],
        "a.1.tpp>=5": ["tpp >= 5"],
        "a.1.tpp<": ["tpp < 9"],
        "a.1.tpp": ["not tpp >= 6"],  # the node of this name, not the metric in node a.1
        "twice.tpp>=3": ["tpp >= 3", "tpp >= 3"],
        "twice.performance_density": ["performance_density >= 2"],
        "twice.tpp>=4": ["tpp >= 4"],
        "performance_density<": ["performance_density < 8"],
        "total_dram_bandwidth": ["total_dram_bandwidth>=11"],
    }
    for address, limits in found.items():
        assert resolve(nested, address, DAY) == limits


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("us-ear/3A090.a#a.1", ["tpp >= 4800"]),
        ("us-ear/3A090.a#a.1.tpp", ["tpp >= 4800"]),
        ("us-ear/3A090.a#a.1.tpp>=", ["tpp >= 4800"]),
        ("us-ear/3A090.a#a.1>=", ["tpp >= 4800"]),
        ("us-ear/3A090.a#a.1.tpp >= 4800", ["tpp >= 4800"]),
        ("us-ear/3A090.a#Note 2", ["not tpp >= 4800"]),
        ("us-ear/3A090.a#tpp>=4800", ["tpp >= 4800", "not tpp >= 4800"]),
        ("us-ear/3A090.a#3A090.a.tpp>=1600", ["tpp >= 1600"]),
        ("us-ear/3A090.a#performance_density", ["performance_density >= 5.92"]),
        ("us-ear/3A090.b#b.1.performance_density<5.92", ["performance_density < 5.92"]),
    ],
)
def test_an_address_stands_for(text: str, tests: list[str]) -> None:
    assert [limit.text for limit in resolve(BOOK, text, DAY)] == tests


@pytest.mark.parametrize(("text", "metric", "limit"), [("tpp:4,800", "tpp", 4800), ("tpp: 1600", "tpp", 1600)])
def test_a_metric_and_a_limit_stand_for_every_such_test_of_the_day(text: str, metric: str, limit: int) -> None:
    every = [found for provision in BOOK if provision.on(DAY) for found in limits_of(provision, DAY)]
    wanted = [found for found in every if (found.test.metric, found.test.limit) == (metric, limit)]
    assert resolve(BOOK, text, DAY) == wanted
    assert {"us-ear/3A090.a", "us-ear/3A090.b"} < {found.provision for found in wanted}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "us-ear/3A090.a#a.9",
            "no limit 'a.9' in us-ear/3A090.a on 2026-09-24; did you mean 'a.1'? It has 'a.1', 'a.2.tpp'",
        ),
        ("us-ear/3A090.a#zzz", "no limit 'zzz' in us-ear/3A090.a on 2026-09-24; it has 'a.1', "),
        ("us-ear/3A090.a#a.1.performance_density", "no limit 'a.1.performance_density' in us-ear/3A090.a"),
        (
            "us-ear/3A090.b#b.1.tpp<=",
            "no limit 'b.1.tpp<=' in us-ear/3A090.b on 2026-09-24; did you mean 'b.1.tpp<'? It",
        ),
        (
            "us-ear/3A090.b#b.1.tpp",
            "'us-ear/3A090.b#b.1.tpp' stands for several limits; name one of 'b.1.tpp>=', 'b.1.tpp<'",
        ),
        ("us-ear/3A090.b#b.2", "stands for several limits; name one of 'b.2.tpp', 'b.2.performance_density>=', "),
        ("us-ear/3A090.a", "'us-ear/3A090.a' stands for several limits; name one of 'a.1', "),
        ("3A090.a#a.1", "unknown provision '3A090.a' in the address '3A090.a#a.1'; did you mean 'us-ear/3A090.a'?"),
        (
            "us-ear/4A090.a#4A090.a",
            "us-ear/4A090.a has no numeric limit on 2026-09-24; chipclass whatif --limits lists ",
        ),
        ("tppp:4800", "no rule in force on 2026-09-24 reads the metric 'tppp'; did you mean 'tpp'?"),
        ("tpp:4801", "no limit of tpp reads '4801' on 2026-09-24; there are 1600, 2400, 4800, "),
        ("tpp:a lot", "no limit of tpp reads 'a lot' on 2026-09-24; there are 1600, "),
        ("", "unknown provision '' in the address ''"),
    ],
)
def test_what_stands_for_nothing(text: str, message: str) -> None:
    with pytest.raises(QueryError) as error:
        resolve(BOOK, text, DAY)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_only_the_edition_of_the_day_counts() -> None:
    provision = BOOK.provisions["us-ear/3A090.a"]
    assert [limit.edition for limit in limits_of(provision, "2022-12-01")] == ["2022-10-21"] * 2
    assert limits_of(provision, "2021-01-01") == []
    with pytest.raises(
        QueryError, match="has no edition in force on 2021-01-01; its editions start on 2022-10-21, 2023"
    ):
        resolve(BOOK, "us-ear/3A090.a#a.1", "2021-01-01")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("us-ear/3A090.a#a.1=6000", ("us-ear/3A090.a#a.1", "6000")),
        (" us-ear/3A090.a#a.1 = 6000 TPP ", ("us-ear/3A090.a#a.1", "6000 TPP")),
        ("us-ear/3A090.b#b.1.tpp<5000", ("us-ear/3A090.b#b.1.tpp<", "5000")),
        ("us-ear/3A090.b#b.1.tpp>=2000", ("us-ear/3A090.b#b.1.tpp>=", "2000")),
        ("us-ear/3A090.b#b.1.tpp<4800=5000", ("us-ear/3A090.b#b.1.tpp<4800", "5000")),
        ("tpp:4800=6000", ("tpp:4800", "6000")),
        ("us-letters/2025-04-bandwidth#I/O=1.2 TB/s", ("us-letters/2025-04-bandwidth#I/O", "1.2 TB/s")),
    ],
)
def test_a_setting_is_an_address_and_a_limit(text: str, pair: tuple[str, str]) -> None:
    assert split(text) == pair


@pytest.mark.parametrize("text", ["", "=", "=5", "us-ear/3A090.a#a.1", "us-ear/3A090.a#a.1=", "a<"])
def test_what_sets_nothing(text: str) -> None:
    assert split(text) is None


def test_the_book_of_a_folder_keeps_its_place(tmp_path: Path) -> None:
    """A test in words after ``test =`` with a ``not`` before it is found where it stands."""
    folder = sf.copied(tmp_path)
    sf.write(
        folder,
        sf.RULE_FILE,
        sf.rule('all = [{ id = "low", test = "not tpp >= 4", cite = "x" }, { not = "tpp < 2", cite = "x" }]'),
    )
    found = limits_of(book_of(sf.specs_of(folder)).provisions["us-ear/9X999"], DAY)
    assert [(limit.node, limit.path, limit.text) for limit in found] == [
        ("low", ("all", 0, "test"), "not tpp >= 4"),
        ("", ("all", 1, "not"), "tpp < 2"),
    ]
