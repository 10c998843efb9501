"""``chipclass headroom`` as its reader sees it: 80 columns, every part, the same content in each form."""

from __future__ import annotations

import pytest

from tests.cli.running import DAY, Chipclass, check_text

SKETCH = (
    *("--rate", "148 TFLOPS@16bit", "--rate", "296 TFLOPS@fp8", "--die-area", "814 mm^2", "--dram-bandwidth", "4 TB/s"),
    *("--interconnect", "1028 GB/s", "--datacenter", "no"),
)
HEADINGS = (
    "Nearest turns of the class, the binding one first",
    "Nearest turns of the review policy, the binding one first",
    "Paragraph by paragraph (named: it is of the class)",
    "Distance to every line",
    "One figure moves, everything else stays (* where it is now)",
    "Number formats (left: without it and those above)",
    "Reported letters",
)


@pytest.mark.parametrize("query", [["H20"], ["L4"], ["Rubin"], ["nvidia-dgx-h200"], list(SKETCH)], ids=lambda q: q[0])
def test_the_screen_fits(chipclass_: Chipclass, query: list[str]) -> None:
    done = chipclass_("headroom", *query, *DAY)
    assert (done.code, done.err) == (0, "")
    check_text(done.out)
    assert all(heading in done.out for heading in HEADINGS)


def test_the_screen_of_a_product(chipclass_: Chipclass) -> None:
    out = chipclass_("headroom", "L4", *DAY).out
    for line in (
        "- rates -10.7 %, below TPP 1,743: 3A090.b.2. The line there: density >= 5.92",
        "density 6.628",
        "rates, all together; TPP 1,952 now",
        "  * TPP from 1,743 to below 4,800  3A090.a.2",
        "  * die area up to 329.7 mm^2            3A090.a.2",
        "    no die area                          not caught",
    ):
        assert line in out.splitlines(), line


def test_the_screen_of_a_sketch(chipclass_: Chipclass) -> None:
    out = chipclass_("headroom", *SKETCH, *DAY).out
    assert out.startswith("Sketch  ")
    assert "- assumes these are all number formats: 16bit, fp8" in out
    assert "datasheet" not in out
    assert "\nSources" not in out


def test_a_product_with_another_figure_says_so(chipclass_: Chipclass) -> None:
    out = chipclass_("headroom", "L4", "--dram-bandwidth", "1,200 GB/s", *DAY).out
    assert "- figures of yours in place of the product's own: dram bandwidth" in out
    assert "DRAM bandwidth 1,200 GB/s" in out


def test_ranges_and_rivals_are_shown(chipclass_: Chipclass) -> None:
    out = chipclass_("headroom", "MI308X", *DAY).out
    check_text(out)
    assert "Rival values, each possible on its own" in out
    assert "- die area 1,017: logic die area 1017 mm^2 (press)" in out
    assert "die area, 1,017 or 1,940 to 2,400 mm^2 now" in out


def test_variants_are_listed_and_the_one_shown_is_named(chipclass_: Chipclass) -> None:
    out = chipclass_("headroom", "H20", *DAY).out
    assert out.startswith("H20: 2 variants")
    assert "Shown below: NVIDIA H20 96GB" in out
    assert "- NVIDIA H20-3e 141GB: TPP 2,352 to 2,368, not caught" in out
    assert "### NVIDIA H20-3e 141GB" in chipclass_("headroom", "H20", *DAY, "--format", "md").out


def test_markdown_holds_the_same(chipclass_: Chipclass) -> None:
    out = chipclass_("headroom", "L4", *DAY, "--format", "md").out
    assert "| TPP 1,952 | >= 1,600 | +352 | +22.0 % | 3A090.a.2 | met |" in out
    assert "| class | die area above 610 mm^2 | not caught |  |" in out
    assert "- export from US; no destination given: shown for CN" in out


def test_json_is_one_document(chipclass_: Chipclass) -> None:
    data = chipclass_("headroom", *SKETCH, *DAY, "--format", "json").json()
    assert data["products"][0]["nearest"]["classes"][0]["at_exact"] == "75/37"
