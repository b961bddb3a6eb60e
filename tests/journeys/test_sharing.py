"""A viewer passes a clip on, and another site shows it."""

import contextlib
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, expect

from bench.cells import Cell
from tests.journeys.browsing import PHONE
from tests.journeys.looking import assert_accessible, shoot

pytestmark = [pytest.mark.journey, pytest.mark.machine]


def test_a_link_is_copied_from_the_sheet_over_the_playing_clip(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    width, height = PHONE
    with browser.new_context(
        base_url=cell.url,
        viewport={"width": width, "height": height},
        permissions=["clipboard-read", "clipboard-write"],
    ) as context:
        page = context.new_page()
        page.goto("/")
        clip = page.locator(".clip.current").get_attribute("data-clip")
        page.locator(".clip.current .share").click()
        sheet = page.get_by_role("dialog")
        expect(sheet.get_by_label("Link", exact=True)).to_have_value(f"{cell.url}/v/{clip}")
        shoot(page, "share-sheet-412")
        assert_accessible(page, "the share sheet")

        sheet.get_by_role("button", name="Copy link").click()

        expect(page.locator("#toasts")).to_contain_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == f"{cell.url}/v/{clip}"


@contextlib.contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """Serve a page of another site, and yield its address: no host of ours."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_clip_plays_in_another_site_s_page_and_leaves_nothing_behind(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    with browser.new_context(base_url=cell.url) as context:
        said = context.request.get(f"/oembed?url={cell.url}/v/{clips[0]}").json()
        page = context.new_page()
        with elsewhere(said["html"]) as site:
            page.goto(site)
            video = page.frame_locator("iframe").locator("video")
            video.evaluate("video => (video.muted = true, video.play())")
            expect(video).to_have_js_property("paused", value=False)
            video.evaluate(
                "video => new Promise((seen) => video.requestVideoFrameCallback(() => seen()))"
            )
            shoot(page, "embedded-elsewhere")

            assert context.cookies() == []
            with context.expect_page() as opened:
                page.frame_locator("iframe").get_by_role("link", name="Watch on Vitrine").click()
            opened.value.wait_for_url(f"**/v/{clips[0]}?from=embed")


def test_a_page_of_ours_cannot_be_put_in_another_site_s_frame(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    framed = f'<iframe src="{cell.url}/v/{clips[0]}"></iframe>'
    with browser.new_context() as context, elsewhere(framed) as site:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(site)

        expect(page.frame_locator("iframe").locator("video")).to_have_count(0)
        assert any("frame-ancestors" in text for text in said)
