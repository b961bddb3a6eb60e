"""Issue gift cards, give store credit, stop a lost card: each puts money that somebody bears.

A shop's cards and credit come out of what it has available, so that each is backed by money and a
shop that closes leaves no card without; the platform's are its own cost.
Source: docs/adr/0073-gift-cards-and-credit.md.
"""

import hashlib
import hmac
import secrets
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import money
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts, posting
from vitrine.ledger.accounts import Payee
from vitrine.ledger.posting import KeyReused, Reason
from vitrine.orders import card_terms
from vitrine.orders.models import Purse, PurseKind, PurseStep, PurseStepKind
from vitrine.orders.payouts import planning, terms
from vitrine.sovereignty.cell import local_day, locale, this_cell

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 16
"""Sixteen of thirty-two letters: eighty bits."""


class NotBacked(Refusal):
    """A shop wants to give more than it has."""

    code = "not_backed"
    message = "A card or credit comes out of what your shop has available, and that is less."


class EndsTooSoon(Refusal):
    """The law lets no card end so soon, or at all."""

    code = "card_ends_too_soon"
    message = "Gift cards may not end here. Leave the day empty."


def new_code() -> str:
    """Return a new card's code, in groups that can be read out."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(letters: str) -> str:
    """Return a code's letters in the groups in which it is told."""
    return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def plain(code: str) -> str:
    """Return a code as it counts: in any case and spacing; O and I, which no code has, as typed."""
    return "".join(one for one in code.upper() if one.isalnum())


def digests(code: str) -> list[bytes]:
    """Return what a code is known by, under the cell's key and those before it."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    said = b"card:" + plain(code).encode()
    return [hmac.new(key.encode(), said, hashlib.sha256).digest() for key in keys]


def know_by_newest_key(card: Purse, code: str) -> None:
    """Digest a card's code anew, if the cell has another key since. Queries: 0 or 1."""
    newest = digests(code)[0]
    if bytes(card.code_digest or b"") != newest:
        Purse.objects.filter(pk=card.pk).update(code_digest=newest)


@transaction.atomic
def issue(
    amount_minor: int,
    *,
    key: str,
    merchant: Merchant | None,
    by: Person,
    at: datetime,
    last_on: date | None = None,
    note: str = "",
) -> tuple[Purse, str]:
    """Issue a card; its code is told this once. merchant None: the platform's, good everywhere.

    Pressed again with one key: the same card, and no code.
    Raises: NotBacked, EndsTooSoon, KeyReused.
    """
    today = local_day(at)
    first = card_terms.first_end(this_cell().country, on=today)
    if last_on is not None and (first is None or last_on < first):
        raise EndsTooSoon(_too_soon(first))
    code = new_code()
    card = Purse(
        kind=PurseKind.CARD,
        merchant=merchant,
        code_digest=digests(code)[0],
        code_end=plain(code)[-4:],
        currency=this_cell().currency,
        note=note,
        issued_at=at,
        issued_by=by,
        expires_at=_end_of(last_on) if last_on else None,
    )
    kept = _put(card, PurseStepKind.ISSUED, amount_minor, key=key, by=by, at=at, reason=note)
    return kept, code if kept is card else ""


@transaction.atomic
def grant(
    person: Person,
    amount_minor: int,
    *,
    key: str,
    merchant: Merchant | None,
    by: Person,
    at: datetime,
    reason: str,
) -> Purse:
    """Give somebody store credit, with a reason. Once per key. Raises: NotBacked, KeyReused."""
    kept = credit_of(person, merchant, at=at)
    return _put(kept, PurseStepKind.GRANTED, amount_minor, key=key, by=by, at=at, reason=reason)


def credit_of(person: Person, merchant: Merchant | None, *, at: datetime) -> Purse:
    """Return somebody's credit at a shop, or everywhere, opening it. Queries: 1 or 3."""
    mine = Purse.objects.select_related("merchant").filter(kind=PurseKind.CREDIT, person=person)
    found = mine.filter(merchant=merchant).first()
    if found is not None:
        return found
    fresh = Purse(
        kind=PurseKind.CREDIT,
        merchant=merchant,
        person=person,
        currency=this_cell().currency,
        issued_at=at,
    )
    Purse.objects.bulk_create([fresh], ignore_conflicts=True)
    return mine.get(merchant=merchant)


