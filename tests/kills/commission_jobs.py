"""The jobs of commissions: what creators earn, and what is forgotten of them."""

from datetime import timedelta

from django.utils import timezone

from tests import make
from tests.commission.work import DAY, commission, holds, scene, shipped
from tests.commission.work import bought as bought_by_clip
from tests.kills.jobs import Job, kills, periodic, with_files
from vitrine.commission.models import Deal, Sample
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel


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


@kills("commission.reckon")
def reckon() -> Job:
    it = scene()
    with_files(it.clip)
    order = make.purchase(it.lamp, clip=it.clip).group.orders.get()
    moving.make(handing_over.ship(order, Parcel(), by=it.owner, at=make.NOON), at=make.NOON)

    def is_done() -> None:
        assert holds(it.creator) == {"pending": 1_000}
        assert commission(order).steps.count() == 1

    return Job({"order_id": order.pk}, is_done)


@kills("commission.release")
def release() -> Job:
    it = scene()
    with_files(it.clip)
    order = shipped(bought_by_clip(it))

    def is_done() -> None:
        assert holds(it.creator) == {"available": 1_000}
        assert commission(order).released_at is not None

    return Job({"timestamp": 0}, is_done, at=make.NOON + 40 * DAY)
