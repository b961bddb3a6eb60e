"""Open the account of an advertiser, and let people act for it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.ads.models import AdMember, AdRole, Advertiser
from vitrine.ads.models.advertiser import RUNNING
from vitrine.catalog.models import Merchant
from vitrine.kernel.errors import Refusal
from vitrine.orders import wallets


class OpenAlready(Refusal):
    """A shop has one account, and so has a creator."""

    code = "advertiser_open_already"
    message = "There is an account for this already. Ask one of its owners to let you in."


class LastAdOwner(Refusal):
    """An account without an owner could never be helped again."""

    code = "last_ad_owner"
    message = "An account needs an owner. Make somebody else an owner first."


class NoCampaigns(Refusal):
    """They were let go, or given another role."""

    code = "no_campaigns_of_this"
    message = "You make no campaigns of this account any more. Ask one of its owners to let you."


@transaction.atomic
def open_account(
    name: str,
    *,
    by: Person,
    at: datetime,
    merchant: Merchant | None = None,
    is_own: bool = False,
) -> Advertiser:
    """Open an account that one person owns: of a shop, their own as a creator, or another's.

    Raises: OpenAlready.
    """
    try:
        with transaction.atomic():
            made = Advertiser.objects.create(
                name=name,
                merchant=merchant,
                person=by if is_own else None,
                wallet=wallets.open_wallet(at=at),
                opened_at=at,
            )
    except IntegrityError:
        raise OpenAlready from None
    AdMember.objects.create(advertiser=made, person=by, role=AdRole.OWNER, since_at=at, by=by)
    return made


def own_account(person: Person, *, at: datetime) -> Advertiser:
    """Return a creator's own account, opened now if there was none, to make campaigns of it.

    Raises: NoCampaigns, where others run it now and they do not. Queries: 2 or 5.
    """
    found = Advertiser.objects.filter(person=person)
    if not found.exists():
        try:
            return open_account(_usual(person), by=person, at=at, is_own=True)
        except OpenAlready:  # by a second press, at the same moment
            pass
    own = found.filter(members__person=person, members__role__in=RUNNING).first()
    if own is None:
        raise NoCampaigns
    return own


def rename(advertiser: Advertiser, name: str) -> None:
    """Let viewers read another name of who pays: its ads wait for review again (trigger)."""
    Advertiser.objects.filter(pk=advertiser.pk).update(name=name)


def own_name(person: Person) -> str:
    """Return what viewers read, or would, of a creator who pays for an ad. Queries: 1."""
    found = Advertiser.objects.filter(person=person).first()
    return found.name if found else _usual(person)


def _usual(person: Person) -> str:
    return person.display_name or person.handle


def let_in(
    advertiser: Advertiser, person: Person, role: AdRole, *, by: Person, at: datetime
) -> AdMember:
    """Let somebody act for an advertiser, or give them another role. Raises: LastAdOwner."""
    with transaction.atomic():
        _keep_an_owner(advertiser, person, role)
        member, _ = AdMember.objects.update_or_create(
            advertiser=advertiser,
            person=person,
            defaults={"role": role},
            create_defaults={"role": role, "since_at": at, "by": by},
        )
        telling.tell(
            telling.Kind.AD,
            whom=person.pk,
            by=by.pk,
            path=advertiser.get_absolute_url(),
            item=f"{advertiser.public_id}:let_in",
            at=at,
        )
    return member


@transaction.atomic
def let_go(advertiser: Advertiser, person: Person) -> None:
    """Let somebody act for an advertiser no more. Raises: LastAdOwner. Locks: the advertiser."""
    _keep_an_owner(advertiser, person, None)
    AdMember.objects.filter(advertiser=advertiser, person=person).delete()


def _keep_an_owner(advertiser: Advertiser, person: Person, role: AdRole | None) -> None:
    Advertiser.objects.select_for_update(no_key=True).get(pk=advertiser.pk)
    owners = AdMember.objects.filter(advertiser=advertiser, role=AdRole.OWNER)
    theirs = owners.filter(person=person)
    if role != AdRole.OWNER and theirs.exists() and not owners.exclude(person=person).exists():
        raise LastAdOwner
