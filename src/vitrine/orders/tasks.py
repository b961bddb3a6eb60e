"""Work that happens later: each fetches by id and calls one verb; each is safe to run twice."""

from datetime import timedelta
from functools import partial

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.kernel import sweeping
from vitrine.orders import (
    carts,
    dropping,
    expiring,
    figures,
    hearing,
    labelling,
    moving,
    news,
    notices,
    receipting,
    reviewing,
    settling,
    unclaimed,
)
from vitrine.orders.charges import kinds
from vitrine.orders.charges import moving as charge_moving
from vitrine.orders.charges import settling as charge_settling
from vitrine.orders.deposits import letters as deposit_letters
from vitrine.orders.giftcards import letters
from vitrine.orders.models import BankAccount, CardSale, Label, Message, Order, Payment
from vitrine.orders.payment import providers
from vitrine.orders.payouts import news as payout_news
from vitrine.orders.payouts import paying, planning, releasing, remitting, statements

ASK_AGAIN_AFTER = timedelta(seconds=20)
"""How long a call to a provider may be on its way before the poller asks what became of it."""
CARTS_KEPT = timedelta(days=30)
GIVE_UP_AFTER = timedelta(hours=1)
"""How long after its beginning a charge may still turn up at the provider, and be let go."""


@app.task(queue="settle", retry=5)
def receive_webhook(provider: str, body: str, signature: str) -> None:
    """Take a webhook that arrived."""
    event = providers.named(provider).verify(body.encode(), signature)
    hearing.receive(provider, event, at=timezone.now())


@app.task(queue="settle", retry=5)
def resolve_payment(payment_id: int) -> None:
    """Ask what became of a charge whose answer was lost."""
    payment = Payment.objects.select_related("group").get(pk=payment_id)
    settling.resolve(payment, at=timezone.now())


@app.task(queue="settle", retry=5)
def make_move(key: str) -> None:
    """Make a stored capture, void or refund."""
    moving.make(key, at=timezone.now())


@app.task(queue="settle", retry=5)
def resolve_charge(charge_key: str) -> None:
    """Ask what became of the charge of a gift card, or the like, whose answer was lost."""
    charged = kinds.find(charge_key=charge_key)
    if charged is not None:
        charge_settling.resolve(charged, at=timezone.now())


@app.task(queue="settle", retry=5)
def make_charge_move(key: str) -> None:
    """Make a stored capture, void or refund of a gift card or the like."""
    charge_moving.make(key, at=timezone.now())


@app.task(queue="mail", retry=5)
def send_card(sale_id: int) -> None:
    """Mail a gift card's code."""
    letters.send_code(sale_id, at=timezone.now())


@app.task(queue="mail", retry=5)
def send_card_receipt(sale_id: int) -> None:
    """Tell a shop that it sold a gift card, and mail its buyer what was paid."""
    sale = CardSale.objects.select_related("merchant").get(pk=sale_id)
    notices.tell_shop_of_card(sale, "card", at=timezone.now())
    letters.send_receipt(sale_id)


@app.task(queue="settle", retry=5)
def tell_shop_of_card(sale_id: int, about: str) -> None:
    """Tell a shop that a bank claims the money of a gift card. about: the dispute."""
    sale = CardSale.objects.select_related("merchant").get(pk=sale_id)
    notices.tell_shop_of_card(sale, "claimed", about=about, at=timezone.now())


@app.task(queue="mail", retry=5)
def send_card_refunded(sale_id: int) -> None:
    """Mail that a gift card's money went back."""
    letters.send_refunded(sale_id)


@app.task(queue="mail", retry=5)
def send_deposit_letter(key: str) -> None:
    """Mail what a deposit's move came to: an invoice, or a credit note. key: of the move."""
    deposit_letters.send(key)


@app.task(queue="settle", retry=5)
def forget_card(provider: str, token: str) -> None:
    """Have a provider forget a card that its owner removed."""
    providers.named(provider).forget_card(token=token)


@app.task(queue="mail", retry=5)
def send_order_news(order_id: int, kind: str, about: str = "") -> None:
    """Tell and mail what happened to an order. about: its return or refund, by public id."""
    order = Order.objects.select_related("group").get(pk=order_id)
    notices.tell_of_step(order, kind, about=about, at=timezone.now())
    news.send_order_news(order_id, kind, about)


@app.task(queue="settle", retry=5)
def tell_shop(order_id: int, step: str, about: str = "") -> None:
    """Tell a shop's people what a buyer did with an order."""
    order = Order.objects.select_related("merchant").get(pk=order_id)
    notices.tell_shop_of_step(order, step, about=about, at=timezone.now())


@app.task(queue="mail", retry=5)
def send_message(message_id: int) -> None:
    """Tell and mail the other side of an order that there is a message."""
    message = Message.objects.select_related("order__group", "order__merchant").get(pk=message_id)
    notices.tell_of_message(message, at=timezone.now())
    news.send_message(message)