def stop(card: Purse, *, at: datetime) -> None:
    """Let a lost card pay no more; what it paid stays paid."""
    Purse.objects.filter(pk=card.pk, kind=PurseKind.CARD, stopped_at=None).update(stopped_at=at)


def let_last(card: Purse, *, until: datetime) -> None:
    """Let a card that ends be good for longer."""
    Purse.objects.filter(pk=card.pk, expires_at__lt=until).update(expires_at=until)


def move(
    purse: Purse,
    kind: PurseStepKind,
    amount_minor: int,
    *,
    key: str,
    other: str,
    at: datetime,
    by: Person | None = None,
    reason: str = "",
) -> None:
    """Put money into a purse out of another account, or, negative, back into that one; post it."""
    note(purse, kind, amount_minor, key=key, at=at, by=by, reason=reason)
    posting.post(
        key=key,
        legs={other: -amount_minor, purse.account: amount_minor},
        currency=purse.currency,
        reason=Reason("purse", purse.public_id),
        at=at,
    )


def note(
    purse: Purse,
    kind: PurseStepKind,
    amount_minor: int,
    *,
    key: str,
    at: datetime,
    by: Person | None = None,
    reason: str = "",
) -> None:
    """Write down one change of what a purse holds, whose transfer has the same key."""
    PurseStep.objects.create(
        purse=purse,
        key=key,
        kind=kind,
        amount_minor=amount_minor,
        reason=reason[:200],
        by=by,
        at=at,
    )
    step(purse, amount_minor)
    if amount_minor > 0:
        purse.put_minor += amount_minor
    else:
        purse.spent_minor -= amount_minor


def step(purse: Purse, amount_minor: int) -> None:
    """Change what a purse holds; more is put, less is spent. The caller writes the step."""
    changed = (
        {"put_minor": F("put_minor") + amount_minor}
        if amount_minor > 0
        else {"spent_minor": F("spent_minor") - amount_minor}
    )
    Purse.objects.filter(pk=purse.pk).update(**changed)


def _put(
    purse: Purse,
    kind: PurseStepKind,
    amount_minor: int,
    *,
    key: str,
    by: Person,
    at: datetime,
    reason: str,
) -> Purse:
    """Put money into a purse, which may be new, and post who bears it."""
    with connection.cursor() as cursor:  # two presses of one key: the second waits and finds it
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 73))", [key])
    giver = purse.merchant
    payee = accounts.merchant(giver.public_id) if giver else None
    if payee is not None:
        terms.locked(payee, at=at)  # as whoever plans its payout does
    earlier = PurseStep.objects.select_related("purse__merchant").filter(key=key).first()
    if earlier is not None:
        return _same(earlier, purse, amount_minor)
    if payee is not None:
        _refuse_unbacked(payee, amount_minor)
    if purse.pk is None:
        purse.save()
    from_ = payee.available if payee else accounts.PLATFORM_GIFTS
    move(purse, kind, amount_minor, key=key, other=from_, at=at, by=by, reason=reason)
    return purse


def _same(earlier: PurseStep, purse: Purse, amount_minor: int) -> Purse:
    known = earlier.purse
    said = (known.kind, known.merchant_id, known.person_id, earlier.amount_minor)
    if said != (purse.kind, purse.merchant_id, purse.person_id, amount_minor):
        raise KeyReused
    return known


def _refuse_unbacked(payee: Payee, amount_minor: int) -> None:
    """Raise NotBacked where a shop has less available. Its terms are held."""
    has = planning.available_to(payee)
    if has < amount_minor:
        shown = money.format_minor(max(has, 0), this_cell().currency, locale=locale())
        raise NotBacked(
            gettext(
                "A card or credit comes out of what your shop has available. That is {amount} now."
            ).format(amount=shown)
        )


def _too_soon(first: date | None) -> str | None:
    if first is None:
        return None
    return gettext("By law a card issued today is good until {day} at least.").format(
        day=format_date(first, locale=locale())
    )


def _end_of(day: date) -> datetime:
    zone = ZoneInfo(this_cell().time_zone)
    return datetime.combine(day + timedelta(days=1), time(), zone)
