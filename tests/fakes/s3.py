"""Somebody else's object store: as much of S3 as the cell uses, on a port of this machine.

A signed URL is checked as S3 checks it (Signature Version 4 in the query), so that one signed for
another method, key or secret is refused here too.
"""

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

SECRET = "the secret of the fake store"
KEPT = ("Content-Type", "Content-Disposition")


@dataclass
class Bucket:
    """A running store. origin: where it answers. asked: methods and paths that were let in."""

    origin: str
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Return what a process needs to use it as ``s3://films``."""
        return {
            "AWS_ENDPOINT": self.origin,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "films",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }


def _signature(method: str, url: str, host: str) -> str:
    """Sign as the AWS documentation says: a canonical request, a day's key, three hashes."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    asked.pop("X-Amz-Signature", None)
    query = "&".join(f"{quote(k, '')}={quote(v, '')}" for k, v in sorted(asked.items()))
    canonical = f"{method}\n{parts.path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = asked["X-Amz-Credential"].partition("/")[2]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{SECRET}".encode()
    for step in scope.split("/"):
        key = hmac.digest(key, step.encode(), "sha256")
    signed = f"AWS4-HMAC-SHA256\n{asked['X-Amz-Date']}\n{scope}\n{digest}"
    return hmac.new(key, signed.encode(), "sha256").hexdigest()


def _listing(bucket: Bucket, root: str, prefix: str) -> bytes:
    keys = [path.removeprefix(f"{root}/") for path in bucket.objects]
    rows = "".join(
        f"<Contents><Key>{key}</Key><Size>1</Size><ETag>1</ETag>"
        "<LastModified>2026-11-20T12:00:00.000Z</LastModified></Contents>"
        for key in keys
        if key.startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: self.headers[name] for name in KEPT if name in self.headers}
        self.bucket.objects[urlsplit(self.path).path] = (content, headers)
        self._answer(200, b"", {"ETag": '"1"'})

    def do_POST(self) -> None:
        """Delete the keys that an XML document names."""
        wanted = self.rfile.read(int(self.headers["Content-Length"])).decode()
        root = urlsplit(self.path).path
        keys = re.findall("<Key>(.+?)</Key>", wanted)
        for key in keys:
            self.bucket.objects.pop(f"{root}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode(), {})

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = dict(parse_qsl(url.query))
        if not self._is_let_in(asked):
            self._answer(403, b"", {})
        elif "list-type" in asked:
            self._answer(200, _listing(self.bucket, url.path, asked.get("prefix", "")), {})
        elif url.path not in self.bucket.objects:
            self._answer(404, b"", {})
        else:
            self.bucket.asked.append((self.command, url.path))
            content, headers = self.bucket.objects[url.path]
            told = {"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 12:00:00 GMT"}
            self._answer(200, content, headers | told)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_let_in(self, asked: dict[str, str]) -> bool:
        if "X-Amz-Signature" not in asked:
            return "Authorization" in self.headers  # the cell itself
        true = _signature(self.command, self.path, self.headers["Host"])
        return hmac.compare_digest(asked["X-Amz-Signature"], true)

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def running() -> Iterator[Bucket]:
    """Run a store until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        _Handler.bucket = bucket = Bucket(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield bucket
        finally:
            server.shutdown()
