"""The operator's staff, and the moderators. role: the column of Person that says so."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.ops.trouble import Trouble


def promote(email: str, *, role: str = "is_staff") -> bool:
    """Give an existing person a role. Returns False if nobody has this address."""
    return bool(Person.objects.filter(email=email.strip().lower()).update(**{role: True}))


@transaction.atomic
def hire(email: str, *, handle: str, password: str, role: str = "is_staff") -> None:
    """Make a person who has a role. Raises: Trouble, naming what is wrong."""
    person = Person(email=email.strip().lower(), handle=handle.lower(), **{role: True})
    try:
        person.clean_fields(exclude=["password", "display_name"])
        person.validate_unique()
        validate_password(password, person)
    except ValidationError as error:
        raise Trouble(" ".join(error.messages)) from None
    Person.objects.create_user(email, password, handle=handle, **{role: True})
