"""Every chipclass command in the documentation runs, and prints what the documentation shows."""

from __future__ import annotations

import re

import pytest

from tests.docs_commands import PAGES, ROOT, Example, agrees, examples, run


@pytest.mark.parametrize("example", list(examples()), ids=str)
def test_documented_command(example: Example) -> None:
    code, output = run(example.command)
    assert code == 0, output
    real = [line.rstrip() for line in output.rstrip().splitlines()]
    assert agrees(example.output, real), "run `python -m tests.docs_commands` and look at the change"


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_demo_and_test_targets_are_documented() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z]+)`", "".join(page.read_text("utf-8") for page in PAGES)):
        assert re.search(rf"(?m)^{target}:", makefile), target
