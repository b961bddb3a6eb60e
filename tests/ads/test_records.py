"""What is kept of an ad: its words and its film, whatever its advertiser deletes, for a year."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests import make
from tests.ads import making
from vitrine.accounts.models import Person
from vitrine.ads import recording, reviewing
from vitrine.ads.invariants import ads_are_on_record
from vitrine.ads.models import Ad, AdDay, AdRecord, AdVerdict, Advertiser
from vitrine.catalog.models import Product
from vitrine.kernel import storage
from vitrine.sovereignty.cell import local_day
from vitrine.videos import purging
from vitrine.videos.models import Clip, Rendition

pytestmark = pytest.mark.django_db
TODAY = local_day(make.NOON)


@pytest.fixture
def ad() -> Ad:
    """Return an ad for a lamp that nobody has looked at, with its files in the store."""
    payer = making.advertiser(make.person("mia"), name="Brass and sons")
    clip = make.clip(making.owner_of(payer), title="A lamp", description="A lamp turns.")
    make.rendition(clip, "720")
    Clip.objects.update(poster_key=f"renditions/{clip.public_id}/poster.webp")
    clip.refresh_from_db()
    storage.put(clip.poster_key, b"its first frame")
    for one in clip.renditions.all():
        storage.put(one.key, one.name.encode())
    lamp = make.product(title="Lantern")
    return making.ad(
        making.group(making.campaign(payer)), clip, is_approved=False, product=lamp, call="shop"
    )


def approve(ad: Ad) -> AdRecord:
    reviewing.judge(ad, by=make.person(is_moderator=True), at=make.NOON)
    return AdRecord.objects.get(ad=ad)


def shown(ad: Ad, on: date) -> AdRecord:
    AdDay.objects.create(ad=ad, day=on, shown=9, expected=9, views=9, clicks=0)
    return AdRecord.objects.get(ad=ad)


def test_what_is_approved_is_kept_with_its_words_its_picture_and_its_smallest_film(ad: Ad) -> None:
    made = approve(ad)

    assert (made.title, made.about, made.creator) == ("A lamp", "A lamp turns.", "mia")
    assert (made.product, made.payer) == ("Lantern", "Brass and sons")
    assert made.leads_to == ad.product.get_absolute_url()  # type: ignore[union-attr]
    assert storage.get(made.poster_key) == b"its first frame"
    assert storage.get(made.film_key) == b"540"
    assert made.poster_key.startswith(f"adverts/{ad.public_id}/")
    assert (made.first_on, made.last_on) == (None, None)


def test_an_advertiser_who_deletes_the_clip_deletes_nothing_of_what_was_advertised(ad: Ad) -> None:
    approve(ad)
    shown(ad, TODAY)
    ad.clip.delete(at=make.NOON)
    assert purging.purge_deleted_clips() == 1
    Product.objects.update(title="Something else")

    made = shown(ad, TODAY + timedelta(days=1))

    assert not Rendition.objects.exists()
    assert (made.title, made.former) == ("A lamp", [])
    assert (storage.get(made.film_key), storage.get(made.poster_key)) == (
        b"540",
        b"its first frame",
    )


def test_days_are_the_first_and_the_last_on_which_it_was_shown(ad: Ad) -> None:
    approve(ad)
    AdDay.objects.create(
        ad=ad, day=TODAY - timedelta(days=9), shown=0, expected=0, views=0, clicks=0
    )
    for days in (3, 1):
        shown(ad, TODAY - timedelta(days=days))
    made = shown(ad, TODAY - timedelta(days=5))

    assert (made.first_on, made.last_on) == (TODAY - timedelta(days=5), TODAY - timedelta(days=1))
    AdDay.objects.filter(shown=0).update(shown=1)
    made.refresh_from_db()
    assert made.first_on == TODAY - timedelta(days=9)


def test_what_it_is_called_on_a_later_day_is_told_and_what_it_was_called_is_kept(ad: Ad) -> None:
    approve(ad)
    shown(ad, TODAY)
    Clip.objects.update(title="A miracle")
    Advertiser.objects.update(name="Gold and sons")
    Person.objects.filter(handle="mia").update(handle="max")

    made = shown(ad, TODAY + timedelta(days=1))

    assert (made.title, made.payer, made.creator) == ("A miracle", "Gold and sons", "max")
    assert made.former == ["A lamp", "Brass and sons", "mia"]
    assert shown(ad, TODAY + timedelta(days=2)).former == made.former


def test_an_ad_that_nobody_noted_is_noted_as_it_is_shown_and_its_files_a_little_later(
    ad: Ad,
) -> None:
    made = shown(ad, TODAY)
    assert (made.title, made.film_key) == ("A lamp", "")

    assert recording.keep_missing() == 1
    assert recording.keep_missing() == 0

    made.refresh_from_db()
    assert storage.get(made.film_key) == b"540"


def test_what_was_killed_between_the_copy_and_the_row_is_done_again(ad: Ad) -> None:
    made = approve(ad)
    AdRecord.objects.update(film_key="", poster_key="")

    recording.keep_missing()

    made.refresh_from_db()
    assert storage.get(made.film_key) == b"540"
    assert storage.get(made.poster_key) == b"its first frame"


def test_a_film_that_is_not_there_is_copied_once_it_is(ad: Ad) -> None:
    film = ad.clip.renditions.get(name="540")
    storage.delete(film.key)

    made = approve(ad)
    assert (made.film_key, AdVerdict.objects.get(ad=ad).is_approved) == ("", True)

    storage.put(film.key, b"again")
    recording.keep_missing()
    made.refresh_from_db()
    assert storage.get(made.film_key) == b"again"


def test_a_year_after_it_was_shown_last_its_record_and_its_files_go(ad: Ad) -> None:
    approve(ad)
    made = shown(ad, TODAY)

    assert recording.forget(at=make.NOON + timedelta(days=365)) == 0
    assert recording.forget(at=make.NOON + timedelta(days=366)) == 1

    assert not AdRecord.objects.exists()
    assert not list(storage.list_keys(f"{made.folder}/"))
    assert storage.exists(ad.clip.poster_key)


def test_what_was_approved_and_never_shown_goes_a_year_later(ad: Ad) -> None:
    approve(ad)

    assert recording.forget(at=make.NOON + timedelta(days=365)) == 0
    assert recording.forget(at=make.NOON + timedelta(days=366)) == 1


def test_one_that_is_shown_again_at_that_moment_stays_with_its_files(ad: Ad) -> None:
    approve(ad)
    made = shown(ad, TODAY)
    shown(ad, TODAY + timedelta(days=300))

    recording._forget(made)  # as it was read before

    made.refresh_from_db()
    assert storage.exists(made.film_key)


def test_postgres_keeps_no_record_out_of_its_time(ad: Ad) -> None:
    approve(ad)
    with pytest.raises(IntegrityError, match="ad_record_has_its_days"), transaction.atomic():
        AdRecord.objects.update(first_on=TODAY, last_on=TODAY - timedelta(days=1))


def test_the_check_finds_a_day_that_no_record_tells(ad: Ad) -> None:
    approve(ad)
    day = local_day(timezone.now())
    shown(ad, day)
    assert ads_are_on_record().violations == []

    AdRecord.objects.update(first_on=None, last_on=None)

    said = f"ad {ad.public_id} was shown on {day}, which its record does not tell"
    assert ads_are_on_record().violations == [said]
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ads_adday_notes ON ads_adday")
    assert "the guard ads_adday_notes is gone" in ads_are_on_record().violations
