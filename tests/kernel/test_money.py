"""Money is whole minor units; text becomes money exactly or not at all."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from vitrine.kernel import money


@pytest.mark.parametrize(
    "text, minor", [("12.34", 1_234), ("0", 0), (" 7 ", 700), ("5.000", 500), ("0.10", 10)]
)
def test_an_amount_is_read_exactly(text: str, minor: int) -> None:
    assert money.parse_minor(text, currency="USD") == minor


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "is not an amount"),
        ("twelve", "is not an amount"),
        ("NaN", "is not an amount"),
        ("Infinity", "is not an amount"),
        ("-1", "cannot be negative"),
        ("1.005", "USD has 2 decimals"),
        ("1e2", "is not an amount"),
        ("1e9999999", "is not an amount"),
        ("１２", "is not an amount"),
        ("1,000.00", "is not an amount"),
        ("99999999999", "too large"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text: str, sentence: str) -> None:
    with pytest.raises(money.BadAmount, match=sentence):
        money.parse_minor(text, currency="USD")


@given(st.integers(0, money.MAX_MINOR))
def test_a_written_amount_reads_back(minor: int) -> None:
    assert money.parse_minor(money.plain_decimal(minor, "CAD"), currency="CAD") == minor


def test_micros_are_written_to_the_last_of_them_for_machines() -> None:
    assert money.plain_micros(12_345, "USD") == "0.012345"
    assert money.plain_micros(1_500_000, "USD") == "1.500000"


def test_money_is_written_as_the_country_writes_it() -> None:
    assert money.format_minor(123_456, "USD") == "$1,234.56"
    assert money.format_minor(123_456, "NZD", locale="en_NZ") == "$1,234.56"
    assert money.format_minor(-50, "CAD", locale="en_CA") == "\N{MINUS SIGN}$0.50"


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any),
)
def test_parts_sum_to_the_whole(amount: int, weights: list[int]) -> None:
    parts = money.split(amount, weights)

    assert sum(parts) == amount
    assert all(
        abs(part - Decimal(amount) * weight / sum(weights)) < 1
        for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_cannot_split_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split(100, weights)


def test_a_share_rounds_half_up() -> None:
    assert money.share(1_050, Decimal("0.05")) == 53
    assert money.share(1_049, Decimal("0.05")) == 52


@given(
    st.integers(-money.MAX_MINOR, money.MAX_MINOR),
    st.sampled_from([*money.CURRENCIES, "JPY"]),
    st.sampled_from("en_US en_CA en_NZ en_AU es_US es fr_CA fr de mi_NZ mi".split()),
)
def test_an_amount_is_written_as_the_country_writes_it(
    minor: int, currency: str, locale: str
) -> None:
    whole = Decimal(minor) if currency == "JPY" else Decimal(minor) / 100

    written = money.format_minor(minor, currency, locale=locale)

    theirs = format_currency(whole, currency, locale=locale)
    assert written == theirs.replace("-", "\N{MINUS SIGN}")


def test_digits_that_are_not_grouped_by_three_are_refused() -> None:
    with pytest.raises(ValueError, match="groups of three"):
        money.format_minor(1, "USD", locale="hi")
