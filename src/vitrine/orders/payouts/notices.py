"""Tell a merchant's people, or a creator, what became of their money."""

from datetime import datetime

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Membership, Merchant, Role
from vitrine.orders.models import Payout

KEEPING_MONEY = [Role.OWNER, Role.FINANCE]


def tell_of_bounce(payout: Payout, *, at: datetime) -> None:
    """Tell everybody who looks after a payee's money that a payout came back. Queries: 2 and more.

    A creator has no page of payouts yet.
    """
    if payout.payee_kind == "creator":
        people, path = Person.objects.filter(public_id=payout.payee_id), "/studio/"
    else:
        merchant = Merchant.objects.get(public_id=payout.payee_id)
        keepers = Membership.objects.filter(merchant=merchant, role__in=KEEPING_MONEY)
        people = Person.objects.filter(pk__in=keepers.values("person"))
        path = f"/market/{merchant.slug}/money/"
    for person in people.order_by("pk").values_list("pk", flat=True):
        item = f"{payout.public_id}:bounced"
        telling.tell(Kind.PAYOUT, whom=person, by=None, path=path, item=item, at=at)
