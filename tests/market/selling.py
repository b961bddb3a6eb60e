"""The seller's pages for tests: their addresses, and what is typed there."""

import io

from django.test import Client
from django.urls import reverse
from PIL import Image

from tests import make
from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, "vitrine.accounts.backend.Backend")
    return client


def with_password(person: Person) -> Client:
    """Give a person a password, and return a browser that they are signed in to."""
    person.set_password(make.PASSWORD)
    person.save()
    return signed_in(person)


def sure(person: Person) -> Client:
    """Return a browser in which a person typed their password a moment ago."""
    client = with_password(person)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    return client


def url(name: str, shop: Merchant, *args: str) -> str:
    return reverse(f"market:{name}", args=[shop.slug, *args])


def png(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


def product_fields(*rows: dict[str, str], **fields: str) -> dict[str, str]:
    """Write the editor's form. rows: variants."""
    typed = {"title": "A lamp", "description": "", "brand": "", "category": "", "options": ""}
    typed |= fields | {
        "variants-TOTAL_FORMS": str(len(rows)),
        "variants-INITIAL_FORMS": fields.get("initial", "0"),
        "variants-MIN_NUM_FORMS": "0",
        "variants-MAX_NUM_FORMS": "100",
    }
    for number, row in enumerate(rows):
        for name, value in row.items():
            typed[f"variants-{number}-{name}"] = value
    return typed


PLACE = {
    "kind": "store",
    "name": "Corner store",
    "street": "1 Main Street",
    "city": "New York",
    "region": "NY",
    "postcode": "10001",
    "opening_hours": "Mon–Sat 9:00–18:00",
}
