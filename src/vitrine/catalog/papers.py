"""The papers of an application: what may be sent, where it lies, and until when.

They are kept as they came, so that a reviewer sees what was sent, and never served to anybody but
the applicant and the reviewer who holds the application. Source: docs/adr/0061-who-sells-here.md.
"""

import hashlib
import io
import warnings
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext
from PIL import Image, UnidentifiedImageError

from vitrine.accounts.models import Person
from vitrine.catalog.models import Application, Document, Inspection
from vitrine.kernel import ids, storage, text
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap

ROOT = datamap.file_root(
    "papers",
    "SENSITIVE",
    purpose="Show that a merchant is who it says",
    retention="90 days after the decision on the application",
    subject="catalog.Document",
)
MAX_BYTES = 10 * 1024 * 1024
MOST = 12
KEPT_FOR = timedelta(days=90)
PDF = "application/pdf"
_MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png"}


class PaperRefused(Refusal):
    """The file is no paper that a reviewer could read."""

    code = "paper_refused"
    message = "This file cannot be used."
    status = 422


class NotYours(Refusal):
    """The application lies with the reviewers."""

    code = "application_submitted"
    message = "The application is being looked at. It can be changed again if it is returned."


def media_type(content: bytes) -> str:
    """Tell what a file is by what is in it, whatever it is called. Raises: PaperRefused."""
    if not content:
        raise PaperRefused(gettext("This file is empty. Choose another one."))
    if len(content) > MAX_BYTES:
        said = gettext("This file is larger than {most} MB. Make it smaller.")
        raise PaperRefused(said.format(most=MAX_BYTES // 2**20))
    if content.startswith(b"%PDF-"):
        return PDF
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=list(_MEDIA))
            opened.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PaperRefused(gettext("This picture has too many pixels. Make it smaller.")) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PaperRefused(gettext("Send a PDF, or a JPEG or PNG picture.")) from None
    return _MEDIA[str(opened.format)]


def send(
    application: Application, content: bytes, *, kind: str, name: str, at: datetime
) -> Document:
    """Add a paper to an application that is with the applicant; the same file again is no error.

    The file is written first: a row without its file could not be reviewed, and a file whose
    transaction fails is deleted again.
    Raises: PaperRefused, NotYours. Locks: the application's row.
    """
    media = media_type(content)
    key = f"{ROOT}/{application.public_id}/{ids.new()}"
    storage.put(key, content, content_type=media)
    try:
        made = _add(application, content, media=media, key=key, kind=kind, name=name, at=at)
    except BaseException:
        storage.delete(key)
        raise
    if made.key != key:
        storage.delete(key)
    return made


@transaction.atomic
def _add(
    application: Application,
    content: bytes,
    *,
    media: str,
    key: str,
    kind: str,
    name: str,
    at: datetime,
) -> Document:
    held = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if not held.is_open:
        raise NotYours
    digest = hashlib.sha256(content).digest()
    kept = Document.objects.filter(application=held, removed_at=None)
    same = kept.filter(sha256=digest).first()
    if same is not None:
        return same
    if kept.count() >= MOST:
        said = gettext("There are {most} papers already. Take one away first.")
        raise PaperRefused(said.format(most=MOST))
    return Document.objects.create(
        application=held,
        kind=kind,
        name=text.line(name)[:120] or gettext("Paper"),
        media_type=media,
        size=len(content),
        sha256=digest,
        key=key,
        sent_at=at,
    )


@transaction.atomic
def take_away(document: Document, *, at: datetime) -> None:
    """Remove a paper from an application that is with the applicant. Raises: NotYours."""
    held = Application.objects.select_for_update(no_key=True).get(pk=document.application_id)
    if not held.is_open:
        raise NotYours
    _remove(document, at=at)


def read(document: Document, *, by: Person, at: datetime) -> bytes:
    """Return a paper's bytes to a reviewer; that they read it is written first.

    Raises: storage.Missing.
    """
    with transaction.atomic():
        Inspection.objects.create(document=document, by=by, at=at)
    return storage.get(document.key)


def forget_before(*, at: datetime) -> None:
    """Delete the files of applications that were decided long ago; the rows say they were there."""
    old = Document.objects.filter(removed_at=None, application__closed_at__lt=at - KEPT_FOR)
    for document in old.order_by("pk")[:100]:
        _remove(document, at=at)


def _remove(document: Document, *, at: datetime) -> None:
    Document.objects.filter(pk=document.pk, removed_at=None).update(removed_at=at)
    transaction.on_commit(lambda: storage.delete(document.key))
