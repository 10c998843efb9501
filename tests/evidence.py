"""``make evidence``: every known answer with the command that gives it, the ladder, and agreement with the vendor."""

from __future__ import annotations

import sys
from typing import Any

import chipclass
from tests import vendor_agreement
from tests.known_answers import answers, at, command, failures, variants


def show_answer(answer: dict[str, Any]) -> bool:
    wrong = [failure.text for failure in failures(answer)]
    print(f"{'ok  ' if not wrong else 'FAIL'} {answer['what']}\n     $ {command(answer)}")
    for variant in variants(answer):
        metrics = variant["metrics"]
        tpp, density = metrics["tpp"], metrics["performance_density"]["value"]
        figure = f"{tpp['low']:,} to {tpp['high']:,}" if tpp["operative"] is None and tpp["high"] else tpp["operative"]
        classes = " | ".join("+".join(p) or "none" for p in at(variant, "conclusion.ic_class[].paragraphs"))
        print(
            f"     {variant['product']}: TPP computed {tpp['value']}, deciding {figure}; "
            f"density {density and round(density, 3)}; {at(variant, 'conclusion.status')}: {classes}"
        )
        print(f"       review: {at(variant, 'conclusion.review_policy.text')}")
        print(f"       tariff: {at(variant, 'conclusion.tariff.text')}")
    for text in wrong:
        print(f"     {text}")
    return not wrong


def main() -> int:
    print("KNOWN ANSWERS")
    fine = [show_answer(answer) for answer in answers()]
    print(f"\n{sum(fine)} of {len(fine)} known answers come out\n")
    print("THE LADDER\n$ chipclass compare H20 H200 B200 Rubin --as-of 2026-09-24")
    print(chipclass.compare(["H20", "H200", "B200", "Rubin"], as_of="2026-09-24"))
    print("\nAGREEMENT WITH THE VENDOR (its declared TPP set aside while computing)")
    if vendor_agreement.LIST.exists():
        print(vendor_agreement.report(vendor_agreement.rows()))
    else:
        print("the vendor's list is not on this machine: skipped")
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
