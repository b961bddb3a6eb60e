"""Keep what was advertised: copies of an ad's film and picture, until a year after it was shown.

Its words are kept by triggers (``AdRecord``). Files lie in a folder of the ad's own, under names
that never change: what a killed process left there is written again, and goes with the rest.
"""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate

from vitrine.ads.models import Ad, AdRecord
from vitrine.kernel import storage, sweeping
from vitrine.sovereignty.cell import local_day, this_cell

log = logging.getLogger(__name__)
KEPT = timedelta(days=365)
"""How long after its last day an ad is told of."""
AT_A_TIME = 100


def keep(ad: Ad, *, at: datetime) -> None:
    """Keep what an ad is now, before anybody is shown it; again is no error. Raises: Full.

    A film that is being prepared anew just now is copied by ``keep_missing``. Queries: 5.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ads_ad_note(%s, %s)", [ad.pk, at])
    try:
        _copy(AdRecord.objects.select_related("ad__clip").get(ad=ad))
    except storage.Missing as missing:
        log.info("record: %s of ad %s is not there yet", missing, ad.pk)


def keep_missing() -> int:
    """Copy what records lack of films and pictures that are there; return of how many ads."""
    lacks = Q(film_key="", ad__clip__renditions__isnull=False) | (
        Q(poster_key="") & ~Q(ad__clip__poster_key="")
    )
    rows = AdRecord.objects.filter(lacks, ad__clip__deleted_at=None).distinct()
    found = rows.select_related("ad__clip").order_by("pk")[:AT_A_TIME]
    return len(sweeping.each(found, _copy))


def _copy(record: AdRecord) -> None:
    """Copy an ad's picture, and the smallest film that everybody can play, and say so."""
    clip = record.ad.clip
    if clip.poster_key and not record.poster_key:
        _copied(record, "poster_key", clip.poster_key, "poster.webp")
    films = clip.renditions.filter(codecs__startswith="avc1").order_by("width")
    film = films.values_list("key", flat=True).first()
    if film and not record.film_key:
        _copied(record, "film_key", film, "film.mp4")


def _copied(record: AdRecord, field: str, source: str, file: str) -> None:
    key = f"{record.folder}/{file}"
    storage.copy(source, key)
    AdRecord.objects.filter(pk=record.pk).update(**{field: key})


def forget(*, at: datetime) -> int:
    """Delete records of ads that were shown last a year ago, with their files; return how many."""
    noted_on = TruncDate("noted_at", tzinfo=ZoneInfo(this_cell().time_zone))
    old = AdRecord.objects.annotate(told_on=Coalesce("last_on", noted_on)).filter(
        told_on__lt=local_day(at) - KEPT
    )
    rows = old.select_related("ad").order_by("pk")[:AT_A_TIME]
    return len(sweeping.each(rows, _forget))


@transaction.atomic
def _forget(record: AdRecord) -> None:
    """Delete a record unless its ad is shown again, then its files: killed, it is done anew."""
    if AdRecord.objects.filter(pk=record.pk, last_on=record.last_on).delete()[0]:
        storage.delete(*storage.list_keys(f"{record.folder}/"))
