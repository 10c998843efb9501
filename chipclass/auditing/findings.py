"""What an audit tells a person about a row: one catalogue of codes, each with severity, message and a question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chipclass.conclusion import CANNOT_EXCLUDE, CONTROLLED, NOT_CAUGHT

NOT_IDENTIFIED, NO_CHIP = "not identified", "no chip"
#: Statuses of a row, worst first: the worst of what a row names wins.
STATUSES = (CONTROLLED, CANNOT_EXCLUDE, NOT_IDENTIFIED, NOT_CAUGHT, NO_CHIP)
SEVERITIES = ("high", "medium", "low")


class AuditError(ValueError):
    """An input or a request that cannot be audited. The message says what is wrong and what would do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of finding. ``question`` is what a person asks next."""

    code: str
    severity: str
    message: str
    question: str


CATALOGUE = {
    finding.code: finding
    for finding in (
        Finding(
            "controlled",
            "high",
            "names a product that is caught on the figures held here",
            "Which paragraph, destination and end user apply, and who holds the licence?",
        ),
        Finding(
            "cannot_exclude",
            "high",
            "names a product for which a paragraph cannot be excluded",
            "Which figure settles it (see classify for the fact and its turning value)?",
        ),
        Finding(
            "not_identified",
            "medium",
            "could be an accelerator, and which one is not known here",
            "Which product is it exactly? Ask the vendor for the part number, the figures and the ECCN.",
        ),
        Finding(
            "declared_eccn_differs",
            "high",
            "the declared ECCN and the computed class do not reconcile; ask the vendor",
            "On which figures and which date does the declared ECCN rest?",
        ),
        Finding(
            "conflicting_products",
            "high",
            "the part number and the description name different products",
            "Which of the two is the item?",
        ),
        Finding(
            "missing_eccn",
            "high",
            "caught on the figures held here, and the ECCN column is empty",
            "Which ECCN does the vendor declare?",
        ),
        Finding(
            "ambiguous_variant",
            "medium",
            "the name fits several variants",
            "Which variant is it (part number, form, memory size)?",
        ),
        Finding(
            "letter_criterion",
            "medium",
            "below the lines of the list, and the criterion of a reported letter is reached or cannot be excluded",
            "Did the manufacturer or the exporter receive a letter, and does it name this item?",
        ),
        Finding(
            "tariff_band",
            "medium",
            "the figures are inside a tariff band, or that cannot be excluded",
            "Is the item imported under a heading that the band covers, and does an exclusion apply?",
        ),
        Finding(
            "z_branch",
            "low",
            "the vendor or the row declares a .z paragraph",
            "Which base ECCN applies beside it (encryption, computers)? It is not determined here.",
        ),
        Finding(
            "accessory",
            "low",
            "words of an accessory, a right or a service stand beside a chip's name",
            "Does the item contain the chip?",
        ),
        Finding(
            "look_alike",
            "low",
            "carries a chip's name and is something else",
            "Is it what the look-alike list says?",
        ),
    )
}


def ordered(codes: Iterable[str]) -> tuple[str, ...]:
    """Codes in the order of the catalogue, each once."""
    present = set(codes)
    return tuple(code for code in CATALOGUE if code in present)


def worst(statuses: Iterable[str]) -> str:
    """The worst of several statuses; nothing at all is 'no chip'."""
    return min(statuses, key=STATUSES.index, default=NO_CHIP)
