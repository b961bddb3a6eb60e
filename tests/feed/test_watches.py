"""The beacon: strangers' numbers, believed only within bounds."""

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.feed import telling
from vitrine.accounts import visitors
from vitrine.feed import deliveries, rejections
from vitrine.feed.models import Delivery, Rejection, Viewing, Watch
from vitrine.kernel import storage
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=10)


def tell(client: Client, *events: object, unseen: object = ()) -> int:
    """Send a batch and return the status."""
    form = {"events": json.dumps(events), "unseen": json.dumps(unseen)}
    return client.post("/watches/", form).status_code


def event(clip: Clip, client: Client, **fields: Any) -> dict[str, Any]:
    """Make a report of a clip that was served to a browser ten minutes ago."""
    viewer = fields.pop("to", None) or visitors._signer.unsign(
        client.cookies[visitors.COOKIE].value
    )
    token = telling.token(clip, to=viewer, at=timezone.now() - LONG_AGO)
    seen = base64.b64encode(telling.seconds((0, 5))).decode()
    return {"clip": clip.public_id, "token": token, "seq": 0, "ms": 5_000, "seen": seen, **fields}


def visitor() -> Client:
    """Return a browser that has opened the feed."""
    client = Client()
    client.get("/")
    return client


def test_a_batch_is_noted_for_the_visitor() -> None:
    clip, client = make.clip(), visitor()

    status = tell(client, event(clip, client, loops=1, taps=2, shares=1))

    watch, fact = Watch.objects.get(clip=clip), Viewing.objects.get()
    assert status == 204
    assert (watch.watched_ms, watch.loops, watch.viewer) == (5_000, 1, fact.viewer)
    assert (fact.clip, fact.watched_ms, fact.loops) == (clip, 5_000, 1)
    assert (fact.taps, fact.shares, fact.source) == (2, 1, "for_you")
    assert bytes(fact.seen) == b"\x1f\x00"


def test_a_token_of_the_page_itself_is_believed() -> None:
    clip, client = make.clip(), Client()
    (token,) = re.findall(r'data-token="([^"]+)"', client.get("/").content.decode())
    (again,) = re.findall(
        r'data-token="([^"]+)"', client.get(clip.get_absolute_url()).content.decode()
    )

    for one in (token, again):
        tell(client, {"clip": clip.public_id, "token": one, "seq": 0, "ms": 900})

    assert [fact.source for fact in Viewing.objects.order_by("pk")] == ["for_you", "link"]


