"""A shop's gift cards, and credit for a buyer of its."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.ledger import accounts
from vitrine.orders import purses
from vitrine.orders.giftcards import offering
from vitrine.orders.giftcards.forms import OfferForm
from vitrine.orders.models import Order, Purse, PurseKind
from vitrine.orders.payouts import planning
from vitrine.orders.purse_forms import GrantForm, IssueForm
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed
from vitrine.surfaces.market.views.orders import order_page_of

MOST_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
@never_cache
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a shop's cards and what they hold; POST issues one and tells its code this once."""
    counter, now = scope.counter(request, slug, scope.MONEY), timezone.now()
    form, code = IssueForm(typed(request), at=now), ""
    if form.is_bound and form.is_valid():
        try:
            _, code = purses.issue(
                **form.cleaned_data, merchant=counter.merchant, by=request.user, at=now
            )
        except Refusal as refusal:
            form.add_error("amount_minor", refusal.text)
        else:
            form = IssueForm(at=now)
            if not code:
                messages.info(request, gettext("That card was issued before."))
    return _page(request, counter, form, OfferForm(offer=offering.of(counter.merchant)), code)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def offer(request: MemberRequest, slug: str) -> HttpResponse:
    """Sell gift cards of the amounts that the form says, or, with "end", none any more."""
    counter, now = scope.counter(request, slug, scope.MONEY), timezone.now()
    if "end" in request.POST:
        offering.end(counter.merchant)
        messages.success(request, gettext("No more cards are sold. Those that are stay good."))
        return redirect("market:cards", slug)
    form = OfferForm(request.POST)
    if not form.is_valid():
        return _page(request, counter, IssueForm(at=now), form)
    offering.offer(
        counter.merchant,
        amounts_minor=form.cleaned_data["amounts"],
        least_minor=form.cleaned_data["least_minor"],
        most_minor=form.cleaned_data["most_minor"],
        by=request.user,
        at=now,
    )
    messages.success(request, gettext("Saved. Your shop sells these gift cards."))
    return redirect("market:cards", slug)


def _page(
    request: MemberRequest, counter: Counter, form: IssueForm, sells: OfferForm, code: str = ""
) -> HttpResponse:
    """Draw the page: with the code of a card that was just issued, or what is wrong in a form."""
    shop, now = counter.merchant, timezone.now()
    mine = (
        Purse.objects.issued_by(shop)
        .select_related("person", "sale")
        .prefetch_related("sale__disputes")
    )
    context = {
        "counter": counter,
        "here": "cards",
        "form": form,
        "code": code,
        "sells": sells,
        "is_selling": offering.of(shop) is not None,
        "cards": [(one, one.is_over(now)) for one in mine[:MOST_SHOWN]],
        "available_minor": planning.available_to(accounts.merchant(shop.public_id)),
        "stop_url": "market:card_stop",
    }
    is_wrong = form.errors or sells.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "market/cards.html", context, status=status)


@require_POST
@access.policy(access.MEMBER)
def stop(request: MemberRequest, slug: str, card_id: str) -> HttpResponse:
    """Let a lost card pay no more."""
    counter = scope.counter(request, slug, scope.MONEY)
    mine = Purse.objects.issued_by(counter.merchant).filter(kind=PurseKind.CARD)
    purses.stop(get_object_or_404(mine, public_id=card_id), at=timezone.now())
    messages.success(request, gettext("Stopped. It pays no more."))
    return redirect("market:cards", slug)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def credit(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """Give the buyer of an order credit to spend at this shop."""
    counter = scope.counter(request, slug, scope.MONEY)
    sold = Order.objects.sold_by(counter.merchant).select_related("group__buyer")
    order = get_object_or_404(sold, public_id=order_id)
    form, buyer = GrantForm(request.POST), order.group.buyer
    if buyer is None:
        raise Http404
    try:
        if not form.is_valid():
            raise Refusal(str(next(iter(form.errors.values()))[0]))
        purses.grant(
            buyer,
            form.cleaned_data["amount_minor"],
            key=form.cleaned_data["key"],
            reason=form.cleaned_data["reason"],
            merchant=counter.merchant,
            by=request.user,
            at=timezone.now(),
        )
    except Refusal as refusal:
        if wants_json(request) or not counter.may(scope.ORDERS):
            raise
        return order_page_of(request, counter, order_id, refusal)  # and what was typed stays
    messages.success(request, gettext("Given. The buyer reads your reason beside it."))
    return redirect("market:order", slug, order_id)
