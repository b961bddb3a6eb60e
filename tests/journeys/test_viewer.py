"""A viewer hears, likes, reads, buys and works the feed by keys."""

import pytest
from playwright.sync_api import BrowserContext, expect

from bench.cells import Cell
from tests.journeys.browsing import (
    CURRENT,
    DESK,
    PHONE,
    assert_presents,
    sign_in,
    without_gesture,
)
from tests.journeys.conftest import Opening
from tests.journeys.looking import LOOKS, Look, assert_accessible, shoot, wrong_in
from tests.journeys.site import inside
from tests.journeys.swiping import (
    CURRENT_ID,
    WITH_SOURCE,
    become_other,
    open_feed,
    to_labelled,
)
from tests.ops.machine import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.machine]


def test_a_tap_gives_sound_and_the_next_visit_remembers(phone: BrowserContext) -> None:
    page = open_feed(phone)
    assert_presents(page)
    expect(page.get_by_role("button", name="Tap for sound")).to_be_visible()

    page.locator(".clip.current .tap").tap()

    expect(page.get_by_role("button", name="Tap for sound")).to_be_hidden()
    assert without_gesture(page, f"document.querySelector('{CURRENT}').muted") is False
    assert_presents(page)
    assert '"sound":true' in without_gesture(page, "localStorage['vitrine.watching']")


def test_a_like_is_shown_at_once_kept_and_taken_back(
    opening: Opening, cell: Cell, clips: list[str]
) -> None:
    context = opening(PHONE)
    sign_in(context, cell.url, inside(cell, "session", handle="viewer"))
    page = open_feed(context)
    clip = str(without_gesture(page, CURRENT_ID))
    like = page.locator(".clip.current .like:not(.save)")

    with page.expect_response(lambda answer: answer.url.endswith("/like")) as answer:
        like.tap()
    expect(like).to_have_attribute("aria-pressed", "true")
    assert answer.value.status == 204
    assert inside(cell, "likes", handle="viewer") == [clip]

    with page.expect_response(lambda answer: answer.url.endswith("/like")):
        like.tap()
    assert inside(cell, "likes", handle="viewer") == []


KNOWN_MS = 11_000
"""A second more than ``ads.standing.READ_EVERY``."""


def test_an_ad_in_product_search_says_so_is_billed_once_seen_and_goes_at_will(
    opening: Opening, cell: Cell
) -> None:
    made = inside(cell, "searched_for", payer="Halva & Sons", word="Zinnia")
    inside(cell, "person", handle="seeker")
    context = opening(PHONE)
    sign_in(context, cell.url, inside(cell, "session", handle="seeker"))
    page = context.new_page()
    ad = page.locator("li[data-ad]")
    page.goto("/shop?q=zinnia")
    if not ad.count():
        page.wait_for_timeout(KNOWN_MS)
        page.goto("/shop?q=zinnia")
    expect(ad).to_have_accessible_name("Ad · paid by Halva & Sons: Zinnia 0")
    expect(ad).to_contain_text("Ad · paid by Halva & Sons")
    expect(page.locator(".grid > li")).to_have_count(11)

    wait_until(lambda: inside(cell, "followed", ad=made["ad"]) == ["view"])
    faults = list(wrong_in(page, "ad-in-shop"))
    page.goto("/search?in=products&q=zinnia")
    faults += wrong_in(page, "ad-in-search")
    assert not faults, "\n".join(faults)

    wait_until(lambda: inside(cell, "followed", ad=made["ad"]) == ["view"] * 2)
    ad.locator(".tile").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{made['product']}")
    wait_until(lambda: "click" in inside(cell, "followed", ad=made["ad"]))
    page.goto("/shop?q=zinnia")
    ad.get_by_role("link", name="Why you see this ad").press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("It leads to a product that has the words you searched for.")
    assert_accessible(page, "the sheet of an ad in the shop")
    sheet.get_by_role("button", name="No more of this ad").press("Enter")
    expect(ad).to_have_count(0)
    page.reload()
    expect(page.locator(".grid > li")).to_have_count(10)


def test_a_stranger_who_likes_is_asked_to_sign_in(phone: BrowserContext) -> None:
    page = open_feed(phone)

    page.locator(".clip.current .like:not(.save)").tap()

    page.wait_for_url("**/account/login/**")


