"""A product's video: a clip that has it, on its own page."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import url
from vitrine.catalog.models import Merchant, Product, Tag
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(shop: Merchant) -> Product:
    lamp: Product = make.variant(make.product(shop, title="Lamp"), stock=1).product
    return lamp


def page(lamp: Product) -> str:
    return Client().get(lamp.get_absolute_url()).content.decode()


def test_a_clip_that_has_the_product_plays_on_its_page_until_it_is_taken_away(
    client: Client, shop: Merchant, lamp: Product
) -> None:
    film = make.clip(title="How it shines")
    make.tag(film, lamp)
    there = url("video", shop, lamp.public_id)
    assert "How it shines" in client.get(url("product", shop, lamp.public_id)).content.decode()

    assert client.post(there, {"clip": film.public_id}).status_code == 302
    playing = page(lamp)
    client.post(there, {"method": "delete"})

    assert film.film_url
    assert f'src="{film.film_url}"' in playing
    assert "<video" not in page(lamp)


@pytest.mark.parametrize("fault", ["untagged", "private", "draft", "nobody's"])
def test_a_clip_that_is_not_for_everybody_or_has_it_not_is_refused(
    client: Client, shop: Merchant, lamp: Product, fault: str
) -> None:
    seen = Visibility.PRIVATE if fault == "private" else Visibility.PUBLIC
    film = make.clip(draft=fault == "draft", visibility=seen)
    if fault != "untagged":
        make.tag(film, lamp)
    said = "clp_unknown" if fault == "nobody's" else film.public_id

    answer = client.post(url("video", shop, lamp.public_id), {"clip": said})

    assert answer.status_code == 409
    assert "Choose a clip that everybody can watch" in answer.content.decode()
    lamp.refresh_from_db()
    assert lamp.video is None


@pytest.mark.parametrize("end", ["untagged", "private", "deleted"])
def test_what_is_no_longer_for_everybody_no_longer_plays(
    client: Client, shop: Merchant, lamp: Product, end: str
) -> None:
    film = make.clip()
    tag = make.tag(film, lamp)
    client.post(url("video", shop, lamp.public_id), {"clip": film.public_id})
    assert "<video" in page(lamp)

    match end:
        case "untagged":
            Tag.objects.filter(pk=tag.pk).delete()
        case "private":
            Clip.objects.filter(pk=film.pk).update(visibility=Visibility.PRIVATE)
        case _:
            film.delete(at=make.NOON)

    assert "<video" not in page(lamp)
