"""A creator sends several films at once, writes meanwhile, and is signed out in the middle."""

import contextlib
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Route, expect

from bench.cells import Cell
from tests.journeys import making
from tests.journeys.conftest import Visit
from tests.journeys.site import inside
from tests.journeys.visitor import PASSWORD


@pytest.fixture
def films(glimpse: Path, tmp_path: Path) -> list[Path]:
    """Return four films, and a text that calls itself one."""
    names = ["harbour.mp4", "market.mp4", "kitchen.mp4", "garden.mp4"]
    copies = [Path(shutil.copyfile(glimpse, tmp_path / name)) for name in names]
    note = tmp_path / "note.mp4"
    note.write_text("Milk, bread, lamp oil.")
    return [*copies, note]


def test_several_films_are_sent_at_once_each_with_its_own_bar(
    visit: Visit, films: list[Path]
) -> None:
    creator = visit()
    creator.sign_up("several")
    page = creator.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "PATCH" and len(held) < 3:
            held.append(route)
        else:
            route.continue_()

    page.route("**/uploads/*", hold)
    creator.go("/studio/upload/")
    page.get_by_label("Choose videos").set_input_files(films)

    tray = page.get_by_role("region", name="On their way")
    row = {path.stem: tray.get_by_role("listitem").filter(has_text=path.name) for path in films}
    expect(row["note"].get_by_text("Waits until another has been sent.")).to_be_visible()
    expect(row["garden"].get_by_text("Waits until another has been sent.")).to_be_visible()
    for path in films:
        expect(row[path.stem].get_by_role("progressbar", name=path.name)).to_be_visible()
    creator.look("studio-several")
    row["market"].get_by_role("link", name="Write about it").click()
    page.get_by_label("Title").fill("A day at the market")
    page.get_by_label("Language spoken").focus()
    expect(page.locator("#saved")).to_have_text("Saved")
    expect(tray).to_be_visible()
    expect(page.locator("[data-again]")).to_be_hidden()
    for route in held:
        route.continue_()
    for path in films[:-1]:
        expect(row[path.stem]).to_contain_text("It has arrived and is being prepared.")
    expect(row["note"].get_by_role("status")).to_be_visible()
    expect(page.locator("#standing .badge")).to_have_text("Draft")

    creator.go("/studio/")
    expect(page.locator("#clips > li")).to_have_count(5)
    expect(page.locator("#clips b", has_text="A day at the market")).to_be_visible()
    expect(page.locator("#clips .badge", has_text="Failed")).to_have_count(1)


