"""The seller's products: written, changed, put on sale, and shown with pictures."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.catalog.feeding import lamp, shopify
from tests.market.selling import png, product_fields, url
from vitrine.catalog import importing
from vitrine.catalog.models import Merchant, Picture, Product, Variant
from vitrine.safety import filtering

pytestmark = pytest.mark.django_db


def test_a_product_is_written_with_its_choices(client: Client, shop: Merchant) -> None:
    answer = client.post(
        url("new_product", shop),
        product_fields(
            {"choice": "S / Blue", "price_minor": "20", "sku": "L-S"},
            {"choice": "M / Blue", "price_minor": "22.50", "compare_at_minor": "30"},
            {"choice": "", "price_minor": ""},
            options="Size, Colour",
            description="Warm.\n\n<b>Dry</b>.",
        ),
    )

    product = Product.objects.get()
    assert answer.status_code == 302
    assert not product.is_on_sale
    assert product.option_names == ["Size", "Colour"]
    assert product.description == "<p>Warm.</p><p>&lt;b&gt;Dry&lt;/b&gt;.</p>"
    assert list(
        product.variants.order_by("position").values_list("option_values", "price_minor")
    ) == [
        (["S", "Blue"], 2000),
        (["M", "Blue"], 2250),
    ]


@pytest.mark.parametrize(
    "rows, fields, sentence",
    [
        ([{"price_minor": "cheap"}], {}, "is not an amount"),
        ([{"price_minor": "1.005"}], {}, "USD has 2 decimals"),
        ([{"price_minor": "-1"}], {}, "cannot be negative"),
        ([{"price_minor": "5"}], {"title": ""}, "This field is required"),
        ([{"price_minor": "5", "compare_at_minor": "4"}], {}, "This must be above the price"),
        ([{"choice": "S", "price_minor": "5"}], {}, "say above what the choices differ by"),
        ([{"choice": "S", "price_minor": "5"}], {"options": "Size, Colour"}, "Write Size / Colour"),
        (
            [{"choice": "S", "price_minor": "5"}, {"choice": "s", "price_minor": "6"}],
            {"options": "Size"},
            "Another row has this choice",
        ),
        ([{"choice": "", "price_minor": ""}], {}, "Write at least one price"),
        ([{"price_minor": "5"}], {"options": "A,B,C,D"}, "At most three"),
    ],
)
def test_a_wrong_product_is_shown_again_with_what_was_typed(
    client: Client,
    shop: Merchant,
    rows: list[dict[str, str]],
    fields: dict[str, str],
    sentence: str,
) -> None:
    typed = product_fields(*rows, **({"brand": "Typed brand"} | fields))

    answer = client.post(url("new_product", shop), typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Typed brand" in page
    assert not Product.objects.exists()


def test_more_rows_keep_what_was_typed_and_save_nothing(client: Client, shop: Merchant) -> None:
    typed = product_fields({"choice": "S", "price_minor": "5"}, options="Size") | {"more": "1"}

    page = client.post(url("new_product", shop), typed).content.decode()

    assert 'name="variants-3-choice"' in page
    assert 'value="S"' in page
    assert not Product.objects.exists()


def test_editing_keeps_withdraws_and_adds_choices(client: Client, shop: Merchant) -> None:
    product = make.product(shop, option_names=["Size"])
    small = make.variant(product, option_values=["S"], sku="S-1")
    medium = make.variant(product, option_values=["M"], sku="M-1")
    page = url("product", shop, product.public_id)

    answer = client.post(
        page,
        product_fields(
            {"variant_id": small.public_id, "choice": "S", "sku": "S-1", "price_minor": "30"},
            {
                "variant_id": medium.public_id,
                "choice": "M",
                "sku": "M-1",
                "price_minor": "20",
                "DELETE": "on",
            },
            {"choice": "L", "sku": "L-1", "price_minor": "40"},
            options="Size",
            initial="2",
        ),
    )

    assert answer.status_code == 302
    small.refresh_from_db()
    medium.refresh_from_db()
    assert small.price_minor == 3000
    assert medium.withdrawn_at is not None
    assert Variant.objects.get(sku="L-1").price_minor == 4000


def test_a_sku_of_another_product_is_refused_with_what_was_typed(
    client: Client, shop: Merchant
) -> None:
    make.variant(make.product(shop), sku="TAKEN")

    answer = client.post(
        url("new_product", shop), product_fields({"price_minor": "5", "sku": "TAKEN"})
    )

    assert answer.status_code == 422
    assert "“TAKEN” is in use already" in answer.content.decode()
    assert Product.objects.count() == 1


def test_a_product_of_another_shop_is_not_there(client: Client, shop: Merchant) -> None:
    other = make.product()
    pages = [url("product", shop, other.public_id), url("publication", shop, other.public_id)]

    for page in pages:
        assert client.post(page, {}).status_code == 404

    other.refresh_from_db()
    assert other.is_on_sale


def test_a_product_goes_on_sale_and_off_again(client: Client, shop: Merchant) -> None:
    product = make.product(shop, published_at=None)
    page = url("publication", shop, product.public_id)

    refused = client.post(page)
    make.variant(product)
    client.post(page)
    product.refresh_from_db()
    on_sale = product.is_on_sale
    client.post(page, {"method": "delete"})
    product.refresh_from_db()

    assert refused.status_code == 409
    assert on_sale
    assert product.withdrawn_at is not None


def test_a_refused_picture_keeps_what_was_written_about_it(client: Client, shop: Merchant) -> None:
    product = make.product(shop)
    page = url("pictures", shop, product.public_id)
    bad = SimpleUploadedFile("bad.png", b"not a picture")

    none = client.post(page, {"alt": "A lamp, lit"})
    refused = client.post(page, {"alt": "A lamp, lit", "pictures": bad})
    long = client.post(page, {"alt": "x" * 201, "pictures": SimpleUploadedFile("1.png", png())})

    assert none.status_code == refused.status_code == long.status_code == 422
    assert "Choose a picture first." in none.content.decode()
    assert "bad.png: " in refused.content.decode()
    for answer in (none, refused):
        assert 'value="A lamp, lit"' in answer.content.decode()
    assert "x" * 201 in long.content.decode()
    assert not product.pictures.exists()


@pytest.mark.parametrize("count", ["many", "-1", "9" * 5000])
def test_more_rows_than_a_number_are_no_error(client: Client, shop: Merchant, count: str) -> None:
    typed = {"title": "A lamp", "variants-TOTAL_FORMS": count, "variants-INITIAL_FORMS": "0"}

    answer = client.post(url("new_product", shop), {**typed, "more": "1"})

    assert answer.status_code == 200
    assert 'value="A lamp"' in answer.content.decode()


def test_pictures_are_added_turned_first_and_removed(client: Client, shop: Merchant) -> None:
    product = make.product(shop)
    page = url("pictures", shop, product.public_id)

    sent = client.post(
        page,
        {
            "alt": "Lit",
            "pictures": [
                SimpleUploadedFile("one.png", png()),
                SimpleUploadedFile("two.png", png("red")),
                SimpleUploadedFile("no.png", b"no picture"),
            ],
        },
    )
    one, two = product.pictures.all()
    client.post(url("picture", shop, product.public_id, two.name))
    first = product.pictures.all()[0]
    client.post(url("picture", shop, product.public_id, one.name), {"method": "delete"})

    assert one.alt == "Lit"
    assert first.pk == two.pk
    assert [each.pk for each in product.pictures.all()] == [two.pk]
    assert "no.png: This is not a JPEG, PNG or WebP picture." in sent.content.decode()


def test_a_picture_of_a_draft_is_for_members_only(client: Client, shop: Merchant) -> None:
    product = make.product(shop, published_at=None)
    client.post(
        url("pictures", shop, product.public_id), {"pictures": SimpleUploadedFile("1.png", png())}
    )
    picture = Picture.objects.get()

    draft = client.get(picture.src)
    hidden = Client().get(picture.src)
    make.variant(product)
    product.publish(at=make.NOON)
    public = Client().get(picture.src)

    assert (draft.status_code, draft.headers["Cache-Control"]) == (200, "private, max-age=600")
    assert hidden.status_code == 404
    assert public.headers["Content-Type"] == "image/webp"
    assert "immutable" in public.headers["Cache-Control"]
    assert Client().get(picture.src.replace("480", "481")).status_code == 404


def test_a_hostile_description_is_harmless_on_the_product_page(shop: Merchant) -> None:
    make.location(shop)
    hostile = '<p onclick="x()">Warm</p><script>alert(1)</script><img src=x onerror=alert(1)>'
    report = importing.start(shop, filename="feed.csv", by=None, at=make.NOON)
    feed = shopify(lamp(**{"Body (HTML)": hostile})).encode()

    importing.run(report, io.BytesIO(feed), weigh=filtering.weigh_products)
    page = Client().get(Product.objects.get().get_absolute_url()).content.decode()

    assert "<p>Warm</p>" in page
    assert "alert(1)" not in page
    assert "onclick" not in page
