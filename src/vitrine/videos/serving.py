"""Answer with the bytes of one stored object: here, through the proxy, or by a signed URL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Literal, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from vitrine.kernel import storage
from vitrine.videos import ranges

Answer = TypeVar("Answer", bound=HttpResponseBase)

FOREVER = "public, max-age=31536000, immutable"
"""For what anybody may see under a key that never changes its content."""
OWN_EYES = "private, max-age=600"
"""For what only some may see: kept by their own browser, and not for long."""
SIGNED_FOR = timedelta(minutes=15)
CHUNK_BYTES = 1 << 18


@dataclass(frozen=True)
class Served:
    """An object as it is sent. etag: without quotes; strong, so that ranges can be joined."""

    key: str
    size: int
    etag: str
    content_type: str
    cache_control: str


def respond(request: HttpRequest, served: Served) -> HttpResponseBase:
    """Answer GET and HEAD for an object that the caller has authorised."""
    if settings.VITRINE_MEDIA_MODE == "signed":
        return _signed(request, served)
    if _is_known(request, served):
        return _headed(HttpResponse(status=HTTPStatus.NOT_MODIFIED), served)
    if settings.VITRINE_MEDIA_MODE == "accel":
        return _accelerated(served)
    try:
        span = ranges.wanted(
            _range_header(request, served),
            size=served.size,
            cap=settings.VITRINE_MEDIA_RANGE_CAP_BYTES,
        )
    except ranges.Unsatisfiable:
        answer = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        answer["Content-Range"] = f"bytes */{served.size}"
        return answer
    return _bytes(request, served, span)


def _bytes(request: HttpRequest, served: Served, span: ranges.Span | None) -> HttpResponseBase:
    start, end = (span.start, span.end) if span else (0, served.size)
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse()
    elif end - start <= storage.CHUNK_BYTES:
        answer = HttpResponse(storage.read_range(served.key, start=start, end=end))
    else:
        answer = StreamingHttpResponse(_pieces(served.key, start, end))
    if span:
        answer.status_code = HTTPStatus.PARTIAL_CONTENT
        answer["Content-Range"] = span.content_range
    answer["Content-Length"] = str(end - start)
    return _headed(answer, served)


def _pieces(key: str, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        stop = min(end, start + CHUNK_BYTES)
        yield storage.read_range(key, start=start, end=stop)
        start = stop


def _range_header(request: HttpRequest, served: Served) -> str | None:
    """Return the Range header, unless If-Range names another version of the object.

    Ranges are defined for GET alone, and must be ignored elsewhere (RFC 9110 §14.2).
    """
    if request.method != "GET":
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and condition != f'"{served.etag}"':
        return None
    return request.headers.get("Range")


def _is_known(request: HttpRequest, served: Served) -> bool:
    known = request.headers.get("If-None-Match", "")
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return f'"{served.etag}"' in tags or "*" in tags


def _accelerated(served: Served) -> HttpResponse:
    """Let the proxy read the store; it does ranges itself."""
    answer = HttpResponse()
    del answer["Content-Type"]
    answer["X-Accel-Redirect"] = settings.VITRINE_MEDIA_ACCEL_PREFIX + served.key
    return _headed(answer, served)


def _signed(request: HttpRequest, served: Served) -> HttpResponse:
    """Let the browser read the object store for a while, by the method it came with."""
    method: Literal["GET", "HEAD"] = "HEAD" if request.method == "HEAD" else "GET"
    answer = HttpResponse(status=HTTPStatus.FOUND)
    answer["Location"] = storage.signed_url(served.key, lifetime=SIGNED_FOR, method=method)
    answer["Cache-Control"] = f"private, max-age={int(SIGNED_FOR.total_seconds()) // 2}"
    return answer


def _headed(answer: Answer, served: Served) -> Answer:
    answer["Content-Type"] = served.content_type
    answer["ETag"] = f'"{served.etag}"'
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = served.cache_control
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
