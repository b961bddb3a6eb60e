"""The door: form-encoded questions, JSON answers, idempotency keys, and broken lines."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from stripe import params
from stripe.params.checkout import SessionCreateParams

from tests.fakes.stripe import cards, connect, disputes, pages
from tests.fakes.stripe.bank import SECRET_KEY, Bank, Fault, Problem, Row

Answer = Callable[..., Row]
ROUTES: dict[str, Answer] = {**cards.ROUTES, **pages.ROUTES, **disputes.ROUTES, **connect.ROUTES}
"""``METHOD /path`` with ``*`` for an id -> who answers: (bank, *ids, asked)."""
_PATTERNS = [
    (re.compile(route.replace("*", r"([\w-]+)") + "$"), answer) for route, answer in ROUTES.items()
]
PARAMS = {
    "POST /v1/account_links": params.AccountLinkCreateParams,
    "POST /v1/accounts": params.AccountCreateParams,
    "POST /v1/checkout/sessions": SessionCreateParams,
    "POST /v1/customers": params.CustomerCreateParams,
    "POST /v1/payment_intents": params.PaymentIntentCreateParams,
    "POST /v1/payouts": params.PayoutCreateParams,
    "POST /v1/refunds": params.RefundCreateParams,
    "POST /v1/transfers": params.TransferCreateParams,
}
"""What may be said in a question: the bank refuses any other word, as Stripe does."""
IN_USE = "There is currently another in-progress request using this Idempotent Key."
REUSED = "Keys for idempotent requests can only be used with the same parameters."


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Read ``a[b][0]=c`` as {"a": {"b": ["c"]}}."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name)
        at = tree
        for step in path:
            at = at.setdefault(step, {})
        at[last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(one) for name, one in value.items()}


class _Handler(BaseHTTPRequestHandler):
    bank: Bank
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not url.path.startswith("/v1/"):
            self._page(url.path, dict(parse_qsl(body.decode())))
            return
        asked = f"{self.command} {url.path}"
        with self.bank.lock:
            self.bank.asked.append(asked)
            fault = self.bank.faults.popleft() if self.bank.faults else Fault.NONE
        if fault is Fault.SLOW:
            time.sleep(0.3)
        if fault in (Fault.BROKEN, Fault.BUSY):
            kind = "api_error" if fault is Fault.BROKEN else "invalid_request_error"
            self._tell(int(fault), {"error": {"type": kind, "message": "Try again."}})
        elif fault is Fault.DROPPED:
            self.close_connection = True
        else:
            status, answer, again = self._answer(asked, f"{url.query}&{body.decode()}")
            if fault is Fault.LOST:
                self.close_connection = True
            else:
                self._tell(status, answer, again=again)

    def _answer(self, asked: str, form: str) -> tuple[int, Any, bool]:
        """Answer once per key. Returns the status, the body, and whether it was said before."""
        if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
            wrong = {"type": "invalid_request_error", "message": "Invalid API Key provided."}
            return 401, {"error": wrong}, False
        key = self.headers.get("Idempotency-Key", "") if self.command == "POST" else ""
        said, problem = self._said_before(key, asked, form)
        if problem is not None:
            return problem.status, {"error": problem.error}, False
        if said is not None:
            return said[1], msgspec.json.decode(said[2]), True
        try:
            status, answer = self._act(asked, nested(parse_qsl(form, keep_blank_values=True)))
            if key and status in (200, 402):
                told = msgspec.json.encode(answer)
                self.bank.answers[key] = (f"{asked} {form}".encode(), status, told)
            return status, answer, False
        finally:
            self.bank.in_flight.discard(key)

    def _said_before(
        self, key: str, asked: str, form: str
    ) -> tuple[tuple[bytes, int, bytes] | None, Problem | None]:
        with self.bank.lock:
            said = self.bank.answers.get(key)
            if said is not None and said[0] != f"{asked} {form}".encode():
                return None, Problem(400, "idempotency_error", REUSED)
            if said is None and key and key in self.bank.in_flight:
                code = "idempotency_key_in_use"
                return None, Problem(409, "invalid_request_error", IN_USE, code=code)
            if said is None and key:
                self.bank.in_flight.add(key)
            return said, None

    def _act(self, asked: str, form: dict[str, Any]) -> tuple[int, Any]:
        if self.bank.on_request is not None:
            self.bank.on_request(asked)
        expand = form.pop("expand", [])
        odd = set(form) - set(PARAMS[asked].__annotations__) if asked in PARAMS else set()
        if odd:
            unknown = {"type": "invalid_request_error", "code": "parameter_unknown"}
            return 400, {"error": {**unknown, "message": f"Received unknown parameters: {odd}"}}
        account = self.headers.get("Stripe-Account")
        if account:
            form["_account"] = account
        for pattern, answer in _PATTERNS:
            found = pattern.match(asked)
            if found:
                try:
                    with self.bank.lock:
                        made = answer(self.bank, *found.groups(), form)
                        return 200, pages.expanded(self.bank, made, expand)
                except Problem as problem:
                    return problem.status, {"error": problem.error}
        return 404, {"error": {"type": "invalid_request_error", "message": f"No {asked}."}}

    def _page(self, path: str, typed: dict[str, str]) -> None:
        """Answer a browser: the hosted page, or a bank's own."""
        with self.bank.lock:
            where, html = pages.browse(self.bank, self.command, path, typed)
        self.send_response(303 if where else 200)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(html.encode())))
        self.end_headers()
        self.wfile.write(html.encode())

    def _tell(self, status: int, answer: Any, *, again: bool = False) -> None:
        body = msgspec.json.encode(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", self.bank.id("req"))
        if again:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def running() -> Iterator[Bank]:
    """Run a bank until the block ends."""
    bank = Bank()
    handler = type("_Desk", (_Handler,), {"bank": bank})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        bank.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield bank
        finally:
            server.shutdown()
