"""Mail people what they missed: what they were told and did not read, and new clips.

Leaves through the gate. Nothing to say, nothing sent. Source: docs/adr/0047-telling.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from vitrine.accounts import languages
from vitrine.accounts.models import Notice, Often, Person
from vitrine.feed.models import Digest
from vitrine.sovereignty import gate
from vitrine.sovereignty.cell import this_cell
from vitrine.videos import told
from vitrine.videos.models import Clip
from vitrine.videos.told import Told

HOUR = 8
"""Of the cell's own morning: from then on a day's digests go out."""
MONDAY = 0
MOST_NOTICES, MOST_CLIPS = 30, 10
SPANS = {Often.DAILY: timedelta(days=1), Often.WEEKLY: timedelta(days=7)}
_SALT = "vitrine.feed.digest"


def order(*, at: datetime) -> int:
    """Order the digests that are due and were not ordered yet; return how many. Safe to repeat."""
    local = at.astimezone(ZoneInfo(this_cell().time_zone))
    if local.hour < HOUR:
        return 0
    ordered = 0
    for often, span in SPANS.items():
        if often is Often.WEEKLY and local.weekday() != MONDAY:
            continue
        with transaction.atomic():  # a digest and its job, or neither
            new = Digest.begin(often, day=local.date(), since=at - span)
            for digest_id in new:
                app.configure_task("feed.send_digest", queue="mail").defer(digest_id=digest_id)
        ordered += len(new)
    return ordered


def send(digest: Digest, *, at: datetime) -> bool:
    """Mail one digest, once; tell whether there was something to say."""
    if not digest.claim(at=at):
        return False
    person = digest.person
    notices, clips = _missed(person, digest.since)
    if not notices and not clips:
        return False
    stop = stop_url(person)
    context = {
        "person": person,
        "notices": notices,
        "clips": clips,
        "origin": settings.VITRINE_ORIGIN,
        "stop": stop,
    }
    with languages.of(person):
        gate.send_mail(
            to=person.email,
            subject=gettext("What you missed at Vitrine"),
            text=render_to_string("feed/mail/digest.txt", context),
            purpose="digest",
            headers={
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
    return True


def _missed(person: Person, since: datetime) -> tuple[Sequence[Told], Sequence[Clip]]:
    unread = Notice.objects.wanted_by(person, "mailed").unread().filter(at__gte=since)
    latest = unread.select_related("actor").order_by("-at", "-pk")[:MOST_NOTICES]
    notices = [each for each in told.in_words(latest, person) if not each.is_gone]
    clips = (
        Clip.objects.unasked_for(person)
        .filter(published_at__gte=since, creator__in=person.following.values("followed"))
        .select_related("creator")
        .order_by("-published_at")
    )
    return notices, list(clips[:MOST_CLIPS])


def stop_url(person: Person) -> str:
    """Return the address that ends a person's digests: no log-in needed (RFC 8058)."""
    return f"{settings.VITRINE_ORIGIN}/digests/{token(person)}"


def token(person: Person) -> str:
    """Return what ends a person's digests and can do nothing else."""
    return signing.dumps(person.public_id, salt=_SALT)


def holder(given: str) -> Person | None:
    """Return whose digests a token ends; None for one that the cell did not make. Queries: 1."""
    try:
        public_id = signing.loads(given, salt=_SALT)
    except signing.BadSignature:
        return None
    return Person.objects.filter(public_id=public_id).first()
