"""Where browsers report what was watched."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from vitrine.accounts import visitors
from vitrine.feed import deliveries, forms, watching
from vitrine.kernel.errors import problem
from vitrine.sovereignty import access


@access.policy(access.ANYONE)
@require_POST
def watches(request: HttpRequest) -> HttpResponse:
    """Note a batch of watch events."""
    try:
        events, unseen = forms.read(request.POST)
    except ValidationError as wrong:
        detail = "; ".join(wrong.messages)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, code="watches_malformed", detail=detail)
    key, is_new = visitors.welcomed(request)
    if events:
        watching.note(
            events,
            key=key,
            viewer=request.user,
            device=deliveries.device_of(request),
            at=timezone.now(),
        )
    if unseen:
        watching.take_back(unseen, key=key)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    if is_new:
        visitors.remember(response, key)
    return response


@access.policy(access.ANYONE)
@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Forget what the viewer has seen, and go back to the feed."""
    key = visitors.known(request)
    if key is not None:
        watching.start_over(key=key, at=timezone.now())
    return HttpResponseRedirect("/")
