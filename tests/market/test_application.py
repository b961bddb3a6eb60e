"""A shop's application: what its owner types and sends, and what comes of it."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.market import applying
from tests.market.applying import PDF, TYPED, pdf
from tests.market.selling import PLACE, png, signed_in, url
from vitrine.accounts.models import Notice, Person
from vitrine.catalog import papers
from vitrine.catalog.applying import decide
from vitrine.catalog.models import Application, Document, Merchant, Product, Role
from vitrine.catalog.verdicts import Outcome
from vitrine.kernel import storage

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(owner: Person) -> Merchant:
    return make.merchant("Lamp Shop", owner=owner, approved_at=None)


def _send(client: Client, shop: Merchant, name: str, content: bytes) -> str:
    """Send a paper; return what the page says."""
    typed = {"kind": "identity", "file": pdf(name, content)}
    return client.post(url("papers", shop), typed).content.decode()


def test_where_shops_are_reviewed_a_new_one_begins_with_its_application(
    client: Client, settings: Settings
) -> None:
    settings.VITRINE_MERCHANT_REVIEW = True

    answer = client.post("/market/open/", {"shop_name": "Glass Works", "about": "", **PLACE})

    shop = Merchant.objects.get(name="Glass Works")
    assert answer["Location"] == url("application", shop)
    assert shop.approved_at is None
    assert "Nothing is on sale yet" in client.get(url("home", shop)).content.decode()


def test_what_was_typed_is_kept_though_it_is_wrong(client: Client, shop: Merchant) -> None:
    wrong = TYPED | {"ein": "07-1144442", "contact_phone": "123", "postcode": "lamp"}

    answer = client.post(url("application", shop), wrong | {"submit": "1"})
    page = client.get(url("application", shop)).content.decode()

    assert answer.status_code == 422
    said = answer.content.decode()
    assert "No such number was ever given out" in said
    assert "This is no telephone number that could ring." in said
    assert "Write it like 12345." in said
    for text in ("07-1144442", 'value="123"', 'value="lamp"', "Lamp Shop Incorporated"):
        assert text in page
    assert Application.objects.get().submitted_at is None


def test_a_draft_is_saved_half_empty_and_handed_in_with_a_paper(
    client: Client, shop: Merchant
) -> None:
    half = client.post(url("application", shop), {"legal_name": "Lamp"})
    bare = client.post(url("application", shop), TYPED | {"submit": "1"})
    _send(client, shop, "extract.pdf", PDF)
    whole = client.post(url("application", shop), TYPED | {"submit": "1"})
    late = client.post(url("application", shop), TYPED | {"legal_name": "Other"})

    application = Application.objects.get()
    assert half.status_code == whole.status_code == 302
    assert bare.status_code == 422
    assert "Add a paper first" in bare.content.decode()
    assert application.submitted_at is not None
    assert application.numbers == {"ein": "123456789"}
    assert late.status_code == 409
    assert application.legal_name == "Lamp Shop Incorporated"


def test_a_paper_is_what_is_in_it_whatever_it_is_called(client: Client, shop: Merchant) -> None:
    _send(client, shop, "photo.exe", png())
    same = _send(client, shop, "again.png", png())
    script = _send(client, shop, "paper.pdf", b"<html><script>alert(1)</script>")
    empty = _send(client, shop, "empty.pdf", b"")
    large = _send(client, shop, "large.pdf", b"%PDF-" + bytes(papers.MAX_BYTES))

    paper = Document.objects.get()
    assert (paper.media_type, paper.name, same) == ("image/png", "photo.exe", "")
    assert "Send a PDF, or a JPEG or PNG picture." in script
    assert "This file is empty." in empty
    assert "This file is larger than 10 MB." in large
    assert len(list(storage.list_keys(f"{papers.ROOT}/{paper.application.public_id}"))) == 1


def test_a_paper_is_seen_by_its_owners_alone_until_it_is_handed_in(
    client: Client, shop: Merchant
) -> None:
    paper = applying.paper(Application.of(shop, by=make.person()))
    clerk = make.person()
    make.member(shop, clerk, Role.CATALOGUE)
    at = url("paper", shop, paper.public_id)

    seen = client.get(at)
    by_clerk = signed_in(clerk).get(at)
    client.post(at, {"method": "delete"})

    assert (seen.status_code, seen.content) == (200, PDF)
    assert seen["Cache-Control"] == "private, no-store"
    assert by_clerk.status_code == 404
    assert client.get(at).status_code == 404
    paper.refresh_from_db()
    assert paper.removed_at is not None


def test_a_returned_application_is_changed_and_handed_in_again(
    client: Client, shop: Merchant, owner: Person
) -> None:
    product = make.product(shop, published_at=None)
    make.variant(product)
    application = applying.submitted(shop)
    reviewer = make.person(is_moderator=True)
    product.publish(at=make.NOON)

    decide(
        application, by=reviewer, outcome=Outcome.RETURN, reason="name", words="It says Ltd.",
        at=make.NOON,
    )  # fmt: skip
    page = client.get(url("application", shop)).content.decode()
    client.post(url("application", shop), TYPED | {"legal_name": "Lamp Ltd", "submit": "1"})
    decide(application, by=reviewer, outcome=Outcome.APPROVE, reason="fits", words="", at=make.NOON)

    assert "The legal name is not the one in the papers." in page
    assert "It says Ltd." in page
    assert Product.objects.on_sale().get() == product
    seen = list(application.verdicts.order_by("pk").values_list("seen__legal_name", flat=True))
    assert seen == ["Lamp Shop Incorporated", "Lamp Ltd"]
    assert Notice.objects.filter(person=owner, kind="shop").count() == 2
