"""Tell a merchant's people, or a creator, what became of their money."""

from datetime import datetime

from django.db.models import QuerySet

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Membership, Merchant, Role
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount, Payout

KEEPING_MONEY = [Role.OWNER, Role.FINANCE]


def keepers(payee: Payee) -> QuerySet[Person]:
    """Return everybody who looks after a payee's money."""
    if payee.kind == "creator":
        return Person.objects.filter(public_id=payee.public_id)
    members = Membership.objects.filter(merchant__public_id=payee.public_id, role__in=KEEPING_MONEY)
    return Person.objects.filter(pk__in=members.values("person")).order_by("pk")


def page_of(payee: Payee) -> str:
    """Return the path of the page where a payee sees their money. Queries: 0 or 1."""
    if payee.kind == "creator":
        return "/studio/money/"
    return f"/market/{Merchant.objects.get(public_id=payee.public_id).slug}/money/"


def tell_of_bounce(payout: Payout, *, at: datetime) -> None:
    """Tell them that a payout came back. Queries: 2 and more."""
    item = f"{payout.public_id}:bounced"
    path = page_of(payout.payee)
    for person in keepers(payout.payee).values_list("pk", flat=True):
        telling.tell(Kind.PAYOUT, whom=person, by=None, path=path, item=item, at=at)


def tell_of_account(account: BankAccount, *, at: datetime) -> None:
    """Tell them that another bank account was named: also whoever did it, since it may not be them.

    Queries: 2 and more.
    """
    path = page_of(account.payee)
    for person in keepers(account.payee).values_list("pk", flat=True):
        telling.tell(
            Kind.BANK_ACCOUNT, whom=person, by=None, path=path, item=account.public_id, at=at
        )
