"""Agreement with the vendor: its own list against what is computed with its declared figures set aside."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from chipclass.conclusion import CANNOT_EXCLUDE, CONTROLLED, NOT_CAUGHT
from chipclass.evaluation import Evaluation
from chipclass.identification.resolve import BOARD_CODE, resolve
from chipclass.rules.branches import branch_of
from chipclass.rules.transactions import transaction
from chipclass.specdb.contents import meanings, parts_of
from chipclass.specdb.records import packed, unpacked
from chipclass.specdb.store import Specs, load

LIST = Path(__file__).resolve().parents[2] / "shared" / "data" / "nvidia-export-classification-2026-07-31.csv"
AS_OF = "2026-07-31"
UNLETTERED, UNRESOLVED = "caught, branch not lettered", "unresolved"
LETTERS = ("a", "b")


@dataclass(frozen=True)
class Row:
    part_number: str
    description: str
    product: str
    declared: str
    eccn: str
    computed: str

    @property
    def agrees(self) -> bool:
        return self.computed == self.declared or (self.declared == UNLETTERED and self.computed in ("a", "b"))


def without_declarations(specs: Specs) -> Specs:
    """The same database with every figure of the vendor's list set aside."""
    facts = {name: unpacked(name, stored) for name, stored in specs.index["facts"].items()}
    others = {
        name: packed(f for f in known if not (f["status"] == "declared" and f["attribute"] == "tpp"))
        for name, known in facts.items()
    }
    return Specs({**specs.index, "facts": others})


def branch_declared(eccn: str) -> str:
    """The branch that a declared ECCN speaks of: where it names one, else only that it is caught."""
    branch = branch_of(load(), eccn)
    return branch.letter or (UNLETTERED if branch.caught else NOT_CAUGHT)


def branch_computed(specs: Specs, text: str) -> tuple[str, str]:
    """(product, branch) for a part number; the branch is a, b, not caught or unresolved."""
    match = resolve(specs, text)
    if not match.ids or match.how == BOARD_CODE:
        return "", ""
    deal = transaction(specs, as_of=AS_OF)
    branches = set()
    for item in (meant for name in match.ids for meant in meanings(specs, specs.item(name))):
        kinds = [
            {branch(Evaluation(specs, item, chip, part.count, deal)) for chip in part.chips}
            for part in parts_of(specs, item)
        ]
        every = [kind.pop() if len(kind) == 1 else UNRESOLVED for kind in kinds]
        branches.add(next(known for known in (*LETTERS, UNRESOLVED, NOT_CAUGHT) if known in every))
    return match.ids[0], branches.pop() if len(branches) == 1 else UNRESOLVED


def branch(evaluation: Evaluation) -> str:
    """The branch of one chip: what is open, or names both letters, does not resolve."""
    letters = {name.split(".")[1] for paragraphs in evaluation.possible for name in paragraphs}
    if evaluation.status == CANNOT_EXCLUDE or (evaluation.status == CONTROLLED and len(letters) != 1):
        return UNRESOLVED
    return letters.pop() if letters else NOT_CAUGHT


def rows(path: Path = LIST) -> list[Row]:
    """All named rows of the list that are products entered here, one per part number."""
    specs = without_declarations(load())
    found: dict[str, Row] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for entry in csv.DictReader(file):
            number, description = entry["part_number"], entry["part_description"]
            if description == "Generic Part Number" or number in found:
                continue
            product, computed = branch_computed(specs, number)
            if product:
                declared = branch_declared(entry["nveccn"])
                found[number] = Row(number, description, product, declared, entry["nveccn"], computed)
    return list(found.values())


def report(found: list[Row]) -> str:
    """Resolved and unresolved, the confusion matrix by branch, and every disagreement by name."""
    counts = Counter((row.declared, row.computed) for row in found)
    columns = ["a", "b", NOT_CAUGHT, UNRESOLVED]
    lines = [f"{len(found)} named part numbers of products entered here; "]
    unresolved = sum(row.computed == UNRESOLVED for row in found)
    lines[0] += f"{len(found) - unresolved} resolved, {unresolved} unresolved"
    lines.append(f"{'declared by the vendor':<30}" + "".join(f"{'computed ' + c:>22}" for c in columns))
    for declared in ("a", "b", UNLETTERED, NOT_CAUGHT):
        cells = "".join(f"{counts[declared, c]:>22}" for c in columns)
        lines.append(f"{declared:<30}{cells}")
    for row in found:
        if not row.agrees:
            lines.append(f"  {row.part_number} {row.product}: declared {row.eccn}, computed {row.computed}")
    return "\n".join(lines)
