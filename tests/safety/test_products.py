"""Listed words in what is sold: it waits for a moderator, and no row of a feed is lost."""

import io

import pytest
from django.test import Client

from tests import make
from tests.catalog.feeding import lamp, shopify
from tests.safety import judged
from vitrine.accounts.models import Person
from vitrine.catalog import importing
from vitrine.catalog.models import ImportReport, Merchant, Product
from vitrine.catalog.models.product import ProductBarred
from vitrine.safety import filtering, judging
from vitrine.safety.models import Case, Effect, ListedWord
from vitrine.safety.policy import Measure

pytestmark = pytest.mark.django_db


def list_words(*words: str, effect: Effect = Effect.HOLD) -> None:
    ListedWord.put(list(words), effect, by=judged.moderator(), at=make.NOON)


def bring(shop: Merchant, *rows: dict[str, object]) -> ImportReport:
    """Import a feed, with the list of words as a worker has it."""
    report = importing.start(shop, filename="feed.csv", by=None, at=make.NOON)
    feed = io.BytesIO(shopify(*rows).encode())
    importing.run(report, feed, weigh=filtering.weigh_products)
    return ImportReport.objects.get(pk=report.pk)


def decide(case: Case, measure: Measure) -> None:
    judging.decide(
        case, by=judged.moderator(), reason="other", measure=measure, words="", at=make.NOON
    )


def typed(title: str, **fields: str) -> dict[str, str]:
    """Return the product editor as it is sent."""
    return {
        "title": title,
        "variants-TOTAL_FORMS": "1",
        "variants-INITIAL_FORMS": "0",
        "variants-0-price_minor": "12.00",
        **fields,
    }


def seller(client: Client) -> tuple[Person, Merchant]:
    owner = make.person()
    client.force_login(owner)
    return owner, make.merchant("Lamps", owner=owner)


@pytest.mark.parametrize("effect", Effect)
def test_an_imported_row_with_a_listed_word_is_taken_in_and_waits(effect: Effect) -> None:
    list_words("vile", effect=effect)
    owner = make.person()
    shop = make.merchant(owner=owner)

    report = bring(
        shop,
        lamp("mug"),
        lamp("lamp", Title="A VILE lamp"),
        lamp("vase", **{"Body (HTML)": "<p>So <b>vile</b></p>"}),
    )

    assert (report.products, report.refused) == (3, 0)
    assert [one.source_id for one in Product.objects.on_sale()] == ["mug"]
    cases = Case.objects.order_by("pk")
    listed = cases.values_list("product__source_id", "origin", "author__handle")
    assert list(listed) == [
        ("lamp", "held", owner.handle),
        ("vase", "held", owner.handle),
    ]
    notes = report.remarks.filter(column="title")
    assert [note.item for note in notes] == ["lamp", "vase"]
    assert "a moderator reads its words first" in notes[0].message


def test_what_a_moderator_lets_out_is_sold_and_its_next_import_asks_nobody() -> None:
    list_words("vile")
    shop = make.merchant()
    bring(shop, lamp(Title="A vile lamp"))

    decide(Case.objects.get(), Measure.NONE)
    bring(shop, lamp(Title="A vile lamp", **{"Variant Price": "15.00"}))

    assert Product.objects.on_sale().get().title == "A vile lamp"
    assert Case.objects.filter(closed_at=None).count() == 0


def test_words_that_come_later_hold_what_is_on_sale() -> None:
    list_words("vile")
    shop = make.merchant()
    bring(shop, lamp())
    assert Product.objects.on_sale().count() == 1

    bring(shop, lamp(Title="A vile lamp"))

    assert not Product.objects.on_sale().exists()
    decide(Case.objects.get(), Measure.REMOVE)
    barred = Product.objects.get()
    assert (barred.held_at, barred.barred_at) == (None, make.NOON)
    with pytest.raises(ProductBarred):
        barred.publish(at=make.NOON)
    bring(shop, lamp(Title="A vile, vile lamp"))
    assert not Product.objects.on_sale().exists()
    assert Case.objects.count() == 1  # nothing new to decide: it is off sale already


def test_what_is_typed_by_hand_waits_and_goes_on_sale_by_itself(client: Client) -> None:
    list_words("vile")
    _, shop = seller(client)

    page = client.post(f"/market/{shop.slug}/products/new/", typed("Vile lamp"), follow=True)
    made = Product.objects.get()
    url = f"/market/{shop.slug}/products/{made.public_id}/"
    asked = client.post(f"{url}publication/", follow=True)
    seen_before = client.get(made.get_absolute_url()).status_code
    decide(Case.objects.get(product=made, origin="held"), Measure.NONE)

    assert "A moderator reads its words first" in page.content.decode()
    assert "goes on sale as soon as a moderator has read its words" in asked.content.decode()
    assert seen_before == 404
    assert list(Product.objects.on_sale()) == [made]


def test_a_held_product_can_be_taken_back_before_anybody_has_read_it() -> None:
    list_words("vile")
    product = make.product(title="Vile lamp")
    assert filtering.weigh_product(product, at=make.NOON)

    product.withdraw(at=make.NOON.replace(hour=13))
    decide(Case.objects.get(), Measure.NONE)

    product.refresh_from_db()
    assert (product.barred_at, product.is_on_sale) == (None, False)


def test_a_refused_word_is_refused_and_what_was_typed_stays(client: Client) -> None:
    list_words("vile", effect=Effect.REFUSE)
    _, shop = seller(client)

    answer = client.post(
        f"/market/{shop.slug}/products/new/", typed("Lamp", description="A vile one.")
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This has a word that is not allowed here." in page
    assert "A vile one." in page
    assert not Product.objects.exists()