@pytest.mark.parametrize(
    "page, source",
    [
        ("http://testserver/@lumen", "profile"),
        ("http://testserver/search?q=lamp", "search"),
        ("http://testserver/tags/lamp", "tag"),
        ("http://testserver/sounds/us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "sound"),
        ("http://testserver/following", "following"),
        ("http://testserver/v/us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "related"),
        ("http://testserver/?again", "for_you"),
        ("http://testserver.example.org/@lumen", "link"),
        ("", "link"),
    ],
)
def test_a_clip_page_knows_what_led_to_it(page: str, source: str) -> None:
    clip, client = make.clip(), Client()
    html = client.get(clip.get_absolute_url(), headers={"Referer": page}).content.decode()
    (token,) = re.findall(r'data-token="([^"]+)"', html)

    tell(client, {"clip": clip.public_id, "token": token, "seq": 0, "ms": 900})

    assert Viewing.objects.get().source == source


def test_a_person_is_known_by_account_on_every_device() -> None:
    clip, person = make.clip(), make.person()

    for _ in range(2):
        client = Client()
        client.force_login(person, backend="vitrine.accounts.backend.Backend")
        tell(client, event(clip, client, to=person.public_id))

    assert Watch.objects.get().viewer == person.public_id
    assert Watch.objects.get().watched_ms == 10_000


@pytest.mark.parametrize(
    "fields",
    [
        {"clip": "us_short"},
        {"ms": -1},
        {"ms": 0},
        {"ms": 10**12},
        {"ms": "1"},
        {"seq": -1},
        {"seq": 10**6},
        {"loops": 10**6},
        {"taps": -1},
        {"shares": 10**6},
        {"seen": "no base64"},
        {"seen": "A" * 4_000},
        {"token": "A" * 100},
        {"price": 0},
    ],
)
def test_a_malformed_event_is_refused_and_changes_nothing(fields: dict[str, object]) -> None:
    clip, client = make.clip(), visitor()

    assert tell(client, {**event(clip, client), **fields}) == 422
    assert not Viewing.objects.exists()
    assert not Watch.objects.filter(watched_ms__gt=0).exists()


def test_what_is_no_event_at_all_is_refused() -> None:
    assert tell(Client(), "no object") == 422
    assert tell(Client(), {"clip": "us_01HZZZZZZZZZZZZZZZZZZZZZZZ", "ms": 1}) == 422
    assert Client().post("/watches/", {"events": "{"}).status_code == 422
    assert Client().post("/watches/", {"unseen": "[1]"}).status_code == 422


def test_a_forged_visitor_cookie_is_a_new_visitor_and_its_reports_are_nobodys() -> None:
    clip, client = make.clip(), Client()
    client.cookies[visitors.COOKIE] = "v_somebody:else"

    tell(client, event(clip, client, to="v_somebody"))
    rejections.batch.flush(at=make.NOON)

    assert not Viewing.objects.exists()
    assert Rejection.objects.get().reason == "not yours"


def test_a_batch_without_the_page_s_token_is_refused() -> None:
    clip = make.clip()
    stranger = Client(enforce_csrf_checks=True)

    assert tell(stranger, event(clip, stranger, to="v_one")) == 403
    assert not Viewing.objects.exists()


def test_the_bytes_that_a_device_was_sent_are_noted_once_in_a_batch() -> None:
    clip, client, other = make.clip(), visitor(), visitor()
    rendition = clip.renditions.get()
    storage.put(rendition.key, bytes(rendition.size))
    for _ in range(3):
        client.get(rendition.url, headers={"Range": "bytes=0-40000"})
    other.get(rendition.url, headers={"Range": "bytes=0-9"})
    Client().head(rendition.url)

    for _ in range(2):
        deliveries.batch.flush(at=make.NOON)

    sent = Delivery.objects.get()
    assert (sent.clip, sent.first_at) == (clip, make.NOON)
    tell(client, event(clip, client))
    tell(other, event(clip, other))
    devices = [bytes(fact.device) for fact in Viewing.objects.order_by("pk")]
    assert devices[0] == bytes(sent.device) != devices[1]


def test_small_answers_add_up_until_they_are_a_picture() -> None:
    clip, client = make.clip(), visitor()
    rendition = clip.renditions.get()
    storage.put(rendition.key, bytes(rendition.size))

    for start in (0, 20_000):
        client.get(rendition.url, headers={"Range": f"bytes={start}-{start + 19_999}"})
        deliveries.batch.flush(at=make.NOON)

    assert Delivery.objects.filter(clip=clip).count() == 1


def test_a_small_film_that_came_whole_is_enough() -> None:
    clip, whole, part = make.clip(), visitor(), visitor()
    rendition = clip.renditions.get()
    rendition.size = 9_000
    rendition.save()
    storage.put(rendition.key, bytes(rendition.size))

    part.get(rendition.url, headers={"Range": "bytes=0-8000"})
    deliveries.batch.flush(at=make.NOON)
    assert not Delivery.objects.exists()
    whole.get(rendition.url, headers={"Range": "bytes=0-"})
    deliveries.batch.flush(at=make.NOON)

    assert Delivery.objects.get().clip == clip


@pytest.mark.parametrize(
    "headers, is_noted",
    [
        ({}, True),
        ({"Range": "bytes=40000-"}, True),
        ({"Range": "bytes=0-40000"}, True),
        ({"Range": "bytes=0-999"}, False),
        ({"Range": "bytes=40000-0"}, False),
    ],
)
def test_where_a_proxy_sends_what_was_asked_for_is_noted(
    headers: dict[str, str], is_noted: bool, settings: Any
) -> None:
    settings.VITRINE_MEDIA_MODE = "accel"
    clip, client = make.clip(), visitor()

    client.get(clip.renditions.get().url, headers=headers)
    deliveries.batch.flush(at=make.NOON)

    assert Delivery.objects.filter(clip=clip).exists() == is_noted
