"""Known answers of the rules, in a table that a lawyer can read: tests/data/known_answers.toml."""

from __future__ import annotations

from typing import Any

import pytest

from tests.known_answers import answers, failures


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: f"{answer['product']} {answer['as_of']}")
def test_known_answer(answer: dict[str, Any]) -> None:
    assert not [failure.text for failure in failures(answer)], answer["what"]
