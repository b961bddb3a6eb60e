"""Send a sample: it leaves the shelf as a sample, so that no figure takes it for a sale."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vitrine.accounts.models import Person
from vitrine.catalog import stockkeeping
from vitrine.catalog.models import Location, Product, Variant
from vitrine.commission import notices
from vitrine.commission.models import Link, Sample, SampleState
from vitrine.commission.models.sample import Answered

ADDRESS_KEPT = timedelta(days=30)
"""How long an address is read for parcels that come back, or that are asked after."""

LAPSES = timedelta(days=60)
"""After so long without a word, none is sent: else an address would be kept for ever."""


@dataclass(frozen=True)
class Parcel:
    """What is sent, from where, how. carrier and tracking may be empty."""

    variant: Variant
    location: Location
    carrier: str = ""
    tracking: str = ""


@transaction.atomic
def ask(link: Link, product: Product, *, address: str, note: str, at: datetime) -> Sample:
    """Ask for a sample, and tell the shop. Raises: NotYours, AskedAlready."""
    asked = Sample.ask(link, product, address=address, note=note, at=at)
    notices.tell_shop_of_sample(asked, at=at)
    return asked


@transaction.atomic
def answer(sample: Sample, *, is_agreed: bool, words: str, by: Person, at: datetime) -> None:
    """Agree or decline, and tell the creator. Raises: Answered."""
    say = sample.agree if is_agreed else sample.decline
    say(by=by, answer=words, at=at)
    notices.tell_of_sample(sample, at=at)


@transaction.atomic
def send(sample: Sample, parcel: Parcel, *, by: Person, at: datetime) -> None:
    """Take one from its shelf and send it. Locks: the sample, then the stock row.

    Raises: Answered, SoldOut, ValueError for a variant of another product.
    """
    if parcel.variant.product_id != sample.product_id:
        raise ValueError("a sample is of what was asked for")
    sample.note_sent(parcel.variant, carrier=parcel.carrier, tracking=parcel.tracking, by=by, at=at)
    stock = stockkeeping.at_location(parcel.variant, parcel.location)
    stockkeeping.give_away(stock, 1, key=f"sample:{sample.public_id}", by=by, at=at)
    notices.tell_of_sample(sample, at=at)


def lapse(*, at: datetime) -> int:
    """Decline what shops were asked for, or agreed to, and say no more of. Safe to run twice."""
    before = at - LAPSES
    silent = Q(asked_at__lt=before, answered_at=None) | Q(answered_at__lt=before)
    lapsed = 0
    for sample in Sample.objects.waiting().filter(silent).order_by("pk"):
        with suppress(Answered), transaction.atomic():
            sample.decline(by=None, answer=sample.answer, at=at)
            notices.tell_of_sample(sample, at=at)
            lapsed += 1
    return lapsed


def forget_addresses(*, at: datetime) -> int:
    """Forget where samples went, or would have gone, that nothing is left to be said of."""
    before = at - ADDRESS_KEPT
    sent = Q(state=SampleState.SENT, sent_at__lt=before)
    declined = Q(state=SampleState.DECLINED, answered_at__lt=before)
    return Sample.objects.filter(sent | declined).exclude(address="").update(address="")
