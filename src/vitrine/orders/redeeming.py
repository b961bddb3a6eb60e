"""Which promotions run for a purchase, and that no voucher counts more often than it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import GroupState, OrderGroup, Promotion, Redemption, Voucher
from vitrine.orders.promoting import Given, Rule

NO_SUCH_CODE = gettext_noop("There is no such code here. Check how it is written.")
NOT_YET = gettext_noop("This code does not count yet.")
OVER = gettext_noop("This code no longer counts.")
USED_UP = gettext_noop("This code was used as often as it may be.")
BY_YOU = gettext_noop("You have used this code as often as you may.")


class CodeDoesNotCount(Refusal):
    """A code was typed that takes nothing off: its sentence says why."""

    code = "code_does_not_count"
    message = "This code does not count here. Take it out to see the total without it."


@dataclass(frozen=True)
class Running:
    """What may come off a purchase. vouchers: of the code that was typed, by promotion.

    why: why the code brings nothing, before any arithmetic.
    """

    rules: tuple[Rule, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
    why: str = ""

    def used(self, given: Given) -> tuple[Voucher, ...]:
        """Return the vouchers whose promotion counts."""
        return tuple(one for one in self.vouchers if one.promotion_id in given.used)

    def refusal(self, given: Given) -> str:
        """Say why the typed code does not count; nothing where it does."""
        if self.why or not self.vouchers or self.used(given):
            return gettext(self.why) if self.why else ""
        return given.why_not(self.vouchers[0].promotion_id)


def running(merchant_ids: list[int], *, code: str, person: Person | None, at: datetime) -> Running:
    """Return what may come off. code: as typed. Queries: 1, or 2 to 4 with a code."""
    here = Promotion.objects.on_goods_of(merchant_ids)
    automatic = [one.rule() for one in here.running(at=at).filter(by_code=False)]
    typed = code.strip().upper()
    if not typed:
        return Running(tuple(automatic))
    found = list(
        Voucher.objects.filter(
            Q(merchant_id__in=merchant_ids) | Q(merchant=None), code=typed
        ).select_related("promotion")
    )
    why, counting = NO_SUCH_CODE, []
    for voucher in found:
        why = _why_not(voucher, person, at=at)
        if not why:
            counting.append(voucher)
    rules = [*automatic, *(one.promotion.rule(one.code) for one in counting)]
    return Running(tuple(rules), tuple(counting), "" if counting else why)


@transaction.atomic
def redeem(
    vouchers: Sequence[Voucher],
    *,
    key: str,
    person: Person | None,
    email: str,
    at: datetime,
    until: datetime,
) -> None:
    """Hold one use of each voucher for the purchase of a key. Once: a second press holds no more.

    Raises: CodeDoesNotCount. Locks: the vouchers, in key order.
    """
    locked = Voucher.objects.select_for_update(no_key=True).order_by("pk")
    for voucher in locked.filter(pk__in=[one.pk for one in vouchers]):
        others = _counting(voucher, at=at).exclude(key=key)
        if voucher.most is not None and others.count() >= voucher.most:
            raise CodeDoesNotCount(gettext(USED_UP))
        if voucher.most_each is not None and (
            others.filter(_by(person, email)).count() >= voucher.most_each
        ):
            raise CodeDoesNotCount(gettext(BY_YOU))
        Redemption.objects.update_or_create(
            voucher=voucher,
            key=key,
            defaults={"person": person, "email": email, "at": at, "expires_at": until},
        )


def let_go(key: str) -> None:
    """Free what a purchase held that was never written. Queries: 1."""
    written = OrderGroup.objects.filter(key=OuterRef("key"))
    Redemption.objects.filter(~Exists(written), key=key).delete()


def _why_not(voucher: Voucher, person: Person | None, *, at: datetime) -> str:
    promotion = voucher.promotion
    if promotion.ended_at or (promotion.until_at and promotion.until_at <= at):
        return OVER
    if promotion.from_at > at:
        return NOT_YET
    if voucher.most is not None and _counting(voucher, at=at).count() >= voucher.most:
        return USED_UP
    if person is not None and voucher.most_each is not None:
        by_them = _counting(voucher, at=at).filter(_by(person, person.email))
        if by_them.count() >= voucher.most_each:
            return BY_YOU
    return ""


def _counting(voucher: Voucher, *, at: datetime) -> QuerySet[Redemption]:
    written = OrderGroup.objects.filter(key=OuterRef("key"))
    alive = Exists(written.exclude(state=GroupState.FAILED))
    return Redemption.objects.filter(
        alive | (Q(expires_at__gt=at) & ~Exists(written)), voucher=voucher
    )


def _by(person: Person | None, email: str) -> Q:
    mine = Q(email__iexact=email)
    return mine | Q(person=person) if person else mine
