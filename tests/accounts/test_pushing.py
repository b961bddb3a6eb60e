"""Web Push: encrypted for one browser, sent only where the operator allows, and off by default."""

import base64
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ImproperlyConfigured
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import make
from tests.fakes import push as fake
from tests.watch.test_feed import signed_in
from vitrine import environment
from vitrine.accounts import encrypting, pushing
from vitrine.accounts.models import Mute, Notice, NoticeRules, Person, PushSubscription
from vitrine.accounts.telling import Kind
from vitrine.sovereignty import destinations, push_services
from vitrine.sovereignty.models import Leaving
from vitrine.sovereignty.push_services import PushService
from vitrine.videos.models import Like

NOON = make.NOON
KEY = encrypting.new_key()


@pytest.fixture
def service(settings: Settings) -> Iterator[fake.Service]:
    settings.VITRINE_PUSH_KEY = KEY
    settings.VITRINE_PUSH_HOSTS = [PushService("127.0.0.1", "The fake", "US")]
    with fake.service() as running:
        yield running
    destinations.KNOWN.pop("push:127.0.0.1", None)


def subscribed(service: fake.Service, browser: fake.Browser) -> Person:
    person = make.person()
    NoticeRules.put(by=person, silent=[], pushed=["like"], mailed=[], digest="never")
    sent = {"endpoint": service.endpoint, **browser.sends}
    assert signed_in(person).post("/notifications/push", sent).status_code == 204
    return person


def push() -> list[bool]:
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.push").order_by("pk")
    return [pushing.push(**job.args, at=NOON) for job in jobs]


