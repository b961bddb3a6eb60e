"""Tokens that open the API for a merchant's program, and the answers kept for repeats."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.programs.scopes import OF_ACCOUNTS, Scope
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

PREFIX = "vtr_"
MOST_TOKENS = 20
NOTED_EVERY = timedelta(minutes=1)
"""How exact the last use is: a write for each call would tell nobody more."""
KEPT_FOR = timedelta(hours=24)


class TooManyTokens(Refusal):
    """There are more tokens than anybody can keep in mind."""

    code = "too_many_tokens"
    message = "There are 20 tokens already, the most there may be. Revoke one that nobody uses."


class NoShopsToken(Refusal):
    """The token is an advertiser's, and opens no shop."""

    code = "token_of_no_shop"
    status = 403
    message = "This token is an advertiser’s. Make one in the seller centre of the shop."


class KeyUsed(Refusal):
    """The key names another request."""

    code = "idempotency_key_used"
    message = "This Idempotency-Key was used for another request. Use a fresh one."


class TokenQuerySet(models.QuerySet["Token"]):
    """Which tokens."""

    def in_force(self, *, at: datetime) -> Self:
        """Neither revoked nor over."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


@datamap.declare(
    purpose="Let a merchant's own programs in",
    retention="with the merchant, or the account: who could do what stays known",
    subject="made_by",
    BUSINESS="public_id name scopes hint made_at expires_at used_at revoked_at",
    PERSONAL="made_by",
    SECRET="digest",  # noqa: S106
    SYSTEM="id home_cell merchant",
)
class Token(models.Model):
    """What a program shows to act for a merchant. Only a digest is kept, and its last letters.

    merchant: None for one of an advertiser's account, which reads figures of ads and no more.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=20))
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=4)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0, scopes__contained_by=list(Scope)),
                name="token_scopes_known",
            ),
            models.CheckConstraint(
                condition=Q(merchant__isnull=False)
                | Q(scopes__contained_by=[one.value for one in OF_ACCOUNTS]),
                name="token_of_no_shop_opens_none",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["merchant"], name="token_of_merchant")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(
        cls,
        merchant: Merchant | None,
        *,
        among: "models.QuerySet[Token] | None" = None,
        name: str,
        scopes: Collection[str],
        by: Person,
        at: datetime,
        expires_at: datetime | None,
    ) -> tuple["Token", str]:
        """Make a token and return it with its text, which nobody sees again.

        among: all of whoever it is for; None: the merchant's.
        Raises: TooManyTokens. Queries: 2.
        """
        own = cls.objects.filter(merchant=merchant) if among is None else among
        if cls.objects.in_force(at=at).filter(pk__in=own.values("pk")).count() >= MOST_TOKENS:
            raise TooManyTokens
        text = PREFIX + secrets.token_urlsafe(32)
        made = Token.objects.create(
            merchant=merchant, name=name, scopes=sorted(scopes), digest=_digest(text),
            hint=text[-4:], made_by=by, made_at=at, expires_at=expires_at,
        )  # fmt: skip
        return made, text

    @classmethod
    def shown(cls, header: str, *, at: datetime) -> "Token | None":
        """Return the token that an Authorization header shows, if it is in force. Queries: 1 to 2.

        It is found by its digest: there is nothing to compare slowly or fast.
        """
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer" or not text.startswith(PREFIX) or len(text) > 100:
            return None
        rows = cls.objects.in_force(at=at).select_related("merchant", "made_by")
        found = rows.filter(digest=_digest(text)).first()
        if found is not None and (found.used_at is None or at - found.used_at > NOTED_EVERY):
            cls.objects.filter(pk=found.pk).update(used_at=at)
        return found

    @property
    def shop(self) -> Merchant:
        """Return the shop that it opens. Raises: NoShopsToken."""
        if self.merchant is None:
            raise NoShopsToken
        return self.merchant

    @property
    def ending(self) -> str:
        """Return what tells it from others, and is no secret: its first and last letters."""
        return f"{PREFIX}…{self.hint}"

    def may(self, scope: str) -> bool:
        """Tell whether it is good for something."""
        return scope in self.scopes

    def revoke(self, *, at: datetime) -> None:
        """Let it open nothing any more; again is no error. Queries: 1."""
        Token.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=at)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is sent."""

    status: int
    body: str


@datamap.declare(
    purpose="Answer a repeated request with what it was answered first",
    retention="24 hours",
    BUSINESS="key digest status at",
    SECRET="body",  # noqa: S106
    SYSTEM="id home_cell token",
)
class KeptAnswer(models.Model):
    """What a write was answered. Its key names the attempt: one effect each (M2).

    No answer to a write names a buyer, so that none is kept here.
    """

    home_cell = HomeCellField()
    token = models.ForeignKey(Token, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="kept_answer_by_age")]

    @classmethod
    def begin(cls, token: Token, key: str, digest: bytes, *, at: datetime) -> Answer | None:
        """Claim a key in the transaction of its effect; return what it was answered before.

        A rival with the same key is waited for. None: nothing was done with it, go on.
        Raises: KeyUsed. Queries: 1 to 2.
        """
        made = KeptAnswer(token=token, key=key, digest=digest, at=at)
        cls.objects.bulk_create([made], ignore_conflicts=True)  # type: ignore[list-item]
        kept = cls.objects.get(token=token, key=key)
        if bytes(kept.digest) != digest:
            raise KeyUsed
        return None if kept.status is None else Answer(kept.status, kept.body)

    @classmethod
    def keep(cls, token: Token, key: str, answer: Answer) -> None:
        """Keep what a request was answered, in the transaction of its effect. Queries: 1."""
        cls.objects.filter(token=token, key=key).update(status=answer.status, body=answer.body)

    @classmethod
    def forget(cls, *, at: datetime) -> None:
        """Forget answers of a day ago. Queries: 1."""
        cls.objects.filter(at__lt=at - KEPT_FOR).delete()
