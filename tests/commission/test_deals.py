"""Offers to creators: who may take them, at which rate, and what is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from vitrine.accounts.models import Notice, Person
from vitrine.catalog.models import Role, Stock, StockMovement
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.commission import offering, sampling
from vitrine.commission.models import Deal, DealRate, Link, Sample, SampleState
from vitrine.commission.models.deal import NotOfferedAnyMore, OfferedAlready, OwnShop, best
from vitrine.commission.models.sample import Answered, AskedAlready, NotYours
from vitrine.commission.sampling import ADDRESS_KEPT, LAPSES, Parcel

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(whom: Person) -> list[str]:
    return [
        item.rpartition(":")[2]
        for item in Notice.objects.filter(person=whom).order_by("pk").values_list("item", flat=True)
    ]


def test_an_offer_is_taken_changed_and_withdrawn() -> None:
    owner, ada, ben = make.person(), make.person(), make.person()
    shop = make.merchant(owner=owner)
    lamp, mug = make.product(shop), make.product(shop)
    on_all = offering.offer(shop, product=None, creator=None, rate_bp=500, by=owner, at=make.NOON)
    on_lamp = offering.offer(
        shop, product=lamp, creator=None, rate_bp=1_000, by=owner, at=make.NOON
    )
    for_ada = offering.offer(shop, product=lamp, creator=ada, rate_bp=1_200, by=owner, at=make.NOON)
    with pytest.raises(OfferedAlready):
        offering.offer(shop, product=lamp, creator=ada, rate_bp=900, by=owner, at=make.NOON)
    with pytest.raises(OwnShop):
        offering.offer(shop, product=mug, creator=owner, rate_bp=900, by=owner, at=make.NOON)
    assert told(ada) == ["offered"]

    # Open offers are everybody's but the shop's own; a targeted one is its creator's.
    assert set(Deal.objects.open_to(ada)) == {on_all, on_lamp, for_ada}
    assert set(Deal.objects.open_to(ben)) == {on_all, on_lamp}
    assert set(Deal.objects.open_to(owner)) == set()
    assert set(Deal.objects.on(mug)) == {on_all}
    with pytest.raises(NotOfferedAnyMore):
        for_ada.take(by=ben, at=make.NOON)
    with pytest.raises(OwnShop):
        on_lamp.take(by=owner, at=make.NOON)

    link = on_all.take(by=ada, at=make.NOON)
    assert on_all.take(by=ada, at=make.NOON + DAY) == link
    mine = [link, on_lamp.take(by=ada, at=make.NOON), for_ada.take(by=ada, at=make.NOON)]
    for one in mine:
        one.refresh_from_db()

    def rate_of(product: object, days: int) -> int:
        links = list(Link.objects.filter(creator=ada).with_rates())
        found = best(links, getattr(product, "pk", 0), at=make.NOON + days * DAY)
        return found[1].bp if found else 0

    assert (rate_of(lamp, 0), rate_of(mug, 0)) == (1_200, 500)

    # A cut waits 30 days and is told; a rise counts at once.
    offering.change(for_ada, 600, by=owner, at=make.NOON + DAY)
    offering.change(on_all, 700, by=owner, at=make.NOON + DAY)
    offering.change(on_all, 700, by=owner, at=make.NOON + DAY)  # nothing new, nothing told
    assert told(ada) == ["offered", "cut", "raised"]
    assert (rate_of(lamp, 30), rate_of(lamp, 31)) == (1_200, 1_000)
    assert rate_of(mug, 1) == 700

    # Withdrawn: nobody takes it any more, and who has it keeps it for 30 days.
    offering.withdraw(on_lamp, by=owner, at=make.NOON + 2 * DAY)
    with pytest.raises(NotOfferedAnyMore):
        on_lamp.take(by=ben, at=make.NOON + 3 * DAY)
    with pytest.raises(NotOfferedAnyMore):
        offering.change(on_lamp, 2_000, by=owner, at=make.NOON + 3 * DAY)
    assert (rate_of(lamp, 31), rate_of(lamp, 32)) == (1_000, 700)
    offering.offer(shop, product=lamp, creator=None, rate_bp=100, by=owner, at=make.NOON)

    # Left: what is sold later earns nothing.
    link.leave(at=make.NOON + 5 * DAY)
    assert (rate_of(mug, 4), rate_of(mug, 5)) == (700, 0)
    assert Link.objects.at(make.NOON + 5 * DAY).filter(pk=link.pk).count() == 0
    assert on_all.take(by=ada, at=make.NOON + 6 * DAY) != link


def test_what_was_offered_is_never_changed() -> None:
    owner = make.person()
    shop = make.merchant(owner=owner)
    deal = offering.offer(shop, product=None, creator=None, rate_bp=500, by=owner, at=make.NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        DealRate.objects.update(rate_bp=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DealRate.objects.create(deal=deal, rate_bp=8_001, by=owner, at=make.NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deal.objects.update(product=make.product(shop))
    with pytest.raises(IntegrityError), transaction.atomic():
        deal.delete()


def test_a_sample_is_asked_for_agreed_to_and_sent_and_is_no_sale() -> None:
    owner, ada = make.person(), make.person()
    shop = make.merchant(owner=owner)
    lamp = make.variant(make.product(shop), stock=2)
    other = make.variant(make.product(shop))
    stock = lamp.stock.get()
    deal = offering.offer(
        shop, product=lamp.product, creator=None, rate_bp=500, by=owner, at=make.NOON
    )
    link = deal.take(by=ada, at=make.NOON)
    said: dict[str, Any] = {"address": "Ada\n1 Elm Street", "note": "For a clip", "at": make.NOON}
    with pytest.raises(NotYours):
        sampling.ask(link, other.product, **said)
    asked = sampling.ask(link, lamp.product, **said)
    with pytest.raises(AskedAlready):
        sampling.ask(link, lamp.product, **said)
    assert told(owner)[-1] == "asked"

    parcel = Parcel(lamp, stock.location, "Post", "123")
    with pytest.raises(Answered):
        sampling.send(asked, parcel, by=owner, at=make.NOON)
    sampling.answer(asked, is_agreed=True, words="Gladly", by=owner, at=make.NOON)
    with pytest.raises(ValueError, match="what was asked for"):
        sampling.send(asked, Parcel(other, stock.location), by=owner, at=make.NOON)

    # What buyers were promised is not given away.
    make.purchase(lamp, quantity=2)
    with pytest.raises(SoldOut):
        sampling.send(asked, parcel, by=owner, at=make.NOON)
    asked.refresh_from_db()
    assert asked.state == SampleState.AGREED
    make.stocked(lamp, 1, at=make.location(shop))
    spare = lamp.stock.exclude(pk=stock.pk).get()
    sampling.send(asked, Parcel(lamp, spare.location, "Post", "1"), by=owner, at=make.NOON)
    with pytest.raises(Answered):
        sampling.send(asked, parcel, by=owner, at=make.NOON)
    assert Stock.objects.get(pk=spare.pk).on_hand == 0
    moved = StockMovement.objects.get(stock=spare, reason="sample")
    assert (moved.quantity, moved.by) == (-1, owner)
    assert told(ada) == ["agreed", "sent"]

    # Its address is forgotten once nothing is left to be said of it.
    assert sampling.forget_addresses(at=make.NOON + ADDRESS_KEPT) == 0
    assert sampling.forget_addresses(at=make.NOON + ADDRESS_KEPT + DAY) == 1
    assert Sample.objects.get().address == ""


def test_a_sample_that_nobody_speaks_of_any_more_lapses_and_its_address_goes() -> None:
    owner, ada = make.person(), make.person()
    shop = make.merchant(owner=owner)
    deal = offering.offer(shop, product=None, creator=None, rate_bp=500, by=owner, at=make.NOON)
    link = deal.take(by=ada, at=make.NOON)
    asked, agreed = (
        sampling.ask(link, make.product(shop), address="1 Elm Street", note="", at=make.NOON)
        for _ in range(2)
    )
    sampling.answer(agreed, is_agreed=True, words="Soon", by=owner, at=make.NOON + DAY)

    assert sampling.lapse(at=make.NOON + LAPSES) == 0
    assert sampling.lapse(at=make.NOON + LAPSES + DAY) == 1
    assert sampling.lapse(at=make.NOON + LAPSES + 2 * DAY) == 1
    assert sampling.forget_addresses(at=make.NOON + LAPSES + ADDRESS_KEPT + 3 * DAY) == 2

    for one, words in ((asked, ""), (agreed, "Soon")):
        one.refresh_from_db()
        assert (one.state, one.answer, one.address) == (SampleState.DECLINED, words, "")
    assert told(ada)[-2:] == ["declined", "declined"]


def test_a_declined_sample_may_be_asked_for_again() -> None:
    owner, ada = make.person(), make.person()
    shop = make.merchant(owner=owner)
    make.member(shop, make.person(), Role.ORDERS)
    lamp = make.product(shop)
    deal = offering.offer(shop, product=None, creator=None, rate_bp=500, by=owner, at=make.NOON)
    link = deal.take(by=ada, at=make.NOON)
    asked = sampling.ask(link, lamp, address="Here", note="", at=make.NOON)
    sampling.answer(asked, is_agreed=False, words="None left", by=owner, at=make.NOON)
    with pytest.raises(Answered):
        sampling.answer(asked, is_agreed=True, words="", by=owner, at=make.NOON)

    again = sampling.ask(link, lamp, address="Here", note="Please", at=make.NOON + DAY)
    assert again.state == SampleState.ASKED
    assert told(ada) == ["declined"]
    link.leave(at=make.NOON + DAY)
    link.refresh_from_db()
    with pytest.raises(NotYours):
        sampling.ask(link, make.product(shop), address="", note="", at=make.NOON + DAY)
