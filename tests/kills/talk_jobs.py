"""The jobs of what people say of goods and orders, and of what they wait for."""

from datetime import timedelta

from django.utils import timezone

from tests import make
from tests.kills.jobs import Job, kills, periodic, posting
from vitrine.accounts.models import Notice
from vitrine.catalog.models import StockAlert
from vitrine.orders import handing_over, moving, reviewing
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Message, Side


@kills("catalog.restock")
def restock() -> Job:
    waiting, back, gone = make.person(), make.variant(stock=1), make.variant()
    for thing in (back, gone):
        StockAlert.put(thing, by=waiting, at=make.NOON)

    def is_done() -> None:
        (told,) = Notice.objects.filter(person=waiting)
        assert (told.kind, back.product.public_id in told.path) == ("back_in_stock", True)
        assert StockAlert.objects.get(person=waiting).variant == gone

    return periodic(is_done)


@kills("vitrine.orders.tasks.invite_reviews")
def invite_reviews() -> Job:
    buyer, a_week_ago = make.person(), timezone.now() - reviewing.INVITED_AFTER
    order = make.purchase(make.variant(stock=1), buyer=buyer).group.orders.get()
    at = a_week_ago - timedelta(hours=1)
    moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=at), at=at)

    def is_done() -> None:
        assert Notice.objects.filter(person=buyer, kind="review_due").count() == 1

    return periodic(is_done)


@kills("vitrine.orders.tasks.send_message")
def send_message() -> Job:
    group = make.purchase(make.variant(stock=1), buyer=make.person()).group
    order = group.orders.get()
    said = Message.write(
        order, "On its way", side=Side.SELLER, by=make.person(), at=make.NOON, is_withheld=False
    )
    return posting({"message_id": said.pk}, f"/o/{group.public_id}/{order.public_id}/messages?")
