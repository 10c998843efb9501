"""``chipclass identify``: texts and lines in, answers out; whatever the bytes are, no line is lost."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import chipclass
from chipclass.cli.identify import LONGEST, PIECE, lines
from tests import contract_docs as contract
from tests.cli.running import Chipclass, Run, check_text, columns, environment
from tests.contract_questions import none_of

LSPCI = "3b:00.0 3D controller [0302]: NVIDIA Corporation GH100 [H100 PCIe] [10de:2331] (rev a1)"
TEXTS = [LSPCI, "A10", "Dell PERC H200 with 2x H100 NVL", "A1OO", "water block for H100 PCIe", "H20 96GB 显卡", ""]
Lines = Callable[..., Run]


class Stdin(io.TextIOWrapper):
    """Standard input of given bytes; ``terminal``: as if somebody sat before it."""

    def __init__(self, data: bytes, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(data), "utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def read(chipclass_: Chipclass, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Bytes on standard input, further arguments: what the command gives."""

    def run(data: bytes, *arguments: str, terminal: bool = False) -> Run:
        monkeypatch.setattr(sys, "stdin", Stdin(data, terminal))
        return chipclass_("identify", *arguments)

    return run


def documents(run: Run) -> list[dict[str, Any]]:
    """The JSON Lines of an output, each held against the schema."""
    found = [json.loads(line) for line in run.out.splitlines()]
    head = {"schema": 1, "chipclass": "0.1.0", "specs": "0" * 16}
    none_of(contract.problems("identify", {**head, "results": found}) if found else [])
    return found


# texts


def test_texts_as_json(chipclass_: Chipclass) -> None:
    data = chipclass_("identify", *TEXTS, "--format", "json").json()
    none_of(contract.problems("identify", data))
    assert data["results"] == [chipclass.identify(text).to_dict() for text in TEXTS]
    none_of(sorted(set(contract.undescribed(data, contract.schema("identify"), "identify"))))


def test_texts_as_blocks(chipclass_: Chipclass) -> None:
    done = chipclass_("identify", *TEXTS)
    assert (done.code, done.err) == (0, "")
    check_text(done.out)
    for line in (
        "Is            NVIDIA H100 PCIe (nvidia-h100-pcie)",
        "How           PCI id",
        "Count         2 chips in one unit",
        "Could be      NVIDIA A10 (nvidia-a10)",
        "Refused       'PERC H200': Dell PERC H200 RAID controller (look-alike)",
        "Close names   A100, AI200, A1000 or A10",
        "Is            no chip: the item goes with one",
        "H20 96GB 显卡",
        "(an empty text)",
    ):
        assert line in done.out.splitlines()


def test_texts_as_markdown(chipclass_: Chipclass) -> None:
    done = chipclass_("identify", "a | `b` H100 NVL", "H200", "--format", "md")
    assert done.out.startswith("## `a |  b  H100 NVL`\n\n- **Is**: NVIDIA H100 NVL (nvidia-h100-nvl)\n")
    assert "- **Chips**: NVIDIA H200 NVL (nvidia-h200-nvl); NVIDIA H200 SXM (nvidia-h200-sxm)" in done.out


@pytest.mark.parametrize("format", ["table", "md", "json"])
def test_the_steps(chipclass_: Chipclass, format: str) -> None:
    done = chipclass_("identify", "--explain", "T4, 8x NVIDIA H100 80GB HBM3 with rail kit", "", "--format", format)
    if format == "json":
        data = done.json()
        none_of(contract.problems("identify", data))
        told = data["results"][0]["steps"]
        assert [step["step"] for step in told][:2] == ["text", "name"]
        none_of(sorted(set(contract.undescribed(data, contract.schema("identify"), "identify"))))
    else:
        assert "'RAIL KIT' (part) does not speak against it" in done.out
        assert "8, as the text says" in done.out or "left open: several products" in done.out
    if format == "table":
        check_text(done.out)


def test_a_manufacturer_confirms(chipclass_: Chipclass) -> None:
    alone = chipclass_("identify", "910B3", "--format", "json").json()["results"][0]
    beside = chipclass_("identify", "910B3", "--manufacturer", "Huawei", "--format", "json").json()["results"][0]
    assert (alone["product"], beside["product"]) == (None, "huawei-ascend-910b3")


def test_control_characters_reach_no_terminal(chipclass_: Chipclass, read: Lines) -> None:
    text = "a\x1b[31m H100 NVL\x07\r\x00 b\u202e"
    for run in (chipclass_("identify", text), chipclass_("identify", "--explain", text), read(text.encode())):
        assert run.code == 0
        assert not set(run.out) & set("\x1b\x07\r\x00\u202e")


def test_an_argument_that_is_no_utf8(chipclass_: Chipclass) -> None:
    data = chipclass_("identify", "H100 NVL \udcff", "--format", "json").json()
    assert data["results"][0]["text"] == "H100 NVL \ufffd"
    assert data["results"][0]["product"] == "nvidia-h100-nvl"


# lines


def test_a_terminal_without_a_text_is_told_what_to_do(read: Lines) -> None:
    done = read(b"", terminal=True)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chipclass: nothing to identify; give a text in quotes") and done.err.count("\n") == 1


def test_a_dash_reads_lines_from_wherever(read: Lines) -> None:
    assert len(documents(read(b"H200\n", "-", "--format", "json", terminal=True))) == 1


def test_lines_as_json_lines(read: Lines) -> None:
    done = read("\n".join(TEXTS).encode() + b"\n", "--format", "json")
    assert [answer["text"] for answer in documents(done)] == TEXTS
    assert [answer["how"] for answer in documents(done)] == [
        *("pci-id", "unknown accelerator", "alias", "none", "accessory", "alias", "none"),
    ]


