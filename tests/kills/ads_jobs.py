"""The jobs of ads: leases that are over, what followed from showings; what is told, forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from tests import make
from tests.ads import crowds, lending, making, selling
from tests.ads.serving import LATER, Worker, bill
from tests.fakes import bidder as fake
from tests.kills.jobs import Job, assert_only_last_left, kills, periodic, posting, with_files
from vitrine.ads import arms, leasing, reckoning, showing, sifting, standing, tokens
from vitrine.ads.invariants import (
    ads_are_credited_once,
    ads_cost_what_was_charged,
    creators_have_their_share,
)
from vitrine.ads.lift import Arm
from vitrine.ads.models import (
    AdBill,
    AdDay,
    AdEarning,
    AdRecord,
    Advertiser,
    BidNotice,
    Billed,
    Budget,
    Credit,
    Lease,
    Meeting,
    Met,
    Origin,
    Reversal,
    Sale,
    Showing,
    Sifting,
)
from vitrine.ads.origins import From
from vitrine.ads.showing import Ads, Made
from vitrine.kernel import storage
from vitrine.ledger.models import Transfer
from vitrine.orders import checkout
from vitrine.orders.models import DepositDispute, DisputeState, Wallet

PARTNER = "us_01JBXQ6E3M8V5T2W9YAKCDFGH0"
_bidders: list[fake.Bidder] = []


@contextmanager
def demand_partner() -> Iterator[str]:
    """Run the partner that is told of its bids; return how the operator names it."""
    with fake.running() as running:
        _bidders.append(running)
        yield f"{PARTNER}={running.endpoint}, Example Ads, NZ"
        _bidders.remove(running)


def _shown(*, ago: timedelta, price_micros: int = 5_000) -> Worker:
    """Show an ad that was billed, some time ago."""
    at = timezone.now() - ago
    one = Worker(making.ad(making.group(making.campaign(starts_at=at - ago))))
    with_files(one.ad.clip)
    assert one.take(at=at)
    text = one.serve(price_micros, at=at)
    assert text is not None
    token = tokens.read(text, viewer="v_somebody", at=at + LATER)
    of = standing.read(at=at)
    line = of.lines[of.line_of[one.ad.pk]]
    made = Made(line, token.lease, token.price_micros, 0.6, token.showing, text)
    viewer = f"v_{make.person().pk}"
    assert showing.put(Ads([made], viewer, at)).is_shown
    assert bill(text, at=at + LATER) == [None]
    return one


@kills("ads.close_leases")
def close_leases() -> Job:
    one = _shown(ago=timedelta(hours=1))
    campaign = one.ad.group.campaign

    def is_done() -> None:
        assert Lease.objects.get(campaign=campaign).closed_at is not None
        life = Budget.objects.get(campaign=campaign, day=None)
        assert (life.held_micros, life.spent_micros) == (0, 5_000)
        assert ads_cost_what_was_charged().violations == []

    return periodic(is_done)


@kills("ads.tell_of_claim")
def tell_of_claim() -> Job:
    payer = making.advertiser()
    deposit = payer.wallet.deposits.get()
    claim = DepositDispute.objects.create(
        deposit=deposit, provider=deposit.provider, reference=f"claim {deposit.pk}",
        amount_minor=1_00, state=DisputeState.NEEDS_RESPONSE, opened_at=timezone.now(),
    )  # fmt: skip
    return posting({"dispute_id": claim.pk}, deposit.get_absolute_url())


@kills("ads.count")
def count() -> Job:
    one = _shown(ago=timedelta(minutes=45))
    it, bea = selling.scene(), selling.buyer()
    with_files(it.ad.clip)
    selling.touched(it.ad, bea, Billed.CLICK, at=make.NOON - timedelta(hours=1))
    reckoning.reckon(selling.bought(it.lamp, by=bea).pk, at=selling.AFTER)
    AdDay.objects.create(ad=it.ad, day=make.NOON.date(), shown=1, expected=0.6, views=0, clicks=1)

    def is_done() -> None:
        day = AdDay.objects.get(ad=one.ad)
        assert (day.shown, day.views, day.clicks, day.expected) == (1, 1, 0, 0.6)
        sold = AdDay.objects.get(ad=it.ad)
        assert (sold.orders, sold.click_sales_minor) == (1, 10_000)
        record = AdRecord.objects.get(ad=one.ad)
        assert record.last_on == day.day
        assert storage.exists(record.film_key)

    return periodic(is_done)


@kills("ads.credit")
def credit() -> Job:
    it, bea = selling.scene(), selling.buyer()
    with_files(it.ad.clip)
    selling.touched(it.ad, bea, Billed.CLICK, at=make.NOON - timedelta(hours=1))
    order = selling.bought(it.lamp, by=bea)

    def is_done() -> None:
        assert Credit.objects.get(line__order=order).amount_minor == 10_000
        assert Sale.objects.get(order=order).sales_minor == 10_000
        assert ads_are_credited_once().violations == []

    return periodic(is_done)


@kills("ads.compare")
def compare() -> Job:
    it, bea = selling.scene(holdout_percent=5), selling.buyer()
    with_files(it.ad.clip)
    at = timezone.now() - timedelta(days=arms.DAYS - 1)
    Meeting.objects.create(campaign=it.campaign, viewer=bea.public_id, is_held=True, first_at=at)

    def is_done() -> None:
        assert arms.of(it.campaign, at=timezone.now()).held == Arm(1, 0, 0, 0.0)

    return periodic(is_done)


@kills("ads.forget")
def forget() -> Job:
    one = _shown(ago=timedelta(days=31))
    told = with_files(making.ad().clip)
    record = AdRecord.objects.get(ad__clip=told)
    AdRecord.objects.filter(pk=record.pk).update(noted_at=timezone.now() - timedelta(days=367))
    storage.put(f"{record.folder}/film.mp4", b"film")

    def is_done() -> None:
        assert not AdRecord.objects.filter(pk=record.pk).exists()
        assert not storage.exists(f"{record.folder}/film.mp4")
        assert not Showing.objects.filter(ad=one.ad).exists()
        assert not Met.objects.filter(ads__contains=[one.ad.pk]).exists()

    return periodic(is_done)


@kills("ads.forget_origins")
def forget_origins() -> Job:
    now = timezone.now()
    known = [
        Origin.objects.create(
            showing=uuid4(), what="click", device=b"d", network=b"n", at=now - ago
        )
        for ago in (timedelta(hours=25), timedelta(hours=23))
    ]
    return periodic(lambda: assert_only_last_left(known))


@kills("ads.sift")
def sift() -> Job:
    """Five accounts on one device follow an ad, and a person follows it at home.

    All from the beginning of ten minutes that are looked at together: four of them and the person,
    who wait as long as each other here, would be a rhythm of five.
    """
    Sifting.objects.all().delete()  # those before looked at this time already
    at = timezone.now() - timedelta(hours=2)
    at -= timedelta(minutes=at.minute % 10, seconds=at.second, microseconds=at.microsecond)
    one = crowds.crowd(starts_at=at - timedelta(days=1))
    with_files(one.ad.clip)
    minute, name = timedelta(minutes=1), f"v{one.ad.pk}_"
    shared = crowds.meetings(5, every=minute, at=at, name=name, origin=From(b"d", b"n"))
    assert set(one.click([*shared, crowds.Meeting(f"{name}home", at)])) == {None}
    while leasing.close_over(at=timezone.now()):
        pass
    wallet = one.ad.group.campaign.advertiser.wallet_id

    def is_done() -> None:
        assert Reversal.objects.filter(charge__ad=one.ad, reason="device").count() == 5
        assert Wallet.objects.get(pk=wallet).spent_micros == crowds.PRICE_MICROS
        assert sifting.sift_due(at=timezone.now()) == 0
        assert ads_cost_what_was_charged().violations == []

    return periodic(is_done)


@kills("ads.sift_orders")
def sift_orders() -> Job:
    """Somebody buys within a second of following an ad."""
    it, bea, at = selling.scene(objective="clicks"), selling.buyer(), timezone.now()
    with_files(it.ad.clip)
    at -= timedelta(hours=2)
    selling.touched(it.ad, bea, Billed.CLICK, at=at)
    paid = checkout.buy(make.attempt(it.lamp, buyer=bea), at=at + timedelta(seconds=1))
    reckoning.reckon(paid.group.orders.get().pk, at=timezone.now())
    leasing.close_over(at=timezone.now())

    def is_done() -> None:
        assert Reversal.objects.get(charge__ad=it.ad).reason == "haste"
        assert Wallet.objects.get(pk=it.payer.wallet_id).spent_micros == 0
        assert ads_cost_what_was_charged().violations == []

    return periodic(is_done)


@kills("ads.post")
def post() -> Job:
    one = _shown(ago=timedelta(minutes=20), price_micros=25_000)

    def is_done() -> None:
        bill = AdBill.objects.get(advertiser=one.ad.group.campaign.advertiser)
        assert (bill.posted_minor, bill.total_micros) == (2, 25_000)
        assert Transfer.objects.filter(key=bill.key).count() == 1

    return periodic(is_done)


@kills("ads.share")
def share() -> Job:
    at = timezone.now() - timedelta(days=20)
    given = lending.lent(with_files(make.clip()), at=at)
    lending.billed(given, 55_000, at=at)

    def is_done() -> None:
        earned = AdEarning.objects.get(authorisation=given)
        assert (earned.posted_minor, earned.total_micros) == (1, 55_000)
        assert Transfer.objects.filter(key=earned.key).count() == 1
        assert creators_have_their_share().violations == []

    return periodic(is_done)


@kills("ads.tell_partners")
def tell_partners() -> Job:
    (bidder,) = _bidders
    known = Advertiser.objects.filter(public_id=PARTNER).first()
    payer = known or making.advertiser(public_id=PARTNER)
    now = timezone.now()
    notice = BidNotice(advertiser=payer, kind="loss", made_at=now, due_at=now)
    path = f"/loss/{now.timestamp()}"
    notice.url = f"{bidder.origin}{path}"
    notice.save()

    def is_done() -> None:
        notice.refresh_from_db()
        assert notice.told_at is not None
        assert bidder.told.count(path) in (1, 2)  # who dies before noting it tells it again

    def lived() -> None:
        assert bidder.told.count(path) == 1

    return Job({"timestamp": 0}, is_done, lived)
