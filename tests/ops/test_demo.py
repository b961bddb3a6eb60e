"""The demo: the same each time it is drawn, whole, and safe to bring in twice."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.utils.module_loading import autodiscover_modules

from tests import make
from vitrine.accounts import handles
from vitrine.accounts.models import Follow, Person
from vitrine.ads import load
from vitrine.ads.models import Ad, Campaign
from vitrine.ads.standing import standing_ads
from vitrine.catalog.models import (
    LocationKind,
    Merchant,
    Picture,
    Product,
    StockMovement,
    Tag,
    Variant,
)
from vitrine.kernel.invariants import REGISTER
from vitrine.ops.datadir import DataDir
from vitrine.ops.demo import advertising, draw, filming, logins, peopling, seeding, stocking
from vitrine.ops.demo.cast import CREATORS, ROLES
from vitrine.ops.demo.draw import Easel
from vitrine.ops.demo.drawing import film
from vitrine.ops.demo.places import COUNTRIES
from vitrine.ops.demo.reels import REELS
from vitrine.ops.demo.score.score import compose
from vitrine.ops.demo.shelves import ITEMS, SHOPS
from vitrine.orders.models import Order, OrderGroup, OrderState, Wallet
from vitrine.sovereignty.cell import CELLS
from vitrine.videos import encoding
from vitrine.videos.models import Clip, Comment, Encoding, Like

TINY = Easel(width=90, height=160, still=64, face=330, seconds=1.0)
NOON = make.NOON


@pytest.mark.parametrize("slug", ["mended-bowl", "porch-lantern"])
def test_a_picture_of_a_film_has_the_same_bytes_each_time(slug: str) -> None:
    planned = replace(REELS[slug].film, seconds=0.2)

    first, again = ([*film.pictures(planned, width=54, height=96)] for _ in range(2))

    assert len(first) == 5
    assert first[0].shape == (96, 54, 3)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert first[2].std() > 8  # something is there to be seen


def test_what_sways_comes_back_to_where_it_began() -> None:
    planned = replace(REELS["hour-watch"].film, seconds=0.5)

    pictures = [*film.pictures(planned, width=54, height=96)]

    assert len(pictures) == 12
    assert np.array_equal(pictures[1], pictures[-1])


def test_a_score_is_the_same_each_time_and_never_clips() -> None:
    for slug in ("mended-bowl", "hour-watch", "first-light"):
        planned = REELS[slug].film

        sound = compose(planned.mood, seconds=3.0, seed=planned.seed)

        assert sound.shape == (2, 3 * 48_000)
        assert np.array_equal(sound, compose(planned.mood, seconds=3.0, seed=planned.seed))
        assert 0.2 < float(np.abs(sound).max()) <= 0.82
        assert np.abs(sound[:, :40]).max() < 0.01  # no click at the beginning
        assert np.abs(sound[:, -40:]).max() < 0.01  # nor at the end


def test_the_demo_is_whole() -> None:
    shown = [slug for reel in REELS.values() for slug in (reel.item, *reel.also)]

    assert len(REELS) == 24
    assert len(ITEMS) == sum(len(shop.items) for shop in SHOPS) == 60
    assert (len(CREATORS), len(SHOPS)) == (6, 4)
    assert {reel.creator for reel in REELS.values()} == {role.handle for role in CREATORS}
    assert set(shown) == set(ITEMS)
    assert all(6 <= reel.film.seconds <= 12 for reel in REELS.values())
    assert len({reel.title for reel in REELS.values()}) == 24
    assert all(handles.objection(handle) is None for handle in ROLES)
    assert {author for reel in REELS.values() for author, _ in reel.remarks} <= set(ROLES)
    assert set(COUNTRIES) == set(CELLS)
    for reel in REELS.values():
        assert len(reel.description) <= 300
        assert reel.webvtt().startswith("WEBVTT\n\n00:00:00.000 --> ")
        assert all(0 <= start < end <= reel.duration_ms for _, start, end in reel.tags())


@pytest.mark.django_db
def test_furnishing_brings_in_people_shops_stock_and_orders() -> None:
    seeding.furnish(at=NOON)

    assert Person.objects.count() == 10
    assert Merchant.objects.count() == 4
    assert Product.objects.on_sale().count() == 60
    assert Variant.objects.filter(stock=None).count() == 0
    assert sum(shop.locations.filter(kind=LocationKind.STORE).count() for shop in _shops()) == 2
    states = set(Order.objects.values_list("state", flat=True))
    assert states == set(OrderState.values) - {OrderState.HELD}
    autodiscover_modules("invariants")
    assert {one.code: one.check().violations for one in REGISTER} == {
        one.code: [] for one in REGISTER
    }


@pytest.mark.django_db
def test_furnishing_again_changes_nothing() -> None:
    seeding.furnish(at=NOON)
    before = _counts()
    Product.objects.get(source_id="demo:morning-mug").withdraw(at=NOON)

    seeding.furnish(at=NOON)

    assert _counts() == before
    assert not Product.objects.get(source_id="demo:morning-mug").is_on_sale


@pytest.mark.django_db
def test_a_film_becomes_a_clip_that_is_published_once(tmp_path: Path) -> None:
    cast = peopling.people(at=NOON)
    stocking.shops(cast, at=NOON)
    file = draw.draw("film:claw-ring", tmp_path, TINY)
    assert filming.missing()[3] == "claw-ring"

    filming.take_in("claw-ring", file, cast, at=NOON)

    assert "claw-ring" not in filming.missing()
    assert filming.finish(cast, at=NOON) == 1
    encoding.encode(Encoding.objects.get(), clock=lambda: NOON)
    assert filming.finish(cast, at=NOON) == 0
    clip = Clip.objects.published().get()
    assert (clip.title, clip.creator.handle) == (REELS["claw-ring"].title, "amara.keeps.time")
    assert clip.has_sound
    assert Tag.objects.filter(clip=clip).count() == 1  # one second holds the first span only
    assert Comment.objects.filter(clip=clip).count() == 2
    assert clip.captions.get().webvtt == REELS["claw-ring"].webvtt()
    talk = (Comment.objects.count(), Like.objects.count())
    clip.unpublish()
    assert filming.finish(cast, at=NOON) == 0
    assert not Clip.objects.published().exists()
    assert (Comment.objects.count(), Like.objects.count()) == talk


@pytest.mark.django_db
def test_pictures_hang_once_and_faces_stay_as_people_chose(tmp_path: Path) -> None:
    cast = peopling.people(at=NOON)
    stocking.shops(cast, at=NOON)
    still = draw.draw("still:morning-mug", tmp_path, TINY)
    bust = draw.draw("bust:nell.ferris", tmp_path, TINY)

    for _ in range(2):
        seeding.accept("still:morning-mug", still, cast, at=NOON)
        seeding.accept("bust:nell.ferris", bust, cast, at=NOON)

    assert Picture.objects.get().product.source_id == "demo:morning-mug"
    face = cast["nell.ferris"].picture_key
    assert face
    assert Person.objects.get(handle="nell.ferris").picture_key == face
    work = [errand for wanted in seeding.errands(cast) for errand in wanted]
    assert "still:morning-mug" not in work
    assert "bust:nell.ferris" not in work
    assert len(work) == 24 + 59 + 9


@pytest.mark.django_db
def test_a_complete_demo_is_marked_and_an_unfinished_one_is_not(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.VITRINE_DATA = tmp_path
    cast = peopling.people(at=NOON)
    stocking.shops(cast, at=NOON)
    marker = DataDir(tmp_path).demo_complete

    seeding.draw_and_publish(cast, [["film:parasol"]], at=NOON, draw=_draw_tiny, patience=0)

    assert not marker.exists()
    encoding.encode(Encoding.objects.get(), clock=lambda: NOON)
    seeding.draw_and_publish(cast, [], at=NOON, draw=_draw_tiny, patience=0)
    assert marker.exists()
    assert not (tmp_path / "demo").exists()
    assert Clip.objects.published().get().title == REELS["parasol"].title
    assert not Campaign.objects.exists()  # so few clips have no place for an ad
    for reel in [one for slug, one in REELS.items() if slug != "parasol"][: load.BETWEEN]:
        make.clip(title=reel.title)
    for _ in range(2):  # the second time nothing is added
        advertising.advertise(cast, at=NOON)
        assert Campaign.objects.get().name == REELS["parasol"].title
        assert [ad for (ad,) in standing_ads()] == [Ad.objects.get().pk]
        assert Wallet.objects.get().put_minor == advertising.PAID_MINOR
        Clip.objects.update(description="What is drawn later is looked at as well.")


def _draw_tiny(wanted: list[str], folder: Path) -> None:
    for errand in wanted:
        draw.draw(errand, folder, TINY)


def test_several_hands_draw_everything_and_leave_nothing(tmp_path: Path) -> None:
    def scribble(wanted: list[str], folder: Path) -> None:
        for errand in wanted:
            (folder / draw.name_of(errand)).write_text(errand)

    work = [["bust:a", "bust:b"], ["film:c"], ["still:d"]]

    seen = {
        errand: file.read_text()
        for errand, file in seeding.drawn(work, tmp_path, hands=2, draw=scribble)
    }

    assert seen == {errand: errand for wanted in work for errand in wanted}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_the_password_is_private_to_the_data_directory(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.VITRINE_DATA = tmp_path
    settings.VITRINE_ORIGIN = "http://localhost:8000"

    first, again = logins.password({"buys": "a@demo.example"}), logins.password({})

    assert first is not None
    assert first == again
    assert len(first) >= 16
    assert DataDir(tmp_path).demo_logins.stat().st_mode & 0o077 == 0
    assert peopling.people(at=NOON)["ines.fires"].check_password(first)


@pytest.mark.django_db
@pytest.mark.parametrize("origin", ["https://vitrine.example", "http://10.0.0.7:8000"])
def test_nobody_can_sign_in_as_the_demo_where_the_public_comes(
    settings: LazySettings, tmp_path: Path, origin: str
) -> None:
    settings.VITRINE_DATA = tmp_path
    settings.VITRINE_ORIGIN = origin

    cast = peopling.people(at=NOON)

    assert not any(person.has_usable_password() for person in cast.values())
    assert list(tmp_path.iterdir()) == []


def _shops() -> list[Merchant]:
    return list(Merchant.objects.all())


def _counts() -> list[int]:
    kinds = (Person, Follow, Merchant, Product, Variant, StockMovement, OrderGroup, Order)
    return [kind.objects.count() for kind in kinds]
