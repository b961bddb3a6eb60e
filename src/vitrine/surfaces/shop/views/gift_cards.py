"""A shop's gift cards: bought, seen by whoever bought one, given back, sent again."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Merchant
from vitrine.kernel import paging
from vitrine.ledger.posting import KeyReused
from vitrine.orders import keeping
from vitrine.orders.charges import moving, pages, settling
from vitrine.orders.giftcards import buying, giving_back, offering
from vitrine.orders.giftcards.buying import CardAttempt, NotSold
from vitrine.orders.models import CardSale, SaleState
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import ProviderRefused
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding
from vitrine.surfaces.shop.gift_form import BuyCardForm, LetterForm
from vitrine.surfaces.shop.offer import person_of

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.ANYONE)
@at_most(Action.MESSAGE)
@never_cache
def buy(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a shop's gift cards; POST buys one."""
    shop, at = get_object_or_404(Merchant, slug=slug), timezone.now()
    offer, buyer, provider = offering.on_sale(shop), person_of(request), providers.default()
    if offer is None:
        raise Http404
    kept = keeping.cards(buyer, provider)
    typed = request.POST if request.method == "POST" else None
    form = BuyCardForm(typed, offer=offer, buyer=buyer, provider=provider, kept=kept, at=at)
    if form.is_bound and form.is_valid():
        attempt = CardAttempt(
            key=form.cleaned_data["key"],
            merchant=shop,
            buyer=buyer,
            email=form.cleaned_data["email"].lower(),
            amount_minor=form.amount_minor,
            gift=form.gift(),
            means=form.means(),
        )
        try:
            sale = buying.buy(attempt, at=at)
        except (NotSold, KeyReused, ProviderRefused) as refusal:
            pages.again(request, form, refusal.text)
        else:
            if sale.state != SaleState.DECLINED:
                holding.hold(request, sale)
                return pages.went_on(request, sale)
            pages.again(request, form, sale.why_declined)
    context = {"shop": shop, "form": form, "is_test": provider.is_test}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "shop/gift_card.html", context, status=status)


@require_safe
@access.policy(access.PERSON)
def bought(request: HttpRequest) -> HttpResponse:
    """List the gift cards that a person bought, newest first. Queries: 1."""
    sales = CardSale.objects.bought_by(person_of(request)).select_related("merchant", "purse")
    cursor = request.GET.get("after")
    page = paging.newest_first(sales, by="paid_at", cursor=cursor, size=PAGE_SIZE)
    return render(request, "shop/cards.html", {"page": page})


@require_safe
@access.policy(access.HOLDER)
@never_cache
def card(request: HttpRequest, sale_id: str) -> HttpResponse:
    """Show a card that was bought. A link's key moves into the session, out of the address bar."""
    sale = holding.opened_card(request, sale_id)
    if "key" in request.GET:
        holding.hold(request, sale)
        return redirect(sale)
    return _page(request, sale, LetterForm(to_email=sale.to_email))


@require_safe
@access.policy(access.HOLDER)
def outcome(request: HttpRequest, sale_id: str) -> HttpResponse:
    """Come back from the bank, or ask again: settle what it says, then show where things stand.

    A GET that changes state, as the outcome of a purchase does, and as harmless when repeated.
    """
    sale = settling.resolve(holding.opened_card(request, sale_id), at=timezone.now())
    return pages.came_back(request, sale)


@require_POST
@access.policy(access.HOLDER)
def refund(request: HttpRequest, sale_id: str) -> HttpResponse:
    """Stop an unspent card and give its money back."""
    sale, at = holding.opened_card(request, sale_id), timezone.now()
    moving.make(giving_back.give_back(sale, at=at), at=at)
    messages.success(request, gettext("Stopped. The money goes back to where it came from."))
    return redirect(sale)


@require_POST
@access.policy(access.HOLDER)
@at_most(Action.MESSAGE)
def letter(request: HttpRequest, sale_id: str) -> HttpResponse:
    """Send a new code in the place of the last, also to another address."""
    sale, form = holding.opened_card(request, sale_id), LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, sale, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    giving_back.send_again(sale, form.cleaned_data["to_email"].lower(), at=timezone.now())
    messages.success(request, gettext("A new code is on its way. The old one is good no more."))
    return redirect(sale)


def _page(
    request: HttpRequest, sale: CardSale, form: LetterForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    now, is_used = timezone.now(), bool(sale.purse and sale.purse.spent_minor)
    context = {
        "sale": sale,
        "form": form,
        "until": giving_back.until(sale) if giving_back.is_possible(sale, at=now) else None,
        "can_be_sent": giving_back.can_be_sent(sale),
        "is_used": is_used and sale.state == SaleState.PAID,
        "is_test": providers.named(sale.provider).is_test,
    }
    return render(request, "shop/card.html", context, status=status)
