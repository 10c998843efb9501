"""The word list over every output of every command, in every format: nothing reads as permission or advice.

A command that is added must be added here: the list of invocations is held against the application's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from chipclass.cli.app import app
from chipclass.explanation import DISCLAIMER
from chipclass.specdb.store import load
from tests.cli.running import DAY, Chipclass
from tests.test_words import flat, forbidden

#: Beside the list of single words: phrases that tell somebody what to do, or that he may.
ADVICE = re.compile(
    r"\b(?:you (?:may|can|should|must|need not) (?:ship|export|sell|buy|import)|go ahead"
    r"|we (?:recommend|advise|suggest)|free to (?:ship|export|sell)|(?:can|may) be (?:shipped|exported|sold)"
    r"|no (?:restrictions?|controls?) appl(?:y|ies)|unrestricted|permitted|approved for)\b",
    re.IGNORECASE,
)
FORMATS = ("table", "json", "md")
CATALOGUE = "title,eccn\nNVIDIA H200 NVL,\nNVIDIA H20 96GB,4A994.l\nNZXT H200 case,\nunknown GPU X900,\n"

#: Command -> invocations; those that have formats are run in each of them.
INVOCATIONS: dict[str, list[list[str]]] = {
    "classify": [
        ["classify", "H200", "H20", "MI308X", "nvidia-dgx-h100", *DAY],
        ["classify", "A100", "--as-of", "2021-05-01"],
    ],
    "compare": [["compare", "H20", "H200", "B200", "Rubin", *DAY, "--destination", "SG", "--headquarters", "CN"]],
    "explain": [
        ["explain", "L40", *DAY],
        ["explain", "B30A", *DAY, "--destination", "AE", "--ship-date", "2028-06-01"],
    ],
    "timeline": [["timeline", "H20", "L40S", "--destination", "MO"]],
    "headroom": [
        ["headroom", "L20", *DAY],
        ["headroom", "--rate", "148 TFLOPS@16bit", "--die-area", "814 mm^2", "--datacenter", "no", *DAY],
    ],
    "whatif": [["whatif", "--set", "tpp:4800=6000", *DAY], ["whatif", "--limits", *DAY]],
    "stability": [["stability", "H20", "H200 NVL", *DAY]],
    "identify": [
        ["identify", "NVIDIA H200 NVL 141GB", "A10", "NZXT H200 case", "water block for H100 PCIe", "wooden desk"],
        ["identify", "--explain", "PowerEdge XE9680 8x H200", "H20 96GB 显卡"],
    ],
    "show": [["show", "H20"], ["show", "nvidia-gh100"]],
    "rules": [["rules", *DAY], ["rules", "3A090.a", *DAY], ["rules", "--diff", "2023-11-16", "2026-01-15"]],
    "check": [["check"]],
    "audit": [["audit", "catalogue.csv", "-o", "out.csv", *DAY, "--destination", "CN"]],
    "export": [["export", "-o", "specs.csv", *DAY]],
}
#: Commands whose outputs are answers about products and must say what they are.
ANSWERS = {"classify", "compare", "explain", "timeline", "headroom", "whatif", "stability", "audit"}


@pytest.fixture(scope="module")
def titles() -> re.Pattern[str]:
    """Titles and addresses of sources: names that others gave, quoted as they are."""
    names = {flat(str(source["title"])) for source in load().index["sources"].values()}
    return re.compile("|".join([*(re.escape(name) for name in sorted(names, key=len, reverse=True)), r"https?://\S+"]))


def test_every_command_stands_here() -> None:
    assert set(typer.main.get_command(app).commands) == set(INVOCATIONS)  # type: ignore[attr-defined]


def asked() -> Iterator[Any]:
    for arguments in (arguments for found in INVOCATIONS.values() for arguments in found):
        if arguments[0] == "export":  # it writes files of its own formats
            yield pytest.param(arguments, id=" ".join(arguments))
        else:
            for format in FORMATS:
                yield pytest.param([*arguments, "--format", format], id=f"{' '.join(arguments)}-{format}")


@pytest.mark.parametrize("arguments", list(asked()))
def test_no_output_reads_as_permission_or_advice(
    arguments: list[str],
    titles: re.Pattern[str],
    chipclass_: Chipclass,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalogue.csv").write_text(CATALOGUE, "utf-8")
    command = arguments[0]
    run = chipclass_(*arguments)
    assert run.code == 0, run.err
    written = [path.read_text("utf-8") for path in sorted(tmp_path.iterdir()) if path.name != "catalogue.csv"]
    texts = [run.out, run.err, *written]
    assert not forbidden(texts, titles)
    advice = [match[0] for text in texts for match in ADVICE.finditer(titles.sub("...", flat(text)))]
    assert not advice
    if command in ANSWERS and not (command == "whatif" and "--limits" in arguments):
        assert any(DISCLAIMER in flat(text) for text in texts)
        assert any(flat(load().not_evaluated[0]) in flat(text) for text in texts), "what is not evaluated is missing"
