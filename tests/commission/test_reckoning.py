"""What creators earn by a sale, from its payment to their bank, to the cent."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import make
from tests.commission.work import (
    DAY,
    bought,
    broken,
    commission,
    holds,
    reckoned,
    refunded,
    scene,
    shipped,
)
from tests.orders.money import balances
from vitrine.accounts.models import Notice, Person
from vitrine.catalog.models import Role
from vitrine.commission import attributing, delivered, invariants, offering, paid_out, reckoning
from vitrine.commission.models import Commission, CommissionStep
from vitrine.commission.shares import half_even
from vitrine.ledger import invariants as ledger_invariants
from vitrine.ledger.posting import Reason, post
from vitrine.orders import carts, handing_over, moving, refunding
from vitrine.orders import invariants as orders_invariants
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import CartLine, Dispute, OrderLine, Payment, Payout, PayoutTerms
from vitrine.orders.payouts import banking, clawing_back, paying, planning, releasing

pytestmark = pytest.mark.django_db
ASKED = (invariants, ledger_invariants, orders_invariants)
"""Imported for what they register."""
SHARE = 9_895
"""The shop's of a lamp of 100.00 with delivery 4.95, after its fee of 6 %."""


def told(whom: Person) -> list[str]:
    rows = Notice.objects.filter(person=whom, kind="commission").order_by("pk")
    return [item.rpartition(":")[2] for item in rows.values_list("item", flat=True)]


def test_a_sale_is_earned_when_its_money_is_taken_and_paid_15_days_after_delivery() -> None:
    it = scene()
    order = bought(it, quantity=2)
    found = commission(order)
    assert (found.paid_minor, found.rate_bp, found.amount_minor) == (20_000, 1_000, 2_000)
    assert (found.clip, found.due_at, found.steps.count()) == (it.clip, None, 0)
    assert told(it.creator) == ["sold"]
    assert holds(it.creator) == {}

    shipped(order)
    found.refresh_from_db()
    assert holds(it.creator) == {"pending": 2_000}
    assert holds(it.shop) == {"pending": 20_000 + 495 - 1_200 - 2_000}
    assert found.due_at == delivered.at(order) + 15 * DAY
    assert delivered.at(order).date() > make.NOON.date()
    assert order.arrives_until_on is not None

    # Not a minute earlier; once; and the shop's own release takes nothing of it.
    reckoning.sweep(at=found.due_at - timedelta(minutes=1))
    assert holds(it.creator) == {"pending": 2_000}
    reckoning.sweep(at=found.due_at)
    reckoning.release(found.pk, at=found.due_at)
    assert holds(it.creator) == {"available": 2_000}
    releasing.release_due(at=make.NOON + 30 * DAY)
    assert holds(it.shop) == {"available": 17_295}

    # Paid out by the same machine as shops are.
    turn = found.due_at + DAY
    banking.name_account(
        found.payee, holder="Ada", routing="021000021", number="123456789", by=it.creator,
        at=make.NOON,
    )  # fmt: skip
    PayoutTerms.objects.filter(payee_kind="creator").update(next_on=turn.date())
    (payout,) = planning.plan_due(at=turn)
    assert (payout.payee, payout.amount_minor) == (found.payee, 2_000)
    found.refresh_from_db()
    assert paid_out.of(found) == payout
    paying.send(payout, at=turn)
    paid_out.tell(at=turn)
    paid_out.tell(at=turn)
    assert told(it.creator) == ["sold", "paid"]
    paying.confirm(payout, at=turn)
    assert holds(it.creator) == {}
    assert balances()["bank:operating"] == 2_000
    assert sum(balances().values()) == 0
    assert broken() == []

    # A refund after all that is a debt, which later sales make up for.
    refunded(order, at=turn)
    assert holds(it.creator) == {"available": -2_000}
    assert holds(it.shop) == {}
    shipped(bought(it, quantity=3), at=turn)
    reckoning.sweep(at=turn + 60 * DAY)
    assert holds(it.creator) == {"available": 1_000}
    assert broken() == []


