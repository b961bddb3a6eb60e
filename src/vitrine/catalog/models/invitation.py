"""How people come to work in a shop, and the log of who came, changed and went."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models.merchant import Merchant, Role
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

LASTS = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Which invitations."""

    def open(self, *, at: datetime) -> Self:
        """Neither accepted, nor withdrawn, nor over."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)

    def held_by(self, key: str) -> Self:
        """The one that a link names; none, if nobody here has written the link."""
        try:
            return self.filter(public_id=_signer().unsign(key))
        except signing.BadSignature:
            return self.none()

    def meant_for(self, person: Person) -> Self:
        """Those that a person may accept: of their own, or of whoever has the link."""
        return self.filter(Q(person=person) | Q(person=None))


@datamap.declare(
    purpose="Ask somebody to work in a shop",
    retention="with the shop",
    subject="by",
    PERSONAL="public_id email person role by at expires_at accepted_at withdrawn_at",
    SYSTEM="id home_cell merchant",
)
class Invitation(models.Model):
    """An invitation by link. person: the one it is for; None: whoever got the mail to email."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="invitations")
    email = models.CharField(max_length=254, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None) ^ Q(email=""), name="invitation_for_one"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_ends_once"
            ),
        ]

    @property
    def path(self) -> str:
        """Return the address at which it is accepted. Its key is sealed, and kept nowhere."""
        return f"/market/invitations/{_signer().sign(self.public_id)}/"

    def withdraw(self, *, at: datetime) -> None:
        """Let its link open nothing any more; one that was accepted stays so. Queries: 1."""
        Invitation.objects.open(at=at).filter(pk=self.pk).update(withdrawn_at=at)


class Change(models.TextChoices):
    """What happened to somebody's role."""

    INVITED = "invited", gettext_lazy("invited as")
    JOINED = "joined", gettext_lazy("joined as")
    GIVEN = "given", gettext_lazy("was given the role")
    TAKEN = "taken", gettext_lazy("no longer has the role")
    LEFT = "left", gettext_lazy("laid down the role")


@datamap.declare(
    purpose="Say who let whom into a shop, and when",
    retention="with the shop",
    subject="by",
    PERSONAL="person email change role by at",
    SYSTEM="id home_cell merchant",
)
class MemberChange(models.Model):
    """One change of who works in a shop. Never changed (trigger). email: of who was invited."""

    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="member_changes")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    email = models.CharField(max_length=254, blank=True)
    change = models.CharField(max_length=8, choices=Change.choices)
    role = models.CharField(max_length=10, choices=Role.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]


def _signer() -> signing.Signer:
    return signing.Signer(salt="catalog.invitation")
