"""What a person can spend here, each movement of it, and what is left on a gift card."""

from http import HTTPStatus

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vitrine.accounts import limits
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel import paging
from vitrine.orders import covering
from vitrine.orders.covering import NO_SUCH_CARD, Wish
from vitrine.orders.models import Purse, PurseStep
from vitrine.sovereignty import access

SHOWN = 30


class CardForm(forms.Form):
    """A gift card's code."""

    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("The gift card’s code"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
@never_cache
def credit(request: SignedInRequest) -> HttpResponse:
    """Show the person's credit and its movements; POST tells what is left on a card. Queries: 3."""
    form = CardForm(request.POST if request.method == "POST" else None)
    card = _card(request, form)
    steps = PurseStep.objects.filter(purse__person=request.user)
    page = paging.newest_first(
        steps.select_related("purse__merchant", "move__order__group"),
        by="at",
        cursor=request.GET.get("after"),
        size=SHOWN,
    )
    context = {
        "credit": Purse.objects.credit_of(request.user).select_related("merchant"),
        "page": page,
        "form": form,
        "card": card,
        "is_over": card is not None and card.is_over(timezone.now()),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "you/credit.html", context, status=status)


def _card(request: SignedInRequest, form: CardForm) -> Purse | None:
    """Find the card that was asked about; a wrong code counts as a guess. Raises: TooFast."""
    if not form.is_bound or not form.is_valid():
        return None
    now = timezone.now()
    is_new = limits.is_new(request.user, at=now)
    wish = Wish(who=request.user.public_id, is_new=is_new)
    card = covering.card_of(form.cleaned_data["code"], wish, at=now)
    if card is None:
        form.add_error("code", gettext(NO_SUCH_CARD))
    return card
