"""The jobs of gift cards that are bought: their money, their code, and mail about it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.kills import deposit_jobs
from tests.kills.jobs import Job, kills, periodic, posting
from tests.orders.cards import HALF, press, selling
from tests.orders.work import jobs
from vitrine.accounts.models import Notice
from vitrine.orders.charges import moving, settling
from vitrine.orders.giftcards import buying, giving_back
from vitrine.orders.models import BankCharge, BankMove, CardSale, Purse, SaleState
from vitrine.orders.payment import sandbox


def _bought(token: str = sandbox.SUCCEEDS, **fields: Any) -> CardSale:
    now = timezone.now()
    return buying.buy(press(selling(), token, key=f"kill-{now.timestamp()}", **fields), at=now)


def _assert_one_card(sale: CardSale) -> None:
    for key in sale.moves.filter(state="asked").values_list("key", flat=True):
        assert {"key": key} in jobs("make_charge_move")  # which a death left it to
        moving.make(key, at=timezone.now())
    sale.refresh_from_db()
    assert sale.state == SaleState.PAID
    charges = BankCharge.objects.filter(key=sale.charge_key)
    assert charges.count() == 1
    assert BankMove.objects.filter(charge__in=charges, kind="capture").count() == 1
    assert [one.free_minor for one in Purse.objects.filter(merchant=sale.merchant)] == [HALF]


@kills("vitrine.orders.tasks.resolve_charge")
def resolve_charge() -> Job:
    sale = _bought(sandbox.TIMES_OUT)
    return Job({"charge_key": sale.charge_key}, lambda: _assert_one_card(sale))


@kills("vitrine.orders.tasks.make_charge_move")
def make_charge_move() -> Job:
    sale = _bought()
    key = giving_back.give_back(sale, at=timezone.now())

    def is_done() -> None:
        sale.refresh_from_db()
        assert sale.state == SaleState.REFUNDED
        assert BankMove.objects.filter(key=key).count() == 1
        assert [one.free_minor for one in Purse.objects.filter(sale=sale)] == [0]

    return Job({"key": key}, is_done)


@kills("vitrine.orders.tasks.sweep_charges")
def sweep_charges() -> Job:
    a_while_ago = timezone.now() - timedelta(minutes=1)
    shop = selling()
    keys = [f"sweep-{name}-{shop.pk}" for name in ("silent", "late")]
    silent = buying.buy(press(shop, sandbox.TIMES_OUT, key=keys[0]), at=a_while_ago)
    late = buying.place(press(shop, key=keys[1]), at=a_while_ago - settling.HOLD)
    deposit = deposit_jobs.silent(f"sweep-deposit-{shop.pk}", at=a_while_ago)

    def is_done() -> None:
        _assert_one_card(silent)
        deposit_jobs.assert_filled_once(deposit)
        late.refresh_from_db()
        assert late.state == SaleState.ABANDONED

    return periodic(is_done)


@kills("vitrine.orders.tasks.send_card")
def send_card() -> Job:
    sale = _bought()
    assert sale.purse is not None
    end = sale.purse.code_end

    def is_noted() -> None:
        sale.refresh_from_db()
        assert (sale.sent_at is not None, sale.code_seed) == (True, None)

    return posting({"sale_id": sale.pk}, f"-{end}\n", besides=is_noted)


@kills("vitrine.orders.tasks.send_due_cards")
def send_due_cards() -> Job:
    sale = _bought()
    CardSale.objects.filter(pk=sale.pk).update(send_at=timezone.now() - timedelta(hours=1))
    assert sale.purse is not None
    end = sale.purse.code_end
    return posting({"timestamp": 0}, f"-{end}\n")


@kills("vitrine.orders.tasks.send_card_receipt")
def send_card_receipt() -> Job:
    sale = _bought()
    return posting({"sale_id": sale.pk}, f"{sale.get_absolute_url()}?")


@kills("vitrine.orders.tasks.send_card_refunded")
def send_card_refunded() -> Job:
    sale = _bought()
    return posting({"sale_id": sale.pk}, f"{sale.get_absolute_url()}?")


@kills("vitrine.orders.tasks.tell_shop_of_card")
def tell_shop_of_card() -> Job:
    sale = _bought()
    owner = sale.merchant.memberships.get().person

    def is_done() -> None:
        item = f"{sale.public_id}:claimed"
        assert Notice.objects.filter(person=owner, item=item).count() == 1

    return Job({"sale_id": sale.pk, "about": sale.public_id}, is_done)
