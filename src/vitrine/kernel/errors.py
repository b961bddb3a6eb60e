"""The three kinds of errors: a wrong form (422), a rule that says no (409), a bug (500).

A person sees sentences, an API client sees a problem document (RFC 9457).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel.asked import wants_fragment

API = "/api/"
PROBLEM_TYPE = "application/problem+json"


class Refusal(Exception):
    """A rule says no. Subclass it beside the code that raises it, named for the fact.

    code: stable, for machines. message: a sentence for people: what was wrong and what to do,
    in English; it is translated when the refusal is raised. A message that is given is final.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = "That is not possible right now."
    status: ClassVar[int] = HTTPStatus.CONFLICT

    def __init__(self, message: str | None = None, **facts: Any) -> None:
        self.text = message or gettext(self.message)
        self.facts = facts
        super().__init__(self.text)


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the client asked for JSON rather than a page; what calls the API always does."""
    if request.path.startswith(API):
        return True
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


def problem(
    status: int, *, code: str, detail: str, title: str | None = None, **extra: Any
) -> JsonResponse:
    """Return an RFC 9457 problem document. extra: further members, JSON-able."""
    body = {
        "type": f"urn:vitrine:problem:{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    return JsonResponse(body, status=status, content_type=PROBLEM_TYPE)


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Render a refusal as a fragment for htmx, a problem document for JSON, a page otherwise."""
    if wants_json(request):
        answer: HttpResponse = problem(
            refusal.status, code=refusal.code, detail=refusal.text, **refusal.facts
        )
    else:
        fragment = wants_fragment(request)
        template = "refusal.html#message" if fragment else "refusal.html"
        answer = render(request, template, {"refusal": refusal}, status=refusal.status)
    return told_when(answer, refusal)


def told_when(answer: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Say in an answer's head when trying again makes sense, if the refusal knows."""
    if "retry_after_s" in refusal.facts:
        answer["Retry-After"] = str(refusal.facts["retry_after_s"])
    return answer


class RefusalMiddleware:
    """Render a Refusal that a view let through, and say why a method is not allowed.

    The request's transaction has rolled back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = error_page(request, HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusal_response(request, exception)
        return None


ERROR_SENTENCES = {
    400: ("bad_request", gettext_lazy("The request could not be understood.")),
    403: (
        "forbidden",
        gettext_lazy("You may not do that. Sign in with another account, or go back."),
    ),
    405: (
        "method_not_allowed",
        gettext_lazy("This address does not take that kind of request. Go back."),
    ),
    404: (
        "not_found",
        gettext_lazy("There is nothing here. It may have been taken down, or never existed."),
    ),
    500: (
        "error",
        gettext_lazy("Something broke on our side. It has been recorded; please try again."),
    ),
}


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """Render the page or the problem document of a plain HTTP error."""
    code, sentence = ERROR_SENTENCES[status]
    if wants_json(request):
        return problem(status, code=code, detail=str(sentence))
    return render(request, f"{status}.html", {"sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check, saying what to do; the browser keeps what was typed."""
    sentence = gettext(
        "This page was open for too long, or cookies are off. Reload it and send again."
    )
    if wants_json(request):
        return problem(403, code="csrf_failed", detail=str(sentence))
    return render(request, "403_csrf.html", {"sentence": sentence}, status=403)