@app.task(queue="mail", retry=5)
def send_bank_news(account_id: int) -> None:
    """Mail everybody who looks after a payee's money that another bank account was named."""
    payout_news.send_bank_news(BankAccount.objects.select_related("by").get(pk=account_id))


@app.periodic(cron="41 * * * *")
@app.task(queue="settle", queueing_lock="orders.invite_reviews", pass_context=False)
def invite_reviews(timestamp: int) -> None:
    """Each hour: invite buyers to review what they have had for a week."""
    reviewing.invite(at=timezone.now())


@app.periodic(cron="8 * * * *")
@app.task(queue="settle", queueing_lock="orders.release_unclaimed", pass_context=False)
def release_unclaimed(timestamp: int) -> None:
    """Each hour: remind of pick-ups that end soon, and release those that nobody came for."""
    unclaimed.sweep(at=timezone.now())


@app.periodic(cron="26 * * * *")
@app.task(queue="settle", queueing_lock="orders.forget", pass_context=False)
def forget(timestamp: int) -> None:
    """Forget carts that nobody has touched for long, old facts of bags, and who waited."""
    carts.forget(before=timezone.now() - CARTS_KEPT)
    figures.forget(at=timezone.now())
    dropping.forget(at=timezone.now())


@app.periodic(cron="4-59/15 * * * *")
@app.task(queue="learn", name="orders.sum_days", queueing_lock="orders.sum_days")
def sum_days(timestamp: int) -> None:
    """Sum anew what shops sold on the days that may still change."""
    figures.sum_days(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="settle", queueing_lock="orders.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Each minute: ask about silent charges, moves and labels, then end the holds that are over."""
    now = timezone.now()
    silent = settling.silent(began_before=now - ASK_AGAIN_AFTER, began_after=now - GIVE_UP_AFTER)
    sweeping.each(silent, partial(settling.resolve, at=now))
    sweeping.each(moving.silent(asked_before=now - ASK_AGAIN_AFTER), partial(moving.make, at=now))
    buying = Label.objects.silent(asked_before=now - ASK_AGAIN_AFTER).values_list("pk", flat=True)
    sweeping.each(list(buying), partial(labelling.carry_on, at=now))
    expiring.sweep(at=now)


@app.periodic(cron="* * * * *")
@app.task(queue="settle", queueing_lock="orders.sweep_charges", pass_context=False)
def sweep_charges(timestamp: int) -> None:
    """Each minute: ask of charges and moves that are no order's, and give up what is late."""
    now = timezone.now()
    asked_before, after = now - ASK_AGAIN_AFTER, now - GIVE_UP_AFTER
    silent = charge_settling.silent(began_before=asked_before, began_after=after)
    sweeping.each(silent, partial(charge_settling.resolve, at=now))
    moves = charge_moving.silent(asked_before=asked_before)
    sweeping.each(moves, partial(charge_moving.make, at=now))
    charge_settling.end_overdue(at=now)


@app.periodic(cron="* * * * *")
@app.task(queue="mail", queueing_lock=settling.SEND_RECEIPTS, lock=settling.SEND_RECEIPTS)
def send_receipts(timestamp: int = 0) -> None:
    """Tell of the purchases that were placed: soon after each, and each minute of what is left.

    At least once: who dies after mailing repeats it. The lock keeps two from telling the same.
    """
    while receipting.send_due(at=timezone.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(queue="mail", queueing_lock="orders.send_due_cards", pass_context=False)
def send_due_cards(timestamp: int) -> None:
    """Each minute: mail the codes whose day has come, and those whose own job failed."""
    now = timezone.now()
    sweeping.each(letters.due(at=now), partial(letters.send_code, at=now))


@app.periodic(cron="16 * * * *")
@app.task(queue="settle", name="orders.release", queueing_lock="orders.release")
def release(timestamp: int) -> None:
    """Make available what can no longer be returned, and what was kept back long enough."""
    releasing.release_due(at=timezone.now())


@app.periodic(cron="46 * * * *")
@app.task(queue="settle", name="orders.close_month", queueing_lock="orders.close_month")
def close_month(timestamp: int) -> None:
    """Make the statements of the month that is over, in the first hour of the next."""
    statements.close_due(at=timezone.now())


@app.periodic(cron="36 * * * *")
@app.task(queue="settle", name="orders.pay_out", queueing_lock="orders.pay_out")
def pay_out(timestamp: int) -> None:
    """Plan the payouts of those whose turn it is, send them, and ask what became of them."""
    now = timezone.now()
    paying.confirm_cleared(at=now)
    planning.plan_due(at=now)
    sweeping.each(remitting.unfinished(), partial(remitting.carry_on, at=now))
