"""The reads for what a person saved."""

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Subquery

from vitrine.accounts.models import Person
from vitrine.videos.models import Clip, Collection, Viewer

GRID = 48


def collections(person: Person) -> Sequence[Collection]:
    """Return a person's collections with a picture and how much is in each. Queries: 1."""
    clips = Clip.objects.visible_to(person).filter(saves__collection=OuterRef("pk"))
    cover = clips.order_by("-saves__place").values("poster_key")[:1]
    size = clips.order_by().values("saves__collection").values(n=Count("pk"))
    theirs = Collection.objects.owned_by(person)
    return list(theirs.annotate(cover=Subquery(cover), size=Subquery(size)))


def clips(collection: Collection, viewer: Viewer, *, page: str | None) -> "Page[Clip]":
    """Return one page of a collection, in its order. Queries: 2.

    By number and not by cursor: its order is the owner's own, and it changes as they like.
    """
    rows = collection.clips(viewer).select_related("creator")
    return Paginator(rows, GRID).get_page(page)


def others(collection: Collection) -> Sequence[Collection]:
    """Return where else its owner may move a clip. Queries: 1."""
    theirs = Collection.objects.owned_by(collection.owner)
    return list(theirs.exclude(pk=collection.pk))
