"""Clips made with another's: what is allowed, what is made, and what is said when it can't be."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.videos.drawing import AAC, X264, Film, draw
from vitrine.accounts.models import Block, Person
from vitrine.catalog import tagging
from vitrine.catalog.models import Tag
from vitrine.kernel import storage
from vitrine.videos import (
    encoding,
    importing,
    invariants,
    purging,
    receiving,
    remixing,
    sounding,
    webvtt,
)
from vitrine.videos.models import (
    Caption,
    Clip,
    Encoding,
    EncodingState,
    NotOpenToRemixing,
    Remix,
    RemixKind,
    RemixWithdrawn,
    Sound,
    StitchOutsideTheClip,
    Visibility,
    Wish,
)
from vitrine.videos.webvtt import Cue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Draw a film for the one who is remixed, and another for the one who does."""
    folder = tmp_path_factory.mktemp("films")
    theirs = Film("theirs.mp4", size=(108, 192), options=f"{X264} {AAC}", length=1.2)
    own = Film("own.mp4", size=(108, 192), options=f"{X264} {AAC}", length=1.5)
    return draw(theirs, folder), draw(own, folder)


@pytest.fixture
def origin(films: tuple[Path, Path]) -> Iterator[Clip]:
    """Return a clip that is out, with its sound, and open to everyone."""
    clip = importing.import_file(films[0], make.person("ana"), at=make.NOON)
    prepare(clip)
    clip.refresh_from_db()
    clip.publish(at=make.NOON)
    Clip.objects.filter(pk=clip.pk).update(**make.OPEN)
    clip.refresh_from_db()
    yield clip
    storage.delete(*storage.list_keys(""))


def prepare(clip: Clip) -> Encoding:
    Clip.objects.filter(pk=clip.pk).update(description="Colours move.")
    encoding.encode(Encoding.objects.get(clip=clip), clock=lambda: make.NOON)
    return Encoding.objects.get(clip=clip)


def sent(film: Path, by: Person, wish: Wish) -> Clip:
    """Send a film as a whole, to be made with another's."""
    content = film.read_bytes()
    upload = receiving.begin(by, length=len(content), filename="own.mp4", wish=wish, at=make.NOON)
    receiving.append(upload, content, start=0, at=make.NOON)
    return receiving.complete(upload, sha256=None, at=make.NOON)


def assert_invariants_hold() -> None:
    for check in (
        invariants.clips_play_and_preparings_end,
        invariants.originals_are_kept,
        invariants.visibility_holds,
    ):
        assert check().violations == []


def test_a_clip_has_a_sound_of_its_own_and_others_make_three_things_of_it(
    origin: Clip, films: tuple[Path, Path]
) -> None:
    bea = make.person("bea")
    assert storage.exists(Sound.objects.get(origin=origin).key)

    # As an earlier release left it; the sweep makes good for that.
    Sound.objects.all().delete()
    assert sounding.catch_up(at=make.NOON) == 1
    sound = Sound.objects.get(origin=origin)
    assert not sounding.missing().exists()

    Caption.write(origin, "en", "WEBVTT\n\n00:00.800 --> 00:09.000\nColours.\n")
    made = {}
    for kind in RemixKind:
        wish = Wish(kind, origin, until_ms=1_000 if kind == RemixKind.STITCH else 0)
        made[kind] = sent(films[1], bea, wish)
        assert prepare(made[kind]).state == EncodingState.READY
        made[kind].refresh_from_db()
        made[kind].publish(at=make.NOON)

    assert storage.stat(sound.key).size == sound.size > 1_000
    assert sound.name == "Original sound – @ana"
    shapes = {kind: (clip.width, clip.height) for kind, clip in made.items()}
    assert shapes == {"sound": (108, 192), "duet": (216, 192), "stitch": (108, 192)}
    lengths = {kind: clip.duration_ms for kind, clip in made.items()}
    assert lengths == pytest.approx({"sound": 1_500, "duet": 1_200, "stitch": 2_500}, abs=60)
    said = {kind: webvtt.parse(clip.captions.get().webvtt) for kind, clip in made.items()}
    assert said[RemixKind.STITCH] == [Cue(800, 1_000, "Colours.")]
    for kind in (RemixKind.DUET, RemixKind.SOUND):  # as long as the other's film
        (cue,) = said[kind]
        assert cue.from_ms == 800
        assert cue.until_ms == pytest.approx(1_200, abs=60)
    assert not Sound.objects.exclude(origin=origin).exists()  # what is not all one's own
    assert set(sound.clips()) == {origin, made[RemixKind.SOUND]}
    assert_invariants_hold()


