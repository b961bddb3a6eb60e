"""A gift card under kills and rivals: it pays once, and never more than it has."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.orders.cards import LATER, ONE, card, sound
from tests.orders.money import at_bank
from tests.orders.test_kills import killed_before
from tests.races import losers, race, winners
from vitrine.orders import checkout, handing_over, moving
from vitrine.orders.covering import Wish
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order, Purse

STEPS = (2, 4, 6, 8, 11, 14, 18, 23)
"""Statements before which a purchase, and then a hand-over, is killed."""


@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_a_card_pays_once_or_not_at_all() -> None:
    lamp = make.variant(stock=100)
    gift, code = card(100 * ONE)
    wish = Wish((code,), who="v_somebody")
    presses = [make.attempt(lamp, wish=wish, shown_asked_minor=0) for _ in STEPS]
    for step, press in zip(STEPS, presses, strict=True):
        killed_before(step, partial(checkout.buy, press, at=make.NOON))
        checkout.buy(press, at=make.NOON)
        gift.refresh_from_db()
        assert gift.held_minor == ONE * Order.objects.count(), f"killed before statement {step}"
    orders = Order.objects.order_by("pk")
    keys = [handing_over.ship(one, Parcel(), by=make.person(), at=LATER) for one in orders]

    for step, key in zip(STEPS, keys, strict=True):
        killed_before(step, partial(moving.make, key, at=LATER))
        assert moving.make(key, at=LATER).state == "done", f"killed before statement {step}"

    assert sound()
    assert at_bank() == {}


@pytest.mark.django_db(transaction=True)
def test_a_card_spent_by_many_at_one_moment_never_pays_more_than_it_has() -> None:
    lamp = make.variant(stock=9)
    gift, code = card(3000)
    attempts = [
        make.attempt(lamp, wish=Wish((code,), who=f"v_{number}"), shown_asked_minor=0)
        for number in range(4)
    ]

    results = race(4, lambda number: checkout.buy(attempts[number], at=make.NOON))

    assert (len(winners(results)), len(losers(results))) == (1, 3)
    gift.refresh_from_db()
    assert gift.held_minor == ONE
    assert Order.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Purse.objects.filter(pk=gift.pk).update(held_minor=3001)
