"""What happens later: what is recognised is judged, authors are told, goods are brought in.

Each fetches by id and calls one verb.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.catalog import import_uploads, importing
from vitrine.catalog.models import ImportReport
from vitrine.safety import filtering, news, recognising
from vitrine.safety.models import Decision
from vitrine.videos.models import BannedPrint, Clip


@app.task(queue="settle", name="safety.recognise", retry=5)
def recognise(clip_id: int, banned_id: int) -> None:
    """Decide about a clip that was recognised as it came in."""
    banned = BannedPrint.objects.get(pk=banned_id)
    clip = Clip.objects.select_related("creator").get(pk=clip_id)
    recognising.refuse(clip, banned, at=timezone.now())


@app.task(queue="encode", name="safety.compare")
def compare(clip_id: int) -> None:
    """Compare a new clip with those of others."""
    clip = Clip.objects.kept().select_related("creator").filter(pk=clip_id).first()
    if clip is not None:
        recognising.compare(clip, at=timezone.now())


@app.task(queue="mail", name="safety.tell_author", retry=5)
def tell_author(decision_id: int) -> None:
    """Mail a statement of reasons, at least once."""
    names = ("author", "merchant", "advertiser", "ad__group__campaign__advertiser")
    decisions = Decision.objects.select_related(*(f"case__{name}" for name in names))
    news.tell_author(decisions.get(pk=decision_id))


@app.task(queue="import", name="catalog.import_feed", retry=3)
def import_feed(report_id: int) -> None:
    """Import what a merchant uploaded. Safe to run twice: a second run changes nothing.

    Here, where the list of words is known; its name is that of jobs which wait already.
    """
    report = ImportReport.objects.select_related("merchant", "by").filter(pk=report_id).first()
    if report is None:
        return
    if report.finished_at is None:
        with import_uploads.fetched(report) as (feed, pictures), feed.open("rb") as stream:
            importing.run(report, stream, weigh=filtering.weigh_products, pictures=pictures)
    # Also after a worker that died between the end of the import and this.
    import_uploads.forget(report)
