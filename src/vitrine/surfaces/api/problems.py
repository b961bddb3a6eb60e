"""Every error of the API as a problem document, also those that ninja finds."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from vitrine.kernel.errors import Refusal, problem, refusal_response


def answer_with_problems(api: NinjaAPI) -> None:
    """Teach an API how errors are answered."""
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)


def _refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return refusal_response(request, refusal)


def _not_found(request: HttpRequest, _: Any) -> HttpResponse:
    return problem(
        HTTPStatus.NOT_FOUND, code="not_found", detail="There is nothing here for this token."
    )


def _invalid(request: HttpRequest, wrong: Any) -> HttpResponse:
    """Say each thing that is wrong, with a pointer into what was sent (RFC 6901)."""
    errors = [{"pointer": _pointer(each["loc"]), "detail": each["msg"]} for each in wrong.errors]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code="invalid",
        detail="Something in the request is not as it has to be; see errors.",
        errors=errors,
    )


def _pointer(place: tuple[Any, ...]) -> str:
    """Return "#/variants/0/sku" for a place in the body, "?limit" for one in the query."""
    where, *rest = place
    if where != "body":
        return f"?{'.'.join(map(str, rest))}"
    return "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in rest[1:])


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, code="bad_request", detail=str(error))
