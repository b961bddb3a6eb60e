"""Role × endpoint × ownership: what happens is what the policy says, with no difference at all."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse
from pytest_django import Settings

from tests.sovereignty.world import UNKNOWN_ID, World
from vitrine.sovereignty import access
from vitrine.sovereignty.access import Endpoint, Policy

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WRITES = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session)')
WHO_MIGHT = ("anonymous", "owner", "shop owner", "staff", "moderator")
"""Who is asked: those who may the most. But in their shop its owner is a stranger like others."""
OPENS_FOR = {
    "orders": {"orders clerk", "counter clerk"},
    "parcels": {"orders clerk", "counter clerk"},
    "bills": {"orders clerk", "finance clerk"},
    "disputes": {"orders clerk"},
    "returns": {"orders clerk", "counter clerk"},
    "counter": {"orders clerk", "counter clerk"},
    "products": {"catalogue clerk"},
    "collections": {"catalogue clerk"},
    "stock": {"catalogue clerk", "orders clerk", "counter clerk"},
    "talk": {"catalogue clerk", "orders clerk"},
    "imports": {"catalogue clerk"},
    "application": set[str](),
    "people": set[str](),
    "promotions": set[str](),
    "cards": {"finance clerk"},
    "commissions": set[str](),
    "health": {"orders clerk", "counter clerk"},
    "figures": {"catalogue clerk", "orders clerk", "finance clerk"},
    "drops": {"catalogue clerk"},
    "programs": set[str](),
    "money": {"finance clerk"},
    "settings": set[str](),
    "": {"catalogue clerk", "orders clerk", "counter clerk", "finance clerk"},
}
"""What each role of a shop may see, by the part of the seller's pages. The owner sees all."""
OPENS_LESS = {"market:order_table": {"orders clerk"}, "market:refund": {"orders clerk"}}
"""What is for fewer of them than the part that it is in."""
ANYBODYS = {"studio:tag product_id", "shop:bag-line variant_id", "shop:product product_id"}
"""Kwargs that name a public thing inside somebody's own: a creator tags anybody's product."""
REFUSED_AFTER_THE_DOOR = {
    "mfa_download_recovery_codes": {403},  # until the password is typed again
    "shop:bag-line": {404},  # one's own bag has no such line
    "shop:bag-lines": {404},  # the form names no product
    "you:unwanted-end": {404},  # one's own wishes have no such row
    "watch:oembed": {404},  # no address is asked about
    "promote:taken": {404},  # no advertiser of theirs is named
    "payments:webhooks": {400, 401, 403, 404, 409},  # nothing is signed here
    "payments:stripe-webhooks": {400},  # nor here
    "payments:easypost-webhooks": {400},  # nor here
}
"""Statuses that are right although the caller may call, and why."""
ASKED_AS: dict[Policy | None, str] = {
    access.MEMBER: "shop owner",
    access.MODERATOR: "moderator",
    access.STAFF: "staff",
}
"""Who is asked which methods an endpoint takes, where that is not the owner of the thing."""
GONE_IS_FINE = {"shop:bag-line"}
"""Endpoints where what was never there counts as removed already."""


class Answer(StrEnum):
    """What a caller may expect."""

    OPEN = "is let in"
    SIGN_IN = "must sign in"
    HIDDEN = "finds nothing"


@dataclass(frozen=True)
class Case:
    """One set of kwargs. whose: own, others, crossed (own outside, others' inside), unknown."""

    whose: str
    kwargs: dict[str, Any]


