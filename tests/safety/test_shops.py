"""A shop that is suspended: what it takes off sale, who may undo it, and what goes on."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from tests.market.selling import signed_in
from tests.safety import judged
from vitrine.accounts.models import Notice, Suspension
from vitrine.catalog import tagging
from vitrine.catalog.invariants import only_who_may_sell_sells
from vitrine.catalog.models import Merchant, Product, Role, Variant
from vitrine.catalog.tagging import NotOnSale
from vitrine.orders import checkout, handing_over, moving, wanted
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order, OrderState
from vitrine.orders.wanted import NotForSale
from vitrine.safety import judging, news, standing
from vitrine.safety.invariants import what_is_hidden_was_decided
from vitrine.safety.judging import NotForYou
from vitrine.safety.models import Case, Decision, Strike
from vitrine.safety.policy import Measure
from vitrine.safety.standing import StandsSo
from vitrine.search.models import ProductEntry

pytestmark = pytest.mark.django_db


def _ware(shop: Merchant) -> Variant:
    return make.variant(make.product(shop), stock=5)


def _suspend(shop: Merchant, **fields: Any) -> Decision:
    return standing.decide(
        shop, by=fields.pop("by", None) or judged.moderator(), reason="deceit",
        measure=fields.pop("measure", Measure.SHUT), words="Nothing was sent.", at=make.NOON,
    )  # fmt: skip


def test_a_suspended_shop_is_gone_from_sale_search_tags_and_the_checkout() -> None:
    shop = make.merchant()
    variant = _ware(shop)
    clip = make.clip()
    found = ProductEntry.objects.filter(product=variant.product)
    assert found.exists()

    _suspend(shop)

    fresh = Variant.objects.select_related("product", "merchant").get()
    assert not wanted.is_sold(fresh)
    assert not found.exists()
    assert Client().get(variant.product.get_absolute_url()).status_code == 404
    with pytest.raises(NotOnSale):
        tagging.tag(clip, variant.product, from_ms=0, until_ms=1_000, by=clip.creator)
    assert only_who_may_sell_sells().violations == []


@pytest.mark.django_db(transaction=True)
def test_what_was_read_before_a_suspension_is_not_bought_after_it() -> None:
    shop = make.merchant()
    attempt = make.attempt(_ware(shop))

    shop.suspend(at=make.NOON)

    with pytest.raises(NotForSale):
        checkout.buy(attempt, at=make.NOON)
    assert not Order.objects.exists()


def test_open_orders_go_on_while_a_shop_is_suspended() -> None:
    shop = make.merchant()
    order = make.purchase(_ware(shop)).group.orders.get()

    _suspend(shop)
    key = handing_over.ship(order, Parcel("Post", "1"), by=make.person(), at=make.NOON)
    moving.make(key, at=make.NOON)

    order.refresh_from_db()
    assert order.state == OrderState.SHIPPED
    assert Merchant.objects.get().is_suspended


def test_the_owners_are_told_why_and_their_accounts_have_no_strike() -> None:
    shop = make.merchant("Lamps")
    second = make.person()
    make.member(shop, second, Role.OWNER)

    decision = _suspend(shop)
    news.tell_author(decision)

    assert Notice.objects.filter(kind="decision").count() == 2
    assert len(mail.outbox) == 2
    assert "Nothing was sent." in mail.outbox[0].body
    assert not Strike.objects.exists()
    assert not Suspension.objects.exists()
    page = signed_in(second).get(decision.get_absolute_url()).content.decode()
    assert "Nothing of it is on sale." in page
    assert signed_in(make.person()).get(decision.get_absolute_url()).status_code == 404


def test_an_appeal_is_heard_by_another_and_restores_what_was_on_sale() -> None:
    shop = make.merchant()
    variant = _ware(shop)
    first, second, member = judged.moderator(), judged.moderator(), judged.moderator()
    make.member(shop, member, Role.OWNER)
    decision = _suspend(shop, by=first)
    text = {"text": "We sent everything, here are the numbers."}

    signed_in(member).post(f"{decision.get_absolute_url()}/appeal", text)
    case = Case.objects.get(origin="appealed")
    for unfit in (first, member):
        with pytest.raises(NotForYou):
            judging.decide(
                case, by=unfit, reason="deceit", measure=Measure.NONE, words="", at=make.NOON
            )
    page = signed_in(second).get(f"/desk/cases/{case.public_id}/").content.decode()
    judging.decide(case, by=second, reason="deceit", measure=Measure.NONE, words="", at=make.NOON)

    assert "We sent everything" in page
    assert not Merchant.objects.get().is_suspended
    assert Product.objects.on_sale().get() == variant.product
    assert what_is_hidden_was_decided().violations == []


def test_a_moderator_suspends_and_lifts_at_the_desk_and_never_their_own_shop() -> None:
    shop, own = make.merchant("Lamps"), make.merchant("Own")
    moderator = judged.moderator()
    make.member(own, moderator, Role.COUNTER)
    client = signed_in(moderator)
    typed = {"reason": "deceit", "measure": "shut", "words": "Nothing was sent."}

    silent = client.post("/desk/shops/lamps/", typed | {"words": ""})
    client.post("/desk/shops/lamps/", typed)
    listed = client.get("/desk/shops/").content.decode()
    again = client.post("/desk/shops/lamps/", typed)
    client.post("/desk/shops/lamps/", typed | {"measure": "lift"})
    theirs = client.post("/desk/shops/own/", typed)

    assert "Say to the owners why." in silent.content.decode()
    assert "Lamps" in listed
    assert again.status_code == 422
    assert theirs.status_code == 409
    measures = Decision.objects.order_by("pk").values_list("measure", flat=True)
    assert list(measures) == ["shut", "lift"]
    assert not Merchant.objects.filter(suspended_at__isnull=False).exists()
    with pytest.raises(StandsSo):
        _suspend(shop, measure=Measure.LIFT)


def test_the_database_keeps_a_member_from_judging_their_shop() -> None:
    shop = make.merchant()
    member = judged.moderator()
    make.member(shop, member, Role.COUNTER)
    case = judged.case(shop)

    with pytest.raises(IntegrityError, match="their own"), transaction.atomic():
        Decision.objects.create(
            case=case, by=member, measure="none", reason="spam", thing="It", at=make.NOON
        )


def test_a_reported_shop_comes_to_the_queue_with_its_own_measures() -> None:
    make.merchant("Lamps")

    Client().post("/report/shop/lamps", {"reason": "deceit", "note": "It never sends."})
    page = signed_in(judged.moderator()).get("/desk/").content.decode()

    assert "The shop “Lamps”" in page
    assert "Suspend the shop" in page
    assert "Remove and suspend" not in page


def test_a_second_report_does_not_lift_a_suspension() -> None:
    shop = make.merchant()
    _suspend(shop)

    judged.decided(shop, Measure.NONE, at=make.NOON + timedelta(days=1))

    shop.refresh_from_db()
    assert shop.is_suspended
