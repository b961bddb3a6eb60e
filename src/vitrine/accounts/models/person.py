"""People and whom they follow."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from vitrine.accounts import addresses, ages, handles, pictures, telling  # noqa: F401  (addresses: its digest)
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.kernel.rows import HasRow, InRows
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class HandleTaken(Refusal):
    """Somebody else was faster."""

    code = "handle_taken"
    message = "Somebody took this handle a moment ago. Go back and choose another."


class Blocked(Refusal):
    """One of the two has blocked the other."""

    code = "blocked"
    message = "You cannot follow this person."


def pair_alone(one: "Person", other: "Person") -> None:
    """Let nobody else change what is between two people until the transaction ends. Queries: 1."""
    pair = "vitrine:pair:{}:{}".format(*sorted((one.pk, other.pk)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [pair])


def unblocked(viewer: Any, other: str) -> Q:
    """Return the condition that no block stands between a viewer and a column's person.

    viewer: a person, or the name of the column that has one. other: a column that is never null.
    """
    block = "accounts.Block"
    if isinstance(viewer, str):
        return Q(~HasRow(block, by=viewer, on=other), ~HasRow(block, by=other, on=viewer))
    return Q(~InRows(other, block, "on", by=viewer), ~InRows(other, block, "by", on=viewer))


def _read_alike(handle: Any) -> models.Func:
    """Return the expression that is equal for handles which look alike."""
    seen = _text(
        "translate",
        handle,
        models.Value(handles.LOOKALIKE_FROM),
        models.Value(handles.LOOKALIKE_TO),
    )
    for pair, letter in handles.LOOKALIKE_PAIRS:
        seen = _text("replace", seen, models.Value(pair), models.Value(letter))
    return seen


def _text(function: str, *of: Any) -> models.Func:
    return models.Func(*of, function=function, output_field=models.CharField())


class _AdultsWereBorn(models.Func):
    """The latest day on which somebody was born who is grown up today."""

    template = f"(CURRENT_DATE - INTERVAL '{ages.ADULT} years')::date"
    arity = 0
    output_field = models.DateField()


class People(BaseUserManager["Person"]):
    """Find and make people."""

    def resembling(self, handle: str) -> models.QuerySet["Person"]:
        """Return the person, if any, whose handle is this one or reads like it."""
        return self.alias(seen=_read_alike("handle")).filter(seen=handles.skeleton(handle))

    def visible_to(self, viewer: Any) -> models.QuerySet["Person"]:
        """Return the people whom a viewer may meet: active, and no block stands between."""
        people = self.filter(is_active=True)
        return people.filter(unblocked(viewer, "pk")) if isinstance(viewer, Person) else people

    def minors(self) -> models.QuerySet["Person"]:
        """Return the people under 18, by the database's clock: scopes have none."""
        return self.filter(born_on__gt=_AdultsWereBorn())

    def create_user(
        self, email: str, password: str | None = None, *, handle: str, **fields: Any
    ) -> "Person":
        """Make a person; the password is hashed, or unusable when None."""
        person = self.model(email=email.strip().lower(), handle=handle.lower(), **fields)
        person.display_name = person.display_name or handle
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find a person by e-mail, in any case."""
        return self.get(email=(username or "").lower())


@datamap.declare(
    purpose="Run a person's account",
    retention="until the account is deleted",
    subject="self",
    PUBLIC="public_id handle display_name bio picture_key",
    PERSONAL="email last_login joined_at born_on is_active language",
    SECRET="password",  # noqa: S106
    SYSTEM="id home_cell is_staff is_moderator is_superuser",
)
class Person(AbstractBaseUser, PermissionsMixin):
    """A person of this cell. Signs in by e-mail; is known to others by handle.

    born_on None: from before it was asked; counts as grown up.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    email = models.EmailField(max_length=254, unique=True)
    handle = models.CharField(
        max_length=24,
        unique=True,
        validators=[
            RegexValidator(
                handles.HANDLE, gettext_lazy("Use 3 to 24 letters, digits, dots or underscores.")
            )
        ],
    )
    display_name = models.CharField(max_length=60)
    bio = models.CharField(max_length=300, blank=True)
    picture_key = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    joined_at = models.DateTimeField(auto_now_add=True)
    born_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_moderator = models.BooleanField(default=False, db_default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle"]
    objects: ClassVar[People] = People()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="person_email_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(handle=Lower("handle")), name="person_handle_lower"
            ),
            models.UniqueConstraint(_read_alike("handle"), name="person_handle_unmistakable"),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    def get_absolute_url(self) -> str:
        """Return the profile's URL."""
        return f"/@{self.handle}"

    def picture_url(self, side: int) -> str:
        """Return where a picture of that side is, or "" without one."""
        picture_id = self.picture_key.removeprefix(f"{pictures.ROOT}/")
        return f"/account/faces/{picture_id}/{side}.webp" if picture_id else ""

    @property
    def face_url(self) -> str:
        """Return the small picture's URL, or ""."""
        return self.picture_url(pictures.SIDES[0])

    @property
    def portrait_url(self) -> str:
        """Return the large picture's URL, or ""."""
        return self.picture_url(pictures.SIDES[-1])

    @cached_property
    def adult_on(self) -> date:
        """Return the day on which the person is grown up; long ago where it is not known."""
        return ages.birthday(self.born_on, ages.ADULT) if self.born_on else date.min

    def is_minor(self, *, at: datetime) -> bool:
        """Tell whether the person is under 18."""
        return at.date() < self.adult_on

    def change_profile(self, *, display_name: str, bio: str) -> None:
        """Change what others read about a person. Queries: 1."""
        self.display_name, self.bio = display_name, bio
        self.save(update_fields=["display_name", "bio"])

    def speak(self, language: str) -> None:
        """Read pages and mails in that language from now on. Queries: 1."""
        self.language = language
        self.save(update_fields=["language"])

    def change_picture(self, made: pictures.Squares) -> None:
        """Show another picture."""
        self._show_picture(pictures.store(made))

    def remove_picture(self) -> None:
        """Show no picture; again is no error."""
        self._show_picture("")

    def _show_picture(self, key: str) -> None:
        """The row changes before the old files go, so that no page points at nothing."""
        old, self.picture_key = self.picture_key, key
        self.save(update_fields=["picture_key"])
        if old:
            pictures.remove(old)

    def follow(self, other: "Person", *, at: datetime) -> None:
        """Follow somebody; again is no error. Nobody follows themselves. Queries: 4.

        Raises: Blocked, where either has blocked the other.
        """
        if other.pk == self.pk:
            return
        with transaction.atomic():
            pair_alone(self, other)
            if self.is_apart_from(other):
                raise Blocked
            Follow.objects.bulk_create(
                [Follow(follower=self, followed=other, at=at)], ignore_conflicts=True
            )
            path = self.get_absolute_url()
            telling.tell(telling.Kind.FOLLOW, whom=other.pk, by=self.pk, path=path, at=at)

    def unfollow(self, other: "Person") -> None:
        """Stop following somebody; again is no error. Queries: 1."""
        Follow.objects.filter(follower=self, followed=other).delete()

    def is_apart_from(self, other: "Person") -> bool:
        """Tell whether either has blocked the other. Queries: 1."""
        between = models.Q(blocks__on=other, pk=self.pk) | models.Q(blocks__on=self, pk=other.pk)
        return Person.objects.filter(between).exists()

    def follows(self, other: "Person") -> bool:
        """Tell whether this person follows the other. Queries: 1."""
        return Follow.objects.filter(follower=self, followed=other).exists()


Viewer = Person | AnonymousUser
"""Whoever looks at something."""


@datamap.declare(
    purpose="Fill the Following feed; show followers-only clips",
    retention="until unfollowed",
    subject="follower",
    PERSONAL="follower followed at",
    SYSTEM="id home_cell",
)
class Follow(models.Model):
    """One person follows another."""

    home_cell = HomeCellField()
    follower = models.ForeignKey(Person, models.CASCADE, related_name="following")
    followed = models.ForeignKey(Person, models.CASCADE, related_name="followers")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(
                condition=~models.Q(follower=models.F("followed")), name="follow_not_self"
            ),
        ]


datamap.declare_borrowed(
    "accounts.Person_groups",
    purpose="Which group of staff a person is in",
    retention="while staff",
    subject="person",
    PERSONAL="person group",
    SYSTEM="id",
)
datamap.declare_borrowed(
    "accounts.Person_user_permissions",
    purpose="What a member of staff may do",
    retention="while staff",
    subject="person",
    PERSONAL="person permission",
    SYSTEM="id",
)
