"""The jobs of commissions: what creators earn, and what is forgotten of them."""

from datetime import timedelta

from django.utils import timezone

from tests import make
from tests.kills.jobs import Job, kills, periodic
from vitrine.commission.models import Deal, Sample


@kills("commission.forget")
def forget_addresses() -> Job:
    owner, creator = make.person(), make.person()
    thing = make.variant(make.product(make.merchant(owner=owner)))
    deal = Deal.offer(
        thing.merchant, product=None, creator=None, rate_bp=500, by=owner, at=make.NOON
    )
    link = deal.take(by=creator, at=make.NOON)
    asked = Sample.ask(link, thing.product, address="1 Elm Street", note="", at=make.NOON)
    asked.decline(by=owner, at=timezone.now() - timedelta(days=31))
    later = Sample.ask(link, thing.product, address="1 Elm Street", note="", at=make.NOON)

    def is_done() -> None:
        asked.refresh_from_db()
        later.refresh_from_db()
        assert (asked.address, later.address) == ("", "1 Elm Street")

    return periodic(is_done)