@dataclass
class Walk:
    """One walk through the matrix, and every difference it met.

    known: what an endpoint has answered. Each question is undone, so the same again says the same.
    site: the middleware and all behind it, loaded once: it keeps nothing of a request.
    """

    world: World
    site: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))
    asked: int = 0
    differences: list[str] = field(default_factory=list)
    known: dict[tuple[str, ...], tuple[HttpResponse, list[str]]] = field(default_factory=dict)

    def endpoint(self, endpoint: Endpoint) -> None:
        """Ask an endpoint everything, as everybody."""
        self.known.clear()
        methods = [method for method in METHODS if self._takes(endpoint, method)]
        if not methods:
            self.differences.append(f"{endpoint.name or endpoint.pattern} takes no method at all")
        for case in cases(self.world, endpoint):
            url = reverse(endpoint.name, kwargs=case.kwargs)
            for role in self._asked_about(endpoint, case):
                for method in methods:
                    self._expect(endpoint, case, method, url, role)

    def _asked_about(self, endpoint: Endpoint, case: Case) -> Iterable[str]:
        """Return who is asked. What only a shop's roles tell apart, only its own pages are asked.

        Of what is another's, or nobody's, whom it is for, a guest and staff tell as much as all.
        """
        if endpoint.policy is access.TOKEN:
            return ("anonymous", "owner")
        if case.whose == "own":
            is_shops = endpoint.policy is access.MEMBER
            return ("anonymous", *self.world.people) if is_shops else WHO_MIGHT
        if endpoint.policy in {access.MEMBER, access.ANYONE} or case.whose == "unknown":
            whom = ["anonymous", ASKED_AS.get(endpoint.policy, "owner"), "staff"]
            is_theirs = endpoint.policy is access.MEMBER and case.whose != "unknown"
            return [*whom, "member of another shop"] if is_theirs else whom
        return WHO_MIGHT

    def _takes(self, endpoint: Endpoint, method: str) -> bool:
        """Tell whether the endpoint knows a method, asked as whoever it is for."""
        own = next(cases(self.world, endpoint))
        role = ASKED_AS.get(endpoint.policy, "owner")
        response, _ = self._ask(method, reverse(endpoint.name, kwargs=own.kwargs), role)
        return response.status_code != 405

    def _expect(self, endpoint: Endpoint, case: Case, method: str, url: str, role: str) -> None:
        expected = expectation(endpoint, case, role)
        # A page that says no takes ten times as long to draw as a problem document.
        is_drawn = case.whose == "own" and expected is not Answer.HIDDEN
        accept = "text/html" if is_drawn else "application/json"
        response, writes = self._ask(method, url, role, accept)
        problem = difference(endpoint, expected, response)
        if not problem and expected is not Answer.OPEN and writes:
            problem = f"is denied, and yet it wrote: {writes[0][:90]}"
        if not problem and expected is Answer.SIGN_IN and case.whose == "own":
            answer, _ = self._ask(method, url, role, accept="application/json")
            if (answer.status_code, answer["Content-Type"]) != (401, "application/problem+json"):
                problem = f"as a program gets {answer.status_code}, no problem document"
        if problem:
            self.differences.append(
                f"{method} {endpoint.name or endpoint.pattern} ({case.whose}) {role}: {problem}"
            )

    def _ask(
        self, method: str, url: str, role: str, accept: str = "text/html"
    ) -> tuple[HttpResponse, list[str]]:
        """Send one request and undo what it did; return the answer and the writes it made."""
        question = method, url, role, accept
        if question not in self.known:
            self.known[question] = self._ask_anew(*question)
        return self.known[question]

    def _ask_anew(
        self, method: str, url: str, role: str, accept: str
    ) -> tuple[HttpResponse, list[str]]:
        self.asked += 1
        cache.clear()
        client = Client(raise_request_exception=False, headers={"Accept": accept})
        client.handler = self.site
        if role != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.world.cookies[role]
        before = transaction.savepoint()
        writes: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            if WRITES.match(sql):
                writes.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            response: Any = client.generic(method, url)
            if response.streaming:
                b"".join(response.streaming_content)
        transaction.savepoint_rollback(before)
        return response, writes


def kwargs_of(endpoint: Endpoint) -> list[str]:
    """Return the kwargs of a URL in their order, from its path or regular expression."""
    return re.findall(r"<(?:[a-z_]+:)?([a-z_]+)>", endpoint.pattern.replace("(?P<", "<"))


def cases(world: World, endpoint: Endpoint) -> Iterator[Case]:
    """Yield the ownerships that an endpoint can be asked about; own comes first."""
    names = kwargs_of(endpoint)
    known = {name: world.ids(endpoint.name, name) for name in names}
    own = {name: each.own for name, each in known.items()}
    yield Case("own", own)
    foreign = {name: each.others for name, each in known.items() if each.others is not None}
    if foreign:
        yield Case("others", own | foreign)
    crossed = {
        name: each
        for name, each in list(foreign.items())[1:]
        if f"{endpoint.name} {name}" not in ANYBODYS
    }
    if crossed:
        yield Case("crossed", own | crossed)
    for name, each in known.items():
        if each.unknown is not None:
            yield Case("unknown", own | {name: each.unknown})
    if "clip_id" in known:
        yield Case("deleted", own | {"clip_id": world.deleted_clip.public_id})


def expectation(endpoint: Endpoint, case: Case, role: str) -> Answer:
    """Derive from the declared policy what a role may expect of a case."""
    there = case.whose in {"own", "others"} or endpoint.name in GONE_IS_FINE
    match endpoint.policy:
        case Policy.ANYONE:
            return Answer.OPEN if there else Answer.HIDDEN
        case Policy.HOLDER:
            # A key in the URL's path opens for whoever has it; a purchase asks for its buyer.
            needs_key = not {"group_id", "sale_id"}.isdisjoint(kwargs_of(endpoint))
            is_let_in = case.whose == "own" and role == "owner" if needs_key else there
            return Answer.OPEN if is_let_in else Answer.HIDDEN
        case Policy.TOKEN:
            return Answer.SIGN_IN  # whoever it is: no session opens it
        case _ if role == "anonymous":
            return Answer.SIGN_IN
        case Policy.PERSON:
            return Answer.OPEN if there else Answer.HIDDEN
        case Policy.OWNER:
            return Answer.OPEN if case.whose == "own" and role == "owner" else Answer.HIDDEN
        case Policy.MEMBER:
            return Answer.OPEN if _is_member(endpoint, case, role) else Answer.HIDDEN
        case Policy.MODERATOR:
            return Answer.OPEN if there and role == "moderator" else Answer.HIDDEN
        case _:
            return Answer.OPEN if there and role == "staff" else Answer.HIDDEN


