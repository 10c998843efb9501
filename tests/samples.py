"""Which products a test takes where all of them would take too long: evenly spread, another set for every turn."""

from __future__ import annotations

from collections.abc import Iterable

from chipclass.specdb.store import Specs


def spread(names: Iterable[str], count: int, turn: int = 0) -> list[str]:
    """At most ``count`` names, evenly spread over all; successive turns start one further.

    >>> spread("abcdef", 3), spread("abcdef", 3, turn=1)
    (['a', 'c', 'e'], ['b', 'd', 'f'])
    """
    known = list(names)
    step = max(1, -(-len(known) // count))
    return known[turn % step :: step]


def few(specs: Specs, count: int, turn: int = 0, keep: Iterable[str] = ()) -> Specs:
    """The same database with few of its chips, for what is asked of every chip; ``keep`` names some to keep."""
    chips = specs.index["chips"]
    kept = {*spread(chips, count, turn), *keep}
    return Specs({**specs.index, "chips": {name: chips[name] for name in chips if name in kept}})
