"""Servers and the chips in them: which configuration of a line a text means, and what a name leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chipclass.identification import counts
from chipclass.identification.accessories import Hit
from chipclass.identification.lexicon import Lexicon
from chipclass.identification.resolve import ALIAS
from chipclass.specdb.contents import chip_count
from chipclass.specdb.records import Item

#: Between a server and a chip these say that both are sold.
_TOGETHER = re.compile(r"[;&\n]|(?<![A-Z0-9])[+]|\b(?:AND|UND|ET|SOWIE)\b|[和與与及]")


class Housing:
    """The servers and the chips that one text names. ``housed``: some chip of it sits in a server."""

    def __init__(self, lexicon: Lexicon, text: str, sure: Sequence[Hit]) -> None:
        self.lexicon = lexicon
        self.text = text
        self.housed = False
        #: What is named, lines of servers narrowed to the configuration with the chips beside them.
        self.kept: list[Hit] = []
        #: Lines that are sold with and without accelerators, where nothing says which.
        self.empty: list[Hit] = []
        self._fill(sure)

    def _fill(self, sure: Sequence[Hit]) -> None:
        lines = {hit: servers for hit in sure for name in hit.ids if (servers := self.lexicon.servers(name))}
        named = [
            hit
            for hit in sure
            if hit not in lines and any(self.lexicon.chips(name) & self.lexicon.installed() for name in hit.ids)
        ]
        for hit in sure:
            inside = [other for other in named if hit in lines and not self._apart(hit, other)]
            chassis = not self.lexicon.chassis.isdisjoint(hit.ids)
            self.housed = self.housed or bool(inside) or chassis
            if inside:
                fitting = self._configuration(lines[hit], inside, chassis)
                self.kept += [replace(hit, how=ALIAS, ids=(id_,)) for id_ in fitting]
            else:
                (self.empty if chassis else self.kept).append(hit)

    def _apart(self, one: Hit, other: Hit) -> bool:
        """Whether a server and a chip are two things that are sold together."""
        return bool(_TOGETHER.search(self.text, min(one.end, other.end), max(one.start, other.start)))

    def _configuration(self, servers: Sequence[Item], inside: Sequence[Hit], chassis: bool) -> list[str]:
        """The one configuration with the chips that are named, in the number that is said. A chassis takes any."""
        chips = {chip for hit in inside for name in hit.ids for chip in self.lexicon.chips(name)}
        stated = counts.stated(self.text, inside[0].start, inside[0].end) if len(inside) == 1 else set()
        fits = [
            server.id
            for server in servers
            if (self.lexicon.chips(server.id) == chips or (not chassis and self.lexicon.chips(server.id) < chips))
            and (stated == {chip_count(self.lexicon.specs, server)} or not (stated or chassis))
        ]
        return fits if len(fits) == 1 else []
