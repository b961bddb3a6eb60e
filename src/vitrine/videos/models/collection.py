"""What people keep to find again: saves, in collections."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from vitrine.accounts.models import Block, Person
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.clip import Clip, Viewer

MOST = 100
DEFAULT_NAME = "Saved"


class CollectionExists(Refusal):
    """The person has a collection of that name."""

    code = "collection_exists"
    message = "You have a collection of this name already. Choose another name."


class TooManyCollections(Refusal):
    """The person has as many collections as can be."""

    code = "too_many_collections"
    message = f"You have {MOST} collections, and that is the most. Delete one first."


class CollectionQuerySet(models.QuerySet["Collection"]):
    """Which collections."""

    def owned_by(self, person: Person) -> Self:
        """All of a person's own."""
        return self.filter(owner=person)

    def visible_to(self, viewer: Viewer) -> Self:
        """The public ones and the viewer's own; none across a block."""
        is_open = Q(opened_at__isnull=False)
        if not isinstance(viewer, Person):
            return self.filter(is_open)
        return self.filter(is_open | Q(owner=viewer)).exclude(Block.between(viewer, "owner"))


@datamap.declare(
    purpose="Find saved clips again",
    retention="until deleted by its owner",
    subject="owner",
    PERSONAL="public_id name opened_at created_at is_default",
    SYSTEM="id home_cell owner",
)
class Collection(models.Model):
    """A person's named selection of clips. Private until opened_at. One of them is the default."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("owner", Lower("name"), name="collection_name_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="collection_default_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the collection's page."""
        return f"/saved/{self.public_id}"

    @classmethod
    def default_of(cls, owner: Person, *, at: datetime) -> "Collection":
        """Return the collection that a tap on "save" saves to, made at the first. Queries: 1–2."""
        found, _ = cls.objects.get_or_create(
            owner=owner,
            is_default=True,
            defaults={"name": DEFAULT_NAME, "created_at": at},
        )
        return found

    @classmethod
    def begin(cls, owner: Person, name: str, *, is_open: bool, at: datetime) -> "Collection":
        """Make a collection. Raises: CollectionExists, TooManyCollections. Queries: 4.

        The owner's row is locked, so that many requests at once cannot pass the limit.
        """
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=owner.pk)
            own = cls.objects.filter(owner=owner)
            if own.count() >= MOST:
                raise TooManyCollections
            if own.filter(name__iexact=name).exists() or _is_taken_by_default(own, name):
                raise CollectionExists
            return cls.objects.create(
                owner=owner, name=name, created_at=at, opened_at=at if is_open else None
            )

    def change(self, *, name: str, is_open: bool, at: datetime) -> None:
        """Rename it, open or close it to others. Raises: CollectionExists. Queries: 3."""
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=self.owner_id)
            others = Collection.objects.filter(owner=self.owner_id).exclude(pk=self.pk)
            if others.filter(name__iexact=name).exists():
                raise CollectionExists
            self.name, self.opened_at = name, (self.opened_at or at) if is_open else None
            self.save(update_fields=["name", "opened_at"])


def _is_taken_by_default(own: "CollectionQuerySet", name: str) -> bool:
    """Keep the default's name free until the first save makes it."""
    return name.lower() == DEFAULT_NAME.lower() and not own.filter(is_default=True).exists()


@datamap.declare(
    purpose="Find saved clips again",
    retention="until taken back",
    subject="collection__owner",
    PERSONAL="collection clip at",
    SYSTEM="id home_cell",
)
class Save(models.Model):
    """A clip in a collection."""

    home_cell = HomeCellField()
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="saves")
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="saves")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "clip"], name="save_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["collection", "-at"], name="save_newest")]

    @classmethod
    def put(cls, clip: Clip, collection: Collection, *, at: datetime) -> None:
        """Put a clip into a collection; again is no error. Queries: 1."""
        cls.objects.bulk_create(
            [cls(clip=clip, collection=collection, at=at)], ignore_conflicts=True
        )

    @classmethod
    def take_back(cls, clip: Clip, *, by: Person) -> None:
        """Take a clip out of all of a person's collections; again is no error. Queries: 1."""
        cls.objects.filter(clip=clip, collection__owner=by).delete()
