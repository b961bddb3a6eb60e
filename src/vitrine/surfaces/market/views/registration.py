"""A shop is paid through the payment provider: registered on its page, and how far that is."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.views import asked_again
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts
from vitrine.ledger.accounts import Payee
from vitrine.orders.payment.provider import OutcomeUnknown
from vitrine.orders.payouts import banking, provider_page, remitting
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import Counter, MemberRequest


class ProviderSilent(Refusal):
    """The provider did not answer."""

    code = "provider_silent"
    message = "The payment provider does not answer. Nothing was changed; try again in a minute."
    status = HTTPStatus.SERVICE_UNAVAILABLE


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@never_cache
def registration(request: MemberRequest, slug: str) -> HttpResponse:
    """Show how far the shop is with the provider; POST lets it be paid there."""
    counter = scope.counter(request, slug, scope.MONEY)
    if request.method == "POST":
        return _register(request, counter=counter)
    found = provider_page.of(_payee(counter))
    context = {"counter": counter, "here": "money", "found": found, "pause": banking.pause()}
    return render(request, "market/registration.html", context)


@asked_again
def _register(request: MemberRequest, *, counter: Counter) -> HttpResponse:
    """Open an account, after the password was typed once more. Raises: ProviderSilent."""
    provider, slug = remitting.paying_out(), counter.merchant.slug
    if provider is None:
        return redirect("market:registration", slug)
    holder, by = counter.merchant.name[:60], request.user
    try:
        remitting.open_account(
            _payee(counter), provider.name, holder=holder, by=by, at=timezone.now()
        )
    except OutcomeUnknown:
        raise ProviderSilent from None
    messages.success(request, gettext("The account is open. Now say who you are on its page."))
    return redirect("market:registration", slug)


@require_safe
@access.policy(access.MEMBER)
@never_cache
def onboarding(request: MemberRequest, slug: str) -> HttpResponse:
    """Send the browser to the provider's page, from which it comes back here.

    By a link and not by a form: ``form-action`` holds for where a form is sent on to, too.
    Raises: ProviderSilent.
    """
    counter = scope.counter(request, slug, scope.MONEY)
    account = provider_page.account_of(_payee(counter))
    if account is None:
        return redirect("market:registration", slug)
    back = f"{settings.VITRINE_ORIGIN}{reverse('market:registration', args=[slug])}"
    try:
        return redirect(remitting.onboarding_link(account, back_url=back))
    except OutcomeUnknown:
        raise ProviderSilent from None


def _payee(counter: Counter) -> Payee:
    return accounts.merchant(counter.merchant.public_id)
