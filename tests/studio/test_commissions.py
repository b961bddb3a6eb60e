"""A creator's commissions and earnings: taken, left, samples asked for, every cent explained."""

from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.commission.work import DAY, Scene, bought, commission, reckoned, scene, shipped
from vitrine.commission import offering, reckoning
from vitrine.commission.models import Link, Sample
from vitrine.orders import handing_over, promoting
from vitrine.orders.models import Address, Dispute, OrderLine
from vitrine.orders.offering import Terms
from vitrine.orders.offering import offer as promote

pytestmark = pytest.mark.django_db


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def it(client: Client) -> Scene:
    arranged = scene()
    client.force_login(arranged.creator)
    return arranged


def test_an_offer_is_found_taken_and_left(client: Client, it: Scene) -> None:
    mine: dict[str, Any] = {"creator": it.creator, "by": it.owner, "at": make.NOON}
    mug = make.product(it.shop, title="Stone mug")
    make.variant(mug, stock=1)
    for_me = offering.offer(it.shop, product=mug, rate_bp=2_000, **mine)
    other = make.merchant("Rug House", owner=make.person())
    theirs = offering.offer(
        other, product=None, creator=None, rate_bp=500, by=it.owner, at=make.NOON
    )
    offering.offer(
        other, product=None, creator=make.person(), rate_bp=6_666, by=it.owner, at=make.NOON
    )

    page = read(client, "/studio/commissions/")
    assert all(said in page for said in ("Stone mug", "For you alone", "20%", "Rug House"))
    assert "66.66%" not in page  # for somebody else
    found = read(client, "/studio/commissions/?q=rug+house")
    assert "Rug House" in found
    assert "Stone mug" not in found

    # It can be taken where the product is put on a clip, and says there what it earns.
    make.tag(it.clip, mug)
    path = f"/studio/clips/{it.clip.public_id}/"
    assert "You earn nothing by it yet." in read(client, path)
    taken = client.post(f"/studio/commissions/{for_me.public_id}/", {"clip": it.clip.public_id})
    assert taken["Location"] == path
    assert "You earn 20% of what is paid for it here." in read(client, path)
    client.post(f"/studio/commissions/{for_me.public_id}/", {"method": "delete"})
    assert not Link.objects.standing().filter(deal=for_me).exists()
    client.force_login(it.owner)
    assert client.post(f"/studio/commissions/{it.deal.public_id}/").status_code == 409
    assert client.post(f"/studio/commissions/{theirs.public_id}/").status_code == 302


def test_viewers_are_told_that_a_clip_earns(client: Client, it: Scene) -> None:
    said = "earns a commission on what you buy here"
    plain = make.clip(it.creator)
    make.tag(plain, make.product())

    assert said in read(client, f"/v/{it.clip.public_id}")
    assert said not in read(client, f"/v/{plain.public_id}")
    client.post(f"/studio/commissions/{it.deal.public_id}/", {"method": "delete"})
    assert said not in read(client, f"/v/{it.clip.public_id}")


def test_a_sample_is_asked_for_from_the_address_book(client: Client, it: Scene) -> None:
    path = f"/studio/commissions/{it.deal.public_id}/sample/"
    assert "Your address book is empty" in read(client, path)
    home = Address.objects.create(
        person=it.creator, name="Ada", line1="5 Elm Street", city="Albany", region="NY",
        postcode="12207", used_at=make.NOON,
    )  # fmt: skip
    typed = {"product": it.lamp.product.public_id, "place": home.mark, "note": "Moths"}
    for wrong in ({"place": "elsewhere"}, {"product": make.product(it.shop).public_id}):
        refused = client.post(path, typed | wrong)
        assert refused.status_code == 422
        assert 'value="Moths"' in refused.content.decode()
    assert client.post(path, typed)["Location"] == "/studio/commissions/"
    assert Sample.objects.get().address == "Ada\n5 Elm Street\nAlbany NY 12207"
    again = client.post(path, typed)
    assert again.status_code == 422
    assert "You have asked for a sample of this already." in again.content.decode()
    assert "Asked for" in read(client, "/studio/commissions/")


def test_every_cent_of_a_commission_is_explained(client: Client, it: Scene) -> None:
    promote(
        Terms("Autumn", promoting.Gift.PERCENT, percent=10), merchant=it.shop, at=make.NOON - DAY
    )
    order = bought(it)
    page = read(client, "/studio/earnings/")
    assert all(said in page for said in (it.lamp.product.title, "$9.00", "Not sent yet"))
    shipped(order)
    OrderLine.objects.filter(order=order).update(met_at=make.NOON - 2 * DAY)
    Dispute.objects.create(
        payment=order.group.payment, order=order, provider="sandbox", reference="dp",
        currency="USD", amount_minor=3_000, reason="fraud", state="lost", opened_at=make.NOON,
        closed_at=make.NOON,
    )  # fmt: skip
    reckoned(order, at=make.NOON)

    one = commission(order)
    page = read(client, one.get_absolute_url())
    # 100.00 − 10.00 at 10 %; 30.00 of 94.95 + 3.80 tax went back: 62.66 of 90.00 is left.
    left = 9_000 - round(9_000 * 3_000 / order.total_minor)
    for said in ("$100.00", "−$10.00", "$90.00", "× 10%", f"${left / 100:.2f}", "Commission now"):
        assert said in page, said
    assert f"{left / 1000:.3f}" in page  # before it was rounded
    assert "put the product into the bag from the clip" in page
    assert "Becomes available, 15 days after delivery" in page
    assert "bea@example.org" not in page  # who bought it is nobody's business

    assert one.due_at is not None
    reckoning.sweep(at=one.due_at)
    assert "Available" in read(client, "/studio/earnings/")
    cancelled = bought(it)
    handing_over.cancel(cancelled, by=None, at=make.NOON, reason="")
    assert "Cancelled" in read(client, "/studio/earnings/")
    client.force_login(it.owner)
    assert client.get(one.get_absolute_url()).status_code == 404
    assert "Nothing sold yet" in read(client, "/studio/earnings/")
