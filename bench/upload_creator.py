"""A creator to send as, and patience until what was sent is encoded.

Imported only once Django is set up on the cell.
"""

import time

from django.test import Client

from vitrine.accounts.models import Person
from vitrine.videos.models import Encoding, EncodingState

PATIENCE_SECONDS = 120


def signed_in() -> str:
    """Sign a creator in; return the cookies, the token against forged requests among them."""
    person = Person.objects.create_user("bench@example.org", handle="bench")
    client = Client(headers={"host": "localhost"})
    client.force_login(person, "vitrine.accounts.backend.Backend")
    client.get("/studio/upload/")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def wait_until_encoded() -> None:
    """Wait until no film is being encoded: it would take the processor from what is measured."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Encoding.objects.exclude(state=EncodingState.READY).exists():
        if time.monotonic() > deadline:
            raise TimeoutError("The film is not encoded.")
        time.sleep(0.2)
