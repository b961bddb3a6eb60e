"""What happens later: what is recognised is judged, authors are told.

Each fetches by id and calls one verb.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.safety import news, recognising
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
    news.tell_author(Decision.objects.select_related("case__author").get(pk=decision_id))
