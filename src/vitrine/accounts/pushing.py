"""Push a notice to a browser: encrypted for it alone, through the gate. Off without a key."""

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings

from vitrine.accounts import encrypting, languages
from vitrine.accounts.encrypting import Keys
from vitrine.accounts.models import Notice, NoticeQuerySet, Person, PushSubscription
from vitrine.accounts.telling import says
from vitrine.sovereignty import destinations, gate
from vitrine.sovereignty.datamap import DataClass

KEPT_FOR = timedelta(days=1)
"""How long a push service keeps what it cannot deliver."""
SIGNED_FOR = timedelta(hours=12)
ENDED = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class NotTaken(RuntimeError):
    """The push service took nothing just now; the job is tried again."""


def is_on() -> bool:
    """Tell whether this cell pushes at all."""
    return bool(settings.VITRINE_PUSH_KEY and settings.VITRINE_PUSH_HOSTS)


def public_key() -> str:
    """Return the key that browsers subscribe with."""
    key = encrypting.private_key(settings.VITRINE_PUSH_KEY)
    return encrypting.base64url(encrypting.point(key))


def push(notice_id: int, subscription_id: int, *, at: datetime) -> bool:
    """Push a notice to one browser; tell whether it went. Safe to run twice: it shows once.

    What was read meanwhile, or is not wanted any more, is not pushed. A subscription that the
    service does not know any more, or whose service may not be told any more, ends.
    Raises: NotTaken.
    """
    to = PushSubscription.objects.filter(pk=subscription_id).select_related("person").first()
    if to is None:
        return False
    notice = _wanted(to.person).filter(pk=notice_id).select_related("actor").first()
    if notice is None:
        return False
    destination = destinations.push(to.endpoint)
    if destination is None:
        to.delete()
        return False
    status = gate.post(
        destination,
        to.endpoint,
        body=encrypting.encrypt(_text(notice, to.person), Keys.read(to.public_key, to.auth)),
        headers=_headers(to.endpoint, at=at),
        purpose="notice",
        classes={DataClass.PERSONAL},
    )
    if status in ENDED:
        to.delete()
        return False
    if status >= HTTPStatus.BAD_REQUEST:
        raise NotTaken(f"{destination} answered {status}")
    return True


def _wanted(person: Person) -> NoticeQuerySet:
    return Notice.objects.wanted_by(person, "pushed").unread()


def _text(notice: Notice, to: Person) -> bytes:
    name = notice.actor.display_name if notice.actor else ""
    with languages.of(to):
        sentence = says(notice.kind, name, notice.item)
    shown = {"says": sentence, "path": notice.path, "tag": notice.public_id}
    return json.dumps(shown, ensure_ascii=False).encode()


def _headers(endpoint: str, *, at: datetime) -> dict[str, str]:
    parts = urlsplit(endpoint)
    proof = encrypting.vapid(
        encrypting.private_key(settings.VITRINE_PUSH_KEY),
        audience=f"{parts.scheme}://{parts.netloc}",
        subject=settings.VITRINE_ORIGIN,
        expires=int((at + SIGNED_FOR).timestamp()),
    )
    return {
        "Authorization": proof,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
    }
