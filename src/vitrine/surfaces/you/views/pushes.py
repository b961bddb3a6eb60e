"""The browsers that a person wants pushes in."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts import pushing
from vitrine.accounts.models import PushSubscription, ServiceNotAllowed
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel.errors import problem
from vitrine.sovereignty import access, destinations
from vitrine.surfaces.you.forms import SubscriptionForm


@require_POST
@access.policy(access.PERSON)
def subscribe(request: SignedInRequest) -> HttpResponse:
    """Push to this browser from now on. Raises: ServiceNotAllowed."""
    form = SubscriptionForm(request.POST)
    if not form.is_valid():
        detail = "; ".join(str(error) for errors in form.errors.values() for error in errors)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, code="subscription", detail=detail)
    if not pushing.is_on() or destinations.push(form.cleaned_data["endpoint"]) is None:
        raise ServiceNotAllowed
    PushSubscription.put(by=request.user, at=timezone.now(), **form.cleaned_data)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def end(request: SignedInRequest, subscription_id: str) -> HttpResponse:
    """Push to a browser no more."""
    get_object_or_404(request.user.push_subscriptions, public_id=subscription_id).delete()
    messages.success(request, gettext("No more pushes there."))
    return redirect("you:channels")
