"""Many clips to be shown, half of them with a product, and people who watch.

Imported only once Django is set up on the cell.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import Client

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Product, Tag, Variant
from vitrine.videos.models import Caption, Clip, Like, Rendition

CLIPS = 2_000
CREATORS = 100
LADDER = ((360, 450_000), (540, 900_000), (720, 1_600_000))


def fill() -> None:
    """Put clips on show, as the encoder leaves them, over the last weeks."""
    now = datetime.now(UTC)
    people = [
        Person.objects.create_user(f"maker{n}@example.org", handle=f"maker{n}")
        for n in range(CREATORS)
    ]
    clips = Clip.objects.bulk_create(
        Clip(
            creator=people[n % CREATORS],
            title=f"An object, turning in the light, {n}",
            description="A short description of what is seen, read out before it plays.",
            created_at=now,
            published_at=now - timedelta(minutes=17 * n),
            duration_ms=9_000,
            width=720,
            height=1280,
            has_sound=True,
            poster_key=f"renditions/{n}/poster.webp",
            placeholder=bytes(146),
        )
        for n in range(CLIPS)
    )
    Rendition.objects.bulk_create(
        Rendition(
            clip=clip,
            name=str(width),
            width=width,
            height=width * 16 // 9,
            bitrate_bps=bitrate,
            codecs="avc1.64001f, mp4a.40.2",
            size=1_000_000,
            sha256=bytes(32),
            key=f"renditions/{clip.pk}/{width}.mp4",
            verified_at=now,
        )
        for clip in clips
        for width, bitrate in LADDER
    )
    Caption.objects.bulk_create(Caption(clip=c, language="en", webvtt="WEBVTT") for c in clips)
    Like.objects.bulk_create(
        Like(clip=clip, person=people[(n * 7 + k) % CREATORS], at=now)
        for n, clip in enumerate(clips)
        for k in range(n % 5)
    )
    _tag(clips[::2], now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tag(clips: list[Clip], now: datetime) -> None:
    merchant = Merchant.objects.create(
        slug="bench", name="Bench", currency="USD", opened_at=now, approved_at=now
    )
    product = Product.objects.create(
        merchant=merchant,
        source_id="lamp",
        slug="lamp",
        title="Lamp",
        created_at=now,
        published_at=now,
    )
    Variant.objects.create(product=product, merchant=merchant, sku="lamp", price_minor=12_900)
    Tag.objects.bulk_create(
        Tag(clip=clip, product=product, from_ms=0, until_ms=9_000) for clip in clips
    )


def viewers(count: int) -> list[str]:
    """Sign people in who each follow a few; return the cookies of each."""
    made = []
    for number in range(count):
        person = Person.objects.create_user(f"viewer{number}@example.org", handle=f"viewer{number}")
        for followed in Person.objects.filter(handle__startswith="maker")[number : number + 5]:
            person.follow(followed, at=datetime.now(UTC))
        client = Client()
        client.force_login(person, "vitrine.accounts.backend.Backend")
        made.append("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
    return made
