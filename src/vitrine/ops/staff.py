"""The operator's staff."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.ops.trouble import Trouble


def promote(email: str) -> bool:
    """Put an existing person on the staff. Returns False if nobody has this address."""
    return bool(Person.objects.filter(email=email.strip().lower()).update(is_staff=True))


@transaction.atomic
def hire(email: str, *, handle: str, password: str) -> None:
    """Make a person who is on the staff. Raises: Trouble, naming what is wrong."""
    person = Person(email=email.strip().lower(), handle=handle.lower(), is_staff=True)
    try:
        person.clean_fields(exclude=["password", "display_name"])
        person.validate_unique()
        validate_password(password, person)
    except ValidationError as error:
        raise Trouble(" ".join(error.messages)) from None
    Person.objects.create_user(email, password, handle=handle, is_staff=True)