def test_a_creator_who_is_signed_out_signs_in_elsewhere_and_the_upload_goes_on(
    visit: Visit, glimpse: Path
) -> None:
    creator = visit()
    creator.sign_up("signedout")
    page, context = creator.page, creator.page.context
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if route.request.method == "PATCH" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/uploads/*", hold_first)
    creator.go("/studio/upload/")
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.get_by_label("Choose videos").set_input_files(glimpse)
    page.get_by_label("Title").fill("Typed before it happened")
    page.get_by_label("Language spoken").focus()
    expect(page.locator("#saved")).to_have_text("Saved")
    context.clear_cookies()
    held[0].abort()
    expect(page.get_by_text("the upload then goes on by itself")).to_be_visible()
    page.get_by_label("One line that says what happens").fill("Typed when signed out.")
    page.get_by_label("Language spoken").focus()
    expect(page.get_by_text("what you typed stays")).to_be_visible()

    other = context.new_page()
    other.goto(f"{creator.url}/account/login/?next=/orders")
    other.locator("[name=login]").fill(creator.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url(f"{creator.url}/orders")

    expect(page.locator("#standing .badge")).to_have_text("Draft")
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        page.get_by_label("Title").fill("Typed afterwards")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Typed afterwards")
    words = page.get_by_label("One line that says what happens")
    expect(words).to_have_value("Typed when signed out.")


def test_a_duet_says_with_what_it_is_made_as_its_film_is_sent(
    visit: Visit, glimpse: Path, cell: Cell
) -> None:
    inside(cell, "person", handle="openly")
    other = inside(cell, "openly", handle="openly")
    creator = visit()
    creator.sign_up("duettist")
    page = creator.page
    creator.go(f"/studio/upload/?duet={other}")
    creator.look("studio-duet")
    inside(cell, "close", clip_id=other)

    page.get_by_label("Choose your video").set_input_files(glimpse)

    refusal = page.get_by_text("You can't make a duet with this clip")
    expect(refusal).to_be_visible()
    creator.go("/studio/")
    expect(page.get_by_text(glimpse.name)).to_have_count(0)


def test_a_film_of_a_strange_kind_or_a_wrong_length_is_not_refused_by_the_page(
    visit: Visit, shared: Path, glimpse: Path
) -> None:
    creator = visit()
    creator.sign_up("strange")
    creator.go("/studio/upload/")
    chooser = creator.page.get_by_label("Choose videos")
    note = FilePayload(name="note.txt", mimeType="text/plain", buffer=b"Milk")
    chooser.set_input_files([note])
    expect(creator.page.get_by_text("This file is not a video.")).to_be_visible()

    lying = (shared / "media" / "odd" / "lying-duration-years.mp4").read_bytes()
    linguist = "text/vnd.trolltech.linguist"
    chooser.set_input_files(
        [
            FilePayload(name="years.mp4", mimeType="video/mp4", buffer=lying),
            FilePayload(name="stream.ts", mimeType=linguist, buffer=glimpse.read_bytes()),
        ]
    )

    tray = creator.page.get_by_role("region", name="On their way")
    for name in ("years.mp4", "stream.ts"):
        row = tray.get_by_role("listitem").filter(has_text=name)
        expect(row).to_contain_text("It has arrived and is being prepared.")


def test_an_answer_that_never_comes_is_not_waited_for(visit: Visit, glimpse: Path) -> None:
    creator = visit()
    creator.sign_up("patient")
    page = creator.page
    diverted: list[Route] = []
    page.clock.install()
    with silent(glimpse.stat().st_size) as (port, heard):

        def divert_first(route: Route) -> None:
            if route.request.method == "PATCH" and not diverted:
                diverted.append(route)
                route.continue_(url=f"http://127.0.0.1:{port}/")
            else:
                route.continue_()

        page.route("**/uploads/*", divert_first)
        creator.go("/studio/upload/")
        page.get_by_label("Choose videos").set_input_files(glimpse)
        expect(page.get_by_text("The whole file has arrived and is being read…")).to_be_visible()
        assert heard.wait(30)
        expect(page.locator("#standing .badge")).to_have_text("Uploading")
        page.clock.fast_forward(121_000)

        expect(page.locator("#standing .badge")).to_have_text("Draft")


ASKS = """() => {
  const card = document.getElementById("standing");
  card.setAttribute("hx-get", `${location.pathname}standing/?known=2`);
  card.setAttribute("hx-trigger", "again");
  card.setAttribute("hx-swap", "outerHTML");
  htmx.process(card);
  htmx.trigger(card, "again");
}"""
"""Where the clip stands, once more, as while it moves."""


def test_a_press_is_answered_though_the_page_was_asking_where_the_clip_stands(
    visit: Visit, glimpse: Path
) -> None:
    creator = visit()
    creator.sign_up("pressing")
    page = creator.page
    making.upload(creator, glimpse, title="Pressed", description="A man juggles.")
    expect(page.locator("#standing[hx-get], .htmx-request, .htmx-settling")).to_have_count(0)
    asked: list[Route] = []

    def answer_what_was_asked_first(route: Route) -> None:
        (standing,) = asked
        standing.fulfill(response=standing.fetch())
        route.continue_()

    page.route("**/standing/**", lambda route: asked.append(route))
    page.route("**/publication/", answer_what_was_asked_first)
    with page.expect_request("**/standing/**"):
        page.evaluate(ASKS)

    making.publish(creator)


@contextlib.contextmanager
def silent(size: int) -> Iterator[tuple[int, threading.Event]]:
    """Listen on a port, and answer nobody. Yields it, and what is set once so much was heard."""
    heard = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        lines: list[socket.socket] = []

        def listen() -> None:
            line, _ = server.accept()
            lines.append(line)
            left = size
            while left > 0 and (chunk := line.recv(1 << 16)):
                left -= len(chunk)
            heard.set()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard
        for line in lines:
            line.close()
