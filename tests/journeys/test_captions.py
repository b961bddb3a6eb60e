"""A creator describes a clip, and writes its captions by keyboard beside the clip and its sound."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import making
from tests.journeys.conftest import Visit


def test_captions_are_written_by_keyboard(visit: Visit, shared: Path) -> None:
    creator, film = visit(), shared / "media" / "derived" / "portrait-his-girl-friday.mp4"
    creator.sign_up("writer")
    making.upload(creator, film, title="A telephone", description="A man talks.")
    page = creator.page
    line = page.get_by_label("One line that says what happens")
    alert = page.locator("#standing").get_by_role("alert")
    said = page.locator("#saved")
    words = page.get_by_role("textbox", name="words")

    line.fill("")
    page.get_by_role("button", name="Publish").click()
    expect(alert).to_contain_text("One line that says what happens is missing")
    page.get_by_role("button", name="Use: A telephone").click()
    expect(line).to_have_value("A telephone")
    line.press("End")
    line.type(" rings, and nobody answers.")
    making.publish(creator)  # at once: what was typed a moment ago goes along
    page.reload()
    expect(line).to_have_value("A telephone rings, and nobody answers.")

    page.get_by_role("button", name="Write captions").click()
    expect(page.get_by_role("heading", name="Captions in English")).to_be_visible()
    expect(page.get_by_text("The sound is being drawn.")).to_have_count(0)
    page.get_by_label("Cue 1: start").fill("0")
    page.get_by_label("Cue 1: end").fill("1")
    words.first.type("One two three four")
    expect(said).to_contain_text("Saved, 1 cue")
    words.first.press("Alt+x")
    expect(words).to_have_count(2)
    expect(words.nth(1)).to_be_focused()
    page.keyboard.press("Alt+Shift+j")
    expect(page.get_by_label("Cue 2: end")).to_have_value("0:00.900")
    page.keyboard.press("Alt+ArrowUp")
    expect(words.first).to_be_focused()
    page.keyboard.press("Alt+l")
    expect(page.get_by_label("Cue 1: start")).to_have_value("0:00.100")
    expect(said).to_contain_text("Saved, 2 cues")
    page.get_by_label("Cue 1: end").fill("2")
    expect(said).to_contain_text("Cue 2 begins before cue 1 has ended.")
    expect(page.locator(".cue.wrong")).to_have_count(1)
    page.keyboard.press("Alt+m")
    page.keyboard.press("Control+s")
    expect(said).to_contain_text("Saved, 1 cue")
    expect(page.locator(".cue.wrong")).to_have_count(0)
    creator.look("studio-cues")

    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("textbox", name="words").fill("From another tab")
    expect(other.locator("#saved")).to_contain_text("Saved, 1 cue")
    other.close()
    words.first.fill("One two three")
    expect(said).to_contain_text("changed elsewhere")
    page.get_by_role("button", name="Save mine instead").press("Enter")
    expect(said).to_contain_text("Saved, 1 cue")
    words.first.fill("One two three four")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.keyboard.press("Control+s")
    expect(said).to_contain_text("Saved, 1 cue")
    page.get_by_role("link", name="A telephone").click()
    page.locator("#captions").scroll_into_view_if_needed()
    creator.look("studio-captions")

    page.get_by_role("link", name="See it").click()
    expect(page.locator("#player track")).to_have_attribute("label", "en")
    page.get_by_text("What is said").click()
    expect(page.locator("details", has_text="What is said")).to_contain_text("One two three four")
    assert re.search(r"/v/\w+$", page.url)
