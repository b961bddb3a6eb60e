"""How a row finds its person: the ``subject`` of a declaration in the data map, read and followed.

"nobody"                                    about no person
"self"                                      the row is the person
"clip__creator"                             an ORM path that ends at the person
"viewer = accounts.Person.public_id"        a value that another model holds too
"username = guessing(accounts.Person.email)"  the same, digested by a function of DIGESTS
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

from vitrine.sovereignty import datamap

DIGESTS: dict[str, Callable[[str], str]] = {}
"""Keyed digests that stand in a column instead of a value, by the name subjects use."""

_EQUAL = re.compile(
    r"(?P<path>\w+) = (?:(?P<digest>\w+)\()?(?P<label>\w+\.\w+)\.(?P<field>\w+)\)?\Z"
)


class NoWay(ValueError):
    """A subject that cannot be followed to a person. The message says why."""


@dataclass(frozen=True)
class Equal:
    """Rows whose value at path equals a field of another model's rows about the person."""

    path: str
    label: str
    field: str
    digest: str | None


def equal(subject: str) -> Equal | None:
    """Read a subject that goes by an equal value, or return None for the other kinds."""
    found = _EQUAL.match(subject)
    return Equal(found["path"], found["label"], found["field"], found["digest"]) if found else None


def verify(label: str) -> None:
    """See that a declared model's subject leads to a person, without a query. Raises: NoWay."""
    entry = datamap.ENTRIES.get(label)
    if entry is None:
        raise NoWay(f"{label} is not in the data map")
    model, person = apps.get_model(label), get_user_model()
    if entry.subject == datamap.NOBODY:
        if datamap.ABOUT_PEOPLE.intersection(entry.fields.values()):
            raise NoWay(f"{label} holds data about people and names no subject")
        people = [f.name for f in model._meta.local_concrete_fields if f.related_model is person]
        if people:
            raise NoWay(f"{label}.{people[0]} is a person, and {label} names no subject")
        return
    by_value = equal(entry.subject)
    if entry.subject == "self":
        ends_at: type[Model] | None = model
    elif by_value:
        verify(by_value.label)
        _field(apps.get_model(by_value.label), by_value.field)
        _field(model, by_value.path)
        if by_value.digest is not None and by_value.digest not in DIGESTS:
            raise NoWay(f"{label} names the digest {by_value.digest!r}, which does not exist")
        return
    else:
        ends_at = _field(model, entry.subject)
    if ends_at is not person:
        raise NoWay(f"{label} has the subject {entry.subject!r}, which is no person")


def rows_about(person: Model, label: str) -> QuerySet[Model]:
    """Return a declared model's rows about one person. Raises: NoWay, for a wrong declaration."""
    verify(label)
    subject = datamap.ENTRIES[label].subject
    rows: QuerySet[Model] = apps.get_model(label)._default_manager.all()
    if subject == datamap.NOBODY:
        return rows.none()
    if subject == "self":
        return rows.filter(pk=person.pk)
    by_value = equal(subject)
    if by_value is None:
        return rows.filter(**{subject: person})
    values = rows_about(person, by_value.label).values_list(by_value.field, flat=True)
    if by_value.digest is None:
        return rows.filter(**{f"{by_value.path}__in": values})
    digest = DIGESTS[by_value.digest]
    return rows.filter(**{f"{by_value.path}__in": [digest(str(value)) for value in values]})


def _field(model: type[Model], path: str) -> type[Model] | None:
    """Return the model that an ORM path ends at, or None at a plain value. Raises: NoWay."""
    ends_at: type[Model] | None = model
    for name in path.split("__"):
        try:
            ends_at = ends_at._meta.get_field(name).related_model  # type: ignore[union-attr]
        except (FieldDoesNotExist, AttributeError):
            raise NoWay(f"{model._meta.label} has no path {path!r}") from None
    return ends_at
