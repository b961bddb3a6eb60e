"""A creator sends a real phone clip, puts a product on it, and others see it play."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from bench.cells import Cell
from tests.journeys import making, watching
from tests.journeys.conftest import Visit
from tests.journeys.selling import Shop
from tests.journeys.visitor import Visitor

PART_BYTES = 4 * 1024 * 1024


@pytest.fixture
def large_film(glimpse: Path, tmp_path: Path) -> Path:
    """Return the same clip in three parts' size: a box that players pass over fills it up."""
    filling = 2 * PART_BYTES
    path = tmp_path / "large.mp4"
    path.write_bytes(glimpse.read_bytes() + filling.to_bytes(4) + b"free" + bytes(filling - 8))
    return path


def test_a_new_creators_clip_is_met_in_the_feed_with_its_product(
    visit: Visit, shop: Shop, film: Path
) -> None:
    creator, viewer = visit(), visit()
    creator.sign_up("maker")
    creator.go("/studio/")
    creator.look("studio-empty")
    creator.page.get_by_role("link", name="Make your first clip").click()
    creator.look("studio-upload")

    clip = making.upload(
        creator, film, title="Keeping it up", description="A man juggles a football on a lawn."
    )
    making.tag(creator, "White Plimsolls")
    from_slider = creator.page.get_by_label("White Plimsolls: shown from")
    saved = creator.page.locator(".span-saved")
    for _ in range(30):  # the page may be redrawn meanwhile: the clip is still being prepared
        from_slider.press("ArrowRight")
        creator.page.wait_for_timeout(600)
        if saved.text_content() == "Saved":
            break
    else:
        raise AssertionError("the span was never saved")
    before = float(from_slider.input_value())
    from_slider.press("Shift+ArrowRight")
    expect(from_slider).to_have_value(f"{before + 1000:.0f}")
    making.drag(creator, "White Plimsolls", by_px=-400)
    expect(from_slider).to_have_value("0")
    expect(saved).to_have_text("Saved")
    making.cover(creator)
    creator.see_frames(watching.play(creator.page.locator("#preview video")))
    creator.look("studio-clip")
    making.publish(creator)
    creator.go("/studio/")
    creator.look("studio-clips")

    article = watching.meet(viewer, clip)
    viewer.see_frames(article.locator("video"))
    expect(article.get_by_role("link", name="White Plimsolls")).to_be_visible()
    expect(article).to_contain_text("Keeping it up")


def test_an_upload_survives_a_lost_connection_and_a_reload(visit: Visit, large_film: Path) -> None:
    creator = visit()
    creator.sign_up("maker")
    page, context = creator.page, creator.page.context
    sent: list[tuple[int, int]] = []
    held: list[Route] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            headers = request.headers
            sent.append((int(headers["upload-offset"]), len(request.post_data_buffer or b"")))

    def hold_second_and_third(route: Route) -> None:
        offset = int(route.request.headers.get("upload-offset", 0))
        if route.request.method == "PATCH" and offset >= PART_BYTES and len(held) < 2:
            held.append(route)
        else:
            route.continue_()

    page.on("request", note)
    page.route("**/uploads/*", hold_second_and_third)
    creator.go("/studio/upload/")

    with page.expect_request(
        lambda request: request.headers.get("upload-offset") == str(PART_BYTES)
    ):
        page.get_by_label("Choose videos").set_input_files(large_film)
    context.set_offline(True)
    held[0].abort()
    expect(page.get_by_text("You are offline.")).to_be_visible()
    with page.expect_request(
        lambda request: request.headers.get("upload-offset") == str(PART_BYTES)
    ):
        context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#standing .badge")).to_have_text("Uploading")
    creator.look("studio-uploading")
    page.get_by_label("Choose the file again to go on").set_input_files(large_film)

    expect(page.locator("#standing .badge")).to_have_text("Draft")
    size = large_film.stat().st_size
    assert {offset for offset, _ in sent} == {0, PART_BYTES, 2 * PART_BYTES}
    again = len(sent) - 3
    assert again == 2, "each break costs one part, and nothing that had arrived is sent again"
    assert size > 2 * PART_BYTES


def test_a_creator_without_script_sends_tags_and_publishes(
    browser: Browser, cell: Cell, shop: Shop, glimpse: Path
) -> None:
    with Visitor.without_script(browser, cell.url) as creator:
        page = creator.page
        creator.sign_up("plain")
        creator.go("/studio/upload/")
        page.get_by_label("Choose videos").set_input_files(glimpse)
        page.get_by_role("button", name="Send the video").click()
        expect(page.locator("#details")).to_be_visible()
        page.get_by_label("Title").fill("Without script")
        page.locator("#details").get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Without script")
        page.get_by_role("button", name="Use: Without script").click()
        expect(page.get_by_label("One line")).to_have_value("Without script")
        page.get_by_label("Add a product").fill("Plimsolls")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("button", name="White Plimsolls").click()
        expect(page.get_by_role("group", name="White Plimsolls")).to_be_visible()
        while page.get_by_role("button", name="Publish").is_disabled():
            page.reload()
        page.get_by_role("button", name="Publish").click()
        expect(page.locator("#standing .badge")).to_have_text("Published")
