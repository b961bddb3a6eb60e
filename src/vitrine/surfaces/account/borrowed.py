"""allauth's pages under our rules: a policy each, 422 for a wrong form, problems for JSON."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from vitrine.kernel.errors import problem, wants_json
from vitrine.sovereignty import access

View = Callable[..., HttpResponse]


def page(view: View, policy: access.Policy) -> View:
    """Return a library's view with a policy and with our answers to what went wrong."""

    @access.policy(policy)
    @wraps(view)
    def ours(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and wants_json(request):
            return problem(
                response.status_code,
                code="too_fast",
                detail=gettext("Too many requests. Wait a minute."),
            )
        errors = _errors(response) if request.method == "POST" else {}
        if errors and wants_json(request):
            return problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                code="invalid",
                detail=next(iter(errors.values()))[0],
                errors=errors,
            )
        if errors:
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return ours


def _errors(response: HttpResponse) -> dict[str, list[str]]:
    """Return the sentences of the form that the response shows again, by field."""
    if not isinstance(response, TemplateResponse) or not response.context_data:
        return {}
    for name in ("form", "webauthn_form", "verify_form"):
        form = response.context_data.get(name)
        if form is not None and form.errors:
            return {field: [str(e) for e in found] for field, found in form.errors.items()}
    return {}