def test_what_goes_back_for_units_goes_off_their_line_alone() -> None:
    it = scene()
    vase = make.variant(make.product(it.shop), stock=5, price_minor=5_000)
    order = make.purchase(it.lamp, vase, quantity=2, clip=it.clip).group.orders.get()
    shipped(order)
    lamps, vases = order.lines.order_by("pk")
    assert holds(it.creator) == {"pending": 2_000}  # the vase is on no clip of theirs

    def give_back(line: OrderLine, units: int) -> None:
        with transaction.atomic():
            payment = Payment.objects.locked().get(group__orders=order)
            wanted = {line.pk: units}
            made = refunding.units(
                order, payment, wanted, key=f"{line.pk}", by=it.owner, at=make.NOON, reason="Torn"
            )
        assert made is not None
        moving.make(made.move.key, at=make.NOON)
        reckoned(order, at=make.NOON)

    give_back(vases, 2)
    assert holds(it.creator) == {"pending": 2_000}
    give_back(lamps, 1)
    assert holds(it.creator) == {"pending": 1_000}
    # An amount for nothing in particular goes off what is left, each its part.
    moving.make(
        refunding.amount(order, 500, key="late", by=it.owner, at=make.NOON, reason="Late"),
        at=make.NOON,
    )
    reckoned(order, at=make.NOON)
    left = order.total_minor - 10_400 - 10_400  # with 4 % tax
    assert holds(it.creator) == {"pending": half_even(1_000 * (left - 500), left)}
    assert broken() == []
    refunded(order, at=make.NOON)
    assert holds(it.creator) == {}
    assert broken() == []


def test_what_goes_back_goes_off_the_commission_wherever_it_is() -> None:
    it = scene()
    early, late, never = bought(it), bought(it), bought(it)
    for order in (early, late):
        shipped(order)
    assert holds(it.creator) == {"pending": 2_000}
    assert holds(it.shop) == {"pending": 2 * (SHARE - 1_000)}

    # Before anything was released: the shop is where it was before the sale.
    refunded(early, at=make.NOON + DAY)
    assert holds(it.creator) == {"pending": 1_000}
    assert holds(it.shop) == {"pending": SHARE - 1_000}
    releasing.release_due(at=make.NOON + 30 * DAY)
    assert holds(it.shop) == {"available": SHARE - 1_000}

    # After the shop's release and before the creator's, by a bank that took it back in part.
    payment = late.group.payment
    Dispute.objects.create(
        payment=payment, order=late, provider="sandbox", reference="dp", currency="USD",
        amount_minor=late.total_minor // 2, reason="fraud", state="lost", opened_at=make.NOON,
        closed_at=make.NOON,
    )  # fmt: skip
    reckoned(late, at=make.NOON + 10 * DAY)
    left = commission(late)
    assert holds(it.creator) == {"pending": 500}
    assert holds(it.shop) == {"available": SHARE - 500}
    assert [(one.kind, one.pending_minor) for one in left.steps.order_by("pk")] == [
        ("sold", 1_000),
        ("given_back", -500),
    ]

    # What is cancelled before it leaves earns nothing.
    handing_over.cancel(never, by=None, at=make.NOON, reason="")
    reckoned(never, at=make.NOON)
    assert commission(never).steps.count() == 0
    reckoning.sweep(at=make.NOON + 60 * DAY)
    assert holds(it.creator) == {"available": 500}
    assert broken() == []


def test_a_job_that_is_lost_or_late_changes_nothing() -> None:
    it = scene()
    order = make.purchase(it.lamp, clip=it.clip).group.orders.get()
    moving.make(handing_over.ship(order, Parcel(), by=it.owner, at=make.NOON), at=make.NOON)
    jobs = ProcrastinateJob.objects.filter(task_name="commission.reckon")
    assert [one.args for one in jobs] == [{"order_id": order.pk}]

    # Nobody did it, the shop's money was released and half a month passed: the sweep does.
    releasing.release_due(at=make.NOON + 30 * DAY)
    assert holds(it.shop) == {"available": SHARE}
    assert reckoning.behind(for_hours=0, moves=None) == [(order.pk, order.public_id)]
    assert [said[:2] for said in broken()] == ["K2"]
    reckoning.sweep(at=make.NOON + 31 * DAY)
    assert holds(it.shop) == {"available": SHARE - 1_000}
    assert holds(it.creator) == {"available": 1_000}
    refunded(order, at=make.NOON + 32 * DAY)
    assert holds(it.creator) == {}
    assert holds(it.shop) == {}
    assert broken() == []


