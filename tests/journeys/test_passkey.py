"""A person leaves passwords behind: adds a passkey, signs in with it, sees where they are."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.journeys.visitor import PASSWORD, Visitor

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# The simulated phone would answer inside the address field at once, before anybody can tap.
NOT_IN_THE_FIELD = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
IN_THE_FIELD = NOT_IN_THE_FIELD.replace("false", "true")


def test_a_person_signs_in_with_a_passkey_and_nothing_to_type(
    visit: Callable[[], Visitor],
) -> None:
    ana = visit()
    page = ana.page
    page.add_init_script(NOT_IN_THE_FIELD)
    phone = page.context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    ana.sign_up("ana")
    ana.go("/account/")
    ana.look("account")

    page.get_by_role("link", name="Passkeys").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    ana.look("recovery-codes")
    ana.go("/account/passkeys/")
    expect(page.get_by_text("My phone")).to_be_visible()
    ana.look("passkeys")

    ana.go("/account/")
    page.get_by_role("button", name="Sign out").click()
    ana.go("/account/login/?next=/account/sessions/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/account/sessions/")

    expect(page.get_by_text("This one")).to_be_visible()
    ana.look("sessions")


def test_a_challenge_under_way_is_dropped_when_somebody_signs_in(
    visit: Callable[[], Visitor],
) -> None:
    ana = visit()
    page = ana.page
    page.add_init_script(IN_THE_FIELD)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/account/passkeys/login/", hold)
    with page.expect_request("**/account/passkeys/login/"):
        ana.go("/account/login/")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.route("**/account/login/", hold)

    with page.expect_event("requestfailed", lambda one: "passkeys" in one.url):
        page.get_by_role("button", name="Sign in", exact=True).click(no_wait_after=True)

    assert page.url.endswith("/account/login/")
    page.unroute_all(behavior="ignoreErrors")
