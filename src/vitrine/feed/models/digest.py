"""Mails that say what somebody missed."""

from datetime import date, datetime
from typing import ClassVar

from django.db import connection, models

from vitrine.accounts.models import Often, Person
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField, home


@datamap.declare(
    purpose="Mail a person what they missed, and never twice",
    retention="90 days",
    subject="person",
    PERSONAL="person day since sent_at",
    SYSTEM="id home_cell",
)
class Digest(models.Model):
    """One mail of what a person missed since an instant, at most one a day.

    sent_at: set before the mail goes. A worker that dies in between has sent none, and none
    follows: a digest that is lost is better than one that comes twice.
    """

    home_cell = HomeCellField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()
    since = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "day"], name="digest_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="digest_by_age")]

    @classmethod
    def begin(cls, often: Often, *, day: date, since: datetime) -> list[int]:
        """Begin a digest for everybody who wants one so often; return the new ones. Queries: 1.

        Only for addresses that are proven to be the person's. Again is no error, and begins none.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO feed_digest (home_cell, person_id, day, since)"
                " SELECT %s, rules.person_id, %s, %s FROM accounts_noticerules rules"
                " JOIN accounts_person person ON person.id = rules.person_id AND person.is_active"
                " JOIN account_emailaddress address ON address.user_id = person.id"
                " AND address.primary AND address.verified"
                " WHERE rules.digest = %s ON CONFLICT DO NOTHING RETURNING id",
                [home(), day, since, often.value],
            )
            return [row[0] for row in cursor.fetchall()]

    def claim(self, *, at: datetime) -> bool:
        """Take it for sending; False where it was taken before. Queries: 1."""
        return bool(Digest.objects.filter(pk=self.pk, sent_at=None).update(sent_at=at))
