"""Postcodes, telephone numbers: what is refused, what is only asked about."""

import pytest

from vitrine.orders import phones, postcodes, regions


@pytest.mark.parametrize(
    "postcode, country, expected",
    [
        ("10001", "US", ("NY",)),
        ("06390", "US", ("CT", "NY")),  # Fishers Island, which belongs to New York
        ("20500", "US", ("DC",)),
        ("20147", "US", ("VA",)),
        ("96701", "US", ("HI",)),
        ("00501", "US", ("NY",)),
        ("00901", "US", ()),
        ("K1A 0B1", "CA", ("ON",)),
        ("X0A 0H0", "CA", ("NT", "NU")),
        ("2600", "AU", ("ACT",)),
        ("2620", "AU", ("NSW",)),
        ("0872", "AU", ("NT",)),
        ("6011", "NZ", ()),
    ],
)
def test_a_postcode_tells_where_it_lies(
    postcode: str, country: str, expected: tuple[str, ...]
) -> None:
    assert postcodes.regions_of(postcode, country) == expected


def test_every_region_has_postcodes() -> None:
    for country, most in (("US", 1000), ("AU", 10_000)):
        digits = len(str(most - 1))
        codes = (str(number).zfill(digits).ljust(5, "0") for number in range(most))
        found = {region for code in codes for region in postcodes.regions_of(code, country)}
        assert found == set(regions.NAMES[country])


@pytest.mark.parametrize(
    "text, country, expected",
    [
        ("k1a0b1", "CA", "K1A 0B1"),
        (" k1a  0b1 ", "CA", "K1A 0B1"),
        ("12207-1234", "US", "12207-1234"),
        ("0600", "NZ", "0600"),
    ],
)
def test_a_postcode_is_tidied_and_checked(text: str, country: str, expected: str) -> None:
    tidy = regions.tidy_postcode(text, country)

    assert tidy == expected
    assert regions.is_postcode(tidy, country)


@pytest.mark.parametrize(
    "text, country", [("D1A 0B1", "CA"), ("K1O 0B1", "CA"), ("1220", "US"), ("60111", "NZ")]
)
def test_what_is_no_postcode_is_none(text: str, country: str) -> None:
    assert not regions.is_postcode(text, country)


@pytest.mark.parametrize(
    "text, country, expected",
    [
        ("(518) 555-0100", "US", "+15185550100"),
        ("613.555.0100", "CA", "+16135550100"),
        ("021 234 5678", "NZ", "+64212345678"),
        ("04 1234 5678", "AU", "+61412345678"),
        ("+49 30 123456", "NZ", "+4930123456"),
    ],
)
def test_a_telephone_number_is_kept_as_the_world_writes_it(
    text: str, country: str, expected: str
) -> None:
    assert phones.normalise(text, country) == expected


@pytest.mark.parametrize("country", phones.EXAMPLES)
def test_the_examples_are_numbers(country: str) -> None:
    assert phones.normalise(phones.EXAMPLES[country], country).startswith("+")


@pytest.mark.parametrize("text", ["12", "call me", "518 555 0100 ext. 5", "5" * 25])
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(phones.BadPhone, match=r"Write it like \(518\) 555-0100"):
        phones.normalise(text, "US")