def test_what_is_made_outlives_its_origin_and_what_is_not_yet_fails_with_a_reason(
    origin: Clip, films: tuple[Path, Path]
) -> None:
    bea = make.person()
    duet, late = (sent(films[1], bea, Wish(RemixKind.DUET, origin)) for _ in range(2))
    prepare(duet)
    origin.delete(at=make.NOON)
    purging.purge_deleted_clips()

    failed = prepare(late)

    assert (failed.state, failed.reason) == (
        EncodingState.FAILED,
        "The clip of @ana has been deleted.",
    )
    assert failed.attempts == 1
    assert list(storage.list_keys(f"sounds/{origin.public_id}/")) == []
    Encoding.objects.get(clip=duet).refine(at=make.NOON)
    assert prepare(duet).state == EncodingState.READY  # from what was composed
    remixing.go_on_without(late)
    assert prepare(late).state == EncodingState.READY
    late.refresh_from_db()
    late.publish(at=make.NOON)
    assert Sound.objects.filter(origin=late).exists()
    assert_invariants_hold()


def test_a_withdrawn_permission_stops_what_is_not_out_and_leaves_what_is(
    origin: Clip, films: tuple[Path, Path]
) -> None:
    bea = make.person()
    out, ready, late = (sent(films[1], bea, Wish(RemixKind.SOUND, origin)) for _ in range(3))
    prepare(out)
    prepare(ready)
    out.publish(at=make.NOON)

    Clip.objects.filter(pk=origin.pk).update(sound_uses="nobody")

    with pytest.raises(NotOpenToRemixing):
        receiving.begin(
            bea, length=9, filename="", wish=Wish(RemixKind.SOUND, origin), at=make.NOON
        )
    with pytest.raises(RemixWithdrawn):
        ready.publish(at=make.NOON)
    out.publish(at=make.NOON)  # again is no error
    assert prepare(late).reason == "@ana has closed the clip for use of its sound meanwhile."
    Clip.objects.filter(pk=origin.pk).update(sound_uses="everyone")
    remixing.try_again(late)
    assert prepare(late).state == EncodingState.READY
    assert Clip.objects.published().filter(creator=bea).get() == out
    remixing.go_on_without(ready)
    assert not ready.renditions.exists()
    with pytest.raises(remixing.IsOutAlready):
        remixing.go_on_without(out)
    assert_invariants_hold()


def test_two_films_that_cannot_be_put_together_fail_with_a_reason(
    origin: Clip, films: tuple[Path, Path]
) -> None:
    duet = sent(films[1], make.person(), Wish(RemixKind.DUET, origin))
    # Readable to its end as a container, and no pictures in it.
    key = origin.renditions.get(name="540").key
    content = bytearray(storage.get(key))
    at = content.index(b"mdat") + 8
    content[at:-64] = bytes(len(content) - 64 - at)
    storage.put(key, bytes(content))

    for second in range(3):
        now: datetime = make.NOON + timedelta(minutes=second)
        encoding.encode(Encoding.objects.get(clip=duet), clock=lambda now=now: now)  # type: ignore[misc]

    ended = Encoding.objects.get(clip=duet)
    assert ended.state == EncodingState.FAILED
    assert ended.reason
    assert list(storage.list_keys(f"composed/{duet.public_id}/")) == []


def wished(by: Person, clip: Clip, kind: RemixKind = RemixKind.DUET, **span: int) -> Remix:
    draft = Clip.objects.create(creator=by, created_at=make.NOON)
    span = span or ({"until_ms": 1_000} if kind == RemixKind.STITCH else {})
    return Remix.begin(draft, Wish(kind, clip, **span), at=make.NOON)


