"""Quantities in words become exact figures, and a figure of another dimension is refused by name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chipclass.units import UnitError, convert, dimension, quantity


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        ("4.8 TB/s", "GB/s", "4800"),
        ("3.35 TB/s", "GB/s", "3350"),
        ("0.1 TB/s", "GB/s", "100"),
        ("900GB/s", "GB/s", "900"),
        ("4.8 TiB/s", "GB/s", "5277.6558133248"),
        ("1 GiB/s", "GB/s", "1.073741824"),
        ("1 MiB/s", "MB/s", "1.048576"),
        ("1 KiB/s", "KB/s", "1.024"),
        ("4.8 Tbit/s", "GB/s", "600"),
        ("300 Gbit/s", "GB/s", "37.5"),
        ("300 Gb/s", "GB/s", "37.5"),
        ("300 Gbps", "GB/s", "37.5"),
        ("800 Gbps", "Gbit/s", "800"),
        ("141 GB", "GB", "141"),
        ("1 GiB", "GB", "1.073741824"),
        ("96 GiB", "GB", "103.079215104"),
        ("1 TB", "GB", "1000"),
        ("80 KB", "GB", "0.00008"),
        ("814 mm²", "mm^2", "814"),
        ("814 mm^2", "mm^2", "814"),
        ("814 mm2", "mm^2", "814"),
        ("814 mm**2", "mm^2", "814"),
        ("4 nm", "nm", "4"),
        ("0.004 um", "nm", "4"),
        ("700 W", "W", "700"),
        ("120 kW", "W", "120000"),
        ("4800 TPP", "TPP", "4800"),
        ("15,832 TPP", "TPP", "15832"),
        ("5.92 TPP/mm^2", "TPP/mm²", "5.92"),
        ("1.98 GHz", "Hz", "1980000000"),
        ("1 minute", "s", "60"),
    ],
)
def test_conversions_are_exact(text: str, unit: str, figure: str) -> None:
    assert quantity(text, unit) == Decimal(figure)


@pytest.mark.parametrize(
    "text",
    [
        "1979 TFLOPS",
        "1979 TFLOP/s",
        "1979 TFlops",
        "1979 Tflops",
        "1979 Tflop/s",
        "1979 TFLOPs",
        "1979 TOPS",
        "1979 TOP/s",
        "1979 TOPs",
        "1979 Tops",
        "1.979 PFLOPS",
        "1.979 PFLOP/s",
        "1.979 POPS",
        "1.979 POP/s",
        "1.979 petaflops",
        "1979 teraflops",
        "1979000 GFLOPS",
        "1979000 GOPS",
        "0.001979 EFLOPS",
        "1,979 TFLOPS",
        "1,979.0 TFLOPS",
        "1 979 TFLOPS",
        "1\u00a0979 TFLOPS",
        "1\u202f979 TFLOPS",
        "1979\u00a0TFLOPS",
        "  1979 TFLOPS  ",
        "1979TFLOPS",
        "1.979e3 TFLOPS",
        "+1979 TFLOPS",
    ],
)
def test_every_spelling_of_a_datasheet_is_one_rate(text: str) -> None:
    assert quantity(text, "TFLOPS") == 1979
    assert quantity(text, "TOPS") == 1979


@pytest.mark.parametrize("text", ["300 TMAC/s", "300 TMACs/s", "300 TMACS", "0.3 PMAC/s", "300,000 GMAC/s"])
def test_a_multiply_accumulate_is_two_operations(text: str) -> None:
    assert quantity(text, "TOPS") == 600


def test_total_processing_performance_is_rate_times_bits() -> None:
    """15 CFR 774 Supp. 1, Technical Notes to 3A090: 600 TOPS at 8 bit and 300 TFLOPS at 16 bit are both 4800."""
    assert convert(Decimal(1979) * 8, "TFLOPS*bit", "TPP") == 15832
    assert convert(Decimal(600) * 8, "TOPS * bit", "TPP") == 4800
    assert convert(Decimal(300) * 16, "TFLOPS · bit", "TPP") == 4800
    assert convert(Decimal(300) * 8, "TMACS*bit", "TPP") == 4800
    assert convert(Decimal(1979), "TFLOPS*byte", "TPP") == 15832
    assert convert(Decimal("1.979"), "PFLOP/s × byte", "TPP") == 15832


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1,234,567 GB/s", 1234567),
        ("1 234 567 GB/s", 1234567),
        ("12,345.5 GB/s", Decimal("12345.5")),
        ("1234 GB/s", 1234),
    ],
)
def test_separators_of_thousands_are_not_digits(text: str, figure: Decimal) -> None:
    assert quantity(text, "GB/s") == figure


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 10**15))
def test_a_thousandth_of_a_terabyte_is_a_gigabyte(n: int) -> None:
    assert quantity(f"{Decimal(n).scaleb(-3):f} TB/s", "GB/s") == n


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**12), st.integers(0, 6))
def test_a_figure_in_its_own_unit_is_itself(n: int, places: int) -> None:
    text = f"{Decimal(n).scaleb(-places):f}"
    for unit in ("GB/s", "TPP", "mm^2", "TFLOPS", "GB", "W"):
        assert quantity(f"{text} {unit}", unit) == Decimal(text)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**9))
def test_grouping_changes_nothing(n: int) -> None:
    assert quantity(f"{n:,} GB/s", "GB/s") == quantity(f"{n} GB/s", "GB/s") == n


def test_hertz_bytes_bits_and_binary_bytes_all_differ() -> None:
    rates = {quantity(f"4.8 {unit}", "GB/s") for unit in ("TB/s", "Tbit/s", "TiB/s")}
    assert rates == {Decimal(4800), Decimal(600), Decimal("5277.6558133248")}
    assert dimension("THz") == "1 / [time]"
    assert dimension("TB/s") == dimension("Tbit/s") == dimension("TiB/s") == "[information] / [time]"
    with pytest.raises(UnitError):
        quantity("4.8 THz", "GB/s")


@pytest.mark.parametrize(
    ("text", "unit", "given_dimension", "wanted_dimension"),
    [
        ("4.8 THz", "GB/s", "1 / [time]", "[information] / [time]"),
        ("4.8 TB", "GB/s", "[information]", "[information] / [time]"),
        ("4.8 TB/s", "GB", "[information] / [time]", "[information]"),
        ("4.8 TB/s", "TOPS", "[information] / [time]", "[operation] / [time]"),
        ("1979 TOPS", "TPP", "[operation] / [time]", "[operation] * [information] / [time]"),
        ("4800 TPP", "TOPS", "[operation] * [information] / [time]", "[operation] / [time]"),
        ("1979 TFLOP", "TFLOPS", "[operation]", "[operation] / [time]"),
        ("814 mm", "mm^2", "[length]", "[length] ** 2"),
        ("700 nm", "W", "[length]", "[power]"),
    ],
)
def test_another_dimension_is_refused_and_both_are_named(
    text: str, unit: str, given_dimension: str, wanted_dimension: str
) -> None:
    with pytest.raises(UnitError) as caught:
        quantity(text, unit)
    message = str(caught.value)
    assert f"is {given_dimension}, but {wanted_dimension} is wanted" in message
    assert "write for example" in message


def test_the_message_of_a_wrong_dimension() -> None:
    with pytest.raises(UnitError) as caught:
        quantity("4.8 THz", "GB/s")
    wanted = "'THz' is 1 / [time], but [information] / [time] is wanted; write for example '4.8 TB/s'"
    assert str(caught.value) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4800", "'4800' has no unit; write for example '4800 GB/s'"),
        ("4,800 ", "'4,800 ' has no unit; write for example '4,800 GB/s'"),
        ("", "'' is not a quantity; write a number and a unit, for example '4.8 TB/s'"),
        ("fast", "'fast' is not a quantity; write a number and a unit, for example '4.8 TB/s'"),
        ("GB/s 4800", "'GB/s 4800' is not a quantity; write a number and a unit, for example '4.8 TB/s'"),
        (
            "4.8 furlongs",
            "unknown unit 'furlongs'; write for example TFLOPS, TOPS, GB/s, TB/s, GB, mm^2, W or TPP",
        ),
        (
            "4.8 GBps",
            "unknown unit 'GBps'; write for example TFLOPS, TOPS, GB/s, TB/s, GB, mm^2, W or TPP",
        ),
    ],
)
def test_what_is_no_quantity_says_what_would_be(text: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        quantity(text, "GB/s")
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["nan GB/s", "inf GB/s", "-inf GB/s", "4.8 TB/s per GPU", "8 × 4.8 TB/s", "4.8 (TB/s"])
def test_what_only_looks_like_a_quantity_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        quantity(text, "GB/s")


@pytest.mark.parametrize("text", ["4,8 TB/s", "1,,000 TB/s", "3,35 TB/s", "1,0000 TB/s", "5 3 TB/s"])
def test_a_decimal_comma_is_never_read_as_a_separator_of_thousands(text: str) -> None:
    with pytest.raises(UnitError):
        quantity(text, "GB/s")


def test_a_unit_of_ones_own_is_unknown_twice() -> None:
    for _ in range(2):  # the second time from the cache
        with pytest.raises(UnitError, match="unknown unit"):
            dimension("warp")
