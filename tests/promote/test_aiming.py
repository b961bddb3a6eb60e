"""Beside which clips an advertiser says that their ads do not stand."""

from typing import Any

import pytest
from django.urls import reverse

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from vitrine.ads.models import AdRole, Advertiser, Avoidance
from vitrine.catalog.models import Category

pytestmark = pytest.mark.django_db


@pytest.fixture
def advertiser() -> Advertiser:
    return making.advertiser(make.person("ada"))


def post(advertiser: Advertiser, **typed: Any) -> Any:
    client = signed_in(making.owner_of(advertiser))
    return client.post(reverse("promote:beside", args=[advertiser.public_id]), typed)


def test_words_and_categories_are_kept_and_come_back(advertiser: Advertiser) -> None:
    home = Category.objects.get(key="home")

    answer = post(advertiser, words="#Fire, accident  FIRE", categories=[home.pk])

    kept = Avoidance.objects.get(advertiser=advertiser)
    assert (kept.words, kept.categories) == (["fire", "accident"], [home.pk])
    page = signed_in(making.owner_of(advertiser)).get(answer["Location"]).content.decode()
    assert 'value="fire accident"' in page
    assert page.count(" checked") == 1
    post(advertiser, words="")
    kept.refresh_from_db()
    assert (kept.words, kept.categories) == ([], [])


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"words": "half-off"}, "“half-off” is no word"),
        ({"words": "x"}, "“x” is no word"),
        ({"words": " ".join(f"word{n}" for n in range(51))}, "At most 50 words."),
        ({"categories": ["0"]}, "Select a valid choice"),
    ],
)
def test_what_is_no_word_is_refused_and_stays_typed(
    advertiser: Advertiser, typed: dict[str, Any], said: str
) -> None:
    answer = post(advertiser, **typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed.get("words", "") in answer.content.decode()
    assert not Avoidance.objects.exists()


def test_who_only_looks_at_figures_changes_nothing(advertiser: Advertiser) -> None:
    reader = make.person("reader")
    advertiser.members.create(
        person=reader, role=AdRole.FIGURES, since_at=make.NOON, by=making.owner_of(advertiser)
    )

    answer = signed_in(reader).post(
        reverse("promote:beside", args=[advertiser.public_id]), {"words": "fire"}
    )

    assert answer.status_code == 404
    assert not Avoidance.objects.exists()
