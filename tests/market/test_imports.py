"""Bringing a catalogue in on the seller's pages, and reading what became of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.catalog.feeding import lamp, shopify
from tests.market.selling import url
from vitrine.catalog.models import ImportReport, Merchant, Product
from vitrine.safety import tasks

pytestmark = pytest.mark.django_db


def test_an_upload_is_imported_in_the_background_and_reported(
    client: Client, shop: Merchant
) -> None:
    make.location(shop)
    feed = shopify(lamp(), lamp("chair", **{"Variant Price": "-1"}))

    answer = client.post(
        url("imports", shop), {"feed": SimpleUploadedFile("products.csv", feed.encode())}
    )
    report = ImportReport.objects.get()
    page = answer.headers["Location"]
    waiting = client.get(page).content.decode()
    tasks.import_feed(report.pk)
    fragment = client.get(page, headers={"HX-Request": "true"}).content.decode()
    done = client.get(page).content.decode()

    assert "Reading the file" in waiting
    assert f'hx-get="{page}"' in waiting
    assert fragment.strip().startswith('<div class="stack loose" id="progress"')
    assert "hx-get" not in fragment
    assert "1 error. Correct the row below" in done
    assert "Row 3" in done
    assert "The price -1 is negative." in done
    assert Product.objects.get().source_id == "lamp"
    assert report.by is not None


def test_an_import_without_a_file_or_with_a_false_zip_is_refused(
    client: Client, shop: Merchant
) -> None:
    nothing = client.post(url("imports", shop), {})
    false_zip = client.post(
        url("imports", shop),
        {
            "feed": SimpleUploadedFile("products.csv", shopify(lamp()).encode()),
            "pictures": SimpleUploadedFile("pictures.zip", b"not a zip"),
        },
    )

    assert (nothing.status_code, false_zip.status_code) == (422, 422)
    assert "Choose a file first." in nothing.content.decode()
    assert "This is not a zip file." in false_zip.content.decode()
    assert not ImportReport.objects.exists()


def test_a_report_of_another_shop_is_not_there(client: Client, shop: Merchant) -> None:
    theirs = ImportReport.objects.create(
        merchant=make.merchant(), filename="x.csv", started_at=make.NOON
    )

    assert client.get(url("import", shop, theirs.public_id)).status_code == 404
