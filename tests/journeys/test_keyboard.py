"""Without a mouse and without seeing: a clip is sent, published, found, liked and talked about."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from bench.cells import Cell
from tests import make
from tests.journeys import names
from tests.journeys.browsing import DESK, PHONE
from tests.journeys.conftest import Opening
from tests.journeys.keys import reach
from tests.journeys.making import Shown
from tests.journeys.site import inside
from tests.journeys.visitor import Visitor


def test_a_clip_is_published_found_and_talked_about_by_keyboard_alone(
    browser: Browser, cell: Cell, film: Path
) -> None:
    with Visitor.at_a_desk(browser, cell.url) as creator:
        creator.sign_up("typist")
        page, keys = creator.page, creator.page.keyboard
        # Before the page: the browser is told some time later to ask here, and not on a screen.
        page.on("filechooser", lambda chooser: chooser.set_files(film))
        creator.go("/studio/upload/")
        reach(page, page.get_by_label("Choose videos"))
        keys.press("Enter")
        reach(page, page.get_by_label("Title"))
        keys.type("Zoetrope by hand")
        reach(page, page.get_by_label("One line that says what happens"))
        keys.type("A man juggles a football on a lawn.")
        expect(page.locator("#standing .badge")).to_have_text("Draft")
        reach(page, page.get_by_role("button", name="Publish"))
        keys.press("Enter")
        expect(page.locator("#standing .badge")).to_have_text("Published")

    with Visitor.at_a_desk(browser, cell.url) as viewer:
        page, keys = viewer.page, viewer.page.keyboard
        viewer.go("/account/login/?next=/search")
        reach(page, page.get_by_label("E-mail"))
        keys.type(inside(cell, "person", handle="reader.by.key"))
        reach(page, page.get_by_label("Password"))
        keys.type(make.PASSWORD)
        keys.press("Enter")
        page.wait_for_url(f"{cell.url}/search")
        reach(page, page.get_by_label("Search clips, people, products and hashtags"))
        keys.type("zoetrope")
        keys.press("Enter")
        reach(page, page.get_by_role("main").get_by_role("link", name="Zoetrope by hand").first)
        keys.press("Enter")
        reach(page, page.get_by_role("button", name="Like").first)
        keys.press("Enter")
        expect(page.get_by_role("button", name="Like").first).to_have_attribute(
            "aria-pressed", "true"
        )
        reach(page, page.get_by_label("Add a comment"))
        keys.type("Heard without a mouse")
        reach(page, page.get_by_role("button", name="Comment", exact=True))
        keys.press("Enter")
        expect(page.locator("#comments")).to_contain_text("Heard without a mouse")


def test_a_screen_reader_says_of_each_clip_what_it_is_before_it_plays(
    browser: Browser, cell: Cell, clips: list[str]
) -> None:
    width, height = PHONE
    with browser.new_context(
        base_url=cell.url, viewport={"width": width, "height": height}
    ) as context:
        page = context.new_page()
        page.goto("/")
        expect(page.locator(".clip.current")).to_have_count(1)

        heard = list(names.tree(page))
        articles = [(name, said) for role, name, said in heard if role == "article"]
        controls = {name for role, name, _ in heard if role in {"button", "link", "switch"}}

        assert articles
        assert all(name for name, _ in articles)
        assert any("." in f"{name} {said}" for name, said in articles), articles
        assert [role for role, *_ in heard].count("feed") == 1
        assert controls >= {"Like", "Save", "Share"}, controls
        assert list(names.lacking(page)) == []


def test_a_product_of_a_clip_is_bought_by_keyboard_alone(
    browser: Browser, cell: Cell, shown: Shown
) -> None:
    typed = {
        "E-mail": "guest@example.org",
        "Full name": "A Guest",
        "Street and number": "12 Mission Street",
        "Town or city": "San Francisco",
        "Postcode": "94105",
    }
    with Visitor.at_a_desk(browser, cell.url) as guest:
        page, keys = guest.page, guest.page.keyboard
        guest.go(f"/v/{shown.clip}")
        reach(page, page.get_by_role("link", name=shown.product).first)
        keys.press("Enter")
        sheet = page.locator("#sheet")
        reach(page, sheet.get_by_label("State"))
        keys.type("Cali")
        expect(sheet.locator(".sum")).to_contain_text("CA")
        for label, text in typed.items():
            reach(page, sheet.get_by_label(label))
            keys.type(text)
        reach(page, sheet.get_by_role("button", name="Buy now"))
        keys.press("Enter")
        expect(sheet.get_by_role("heading", name="Thank you, it is yours")).to_be_visible()
        heard = {name for role, name, _ in names.tree(page) if role == "heading"}

    assert "Thank you, it is yours" in heard


def test_parcels_are_chosen_and_shipped_together_by_keyboard(opening: Opening, cell: Cell) -> None:
    told = inside(cell, "parcels", name="Many Lamps", count=3)
    desk = opening(DESK)
    name, value = told["session"]["name"], told["session"]["value"]
    desk.add_cookies([{"name": name, "value": value, "url": cell.url}])
    page = desk.new_page()
    page.goto(told["path"])
    keys = page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Choose it, or not")
    keys.press("Escape")
    keys.press("/")
    keys.type("jxs")  # typed, and no keys there
    expect(page.get_by_role("searchbox")).to_have_value("jxs")
    page.get_by_role("searchbox").blur()

    for key in ("j", "x", "j", "j", "x"):
        keys.press(key)
    expect(page.get_by_text("2 chosen")).to_be_visible()
    keys.press("s")
    page.get_by_label("Paste the numbers").fill("HP-1\nHP-2")
    page.get_by_role("button", name="Mark all as shipped").click()

    expect(page.get_by_role("heading", name="2 orders are marked as shipped.")).to_be_visible()
    states = [inside(cell, "order_state", order_id=one) for one in told["orders"]]
    assert sorted(states) == ["placed", "shipped", "shipped"]
