"""Applications of shops for tests."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from vitrine.accounts.models import Person
from vitrine.catalog import applying, papers
from vitrine.catalog.models import Application, Document, Merchant, Role

TYPED = {
    "business": "company",
    "legal_name": "Lamp Shop Incorporated",
    "ein": "12-3456789",
    "street": "1 Main Street",
    "city": "New York",
    "region": "NY",
    "postcode": "10001",
    "contact_name": "Olive Owner",
    "contact_email": "olive@example.org",
    "contact_phone": "(212) 555-0123",
}
PDF = b"%PDF-1.7 an extract"


def pdf(name: str = "extract.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def shop(name: str = "") -> Merchant:
    """Make a shop that is not approved."""
    return make.merchant(name, approved_at=None)


def owner_of(merchant: Merchant) -> Person:
    """Return a shop's owner."""
    return merchant.memberships.get(role=Role.OWNER).person


def submitted(merchant: Merchant | None = None) -> Application:
    """Make an application that waits for a verdict, with one paper."""
    merchant = merchant or shop()
    owner = owner_of(merchant)
    application = Application.of(merchant, by=owner)
    typed = {name: text for name, text in TYPED.items() if name != "ein"}
    application.keep(typed, {"ein": TYPED["ein"]})
    paper(application)
    applying.submit(application, by=owner, at=make.NOON)
    application.refresh_from_db()
    return application


def paper(application: Application, content: bytes = PDF) -> Document:
    """Send a paper for an application."""
    return papers.send(application, content, kind="registration", name="extract", at=make.NOON)