def test_the_keys_work_and_can_be_switched_off(opening: Opening, clips: list[str]) -> None:
    page = open_feed(opening(DESK))
    assert_presents(page)
    first = str(without_gesture(page, CURRENT_ID))
    paused = f"document.querySelector('{CURRENT}').paused"
    muted = f"document.querySelector('{CURRENT}').muted"

    page.keyboard.press("j")
    second = become_other(page, first)
    page.keyboard.press("k")
    assert become_other(page, second) == first
    page.keyboard.press(" ")
    page.wait_for_function(f"() => {paused}")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => !{paused}")
    was_muted = without_gesture(page, muted)
    page.keyboard.press("m")
    assert without_gesture(page, muted) is not was_muted
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    shoot(page, "feed-keys-1280")

    page.get_by_role("switch", name="Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_timeout(600)
    assert without_gesture(page, CURRENT_ID) == first


def test_captions_are_on_and_the_choice_against_them_is_remembered(
    phone: BrowserContext, clips: list[str]
) -> None:
    spoken = "document.querySelector('.clip.current .spoken').innerText"
    page = open_feed(phone)
    to_labelled(page, clips[0])
    assert_presents(page)
    page.wait_for_function(f"() => {spoken} !== ''")
    shoot(page, "feed-captions-412")

    page.keyboard.press("c")
    page.wait_for_function(f"() => {spoken} === ''")

    assert '"captions":false' in without_gesture(page, "localStorage['vitrine.watching']")


def test_the_product_opens_in_a_sheet_while_the_clip_plays_on(
    phone: BrowserContext, clips: list[str]
) -> None:
    page = open_feed(phone)
    to_labelled(page, clips[0])
    assert_presents(page)

    page.locator(".clip.current .tag").first.tap()

    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("Pouring kettle")
    expect(sheet).to_contain_text("$64.00")
    assert_presents(page)
    shoot(page, "feed-sheet-412")
    assert_accessible(page, "product sheet over the feed")


def test_comments_open_in_a_sheet_and_on_the_clip_page(
    phone: BrowserContext, clips: list[str]
) -> None:
    page = open_feed(phone)
    to_labelled(page, clips[0])

    page.locator(".clip.current").get_by_role("link", name="Comments").tap()
    expect(page.locator("#sheet")).to_contain_text("Where is it from?")
    shoot(page, "feed-comments-412")
    assert_accessible(page, "comments over the feed")
    page.get_by_role("button", name="Close").tap()

    page.goto(f"/v/{clips[0]}")
    expect(page.locator("#comments")).to_contain_text("Where is it from?")


def test_a_clip_plays_on_its_own_page(opening: Opening, clips: list[str]) -> None:
    page = opening(DESK).new_page()
    page.goto(f"/v/{clips[0]}")

    page.evaluate("document.getElementById('player').play()")

    assert_presents(page, "#player")
    shoot(page, "clip-1280")


def test_the_feed_can_be_watched_without_scripts(opening: Opening, clips: list[str]) -> None:
    page = opening(PHONE, java_script_enabled=False).new_page()
    page.goto("/")

    first = page.locator(".clip").first
    expect(first.locator("video")).to_have_attribute("controls", "")
    assert str(first.locator("video").get_attribute("src")).startswith("/m/")
    expect(first.locator("h2")).to_be_visible()
    expect(page.locator(".feed-tabs").get_by_role("link", name="More")).to_be_visible()
    shoot(page, "feed-no-script-412")


def test_reduced_motion_shows_the_poster_and_waits_for_a_tap(
    opening: Opening, clips: list[str]
) -> None:
    page = open_feed(opening(PHONE, reduced_motion="reduce"))
    page.wait_for_timeout(1_000)
    assert without_gesture(page, f"document.querySelector('{CURRENT}').paused") is True
    assert without_gesture(page, WITH_SOURCE) == 0

    page.locator(".clip.current .tap").tap()

    assert_presents(page)


def test_nothing_stands_in_anybody_s_way(phone: BrowserContext, clips: list[str]) -> None:
    pages = {
        "feed": "/",
        "following": "/following",
        "clip": f"/v/{clips[0]}",
        "profile": "/@lumen",
        "nowhere": "/nowhere",
    }
    faults: list[str] = []
    for name, url in pages.items():
        page = phone.new_page()
        page.goto(url)
        page.wait_for_timeout(500)
        faults += wrong_in(page, name, [Look(*PHONE, "light"), Look(*PHONE, "dark"), *LOOKS])
        page.close()

    assert not faults, "\n".join(faults)
