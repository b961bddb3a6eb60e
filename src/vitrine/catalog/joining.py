"""Who works in a shop: invited, accepted, given a role, and let go. Each change is logged."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.catalog.models import (
    Change,
    Invitation,
    MemberChange,
    Membership,
    Merchant,
    Role,
)
from vitrine.catalog.models.invitation import LASTS
from vitrine.kernel.errors import Refusal


class LastOwner(Refusal):
    """A shop without an owner could never be helped again."""

    code = "last_owner"
    message = "A shop needs an owner. Make somebody else an owner first."


class InvitationOver(Refusal):
    """Accepted, withdrawn, or too old."""

    code = "invitation_over"
    message = "This invitation is over. Ask the shop for a new one."
    status = 410


@transaction.atomic
def invite(
    merchant: Merchant, *, person: Person | None, email: str, role: Role, by: Person, at: datetime
) -> Invitation:
    """Ask somebody to join, by a notice or by mail. One of person and email.

    An older invitation for the same role is withdrawn: its link may be in wrong hands.
    """
    same = Invitation.objects.open(at=at).filter(merchant=merchant, role=role)
    same.filter(person=person, email=email).update(withdrawn_at=at)
    made = Invitation.objects.create(
        merchant=merchant, person=person, email=email, role=role, by=by, at=at,
        expires_at=at + LASTS,
    )  # fmt: skip
    _log(merchant, person, Change.INVITED, role, by=by, at=at, email=email)
    if person is not None:
        telling.tell(
            telling.Kind.SHOP,
            whom=person.pk,
            by=by.pk,
            path=made.path,
            item=made.public_id,
            at=at,
        )
    else:
        app.configure_task("catalog.tell_invited", queue="mail").defer(invitation_id=made.pk)
    return made


@transaction.atomic
def accept(offered: Invitation, *, by: Person, at: datetime) -> None:
    """Join the shop. Raises: InvitationOver. The guard is in the write: it is accepted once."""
    taken = Invitation.objects.open(at=at).meant_for(by).filter(pk=offered.pk)
    if not taken.update(accepted_at=at):
        raise InvitationOver
    _, is_new = Membership.objects.get_or_create(
        merchant=offered.merchant, person=by, role=offered.role, defaults={"since_at": at}
    )
    if is_new:
        _log(offered.merchant, by, Change.JOINED, Role(offered.role), by=by, at=at)


@transaction.atomic
def give(merchant: Merchant, person: Person, role: Role, *, by: Person, at: datetime) -> None:
    """Give somebody who works here one more role; having it already is no error."""
    _, is_new = Membership.objects.get_or_create(
        merchant=merchant, person=person, role=role, defaults={"since_at": at}
    )
    if is_new:
        _log(merchant, person, Change.GIVEN, role, by=by, at=at)


@transaction.atomic
def take(merchant: Merchant, person: Person, role: Role, *, by: Person, at: datetime) -> None:
    """Take a role away. Raises: LastOwner; a trigger says so too. Locks: the merchant's row."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    theirs = Membership.objects.filter(merchant=merchant, person=person, role=role)
    owners = Membership.objects.filter(merchant=merchant, role=Role.OWNER)
    if role == Role.OWNER and not owners.exclude(person=person).exists() and theirs.exists():
        raise LastOwner
    deleted, _ = theirs.delete()
    if deleted:
        change = Change.LEFT if by.pk == person.pk else Change.TAKEN
        _log(merchant, person, change, role, by=by, at=at)


def _log(
    merchant: Merchant,
    person: Person | None,
    change: Change,
    role: Role,
    *,
    by: Person,
    at: datetime,
    email: str = "",
) -> None:
    MemberChange.objects.create(
        merchant=merchant, person=person, email=email, change=change, role=role, by=by, at=at
    )
