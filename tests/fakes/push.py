"""A push service that opens what it gets, as the browser would: RFC 8188 and 8291 the other way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vitrine.accounts.encrypting import Keys, base64url, content_keys, point


class Browser:
    """One browser: its half of the keys, and what it could read."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"a" * 16):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.keys = Keys(point(self.key), auth)

    @property
    def sends(self) -> dict[str, str]:
        """Return its keys as it tells them."""
        return {"public_key": base64url(self.keys.public), "auth": base64url(self.keys.auth)}

    def opened(self, body: bytes) -> bytes:
        """Read a push."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        key, nonce = content_keys(self.key, sender, self.keys, sender=sender, salt=salt)
        return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


class Service(HTTPServer):
    """Answers with ``status``, and keeps what was posted: path, headers, body."""

    status = 201

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def endpoint(self) -> str:
        """Return the address of a browser at it."""
        return f"http://127.0.0.1:{self.server_port}/push/abc"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def service() -> Iterator[Service]:
    """Run a push service."""
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
