"""What a journey finds in place. Runs inside the cell: see Site.inside."""

import time
from dataclasses import asdict
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from tests import make
from tests.journeys.advertising import (  # noqa: F401  (called by their names here)
    advertised,
    ended,
    followed,
    searched_for,
    to_boost,
)
from tests.journeys.tastes import two_kinds  # noqa: F401  (called by its name here)
from vitrine.accounts.models import Person
from vitrine.catalog.models import LocationKind, Merchant, Stock
from vitrine.commission import offering, reckoning
from vitrine.commission.models import Commission
from vitrine.feed import counting
from vitrine.feed.days import local_day
from vitrine.feed.models import Watch
from vitrine.kernel import storage
from vitrine.orders import checkout, codes, handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Address, Order
from vitrine.safety import judging, reporting
from vitrine.safety.models import Case, Decision
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.videos import importing
from vitrine.videos.models import Audience, Caption, Clip, Comment, Like, Visibility

PATIENCE_SECONDS = 420
CAPTIONS = """WEBVTT

00:00.000 --> 00:03.000
Water first.

00:03.000 --> 00:20.000
Then we wait.
"""


def person(handle: str, **fields: Any) -> str:
    """Make a person who can sign in with make.PASSWORD; return the e-mail address."""
    made = make.person(handle, **fields)
    made.set_password(make.PASSWORD)
    made.save()
    return made.email


def session(handle: str) -> dict[str, str]:
    """Sign a person in; return the cookie's name and value."""
    who = Person.objects.get(handle=handle)
    store = SessionStore()
    store[SESSION_KEY] = str(who.pk)
    store[BACKEND_SESSION_KEY] = "vitrine.accounts.backend.Backend"
    store[HASH_SESSION_KEY] = who.get_session_auth_hash()
    store.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": str(store.session_key)}


def clips(handle: str, files: list[str], titles: list[str]) -> list[str]:
    """Take real files in as clips, wait for the cell's worker, publish; return the public ids."""
    creator = Person.objects.get(handle=handle)
    now = timezone.now()
    made = [
        importing.import_file(Path(file), creator, at=now, title=title, description=f"{title}.")
        for file, title in zip(files, titles, strict=True)
    ]
    deadline = time.monotonic() + PATIENCE_SECONDS
    for age, clip in enumerate(made):
        while not clip.renditions.exists():
            assert time.monotonic() < deadline, "the worker has not finished in time"
            time.sleep(0.3)
        clip.publish(at=now - timedelta(minutes=age))
    return [clip.public_id for clip in made]


def label(clip_id: str, *, product: str, price_minor: int) -> str:
    """Give a clip captions, a comment and a tagged product in stock; return the product's URL."""
    clip = Clip.objects.get(public_id=clip_id)
    Caption.objects.create(
        clip=clip,
        language="en",
        webvtt=CAPTIONS,
    )
    curious = make.person()
    Comment.say(clip, "Where is it from?", by=curious, at=timezone.now())
    merchant = make.merchant(f"{product} makers", owner=curious)
    variant = make.variant(make.product(merchant, title=product), stock=5, price_minor=price_minor)
    make.tag(clip, variant.product)
    return variant.product.get_absolute_url()


def approve(name: str) -> None:
    """Let a new shop sell, as a reviewer would."""
    Merchant.objects.get(name=name).approve(at=timezone.now())


def likes(handle: str) -> list[str]:
    """Return the public ids of the clips that somebody likes."""
    liked = Like.objects.filter(person__handle=handle)
    return list(liked.values_list("clip__public_id", flat=True))


def pickup(name: str) -> dict[str, Any]:
    """Make a shop with one pick-up that waits; return its counter, code, order and a clerk."""
    owner = make.person()
    lamp = make.variant(make.product(make.merchant(name, owner=owner)))
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 3, at=store)
    order = make.purchase(lamp, store=store).group.orders.get()
    handing_over.make_ready(order, by=owner, at=timezone.now())
    return {
        "path": f"/market/{lamp.merchant.slug}/counter/",
        "code": codes.of_order(order),
        "order": order.public_id,
        "session": session(owner.handle),
    }


