"""The jobs of programs: they are told at least once, and what is old is forgotten."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.kills.jobs import Job, assert_only_last_left, kills, periodic
from vitrine.programs.models import Delivery, Endpoint


def _endpoint() -> Endpoint:
    shop, by = make.merchant(), make.person()
    return Endpoint.make(
        shop, url="https://127.0.0.1/", events=["order.placed"], by=by, at=make.NOON
    )


def _due(endpoint: Endpoint) -> Delivery:
    return Delivery.objects.create(
        endpoint=endpoint, event="order.placed", thing="us_1", at=make.NOON, due_at=make.NOON
    )


@kills("programs.order")
def order() -> Job:
    endpoint = _endpoint()
    _due(endpoint)

    def is_done() -> None:
        waiting = ProcrastinateJob.objects.filter(
            task_name="programs.deliver", args__endpoint_id=endpoint.pk
        )
        assert waiting.count() == 1

    return periodic(is_done)


@kills("programs.deliver")
def deliver() -> Job:
    """Tell an address inside: that it is not called is what there is to do, and to note."""
    delivery = _due(_endpoint())

    def is_done() -> None:
        delivery.refresh_from_db()
        assert delivery.tries >= 1
        assert "inside" in delivery.trouble

    return Job({"endpoint_id": delivery.endpoint_id}, is_done)


@kills("programs.forget")
def forget() -> Job:
    endpoint, now = _endpoint(), timezone.now()
    rows = [
        Delivery.objects.create(
            endpoint=endpoint, event="order.placed", thing=f"us_{days}",
            at=now - timedelta(days=days),
        )
        for days in (31, 29)
    ]  # fmt: skip
    return periodic(lambda: assert_only_last_left(rows))
