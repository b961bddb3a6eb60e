"""The beacon: strangers' numbers, believed only within bounds."""

import json

import pytest
from django.test import Client

from tests import make
from vitrine.feed import visitors
from vitrine.feed.models import Watch

pytestmark = pytest.mark.django_db


def tell(client: Client, *events: object, unseen: object = ()) -> int:
    """Send a batch and return the status."""
    form = {"events": json.dumps(events), "unseen": json.dumps(unseen)}
    return client.post("/watches/", form).status_code


def test_a_batch_is_noted_for_the_visitor() -> None:
    clip, client = make.clip(), Client()

    status = tell(client, {"clip": clip.public_id, "ms": 5_000, "loops": 0, "done": True})

    watch = Watch.objects.get()
    assert status == 204
    assert (watch.clip, watch.watched_ms) == (clip, 5_000)
    assert watch.viewer.startswith("v_")
    assert visitors.COOKIE in client.cookies


def test_a_person_is_known_by_account_on_every_device() -> None:
    clip, person = make.clip(), make.person()

    for _ in range(2):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        tell(client, {"clip": clip.public_id, "ms": 1_000})

    assert Watch.objects.get().viewer == person.public_id
    assert Watch.objects.get().watched_ms == 2_000


@pytest.mark.parametrize(
    "event",
    [
        "no object",
        {"clip": "us_short", "ms": 1},
        {"clip": "us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "ms": -1},
        {"clip": "us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "ms": 10**12},
        {"clip": "us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "ms": "1"},
        {"clip": "us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "ms": 1, "loops": 10**6},
        {"clip": "us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "ms": 1, "price": 0},
    ],
)
def test_a_malformed_event_is_refused_and_changes_nothing(event: object) -> None:
    assert tell(Client(), event) == 422
    assert not Watch.objects.exists()


def test_what_is_no_json_at_all_is_refused() -> None:
    assert Client().post("/watches/", {"events": "{"}).status_code == 422
    assert Client().post("/watches/", {"unseen": "[1]"}).status_code == 422


def test_a_forged_visitor_cookie_is_a_new_visitor() -> None:
    clip, client = make.clip(), Client()
    client.cookies[visitors.COOKIE] = "v_somebody:else"

    tell(client, {"clip": clip.public_id, "ms": 5_000})

    assert Watch.objects.get().viewer != "v_somebody"


def test_a_batch_without_the_page_s_token_is_refused() -> None:
    clip = make.clip()
    stranger = Client(enforce_csrf_checks=True)

    assert tell(stranger, {"clip": clip.public_id, "ms": 5_000}) == 403
    assert not Watch.objects.exists()
