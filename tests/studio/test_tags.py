"""Products on a clip, as its creator puts them there."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.catalog.models import Product, Role, Tag
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


def tag_url(clip: Clip, product: Product) -> str:
    """Return where a product on a clip lives."""
    return f"/studio/clips/{clip.public_id}/tags/{product.public_id}/"


def test_a_product_is_put_on_a_clip_for_its_whole_length_then_moved() -> None:
    creator = make.person()
    clip = make.clip(creator, duration_ms=9_430)
    product = make.variant().product
    client = signed_in(creator)

    added = client.post(tag_url(clip, product), headers={"HX-Request": "true"})
    whole = Tag.objects.get(clip=clip)
    moved = client.post(
        tag_url(clip, product),
        # The slider ends at the next tenth of a second after the clip's end.
        {"from_ms": "2500", "until_ms": "9500"},
        headers={"HX-Request": "true"},
    )

    tag = Tag.objects.get(clip=clip)
    assert (whole.from_ms, whole.until_ms) == (0, 9_430)
    assert (tag.from_ms, tag.until_ms) == (2_500, 9_430)
    assert product.title in added.content.decode()
    assert "Saved" in moved.content.decode()


@pytest.mark.parametrize("fields", [{"published_at": None}, {"withdrawn_at": make.NOON}])
def test_a_product_that_is_not_on_sale_is_neither_found_nor_tagged(fields: dict[str, None]) -> None:
    creator = make.person()
    clip = make.clip(creator)
    product = make.product(title="Lamp", **fields)
    make.variant(product)
    client = signed_in(creator)

    found = client.get(f"/studio/clips/{clip.public_id}/products/?q=lamp")
    answer = client.post(tag_url(clip, product))

    assert "$20.00" not in found.content.decode()
    assert answer.status_code == 409
    assert "not on sale" in answer.content.decode()
    assert not Tag.objects.exists()


def test_a_refused_product_leaves_the_section_and_says_why() -> None:
    creator = make.person()
    clip = make.clip(creator)
    shown, refused = make.variant().product, make.product(withdrawn_at=make.NOON)
    make.tag(clip, shown)

    answer = signed_in(creator).post(tag_url(clip, refused), headers={"HX-Request": "true"})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "This product is not on sale here." in html
    assert shown.title in html
    assert 'id="product-search"' in html


@pytest.mark.parametrize(
    "span, status",
    [
        ({"from_ms": "4000", "until_ms": "4000"}, 422),
        ({"from_ms": "9000", "until_ms": "9100"}, 409),
        ({"from_ms": "-1", "until_ms": "4000"}, 422),
        ({"from_ms": "a moment", "until_ms": "4000"}, 422),
    ],
)
def test_an_impossible_span_changes_nothing(span: dict[str, str], status: int) -> None:
    creator = make.person()
    clip = make.clip(creator)
    tag = make.tag(clip, make.product())

    answer = signed_in(creator).post(
        tag_url(clip, tag.product), span, headers={"HX-Request": "true"}
    )

    tag.refresh_from_db()
    assert answer.status_code == status
    assert (tag.from_ms, tag.until_ms) == (0, 9_000)


@pytest.mark.parametrize("by_form", [True, False])
def test_a_product_is_taken_off(by_form: bool) -> None:
    creator = make.person()
    clip = make.clip(creator)
    tag = make.tag(clip, make.product())
    client = signed_in(creator)
    url = tag_url(clip, tag.product)

    answer = client.post(url, {"method": "delete"}) if by_form else client.delete(url)

    assert answer.status_code == 302
    assert not Tag.objects.exists()


def test_a_stranger_tags_nothing() -> None:
    clip, product = make.clip(), make.variant().product

    answer = signed_in(make.person()).post(tag_url(clip, product))

    assert answer.status_code == 404
    assert not Tag.objects.exists()


def test_search_finds_every_word_and_the_creators_own_shop_first(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creator = make.person()
    clip = make.clip(creator)
    theirs = make.product(make.merchant("Aardvark"), title="A brass lamp")
    own_shop = make.merchant("Zebra")
    make.member(own_shop, creator, Role.CATALOGUE)
    own = make.product(own_shop, title="Small brass lamp")
    other = make.product(title="Brass bell")
    tagged = make.product(title="Brass lamp, tagged")
    for product in (theirs, own, other, tagged):
        make.variant(product)
    make.tag(clip, tagged)
    client = signed_in(creator)

    with django_assert_num_queries(5):
        answer = client.get(f"/studio/clips/{clip.public_id}/products/?q=brass+LAMP")

    assert list(answer.context["products"]) == [own, theirs]


def test_everything_works_without_script() -> None:
    creator = make.person()
    clip = make.clip(creator)
    product = make.variant(make.product(title="Lamp")).product
    client: Client = signed_in(creator)

    found = client.get(f"/studio/clips/{clip.public_id}/products/?q=lamp").content.decode()
    answer = client.post(tag_url(clip, product))

    assert f'action="{tag_url(clip, product)}"' in found
    assert "<html" in found
    assert answer["Location"] == f"/studio/clips/{clip.public_id}/"
    assert Tag.objects.filter(clip=clip, product=product).exists()
