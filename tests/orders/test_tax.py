"""Golden figures of sales tax, from published examples or worked by hand from published rates."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from vitrine.catalog.tax_codes import TaxCode
from vitrine.orders import tax, tax_local, tax_tables, tax_us
from vitrine.orders.tax import Place, Taxed, UnknownPlace
from vitrine.orders.tax_rate import Rate, Remits

ON = date(2026, 11, 1)
GENERAL, GROCERY, CLOTHING = TaxCode.GENERAL, TaxCode.GROCERY, TaxCode.CLOTHING
CHILDREN, BOOK = TaxCode.CHILDREN, TaxCode.BOOK

GOLDEN = [
    # place, what, pieces, amount, {authority: tax}, published where
    ("US-CA", GENERAL, 1, 4000, {"US-CA": 290}, "CDTFA: 7.25 %"),
    ("US-CA", GROCERY, 1, 4000, {"US-CA": 0}, "CDTFA 31: food"),
    ("US-NY", GENERAL, 1, 4000, {"US-NY": 160}, "NY Pub 718: state 4 %"),
    ("US-NY", CLOTHING, 2, 219_98, {"US-NY": 0}, "NY TB-ST-530: each less than $110"),
    ("US-NY", CLOTHING, 1, 110_00, {"US-NY": 440}, "NY TB-ST-530: $110 or more, all of it"),
    ("US-MA", CLOTHING, 1, 200_00, {"US-MA": 156}, "MA DOR: only what is above $175"),
    ("US-RI", CLOTHING, 2, 600_00, {"US-RI": 700}, "RI: above $250 of each piece"),
    ("US-PA", CLOTHING, 1, 500_00, {"US-PA": 0}, "PA REV-717"),
    ("US-NJ", CHILDREN, 1, 50_00, {"US-NJ": 0}, "NJ S&U-4"),
    ("US-TX", GENERAL, 1, 1999, {"US-TX": 125}, "TX Comptroller: 6.25 %"),
    ("US-TX", CLOTHING, 1, 1999, {"US-TX": 125}, "no exemption all year"),
    ("US-MN", GENERAL, 1, 1999, {"US-MN": 137}, "MN: 6.875 %"),
    ("US-NJ", GENERAL, 1, 10000, {"US-NJ": 663}, "NJ: 6.625 %, rounded up"),
    ("US-DC", GENERAL, 1, 10000, {"US-DC": 600}, "OTR"),
    ("US-LA", GENERAL, 1, 10000, {"US-LA": 500}, "LA: 5 % since 2025"),
    ("US-TN", GROCERY, 1, 10000, {"US-TN": 400}, "TN: food 4 %"),
    ("US-VA", GROCERY, 1, 10000, {"US-VA": 100}, "VA: food 1 %"),
    ("US-MS", GROCERY, 1, 10000, {"US-MS": 500}, "MS: food 5 % since July 2025"),
    ("US-SD", GROCERY, 1, 10000, {"US-SD": 420}, "SD: food as everything"),
    ("US-OR", GENERAL, 1, 10000, {}, "no sales tax"),
    ("CA-ON", GENERAL, 1, 10000, {"CA": 1300}, "CRA: $100 in Ontario, 13 % HST"),
    ("CA-ON", GENERAL, 1, 2999, {"CA": 390}, "CRA: 13 %"),
    ("CA-ON", BOOK, 1, 10000, {"CA": 500}, "RC4022: rebate of the 8 %"),
    ("CA-ON", CHILDREN, 1, 10000, {"CA": 500}, "RC4022"),
    ("CA-NB", CHILDREN, 1, 10000, {"CA": 1500}, "RC4022: books only in NB"),
    ("CA-NS", GENERAL, 1, 10000, {"CA": 1400}, "CRA Notice 342: 14 % since April 2025"),
    ("CA-AB", GROCERY, 1, 10000, {"CA": 0}, "zero-rated"),
    ("CA-BC", GENERAL, 1, 2999, {"CA": 150, "CA-BC": 210}, "BC: 7 % PST"),
    ("CA-BC", BOOK, 1, 2999, {"CA": 150, "CA-BC": 0}, "BC: books are exempt from PST"),
    ("CA-QC", GENERAL, 1, 10000, {"CA": 500, "CA-QC": 998}, "Revenu Québec: 100 → 114.98"),
    ("CA-SK", GENERAL, 1, 1250, {"CA": 63, "CA-SK": 75}, "SK: 6 %"),
    ("CA-MB", CHILDREN, 1, 150_00, {"CA": 750, "CA-MB": 0}, "MB: up to $150"),
    ("CA-MB", CHILDREN, 1, 150_01, {"CA": 750, "CA-MB": 1050}, "MB: above it, all of it"),
    ("AU", GENERAL, 1, 110_00, {"AU": 1000}, "ATO: a price of $110 has $10 inside"),
    ("AU", GROCERY, 1, 110_00, {"AU": 0}, "ATO: basic food"),
    ("AU", CLOTHING, 1, 9_95, {"AU": 90}, "ATO: price ÷ 11"),
    ("NZ", GENERAL, 1, 115_00, {"NZ": 1500}, "Inland Revenue: price × 3 ÷ 23"),
    ("NZ", GROCERY, 1, 9_99, {"NZ": 130}, "food bears GST"),
]


def place(text: str) -> Place:
    return Place(*text.split("-"))


def rates(where: str, *, on: date = ON, registered: bool = True) -> Sequence[Rate]:
    return tax.rates_at(place(where), on=on, registered=registered)


@pytest.mark.parametrize("where, code, quantity, amount_minor, expected, source", GOLDEN)
def test_the_tax_of_a_line_is_the_published_one(
    where: str, code: str, quantity: int, amount_minor: int, expected: dict[str, int], source: str
) -> None:
    amounts = tax.on_line(Taxed(amount_minor, code, quantity), rates(where))

    assert {one.authority: one.amount_minor for one in amounts} == expected, source


@pytest.mark.parametrize(
    "where, goods, delivery_minor, expected",
    [
        ("US-CA", [(GENERAL, 4000)], 599, {}),
        ("US-NY", [(GENERAL, 4000)], 599, {"US-NY": 24}),
        ("US-NY", [(GROCERY, 4000)], 599, {"US-NY": 0}),
        ("US-NY", [(GROCERY, 3000), (GENERAL, 1000)], 1000, {"US-NY": 10}),
        ("CA-AB", [(GENERAL, 1)], 999, {"CA": 50}),
        ("CA-MB", [(GENERAL, 500)], 1250, {"CA": 63, "CA-MB": 88}),
        ("AU", [(GENERAL, 500)], 995, {"AU": 90}),
        ("AU", [(GROCERY, 500)], 995, {"AU": 0}),
        ("NZ", [(GENERAL, 0)], 1150, {"NZ": 150}),
        ("US-MT", [(GENERAL, 100)], 10000, {}),
    ],
)
def test_delivery_is_taxed_as_what_it_brings_where_it_is_taxed(
    where: str, goods: list[tuple[str, int]], delivery_minor: int, expected: dict[str, int]
) -> None:
    brought = [Taxed(amount, code) for code, amount in goods]

    amounts = tax.on_delivery(delivery_minor, brought, rates(where))

    assert {one.authority: one.amount_minor for one in amounts} == expected


def test_tax_is_inside_the_price_in_australia_and_new_zealand_only() -> None:
    inside = {
        where[:2]: {one.included for one in tax.on_line(Taxed(10_000), rates(where))}
        for where in ("US-CA", "CA-QC", "AU", "NZ")
    }

    assert inside == {"US": {False}, "CA": {False}, "AU": {True}, "NZ": {True}}
    assert [tax.is_included(country) for country in inside] == [False, False, True, True]


@pytest.mark.parametrize(
    "where, registered, remits",
    [
        ("US-NY", True, {"US-NY": True}),
        ("US-NY", False, {"US-NY": True}),
        ("CA-BC", True, {"CA": False, "CA-BC": True}),
        ("CA-BC", False, {"CA": True, "CA-BC": True}),
        ("CA-QC", False, {"CA": True, "CA-QC": True}),
        ("AU", True, {"AU": False}),
        ("AU", False, {}),
        ("NZ", False, {}),
    ],
)
def test_who_hands_a_tax_on_is_the_law_of_the_place(
    where: str, registered: bool, remits: dict[str, bool]
) -> None:
    amounts = tax.on_line(Taxed(10_000), rates(where, registered=registered))

    assert {one.authority: one.platform_liable for one in amounts} == remits


@pytest.mark.parametrize(
    "where, fee_minor, expected",
    [
        ("US-NY", 1000, {}),
        ("CA-ON", 1000, {"CA": 130}),
        ("CA-QC", 1000, {"CA": 50, "CA-QC": 100}),
        ("CA-BC", 1000, {"CA": 50, "CA-BC": 70}),
        ("CA-SK", 1000, {"CA": 50}),
        ("AU", 1000, {"AU": 100}),
        ("NZ", 1000, {"NZ": 150}),
    ],
)
def test_a_fee_bears_the_tax_of_services_on_top(
    where: str, fee_minor: int, expected: dict[str, int]
) -> None:
    amounts = tax.fee_taxes(fee_minor, place(where), on=ON)

    assert {one.authority: one.amount_minor for one in amounts} == expected
    assert all(one.platform_liable and not one.included for one in amounts)


@pytest.mark.parametrize("where", ["US", "US-PR", "US-ZZ", "US-ca", "CA", "CA-CA", "GB", ""])
def test_an_unknown_place_is_refused_and_never_free_of_tax(where: str) -> None:
    with pytest.raises(UnknownPlace):
        rates(where)
    with pytest.raises(UnknownPlace):
        tax.fee_taxes(100, place(where), on=ON)


@pytest.mark.parametrize(
    "where, on, expected",
    [
        ("CA-NS", date(2025, 3, 31), 1500),
        ("CA-NS", date(2025, 4, 1), 1400),
        ("US-LA", date(2024, 12, 31), 445),
        ("US-LA", date(2025, 1, 1), 500),
        ("US-SD", date(2027, 6, 30), 420),
        ("US-SD", date(2027, 7, 1), 450),
    ],
)
def test_the_rate_is_the_one_in_force_on_the_day(where: str, on: date, expected: int) -> None:
    (amount,) = tax.on_line(Taxed(10_000), rates(where, on=on))

    assert amount.amount_minor == expected
    with pytest.raises(UnknownPlace):
        rates(where, on=date(2023, 12, 31))


def test_half_a_cent_rounds_up_and_nothing_costs_no_tax() -> None:
    def of(amount_minor: int) -> list[int]:
        return [one.amount_minor for one in tax.on_line(Taxed(amount_minor), rates("CA-AB"))]

    assert [of(10), of(9), of(0)] == [[1], [0], [0]]
    with pytest.raises(ValueError, match="negative"):
        Taxed(-1)
    with pytest.raises(ValueError, match="negative"):
        tax.on_delivery(-1, [], ())


def test_every_state_and_province_has_dated_rates_with_a_source_or_an_explicit_none() -> None:
    assert len(tax_tables.US) == 46
    assert not tax_tables.US_NO_SALES_TAX & tax_tables.US.keys()
    assert tax_tables.US.keys() >= tax_us.DELIVERY_TAXED
    assert len(tax_tables.CA) == len(tax_tables.FEES) == 13
    for table in (*tax_tables.US.values(), *tax_tables.CA.values(), tax_tables.AU, tax_tables.NZ):
        for rate in table:
            assert 0 < rate.rate < 1
            assert rate.ends_on is None or rate.begins_on < rate.ends_on
            assert rate.source.endswith(".")
        for authority in {rate.authority for rate in table}:
            times = [rate for rate in table if rate.authority == authority]
            assert [one.ends_on for one in times[:-1]] == [one.begins_on for one in times[1:]]
            assert times[-1].ends_on is None


FILE = """region,postcode,authority,name,percent,begins_on,ends_on,on_delivery,untaxed,source
NY,10001,US-NY-NYC,New York City,4.5,2024-01-01,,1,clothing children grocery,Pub 718
NY,10001,US-NY-MCTD,,0.375,2024-01-01,,1,,Pub 718
NY,1*,US-NY-X,Somewhere,4,2024-01-01,2026-11-01,,,Pub 718
CA,*,-,,,,,,,CDTFA
"""


def local(postcode: str, state: str = "NY", on: date = ON) -> list[tuple[str, str, int]]:
    provider = tax_local.read(FILE.splitlines())
    found = tax.rates_at(Place("US", state, postcode), on=on, provider=provider)
    return [(o.authority, o.name, o.amount_minor) for o in tax.on_line(Taxed(10_000), found)]


def test_a_file_adds_the_taxes_of_the_town() -> None:
    assert local("10001-1234") == [
        ("US-NY", "Sales tax", 400),
        ("US-NY-NYC", "New York City", 450),
        ("US-NY-MCTD", "Local sales tax", 38),
    ]
    assert local("12345", on=date(2026, 10, 31))[1:] == [("US-NY-X", "Somewhere", 400)]
    assert local("12345") == [("US-NY", "Sales tax", 400)]
    assert local("90001", "CA") == [("US-CA", "Sales tax", 725)]


def test_a_town_that_the_file_does_not_name_is_refused_where_towns_may_tax() -> None:
    with pytest.raises(UnknownPlace):
        local("04001")
    assert local("04001", "ME") == [("US-ME", "Sales tax", 550)]
    assert local("", "NY") == [("US-NY", "State sales tax", 400)]


def test_without_a_file_the_tax_says_that_it_is_the_states_alone() -> None:
    names = {rate.authority: rate.name for at in ("US-NY", "US-ME") for rate in rates(at)}

    assert names == {"US-NY": "State sales tax", "US-ME": "Sales tax"}


@pytest.mark.parametrize(
    "line, wrong",
    [
        ("PR,00601,US-PR-X,,1,2024-01-01,,,,", "no state"),
        ("NY,1001,US-NY-X,,1,2024-01-01,,,,", "no ZIP"),
        ("NY,10001,NYC,,1,2024-01-01,,,,", "authority"),
        ("NY,10001,US-NY-X,,x,2024-01-01,,,,", "line 2"),
        ("NY,10001,US-NY-X,,45,2024-01-01,,,,", "percentage"),
        ("NY,10001,US-NY-X,,NaN,2024-01-01,,,,", "line 2"),
        ("NY,10001,US-NY-X,,1,soon,,,,", "soon"),
        ("NY,10001,US-NY-X,,1,2024-01-01,,,toys,", "toys"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(line: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        tax_local.read([FILE.splitlines()[0], line])


def test_a_file_without_its_columns_or_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(ValueError, match="columns"):
        tax_local.read(["zip,rate", "10001,4"])
    with pytest.raises(ValueError, match="can be read"):
        tax_local.read_file("/nonexistent.csv")
    assert tax_local.read_file("") is None


def test_a_rate_is_never_rounded_on_the_way() -> None:
    (rate,) = rates("US-MN")

    assert rate.due(1999, code=GENERAL, quantity=1) == Decimal("137.43125")
    assert rate.remits is Remits.PLATFORM
