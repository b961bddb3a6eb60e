"""The programs of advertisers: tokens of an account, and which account a token opens."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vitrine.accounts.models import Person
from vitrine.ads.models import AccountToken, Advertiser
from vitrine.programs.models import Token
from vitrine.programs.models.token import TokenQuerySet
from vitrine.programs.scopes import OF_ACCOUNTS


def tokens(of: Advertiser) -> TokenQuerySet:
    """Return the tokens that an account ever had."""
    return Token.objects.filter(pk__in=AccountToken.objects.filter(advertiser=of).values("token"))


@transaction.atomic
def make(
    of: Advertiser,
    *,
    name: str,
    scopes: Collection[str],
    by: Person,
    at: datetime,
    expires_at: datetime | None,
) -> str:
    """Make a token for an account and return its text, which nobody sees again.

    Raises: TooManyTokens; ValueError for what only a shop's may do.
    """
    if not OF_ACCOUNTS.issuperset(scopes):
        raise ValueError(f"an account has no {sorted(scopes)}")
    made, text = Token.make(
        None, among=tokens(of), name=name, scopes=scopes, by=by, at=at, expires_at=expires_at
    )
    AccountToken.objects.create(token=made, advertiser=of)
    return text


def opened_by(token: Token) -> "QuerySet[Advertiser]":
    """Return the account that a token opens, a shop's by the shop's; none where whoever made it
    acts for it no more.
    """
    accounts = Advertiser.objects.with_member(token.made_by)
    if token.merchant_id is not None:
        return accounts.filter(merchant=token.merchant_id)
    return accounts.filter(tokens__token=token)
