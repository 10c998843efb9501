"""``make evidence``: known answers with their commands, golden values, the ladder, the vendor's list, what moved."""

from __future__ import annotations

import sys
import textwrap
from typing import Any

import chipclass
from tests import golden_values, vendor_agreement, verdict_history
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


def show_golden_values() -> bool:
    """How many of the published figures come out; each that does not, and whether that is known."""
    cases = golden_values.cases()
    fine, news = 0, 0
    for case in cases:
        failures, new = list(golden_values.failures(case)), golden_values.new_failures(case)
        fine += not failures and not new
        news += bool(new)
        if failures or new:
            print(f"{'FAIL' if new else 'open'} {golden_values.title(case)}: {case['question']}")
            for text in [f.text for f in failures if f.text not in new] + new:
                print(_indented(text))
            for entry in case.get("disagrees", []):
                print(_indented(f"why: {entry['why']}"))
    for entry in golden_values.DATA.get("arithmetic", []):
        for what, found, about in golden_values.chip_counts(entry):
            news += found != about
            print(f"{'ok  ' if found == about else 'FAIL'} {golden_values.title(entry)}: {what}: about {found:,} chips")
    corrected = sum("corrected" in case for case in cases)
    sketched = sum("sketch" in case for case in cases)
    print(f"\n{fine} of {len(cases)} golden values come out ({corrected} with the published value corrected)")
    print(f"asked by published figures alone, the product not being in the database: {sketched}")
    print(f"EU column: {golden_values.EU}")
    return not news


def show_moves() -> None:
    """What this tree moves against the last commit, verdict by verdict."""
    before = verdict_history.from_csv(verdict_history.committed())
    found = verdict_history.changes(before, verdict_history.history())
    print(found)
    for move in found.moved:
        print(_indented(str(move)))


def _indented(text: str) -> str:
    return textwrap.fill(text, 110, initial_indent="     ", subsequent_indent="       ")


def main() -> int:
    print("KNOWN ANSWERS")
    fine = [show_answer(answer) for answer in answers()]
    print(f"\n{sum(fine)} of {len(fine)} known answers come out\n")
    print("GOLDEN VALUES (published figures, tests/data/golden_values.toml)")
    golden = show_golden_values()
    print("\nTHE LADDER\n$ chipclass compare H20 H200 B200 Rubin --as-of 2026-09-24")
    print(chipclass.compare(["H20", "H200", "B200", "Rubin"], as_of="2026-09-24"))
    print("\nAGREEMENT WITH THE VENDOR (its declared TPP set aside while computing)")
    if vendor_agreement.LIST.exists():
        print(vendor_agreement.report(vendor_agreement.rows()))
    else:
        print("the vendor's list is not on this machine: skipped")
    print("\nWHAT MOVED (verdict history of this tree against the last commit)")
    show_moves()
    return 0 if all(fine) and golden else 1


if __name__ == "__main__":
    sys.exit(main())
