"""The page of a shop's commissions: offered, changed, withdrawn, and samples answered and sent."""

import pytest
from django.test import Client

from tests import make
from tests.commission.work import bought, shipped
from tests.commission.work import scene as arranged
from tests.market.selling import url
from vitrine.catalog.models import Merchant, Role
from vitrine.commission import sampling
from vitrine.commission.models import Deal, DealRate, Link, SampleState
from vitrine.surfaces.market import commission_page

pytestmark = pytest.mark.django_db


def test_a_commission_is_offered_changed_and_withdrawn(client: Client, shop: Merchant) -> None:
    lamp, ada = make.product(shop, title="Brass lamp"), make.person("ada")
    typed = {"product": "brass LAMP", "creator": "@Ada", "percent": "12.5"}
    client.post(url("commissions", shop), typed)
    made = Deal.objects.get()
    assert (made.product, made.creator, made.rate_bp) == (lamp, ada, 1_250)

    one = url("commission", shop, made.public_id)
    refused = client.post(one, {"percent": "81"})
    assert refused.status_code == 422
    assert 'value="81"' in refused.content.decode()
    client.post(one, {"percent": "15"})
    client.post(one, {"method": "delete"})
    made.refresh_from_db()
    assert list(DealRate.objects.order_by("pk").values_list("rate_bp", flat=True)) == [
        1250,
        1500,
        0,
    ]
    assert made.withdrawn_at is not None
    assert "Withdrawn" in client.get(url("commissions", shop)).content.decode()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"product": "Nothing"}, "You sell nothing of that name."),
        ({"product": "Twin"}, "Several products have that name."),
        ({"creator": "@nobody"}, "Nobody here has that handle."),
        ({"creator": "@worker"}, "People of the shop earn no commission"),
        ({"percent": ""}, "This field is required."),
        ({"percent": "0"}, "greater than or equal to 0.01"),
        ({"percent": "80.01"}, "less than or equal to 80"),
        ({"percent": "1.234"}, "no more than 2 decimal places"),
        ({"percent": "NaN"}, "Enter a number."),
        ({"product": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_offered_is_refused_and_stays_typed(
    client: Client, shop: Merchant, wrong: dict[str, str], said: str
) -> None:
    for _ in range(2):
        make.product(shop, title="Twin")
    make.member(shop, make.person("worker"), Role.ORDERS)
    typed = {"product": "", "creator": "", "percent": "10"} | wrong

    answer = client.post(url("commissions", shop), typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'value="{next(iter(wrong.values()))}"' in page or not next(iter(wrong.values()))
    assert not Deal.objects.exists()


def test_a_shop_sees_who_sells_what_and_sends_samples(client: Client) -> None:
    it = arranged()
    order = shipped(bought(it))
    client.force_login(it.owner)
    link = Link.objects.get()
    asked = sampling.ask(link, it.lamp.product, address="1 Elm Street", note="Moths", at=make.NOON)

    page = client.get(url("commissions", it.shop)).content.decode()
    assert all(said in page for said in ("$100.00", "$10.00", "Moths", f"@{it.creator.handle}"))
    assert "1 Elm Street" not in page  # before it is agreed to
    seen = client.get(url("order", it.shop, order.public_id)).content.decode()
    assert "Creator’s commission" in seen
    assert "$88.95" in seen

    long = client.post(url("sample_answer", it.shop, asked.public_id), {"answer": "Moths " * 60})
    assert long.status_code == 422
    assert "Moths Moths" in long.content.decode()
    assert "at most 300 characters" in long.content.decode()
    client.post(url("sample_answer", it.shop, asked.public_id), {"is_agreed": "on"})
    assert "1 Elm Street" in client.get(url("commissions", it.shop)).content.decode()
    parcel = url("sample_parcel", it.shop, asked.public_id)
    refused = client.post(parcel, {"of": "elsewhere", "tracking": "1Z"})
    assert refused.status_code == 422
    assert 'value="1Z"' in refused.content.decode()
    shelf = it.lamp.stock.get()
    place = f"{it.lamp.public_id} {shelf.location.public_id}"
    client.post(parcel, {"of": place, "carrier": "Post", "tracking": "1Z"})
    asked.refresh_from_db()
    assert (asked.state, asked.tracking, asked.variant) == (SampleState.SENT, "1Z", it.lamp)
    assert client.post(parcel, {"of": place}).status_code == 409


def test_samples_that_wait_are_shown_however_many_came_after(
    shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commission_page, "MOST_SAMPLES", 1)
    link = Deal.offer(
        shop, product=None, creator=None, rate_bp=500, by=make.person(), at=make.NOON
    ).take(by=make.person(), at=make.NOON)
    waits, over = (
        sampling.ask(link, make.product(shop), address="Here", note="", at=make.NOON)
        for _ in range(2)
    )
    sampling.answer(over, is_agreed=False, words="", by=make.person(), at=make.NOON)

    assert [one.sample for one in commission_page.samples(shop, {})] == [waits, over]
