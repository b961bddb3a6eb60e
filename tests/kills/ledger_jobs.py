"""The jobs of the books: what is posted is sealed, and days are closed."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from tests import make
from tests.kills.jobs import Job, kills, periodic
from vitrine.ledger import chain
from vitrine.ledger.models import Closing, Seal, Transfer
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.sovereignty.cell import local_day


def _sold() -> None:
    order = make.purchase(make.variant(stock=5)).group.orders.get()
    key = handing_over.ship(order, Parcel("Post", "1"), by=make.person(), at=make.NOON)
    moving.make(key, at=make.NOON)


@kills("ledger.seal")
def seal() -> Job:
    _sold()

    def is_done() -> None:
        newest = Transfer.objects.aggregate(newest=Max("pk"))["newest"]
        assert Seal.objects.get(until_transfer=newest).transfers >= 1
        assert list(chain.breaks()) == []

    return periodic(is_done)


@kills("ledger.close")
def close() -> Job:
    _sold()
    at = timezone.now() + timedelta(days=Closing.objects.count() + 1)

    def is_done() -> None:
        closed = Closing.objects.get(day=local_day(at) - timedelta(days=1))
        assert closed.balances.filter(account__code="platform:fees").count() == 1
        assert closed.trial.filter(kind="platform:fees").count() == 1

    return Job({"timestamp": 0}, is_done, at=at)
