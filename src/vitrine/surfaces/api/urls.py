"""URLs of the API: what ninja makes of the operations, each behind the door."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from vitrine.sovereignty import access
from vitrine.surfaces.api import (
    ads,
    bills,
    cards,
    orders,
    parcels,
    products,
    returns,
    stock,
    webhooks,
)
from vitrine.surfaces.api.problems import answer_with_problems
from vitrine.surfaces.api.views import door

PREFIX = "/api/v1/"
DESCRIPTION = (
    "Read and run a shop from a program of its own. Lists have cursors; each write needs an "
    "Idempotency-Key; every error is a problem document (RFC 9457). See docs/api.md."
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable: programs go by it."},
        "detail": {"type": "string", "description": "A sentence for people."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
api = NinjaAPI(
    title="Vitrine",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    openapi_extra={
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
        }
    },
)
answer_with_problems(api)
for each in (products, stock, orders, parcels, returns, bills, cards, ads, webhooks):
    api.add_router("", each.router)


@require_safe
@access.policy(access.ANYONE)
def openapi(request: HttpRequest) -> JsonResponse:
    """Say what the API has, as OpenAPI 3.1."""
    return JsonResponse(schema())


def schema() -> dict[str, Any]:
    """Return the OpenAPI document, with the parts that ninja leaves out."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    extra = api.openapi_extra["components"]
    parts = {**made["components"]}
    for name, more in extra.items():
        parts[name] = {**parts.get(name, {}), **more}
    return {**made, "components": parts}


def _operations() -> Iterator[URLPattern]:
    """Yield the URLs of the operations, without ninja's own front page."""
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            yield pattern


def _behind_the_door(pattern: URLPattern) -> URLPattern:
    pattern.callback = door(pattern.callback)
    return pattern


app_name = "api"
urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    *map(_behind_the_door, _operations()),
]
