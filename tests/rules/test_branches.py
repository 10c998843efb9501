"""Declared ECCNs: the branch is read where the text puts it, by letter or by number."""

from __future__ import annotations

import pytest

from chipclass.rules.branches import AGREES, DIFFERS, OPEN, Branch, branch_of, reconciled
from chipclass.specdb.store import load


@pytest.mark.parametrize(
    ("code", "branch"),
    [
        ("3A090.a", Branch(True, "a")),
        ("3A090.b.1", Branch(True, "b")),
        ("4A090", Branch(True)),
        ("4A090.A", Branch(True, "a")),
        ("5A002.z.1.a", Branch(True, "a")),
        ("5A002.z.1.a.1", Branch(True, "a")),
        ("5A002.z.1", Branch(True)),
        ("5A002.z.4.b", Branch(True, "b")),
        ("4A003.z.1.b", Branch(True, "b")),
        ("4A003.z.1", Branch(True)),
        ("4A004.z.1", Branch(True, "a")),
        ("4A005.z.2", Branch(True, "b")),
        ("5A992.z.1", Branch(True, "a")),
        ("5A992.Z.2", Branch(True, "b")),
        ("5D992.z.2", Branch(True, "b")),
        ("5A992.z", Branch(True)),
        ("5A992.c", Branch(False)),
        ("4A994.l", Branch(False)),
        ("3A991.p", Branch(False)),
        ("EAR99", Branch(False)),
        (" 5a002.Z.1.A ", Branch(True, "a")),
    ],
)
def test_branch_of_a_code(code: str, branch: Branch) -> None:
    assert branch_of(load(), code) == branch


@pytest.mark.parametrize(
    ("codes", "possible", "said"),
    [
        (["5A992.z.1"], [["3A090.a.1"]], AGREES),
        (["5A992.z.2"], [["3A090.a.1"]], DIFFERS),
        (["5A002.z.1"], [["3A090.b.1", "3A090.b.2"]], AGREES),
        (["5A992.c"], [["3A090.a.1"]], DIFFERS),
        (["4A994.l"], [[]], AGREES),
        (["4A994.l"], [[], ["3A090.b.2"]], OPEN),
        (["4A090.b"], [["3A090.a.2"], ["3A090.b.1"]], OPEN),
        (["4A090.a", "5A992.c"], [["3A090.a.1"]], AGREES),
        ([], [["3A090.a.1"]], OPEN),
        (["4A090.a"], [], OPEN),
        (["4A090.a"], [["3A090 (2022)"]], AGREES),
    ],
)
def test_declared_against_computed(codes: list[str], possible: list[list[str]], said: str) -> None:
    assert reconciled(load(), codes, possible) == said