def test_the_example_of_rfc_8291_is_encrypted_to_the_byte() -> None:
    own = encrypting.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    browser = fake.Browser(
        encrypting.private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
        encrypting.unbase64("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    salt = encrypting.unbase64("DGv6ra1nlYgDCS1FRnbzlw")

    body = encrypting.encrypt(
        b"When I grow up, I want to be a watermelon", browser.keys, salt=salt, own=own
    )

    assert encrypting.base64url(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.opened(body) == b"When I grow up, I want to be a watermelon"


@pytest.mark.django_db(transaction=True)
def test_a_push_arrives_encrypted_signed_and_logged(service: fake.Service) -> None:
    browser = fake.Browser()
    person = subscribed(service, browser)
    clip = make.clip(person, title="A secret title")
    Like.give(clip, by=make.person("ana"), at=NOON)

    assert push() == [True]

    ((path, headers, body),) = service.posts
    assert path == "/push/abc"
    said = json.loads(browser.opened(body))
    assert (said["says"], said["path"]) == ("Ana likes your clip", f"/v/{clip.public_id}")
    assert b"Ana" not in body
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["TTL"] == "86400"
    audience = service.endpoint.removesuffix("/push/abc")
    assert claims(headers["Authorization"])["aud"] == audience
    release = Leaving.objects.get(destination="push:127.0.0.1")
    assert (release.purpose, release.classes, release.size) == (
        "notice",
        ["PERSONAL"],
        len(body),
    )


def claims(proof: str) -> dict[str, object]:
    """Check the signature of a VAPID header as a push service does, and return what it claims."""
    token, key = (part.split("=", 1)[1] for part in proof.removeprefix("vapid ").split(", "))
    head, payload, signature = token.split(".")
    raw = encrypting.unbase64(signature)
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), encrypting.unbase64(key))
    public.verify(signed, f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    assert encrypting.unbase64(key) == encrypting.point(encrypting.private_key(KEY))
    read: dict[str, object] = json.loads(encrypting.unbase64(payload))
    return read


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_ends_when_its_service_says_so(service: fake.Service, status: int) -> None:
    person = subscribed(service, fake.Browser())
    Like.give(make.clip(person), by=make.person(), at=NOON)
    service.status = 503
    with pytest.raises(pushing.NotTaken):
        push()
    assert PushSubscription.objects.exists()

    service.status = status
    assert push() == [False]
    assert not PushSubscription.objects.exists()
    assert push() == [False]


@pytest.mark.django_db(transaction=True)
def test_what_was_read_muted_or_is_not_allowed_any_more_is_not_pushed(
    service: fake.Service, settings: Settings
) -> None:
    person = subscribed(service, fake.Browser())
    fan = make.person()
    Like.give(make.clip(person), by=fan, at=NOON)
    Mute.put(by=person, on=fan, at=NOON)
    assert push() == [False]
    Mute.lift(by=person, on=fan)
    Notice.objects.update(read_at=NOON)
    assert push() == [False]
    Notice.objects.update(read_at=None)
    settings.VITRINE_PUSH_HOSTS = []

    assert push() == [False]
    assert service.posts == []
    assert not PushSubscription.objects.exists()
    assert not Leaving.objects.filter(destination__startswith="push").exists()


@pytest.mark.django_db
def test_nothing_is_ordered_without_a_key_or_for_a_kind_that_is_not_wanted(
    service: fake.Service, settings: Settings
) -> None:
    person = subscribed(service, fake.Browser())
    make.person().follow(person, at=NOON)
    settings.VITRINE_PUSH_KEY = ""
    Like.give(make.clip(person), by=make.person(), at=NOON)

    assert not ProcrastinateJob.objects.filter(task_name="accounts.push").exists()
    assert (
        "Turn on in this browser"
        not in signed_in(person).get("/notifications/settings").content.decode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/push",
        "http://push.example/abc",
        "https://push.example:8443/abc",
        "https://push.example@evil.example/abc",
        "https://push.example.evil.example/abc",
        "https://127.0.0.1/abc",
        "https://[::1/abc",
    ],
)
def test_only_named_services_over_tls_are_subscribed_at(
    service: fake.Service, settings: Settings, endpoint: str
) -> None:
    settings.VITRINE_PUSH_HOSTS = [PushService("push.example", "Example", "US")]
    client = signed_in(make.person())

    sent = {"endpoint": endpoint, **fake.Browser().sends}
    answer = client.post("/notifications/push", sent, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (409, "push_service_not_allowed")
    broken = {"endpoint": "https://push.example/abc", "public_key": "AAAA", "auth": "AAAA"}
    assert client.post("/notifications/push", broken).status_code == 422
    assert not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_the_page_names_the_services_and_turns_a_browser_off(service: fake.Service) -> None:
    person = subscribed(service, fake.Browser())
    client = signed_in(person)

    html = client.get("/notifications/settings").content.decode()
    assert "The fake (US)" in html
    assert "Turn off at 127.0.0.1" in html
    kinds = {"told": Kind.values, "pushed": ["reply"], "mailed": [], "digest": "never"}
    client.post("/notifications/settings", kinds)
    assert NoticeRules.objects.get().pushed == ["reply"]
    client.post(f"/notifications/push/{PushSubscription.objects.get().public_id}")
    assert not PushSubscription.objects.exists()


def test_malformed_settings_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    short = base64.urlsafe_b64encode(b"short").decode()
    for name, read, wrong in (
        ("VITRINE_PUSH_KEY", push_services.read_key, short),
        ("VITRINE_PUSH_KEY", push_services.read_key, "A"),
        ("VITRINE_PUSH_HOSTS", push_services.read, "push.example"),
        ("VITRINE_PUSH_HOSTS", push_services.read, "push.example=Example"),
    ):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(ImproperlyConfigured, match=name):
            environment.read(name, read)
    monkeypatch.setenv("VITRINE_PUSH_HOSTS", "push.example=Example, US; *.win.example=W, NZ")
    assert environment.read("VITRINE_PUSH_HOSTS", push_services.read) == [
        ("push.example", "Example", "US"),
        ("*.win.example", "W", "NZ"),
    ]
