"""What delivery costs: one price, by weight, by place, free from a sum on."""

import pytest

from vitrine.catalog.tariffs import Bracket, Fare, Kind, NotServed, Parcel, Tariff, Zone

WEIGHTS = (Bracket(500, 400), Bracket(2_000, 700))
ZONES = (
    Zone(("NY", "NJ"), (), 500, 1, 2),
    Zone((), ("900", "901"), 900, 3, 4),
    Zone(("CA",), (), 1200, 4, 6),
)


def tariff(kind: str, free_from_minor: int | None = None) -> Tariff:
    return Tariff(kind, 495, free_from_minor, 2, 5, WEIGHTS, ZONES)


@pytest.mark.parametrize(
    "kind, parcel, expected",
    [
        (Kind.FLAT, Parcel(1, 9_999, "NY"), Fare(495, 2, 5)),
        (Kind.WEIGHT, Parcel(1, 0, "NY"), Fare(400, 2, 5)),
        (Kind.WEIGHT, Parcel(1, 500, "NY"), Fare(400, 2, 5)),
        (Kind.WEIGHT, Parcel(1, 501, "NY"), Fare(700, 2, 5)),
        (Kind.ZONE, Parcel(1, 0, "NJ", "07001"), Fare(500, 1, 2)),
        (Kind.ZONE, Parcel(1, 0, "CA", "90012"), Fare(900, 3, 4)),
        (Kind.ZONE, Parcel(1, 0, "CA", "94103"), Fare(1200, 4, 6)),
        (Kind.ZONE, Parcel(1, 0, "TX"), Fare(900, 3, 4)),  # the postcode is not known yet
    ],
)
def test_the_price_goes_by_its_kind(kind: Kind, parcel: Parcel, expected: Fare) -> None:
    assert tariff(kind).fare(parcel) == expected


@pytest.mark.parametrize("kind", Kind)
def test_any_kind_may_be_free_from_a_sum_on(kind: Kind) -> None:
    assert tariff(kind, 5_000).fare(Parcel(5_000, 1, "NY")).price_minor == 0
    assert tariff(kind, 5_000).fare(Parcel(4_999, 1, "NY")).price_minor > 0


@pytest.mark.parametrize(
    "kind, parcel, why",
    [
        (Kind.WEIGHT, Parcel(9_999, 2_001, "NY"), "up to 2 kg, and this is 2.001 kg"),
        (Kind.ZONE, Parcel(9_999, 0, "TX", "75001"), "not go to that place"),
    ],
)
def test_what_is_not_served_is_refused_with_a_sentence_and_never_free(
    kind: Kind, parcel: Parcel, why: str
) -> None:
    with pytest.raises(NotServed, match=why):
        tariff(kind, 1).fare(parcel)


def test_a_canadian_postcode_is_compared_without_its_space() -> None:
    zone = Tariff(Kind.ZONE, 0, None, 1, 2, zones=(Zone((), ("K1A0",), 300, 1, 2),))

    assert zone.fare(Parcel(1, 0, "ON", "K1A 0B1")).price_minor == 300
    assert (zone.asks_postcode, tariff(Kind.WEIGHT).asks_postcode) == (True, False)
