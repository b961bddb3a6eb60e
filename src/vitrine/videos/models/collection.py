"""What people save, and the collections they keep it in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts.models import Person, Viewer
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip

DEFAULT_NAME = gettext_noop("Saved")
"""Said in the language of who saves first; from then on it is theirs to change."""
MOST_COLLECTIONS = 200
"""Of one person: more cannot be chosen from."""


class NameTaken(Refusal):
    """The person has a collection of that name."""

    code = "collection_exists"
    message = "You have a collection of that name already. Choose another name."


class TooManyCollections(Refusal):
    """The person has as many collections as one may have."""

    code = "too_many_collections"


class CollectionQuerySet(models.QuerySet["Collection"]):
    """Which collections."""

    def owned_by(self, person: Person) -> Self:
        """All of a person's own, the one that a tap saves into first."""
        return self.filter(owner=person).order_by("-is_default", "-made_at", "-pk")

    def visible_to(self, viewer: Viewer) -> Self:
        """Collections that a viewer may open: their own, and public ones of whom they may meet."""
        open_ones = Q(is_public=True, owner__in=Person.objects.visible_to(viewer).values("pk"))
        if isinstance(viewer, Person):
            open_ones |= Q(owner=viewer)
        return self.filter(open_ones)


@datamap.declare(
    purpose="Keep what a person saves in order; show it to others where they want that",
    retention="until deleted by the person",
    subject="owner",
    PERSONAL="public_id owner name is_public is_default made_at",
    SYSTEM="id home_cell",
)
class Collection(models.Model):
    """A person's saved clips under a name. is_default: where a tap saves into; never public."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="collections")
    name = models.CharField(max_length=60)
    is_public = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="collection_name_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="collection_default_once"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_public=False),
                name="collection_default_is_private",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="collection_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the collection's page."""
        return f"/collections/{self.public_id}"

    @classmethod
    def default_of(cls, person: Person, *, at: datetime) -> "Collection":
        """Return the collection that a tap saves into, made at the first. Queries: 1, or 3."""
        found = cls.objects.filter(owner=person, is_default=True).first()
        if found is None:
            new = Collection(owner=person, name=gettext(DEFAULT_NAME), is_default=True, made_at=at)
            Collection.objects.bulk_create([new], ignore_conflicts=True)
            found = cls.objects.get(owner=person, is_default=True)
        return found

    @classmethod
    def make(cls, name: str, *, by: Person, is_public: bool, at: datetime) -> "Collection":
        """Begin a collection. Raises: NameTaken, TooManyCollections. Queries: 4.

        The person's row is locked, so that of two at once the second counts the first.
        """
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=by.pk)
            cls.default_of(by, at=at)  # first of all, so that its name is free
            theirs = list(cls.objects.filter(owner=by).values_list("name", flat=True))
            if name in theirs:
                raise NameTaken
            if len(theirs) >= MOST_COLLECTIONS:
                sentence = gettext(
                    "You have {most} collections, and no more fit. Delete one first."
                )
                raise TooManyCollections(sentence.format(most=MOST_COLLECTIONS))
            return cls.objects.create(owner=by, name=name, is_public=is_public, made_at=at)

    def change(self, *, name: str, is_public: bool) -> None:
        """Rename it, and open it to others or close it. Raises: NameTaken. Queries: 3.

        The default one stays private whatever is asked for.
        """
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=self.owner_id)
            others = Collection.objects.filter(owner=self.owner_id, name=name).exclude(pk=self.pk)
            if others.exists():
                raise NameTaken
            self.name, self.is_public = name, is_public and not self.is_default
            self.save(update_fields=["name", "is_public"])

    def clips(self, viewer: Viewer) -> models.QuerySet[Clip]:
        """Return what a viewer may see of it, in its order.

        The owner sees what they may open by its link; others only what is listed for them, so
        that a collection passes on no link that its creator gave to a few.
        """
        is_own = isinstance(viewer, Person) and viewer.pk == self.owner_id
        clips = Clip.objects.visible_to(viewer) if is_own else Clip.objects.listed_for(viewer)
        return clips.filter(saves__collection=self).order_by("-saves__place", "-saves__pk")


@datamap.declare(
    purpose="Remember which clips a person saved",
    retention="until taken back",
    subject="person",
    PERSONAL="person collection clip place at",
    SYSTEM="id home_cell",
)
class Save(models.Model):
    """A clip in a collection. place: the highest comes first. person: the collection's owner."""

    home_cell = HomeCellField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="saves")
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="saves")
    place = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "clip"], name="save_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "clip"], name="save_by_person"),
            models.Index(fields=["collection", "-place"], name="save_in_order"),
        ]

    @classmethod
    def put(cls, clip: Clip, *, into: Collection, at: datetime) -> None:
        """Put a clip on top of a collection; again is no error and moves nothing. Queries: 3.

        The collection's row is locked: two clips at once get two places.
        """
        with transaction.atomic():
            Collection.objects.select_for_update(no_key=True).get(pk=into.pk)
            top: dict[str, Any] = cls.objects.filter(collection=into).aggregate(
                place=Coalesce(models.Max("place"), 0)
            )
            new = Save(
                person_id=into.owner_id,
                collection=into,
                clip=clip,
                place=top["place"] + 1,
                at=at,
            )
            Save.objects.bulk_create([new], ignore_conflicts=True)

    @classmethod
    def take_out(cls, clip: Clip, *, of: Collection) -> None:
        """Take a clip out of a collection; again is no error. Queries: 1."""
        cls.objects.filter(collection=of, clip=clip).delete()

    @classmethod
    def take_back(cls, clip: Clip, *, by: Person) -> None:
        """Save a clip no more: it leaves all of the person's collections. Queries: 1."""
        cls.objects.filter(person=by, clip=clip).delete()

    @classmethod
    def lift(cls, clip: Clip, *, within: Collection, by: int) -> None:
        """Move a clip one place towards the top (by 1) or the end (by -1). Queries: 3 to 4.

        Its neighbour takes its place. At the end of the line nothing moves.
        """
        with transaction.atomic():
            Collection.objects.select_for_update(no_key=True).get(pk=within.pk)
            line = list(cls.objects.filter(collection=within).order_by("place", "pk"))
            here = next((n for n, save in enumerate(line) if save.clip_id == clip.pk), None)
            if here is None or not 0 <= here + by < len(line):
                return
            line[here], line[here + by] = line[here + by], line[here]
            Save.objects.bulk_update(_numbered(line), ["place"])

    @classmethod
    def move(cls, clip: Clip, *, of: Collection, into: Collection, at: datetime) -> None:
        """Take a clip from one collection to another of the same person. Queries: 6."""
        with transaction.atomic():
            cls.put(clip, into=into, at=at)
            cls.take_out(clip, of=of)


def _numbered(line: Sequence[Save]) -> list[Save]:
    """Give a line the places 1, 2, 3, …; return those whose place changed."""
    changed = []
    for place, save in enumerate(line, start=1):
        if save.place != place:
            save.place = place
            changed.append(save)
    return changed
