"""Where browsers report which ads were seen and which were followed."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vitrine.accounts import visitors
from vitrine.ads import billing, forms, origins
from vitrine.ads.models import Billed
from vitrine.kernel.errors import problem
from vitrine.sovereignty import access


@access.policy(access.ANYONE)
@require_POST
def views(request: HttpRequest) -> HttpResponse:
    """Note which ads were on screen, half of them for two seconds."""
    return _noted(request, Billed.VIEW)


@access.policy(access.ANYONE)
@require_POST
def clicks(request: HttpRequest) -> HttpResponse:
    """Note which ads were followed."""
    return _noted(request, Billed.CLICK)


def _noted(request: HttpRequest, what: Billed) -> HttpResponse:
    try:
        tokens = forms.read(request.POST.get("tokens", ""))
    except ValidationError as wrong:
        detail = "; ".join(wrong.messages)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, code="ads_malformed", detail=detail)
    viewer, _ = visitors.welcomed(request)  # a stranger was shown none: their tokens are not theirs
    now = timezone.now()
    billing.note(tokens, what, viewer=viewer, origin=origins.of(request, at=now), at=now)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
