"""Several addresses of one person: kept, changed, put first, chosen on the sheet."""

import pytest
from django.test import Client

from tests import make
from tests.orders.work import run_jobs
from tests.shop.test_buying import GUEST, HTMX, hidden, sheet
from vitrine.accounts.models import Person
from vitrine.orders import keeping
from vitrine.orders.models import Address, OrderGroup

pytestmark = pytest.mark.django_db
URL = "/orders/kept/address"
HOME = {
    "name": "Bea",
    "line1": "5 Elm Street",
    "line2": "",
    "city": "Albany",
    "region": "NY",
    "postcode": "12207",
    "phone": "(518) 555-0100",
}
WORK = HOME | {"line1": "1 Main Street", "city": "Los Angeles", "region": "CA", "postcode": "90012"}


@pytest.fixture
def bea(client: Client) -> Person:
    made = make.person()
    client.force_login(made)
    return made


def test_addresses_are_kept_changed_and_put_first(client: Client, bea: Person) -> None:
    client.post(URL, HOME | {"is_first": "on"})
    client.post(URL, WORK | {"is_first": "on"})
    client.post(URL, WORK)  # the same again, no longer first
    home, work = Address.objects.order_by("pk")
    client.post(URL, HOME | {"mark": home.mark, "line2": "Flat 2"})

    home.refresh_from_db()
    assert (home.line2, home.phone, home.first_at) == ("Flat 2", "+15185550100", None)
    assert work.city == "Los Angeles"
    assert Address.objects.count() == 2
    assert "Flat 2" in client.get("/orders/kept").content.decode()


def test_a_change_into_another_kept_address_leaves_one(client: Client, bea: Person) -> None:
    client.post(URL, HOME)
    client.post(URL, WORK)
    home = Address.objects.get(city="Albany")

    client.post(URL, WORK | {"mark": home.mark})

    assert [one.city for one in keeping.addresses(bea)] == ["Los Angeles"]


def test_a_postcode_of_elsewhere_is_asked_about_once(client: Client, bea: Person) -> None:
    typed = HOME | {"region": "TX"}

    asked = client.post(URL, typed)
    sure = client.post(URL, typed | {"sure": "TX 12207"})

    page = asked.content.decode()
    assert asked.status_code == 422
    assert "12207 is usually in New York. If Texas is right, press again." in page
    assert 'name="sure" value="TX 12207"' in page
    assert sure.status_code == 302
    assert Address.objects.get().region == "TX"


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"phone": "12"}, "This is not a telephone number."),
        ({"postcode": "1220"}, "A postcode here looks like 12345."),
        ({"region": "ZZ"}, "Select a valid choice"),
        ({"line1": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client: Client, bea: Person, wrong: dict[str, str], said: str
) -> None:
    answer = client.post(URL, HOME | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="Albany"' in page
    assert not Address.objects.exists()


def test_the_book_is_full_at_some_time(client: Client, bea: Person) -> None:
    for number in range(keeping.MOST):
        keeping.write(bea, {**HOME, "line1": f"{number} Elm Street"}, at=make.NOON)

    answer = client.post(URL, HOME)

    assert answer.status_code == 422
    assert "Remove one first." in answer.content.decode()


def test_another_kept_address_is_filled_in_on_the_sheet(client: Client, bea: Person) -> None:
    make.purchase(make.variant(stock=1), buyer=bea)
    run_jobs()
    keeping.write(bea, WORK, at=make.NOON)
    lamp = make.variant(stock=1)
    page = sheet(client, lamp)
    work = Address.objects.get(city="Los Angeles")

    filled = client.post(
        "/checkout", {**GUEST, **hidden(page), "fill": "1", "address": work.mark}, headers=HTMX
    ).content.decode()
    sent = {**hidden(filled), **WORK, "email": bea.email, "card": GUEST["card"]}
    bought = client.post("/checkout", sent, headers=HTMX)

    assert 'value="1 Main Street"' in filled
    assert "hx-preserve" not in filled
    assert bought.status_code == 200
    assert OrderGroup.objects.latest("pk").city == "Los Angeles"
