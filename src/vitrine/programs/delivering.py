"""Tell merchants' programs what happened, until they have heard it or are given up.

Triggers write a row in the transaction of what happened (``migrations/``): a
checkout waits for nobody. Each minute a job for each endpoint with something due tells it; one
that does not answer costs the others nothing.
"""

from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from vitrine.accounts import telling
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Membership, Role
from vitrine.kernel import sweeping
from vitrine.programs import signing
from vitrine.programs.models import Delivery, Endpoint
from vitrine.sovereignty import gate, outside
from vitrine.sovereignty.datamap import DataClass

WAITS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=5), timedelta(hours=10), timedelta(hours=14)),
    *(timedelta(hours=20), timedelta(hours=24)),
)
"""How long after each failed try the next one comes: three days in all."""
GIVEN_UP_AFTER = timedelta(days=5)
"""How long an endpoint may fail without one answer before it is told nothing more."""
AT_ONCE = 10
"""Messages that one job tells one endpoint; the rest is another's, lest a slow one hold us up."""
TOLD = {
    DataClass.BUSINESS,
    DataClass.LOCAL_PUBLIC,
    DataClass.MONEY,
}
"""A message says what happened to which thing. Whose order it is, the API tells whoever may ask."""


def order(*, at: datetime) -> None:
    """Enqueue a job for each endpoint that has something due. Queries: 1, and 1 for each."""
    due = Delivery.objects.filter(due_at__lte=at).values("endpoint")
    endpoints = Endpoint.objects.told().filter(pk__in=due).order_by("pk")
    sweeping.each(endpoints.values_list("pk", flat=True), _enqueue)


def _enqueue(endpoint_id: int) -> None:
    lock = f"programs.deliver:{endpoint_id}"
    job = app.configure_task("programs.deliver", queue="hooks", lock=lock, queueing_lock=lock)
    try:
        with transaction.atomic():
            job.defer(endpoint_id=endpoint_id)
    except AlreadyEnqueued:
        pass  # it waits already, and will find this too


def deliver(endpoint: Endpoint, *, at: datetime) -> None:
    """Tell an endpoint what is due, oldest first; the first failure ends it for this time."""
    due = Delivery.objects.filter(endpoint=endpoint, due_at__lte=at).order_by("due_at", "pk")
    if all(_tell(endpoint, delivery, at=at) for delivery in due[:AT_ONCE]) and due.exists():
        _enqueue(endpoint.pk)


def _tell(endpoint: Endpoint, delivery: Delivery, *, at: datetime) -> bool:
    """Tell one thing; at least once: who dies before noting it tells it again."""
    body = body_of(delivery)
    at_s = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Vitrine",
        "webhook-id": delivery.public_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signing.sign(
            body, message_id=delivery.public_id, at_s=at_s, with_secrets=endpoint.secrets(at=at)
        ),
    }
    status, trouble = None, ""
    try:
        status = gate.tell_program(endpoint.url, body=body, headers=headers, classes=TOLD)
    except (OSError, outside.Inside) as why:
        trouble = f"{type(why).__name__}: {why}"[:200]
    if status is not None and 200 <= status < 300:
        _heard(endpoint, delivery, status, at=at)
        return True
    _unheard(endpoint, delivery, status, trouble or f"answered {status}", at=at)
    return False


def body_of(delivery: Delivery) -> bytes:
    """Return a message as it is sent: what happened to which thing, and where to read more."""
    kind = delivery.event.partition(".")[0]
    place = f"{settings.VITRINE_ORIGIN}/api/v1/{kind if kind == 'stock' else f'{kind}s'}"
    query = f"?variant={delivery.thing}" if kind == "stock" else f"/{delivery.thing}"
    told = {
        "type": delivery.event,
        "timestamp": delivery.at,
        "data": {"id": delivery.thing, "url": place + query},
    }
    return msgspec.json.encode(told)


def _heard(endpoint: Endpoint, delivery: Delivery, status: int, *, at: datetime) -> None:
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            done_at=at, due_at=None, status=status, trouble="", tries=delivery.tries + 1
        )
        Endpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(
            failing_since=None
        )


def _unheard(
    endpoint: Endpoint, delivery: Delivery, status: int | None, trouble: str, *, at: datetime
) -> None:
    """Note a failure and when to try again; give an endpoint up that has failed for long."""
    is_last = delivery.tries >= len(WAITS)
    due_at = None if is_last else at + WAITS[delivery.tries]
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(
            due_at=due_at, status=status, trouble=trouble[:200], tries=delivery.tries + 1
        )
        Endpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=at)
        long_ago = Endpoint.objects.told().filter(
            pk=endpoint.pk, failing_since__lt=at - GIVEN_UP_AFTER
        )
        if long_ago.update(disabled_at=at):
            _tell_owners(endpoint, at=at)


def _tell_owners(endpoint: Endpoint, *, at: datetime) -> None:
    owners = Membership.objects.filter(merchant=endpoint.merchant_id, role=Role.OWNER)
    for whom in owners.order_by("person").values_list("person", flat=True):
        telling.tell(
            Kind.ENDPOINT_DOWN, whom=whom, by=None, at=at,
            path=f"/market/{endpoint.merchant.slug}/programs/endpoints/{endpoint.public_id}/",
            item=f"{endpoint.public_id}:{int(at.timestamp())}"[:40],
        )  # fmt: skip
