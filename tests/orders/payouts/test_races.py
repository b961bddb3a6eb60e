"""Two runs at one moment pay once."""

from datetime import date

import pytest

from tests import make
from tests.orders.payouts.work import DAY, agreed, banked, holds, sold
from tests.races import losers, race
from vitrine.orders import handing_over, moving
from vitrine.orders.models import Payout, Release
from vitrine.orders.payouts import invariants, planning, releasing

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_payout_runs_at_once_pay_once() -> None:
    shop = make.merchant()
    agreed(shop, return_days=0, next_on=date(2026, 11, 20))
    banked(shop, at=make.NOON - 2 * DAY)
    sold(shop, 10_000)
    releasing.release_due(at=make.NOON)

    results = race(4, lambda _: planning.plan_due(at=make.NOON))

    assert losers(results) == []
    assert Payout.objects.get().amount_minor == 9_895
    assert holds(shop) == {"transit": 9_895}


def test_a_refund_and_a_release_at_once_take_the_money_out_of_one_place() -> None:
    shop = make.merchant()
    agreed(shop, return_days=0)
    order = sold(shop, 10_000)
    release = Release.objects.get()
    key = handing_over.refund(order, by=make.person(), at=make.NOON, reason="")

    def act(number: int) -> None:
        if number:
            releasing.release(release.pk, at=make.NOON)
        else:
            moving.make(key, at=make.NOON)

    results = race(2, act)

    assert losers(results) == []
    assert holds(shop) == {}
    assert invariants.releases_add_up().violations == []
