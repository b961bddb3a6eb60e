"""Which place a parcel is promised from: the merchant's rules, at the till."""

import pytest

from tests import make
from vitrine.catalog.models import Location, LocationKind, Variant
from vitrine.orders.models import Reservation

pytestmark = pytest.mark.django_db


def stocked(lamp: Variant, on_hand: int, **fields: object) -> Location:
    place = make.location(lamp.merchant, LocationKind.STORE, **fields)
    make.stocked(lamp, on_hand, at=place)
    return place


def promised_from(*lamps: Variant, **fields: object) -> list[Location]:
    payment = make.purchase(*lamps, **fields)
    held = Reservation.objects.filter(line__order__group=payment.group)
    return [one.stock.location for one in held.select_related("stock__location").order_by("pk")]


def test_a_parcel_leaves_from_nearby_and_from_one_place_if_it_can() -> None:
    lamp = make.variant()
    mug = make.variant(lamp.product)
    far, near = stocked(lamp, 5, region="CA"), stocked(lamp, 5, region="NY")
    make.stocked(mug, 5, at=far)

    assert promised_from(lamp) == [near]
    assert promised_from(lamp, mug) == [far, far]


def test_the_merchants_turns_come_first_where_it_says_so_and_some_places_send_nothing() -> None:
    lamp = make.variant()
    near, first = stocked(lamp, 5, region="NY"), stocked(lamp, 5, region="CA", priority=1)
    shut = stocked(lamp, 9, region="NY", priority=1, ships=False)
    lamp.merchant.routing = "priority nearest parcels"
    lamp.merchant.save()

    assert promised_from(lamp) == [first]
    assert set(promised_from(lamp, quantity=7)) == {first, near}  # one statement writes both
    assert promised_from(lamp, store=shut) == [shut]