def shop(name: str) -> dict[str, Any]:
    """Make a shop with one thing; return its pages, the thing's page and its owner's session."""
    owner = make.person()
    lamp = make.variant(make.product(make.merchant(name, owner=owner)), stock=5)
    return {
        "market": f"/market/{lamp.merchant.slug}/",
        "window": lamp.merchant.get_absolute_url(),
        "thing": lamp.product.get_absolute_url(),
        "session": session(owner.handle),
    }


def letters(to: str) -> list[str]:
    """Return the texts of the letters that went to somebody."""
    folder: Path = settings.VITRINE_DATA / "mail"
    found = [
        message_from_bytes(one.read_bytes(), policy=policy.default) for one in folder.iterdir()
    ]
    return [one.get_content() for one in found if to in str(one["To"])]


def two_ways() -> list[str]:
    """Make a shop with two things, one of them in a store as well; return their pages."""
    shop = make.merchant("Two Ways")
    lamp, mug = (
        make.variant(make.product(shop, title=title), stock=5, option_values=[])
        for title in ("Brass lamp", "Stone mug")
    )
    store = make.location(shop, LocationKind.STORE, name="Corner store")
    make.stocked(mug, 3, at=store)
    return [one.product.get_absolute_url() for one in (lamp, mug)]


def parcels(name: str, count: int) -> dict[str, Any]:
    """Make a shop with parcels that wait; return its orders' page, their ids and its owner."""
    owner = make.person()
    lamp = make.variant(make.product(make.merchant(name, owner=owner)), stock=count)
    orders = [make.purchase(lamp).group.orders.get() for _ in range(count)]
    return {
        "path": f"/market/{lamp.merchant.slug}/orders/",
        "orders": [order.public_id for order in orders],
        "session": session(owner.handle),
    }


def sent(titles: list[str]) -> dict[str, Any]:
    """Make a shop, and an order of one of each thing that has left it, paid for.

    Returns the link that its buyer has, the shop's pages and its owner.
    """
    owner, now = make.person(), timezone.now()
    shop = make.merchant(owner=owner)
    things = [make.variant(make.product(shop, title=title), stock=5) for title in titles]
    group = checkout.buy(make.attempt(*things), at=now).group
    key = handing_over.ship(group.orders.get(), Parcel(), by=owner, at=now)
    moving.make(key, at=now)
    return {
        "link": f"{group.get_absolute_url()}?key={group.link_token}",
        "shop": f"/market/{shop.slug}/",
        "session": session(owner.handle),
    }


def on_hand(title: str, shop: str) -> int:
    """Return how many of a thing are on a shop's shelves. shop: its pages."""
    slug = shop.strip("/").rpartition("/")[2]
    mine = Stock.objects.filter(variant__product__title=title, variant__merchant__slug=slug)
    return sum(mine.values_list("on_hand", flat=True))


def offered(title: str, rate_bp: int, price_minor: int) -> dict[str, Any]:
    """Make a creator with a clip that has its link only, and a shop that pays for showing a thing.

    Returns the clip, and the creator's cookie.
    """
    creator, owner = make.person(), make.person()
    shop = make.merchant(owner=owner)
    thing = make.variant(make.product(shop, title=title), stock=5, price_minor=price_minor)
    clip = _without_film(creator=creator, title="By its light", visibility=Visibility.UNLISTED)
    offering.offer(
        shop, product=thing.product, creator=None, rate_bp=rate_bp, by=owner, at=timezone.now()
    )
    return {"clip": clip.public_id, "session": session(creator.handle)}


def reckon(clip_id: str) -> None:
    """Reckon with the creator of what was bought on a clip, before the worker comes to it."""
    for order in Order.objects.filter(lines__clip__public_id=clip_id):
        reckoning.reckon(order.pk, at=timezone.now())


