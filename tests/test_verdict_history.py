"""Every chip on the first day of every edition, against the golden file; chips and editions stay for ever."""

from __future__ import annotations

from tests.verdict_history import FILE, as_csv, history


def test_no_past_verdict_moves_silently() -> None:
    """Moved on purpose? Run ``python -m tests.verdict_history`` and name the erratum in CHANGELOG.md."""
    now, then = as_csv(history()).splitlines(), FILE.read_text("utf-8").splitlines()
    moved = [f"- {line}" for line in then if line not in now] + [f"+ {line}" for line in now if line not in then]
    assert not moved, "\n".join(moved)
