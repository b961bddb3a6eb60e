"""Mail about a card that was bought: its code to whom it is for, and to its buyer what was paid.

A job that dies after a letter writes the same letter again: the code is forgotten only with the
note that it was sent.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import languages
from vitrine.orders.giftcards import codes, giving_back
from vitrine.orders.models import CardSale
from vitrine.orders.payment import providers
from vitrine.sovereignty import gate

SLOW = timedelta(minutes=2)
"""How long a letter's own job has before the sweeper writes it."""


def link(sale: CardSale) -> str:
    """Return the address of a sale for whoever holds it: no log-in needed."""
    return f"{settings.VITRINE_ORIGIN}{sale.get_absolute_url()}?key={sale.link_token}"


def due(*, at: datetime) -> list[int]:
    """Return the sales whose code is to be sent, and whose own job has not."""
    now = Q(send_at=None, paid_at__lte=at - SLOW) | Q(send_at__lte=at - SLOW)
    return list(CardSale.objects.unsent().filter(now).order_by("pk").values_list("pk", flat=True))


def send_code(sale_id: int, *, at: datetime) -> bool:
    """Mail a card's code to whom it is for, if that is still to be done. No transaction is open."""
    mine = CardSale.objects.unsent().select_related("merchant", "purse")
    sale = mine.filter(pk=sale_id).first()
    if sale is None or (sale.send_at and sale.send_at > at):
        return False
    code = codes.of_sale(sale)
    if not code:
        return False
    with languages.of_address(sale.to_email):
        if sale.from_name and sale.is_for_another:
            subject = gettext("{name} sends you a gift card for {shop}")
        else:
            subject = gettext("Your gift card for {shop}")
        said = {
            "sale": sale,
            "code": code,
            "shop": f"{settings.VITRINE_ORIGIN}{sale.merchant.get_absolute_url()}",
            "is_test": providers.named(sale.provider).is_test,
        }
        gate.send_mail(
            to=sale.to_email,
            subject=subject.format(name=sale.from_name, shop=sale.merchant.name),
            text=render_to_string("orders/mail/gift_card.txt", said),
            purpose="gift card",
        )
    same = CardSale.objects.filter(pk=sale.pk, sent_at=None, letters=sale.letters)
    return bool(same.update(sent_at=at, code_seed=None))


def send_receipt(sale_id: int) -> None:
    """Mail the buyer what was paid for what, and where to see it or change their mind."""
    _to_buyer(sale_id, "receipt", gettext_noop("Your gift card for {shop}: receipt"))


def send_refunded(sale_id: int) -> None:
    """Mail the buyer that the money went back."""
    _to_buyer(sale_id, "refunded", gettext_noop("Given back: your gift card for {shop}"))


def _to_buyer(sale_id: int, kind: str, subject: str) -> None:
    sale = CardSale.objects.select_related("merchant", "purse").get(pk=sale_id)
    with languages.of_address(sale.email):
        said = {
            "sale": sale,
            "kind": kind,
            "until": giving_back.until(sale),
            "link": link(sale),
            "is_test": providers.named(sale.provider).is_test,
        }
        gate.send_mail(
            to=sale.email,
            subject=gettext(subject).format(shop=sale.merchant.name),
            text=render_to_string("orders/mail/gift_card_paid.txt", said),
            purpose="receipt",
        )
