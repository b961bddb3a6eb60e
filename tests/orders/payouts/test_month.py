"""A month of three shops: sales, refunds, a reserve, a bounced payout and a debt, to the cent."""

from datetime import date

import pytest

from tests import make
from tests.orders.money import balances
from tests.orders.payouts.work import DAY, agreed, banked, holds, payee, refunded, sold
from vitrine.accounts.models import Notice
from vitrine.accounts.telling import Kind
from vitrine.kernel.invariants import REGISTER
from vitrine.ledger import chain, closing
from vitrine.ledger import invariants as ledger_invariants
from vitrine.orders import invariants as orders_invariants
from vitrine.orders.models import Payout, Release
from vitrine.orders.payouts import banking, clawing_back, paying, planning, releasing

pytestmark = pytest.mark.django_db
ASKED = (ledger_invariants, orders_invariants)
"""Imported for what they register."""


def test_a_month_of_three_shops_comes_out_to_the_cent() -> None:
    lamps, mugs, rugs = (make.merchant(name) for name in ("Lamps", "Mugs", "Rugs"))
    for shop in (lamps, mugs, rugs):
        agreed(shop, return_days=7, next_on=date(2026, 11, 23))
        banked(shop)
    agreed(rugs, reserve_percent=10, reserve_days=20)

    # The first day: 100.00, 50.00, 200.00, each with 4.95 of delivery; the fee is 6 % of the goods.
    lamp, mug, rug = sold(lamps, 10_000), sold(mugs, 5_000), sold(rugs, 20_000)
    shares = {lamps: 9_895, mugs: 5_195, rugs: 19_295}
    assert {shop: holds(shop) for shop in shares} == {
        shop: {"pending": share} for shop, share in shares.items()
    }
    refunded(mug, at=make.NOON + 2 * DAY)  # before its release: out of what is pending
    assert holds(mugs) == {}

    # Nothing is available on the first turn, and so nothing is paid.
    assert planning.plan_due(at=make.NOON + 3 * DAY) == []

    releasing.release_due(at=make.NOON + 7 * DAY)
    assert holds(lamps) == {"available": 9_895}
    assert holds(rugs) == {"available": 17_366, "reserve": 1_929}
    assert Release.objects.get(move__order=mug).amount_minor == 0

    # The second Monday: two are paid.
    monday = make.NOON + 10 * DAY
    paid = planning.plan_due(at=monday)
    assert sorted(each.amount_minor for each in paid) == [9_895, 17_366]
    assert holds(lamps) == {"transit": 9_895}
    assert planning.plan_due(at=monday) == []

    # One arrives, the other comes back: its money is there again, and the bank is not tried twice.
    for each in paid:
        paying.send(each, at=monday)
    to_lamps, to_rugs = (Payout.objects.to(payee(shop)).get() for shop in (lamps, rugs))
    paying.confirm(to_lamps, at=monday + 2 * DAY)
    paying.bounce(to_rugs, reason="No such account", at=monday + 2 * DAY)
    assert holds(lamps) == {}
    assert holds(rugs) == {"available": 17_366, "reserve": 1_929}
    owner = rugs.memberships.get().person
    (told,) = Notice.objects.filter(person=owner, kind=Kind.PAYOUT)
    assert told.path == f"/market/{rugs.slug}/money/"
    assert planning.plan_due(at=monday + 7 * DAY) == []

    # Another account is paid a day later, not at once.
    changed = monday + 8 * DAY
    banked(rugs, at=changed, number="987654321")
    assert planning.plan_due(at=changed) == []
    (again,) = planning.plan_due(at=changed + banking.pause())
    assert (again.amount_minor, again.bank.number) == (17_366, "987654321")

    # A refund after everything was paid makes a debt; what was kept back makes up for a part of it.
    refunded(rug, at=changed + 2 * DAY)
    assert holds(rugs) == {"available": -19_295, "transit": 17_366, "reserve": 1_929}
    planning.make_up_for_debt(payee(rugs), at=changed + 2 * DAY)
    assert holds(rugs) == {"available": -17_366, "transit": 17_366}
    refunded(lamp, at=changed + 2 * DAY)
    clawing_back.claw_back(
        payee(lamps),
        key="dispute:1",
        provider="sandbox",
        currency="USD",
        amount_minor=1_000,
        fee_minor=1_500,
        reason="Not received",
        at=changed + 2 * DAY,
    )
    assert holds(lamps) == {"available": -9_895 - 2_500}

    # Later sales make up for it before anything is paid again.
    sold(lamps, 20_000, at=changed + 3 * DAY)
    releasing.release_due(at=changed + 10 * DAY)
    assert holds(lamps) == {"available": 19_295 - 12_395}
    (last,) = planning.plan_due(at=changed + 20 * DAY)
    assert (last.payee, last.amount_minor) == (payee(lamps), 6_900)

    chain.seal(at=changed + 20 * DAY)
    closing.close(date(2026, 12, 28), at=changed + 20 * DAY)
    assert sum(balances().values()) == 0
    assert balances()["bank:operating"] == 9_895
    broken = [
        found for each in REGISTER if each.code[0] == "M" for found in each.check().violations
    ]
    assert broken == []
