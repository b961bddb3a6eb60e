"""Offer a promotion, with its code if it has one; change what runs."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from vitrine.catalog.models import Merchant
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Promotion, Voucher
from vitrine.orders.promoting import Gift


class CodeInUse(Refusal):
    """A shop has each code once, so that a buyer's code means one thing."""

    code = "code_in_use"
    message = "You have used this code before. Choose another one."


class PromotionOver(Refusal):
    """It was ended, or its time is over: what was is not written again."""

    code = "promotion_over"
    message = "This promotion is over. Offer a new one."


@dataclass(frozen=True)
class Terms:
    """A promotion as it was typed. code: empty for one that counts for everybody."""

    name: str
    gift: Gift
    percent: int = 0
    amount_minor: int = 0
    buy: int = 0
    get: int = 0
    least_minor: int = 0
    code: str = ""
    most: int | None = None
    most_each: int | None = None
    until_at: datetime | None = None


def offer(terms: Terms, *, merchant: Merchant | None, at: datetime) -> Promotion:
    """Let a promotion run from now on. merchant None: the platform's. Raises: CodeInUse."""
    try:
        with transaction.atomic():
            made = Promotion.objects.create(
                merchant=merchant,
                name=terms.name,
                gift=terms.gift.value,
                percent=terms.percent,
                amount_minor=terms.amount_minor,
                buy=terms.buy,
                get=terms.get,
                least_minor=terms.least_minor,
                by_code=bool(terms.code),
                from_at=at,
                until_at=terms.until_at,
            )
            if terms.code:
                Voucher.objects.create(
                    promotion=made,
                    merchant=merchant,
                    code=terms.code.upper(),
                    most=terms.most,
                    most_each=terms.most_each,
                )
    except IntegrityError:
        raise CodeInUse from None
    return made


@transaction.atomic
def change(of: Promotion, terms: Terms, *, at: datetime) -> None:
    """Let a promotion that runs give something else from now on; what was bought keeps what it got.

    What kind of gift it is and its code stay. Raises: PromotionOver.
    """
    until = Q(until_at=None) | Q(until_at__gt=at)
    changed = Promotion.objects.filter(until, pk=of.pk, ended_at=None).update(
        name=terms.name,
        percent=terms.percent,
        amount_minor=terms.amount_minor,
        buy=terms.buy,
        get=terms.get,
        least_minor=terms.least_minor,
        until_at=terms.until_at,
    )
    if not changed:
        raise PromotionOver
    of.vouchers.update(most=terms.most, most_each=terms.most_each)
