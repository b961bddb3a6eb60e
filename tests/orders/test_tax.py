"""Golden figures of sales tax, worked by hand from the published rates."""

from datetime import date

import pytest

from vitrine.orders import tax, tax_tables
from vitrine.orders.tax import Place, TaxAmount, UnknownPlace

ON = date(2026, 11, 1)

GOLDEN = [
    # country, region, amount, delivery?, {(authority, name): tax}
    ("US", "CA", 4000, False, {("US-CA", "Sales tax"): 290}),
    ("US", "CA", 599, True, {}),
    ("US", "NY", 4000, False, {("US-NY", "Sales tax"): 160}),
    ("US", "NY", 599, True, {("US-NY", "Sales tax"): 24}),
    ("US", "TX", 1999, False, {("US-TX", "Sales tax"): 125}),
    ("US", "MN", 1999, False, {("US-MN", "Sales tax"): 137}),
    ("US", "NJ", 10000, False, {("US-NJ", "Sales tax"): 663}),
    ("US", "DC", 10000, False, {("US-DC", "Sales tax"): 600}),
    ("US", "LA", 10000, False, {("US-LA", "Sales tax"): 500}),
    ("US", "OR", 10000, False, {}),
    ("US", "MT", 10000, True, {}),
    ("CA", "ON", 2999, False, {("CA", "HST"): 390}),
    ("CA", "NS", 10000, False, {("CA", "HST"): 1400}),
    ("CA", "AB", 999, True, {("CA", "GST"): 50}),
    ("CA", "BC", 2999, False, {("CA", "GST"): 150, ("CA-BC", "PST"): 210}),
    ("CA", "QC", 10000, False, {("CA", "GST"): 500, ("CA-QC", "QST"): 998}),
    ("CA", "SK", 1250, False, {("CA", "GST"): 63, ("CA-SK", "PST"): 75}),
    ("CA", "MB", 1250, True, {("CA", "GST"): 63, ("CA-MB", "RST"): 88}),
    ("AU", "NSW", 11000, False, {("AU", "GST"): 1000}),
    ("AU", "", 995, True, {("AU", "GST"): 90}),
    ("NZ", "", 11500, False, {("NZ", "GST"): 1500}),
    ("NZ", "AUK", 999, False, {("NZ", "GST"): 130}),
]


@pytest.mark.parametrize("country, region, amount_minor, delivery, expected", GOLDEN)
def test_the_tax_of_a_line_is_the_published_rate_rounded_once(
    country: str,
    region: str,
    amount_minor: int,
    delivery: bool,
    expected: dict[tuple[str, str], int],
) -> None:
    rates = tax.rates_at(Place(country, region), on=ON)

    amounts = tax.on_line(amount_minor, rates, delivery=delivery)

    assert {(one.authority, one.name): one.amount_minor for one in amounts} == expected


def test_tax_is_inside_the_price_in_australia_and_new_zealand_only() -> None:
    inside = {
        country: {
            one.included
            for one in tax.on_line(
                10_000, tax.rates_at(Place(country, region), on=ON), delivery=False
            )
        }
        for country, region in (("US", "CA"), ("CA", "QC"), ("AU", ""), ("NZ", ""))
    }

    assert inside == {"US": {False}, "CA": {False}, "AU": {True}, "NZ": {True}}
    assert [tax.is_included(country) for country in inside] == [False, False, True, True]


@pytest.mark.parametrize(
    "place",
    [
        Place("US"),
        Place("US", "PR"),
        Place("US", "ZZ"),
        Place("US", "ca"),
        Place("CA"),
        Place("CA", "CA"),
        Place("GB"),
        Place(""),
    ],
)
def test_an_unknown_place_is_refused_and_never_free_of_tax(place: Place) -> None:
    with pytest.raises(UnknownPlace):
        tax.rates_at(place, on=ON)


def test_a_day_before_the_tables_begin_is_refused() -> None:
    with pytest.raises(UnknownPlace):
        tax.rates_at(Place("US", "CA"), on=date(2023, 12, 31))


@pytest.mark.parametrize(
    "place, on, expected",
    [
        (Place("CA", "NS"), date(2025, 3, 31), 1500),
        (Place("CA", "NS"), date(2025, 4, 1), 1400),
        (Place("US", "LA"), date(2024, 12, 31), 445),
        (Place("US", "LA"), date(2025, 1, 1), 500),
    ],
)
def test_the_rate_is_the_one_in_force_on_the_day(place: Place, on: date, expected: int) -> None:
    (amount,) = tax.on_line(10_000, tax.rates_at(place, on=on), delivery=False)

    assert amount.amount_minor == expected


def test_half_a_cent_rounds_up_and_nothing_costs_no_tax() -> None:
    rates = tax.rates_at(Place("CA", "AB"), on=ON)

    assert tax.on_line(10, rates, delivery=False) == (TaxAmount("CA", "GST", 1, included=False),)
    assert tax.on_line(9, rates, delivery=False) == (TaxAmount("CA", "GST", 0, included=False),)
    with pytest.raises(ValueError, match="negative"):
        tax.on_line(-1, rates, delivery=False)


def test_every_state_and_province_has_a_rate_or_an_explicit_none() -> None:
    assert len(tax_tables.US) == 46
    assert not tax_tables.US_NO_SALES_TAX & tax_tables.US.keys()
    assert tax_tables.US.keys() >= tax_tables.US_DELIVERY_TAXED
    assert len(tax_tables.CA) == 13
    for dated in (*tax_tables.US.values(), *tax_tables.CA.values()):
        assert list(dated) == sorted(dated, key=lambda rate: rate.begins_on)
        assert all(0 < rate.rate < 1 for rate in dated)
