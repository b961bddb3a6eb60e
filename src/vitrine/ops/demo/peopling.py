"""Bring the demo's people in: who they are, whom they follow, what they look like."""

from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from vitrine.accounts import pictures
from vitrine.accounts.models import Person
from vitrine.ops.demo import logins
from vitrine.ops.demo.cast import CREATORS, ROLES, VIEWERS, Role

MEMBER_FOR = timedelta(days=190)


def people(*, at: datetime) -> dict[str, Person]:
    """Return the demo's people by handle; those who are missing are made."""
    present = {
        person.email: person
        for person in Person.objects.filter(email__in=[role.email for role in ROLES.values()])
    }
    password = logins.password(
        {"sells": CREATORS[0].email, "watches": CREATORS[-1].email, "buys": VIEWERS[0].email}
    )
    known = make_password(password)
    for number, role in enumerate(ROLES.values()):
        if role.email not in present:
            joined_at = at - MEMBER_FOR + timedelta(days=3 * number)
            present[role.email] = _join(role, known, at=joined_at)
    cast = {handle: present[role.email] for handle, role in ROLES.items()}
    _follow(cast, at=at)
    return cast


@transaction.atomic
def _join(role: Role, password: str, *, at: datetime) -> Person:
    person = Person.objects.create_user(
        role.email, None, handle=role.handle, display_name=role.name, bio=role.bio
    )
    Person.objects.filter(pk=person.pk).update(password=password, joined_at=at)
    person.refresh_from_db()
    EmailAddress.objects.create(user=person, email=role.email, verified=True, primary=True)
    return person


def _follow(cast: dict[str, Person], *, at: datetime) -> None:
    """Have each viewer follow some creators, and creators each other, in a fixed pattern.

    Only those who follow nobody yet: what people undo stays undone.
    """
    creators = [cast[role.handle] for role in CREATORS]
    for number, person in enumerate(cast.values()):
        if person.following.exists():
            continue
        for k, creator in enumerate(creators):
            if (number + 2 * k) % 3 != 0:
                person.follow(creator, at=at - timedelta(days=40 - number - k))


def show_face(person: Person, picture: Path) -> None:
    """Give somebody their portrait, unless they have a picture."""
    if not person.picture_key:
        person.change_picture(pictures.squares(picture.read_bytes()))
