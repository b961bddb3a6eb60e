"""The search page and what it suggests."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.search.finders import count_words
from tests.watch.test_feed import signed_in
from vitrine.videos.models import Visibility

pytestmark = pytest.mark.django_db


def page(query: str, client: Client | None = None) -> str:
    """Return the search page as a browser without scripts gets it."""
    return (client or Client()).get(f"/search?{query}").content.decode()


def test_the_page_marks_what_was_found_and_counts_each_kind() -> None:
    maker = make.person("lumen", display_name="Lamp maker")
    clip = make.clip(maker, title="A <b>lamp</b>")
    make.variant(make.product(title="Lamp of brass"))

    html = page("q=lamp")

    assert f'href="/v/{clip.public_id}"' in html
    assert "A &lt;b&gt;<mark>lamp</mark>&lt;/b&gt;" in html
    for label, total in {"Clips": 1, "People": 1, "Products": 1, "Hashtags": 0}.items():
        assert f'{label} <span class="muted num">{total}</span>' in html
    assert "Lamp of brass" not in html
    assert "<mark>Lamp</mark> of brass" in page("q=lamp&in=products")
    assert "@<mark>lumen</mark>" in page("q=%40lumen")


@pytest.mark.parametrize("clips", [1, 30])
@pytest.mark.parametrize("kind", ["clips", "people", "products", "hashtags"])
def test_a_page_costs_two_queries_and_no_more_with_more_found(
    kind: str, clips: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(clips):
        make.clip(make.person(display_name="Lamp"), title="Lamp", description=f"#lamp{number}")
        make.variant(make.product(title="Lamp"))
    count_words()
    client = Client()

    with django_assert_num_queries(2):
        response = client.get(f"/search?q=lamp&in={kind}")

    assert len(response.context["results"].found.rows) == min(clips, 24)


def test_a_person_costs_two_queries_more_for_session_and_account(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.clip(title="Lamp")
    client = signed_in(make.person())

    with django_assert_num_queries(4):
        client.get("/search?q=lamp")


def test_pages_are_links_and_the_second_has_the_rest() -> None:
    for _ in range(30):
        make.clip(title="Lamp")

    first, second = Client().get("/search?q=lamp"), Client().get("/search?q=lamp&page=2")

    assert 'rel="next"' in first.content.decode()
    assert 'href="/search?q=lamp&amp;page=2"' in first.content.decode()
    assert len(second.context["results"].found.rows) == 6
    assert 'rel="next"' not in second.content.decode()
    assert 'rel="prev"' in second.content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=999999", "in=nothing"])
def test_what_is_no_page_or_kind_is_read_as_the_nearest_that_is(query: str) -> None:
    make.clip(title="Lamp")

    assert Client().get(f"/search?q=lamp&{query}").status_code == 200


def test_nothing_found_says_what_else_there_is() -> None:
    make.variant(make.product(title="Brass lamp"))

    html = page("q=brass+lamp")

    assert "No clips for “brass lamp”" in html
    assert '<a href="/search?q=brass+lamp&amp;in=products">Products (1)</a>' in html
    assert "All words must be found" in page("q=glass+zeppelin")


def test_a_slip_is_said_and_what_was_meant_is_shown() -> None:
    make.clip(title="Plimsolls")
    count_words()

    html = page("q=plimsols+")

    assert "so “<b>plimsolls</b>” is shown as well" in html
    assert "<mark>Plimsolls</mark>" in html


def test_too_long_a_search_is_cut_and_said_so() -> None:
    make.clip(title="Lamp")

    html = page("q=" + "lamp+" * 200)

    assert "Only the first 100 characters were searched for." in html
    assert "<mark>Lamp</mark>" in html


@pytest.mark.parametrize("typed", ["%F0%9F%94%A5", "%E2%80%AElamp", "%3Cscript%3E", "%FF"])
def test_hostile_text_is_escaped_and_answered(typed: str) -> None:
    response = Client().get(f"/search?q={typed}")

    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_suggestions_complete_words_and_name_people_and_are_a_fragment() -> None:
    make.clip(make.person("lampwright", display_name="Bea"), title="Lampshade")
    count_words()

    html = Client().get("/search/suggestions?q=lamp").content.decode()

    assert "<html" not in html
    assert 'href="/search?q=lampshade"' in html
    assert 'href="/@lampwright"' in html


def test_suggestions_cost_at_most_three_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        make.clip(make.person(f"lampwright{number}"), title=f"Lampshade lamp{number}")
    count_words()

    with django_assert_num_queries(3):
        Client().get("/search/suggestions?q=lamp")


def test_nothing_of_what_a_stranger_may_not_see_is_suggested_or_kept() -> None:
    maker = make.person("bea")
    make.clip(maker, title="Secretplan", visibility=Visibility.FOLLOWERS)
    count_words()

    response = signed_in(maker).get("/search/suggestions?q=secr")

    assert "secretplan" not in response.content.decode()
    for url in ("/search?q=secretplan", "/search/suggestions?q=secr"):
        assert Client().get(url)["Cache-Control"] == "private, no-cache"


def test_before_anything_is_typed_the_page_shows_the_hashtags_people_use() -> None:
    assert "What are you looking for?" in page("")
    make.clip(description="Glass, #handmade")
    count_words()

    assert 'href="/search?q=%23handmade"' in page("")
    assert "What are you looking for?" not in page("")
