"""Every chip on the first day of every edition, against the golden file; chips and editions stay for ever."""

from __future__ import annotations

from tests.verdict_history import FILE, HEAD, Moved, as_csv, changes, from_csv, history


def test_no_past_verdict_moves_silently() -> None:
    """Moved on purpose? Run ``python -m tests.verdict_history`` and name the erratum in CHANGELOG.md."""
    then, now = from_csv(FILE.read_text("utf-8")), history()
    found = changes(then, now)
    assert not (found.moved or found.new or found.gone), "\n".join([str(found), *map(str, found.moved)])
    assert as_csv(now) == FILE.read_text("utf-8"), "the lines stand in another order"


def test_what_moves_is_named_cell_by_cell() -> None:
    line = ("a chip", "2026-01-01", "controlled", "3A090.a.1", "met", "presumption of denial", "outside", "-")
    other = ("a chip", "2025-01-01", *line[2:])
    after = (*line[:2], "cannot exclude", "3A090.a.1 | none", *line[4:])
    found = changes([line, other], [after, ("b chip", *line[1:])])
    assert found.moved == [
        Moved(*line[:2], "status", "controlled", "cannot exclude"),
        Moved(*line[:2], "class", "3A090.a.1", "3A090.a.1 | none"),
    ]
    assert (found.new, found.gone) == ([("b chip", "2026-01-01")], [("a chip", "2025-01-01")])
    assert str(found) == "1 verdict moved of 1 compared; 1 new, 1 gone"
    assert str(changes([line], [line])) == "0 verdicts moved of 1 compared; 0 new, 0 gone"
    assert from_csv(as_csv([line])) == [line] and len(line) == len(HEAD)
