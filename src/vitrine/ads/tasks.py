"""What happens later: close leases, post, count, credit orders, compare, forget."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.ads import (
    arms,
    claims,
    counting,
    dealings,
    disbelieving,
    emptying,
    hasty,
    leasing,
    origins,
    planning,
    posting,
    reckoning,
    recording,
    sharing,
    sifting,
)
from vitrine.ads.demand import counting as demand_counting
from vitrine.ads.demand import telling
from vitrine.orders.models import DepositDispute


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="ads.close_leases", queueing_lock="ads.close_leases")
def close_leases(timestamp: int) -> None:
    """Free what leases that are over did not spend, and tell whose money is used up by that.

    Safe to run twice.
    """
    while leasing.close_over(at=timezone.now()) == leasing.MOST_CLOSED:
        pass
    emptying.tell_all(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="ads.post", queueing_lock="ads.post")
def post(timestamp: int) -> None:
    """Post in the ledger what ads cost. Safe to run twice."""
    posting.post_all(at=timezone.now())


@app.periodic(cron="41 5 * * *")
@app.task(queue="settle", name="ads.share", queueing_lock="ads.share")
def share(timestamp: int) -> None:
    """Give creators their share of what ads with their clips cost. Safe to run twice."""
    sharing.pay_all(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="settle", name="ads.count", queueing_lock="ads.count")
def count(timestamp: int) -> None:
    """Count how ads are received, and copy what their records lack. Safe to run twice."""
    counting.count(at=timezone.now())
    recording.keep_missing()


@app.task(queue="mail", name="ads.tell_of_claim", retry=5)
def tell_of_claim(dispute_id: int) -> None:
    """Mail that a bank claims a deposit back, or what it decided; at least once."""
    claims.tell(DepositDispute.objects.select_related("deposit__wallet").get(pk=dispute_id))


@app.periodic(cron="*/5 * * * *")
@app.task(queue="settle", name="ads.sift", queueing_lock="ads.sift")
def sift(timestamp: int) -> None:
    """Take back what was billed for what no honest people do. Safe to run twice."""
    sifting.sift_due(at=timezone.now())


@app.periodic(cron="43 5 * * *")
@app.task(queue="settle", name="ads.sift_orders", queueing_lock="ads.sift_orders")
def sift_orders(timestamp: int) -> None:
    """Take back clicks whose orders came as no people's do. Safe to run twice."""
    hasty.look_again(at=timezone.now())


@app.periodic(cron="19 * * * *")
@app.task(queue="settle", name="ads.forget_origins", queueing_lock="ads.forget_origins")
def forget_origins(timestamp: int) -> None:
    """Forget from where views and clicks were reported a day ago. Safe to run twice."""
    origins.forget(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(
    queue="hooks",
    name="ads.tell_partners",
    lock="ads.tell_partners",
    queueing_lock="ads.tell_partners",
)
def tell_partners(timestamp: int) -> None:
    """Tell demand partners what became of their bids. Each is told at least once."""
    telling.tell_all(at=timezone.now())


@app.periodic(cron="29 4 * * *")
@app.task(queue="settle", name="ads.forget", queueing_lock="ads.forget")
def forget(timestamp: int) -> None:
    """Forget who was shown what, what was refused, and what was told, long ago. Twice is safe."""
    now = timezone.now()
    disbelieving.forget(at=now)
    planning.forget(at=now)
    counting.forget(at=now)
    sifting.forget(at=now)
    dealings.forget(at=now)
    telling.forget(at=now)
    demand_counting.forget(at=now)
    recording.forget(at=now)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="settle", name="ads.credit", queueing_lock="ads.credit")
def credit(timestamp: int) -> None:
    """Say whose sales the latest orders are, and take back what went back. Safe to run twice."""
    while reckoning.sweep(at=timezone.now()) == reckoning.AT_A_TIME:
        pass


@app.periodic(cron="47 */3 * * *")
@app.task(queue="settle", name="ads.compare", queueing_lock="ads.compare")
def compare(timestamp: int) -> None:
    """Sum what those bought who were shown ads, and those who were held out. Safe to run twice."""
    arms.count(at=timezone.now())