def test_who_earns_by_what(settings: Settings) -> None:
    it = scene()
    other, offered_late = make.person(), make.clip()
    make.member(it.shop, other, Role.COUNTER)
    it.deal.take(by=offered_late.creator, at=make.NOON + DAY)  # after the sale

    def earned(**fields: object) -> int:
        return Commission.objects.filter(line__order=bought(it, **fields)).count()

    assert earned() == 1
    assert earned(clip=None) == 0
    assert earned(clip=make.clip(make.person())) == 0  # took no offer
    assert earned(clip=make.clip(it.owner)) == 0  # the shop's own
    assert earned(clip=make.clip(other)) == 0
    assert earned(clip=offered_late) == 0
    assert earned(buyer=it.creator) == 0  # who buys by their own clip
    it.creator.email = "bea@example.org"
    it.creator.save()
    assert earned() == 0  # as a guest, too
    it.creator.email = "ada@example.org"
    it.creator.save()

    # The bag remembers the last clip, and for how long a creator earns by it is declared.
    first, second = make.clip(make.person()), it.clip
    cart = carts.open_for(make.person(), "", at=make.NOON)
    carts.put(cart, it.lamp, 1, clip_id=first.pk, at=make.NOON - 9 * DAY)
    carts.put(cart, it.lamp, 1, clip_id=second.pk, at=make.NOON - 8 * DAY)
    carts.put(cart, it.lamp, 1, clip_id=None, at=make.NOON - 2 * DAY)
    kept = CartLine.objects.get(cart=cart)
    assert (kept.clip, kept.met_at, kept.quantity) == (second, make.NOON - 8 * DAY, 3)
    guest = carts.open_for(None, "", at=make.NOON)
    carts.put(guest, it.lamp, 1, clip_id=first.pk, at=make.NOON - 3 * DAY)
    assert cart.person is not None
    carts.adopt(cart.person, guest.token, at=make.NOON)
    kept.refresh_from_db()
    assert (kept.clip, kept.met_at) == (first, make.NOON - 3 * DAY)

    order = bought(it)
    for days, count in ((7, 1), (8, 0)):
        order.lines.update(met_at=make.NOON - days * DAY)
        assert len(attributing.shares(order)) == count
    settings.VITRINE_ATTRIBUTION_DAYS = 8
    assert len(attributing.shares(order)) == 1
    assert holds(it.creator) == {}
    assert broken() == []


def test_the_database_refuses_money_without_a_step_and_steps_without_money() -> None:
    it = scene()
    order = shipped(bought(it))
    found = commission(order)
    shop, mine = f"merchant:{it.shop.public_id}:pending", found.payee.pending

    @transaction.atomic
    def at_once(act: Callable[[], Any]) -> None:
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def refused(act: Callable[[], Any]) -> None:
        with pytest.raises(IntegrityError):
            at_once(act)

    reason = Reason("commission", order.public_id)
    step: dict[str, Any] = {
        "commission": found,
        "kind": "sold",
        "available_minor": 0,
        "at": make.NOON,
    }
    refused(
        lambda: post(key="x", legs={shop: -5, mine: 5}, currency="USD", reason=reason, at=make.NOON)
    )
    refused(lambda: CommissionStep.objects.create(key="y", pending_minor=5, **step))

    def other_amount() -> None:
        CommissionStep.objects.create(key="z", pending_minor=6, **step)
        post(key="z", legs={shop: -5, mine: 5}, currency="USD", reason=reason, at=make.NOON)

    refused(other_amount)
    refused(lambda: found.steps.update(pending_minor=1))
    refused(lambda: Commission.objects.update(amount_minor=1))
    refused(lambda: Commission.objects.update(rate_bp=1))
    refused(lambda: Commission.objects.update(due_at=None, released_at=make.NOON))
    refused(lambda: Commission.objects.all().delete())
    assert holds(it.creator) == {"pending": 1_000}


def test_a_rate_is_that_of_the_moment_of_sale_and_a_lost_dispute_is_heard() -> None:
    it = scene()
    before = bought(it)
    offering.change(it.deal, 2_000, by=it.owner, at=make.NOON - timedelta(hours=1))
    offering.change(it.deal, 500, by=it.owner, at=make.NOON + DAY)
    # A change is never earlier than the last one, so what was sold keeps what it was sold at.
    shipped(before, at=make.NOON + 40 * DAY)
    assert commission(before).rate_bp == 1_000
    assert Payout.objects.count() == 0
    clawing_back.claw_back(
        commission(before).payee, key="d", provider="sandbox", currency="USD",
        amount_minor=100, reason="Wrong", at=make.NOON,
    )  # fmt: skip
    assert holds(it.creator) == {"pending": 1_000, "available": -100}
    assert date(2026, 11, 20) == commission(before).placed_at.date()
    assert broken() == []
