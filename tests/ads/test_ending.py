"""A web process that ends gives back its leases; one that is killed keeps them for their time."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import Worker, bill
from vitrine.ads import budgeting, holding, leasing, standing
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Ad, Budget, Charge, Lease
from vitrine.ads.tokens import Reason
from vitrine.ops import serving

PATIENCE_S = 60


@pytest.fixture
def ad(transactional_db: None) -> Ad:
    """Return an ad that can be shown now, among clips to show it among."""
    campaign = making.campaign(starts_at=timezone.now() - timedelta(days=1))
    made = making.ad(making.group(campaign))
    for _ in range(12):
        make.clip()
    standing.forget()
    return made


@pytest.fixture
def web(ad: Ad) -> Iterator[psutil.Process]:
    """Run the web server with one process; return that one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = connection.connection
    leader = os.fork()
    if leader == 0:
        try:
            connection.connection = None
            serving.serve(host="127.0.0.1", port=port, processes=1, most_connections=0)
        finally:
            os._exit(0)
    del inherited
    try:
        until(lambda: answered(port))
        yield psutil.Process(leader).children()[0]
    finally:
        os.kill(leader, signal.SIGTERM)
        os.waitpid(leader, 0)


def answered(port: int) -> bool:
    """Ask for a page of the feed on which an ad stands."""
    asking = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asking.request("GET", "/for-you/more?from=5", headers={"Host": "localhost"})
        answer = asking.getresponse()
        return b"data-ad" in answer.read()
    except OSError:
        return False
    finally:
        asking.close()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_what_was_not_promised_is_free_as_soon_as_it_ends(ad: Ad, web: psutil.Process) -> None:
    before = Lease.objects.get()
    assert before.ended_at is None

    os.kill(web.ppid(), signal.SIGTERM)
    until(lambda: is_gone(web))

    lease = Lease.objects.get()
    assert lease.ended_at is not None
    assert 0 < lease.amount_micros < before.amount_micros
    held = set(Budget.objects.values_list("held_micros", flat=True))
    assert held == {lease.amount_micros}
    wallet = ad.group.campaign.advertiser.wallet
    wallet.refresh_from_db()
    assert wallet.held_micros == lease.amount_micros
    assert ads_cost_what_was_charged().violations == []
    budgeting.limit(ad.group.campaign, budget_minor=5_00, daily_minor=None, at=timezone.now())


def test_who_is_killed_holds_them_for_their_time(web: psutil.Process) -> None:
    before = Lease.objects.get()

    web.kill()
    until(lambda: is_gone(web))

    lease = Lease.objects.get(pk=before.pk)
    assert (lease.ended_at, lease.amount_micros) == (None, before.amount_micros)
    assert leasing.close_over(at=timezone.now()) == 0
    assert leasing.close_over(at=lease.until_at + timedelta(minutes=31)) == 1
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.django_db
def test_what_comes_later_fits_what_was_kept_or_is_free() -> None:
    one = Worker(making.ad())
    assert one.take(at=make.NOON)
    for _ in range(30):  # expected to cost three of them
        assert one.serve(10_000, at=make.NOON, chance=0.1) is not None
    assert one.promises is not None
    kept = one.promises.kept_micros
    assert kept < 30 * 10_000

    leasing.end(one.promises, at=make.NOON)
    said = bill(*one.given, at=make.NOON + timedelta(seconds=3))

    fitting = kept // 10_000
    assert said == [None] * fitting + [Reason.LEASE_OVER] * (30 - fitting)
    assert Charge.objects.count() == fitting
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.django_db
def test_a_process_that_ended_takes_no_lease() -> None:
    campaign = making.campaign()
    first = holding.promise(campaign.pk, 10_000, 0.5, at=make.NOON)
    assert first is not None

    holding.give_back(at=make.NOON)

    assert holding.promise(campaign.pk, 10_000, 0.5, at=make.NOON) is None
    lease = Lease.objects.get()
    assert (lease.pk, lease.ended_at, lease.amount_micros) == (first, make.NOON, 10_000)
