"""The seller's pages, as members, other merchants and strangers meet them."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.catalog.feeding import lamp, shopify
from vitrine.accounts.models import Person
from vitrine.catalog import importing, stockkeeping
from vitrine.catalog.models import (
    DeliveryOption,
    ImportReport,
    Location,
    LocationKind,
    Membership,
    Merchant,
    Picture,
    Product,
    Role,
    Stock,
    Variant,
)
from vitrine.safety import filtering, tasks

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def owner() -> Person:
    return make.person("owner")


@pytest.fixture
def shop(owner: Person) -> Merchant:
    return make.merchant("Lamp Shop", owner=owner)


@pytest.fixture
def client(owner: Person) -> Client:
    return signed_in(owner)


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


def test_a_person_opens_a_shop_with_its_first_place() -> None:
    person = make.person()
    client = signed_in(person)

    answer = client.post(
        reverse("market:open"), {"shop_name": "Brass & Co", "about": "Lamps"} | PLACE
    )

    shop = Merchant.objects.get()
    assert answer.status_code == 302
    assert (shop.name, shop.slug, shop.currency) == ("Brass & Co", "brass-co", "USD")
    assert Membership.objects.get().role == Role.OWNER
    assert Location.objects.get().name == "Corner store"
    assert client.get("/market/").headers["Location"] == f"/market/{shop.slug}/"


def test_shops_of_the_same_name_get_their_own_address() -> None:
    client = signed_in(make.person())

    for _ in range(2):
        client.post(reverse("market:open"), {"shop_name": "Open", "about": ""} | PLACE)

    assert sorted(Merchant.objects.values_list("slug", flat=True)) == ["open-2", "open-3"]


def test_a_wrong_form_keeps_what_was_typed() -> None:
    client = signed_in(make.person())

    answer = client.post(
        reverse("market:open"),
        {"shop_name": "Brass & Co", "about": "Old lamps"} | PLACE | {"postcode": "ABC"},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write it like" in page
    assert "Old lamps" in page
    assert 'value="Corner store"' in page
    assert not Merchant.objects.exists()


def test_what_waits_is_shown_first(
    client: Client, shop: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.variant(make.product(shop), stock=2)
    make.variant(make.product(shop), stock=50)
    make.product(shop, published_at=None)

    with django_assert_max_num_queries(10):
        page = client.get(url("home", shop)).content.decode()

    assert "choices with 3 or fewer left" in page
    assert "<b>1</b><span>drafts</span>" in page
    assert "<b>2</b><span>without a picture</span>" in page


@pytest.mark.parametrize(
    "name",
    ["home", "orders", "products", "new_product", "stock", "imports", "settings", "new_location"],
)
def test_every_page_opens_for_its_owner_and_for_no_stranger(
    client: Client, shop: Merchant, name: str
) -> None:
    make.location(shop)
    make.merchant(owner=(other := make.person()))
    page = url(name, shop)

    assert client.get(page).status_code == 200
    assert signed_in(make.person()).get(page).status_code == 404
    assert signed_in(other).get(page).status_code == 404
    assert Client().get(page).headers["Location"] == f"/account/login/?next={page}"


@pytest.mark.parametrize(
    "role, open_pages",
    [
        (Role.CATALOGUE, {"home", "products", "stock", "imports"}),
        (Role.ORDERS, {"home", "orders", "stock"}),
        (Role.COUNTER, {"home", "orders", "stock"}),
        (Role.FINANCE, {"home"}),
    ],
)
def test_a_role_opens_its_pages_and_no_others(
    shop: Merchant, role: Role, open_pages: set[str]
) -> None:
    make.member(shop, person := make.person(), role)
    client = signed_in(person)
    pages = ["home", "orders", "products", "new_product", "stock", "imports", "settings"]

    opened = {name for name in pages if client.get(url(name, shop)).status_code == 200}

    assert opened - {"new_product"} == open_pages
    assert ("new_product" in opened) == (role == Role.CATALOGUE)
    for href in (f'href="{url(name, shop)}"' for name in set(pages) - opened):
        assert href not in client.get(url("home", shop)).content.decode()


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


def counted(stock: Stock, number: str, *, seen: int, key: str = "one") -> dict[str, str]:
    variant = stock.variant.public_id
    return {"key": key, f"on_hand-{variant}": number, f"seen-{variant}": str(seen)}


def test_a_count_is_saved_once(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)

    for _ in range(2):
        client.post(url("stock", shop), counted(stock, "8", seen=5))

    stock.refresh_from_db()
    assert stock.on_hand == 8
    assert stock.movements.count() == 2


def test_a_count_of_what_never_was_there_begins_a_row(client: Client, shop: Merchant) -> None:
    variant = make.variant(make.product(shop))
    make.location(shop)

    client.post(
        url("stock", shop),
        {"key": "one", f"on_hand-{variant.public_id}": "3", f"seen-{variant.public_id}": "0"},
    )

    assert Stock.objects.get(variant=variant).on_hand == 3


@pytest.mark.parametrize("typed", ["many", "-1", "1.5", "", "99999999"])
def test_a_wrong_count_stays_in_its_field(client: Client, shop: Merchant, typed: str) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)

    answer = client.post(url("stock", shop), counted(stock, typed, seen=5))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a whole number" in page
    assert f'value="{typed}"' in page
    stock.refresh_from_db()
    assert stock.on_hand == 5


def test_a_count_that_somebody_overtook_is_not_saved(client: Client, shop: Merchant) -> None:
    stock = make.stocked(make.variant(make.product(shop)), 5)
    stockkeeping.receive(stock, 2, key="delivery", by=None, at=make.NOON)

    answer = client.post(url("stock", shop), counted(stock, "4", seen=5))

    assert answer.status_code == 422
    assert "has changed since you looked" in answer.content.decode()
    stock.refresh_from_db()
    assert stock.on_hand == 7


def test_stock_of_another_shop_cannot_be_counted(client: Client, shop: Merchant) -> None:
    make.location(shop)
    theirs = make.stocked(make.variant(), 5)

    client.post(url("stock", shop), counted(theirs, "0", seen=5))
    answer = client.get(url("stock", shop) + f"?place={theirs.location.public_id}")

    theirs.refresh_from_db()
    assert theirs.on_hand == 5
    assert answer.status_code == 404


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


def test_places_are_added_edited_and_closed(client: Client, shop: Merchant) -> None:
    client.post(url("new_location", shop), PLACE)
    place = Location.objects.get()
    client.post(url("location", shop, place.public_id), PLACE | {"name": "Main store"})
    client.post(url("closure", shop, place.public_id))
    place.refresh_from_db()
    closed_at = place.closed_at
    client.post(url("closure", shop, place.public_id), {"method": "delete"})
    place.refresh_from_db()

    assert place.name == "Main store"
    assert closed_at is not None
    assert place.closed_at is None


def test_two_places_of_one_name_are_refused(client: Client, shop: Merchant) -> None:
    make.location(shop, name="Corner store")

    answer = client.post(url("new_location", shop), PLACE | {"name": "CORNER store"})

    assert answer.status_code == 422
    assert "You have a place of that name already." in answer.content.decode()


def test_ways_of_delivery_come_and_go(client: Client, shop: Merchant) -> None:
    typed = {"name": "Express", "price_minor": "9.95", "days_from": "1", "days_until": "2"}

    client.post(url("delivery", shop), typed)
    option = DeliveryOption.objects.get(name="Express")
    wrong = client.post(url("delivery", shop), typed | {"name": "Slow", "days_from": "9"})
    client.post(url("delivery_end", shop, option.public_id))
    option.refresh_from_db()

    assert option.price_minor == 995
    assert wrong.status_code == 422
    assert option.withdrawn_at is not None


def test_an_owner_lets_people_in_but_never_the_last_owner_go(
    client: Client, shop: Merchant, owner: Person
) -> None:
    helper = make.person("helper")

    client.post(url("member", shop), {"handle": "@helper", "role": "catalogue"})
    unknown = client.post(url("member", shop), {"handle": "nobody", "role": "catalogue"})
    client.post(url("member", shop), {"handle": "owner", "role": "owner", "method": "delete"})

    assert signed_in(helper).get(url("products", shop)).status_code == 200
    assert unknown.status_code == 422
    assert Membership.objects.filter(person=owner, role=Role.OWNER).exists()

    client.post(url("member", shop), {"handle": "helper", "role": "catalogue", "method": "delete"})
    assert signed_in(helper).get(url("home", shop)).status_code == 404


def test_the_window_shows_what_is_on_sale_to_anybody(
    shop: Merchant, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make.variant(make.product(shop, title="On show"), price_minor=1234)
    make.variant(make.product(shop, title="Hidden", published_at=None))
    make.location(shop, LocationKind.STORE, name="Corner store")

    with django_assert_max_num_queries(5):
        page = Client().get(f"/shop/{shop.slug}").content.decode()

    assert "On show" in page
    assert "$12.34" in page
    assert "Hidden" not in page
    assert "Corner store" in page
    assert Client().get("/shop/nobody").status_code == 404


def test_a_hostile_description_is_harmless_on_the_product_page(shop: Merchant) -> None:
    make.location(shop)
    hostile = '<p onclick="x()">Warm</p><script>alert(1)</script><img src=x onerror=alert(1)>'
    report = importing.start(shop, filename="feed.csv", by=None, at=make.NOON)
    feed = shopify(lamp(**{"Body (HTML)": hostile})).encode()

    importing.run(report, io.BytesIO(feed), weigh=filtering.weigh_product)
    page = Client().get(Product.objects.get().get_absolute_url()).content.decode()

    assert "<p>Warm</p>" in page
    assert "alert(1)" not in page
    assert "onclick" not in page


def test_a_hostile_name_is_only_ever_text(client: Client, shop: Merchant, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    Merchant.objects.filter(pk=shop.pk).update(name=hostile)
    make.variant(make.product(shop, title=hostile))
    make.location(shop, name=hostile)

    for page in (
        url("home", shop),
        url("products", shop),
        url("stock", shop),
        f"/shop/{shop.slug}",
    ):
        assert hostile not in client.get(page).content.decode()
