"""The site as an app: without a network, and as the target of another app's film."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from bench.cells import Cell
from tests.journeys.browsing import PHONE, wait_for_promised
from tests.journeys.conftest import Visit
from tests.journeys.looking import assert_accessible, shoot

pytestmark = [pytest.mark.journey, pytest.mark.machine]

READY = "navigator.serviceWorker.ready.then((worker) => Boolean(worker.active))"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
KEPT = "caches.open('posters').then((posters) => posters.keys()).then((keys) => keys.length)"


def install(page: Page) -> None:
    """Wait until the service worker stands between the page and the network."""
    assert page.evaluate(READY)
    page.wait_for_function(CONTROLLED)


def test_without_a_network_there_is_a_page_with_the_posters_seen_last(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    width, height = PHONE
    with browser.new_context(
        base_url=cell.url, viewport={"width": width, "height": height}
    ) as context:
        page = context.new_page()
        page.goto("/")
        install(page)
        page.goto("/@lumen")
        expect(page.locator(".tile img").first).to_be_visible()
        wait_for_promised(page, KEPT)

        context.set_offline(True)
        page.goto("/following")
        expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
        poster = page.locator("#seen img").first
        expect(poster).to_be_visible()
        assert poster.evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
        shoot(page, "offline-412")
        assert_accessible(page, "the offline page")

        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
        context.set_offline(False)  # and the page comes by itself
        expect(page.get_by_role("heading", name="You are offline")).to_have_count(0)


def test_films_and_their_ranges_never_meet_the_worker(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    with browser.new_context(base_url=cell.url) as context:
        page = context.new_page()
        page.goto("/")
        install(page)
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(f"/v/{clips[0]}")
        page.wait_for_function("() => document.getElementById('player').readyState >= 2")

        films = [answer for answer in answers if answer.url.endswith(".mp4")]
        assert films
        assert not any(answer.from_service_worker for answer in films)
        kept = page.evaluate(
            "(async () => (await Promise.all((await caches.keys()).map(async (name) =>"
            " (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat())()"
        )
        assert kept
        assert not [url for url in kept if url.endswith(".mp4")]


def test_a_film_shared_by_another_app_is_being_sent(
    visit: Visit, cell: Cell, glimpse: Path
) -> None:
    creator = visit()
    creator.sign_up("sharer")
    page = creator.page
    page.goto(f"{cell.url}/studio/")
    install(page)

    # As the system does it: a form with the file, sent to the manifest's target.
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', `<form id='system' method='post'"
        " action='/studio/upload/shared/' enctype='multipart/form-data'>"
        "<input type='file' name='film'></form>`)"
    )
    page.locator("#system input").set_input_files(glimpse)
    page.evaluate("document.getElementById('system').submit()")

    page.wait_for_url("**/studio/clips/**")
    expect(page.locator("#standing .badge")).to_have_text("Draft", timeout=60_000)


def test_the_system_is_told_what_plays_and_may_go_on(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    with browser.new_context(base_url=cell.url) as context:
        page = context.new_page()
        page.goto(f"/v/{clips[0]}")
        page.wait_for_function("() => navigator.mediaSession.metadata?.title === 'Morning pour'")

        page.goto("/")
        expect(page.locator(".clip.current")).to_have_count(1)
        title = page.locator(".clip.current h2").inner_text()
        page.wait_for_function(
            "(title) => navigator.mediaSession.metadata?.title === title", arg=title
        )
