"""Searching: what is found, in which order, and what is not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make
from tests.search.finders import count_words, found, titles
from vitrine.accounts.models import Person
from vitrine.search import dictionary, finding, keeping
from vitrine.search.finding import FoundHashtag, FoundPerson, FoundProduct, Kind
from vitrine.search.models import ClipEntry
from vitrine.videos.models import Caption, Clip, Like, Visibility

pytestmark = pytest.mark.django_db


def test_a_clip_is_found_by_any_of_its_words_whatever_their_accents_and_case() -> None:
    maker = make.person("lumen", display_name="Lumen & Søn")
    make.clip(maker, title="Crème brûlée", description="A torch, slowly.")
    make.clip(maker, title="Another thing")

    for typed in ("creme", "BRÛLÉE torch", "torc", "slowly creme", "#torch"[1:]):
        assert titles(typed) == ["Crème brûlée"], typed
    assert set(titles("lumen son")) == {"Crème brûlée", "Another thing"}
    assert titles("torch another") == []


def test_what_is_said_in_a_clip_is_found_and_forgotten_with_its_captions() -> None:
    clip = make.clip(title="Pouring")
    vtt = "WEBVTT\n\n1\n00:00.000 --> 00:02.000\n<v Bea>Gooseneck kettle\n"
    caption = Caption.objects.create(clip=clip, language="en", webvtt=vtt)

    assert titles("gooseneck") == ["Pouring"]
    assert titles("bea") == []
    assert titles("webvtt") == []

    caption.delete()
    assert titles("gooseneck") == []


def test_whoever_writes_and_however_search_knows_at_once() -> None:
    clips = [make.clip(title=f"Lamp {number}", description="On.") for number in range(3)]

    Clip.objects.filter(pk__in=[clip.pk for clip in clips[:2]]).update(title="Kettle")
    clips[2].unpublish()

    assert titles("lamp") == []
    assert titles("kettle") == ["Kettle", "Kettle"]
    clips[2].publish(at=make.NOON)
    assert titles("lamp") == ["Lamp 2"]
    clips[2].delete(at=make.NOON)
    assert titles("lamp") == []
    assert ClipEntry.objects.count() == 2


def test_a_maker_s_new_name_finds_their_clips() -> None:
    maker = make.person("lumen")
    make.clip(maker, title="Lamp")

    maker.change_profile(display_name="Brass Works", bio="")

    assert titles("brass lamp") == ["Lamp"]


@pytest.mark.parametrize("visibility", Visibility.values)
def test_only_what_is_listed_for_the_viewer_is_found(visibility: str) -> None:
    maker, fan, stranger = make.person(), make.person(), make.person()
    fan.follow(maker, at=make.NOON)
    make.clip(maker, title="Lamp", visibility=visibility)
    viewers = [AnonymousUser(), stranger, fan, maker]

    seen = [titles("lamp", by=viewer) == ["Lamp"] for viewer in viewers]  # type: ignore[arg-type]

    listed = [Clip.objects.listed_for(v).exists() for v in viewers]  # type: ignore[arg-type]
    assert seen == listed
    assert (
        seen
        == {
            "public": [True, True, True, True],
            "followers": [False, False, True, True],
            "unlisted": [False] * 4,
            "private": [False] * 4,
        }[visibility]
    )


def test_drafts_and_deleted_clips_are_not_found_by_their_makers_either() -> None:
    maker = make.person()
    make.clip(maker, title="Lamp", draft=True)
    make.clip(maker, title="Lamp").delete(at=make.NOON)

    assert titles("lamp", by=maker) == []


def test_totals_count_what_the_viewer_may_see_and_nothing_else() -> None:
    maker = make.person()
    make.clip(maker, title="Lamp")
    make.clip(maker, title="Lamp", visibility=Visibility.PRIVATE)

    totals = finding.find(
        dictionary.read("lamp"), AnonymousUser(), kind=Kind.PEOPLE, page=1, at=make.NOON
    ).totals

    assert totals == {Kind.CLIPS: 1, Kind.PEOPLE: 0, Kind.PRODUCTS: 0, Kind.HASHTAGS: 0}


def test_titles_weigh_more_than_descriptions_and_both_more_than_what_is_said() -> None:
    make.clip(title="Quiet", description="Nothing")
    said = make.clip(title="Said")
    Caption.objects.create(clip=said, language="en", webvtt="WEBVTT\n\n00:00.0 --> 00:01.0\nlamp")
    make.clip(title="Described", description="A lamp.")
    make.clip(title="Lamp")

    assert titles("lamp") == ["Lamp", "Described", "Said"]


def test_of_equal_texts_the_newer_comes_first_and_a_well_liked_one_before_it() -> None:
    old = make.clip(title="Lamp", description="old", published_at=make.NOON - timedelta(days=40))
    make.clip(title="Lamp", description="new")

    assert [clip.description for clip in found("lamp")] == ["new", "old"]  # type: ignore[union-attr]

    for _ in range(8):
        Like.give(old, by=make.person(), at=make.NOON)
    keeping.count_received(since=make.NOON - timedelta(hours=2))
    assert [clip.description for clip in found("lamp")] == ["old", "new"]  # type: ignore[union-attr]


def test_what_left_the_front_is_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "FRONT", 2)
    for day in range(5):
        make.clip(title=f"Lamp {day}", published_at=make.NOON - timedelta(days=day))

    keeping.count_received(since=make.NOON)

    assert ClipEntry.objects.filter(is_front=True).count() == 2
    assert titles("lamp") == [f"Lamp {day}" for day in range(5)]
    Clip.objects.filter(title="Lamp 4").update(description="edited")
    assert titles("edited") == ["Lamp 4"]


def test_people_are_found_by_handle_and_name_and_the_exact_handle_comes_first() -> None:
    fans = [make.person() for _ in range(4)]
    famous = make.person("lumen.works", display_name="Lumen")
    make.person("lumen", display_name="Somebody")
    make.person("lumen.gone", display_name="Gone", is_active=False)
    for fan in fans:
        fan.follow(famous, at=make.NOON)
    keeping.count_received(since=make.NOON)

    people = [p for p in found("@lumen", kind=Kind.PEOPLE) if isinstance(p, FoundPerson)]

    assert [person.handle for person in people] == ["lumen", "lumen.works"]
    assert people[1].followers == 4
    Person.objects.filter(handle="lumen").update(is_active=False)
    assert [p.handle for p in found("lumen", kind=Kind.PEOPLE)] == ["lumen.works"]  # type: ignore[union-attr]


def test_products_are_found_while_they_are_on_sale() -> None:
    merchant = make.merchant("Lumen Shop")
    lamp = make.variant(make.product(merchant, title="Brass lamp", brand="Ōkawa"), price_minor=900)
    make.variant(lamp.product, price_minor=700)
    make.product(merchant, title="Draft lamp", published_at=None)

    (shown,) = found("okawa lamp", kind=Kind.PRODUCTS)

    assert isinstance(shown, FoundProduct)
    assert (shown.title, shown.price_minor, shown.merchant) == ("Brass lamp", 700, "Lumen Shop")
    lamp.product.withdraw(at=make.NOON)
    assert found("lamp", kind=Kind.PRODUCTS) == []


def test_hashtags_are_found_by_their_beginning_and_find_their_clips() -> None:
    make.clip(title="One", description="#brasslamp #case")
    make.clip(title="Two", description="#BrassLamp")
    make.clip(title="Three", description="brasslamp")
    make.clip(title="Four", description="#brassy", visibility=Visibility.FOLLOWERS)
    count_words()

    assert found("brass", kind=Kind.HASHTAGS) == [FoundHashtag("brasslamp", 2)]
    assert set(titles("#brasslamp")) == {"One", "Two"}
    assert set(titles("brasslamp")) == {"One", "Two", "Three"}


def test_pages_follow_each_other_without_repeats_and_end() -> None:
    for number in range(60):
        make.clip(title=f"Lamp {number}", published_at=make.NOON - timedelta(minutes=number))
    reading = dictionary.read("lamp")

    pages = [
        finding.find(reading, AnonymousUser(), kind=Kind.CLIPS, page=page, at=make.NOON)
        for page in (1, 2, 3)
    ]

    shown = [clip.title for page in pages for clip in page.rows]  # type: ignore[union-attr]
    assert shown == [f"Lamp {number}" for number in range(60)]
    assert [page.has_more for page in pages] == [True, True, False]


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "'", "'; DROP TABLE videos_clip; --", "a & | !b :* <->", "\\", "%_%", "🔥", "((("],
)
def test_hostile_searches_find_nothing_and_break_nothing(typed: str) -> None:
    make.clip(title="Lamp")

    for kind in Kind:
        assert found(typed, kind=kind) == []
