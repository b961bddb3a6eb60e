"""The client in docs/api.md, run as it stands there against this very site."""

import re
import threading
import time
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections

from tests import make
from tests.api.calling import Program
from vitrine.catalog.models import Product, Stock
from vitrine.orders import returning
from vitrine.orders.models import PaymentMove, ReturnReason, Shipment
from vitrine.orders.returning import Wish
from vitrine.programs import signing

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


class Quiet(WSGIRequestHandler):
    """A handler that writes no log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def client() -> dict[str, Any]:
    """Return the client of the docs as a module's names."""
    (source,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    names: dict[str, Any] = {"__name__": "client", "print": lambda *said: None}
    exec(compile(source, "docs/api.md", "exec"), names)
    return names


def serve_until_done(work: threading.Thread, server: WSGIServer) -> None:
    """Answer in this thread, whose transaction has the test's rows, until the client is done.

    As in Django's own test client, a request's end does not close the connection.
    """
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        work.start()
        while work.is_alive():
            server.handle_request()
    finally:
        for end in ends:
            end.connect(close_old_connections)


@pytest.mark.django_db
def test_the_client_in_the_docs_runs_a_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    program, names, failed = Program(), client(), []
    place = make.location(program.merchant)
    sold = make.handed_over(make.variant(make.product(program.merchant), stock=1))
    wish = Wish({sold.lines.get().pk: 1}, ReturnReason.BROKEN)
    asked = returning.ask(sold, wish, key="asked", at=make.NOON)
    orders = [
        make.purchase(make.variant(make.product(program.merchant), stock=1)).group.orders.get()
        for _ in range(2)
    ]
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    server.timeout = 0.1
    monkeypatch.setenv("VITRINE_API", f"http://127.0.0.1:{server.server_port}/api/v1")
    monkeypatch.setenv("VITRINE_TOKEN", program.text)

    def run() -> None:
        try:
            names["main"]()
        except Exception as wrong:  # noqa: BLE001 (told by the test, not by the thread)
            failed.append(wrong)

    with server:
        serve_until_done(threading.Thread(target=run), server)

    assert failed == []
    lantern = Product.objects.get(title="Brass lantern")
    assert lantern.is_on_sale
    counted = Stock.objects.filter(variant__product=lantern).values_list("location", "on_hand")
    assert list(counted) == [(place.pk, 12), (place.pk, 12)]
    assert {move.order for move in PaymentMove.objects.all()} == {sold, *orders}
    assert Shipment.objects.filter(order__in=orders, scans__kind="taken").count() == 2
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_the_client_in_the_docs_knows_our_signature() -> None:
    is_ours, body = client()["is_ours"], b'{"type":"order.placed"}'
    now = int(time.time())
    own, other = signing.new_secret(), signing.new_secret()
    headers = {
        "webhook-id": "us_1",
        "webhook-timestamp": str(now),
        "webhook-signature": signing.sign(
            body, message_id="us_1", at_s=now, with_secrets=[other, own]
        ),
    }

    assert is_ours(body, headers, own)
    assert not is_ours(body + b" ", headers, own)
    assert not is_ours(body, headers, signing.new_secret())
    assert not is_ours(body, headers | {"webhook-timestamp": str(now - 301)}, own)
