"""Clips on show, each with a product in stock on it, and somebody signed in.

Imported only once Django is set up on the cell.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean

from bench import checkout_buyers, upload_creator
from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Tag
from vitrine.videos import importing, ladder
from vitrine.videos.models import Encoding, EncodingState, Rendition

PATIENCE_SECONDS = 900


def show(films: Sequence[Path]) -> None:
    """Take films in, wait for the cell's encoder, tag and publish them."""
    now = datetime.now(UTC)
    checkout_buyers.shop()
    products = Product.objects.order_by("pk")[: len(films)]
    creator = Person.objects.create_user("maker@example.org", handle="maker")
    clips = [
        importing.import_file(film, creator, at=now, title=f"Light on glass, {number}")
        for number, film in enumerate(films)
    ]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Encoding.objects.exclude(state=EncodingState.READY).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("The films are not encoded.")
        time.sleep(1)
    for clip, product in zip(clips, products, strict=True):
        clip.refresh_from_db()
        Tag.objects.create(clip=clip, product=product, from_ms=0, until_ms=clip.duration_ms)
        clip.revise(description="Light wanders over glass.")
        clip.publish(at=now - timedelta(minutes=clip.pk))


def kbps() -> float:
    """Return the mean rate of the 540 renditions."""
    rates = Rendition.objects.filter(name=str(ladder.FIRST)).values_list("bitrate_bps", flat=True)
    return fmean(rates) / 1000


def other_pages() -> list[str]:
    """Return the pages beside the feed that have most to load."""
    clip = Tag.objects.select_related("clip", "product")[0]
    return [
        clip.clip.get_absolute_url(),
        clip.product.get_absolute_url(),
        "/@maker",
        "/search?q=glass",
        "/account/login/",
        "/studio/upload/",
        "/cart",
    ]


def film() -> str:
    """Return the bare URL of one clip's 540 rendition."""
    rendition = Rendition.objects.filter(name=str(ladder.FIRST)).order_by("pk")[0]
    return f"/m/{rendition.key}"


def cookies() -> list[tuple[str, str]]:
    """Sign somebody in who may open every page; return the cookies."""
    pairs = upload_creator.signed_in().split("; ")
    return [(name, value) for name, _, value in (pair.partition("=") for pair in pairs)]
