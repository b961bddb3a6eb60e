"""How a merchant's paper leaves the store: to be looked at once, by whoever may."""

from django.http import HttpResponse

from vitrine.catalog.models import Document

_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def sent(document: Document, content: bytes) -> HttpResponse:
    """Answer with a paper. It is a stranger's file: nothing in it may run or call out."""
    answer = HttpResponse(content, content_type=document.media_type)
    name = f"{document.public_id}.{_ENDINGS[document.media_type]}"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
