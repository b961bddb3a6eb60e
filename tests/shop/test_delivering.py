"""Where it goes decides: what delivery costs, whether it goes there, which town's tax it bears."""

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from tests import make
from tests.shop.test_buying import GUEST, HTMX, hidden, sheet
from vitrine.catalog.models import DeliveryOption, Variant
from vitrine.orders import offering, tax_local
from vitrine.orders.models import Order, OrderTax
from vitrine.orders.offering import Terms
from vitrine.orders.promoting import Gift

pytestmark = pytest.mark.django_db

FILE = """region,postcode,authority,name,percent,begins_on,ends_on,on_delivery,untaxed,source
NY,10001,US-NY-NYC,New York City,4.5,2024-01-01,,1,,Pub 718
NY,*,-,,,,,,,Pub 718
"""


def zone(price_minor: int, *regions: str, postcodes: list[str] | None = None) -> dict[str, object]:
    return {
        "regions": regions,
        "postcodes": postcodes or [],
        "price_minor": price_minor,
        "days_from": 1,
        "days_until": 2,
    }


def lamp(**delivery: object) -> Variant:
    made = make.variant(stock=5, weight_g=3_000)
    DeliveryOption.objects.filter(merchant=made.merchant).update(**delivery)
    return made


def press(client: Client, page: str, **typed: str) -> HttpResponse:
    sent = {**GUEST, **hidden(page), **typed}
    return client.post("/checkout", sent, headers=HTMX)  # type: ignore[return-value]


def test_a_place_that_is_not_served_is_said_and_another_can_be_named(client: Client) -> None:
    made = lamp(kind="zone", price_minor=900, zones=[zone(900, "CA")])

    page = sheet(client, made)
    refused = press(client, page).content.decode()
    bought = press(client, refused, region="CA", postcode="94103")

    said = "“Standard” is not offered for this: It does not go to that place."
    assert said in page
    assert said in refused
    assert 'value="5 Elm Street"' in refused
    assert bought.status_code == 200
    assert Order.objects.get(placed_at__isnull=False).delivery_minor == 900


def test_the_postcode_decides_the_price_and_a_new_total_is_asked_about(client: Client) -> None:
    near, far = zone(300, postcodes=["122"]), zone(1900, "NY")
    made = lamp(kind="zone", price_minor=300, zones=[near, far])

    page = sheet(client, made)
    changed = press(client, page, postcode="10001")
    again = press(client, changed.content.decode(), postcode="10001")

    assert changed.status_code == 409
    assert "The total has changed" in changed.content.decode()
    assert 'value="10001"' in changed.content.decode()
    assert again.status_code == 200
    assert Order.objects.get().delivery_minor == 1900


def test_what_is_too_heavy_is_refused_by_that_way_only(client: Client) -> None:
    made = lamp(kind="weight", brackets=[{"up_to_g": 2_000, "price_minor": 100}])
    DeliveryOption.objects.create(merchant=made.merchant, name="Freight", price_minor=4_000)

    page = sheet(client, made)

    assert "Standard: It takes up to 2 kg, and this is 3 kg." in page
    assert press(client, page).status_code == 200
    assert Order.objects.get().delivery_name == "Freight"


def test_a_town_s_tax_is_in_the_total_as_soon_as_the_postcode_is_known(
    client: Client, settings: LazySettings
) -> None:
    settings.VITRINE_TAX_RATES = tax_local.read(FILE.splitlines())
    made = make.variant(stock=2)

    page = sheet(client, made)
    drawn = press(client, page, postcode="10001", update="1").content.decode()
    bought = press(client, drawn, postcode="10001")

    assert "State sales tax" in page
    assert "Sales tax + New York City" in drawn
    assert bought.status_code == 200
    assert dict(OrderTax.objects.values_list("authority", "amount_minor")) == {
        "US-NY": 100,
        "US-NY-NYC": 112,
    }


def test_a_code_is_typed_on_the_sheet_and_says_why_it_does_not_count(client: Client) -> None:
    made = make.variant(stock=2)
    terms = Terms("Ten", Gift.PERCENT, percent=10, code="TEN")
    offering.offer(terms, merchant=made.merchant, at=make.NOON)
    page = sheet(client, made)

    wrong = press(client, page, voucher="elf", update="1").content.decode()
    pressed = press(client, page, voucher="elf")
    right = press(client, page, voucher="ten", update="1").content.decode()
    bought = press(client, right, voucher="ten")

    assert "There is no such code here." in wrong
    assert 'name="voucher" value="elf"' in wrong
    assert pressed.status_code == 409
    assert "−$2.00" in right
    assert bought.status_code == 200
    assert Order.objects.get(placed_at__isnull=False).discount_minor == 200