def _is_member(endpoint: Endpoint, case: Case, role: str) -> bool:
    if endpoint.name.startswith("promote:"):  # each account has its owner alone
        return (case.whose, role) in {
            ("own", "shop owner"),
            ("others", "member of another shop"),
        }
    part = endpoint.pattern.removeprefix("/market/<slug:slug>/").split("/")[0]
    if case.whose == "own":
        opens_for = OPENS_LESS.get(endpoint.name, OPENS_FOR[part])
        return role == "shop owner" or role in opens_for
    return case.whose == "others" and role == "member of another shop"


def difference(endpoint: Endpoint, expected: Answer, response: HttpResponse) -> str:
    """Say how an answer differs from what was expected, or nothing."""
    status = response.status_code
    to_log_in = response.headers.get("Location", "").startswith(f"{settings.LOGIN_URL}?next=")
    seen = f"{expected}, and gets {status} {response.headers.get('Location', '')}".rstrip()
    if status >= 500:
        return seen
    if status == 405:
        return ""
    if expected is Answer.SIGN_IN:
        return "" if status == 401 or to_log_in else seen
    if expected is Answer.HIDDEN:
        return "" if status == 404 else seen
    if status in REFUSED_AFTER_THE_DOOR.get(endpoint.name, set()):
        return ""
    is_open = status < 400 or status in {400, 409, 410, 416, 422, 428}
    return "" if is_open and not to_log_in else seen


LARGE = ("account", "market", "studio", "v")


def area(endpoint: Endpoint) -> str:
    """Return the part of the site that an endpoint is walked with; small ones go together."""
    first = endpoint.pattern.split("/")[1]
    return first if first in LARGE else "the rest"


@pytest.mark.django_db
@pytest.mark.parametrize("part", [*LARGE, "the rest"])
def test_every_role_gets_from_every_endpoint_what_its_policy_says(part: str) -> None:
    walk = Walk(World())

    for endpoint in access.endpoints():
        if area(endpoint) == part:
            walk.endpoint(endpoint)

    assert walk.differences == [], "\n".join(["", *walk.differences])
    assert walk.asked > 200


@pytest.mark.django_db
def test_the_matrix_finds_doors_that_are_open(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.sovereignty.open_doors"
    walk = Walk(World())

    for endpoint in access.endpoints():
        if endpoint.pattern.startswith("/doors/"):
            walk.endpoint(endpoint)

    found = "\n".join(walk.differences)
    assert "GET anybodys_clip (own) shop owner: finds nothing, and gets 200" in found
    assert "POST anybodys_clip (others) owner: finds nothing, and gets 200" in found
    assert "GET anybodys_clip (unknown) owner: finds nothing, and gets 500" in found
    assert "POST written_too_early (own) staff: is denied, and yet it wrote: UPDATE" in found
    assert "GET unguarded (own) anonymous: must sign in, and gets 200" in found


@pytest.mark.django_db
def test_a_kwarg_that_the_matrix_does_not_know_is_named() -> None:
    endpoint = Endpoint("/lamps/<int:lamp>/", "lamps:lamp", "lamps.views.lamp", access.ANYONE)

    with pytest.raises(LookupError, match=r"lamps:lamp has the kwarg 'lamp'.*Say in IDS"):
        list(cases(World(), endpoint))


@pytest.mark.django_db
def test_a_held_link_opens_a_purchase_and_another_purchases_link_does_not() -> None:
    world = World()
    own, other = world.own.payment.group, world.others.payment.group

    opened = Client().get(own.get_absolute_url(), {"key": own.link_token})
    wrong = Client().get(own.get_absolute_url(), {"key": other.link_token})

    assert opened.status_code == 302
    assert wrong.status_code == 404


@pytest.mark.django_db
def test_unknown_ids_are_pages_for_people_and_problems_for_programs(client: Client) -> None:
    for url in (f"/v/{UNKNOWN_ID}", "/@nobody.here", f"/o/{UNKNOWN_ID}", "/v/us_short"):
        page = client.get(url)
        document = client.get(url, headers={"Accept": "application/json"})

        assert page.status_code == document.status_code == 404
        assert "An empty case" in page.content.decode()
        assert document.json()["code"] == "not_found"


def test_every_endpoint_declares_a_policy() -> None:
    assert [each.pattern for each in access.endpoints() if each.policy is None] == []