def hand_over(clip_id: str) -> None:
    """Send what was bought on a clip, take its money, and reckon with the creator."""
    now = timezone.now()
    for order in Order.objects.filter(lines__clip__public_id=clip_id):
        moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=now), at=now)
    reckon(clip_id)


def wait_for_commission(clip_id: str) -> None:
    """Let the time be over in which what a clip earned is pending."""
    mine, now = Commission.objects.filter(clip__public_id=clip_id), timezone.now()
    mine.update(due_at=now)
    for one in mine:
        reckoning.release(one.pk, at=now)


def remembered(name: str) -> None:
    """Wait until the worker has kept where somebody's purchase goes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not Address.objects.filter(name=name).exists():
        assert time.monotonic() < deadline, "the worker has kept nothing in time"
        time.sleep(0.1)


def order_state(order_id: str) -> str:
    """Return where an order is."""
    return str(Order.objects.get(public_id=order_id).state)


def watched(clip_id: str) -> list[int]:
    """Return how long each viewer has watched a clip, in ms."""
    watches = Watch.objects.filter(clip__public_id=clip_id, watched_ms__gt=0)
    return list(watches.values_list("watched_ms", flat=True))


def stays(ms: int) -> int:
    """Count what was watched for so long, by whomever."""
    return Watch.objects.filter(watched_ms__gte=ms).count()


def counted(clip_id: str) -> dict[str, Any]:
    """Count a clip's views of the last days from their facts."""
    clip, today = Clip.objects.get(public_id=clip_id), local_day(timezone.now())
    rows = counting.rows([clip.pk], since=today - timedelta(days=2), until=today)
    return asdict(counting.total(rows))


def unlist(clip_id: str) -> None:
    """Show a clip to those who have its link only."""
    Clip.objects.filter(public_id=clip_id).update(visibility=Visibility.UNLISTED)


def _without_film(**fields: Any) -> Clip:
    """Make a clip whose rendition has the bytes that the check of the cell asks for, if no film.

    It is not to stay listed, or the feed of another journey has what cannot play.
    """
    clip = make.clip(**fields)
    for rendition in clip.renditions.all():
        storage.put(rendition.key, bytes(rendition.size))
    return clip


def openly(handle: str) -> str:
    """Make somebody's clip that everyone may remix, without a film; return its public id."""
    creator = Person.objects.get(handle=handle)
    return str(_without_film(creator=creator, **make.OPEN).public_id)


def close(clip_id: str) -> None:
    """Open a clip to nobody any more, and list it nowhere."""
    closed = {"duets": Audience.NOBODY, "visibility": Visibility.UNLISTED}
    Clip.objects.filter(public_id=clip_id).update(**closed)


def moderator(handle: str) -> dict[str, str]:
    """Make a moderator and sign them in; return the cookie's name and value."""
    make.person(handle, is_moderator=True)
    return session(handle)


def reported(reasons: list[str]) -> list[str]:
    """Let nothing wait but a reported clip for each reason; return the clips' public ids."""
    now = timezone.now()
    for case in Case.objects.open():  # another journey's, as of one film that two have sent
        words, none = "Not of this journey.", Measure.NONE
        judging.decide(case, by=None, reason=case.reason, measure=none, words=words, at=now)
    clips = [
        _without_film(title=f"Reported for {reason}", visibility=Visibility.UNLISTED)
        for reason in reasons
    ]
    for clip, reason in zip(clips, reasons, strict=True):
        note = "It begins at the third second."
        reporting.report(Thing.of(clip), by=None, visitor="v_x", reason=reason, note=note, at=now)
    return [clip.public_id for clip in clips]


def decided(clip_ids: list[str]) -> list[list[str]]:
    """Return the rule and the measure of each decision on clips, in their order."""
    decisions = Decision.objects.filter(case__clip__public_id__in=clip_ids).order_by("pk")
    return [[one.reason, one.measure] for one in decisions]
