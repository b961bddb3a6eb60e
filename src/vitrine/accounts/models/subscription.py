"""The browsers that a person wants pushes in."""

from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Q

from vitrine.accounts.models.person import Person
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

MOST = 10
"""Of one person: more browsers push out the oldest."""


class ServiceNotAllowed(Refusal):
    """The browser's push service is not among those that this cell lets data go to."""

    code = "push_service_not_allowed"
    message = (
        "Your browser's push service is not one that this site may send to. "
        "The app and the digest tell you the same."
    )


@datamap.declare(
    purpose="Wake a browser when its person is told something",
    retention="until taken back, or the push service says that it has ended",
    subject="person",
    PERSONAL="public_id person endpoint at",
    SECRET="public_key auth",  # noqa: S106
    SYSTEM="id home_cell",
)
class PushSubscription(models.Model):
    """One browser's address at its maker's push service, and the keys only it can read with."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=500, unique=True)
    public_key = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(endpoint=""), name="push_has_endpoint"),
        ]

    @property
    def host(self) -> str:
        """Return whose push service it is."""
        return self.endpoint.split("/")[2]

    @classmethod
    def put(cls, *, by: Person, endpoint: str, public_key: str, auth: str, at: datetime) -> None:
        """Subscribe a browser; again renews it, also for another person of it. Queries: 2."""
        new = PushSubscription(
            person=by, endpoint=endpoint, public_key=public_key, auth=auth, at=at
        )
        with transaction.atomic():
            PushSubscription.objects.bulk_create(
                [new],
                update_conflicts=True,
                unique_fields=["endpoint"],
                update_fields=["person", "public_key", "auth", "at"],
            )
            kept = PushSubscription.objects.filter(person=by).order_by("-at", "-pk")[:MOST]
            others = PushSubscription.objects.filter(person=by)
            others.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