@pytest.mark.parametrize(
    "fields, kind, follows, allowed",
    [
        ({}, RemixKind.DUET, True, False),
        ({"duets": "everyone"}, RemixKind.DUET, False, True),
        ({"duets": "everyone"}, RemixKind.STITCH, False, False),
        ({"duets": "followers"}, RemixKind.DUET, False, False),
        ({"duets": "followers"}, RemixKind.DUET, True, True),
        ({"duets": "everyone", "visibility": Visibility.FOLLOWERS}, RemixKind.DUET, True, False),
        ({"duets": "everyone", "visibility": Visibility.UNLISTED}, RemixKind.DUET, True, False),
        ({"duets": "everyone", "draft": True}, RemixKind.DUET, True, False),
        ({"sound_uses": "everyone"}, RemixKind.SOUND, False, True),
    ],
)
def test_only_what_is_open_to_somebody_can_be_remixed(
    fields: dict[str, Any], kind: RemixKind, *, follows: bool, allowed: bool
) -> None:
    clip, bea = make.clip(**fields), make.person()
    make.sound(clip)
    if follows:
        bea.follow(clip.creator, at=make.NOON)

    if allowed:
        assert wished(bea, clip, kind).origin == clip
    else:
        with pytest.raises(NotOpenToRemixing), transaction.atomic():
            wished(bea, clip, kind)
    assert wished(clip.creator, clip, kind).origin == clip  # one's own, always


def test_no_remix_crosses_a_block_and_none_is_made_of_a_remix() -> None:
    clip, bea, carl = make.clip(**make.OPEN), make.person(), make.person()
    duet = make.remix(clip, creator=bea, **make.OPEN)
    with pytest.raises(NotOpenToRemixing), transaction.atomic():
        wished(carl, duet)

    Block.put(by=clip.creator, on=carl, at=make.NOON)

    with pytest.raises(NotOpenToRemixing), transaction.atomic():
        wished(carl, clip)
    Block.put(by=clip.creator, on=bea, at=make.NOON)
    assert duet in Clip.objects.visible_to(bea)  # one's own stays in sight
    for scope in (Clip.objects.visible_to, Clip.objects.listed_for, Clip.objects.unasked_for):
        assert duet not in scope(carl)
        assert duet in scope(make.person())


@pytest.mark.parametrize(
    "from_ms, until_ms", [(0, 5_100), (0, 400), (8_000, 9_100), (2_000, 1_000)]
)
def test_a_stitch_lies_within_the_clip_and_is_short(from_ms: int, until_ms: int) -> None:
    clip = make.clip(**make.OPEN, duration_ms=9_000)

    with pytest.raises(StitchOutsideTheClip):
        wished(make.person(), clip, RemixKind.STITCH, from_ms=from_ms, until_ms=until_ms)


def test_postgres_refuses_a_stitch_that_is_too_long() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Remix.objects.create(
            clip=make.clip(),
            origin=make.clip(),
            kind="stitch",
            until_ms=9_000,
            created_at=make.NOON,
        )


@pytest.mark.parametrize("kind", RemixKind)
def test_products_go_only_on_what_is_open_for_commercial_use(kind: RemixKind) -> None:
    clip, product = make.clip(**make.OPEN), make.variant(stock=1).product
    remix = make.remix(clip, kind)

    with pytest.raises(tagging.NotForSelling, match="does not want this"):
        tagging.tag(remix, product, by=remix.creator)
    with pytest.raises(IntegrityError, match="commercial use"), transaction.atomic():
        make.tag(remix, product)
    Clip.objects.filter(pk=clip.pk).update(commercial_use=True)

    tagging.tag(remix, product, by=remix.creator)
    assert Tag.objects.get().clip == remix
    own = make.remix(make.clip(remix.creator), creator=remix.creator)
    tagging.tag(own, product, by=own.creator)


def test_a_tagged_clip_cannot_take_what_is_not_open_for_commercial_use() -> None:
    tagged = make.clip()
    make.tag(tagged, make.product())

    with pytest.raises(IntegrityError, match="commercial use"), transaction.atomic():
        Remix.objects.create(clip=tagged, origin=make.clip(), kind="sound", created_at=make.NOON)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM videos_remix")
        assert cursor.fetchone() == (0,)