def test_lines_as_a_table(read: Lines) -> None:
    done = read("\n".join([*TEXTS, ""]).encode())
    check_text(done.out)
    head, *rows = done.out.splitlines()
    assert head.split() == ["Text", "How", "Count", "Product"]
    assert len(rows) == len(TEXTS)
    assert [row[34:45].strip() for row in (rows[0], rows[2], rows[4])] == ["pci-id", "alias", "accessory"]
    assert rows[0].startswith("...") and "H100 PCIe" in rows[0], "what decided is in sight"
    assert rows[1].endswith("unknown             nvidia-a10?")


def test_columns_stay_aligned_beside_wide_characters(read: Lines) -> None:
    done = read("英伟达 H20 96GB 显卡，全新未拆封，现货供应，质保三年\nNVIDIA H20 96GB\n昇腾910B3训练卡\n".encode())
    check_text(done.out)
    _, *rows = done.out.splitlines()
    assert {columns(row[: row.index("alias")]) for row in rows} == {34}
    assert len({columns(row[: row.rindex("  ")]) for row in rows}) == 1


def test_lines_as_markdown(read: Lines) -> None:
    head, rule, *rows = read(b"a|b H100 NVL\nH200\n", "--format", "md").out.splitlines()
    assert (head, rule) == ("| Text | How | Count | Product |", "|---|---|---:|---|")
    assert rows == ["| a/b H100 NVL | alias | 1 | nvidia-h100-nvl |", "| H200 | family | 1 | nvidia-h200 |"]


def test_lines_with_their_steps(read: Lines) -> None:
    done = read(b"A10\nH200\n", "--explain")
    check_text(done.out)
    assert done.out.count("\nSteps\n") == 2
    assert all(answer["steps"] for answer in documents(read(b"A10\n\n", "--explain", "--format", "json")))


@pytest.mark.parametrize("format", ["table", "md", "json"])
@pytest.mark.parametrize("explain", [[], ["--explain"]], ids=["", "explain"])
def test_no_lines_at_all(read: Lines, format: str, explain: list[str]) -> None:
    done = read(b"", "--format", format, *explain)
    assert (done.code, done.out) == (0, "")
    assert done.err == "chipclass: no lines on standard input\n"


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"H200\r\n\r\nH20\r\n", ["H200", "", "H20"]),
        (b"H200", ["H200"]),
        (b"\n", [""]),
        (b"\n\n\nH200\n\n", ["", "", "", "H200", ""]),
        (b"\xef\xbb\xbfH200\nH20", ["H200", "H20"]),
        (b"\x00\x00\nH200\x00\n", ["\x00\x00", "H200\x00"]),
        (b"\xff\xfeH\x00\n", ["\ufffd\ufffdH\x00"]),
        (b"H100 NVL \xe4\n", ["H100 NVL \ufffd"]),
        ("英伟达 H20\n".encode(), ["英伟达 H20"]),
        ("英伟达 H20\n".encode("gb18030"), ["Ӣΰ\ufffd\ufffd H20"]),
        ("a\u2028b\x0b\x0c\x85c\n".encode(), ["a\u2028b\x0b\x0c\x85c"]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, bytes) else "",
)
def test_whatever_the_bytes_are_no_line_is_lost(read: Lines, data: bytes, texts: list[str]) -> None:
    done = read(data, "--format", "json")
    assert done.code == 0
    assert [answer["text"] for answer in documents(done)] == texts
    assert len(read(data).out.splitlines()) == len(texts) + 1


def test_a_line_of_a_megabyte(read: Lines) -> None:
    data = b"NVIDIA H100 NVL " + b"x" * 1_000_000 + b"\nH200\n"
    done = read(data, "--format", "json")
    first, second = documents(done)
    assert (first["product"], second["product"]) == ("nvidia-h100-nvl", "nvidia-h200")
    check_text(read(data).out)
    check_text(read(data, "--explain").out)


def test_a_line_without_end_is_cut_and_that_is_said(read: Lines) -> None:
    done = read(b"H100 NVL " + b"x" * (LONGEST + 3 * PIECE) + b"\nH200\n", "--format", "json")
    assert [len(answer["text"]) for answer in documents(done)] == [LONGEST, 4]
    assert done.err == "chipclass: line 1 is cut after 1,048,576 bytes\n"


class Endless(io.RawIOBase):
    """A million lines that are nowhere in memory, in pieces of odd sizes."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if len(self.rest) < 7001 and self.left:
            taken = min(self.left, 1000)
            self.rest += b"NVIDIA H100 NVL\n\nH200\r\ndesk\n" * taken
            self.left -= taken
        piece, self.rest = self.rest[: min(7001, len(buffer))], self.rest[min(7001, len(buffer)) :]
        buffer[: len(piece)] = piece
        return len(piece)


def test_memory_does_not_grow_with_the_lines() -> None:
    count = longest = 0
    for texts in lines(io.BufferedReader(Endless(250_000))):
        count, longest = count + len(texts), max(longest, len(texts))
    assert (count, longest < 2000) == (1_000_000, True)


def test_very_many_lines(read: Lines) -> None:
    done = read(b"NVIDIA H100 NVL\nH200\n\n" * 20_000)
    assert done.code == 0
    assert len(done.out.splitlines()) == 60_001


def test_lines_come_out_as_they_come_in(tmp_path: Path) -> None:
    """Somebody follows a log: the answer to a line does not wait for the next."""
    command = [sys.executable, "-m", "chipclass", "identify", "--format", "json"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), **pipes) as process:  # type: ignore[call-overload]
        for text in ("H200", "H20 96GB"):
            process.stdin.write(f"{text}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
        assert process.wait(30) == 0
